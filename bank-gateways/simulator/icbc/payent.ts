// PAYENT: takes a package of payments. A package is refused whole before anything is booked, or taken whole, each item then
// with its own Result: the header's success says nothing about the money (banks/icbc §4–5).

import { dayFromCompact, dayOf, instantOf, isCompactTime } from '../engine/bank-time'
import { charactersOf, gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import { leaf, leaves, textOf, type XmlElement } from '../engine/xml'
import type { Envelope } from './envelope'
import { goodOutcome, type Outcome } from './reply'
import type { IcbcProtocol } from './settings'
import { objected, packageKey, type Icbc, type Objection } from './operation'

export function planPay(_: Icbc, { rows, cis, fSeqno }: Envelope): Pick<Call, 'payees' | 'pays'> {
  return {
    payees: rows.map(row => textOf(row, 'RecAccNo')),
    pays: { customer: cis, keys: rows.map(row => paymentKey(fSeqno, textOf(row, 'iSeqno'))) },
  }
}

function paymentKey(fSeqno: string, iSeqno: string): string {
  return `${fSeqno}/${iSeqno}`
}

export function pay(icbc: Icbc, envelope: Envelope, disturbance: Disturbance): Outcome {
  const { context, desk, protocol } = icbc
  const objection = packageObjection(icbc, envelope)
  if (objection) return objected(icbc, objection)
  const { input, rows, cis, fSeqno } = envelope
  const serialNo = `CMM${String(context.book.payments.size + 1).padStart(10, '0')}`
  const head = headOf(input)
  context.book.add({
    kind: 'note',
    bank: context.bank,
    topic: 'package',
    key: packageKey(cis, fSeqno),
    data: { serialNo, ...head },
  })
  context.book.add({
    kind: 'note',
    bank: context.bank,
    topic: 'serial',
    key: packageKey(cis, serialNo),
    data: { fSeqno },
  })
  const payments = rows.map((row, index) =>
    submit(desk, draftOf(icbc, envelope, row, index, serialNo, forcedRefusal(disturbance))),
  )
  const shown = shownAtSubmission(payments, disturbance)
  const items = shown.map(item => answeredItem(protocol, item))
  return goodOutcome(
    { ...head, RepReserved1: '', RepReserved2: '', AlertFlag: textOf(input, 'AlertFlag') },
    items,
    serialNo,
  )
}

function headOf(input: XmlElement): Record<string, string> {
  const names = ['OnlBatF', 'SettleMode', 'TotalNum', 'TotalAmt']
  return Object.fromEntries(names.map(name => [name, textOf(input, name)]))
}

// ----------------------------------------------------------------------------------------------- the package as a whole

function packageObjection({ context, protocol }: Icbc, { input, rows, fSeqno }: Envelope): Objection | null {
  const invalid = (text: string): Objection => ({ code: 'invalid-field', text })
  if (!/^[A-Za-z0-9.]+$/.test(fSeqno)) return invalid('fSeqno')
  if (isTooLong(protocol, 'fSeqno', fSeqno)) return { code: 'too-long', text: 'fSeqno' }
  if (textOf(input, 'OnlBatF') !== '1') return invalid('OnlBatF')
  if (!['0', '2'].includes(textOf(input, 'SettleMode'))) return invalid('SettleMode')
  const signTime = signTimeObjection(input, context.clock.now())
  if (signTime) return signTime
  if (rows.length === 0) return invalid('rd')
  if (protocol.maxItems !== null && rows.length > protocol.maxItems) return invalid('rd 超过最多笔数')
  if (textOf(input, 'TotalNum') !== String(rows.length)) return invalid('TotalNum 与 rd 笔数不符')
  const amounts = rows.map(row => textOf(row, 'PayAmt'))
  if (!amounts.every(amount => /^\d{1,17}$/.test(amount))) return invalid('PayAmt')
  const total = amounts.reduce((sum, amount) => sum + BigInt(amount), 0n)
  if (!/^\d{1,20}$/.test(textOf(input, 'TotalAmt')) || BigInt(textOf(input, 'TotalAmt')) !== total) {
    return invalid('TotalAmt 与 PayAmt 合计不符')
  }
  const numbers = rows.map(row => textOf(row, 'iSeqno'))
  if (numbers.includes('') || new Set(numbers).size !== numbers.length) return invalid('iSeqno')
  if (protocol.overLong === 'package') {
    const long = rows.map(row => overLongField(protocol, row)).find(name => name !== null)
    if (long) return { code: 'too-long', text: `${long} ${REASON_TEXT['too-long']}` }
  }
  return null
}

/** Also used by BATEBILL: every signed request carries a SignTime of the bank's own day (banks/icbc §4). */
export function signTimeObjection(input: XmlElement, nowMs: number): Objection | null {
  const signTime = textOf(input, 'SignTime')
  const day = dayFromCompact(signTime.slice(0, 8))
  if (!/^\d{17}$/.test(signTime) || day === null || !isCompactTime(signTime.slice(8, 14))) {
    return { code: 'sign-time', text: 'SignTime' }
  }
  return day === dayOf(nowMs) ? null : { code: 'sign-time', text: `SignTime 日期不等于银行日期 ${dayOf(nowMs)}` }
}

// -------------------------------------------------------------------------------------------------------------- an item

function draftOf(
  { context, protocol }: Icbc,
  { cis, fSeqno }: Envelope,
  row: XmlElement,
  index: number,
  serialNo: string,
  forced: Refusal | null,
): Draft {
  const get = (name: string): string => textOf(row, name)
  const nameOf = (side: 'Pay' | 'Rec'): string => get(`${side}AccNameCN`) || get(`${side}AccNameEN`)
  const isCrossBank = get('SysIOFlg') === '2'
  return {
    code: 'PAYENT',
    customer: cis,
    batch: fSeqno,
    batchSerial: serialNo,
    item: String(index + 1),
    key: paymentKey(fSeqno, get('iSeqno')),
    payerAccount: get('PayAccNo'),
    payerName: nameOf('Pay'),
    payee: {
      account: get('RecAccNo'),
      name: nameOf('Rec'),
      bankName: get('RecBankName') || (isCrossBank ? '' : '中国工商银行'),
      cnaps: get('RecBankNo'),
    },
    route: isCrossBank ? 'other' : 'own',
    amount: BigInt(get('PayAmt')),
    purpose: get('UseCN'),
    postscript: get('PostScript'),
    fields: fieldsOf(row),
    startAtMs: startOf(get('StartDate'), get('StartTime')),
    needsApproval: false,
    checksPayeeAtEntry: true,
    extraMs: isHandledByHand(row) ? protocol.manualHandlingMs : 0,
    refusal: itemRefusal(protocol, row, context.clock.now()) ?? forced,
  }
}

function fieldsOf(row: XmlElement): Record<string, string> {
  return Object.fromEntries(row.children.map(child => [child.name, child.text.trim()]))
}

/** UseCN longer than 10 characters on cross-bank real time falls to manual handling (落地; banks/icbc §4). */
function isHandledByHand(row: XmlElement): boolean {
  return (
    textOf(row, 'SysIOFlg') === '2' && textOf(row, 'PayType') !== '2' && charactersOf(textOf(row, 'UseCN')).length > 10
  )
}

function startOf(date: string, time: string): number | null {
  const day = dayFromCompact(date)
  if (day === null) return null
  return instantOf(day, isCompactTime(time) ? `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}` : '00:00')
}

function itemRefusal(protocol: IcbcProtocol, row: XmlElement, nowMs: number): Refusal | null {
  const long = protocol.overLong === 'item' ? overLongField(protocol, row) : null
  if (long !== null) return { reason: 'too-long', detail: long }
  const bad = invalidField(row, nowMs)
  return bad === null ? null : { reason: 'invalid-field', detail: bad }
}

function overLongField(protocol: IcbcProtocol, row: XmlElement): string | null {
  const isCrossBank = textOf(row, 'SysIOFlg') === '2'
  const names: readonly LimitedField[] = isCrossBank
    ? ['PayAccNameCN', 'RecAccNameCN', 'RecBankName', 'PostScript']
    : ['PayAccNameCN', 'RecAccNameCN']
  return names.find(name => isTooLong(protocol, name, textOf(row, name))) ?? null
}

type LimitedField = keyof IcbcProtocol['limits']

function isTooLong(protocol: IcbcProtocol, name: LimitedField, value: string): boolean {
  const { max, unit } = protocol.limits[name]
  return (unit === 'bytes' ? gbkBytesOf(value) : charactersOf(value).length) > max
}

/** The first field that breaks a rule of banks/icbc §4. */
function invalidField(row: XmlElement, nowMs: number): string | null {
  const get = (name: string): string => textOf(row, name)
  const isCrossBank = get('SysIOFlg') === '2'
  const startDate = get('StartDate')
  const rules: readonly (readonly [string, boolean])[] = [
    ['重复字段', new Set(row.children.map(child => child.name)).size === row.children.length],
    ['PayType', ['1', '2', '3'].includes(get('PayType'))],
    ['PayAccNo', /^\d{1,34}$/.test(get('PayAccNo'))],
    ['PayAccNameCN', (get('PayAccNameCN') || get('PayAccNameEN')) !== ''],
    ['RecAccNo', /^[0-9A-Za-z-]{1,34}$/.test(get('RecAccNo'))],
    ['RecAccNameCN', (get('RecAccNameCN') || get('RecAccNameEN')) !== ''],
    ['SysIOFlg', ['1', '2'].includes(get('SysIOFlg'))],
    ['IsSameCity', ['1', '2'].includes(get('IsSameCity'))],
    ['Prop', (isCrossBank ? ['0', '1'] : ['', '0', '1']).includes(get('Prop'))],
    ['RecBankNo', isCrossBank ? /^\d{12}$/.test(get('RecBankNo')) : get('RecBankNo') === ''],
    ['RecCityName', !isCrossBank || get('RecCityName') !== ''],
    ['RecBankName', !isCrossBank || get('RecBankName') !== ''],
    ['CurrType', get('CurrType') === '001'],
    ['PayAmt', BigInt(get('PayAmt')) > 0n],
    ['UseCN', get('Prop') !== '1' || (get('UseCN') || get('EnSummary')) !== ''],
    ['EnSummary', isAscii(get('EnSummary'))],
    ['CrvouhNo', isAscii(get('CrvouhNo'))],
    ['StartDate', startDate === '' || (dayFromCompact(startDate) ?? '') >= dayOf(nowMs)],
    ['StartTime', get('StartTime') === '' || isCompactTime(get('StartTime'))],
  ]
  return rules.find(([, isGood]) => !isGood)?.[0] ?? null
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

// ------------------------------------------------------------------------------------------------------------ its answer

function answeredItem(protocol: IcbcProtocol, shown: Shown): string {
  const { record } = shown.payment
  const { iSeqno = '', ...sent } = record.fields
  const [code, text] = reasonOf(protocol, shown)
  return [
    leaves({ iSeqno, OrderNo: record.item }),
    leaves(echoed(sent, shown)),
    leaf('Result', protocol.results[shown.state]),
    leaves({ iRetCode: code, iRetMsg: text, RepReserved3: '', RepReserved4: '' }),
  ].join('')
}

/** Everything that was sent comes back; a lying bank changes the amount or the payee. */
export function echoed(sent: Readonly<Record<string, string>>, shown: Shown): Record<string, string> {
  return {
    ...sent,
    ...('RecAccNo' in sent ? { RecAccNo: shown.payeeAccount } : {}),
    ...('PayAmt' in sent ? { PayAmt: shown.amount.toString() } : {}),
  }
}

/** The code and words of an item's outcome: `0` unless it was refused. */
export function reasonOf(protocol: IcbcProtocol, { reason, payment }: Shown): readonly [string, string] {
  if (reason === null) return ['0', '']
  const { detail } = payment.record
  return [protocol.codes[reason], detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`]
}
