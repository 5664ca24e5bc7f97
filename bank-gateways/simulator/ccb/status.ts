// 6W0600 (what became of a serial) and 6W0500, which asks the same and answers in another set of codes (banks/ccb §4).

import type { Payment } from '../engine/book'
import type { Call, Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { REASON_TEXT } from '../engine/reasons'
import { leaves, textOf } from '../engine/xml'
import type { Message, Returned } from './message'
import { ok, refused, type Ccb } from './operation'
import { creditNoOf } from './payments'

export function planStatusQuery(ccb: Ccb, message: Message): Pick<Call, 'payees' | 'pays'> {
  const payment = findPayment(ccb, message)
  return { payees: payment ? [payment.record.payee.account] : [], pays: null }
}

function findPayment({ context }: Ccb, { head, info }: Message): Payment | null {
  const found = context.book.withKey(context.bank, head.custId, textOf(info, 'REQUEST_SN1'))
  const credit = textOf(info, 'CREDIT_NO1')
  return found.find(payment => credit === '' || creditNoOf({ payment }) === credit) ?? null
}

export function queryStatus(ccb: Ccb, message: Message, disturbance: Disturbance): Returned {
  const sn = textOf(message.info, 'REQUEST_SN1')
  if (!/^\d{1,16}$/.test(sn)) return refused(ccb, 'invalid-field', 'REQUEST_SN1')
  const payment = findPayment(ccb, message)
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const [shown] = payment ? ccb.inquiries.found([payment], { ...disturbance, kinds }) : []
  if (!shown) return refused(ccb, 'no-payment', '查无此流水')
  const result = message.head.txCode === '6W0500' ? oldResultOf(ccb, shown) : resultOf(ccb, shown)
  const { cstPayNo = '' } = shown.payment.record.fields
  return ok(
    ccb,
    leaves({
      CREDIT_NO: creditNoOf(shown),
      DEAL_RESULT: result,
      MESSAGE: shown.reason === null ? '' : REASON_TEXT[shown.reason],
      REM1: '',
      REM2: '',
      ...(ccb.protocol.echoesCustomerSerial ? { CST_PAY_NO: cstPayNo } : {}),
    }),
  )
}

function resultOf({ protocol }: Ccb, { state }: Shown): string {
  const { pending, success, returned, failed, rejected } = protocol.dealResult
  if (state === 'unlisted') return protocol.dealType.unlisted
  if (state === 'success') return success
  if (state === 'returned') return returned
  if (state === 'failed') return failed
  return state === 'rejected' ? rejected : pending
}

/** 4 is success and 3 is failure here; in 6W0600 both are success. */
function oldResultOf({ protocol }: Ccb, { state }: Shown): string {
  if (state === 'unlisted') return protocol.dealType.unlisted
  if (state === 'success' || state === 'returned') return '4'
  return state === 'failed' || state === 'rejected' ? '3' : '9'
}
