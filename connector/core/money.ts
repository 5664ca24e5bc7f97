// Exact money: text in, bigint minor units inside, text out. Never a floating-point number (I8).

import type { Money } from '../ports'

/** ISO 4217 decimals of the currencies we carry. A currency that is not here is refused, never guessed. */
const DECIMALS: Readonly<Record<string, number>> = {
  CNY: 2,
  USD: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  MOP: 2,
  TWD: 2,
  SGD: 2,
  AUD: 2,
  NZD: 2,
  CAD: 2,
  CHF: 2,
  SEK: 2,
  NOK: 2,
  DKK: 2,
  THB: 2,
  MYR: 2,
  PHP: 2,
  IDR: 2,
  INR: 2,
  RUB: 2,
  ZAR: 2,
  AED: 2,
  SAR: 2,
  TRY: 2,
  PLN: 2,
  HUF: 2,
  MXN: 2,
  JPY: 0,
  KRW: 0,
  VND: 0,
  KWD: 3,
  BHD: 3,
  JOD: 3,
  OMR: 3,
  TND: 3,
}

/** Decimals of a currency, or null when we do not know it. */
export function decimalsOf(currency: string): number | null {
  return DECIMALS[currency] ?? null
}

export type AmountProblem = 'unknown-currency' | 'not-a-number' | 'too-many-decimals'

/**
 * Reads decimal text such as `-1234.5600`. Trailing zeros beyond the currency's decimals are allowed, digits are not:
 * an amount is exact or refused. No thousands separators, no exponent, no sign but `-`.
 */
export function parseAmount(text: string, currency: string): Money | AmountProblem {
  const decimals = decimalsOf(currency)
  if (decimals === null) return 'unknown-currency'
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text)
  if (!match) return 'not-a-number'
  const [, sign, whole, fraction = ''] = match
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0')
  if (/[1-9]/.test(fraction.slice(decimals))) return 'too-many-decimals'
  const minor = BigInt((whole ?? '') + kept)
  return { minor: sign === '-' ? -minor : minor, currency }
}

/** As `parseAmount`, for text that a protocol guarantees; throws RangeError naming the text. */
export function amountOf(text: string, currency: string): Money {
  const money = parseAmount(text, currency)
  if (typeof money === 'string') throw new RangeError(`amount ${JSON.stringify(text)} ${currency}: ${money}`)
  return money
}

/** Decimal text in major units with the currency's own decimals: `{minor: -5n, CNY}` is `-0.05`. */
export function formatAmount(money: Money): string {
  const decimals = decimalsOf(money.currency)
  if (decimals === null) throw new RangeError(`unknown currency ${money.currency}`)
  const digits = (money.minor < 0n ? -money.minor : money.minor).toString().padStart(decimals + 1, '0')
  const sign = money.minor < 0n ? '-' : ''
  if (decimals === 0) return sign + digits
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

export function sameMoney(a: Money, b: Money): boolean {
  return a.minor === b.minor && a.currency === b.currency
}

/** Sum of amounts in one currency; throws when they differ, for a total across currencies means nothing. */
export function sumOf(amounts: readonly Money[], currency: string): Money {
  let minor = 0n
  for (const amount of amounts) {
    if (amount.currency !== currency) throw new RangeError(`cannot add ${amount.currency} to ${currency}`)
    minor += amount.minor
  }
  return { minor, currency }
}

export function negated(money: Money): Money {
  return { minor: -money.minor, currency: money.currency }
}
