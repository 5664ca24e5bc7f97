// 0004 and 0034 (what became of payments), 0001 (balance) and the statement of the simulated CGB. The elements of the last two are
// invented: the bank's are not public (banks/cgb §1, §3).

import { addDays, compactDayOf, compactTimeOf, dayFromCompact, dayOf, midnightOf } from '../engine/bank-time'
import type { Payment, Row } from '../engine/book'
import type { Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { counterpartyOf, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import { box, leaf, leaves, textOf } from '../engine/xml'
import type { Answer, Message } from './message'
import { accountOf, echoOf, ok, refused, stateOf, yuan, type Cgb } from './operation'

type Plan = Pick<Call, 'payees' | 'pays'>

export function planStatus(cgb: Cgb, message: Message): Plan {
  return planOf(singleOf(cgb, message))
}

export function planBatchStatus(cgb: Cgb, message: Message): Plan {
  return planOf(batchOf(cgb, message))
}

function planOf(payments: readonly Payment[]): Plan {
  return { payees: payments.map(({ record }) => record.payee.account), pays: null }
}

/** With a bank that books a repeated number again, the first is found. */
function singleOf({ context }: Cgb, { body, cifMaster }: Message): readonly Payment[] {
  const payments = context.book.withKey(context.bank, cifMaster, textOf(body, 'origEntseqno'))
  return payments.filter(({ record }) => record.batchSerial === textOf(body, 'origEntdate')).slice(0, 1)
}

function batchOf({ context }: Cgb, { body, cifMaster }: Message): readonly Payment[] {
  const payments = context.book.batch(context.bank, cifMaster, textOf(body, 'customerBatchNo'))
  return payments.filter(({ record }) => record.code === '0033')
}

export function queryStatus(cgb: Cgb, message: Message, disturbance: Disturbance): Answer {
  const get = (name: string): string => textOf(message.body, name)
  if (!/^\d{1,30}$/.test(get('origEntseqno'))) return refused(cgb, 'invalid-field', 'origEntseqno')
  if (dayFromCompact(get('origEntdate')) === null) return refused(cgb, 'invalid-field', 'origEntdate')
  const kinds = new Set(disturbance.kinds)
  const isLeftOut = kinds.delete('missing-line')
  const [shown] = cgb.inquiries.found(singleOf(cgb, message), { ...disturbance, kinds })
  if (!shown) return refused(cgb, 'no-record', '无此交易')
  if (isLeftOut) return ok(cgb, '')
  const echoed = cgb.protocol.echoesPayment
    ? leaves({ origEntseqno: get('origEntseqno'), origEntdate: get('origEntdate') })
    : ''
  return ok(cgb, leaf('hostStatus', stateOf(cgb, shown)) + echoed + echoOf(cgb, shown, 'amount', 'inAcc'))
}

export function queryBatch(cgb: Cgb, message: Message, disturbance: Disturbance): Answer {
  const payments = batchOf(cgb, message)
  const shown = cgb.inquiries.found(payments, disturbance)
  const isHidden = shown.length === 0 && !disturbance.kinds.has('missing-line')
  if (payments.length === 0 || isHidden) return refused(cgb, 'no-record', '无此批次')
  const records = shown.map(one =>
    box(
      'record',
      leaf('customerSalarySeq', one.payment.record.item),
      leaf('bankstatus', stateOf(cgb, one)),
      echoOf(cgb, one, 'salary', 'inacc'),
    ),
  )
  const failed = payments.filter(({ state }) => state === 'failed' || state === 'rejected').length
  const counts = {
    customerBatchNo: textOf(message.body, 'customerBatchNo'),
    allCount: String(payments.length),
    allSalary: yuan(payments.reduce((sum, { amount }) => sum + amount, 0n)),
    errCount: String(failed),
    unknowCount: '0',
  }
  return ok(cgb, leaves(counts) + box('records', ...records))
}

export function queryBalance(cgb: Cgb, { body, cifMaster }: Message): Answer {
  const account = accountOf(cgb, textOf(body, 'account'), cifMaster)
  if (!account) return refused(cgb, 'payer-unknown', 'account')
  return ok(
    cgb,
    leaves({
      account: account.record.account,
      accountName: account.record.name,
      balance: yuan(account.balance),
      usableBalance: yuan(cgb.desk.book.availableOf(account)),
      frozenBalance: yuan(account.frozen),
    }),
  )
}

export function queryStatement(cgb: Cgb, { body, cifMaster }: Message): Answer {
  const { protocol } = cgb
  const get = (name: string): string => textOf(body, name)
  const account = accountOf(cgb, get('account'), cifMaster)
  if (!account) return refused(cgb, 'payer-unknown', 'account')
  const [from, to] = [dayFromCompact(get('beginDate')), dayFromCompact(get('endDate'))]
  const today = dayOf(cgb.context.clock.now())
  if (from === null || to === null || from > to) return refused(cgb, 'invalid-field', 'beginDate/endDate')
  const isToday = get('queryType') === '0'
  if (!['0', '1'].includes(get('queryType')) || (isToday ? from !== today || to !== today : to >= today))
    return refused(cgb, 'invalid-field', 'queryType')
  if (!/^[1-9]\d{0,3}$/.test(get('queryNumber'))) return refused(cgb, 'invalid-field', 'queryNumber')
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1)))
  const begin = [get('beginRecTranDate'), get('beginRecTranCode'), get('beginRecTranSeq')]
  const isFirst = begin.every(text => text === '')
  const at = isFirst ? 0 : rows.findIndex(row => keyOfRow(row).join() === begin.join())
  if (at < 0) return refused(cgb, 'invalid-field', 'beginRecTranSeq')
  const start = isFirst || protocol.beginsWith === 'named' ? at : at + 1
  const page = rows.slice(start, start + Math.min(Number(get('queryNumber')), protocol.pageMax))
  if (page.length === 0 && protocol.emptyList === 'code') return refused(cgb, 'empty-list', '无明细')
  return ok(cgb, box('records', ...page.map(row => rowElement(cgb, row))))
}

function keyOfRow({ posting, direction }: Row): readonly [date: string, code: string, seq: string] {
  const day = compactDayOf(Math.floor(posting.atUs / 1000))
  return [day, CODES[posting.type], `T${String(posting.id).padStart(10, '0')}${direction === 'out' ? 'D' : 'C'}`]
}

function rowElement({ context }: Cgb, row: Row): string {
  const { posting } = row
  const [tranDate, tranCode, tranSeq] = keyOfRow(row)
  const other = counterpartyOf(row)
  const payment = posting.payment === null || !isPayersRow(row) ? null : context.book.payments.get(posting.payment)
  return box(
    'record',
    leaves({
      tranDate,
      tranTime: compactTimeOf(Math.floor(posting.atUs / 1000)),
      tranCode,
      tranSeq,
      amount: yuan(row.amount),
      dcFlag: row.direction === 'out' ? 'D' : 'C',
      balance: yuan(row.balanceAfter),
      otherAcc: other.account,
      otherName: other.name,
      otherBank: other.bankName,
      remark: posting.purpose,
      tranDesc: WORDS[posting.type],
      rvFlag: isReturn(row) ? '1' : '0',
      traceNo: payment?.record.fields['traceNo'] ?? '',
    }),
  )
}

const CODES: Readonly<Record<Row['posting']['type'], string>> = {
  opening: 'S000',
  payment: 'S100',
  arrival: 'S200',
  return: 'S300',
  'return-arrival': 'S300',
  deposit: 'S200',
  fee: 'S400',
  interest: 'S500',
}

const WORDS: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: '转账支出',
  arrival: '转账收入',
  return: '退汇',
  'return-arrival': '退汇',
  deposit: '转账收入',
  fee: '收费',
  interest: '结息',
}
