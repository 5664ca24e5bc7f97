// Holds of a payment and who cleared them. A hold is cleared when enough different people have said so, and stays so.

import { differentPeople } from '../core/people'
import { clearanceDigest } from '../core/seal'
import { appendAudit } from './audit-trail'
import { numberOf, storable, text } from './codec'
import type { Database, Session } from './database'
import { withHoldsChanged } from './dossier'
import { holdsOf } from './hold-row'
import { lockPayments } from './payment-row'
import { insert, lockedSelect } from './statements'
import type { AuditEvent } from './audit'
import type { Hold, PaymentStore } from './store'

export function createHolds(db: Database): Pick<PaymentStore, 'holds' | 'clearHold'> {
  return {
    holds: id => db.transaction(tx => holdsOf(tx, [id])),
    clearHold: (holdId, person, reason, at) =>
      db.transaction(async tx => {
        const no = numberOf(holdId)
        if (no === null) return []
        const [found] = await tx.query('SELECT payment_id FROM yinqi_hold WHERE no = ?', [no])
        if (found === undefined) return []
        const paymentId = text(found, 'payment_id')
        await lockPayments(tx, [paymentId])
        // Locked: two people who clear at once must each see the other, or the hold would stay for ever.
        await tx.query(lockedSelect(tx.dialect, 'no', 'yinqi_hold', 'no = ?'), [no])
        const hold = (await holdsOf(tx, [paymentId])).find(candidate => candidate.id === holdId)
        if (hold !== undefined && hold.clearedAt === null) await clear(tx, hold, { person, reason, at })
        return await holdsOf(tx, [paymentId])
      }),
  }
}

type Clearance = Hold['clearances'][number]

async function clear(tx: Session, hold: Hold, given: Clearance): Promise<void> {
  const clearance = { person: storable(given.person), reason: storable(given.reason), at: given.at }
  const before = differentPeople(hold.clearances.map(item => item.person))
  const people = differentPeople([...before, clearance.person])
  if (people.length === before.length) return
  const seal = await withHoldsChanged(tx, hold.paymentId, async () => {
    await insert(tx, 'yinqi_hold_clearance', [{ hold_no: numberOf(hold.id), ...clearance }])
    if (people.length < hold.approvalsNeeded) return
    await tx.execute('UPDATE yinqi_hold SET cleared_at = ? WHERE no = ?', [clearance.at, numberOf(hold.id)])
  })
  await appendAudit(tx, [clearanceEvent(hold, clearance, seal)], clearance.at)
}

/** `seal`: the payment's, as it stands with this clearance. */
export function clearanceEvent(hold: Hold, clearance: Clearance, seal: string): AuditEvent {
  const digest = clearanceDigest(hold.paymentId, hold, clearance)
  const { person, reason } = clearance
  const content = { hold: hold.reason, person, reason, digest, seal }
  return { kind: 'clearance', paymentId: hold.paymentId, subject: hold.id, content }
}
