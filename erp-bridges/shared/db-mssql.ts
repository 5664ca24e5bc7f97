// SQL Server through the mssql package (tedious). Decimals never travel as parameters or results of their own type:
// tedious carries them through a double. Amounts go as text and are cast in SQL, and are read with CONVERT.

import sql from 'mssql'
import type { Db, Queryable, Row, SqlValue } from './db'
import type { MssqlConfig } from './db-config'

export function openMssql(config: MssqlConfig): Db {
  const pool = new sql.ConnectionPool({
    server: config.host,
    ...(config.port === undefined ? {} : { port: config.port }),
    database: config.database,
    user: config.user,
    password: config.password,
    ...(config.domain === undefined ? {} : { domain: config.domain }),
    requestTimeout: config.statementTimeoutMs,
    connectionTimeout: 15_000,
    pool: { min: 0, max: config.poolMax },
    options: {
      appName: 'yinqi',
      encrypt: config.tls !== 'off',
      trustServerCertificate: config.tls === 'trust',
      useUTC: true,
      abortTransactionOnError: true,
      ...(config.instance === undefined ? {} : { instanceName: config.instance }),
      ...(config.ca === undefined ? {} : { cryptoCredentialsDetails: { ca: config.ca } }),
    },
  })
  return new MssqlDb(pool, config.lockTimeoutMs)
}

class MssqlDb implements Db {
  readonly dialect = 'mssql'
  readonly #pool: sql.ConnectionPool
  readonly #lockTimeoutMs: number
  #connected: Promise<unknown> | null = null

  constructor(pool: sql.ConnectionPool, lockTimeoutMs: number) {
    this.#pool = pool
    this.#lockTimeoutMs = lockTimeoutMs
  }

  async query(text: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    await this.#connect()
    return this.#on(() => new sql.Request(this.#pool)).query(text, values)
  }

  async execute(text: string, values: readonly SqlValue[] = []): Promise<number> {
    await this.#connect()
    return this.#on(() => new sql.Request(this.#pool)).execute(text, values)
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    await this.#connect()
    const transaction = new sql.Transaction(this.#pool)
    await transaction.begin(sql.ISOLATION_LEVEL.READ_COMMITTED)
    try {
      const result = await work(this.#on(() => new sql.Request(transaction)))
      await transaction.commit()
      return result
    } catch (error) {
      // XACT_ABORT may have rolled back already, or the connection is gone: the first error is the news.
      await transaction.rollback().catch(() => undefined)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#connected?.catch(() => undefined)
    await this.#pool.close()
  }

  async #connect(): Promise<void> {
    this.#connected ??= this.#pool.connect()
    try {
      await this.#connected
    } catch (error) {
      this.#connected = null
      throw error
    }
  }

  #on(request: () => sql.Request): Queryable {
    // A pooled connection is not reset between uses: what a statement needs is said in the statement's own batch,
    // where sp_executesql also takes it back at the end. XACT_ABORT: a half-done batch is never committed.
    const prelude =
      'SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET XACT_ABORT ON; SET NOCOUNT OFF; ' +
      `SET LOCK_TIMEOUT ${this.#lockTimeoutMs};\n`
    return {
      query: async (text, values = []) => {
        const result = await bind(request(), values).query(prelude + numbered(text, values.length))
        return (result.recordset as readonly Row[] | undefined) ?? []
      },
      execute: async (text, values = []) => {
        // @@ROWCOUNT, not the driver's count: that one adds up the statements of the table's triggers.
        const batch = `${prelude}${numbered(text, values.length)}\n;SELECT @@ROWCOUNT AS changed`
        const result = await bind(request(), values).query(batch)
        const last = (result.recordsets as readonly (readonly Row[])[]).at(-1)
        return Number(last?.[0]?.['changed'] ?? 0)
      },
    }
  }
}

/** Longest NVARCHAR(n); one declared length for ordinary text gives one cached plan. */
const NVARCHAR_MAX_CHARACTERS = 4000

function bind(request: sql.Request, values: readonly SqlValue[]): sql.Request {
  for (const [index, value] of values.entries()) {
    const name = `p${index + 1}`
    if (value === null) request.input(name, sql.NVarChar(NVARCHAR_MAX_CHARACTERS), null)
    else if (typeof value === 'string')
      request.input(name, value.length > NVARCHAR_MAX_CHARACTERS ? sql.NVarChar(sql.MAX) : sql.NVarChar(4000), value)
    else if (typeof value === 'boolean') request.input(name, sql.Bit, value)
    else if (typeof value === 'bigint') request.input(name, sql.BigInt, value)
    // Numbers are whole by contract: BigInt() refuses any other.
    else if (typeof value === 'number') request.input(name, sql.BigInt, BigInt(value))
    else request.input(name, sql.VarBinary(sql.MAX), value)
  }
  return request
}

/**
 * Rewrites `?` to `@p1`, `@p2` … outside strings, quoted names and comments. Throws when there are not `count` of them:
 * a statement with a wrong number of values must not run at all.
 */
export function numbered(text: string, count: number): string {
  let used = 0
  const rewritten = text.replaceAll(/'(?:[^']|'')*'|"[^"]*"|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g, token =>
    token === '?' ? `@p${(used += 1)}` : token,
  )
  if (used !== count) throw new RangeError(`statement has ${used} placeholders but ${count} values were given`)
  return rewritten
}
