// Exact money: text in, bigint minor units inside, text out. Never a floating-point number (I8).

import type { Money } from '../ports'

/** ISO 4217, the active currencies by their decimals. A currency that is not here is refused, never guessed. */
const BY_DECIMALS: readonly (readonly [decimals: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE ' +
      'CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR ' +
      'KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB ' +
      'PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY ' +
      'TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW',
  ],
]
const DECIMALS: ReadonlyMap<string, number> = new Map(
  BY_DECIMALS.flatMap(([decimals, codes]) => codes.split(' ').map(code => [code, decimals] as const)),
)

/** Decimals of a currency, or null when we do not know it. */
export function decimalsOf(currency: string): number | null {
  return DECIMALS.get(currency) ?? null
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
