// b2e0009 (对公) and b2e0061 (对私): takes items, each with a status of its own. B001 here means received, never paid
// (banks/boc §3–5).

import { parseAmount } from '../../../connector/core/money'
import { addMonths, dayFromCompact, dayOf, instantOf, isCompactTime } from '../engine/bank-time'
import { charactersOf, gbkBytesOf } from '../engine/charset'
import { forcedRefusal, otherSerial, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { box, childOf, childrenOf, leaf, textOf, type XmlElement } from '../engine/xml'
import { statusElement, type Message, type Status } from './message'
import { itemStatus, obssidOf, okStatus, reasonStatus, refused, type Answer, type Boc } from './operation'
import type { BocProtocol } from './settings'

const ITEMS_MAX = 1000

export function planPay(_: Boc, message: Message): Pick<Call, 'payees' | 'pays'> {
  const items = itemsOf(message)
  return {
    payees: items.map(item => textOf(childOf(item, 'toactn'), 'actacn')),
    pays: { customer: message.head.custid, keys: items.map(item => textOf(item, 'insid')) },
  }
}

function itemsOf({ body, head }: Message): readonly XmlElement[] {
  return childrenOf(body, `${head.trncod}-rq`)
}

/** An item that became a payment (perhaps a failed one), or one that the front-end did not even note. */
type Taken = { readonly shown: Shown } | { readonly insid: string; readonly status: Status }

export function pay(boc: Boc, message: Message, disturbance: Disturbance): Answer {
  const items = itemsOf(message)
  const transtype = textOf(message.body, 'transtype')
  if (!childOf(message.body, 'ceitinfo')) return refused(boc, 'invalid-field', 'ceitinfo')
  if (items.length === 0 || items.length > ITEMS_MAX) return refused(boc, 'invalid-field', `1–${ITEMS_MAX} 笔`)
  if (transtype === '2') return refused(boc, 'not-simulated', 'transtype 2')
  if (!['', '1'].includes(transtype)) return refused(boc, 'invalid-field', 'transtype')
  const taken = items.flatMap(item => take(boc, message, item, disturbance))
  const answeredItems = disturbance.kinds.has('missing-line') ? taken.slice(0, -1) : taken
  const rows = answeredItems.map(item => answeredItem(boc, message.head.trncod, item, disturbance))
  return statusElement(okStatus(boc)) + rows.join('')
}

function take(boc: Boc, message: Message, item: XmlElement, disturbance: Disturbance): readonly Taken[] {
  const { context, desk, protocol } = boc
  const insid = textOf(item, 'insid')
  if (!/^[\x21-\x7e]{1,32}$/.test(insid)) return [{ insid, status: reasonStatus(protocol, 'invalid-field', 'insid') }]
  const isRepeated = context.book.withKey(context.bank, message.head.custid, insid).length > 0
  if (isRepeated && protocol.duplicateInsid === 'refuse') {
    return [{ insid, status: reasonStatus(protocol, 'duplicate', insid) }]
  }
  const payment = submit(desk, draftOf(boc, message, item, forcedRefusal(disturbance)))
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  return shownAtSubmission([payment], { ...disturbance, kinds }).map(shown => ({ shown }))
}

function answeredItem({ protocol }: Boc, trncod: string, item: Taken, disturbance: Disturbance): string {
  const insid = 'shown' in item ? (item.shown.payment.record.fields['insid'] ?? '') : item.insid
  const shownInsid = disturbance.kinds.has('wrong-serial') ? otherSerial(insid) : insid
  const status = 'shown' in item ? entryStatus(protocol, item.shown) : item.status
  const obssid = 'shown' in item ? obssidOf(item.shown) : ''
  return box(`${trncod}-rs`, statusElement(status), leaf('insid', shownInsid), leaf('obssid', obssid))
}

/** At entry everything that was not refused is B001: accepted only (banks/boc §3). */
function entryStatus(protocol: BocProtocol, shown: Shown): Status {
  if (shown.state === 'unlisted' || shown.reason !== null) return itemStatus(protocol, shown)
  return { rspcod: protocol.codes.ok, rspmsg: 'ok' }
}

// -------------------------------------------------------------------------------------------------------------- an item

function draftOf(boc: Boc, message: Message, item: XmlElement, forced: Refusal | null): Draft {
  const { context, protocol } = boc
  const { trncod, custid, trnid } = message.head
  const [from, to] = [childOf(item, 'fractn'), childOf(item, 'toactn')]
  const toibkn = textOf(to, 'toibkn')
  const amount = parseAmount(textOf(item, 'trnamt'), 'CNY')
  const insid = textOf(item, 'insid')
  return {
    code: trncod,
    customer: custid,
    batch: trnid,
    batchSerial: '',
    item: insid,
    key: insid,
    payerAccount: textOf(from, 'actacn'),
    payerName: textOf(from, 'actnam'),
    payee: { account: textOf(to, 'actacn'), name: textOf(to, 'toname'), bankName: textOf(to, 'tobknm'), cnaps: toibkn },
    route: isOwnBank(item, toibkn) ? 'own' : 'other',
    amount: typeof amount === 'string' || amount.minor < 0n ? 0n : amount.minor,
    purpose: textOf(item, 'furinfo'),
    postscript: '',
    fields: { insid, comacn: textOf(item, 'comacn') },
    startAtMs: startOf(textOf(item, 'trfdate'), textOf(item, 'trftime')),
    needsApproval: textOf(message.body, 'transtype') === '1',
    // "The bank checks only the payer at entry" is said of b2e0061 (banks/boc §5).
    checksPayeeAtEntry: trncod === 'b2e0009',
    extraMs: 0,
    refusal: refusalOf(protocol, trncod, item, context.clock.now()) ?? forced,
  }
}

/** A 5-digit number is a BOC province code; a CNAPS number of BOC begins with 104 (banks/boc §4, banks/README §6). */
function isOwnBank(item: XmlElement, toibkn: string): boolean {
  if (toibkn === '') return textOf(item, 'bocflag') === '1'
  return toibkn.length === 5 || toibkn.startsWith('104')
}

function startOf(date: string, time: string): number | null {
  const day = dayFromCompact(date)
  if (day === null) return null
  return instantOf(day, isCompactTime(time) ? `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}` : '00:00')
}

function refusalOf(protocol: BocProtocol, trncod: string, item: XmlElement, nowMs: number): Refusal | null {
  const long = overLongField(protocol, trncod, item)
  if (long !== null) return { reason: 'too-long', detail: long }
  const bad = invalidField(trncod, item, nowMs)
  return bad === null ? null : { reason: 'invalid-field', detail: bad }
}

function overLongField({ lengthUnit }: BocProtocol, trncod: string, item: XmlElement): string | null {
  const [from, to] = [childOf(item, 'fractn'), childOf(item, 'toactn')]
  const lengthOf = (text: string): number =>
    lengthUnit === 'characters' ? charactersOf(text).length : gbkBytesOf(text)
  const limits: readonly (readonly [string, string, number])[] = [
    ['actacn', textOf(from, 'actacn'), 35],
    ['actnam', textOf(from, 'actnam'), 70],
    ['toactn/actacn', textOf(to, 'actacn'), 35],
    ['toname', textOf(to, 'toname'), 70],
    ['toaddr', textOf(to, 'toaddr'), 70],
    ['tobknm', textOf(to, 'tobknm'), 70],
    ['furinfo', textOf(item, 'furinfo'), trncod === 'b2e0061' ? 200 : 80],
  ]
  return limits.find(([, text, max]) => lengthOf(text) > max)?.[0] ?? null
}

/** The first field that breaks a rule of banks/boc §4–5. */
function invalidField(trncod: string, item: XmlElement, nowMs: number): string | null {
  const get = (name: string): string => textOf(item, name)
  const [from, to] = [childOf(item, 'fractn'), childOf(item, 'toactn')]
  const isPersonal = trncod === 'b2e0061'
  const toibkn = textOf(to, 'toibkn')
  const account = textOf(to, 'actacn')
  const acttyp = textOf(to, 'acttyp') || get('acttyp')
  const bankNumber = /^(\d{5}|\d{12})$/
  const today = dayOf(nowMs)
  const trfdate = dayFromCompact(get('trfdate'))
  const amount = /^\d{1,13}(\.\d{1,2})?$/.test(get('trnamt')) ? parseAmount(get('trnamt'), 'CNY') : 'not-a-number'
  const rules: readonly (readonly [string, boolean])[] = [
    ['fribkn', bankNumber.test(textOf(from, 'fribkn'))],
    ['actacn', /^\d{1,35}$/.test(textOf(from, 'actacn'))],
    ['toactn/actacn', /^[0-9A-Za-z-]{1,35}$/.test(account)],
    ['toname', textOf(to, 'toname') !== ''],
    ['toibkn', toibkn === '' ? isPersonal : bankNumber.test(toibkn)],
    ['tobknm', !isPersonal || toibkn !== '' || textOf(to, 'tobknm') !== ''],
    ['toibkn(18 位账号)', !(isPersonal && toibkn === '' && get('bocflag') === '1' && account.length === 18)],
    ['acttyp', !isPersonal || ['', '119', '101', '188', '103'].includes(acttyp)],
    ['bocflag', !isPersonal || ['0', '1'].includes(get('bocflag'))],
    ['cuspriolv', !isPersonal || ['', '0', '1'].includes(get('cuspriolv'))],
    ['trnamt', typeof amount !== 'string' && amount.minor > 0n],
    ['trncur', ['001', 'CNY'].includes(get('trncur'))],
    ['priolv', (isPersonal ? ['', '0', '1'] : ['0', '1']).includes(get('priolv'))],
    ['furinfo', !isPersonal || !get('furinfo').includes('|')],
    ['trfdate', trfdate !== null && trfdate >= today && trfdate <= addMonths(today, 1)],
    ['trftime', get('trftime') === '' || isCompactTime(get('trftime'))],
    ['comacn', /^\d{0,35}$/.test(get('comacn'))],
  ]
  return rules.find(([, isGood]) => !isGood)?.[0] ?? null
}
