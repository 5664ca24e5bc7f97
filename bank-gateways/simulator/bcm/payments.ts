// 210201 (对外转账) and 210224 (超级网银): one payment a message (banks/bcm §3). 0000 means taken; in 210224 tranStatus says the rest.

import { parseAmount } from '../../../connector/core/money'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { leaf, textOf } from '../engine/xml'
import type { Message, Returned } from './message'
import { ok, refused, refusedFor, type Bcm } from './operation'

export function planPay(_: Bcm, { head, body }: Message): Pick<Call, 'payees' | 'pays'> {
  return { payees: [textOf(body, 'rcv_acno')], pays: { customer: head.corpNo, keys: [textOf(body, 'cert_no')] } }
}

export function pay(bcm: Bcm, message: Message, disturbance: Disturbance): Returned {
  const { desk, protocol } = bcm
  const certNo = textOf(message.body, 'cert_no')
  if (isUsed(bcm, message, certNo)) return refused(bcm, 'duplicate', `企业凭证号重复 ${certNo}`)
  const payment = submit(desk, draftOf(bcm, message, forcedRefusal(disturbance)))
  const kinds = new Set(disturbance.kinds)
  // One message is one payment: what is left out of the answer is its body (see message.ts).
  kinds.delete('missing-line')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  const isSuper = message.head.trCode === '210224'
  if (shown.state === 'unlisted' && !isSuper) return refused(bcm, 'unlisted', '')
  if (shown.reason !== null && shown.state !== 'unlisted')
    return isSuper ? ok(bcm, leaf('tranStatus', '22')) : refusedFor(bcm, shown.reason, payment.record.detail)
  return ok(bcm, isSuper ? leaf('tranStatus', tranStatusOf(shown, protocol.stats.unlisted)) : '')
}

/** cert_no must not repeat within an enterprise, whatever function it came by. */
export function isUsed({ context, protocol }: Bcm, { head }: Message, certNo: string): boolean {
  if (protocol.duplicateCertNo === 'book-again') return false
  const { book, bank } = context
  return book.withKey(bank, head.corpNo, certNo).length + book.batch(bank, head.corpNo, certNo).length > 0
}

function tranStatusOf({ state }: Shown, unlisted: string): string {
  if (state === 'unlisted') return unlisted
  return state === 'success' || state === 'returned' ? '21' : '34'
}

// ----------------------------------------------------------------------------------------------------------- a payment

function draftOf(bcm: Bcm, message: Message, forced: Refusal | null): Draft {
  const { head, body } = message
  const get = (name: string): string => textOf(body, name)
  const amount = parseAmount(get('amt'), 'CNY')
  const isOwn = get('bank_flag') === '0'
  return {
    code: head.trCode,
    customer: head.corpNo,
    batch: get('cert_no'),
    batchSerial: '',
    item: '1',
    key: get('cert_no'),
    payerAccount: get('pay_acno'),
    payerName: get('pay_acname'),
    payee: {
      account: get('rcv_acno'),
      name: get('rcv_acname'),
      bankName: get('rcv_bank_name'),
      cnaps: get('rcv_bank_no'),
    },
    route: isOwn ? 'own' : 'other',
    amount: typeof amount === 'string' || amount.minor < 0n ? 0n : amount.minor,
    purpose: get('summary'),
    postscript: '',
    fields: { certNo: get('cert_no') },
    startAtMs: null,
    needsApproval: false,
    checksPayeeAtEntry: isOwn,
    extraMs: 0,
    refusal: refusalOf(bcm, message) ?? forced,
  }
}

function refusalOf({ protocol }: Bcm, { head, body }: Message): Refusal | null {
  const get = (name: string): string => textOf(body, name)
  const names = protocol.payeeNameBytes
  const limits: Readonly<Record<string, number>> = {
    pay_acno: 32,
    pay_acname: names,
    rcv_acno: 32,
    rcv_acname: names,
    rcv_bank_name: 60,
    rcv_exg_code: 10,
    cert_no: 20,
    summary: 60,
    purpose: 60,
  }
  const long = Object.entries(limits).find(([name, limit]) => gbkBytesOf(get(name)) > limit)?.[0]
  if (long !== undefined) return { reason: 'too-long', detail: long }
  if (gbkBytesOf(get('cert_no') + get('summary')) > 150) return { reason: 'too-long', detail: 'cert_no+summary' }
  const bad = (head.trCode === '210224' ? superRules : ordinaryRules)(get).find(([, isGood]) => !isGood)?.[0]
  return bad === undefined ? null : { reason: 'invalid-field', detail: bad }
}

type Rules = readonly (readonly [string, boolean])[]
type Get = (name: string) => string

export function commonRules(get: Get): Rules {
  return [
    ['pay_acno', /^\d{1,32}$/.test(get('pay_acno'))],
    ['cert_no', /^[0-9A-Za-z]{1,20}$/.test(get('cert_no'))],
    ['summary', !/[|&<]/.test(get('summary'))],
  ]
}

/** N14.2: 14 digits in all. */
export function isAmount(text: string): boolean {
  return /^\d{1,12}(\.\d{1,2})?$/.test(text) && /[1-9]/.test(text)
}

function ordinaryRules(get: Get): Rules {
  const isOther = get('bank_flag') === '1'
  return [
    ...commonRules(get),
    ['pay_acname', get('pay_acname') !== ''],
    ['rcv_acno', /^[0-9A-Za-z-]{1,32}$/.test(get('rcv_acno'))],
    ['rcv_acname', get('rcv_acname') !== ''],
    ['rcv_bank_no', isOther ? /^\d{12}$/.test(get('rcv_bank_no')) : /^(\d{12})?$/.test(get('rcv_bank_no'))],
    ['rcv_bank_name', !isOther || get('rcv_bank_name') !== ''],
    ['cur_code', get('cur_code') === 'CNY'],
    ['amt', isAmount(get('amt'))],
    ['bank_flag', ['0', '1'].includes(get('bank_flag'))],
    ['area_flag', ['0', '1'].includes(get('area_flag'))],
  ]
}

function superRules(get: Get): Rules {
  return [
    ...commonRules(get),
    ['pay_acname', get('pay_acname') !== ''],
    ['rcv_acno', /^[0-9A-Za-z-]{1,32}$/.test(get('rcv_acno'))],
    ['rcv_acname', get('rcv_acname') !== ''],
    ['partyid', get('partyid') !== ''],
    ['amt', isAmount(get('amt'))],
  ]
}
