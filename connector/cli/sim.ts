// `yinqi sim`: thousands of simulated histories, or one of them to read. It touches no bank, no ERP and no store of a site.

import { availableParallelism } from 'node:os'
import { ownPart } from '../config'
import type { BankTraits, Clock } from '../ports'
import { openDatabase, type StoreKind } from '../sim/database'
import { runSeeds, type Plan } from '../sim/pool'
import { faultsOf, historyOf, violationsOf, yearsOf, type Totals } from '../sim/report'
import { runSeed } from '../sim/run'
import { exampleConfig } from './example'
import { EXIT, type Output } from './output'
import { schemasOf, type Parts } from './site'

/** A minute's worth on two cores. */
export const SIM_SEEDS = 2000

export type SimOptions = {
  /** How many seeds; null: the one of `seed`, told in full. */
  readonly seeds: number | null
  readonly seed: number
  readonly workers: number | null
  readonly daemons: number | null
  readonly store: StoreKind
}

/** Exit code 0 when nothing was violated, 1 when something was. */
export async function sim(
  options: SimOptions,
  parts: { readonly profiles: readonly BankTraits[]; readonly clock: Clock },
  output: Output,
): Promise<number> {
  const { daemons, store } = options
  const plan: Plan = { profiles: parts.profiles, daemons, store }
  return options.seeds === null
    ? await replay(options, plan, output)
    : await runMany(options, options.seeds, plan, parts.clock, output)
}

async function replay({ seed }: SimOptions, plan: Plan, output: Output): Promise<number> {
  const { profiles, daemons, store } = plan
  const result = await runSeed({
    seed,
    profiles,
    daemons,
    isTraced: true,
    fence: null,
    openDatabase: () => openDatabase(store),
  })
  output.json(result)
  const history = historyOf(result.trace)
  output.say(history, history)
  sayVerdict(result.violations.length, violationsOf(result.violations), output)
  return result.violations.length === 0 ? EXIT.ok : EXIT.no
}

async function runMany(options: SimOptions, count: number, plan: Plan, clock: Clock, output: Output): Promise<number> {
  const startedAt = clock.now()
  const workers = Math.max(1, Math.min(options.workers ?? availableParallelism(), count))
  let shown = 0
  const progress = (totals: Totals): void => {
    const tenths = Math.floor((totals.runs * 10) / count)
    if (tenths === shown || tenths === 10) return
    shown = tenths
    output.say(`${totals.runs}/${count} …`, `${totals.runs}/${count} …`)
  }
  const totals = await runSeeds(plan, { first: options.seed, count }, workers, progress)
  const elapsedMs = clock.now() - startedAt
  output.json({ seeds: count, first: options.seed, ...totals, workers, store: plan.store, elapsedMs })
  sayTotals(totals, elapsedMs, output)
  sayVerdict(totals.violations.length, violationsOf(totals.violations), output)
  return totals.violations.length === 0 ? EXIT.ok : EXIT.no
}

function sayTotals(totals: Totals, elapsedMs: number, output: Output): void {
  const { runs, payments, sends, crashes, simulatedMs, worstConvergenceMs } = totals
  const hours = Math.ceil(worstConvergenceMs / 3_600_000)
  const seconds = Math.ceil(elapsedMs / 1000)
  output.say(
    `${runs} 段历史，${payments} 笔付款，发送 ${sends} 次，${faultsOf(totals)} 次故障（其中进程被杀 ${crashes} 次），模拟时间 ${yearsOf(simulatedMs)} 年，故障停止后最迟 ${hours} 小时收敛，用时 ${seconds} 秒`,
    `${runs} histories, ${payments} payments, ${sends} sends, ${faultsOf(totals)} faults (${crashes} of them kills), ${yearsOf(simulatedMs)} simulated years, converged at most ${hours} h after the faults ended, took ${seconds} s`,
  )
}

function sayVerdict(count: number, text: string, output: Output): void {
  if (count === 0) output.say('没有违反任何不变量', 'no invariant was violated')
  else
    output.say(
      `违反不变量，可用 yinqi sim --seed 重放：\n${text}`,
      `invariants were violated; replay one with yinqi sim --seed:\n${text}`,
    )
}

/** The traits of the registered banks as the example configuration sets them up, simulated beside the invented kinds. */
export function exampleTraits(
  parts: Pick<Parts, 'bridges' | 'gateways' | 'storeSchema' | 'clock'>,
): readonly BankTraits[] {
  const { bridges, gateways, storeSchema, clock } = parts
  const config = exampleConfig({ store: storeSchema, bridges: schemasOf(bridges), gateways: schemasOf(gateways) })
  return Object.entries(config.banks).flatMap(([name, bank]) => {
    const gateway = gateways[bank.gateway]?.create(ownPart(bank, 'gateway'), { clock, name, sequence: () => '' })
    return gateway ? [gateway.traits] : []
  })
}
