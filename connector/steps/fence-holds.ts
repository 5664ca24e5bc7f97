// The holds that the fence puts on payments (I10): what may have been paid by a store that this one forgot, or is a copy
// of, waits for a person who has looked at the bank. They are never cleared by an approval.

import { FENCE_HOLD, isSuspect } from '../core/fence'
import type { Instruction } from '../ports'
import type { HoldDraft, Payment } from '../store/store'
import type { Deps } from './deps'

/** One person, who says on what evidence; the payment's approvals are needed besides. */
const CLEARANCES = 1

export function fenceHold(reason: string): HoldDraft {
  return { kind: FENCE_HOLD, reason, approvalsNeeded: CLEARANCES }
}

/** Of a request that is taken now: it may be one that was taken, and paid, before. */
export async function fenceHolds(
  deps: Deps,
  draft: Pick<Instruction, 'payer' | 'payee' | 'amount'>,
): Promise<readonly HoldDraft[]> {
  const suspects = await suspectsOf(deps, draft)
  if (suspects.length > 0) {
    const references = suspects.join('、')
    return [fenceHold(`可能就是银行已付的 ${references} (may be what the bank paid as ${references})`)]
  }
  if (deps.clock.now() >= (await deps.store.fence.probationUntil())) return []
  return [fenceHold('恢复确认后一小时内接收，须核对银行 (taken within an hour of a confirmation: look at the bank)')]
}

/** References of bank lines that are nobody's and resemble this payment. */
export async function suspectsOf(
  deps: Deps,
  { payer, payee, amount }: Pick<Instruction, 'payer' | 'payee' | 'amount'>,
): Promise<readonly string[]> {
  const wanted = { payerAccount: payer.account, payeeAccount: payee.account, amount }
  const findings = await deps.store.fence.findings()
  return findings
    .filter(({ line }) => isSuspect(wanted, { account: line.account, ...line.line }))
    .map(({ reference }) => reference)
}

export async function isFenced(deps: Deps, payment: Pick<Payment, 'id' | 'state'>): Promise<boolean> {
  if (payment.state !== 'held') return false
  const holds = await deps.store.payments.holds(payment.id)
  return holds.some(hold => hold.kind === FENCE_HOLD && hold.clearedAt === null)
}
