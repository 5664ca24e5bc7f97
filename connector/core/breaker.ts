// A circuit breaker as data: after some failures in a row a bank is left alone for a growing while, then asked once.

import { backoffMs } from './backoff'

export type Breaker = {
  /** In a row. */
  readonly failures: number
  /** How often it has opened since the last success. */
  readonly rounds: number
  /** No call before this instant; 0 when closed. */
  readonly openUntil: number
}

export type BreakerSettings = { readonly failures: number; readonly firstMs: number; readonly maxMs: number }

export const CLOSED: Breaker = { failures: 0, rounds: 0, openUntil: 0 }

/** After an answer of the bank, whatever it said, `isFailure` is false; silence, refusal of the connection, nonsense: true. */
export function afterCall(breaker: Breaker, isFailure: boolean, now: number, settings: BreakerSettings): Breaker {
  if (!isFailure) return CLOSED
  const failures = breaker.failures + 1
  // While it is open for the second time and more, one failed question is enough.
  if (failures < settings.failures && breaker.rounds === 0) return { ...breaker, failures }
  const openMs = backoffMs(breaker.rounds, settings.firstMs, settings.maxMs)
  return { failures, rounds: breaker.rounds + 1, openUntil: now + openMs }
}
