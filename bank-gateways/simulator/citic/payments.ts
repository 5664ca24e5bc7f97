// DLOUTTRN (one external payment) and DLINTTRN (rows, each with a clientID of its own): checked field by field in GBK bytes,
// then taken onto the common ledger (banks/citic §3, §4).

import { parseAmount } from '../../../connector/core/money'
import { compactDayOf, compactTimeOf, dayFromCompact, dayOf, instantOf, timeOfDayMs } from '../engine/bank-time'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, otherSerial, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { leaf, leaves, textOf, type XmlElement } from '../engine/xml'
import { listElement, statusElements, type Message, type Status } from './message'
import { ok, paymentStatus, reasonStatus, refused, tranNoOf, yuan, type Answer, type Citic } from './operation'

export function planOutward(_: Citic, { body, userName }: Message): Pick<Call, 'payees' | 'pays'> {
  return planOf(userName, [body])
}

export function planRows(_: Citic, { rows, userName }: Message): Pick<Call, 'payees' | 'pays'> {
  return planOf(userName, rows)
}

function planOf(customer: string, items: readonly XmlElement[]): Pick<Call, 'payees' | 'pays'> {
  return {
    payees: items.map(item => textOf(item, 'recAccountNo')),
    pays: { customer, keys: items.map(item => textOf(item, 'clientID')) },
  }
}

/** An item that became a payment (perhaps a failed one), or one that was not even noted. */
type Taken = { readonly shown: Shown } | { readonly status: Status }

export function payOutward(citic: Citic, message: Message, disturbance: Disturbance): Answer {
  const taken = take(citic, message, message.body, disturbance)
  // Nothing is said of the one payment: an answer without a status.
  if (disturbance.kinds.has('missing-line')) return ''
  if ('status' in taken) return statusElements(taken.status)
  const { shown } = taken
  const { payer, payee, atMs, purpose, fields } = shown.payment.record
  return (
    statusElements(paymentStatus(citic, shown)) +
    leaves({
      tranDate: compactDayOf(atMs),
      tranTime: compactTimeOf(atMs),
      tranNo: tranNoOf(shown),
      payAccountNo: payer.account,
      payAccountName: payer.name,
      recAccountNo: shown.payeeAccount,
      recAccountName: payee.name,
      recOpenBankName: payee.bankName,
      recOpenBankCode: fields['recOpenBankCode'] ?? '',
      tranAmount: yuan(shown.amount),
      abstract: purpose,
    })
  )
}

export function payRows(citic: Citic, message: Message, disturbance: Disturbance): Answer {
  const { rows } = message
  if (rows.length === 0 || rows.length > citic.protocol.rowsMax)
    return refused(citic, 'invalid-field', `1–${citic.protocol.rowsMax} 笔`)
  const items = rows.map(row => ({ row, taken: take(citic, message, row, disturbance) }))
  const isGood = ({ taken }: (typeof items)[number]): boolean => 'shown' in taken && taken.shown.reason === null
  const total = (chosen: typeof items): string => yuan(chosen.reduce((sum, { row }) => sum + amountOf(row), 0n))
  const [good, bad] = [items.filter(isGood), items.filter(item => !isGood(item))]
  const answered = disturbance.kinds.has('missing-line') ? items.slice(0, -1) : items
  const isMixed = good.length > 0 && bad.length > 0
  return (
    statusElements(isMixed ? { status: citic.protocol.codes.partly, statusText: '部分成功' } : ok(citic)) +
    leaves({
      sucTotalNum: String(good.length),
      sucTotalAmt: total(good),
      errTotalNum: String(bad.length),
      errTotalAmt: total(bad),
    }) +
    listElement(answered.map(({ row, taken }) => answeredRow(citic, textOf(row, 'clientID'), taken, disturbance)))
  )
}

function answeredRow(citic: Citic, clientID: string, taken: Taken, disturbance: Disturbance): string {
  const shownID = disturbance.kinds.has('wrong-serial') ? otherSerial(clientID) : clientID
  return leaf('clientID', shownID) + statusElements('shown' in taken ? paymentStatus(citic, taken.shown) : taken.status)
}

function take(citic: Citic, message: Message, item: XmlElement, disturbance: Disturbance): Taken {
  const { context, desk, protocol } = citic
  const clientID = textOf(item, 'clientID')
  if (!/^[0-9A-Za-z]{1,20}$/.test(clientID)) return { status: reasonStatus(protocol, 'invalid-field', 'clientID') }
  const isRepeated = context.book.withKey(context.bank, message.userName, clientID).length > 0
  if (isRepeated && protocol.duplicateClientId === 'refuse')
    return { status: reasonStatus(protocol, 'duplicate', clientID) }
  const payment = submit(desk, draftOf(citic, message, item, forcedRefusal(disturbance)))
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  return { shown }
}

// -------------------------------------------------------------------------------------------------------------- an item

function draftOf(citic: Citic, message: Message, item: XmlElement, forced: Refusal | null): Draft {
  const get = (name: string): string => textOf(item, name)
  const { context } = citic
  const payer = context.book.account(context.bank, get('payAccountNo'))
  const clientID = get('clientID')
  return {
    code: message.action,
    customer: message.userName,
    batch: clientID,
    batchSerial: '',
    item: clientID,
    key: clientID,
    payerAccount: get('payAccountNo'),
    // No message carries the payer's name: the bank knows its own customer.
    payerName: payer?.record.name ?? '',
    payee: {
      account: get('recAccountNo'),
      name: get('recAccountName'),
      bankName: get('recOpenBankName'),
      cnaps: get('recOpenBankCode'),
    },
    route: isInside(message, item) ? 'own' : 'other',
    amount: amountOf(item),
    purpose: get('abstract'),
    postscript: get('memo'),
    fields: { clientID, chkNum: get('chkNum'), recOpenBankCode: get('recOpenBankCode') },
    startAtMs: get('preFlg') === '1' ? startOf(get('preDate'), get('preTime')) : null,
    needsApproval: false,
    checksPayeeAtEntry: false,
    extraMs: 0,
    refusal: refusalOf(citic, message, item) ?? forced,
  }
}

function isInside({ action }: Message, item: XmlElement): boolean {
  return action === 'DLOUTTRN' ? textOf(item, 'citicbankFlag') === '0' : textOf(item, 'payType') !== '1'
}

function amountOf(item: XmlElement): bigint {
  const text = textOf(item, 'tranAmount')
  const amount = /^\d{1,13}\.\d{2}$/.test(text) ? parseAmount(text, 'CNY') : 'not-a-number'
  return typeof amount === 'string' ? 0n : amount.minor
}

function startOf(date: string, time: string): number | null {
  const day = dayFromCompact(date)
  return day === null ? null : instantOf(day, `${time.slice(0, 2)}:00`)
}

function refusalOf(citic: Citic, message: Message, item: XmlElement): Refusal | null {
  const long = LIMITS.find(([name, max]) => gbkBytesOf(textOf(item, name)) > max)
  if (long) return { reason: 'too-long', detail: long[0] }
  const bad = rulesOf(citic, message, item).find(([, isGood]) => !isGood)
  if (bad) return { reason: 'invalid-field', detail: bad[0] }
  const nowMs = citic.context.clock.now()
  const isLarge = message.action === 'DLOUTTRN' && textOf(item, 'payType') === '02'
  return isLarge && citic.protocol.largeValueHours === 'refuse' && !isBetween(nowMs, '09:00', '17:00')
    ? { reason: 'after-cut-off', detail: '大额' }
    : null
}

function isBetween(atMs: number, from: string, to: string): boolean {
  const at = (time: string): number => instantOf('1970-01-01', time) - instantOf('1970-01-01', '00:00')
  const time = timeOfDayMs(atMs)
  return time >= at(from) && time < at(to)
}

/** GBK bytes (banks/citic §4). */
const LIMITS: readonly (readonly [name: string, max: number])[] = [
  ['payAccountNo', 19],
  ['recAccountNo', 32],
  ['recAccountName', 122],
  ['recOpenBankName', 122],
  ['recOpenBankCode', 20],
  ['recBankNo', 20],
  ['abstract', 102],
  ['memo', 60],
  ['chkNum', 20],
]

function rulesOf({ context }: Citic, message: Message, item: XmlElement): readonly (readonly [string, boolean])[] {
  const get = (name: string): string => textOf(item, name)
  const payType = get('payType')
  const isOutward = message.action === 'DLOUTTRN'
  const isScheduled = get('preFlg') === '1'
  const day = dayFromCompact(get('preDate'))
  const today = dayOf(context.clock.now())
  const hasBank = get('recOpenBankName') !== '' || get('recOpenBankCode') !== ''
  return [
    ['preFlg', ['0', '1'].includes(get('preFlg'))],
    ['preDate', isScheduled ? day !== null && day >= today : get('preDate') === ''],
    ['preTime', isScheduled ? /^(10|12|14|16)0000$/.test(get('preTime')) : get('preTime') === ''],
    ['payType', (isOutward ? ['00', '01', '02', '03', '04', '05', 'B5'] : ['1', '2', '3']).includes(payType)],
    ['payType(B5 不可预约)', !(payType === 'B5' && isScheduled)],
    ['payFlg', isOutward || ['0', '1'].includes(get('payFlg'))],
    ['recBankNo', payType !== '05' || get('recBankNo') !== ''],
    ['payAccountNo', /^\d+$/.test(get('payAccountNo'))],
    ['recAccountNo', payType === '00' || /^[0-9A-Za-z-]+$/.test(get('recAccountNo'))],
    ['recAccountName', get('recAccountName') !== ''],
    ['recOpenBankCode', /^\d*$/.test(get('recOpenBankCode'))],
    ['recOpenBankName/recOpenBankCode', payType === '05' || hasBank || isInside(message, item)],
    ['citicbankFlag', !isOutward || get('citicbankFlag') === (payType === '01' ? '0' : '1')],
    ['cityFlag', !isOutward || ['0', '1', ...(isInside(message, item) ? [''] : [])].includes(get('cityFlag'))],
    ['tranAmount', amountOf(item) > 0n],
  ]
}
