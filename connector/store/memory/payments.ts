// Payments in memory, by the rules of the real store: a change names the seq it was decided on, keys are unique, a
// reference and an amount never change. For the simulation only.

import assert from 'node:assert/strict'
import type { RequestKey } from '../../ports'
import { Conflict, type Change, type IntakeBatch, type KnownRequest, type Payment, type PaymentStore } from '../store'
import { addToOutbox } from './outbox'
import type { PaymentRow, RequestRow } from './rows'
import type { Tables } from './tables'

const DOC_NO_MAX = 200

export function createPayments(tables: Tables): PaymentStore {
  return {
    async intake(batch) {
      tables.transaction(() => takeBatch(tables, batch))
    },
    async known(erp, keys) {
      return keys.map(key => findKnown(tables, erp, key))
    },
    async claim(filter, now, leaseUntil, limit) {
      const free = rowsOf(tables, filter.states).filter(
        ({ payment }) =>
          payment.bank === filter.bank &&
          payment.dueAt <= now &&
          (payment.leaseUntil === null || payment.leaseUntil <= now),
      )
      const taken = free.toSorted((a, b) => a.payment.dueAt - b.payment.dueAt || a.no - b.no).slice(0, limit)
      return tables.transaction(() => taken.map(row => store(tables, row, { ...row.payment, leaseUntil })))
    },
    async expired(states, now, limit) {
      return rowsOf(tables, states)
        .filter(({ payment }) => payment.leaseUntil !== null && payment.leaseUntil < now)
        .toSorted((a, b) => (a.payment.leaseUntil ?? 0) - (b.payment.leaseUntil ?? 0) || a.no - b.no)
        .slice(0, limit)
        .map(row => row.payment)
    },
    async apply(changes) {
      return tables.transaction(() => changes.map(change => applyOne(tables, change)))
    },
    async postpone(items) {
      tables.transaction(() => {
        for (const { paymentId, seq, dueAt, statusText } of items) {
          const row = tables.payments.get(paymentId)
          if (row?.payment.seq !== seq) continue
          const attempts = row.payment.attempts + 1
          store(tables, row, { ...row.payment, dueAt, leaseUntil: null, attempts, statusText })
        }
      })
    },
    /** Nobody writes to memory past the store: there is nothing that a seal could tell apart. */
    async checkSeals(ids) {
      return ids.map(id => {
        const payment = tables.payments.get(id)?.payment ?? null
        return { payment, broken: payment === null ? { row: id, detail: 'it is not there' } : null }
      })
    },
    async get(id) {
      return tables.payments.get(id)?.payment ?? null
    },
    async byReference(bank, reference) {
      const found = tables.payments.values().find(row => row.payment.bank === bank && referenceOf(row) === reference)
      return found?.payment ?? null
    },
    async inBatch(bank, batchReference) {
      return tables.payments
        .values()
        .filter(({ payment }) => payment.bank === bank && payment.instruction.batch.reference === batchReference)
        .toSorted((a, b) => a.payment.instruction.batch.line - b.payment.instruction.batch.line || a.no - b.no)
        .map(row => row.payment)
    },
    async list(filter, after, limit) {
      const before = after === null ? Infinity : (tables.payments.get(after)?.no ?? 0)
      return rowsOf(tables, filter.states ?? null)
        .filter(({ no, payment }) => {
          if (no >= before) return false
          if (filter.bank !== undefined && payment.bank !== filter.bank) return false
          if (filter.erp !== undefined && payment.erp !== filter.erp) return false
          if (filter.docNo !== undefined && !isDocNo(payment, filter.docNo)) return false
          return filter.stateSinceBefore === undefined || payment.stateSince < filter.stateSinceBefore
        })
        .toSorted((a, b) => b.no - a.no)
        .slice(0, limit)
        .map(row => row.payment)
    },
    async countByState() {
      const counts: Record<string, number> = {}
      for (const { payment } of tables.payments.values()) counts[payment.state] = (counts[payment.state] ?? 0) + 1
      return counts
    },
    async history(id) {
      return tables.history.get(id) ?? []
    },
    async holds(id) {
      return tables.holds.values().filter(hold => hold.paymentId === id)
    },
    async clearHold(holdId, person, reason, at) {
      return tables.transaction(() => {
        const hold = tables.holds.get(holdId)
        if (!hold) return []
        if (hold.clearedAt === null && !hold.clearances.some(clearance => clearance.person === person)) {
          const clearances = [...hold.clearances, { person, reason, at }].toSorted((a, b) => a.at - b.at)
          const clearedAt = clearances.length >= hold.approvalsNeeded ? at : null
          tables.holds.put(holdId, { ...hold, clearances, clearedAt })
        }
        return tables.holds.values().filter(each => each.paymentId === hold.paymentId)
      })
    },
  }
}

/** A document of one ERP, told apart from every other: its key without the revision. */
export function documentOf(erp: string, key: RequestKey): string {
  return JSON.stringify([erp, key.sourceSystem, key.accountSet, key.docType, key.docNo, key.docLine])
}

function takeBatch(tables: Tables, batch: IntakeBatch): void {
  for (const entry of batch.entries) {
    const { request, revision, status, payment } = entry
    const document = documentOf(batch.erp, request.key)
    const key = `${document} ${revision}`
    if (tables.requests.has(key)) throw new Conflict(`the request ${key} is there already`)
    const newest = askingsOf(tables, document).at(-1)?.revision ?? null
    if (newest !== entry.follows) throw new Conflict(`the newest revision is ${newest}, not ${entry.follows}`)
    const no = tables.requests.takeNo()
    tables.requests.put(key, {
      no,
      document,
      erp: batch.erp,
      request,
      revision,
      status,
      paymentId: payment?.id ?? null,
    })
    if (payment === null) continue
    assert(payment.seq === 1 || entry.cause === 'fence.adopted', 'a new payment has one history row')
    assert.equal(payment.state, status, 'a new payment is in the state that its request was answered with')
    assert.equal(payment.erp, batch.erp, 'a payment belongs to the ERP that asked for it')
    addPayment(tables, batch, { ...payment, request, revision }, entry)
  }
  addToOutbox(tables, [...batch.entries.flatMap(entry => entry.outbox), ...batch.outbox], batch.at)
  if (batch.cursor !== null) tables.values.put(`cursor ${batch.erp}`, batch.cursor)
}

function addPayment(
  tables: Tables,
  batch: IntakeBatch,
  payment: Payment,
  entry: Pick<IntakeBatch['entries'][number], 'cause' | 'evidence' | 'holds'>,
): void {
  const { reference } = payment.instruction
  const isTaken = tables.payments
    .values()
    .some(row => row.payment.bank === payment.bank && referenceOf(row) === reference)
  if (isTaken || tables.payments.has(payment.id)) throw new Conflict('the payment or its reference is there already')
  tables.payments.put(payment.id, { no: tables.payments.takeNo(), payment })
  tables.history.put(payment.id, [
    {
      paymentId: payment.id,
      seq: payment.seq,
      at: batch.at,
      from: null,
      cause: entry.cause,
      to: payment.state,
      actor: batch.actor,
      evidence: entry.evidence,
    },
  ])
  for (const draft of entry.holds) {
    const id = String(tables.holds.takeNo())
    const { kind, reason, approvalsNeeded } = draft
    tables.holds.put(id, { id, paymentId: payment.id, kind, reason, approvalsNeeded, clearedAt: null, clearances: [] })
  }
}

function findKnown(tables: Tables, erp: string, key: RequestKey): KnownRequest | null {
  const document = documentOf(erp, key)
  const rows = askingsOf(tables, document)
  const newest = rows.at(-1)
  if (!newest) return null
  const payment = newest.paymentId === null ? null : (tables.payments.get(newest.paymentId)?.payment ?? null)
  const { request, revision } = newest
  const { digest, approval } = request
  const askings = rows.map(row => {
    const paid = row.paymentId === null ? undefined : tables.payments.get(row.paymentId)
    const status = paid?.payment.state ?? row.status
    const { digest: content, approval: named } = row.request
    return { revision: row.revision, digest: content, approval: named, status, paymentId: row.paymentId }
  })
  return { key: request.key, revision, digest, approval, status: payment?.state ?? newest.status, payment, askings }
}

/** Oldest revision first. */
function askingsOf(tables: Tables, document: string): readonly RequestRow[] {
  return tables.requests
    .values()
    .filter(row => row.document === document)
    .toSorted((a, b) => a.revision - b.revision)
}

function applyOne(tables: Tables, change: Change): boolean {
  const row = tables.payments.get(change.paymentId)
  if (row?.payment.seq !== change.seq) return false
  const { payment } = row
  const isStart = change.to === 'sending' && payment.state !== 'sending'
  if (isStart && tables.pauses.has(payment.bank)) return false
  const { instruction } = change.patch
  if (instruction !== undefined) {
    assert.equal(instruction.reference, payment.instruction.reference, 'a bank reference never changes (I2)')
    assert.equal(instruction.amount.minor, payment.instruction.amount.minor, 'an amount never changes')
    assert.equal(instruction.amount.currency, payment.instruction.amount.currency, 'a currency never changes')
  }
  const { to, at, cause, actor, evidence } = change
  const seq = change.seq + 1
  const stateSince = to === payment.state ? payment.stateSince : at
  store(tables, row, { ...payment, ...change.patch, state: to, seq, updatedAt: at, stateSince })
  const history = tables.history.get(payment.id) ?? []
  tables.history.put(payment.id, [
    ...history,
    { paymentId: payment.id, seq, at, from: payment.state, cause, to, actor, evidence },
  ])
  addToOutbox(tables, change.outbox, at)
  return true
}

function store(tables: Tables, row: PaymentRow, payment: Payment): Payment {
  tables.payments.put(payment.id, { ...row, payment })
  return payment
}

function rowsOf(tables: Tables, states: readonly string[] | null): readonly PaymentRow[] {
  return tables.payments.values().filter(row => states === null || states.includes(row.payment.state))
}

function referenceOf(row: PaymentRow): string {
  return row.payment.instruction.reference
}

function isDocNo(payment: Payment, docNo: string): boolean {
  return payment.request.key.docNo.slice(0, DOC_NO_MAX) === docNo.slice(0, DOC_NO_MAX)
}
