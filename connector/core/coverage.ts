// What is known of an account's day, in six answers: requested, received, proven by balances, receipts complete, posted,
// reconciled. Everything that lines, entries and matches say is counted here and never stored a second time.

import { addDays } from './bank-time'
import type { Proof } from './proof'

/** Bank time on the next morning at which a day's statement is taken for complete. */
const MORNING_MS = 6 * 3_600_000
const DAY_MS = 86_400_000

/** The instant a bank day begins. */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`)
}

/** From this instant on a day's lines may be taken for all there are, and the day is asked for if it was not. */
export function closesAt(day: string): number {
  return startOfDay(day) + DAY_MS + MORNING_MS
}

export type DayFacts = {
  readonly requestedAt: number | null
  readonly receivedAt: number | null
  readonly proof: Proof
}

export type CountedLine = {
  readonly id: string
  readonly bookedOn: string
  readonly receipt: 'none' | 'wanted' | 'stored' | 'missing'
  readonly journal: 'open' | 'entry' | 'booked' | 'left' | 'collection'
  readonly entry: 'made' | 'posted' | 'refused' | null
}

/** So many of so many; null: not applicable, because the account has no such thing. */
export type Share = { readonly done: number; readonly of: number } | null

export type DayCoverage = {
  readonly day: string
  readonly lines: number
  readonly requested: boolean
  /** `part`: received before the day was over. */
  readonly received: 'no' | 'part' | 'yes'
  readonly proof: Proof
  readonly receipts: Share
  readonly posted: Share
  readonly reconciled: Share
}

export type Site = { readonly hasReceipts: boolean; readonly hasLedger: boolean }

/** A day that nothing is known of is a day too. */
export function coverDay(
  day: string,
  facts: DayFacts | null,
  lines: readonly CountedLine[],
  matched: ReadonlySet<string>,
  site: Site,
): DayCoverage {
  const receivedAt = facts?.receivedAt ?? null
  const wanted = lines.filter(line => line.receipt !== 'none')
  const count = <T>(items: readonly T[], isDone: (item: T) => boolean): Share => ({
    done: items.filter(isDone).length,
    of: items.length,
  })
  return {
    day,
    lines: lines.length,
    requested: (facts?.requestedAt ?? receivedAt) !== null,
    received: receivedAt === null ? 'no' : receivedAt >= startOfDay(addDays(day, 1)) ? 'yes' : 'part',
    proof: facts?.proof ?? 'open',
    receipts: site.hasReceipts ? count(wanted, line => line.receipt === 'stored') : null,
    posted: site.hasLedger
      ? count(lines, line => isPosted(line) || (line.journal === 'left' && matched.has(line.id)))
      : null,
    reconciled: site.hasLedger ? count(lines, line => matched.has(line.id)) : null,
  }
}

/** The ERP has it: under a voucher of ours, or it had booked it already. */
export function isPosted(line: Pick<CountedLine, 'journal' | 'entry'>): boolean {
  return line.journal === 'booked' || line.entry === 'posted'
}

/** Every day of the range, at most `limit`. */
export function daysOf(range: { readonly from: string; readonly to: string }, limit: number): readonly string[] {
  const days: string[] = []
  for (let day = range.from; day <= range.to && days.length < limit; day = addDays(day, 1)) days.push(day)
  return days
}

/** Days that follow one another, as ranges of at most `longest` days. */
export function rangesOf(days: readonly string[], longest: number): readonly { from: string; to: string }[] {
  const ranges: { from: string; to: string; length: number }[] = []
  for (const day of [...new Set(days)].toSorted()) {
    const last = ranges.at(-1)
    if (last && last.length < longest && addDays(last.to, 1) === day) {
      last.to = day
      last.length++
    } else ranges.push({ from: day, to: day, length: 1 })
  }
  return ranges.map(({ from, to }) => ({ from, to }))
}

/**
 * How old the newest news of an account is, and whether that is older than its target. A statement of an old day is old
 * news, whenever it was imported.
 */
export function ageOf(
  fresh: {
    readonly newest: { readonly day: string; readonly receivedAt: number } | null
    readonly openedAt: number
  },
  now: number,
  targetMs: number,
): { readonly ageMs: number; readonly isLate: boolean } {
  const { newest, openedAt } = fresh
  const knownUntil = newest === null ? openedAt : Math.min(newest.receivedAt, startOfDay(addDays(newest.day, 1)))
  const ageMs = Math.max(0, now - knownUntil)
  return { ageMs, isLate: ageMs > targetMs }
}
