// Takes rows so that no other connector gets them at the same time, with each dialect's own locks. A claim is not yet a
// promise: what is still `new` after the lease is given again.

import type { Dialect, Queryable, SqlValue } from '../shared/db'
import { instantText, textOf } from '../shared/row'

export type Taker = {
  readonly dialect: Dialect
  readonly tx: Queryable
  readonly instance: string
  readonly now: number
}

/** Never taken, or taken so long ago that its taker must have died before it stored the row. One placeholder. */
export function freeOrLapsed(dialect: Dialect): string {
  return `(taken_at IS NULL OR taken_at < ${castInstant(dialect)})`
}

export function castInstant(dialect: Dialect): string {
  if (dialect === 'postgres') return 'CAST(? AS timestamptz)'
  if (dialect === 'mysql') return 'CAST(? AS DATETIME(3))'
  return dialect === 'mssql' ? 'CAST(? AS datetime2(3))' : '?'
}

/** Marks up to `limit` open rows as taken by us; their ids, oldest first. */
export async function claimIds(
  taker: Taker,
  table: 'yq_payment' | 'yq_command',
  leaseMs: number,
  limit: number,
): Promise<readonly string[]> {
  const { dialect, tx, instance, now } = taker
  const at = instantText(dialect, now)
  const lapsed = instantText(dialect, now - leaseMs)
  // A row that asks for its own withdrawal is never given as a payment.
  const wanted = `${open(dialect, table)} AND ${freeOrLapsed(dialect)}`
  const stamp = `taken_at = ${castInstant(dialect)}, taken_by = ?`
  switch (dialect) {
    case 'postgres': {
      // FOR UPDATE: nobody else may take or change the row until we commit. SKIP LOCKED: what another connector (or the
      // ERP) holds is passed over instead of waited for. LIMIT inside the subquery: only what is updated gets locked.
      const rows = await tx.query(
        `UPDATE ${table} SET ${stamp} WHERE id IN (SELECT id FROM ${table} WHERE ${wanted} ` +
          `ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING id`,
        [at, instance, lapsed, limit],
      )
      return sorted(rows.map(row => textOf(row, 'id')))
    }
    case 'mssql': {
      // UPDLOCK: the read takes the lock that the update needs, so two readers cannot both go on to write. READPAST:
      // rows that another holds are passed over. ROWLOCK: READPAST passes row locks but waits for page locks. OUTPUT
      // INTO: a table with triggers refuses a bare OUTPUT. The ordered CTE, because UPDATE TOP has no order.
      const rows = await tx.query(
        'DECLARE @claimed TABLE (id BIGINT PRIMARY KEY);\n' +
          `WITH due AS (SELECT TOP (CAST(? AS int)) id, taken_at, taken_by FROM ${table} WITH (UPDLOCK, READPAST, ROWLOCK)\n` +
          `  WHERE ${wanted} ORDER BY id)\n` +
          `UPDATE due SET ${stamp} OUTPUT inserted.id INTO @claimed;\n` +
          'SELECT id FROM @claimed ORDER BY id',
        [limit, lapsed, at, instance],
      )
      return rows.map(row => textOf(row, 'id'))
    }
    case 'mysql':
    case 'sqlite': {
      // MySQL has no RETURNING: FOR UPDATE SKIP LOCKED holds the rows between the two statements, as on PostgreSQL.
      // SQLite has one writer: BEGIN IMMEDIATE already keeps every other connector and the ERP out until we commit.
      const lock = dialect === 'mysql' ? ' FOR UPDATE SKIP LOCKED' : ''
      const rows = await tx.query(`SELECT id FROM ${table} WHERE ${wanted} ORDER BY id LIMIT ?${lock}`, [lapsed, limit])
      const ids = rows.map(row => textOf(row, 'id'))
      if (ids.length > 0)
        await tx.execute(`UPDATE ${table} SET ${stamp} WHERE id IN ${list(ids)}`, [at, instance, ...ids])
      return ids
    }
    default:
      return dialect satisfies never
  }
}

/** The condition that the polling index answers: MySQL has no partial index, it indexes a generated column instead. */
export function open(dialect: Dialect, table: 'yq_payment' | 'yq_command'): string {
  const isNew = dialect === 'mysql' ? 'open_mark = 1' : `status = 'new'`
  return table === 'yq_payment' ? `${isNew} AND request = 'pay'` : isNew
}

export function pendingCancel(dialect: Dialect): string {
  return dialect === 'mysql' ? 'cancel_mark = 1' : `request = 'cancel' AND cancel_taken_at IS NULL`
}

export function pendingVoucher(dialect: Dialect): string {
  return dialect === 'mysql' ? 'voucher_mark = 1' : 'voucher_no IS NOT NULL AND voucher_taken_at IS NULL'
}

/** `(?, ?, …)` for `ids`. */
export function list(ids: readonly SqlValue[]): string {
  return `(${ids.map(() => '?').join(', ')})`
}

function sorted(ids: readonly string[]): readonly string[] {
  return [...ids].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
}
