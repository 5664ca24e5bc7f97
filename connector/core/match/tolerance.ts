// Pairs that differ by some days or some amount, where a site's named rule allows it. Without a rule nothing is tolerated.

import { grouped, type Found } from './pairs'
import { looseOf, referenceOf, type Differ } from './numbers'
import { baseNames, contradict, daysBetween, nameOf, type BankSide, type LedgerSide } from './sides'

export type ToleranceRule = {
  readonly name: string
  /** What must be the same all the same. */
  readonly requires: 'reference' | 'counterparty' | 'amount'
  /** Days that the two dates may be apart. */
  readonly days: number
  /** How far the amounts may be apart, in minor units; 0 with `amount`. */
  readonly minor: bigint
}

export function pairWithin(
  bank: readonly BankSide[],
  ledger: readonly LedgerSide[],
  rule: ToleranceRule,
  differ: Differ,
): Found {
  const right = grouped(ledger, line => ledgerKeys(line, rule))
  const candidatesOf = new Map<BankSide, readonly LedgerSide[]>()
  const wooers = new Map<LedgerSide, number>()
  for (const line of bank) {
    const candidates = [...new Set(bankKeys(line, rule).flatMap(key => right.get(key) ?? []))].filter(entry =>
      isWithin(line, entry, rule),
    )
    if (candidates.length === 0) continue
    candidatesOf.set(line, candidates)
    for (const entry of candidates) wooers.set(entry, (wooers.get(entry) ?? 0) + 1)
  }
  const pairs: (readonly [BankSide, LedgerSide])[] = []
  const ambiguous: Found['ambiguous'][number][] = []
  for (const [line, candidates] of candidatesOf) {
    const [entry] = candidates
    const isDoubted = rule.requires !== 'reference' && entry !== undefined && differ(line, entry)
    if (candidates.length === 1 && entry && wooers.get(entry) === 1 && !isDoubted) pairs.push([line, entry])
    else ambiguous.push({ bank: [line], ledger: candidates })
  }
  return { pairs, ambiguous }
}

/** The bucket is a window of days, so that a counterparty of every day does not make the search quadratic. */
function bankKeys(line: BankSide, rule: ToleranceRule): readonly string[] {
  const words = wordsOf(rule, line.references, baseNames(line), line.minor)
  const bucket = bucketOf(line.date, rule)
  return words.flatMap(word => [bucket - 1, bucket, bucket + 1].map(near => `${near}|${word}`))
}

function ledgerKeys(line: LedgerSide, rule: ToleranceRule): readonly string[] {
  const words = wordsOf(rule, [line.reference], [nameOf(line.counterparty).base], line.minor)
  return words.map(word => `${bucketOf(line.date, rule)}|${word}`)
}

function bucketOf(date: string, rule: ToleranceRule): number {
  return Math.floor(Date.parse(date) / 86_400_000 / Math.max(rule.days, 1))
}

function wordsOf(
  rule: ToleranceRule,
  references: readonly string[],
  names: readonly string[],
  minor: bigint,
): readonly string[] {
  if (rule.requires === 'amount') return [String(minor)]
  return (rule.requires === 'reference' ? references.map(each => looseOf(referenceOf(each))) : names).filter(Boolean)
}

function isWithin(line: BankSide, entry: LedgerSide, rule: ToleranceRule): boolean {
  // What is refused on one day is not let in by a rule that looks at several.
  if (rule.requires !== 'reference' && contradict(line, entry)) return false
  const apart = line.minor - entry.minor
  return (apart < 0n ? -apart : apart) <= rule.minor && daysBetween(line.date, entry.date) <= rule.days
}
