// Closing balances of days, from what the bank said elsewhere than in its lines: its statement files and its balances. A
// later and more exact word goes before an earlier one; what a moving balance cannot say for sure is not taken.

import type { Balance, Money } from '../ports'
import { addDays, bankClock, bankDay } from './bank-time'
import type { DayTotals } from './day-totals'
import { groupBy } from './group'
import type { Claim } from './proof'

/** A statement of a file: the balance before `from`, and behind `to`. */
export type FileStatement = {
  readonly digest: string
  readonly from: string
  readonly to: string
  readonly isProven: boolean
  readonly opening: Money | null
  readonly closing: Money | null
  readonly importedAt: number
}

/** As the bank gave it; `at` is our instant, for a bank that says no time of day. */
export type TakenBalance = { readonly balance: Balance; readonly at: number }

/**
 * A balance says something about the lines before it only when none of them is as near as this: the bank's clocks of
 * balances and of bookings need not be one.
 */
const MARGIN_MS = 5 * 60_000

/** By day. Statements in the order in which they were imported. */
export function claimsOf(
  statements: readonly FileStatement[],
  balances: readonly TakenBalance[],
  totalsOn: (day: string) => DayTotals,
  currency: string,
): ReadonlyMap<string, Claim> {
  const claims = new Map<string, Claim>()
  const add = (day: string, money: Money | null, by: Claim['by'], isBetter: boolean): void => {
    if (money === null || money.currency !== currency || (claims.has(day) && !isBetter)) return
    claims.set(day, { day, minor: money.minor, by })
  }
  // Those whose own balances hold speak last, and so win.
  const whole = joinParts(statements, totalsOn)
  const ordered = [...whole.filter(one => !one.isProven), ...whole.filter(one => one.isProven)]
  for (const one of ordered) {
    const isFollowed = goesOn(one, whole)
    const isFollower = whole.some(other => isNext(other, one))
    // A statement that was made before the day was over says nothing about how the day ended.
    if (!isFollowed && bankDay(one.importedAt) > one.to) add(one.to, one.closing, 'file', true)
    if (!isFollower) add(addDays(one.from, -1), one.opening, 'file', true)
  }
  for (const { balance } of balances.toReversed())
    add(addDays(balance.asOf.slice(0, 10), -1), balance.previousDay, 'balance', false)
  const byDay = new Map<string, { readonly time: string; readonly current: Money }[]>()
  for (const { balance, at } of balances) {
    const moment = balance.asOf.includes('T') ? balance.asOf : `${bankDay(at)}T${bankClock(at)}`
    const [day = '', time = ''] = moment.split('T')
    byDay.set(day, [...(byDay.get(day) ?? []), { time, current: balance.current }])
  }
  for (const [day, taken] of byDay) {
    const early = firstBefore(taken, totalsOn(day))
    if (early) add(addDays(day, -1), early.current, 'balance', false)
  }
  for (const [day, taken] of byDay) {
    const late = firstBefore(taken.toReversed(), totalsOn(day), 'behind')
    if (late) add(day, late.current, 'balance', false)
  }
  return claims
}

/**
 * Parts of one day that overlap do not say by their balances alone how the day began and ended: the one pair of them does
 * that the day's lines lead from and to.
 */
function joinParts(
  statements: readonly FileStatement[],
  totalsOn: (day: string) => DayTotals,
): readonly FileStatement[] {
  const parts = groupBy(
    statements.filter(one => one.from === one.to),
    one => one.from,
  )
  const joined = [...parts].flatMap(([day, own]): readonly FileStatement[] => {
    if (own.length === 1) return own
    const sum = totalsOn(day).minor
    for (const first of own.filter(one => !own.some(other => isNext(other, one))))
      for (const last of own.filter(one => !goesOn(one, own)))
        if (first.opening && last.closing && first.opening.minor + sum === last.closing.minor)
          return [{ ...last, opening: first.opening, isProven: true }]
    return own
  })
  return [...statements.filter(one => one.from !== one.to), ...joined]
}

type Taken = { readonly time: string; readonly current: Money }

/** The first of these balances, if it was taken before (or behind) every line of its day, well apart. */
function firstBefore(taken: readonly Taken[], { count, times }: DayTotals, side?: 'behind'): Taken | null {
  const [first] = taken
  if (first === undefined) return null
  if (count === 0) return first
  if (times === null) return null
  const at = msOf(first.time)
  const apart = side === 'behind' ? at - msOf(times.last) : msOf(times.first) - at
  return apart > MARGIN_MS ? first : null
}

function msOf(time: string): number {
  return Date.parse(`1970-01-01T${time}Z`)
}

/** Parts of one day, in one file or in several: where another one goes on, the day has not ended. */
function goesOn(one: FileStatement, all: readonly FileStatement[]): boolean {
  return all.some(other => isNext(one, other))
}

function isNext(one: FileStatement, other: FileStatement): boolean {
  const isCopy = isSame(other.opening, one.opening) && isSame(other.closing, one.closing)
  return !isCopy && other.from === one.to && isSame(other.opening, one.closing)
}

function isSame(a: Money | null, b: Money | null): boolean {
  return a !== null && b !== null && a.minor === b.minor && a.currency === b.currency
}
