// Field 61 of MT940 and MT942, the statement line, by SWIFT's definition:
// 6!n[4!n]2a[1!a]15d1!a3!c16x[//16x] and, on the next line, [34x]. What banks add to that is accepted where it is
// unambiguous; a line that cannot be read stops the file, for a bank line is never dropped.

import { readSwiftQuantity, type Quantity } from '../amount'
import { dateOfEight, dateOfFour, dateOfSix } from '../dates'
import { StatementFileError } from '../model'
import { cleaned, quoted } from '../text'

export type Line61 = {
  readonly valueOn: string
  /** Null when the bank left it out, which by SWIFT means: as the value date. */
  readonly entryOn: string | null
  readonly mark: 'C' | 'D' | 'RC' | 'RD' | 'EC' | 'ED'
  readonly funds: string | null
  readonly quantity: Quantity
  /** Transaction type: a letter (by SWIFT N, S or F) and three characters. */
  readonly type: string | null
  readonly customerReference: string | null
  readonly bankReference: string | null
  readonly supplementary: string | null
  /** The amount has no comma, or points. */
  readonly isAmountUnusual: boolean
  readonly isEntryDateUnreadable: boolean
  /** The value date was a 29th or 30th of February that the year does not have: it is the month's last day. */
  readonly isValueDateMoved: boolean
}

/** `written` are the field's own line and its continuation lines. Speed counts here: one pass, one object. */
export function readLine61(written: readonly string[], currency: string | null, line: number): Line61 {
  const rows = written.length === 1 ? written : withWholeAmount(written)
  const first = withShortYear((rows[0] ?? '').trimStart())
  const inCalendar = dateOfSix(first.slice(0, 6))
  const valueOn = inCalendar ?? endOfFebruary(first) ?? unreadable('起息日', 'value date', first, line)
  const entryAt = afterSpaces(first, 6)
  const hasEntry = isDigit(first, entryAt)
  if (hasEntry && !isDigit(first, entryAt + 3)) unreadable('记账日', 'entry date', first, line)
  const entryOn = hasEntry ? dateOfFour(first.slice(entryAt, entryAt + 4), valueOn) : null
  const markAt = afterSpaces(first, hasEntry ? entryAt + 4 : entryAt)
  const mark = markOf(first, markAt) ?? unreadable('借贷标志', 'debit/credit mark', first, line)
  // The third letter of the currency, where the bank gives it.
  const fundsAt = markAt + mark.length
  const letter = first.charCodeAt(fundsAt)
  const hasFunds = letter >= 65 && letter <= 90
  const amountAt = afterSpaces(first, hasFunds ? fundsAt + 1 : fundsAt)
  const restAt = afterAmount(first, amountAt)
  const raw = first.slice(amountAt, restAt)
  const isUsual = raw.includes(',') && !raw.includes('.')
  const quantity = readSwiftQuantity(raw, currency) ?? unreadable('金额', 'amount', first, line)
  const bodyAt = afterSpaces(first, restAt)
  // Wrapped: the type stands on the next line.
  const isWrapped = bodyAt === first.length && rows.length > 1 && isType(rows[1] ?? '', 0)
  const body = isWrapped ? (rows[1] ?? '') : first
  const from = isWrapped ? 0 : bodyAt
  // A bank that leaves the type out writes the reference at once.
  const hasType = (isType(body, from) || isOtherType(body, from)) && !body.startsWith('NONREF', from)
  const referenceAt = hasType ? from + 4 : from
  const split = body.indexOf('//', referenceAt)
  const next = isWrapped ? 2 : 1
  // Wrapped: the bank's reference stands on the next line.
  const isBelow = split < 0 && rows.length > next && (rows[next] ?? '').startsWith('//')
  return {
    valueOn,
    entryOn,
    mark,
    funds: hasFunds ? first.charAt(fundsAt) : null,
    quantity,
    type: hasType ? body.slice(from, from + 4).trim() : null,
    customerReference: cleaned(body.slice(referenceAt, split < 0 ? body.length : split)),
    bankReference: isBelow ? cleaned(rows[next]?.slice(2)) : split < 0 ? null : cleaned(body.slice(split + 2)),
    supplementary: rows.length === 1 ? null : cleaned(rows.slice(isBelow ? next + 1 : next).join('\n')),
    isAmountUnusual: !isUsual,
    isEntryDateUnreadable: hasEntry && entryOn === null,
    isValueDateMoved: inCalendar === null,
  }
}

/** A row that was cut before the amount's comma goes on in the next one, which has the comma and the type. */
function withWholeAmount(rows: readonly string[]): readonly string[] {
  const [first = '', second = '', ...more] = rows
  if (!/^\s*\d{6}(?:\d{4})?[CDER]{1,2}[A-Z]?\d*$/.test(first) || !/^\d*,\d*[A-Z]/.test(second)) return rows
  return [first + second, ...more]
}

/** N, S or F and three letters, digits or blanks. */
function isType(text: string, at: number): boolean {
  const first = text.charCodeAt(at)
  if (first !== 78 && first !== 83 && first !== 70) return false
  return (
    isTypeChar(text.charCodeAt(at + 1)) && isTypeChar(text.charCodeAt(at + 2)) && isTypeChar(text.charCodeAt(at + 3))
  )
}

function isTypeChar(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || code === 32
}

/** SWIFT knows N, S and F alone; banks write others (`MCI0`, `TIDX`), with the reference right behind. */
function isOtherType(text: string, at: number): boolean {
  for (let index = at; index < at + 4; index++) {
    const code = text.charCodeAt(index)
    if (!(code >= 65 && code <= 90) && (index === at || !isDigit(text, index))) return false
  }
  const next = text.charCodeAt(at + 4)
  return next !== 32 && isTypeChar(next)
}

/** A year of four digits where SWIFT has two: `2024…` is no date of six digits, for no month has the number 24. */
function withShortYear(text: string): string {
  return text.startsWith('20') && dateOfSix(text.slice(0, 6)) === null && dateOfEight(text) !== null
    ? text.slice(2)
    : text
}

/** German banks count interest in months of 30 days and write such value dates: the last day that the month has. */
function endOfFebruary(text: string): string | null {
  if (!/^\d{2}02(29|30)/.test(text)) return null
  return dateOfSix(`${text.slice(0, 4)}29`) ?? dateOfSix(`${text.slice(0, 4)}28`)
}

function markOf(text: string, at: number): Line61['mark'] | null {
  const one = text.charAt(at)
  if (one === 'C' || one === 'D') return one
  const two = text.slice(at, at + 2)
  return two === 'RC' || two === 'RD' || two === 'EC' || two === 'ED' ? two : null
}

/** Some banks leave blanks where an optional part would be. */
function afterSpaces(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 32) at++
  return at
}

function afterAmount(text: string, from: number): number {
  let at = from
  while (isDigit(text, at) || text.charCodeAt(at) === 44 || text.charCodeAt(at) === 46) at++
  return at
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

function unreadable(zh: string, en: string, text: string, line: number): never {
  throw new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    `:61: 的${zh}不可读：${quoted(text)} / the ${en} of :61: cannot be read: ${quoted(text)}`,
    { line, element: ':61:' },
  )
}
