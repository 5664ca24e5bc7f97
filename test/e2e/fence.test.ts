// The real daemon as a process, beside a clone of itself and over an older copy of its own store, against the real
// simulators: what the copy does not know is not paid again, and nothing that the ERP asked is lost (I10).

import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import YAML from 'yaml'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { DEMO, simulatorOptions, writeDemoConfig } from '../../connector/cli/demo-site'
import { bankDay } from '../../connector/core/bank-time'
import type { Db } from '../../erp-bridges/shared/db'
import { dbConfig } from '../../erp-bridges/shared/db-config'
import { openDb } from '../../erp-bridges/shared/db-open'
import { midtableStatements } from '../../erp-bridges/midtable/sql'
import { createSampleAccountSet } from '../../erp-bridges/u8/sample'

const MAIN = path.resolve(__dirname, '../../connector/main.js')
const PASSWORD = 'generated-for-this-test'

let folder: string
let db: Db
let simulator: Simulator
let configFile: string
const running = new Set<ChildProcess>()

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-fence-'))
  mkdirSync(path.join(folder, 'boc-receipts'))
  const erpFile = path.join(folder, 'erp.sqlite')
  writeFileSync(erpFile, '')
  writeFileSync(path.join(folder, 'boc-operator.secret'), PASSWORD)
  db = openDb(dbConfig.parse({ dialect: 'sqlite', file: erpFile }))
  const today = bankDay(Date.now())
  await createSampleAccountSet(db, { around: today })
  for (const part of ['tables', 'triggers'] as const)
    for (const sql of midtableStatements('sqlite', part)) await db.execute(sql)
  simulator = await startSimulator(simulatorOptions(folder, PASSWORD))
  configFile = writeDemoConfig({ folder, erpFile, urls: simulator.urls, today })
  const config = YAML.parse(readFileSync(configFile, 'utf8'))
  config.timing = { ...config.timing, pollMaxMs: 300 }
  // Whoever copies a site has its keys: without them a copy does not even open.
  config.keys = { current: 'site', ring: [{ id: 'site', secret: { file: path.join(folder, 'site-key.secret') } }] }
  writeFileSync(path.join(folder, 'site-key.secret'), randomBytes(32).toString('base64'), { mode: 0o600 })
  writeFileSync(configFile, YAML.stringify(config))
  await yinqi(['migrate'])
}, 180_000)

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await db?.close()
  await simulator?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a clone beside its original sends nothing and takes nothing from it, with or without the copied dataDir', async () => {
  const original = start(configFile)
  await insert(['A-1', 'A-2'])
  await settled(['A-1', 'A-2'])
  const clones = [false, true].map(cloneOf)
  const copies = clones.map(clone => start(path.join(clone, 'yinqi.yaml')))
  for (const clone of clones) await until(async () => (logOf(clone).includes('"message":"fence.closed"') ? true : null))
  expect(logOf(clones[0] ?? '')).toMatch(/FENCE_(DATABASE_COPIED|HOST_UNKNOWN)/)
  expect(logOf(clones[1] ?? '')).toMatch(/FENCE_(DATABASE_COPIED|HOST_COPIED)/)
  await insert(['A-3', 'A-4', 'A-5', 'A-6'])
  await settled(['A-3', 'A-4', 'A-5', 'A-6'])
  await Promise.all(copies.map(stop))
  for (const clone of clones) expect(rowsOf(clone, 'SELECT id FROM yinqi_payment')).toHaveLength(2)
  await stop(original)
  expectPaidOnce(6)
}, 180_000)

test('a store that was restored from an older copy sends nothing until a person has confirmed, and nothing is paid twice', async () => {
  const live = start(configFile)
  const before = ['B-1', 'B-2', 'B-3']
  await insert(before)
  await settled(before)
  const backup = path.join(folder, 'backup.sqlite')
  copyStore(backup)
  const lost = ['B-4', 'B-5', 'B-6', 'B-7']
  await insert(lost)
  await settled(lost)
  live.kill('SIGKILL')
  await once(live, 'exit')
  // B-7 was paid, but the ERP was never told: its row comes again as if it were new.
  const [b7] = await db.query("SELECT bank_reference FROM yq_payment WHERE doc_no = 'B-7'")
  const b7Reference = String(b7?.['bank_reference'])
  await forgetAtErp('B-7')
  const store = path.join(folder, 'yinqi.sqlite')
  for (const tail of ['-wal', '-shm']) rmSync(store + tail, { force: true })
  copyFileSync(backup, store)

  const after = ['C-1', 'C-2']
  await insert(after)
  const restored = start(configFile)
  await until(async () => (logOf(folder).includes('FENCE_STORE_BEHIND') ? true : null))

  const swept = await json(['fence', 'sweep'])
  const erpRows = await db.query("SELECT bank_reference FROM yq_payment WHERE doc_no IN ('B-4', 'B-5', 'B-6')")
  const ids = swept.differences.map((difference: { id: string }) => difference.id)
  for (const row of erpRows) expect(ids).toContain(`erp:${String(row['bank_reference'])}`)
  expect(ids).toContain(`line:${b7Reference}`)
  expect(await statusesOf(after)).toEqual(['new', 'new'])
  expectPaidOnce(13)

  const who = ['--as', '李娜', '--evidence', '银行流水逐笔核对']
  const refused = await json(['fence', 'confirm', ...who], 1)
  expect(refused.unnamed.map((difference: { id: string }) => difference.id)).toEqual([`line:${b7Reference}`])
  await json(['fence', 'confirm', ...who, '--accept', `line:${b7Reference}`])

  // What comes after the confirmation waits for a person; what resembles the lost payment says so.
  const waiting = ['B-7', ...after]
  await until(async () => ((await statusesOf(waiting)).every(found => found === 'held') ? true : null))
  const held = (await json(['payment', 'list', '--state', 'held'])).payments
  expect(held).toHaveLength(3)
  const idOf = (docNo: string): string =>
    held.find((payment: { key: { docNo: string } }) => payment.key.docNo === docNo)?.id
  const again = held.find((payment: { key: { docNo: string } }) => payment.key.docNo === 'B-7')
  expect(again.statusText).toContain(b7Reference)
  expect(again.reference).not.toBe(b7Reference)
  for (const person of ['李娜', '王伟'])
    await json(['payment', 'confirm', again.id, '--verdict', 'paid', '--as', person, '--evidence', b7Reference])
  await json(['fence', 'clear', idOf('C-1'), idOf('C-2'), '--then', 'send', ...who])
  await settled([...before, ...lost, ...after])
  await stop(restored)
  expectPaidOnce(15)
  expect(rowsOf(folder, 'SELECT state FROM yinqi_payment')).toEqual(
    Array.from({ length: 15 }, () => ({ state: 'settled' })),
  )
  const confirmed = `SELECT MAX(no) FROM yinqi_fence_event WHERE kind = 'confirmed' AND person = '李娜'`
  expect(rowsOf(folder, `SELECT kind, content FROM yinqi_fence_event WHERE no > (${confirmed})`)).toEqual([])
  expect(rowsOf(folder, `SELECT person FROM yinqi_fence_event WHERE no = (${confirmed})`)).toEqual([{ person: '李娜' }])
  expect(simulator.problems()).toEqual([])
}, 180_000)

/** Every debit of the bank's own ledger happened once, and there are as many as the ERP asked for. */
function expectPaidOnce(count: number): void {
  const booked = simulator.payments().filter(key => key.timesBooked > 0)
  expect(booked.map(key => key.timesBooked)).toEqual(booked.map(() => 1))
  expect(booked).toHaveLength(count)
}

let inserted = 0

async function insert(docNos: readonly string[]): Promise<void> {
  for (const docNo of docNos) {
    const index = ++inserted
    const bank = index % 2 === 0 ? DEMO.icbc : DEMO.boc
    await db.execute(
      `INSERT INTO yq_payment (source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account, payer_name,
        payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province, payee_city, amount, currency, purpose)
       VALUES ('T', '001', 'PAY', ?, 1, 1, '001', ?, ?, ?, '上海乙火贸易有限公司', '招商银行上海分行', '308290003020', 'C', '上海', '上海', ?, 'CNY', '货款')`,
      [docNo, bank.account, DEMO.company, `6200000000${String(index).padStart(6, '0')}101`, `${200 + index}.50`],
    )
  }
}

async function forgetAtErp(docNo: string): Promise<void> {
  for (const row of await db.query("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'yq_payment'"))
    await db.execute(`DROP TRIGGER ${String(row['name'])}`)
  await db.execute(
    "UPDATE yq_payment SET status = 'new', status_seq = 0, bank_reference = '', bank_serial = '', settled_at = NULL, taken_at = NULL, taken_by = '' WHERE doc_no = ?",
    [docNo],
  )
  for (const sql of midtableStatements('sqlite', 'triggers')) await db.execute(sql)
}

async function statusesOf(docNos: readonly string[]): Promise<readonly string[]> {
  const rows = await db.query(
    `SELECT status FROM yq_payment WHERE doc_no IN (${docNos.map(() => '?').join(', ')})`,
    docNos,
  )
  return rows.map(row => String(row['status']))
}

async function settled(docNos: readonly string[]): Promise<void> {
  await until(async () => ((await statusesOf(docNos)).every(found => found === 'settled') ? true : null))
}

/** As an administrator copies a live SQLite database. */
function copyStore(to: string): void {
  const source = new Sqlite(path.join(folder, 'yinqi.sqlite'), { readonly: true })
  source.prepare('VACUUM INTO ?').run(to)
  source.close()
}

/** Database and configuration copied into another folder; with the host's own files too, or with an empty dataDir. */
function cloneOf(withDataDir: boolean): string {
  const place = path.join(folder, `clone-${String(withDataDir)}`)
  mkdirSync(place)
  copyStore(path.join(place, 'yinqi.sqlite'))
  if (withDataDir)
    for (const file of ['fence-demo.json', 'fence.anchor'])
      copyFileSync(path.join(folder, file), path.join(place, file))
  const config = YAML.parse(readFileSync(configFile, 'utf8'))
  config.dataDir = place
  config.store.filename = path.join(place, 'yinqi.sqlite')
  config.log.file = path.join(place, 'yinqi.log')
  writeFileSync(path.join(place, 'boc-operator.secret'), PASSWORD)
  writeFileSync(path.join(place, 'yinqi.yaml'), YAML.stringify(config))
  return place
}

function logOf(place: string): string {
  const file = path.join(place, 'yinqi.log')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function rowsOf(place: string, sql: string): readonly unknown[] {
  const store = new Sqlite(path.join(place, 'yinqi.sqlite'), { readonly: true })
  const rows = store.prepare(sql).all()
  store.close()
  return rows
}

/** A command's JSON: the test that asks knows its shape. */
async function json(args: readonly string[], expected = 0): Promise<ReturnType<typeof JSON.parse>> {
  const { code, text } = await output(['-c', configFile, '--json', ...args])
  expect([code, args]).toEqual([expected, args])
  return JSON.parse(text)
}

async function yinqi(args: readonly string[]): Promise<void> {
  const { code } = await output(['-c', configFile, ...args])
  expect(code).toBe(0)
}

async function output(args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', chunk => (text += String(chunk)))
  const [code] = await once(child, 'close')
  return { code, text }
}

function start(config: string): ChildProcess {
  const child = spawn(process.execPath, [MAIN, '-c', config, 'start'], { stdio: 'ignore' })
  running.add(child)
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  running.delete(child)
  expect(code).toBe(0)
}

/** Polls a condition until it holds; fails, saying what is still open, when it never does. */
async function until<T>(look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > deadline) {
      const open = await db.query("SELECT doc_no, status, status_text FROM yq_payment WHERE status <> 'settled'")
      throw new Error(`still open: ${JSON.stringify(open)}`)
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
