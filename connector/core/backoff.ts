// When to try again: soon at first, then slower, never later than the cap. No randomness: the caller's clock decides.

/** `attempt` counts from 0. Doubles from `firstMs` up to `maxMs`. */
export function backoffMs(attempt: number, firstMs: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30))
}
