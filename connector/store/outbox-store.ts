// What the ERP must be told: written in the transaction of what happened, delivered later, once per key (I6).

import type { ErpRecord } from '../ports'
import { decode, digestOf, encode, idOf, integer, integerOrNull, numberOf, text } from './codec'
import type { Database, Session, Value } from './database'
import type { Place } from './keys'
import { claimStatement, insertNew, selectIn, selectTop } from './statements'
import type { OutboxDraft, OutboxItem, OutboxResult, OutboxStore } from './store'

export function createOutboxStore(db: Database): OutboxStore {
  return {
    async add(drafts, at) {
      await db.transaction(tx => addToOutbox(tx, drafts, at))
    },
    claim: (erp, now, leaseUntil, limit) => db.transaction(tx => claimOutbox(tx, { erp, now, leaseUntil, limit })),
    async settle(results, at) {
      await db.transaction(async tx => {
        for (const result of results) await settleOne(tx, result, at)
      })
    },
    // A deferred or leased record is pending like any other: `now` changes nothing of what the ERP still has to hear.
    async counts() {
      const rows = await db.query(
        `SELECT erp, SUM(CASE WHEN refusal_code IS NULL THEN 1 ELSE 0 END) AS pending,
  SUM(CASE WHEN refusal_code IS NULL THEN 0 ELSE 1 END) AS refused, MIN(created_at) AS oldest_at
FROM yinqi_outbox WHERE delivered_at IS NULL GROUP BY erp ORDER BY erp`,
      )
      return rows.map(row => ({
        erp: text(row, 'erp'),
        pending: integer(row, 'pending'),
        refused: integer(row, 'refused'),
        oldestAt: integerOrNull(row, 'oldest_at'),
      }))
    },
    retryRefused: (erp, at) =>
      db.transaction(tx => {
        const refused = 'delivered_at IS NULL AND refusal_code IS NOT NULL'
        const [one, values] = erp === null ? ['', [at]] : [' AND erp = ?', [at, erp]]
        return tx.execute(`UPDATE yinqi_outbox SET due_at = ? WHERE ${refused}${one}`, values)
      }),
    async refusals(limit) {
      const { sql, values } = selectTop(
        db.dialect,
        'erp, record_key, kind, refusal_code, refusal_text FROM yinqi_outbox WHERE delivered_at IS NULL AND refusal_code IS NOT NULL ORDER BY no',
        [],
        limit,
      )
      return (await db.query(sql, values)).map(row => ({
        erp: text(row, 'erp'),
        key: text(row, 'record_key'),
        kind: text(row, 'kind'),
        code: text(row, 'refusal_code'),
        text: text(row, 'refusal_text'),
      }))
    },
  }
}

/** Part of the caller's transaction. A key that is there already stays as it is. */
export async function addToOutbox(tx: Session, drafts: readonly OutboxDraft[], at: number): Promise<void> {
  if (drafts.length === 0) return
  const rows = drafts.map(({ erp, record }) => ({
    erp,
    key_digest: digestOf([erp, record.key]),
    record_key: record.key,
    kind: record.kind,
    content: tx.keys.hide(placeOf(digestOf([erp, record.key])), encode(record)),
    attempts: 0,
    created_at: at,
    due_at: at,
    erp_number: '',
    refusal_text: '',
  }))
  await insertNew(tx, 'yinqi_outbox', 'key_digest', rows)
}

function placeOf(keyDigest: string): Place {
  return { column: 'yinqi_outbox.content', row: keyDigest }
}

type Claiming = { readonly erp: string; readonly now: number; readonly leaseUntil: number; readonly limit: number }

async function claimOutbox(tx: Session, { erp, now, leaseUntil, limit }: Claiming): Promise<readonly OutboxItem[]> {
  const { sql, values } = claimStatement(tx.dialect, {
    table: 'yinqi_outbox',
    id: 'no',
    where: 'erp = ? AND delivered_at IS NULL',
    values: [erp],
    orderBy: 'no',
    now,
    leaseUntil,
    limit,
  })
  const numbers = (await tx.query(sql, values)).map(row => Number(row['id']))
  const rows = await selectIn(
    tx,
    'SELECT no, erp, key_digest, content, attempts, created_at FROM yinqi_outbox WHERE no IN',
    numbers,
  )
  return rows
    .toSorted((a, b) => integer(a, 'no') - integer(b, 'no'))
    .map(row => ({
      id: idOf(row, 'no'),
      erp: text(row, 'erp'),
      record: decode<ErpRecord>(tx.keys.show(placeOf(text(row, 'key_digest')), text(row, 'content'))),
      attempts: integer(row, 'attempts'),
      createdAt: integer(row, 'created_at'),
    }))
}

/** A record that was delivered stays delivered, whatever a slower daemon says later. */
async function settleOne(tx: Session, result: OutboxResult, at: number): Promise<void> {
  const no = numberOf(result.id)
  if (no === null) return
  const changed = await markOutbox(tx, no, result, at)
  if (changed === 0 || result.kind === 'deferred') return
  const [row] = await tx.query('SELECT kind, record_key FROM yinqi_outbox WHERE no = ?', [no])
  if (row === undefined || text(row, 'kind') !== 'journal.entry') return
  await markEntry(tx, text(row, 'record_key'), result, at)
}

async function markOutbox(tx: Session, no: number, result: OutboxResult, at: number): Promise<number> {
  const { set, values } = outboxColumns(result, at)
  const given = 'lease_until = NULL, attempts = attempts + 1 WHERE no = ? AND delivered_at IS NULL'
  return await tx.execute(`UPDATE yinqi_outbox SET ${set}, ${given}`, [...values, no])
}

function outboxColumns(result: OutboxResult, at: number): { readonly set: string; readonly values: readonly Value[] } {
  if (result.kind === 'deferred') return { set: 'due_at = ?', values: [result.dueAt] }
  if (result.kind === 'refused') {
    return {
      set: 'refusal_code = ?, refusal_text = ?, due_at = ?',
      values: [result.code, result.text, result.dueAt],
    }
  }
  return {
    set: `delivered_at = ?, erp_number = ?, refusal_code = NULL, refusal_text = ''`,
    values: [at, result.erpNumber],
  }
}

/** Delivered without a number: the ERP has the entry, its voucher number comes later. A posted entry stays posted. */
async function markEntry(
  tx: Session,
  key: string,
  result: Exclude<OutboxResult, { kind: 'deferred' }>,
  at: number,
): Promise<void> {
  const where = `updated_at = ? WHERE entry_key = ? AND status <> 'posted'`
  if (result.kind === 'refused') {
    await tx.execute(`UPDATE yinqi_journal_entry SET status = 'refused', refusal = ?, ${where}`, [
      `${result.code} ${result.text}`.trim(),
      at,
      key,
    ])
    return
  }
  await tx.execute(`UPDATE yinqi_journal_entry SET status = ?, voucher_no = ?, refusal = '', ${where}`, [
    result.erpNumber === '' ? 'made' : 'posted',
    result.erpNumber,
    at,
    key,
  ])
}
