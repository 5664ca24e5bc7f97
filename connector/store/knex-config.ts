// How knex is opened on each database. Durability is set here and nowhere else: a commit that we were told of has
// reached the disk.

import type { Database as SqliteConnection } from 'better-sqlite3'
import type { Knex } from 'knex'
import type { Client as PostgresConnection } from 'pg'
import type * as Tedious from 'tedious'
import type { Connection as MssqlConnection, Request as MssqlRequest } from 'tedious'
import type { StoreConfig } from './config'

type Done = (error: unknown, connection: unknown) => void

/** knex prints to the console what it also throws. What is thrown is logged by whoever catches it, once. */
const SILENT: Knex.Logger = { warn() {}, error() {}, deprecate() {}, debug() {} }

/** Enough for the steps of one daemon, which each hold one connection at a time. */
const POOL_MAX = 10
/** How long a statement waits for a rival's lock before it gives up and is tried again. */
const LOCK_WAIT_MS = 10_000
/** No statement of ours takes this long; one that does has lost its server. Safe: the transaction is rolled back. */
const STATEMENT_MS = 60_000
/** How much longer we wait than the server works, so that its own "cancelled" arrives first where the network is whole. */
const NETWORK_MS = 2_000
/** The operating system asks a silent peer whether it is still there after this long. */
const KEEP_ALIVE_MS = 10_000

export function knexConfig(config: StoreConfig): Knex.Config {
  // Otherwise knex writes a failed statement's values, accounts and names among them, into the error's message.
  return { ...dialectConfig(config), compileSqlOnError: false, log: SILENT }
}

function dialectConfig(config: StoreConfig): Knex.Config {
  if (config.dialect === 'sqlite') {
    return {
      client: 'better-sqlite3',
      connection: { filename: config.filename },
      useNullAsDefault: true,
      // One connection: SQLite has one writer, and a second connection in this process could only wait for the first.
      pool: { min: 1, max: 1, afterCreate: afterSqlite },
    }
  }
  if (config.dialect === 'postgres') return postgresConfig(config)
  return {
    client: mssqlClient(),
    connection: {
      host: config.host,
      port: config.port ?? 1433,
      database: config.database,
      user: config.user,
      password: config.password,
      requestTimeout: STATEMENT_MS,
      options: {
        encrypt: config.encrypt,
        trustServerCertificate: config.trustServerCertificate,
        // SET XACT_ABORT ON: an error rolls the whole transaction back, never leaves half of it open.
        abortTransactionOnError: true,
        appName: 'yinqi',
        ...(config.instanceName === undefined ? {} : { instanceName: config.instanceName }),
      },
    },
    pool: { min: 0, max: config.poolMax ?? POOL_MAX, afterCreate: afterMssql },
    acquireConnectionTimeout: 30_000,
  }
}

function postgresConfig(config: Extract<StoreConfig, { dialect: 'postgres' }>): Knex.Config {
  const statementMs = config.statementTimeoutMs ?? STATEMENT_MS
  const connection = {
    connectionString: config.url,
    ...(config.password === undefined ? {} : { password: config.password }),
    application_name: 'yinqi',
    connectionTimeoutMillis: 10_000,
    // The server's own statement_timeout cannot reach us through a connection that is dead.
    query_timeout: statementMs + NETWORK_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  }
  return {
    client: postgresClient(),
    connection,
    pool: {
      min: 0,
      max: config.poolMax ?? POOL_MAX,
      afterCreate: (created: PostgresConnection, done: Done) => afterPostgres(created, statementMs, done),
    },
    acquireConnectionTimeout: 30_000,
  }
}

function afterSqlite(connection: SqliteConnection, done: Done): void {
  try {
    // Short: better-sqlite3 waits on the event loop's own thread. The retry above waits longer without blocking it.
    connection.pragma('busy_timeout = 50')
    connection.pragma('journal_mode = WAL')
    // WAL's default (NORMAL) may lose the last commits when the power goes: a payment could be sent again.
    connection.pragma('synchronous = FULL')
    connection.pragma('foreign_keys = ON')
    connection.defaultSafeIntegers(true)
    done(null, connection)
  } catch (error) {
    done(error, connection)
  }
}

function afterPostgres(connection: PostgresConnection, statementMs: number, done: Done): void {
  const sql =
    `SET lock_timeout = ${Math.min(LOCK_WAIT_MS, Math.floor(statementMs / 2))}; SET statement_timeout = ${statementMs}; ` +
    // A daemon that froze in the middle of a transaction must not hold its locks for ever.
    `SET idle_in_transaction_session_timeout = ${2 * statementMs}; ` +
    // A server set to forget its last commits in a crash must not forget ours.
    `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`
  connection.query(sql, error => {
    if (error) discard(connection)
    done(error, connection)
  })
}

type Disposable = { readonly connection?: { readonly stream?: { destroy(): void } } }
type Querying = {
  readonly prototype: {
    readonly _query: (this: Knex.Client, connection: Disposable, query: unknown) => Promise<unknown>
  }
}

/**
 * knex puts a connection whose statement got no answer back into the pool, where the next statement waits behind the lost
 * one. Here such a connection is thrown away: what became of its transaction is only known by reading again.
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

function afterMssql(connection: MssqlConnection, done: Done): void {
  // A large driver: loaded where it is used.
  const { Request }: typeof Tedious = require('tedious')
  // As a batch of its own: inside sp_executesql a SET ends with the call.
  connection.execSqlBatch(new Request(`SET LOCK_TIMEOUT ${LOCK_WAIT_MS}`, error => done(error, connection)))
}

/**
 * knex 3.3 queues SQL Server requests in one array shared by all connections, and a busy connection's request may be
 * taken from it by another connection: outside its transaction. Here a request runs on its own connection or fails.
 */
function mssqlClient(): typeof Knex.Client {
  const Base: typeof Knex.Client = require('knex/lib/dialects/mssql')
  return class extends Base {
    _enqueueRequest(request: MssqlRequest, connection: MssqlConnection): void {
      connection.execSql(request)
    }

    _chomp(): void {}
  }
}
