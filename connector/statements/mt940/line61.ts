// Field 61 of MT940 and MT942, the statement line, by SWIFT's definition:
// 6!n[4!n]2a[1!a]15d1!a3!c16x[//16x] and, on the next line, [34x]. What banks add to that is accepted where it is
// unambiguous; a line that cannot be read stops the file, for a bank line is never dropped.

import { readQuantity, type Quantity } from '../amount'
import { dateOfFour, dateOfSix } from '../dates'
import { StatementFileError } from '../model'
import { cleaned, quoted } from '../text'

export type Line61 = {
  readonly valueOn: string
  /** Null when the bank left it out, which by SWIFT means: as the value date. */
  readonly entryOn: string | null
  readonly mark: 'C' | 'D' | 'RC' | 'RD' | 'EC' | 'ED'
  readonly funds: string | null
  readonly quantity: Quantity
  /** Transaction type: N, S or F and three characters. */
  readonly type: string | null
  readonly customerReference: string | null
  readonly bankReference: string | null
  readonly supplementary: string | null
  /** The amount has no comma, or a point in its place. */
  readonly isAmountUnusual: boolean
  readonly isEntryDateUnreadable: boolean
}

/** `rows` are the field's own line and its continuation lines. */
export function readLine61(rows: readonly string[], currency: string | null, line: number): Line61 {
  const first = rows[0] ?? ''
  const head = readDates(first, line)
  const marked = readMark(first, head.at, line)
  const money = readMoney(first, marked.at, currency, line)
  const rest = first.slice(money.at)
  // Wrapped: the type stands on the next line.
  const isWrapped = rest.trim() === '' && /^[NSF][A-Z0-9 ]{3}/.test(rows[1] ?? '')
  const references = readReferences(isWrapped ? (rows[1] ?? '') : rest)
  return {
    ...head,
    ...marked,
    ...money,
    ...references,
    supplementary: cleaned(rows.slice(isWrapped ? 2 : 1).join('\n')),
  }
}

type At<T> = T & { readonly at: number }

function readDates(
  text: string,
  line: number,
): At<{ valueOn: string; entryOn: string | null; isEntryDateUnreadable: boolean }> {
  const valueOn = dateOfSix(text.slice(0, 6))
  if (valueOn === null) throw unreadable('起息日', 'value date', text, line)
  let at = 6
  while (at < 10 && text.charCodeAt(at) === 32) at++
  if (!isDigit(text, at)) return { valueOn, entryOn: null, isEntryDateUnreadable: false, at }
  const entryOn = dateOfFour(text.slice(at, at + 4), valueOn)
  if (!isDigit(text, at + 3)) throw unreadable('记账日', 'entry date', text, line)
  return { valueOn, entryOn, isEntryDateUnreadable: entryOn === null, at: at + 4 }
}

function readMark(text: string, from: number, line: number): At<{ mark: Line61['mark']; funds: string | null }> {
  let at = from
  while (at < from + 4 && text.charCodeAt(at) === 32) at++
  const two = text.slice(at, at + 2)
  const one = text[at]
  let mark: Line61['mark']
  if (two === 'RC' || two === 'RD' || two === 'EC' || two === 'ED') mark = two
  else if (one === 'C' || one === 'D') mark = one
  else throw unreadable('借贷标志', 'debit/credit mark', text, line)
  at += mark.length
  // The third letter of the currency, where the bank gives it.
  const letter = text.charCodeAt(at)
  const hasFunds = letter >= 65 && letter <= 90
  return { mark, funds: hasFunds ? text.charAt(at) : null, at: hasFunds ? at + 1 : at }
}

function readMoney(
  text: string,
  from: number,
  currency: string | null,
  line: number,
): At<{ quantity: Quantity; isAmountUnusual: boolean }> {
  let at = from
  while (at < from + 4 && text.charCodeAt(at) === 32) at++
  const start = at
  while (isDigit(text, at) || text.charCodeAt(at) === 44 || text.charCodeAt(at) === 46) at++
  const raw = text.slice(start, at)
  const mark = raw.includes('.') ? '.' : ','
  const quantity = readQuantity(raw, mark, currency)
  if (quantity === null) throw unreadable('金额', 'amount', text, line)
  return { quantity, isAmountUnusual: !raw.includes(','), at }
}

function readReferences(rest: string): Pick<Line61, 'type' | 'customerReference' | 'bankReference'> {
  const text = rest.trimStart()
  // A bank that leaves the type out writes the reference at once.
  const hasType = /^[NSF][A-Za-z0-9 ]{3}/.test(text) && !text.startsWith('NONREF')
  const body = hasType ? text.slice(4) : text
  const split = body.indexOf('//')
  return {
    type: hasType ? text.slice(0, 4).trim() : null,
    customerReference: cleaned(split < 0 ? body : body.slice(0, split)),
    bankReference: split < 0 ? null : cleaned(body.slice(split + 2)),
  }
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

function unreadable(zh: string, en: string, text: string, line: number): StatementFileError {
  return new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    `:61: 的${zh}不可读：${quoted(text)} / the ${en} of :61: cannot be read: ${quoted(text)}`,
    { line, element: ':61:' },
  )
}
