// Cursors, numbers, named locks, the store's own identity, and what people confirmed.

import assert from 'node:assert/strict'
import { integer, text } from './codec'
import { confirm } from './confirmations'
import type { Database, Session } from './database'
import { storeFault } from './faults'
import { insert, insertNew, lockedSelect } from './statements'
import type { MetaStore } from './store'

export function createMetaStore(db: Database): MetaStore {
  return {
    async cursor(name) {
      const [row] = await db.query('SELECT value FROM yinqi_cursor WHERE name = ?', [name])
      return row === undefined ? null : text(row, 'value')
    },
    async saveCursor(name, value) {
      await db.transaction(tx => saveCursor(tx, name, value))
    },
    allocate: (sequence, count) => db.transaction(tx => allocate(tx, sequence, count)),
    lead: (name, owner, now, until) => db.transaction(tx => lead(tx, { name, owner, now, until })),
    async incarnation() {
      const [row] = await db.query(`SELECT value FROM yinqi_meta WHERE name = 'incarnation'`)
      if (row === undefined) throw storeFault('STORE_CORRUPT', 'the store has no incarnation')
      return text(row, 'value')
    },
    confirm: confirmation => confirm(db, confirmation),
  }
}

/** Part of the caller's transaction. */
export async function saveCursor(tx: Session, name: string, value: string): Promise<void> {
  const changed = await tx.execute('UPDATE yinqi_cursor SET value = ? WHERE name = ?', [value, name])
  if (changed === 0) await insert(tx, 'yinqi_cursor', [{ name, value }])
}

/** Part of the caller's transaction. The row is locked from the read on: whoever allocates at the same time waits, and reads what was left. */
export async function allocate(tx: Session, name: string, count: number): Promise<bigint> {
  assert(Number.isSafeInteger(count) && count > 0, 'a count of numbers is a positive integer')
  await insertNew(tx, 'yinqi_sequence', 'name', [{ name, next_value: 1 }])
  const [row] = await tx.query(lockedSelect(tx.dialect, 'next_value', 'yinqi_sequence', 'name = ?'), [name])
  assert(row, 'the sequence was made above')
  await tx.execute('UPDATE yinqi_sequence SET next_value = next_value + ? WHERE name = ?', [count, name])
  return BigInt(integer(row, 'next_value'))
}

type Leading = { readonly name: string; readonly owner: string; readonly now: number; readonly until: number }

async function lead(tx: Session, { name, owner, now, until }: Leading): Promise<boolean> {
  const inserted = await insertNew(tx, 'yinqi_leadership', 'name', [{ name, owner, until_at: until }])
  if (inserted.size === 1) return true
  const [row] = await tx.query(lockedSelect(tx.dialect, 'owner, until_at', 'yinqi_leadership', 'name = ?'), [name])
  // Owners are compared here: SQL Server would take 'a' and 'a ' for the same one.
  if (row === undefined || (text(row, 'owner') !== owner && integer(row, 'until_at') > now)) return false
  await tx.execute('UPDATE yinqi_leadership SET owner = ?, until_at = ? WHERE name = ?', [owner, until, name])
  return true
}
