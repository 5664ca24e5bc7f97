// The lines of a bkrs statement as its tuples have them, without the placeholders: a bank writes lines in pairs, one of
// them without an amount, so a tuple is not a transaction.

import { dayOf, type Fact } from '../../evoucher/xbrl'
import { readQuantity, type Quantity } from '../amount'
import { StatementFileError } from '../model'
import { cleaned, quoted } from '../text'

export type Row = {
  readonly line: number
  readonly quantity: Quantity
  /** By the code, 0 out and 1 in; null where it says nothing, or its amount's sign says otherwise. */
  readonly isOut: boolean | null
  readonly balance: bigint | null
  readonly balanceText: string | null
  readonly bookedOn: string | null
  readonly fields: ReadonlyMap<string, string>
}

/** A year of a busy account; the XML's own bound comes before it. */
const MAX_ROWS = 200_000

export const LINE_TUPLE = 'InformationOfReconcileDetailsTuple'

export function readRows(
  facts: readonly Fact[],
  currency: string | null,
): { readonly rows: readonly Row[]; readonly placeholders: number } {
  const tuples = facts.filter(fact => fact.name === LINE_TUPLE)
  if (tuples.length > MAX_ROWS)
    throw new StatementFileError('STATEMENT_TOO_LARGE', `超过 ${MAX_ROWS} 行 / more than ${MAX_ROWS} lines`)
  const rows = tuples.flatMap(tuple => rowOf(tuple, currency) ?? [])
  return { rows, placeholders: tuples.length - rows.length }
}

/** Null: no amount, or zero. */
function rowOf(tuple: Fact, currency: string | null): Row | null {
  const fields = new Map<string, string>()
  for (const { name, value } of tuple.children) {
    const known = fields.get(name)
    if (value === null) continue
    if (known !== undefined && known !== value) throw unreadable(tuple.line, name, `${known}, ${value}`)
    fields.set(name, value)
  }
  const written = fields.get('TransactionAmount')
  if (written === undefined) return null
  const quantity = readQuantity(written.replace(/^-/, ''), '.', currency)
  if (quantity === null) throw unreadable(tuple.line, 'TransactionAmount', written)
  if (quantity.units === 0n) return null
  const day = fields.get('DateOfBookkeeping')
  const bookedOn = day === undefined ? null : dayOf(day)
  if (day !== undefined && bookedOn === null) throw unreadable(tuple.line, 'DateOfBookkeeping', day)
  const balance = balanceOf(tuple.line, fields.get('AccountBalance'), currency)
  return {
    line: tuple.line,
    quantity,
    isOut: directionOf(fields.get('IdentificationOfCreditOrDebit'), written.startsWith('-')),
    ...balance,
    bookedOn,
    fields,
  }
}

/** A negative amount is money out, whatever bank; with the code of money in, nobody can say which of the two is wrong. */
function directionOf(code: string | undefined, isNegative: boolean): boolean | null {
  if (code === '0') return true
  if (code === '1') return isNegative ? null : false
  return isNegative ? true : null
}

function balanceOf(
  line: number,
  text: string | undefined,
  currency: string | null,
): Pick<Row, 'balance' | 'balanceText'> {
  if (text === undefined) return { balance: null, balanceText: null }
  const signed = readSigned(text, currency)
  if (signed === null) throw unreadable(line, 'AccountBalance', text)
  return { balance: signed.units, balanceText: signed.text }
}

export function readSigned(
  text: string,
  currency: string | null,
): { readonly units: bigint; readonly text: string } | null {
  const quantity = readQuantity(text.replace(/^-/, ''), '.', currency)
  if (quantity === null) return null
  const isNegative = text.startsWith('-') && quantity.units !== 0n
  return {
    units: isNegative ? -quantity.units : quantity.units,
    text: isNegative ? `-${quantity.text}` : quantity.text,
  }
}

/** The value of a row's element, null where it has none. */
export function fieldOf(row: Row, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = cleaned(row.fields.get(name))
    if (value !== null) return value
  }
  return null
}

function unreadable(line: number, element: string, value: string): StatementFileError {
  return new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    `${element} 不可读：${quoted(value)} / cannot be read: ${quoted(value)}`,
    { line, element },
  )
}
