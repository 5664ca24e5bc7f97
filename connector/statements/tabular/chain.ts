// The balance column as a proof: every row's balance less its amount is another row's balance, whatever order the bank
// put the rows in. It must never call a column whole that has a break.

/** Where a row stands. */
export type Place = { readonly on: string | null; readonly line: number }

export type Gap = { readonly line: number; readonly expected: bigint; readonly found: bigint }

type End = { readonly units: bigint; readonly on: string | null }

export type ChainResult = {
  readonly opening: End | null
  readonly closing: End | null
  /** The first of the breaks, by line. */
  readonly gaps: readonly Gap[]
  readonly gapCount: number
  /** Every row would have its place if all that went out had come in. */
  readonly isMirrored: boolean
}

export type Chain = {
  /** A booked row in the order of the file; `balance` is null where the bank gives none. */
  add(units: bigint, balance: bigint | null, place: Place): void
  finish(): ChainResult
}

/** Breaks that are told one by one; a person needs the first. */
const MAX_GAPS = 20

/** Balances that wait for their neighbour: none in a file in order, a day's rows in one that is not. */
const MAX_OPEN_BALANCES = 50_000

/** Two balances may fit either way by chance. */
const MIN_MIRRORED = 3

export function createChain(): Chain {
  const [up, down] = [createUp(), createDown()]
  const [mirroredUp, mirroredDown] = [createUp(), createDown()]
  let balances = 0
  const loose = createLoose()
  let [first, last]: [Place | null, Place | null] = [null, null]
  return {
    add(units, balance, place) {
      first ??= place
      last = place
      up.add(units, balance, place.line)
      down.add(units, balance, place.line)
      loose.add(units, balance)
      mirroredUp.add(-units, balance, place.line)
      mirroredDown.add(-units, balance, place.line)
      if (balance !== null) balances++
    },
    finish() {
      const isDown = isDescending(first, last, up.gapCount(), down.gapCount())
      const [begin, end] = isDown ? [last, first] : [first, last]
      const run = isDown ? down.finish() : up.finish()
      const ends = loose.finish()
      const [opening, closing] = ends === null ? [run.opening, run.closing] : (ends[0] ?? [run.opening, run.closing])
      const at = (units: bigint | null, place: Place | null): End | null =>
        units === null ? null : { units, on: place?.on ?? null }
      const isWhole = ends !== null
      return {
        opening: at(opening, begin),
        closing: at(closing, end),
        gaps: isWhole ? [] : run.gaps,
        gapCount: isWhole ? 0 : run.gapCount,
        isMirrored:
          !isWhole &&
          run.gapCount > 0 &&
          balances >= MIN_MIRRORED &&
          Math.min(mirroredUp.gapCount(), mirroredDown.gapCount()) === 0,
      }
    },
  }
}

/** The direction with fewer breaks; where both fit alike, the dates decide, and a file without them reads downwards. */
function isDescending(first: Place | null, last: Place | null, upGaps: number, downGaps: number): boolean {
  if (upGaps !== downGaps) return downGaps < upGaps
  return first?.on != null && last?.on != null && first.on > last.on
}

type Run = {
  readonly opening: bigint | null
  readonly closing: bigint | null
  readonly gaps: readonly Gap[]
  readonly gapCount: number
}

type Direction = {
  add(units: bigint, balance: bigint | null, line: number): void
  gapCount(): number
  finish(): Run
}

/** Oldest row first: a balance is the one before it and what was booked since. */
function createUp(): Direction {
  const breaks = createBreaks()
  let opening: bigint | null = null
  let known: bigint | null = null
  let since = 0n
  let hasTail = false
  return {
    add(units, balance, line) {
      since += units
      hasTail = balance === null
      if (balance === null) return
      if (known === null) opening = balance - since
      else breaks.check(line, known + since, balance)
      known = balance
      since = 0n
    },
    gapCount: () => breaks.count(),
    finish: () => ({ opening, closing: hasTail ? null : known, gaps: breaks.list(), gapCount: breaks.count() }),
  }
}

/** Newest row first: a balance and what was booked after it give the one above. */
function createDown(): Direction {
  const breaks = createBreaks()
  let closing: bigint | null = null
  let known: bigint | null = null
  let above = 0n
  let hasHead = false
  return {
    add(units, balance, line) {
      if (balance === null) {
        if (known === null) hasHead = true
        above += units
        return
      }
      if (known === null) closing = hasHead ? null : balance
      else breaks.check(line, known - above, balance)
      known = balance
      above = units
    },
    gapCount: () => breaks.count(),
    finish: () => ({
      opening: known === null ? null : known - above,
      closing,
      gaps: breaks.list(),
      gapCount: breaks.count(),
    }),
  }
}

function createBreaks(): {
  check(line: number, expected: bigint, found: bigint): void
  count(): number
  list(): readonly Gap[]
} {
  const gaps: Gap[] = []
  let count = 0
  return {
    check(line, expected, found) {
      if (expected === found) return
      count++
      if (gaps.length < MAX_GAPS) gaps.push({ line, expected, found })
    },
    count: () => count,
    list: () => gaps,
  }
}

type Loose = {
  add(units: bigint, balance: bigint | null): void
  /** Null: not whole. Empty: whole, and its end is its beginning. Otherwise opening and closing. */
  finish(): readonly (readonly [opening: bigint, closing: bigint])[] | null
}

/**
 * In any order: every balance is reached as often as it is left, but for the first and the last. A row that is missing
 * leaves two more that do not fit.
 */
function createLoose(): Loose {
  const open = new Map<bigint, number>()
  let isUsable = true
  let count = 0
  const note = (balance: bigint, step: number): void => {
    const now = (open.get(balance) ?? 0) + step
    if (now === 0) open.delete(balance)
    else open.set(balance, now)
  }
  return {
    add(units, balance) {
      count++
      if (balance === null || open.size > MAX_OPEN_BALANCES) isUsable = false
      if (!isUsable || balance === null) {
        open.clear()
        return
      }
      note(balance - units, 1)
      note(balance, -1)
    },
    finish() {
      if (!isUsable || count === 0) return null
      if (open.size === 0) return []
      const ends = [...open]
      const [from, to] = [ends.find(([, times]) => times === 1), ends.find(([, times]) => times === -1)]
      return ends.length === 2 && from && to ? [[from[0], to[0]]] : null
    },
  }
}
