// Payments arrive while the site is broken again and again; then everything is mended and must converge, and the four
// records must agree. Bounded in time; the seed is told, so that a run can be ordered again.

import { existsSync, readFileSync } from 'node:fs'
import { DEMO } from '../../../connector/cli/demo-site'
import type { KeyView } from '../../../bank-gateways/simulator/views'
import { chanceOf, type Chance } from './chance'
import { compare, type Comparison } from './compare'
import { erpUser, type ErpUser } from './erp-user'
import { SITE_FAULTS } from './faults'
import { pause, runCommand, until } from './processes'
import type { Site } from './site'

export type ChaosOptions = {
  readonly seed: number
  /** How long it breaks things; converging comes on top. */
  readonly forMs: number
  readonly convergeMs: number
  /** Only faults whose name begins so; all when empty. */
  readonly only: readonly string[]
  say(line: string): void
}

export type ChaosReport = Comparison & {
  readonly seed: number
  readonly faults: Readonly<Record<string, number>>
  readonly kills: number
  readonly resolvedByPeople: number
  readonly convergedInMs: number | null
  /** What the daemons logged as a step's failure, by stable code. */
  readonly stepFailures: Readonly<Record<string, number>>
}

/** Payees whose payments the simulated banks bring to an end by themselves, whatever is lost on the way. */
const ENDING = ['100', '100', '101', '101', '200', '204', '403', '404', '405', '407', '409', '411', '601'] as const
/** Payees whose payments only people can end, where absence is never final. */
const LOST = ['401', '402', '408'] as const
/** At most so many faults at once: more, and nothing gets far enough to be interesting. */
const AT_ONCE_MAX = 3

export async function chaos(site: Site, options: ChaosOptions): Promise<ChaosReport> {
  const chance = chanceOf(options.seed)
  const user = erpUser(site.erp)
  const faults: Record<string, number> = {}
  for (const daemon of site.daemons) daemon.start()
  await breakThings(site, user, chance, options, faults)
  await mend(site)
  options.say(`mended; faults: ${JSON.stringify(faults)}`)
  const startedAt = Date.now()
  let resolvedByPeople = 0
  let last: Comparison | null = null
  const done = await until(options.convergeMs, async () => {
    const seen = await look(site, user).catch((error: unknown) => options.say(String(error)))
    // On a busy machine what was started again may still be starting.
    if (!seen) return null
    last = seen
    if (seen.open.length === 0) return seen
    if (site.options.finality === 'people' && Date.now() - startedAt > SETTLE_MS)
      resolvedByPeople += await resolveByPeople(site, seen)
    return null
  })
  const convergedInMs = done === null ? null : Date.now() - startedAt
  // Nor is the trail of what happened broken by any of it. Exits with 1, and so throws, where a link is.
  await runCommand(['-c', site.configFiles[0] ?? '', 'audit', 'verify'])
  const kills = [...site.daemons, site.bank].reduce((sum, each) => sum + each.kills(), 0)
  const comparison = done ?? last ?? (await compare(site, user))
  const stepFailures = failuresIn(site)
  return { ...comparison, seed: options.seed, faults, kills, resolvedByPeople, convergedInMs, stepFailures }
}

async function look(site: Site, user: ErpUser): Promise<Comparison> {
  await user.importJournal()
  return await compare(site, user)
}

/** Failed steps by stable code, as the daemons logged them. */
export function failuresIn(site: Site): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const file of site.logFiles) {
    if (!existsSync(file)) continue
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // A killed daemon may leave half a line.
      if (!line.includes('"step failed"') || !line.endsWith('}')) continue
      const { error } = JSON.parse(line) as { readonly error: { readonly code?: string; readonly message: string } }
      const code = error.code ?? error.message
      counts[code] = (counts[code] ?? 0) + 1
    }
  }
  return counts
}

async function breakThings(
  site: Site,
  user: ErpUser,
  chance: Chance,
  options: ChaosOptions,
  faults: Record<string, number>,
): Promise<void> {
  const possible = SITE_FAULTS.filter(fault => fault.isPossible(site)).filter(
    fault => options.only.length === 0 || options.only.some(name => fault.name.startsWith(name)),
  )
  const running = new Map<string, Promise<void>>()
  const deadline = Date.now() + options.forMs
  while (Date.now() < deadline) {
    // An ERP's job that meets a database that is down fails, too, and is not what is tested.
    await act(site, user, chance).catch(() => undefined)
    const fault = chance.weighted(possible)
    // The same thing is not broken twice at once: it would be mended by the wrong one.
    if (running.size < AT_ONCE_MAX && !running.has(fault.name)) {
      faults[fault.name] = (faults[fault.name] ?? 0) + 1
      const work = fault
        .run(site, chance)
        .catch((error: unknown) => options.say(`${fault.name}: ${String(error)}`))
        .finally(() => running.delete(fault.name))
      running.set(fault.name, work)
    }
    await pause(chance.int(50, 350))
  }
  await Promise.all(running.values())
}

type Act = { readonly weight: number; run(): Promise<unknown> }

async function act(site: Site, user: ErpUser, chance: Chance): Promise<void> {
  const outcomes = site.options.finality === 'people' ? [...ENDING, ...LOST] : ENDING
  const some = (): string => (user.asked.length === 0 ? '' : chance.pick(user.asked))
  const bank = chance.pick(['icbc', 'boc'] as const)
  const own = { bank, account: DEMO[bank].account }
  const acts: readonly Act[] = [
    { weight: 14, run: () => user.ask(chance.pick(outcomes)) },
    { weight: 2, run: () => user.approveDocument() },
    { weight: 2, run: async () => user.edit(await user.ask('100')) },
    { weight: 2, run: async () => user.remove(await user.ask('100')) },
    { weight: 2, run: async () => user.cancel(await user.ask('101')) },
    { weight: 2, run: () => user.cancel(some()) },
    { weight: 2, run: () => user.ask('100', { docNo: some(), revision: chance.int(2, 3) }) },
    { weight: 1, run: () => user.order(chance.pick(['statement', 'balance']), bank) },
    { weight: 2, run: () => user.importJournal() },
    { weight: 2, run: () => site.books('/deposits', { ...own, amount: '8.88', fromName: '客户', fromAccount: '62' }) },
    { weight: 1, run: () => site.books('/fees', { ...own, amount: '0.50', text: '手续费' }) },
    { weight: 1, run: () => site.books('/interest', { ...own, amount: '1.23', text: '利息' }) },
    { weight: 1, run: () => returnOne(site, chance) },
  ]
  await chance.weighted(acts).run()
}

/** 退票: the bank takes back a payment that had succeeded. */
async function returnOne(site: Site, chance: Chance): Promise<void> {
  const keys = await site.books<readonly KeyView[]>('/payments')
  const settled = keys.flatMap(key => key.payments).filter(payment => payment.state === 'success')
  if (settled.length > 0) await site.books('/returns', { payment: chance.pick(settled).id })
}

async function mend(site: Site): Promise<void> {
  for (const proxy of Object.values(site.proxies)) {
    proxy.heal()
    proxy.resetAll()
  }
  site.bank.start()
  for (const daemon of site.daemons) {
    daemon.thaw()
    // A person restarts what has given up: BOC's gateway signs in no more after four unanswered tries.
    await daemon.kill('SIGTERM')
    daemon.start()
  }
  await until(10_000, () => fetchOk(site.books('/clock')))
}

async function fetchOk(answer: Promise<unknown>): Promise<true | null> {
  return await answer.then(
    () => true as const,
    () => null,
  )
}

/** Nothing of ours is under way any more: calls, late answers and leases have ended. */
const SETTLE_MS = 6000

/** Two people look at the bank's ledger and say of what it has not debited that it was not paid. */
async function resolveByPeople(site: Site, comparison: Comparison): Promise<number> {
  const unpaid = comparison.inDoubt.filter(payment => !payment.isBooked)
  const [config = ''] = site.configFiles
  for (const { id } of unpaid) {
    for (const person of ['王出纳', '赵主管']) {
      const evidence = '银行流水中无此笔 / not in the bank ledger'
      const words = ['payment', 'confirm', id, '--verdict', 'unpaid', '--as', person, '--evidence', evidence]
      // It may have moved meanwhile: then the command says no.
      await runCommand(['-c', config, ...words], [0, 1])
    }
  }
  return unpaid.length
}
