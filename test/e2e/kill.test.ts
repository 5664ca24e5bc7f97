// The real daemon as a process, killed with -9 again and again while payments arrive, against the real simulators over
// sockets. Afterwards the bank's own ledger is compared with what was asked, row by row: nothing twice, nothing lost.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
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
const ROWS = 24
const KILLS = 6
const PASSWORD = 'generated-for-this-test'

let folder: string
let db: Db
let simulator: Simulator
let configFile: string
let daemon: ChildProcess | null = null

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-kill-'))
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
  // A dead daemon's leases must end within the test: shorter calls, shorter leases.
  const config = YAML.parse(readFileSync(configFile, 'utf8'))
  config.timing = { ...config.timing, leaseMs: 3000, callTimeoutMs: 2500 }
  // The simulated banks refuse a repeated reference, so that absence may be made final: what never left is sent again,
  // under its own reference. Without it such a payment rightly stays unknown until two people have decided.
  config.banks.icbc.absentFinalAfterMs = 4000
  Object.assign(config.banks.boc, { dedupesReference: true, absentFinalAfterMs: 4000 })
  writeFileSync(configFile, YAML.stringify(config))
  await run(['migrate'])
}, 60_000)

afterAll(async () => {
  daemon?.kill('SIGKILL')
  await db?.close()
  await simulator?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('kill -9 at any moment pays nothing twice and loses nothing', async () => {
  for (let index = 0; index < ROWS; index++) await insert(index)
  for (let kill = 0; kill < KILLS; kill++) {
    const child = start()
    // Uneven moments, the same in every run: right after the start, in the middle of sends, between sends.
    await delay(350 + ((kill * 397) % 1300))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  daemon = start()
  const rows = await until(100_000, async () => {
    const found = await db.query('SELECT doc_no, status, bank_reference FROM yq_payment')
    return found.every(row => row['status'] === 'settled') ? found : null
  })
  expect(rows).toHaveLength(ROWS)
  const booked = simulator.payments().filter(key => key.timesBooked > 0)
  expect(booked.map(key => key.timesBooked)).toEqual(booked.map(() => 1))
  expect(booked).toHaveLength(ROWS)
  // ICBC's key is the package and the line in it.
  const references = booked.map(key => key.key.replace(/\/1$/, ''))
  expect(references.toSorted((a, b) => a.localeCompare(b))).toEqual(
    rows.map(row => String(row['bank_reference'])).toSorted((a, b) => a.localeCompare(b)),
  )
  // Every line of the bank is in the middle table once, and every payment has its voucher once.
  const lines = await until(30_000, async () => {
    const found = await db.query('SELECT bank_reference AS reference FROM yq_statement_line')
    return found.length >= ROWS ? found : null
  })
  expect(new Set(lines.map(line => line['reference'])).size).toBe(ROWS)
  expect(lines).toHaveLength(ROWS)
  const vouchers = await until(30_000, async () => {
    const found = await db.query('SELECT coutno_id FROM GL_accvouch WHERE inid = 1')
    return found.length >= ROWS ? found : null
  })
  expect(new Set(vouchers.map(voucher => voucher['coutno_id'])).size).toBe(ROWS)
  expect(vouchers).toHaveLength(ROWS)
  daemon.kill('SIGTERM')
  const [code] = await once(daemon, 'exit')
  expect(code).toBe(0)
  expect(simulator.problems()).toEqual([])
  // Nor is the trail of what happened broken by any of the kills.
  await run(['audit', 'verify'])
}, 280_000)

async function insert(index: number): Promise<void> {
  const bank = index % 2 === 0 ? DEMO.icbc : DEMO.boc
  await db.execute(
    `INSERT INTO yq_payment (source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account, payer_name,
      payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province, payee_city, amount, currency, purpose)
     VALUES ('T', '001', 'PAY', ?, 1, 1, '001', ?, ?, ?, '上海乙火贸易有限公司', '招商银行上海分行', '308290003020', 'C', '上海', '上海', ?, 'CNY', '货款')`,
    [
      `K-${index}`,
      bank.account,
      DEMO.company,
      `6200000000${String(index).padStart(6, '0')}101`,
      `${100 + index}.0${index % 10}`,
    ],
  )
}

function start(): ChildProcess {
  return spawn(process.execPath, [MAIN, '-c', configFile, 'start'], { stdio: 'ignore' })
}

async function run(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [MAIN, '-c', configFile, ...args], { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`yinqi ${args.join(' ')} ended with ${code}`)
}

/** Polls a condition until it holds; fails, saying what is still open, when it never does. */
async function until<T>(withinMs: number, look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > deadline) {
      const open = await db.query("SELECT doc_no, status, status_text FROM yq_payment WHERE status <> 'settled'")
      const vouchers = await db.query('SELECT COUNT(*) AS n FROM GL_accvouch WHERE inid = 1')
      throw new Error(`still open: ${JSON.stringify(open)}; vouchers ${String(vouchers[0]?.['n'])}`)
    }
    await delay(200)
  }
}

function delay(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
