// Runs every step at its own pace: at once again while there is work, more slowly while there is none, and after a fault
// with a growing pause. Stopping lets what is under way finish; a kill at any moment is safe because the steps are.

import { setMaxListeners } from 'node:events'
import { schedule } from 'node-cron'
import { backoffMs } from './core/backoff'
import { addDays, bankDay } from './core/bank-time'
import type { Log } from './observe/logger'
import type { Metrics } from './observe/metrics'
import type { Clock, CommandRequest, DateRange } from './ports'
import { collect } from './steps/collect'
import { deliver } from './steps/deliver'
import type { Deps } from './steps/deps'
import { fenceWatch } from './steps/fence-watch'
import { fetchReceipts } from './steps/fetch-receipts'
import { importStatements, linkPayments } from './steps/import-statements'
import { inquire } from './steps/inquire'
import { intake } from './steps/intake'
import { postJournals } from './steps/post-journals'
import { reconcileWatch } from './steps/reconcile'
import { submit } from './steps/submit'
import { sweep } from './steps/sweep'
import { writeReceivers } from './steps/write-receivers'

export type Pace = { readonly pollMinMs: number; readonly pollMaxMs: number; readonly faultMaxMs: number }
export type Schedules = { readonly today: string; readonly history: string; readonly historyDays: number }
export type Daemon = { stop(): Promise<void> }

/** Leads an account's schedules for this long; another daemon takes over after it. */
const LEAD_MS = 60_000

export function startDaemon(deps: Deps, pace: Pace, schedules: Schedules, log: Log, metrics: Metrics): Daemon {
  const stopping = new AbortController()
  // Every loop waits on this one signal.
  setMaxListeners(0, stopping.signal)
  const loops = stepsOf(deps).map(([name, step]) =>
    runLoop(name, step, pace, deps.clock, stopping.signal, log, metrics),
  )
  const scheduled = (expression: string, rangeOf: () => DateRange) =>
    schedule(expression, () => importAll(deps, rangeOf(), log), { timezone: 'Asia/Shanghai', noOverlap: true })
  const today = (): DateRange => ({ from: bankDay(deps.clock.now()), to: bankDay(deps.clock.now()) })
  const history = (): DateRange => {
    const yesterday = addDays(bankDay(deps.clock.now()), -1)
    return { from: addDays(yesterday, 1 - schedules.historyDays), to: yesterday }
  }
  const tasks = [scheduled(schedules.today, today), scheduled(schedules.history, history)]
  return {
    async stop() {
      stopping.abort()
      await Promise.all(tasks.map(async task => task.destroy()))
      await Promise.all(loops)
    },
  }
}

/** Every step of a site by its name, wired to its ports. */
export function stepsOf(deps: Deps): readonly (readonly [string, () => Promise<number>])[] {
  const perErp = [...deps.erps.keys()].flatMap(erp => [
    [`intake:${erp}`, () => intake(deps, erp, command => runCommand(deps, command))] as const,
    [`deliver:${erp}`, () => deliver(deps, erp)] as const,
  ])
  const perBank = [...deps.banks.keys()].flatMap(bank => [
    [`submit:${bank}`, () => submit(deps, bank)] as const,
    [`inquire:${bank}`, () => inquire(deps, bank)] as const,
    [`receipts:${bank}`, () => fetchReceipts(deps, bank)] as const,
  ])
  return [
    ...perErp,
    ...perBank,
    ['fence', fenceWatch(deps)],
    ['pauses', () => watchPauses(deps)],
    ['sweep', () => sweep(deps)],
    ['link', () => linkPayments(deps)],
    ['journals', () => postJournals(deps)],
    ['collections', () => collect(deps)],
    ['receivers', () => writeReceivers(deps)],
    ['reconcile', reconcileWatch(deps)],
  ]
}

/** A send looks for itself; this is for whoever reads from a bank, and for what is shown. */
async function watchPauses(deps: Deps): Promise<number> {
  await deps.pauses.look()
  return 0
}

async function runLoop(
  name: string,
  step: () => Promise<number>,
  pace: Pace,
  clock: Clock,
  stopping: AbortSignal,
  log: Log,
  metrics: Metrics,
): Promise<void> {
  let idle = 0
  let faults = 0
  while (!stopping.aborted) {
    const startedAt = clock.now()
    let pauseMs: number
    try {
      const count = await step()
      metrics.step(name, 'ok', (clock.now() - startedAt) / 1000)
      if (faults > 0) log.info('step recovered', { step: name, faults })
      faults = 0
      idle = count > 0 ? 0 : idle + 1
      pauseMs = count > 0 ? 0 : backoffMs(idle - 1, pace.pollMinMs, pace.pollMaxMs)
    } catch (error) {
      if (error instanceof Error && error.name === 'Bug') throw error
      metrics.step(name, 'fault', (clock.now() - startedAt) / 1000)
      log.error('step failed', { step: name, faults, error })
      pauseMs = backoffMs(faults, pace.pollMinMs, pace.faultMaxMs)
      faults++
    }
    await clock.sleep(pauseMs, stopping)
  }
}

async function importAll(deps: Deps, range: DateRange, log: Log): Promise<void> {
  for (const { account, bank } of deps.accounts)
    if (!deps.banks.get(bank)?.traits.statementsByFile) await importLed(deps, account, range, log)
}

/** One daemon leads an account. One that fails gives it up: another's way to the bank may be whole. */
async function importLed(deps: Deps, account: string, range: DateRange, log: Log): Promise<void> {
  const { meta } = deps.store
  const { instance } = deps.settings
  const name = `schedules:${account}`
  const now = deps.clock.now()
  const isLeader = await meta.lead(name, instance, now, now + LEAD_MS).catch(() => false)
  if (!isLeader) return
  try {
    await importStatements(deps, account, range)
  } catch (error) {
    log.warn('statement import failed', { account, ...range, error })
    const at = deps.clock.now()
    await meta.lead(name, instance, at, at).catch(() => false)
  }
}

async function runCommand(deps: Deps, command: CommandRequest): Promise<{ ok: boolean; text: string }> {
  const today = bankDay(deps.clock.now())
  if (command.command !== 'statement' && command.command !== 'balance') {
    return { ok: false, text: `未知命令「${command.command}」，可用 statement、balance (unknown command)` }
  }
  const range = { from: command.from || today, to: command.to || command.from || today }
  const count = await importStatements(deps, command.account, range)
  return { ok: true, text: `${range.from}..${range.to}：新增 ${count} 笔流水 (${count} new lines)` }
}
