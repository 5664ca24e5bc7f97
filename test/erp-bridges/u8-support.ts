// A fresh sample account set in a real SQLite file or a real PostgreSQL database for each test, and a U8 bridge over it.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Clock, ErpBridge, JournalEntry, JournalLine, PaymentRequest, Pull } from '../../connector/ports'
import { midtableStatements } from '../../erp-bridges/midtable/sql'
import type { Db } from '../../erp-bridges/shared/db'
import type { DbConfig } from '../../erp-bridges/shared/db-config'
import { openDb } from '../../erp-bridges/shared/db-open'
import { createU8Bridge } from '../../erp-bridges/u8/bridge'
import { u8Config, type U8Config } from '../../erp-bridges/u8/config'
import { createSampleAccountSet, sampleConfig, type SamplePayment } from '../../erp-bridges/u8/sample'
import { startPostgres, type RunningPostgres } from '../support/postgres'

/** 10:00 in Shanghai on the 28th of March 2026: calendar month 3, accounting period 4. */
export const NOW = Date.parse('2026-03-28T02:00:00Z')
export const TODAY = '2026-03-28'

export const DIALECTS = ['sqlite', 'postgres'] as const

export type World = {
  readonly db: Db
  readonly bridge: ErpBridge
  readonly database: DbConfig
  /** Another daemon's bridge over the same account set. */
  open(config?: Partial<U8Config>): ErpBridge
  close(): Promise<void>
}

export type Ground = { world(config?: Partial<U8Config>): Promise<World>; stop(): Promise<void> }

export async function prepareGround(dialect: (typeof DIALECTS)[number]): Promise<Ground> {
  const folder = mkdtempSync(path.join(tmpdir(), 'yinqi-u8-'))
  const server: RunningPostgres | null = dialect === 'postgres' ? await startPostgres() : null
  const url = new URL(server?.url ?? 'postgres://x')
  const base = {
    dialect: 'postgres' as const,
    host: url.hostname,
    port: Number(url.port || 5432),
    user: url.username,
    password: '',
    tls: 'off' as const,
    lockTimeoutMs: 10_000,
    statementTimeoutMs: 30_000,
    poolMax: 3,
  }
  const named = (name: string): DbConfig =>
    server
      ? { ...base, database: name }
      : { dialect: 'sqlite', file: path.join(folder, `${name}.db`), lockTimeoutMs: 10_000 }
  const admin = server ? openDb({ ...base, database: 'postgres' }) : null
  // One account set is made; each test has a copy of it.
  await admin?.execute('CREATE DATABASE template_u8')
  const template = named('template_u8')
  if (template.dialect === 'sqlite') writeFileSync(template.file, '')
  const first = openDb(template)
  await createSampleAccountSet(first, { around: TODAY })
  for (const part of ['tables', 'triggers'] as const) {
    for (const statement of midtableStatements(first.dialect, part)) await first.execute(statement)
  }
  await first.close()
  let count = 0
  const copy = async (): Promise<DbConfig> => {
    count += 1
    const config = named(`u8_${count}`)
    if (config.dialect === 'sqlite' && template.dialect === 'sqlite') copyFileSync(template.file, config.file)
    await admin?.execute(`CREATE DATABASE u8_${count} TEMPLATE template_u8`)
    if (!admin) return config
    // UFSystem names the database: the copy is not the one that was copied.
    const db = openDb(config)
    await db.execute('UPDATE ufsystem.UA_AccountDatabase SET cDatabase = current_database()')
    await db.close()
    return config
  }
  return {
    world: async config => worldOf(await copy(), config),
    stop: async () => {
      await admin?.close()
      await server?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const clock: Clock = { now: () => NOW, sleep: () => Promise.resolve() }

function worldOf(database: DbConfig, config: Partial<U8Config> = {}): World {
  const db = openDb(database)
  const bridges: ErpBridge[] = []
  const open = (other: Partial<U8Config> = config): ErpBridge => {
    const parsed = u8Config.parse({ ...sampleConfig(database, '2026-01-01'), ...other })
    const bridge = createU8Bridge(parsed, { clock, name: 'u8', instance: 'test' })
    bridges.push(bridge)
    return bridge
  }
  const bridge = open()
  const close = async (): Promise<void> => {
    for (const opened of bridges) await opened.close()
    await db.close()
  }
  return { db, bridge, database, open, close }
}

export function payment(change: Partial<SamplePayment> = {}): SamplePayment {
  return {
    supplier: 'V0001',
    amount: '1234.56',
    date: '2026-03-28',
    purpose: '支付材料款',
    approver: '李审核',
    approvedAt: '2026-03-28T09:00:00.000',
    ...change,
  }
}

export function requests(pull: Pull): readonly PaymentRequest[] {
  return pull.items.flatMap(item => (item.kind === 'pay' ? [item] : []))
}

export function line(
  account: string,
  side: JournalLine['side'],
  minor: bigint,
  more: Partial<JournalLine> = {},
): JournalLine {
  return {
    account,
    side,
    amount: { minor, currency: 'CNY' },
    summary: '手续费',
    auxiliaries: {},
    settlement: null,
    ...more,
  }
}

/** A bank fee: debit 660301, credit 100201. */
export function feeEntry(change: Partial<JournalEntry> = {}): JournalEntry {
  return {
    key: 'YQ0123456789abcdef0123456789abcdef',
    accountSet: '001',
    date: TODAY,
    voucherType: '付',
    summary: '手续费',
    maker: '银企直联',
    lines: [
      line('660301', 'debit', 1050n),
      line('100201', 'credit', 1050n, { settlement: { style: '3', number: 'S0001', date: TODAY } }),
    ],
    document: null,
    rule: 'fee',
    ...change,
  }
}

/** The booking of a payment document: debit 2202 of the supplier, credit 100201. */
export function paymentEntry(id: string, change: Partial<JournalEntry> = {}): JournalEntry {
  return feeEntry({
    key: 'YQfedcba9876543210fedcba9876543210',
    summary: '支付材料款',
    lines: [
      line('2202', 'debit', 123456n, { auxiliaries: { supplier: 'V0001' } }),
      line('100201', 'credit', 123456n, { settlement: { style: '3', number: 'S0002', date: TODAY } }),
    ],
    document: { sourceSystem: 'U8', accountSet: '001', docType: 'AP49', docNo: id, docLine: 1, revision: 1 },
    ...change,
  })
}

export async function book(bridge: ErpBridge, entry: JournalEntry) {
  const [result] = await bridge.push([{ kind: 'journal.entry', key: entry.key, entry }])
  return result
}
