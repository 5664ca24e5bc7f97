// What a database error means to us, by the driver's own code or number, never by its words (they are localised).

import type { Dialect } from './db'

const BUSY: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  sqlite: new Set(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_BUSY_RECOVERY', 'SQLITE_LOCKED']),
  // serialization_failure, deadlock_detected, lock_not_available
  postgres: new Set(['40001', '40P01', '55P03']),
  // lock wait timeout, deadlock, lock with NOWAIT
  mysql: new Set(['1205', '1213', '3572']),
  // deadlock victim, lock timeout, snapshot conflict
  mssql: new Set(['1205', '1222', '3960']),
}

const DUPLICATE: Readonly<Record<Dialect, ReadonlySet<string>>> = {
  sqlite: new Set(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']),
  postgres: new Set(['23505']),
  mysql: new Set(['1062']),
  mssql: new Set(['2627', '2601']),
}

/** Constraint, conversion, truncation, trigger and permission errors: the same statement fails the same way again. */
const REFUSED: Readonly<Record<Dialect, RegExp>> = {
  sqlite: /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|READONLY|AUTH|ERROR)/,
  // data exceptions, integrity, permission and undefined objects, raise_exception
  postgres: /^(22|23|42|P0)/,
  // denied, unknown column or table, null, too long, out of range, wrong value, foreign key, check, signal
  mysql: /^(1142|1143|1054|1146|1048|1406|1264|1366|1265|1292|1411|1690|1451|1452|3819|4025|1644)$/,
  // foreign key/check, null, truncation, conversion, overflow, permission, unknown name, 50000+ raised by a trigger
  mssql: /^(547|515|8152|2628|241|242|245|8114|8115|229|230|207|208|5\d{4})$/,
}

/** The driver's stable code: SQLite's extended code name, SQLSTATE, or the server's error number. Empty when it has none. */
export function codeOf(dialect: Dialect, error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const given = error as { readonly code?: unknown; readonly errno?: unknown; readonly number?: unknown }
  const code = dialect === 'mysql' ? given.errno : dialect === 'mssql' ? given.number : given.code
  return typeof code === 'string' || typeof code === 'number' ? String(code) : ''
}

/** Another holds the lock now, or we lost a deadlock: nothing was done, try again. */
export function isBusy(dialect: Dialect, error: unknown): boolean {
  return BUSY[dialect].has(codeOf(dialect, error))
}

/** A unique key says that it is there already. */
export function isDuplicate(dialect: Dialect, error: unknown): boolean {
  return DUPLICATE[dialect].has(codeOf(dialect, error))
}

/** The database understood and said no; asking again the same way gives the same answer. */
export function isRefused(dialect: Dialect, error: unknown): boolean {
  return REFUSED[dialect].test(codeOf(dialect, error))
}

/** What the database said, without the statement that knex puts before it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const said = error.message.lastIndexOf(' - ')
  return said < 0 ? error.message : error.message.slice(said + 3)
}
