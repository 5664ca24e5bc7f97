// Amounts of statement files: exact decimal text in, exact decimal text and bigint out. Never a floating-point number.

import { decimalsOf } from '../core/money'

/** ISO 20022 allows five decimals; balances of every format are compared in 1/100000 of a unit. */
const SCALE = 5

/** A positive amount. `units` counts 1/100000. */
export type Quantity = { readonly units: bigint; readonly text: string }

/** More digits than any real amount has; ISO 20022 allows 18. */
const MAX_DIGITS = 24

/**
 * Reads digits with at most one decimal mark. Returns null for anything else, also for more than five significant
 * decimals: an amount is exact or it is not read. The text carries the currency's own decimals, or more when they count.
 */
export function readQuantity(raw: string, mark: '.' | ',', currency: string | null): Quantity | null {
  const at = raw.indexOf(mark)
  const whole = at < 0 ? raw : raw.slice(0, at)
  const fraction = at < 0 ? '' : raw.slice(at + 1)
  if (whole.length + fraction.length > MAX_DIGITS || whole.length + fraction.length === 0) return null
  if (!isDigits(whole) || !isDigits(fraction)) return null
  const kept = withoutTrailingZeros(fraction, currency)
  if (kept.length > SCALE) return null
  const integer = withoutLeadingZeros(whole)
  return { units: unitsOf(integer, kept), text: kept === '' ? integer : `${integer}.${kept}` }
}

/** SWIFT writes a comma. A point in its place, and points between thousands before a comma, can mean nothing else. */
export function readSwiftQuantity(raw: string, currency: string | null): Quantity | null {
  if (!raw.includes('.')) return readQuantity(raw, ',', currency)
  // `1.234` may be either, so it is neither.
  if (!raw.includes(',')) return /^\d+\.\d{1,2}$/.test(raw) ? readQuantity(raw, '.', currency) : null
  return /^\d{1,3}(?:\.\d{3})+,\d*$/.test(raw) ? readQuantity(raw.replaceAll('.', ''), ',', currency) : null
}

/** `1,234.56`, `1.234,56`, `1 234,56`: with marks of both kinds the last one is the decimal's, and the others group thousands. */
export function readGroupedQuantity(raw: string, currency: string | null): Quantity | null {
  const found = /^(\d{1,3}(?:([.,' \u00a0\u202f])\d{3})(?:\2\d{3})*)([.,])(\d{1,2})$/.exec(raw)
  if (!found || found[2] === found[3]) return null
  return readQuantity(`${(found[1] ?? '').replace(/\D/g, '')}.${found[4] ?? ''}`, '.', currency)
}

/** Digits of a whole number that is counted exactly without bigint, together with the scale's own. */
const PLAIN_DIGITS = 10

/** 1/100000 units. Nearly every amount is a safe integer even so, and is then counted digit by digit, many times faster. */
function unitsOf(whole: string, fraction: string): bigint {
  if (whole.length > PLAIN_DIGITS) return BigInt(`${whole}${fraction.padEnd(SCALE, '0')}`)
  let units = 0
  for (let index = 0; index < whole.length; index++) units = units * 10 + whole.charCodeAt(index) - 48
  for (let index = 0; index < SCALE; index++)
    units = units * 10 + (index < fraction.length ? fraction.charCodeAt(index) - 48 : 0)
  return BigInt(units)
}

export function signed(quantity: Quantity, isOut: boolean): string {
  return isOut && quantity.units !== 0n ? `-${quantity.text}` : quantity.text
}

/** Back to text: `-1234.50` from 1/100000 units. */
export function formatUnits(units: bigint, currency: string | null): string {
  const digits = (units < 0n ? -units : units).toString().padStart(SCALE + 1, '0')
  const kept = withoutTrailingZeros(digits.slice(-SCALE), currency)
  const text = kept === '' ? digits.slice(0, -SCALE) : `${digits.slice(0, -SCALE)}.${kept}`
  return units < 0n ? `-${text}` : text
}

function withoutTrailingZeros(fraction: string, currency: string | null): string {
  const decimals = currency === null ? 2 : (decimalsOf(currency) ?? 2)
  if (fraction.length === decimals) return fraction
  if (fraction.length <= decimals) return fraction.padEnd(decimals, '0')
  let end = fraction.length
  while (end > decimals && fraction.charCodeAt(end - 1) === 48) end--
  return fraction.slice(0, end)
}

function withoutLeadingZeros(whole: string): string {
  let start = 0
  while (start < whole.length - 1 && whole.charCodeAt(start) === 48) start++
  return whole === '' ? '0' : whole.slice(start)
}

function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 48 || code > 57) return false
  }
  return true
}
