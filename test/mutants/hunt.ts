// Lets the simulation loose on mutants, two at a time.

import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Mutant } from './mutants'
import type { Job, Verdict } from './worker'

export type Hunted = { readonly mutant: Mutant | null; readonly verdict: Verdict; readonly error: string | null }

/** Enough for the rarest of them several times over; a mutant that lives through it shows a hole in an oracle. */
export const SEEDS = 8000

/** A mutant that makes a history endless is stopped, and counts as alive: nobody would have said what is wrong. */
const PATIENCE_MS = 900_000

export async function huntAll(
  mutants: readonly (Mutant | null)[],
  seeds: number,
  tell: (hunted: Hunted) => void,
): Promise<readonly Hunted[]> {
  const found: Hunted[] = []
  const queue = [...mutants.entries()]
  const hunter = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, mutant] = next
      const hunted = await huntOne({ mutant, seeds })
      found[index] = hunted
      tell(hunted)
    }
  }
  await Promise.all([hunter(), hunter()])
  return found
}

async function huntOne(job: Job): Promise<Hunted> {
  const worker = new Worker(path.join(__dirname, 'worker.js'), { workerData: job })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise(resolve => {
      const { mutant } = job
      timer = setTimeout(() => resolve({ mutant, verdict: null, error: 'endless' }), PATIENCE_MS)
      worker.once('message', (answer: { verdict?: Verdict; error?: string }) =>
        resolve({ mutant, verdict: answer.verdict ?? null, error: answer.error ?? null }),
      )
      worker.once('error', error => resolve({ mutant, verdict: null, error: String(error) }))
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
