// 330002: wages to persons at BCM, one cert_no for the batch (banks/bcm §3). Each line is answered by sucFlg, of which F is success.

import { parseAmount } from '../../../connector/core/money'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { box, childOf, childrenOf, leaves, textOf, type XmlElement } from '../engine/xml'
import type { Message, Returned } from './message'
import { ok, ownAccount, refused, yuan, type Bcm } from './operation'
import { commonRules, isAmount, isUsed } from './payments'

function linesOf({ body }: Message): readonly XmlElement[] {
  return childrenOf(childOf(body, 'tran'), 'rcd')
}

export function planPayroll(_: Bcm, message: Message): Pick<Call, 'payees' | 'pays'> {
  const lines = linesOf(message)
  const certNo = textOf(message.body, 'cert_no')
  const keys = lines.map(line => `${certNo}/${textOf(line, 'busino')}`)
  return { payees: lines.map(line => textOf(line, 'card_no')), pays: { customer: message.head.corpNo, keys } }
}

export function payroll(bcm: Bcm, message: Message, disturbance: Disturbance): Returned {
  const certNo = textOf(message.body, 'cert_no')
  if (isUsed(bcm, message, certNo)) return refused(bcm, 'duplicate', `企业凭证号重复 ${certNo}`)
  const wrong = batchProblem(message)
  if (wrong !== null) return refused(bcm, 'invalid-field', wrong)
  const payments = linesOf(message).map(line => {
    const refusal = lineRefusal(bcm, line) ?? forcedRefusal(disturbance)
    return submit(bcm.desk, draftOf(bcm, message, line, refusal))
  })
  const shown = shownAtSubmission(payments, disturbance)
  return ok(bcm, box('tran', ...shown.map(one => box('rcd', leaves(rcdOf(bcm, one))))))
}

function rcdOf(bcm: Bcm, shown: Shown): Readonly<Record<string, string>> {
  const { record } = shown.payment
  return {
    card_no: shown.payeeAccount,
    acname: record.payee.name,
    card_flag: record.fields['cardFlag'] ?? '',
    amt: yuan(shown.amount),
    busino: record.item,
    sucFlg: flagOf(bcm, shown),
    flw: String(record.no).padStart(12, '0'),
  }
}

function flagOf({ protocol }: Bcm, { state }: Shown): string {
  if (state === 'unlisted') return protocol.stats.unlisted
  return state === 'failed' || state === 'rejected' ? 'E' : 'F'
}

function draftOf(bcm: Bcm, message: Message, line: XmlElement, refusal: Refusal | null): Draft {
  const { head, body } = message
  const get = (name: string): string => textOf(line, name)
  const certNo = textOf(body, 'cert_no')
  const amount = parseAmount(get('amt'), 'CNY')
  const payer = ownAccount(bcm, message, textOf(body, 'pay_acno'))
  return {
    code: head.trCode,
    customer: head.corpNo,
    batch: certNo,
    batchSerial: '',
    item: get('busino'),
    key: `${certNo}/${get('busino')}`,
    payerAccount: textOf(body, 'pay_acno'),
    // The message does not carry the payer's name.
    payerName: payer?.record.name ?? '',
    payee: { account: get('card_no'), name: get('acname'), bankName: '交通银行', cnaps: '' },
    route: 'own',
    amount: typeof amount === 'string' || amount.minor < 0n ? 0n : amount.minor,
    purpose: textOf(body, 'summary'),
    postscript: '',
    fields: { certNo, cardFlag: get('card_flag') },
    startAtMs: null,
    needsApproval: false,
    checksPayeeAtEntry: true,
    extraMs: 0,
    refusal,
  }
}

/** What is wrong with the batch as a whole, or null. */
function batchProblem(message: Message): string | null {
  const get = (name: string): string => textOf(message.body, name)
  const lines = linesOf(message)
  const total = parseAmount(get('sum_amt'), 'CNY')
  const amounts = lines.map(line => parseAmount(textOf(line, 'amt'), 'CNY'))
  const sum = amounts.reduce((soFar, amount) => soFar + (typeof amount === 'string' ? 0n : amount.minor), 0n)
  const rules: readonly (readonly [string, boolean])[] = [
    ...commonRules(get),
    ['summary', gbkBytesOf(get('summary')) <= 60],
    ['type', get('type').length === 1],
    ['tran', lines.length > 0],
    ['sum', get('sum') === String(lines.length)],
    ['sum_amt', typeof total !== 'string' && total.minor === sum],
    ['pay_month', /^\d{4}(0[1-9]|1[0-2])$/.test(get('pay_month'))],
    ['busi_no', get('busi_no') !== '' && gbkBytesOf(get('busi_no')) <= 10],
    ['mailflg', ['Y', 'N'].includes(get('mailflg'))],
    ['busino', new Set(lines.map(line => textOf(line, 'busino'))).size === lines.length],
  ]
  return rules.find(([, isGood]) => !isGood)?.[0] ?? null
}

function lineRefusal({ protocol }: Bcm, line: XmlElement): Refusal | null {
  const get = (name: string): string => textOf(line, name)
  const limits = { card_no: 21, acname: protocol.payeeNameBytes, busino: 20 }
  const long = Object.entries(limits).find(([name, limit]) => gbkBytesOf(get(name)) > limit)?.[0]
  if (long !== undefined) return { reason: 'too-long', detail: long }
  const rules: readonly (readonly [string, boolean])[] = [
    ['card_no', /^[0-9A-Za-z-]+$/.test(get('card_no'))],
    ['acname', get('acname') !== ''],
    ['card_flag', ['0', '1'].includes(get('card_flag'))],
    ['amt', isAmount(get('amt'))],
    ['busino', /^[0-9A-Za-z]+$/.test(get('busino'))],
  ]
  const bad = rules.find(([, isGood]) => !isGood)?.[0]
  return bad === undefined ? null : { reason: 'invalid-field', detail: bad }
}
