// Real databases for the middle-table contract: a SQLite file, an embedded PostgreSQL, and the servers that
// YINQI_TEST_MYSQL and YINQI_TEST_MSSQL name (`mysql://user:password@host:port/database`).

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sql from 'mssql'
import type { Clock, PaymentRequest, PaymentStatusRecord } from '../../connector/ports'
import { midtableStatements } from '../../erp-bridges/midtable/sql'
import type { Db, Dialect } from '../../erp-bridges/shared/db'
import { dbConfig, type DbConfig } from '../../erp-bridges/shared/db-config'
import { startPostgres } from '../support/postgres'

export type Server = {
  readonly dialect: Dialect
  /** As the owner of the tables, or as another user of a server. */
  config(user?: string): DbConfig
  stop(): Promise<void>
}

export async function startServer(dialect: Dialect): Promise<Server> {
  if (dialect === 'sqlite') {
    const folder = mkdtempSync(path.join(tmpdir(), 'yinqi-midtable-'))
    const file = path.join(folder, 'erp.db')
    writeFileSync(file, '')
    return {
      dialect,
      config: () => dbConfig.parse({ dialect, file }),
      stop: async () => rmSync(folder, { recursive: true }),
    }
  }
  const postgres = dialect === 'postgres' ? await startPostgres() : null
  const url = new URL(postgres?.url ?? process.env[`YINQI_TEST_${dialect.toUpperCase()}`] ?? '')
  return {
    dialect,
    config: user =>
      dbConfig.parse({
        dialect,
        host: url.hostname,
        port: Number(url.port),
        database: url.pathname.slice(1),
        user: user ?? decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
        tls: dialect === 'mssql' ? 'trust' : 'off',
      }),
    stop: async () => postgres?.stop(),
  }
}

export async function install(server: Server, db: Db): Promise<void> {
  await run(server, db, midtableStatements(db.dialect, 'uninstall'))
  await run(server, db, midtableStatements(db.dialect))
}

/** As a DBA runs a script: in one session, on SQL Server as plain batches (CREATE TRIGGER must be a batch's first word). */
export async function run(server: Server, db: Db, statements: readonly string[]): Promise<void> {
  const config = server.config()
  if (config.dialect === 'mssql') {
    const pool = await new sql.ConnectionPool({
      server: config.host,
      port: config.port ?? 1433,
      database: config.database,
      user: config.user,
      password: config.password,
      options: { encrypt: true, trustServerCertificate: true },
      pool: { min: 0, max: 1 },
    }).connect()
    try {
      for (const statement of statements) await pool.request().batch(statement)
    } finally {
      await pool.close()
    }
    return
  }
  await db.transaction(async tx => {
    for (const statement of statements) {
      // The transaction is ours already.
      if (!/^(BEGIN IMMEDIATE|COMMIT)$/.test(lastLine(statement))) await tx.execute(statement)
    }
  })
}

function lastLine(statement: string): string {
  return statement.split('\n').at(-1) ?? ''
}

export function movedClock(start: number): Clock & { advance(ms: number): void } {
  let at = start
  return { now: () => at, sleep: async ms => void (at += ms), advance: ms => void (at += ms) }
}

/** 2026-03-02 10:00:00 in Shanghai. */
export const NOON = Date.parse('2026-03-02T02:00:00Z')

export type Asked = Partial<Record<string, string | number>> & { readonly doc_no: string }

/** As an ERP writes: only its own columns. */
export async function ask(db: Db, asked: Asked): Promise<void> {
  const row: Record<string, string | number | undefined> = {
    source_system: 'U8',
    account_set: '001',
    doc_type: 'AP49',
    doc_line: 1,
    revision: 1,
    payer_account: '1001200300400500600',
    payee_account: '6222000011112222333',
    payee_name: '杭州测试供应商有限公司',
    amount: '123.45',
    currency: 'CNY',
    purpose: '货款',
    ...asked,
  }
  const columns = Object.keys(row)
  const marks = columns.map(column =>
    column === 'amount' && db.dialect !== 'sqlite' ? 'CAST(? AS decimal(19,4))' : '?',
  )
  await db.execute(
    `INSERT INTO yq_payment (${columns.join(', ')}) VALUES (${marks.join(', ')})`,
    columns.map(column => row[column] ?? null),
  )
}

export function statusOf(request: PaymentRequest, change: Partial<PaymentStatusRecord>): PaymentStatusRecord {
  const seq = change.seq ?? 1
  return {
    kind: 'payment.status',
    key: `${request.key.docNo}:${seq}`,
    request,
    revision: request.key.revision ?? 1,
    seq,
    status: 'ready',
    statusText: '待发送',
    cause: 'request.accepted',
    errorCode: '',
    bankReference: '',
    bankSerial: '',
    settledAt: null,
    receiptNo: '',
    at: NOON + seq,
    ...change,
  }
}
