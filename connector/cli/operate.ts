// The operator's commands without a browser: start, check, doctor, migrate, status.

import { createHash } from 'node:crypto'
import { ConfigError, isSecretName } from '../config'
import { startDaemon } from '../daemon'
import { clockDifference } from '../core/bank-time'
import { wordsOfCertificate, type CertificateState } from '../core/certificates'
import { wordsOf } from '../core/fence'
import { STATE_WORDS } from '../core/lifecycle'
import { startAdmin, type AdminParts } from '../observe/admin'
import { watchCertificates } from '../observe/certificate-watch'
import type { Check, State } from '../ports'
import { bankChecks, bankView, sayBanks } from './bank'
import { fenceReasons } from './fence'
import { exampleResults, exampleText } from './journal'
import { EXIT, table, type Output } from './output'
import { keyFileOf } from './site-keys'
import { openSite, openStoreOf, readConfig, type Parts, type Site } from './site'

/** Runs until SIGTERM or SIGINT, then lets what is under way finish. */
export async function start(file: string, parts: Parts, output: Output): Promise<number> {
  const site = await openSite(readConfig(file, parts), parts, {
    isMigrating: false,
    isQuiet: false,
    tell: () => undefined,
  })
  await tellStart(site)
  const admin = await startAdmin(site.config.admin, adminPartsOf(site))
  const daemon = startDaemon(site.deps, paceOf(site), site.config.schedules, site.log, site.metrics)
  const certificates = watchCertificates({
    look: () => site.certificates(),
    show: states => site.metrics.certificates(states),
    ...{ tell: site.deps.tell, clock: site.deps.clock },
  })
  const stopping = new Promise<void>(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
  // Said once a signal is listened to: whoever waits for these words may send one.
  output.say(`银企直联已启动，管理端口 ${admin.url}`, `yinqi is running, admin port ${admin.url}`)
  await stopping
  await daemon.stop()
  await certificates.stop()
  await admin.close()
  await site.close()
  return EXIT.ok
}

export function adminPartsOf({ deps, metrics, guards, config }: Site): AdminParts {
  return { store: deps.store, metrics, fence: deps.fence, banks: guards, instance: config.instance }
}

/** Who runs on which configuration: its digest, without secrets, so that a change of it can be dated. */
async function tellStart(site: Site): Promise<void> {
  const { keys: _keys, ...rest } = site.config
  const digest = createHash('sha256')
    .update(JSON.stringify(withoutSecrets(rest)))
    .digest('hex')
  const content = { instance: site.config.instance, configuration: digest }
  const event = { kind: 'start', paymentId: null, subject: site.config.instance, content }
  await site.deps.store.audit.append([event], site.deps.clock.now())
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !isSecretName(name))
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutSecrets(item)]))
}

export function paceOf(site: Site): { pollMinMs: number; pollMaxMs: number; faultMaxMs: number } {
  const { pollMinMs, pollMaxMs } = site.config.timing
  return { pollMinMs, pollMaxMs, faultMaxMs: 60_000 }
}

export function check(file: string, parts: Parts, output: Output): number {
  const config = readConfig(file, parts)
  const failed = exampleResults(config).filter(result => !result.ok)
  if (failed.length > 0) {
    // Not an error of the daemon's own: it goes on paying while the rules of booking are mended.
    throw new ConfigError(
      failed.map(result => ({
        path: `journal「${result.rule}」`,
        message: `示例不符 / an example gives something else:\n${exampleText(result)}`,
      })),
    )
  }
  output.say(
    `配置正确：${Object.keys(config.erps).length} 个 ERP，${Object.keys(config.banks).length} 个银行，${config.accounts.length} 个账户`,
    `configuration is valid: ${Object.keys(config.erps).length} ERPs, ${Object.keys(config.banks).length} banks, ${config.accounts.length} accounts`,
  )
  if (config.keys === undefined) {
    const file = keyFileOf(config)
    output.say(
      `注意：没有配置 keys，使用自动生成的密钥 ${file}；正式环境请配置 keys，并把密钥与数据库分开保管`,
      `note: no \`keys\` are configured, a generated key in ${file} is used; a real installation configures \`keys\` and keeps them apart from the database`,
    )
  }
  output.json({ ok: true, keys: config.keys === undefined ? 'generated' : 'configured' })
  return EXIT.ok
}

export async function migrate(file: string, parts: Parts, output: Output): Promise<number> {
  const store = await openStoreOf(readConfig(file, parts), parts, true)
  await store.close()
  output.say('数据库结构已是最新', 'the schema is up to date')
  output.json({ ok: true })
  return EXIT.ok
}

/** Reaches every ERP and bank; says what is missing in words that can be acted on. */
export async function doctor(file: string, parts: Parts, output: Output): Promise<number> {
  const site = await openSite(readConfig(file, parts), parts, {
    isMigrating: false,
    isQuiet: true,
    tell: () => undefined,
  })
  const results: (Check & { readonly of: string })[] = []
  results.push(await checkFence(site))
  for (const [name, bridge] of site.deps.erps)
    for (const found of await bridge.doctor()) results.push({ of: `erp ${name}`, ...found })
  for (const [name, gateway] of site.deps.banks)
    for (const found of (await gateway.doctor?.()) ?? []) results.push({ of: `bank ${name}`, ...found })
  for (const { bank, account } of site.config.accounts) results.push(await checkAccount(site, bank, account))
  results.push(...bankChecks(await bankView(site)))
  results.push(...(await site.certificates()).map(checkOfCertificate))
  await site.close()
  const isOk = results.every(result => result.ok)
  const word = (result: Check): string => (output.lang === 'zh' ? result.zh : result.en)
  output.say(
    ...both(
      table(
        results.map(result => [
          result.ok ? '✓' : '✗',
          result.of,
          result.name,
          result.latencyMs === null ? '' : `${result.latencyMs} ms`,
          result.clockDifferenceMs === null ? '' : `Δ ${result.clockDifferenceMs} ms`,
          word(result),
        ]),
      ),
    ),
  )
  output.json({ ok: isOk, checks: results })
  return isOk ? EXIT.ok : EXIT.no
}

export async function status(file: string, parts: Parts, output: Output): Promise<number> {
  const site = await openSite(readConfig(file, parts), parts, {
    isMigrating: false,
    isQuiet: true,
    tell: () => undefined,
  })
  const { store } = site.deps
  const states = await store.payments.countByState()
  const outbox = await store.outbox.counts(site.deps.clock.now())
  const contradictions = await store.contradictions.open(100)
  const refusals = await store.outbox.refusals(100)
  const fence = await fenceReasons(site)
  const view = await bankView(site)
  const certificates = await site.certificates()
  await site.close()
  output.json({ states, outbox, contradictions, refusals, fence, ...view, certificates })
  if (fence.length > 0)
    output.say(`禁止发送：\n${wordsOf(fence, 'zh')}`, `closed, nothing is sent:\n${wordsOf(fence, 'en')}`)
  const words = (state: string): string => STATE_WORDS[state as State]?.[output.lang] ?? state
  output.say(...both(table(Object.entries(states).map(([state, count]) => [words(state), state, String(count)]))))
  for (const item of outbox)
    output.say(
      `ERP ${item.erp}：待回写 ${item.pending}，被拒 ${item.refused}`,
      `ERP ${item.erp}: ${item.pending} to tell, ${item.refused} refused`,
    )
  for (const item of refusals)
    output.say(`  ✗ ${item.kind} ${item.code} ${item.text}`, `  ✗ ${item.kind} ${item.code} ${item.text}`)
  sayBanks(view, site, output)
  sayCertificates(certificates, output)
  for (const item of contradictions)
    output.say(`矛盾 ${item.code} ${item.paymentId ?? ''}`, `contradiction ${item.code} ${item.paymentId ?? ''}`)
  return EXIT.ok
}

function checkOfCertificate(state: CertificateState): Check & { readonly of: string } {
  return { of: state.name, name: 'certificate', ...wordsOfCertificate(state), ...NOT_ASKED }
}

/** What needs somebody, one line each; otherwise the first to end. */
function sayCertificates(states: readonly CertificateState[], output: Output): void {
  const urgent = states.filter(({ threshold, endsAt }) => threshold !== null || endsAt === null)
  const [first] = states.toSorted((a, b) => (a.endsAt ?? 0) - (b.endsAt ?? 0))
  for (const state of urgent.length > 0 ? urgent : first ? [first] : []) {
    const { zh, en } = wordsOfCertificate(state)
    output.say(`${state.name}：${zh}`, `${state.name}: ${en}`)
  }
}

const NOT_ASKED = { latencyMs: null, clockDifferenceMs: null } as const

async function checkFence(site: Site): Promise<Check & { readonly of: string }> {
  const base = { of: 'yinqi', name: 'fence', latencyMs: null, clockDifferenceMs: null }
  try {
    const reasons = await fenceReasons(site)
    if (reasons.length === 0) return { ...base, ok: true, zh: '允许发送', en: 'this host may send' }
    return { ...base, ok: false, zh: wordsOf(reasons, 'zh'), en: wordsOf(reasons, 'en') }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ...base, ok: false, zh: reason, en: reason }
  }
}

async function checkAccount(site: Site, bank: string, account: string): Promise<Check & { readonly of: string }> {
  const gateway = site.deps.banks.get(bank)
  const startedAt = site.deps.clock.now()
  const name = `balance ${account.slice(-4)}`
  const of = `bank ${bank}`
  try {
    if (!gateway) throw new Error(`no gateway ${bank}`)
    if (gateway.traits.statementsByFile) return { of, name, ok: true, ...UNASKED }
    const balance = await gateway.balance(account, AbortSignal.timeout(30_000))
    const endedAt = site.deps.clock.now()
    const clockDifferenceMs = clockDifference(balance.asOf, (startedAt + endedAt) / 2)
    const apart = clockDifferenceMs === null ? '' : ` (${Math.round(clockDifferenceMs / 1000)} s)`
    return {
      of,
      name,
      ok: true,
      latencyMs: endedAt - startedAt,
      clockDifferenceMs,
      zh: `余额可查，银行时间 ${balance.asOf}${apart}`,
      en: `balance can be asked, bank time ${balance.asOf}${apart}`,
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      of,
      name,
      ok: false,
      latencyMs: null,
      clockDifferenceMs: null,
      zh: `查询余额失败：${reason}。请检查前置机是否启动、地址端口与账号权限`,
      en: `balance failed: ${reason}. Check the bank's front-end, its address and the account's rights`,
    }
  }
}

const UNASKED = {
  latencyMs: null,
  clockDifferenceMs: null,
  zh: '此连接不能查余额和明细：用 yinqi statement import 导入对账单文件',
  en: 'balance and statement cannot be asked here: import statement files with yinqi statement import',
}

function both(text: string): [string, string] {
  return [text, text]
}
