// Seals a store that was in use before it had seals, once, in the migration that brings them: what is there is taken as
// it is found, and the trail says so. It is never done again: afterwards a missing seal is a broken one.

import { appendAudit } from './audit-trail'
import { integer, text } from './codec'
import { confirmationEvent, confirmationsOf } from './confirmations'
import { CONTRADICTION_FROM, contradictionEvent, contradictionOf } from './contradiction-store'
import type { Session } from './database'
import { factsOf, sealedHold, sealOf } from './dossier'
import { historyEvent, historyRowOf } from './history-row'
import { holdsOf } from './hold-row'
import { clearanceEvent } from './hold-store'
import { PAYMENT_FROM, paymentOf } from './payment-row'
import { selectIn, selectTop } from './statements'
import type { AuditEvent } from './audit'

/** Payments of one page: enough to be quick, few enough for the memory of a small machine. */
const PAGE = 500

export async function adoptStore(tx: Session, at: number): Promise<void> {
  const [counted] = await tx.query('SELECT COUNT(*) AS payments FROM yinqi_payment')
  const payments = counted === undefined ? 0 : integer(counted, 'payments')
  const content = { payments: String(payments) }
  await appendAudit(tx, [{ kind: 'trail.started', paymentId: null, subject: '', content }], at)
  let after = 0
  for (let done = 0; done < payments; done += PAGE) after = await adoptPage(tx, after, at)
  await adoptContradictions(tx, at)
}

/** Returns the number of the last payment of the page. */
async function adoptPage(tx: Session, after: number, at: number): Promise<number> {
  const page = selectTop(tx.dialect, 'no, id FROM yinqi_payment WHERE no > ? ORDER BY no', [after], PAGE)
  const found = await tx.query(page.sql, page.values)
  const ids = found.map(row => text(row, 'id'))
  const holds = await holdsOf(tx, ids)
  const history = await selectIn(
    tx,
    'SELECT payment_id, seq, at, from_state, cause, to_state, actor, evidence FROM yinqi_payment_history WHERE payment_id IN',
    ids,
  )
  const seals = new Map<string, string>()
  for (const row of await selectIn(tx, `SELECT ${PAYMENT_FROM} WHERE p.id IN`, ids)) {
    const payment = paymentOf(tx.keys, row)
    const own = holds.filter(hold => hold.paymentId === payment.id)
    const seal = sealOf(tx, factsOf(payment, own.map(sealedHold)))
    seals.set(payment.id, seal)
    await tx.execute('UPDATE yinqi_payment SET seal = ? WHERE id = ?', [seal, payment.id])
  }
  const rows = history.map(row => historyRowOf(tx.keys, row)).toSorted((a, b) => a.seq - b.seq)
  const events: AuditEvent[] = [
    ...rows.map(row => historyEvent(row, seals.get(row.paymentId) ?? '')),
    ...holds.flatMap(hold =>
      hold.clearances.map(clearance => clearanceEvent(hold, clearance, seals.get(hold.paymentId) ?? '')),
    ),
    ...(await confirmationsOf(tx, ids)).map(confirmationEvent),
  ]
  await appendAudit(tx, events, at)
  const last = found.at(-1)
  return last === undefined ? after : integer(last, 'no')
}

async function adoptContradictions(tx: Session, at: number): Promise<void> {
  const rows = await tx.query(`SELECT ${CONTRADICTION_FROM} ORDER BY no`)
  const events = rows.flatMap((row): readonly AuditEvent[] => {
    const item = contradictionOf(tx.keys, row)
    const { paymentId, code, resolvedBy: person, resolution } = item
    const resolved = {
      kind: 'contradiction.resolved',
      paymentId,
      subject: item.id,
      content: { code, person, resolution },
    }
    return item.resolvedAt === null ? [contradictionEvent(item)] : [contradictionEvent(item), resolved]
  })
  await appendAudit(tx, events, at)
}
