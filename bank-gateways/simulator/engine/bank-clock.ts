// The banks' clock: the machine's (or the test's) plus an offset that only grows, never behind what is already booked.

import type { Clock } from '../../../connector/ports'
import type { Book } from './book'

export type BankClock = {
  /** Epoch milliseconds of the bank's clock. */
  now(): number
  /** Moves it forward by `ms`; durable when the transaction is. */
  advance(ms: number): void
}

export function bankClock(clock: Clock, book: Book, initialOffsetMs: number): BankClock {
  const offsetMs = (): number => book.clockOffsetMs ?? initialOffsetMs
  return {
    now: () => Math.max(clock.now() + offsetMs(), book.latestMs),
    advance(ms) {
      if (!Number.isInteger(ms) || ms < 0) throw new RangeError(`a bank's clock runs forward only: ${ms}`)
      book.add({ kind: 'clock', offsetMs: offsetMs() + ms })
    },
  }
}
