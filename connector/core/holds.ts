// Which rules a payment must pass before it may be sent. A hold is cleared by people, never by time.

import type { Instruction, Money } from '../ports'

export type HoldRule = {
  readonly name: string
  /** Amounts of this currency from here up. */
  readonly from: Money
  /** Empty: every business type. */
  readonly businessTypes: readonly string[]
  readonly approvals: number
}

export type HoldDraft = { readonly kind: string; readonly reason: string; readonly approvalsNeeded: number }

export function holdsOf(
  draft: Pick<Instruction, 'amount' | 'businessType'>,
  rules: readonly HoldRule[],
): readonly HoldDraft[] {
  return rules
    .filter(rule => rule.from.currency === draft.amount.currency && draft.amount.minor >= rule.from.minor)
    .filter(rule => rule.businessTypes.length === 0 || rule.businessTypes.includes(draft.businessType))
    .map(rule => ({ kind: 'approval', reason: rule.name, approvalsNeeded: rule.approvals }))
}
