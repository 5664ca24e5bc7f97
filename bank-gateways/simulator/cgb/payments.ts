// 0011, 0012, 0021 (one payment) and 0033 (records) of the simulated CGB: checked field by field in GBK bytes, then taken onto the common
// ledger (banks/cgb §1).

import { parseAmount } from '../../../connector/core/money'
import { dayOf } from '../engine/bank-time'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { childOf, childrenOf, leaves, textOf, type XmlElement } from '../engine/xml'
import type { Answer, Message } from './message'
import { echoOf, ok, reasonAnswer, refused, yuan, type Cgb } from './operation'

type Plan = Pick<Call, 'payees' | 'pays'>

export function planSingle(_: Cgb, message: Message): Plan {
  return {
    payees: [textOf(message.body, 'inAcc')],
    pays: { customer: message.cifMaster, keys: [message.entSeqNo] },
  }
}

export function planBatch(_: Cgb, message: Message): Plan {
  const records = recordsOf(message)
  return {
    payees: records.map(record => textOf(record, 'inacc')),
    pays: { customer: message.cifMaster, keys: records.map(record => recordKey(message, record)) },
  }
}

function recordsOf({ body }: Message): readonly XmlElement[] {
  return childrenOf(childOf(body, 'records'), 'record')
}

function recordKey(message: Message, record: XmlElement): string {
  return `${message.entSeqNo}/${textOf(record, 'customerSalarySeq')}`
}

export function paySingle(cgb: Cgb, message: Message, disturbance: Disturbance): Answer {
  const { body } = message
  const get = (name: string): string => textOf(body, name)
  const refusal = headRefusal(cgb, message)
  if (refusal) return refusal
  const isOwn = message.tranCode === '0011'
  const bankNo = message.tranCode === '0021' ? get('paymentBankid') : ''
  const draft: Draft = {
    ...draftOf(message, message.entSeqNo),
    item: get('traceNo'),
    payerAccount: get('outAcc'),
    payerName: get('outAccName'),
    payee: { account: get('inAcc'), name: get('inAccName'), bankName: get('inAccBank'), cnaps: bankNo },
    route: isOwn ? 'own' : 'other',
    amount: amountOf(get('amount')),
    purpose: get('remark'),
    postscript: get('comment'),
    fields: { traceNo: get('traceNo') },
    refusal: singleRefusal(cgb, message) ?? forcedRefusal(disturbance),
  }
  const payment = submit(cgb.desk, draft)
  const kinds = new Set(disturbance.kinds)
  // Nothing is said of the one payment: an answer without a code.
  const isLeftOut = kinds.delete('missing-line')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (isLeftOut || !shown) return { code: '', text: '', inner: '' }
  if (shown.state === 'unlisted') return { code: cgb.protocol.codes.unlisted, text: '', inner: '' }
  if (shown.reason !== null && shown.state === 'failed') return reasonAnswer(cgb, shown.reason, payment.record.detail)
  const balances = { frBalance: '', toBalance: '', handleFee: '0.00' }
  return ok(cgb, echoOf(cgb, shown, 'amount', 'inAcc') + leaves(balances))
}

export function payBatch(cgb: Cgb, message: Message, disturbance: Disturbance): Answer {
  const { body } = message
  const records = recordsOf(message)
  const refusal = headRefusal(cgb, message) ?? batchRefusal(cgb, message, records)
  if (refusal) return refusal
  const payer = cgb.context.book.account(cgb.context.bank, textOf(body, 'accountNo'))
  for (const record of records) {
    const get = (name: string): string => textOf(record, name)
    submit(cgb.desk, {
      ...draftOf(message, recordKey(message, record)),
      batch: textOf(body, 'customerBatchNo'),
      item: get('customerSalarySeq'),
      payerAccount: textOf(body, 'accountNo'),
      payerName: payer?.record.name ?? '',
      payee: { account: get('inacc'), name: get('inaccname'), bankName: get('inaccbank'), cnaps: get('bankCode') },
      route: get('transType') === '0' ? 'own' : 'other',
      amount: amountOf(get('salary')),
      purpose: get('remark'),
      postscript: get('comment'),
      fields: { traceNo: get('customerSalarySeq') },
      refusal: recordRefusal(cgb, record) ?? forcedRefusal(disturbance),
    })
  }
  if (disturbance.kinds.has('unknown-code')) return { code: cgb.protocol.codes.unlisted, text: '', inner: '' }
  const counted = { customerBatchNo: textOf(body, 'customerBatchNo'), allCount: String(records.length) }
  return ok(cgb, leaves(counted))
}

function draftOf(message: Message, key: string) {
  return {
    code: message.tranCode,
    customer: message.cifMaster,
    batch: message.entSeqNo,
    batchSerial: message.tranDate,
    key,
    startAtMs: null,
    needsApproval: false,
    checksPayeeAtEntry: false,
    extraMs: 0,
  }
}

/** What the message itself is refused for: nothing of it is then noted. */
function headRefusal(cgb: Cgb, message: Message): Answer | null {
  const { context, protocol } = cgb
  if (message.tranDate !== dayOf(context.clock.now()).replaceAll('-', ''))
    return refused(cgb, 'invalid-field', 'tranDate')
  const { book, bank } = context
  // "Unique per day".
  const note = { bank, topic: 'entSeqNo', key: `${message.entSeqNo}@${message.tranDate}` }
  if (book.notes(bank, note.topic, note.key).length > 0 && protocol.duplicate === 'refuse')
    return refused(cgb, 'duplicate', '当日流水号重复')
  book.add({ kind: 'note', ...note, data: {} })
  return null
}

function batchRefusal(cgb: Cgb, { body }: Message, records: readonly XmlElement[]): Answer | null {
  const total = yuan(records.reduce((sum, record) => sum + amountOf(textOf(record, 'salary')), 0n))
  const numbers = new Set(records.map(record => textOf(record, 'customerSalarySeq')))
  const rules: readonly (readonly [string, boolean])[] = [
    ['records', records.length > 0 && records.length <= cgb.protocol.recordsMax],
    ['allCount', textOf(body, 'allCount') === String(records.length)],
    ['allSalary', textOf(body, 'allSalary') === total],
    ['customerBatchNo', /^\d{1,30}$/.test(textOf(body, 'customerBatchNo'))],
    ['customerSalarySeq', numbers.size === records.length && !numbers.has('')],
  ]
  const bad = rules.find(([, isGood]) => !isGood)
  return bad ? refused(cgb, 'invalid-field', bad[0]) : null
}

function singleRefusal({ protocol }: Cgb, { tranCode, body }: Message): Refusal | null {
  const get = (name: string): string => textOf(body, name)
  const { nameMax, noteMax } = protocol
  return firstOf(
    get,
    [
      ['outAccName', nameMax],
      ['inAccName', nameMax],
      ['inAccBank', nameMax],
      ['inAccAdd', nameMax],
      ['inAcc', 35],
      ['remark', noteMax],
      ['comment', noteMax],
    ],
    [
      ['traceNo', /^\d{1,30}$/.test(get('traceNo'))],
      ['outAcc', /^\d+$/.test(get('outAcc'))],
      ['inAcc', /^[0-9A-Za-z-]+$/.test(get('inAcc'))],
      ['inAccName', get('inAccName') !== ''],
      ['inAccBank', tranCode !== '0012' || get('inAccBank') !== ''],
      ['paymentBankid', tranCode !== '0021' || /^\d{12}$/.test(get('paymentBankid'))],
      ['amount', amountOf(get('amount')) > 0n],
      ['date', /^\d{8}$/.test(get('date'))],
    ],
  )
}

function recordRefusal({ protocol }: Cgb, record: XmlElement): Refusal | null {
  const get = (name: string): string => textOf(record, name)
  const { nameMax, noteMax } = protocol
  const isOther = get('transType') === '1'
  return firstOf(
    get,
    [
      ['inaccname', nameMax],
      ['inaccbank', nameMax],
      ['inaccadd', nameMax],
      ['inacc', 35],
      ['remark', noteMax],
      ['comment', noteMax],
    ],
    [
      ['transType', isOther || get('transType') === '0'],
      ['inacc', /^[0-9A-Za-z-]+$/.test(get('inacc'))],
      ['inaccname', get('inaccname') !== ''],
      ['bankCode', /^(\d{12})?$/.test(get('bankCode'))],
      ['inaccbank', !isOther || get('inaccbank') !== '' || get('bankCode') !== ''],
      ['salary', amountOf(get('salary')) > 0n],
    ],
  )
}

function firstOf(
  get: (name: string) => string,
  limits: readonly (readonly [string, number])[],
  rules: readonly (readonly [string, boolean])[],
): Refusal | null {
  const long = limits.find(([name, max]) => gbkBytesOf(get(name)) > max)
  if (long) return { reason: 'too-long', detail: long[0] }
  const bad = rules.find(([, isGood]) => !isGood)
  return bad ? { reason: 'invalid-field', detail: bad[0] } : null
}

function amountOf(text: string): bigint {
  const amount = /^\d{1,13}\.\d{2}$/.test(text) ? parseAmount(text, 'CNY') : 'not-a-number'
  return typeof amount === 'string' ? 0n : amount.minor
}
