// SQLite through knex and better-sqlite3: one connection, exact integers, writers that queue without blocking the
// process. It never waits inside SQLite for a lock, because better-sqlite3 would hold the whole event loop meanwhile.

import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import knex, { type Knex } from 'knex'
import { Fault } from '../../connector/ports'
import type { Db, Queryable, Row, SqlValue } from './db'
import type { SqliteConfig } from './db-config'
import { isBusy } from './db-errors'

/** Long enough to ride out a commit of the sqlite3 shell, short enough not to be felt by the event loop. */
const NATIVE_WAIT_MS = 20
/** knex prints to the console what it also throws. What is thrown is told by whoever catches it, once. */
const SILENT: Knex.Logger = { warn() {}, error() {}, deprecate() {}, debug() {} }
/** Pause between attempts to become the writer. */
const RETRY_MS = 10

export function openSqlite(config: SqliteConfig): Db {
  if (!existsSync(config.file)) {
    throw new Fault('ERP_DATABASE', `数据库文件不存在 / database file does not exist: ${config.file}`)
  }
  const client = knex({
    client: 'better-sqlite3',
    connection: { filename: config.file, options: { safeIntegers: true } },
    useNullAsDefault: true,
    // Otherwise knex writes the values into the error's message, and throws on a bigint there instead of the error.
    compileSqlOnError: false,
    log: SILENT,
    pool: { min: 1, max: 1, afterCreate: prepareConnection },
  })
  return new SqliteDb(client, config.lockTimeoutMs)
}

function prepareConnection(
  connection: { pragma(source: string): unknown },
  done: (error: Error | null, connection: unknown) => void,
): void {
  connection.pragma(`busy_timeout = ${NATIVE_WAIT_MS}`)
  connection.pragma('journal_mode = WAL')
  // What an ERP was told must survive a power cut.
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  done(null, connection)
}

class SqliteDb implements Db {
  readonly dialect = 'sqlite'
  readonly #knex: Knex
  readonly #lockTimeoutMs: number

  constructor(client: Knex, lockTimeoutMs: number) {
    this.#knex = client
    this.#lockTimeoutMs = lockTimeoutMs
  }

  query(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return this.#patiently(async () => rowsOf(await this.#knex.raw(sql, bindings(values))))
  }

  execute(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return this.#patiently(async () => changesOf(await this.#knex.raw(sql, bindings(values))))
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const connection: unknown = await this.#knex.client.acquireConnection()
    const raw = async (sql: string, values: readonly SqlValue[] = []): Promise<unknown> =>
      this.#knex.raw(sql, bindings(values)).connection(connection)
    try {
      // IMMEDIATE takes the write lock before anything is read: a deferred transaction that read first would fail
      // with SQLITE_BUSY_SNAPSHOT at its first write, and two of them could never both proceed.
      await this.#patiently(() => raw('BEGIN IMMEDIATE'))
      try {
        const result = await work({
          query: async (sql, values) => rowsOf(await raw(sql, values)),
          execute: async (sql, values) => changesOf(await raw(sql, values)),
        })
        await raw('COMMIT')
        return result
      } catch (error) {
        // SQLite itself may have rolled back already (disk full, ROLLBACK in a trigger): the first error is the news.
        await raw('ROLLBACK').catch(() => undefined)
        throw error
      }
    } finally {
      await this.#knex.client.releaseConnection(connection)
    }
  }

  async close(): Promise<void> {
    await this.#knex.destroy()
  }

  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#lockTimeoutMs
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (!isBusy('sqlite', error) || performance.now() >= deadline) throw error
        await delay(RETRY_MS)
      }
    }
  }
}

/** A JavaScript number would be bound as a REAL and leave `5.0` in a TEXT column. */
function bindings(values: readonly SqlValue[]): readonly Knex.Value[] {
  return values.map(value => {
    if (typeof value === 'boolean') return (value ? 1n : 0n) as unknown as Knex.Value
    if (typeof value === 'number') return BigInt(value) as unknown as Knex.Value
    return value as Knex.Value
  })
}

function rowsOf(response: unknown): readonly Row[] {
  return Array.isArray(response) ? (response as readonly Row[]) : []
}

function changesOf(response: unknown): number {
  if (Array.isArray(response)) return response.length
  return Number((response as { readonly changes?: number | bigint }).changes ?? 0)
}
