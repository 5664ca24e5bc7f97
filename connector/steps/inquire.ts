// Asks the bank about what is accepted or unknown, until it says yes or no. It never gives up and never decides: a
// failed question leaves the payment where it is, and it is asked again, more slowly.

import { backoffMs } from '../core/backoff'
import { judgeInquiry, type Verdict } from '../core/judge'
import type { BankGateway, InquiryOutcome } from '../ports'
import type { Payment } from '../store/store'
import { withDeadline } from './deadline'
import type { Deps } from './deps'
import { move } from './move'

/** Returns the number of payments asked about. */
export async function inquire(deps: Deps, bank: string): Promise<number> {
  const gateway = deps.banks.get(bank)
  if (!gateway || deps.closed(bank, 'read') !== null) return 0
  const now = deps.clock.now()
  const due = await deps.store.payments.claim(
    { states: ['unknown', 'accepted'], bank },
    now,
    now + deps.settings.leaseMs,
    deps.settings.batchLimit,
  )
  if (due.length === 0) return 0
  const outcomes = await tryInquire(deps, gateway, due)
  for (const [index, payment] of due.entries()) {
    const outcome = outcomes[index] ?? unavailable('the gateway gave no outcome for this instruction')
    await learn(deps, gateway, payment, outcome, now)
  }
  return due.length
}

async function learn(
  deps: Deps,
  gateway: BankGateway,
  payment: Payment,
  outcome: InquiryOutcome,
  askedAt: number,
): Promise<void> {
  const verdict = judge(gateway, payment, outcome, askedAt)
  const [moved] = await move(deps, [{ payment, actor: deps.settings.instance, patch: {}, verdict }])
  // "Returned" about a payment that we had not seen succeed: the debit happened first, then the return, whoever recorded the
  // debit meanwhile.
  if (outcome.kind === 'returned' && verdict.cause === 'inquiry.settled') {
    const current = await deps.store.payments.get(payment.id)
    if (current?.state === 'settled') {
      const again = judge(gateway, current, outcome, askedAt)
      await move(deps, [{ payment: current, actor: deps.settings.instance, patch: {}, verdict: again }])
    }
  }
  if (moved) return
  const delayMs = backoffMs(payment.attempts, deps.settings.inquireFirstMs, deps.settings.inquireMaxMs)
  const statusText = verdict.text === '' ? payment.statusText : verdict.text
  await deps.store.payments.postpone([
    { paymentId: payment.id, seq: payment.seq, dueAt: deps.clock.now() + delayMs, statusText },
  ])
}

/** `askedAt`: a bank that had no record when it was asked has said nothing about the minutes its answer took. */
function judge(gateway: BankGateway, payment: Payment, outcome: InquiryOutcome, askedAt: number): Verdict {
  // When its last send ended without an answer. An earlier try, perhaps hours ago, says nothing about how long this one may
  // still be on its way.
  const inDoubtSince = Math.max(payment.sentAt ?? 0, payment.stateSince)
  return judgeInquiry(payment.state, payment.instruction, outcome, gateway.traits, inDoubtSince, askedAt)
}

async function tryInquire(
  deps: Deps,
  gateway: BankGateway,
  payments: readonly Payment[],
): Promise<readonly InquiryOutcome[]> {
  const instructions = payments.map(payment => payment.instruction)
  try {
    const outcomes = await withDeadline(deps.clock, deps.settings.callTimeoutMs, signal =>
      gateway.inquire(instructions, signal),
    )
    if (outcomes.length === payments.length) return outcomes
    return payments.map(() =>
      unavailable(`the gateway gave ${outcomes.length} outcomes for ${payments.length} instructions`),
    )
  } catch (error) {
    return payments.map(() => unavailable(error instanceof Error ? error.message : String(error)))
  }
}

function unavailable(reason: string): InquiryOutcome {
  return { kind: 'unavailable', code: 'INQUIRY_FAILED', reason }
}
