// CFRT02 (对公) and CFRT21 (对私): one payment a message (banks/abc §4, §5). Booked at once it is 0000 with WaitFlag 0; what
// waits for a person or for its turn is 落地.

import { parseAmount } from '../../../connector/core/money'
import { compactDayOf, dayFromCompact, instantOf, isCompactTime } from '../engine/bank-time'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { leaves, textOf } from '../engine/xml'
import type { Message, Returned } from './message'
import { debitSide, inGroup, ok, ownAccount, refused, refusedFor, splitAccount, type Abc } from './operation'

export function planPay(_: Abc, message: Message): Pick<Call, 'payees' | 'pays'> {
  const { head } = message
  return { payees: [payeeAccount(message)], pays: { customer: head.corpNo, keys: [head.seq] } }
}

function payeeAccount(message: Message): string {
  const [province, number] = [inGroup(message, 'Cmp', 'CrProv'), inGroup(message, 'Cmp', 'CrAccNo')]
  return number.length === 15 ? province + number : number
}

export function pay(abc: Abc, message: Message, disturbance: Disturbance): Returned {
  const { context, desk, protocol } = abc
  const { corpNo, seq } = message.head
  const isRepeated = context.book.withKey(context.bank, corpNo, seq).length > 0
  if (isRepeated && protocol.duplicateSeq === 'refuse') return refused(abc, 'duplicate', `重复的流水号 ${seq}`)
  const payment = submit(desk, draftOf(abc, message, forcedRefusal(disturbance)))
  const kinds = new Set(disturbance.kinds)
  // One message is one payment: what is left out of the answer is all its groups (see message.ts).
  kinds.delete('missing-line')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  if (shown.state === 'unlisted') return { ...ok(abc, groupsOf(abc, message, shown)), code: protocol.codes.unlisted }
  if (shown.reason !== null) return refusedFor(abc, shown.reason, payment.record.detail)
  const isLanded = shown.state !== 'success' && protocol.pendingShape === '0001'
  const answer = ok(abc, groupsOf(abc, message, shown))
  return isLanded ? { ...answer, code: protocol.codes.landed } : answer
}

function groupsOf(abc: Abc, message: Message, shown: Shown): Returned['groups'] {
  const { payment } = shown
  const isWaiting = shown.state !== 'success' && shown.state !== 'returned'
  return {
    Channel: leaves({
      AccDate: compactDayOf(payment.record.atMs),
      JrnNo: isWaiting ? '' : journalOf(shown),
      VchNo: '0',
      RespInfo: '',
      RxtInfo: '',
      AbisRespCode: '0000',
    }),
    Corp: leaves({ DbAccName: payment.record.payer.name, WaitFlag: isWaiting ? '1' : '0' }),
    Cmp: leaves({ ...debitSide(message), ...creditSide(abc, shown), CmeSeqNo: message.head.seq }),
  }
}

/** Where the bank shows it; the account is the one it says it pays, which an ordered lie changes. */
export function creditSide({ protocol }: Abc, shown: Shown): Readonly<Record<string, string>> {
  if (!protocol.echoesPayee) return {}
  const { province, number } = splitAccount(shown.payeeAccount)
  return { CrProv: province, CrAccNo: number, CrCur: '01' }
}

export function journalOf({ payment }: Pick<Shown, 'payment'>): string {
  return String(700_000_000 + payment.record.no)
}

// ----------------------------------------------------------------------------------------------------------- a payment

function draftOf(abc: Abc, message: Message, forced: Refusal | null): Draft {
  const { head, root } = message
  const cmp = (name: string): string => inGroup(message, 'Cmp', name)
  const corp = (name: string): string => inGroup(message, 'Corp', name)
  const isOwn = corp('OthBankFlag') !== '1'
  const payer = ownAccount(abc, message)
  const amount = parseAmount(textOf(root, 'Amt'), 'CNY')
  const account = payeeAccount(message)
  const holder = cmp('ConFlag') === '0' && isOwn ? abc.context.book.account(abc.context.bank, account) : null
  return {
    code: head.code,
    customer: head.corpNo,
    batch: head.seq,
    batchSerial: '',
    item: '1',
    key: head.seq,
    payerAccount: cmp('DbProv') + cmp('DbAccNo'),
    payerName: corp('DbAccName') || (payer?.record.name ?? ''),
    payee: {
      account,
      name: holder?.record.name ?? corp('CrAccName'),
      bankName: corp('CrBankName'),
      cnaps: corp('CrBankNo'),
    },
    route: isOwn ? 'own' : 'other',
    amount: typeof amount === 'string' || amount.minor < 0n ? 0n : amount.minor,
    purpose: corp('WhyUse'),
    postscript: corp('Postscript'),
    fields: { seq: head.seq },
    startAtMs: startOf(corp('BookingFlag'), corp('BookingDate'), corp('BookingTime')),
    needsApproval: false,
    checksPayeeAtEntry: isOwn,
    extraMs: 0,
    refusal: refusalOf(abc, message) ?? forced,
  }
}

function startOf(flag: string, date: string, time: string): number | null {
  const day = flag === '1' ? dayFromCompact(date) : null
  if (day === null) return null
  return instantOf(day, isCompactTime(time) ? `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}` : '00:00')
}

function refusalOf(abc: Abc, message: Message): Refusal | null {
  const long = overLongField(abc, message)
  if (long !== null) return { reason: 'too-long', detail: long }
  const bad = invalidField(message)
  return bad === null ? null : { reason: 'invalid-field', detail: bad }
}

function overLongField({ protocol }: Abc, message: Message): string | null {
  const { name, bankName, whyUse, postscript } = protocol.lengths
  const limits: Readonly<Record<string, number>> = {
    DbAccName: name,
    CrAccName: name,
    CrBankName: bankName,
    CrBankNo: 12,
    WhyUse: whyUse,
    Postscript: postscript,
  }
  const tooLong = Object.entries(limits).find(([field, limit]) => gbkBytesOf(inGroup(message, 'Corp', field)) > limit)
  return tooLong?.[0] ?? null
}

function invalidField(message: Message): string | null {
  const cmp = (name: string): string => inGroup(message, 'Cmp', name)
  const corp = (name: string): string => inGroup(message, 'Corp', name)
  const amount = textOf(message.root, 'Amt')
  const isOther = corp('OthBankFlag') === '1'
  const isPersonal = message.head.code === 'CFRT21'
  const rules: readonly (readonly [string, boolean])[] = [
    ['Amt', /^\d{1,13}(\.\d{1,2})?$/.test(amount) && /[1-9]/.test(amount)],
    ['DbProv', /^\d{2}$/.test(cmp('DbProv'))],
    ['DbAccNo', /^\d{15}$/.test(cmp('DbAccNo'))],
    ['DbCur, CrCur', cmp('DbCur') === '01' && cmp('CrCur') === '01'],
    ['CrProv', /^(\d{2})?$/.test(cmp('CrProv'))],
    ['CrAccNo', /^[0-9A-Za-z-]{1,34}$/.test(cmp('CrAccNo'))],
    ['ConFlag', ['0', '1'].includes(cmp('ConFlag'))],
    ['OthBankFlag', ['0', '1'].includes(corp('OthBankFlag')) && !(isPersonal && isOther)],
    ['BookingFlag', ['0', '1'].includes(corp('BookingFlag'))],
    ['UrgencyFlag', ['0', '1', 'N', 'Y'].includes(corp('UrgencyFlag'))],
    ['CrAccName', corp('CrAccName') !== ''],
    ['CrBankNo', !isOther || /^\d{12}$/.test(corp('CrBankNo'))],
    ['CrBankName', !isOther || corp('CrBankName') !== ''],
    ['CFRT21', !isPersonal || ['CrBankType', 'CrBankName', 'CrBankNo'].every(name => corp(name) === '')],
  ]
  return rules.find(([, isGood]) => !isGood)?.[0] ?? null
}
