// The only chance in a simulation: everything that is drawn is drawn here, in one order, from one seed.

import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { assert } from '../core/assert'

/** Neighbouring seeds start with neighbouring states: as many values are thrown away as mix them. */
const WARM_UP = 16

export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed)
    for (let i = 0; i < WARM_UP; i++) this.#generator.next()
  }

  /** Both ends included. */
  int(from: number, to: number): number {
    return uniformInt(this.#generator, from, to)
  }

  /** True `permille` times in a thousand. Draws also for never and always, so that histories stay comparable. */
  chance(permille: number): boolean {
    return this.int(0, 999) < permille
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)]
    assert(item !== undefined, 'nothing to pick from')
    return item
  }

  /** One of the kinds, as often as its weight says; null where every weight is 0. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K | null {
    const entries = Object.entries<number>(weights).filter(([, weight]) => weight > 0)
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
    if (total === 0) return null
    let drawn = this.int(0, total - 1)
    for (const [kind, weight] of entries) {
      if (drawn < weight) return kind as K
      drawn -= weight
    }
    return null
  }
}
