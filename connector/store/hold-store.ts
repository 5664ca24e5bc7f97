// Holds of a payment and who cleared them. A hold is cleared when enough different people have said so, and stays so.

import { differentPeople } from '../core/people'
import { clearanceDigest } from '../core/seal'
import { appendAudit } from './audit-trail'
import { idOf, integer, integerOrNull, numberOf, storable, text } from './codec'
import type { Database, Session } from './database'
import { lockPayments } from './payment-row'
import { insert, lockedSelect, selectIn } from './statements'
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
  await insert(tx, 'yinqi_hold_clearance', [{ hold_no: numberOf(hold.id), ...clearance }])
  if (people.length >= hold.approvalsNeeded) {
    await tx.execute('UPDATE yinqi_hold SET cleared_at = ? WHERE no = ?', [clearance.at, numberOf(hold.id)])
  }
  await appendAudit(tx, [clearanceEvent(hold, clearance)], clearance.at)
}

export function clearanceEvent(hold: Hold, clearance: Clearance): AuditEvent {
  const digest = clearanceDigest(hold.paymentId, hold, clearance)
  const { person, reason } = clearance
  const content = { hold: hold.reason, person, reason, digest }
  return { kind: 'clearance', paymentId: hold.paymentId, subject: hold.id, content }
}

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
