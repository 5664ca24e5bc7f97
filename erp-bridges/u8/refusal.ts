// How a write inside a transaction ends without one: thrown, so that everything is rolled back, and then the result.

import type { Gate } from './gates'

/** The account set's answer is no. */
export class Refused extends Error {
  readonly gate: Gate
  constructor(refusal: Gate) {
    super(refusal.en)
    this.gate = refusal
  }
}

/** Somebody else is at it right now. */
export class Deferred extends Error {}
