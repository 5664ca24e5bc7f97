// Seeded choices: the same seed orders the same faults in the same order. What meets what is up to the machine.

import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export type Chance = {
  /** A whole number, both ends included. */
  int(from: number, to: number): number
  pick<T>(from: readonly T[]): T
  weighted<T extends { readonly weight: number }>(from: readonly T[]): T
}

export function chanceOf(seed: number): Chance {
  const generator = xoroshiro128plus(seed)
  const int = (from: number, to: number): number => uniformInt(generator, from, to)
  function at<T>(from: readonly T[], index: number): T {
    const found = from[index]
    if (found === undefined) throw new RangeError('nothing to choose from')
    return found
  }
  return {
    int,
    pick: from => at(from, int(0, from.length - 1)),
    weighted(from) {
      let left = int(
        1,
        from.reduce((sum, item) => sum + item.weight, 0),
      )
      return at(
        from,
        from.findIndex(item => (left -= item.weight) <= 0),
      )
    },
  }
}
