// Many seeds on every core: workers take shares as they become free. What a seed does depends on no other seed.

import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { BankTraits } from '../ports'
import type { StoreKind } from './database'
import { added, NOTHING, type Totals } from './report'
import type { Share } from './worker'

export type Plan = {
  readonly profiles: readonly BankTraits[]
  readonly daemons: number | null
  readonly store: StoreKind
}

/** Small enough that no worker works alone at the end for long. */
const SHARE = 20

export async function runSeeds(
  plan: Plan,
  range: { readonly first: number; readonly count: number },
  workers: number,
  progress: (totals: Totals) => void,
): Promise<Totals> {
  const end = range.first + range.count
  let next = range.first
  let totals = NOTHING
  const take = (): Share | null => {
    if (next >= end) return null
    const from = next
    next = Math.min(end, next + SHARE)
    return { from, to: next }
  }
  const report = (more: Totals): void => {
    totals = added(totals, more)
    progress(totals)
  }
  await Promise.all(Array.from({ length: workers }, () => work(plan, take, report)))
  return totals
}

type Answer = { readonly totals: Totals } | { readonly error: string }

async function work(plan: Plan, take: () => Share | null, report: (totals: Totals) => void): Promise<void> {
  const worker = new Worker(path.join(__dirname, 'worker.js'), { workerData: plan })
  try {
    for (let share = take(); share; share = take()) {
      const answer = await ask(worker, share)
      if ('error' in answer) throw new Error(`seeds ${share.from}..${share.to - 1}: ${answer.error}`)
      report(answer.totals)
    }
  } finally {
    await worker.terminate()
  }
}

function ask(worker: Worker, share: Share): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: Answer) => (worker.removeAllListeners('error'), resolve(answer)))
    worker.once('error', reject)
    worker.postMessage(share)
  })
}
