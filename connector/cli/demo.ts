// Everything on embedded defaults: a sample U8 account set with middle tables, bank simulators, the daemon. Payments
// move within seconds, and the end compares the bank's own ledger with what was asked, payment by payment.

import { mkdirSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { bankDay } from '../core/bank-time'
import { startDaemon } from '../daemon'
import { startAdmin } from '../observe/admin'
import type { Happening } from '../steps/deps'
import { DEMO, simulatorOptions, writeDemoConfig } from './demo-site'
import { summarise, type BankBooks } from './demo-summary'
import { askSamplePayments, type DemoErp } from './demo-erp'
import { adminPartsOf, paceOf } from './operate'
import { EXIT, type Output } from './output'
import { openSite, readConfig, type Parts } from './site'

export type DemoSimulator = BankBooks & { readonly urls: Readonly<Record<string, string>>; close(): Promise<void> }
export type DemoParts = {
  readonly parts: Parts
  startSimulator(options: Record<string, unknown>): Promise<DemoSimulator>
  /** Creates the sample account set and the middle tables in a new SQLite file. */
  createErp(file: string, today: string): Promise<DemoErp>
}

export async function demo(
  options: { readonly for?: string; readonly dir?: string },
  given: DemoParts,
  output: Output,
): Promise<number> {
  const forMs = options.for === undefined ? null : durationMs(options.for)
  if (forMs === undefined) {
    output.say('--for 应如 30s、2m', '--for takes a duration such as 30s or 2m')
    return EXIT.usage
  }
  const { clock } = given.parts
  const today = bankDay(clock.now())
  const folder = path.resolve(
    options.dir ?? path.join('data', `demo-${new Date(clock.now()).toISOString().replace(/\D/g, '').slice(0, 14)}`),
  )
  mkdirSync(path.join(folder, 'boc-receipts'), { recursive: true })
  const password = randomBytes(9).toString('hex')
  writeFileSync(path.join(folder, 'boc-operator.secret'), password, { mode: 0o600 })
  const erpFile = path.join(folder, 'erp.sqlite')
  const erp = await given.createErp(erpFile, today)
  const simulator = await given.startSimulator(simulatorOptions(folder, password))
  const configFile = writeDemoConfig({ folder, erpFile, urls: simulator.urls, today })
  const site = await openSite(readConfig(configFile, given.parts), given.parts, {
    isMigrating: true,
    isQuiet: false,
    tell: happening => narrate(happening, output),
  })
  const admin = await startAdmin(site.config.admin, adminPartsOf(site))
  const daemon = startDaemon(site.deps, paceOf(site), site.config.schedules, site.log, site.metrics)
  introduce(folder, erpFile, configFile, admin.url, simulator.urls['admin'] ?? '', output)
  await askSamplePayments(erp, today)
  await until(forMs)
  await daemon.stop()
  const summary = await summarise(site.deps, simulator, { folder, erpDatabase: erpFile, configFile })
  await admin.close()
  await site.close()
  await erp.close()
  await simulator.close()
  output.json(summary)
  output.say(summary.text.zh, summary.text.en)
  return summary.isConsistent ? EXIT.ok : EXIT.no
}

function introduce(
  folder: string,
  erpFile: string,
  configFile: string,
  adminUrl: string,
  bankAdmin: string,
  output: Output,
): void {
  const { icbc, company } = DEMO
  const columns =
    'source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account, payer_name, payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_city, amount, currency, purpose'
  const values = `'T','001','PAY','TEST-1',1,1,'001','${icbc.account}','${company}','6200000000000001100','上海乙火贸易有限公司','招商银行上海分行','308290003020','C','上海','88.60','CNY','货款'`
  const insert = `sqlite3 ${erpFile} "INSERT INTO yq_payment (${columns}) VALUES (${values})"`
  output.say(
    `样例 ERP 数据库：${erpFile}\n配置文件：${configFile}\n数据目录：${folder}\n监控：${adminUrl}/metrics\n模拟银行账本：${bankAdmin}/ledger\n\n再付一笔（几秒内到账）：\n${insert}\n`,
    `sample ERP database: ${erpFile}\nconfiguration: ${configFile}\ndata folder: ${folder}\nmetrics: ${adminUrl}/metrics\nthe simulated banks' ledger: ${bankAdmin}/ledger\n\npay one more (settled within seconds):\n${insert}\n`,
  )
}

function narrate(happening: Happening, output: Output): void {
  if (happening.kind === 'payment.moved') {
    output.say(
      `${happening.paymentId}  ${happening.from} → ${happening.to}  ${happening.text}`,
      `${happening.paymentId}  ${happening.from} → ${happening.to}  ${happening.text}`,
    )
  }
  if (happening.kind === 'request.refused')
    output.say(
      `单据 ${happening.docNo} 有误：${happening.text}`,
      `document ${happening.docNo} is invalid: ${happening.text}`,
    )
  if (happening.kind === 'contradiction')
    output.say(
      `矛盾 ${happening.code}：${happening.paymentId ?? ''}`,
      `contradiction ${happening.code}: ${happening.paymentId ?? ''}`,
    )
  if (happening.kind === 'entry.made')
    output.say(`记账规则「${happening.rule}」生成凭证`, `rule "${happening.rule}" made a journal entry`)
  if (happening.kind === 'record.refused')
    output.say(`ERP 拒绝：${happening.code} ${happening.text}`, `the ERP refused: ${happening.code} ${happening.text}`)
  if (happening.kind === 'fence.closed')
    output.say(
      `禁止发送：${happening.code} ${happening.detail}`,
      `nothing is sent: ${happening.code} ${happening.detail}`,
    )
  if (happening.kind === 'matched')
    output.say(
      `对账：账户尾号 ${happening.account.slice(-4)} 新增 ${happening.count} 笔勾对`,
      `reconciled: ${happening.count} new matches on account …${happening.account.slice(-4)}`,
    )
}

async function until(forMs: number | null): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = forMs === null ? null : setTimeout(resolve, forMs)
    const stop = (): void => {
      if (timer) clearTimeout(timer)
      resolve()
    }
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  })
}

function durationMs(text: string): number | undefined {
  const match = /^(\d{1,6})(ms|s|m)$/.exec(text)
  if (!match) return undefined
  return Number.parseInt(match[1] ?? '', 10) * { ms: 1, s: 1000, m: 60_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm']
}
