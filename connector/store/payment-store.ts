// Payments and how they move. A change names the seq it was decided on and loses to an earlier change; its history row
// and outbox records are written with it or not at all (I5). Nothing here decides anything.

import assert from 'node:assert/strict'
import { decodeEvidence, encode, integer, text, textOrNull, word } from './codec'
import type { Database, Session, Value } from './database'
import { createHolds } from './hold-store'
import { createIntake, searchableDocNo } from './intake-store'
import { addToOutbox } from './outbox-store'
import { columnsOfPatch, LIVE_STATES, PAYMENT_FROM, paymentOf, paymentsById } from './payment-row'
import { claimStatement, insert, lockedSelect, selectTop } from './statements'
import type { Change, Payment, PaymentFilter, PaymentStore } from './store'

/** Far below PostgreSQL's limit of parameters; larger batches are locked in several statements, still in order. */
const LOCKED_AT_ONCE = 1_000

export function createPaymentStore(db: Database): PaymentStore {
  return {
    ...createIntake(db),
    ...createHolds(db),
    claim: (filter, now, leaseUntil, limit) =>
      db.transaction(tx => claimPayments(tx, { ...filter, now, leaseUntil, limit })),
    expired: (states, now, limit) => findExpired(db, { states, now, limit }),
    apply: changes =>
      db.transaction(async tx => {
        await lockInOrder(tx, changes)
        const applied: boolean[] = []
        for (const change of changes) applied.push(await applyOne(tx, change))
        return applied
      }),
    async postpone(items) {
      await db.transaction(async tx => {
        for (const { paymentId, seq, dueAt, statusText } of items) {
          await tx.execute(
            'UPDATE yinqi_payment SET due_at = ?, lease_until = NULL, attempts = attempts + 1, status_text = ? WHERE id = ? AND seq = ?',
            [dueAt, statusText, paymentId, seq],
          )
        }
      })
    },
    async get(id) {
      return (await paymentsById(db, [id]))[0] ?? null
    },
    async byReference(bank, reference) {
      const rows = await db.query(`SELECT ${PAYMENT_FROM} WHERE p.bank = ? AND p.reference = ?`, [bank, reference])
      return rows.map(paymentOf)[0] ?? null
    },
    async inBatch(bank, batchReference) {
      const rows = await db.query(
        `SELECT ${PAYMENT_FROM} WHERE p.bank = ? AND p.batch_reference = ? ORDER BY p.batch_line, p.no`,
        [bank, batchReference],
      )
      return rows.map(paymentOf)
    },
    list: (filter, after, limit) => listPayments(db, filter, after, limit),
    async countByState() {
      const rows = await db.query('SELECT state, COUNT(*) AS payments FROM yinqi_payment GROUP BY state')
      return Object.fromEntries(rows.map(row => [text(row, 'state'), integer(row, 'payments')]))
    },
    async history(id) {
      const rows = await db.query(
        'SELECT payment_id, seq, at, from_state, cause, to_state, actor, evidence FROM yinqi_payment_history WHERE payment_id = ? ORDER BY seq',
        [id],
      )
      return rows.map(row => ({
        paymentId: text(row, 'payment_id'),
        seq: integer(row, 'seq'),
        at: integer(row, 'at'),
        from: textOrNull(row, 'from_state') === null ? null : word(row, 'from_state'),
        cause: text(row, 'cause'),
        to: word(row, 'to_state'),
        actor: text(row, 'actor'),
        evidence: decodeEvidence(row, 'evidence'),
      }))
    },
  }
}

type Claiming = {
  readonly states: readonly string[]
  readonly bank: string
  readonly now: number
  readonly leaseUntil: number
  readonly limit: number
}

async function claimPayments(tx: Session, claiming: Claiming): Promise<readonly Payment[]> {
  const { states, bank, now, leaseUntil, limit } = claiming
  if (states.length === 0) return []
  const { sql, values } = claimStatement(tx.dialect, {
    table: 'yinqi_payment',
    id: 'id',
    where: `bank = ? AND state IN (${states.map(() => '?').join(', ')})${liveClause(states)}`,
    values: [bank, ...states],
    orderBy: 'due_at, no',
    now,
    leaseUntil,
    limit,
  })
  const payments = await paymentsById(
    tx,
    (await tx.query(sql, values)).map(row => text(row, 'id')),
  )
  return payments.toSorted((a, b) => a.dueAt - b.dueAt)
}

/**
 * Repeats the partial index's own condition: a planner uses such an index only for a query that visibly implies it, and
 * cannot see that through parameters. The words must be those of the index.
 */
function liveClause(states: readonly string[]): string {
  if (!states.every(state => LIVE_STATES.includes(state))) return ''
  return ` AND state IN (${LIVE_STATES.map(state => `'${state}'`).join(', ')})`
}

async function findExpired(
  db: Database,
  { states, now, limit }: { readonly states: readonly string[]; readonly now: number; readonly limit: number },
): Promise<readonly Payment[]> {
  if (states.length === 0) return []
  const { sql, values } = selectTop(
    db.dialect,
    `${PAYMENT_FROM} WHERE p.lease_until IS NOT NULL AND p.lease_until < ? AND p.state IN (${states.map(() => '?').join(', ')}) ORDER BY p.lease_until, p.no`,
    [now, ...states],
    limit,
  )
  return (await db.query(sql, values)).map(paymentOf)
}

/**
 * Two daemons that change the same payments in different order would lock each other out. PostgreSQL locks in the order
 * named here; SQL Server promises no order, so there a deadlock's victim tries again.
 */
async function lockInOrder(tx: Session, changes: readonly Change[]): Promise<void> {
  if (tx.dialect !== 'postgres' || changes.length < 2) return
  const ids = [...new Set(changes.map(change => change.paymentId))].toSorted()
  for (let start = 0; start < ids.length; start += LOCKED_AT_ONCE) {
    const chunk = ids.slice(start, start + LOCKED_AT_ONCE)
    const list = chunk.map(() => '?').join(', ')
    await tx.query(`SELECT id FROM yinqi_payment WHERE id IN (${list}) ORDER BY id COLLATE "C" FOR UPDATE`, chunk)
  }
}

async function applyOne(tx: Session, change: Change): Promise<boolean> {
  const { paymentId, seq, to, at, patch } = change
  const [row] = await tx.query(
    lockedSelect(tx.dialect, 'state, reference, amount_minor, currency', 'yinqi_payment', 'id = ? AND seq = ?'),
    [paymentId, seq],
  )
  if (row === undefined) return false
  const from = text(row, 'state')
  if (patch.instruction !== undefined) {
    assert.equal(patch.instruction.reference, text(row, 'reference'), 'a bank reference never changes (I2)')
    assert.equal(patch.instruction.amount.minor.toString(), text(row, 'amount_minor'), 'an amount never changes')
    assert.equal(patch.instruction.amount.currency, text(row, 'currency'), 'a currency never changes')
  }
  const columns: Record<string, Value> = { ...columnsOfPatch(patch), state: to, seq: seq + 1, updated_at: at }
  if (from !== to) columns['state_since'] = at
  const names = Object.keys(columns)
  await tx.execute(`UPDATE yinqi_payment SET ${names.map(name => `${name} = ?`).join(', ')} WHERE id = ? AND seq = ?`, [
    ...names.map(name => columns[name] ?? null),
    paymentId,
    seq,
  ])
  await insert(tx, 'yinqi_payment_history', [
    {
      payment_id: paymentId,
      seq: seq + 1,
      at,
      from_state: from,
      cause: change.cause,
      to_state: to,
      actor: change.actor,
      evidence: encode(change.evidence),
    },
  ])
  await addToOutbox(tx, change.outbox, at)
  return true
}

async function listPayments(
  db: Database,
  filter: PaymentFilter,
  after: string | null,
  limit: number,
): Promise<readonly Payment[]> {
  const conditions: string[] = []
  const found: Value[] = []
  function require(condition: string, ...values: readonly Value[]): void {
    conditions.push(condition)
    found.push(...values)
  }
  // An empty list of states names no payment.
  if (filter.states?.length === 0) return []
  if (filter.states) require(`p.state IN (${filter.states.map(() => '?').join(', ')})`, ...filter.states)
  if (filter.bank !== undefined) require('p.bank = ?', filter.bank)
  if (filter.erp !== undefined) require('p.erp = ?', filter.erp)
  if (filter.docNo !== undefined) require('r.doc_no = ?', searchableDocNo(filter.docNo))
  if (filter.stateSinceBefore !== undefined) require('p.state_since < ?', filter.stateSinceBefore)
  if (after !== null) require('p.no < (SELECT a.no FROM yinqi_payment AS a WHERE a.id = ?)', after)
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const { sql, values } = selectTop(db.dialect, `${PAYMENT_FROM}${where} ORDER BY p.no DESC`, found, limit)
  return (await db.query(sql, values)).map(paymentOf)
}
