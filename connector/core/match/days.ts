// Which days of the ERP's ledger a reconciliation reads: the recent ones, in which accountants still write, and every older
// day on which something is open. What is done and old is never read again.

import { addDays } from '../bank-time'

export type Days = { readonly from: string; readonly to: string }

export type Known = {
  /** Days on which something is open on either side. */
  readonly open: readonly string[]
  readonly firstLine: string | null
  readonly firstLedger: string | null
}

export type Wanted = {
  readonly today: string
  /** How many days back the ledger still changes. */
  readonly ledgerDays: number
  /** The day from which the account is reconciled, or null. */
  readonly start: string | null
  /** Everything from this day is read anew, at a person's wish. */
  readonly from: string | null
}

/** A range is read into memory at once: a month of the busiest account still fits. */
const RANGE_MAX_DAYS = 31
/** Open days this near each other are read together: a question costs more than a few days more. */
const NEAR_DAYS = 3

/** Ranges in order, none overlapping, none longer than a month. */
export function daysToRead(known: Known, wanted: Wanted): readonly Days[] {
  const { today, start } = wanted
  const recent = later(recentFrom(known, wanted), start)
  const ranges: Days[] = []
  for (const day of known.open.toSorted()) {
    if (day >= recent || (start !== null && day < start)) continue
    const last = ranges.at(-1)
    if (last !== undefined && day <= addDays(last.to, NEAR_DAYS)) ranges[ranges.length - 1] = { ...last, to: day }
    else ranges.push({ from: day, to: day })
  }
  if (recent <= today) ranges.push({ from: recent, to: today })
  return ranges.flatMap(inMonths)
}

function recentFrom({ firstLine, firstLedger }: Known, { today, ledgerDays, start, from }: Wanted): string {
  if (from !== null) return from
  const recent = addDays(today, -ledgerDays)
  // The first time, everything since the account's start is new.
  if (firstLedger !== null) return recent
  return start ?? (firstLine !== null && firstLine < recent ? firstLine : recent)
}

function later(day: string, other: string | null): string {
  return other !== null && other > day ? other : day
}

function inMonths({ from, to }: Days): readonly Days[] {
  const parts: Days[] = []
  for (let day = from; day <= to; day = addDays(day, RANGE_MAX_DAYS)) {
    const end = addDays(day, RANGE_MAX_DAYS - 1)
    parts.push({ from: day, to: end < to ? end : to })
  }
  return parts
}
