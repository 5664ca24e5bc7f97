// The bank's own date and time, learned from it: SignTime must bear the bank's date, and "today" is the bank's day
// (banks/icbc §4, §9). Never answers from the local clock alone.

import type { Clock } from '../../connector/ports'
import { bankDay, bankStamp } from '../../connector/core/bank-time'

export type BankClock = {
  /** Now by the bank, `yyyyMMddHHmmssSSS`, or null when it has to be learned (again). */
  stamp(): string | null
  /** Takes what the bank just said, `yyyy-MM-ddTHH:mm:ss` of Asia/Shanghai. */
  learn(asOf: string): void
  forget(): void
}

/** A date older than this is asked again. A stale one is safe: the bank refuses a SignTime of another day. */
const LEARNED_FOR_MS = 5 * 60_000

export function createBankClock(clock: Clock): BankClock {
  let learned: { readonly at: number; readonly differenceMs: number; readonly day: string } | null = null
  return {
    stamp() {
      if (!learned) return null
      const now = clock.now()
      const stamp = bankStamp(now + learned.differenceMs)
      const isFresh = now >= learned.at && now < learned.at + LEARNED_FOR_MS
      const isSameDay = bankDay(now) === bankDay(learned.at) && bankDay(now + learned.differenceMs) === learned.day
      return isFresh && isSameDay ? stamp : null
    },
    learn(asOf) {
      const at = clock.now()
      learned = { at, differenceMs: Date.parse(`${asOf}+08:00`) - at, day: asOf.slice(0, 10) }
    },
    forget() {
      learned = null
    },
  }
}
