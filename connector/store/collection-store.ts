// Incoming money that is claimed: one row a bank line. Every change names the seq it was decided on, so that of two claims
// at once the store lets one through and the other is told.

import { appendAudit } from './audit-trail'
import { Changed, whole } from './changed'
import { decode, encode, idOf, integer, numberOf, storable, text, textOrNull, word } from './codec'
import type { Database, Row, Session, Value } from './database'
import { insertEntry } from './entry-row'
import type { Keys, Place } from './keys'
import { addToOutbox } from './outbox-store'
import { insertNew, lockedSelect, selectIn, selectTop } from './statements'
import { LINE_FROM, lineOf } from './statement-store'
import type {
  ClaimFacts,
  CollectionChange,
  CollectionDraft,
  CollectionStore,
  StoredCollection,
  StoredLine,
} from './store'

const FROM =
  'line_no, collection_key, erp, state, seq, claim_no, content, entry_key, offered_at, updated_at FROM yinqi_collection'
const NOTHING_SAID: ClaimFacts = { claimedBy: '', reason: '', parts: [] }

export function createCollectionStore(db: Database): CollectionStore {
  const where = (condition: string, values: readonly Value[], limit: number): Promise<readonly StoredCollection[]> => {
    const found = selectTop(db.dialect, `${FROM} WHERE ${condition} ORDER BY line_no`, values, limit)
    return read(db, found.sql, found.values)
  }
  return {
    async get(lineId) {
      return (await where('line_no = ?', [numberOf(lineId)], 1))[0] ?? null
    },
    async byKey(key) {
      return (await where('collection_key = ?', [key], 1))[0] ?? null
    },
    list(states, after, limit) {
      const marks = states.map(() => '?').join(', ')
      return where(`state IN (${marks}) AND line_no > ?`, [...states, after === null ? 0 : numberOf(after)], limit)
    },
    ofEntry: entryKey => where('entry_key = ?', [entryKey], 10_000),
    unlooked: limit => where(`looked_at IS NULL AND state = 'open'`, [], limit),
    async looked(lineId, at) {
      await db.transaction(tx =>
        tx.execute('UPDATE yinqi_collection SET looked_at = ? WHERE line_no = ?', [at, numberOf(lineId)]),
      )
    },
    change: (changes, at) =>
      whole(() =>
        db.transaction(async tx => {
          await changeAll(tx, changes, at)
          return true
        }),
      ),
    book: (changes, { erp, entry, lineId }, at) =>
      whole(() =>
        db.transaction(async tx => {
          await changeAll(tx, changes, at)
          const lineNo = lineId === null ? null : numberOf(lineId)
          if (!(await insertEntry(tx, { erp, entry, lineNo }, at))) throw new Changed(entry.key)
          return true
        }),
      ),
  }
}

/** Part of the caller's transaction. A line is offered once. */
export async function offer(tx: Session, lineId: string, { erp, key, outbox }: CollectionDraft, at: number) {
  await insertNew(tx, 'yinqi_collection', 'collection_key', [
    {
      line_no: numberOf(lineId),
      collection_key: key,
      erp,
      state: 'open',
      seq: 1,
      claim_no: 0,
      content: tx.keys.hide(placeOf(key), encode(NOTHING_SAID)),
      entry_key: null,
      looked_at: null,
      offered_at: at,
      updated_at: at,
    },
  ])
  await addToOutbox(tx, outbox, at)
}

/**
 * Part of the caller's transaction. Locks in the order of the lines, so that two batches do not wait for each other.
 * @throws Changed where one has changed since the seq that its change names
 */
export async function changeAll(tx: Session, changes: readonly CollectionChange[], at: number): Promise<void> {
  if (changes.length === 0) return
  const ordered = changes.toSorted((a, b) => Number(a.lineId) - Number(b.lineId))
  for (const change of ordered) await changeOne(tx, change, at)
  const events = ordered.map(({ lineId, cause, to, actor, claimedBy, reason, parts, entryKey }) => ({
    kind: `collection.${cause}`,
    paymentId: null,
    subject: lineId,
    content: {
      to,
      actor: storable(actor),
      claimedBy: storable(claimedBy),
      reason: storable(reason),
      parts: storable(parts.map(part => `${part.customer}:${part.document}:${part.amount.minor}`).join(';')),
      entry: entryKey ?? '',
    },
  }))
  await appendAudit(tx, events, at)
}

async function changeOne(tx: Session, change: CollectionChange, at: number): Promise<void> {
  const no = numberOf(change.lineId)
  const found = lockedSelect(tx.dialect, 'collection_key, seq', 'yinqi_collection', 'line_no = ?')
  const [row] = await tx.query(found, [no])
  if (row === undefined || integer(row, 'seq') !== change.seq) throw new Changed(change.lineId)
  const { claimedBy, reason, parts, to, journal, entryKey } = change
  const content = tx.keys.hide(placeOf(text(row, 'collection_key')), encode({ claimedBy, reason, parts }))
  await tx.execute(
    'UPDATE yinqi_collection SET state = ?, seq = seq + 1, claim_no = ?, content = ?, entry_key = ?, looked_at = COALESCE(looked_at, ?), updated_at = ? WHERE line_no = ?',
    [to, change.claimNo, content, entryKey, at, at, no],
  )
  await tx.execute('UPDATE yinqi_statement_line SET journal = ? WHERE no = ?', [journal, no])
  await addToOutbox(tx, change.outbox, at)
}

async function read(db: Database, sql: string, values: readonly Value[]): Promise<readonly StoredCollection[]> {
  const rows = await db.query(sql, values)
  const numbers = rows.map(row => integer(row, 'line_no'))
  const lines = await selectIn(db, `SELECT ${LINE_FROM} WHERE no IN`, numbers)
  const byId = new Map(lines.map(row => [idOf(row, 'no'), lineOf(db.keys, row)]))
  return rows.flatMap(row => {
    const line = byId.get(idOf(row, 'line_no'))
    return line ? [collectionOf(db.keys, row, line)] : []
  })
}

function collectionOf(keys: Keys, row: Row, line: StoredLine): StoredCollection {
  const key = text(row, 'collection_key')
  return {
    ...decode<ClaimFacts>(keys.show(placeOf(key), text(row, 'content'))),
    line,
    key,
    erp: text(row, 'erp'),
    state: word(row, 'state'),
    seq: integer(row, 'seq'),
    claimNo: integer(row, 'claim_no'),
    entryKey: textOrNull(row, 'entry_key'),
    offeredAt: integer(row, 'offered_at'),
    updatedAt: integer(row, 'updated_at'),
  }
}

function placeOf(key: string): Place {
  return { column: 'yinqi_collection.content', row: key }
}
