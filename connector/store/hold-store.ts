// Holds of a payment and who cleared them. A hold is cleared when enough different people have said so, and stays so.

import { idOf, integer, integerOrNull, numberOf, text } from './codec'
import type { Database, Session } from './database'
import { insert, lockedSelect } from './statements'
import type { Hold, PaymentStore } from './store'

export function createHolds(db: Database): Pick<PaymentStore, 'holds' | 'clearHold'> {
  return {
    holds: id => holdsOf(db, id),
    clearHold: (holdId, person, reason, at) =>
      db.transaction(async tx => {
        const no = numberOf(holdId)
        if (no === null) return []
        // Locked: two people who clear at once must each see the other, or the hold would stay for ever.
        const [hold] = await tx.query(
          lockedSelect(tx.dialect, 'payment_id, approvals_needed, cleared_at', 'yinqi_hold', 'no = ?'),
          [no],
        )
        if (hold === undefined) return []
        if (hold['cleared_at'] === null) {
          await clear(tx, no, integer(hold, 'approvals_needed'), { person, reason, at })
        }
        return await holdsOf(tx, text(hold, 'payment_id'))
      }),
  }
}

type Clearance = { readonly person: string; readonly reason: string; readonly at: number }

async function clear(tx: Session, no: number, approvalsNeeded: number, clearance: Clearance): Promise<void> {
  const people = (await tx.query('SELECT person FROM yinqi_hold_clearance WHERE hold_no = ?', [no])).map(row =>
    text(row, 'person'),
  )
  if (people.includes(clearance.person)) return
  await insert(tx, 'yinqi_hold_clearance', [{ hold_no: no, ...clearance }])
  if (people.length + 1 < approvalsNeeded) return
  await tx.execute('UPDATE yinqi_hold SET cleared_at = ? WHERE no = ?', [clearance.at, no])
}

async function holdsOf(session: Pick<Session, 'query'>, paymentId: string): Promise<readonly Hold[]> {
  const holds = await session.query(
    'SELECT no, payment_id, kind, reason, approvals_needed, cleared_at FROM yinqi_hold WHERE payment_id = ? ORDER BY no',
    [paymentId],
  )
  const clearances = await session.query(
    `SELECT c.hold_no, c.person, c.reason, c.at FROM yinqi_hold_clearance AS c
JOIN yinqi_hold AS h ON h.no = c.hold_no WHERE h.payment_id = ? ORDER BY c.at, c.person`,
    [paymentId],
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
      })),
  }))
}
