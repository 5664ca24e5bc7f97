// Brings what a bank answered into the store, also through a database that fails over meanwhile: an answer exists only here
// until it is stored. After every failure it reads first and never repeats what took effect.

import { backoffMs } from '../core/backoff'
import { Fault } from '../ports'
import type { Deps } from './deps'
import { move, type Move } from './move'

/** Nine tries with these pauses span about a minute, which a restart or a failover takes. Then the sweep and inquiry do it. */
const TRIES_MAX = 9
const PAUSE_FIRST_MS = 250
const PAUSE_MAX_MS = 15_000

/** Throws the store's Fault when it never came back; the payments are then swept to `unknown` when their lease ends. */
export async function recordAnswers(deps: Deps, answers: readonly Move[]): Promise<void> {
  let open = answers
  for (let tries = 1; ; tries++) {
    try {
      if (tries > 1) open = await stillOpen(deps, open)
      if (open.length > 0) await move(deps, open)
      return
    } catch (error) {
      if (!(error instanceof Fault) || tries >= TRIES_MAX) throw error
    }
    await deps.clock.sleep(backoffMs(tries - 1, PAUSE_FIRST_MS, PAUSE_MAX_MS), new AbortController().signal)
  }
}

/** Without what an earlier try stored although it was told of a failure. */
async function stillOpen(deps: Deps, answers: readonly Move[]): Promise<readonly Move[]> {
  const open: Move[] = []
  for (const answer of answers) {
    const { payment, verdict, actor } = answer
    const next = (await deps.store.payments.history(payment.id)).find(row => row.seq === payment.seq + 1)
    // Nobody else acts in our name on this sequence number with this cause: it is our own row.
    const isStored = next !== undefined && next.actor === actor && next.cause === verdict.cause
    if (!isStored) open.push(answer)
  }
  return open
}
