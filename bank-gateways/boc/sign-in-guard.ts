// Counts sign-ins that may have carried a wrong password. Five in a day lock the operator, fifteen in all lock it for good
// (banks/boc §2), so it would rather keep a payment waiting than try once more. The time is handed to it.

import { bankClock, bankDay } from '../../connector/core/bank-time'
import type { BocConfig } from './config'

const DAY_MS = 86_400_000

export class SignInGuard {
  readonly #limits: BocConfig['signIn']
  /** Set by the first success: a password that has worked is not the reason why an answer stays away. */
  #isProven = false
  #refusals = 0
  #refusedAt: number | null = null
  #failedAt: readonly number[] = []

  constructor(limits: BocConfig['signIn']) {
    this.#limits = limits
  }

  succeeded(): void {
    this.#isProven = true
    this.#refusals = 0
    this.#refusedAt = null
    this.#failedAt = []
  }

  /** The bank said no. Its code for a wrong password is not known, so every refusal is taken for one. */
  refused(nowMs: number): void {
    this.#isProven = false
    this.#refusals += 1
    this.#refusedAt = nowMs
    this.#failedAt = [...this.#failedAt, nowMs]
  }

  /** The sign-in may have arrived, and its verdict is not known. */
  unanswered(nowMs: number): void {
    if (!this.#isProven) this.#failedAt = [...this.#failedAt, nowMs]
  }

  /** Why no sign-in may be made at this instant, or null when it may. */
  pauseAt(nowMs: number): string | null {
    const { pauseMs, maxFailuresPerDay, maxRefusals } = this.#limits
    if (this.#refusals >= maxRefusals) return restart(`${this.#refusals} 次被拒 / refused`)
    if (this.#refusedAt !== null) {
      if (pauseMs === null) return restart('密码被拒 / refused')
      if (nowMs < this.#refusedAt + pauseMs) return until(this.#refusedAt + pauseMs)
    }
    this.#failedAt = this.#failedAt.filter(at => at > nowMs - DAY_MS)
    const [oldest] = this.#failedAt
    if (oldest !== undefined && this.#failedAt.length >= maxFailuresPerDay) return until(oldest + DAY_MS)
    return null
  }
}

function until(atMs: number): string {
  return `至 / until ${bankDay(atMs)} ${bankClock(atMs)}，改正口令后重启可立即重试 / correct the password and restart to try now`
}

function restart(why: string): string {
  return `${why}，改正口令后重启 / correct the password and restart`
}
