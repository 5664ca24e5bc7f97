// PostgreSQL and MySQL through knex. Every value that could lose digits or shift by a time zone comes back as text.

import knex, { type Knex } from 'knex'
import { types as pgTypes } from 'pg'
import type { Db, Dialect, Queryable, Row, SqlValue } from './db'
import type { MysqlConfig, PostgresConfig } from './db-config'

/** int8, numeric, date, timestamp, timestamptz: pg would make numbers and local Dates of some of them. */
const PG_AS_TEXT: ReadonlySet<number> = new Set([20, 1700, 1082, 1114, 1184])
/** knex prints to the console what it also throws. What is thrown is told by whoever catches it, once. */
const SILENT: Knex.Logger = { warn() {}, error() {}, deprecate() {}, debug() {} }
/** How much longer we wait than the server works, so that its own "cancelled" arrives first where the network is whole. */
const NETWORK_MS = 2_000
/** How long a connection may take to come about, and how soon a silent peer is asked whether it is still there. */
const CONNECT_MS = 10_000

export function openPostgres(config: PostgresConfig): Db {
  const client = knex({
    client: postgresClient(),
    // Otherwise knex writes the values (account numbers, names) into every error's message.
    compileSqlOnError: false,
    log: SILENT,
    connection: {
      host: config.host,
      port: config.port ?? 5432,
      database: config.database,
      user: config.user,
      password: config.password,
      ssl: config.tls === 'off' ? false : { rejectUnauthorized: config.tls === 'verify', ...authority(config.ca) },
      application_name: 'yinqi',
      statement_timeout: config.statementTimeoutMs,
      // The server's own timeout cannot reach us through a connection that is dead.
      query_timeout: config.statementTimeoutMs + NETWORK_MS,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: CONNECT_MS,
      // A peer that vanished must not hold its claims for ever.
      idle_in_transaction_session_timeout: 2 * config.statementTimeoutMs,
      types: {
        getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
          PG_AS_TEXT.has(oid) ? (text: string) => text : pgTypes.getTypeParser(oid as never, format)) as never,
      },
    },
    ...(config.schema === undefined ? {} : { searchPath: [config.schema] }),
    pool: {
      min: 0,
      max: config.poolMax,
      afterCreate: (connection: PgConnection, done: Done) => {
        connection.query(`SET lock_timeout = ${config.lockTimeoutMs}; SET TIME ZONE 'UTC'`, error => {
          if (error) discard(connection)
          done(error, connection)
        })
      },
    },
  })
  return new ServerDb('postgres', client)
}

type Disposable = { readonly connection?: { readonly stream?: { destroy(): void } } }
type Querying = {
  readonly prototype: {
    readonly _query: (this: Knex.Client, connection: Disposable, query: unknown) => Promise<unknown>
  }
}

/**
 * knex puts a connection whose statement got no answer back into the pool, where the next statement waits behind the lost
 * one. Here such a connection is thrown away.
 */
function postgresClient(): typeof Knex.Client {
  const Base: typeof Knex.Client = require('knex/lib/dialects/postgres')
  const { prototype }: Querying = require('knex/lib/dialects/postgres')
  const { _query: ask } = prototype
  return class extends Base {
    async _query(connection: Disposable, query: unknown): Promise<unknown> {
      try {
        return await ask.call(this, connection, query)
      } catch (error) {
        if (error instanceof Error && error.message.endsWith('Query read timeout')) discard(connection)
        throw error
      }
    }
  }
}

/** By knex's own mark, which its pool looks at before it gives a connection out. */
function discard(connection: Disposable): void {
  Object.assign(connection, { __knex__disposed: 'it did not answer' })
  connection.connection?.stream?.destroy()
}

export function openMysql(config: MysqlConfig): Db {
  const client = knex({
    client: 'mysql2',
    compileSqlOnError: false,
    log: SILENT,
    connection: {
      host: config.host,
      port: config.port ?? 3306,
      database: config.database,
      user: config.user,
      password: config.password,
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      ...(config.tls === 'off'
        ? {}
        : { ssl: { rejectUnauthorized: config.tls === 'verify', ...authority(config.ca) } }),
    } as Knex.MySql2ConnectionConfig,
    pool: {
      min: 0,
      max: config.poolMax,
      afterCreate: (connection: MysqlConnection, done: Done) => {
        // Strict mode: MySQL otherwise cuts text and rounds amounts to fit, with a warning that nobody reads.
        connection.query(
          `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO', ` +
            `time_zone = '+00:00', innodb_lock_wait_timeout = ${Math.max(1, Math.ceil(config.lockTimeoutMs / 1000))}`,
          error => done(error, connection),
        )
      },
    },
  })
  return new ServerDb('mysql', client)
}

type Done = (error: Error | null, connection: unknown) => void
type PgConnection = Disposable & { query(sql: string, callback: (error: Error | null) => void): void }
type MysqlConnection = PgConnection

function authority(ca: string | undefined): { readonly ca?: string } {
  return ca === undefined ? {} : { ca }
}

class ServerDb implements Db {
  readonly dialect: Dialect
  readonly #knex: Knex

  constructor(dialect: 'postgres' | 'mysql', client: Knex) {
    this.dialect = dialect
    this.#knex = client
  }

  query(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return queryableOf(this.dialect, this.#knex).query(sql, values)
  }

  execute(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return queryableOf(this.dialect, this.#knex).execute(sql, values)
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#knex.transaction(async tx => work(queryableOf(this.dialect, tx)), {
      isolationLevel: 'read committed',
    })
  }

  async close(): Promise<void> {
    await this.#knex.destroy()
  }
}

function queryableOf(dialect: Dialect, runner: Knex | Knex.Transaction): Queryable {
  const raw = async (sql: string, values: readonly SqlValue[]): Promise<Answer> => {
    // knex binds a bigint as it is; both drivers then write its digits.
    const response: unknown = await runner.raw(sql, values as unknown as readonly Knex.Value[])
    return dialect === 'postgres' ? pgAnswer(response) : mysqlAnswer(response)
  }
  return {
    query: async (sql, values = []) => (await raw(sql, values)).rows,
    execute: async (sql, values = []) => (await raw(sql, values)).changed,
  }
}

type Answer = { readonly rows: readonly Row[]; readonly changed: number }

function pgAnswer(response: unknown): Answer {
  const result = response as { readonly rows?: readonly Row[]; readonly rowCount?: number | null }
  return { rows: result.rows ?? [], changed: result.rowCount ?? 0 }
}

/** mysql2 asks for FOUND_ROWS: `affectedRows` counts the rows that matched, also those that were equal already. */
function mysqlAnswer(response: unknown): Answer {
  const [first] = response as readonly [unknown]
  if (Array.isArray(first)) return { rows: first as readonly Row[], changed: first.length }
  return { rows: [], changed: (first as { readonly affectedRows?: number }).affectedRows ?? 0 }
}
