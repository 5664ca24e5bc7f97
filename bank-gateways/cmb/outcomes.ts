// What an answer says about one instruction. Pure. "Paid" and "refused" come only from the bank's own tables of states; an errCod
// that the site does not know as a plain no leaves a payment uncertain, because it may be that of a repeated yurRef.

import type { Echo, InquiryOutcome, Refusal, SendOutcome } from '../../connector/ports'
import { blockOf, currencyOf, money, type Reply } from './codec'
import {
  describeItem,
  describeMessage,
  isFine,
  isRefusal,
  itemClassOf,
  problem,
  type ItemClass,
  type Problem,
} from './codes'
import type { CmbConfig } from './config'
import { textAt, type Json } from '../shared/json-text'

/** Of a BB1PAYOP, which holds one item and does not repeat its reference, amount or payee (banks/cmb-cdc §6). */
export function paymentOutcome(reply: Reply, config: CmbConfig): SendOutcome {
  const early = messageOutcome(reply, config)
  if (early) return early
  const rows = blockOf(reply, 'bb1payopz1')
  if ('reason' in rows) return uncertain(rows)
  const [row] = rows
  if (row === undefined) return uncertain(problem('cmb.missing_item', 'bb1payopz1'))
  if (rows.length > 1) return uncertain(problem('cmb.ambiguous_item', 'bb1payopz1'))
  const kind = itemClass(row)
  const errCod = textAt(row, 'errCod')
  if (!isFine(errCod))
    return isRefusal(errCod, config.codes)
      ? { kind: 'refused', refusal: refusalOf(row, errCod) }
      : uncertain(wordsOf(row, errCod))
  if (kind === 'accepted' || kind === 'settled') return { kind, echo: { ...unnamedEcho(row), reference: null } }
  if (kind === 'refused') return { kind, refusal: refusalOf(row, stateOf(row)) }
  return uncertain(wordsOf(row, stateOf(row)))
}

/** Of a BB1PAYBH, whose answer speaks of the batch alone: taken, or not known. */
export function batchOutcome(reply: Reply, batchReference: string, config: CmbConfig): SendOutcome {
  const early = messageOutcome(reply, config)
  if (early) return early
  const rows = blockOf(reply, 'bb1paybhz1')
  if ('reason' in rows) return uncertain(rows)
  const [row] = rows
  if (row === undefined || rows.length > 1) return uncertain(problem('cmb.missing_item', 'bb1paybhz1'))
  const named = textAt(row, 'bthNbr')
  if (named !== batchReference) return uncertain(problem('cmb.missing_item', `bthNbr ${batchReference}`))
  const errCod = textAt(row, 'errCod')
  if (!isFine(errCod) || itemClass(row) !== 'accepted')
    return uncertain(wordsOf(row, isFine(errCod) ? stateOf(row) : errCod))
  return { kind: 'accepted', echo: unnamedEcho(row) }
}

/** Of rows of BB1PAYQR or BB1QRYBD. Null: the answer holds no row of this reference. */
export function rowsOutcome(rows: readonly Json[], reference: string): InquiryOutcome | null {
  const own = rows.filter(row => textAt(row, 'yurRef') === reference)
  const [row] = own
  if (row === undefined) return null
  if (own.length > 1) return unavailable(problem('cmb.ambiguous_item', reference))
  const echo = echoOf(row)
  if ('reason' in echo) return unavailable(echo)
  const kind = itemClass(row)
  if (kind === 'accepted' || kind === 'settled' || kind === 'returned') return { kind, echo }
  if (kind === 'refused') return { kind, refusal: refusalOf(row, stateOf(row)) }
  return unavailable(wordsOf(row, stateOf(row)))
}

/** What keeps the items of a payment message from speaking, or null. */
function messageOutcome({ kind, code, text }: Reply, config: CmbConfig): SendOutcome | null {
  if (kind === 'itemsSpeak') return null
  const words = { code, reason: describeMessage(code, text, config.codes) }
  return kind === 'notExecuted' ? { kind: 'unsent', ...words } : uncertain(words)
}

function itemClass(row: Json): ItemClass {
  return itemClassOf(textAt(row, 'reqSts'), textAt(row, 'rtnFlg'))
}

function stateOf(row: Json): string {
  return `${textAt(row, 'reqSts')}/${textAt(row, 'rtnFlg')}`
}

function wordsOf(row: Json, code: string): Problem {
  return { code, reason: textOf(row) }
}

function textOf(row: Json): string {
  const parts = ['errTxt', 'msgTxt', 'rtnNar'].map(name => textAt(row, name)).filter(text => text !== '')
  return describeItem(textAt(row, 'reqSts'), textAt(row, 'rtnFlg'), [...new Set(parts)].join(' '))
}

function refusalOf(row: Json, code: string): Refusal {
  return { code, text: textOf(row), bankSerial: textAt(row, 'reqNbr') }
}

function unnamedEcho(row: Json): Echo {
  const bankSerial = textAt(row, 'reqNbr')
  return { reference: null, amount: null, payeeAccount: null, bankSerial, code: stateOf(row), text: textOf(row) }
}

/** An amount that is there and cannot be read makes the whole row unusable. */
function echoOf(row: Json): Echo | Problem {
  const ccyNbr = textAt(row, 'ccyNbr')
  const trsAmt = textAt(row, 'trsAmt')
  const currency = currencyOf(ccyNbr)
  if (trsAmt !== '' && currency === null) return problem('cmb.row', `ccyNbr ${JSON.stringify(ccyNbr)}`)
  const amount = currency === null ? null : money(trsAmt, currency)
  if (typeof amount === 'string') return problem('cmb.row', `trsAmt ${amount}`)
  return { ...unnamedEcho(row), reference: textAt(row, 'yurRef'), amount, payeeAccount: textAt(row, 'crtAcc') || null }
}

export function uncertain(found: Problem): SendOutcome {
  return { kind: 'uncertain', ...found }
}

export function unavailable(found: Problem): InquiryOutcome {
  return { kind: 'unavailable', ...found }
}
