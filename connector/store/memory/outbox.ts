// What the ERP must be told, in memory: once per (erp, key), delivered stays delivered. For the simulation only.

import type { OutboxDraft, OutboxResult, OutboxStore } from '../store'
import type { ErpRecordRow } from './rows'
import type { Tables } from './tables'

export function createOutbox(tables: Tables): OutboxStore {
  return {
    async add(drafts, at) {
      tables.transaction(() => addToOutbox(tables, drafts, at))
    },
    async claim(erp, now, leaseUntil, limit) {
      const due = waiting(tables).filter(
        row => row.erp === erp && row.dueAt <= now && (row.leaseUntil === null || row.leaseUntil <= now),
      )
      return tables.transaction(() =>
        due.slice(0, limit).map(row => {
          tables.outbox.put(keyOf(row.erp, row.record.key), { ...row, leaseUntil })
          const { no, record, attempts, createdAt } = row
          return { id: String(no), erp: row.erp, record, attempts, createdAt }
        }),
      )
    },
    async settle(results, at) {
      tables.transaction(() => {
        for (const result of results) settleOne(tables, result, at)
      })
    },
    async counts() {
      const counts = new Map<string, { erp: string; pending: number; refused: number; oldestAt: number }>()
      for (const { erp, refusal, createdAt } of waiting(tables)) {
        const count = counts.get(erp) ?? { erp, pending: 0, refused: 0, oldestAt: createdAt }
        if (refusal) count.refused++
        else count.pending++
        counts.set(erp, { ...count, oldestAt: Math.min(count.oldestAt, createdAt) })
      }
      return [...counts.values()].toSorted((a, b) => (a.erp < b.erp ? -1 : 1))
    },
    async retryRefused(erp, at) {
      const refused = waiting(tables).filter(row => row.refusal !== null && (erp === null || row.erp === erp))
      return tables.transaction(() => {
        for (const row of refused) tables.outbox.put(keyOf(row.erp, row.record.key), { ...row, dueAt: at })
        return refused.length
      })
    },
    async refusals(limit) {
      return waiting(tables)
        .flatMap(({ erp, record, refusal }) =>
          refusal ? [{ erp, key: record.key, kind: record.kind, code: refusal.code, text: refusal.text }] : [],
        )
        .slice(0, limit)
    },
  }
}

/** Part of the caller's transaction. A key that is there already stays as it is. */
export function addToOutbox(tables: Tables, drafts: readonly OutboxDraft[], at: number): void {
  for (const { erp, record } of drafts) {
    const key = keyOf(erp, record.key)
    if (tables.outbox.has(key)) continue
    tables.outbox.put(key, {
      no: tables.outbox.takeNo(),
      erp,
      record,
      attempts: 0,
      createdAt: at,
      dueAt: at,
      leaseUntil: null,
      deliveredAt: null,
      refusal: null,
    })
  }
}

function keyOf(erp: string, key: string): string {
  return JSON.stringify([erp, key])
}

function waiting(tables: Tables): readonly ErpRecordRow[] {
  return tables.outbox.values().filter(row => row.deliveredAt === null)
}

/** A record that was delivered stays delivered, whatever a slower daemon says later. */
function settleOne(tables: Tables, result: OutboxResult, at: number): void {
  const row = waiting(tables).find(candidate => String(candidate.no) === result.id)
  if (!row) return
  const given = { ...row, leaseUntil: null, attempts: row.attempts + 1 }
  const key = keyOf(row.erp, row.record.key)
  if (result.kind === 'deferred') tables.outbox.put(key, { ...given, dueAt: result.dueAt })
  else if (result.kind === 'refused') {
    const { code, text, dueAt } = result
    tables.outbox.put(key, { ...given, dueAt, refusal: { code, text } })
  } else tables.outbox.put(key, { ...given, deliveredAt: at, refusal: null })
  if (result.kind !== 'deferred' && row.record.kind === 'journal.entry') markEntry(tables, row.record.key, result)
}

/** Delivered without a number: the voucher number comes later. A posted entry stays posted. */
function markEntry(tables: Tables, key: string, result: Exclude<OutboxResult, { kind: 'deferred' }>): void {
  const entry = tables.entries.get(key)
  if (!entry || entry.status === 'posted') return
  if (result.kind === 'refused') {
    tables.entries.put(key, { ...entry, status: 'refused', refusal: `${result.code} ${result.text}`.trim() })
    return
  }
  const status = result.erpNumber === '' ? 'made' : 'posted'
  tables.entries.put(key, { ...entry, status, voucherNo: result.erpNumber, refusal: '' })
}
