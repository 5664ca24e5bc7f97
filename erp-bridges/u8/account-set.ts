// One opened account set: its database, its dialect's SQL, what its tables have, and its periods.

import { Fault, type Clock } from '../../connector/ports'
import type { Db, Queryable } from '../shared/db'
import { dayOf, intOf, textOf, trimmedOf } from '../shared/row'
import type { U8Config } from './config'
import type { Sql } from './dialect'
import { hasTable, readSchema, type Schema } from './schema'

export type U8 = {
  readonly db: Db
  readonly sql: Sql
  readonly config: U8Config
  readonly clock: Clock
  /** Read once; a build that was upgraded underneath needs a restart. Rejects when the database is not there. */
  readonly schema: () => Promise<Schema>
}

export function openAccountSet(db: Db, sql: Sql, config: U8Config, clock: Clock): U8 {
  let pending: Promise<Schema> | null = null
  const itemTable = `fitemss${config.voucher.cashFlow.itemClass}`
  const schema = (): Promise<Schema> => {
    pending ??= readSchema(db, sql, config.systemDatabase, [itemTable]).catch((error: unknown) => {
      pending = null
      throw error
    })
    return pending
  }
  return { db, sql, config, clock, schema }
}

export type Period = { readonly year: number; readonly period: number; readonly begin: string; readonly end: string }

/** UA_Period is the only map from a day to a period: they are not calendar months everywhere (`u8 §2.1`). */
export function periodsSql(u8: Pick<U8, 'sql' | 'config'>): string {
  const { sql, config } = u8
  return (
    `SELECT iYear AS iyear, iId AS iid, ${sql.day('dBegin')} AS dbegin, ${sql.day('dEnd')} AS dend ` +
    `FROM ${sql.systemTable(config.systemDatabase, 'UA_Period')} ` +
    'WHERE cAcc_Id = ? AND COALESCE(bIsDelete, 0) = 0 AND iId BETWEEN 1 AND 12 ORDER BY iYear, iId'
  )
}

export async function readPeriods(u8: U8, tx: Queryable): Promise<readonly Period[]> {
  const rows = await tx.query(periodsSql(u8), [u8.config.accountSet])
  return rows.map(row => ({
    year: intOf(row, 'iyear'),
    period: intOf(row, 'iid'),
    begin: dayOf(row, 'dbegin'),
    end: dayOf(row, 'dend'),
  }))
}

/** The period of a day; null when none or, which UA_Period should not allow, more than one holds it. */
export function periodOf(periods: readonly Period[], day: string): Period | null {
  const found = periods.filter(period => period.begin <= day && day <= period.end)
  return found.length === 1 ? (found[0] ?? null) : null
}

export function accountSetSql(u8: Pick<U8, 'sql' | 'config'>): string {
  const { sql, config } = u8
  return `SELECT cUnitName AS cunitname, cCurName AS ccurname FROM ${sql.systemTable(config.systemDatabase, 'UA_Account')} WHERE cAcc_Id = ?`
}

/** Open: UA_AccountDatabase says which database holds a year; NULL in iEndYear is the current one (`u8 §2.1`). */
export function databaseSql(u8: Pick<U8, 'sql' | 'config'>): string {
  const { sql, config } = u8
  return (
    `SELECT cDatabase AS cdatabase, ${sql.currentDatabase ?? 'cDatabase'} AS here ` +
    `FROM ${sql.systemTable(config.systemDatabase, 'UA_AccountDatabase')} ` +
    'WHERE cAcc_Id = ? AND iBeginYear <= ? AND (iEndYear IS NULL OR iEndYear >= ?)'
  )
}

/** The database that UFSystem names for the year, and the one we are in; null on releases without the table. */
export async function databaseOf(
  u8: U8,
  tx: Queryable,
  year: number,
): Promise<{ readonly named: readonly string[]; readonly isHere: boolean } | null> {
  if (!hasTable(await u8.schema(), 'UA_AccountDatabase')) return null
  const rows = await tx.query(databaseSql(u8), [u8.config.accountSet, year, year])
  const isHere = rows.some(row => textOf(row, 'cdatabase').toLowerCase() === textOf(row, 'here').toLowerCase())
  return { named: rows.map(row => textOf(row, 'cdatabase')), isHere }
}

/**
 * Throws Fault `U8_ACCOUNT_SET` unless UFSystem knows this account set. An answer of "no such document" means nothing
 * from a database that may be the wrong one.
 */
export async function assertAccountSet(u8: U8): Promise<void> {
  const [account] = await u8.db.query(accountSetSql(u8), [u8.config.accountSet])
  if (account && trimmedOf(account, 'cunitname') !== null) return
  throw new Fault(
    'U8_ACCOUNT_SET',
    `UFSystem 中没有账套 ${u8.config.accountSet} / UFSystem knows no account set ${u8.config.accountSet}`,
  )
}
