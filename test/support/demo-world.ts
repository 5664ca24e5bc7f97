// The demo's site in a temporary folder: a sample ERP, the simulated banks and an opened store, all on one movable clock.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import YAML from 'yaml'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { DEMO, simulatorOptions, writeDemoConfig } from '../../connector/cli/demo-site'
import { openSite, readConfig, type Parts, type Site } from '../../connector/cli/site'
import { bankDay } from '../../connector/core/bank-time'
import type { Db } from '../../erp-bridges/shared/db'
import { dbConfig } from '../../erp-bridges/shared/db-config'
import { openDb } from '../../erp-bridges/shared/db-open'
import { midtableStatements } from '../../erp-bridges/midtable/sql'
import { createSampleAccountSet } from '../../erp-bridges/u8/sample'
import { movableClock, partsWith } from './parts'

const PASSWORD = 'generated-for-this-test'

export type DemoWorld = {
  readonly clock: ReturnType<typeof movableClock>
  readonly folder: string
  readonly configFile: string
  readonly parts: Parts
  readonly db: Db
  readonly simulator: Simulator
  readonly site: Site
  close(): Promise<void>
}

/** The parts of the written configuration that tests change. */
export type DemoConfig = {
  timing: Record<string, number>
  schedules: Record<string, string>
  banks: Record<'icbc' | 'boc', Record<string, unknown>>
}

export async function openDemoWorld(
  change: (config: DemoConfig) => void,
  simulated: Readonly<Record<string, unknown>>,
): Promise<DemoWorld> {
  const clock = movableClock()
  const folder = mkdtempSync(path.join(tmpdir(), 'yinqi-site-'))
  mkdirSync(path.join(folder, 'boc-receipts'))
  const erpFile = path.join(folder, 'erp.sqlite')
  writeFileSync(erpFile, '')
  writeFileSync(path.join(folder, 'boc-operator.secret'), PASSWORD)
  const today = bankDay(clock.now())
  const db = openDb(dbConfig.parse({ dialect: 'sqlite', file: erpFile }))
  await createSampleAccountSet(db, { around: today })
  for (const part of ['tables', 'triggers'] as const)
    for (const sql of midtableStatements('sqlite', part)) await db.execute(sql)
  const simulator = await startSimulator({ ...simulatorOptions(folder, PASSWORD), clock, ...simulated })
  const configFile = writeDemoConfig({ folder, erpFile, urls: simulator.urls, today })
  const config = YAML.parse(readFileSync(configFile, 'utf8')) as DemoConfig
  change(config)
  writeFileSync(configFile, YAML.stringify(config))
  const parts = partsWith(clock)
  const site = await openSite(readConfig(configFile, parts), parts, {
    isMigrating: true,
    isQuiet: true,
    tell: () => undefined,
  })
  return {
    ...{ clock, folder, configFile, parts, db, simulator, site },
    async close() {
      await site.close()
      await db.close()
      await simulator.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type AskedPayment = {
  readonly bank: 'icbc' | 'boc'
  readonly docNo: string
  readonly payeeAccount: string
  readonly amount: string
}

/** What an ERP would write into yq_payment. */
export async function askFor(db: Db, { bank, docNo, payeeAccount, amount }: AskedPayment): Promise<void> {
  await db.execute(
    `INSERT INTO yq_payment (source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account, payer_name,
      payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province, payee_city, amount, currency, purpose)
     VALUES ('T', '001', 'PAY', ?, 1, 1, '001', ?, ?, ?, '上海乙火贸易有限公司', '招商银行上海分行', '308290003020', 'C', '上海', '上海', ?, 'CNY', '货款')`,
    [docNo, DEMO[bank].account, DEMO.company, payeeAccount, amount],
  )
}
