// The two statements that every middle-table write is made of, in each dialect: update one row by its key, and insert a
// row unless its key is there. Table and column names come from code, values always as parameters.

import type { Dialect, Queryable, SqlValue } from './db'
import { TABLES, type Columns, type TableName } from './midtable-columns'
import { instantText } from './row'

/** A value that the dialects write differently. */
export type Typed = {
  readonly as: 'text' | 'amount' | 'day' | 'instant' | 'wallClock'
  readonly value: string | number | null
}
/** Plain strings are keys and fixed words: written as they are, never cut. */
export type Value = Typed | string | number | null
export type Assignments = Readonly<Record<string, Value>>

export type Target = { readonly dialect: Dialect; readonly tx: Queryable }

/** Words for people: cut to the column's width rather than refused, for the rest of the row matters more. */
export const text = (value: string): Typed => ({ as: 'text', value })
/** Decimal text; cast in SQL, because drivers carry numbers through doubles. */
export const amount = (value: string | null): Typed => ({ as: 'amount', value })
/** `yyyy-MM-dd`, or null. */
export const day = (value: string | null): Typed => ({ as: 'day', value: value === '' ? null : value })
/** Epoch milliseconds, stored as UTC. */
export const instant = (value: number | null): Typed => ({ as: 'instant', value })
/** `yyyy-MM-ddTHH:mm:ss` of the bank's clock, stored as it is. */
export const wallClock = (value: string): Typed => ({ as: 'wallClock', value: value === '' ? null : value })

/** Rows changed: 0 when there is none with this key, or `guard` is not true of it. */
export async function updateRow(
  target: Target,
  table: TableName,
  set: Assignments,
  key: Assignments,
  guard?: { readonly sql: string; readonly values: readonly SqlValue[] },
): Promise<number> {
  const columns = Object.keys(set)
  const keys = Object.keys(key)
  const assignments = columns.map(column => `${column} = ${placeholder(target.dialect, set[column])}`)
  const conditions = keys.map(column => `${column} = ?`)
  return target.tx.execute(
    `UPDATE ${table} SET ${assignments.join(', ')} WHERE ${[...conditions, ...(guard ? [guard.sql] : [])].join(' AND ')}`,
    [
      ...columns.map(column => bound(target.dialect, table, column, set[column])),
      ...keys.map(column => bound(target.dialect, table, column, key[column])),
      ...(guard?.values ?? []),
    ],
  )
}

/** 1 when inserted, 0 when a row with these key columns is there already. Any other fault of the row is an error. */
export async function insertOnce(
  target: Target,
  table: TableName,
  row: Assignments,
  keyColumns: readonly string[],
): Promise<number> {
  const { dialect, tx } = target
  const columns = Object.keys(row)
  const list = columns.join(', ')
  const marks = columns.map(column => placeholder(dialect, row[column])).join(', ')
  const values = columns.map(column => bound(dialect, table, column, row[column]))
  const keys = keyColumns.map(column => bound(dialect, table, column, row[column]))
  const same = keyColumns.map(column => `${column} = ?`).join(' AND ')
  switch (dialect) {
    case 'sqlite':
    case 'postgres':
      return tx.execute(
        `INSERT INTO ${table} (${list}) VALUES (${marks}) ON CONFLICT (${keyColumns.join(', ')}) DO NOTHING`,
        values,
      )
    case 'mysql': {
      // Not INSERT IGNORE: that would also swallow a value that does not fit. Not ON DUPLICATE KEY: its row count does
      // not tell inserted from found. The unique key stays the judge: a racing insert fails and is tried again.
      const found = await tx.query(`SELECT 1 AS found FROM ${table} WHERE ${same}`, keys)
      return found.length > 0 ? 0 : tx.execute(`INSERT INTO ${table} (${list}) VALUES (${marks})`, values)
    }
    case 'mssql':
      // UPDLOCK + HOLDLOCK hold the key's range, so that no other session inserts it between the look and the insert.
      return tx.execute(
        `INSERT INTO ${table} (${list}) SELECT ${marks} WHERE NOT EXISTS ` +
          `(SELECT 1 FROM ${table} WITH (UPDLOCK, HOLDLOCK) WHERE ${same})`,
        [...values, ...keys],
      )
    default:
      return dialect satisfies never
  }
}

/** `TOP`, or `LIMIT`, of a plain select: one placeholder, first on SQL Server and last elsewhere. */
export function firstRows(dialect: Dialect, select: string, rest: string): string {
  return dialect === 'mssql' ? `SELECT TOP (CAST(? AS int)) ${select} ${rest}` : `SELECT ${select} ${rest} LIMIT ?`
}

/** What PostgreSQL, MySQL and SQL Server are told a parameter is; SQLite keeps what it is given. */
const CASTS: Readonly<Record<Dialect, Partial<Record<Typed['as'], string>>>> = {
  sqlite: {},
  postgres: { amount: 'numeric(19,4)', day: 'date', instant: 'timestamptz', wallClock: 'timestamp' },
  mysql: { amount: 'DECIMAL(19,4)', day: 'DATE', instant: 'DATETIME(3)', wallClock: 'DATETIME' },
  mssql: { amount: 'decimal(19,4)', day: 'date', instant: 'datetime2(3)', wallClock: 'datetime2(0)' },
}

function placeholder(dialect: Dialect, value: Value | undefined): string {
  if (typeof value !== 'object' || value === null) return '?'
  const cast = CASTS[dialect][value.as]
  return cast === undefined ? '?' : `CAST(? AS ${cast})`
}

function bound(dialect: Dialect, table: TableName, column: string, value: Value | undefined): SqlValue {
  if (value === undefined) throw new RangeError(`${table}.${column} has no value`)
  if (typeof value !== 'object' || value === null) return value
  if (value.as === 'instant') return value.value === null ? null : instantText(dialect, Number(value.value))
  if (value.as !== 'text') return value.value
  return cut(String(value.value), (TABLES[table] as Columns)[column] ?? 0)
}

/** At most `width` UTF-16 units (how NVARCHAR counts, never more than PostgreSQL and MySQL count), no half character. */
function cut(value: string, width: number): string {
  // PostgreSQL stores no NUL, and no driver sends half a surrogate pair (a lone one is all that \p{Cs} matches).
  const clean = value.replaceAll('\0', '').replaceAll(/\p{Cs}/gu, '\ufffd')
  return clean.slice(0, width).replace(/[\ud800-\udbff]$/, '')
}
