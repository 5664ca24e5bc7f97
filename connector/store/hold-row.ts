// Holds of payments with their clearances, read.

import { idOf, integer, integerOrNull, text } from './codec'
import type { Session } from './database'
import { selectIn } from './statements'
import type { Hold } from './store'

/** Holds of these payments, in order, with their clearances. */
export async function holdsOf(tx: Session, paymentIds: readonly string[]): Promise<readonly Hold[]> {
  const found = await selectIn(
    tx,
    'SELECT no, payment_id, kind, reason, approvals_needed, cleared_at FROM yinqi_hold WHERE payment_id IN',
    paymentIds,
  )
  const holds = found.toSorted((a, b) => integer(a, 'no') - integer(b, 'no'))
  const clearances = await selectIn(
    tx,
    'SELECT hold_no, person, reason, at FROM yinqi_hold_clearance WHERE hold_no IN',
    holds.map(hold => integer(hold, 'no')),
  )
  return holds.map(hold => ({
    id: idOf(hold, 'no'),
    paymentId: text(hold, 'payment_id'),
    kind: text(hold, 'kind'),
    reason: text(hold, 'reason'),
    approvalsNeeded: integer(hold, 'approvals_needed'),
    clearedAt: integerOrNull(hold, 'cleared_at'),
    clearances: clearances
      .filter(clearance => integer(clearance, 'hold_no') === integer(hold, 'no'))
      .map(clearance => ({
        person: text(clearance, 'person'),
        reason: text(clearance, 'reason'),
        at: integer(clearance, 'at'),
      }))
      .toSorted((a, b) => a.at - b.at || (a.person < b.person ? -1 : 1)),
  }))
}
