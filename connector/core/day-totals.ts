// What a proof needs to know of a day's lines, gathered line by line: a day may have more of them than can be held.

import type { StatementLine } from '../ports'

/**
 * How the lines of a day hang together by the balance that the bank gave with each: for every balance, the times of the
 * lines that begin with it and of those that end with it.
 */
export type Links = ReadonlyMap<bigint, { readonly out: readonly string[]; readonly into: readonly string[] }>

export type DayTotals = {
  readonly minor: bigint
  readonly count: number
  /** First and last time of day; null when a line has none, or there is no line. */
  readonly times: { readonly first: string; readonly last: string } | null
  /** Null unless the bank gave a balance with every line. */
  readonly links: Links | null
  /** The balance before the line with the earliest time, where there are links. */
  readonly firstBefore: bigint
}

export const NO_LINES: DayTotals = { minor: 0n, count: 0, times: null, links: null, firstBefore: 0n }

export function totalsOf(lines: Iterable<StatementLine>): DayTotals {
  const day = startTotals()
  for (const line of lines) day.add(line)
  return day.totals()
}

export function startTotals(): { add(line: StatementLine): void; totals(): DayTotals } {
  let [minor, count] = [0n, 0]
  let [first, last, isTimed] = ['', '', true]
  let links: Map<bigint, { out: string[]; into: string[] }> | null = new Map()
  let earliest: { readonly time: string; readonly before: bigint } | null = null
  const at = (map: NonNullable<typeof links>, balance: bigint) => {
    const found = map.get(balance) ?? { out: [], into: [] }
    map.set(balance, found)
    return found
  }
  return {
    add({ amount, balanceAfter, bookedTime }) {
      minor += amount.minor
      count++
      isTimed &&= bookedTime !== ''
      if (first === '' || bookedTime < first) first = bookedTime
      if (bookedTime > last) last = bookedTime
      // One line without a balance, and there is no chain: what was gathered is of no use.
      if (balanceAfter === null) links = null
      if (balanceAfter === null || links === null) return
      const before = balanceAfter.minor - amount.minor
      at(links, before).out.push(bookedTime)
      at(links, balanceAfter.minor).into.push(bookedTime)
      if (earliest === null || bookedTime < earliest.time) earliest = { time: bookedTime, before }
    },
    totals: () => ({
      ...{ minor, count, times: isTimed && count > 0 ? { first, last } : null },
      links: count === 0 ? null : links,
      firstBefore: earliest?.before ?? 0n,
    }),
  }
}
