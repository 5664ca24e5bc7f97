// Taking what an ERP asked: requests, payments, first history rows, holds, outbox records and cursor, all or nothing.

import assert from 'node:assert/strict'
import { groupBy } from '../core/group'
import type { RequestKey, RowStatus } from '../ports'
import { appendAudit } from './audit-trail'
import { documentOf, decode, encode, integer, text, textOrNull, word } from './codec'
import type { Database, Row, Session } from './database'
import { factsOf, sealOf } from './dossier'
import { historyEvent, rowOfHistory } from './history-row'
import { saveCursor } from './meta-store'
import { addToOutbox } from './outbox-store'
import type { Keys } from './keys'
import { paymentsById, requestPlace, rowOfPayment } from './payment-row'
import { insert, insertNew, lockedSelect, selectIn } from './statements'
import {
  Conflict,
  type Asking,
  type HistoryRow,
  type IntakeBatch,
  type IntakeEntry,
  type KnownRequest,
  type Payment,
  type PaymentStore,
} from './store'

/** A document's number is searched by its beginning: no ERP's is longer, and an index cannot hold any length. */
const DOC_NO_MAX = 200

export function createIntake(db: Database): Pick<PaymentStore, 'intake' | 'known'> {
  return {
    async intake(batch) {
      await db.transaction(tx => takeBatch(tx, batch))
    },
    known: (erp, keys) => findKnown(db, erp, keys),
  }
}

export function searchableDocNo(docNo: string): string {
  return docNo.slice(0, DOC_NO_MAX)
}

/** A (document, revision) that is there already breaks the unique key: the whole batch becomes a Conflict. */
async function takeBatch(tx: Session, batch: IntakeBatch): Promise<void> {
  for (const entry of batch.entries) {
    const { payment, status } = entry
    if (payment === null) continue
    // More than one only for a payment that is taken back from what the ERP shows of it (I10): it goes on from there.
    assert(payment.seq === 1 || entry.cause === 'fence.adopted', 'a new payment has one history row')
    assert.equal(payment.state, status, 'a new payment is in the state that its request was answered with')
    assert.equal(payment.erp, batch.erp, 'a payment belongs to the ERP that asked for it')
  }
  await checkFollowed(tx, batch)
  await insert(
    tx,
    'yinqi_request',
    batch.entries.map(entry => rowOfRequest(tx.keys, batch, entry)),
  )
  const numbers = await requestNumbers(tx, batch)
  const paying = batch.entries.flatMap(entry => {
    const requestNo = numbers.get(requestKey(batch.erp, entry))
    if (entry.payment === null || requestNo === undefined) return []
    const { payment } = entry
    const holds = entry.holds.map(hold => ({ ...hold, clearances: [] }))
    const history = firstHistory(batch, entry, payment)
    return [{ entry, payment, requestNo, history, seal: sealOf(tx, factsOf(payment, holds)) }]
  })
  await insert(
    tx,
    'yinqi_payment',
    paying.map(({ payment, requestNo, seal }) => rowOfPayment(tx.keys, payment, requestNo, seal)),
  )
  await insert(
    tx,
    'yinqi_payment_history',
    paying.map(({ history }) => rowOfHistory(tx.keys, history)),
  )
  await insert(
    tx,
    'yinqi_hold',
    paying.flatMap(({ entry, payment }) => holdRows(entry, payment)),
  )
  await addToOutbox(tx, [...batch.entries.flatMap(entry => entry.outbox), ...batch.outbox], batch.at)
  if (batch.cursor !== null) await saveCursor(tx, batch.erp, batch.cursor)
  const events = paying.map(({ history, seal }) => historyEvent(history, seal))
  await appendAudit(tx, events, batch.at)
}

/**
 * Two daemons that took two revisions of one document at once would each find the other's missing, and pay both. Intakes
 * take turns, and an entry that was decided before a newer revision came is a Conflict: it is decided again (I1).
 */
async function checkFollowed(tx: Session, { erp, entries }: IntakeBatch): Promise<void> {
  if (entries.length === 0) return
  await insertNew(tx, 'yinqi_meta', 'name', [{ name: 'intake', value: '' }])
  await tx.query(lockedSelect(tx.dialect, 'value', 'yinqi_meta', 'name = ?'), ['intake'])
  const documents = entries.map(entry => documentOf(erp, entry.request.key))
  const rows = await selectIn(tx, 'SELECT document, revision FROM yinqi_request WHERE document IN', [
    ...new Set(documents),
  ])
  const newest = new Map<string, number>()
  const see = (document: string, revision: number): void =>
    void newest.set(document, Math.max(revision, newest.get(document) ?? revision))
  for (const row of rows) see(text(row, 'document'), integer(row, 'revision'))
  for (const [index, entry] of entries.entries()) {
    const document = documents[index] ?? ''
    const found = newest.get(document) ?? null
    if (found !== entry.follows)
      throw new Conflict(`revision ${entry.revision} was decided after ${entry.follows}, the newest is ${found}`)
    see(document, entry.revision)
  }
}

function rowOfRequest(keys: Keys, { erp, at }: IntakeBatch, entry: IntakeEntry) {
  const { request } = entry
  const row = `${documentOf(erp, request.key)} ${entry.revision}`
  return {
    erp,
    document: documentOf(erp, request.key),
    revision: entry.revision,
    doc_no: searchableDocNo(request.key.docNo),
    digest: request.digest,
    approval: request.approval,
    status: entry.status,
    error_code: entry.errorCode,
    cause: entry.cause,
    evidence: keys.hide({ column: 'yinqi_request.evidence', row }, encode(entry.evidence)),
    content: keys.hide({ column: 'yinqi_request.content', row }, encode(request)),
    taken_at: at,
  }
}

function requestKey(erp: string, entry: IntakeEntry): string {
  return `${documentOf(erp, entry.request.key)} ${entry.revision}`
}

async function requestNumbers(tx: Session, { erp, entries }: IntakeBatch): Promise<ReadonlyMap<string, number>> {
  const documents = new Set(entries.map(entry => documentOf(erp, entry.request.key)))
  const rows = await selectIn(tx, 'SELECT no, document, revision FROM yinqi_request WHERE document IN', [...documents])
  return new Map(rows.map(row => [`${text(row, 'document')} ${integer(row, 'revision')}`, integer(row, 'no')]))
}

function firstHistory({ at, actor }: IntakeBatch, entry: IntakeEntry, payment: Payment): HistoryRow {
  const { cause, evidence } = entry
  return { paymentId: payment.id, seq: payment.seq, at, from: null, cause, to: payment.state, actor, evidence }
}

function holdRows(entry: IntakeEntry, payment: Payment) {
  return entry.holds.map(hold => ({
    payment_id: payment.id,
    kind: hold.kind,
    reason: hold.reason,
    approvals_needed: hold.approvalsNeeded,
    cleared_at: null,
  }))
}

async function findKnown(
  db: Database,
  erp: string,
  keys: readonly RequestKey[],
): Promise<readonly (KnownRequest | null)[]> {
  const documents = keys.map(key => documentOf(erp, key))
  const rows = await selectIn(
    db,
    `SELECT r.document, r.revision, r.digest, r.approval, r.status, r.content, p.id AS payment_id, p.state AS payment_state
FROM yinqi_request AS r LEFT JOIN yinqi_payment AS p ON p.request_no = r.no WHERE r.document IN`,
    [...new Set(documents)],
  )
  const askings = groupBy<Row>(
    rows.toSorted((a, b) => integer(a, 'revision') - integer(b, 'revision')),
    row => text(row, 'document'),
  )
  const newest = [...askings.values()].flatMap((group): readonly Row[] => group.slice(-1))
  const payments = await paymentsById(
    db,
    newest.flatMap(row => textOrNull(row, 'payment_id') ?? []),
  )
  const paymentById = new Map(payments.map(payment => [payment.id, payment]))
  const byDocument = new Map(
    newest.map((row): [string, KnownRequest] => {
      const document = text(row, 'document')
      const payment = paymentById.get(textOrNull(row, 'payment_id') ?? '') ?? null
      const known: KnownRequest = {
        key: decode<{ key: RequestKey }>(db.keys.show(requestPlace(row), text(row, 'content'))).key,
        revision: integer(row, 'revision'),
        digest: text(row, 'digest'),
        approval: text(row, 'approval'),
        status: payment?.state ?? word(row, 'status'),
        payment,
        askings: (askings.get(document) ?? []).map(askingOf),
      }
      return [document, known]
    }),
  )
  return documents.map(document => byDocument.get(document) ?? null)
}

function askingOf(row: Row): Asking {
  const paymentId = textOrNull(row, 'payment_id')
  const status: RowStatus = paymentId === null ? word(row, 'status') : word(row, 'payment_state')
  const [digest, approval] = [text(row, 'digest'), text(row, 'approval')]
  return { revision: integer(row, 'revision'), digest, approval, status, paymentId }
}
