// Payments and how they move. A change names the seq it was decided on and loses to an earlier change; its history row
// and outbox records are written with it or not at all (I5). Nothing here decides anything.

import assert from 'node:assert/strict'
import { appendAudit } from './audit-trail'
import { integer, text, word } from './codec'
import type { Database, Row, Session, Value } from './database'
import { contradict } from './contradiction-store'
import { createSealCheck, factsOf, sealedHold, sealOf } from './dossier'
import { historyEvent, historyRowOf, rowOfHistory } from './history-row'
import { holdsOf } from './hold-row'
import { createHolds } from './hold-store'
import { createIntake, searchableDocNo } from './intake-store'
import { addToOutbox } from './outbox-store'
import {
  columnsOfPatch,
  LIVE_STATES,
  lockPayments,
  PAYMENT_FROM,
  paymentOf,
  paymentsById,
  readPayment,
} from './payment-row'
import { sealText, type SealedHold } from '../core/seal'
import { pausesOf } from './pause-store'
import { claimStatement, insert, lockedSelect, selectIn, selectTop } from './statements'
import type { AuditEvent } from './audit'
import type { Change, HistoryRow, Payment, PaymentFilter, PaymentStore } from './store'

export function createPaymentStore(db: Database): PaymentStore {
  return {
    ...createIntake(db),
    ...createHolds(db),
    checkSeals: createSealCheck(db),
    claim: (filter, now, leaseUntil, limit) =>
      db.transaction(tx => claimPayments(tx, { ...filter, now, leaseUntil, limit })),
    expired: (states, now, limit) => db.transaction(tx => findExpired(tx, { states, now, limit })),
    apply: changes =>
      db.transaction(async tx => {
        if (changes.length > 1)
          await lockPayments(
            tx,
            changes.map(change => change.paymentId),
          )
        const events = []
        const facts = { sealed: await sealedBefore(tx, changes), paused: await pausedFor(tx, changes) }
        for (const change of changes) events.push(await applyOne(tx, change, facts))
        await appendAudit(
          tx,
          events.filter(event => event !== null),
          changes[0]?.at ?? 0,
        )
        return events.map(event => event !== null)
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
      return rows.map(row => paymentOf(db.keys, row))[0] ?? null
    },
    async inBatch(bank, batchReference) {
      const rows = await db.query(
        `SELECT ${PAYMENT_FROM} WHERE p.bank = ? AND p.batch_reference = ? ORDER BY p.batch_line, p.no`,
        [bank, batchReference],
      )
      return rows.map(row => paymentOf(db.keys, row))
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
      return rows.map(row => historyRowOf(db.keys, row))
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
  const ids = (await tx.query(sql, values)).map(row => text(row, 'id'))
  const rows = await selectIn(tx, `SELECT ${PAYMENT_FROM} WHERE p.id IN`, ids)
  const payments = await readableOf(tx, rows, now)
  const places = new Map(ids.map((id, index) => [id, index]))
  return payments.toSorted((a, b) => a.dueAt - b.dueAt || (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
}

/** What was altered so that it cannot be read is nobody's to send or to ask about; a person is told, the others go on. */
async function readableOf(tx: Session, rows: readonly Row[], now: number): Promise<readonly Payment[]> {
  const payments: Payment[] = []
  for (const row of rows) {
    const read = readPayment(tx.keys, row)
    if (read.kind === 'read') {
      payments.push(read.payment)
      continue
    }
    const paymentId = text(row, 'id')
    const evidence = { row: paymentId, detail: read.detail }
    await contradict(tx, { at: now, paymentId, code: 'SEAL_BROKEN', cause: 'read', evidence })
  }
  return payments
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
  db: Session,
  { states, now, limit }: { readonly states: readonly string[]; readonly now: number; readonly limit: number },
): Promise<readonly Payment[]> {
  if (states.length === 0) return []
  const { sql, values } = selectTop(
    db.dialect,
    `${PAYMENT_FROM} WHERE p.lease_until IS NOT NULL AND p.lease_until < ? AND p.state IN (${states.map(() => '?').join(', ')}) ORDER BY p.lease_until, p.no`,
    [now, ...states],
    limit,
  )
  return await readableOf(db, await db.query(sql, values), now)
}

type Facts = { readonly sealed: Sealed; readonly paused: ReadonlySet<string> }

/** Null where it is not applied; otherwise what the audit trail is told. */
async function applyOne(tx: Session, change: Change, { sealed, paused }: Facts): Promise<AuditEvent | null> {
  const { paymentId, seq, to, at, cause, actor, evidence, patch } = change
  const [row] = await tx.query(
    lockedSelect(
      tx.dialect,
      'state, bank, reference, amount_minor, currency, seal',
      'yinqi_payment',
      'id = ? AND seq = ?',
    ),
    [paymentId, seq],
  )
  if (row === undefined) return null
  const from = word<Payment['state']>(row, 'state')
  // What is sending already may still be written about.
  if (from !== 'sending' && to === 'sending' && paused.has(text(row, 'bank'))) return null
  if (patch.instruction !== undefined) {
    assert.equal(patch.instruction.reference, text(row, 'reference'), 'a bank reference never changes (I2)')
    assert.equal(patch.instruction.amount.minor.toString(), text(row, 'amount_minor'), 'an amount never changes')
    assert.equal(patch.instruction.amount.currency, text(row, 'currency'), 'a currency never changes')
  }
  const seal = sealAfter(tx, change, text(row, 'seal'), sealed.get(paymentId))
  const columns: Record<string, Value> = {
    ...columnsOfPatch(tx.keys, paymentId, patch),
    state: to,
    seq: seq + 1,
    updated_at: at,
    seal,
  }
  if (from !== to) columns['state_since'] = at
  const names = Object.keys(columns)
  await tx.execute(`UPDATE yinqi_payment SET ${names.map(name => `${name} = ?`).join(', ')} WHERE id = ? AND seq = ?`, [
    ...names.map(name => columns[name] ?? null),
    paymentId,
    seq,
  ])
  const history: HistoryRow = { paymentId, seq: seq + 1, at, from, cause, to, actor, evidence }
  await insert(tx, 'yinqi_payment_history', [rowOfHistory(tx.keys, history)])
  await addToOutbox(tx, change.outbox, at)
  return historyEvent(history, seal)
}

/** Banks whose payments must not become `sending`, read where that is about to be committed. */
async function pausedFor(tx: Session, changes: readonly Change[]): Promise<ReadonlySet<string>> {
  if (changes.every(change => change.to !== 'sending')) return new Set()
  return new Set((await pausesOf(tx)).map(({ bank }) => bank))
}

type Sealed = ReadonlyMap<string, { readonly payment: Payment; readonly holds: readonly SealedHold[] }>

/** What the seals of these payments cover, read before anything of it changes. */
async function sealedBefore(tx: Session, changes: readonly Change[]): Promise<Sealed> {
  const ids = changes.filter(needsSeal).map(change => change.paymentId)
  assert.equal(new Set(ids).size, ids.length, 'a payment is sealed once in a transaction')
  const rows = await selectIn(tx, `SELECT ${PAYMENT_FROM} WHERE p.id IN`, ids)
  const holds = await holdsOf(tx, ids)
  const found = rows.flatMap(row => {
    const read = readPayment(tx.keys, row)
    return read.kind === 'read' ? [read.payment] : []
  })
  return new Map(
    found.map(payment => {
      const own = holds.filter(hold => hold.paymentId === payment.id).map(sealedHold)
      return [payment.id, { payment, holds: own }]
    }),
  )
}

function needsSeal({ patch }: Change): boolean {
  return patch.instruction !== undefined || patch.sentAt !== undefined
}

/** A new seal where the change alters what it covers. A seal that is broken stays as it is: nothing is ever sealed over it. */
function sealAfter(tx: Session, change: Change, seal: string, sealed: ReturnType<Sealed['get']>): string {
  if (!needsSeal(change) || sealed === undefined) return seal
  const { payment, holds } = sealed
  if (!tx.keys.isMac(sealText(factsOf(payment, holds)), seal)) return seal
  return sealOf(tx, factsOf({ ...payment, ...change.patch }, holds))
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
  return (await db.query(sql, values)).map(row => paymentOf(db.keys, row))
}
