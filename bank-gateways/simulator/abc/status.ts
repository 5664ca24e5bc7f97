// CQRT04 (what became of a serial) in fixed-width RespPrvData, and CQRA61 (what became of a 落地 payment) (banks/abc §6).

import { compactDayOf } from '../engine/bank-time'
import type { Payment } from '../engine/book'
import type { Call, Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { REASON_TEXT } from '../engine/reasons'
import { leaves } from '../engine/xml'
import type { Message, Returned } from './message'
import { debitSide, inGroup, ok, refused, type Abc } from './operation'
import { creditSide, journalOf } from './payments'

export function planStatusQuery(abc: Abc, message: Message): Pick<Call, 'payees' | 'pays'> {
  const payment = findPayment(abc, message)
  return { payees: payment ? [payment.record.payee.account] : [], pays: null }
}

/** By the original ReqSeqNo, of the same payer only. */
function findPayment({ context }: Abc, message: Message): Payment | null {
  const isManual = message.head.code === 'CQRA61'
  const seq = isManual ? inGroup(message, 'Corp', 'BookingDate') : inGroup(message, 'Cmp', 'CmeSeqNo')
  const payer = inGroup(message, 'Cmp', 'DbProv') + inGroup(message, 'Cmp', 'DbAccNo')
  const found = context.book.withKey(context.bank, message.head.corpNo, seq)
  return found.find(payment => payment.record.payer.account === payer) ?? null
}

export function queryStatus(abc: Abc, message: Message, disturbance: Disturbance): Returned {
  const payment = findPayment(abc, message)
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const [shown] = payment ? abc.inquiries.found([payment], { ...disturbance, kinds }) : []
  if (!shown) return refused(abc, 'no-payment', '查无此流水')
  return message.head.code === 'CQRA61' ? manualResult(abc, message, shown) : abnormalResult(abc, message, shown)
}

function abnormalResult(abc: Abc, message: Message, shown: Shown): Returned {
  const { record, timesBooked } = shown.payment
  const { protocol } = abc
  const lead = protocol.prvDataLead === 'serial' ? record.key.padEnd(18).slice(0, 18) : ' '.repeat(18)
  const result = resultOf(abc, shown)
  const fixed = `${lead}${protocol.bothResultFields ? result : '    '}${result}`
  return ok(abc, {
    Channel: leaves({
      AccDate: compactDayOf(record.atMs),
      JrnNo: timesBooked > 0 ? journalOf(shown) : '',
      VchNo: '0',
      AbisRespCode: '0000',
    }),
    Corp: leaves({
      DbAccName: record.payer.name,
      Postscript: shown.reason === null ? '' : REASON_TEXT[shown.reason],
    }),
    Cmp: leaves({ ...debitSide(message), ...creditSide(abc, shown), CmeSeqNo: record.key, RespPrvData: fixed }),
  })
}

function resultOf({ protocol }: Abc, { state }: Shown): string {
  const { success, pending, failed } = protocol.query
  if (state === 'unlisted') return protocol.codes.unlisted
  if (state === 'success' || state === 'returned') return success
  return state === 'failed' || state === 'rejected' ? failed : pending
}

function manualResult(abc: Abc, message: Message, { state }: Shown): Returned {
  if (state === 'failed' || state === 'rejected' || state === 'unlisted')
    return refused(abc, 'manual-failed', '落地拒绝')
  const isDone = state === 'success' || state === 'returned'
  return ok(abc, { Corp: leaves({ UseState: isDone ? '1' : '0' }), Cmp: leaves(debitSide(message)) })
}
