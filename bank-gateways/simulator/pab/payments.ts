// 4004 (one payment) and 4018 (up to 500 of one payer, worked on later): checked field by field in bytes, then taken onto the
// common ledger (banks/pab §2, §3).

import { parseAmount } from '../../../connector/core/money'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { leaves, textOf, type XmlElement } from '../engine/xml'
import { rowsOf, type Answer, type Message } from './message'
import { bytesOf, frontLogNoOf, hostFlowNoOf, ok, reasonText, refused, yuan, type Pab } from './operation'

const ITEMS_MAX = 500
const BATCH_ROW = 'HOResultSet4018R'

export function planSingle(_: Pab, { head, body }: Message): Pick<Call, 'payees' | 'pays'> {
  const keys = [textOf(body, 'ThirdVoucher')]
  return { payees: [textOf(body, 'InAcctNo')], pays: { customer: head.mrchCode, keys } }
}

export function planBatch(_: Pab, message: Message): Pick<Call, 'payees' | 'pays'> {
  const rows = rowsOf(message, BATCH_ROW)
  const voucher = textOf(message.body, 'ThirdVoucher')
  const keys = rows.map(row => `${voucher}/${textOf(row, 'SThirdVoucher')}`)
  return { payees: rows.map(row => textOf(row, 'InAcctNo')), pays: { customer: message.head.mrchCode, keys } }
}

export function paySingle(pab: Pab, message: Message, disturbance: Disturbance): Answer {
  const voucher = textOf(message.body, 'ThirdVoucher')
  const known = voucherProblem(pab, message, voucher)
  if (known) return known
  const draft = draftOf(pab, message, message.body, { voucher, item: '', forced: forcedRefusal(disturbance) })
  const shown = taken(pab, draft, disturbance)
  // Nothing is said of the one payment: a body without it.
  if (disturbance.kinds.has('missing-line')) return ok(pab, '')
  if (shown.state === 'unlisted') return { code: pab.protocol.codes.unlisted, text: '', inner: null }
  if (shown.reason !== null) {
    return refused(pab, shown.reason, reasonText(shown.reason, shown.payment.record.detail))
  }
  return ok(pab, singleAnswer(pab, message, shown))
}

function singleAnswer(pab: Pab, { body }: Message, shown: Shown): string {
  const { payer, payee } = shown.payment.record
  const get = (name: string): string => textOf(body, name)
  return leaves({
    ThirdVoucher: get('ThirdVoucher'),
    FrontLogNo: frontLogNoOf(shown),
    CcyCode: 'RMB',
    OutAcctName: payer.name,
    OutAcctNo: payer.account,
    InAcctBankName: payee.bankName,
    InAcctNo: shown.payeeAccount,
    InAcctName: payee.name,
    TranAmount: yuan(shown.amount),
    UnionFlag: get('UnionFlag'),
    Fee1: '0.00',
    Fee2: '0.00',
    SOA_VOUCHER: '',
    hostFlowNo: hostFlowNoOf(pab, shown.payment),
    Mobile: '',
    CstInnerFlowNo: get('CstInnerFlowNo'),
  })
}

/** The bank says only whether it took the package (banks/pab §2): items that are wrong fail later. */
export function payBatch(pab: Pab, message: Message, disturbance: Disturbance): Answer {
  const rows = rowsOf(message, BATCH_ROW)
  const voucher = textOf(message.body, 'ThirdVoucher')
  const known = voucherProblem(pab, message, voucher)
  if (known) return known
  const bad = badBatchField(message, rows)
  if (bad !== null) return refused(pab, 'invalid-field', bad)
  const forced = forcedRefusal(disturbance)
  for (const row of rows) {
    const item = textOf(row, 'SThirdVoucher')
    taken(pab, draftOf(pab, message, row, { voucher, item, forced }), disturbance)
  }
  if (disturbance.kinds.has('unknown-code')) return { code: pab.protocol.codes.unlisted, text: '', inner: null }
  return ok(pab, leaves({ ThirdVoucher: voucher, totalCts: String(rows.length), totalAmt: yuan(sumOf(rows)) }))
}

function voucherProblem(pab: Pab, { head }: Message, voucher: string): Answer | null {
  const { context, protocol } = pab
  if (!/^[0-9A-Za-z]{10,20}$/.test(voucher)) return refused(pab, 'invalid-field', 'ThirdVoucher')
  const isRepeated = context.book.batch(context.bank, head.mrchCode, voucher).length > 0
  return isRepeated && protocol.duplicateVoucher === 'refuse' ? refused(pab, 'duplicate', voucher) : null
}

function badBatchField({ body }: Message, rows: readonly XmlElement[]): string | null {
  const get = (name: string): string => textOf(body, name)
  const serials = rows.map(row => textOf(row, 'SThirdVoucher'))
  const rules: readonly (readonly [string, boolean])[] = [
    [`1–${ITEMS_MAX} 笔`, rows.length >= 1 && rows.length <= ITEMS_MAX],
    ['totalCts', get('totalCts') === String(rows.length)],
    ['totalAmt', get('totalAmt') === yuan(sumOf(rows))],
    ['BSysFlag', ['Y', 'N'].includes(get('BSysFlag'))],
    ['CcyCode', get('CcyCode') === 'RMB'],
    ['PayType', ['', '0'].includes(get('PayType'))],
    ['SThirdVoucher', serials.every(serial => /^[0-9A-Za-z]{1,20}$/.test(serial))],
    ['SThirdVoucher 重复', new Set(serials).size === serials.length],
  ]
  return rules.find(([, isGood]) => !isGood)?.[0] ?? null
}

function sumOf(rows: readonly XmlElement[]): bigint {
  return rows.reduce((sum, row) => sum + amountOf(row), 0n)
}

function taken(pab: Pab, draft: Draft, disturbance: Disturbance): Shown {
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const [shown] = shownAtSubmission([submit(pab.desk, draft)], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  return shown
}

// -------------------------------------------------------------------------------------------------------------- an item

type Place = { readonly voucher: string; readonly item: string; readonly forced: Refusal | null }

function draftOf(pab: Pab, message: Message, row: XmlElement, { voucher, item, forced }: Place): Draft {
  const { context, protocol } = pab
  const { head, body } = message
  const get = (name: string): string => textOf(row, name)
  const account = context.book.account(context.bank, textOf(body, 'OutAcctNo'))
  return {
    code: head.tranCode,
    customer: head.mrchCode,
    batch: voucher,
    batchSerial: '',
    item,
    key: item === '' ? voucher : `${voucher}/${item}`,
    payerAccount: textOf(body, 'OutAcctNo'),
    // The payer's name is optional in newer interfaces.
    payerName: textOf(body, 'OutAcctName') || (account?.record.name ?? ''),
    payee: {
      account: get('InAcctNo'),
      name: get('InAcctName'),
      bankName: get('InAcctBankName'),
      cnaps: get('InAcctBankNode'),
    },
    route: get('UnionFlag') === '1' ? 'own' : 'other',
    amount: amountOf(row),
    purpose: get('UseEx'),
    postscript: '',
    fields: { CstInnerFlowNo: get('CstInnerFlowNo'), UnionFlag: get('UnionFlag'), SThirdVoucher: item },
    startAtMs: null,
    needsApproval: false,
    checksPayeeAtEntry: head.tranCode === '4004',
    extraMs: head.tranCode === '4018' ? protocol.batchDelayMs : 0,
    refusal: refusalOf(message, row) ?? forced,
  }
}

function amountOf(row: XmlElement): bigint {
  const text = textOf(row, 'TranAmount')
  const amount = /^\d{1,11}\.\d{2}$/.test(text) ? parseAmount(text, 'CNY') : 'not-a-number'
  return typeof amount === 'string' ? 0n : amount.minor
}

/** C(n) in bytes. */
const LIMITS: readonly (readonly [name: string, max: number])[] = [
  ['CstInnerFlowNo', 20],
  ['InAcctNo', 32],
  ['InAcctName', 60],
  ['InAcctBankName', 60],
  ['UseEx', 30],
]

function refusalOf(message: Message, row: XmlElement): Refusal | null {
  const get = (name: string): string => textOf(row, name)
  const long = LIMITS.find(([name, max]) => bytesOf(message, get(name)) > max)
  if (long) return { reason: 'too-long', detail: long[0] }
  const isSingle = message.head.tranCode === '4004'
  const rules: readonly (readonly [string, boolean])[] = [
    ['OutAcctNo', /^\d{1,20}$/.test(textOf(message.body, 'OutAcctNo'))],
    ['OutAcctName', bytesOf(message, textOf(message.body, 'OutAcctName')) <= 60],
    ['InAcctBankNode', /^(\d{4,12})?$/.test(get('InAcctBankNode'))],
    ['InAcctNo', /^[0-9A-Za-z-]+$/.test(get('InAcctNo'))],
    ['InAcctName', get('InAcctName') !== ''],
    ['InAcctBankName', get('UnionFlag') === '1' || get('InAcctBankName') !== '' || get('InAcctBankNode') !== ''],
    ['UnionFlag', ['0', '1'].includes(get('UnionFlag'))],
    ['AddrFlag', ['1', '2'].includes(get('AddrFlag'))],
    ['SysFlag', !isSingle || ['', 'N', 'Y', 'S', '1', '2'].includes(get('SysFlag'))],
    ['CcyCode', !isSingle || get('CcyCode') === 'RMB'],
    ['TranAmount', amountOf(row) > 0n],
  ]
  const bad = rules.find(([, isGood]) => !isGood)
  return bad ? { reason: 'invalid-field', detail: bad[0] } : null
}
