// One core's share of the seeds: told from where to where, it answers with their totals.

import { parentPort, workerData } from 'node:worker_threads'
import { added, NOTHING, totalsOf, type Totals } from './report'
import { openDatabase } from './database'
import { runSeed } from './run'
import type { Plan } from './pool'

export type Share = { readonly from: number; readonly to: number }

async function runShare(plan: Plan, { from, to }: Share): Promise<Totals> {
  let totals = NOTHING
  for (let seed = from; seed < to; seed++) {
    const { profiles, daemons, store } = plan
    const open = () => openDatabase(store)
    totals = added(
      totals,
      totalsOf(await runSeed({ seed, profiles, daemons, isTraced: false, fence: null, openDatabase: open })),
    )
  }
  return totals
}

parentPort?.on('message', (share: Share) => {
  void runShare(workerData as Plan, share).then(
    totals => parentPort?.postMessage({ totals }),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.stack : String(error) }),
  )
})
