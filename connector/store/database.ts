// Connections of the store: one way to run a dialect's own SQL and one way to run a transaction. It knows no table and
// never makes a call of the outside world inside a transaction.

import { knex, type Knex } from 'knex'
import type { Clock } from '../ports'
import type { StoreConfig, StoreDialect } from './config'
import { DriverError, isRetryable, translate, translateCommit } from './faults'
import type { Keys } from './keys'
import { knexConfig } from './knex-config'

/** Values that travel exactly in every dialect. Amounts travel as text. */
export type Value = string | number | bigint | Buffer | null
export type Row = Readonly<Record<string, unknown>>

export interface Session {
  readonly dialect: StoreDialect
  readonly keys: Keys
  /** One statement with `?` placeholders; its rows. */
  query(sql: string, values?: readonly Value[]): Promise<readonly Row[]>
  /** One INSERT, UPDATE or DELETE; the number of rows it changed. */
  execute(sql: string, values?: readonly Value[]): Promise<number>
}

export interface Database {
  readonly dialect: StoreDialect
  readonly keys: Keys
  /** Reads one statement's rows outside a transaction. */
  query(sql: string, values?: readonly Value[]): Promise<readonly Row[]>
  /**
   * Commits when `work` resolves, rolls back when it throws. `work` may run again: it must do nothing but SQL. Throws Fault
   * STORE_COMMIT_UNKNOWN when nobody can say whether it was committed: it is never repeated here, the caller reads again.
   */
  transaction<T>(work: (tx: Session) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** How often a deadlock victim tries again. Eight tries span about five seconds, longer than any transaction of ours. */
const TRIES_MAX = 8
const RETRY_BASE_MS = 20

type Facts = Pick<Session, 'dialect' | 'keys'>
type Connections = { acquireConnection(): Promise<unknown>; releaseConnection(connection: unknown): Promise<void> }

export function openDatabase(config: StoreConfig, keys: Keys, clock: Pick<Clock, 'sleep'>): Database {
  const { dialect } = config
  const db = knex(knexConfig(config))
  const once = dialect === 'sqlite' ? immediate : readCommitted
  return {
    dialect,
    keys,
    async query(sql, values = []) {
      return await retried(clock, async () => (await run(db, dialect, sql, values)).rows)
    },
    async transaction(work) {
      return await retried(clock, async () => await once(db, { dialect, keys }, work))
    },
    async close() {
      await db.destroy()
    },
  }
}

/** Runs again what the database rolled back for a rival's sake; whatever else a driver throws becomes ours. */
async function retried<T>(clock: Pick<Clock, 'sleep'>, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof DriverError)) throw error
      if (!isRetryable(error) || tries === TRIES_MAX) throw translate(error.cause)
    }
    // Jitter keeps two victims from meeting again; it decides nothing.
    await clock.sleep(RETRY_BASE_MS * 2 ** tries * (0.5 + Math.random() / 2), new AbortController().signal)
  }
}

/** READ COMMITTED is named because a server's default may differ, and SQL Server's READPAST needs it. */
async function readCommitted<T>(db: Knex, facts: Facts, work: (tx: Session) => Promise<T>): Promise<T> {
  let failure: unknown
  let isCommitting = false
  try {
    return await db.transaction(
      async trx => {
        try {
          const result = await work(sessionOf(trx, facts))
          isCommitting = true
          return result
        } catch (error) {
          failure = error
          throw error
        }
      },
      { isolationLevel: 'read committed' },
    )
  } catch (error) {
    // knex replaces the cause of a rollback by the rollback's own failure: the cause is what matters.
    if (failure !== undefined) throw failure
    if (isCommitting && !isRetryable(error)) throw translateCommit(error)
    throw new DriverError(error)
  }
}

/** SQLite takes the write lock at BEGIN: a read that turns into a write later would fail on a rival's commit. */
async function immediate<T>(db: Knex, facts: Facts, work: (tx: Session) => Promise<T>): Promise<T> {
  const connections: Connections = db.client
  const connection = await connections.acquireConnection().catch((error: unknown) => {
    throw new DriverError(error)
  })
  try {
    const tx = sessionOf(db, facts, connection)
    await tx.execute('BEGIN IMMEDIATE')
    try {
      const result = await work(tx)
      await tx.execute('COMMIT')
      return result
    } catch (error) {
      // A failed statement may have rolled back by itself (disk full): the first error is the one to tell.
      await tx.execute('ROLLBACK').catch(() => undefined)
      throw error
    }
  } finally {
    await connections.releaseConnection(connection)
  }
}

function sessionOf(db: Knex, { dialect, keys }: Facts, connection?: unknown): Session {
  return {
    dialect,
    keys,
    async query(sql, values = []) {
      return (await run(db, dialect, sql, values, connection)).rows
    },
    async execute(sql, values = []) {
      // tedious tells no row count through knex.
      const counted = dialect === 'mssql' ? `${sql};\nSELECT @@ROWCOUNT AS changed` : sql
      return (await run(db, dialect, counted, values, connection)).changed
    },
  }
}

type Ran = { readonly rows: readonly Row[]; readonly changed: number }

async function run(
  db: Knex,
  dialect: StoreDialect,
  sql: string,
  values: readonly Value[],
  connection?: unknown,
): Promise<Ran> {
  try {
    const bindings = values.map(value => (dialect === 'sqlite' ? forSqlite(value) : forServer(value)))
    // knex hands bigint through to better-sqlite3; only its types do not know.
    const raw = db.raw(sql, bindings as Knex.RawBinding[])
    const answer: unknown = await (connection === undefined ? raw : raw.connection(connection))
    return ranOf(answer)
  } catch (error) {
    throw new DriverError(error)
  }
}

/** knex gives back what the driver gave: rows, pg's result object, or better-sqlite3's run result. */
function ranOf(answer: unknown): Ran {
  if (Array.isArray(answer)) return { rows: answer, changed: Number(answer[0]?.changed ?? answer.length) }
  if (typeof answer === 'object' && answer !== null) {
    if ('rows' in answer && Array.isArray(answer.rows) && 'rowCount' in answer) {
      return { rows: answer.rows, changed: Number(answer.rowCount ?? 0) }
    }
    if ('changes' in answer) return { rows: [], changed: Number(answer.changes) }
  }
  return { rows: [], changed: 0 }
}

/** better-sqlite3 binds a number as a double: whole numbers go as bigint, so that they stay integers everywhere. */
function forSqlite(value: Value): string | bigint | Buffer | null {
  if (typeof value !== 'number') return value
  return BigInt(value)
}

/** int8 travels as text in pg and tedious. PostgreSQL cannot hold NUL in text, so NUL is shown as U+FFFD. */
function forServer(value: Value): string | number | Buffer | null {
  if (typeof value === 'bigint') return value.toString()
  return typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd') : value
}
