// Proof by balances (I9): a day's opening balance and its lines are its closing balance, and that is the next day's opening.
// Closing balances come from the bank's own words; where none is there, the day waits for the next one that is.

import type { DayTotals, Links } from './day-totals'

/** Where a closing balance comes from, the most trusted first. */
export type ProofSource = 'file' | 'balance' | 'lines'

/** The bank said what the balance was when the day ended. */
export type Claim = { readonly day: string; readonly minor: bigint; readonly by: ProofSource }

export type DayLines = { readonly day: string; readonly totals: DayTotals }

export type Proof = 'open' | 'proven' | 'gap' | 'unproven'

export type DayProof = {
  readonly day: string
  readonly proof: Proof
  /** Null: not known. */
  readonly openingMinor: bigint | null
  readonly closingMinor: bigint | null
  /** What is missing from the lines so that they fit the balances, or 0n. */
  readonly gapMinor: bigint
  /** The first day that the gap may lie on; the day itself where the day before was proven. */
  readonly gapFrom: string
  readonly by: ProofSource | ''
}

export type Anchor = { readonly day: string; readonly minor: bigint; readonly by: ProofSource | '' }

/** How the lines of a day hang together by the balance that the bank gave with each. */
export type Chain = {
  readonly openingMinor: bigint
  readonly closingMinor: bigint
  /** No piece is missing in between. */
  readonly isWhole: boolean
}

type Waiting = {
  readonly day: string
  readonly openingMinor: bigint | null
  readonly sum: bigint
  readonly isBroken: boolean
}

type Facts = {
  /** Whether a day's lines are all there as far as the bank says: an unfinished day may be proven, and never has a gap. */
  readonly isClosed: (day: string) => boolean
  /** Whether the balance that comes with a line is to be trusted. */
  readonly usesLineBalances: boolean
}

/** Whole days in order, one after the other. `before` is the closing balance of the day before the first. */
export function proveDays(
  days: readonly DayLines[],
  claims: ReadonlyMap<string, Claim>,
  before: Anchor | null,
  facts: Facts,
): readonly DayProof[] {
  const proofs: DayProof[] = []
  let anchor = before
  let waiting: Waiting[] = []
  for (const { day, totals } of days) {
    const isFirst = waiting.length === 0
    const chain = facts.usesLineBalances ? chainOf(totals, isFirst && anchor ? anchor.minor : null) : null
    const claim = claims.get(day)
    const closing = claim?.minor ?? chain?.closingMinor ?? null
    // Nothing known from before: the day's own lines say what it began with.
    if (anchor === null && isFirst && chain !== null) anchor = { day, minor: chain.openingMinor, by: '' }
    const openingMinor: bigint | null = openingOf(anchor, waiting)
    const sum = totals.minor
    // Lines that are missing and cancel each other out show in the chain alone.
    const isBroken = claim === undefined && chain !== null && !chain.isWhole
    waiting.push({ day, openingMinor, sum, isBroken })
    if (closing === null) continue
    const end: Anchor = { day, minor: closing, by: claim?.by ?? 'lines' }
    proofs.push(...settle(waiting, anchor, end, facts.isClosed))
    waiting = []
    anchor = end
  }
  // The bank has said nothing about how these days ended.
  const silent = waiting.map(({ day, openingMinor }): DayProof => {
    const proof = facts.isClosed(day) ? 'unproven' : 'open'
    return { day, proof, openingMinor, closingMinor: null, gapMinor: 0n, gapFrom: day, by: '' }
  })
  return [...proofs, ...silent]
}

function openingOf(anchor: Anchor | null, waiting: readonly Waiting[]): bigint | null {
  const last = waiting.at(-1)
  if (last === undefined) return anchor?.minor ?? null
  return last.openingMinor === null ? null : last.openingMinor + last.sum
}

/** Days without a closing balance of their own share the proof of the next day that has one. */
function settle(
  days: readonly Waiting[],
  anchor: Anchor | null,
  end: Anchor,
  isClosed: (day: string) => boolean,
): readonly DayProof[] {
  const total = days.reduce((sum, day) => sum + day.sum, 0n)
  const gap = anchor === null ? null : end.minor - anchor.minor - total
  const isBroken = days.some(day => day.isBroken)
  const areClosed = days.every(({ day }) => isClosed(day))
  // The last line of a day that only its own lines speak for may be the one that is missing.
  const gapFrom = anchor?.by === 'lines' ? anchor.day : (days[0]?.day ?? end.day)
  return days.map(({ day, openingMinor }): DayProof => {
    const isLast = day === end.day
    const base = { day, openingMinor, closingMinor: isLast ? end.minor : null, gapMinor: 0n, gapFrom: day, by: end.by }
    if (gap === 0n && !isBroken) return { ...base, proof: 'proven' }
    // Lines that are still to come are no gap.
    if (gap !== null && gap !== 0n && isLast && areClosed) return { ...base, proof: 'gap', gapMinor: gap, gapFrom }
    return { ...base, proof: isClosed(day) ? 'unproven' : 'open' }
  })
}

/**
 * Orders lines by their balances: what a line began with is what another one ended with. Null unless the bank gave a
 * balance with every line. Where the lines fall apart, a line is missing in between: then the piece that `opening` begins is
 * the first, and the last is the one with the latest time.
 */
export function chainOf({ links, firstBefore }: DayTotals, opening: bigint | null): Chain | null {
  if (links === null) return null
  const [starts, ends] = endsOf(links)
  const [start, end] = [starts[0], ends[0]]
  // Every amount that left came back: the day ends as it began, wherever in the circle that was.
  if (start === undefined || end === undefined) {
    const isOnIt = opening !== null && (links.get(opening)?.out.length ?? 0) > 0
    const circle = isOnIt ? opening : firstBefore
    return { openingMinor: circle, closingMinor: circle, isWhole: true }
  }
  const isWhole = starts.length === 1
  if (isWhole) return { openingMinor: start.minor, closingMinor: end.minor, isWhole }
  const openingMinor = opening !== null && starts.some(({ minor }) => minor === opening) ? opening : earliest(starts)
  return { openingMinor, closingMinor: latest(ends), isWhole }
}

type End = { readonly minor: bigint; readonly time: string }

/** Balances that more lines begin with than end with, and the other way round: a whole day has one of each. */
function endsOf(links: Links): readonly [readonly End[], readonly End[]] {
  const [starts, ends]: [End[], End[]] = [[], []]
  for (const [minor, { out, into }] of links) {
    const [outs, intos] = [out.toSorted(), into.toSorted()]
    for (let index = intos.length; index < outs.length; index++) starts.push({ minor, time: outs[0] ?? '' })
    for (let index = outs.length; index < intos.length; index++) ends.push({ minor, time: intos.at(-1) ?? '' })
  }
  return [starts, ends]
}

function earliest(ends: readonly End[]): bigint {
  return ends.toSorted((a, b) => (a.time < b.time ? -1 : 1))[0]?.minor ?? 0n
}

function latest(ends: readonly End[]): bigint {
  return ends.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1)?.minor ?? 0n
}
