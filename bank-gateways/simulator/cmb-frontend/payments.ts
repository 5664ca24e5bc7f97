// DCPAYMNT: takes up to 1500 items, and answers about each only when there are at most 30. A REQSTS that is not FIN means taken, never
// paid (banks/cmb-frontend §3, §4).

import { parseAmount } from '../../../connector/core/money'
import { dayFromCompact, instantOf, isCompactTime } from '../engine/bank-time'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, otherSerial, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { box, leaves, textOf, type XmlElement } from '../engine/xml'
import { recordsOf, type Answer, type Message } from './message'
import { failed, flagsOf, ok, reasonText, reqnbrOf, type FrontEnd } from './operation'
import type { CmbFrontendProtocol } from './settings'

const ANSWERED_MAX = 30
const ITEMS_MAX = 1500

export function planPay(_: FrontEnd, message: Message): Pick<Call, 'payees' | 'pays'> {
  const items = recordsOf(message, 'DCOPDPAYX')
  return {
    payees: items.map(item => textOf(item, 'CRTACC')),
    pays: { customer: message.loginName, keys: items.map(item => textOf(item, 'YURREF')) },
  }
}

export function pay(frontEnd: FrontEnd, message: Message, disturbance: Disturbance): Answer {
  const items = recordsOf(message, 'DCOPDPAYX')
  const [head] = recordsOf(message, 'SDKPAYRQX')
  if (!['N02031', 'N02041'].includes(textOf(head ?? null, 'BUSCOD')) || textOf(head ?? null, 'BUSMOD') === '')
    return failed(frontEnd, '-3', 'SDKPAYRQX')
  if (items.length === 0 || items.length > ITEMS_MAX) return failed(frontEnd, '-3', 'DCOPDPAYX')
  const kinds = new Set(disturbance.kinds)
  const isShort = kinds.delete('missing-line')
  const rows = items.map((item, index) => taken(frontEnd, message, item, index, { ...disturbance, kinds }))
  if (items.length > ANSWERED_MAX) return ok()
  return ok(...(isShort ? rows.slice(0, -1) : rows))
}

function taken(
  frontEnd: FrontEnd,
  message: Message,
  item: XmlElement,
  index: number,
  disturbance: Disturbance,
): string {
  const { context, desk, protocol } = frontEnd
  const yurref = textOf(item, 'YURREF')
  const isRepeated = context.book.withKey(context.bank, message.loginName, yurref).length > 0
  if (isRepeated && protocol.duplicateYurRef === 'refuse') {
    // How a repeat is refused is not known; FIN/F with an ERRCOD is the shape that is easiest to mistake.
    const flags = { REQNBR: '', REQSTS: 'FIN', RTNFLG: 'F' }
    return itemRow(index, yurref, {
      ...flags,
      ERRCOD: protocol.codes.duplicate,
      ERRTXT: reasonText('duplicate', yurref),
    })
  }
  const payment = submit(desk, draftOf(frontEnd, message, item, forcedRefusal(disturbance)))
  const [shown] = shownAtSubmission([payment], disturbance)
  return shown
    ? itemRow(index, disturbance.kinds.has('wrong-serial') ? otherSerial(yurref) : yurref, fieldsOf(protocol, shown))
    : ''
}

function itemRow(index: number, yurref: string, fields: Readonly<Record<string, string>>): string {
  const SQRNBR = String(index + 1).padStart(10, '0')
  return box('NTQPAYRQZ', leaves({ SQRNBR, YURREF: yurref, ...fields, OPRSQN: '', OPRALS: '' }))
}

function fieldsOf(protocol: CmbFrontendProtocol, { payment, state, reason }: Shown): Readonly<Record<string, string>> {
  const { record } = payment
  return {
    REQNBR: reqnbrOf(record.no),
    ...flagsOf(protocol, state),
    ERRCOD: reason === null ? 'SUC0000' : protocol.codes[reason],
    ERRTXT: reasonText(reason, record.detail),
  }
}

// -------------------------------------------------------------------------------------------------------------- an item

function draftOf({ context }: FrontEnd, message: Message, item: XmlElement, forced: Refusal | null): Draft {
  const text = (name: string): string => textOf(item, name)
  const amount = parseAmount(text('TRSAMT'), 'CNY')
  const payer = context.book.account(context.bank, text('DBTACC'))
  return {
    code: message.funnam,
    customer: message.loginName,
    batch: text('YURREF'),
    batchSerial: '',
    item: text('YURREF'),
    key: text('YURREF'),
    payerAccount: text('DBTACC'),
    payerName: payer?.record.name ?? '',
    payee: {
      account: text('CRTACC'),
      name: text('CRTNAM') || text('LRVEAN'),
      bankName: text('CRTBNK'),
      cnaps: text('BRDNBR'),
    },
    route: isOwnBank(item) ? 'own' : 'other',
    amount: typeof amount === 'string' || amount.minor < 0n ? 0n : amount.minor,
    purpose: text('NUSAGE'),
    postscript: text('BUSNAR'),
    fields: { yurref: text('YURREF'), stlchn: text('STLCHN') },
    startAtMs: startOf(text('EPTDAT'), text('EPTTIM')),
    needsApproval: false,
    checksPayeeAtEntry: text('RCVCHK') === '1',
    extraMs: 0,
    refusal: refusalOf(item) ?? forced,
  }
}

/** "If BNKFLG is empty the front-end decides from CRTBNK containing 招行/招商行/招商银行." */
function isOwnBank(item: XmlElement): boolean {
  const flag = textOf(item, 'BNKFLG')
  return flag === '' ? /招行|招商行|招商银行/.test(textOf(item, 'CRTBNK')) : flag === 'Y'
}

function startOf(date: string, time: string): number | null {
  const day = dayFromCompact(date)
  if (day === null) return null
  return instantOf(day, isCompactTime(time) ? `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}` : '00:00')
}

function refusalOf(item: XmlElement): Refusal | null {
  const long = LIMITS.find(([name, max]) => gbkBytesOf(textOf(item, name)) > max)?.[0]
  if (long !== undefined) return { reason: 'too-long', detail: long }
  const bad = RULES.find(([name, shape]) => !shape.test(textOf(item, name)))?.[0] ?? missingField(item)
  return bad === null ? null : { reason: 'invalid-field', detail: bad }
}

/** Bytes of GBK (banks/cmb-frontend §4). */
const LIMITS: readonly (readonly [string, number])[] = [
  ['YURREF', 30],
  ['DBTACC', 35],
  ['NUSAGE', 62],
  ['BUSNAR', 200],
  ['CRTACC', 35],
  ['CRTNAM', 62],
  ['LRVEAN', 200],
  ['BRDNBR', 30],
  ['CRTBNK', 62],
  ['CRTADR', 62],
]

const RULES: readonly (readonly [string, RegExp])[] = [
  ['YURREF', /^[\x21-\x7e]+$/],
  ['DBTACC', /^\d+$/],
  ['DBTBBK', /^[0-9A-Z]{2}$/],
  ['TRSAMT', /^(?!0\.00$)(0|[1-9]\d{0,12})\.\d{2}$/],
  ['CCYNBR', /^10$/],
  ['STLCHN', /^[NF]$/],
  ['NUSAGE', /\S/],
  ['CRTACC', /^[\x21-\x7e]+$/],
  ['BNKFLG', /^[YN]?$/],
  ['RCVCHK', /^1?$/],
]

/** What is required together: one name; for another bank its name and place; inside the bank a city unless CRTFLG is Y. */
function missingField(item: XmlElement): string | null {
  const has = (name: string): boolean => textOf(item, name) !== ''
  if (has('CRTNAM') === has('LRVEAN')) return 'CRTNAM/LRVEAN'
  if (isOwnBank(item)) return textOf(item, 'CRTFLG') === 'Y' || has('CTYCOD') ? null : 'CTYCOD'
  return ['CRTBNK', 'CRTADR'].find(name => !has(name)) ?? null
}
