// Journal entries and collections in memory, by the rules of the real store: an entry once per key, one that stands per
// line, and a change of a collection that names its seq. For the simulation only.

import type { JournalEntry } from '../../ports'
import type {
  CollectionChange,
  CollectionStore,
  EntryReversal,
  JournalDecision,
  JournalStore,
  StoredCollection,
  StoredEntry,
} from '../store'
import { Changed, whole } from './changed'
import { addToOutbox } from './outbox'
import type { CollectionRow } from './rows'
import { byId, put } from './statements'
import type { Tables } from './tables'

export function createJournals(tables: Tables): JournalStore {
  return {
    async decide(decisions, at) {
      for (const decision of decisions) whole(tables, () => decideOne(tables, decision, at))
    },
    async byKey(key) {
      return tables.entries.get(key) ?? null
    },
    async ofLine(lineId) {
      const ofMany = tables.collections.get(lineId)?.collection.entryKey ?? null
      const found = tables.entries.values().filter(each => each.lineId === lineId || each.entry.key === ofMany)
      return found.at(-1) ?? null
    },
    async allOfLine(lineId) {
      return tables.entries.values().filter(entry => entry.lineId === lineId)
    },
    async keysOf(lineIds) {
      const keys = new Map<string, string>()
      const wanted = new Set(lineIds)
      for (const id of wanted) {
        const ofMany = tables.collections.get(id)?.collection.entryKey ?? null
        if (ofMany !== null) keys.set(id, ofMany)
      }
      for (const { lineId, entry } of tables.entries.values())
        if (lineId !== null && wanted.has(lineId)) keys.set(lineId, entry.key)
      return keys
    },
    async takenBack(keys) {
      const found = keys.flatMap(key => {
        const by = tables.entries.get(key)?.reversedBy ?? null
        return by !== null && tables.entries.get(by)?.lineId === null ? [[key, by] as const] : []
      })
      return new Map(found)
    },
    async posted(key, voucherNo) {
      tables.transaction(() => {
        const entry = tables.entries.get(key)
        if (entry) tables.entries.put(key, { ...entry, status: 'posted', voucherNo, refusal: '' })
      })
    },
    async reverse(reversal, at) {
      return whole(tables, () => reverseOne(tables, reversal, at))
    },
  }
}

export function createCollections(tables: Tables): CollectionStore {
  const rows = (isWanted: (row: CollectionRow) => boolean): readonly StoredCollection[] =>
    tables.collections
      .values()
      .filter(isWanted)
      .toSorted((a, b) => Number(a.lineId) - Number(b.lineId))
      .flatMap(({ lineId, collection }) => {
        const line = byId(tables, lineId)?.stored
        return line ? [{ ...collection, line }] : []
      })
  return {
    async get(lineId) {
      return rows(row => row.lineId === lineId)[0] ?? null
    },
    async byKey(key) {
      return rows(row => row.collection.key === key)[0] ?? null
    },
    async list(states, after, limit) {
      const first = after === null ? 0 : Number(after)
      return rows(row => states.includes(row.collection.state) && Number(row.lineId) > first).slice(0, limit)
    },
    async ofEntry(entryKey) {
      return rows(row => row.collection.entryKey === entryKey)
    },
    async unlooked(limit) {
      return rows(row => !row.isLooked && row.collection.state === 'open').slice(0, limit)
    },
    async looked(lineId) {
      tables.transaction(() => {
        const row = tables.collections.get(lineId)
        if (row) tables.collections.put(lineId, { ...row, isLooked: true })
      })
    },
    async change(changes, at) {
      return whole(tables, () => changeAll(tables, changes, at))
    },
    async book(changes, { erp, entry, lineId }, at) {
      return whole(tables, () => {
        changeAll(tables, changes, at)
        if (!insertEntry(tables, { erp, entry, lineId }, at)) throw new Changed(entry.key)
      })
    },
  }
}

function decideOne(tables: Tables, decision: JournalDecision, at: number): void {
  const { lineId, journal, entry, collection, changes = [] } = decision
  const row = byId(tables, lineId)
  // What was entered, found booked or offered is final; what a rule left to a person may still be decided.
  if (!row || row.withdrawn !== null || ['entry', 'booked', 'collection'].includes(row.stored.journal)) return
  put(tables, { ...row, stored: { ...row.stored, journal } })
  if (entry !== null && insertEntry(tables, { ...entry, lineId }, at)) {
    const { reverses, key } = entry.entry
    if (reverses !== undefined) markReversed(tables, reverses.key, key)
  }
  if (collection !== undefined && !tables.collections.has(lineId)) {
    tables.collections.put(lineId, {
      no: tables.collections.takeNo(),
      lineId,
      isLooked: false,
      collection: {
        key: collection.key,
        erp: collection.erp,
        state: 'open',
        seq: 1,
        claimNo: 0,
        claimedBy: '',
        reason: '',
        parts: [],
        entryKey: null,
        offeredAt: at,
        updatedAt: at,
      },
    })
    addToOutbox(tables, collection.outbox, at)
  }
  changeAll(tables, changes, at)
}

function insertEntry(
  tables: Tables,
  { erp, entry, lineId }: { readonly erp: string; readonly entry: JournalEntry; readonly lineId: string | null },
  at: number,
): boolean {
  const { key } = entry
  if (tables.entries.has(key)) return false
  const stored: StoredEntry = { lineId, erp, entry, status: 'made', voucherNo: '', refusal: '', reversedBy: null }
  tables.entries.put(key, stored)
  addToOutbox(tables, [{ erp, record: { kind: 'journal.entry', key, entry } }], at)
  return true
}

function markReversed(tables: Tables, key: string, by: string): void {
  const original = tables.entries.get(key)
  if (!original || original.reversedBy !== null || original.entry.reverses !== undefined) throw new Changed(key)
  tables.entries.put(key, { ...original, reversedBy: by })
}

export function reverseOne(tables: Tables, { key, erp, entry, next, changes }: EntryReversal, at: number): void {
  markReversed(tables, key, entry.key)
  insertEntry(tables, { erp, entry, lineId: null }, at)
  const lineId = tables.entries.get(key)?.lineId ?? null
  const row = lineId === null ? undefined : byId(tables, lineId)
  if (row && changes.length === 0) put(tables, { ...row, stored: { ...row.stored, journal: next } })
  changeAll(tables, changes, at)
}

export function changeAll(tables: Tables, changes: readonly CollectionChange[], at: number): void {
  for (const change of changes) {
    const row = tables.collections.get(change.lineId)
    const line = byId(tables, change.lineId)
    if (!row || !line || row.collection.seq !== change.seq) throw new Changed(change.lineId)
    const { claimedBy, reason, parts, to: state, claimNo, entryKey, journal, seq } = change
    const collection = { ...row.collection, claimedBy, reason, parts, state, claimNo, entryKey, seq: seq + 1 }
    tables.collections.put(change.lineId, { ...row, isLooked: true, collection: { ...collection, updatedAt: at } })
    put(tables, { ...line, stored: { ...line.stored, journal } })
    addToOutbox(tables, change.outbox, at)
  }
}
