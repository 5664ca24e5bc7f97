// What people said became of a payment. Only added, never changed; every one is told to the audit trail.

import { confirmationDigest } from '../core/seal'
import { appendAudit } from './audit-trail'
import { integer, storable, text, word } from './codec'
import type { Database, Session } from './database'
import { lockPayments } from './payment-row'
import { insert, selectIn } from './statements'
import type { Confirmation } from './store'

/** Adds one; resolves to all of that payment, in order. */
export async function confirm(db: Database, given: Confirmation): Promise<readonly Confirmation[]> {
  const confirmation = { ...given, person: storable(given.person), evidence: storable(given.evidence) }
  const { paymentId, verdict, person, at } = confirmation
  return await db.transaction(async tx => {
    await lockPayments(tx, [paymentId])
    const evidence = tx.keys.hide(placeOf(confirmation), confirmation.evidence)
    await insert(tx, 'yinqi_confirmation', [{ payment_id: paymentId, verdict, person, evidence, at }])
    const all = await confirmationsOf(tx, [paymentId])
    await appendAudit(tx, [confirmationEvent(confirmation)], at)
    return all
  })
}

export async function confirmationsOf(tx: Session, ids: readonly string[]): Promise<readonly Confirmation[]> {
  const rows = await selectIn(
    tx,
    'SELECT no, payment_id, verdict, person, evidence, at FROM yinqi_confirmation WHERE payment_id IN',
    ids,
  )
  return rows
    .toSorted((a, b) => integer(a, 'no') - integer(b, 'no'))
    .map(row => {
      const known = {
        paymentId: text(row, 'payment_id'),
        verdict: word<Confirmation['verdict']>(row, 'verdict'),
        person: text(row, 'person'),
        at: integer(row, 'at'),
      }
      return { ...known, evidence: tx.keys.show(placeOf(known), text(row, 'evidence')) }
    })
}

export function confirmationEvent(confirmation: Confirmation) {
  const { paymentId, verdict, person } = confirmation
  const digest = confirmationDigest(paymentId, confirmation)
  return { kind: 'confirmation', paymentId, subject: verdict, content: { verdict, person, digest } }
}

function placeOf({ paymentId, verdict, person, at }: Omit<Confirmation, 'evidence'>) {
  return { column: 'yinqi_confirmation.evidence', row: JSON.stringify([paymentId, verdict, person, at]) }
}
