// How often each digest was seen so far, in some twenty bytes each at most: a statement may have millions of lines, and a map of
// strings would need a hundred times its keys.

/** Grows by doubling; more than this many would be more lines than any bank's file has. */
const MAX_SLOTS = 2 ** 28

/** A quarter empty, so that a search stays short. */
const LOAD = 0.75

/** From here on a count stands in a map beside the table: what comes so often is rare. */
const MANY = 255

/**
 * Returns a function that counts a digest of at least sixteen hexadecimal characters: 1 for the first time. Sixty-four
 * bits of it are compared, so of ten million digests two are taken for one with a chance below one in a hundred thousand.
 */
export function startCounts(): (digest: string) => number {
  let slots = 1024
  let [high, low, counts] = [new Uint32Array(slots), new Uint32Array(slots), new Uint8Array(slots)]
  const many = new Map<string, number>()
  let used = 0
  const find = (one: number, other: number): number => {
    let at = one % slots
    // A zero count is an empty slot; the table is never full.
    while (counts[at] !== 0 && !(high[at] === one && low[at] === other)) at = at + 1 === slots ? 0 : at + 1
    return at
  }
  const grow = (): void => {
    const old = { high, low, counts, slots }
    slots *= 2
    if (slots > MAX_SLOTS) throw new RangeError(`more than ${MAX_SLOTS * LOAD} different lines`)
    high = new Uint32Array(slots)
    low = new Uint32Array(slots)
    counts = new Uint8Array(slots)
    for (let from = 0; from < old.slots; from++) {
      const count = old.counts[from] ?? 0
      if (count === 0) continue
      const [one, other] = [old.high[from] ?? 0, old.low[from] ?? 0]
      const at = find(one, other)
      high[at] = one
      low[at] = other
      counts[at] = count
    }
  }
  return digest => {
    const [one, other] = [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16)]
    if (used + 1 > slots * LOAD) grow()
    const at = find(one, other)
    const before = counts[at] ?? 0
    if (before === 0) used++
    high[at] = one
    low[at] = other
    if (before < MANY) {
      counts[at] = before + 1
      return before + 1
    }
    const name = `${one} ${other}`
    const count = (many.get(name) ?? MANY) + 1
    many.set(name, count)
    return count
  }
}
