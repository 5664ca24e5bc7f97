// A whole installation on this machine's loopback: ERP database, store, bank simulators with a state file, daemons, each a
// process of its own, with a fault-injecting proxy on every connection. Everything lies in one temporary folder.

import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import YAML from 'yaml'
import { DEMO, simulatorOptions, writeDemoConfig } from '../../../connector/cli/demo-site'
import { bankDay } from '../../../connector/core/bank-time'
import { midtableStatements } from '../../../erp-bridges/midtable/sql'
import type { Db } from '../../../erp-bridges/shared/db'
import { dbConfig, type DbConfig } from '../../../erp-bridges/shared/db-config'
import { openDb } from '../../../erp-bridges/shared/db-open'
import { createSampleAccountSet } from '../../../erp-bridges/u8/sample'
import { freePort, startPostgres, type RunningPostgres } from '../../support/postgres'
import { startProxy, type Proxy } from '../../support/proxy'
import { runCommand, supervised, until, type Supervised } from './processes'

export type Kind = 'sqlite' | 'postgres'

export type SiteOptions = {
  readonly store: Kind
  readonly erp: Kind
  readonly daemons: number
  /** Who ends what stays unknown: the bank, whose absence is final here because it refuses repeats, or two people. */
  readonly finality: 'bank' | 'people'
  /** Changes of the configuration before it is written; `storeFolder` holds the store's file. */
  readonly change?: (config: SiteConfig, storeFolder: string) => void
  /** Makes another file system of the store's folder; what it returns takes that back. */
  readonly prepare?: (storeFolder: string) => () => void
}

export type SiteConfig = {
  instance: string
  keys: Record<string, unknown>
  dataDir: string
  store: Record<string, unknown>
  log: Record<string, unknown>
  erps: Record<string, Record<string, unknown>>
  banks: Record<string, Record<string, unknown>>
  accounts: Record<string, unknown>[]
  timing: Record<string, unknown>
  schedules: Record<string, unknown>
}

export type Site = {
  readonly options: SiteOptions
  readonly folder: string
  /** The ERP's own connection, and a reader of the store: both past the proxies. */
  readonly erp: Db
  readonly store: Db
  readonly storeFile: string
  readonly configFiles: readonly string[]
  readonly logFiles: readonly string[]
  readonly daemons: readonly Supervised[]
  readonly bank: Supervised
  readonly postgres: RunningPostgres | null
  /** By what runs through them: `icbc.sign`, `icbc.tunnel`, `boc.b2e`, and with PostgreSQL `store` and `erp`. */
  readonly proxies: Readonly<Record<string, Proxy>>
  /** The simulators' own books, past every proxy. Throws while the simulators are down. */
  books<T>(pathName: string, body?: unknown): Promise<T>
  close(): Promise<void>
}

const PASSWORD = 'generated-for-this-site'
/** Short, so that a dead daemon's leases end within the test. */
const TIMING = { leaseMs: 6000, callTimeoutMs: 2500, receiptRetryMs: 500, inquireFirstMs: 300, inquireMaxMs: 1000 }
const ABSENT_FINAL_MS = 2000

export async function openSite(options: SiteOptions): Promise<Site> {
  const folder = mkdtempSync(path.join(tmpdir(), 'yinqi-site-'))
  const undo: (() => Promise<unknown> | void)[] = [() => rmSync(folder, { recursive: true, force: true })]
  async function close(): Promise<void> {
    for (const each of undo.toReversed()) await each()
  }
  try {
    return await build(options, folder, undo, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function build(
  options: SiteOptions,
  folder: string,
  undo: (() => Promise<unknown> | void)[],
  close: () => Promise<void>,
): Promise<Site> {
  chmodSync(folder, 0o755)
  const needsServer = options.store === 'postgres' || options.erp === 'postgres'
  const postgres = needsServer ? await startPostgres() : null
  if (postgres) undo.push(() => postgres.stop())
  const proxies: Record<string, Proxy> = {}
  const proxied = async (name: string, port: number): Promise<number> => {
    const proxy = await startProxy(port)
    proxies[name] = proxy
    undo.push(() => proxy.close())
    return proxy.port
  }
  const { erp, database } = await createErp(options, folder, postgres, proxied)
  undo.push(() => erp.close())
  const { bank, adminUrl, urls } = await startBank(folder, proxied)
  undo.push(() => bank.kill('SIGKILL'))
  const storeFile = path.join(folder, 'store', 'yinqi.sqlite')
  mkdirSync(path.dirname(storeFile))
  if (options.prepare) undo.push(options.prepare(path.dirname(storeFile)))
  let storeConfig: Record<string, unknown> = { dialect: 'sqlite', filename: storeFile }
  if (options.store === 'postgres' && postgres) {
    await onServer(postgres, 'CREATE DATABASE store')
    const port = await proxied('store', postgres.port)
    storeConfig = {
      dialect: 'postgres',
      url: `postgres://postgres@127.0.0.1:${port}/store`,
      statementTimeoutMs: 2000,
    }
  }
  writeFileSync(path.join(folder, 'site-key.secret'), randomBytes(32).toString('hex'))
  const configFiles: string[] = []
  for (let index = 0; index < options.daemons; index++)
    configFiles.push(writeConfig({ options, folder, index, storeConfig, database, urls }))
  await runCommand(['-c', configFiles[0] ?? '', 'migrate'])
  const store = openDb(
    dbConfig.parse(postgres && options.store === 'postgres' ? direct(postgres, 'store') : sqliteAt(storeConfig)),
  )
  undo.push(() => store.close())
  const daemons = configFiles.map((file, index) =>
    supervised(`d${index + 1}`, ['-c', file, '--lang', 'en', 'start'], path.join(folder, `d${index + 1}.out`)),
  )
  for (const daemon of daemons) undo.push(() => daemon.kill('SIGKILL'))
  const books = async <T>(pathName: string, body?: unknown): Promise<T> => {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(`${adminUrl}${pathName}`, { ...request, signal: AbortSignal.timeout(10_000) })
    if (!response.ok) throw new Error(`${pathName}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  const logFiles = configFiles.map(file => String((YAML.parse(readFileSync(file, 'utf8')) as SiteConfig).log['file']))
  return {
    options,
    folder,
    erp,
    store,
    storeFile,
    configFiles,
    logFiles,
    daemons,
    bank,
    postgres,
    proxies,
    books,
    close,
  }
}

// ---------------------------------------------------------------------------------------------------------------- the ERP

async function createErp(
  options: SiteOptions,
  folder: string,
  postgres: RunningPostgres | null,
  proxied: (name: string, port: number) => Promise<number>,
): Promise<{ readonly erp: Db; readonly database: Record<string, unknown> }> {
  const file = path.join(folder, 'erp.sqlite')
  let own: Record<string, unknown> = { dialect: 'sqlite', file }
  let database = own
  if (options.erp === 'postgres' && postgres) {
    await onServer(postgres, 'CREATE DATABASE erp')
    own = direct(postgres, 'erp')
    database = { ...own, port: await proxied('erp', postgres.port), statementTimeoutMs: 2000, lockTimeoutMs: 1500 }
  } else writeFileSync(file, '')
  const erp = openDb(dbConfig.parse(own))
  try {
    await createSampleAccountSet(erp, { around: bankDay(Date.now()) })
    for (const part of ['tables', 'triggers'] as const)
      for (const statement of midtableStatements(erp.dialect, part)) await erp.execute(statement)
  } catch (error) {
    await erp.close()
    throw error
  }
  return { erp, database }
}

function direct(postgres: RunningPostgres, database: string): Record<string, unknown> {
  return {
    dialect: 'postgres',
    host: '127.0.0.1',
    port: postgres.port,
    database,
    user: 'postgres',
    password: '',
    tls: 'off',
  }
}

function sqliteAt(storeConfig: Readonly<Record<string, unknown>>): DbConfig {
  return { dialect: 'sqlite', file: String(storeConfig['filename']), lockTimeoutMs: 10_000 }
}

export async function onServer(postgres: RunningPostgres, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

// -------------------------------------------------------------------------------------------------------------- the banks

const LISTENERS = ['icbc.sign', 'icbc.tunnel', 'boc.b2e'] as const

async function startBank(
  folder: string,
  proxied: (name: string, port: number) => Promise<number>,
): Promise<{ readonly bank: Supervised; readonly adminUrl: string; readonly urls: Readonly<Record<string, string>> }> {
  mkdirSync(path.join(folder, 'boc-receipts'))
  writeFileSync(path.join(folder, 'boc-operator.secret'), PASSWORD, { mode: 0o600 })
  // Fixed for life: a simulator that was killed comes back at the same address.
  const ports = new Map<string, number>()
  for (const name of [...LISTENERS, 'admin']) ports.set(name, await freePort())
  const options = simulatorOptions(folder, PASSWORD) as {
    banks: Record<'icbc' | 'boc', Record<string, unknown>>
    [key: string]: unknown
  }
  options['adminPort'] = ports.get('admin')
  options['lateAnswerMs'] = 3000
  const quick = [{ state: 'accepted' }, { state: 'success', afterMs: 300 }]
  Object.assign(options.banks.icbc, {
    ports: { tunnel: ports.get('icbc.tunnel'), sign: ports.get('icbc.sign') },
    processing: { ownBank: quick, otherBank: quick },
  })
  Object.assign(options.banks.boc, {
    ports: { b2e: ports.get('boc.b2e') },
    processing: { ownBank: quick, otherBank: quick },
  })
  const file = path.join(folder, 'banks.yaml')
  writeFileSync(file, YAML.stringify(options))
  const bank = supervised('banks', ['bank-sim', file], path.join(folder, 'banks.out'))
  bank.start()
  const adminUrl = `http://127.0.0.1:${ports.get('admin')}`
  const answered = await until(20_000, async () => {
    const response = await fetch(`${adminUrl}/clock`).catch(() => null)
    return response?.ok === true ? true : null
  })
  if (answered === null) throw new Error(`the bank simulators did not start: ${bank.output()}`)
  const urls: Record<string, string> = {}
  for (const name of LISTENERS) urls[name] = `http://127.0.0.1:${await proxied(name, ports.get(name) ?? 0)}`
  return { bank, adminUrl, urls }
}

// ------------------------------------------------------------------------------------------------------- the configuration

type Writing = {
  readonly options: SiteOptions
  readonly folder: string
  readonly index: number
  readonly storeConfig: Record<string, unknown>
  readonly database: Readonly<Record<string, unknown>>
  readonly urls: Readonly<Record<string, string>>
}

/** Each daemon has a folder of its own, kept over its restarts. */
function writeConfig({ options, folder, index, storeConfig, database, urls }: Writing): string {
  const demo = writeDemoConfig({ folder, erpFile: path.join(folder, 'erp.sqlite'), urls, today: bankDay(Date.now()) })
  const config = YAML.parse(readFileSync(demo, 'utf8')) as SiteConfig
  const own = path.join(folder, `d${index + 1}`)
  mkdirSync(own)
  config.instance = `d${index + 1}`
  config.dataDir = own
  // Several daemons of one store have its keys in common.
  config.keys = { current: 'site', ring: [{ id: 'site', secret: { file: path.join(folder, 'site-key.secret') } }] }
  config.store = storeConfig
  config.log = { level: 'info', file: path.join(own, 'yinqi.log') }
  for (const erp of Object.values(config.erps)) erp['database'] = database
  Object.assign(config.erps['midtable'] ?? {}, { claimLeaseMs: 5000 })
  Object.assign(config.timing, TIMING)
  const { icbc, boc } = config.banks
  for (const bank of [icbc, boc]) Object.assign(bank ?? {}, { connectTimeoutMs: 500, answerTimeoutMs: 1500 })
  Object.assign(boc ?? {}, { operatorPassword: { file: path.join(folder, 'boc-operator.secret') } })
  // Nobody waits six hours here. What the guard still pauses for a day, a restart ends, as its own message says.
  Object.assign(boc ?? {}, { signIn: { pauseMs: 500, maxRefusals: 12 } })
  // The simulator names the files in its zips so; a return shares its payment's reference and would be a choice otherwise.
  Object.assign((boc?.['receipts'] as Record<string, unknown> | undefined) ?? {}, { entryPattern: '{transid}' })
  if (options.finality === 'bank') {
    // True of the simulators: they refuse a repeated reference and know every payment they took.
    Object.assign(icbc ?? {}, { absentFinalAfterMs: ABSENT_FINAL_MS })
    Object.assign(boc ?? {}, { dedupesReference: true, absentFinalAfterMs: ABSENT_FINAL_MS })
  }
  // One account books into U8's own ledger, the other through the middle tables.
  const second = config.accounts.find(account => account['account'] === DEMO.boc.account)
  Object.assign(second ?? {}, { erp: 'midtable', alsoPaidFrom: ['u8'] })
  config.schedules = { today: '*/2 * * * * *' }
  options.change?.(config, path.join(folder, 'store'))
  const file = path.join(own, 'yinqi.yaml')
  writeFileSync(file, YAML.stringify(config))
  return file
}
