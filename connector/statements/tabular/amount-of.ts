// The amount of a row from the account's view: two columns, one column with a sign, or one with a word of direction. A
// row whose direction cannot be told is not read.

import { readMoney, type ReadMoney } from './cells'
import { directionOf, type Field } from './fields'
import type { Layout } from './layout'

/** The values of a row by field. */
export type Values = {
  /** The first value that is not empty; '' where there is none. */
  one(field: Field): string
  all(field: Field): readonly string[]
}

/** `blank`: no amount at all. Otherwise why it cannot be read. */
export type AmountFault = 'blank' | 'unreadable' | 'both-sides' | 'direction-unknown'

export type RowAmount = {
  readonly quantity: ReadMoney['quantity']
  readonly isOut: boolean
  /** A negative amount on its own side: what was booked there is taken back. */
  readonly isReversal: boolean
  readonly isNeutral: boolean
  /** Nothing in the row says which way the money went. */
  readonly isSignless: boolean
  /** A minus sign alone says that it went out: then the amounts without one came in. */
  readonly isSignTold: boolean
}

/**
 * How a file writes money out in a column, or beside a word, that already says so. `worded`: a card's bill without any
 * sign, where the text begins with what was paid back.
 */
export type OutConvention = 'plain' | 'signed' | 'worded'

export function amountOfRow(
  values: Values,
  layout: Layout,
  currency: string | null,
  convention: OutConvention,
): RowAmount | AmountFault {
  const sides = bySides(values, currency, convention)
  if (sides !== 'blank' || !layout.columns.has('amount')) return sides
  const written = values.one('amount')
  const paid = layout.profile.kind === 'wallet' ? written.replace(REFUNDED_LATER, '') : written
  const money = readMoney(paid, currency)
  if (typeof money === 'string') return money
  const word = wordOf(values, layout)
  const direction = word === 'neutral' && paid !== written ? 'out' : word
  if (direction === 'unknown') return 'direction-unknown'
  if (direction === 'in' || direction === 'out') return onSide(direction, money, convention)
  const isOut = layout.profile.kind === 'card' ? isSpent(values, money, convention) : money.isNegative
  const isNeutral = direction === 'neutral'
  const isTold = layout.profile.kind !== 'account'
  const isSignTold = !isTold && money.isNegative
  const isSignless = !isTold && !money.isNegative && money.quantity.units !== 0n
  return { quantity: money.quantity, isOut, isReversal: false, isNeutral, isSignless, isSignTold }
}

/** `399.00(已全额退款)`: paid, and given back later in a row of its own, after which the wallet counts neither. */
const REFUNDED_LATER = /\s*[(（]已(?:全额)?退款[^()（）]{0,30}[)）]$/

const PAID_BACK = /^[(（]?(?:退货|退款|退回|(?:信用卡|自动|转账)?还款|溢缴款|存入|返现)/

function isSpent(values: Values, money: ReadMoney, convention: OutConvention): boolean {
  return convention === 'worded' ? !PAID_BACK.test(values.one('text')) : !money.isNegative
}

function bySides(values: Values, currency: string | null, convention: OutConvention): RowAmount | AmountFault {
  const sides = (['in', 'out'] as const).map(side => ({ side, money: readMoney(values.one(side), currency) }))
  if (sides.some(({ money }) => money === 'unreadable')) return 'unreadable'
  const filled = sides.flatMap(({ side, money }) => (typeof money === 'string' ? [] : [{ side, money }]))
  const moved = filled.filter(({ money }) => money.quantity.units !== 0n)
  if (moved.length > 1) return 'both-sides'
  const found = moved[0] ?? filled[0]
  return found === undefined ? 'blank' : onSide(found.side, found.money, convention)
}

function onSide(side: 'in' | 'out', money: ReadMoney, convention: OutConvention): RowAmount {
  const isReversal = money.isNegative && !(side === 'out' && convention === 'signed')
  const isOut = (side === 'out') !== isReversal
  return { quantity: money.quantity, isOut, isReversal, isNeutral: false, isSignless: false, isSignTold: false }
}

function wordOf(values: Values, layout: Layout): 'in' | 'out' | 'neutral' | 'none' | 'unknown' {
  const words = values.all('direction')
  const isWallet = layout.profile.kind === 'wallet'
  for (const word of words) {
    const direction = directionOf(word)
    if (direction === 'neutral') return isWallet ? 'neutral' : 'unknown'
    if (direction !== null) return direction
  }
  if (words.length > 0) return isWallet ? 'neutral' : 'unknown'
  if (isWallet) return 'neutral'
  const type = directionOf(values.one('type'))
  return type === 'in' || type === 'out' ? type : 'none'
}

/**
 * Whether money out is written with a minus sign although its column or word says so: where it is, every such amount has
 * one; where it is not, a minus sign takes a booking back.
 */
export function conventionOf(rows: readonly Values[], layout: Layout): OutConvention {
  if (layout.profile.kind === 'card' && isWorded(rows)) return 'worded'
  let isAnySigned = false
  for (const values of rows) {
    const isWordOut = !layout.columns.has('out') && wordOf(values, layout) === 'out'
    const money = readMoney(isWordOut ? values.one('amount') : values.one('out'), null)
    if (typeof money === 'string' || money.quantity.units === 0n) continue
    if (!money.isNegative) return 'plain'
    isAnySigned = true
  }
  return isAnySigned ? 'signed' : 'plain'
}

/** No amount has a sign, and some text says that money came back. */
function isWorded(rows: readonly Values[]): boolean {
  const amounts = rows.map(values => readMoney(values.one('amount'), null))
  if (amounts.some(money => typeof money !== 'string' && money.isNegative)) return false
  return rows.some(values => PAID_BACK.test(values.one('text')))
}
