// Gives old rows the current key and cipher, a few at a time. A row is changed only while it still holds what was read,
// so a daemon may run beside it; it may be cut off at any moment and goes on where it was.

import { bytesOf, idOf, integer, text } from './codec'
import type { Database, Row, Session } from './database'
import { storeFault } from './faults'
import type { Place } from './keys'
import { lockedSelect, selectTop } from './statements'
import type { Reencrypted } from './audit'

type Column = {
  readonly table: string
  readonly column: string
  /** The row's own key in the table. */
  readonly id: readonly string[]
  /** Columns that make the row's place, where they are not the id. */
  readonly more: readonly string[]
  readonly rowOf: (row: Row) => string
  readonly isBytes?: true
}

const json = (row: Row, ...names: readonly string[]): string =>
  JSON.stringify(names.map(name => (name === 'at' ? integer(row, name) : text(row, name))))
const documentRow = (row: Row): string => `${text(row, 'document')} ${integer(row, 'revision')}`
const byNo = ['no'] as const
const confirmed = ['payment_id', 'verdict', 'person', 'at'] as const

/** Every column that may hold a ciphertext, with the place that its writer gave it. */
const COLUMNS: readonly Column[] = [
  { table: 'yinqi_request', column: 'content', id: byNo, more: ['document', 'revision'], rowOf: documentRow },
  { table: 'yinqi_request', column: 'evidence', id: byNo, more: ['document', 'revision'], rowOf: documentRow },
  { table: 'yinqi_payment', column: 'instruction', id: ['id'], more: [], rowOf: row => text(row, 'id') },
  {
    table: 'yinqi_payment_history',
    column: 'evidence',
    id: ['payment_id', 'seq'],
    more: [],
    rowOf: row => `${text(row, 'payment_id')} ${integer(row, 'seq')}`,
  },
  {
    table: 'yinqi_contradiction',
    column: 'evidence',
    id: byNo,
    more: ['identity_digest'],
    rowOf: row => text(row, 'identity_digest'),
  },
  { table: 'yinqi_outbox', column: 'content', id: byNo, more: ['key_digest'], rowOf: row => text(row, 'key_digest') },
  {
    table: 'yinqi_statement_line',
    column: 'content',
    id: byNo,
    more: ['key_digest'],
    rowOf: row => text(row, 'key_digest'),
  },
  { table: 'yinqi_line_doubt', column: 'content', id: ['line_no'], more: [], rowOf: row => idOf(row, 'line_no') },
  {
    table: 'yinqi_balance',
    column: 'content',
    id: byNo,
    more: ['account', 'as_of', 'at'],
    rowOf: row => json(row, 'account', 'as_of', 'at'),
  },
  {
    table: 'yinqi_journal_entry',
    column: 'content',
    id: byNo,
    more: ['entry_key'],
    rowOf: row => text(row, 'entry_key'),
  },
  {
    table: 'yinqi_collection',
    column: 'content',
    id: ['line_no'],
    more: ['collection_key'],
    rowOf: row => text(row, 'collection_key'),
  },
  {
    table: 'yinqi_ledger_line',
    column: 'content',
    id: byNo,
    more: ['account', 'item_digest'],
    rowOf: row => `${text(row, 'account')} ${text(row, 'item_digest')}`,
  },
  { table: 'yinqi_confirmation', column: 'evidence', id: byNo, more: confirmed, rowOf: row => json(row, ...confirmed) },
  { table: 'yinqi_audit', column: 'content', id: byNo, more: [], rowOf: row => String(integer(row, 'no')) },
  {
    table: 'yinqi_document',
    column: 'content',
    id: ['digest'],
    more: [],
    rowOf: row => text(row, 'digest'),
    isBytes: true,
  },
  { table: 'yinqi_coverage', column: 'content', id: ['id'], more: [], rowOf: row => text(row, 'id') },
  { table: 'yinqi_statement_span', column: 'content', id: ['id'], more: [], rowOf: row => text(row, 'id') },
  {
    ...{ table: 'yinqi_statement_file_part', column: 'content', id: ['id'], more: [] },
    ...{ rowOf: row => text(row, 'id'), isBytes: true },
  },
]

/** Batch by batch: the first column that still has stale rows gives up to `limit` of them. @throws Fault when encryption is off */
export function createReencrypt(db: Database): (limit: number) => Promise<Reencrypted> {
  // Columns in front of it were found fresh by this process; new rows are written fresh.
  let first = 0
  return async limit => {
    for (; first < COLUMNS.length; first++) {
      const column = COLUMNS[first]
      const rows = column === undefined ? 0 : await oneBatch(db, column, limit)
      if (rows > 0) return { rows, isDone: false }
    }
    first = 0
    return { rows: 0, isDone: true }
  }
}

async function oneBatch(db: Database, column: Column, limit: number): Promise<number> {
  if (!db.keys.isStale('{}')) {
    throw storeFault('STORE_FAILED', 'keys.cipher is off: there is nothing to encrypt with; what is encrypted stays so')
  }
  return await db.transaction(tx => reencryptSome(tx, column, limit))
}

async function reencryptSome(tx: Session, column: Column, limit: number): Promise<number> {
  const { table, id } = column
  const fresh = tx.keys.freshPrefix(column.isBytes ? 'bytes' : 'text')
  const { condition, value } = startsOtherwise(tx, column, fresh)
  const found = selectTop(tx.dialect, `${id.join(', ')} FROM ${table} WHERE ${condition}`, [value], limit)
  const rows = await tx.query(found.sql, found.values)
  for (const row of rows) await reencryptOne(tx, column, row)
  return rows.length
}

/** Rows whose column does not begin with the prefix of a fresh ciphertext, in the words of each database. */
function startsOtherwise(tx: Session, { column, isBytes }: Column, fresh: Buffer) {
  const length = fresh.length
  if (isBytes) {
    const part = tx.dialect === 'mssql' ? `SUBSTRING(${column}, 1, ${length})` : `substr(${column}, 1, ${length})`
    return { condition: `${part} <> ?`, value: fresh }
  }
  const part = tx.dialect === 'mssql' ? `LEFT(${column}, ${length})` : `substr(${column}, 1, ${length})`
  return { condition: `${part} <> ?`, value: fresh.toString('latin1') }
}

async function reencryptOne(tx: Session, column: Column, key: Row): Promise<void> {
  const { table, id, more, rowOf, isBytes } = column
  const where = id.map(name => `${name} = ?`).join(' AND ')
  const values = id.map(name => valueOf(key, name))
  const names = [...new Set([...id, ...more, column.column])].join(', ')
  // Locked: what a daemon writes between this read and the change is not lost.
  const [row] = await tx.query(lockedSelect(tx.dialect, names, table, where), values)
  if (row === undefined) return
  const place: Place = { column: `${table}.${column.column}`, row: rowOf(row) }
  const stored = isBytes
    ? Buffer.from(tx.keys.hideBytes(place, tx.keys.showBytes(place, bytesOf(row, column.column))))
    : tx.keys.hide(place, tx.keys.show(place, text(row, column.column)))
  await tx.execute(`UPDATE ${table} SET ${column.column} = ? WHERE ${where}`, [stored, ...values])
}

/** Numbers come as number, bigint or text, each driver's own way; every one finds its row again. */
function valueOf(key: Row, name: string): string | number {
  return typeof key[name] === 'string' ? text(key, name) : integer(key, name)
}
