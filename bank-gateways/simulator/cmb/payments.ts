// BB1PAYOP (one item) and BB1PAYBH (a batch): checks what a bank checks and takes payments. SUC0000 means received, never paid
// (banks/cmb-cdc §6, §9).

import { parseAmount } from '../../../connector/core/money'
import { dayFromCompact, instantOf, isCompactTime } from '../engine/bank-time'
import { charactersOf, gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { rowsOf, textOf, type Answer, type Fields, type Message } from './message'
import { flagsOf, ok, reasonText, refused, reqNbrOf, type Cmb } from './operation'
import type { CmbProtocol } from './settings'

const BATCH_MAX = 1000

export function planPay(_: Cmb, { body, customer, funcode }: Message): Pick<Call, 'payees' | 'pays'> {
  const items = rowsOf(body, funcode === 'BB1PAYBH' ? 'bb1paybhx1' : 'bb1payopx1')
  return {
    payees: items.map(item => textOf(item, 'crtAcc')),
    pays: { customer: customer.uid, keys: items.map(item => textOf(item, 'yurRef')) },
  }
}

export function pay(cmb: Cmb, message: Message, disturbance: Disturbance): Answer {
  const { context, protocol } = cmb
  const [mode] = rowsOf(message.body, 'bb1paybmx1')
  const [item, ...more] = rowsOf(message.body, 'bb1payopx1')
  if (textOf(mode, 'busCod') !== 'N02030' || textOf(mode, 'busMod') === '')
    return refused(cmb, 'bad-content', 'bb1paybmx1')
  if (!item || more.length > 0) return refused(cmb, 'bad-content', 'bb1payopx1: 1')
  const yurRef = textOf(item, 'yurRef')
  if (isRepeated(cmb, message, yurRef)) return duplicate(cmb, 'bb1payopz1', {}, yurRef)
  const payment = submit(context.desk, draftOf(cmb, message, item, '', forcedRefusal(disturbance)))
  const [shown] = shownAtSubmission([payment], disturbance)
  return ok(cmb, shown ? { bb1payopz1: [takenRow(protocol, shown)], bb1payopz3: [] } : {})
}

function takenRow(protocol: CmbProtocol, { payment, state, reason }: Shown): Fields {
  const { record } = payment
  return {
    reqNbr: reqNbrOf(record.no),
    evtIst: `E${record.no}`,
    ...flagsOf(protocol, state),
    oprSqn: state === 'awaiting' ? '001' : '',
    oprAls: '',
    errCod: reason === null ? protocol.codes.ok : protocol.codes[reason],
    errTxt: reasonText(reason, record.detail),
    msgTxt: '',
    prdIst: '',
    bakAppNbr: '',
  }
}

export function payBatch(cmb: Cmb, message: Message, disturbance: Disturbance): Answer {
  const { context, protocol } = cmb
  const [head] = rowsOf(message.body, 'bb1bmdbhx1')
  const items = rowsOf(message.body, 'bb1paybhx1')
  const bthNbr = textOf(head, 'bthNbr')
  if (textOf(head, 'busCod') !== 'N02030' || textOf(head, 'busMod') === '')
    return refused(cmb, 'bad-content', 'bb1bmdbhx1')
  if (!/^[\x21-\x7e]{1,30}$/.test(bthNbr)) return refused(cmb, 'bad-content', 'bthNbr')
  if (textOf(head, 'ctnFlg') === 'Y') return refused(cmb, 'not-simulated', '续传')
  if (items.length === 0 || items.length > BATCH_MAX || textOf(head, 'dtlNbr') !== String(items.length))
    return refused(cmb, 'bad-content', 'dtlNbr')
  const references = items.map(item => textOf(item, 'yurRef'))
  const isKnown = context.book.batch(context.bank, message.customer.uid, bthNbr).length > 0
  if (
    isKnown ||
    new Set(references).size < references.length ||
    references.some(yurRef => isRepeated(cmb, message, yurRef))
  )
    return duplicate(cmb, 'bb1paybhz1', { bthNbr }, bthNbr)
  for (const item of items) submit(context.desk, draftOf(cmb, message, item, bthNbr, forcedRefusal(disturbance)))
  const isUnlisted = disturbance.kinds.has('unknown-code')
  const row = {
    bthNbr,
    ...flagsOf(protocol, isUnlisted ? 'unlisted' : 'accepted'),
    errCod: protocol.codes.ok,
    errTxt: '',
    msgTxt: '',
  }
  return ok(cmb, disturbance.kinds.has('missing-line') ? {} : { bb1paybhz1: [row] })
}

function isRepeated({ context, protocol }: Cmb, { customer }: Message, yurRef: string): boolean {
  return protocol.duplicateYurRef === 'refuse' && context.book.withKey(context.bank, customer.uid, yurRef).length > 0
}

/** How a repeat is refused is not known; FIN/F with an errCod is the shape that is easiest to mistake. */
function duplicate(cmb: Cmb, block: string, named: Fields, what: string): Answer {
  const { codes, duplicateShape } = cmb.protocol
  if (duplicateShape === 'message') return refused(cmb, 'duplicate', what)
  const errTxt = reasonText('duplicate', what)
  return ok(cmb, {
    [block]: [{ ...named, reqNbr: '', reqSts: 'FIN', rtnFlg: 'F', errCod: codes.duplicate, errTxt, msgTxt: '' }],
  })
}

// -------------------------------------------------------------------------------------------------------------- an item

function draftOf(
  { context, protocol }: Cmb,
  { customer, funcode }: Message,
  item: Fields,
  bthNbr: string,
  forced: Refusal | null,
): Draft {
  const text = (name: string): string => textOf(item, name)
  const isOwn = text('bnkFlg') !== 'N'
  const amount = parseAmount(text('trsAmt'), 'CNY')
  const payer = context.book.account(context.bank, text('dbtAcc'))
  return {
    code: funcode,
    customer: customer.uid,
    batch: bthNbr === '' ? text('yurRef') : bthNbr,
    batchSerial: bthNbr === '' ? '' : 'batch',
    item: text('yurRef'),
    key: text('yurRef'),
    payerAccount: text('dbtAcc'),
    payerName: payer?.record.name ?? '',
    payee: { account: text('crtAcc'), name: text('crtNam'), bankName: text('crtBnk'), cnaps: text('brdNbr') },
    route: isOwn ? 'own' : 'other',
    amount: typeof amount === 'string' || amount.minor < 0n ? 0n : amount.minor,
    purpose: text('nusAge'),
    postscript: text('busNar'),
    fields: Object.fromEntries(
      ['yurRef', 'bnkFlg', 'stlChn', 'nusAge', 'busNar', 'crtAdr'].map(name => [name, text(name)]),
    ),
    startAtMs: startOf(text('eptDat'), text('eptTim')),
    needsApproval: false,
    checksPayeeAtEntry: text('rcvChk') === '1',
    extraMs: 0,
    refusal: refusalOf(protocol, item) ?? forced,
  }
}

function startOf(date: string, time: string): number | null {
  const day = dayFromCompact(date)
  if (day === null) return null
  return instantOf(day, isCompactTime(time) ? `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}` : '00:00')
}

function refusalOf(protocol: CmbProtocol, item: Fields): Refusal | null {
  const long = overLongField(protocol, item)
  if (long !== null) return { reason: 'too-long', detail: long }
  const bad = invalidField(item)
  return bad === null ? null : { reason: 'invalid-field', detail: bad }
}

function overLongField({ maxNameCharacters, maxPurposeBytes }: CmbProtocol, item: Fields): string | null {
  const limits: readonly (readonly [string, number])[] = [
    ['dbtAcc', 35],
    ['crtAcc', 35],
    ['crtBnk', 62],
    ['crtAdr', 62],
    ['nusAge', maxPurposeBytes],
    ['busNar', 200],
    ['yurRef', 30],
  ]
  if (charactersOf(textOf(item, 'crtNam')).length > maxNameCharacters) return 'crtNam'
  return limits.find(([name, max]) => gbkBytesOf(textOf(item, name)) > max)?.[0] ?? null
}

function invalidField(item: Fields): string | null {
  const rules: readonly (readonly [string, RegExp])[] = [
    ['yurRef', /^[\x21-\x7e]+$/],
    ['dbtAcc', /^\d+$/],
    ['crtAcc', /^[\x21-\x7e]+$/],
    ['crtNam', /\S/],
    ['bnkFlg', /^[YN]?$/],
    ['brdNbr', /^(\d{12})?$/],
    ['ccyNbr', /^10$/],
    ['trsAmt', /^(?!0\.00$)(0|[1-9]\d{0,12})\.\d{2}$/],
    ['stlChn', /^[GQRI]?$/],
    ['nusAge', /\S/],
    ['rcvChk', /^1?$/],
  ]
  const bad = rules.find(([name, shape]) => !shape.test(textOf(item, name)))?.[0]
  if (bad !== undefined) return bad
  const isOther = textOf(item, 'bnkFlg') === 'N'
  return isOther && textOf(item, 'brdNbr') === '' && textOf(item, 'crtBnk') === '' ? 'crtBnk/brdNbr' : null
}
