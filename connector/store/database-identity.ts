// What tells this database from a copy of it, asked of the database itself. It must survive restarts, failovers and
// upgrades, or the fence would close without need; a copy elsewhere must not have it.

import { chmodSync, statSync, type BigIntStats } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreConfig } from './config'
import type { Database } from './database'

/** '' where the database does not say: what is not known is not compared. */
export async function databaseIdentity(db: Database, config: StoreConfig): Promise<string> {
  if (config.dialect === 'sqlite') return await fileIdentity(config.filename)
  try {
    const [row] = await db.query(IDENTITY_SQL[config.dialect])
    const parts = Object.values(row ?? {}).map(value => (typeof value === 'string' ? value : ''))
    return parts.some(part => part === '') ? '' : `${config.dialect}:${parts.join(':')}`
  } catch {
    // The login may not ask. The rest of the fence stands without it.
    return ''
  }
}

/**
 * The file's inode and birth: a copy has its own, a renamed or moved file keeps them. Where a file system knows no birth,
 * Node gives the change time instead; then the path must serve. '' where there is no such file.
 */
export async function fileIdentity(filename: string): Promise<string> {
  try {
    const stats = await unlikeItsBirth(filename)
    const hasBirth = stats.birthtimeMs > 0n && stats.birthtimeMs < stats.ctimeMs
    return `sqlite:${stats.ino}:${hasBirth ? stats.birthtimeMs : path.resolve(filename)}`
  } catch {
    return ''
  }
}

/** Longer than the clock of any file system takes to its next tick. */
const TICK_MS = 20

/**
 * A file that was made a moment ago has one time for both, as one without a birth has for ever. What it is must not change
 * when it is first written, so it is touched: its content and its rights stay as they are.
 */
async function unlikeItsBirth(filename: string): Promise<BigIntStats> {
  const stats = statSync(filename, { bigint: true })
  if (stats.birthtimeMs !== stats.ctimeMs) return stats
  await sleep(TICK_MS)
  chmodSync(filename, Number(stats.mode & 0o7777n))
  return statSync(filename, { bigint: true })
}

export const IDENTITY_SQL = {
  // The cluster's identifier is made by initdb and travels with a physical copy; the oid tells databases of a cluster apart.
  postgres: `SELECT (SELECT system_identifier FROM pg_control_system())::text AS cluster,
  (SELECT oid FROM pg_database WHERE datname = current_database())::text AS oid`,
  // Replicas of an availability group share the group's id of the database; elsewhere server and date of creation differ.
  mssql: `SELECT CONVERT(varchar(36), service_broker_guid) AS broker,
  COALESCE(CONVERT(varchar(36), group_database_id),
    CONVERT(nvarchar(128), SERVERPROPERTY('ServerName')) + ' ' + CONVERT(varchar(23), create_date, 126)) AS place
FROM sys.databases WHERE database_id = DB_ID()`,
} as const
