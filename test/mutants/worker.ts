// Runs seeds on one mutant: the file is changed as it is loaded, in this thread only, and nothing on the disk is touched.

import { readFileSync } from 'node:fs'
import Module from 'node:module'
import path from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { openDatabase } from '../../connector/sim/database'
import type { SimulatedFence } from '../../connector/sim/fence'
import type { runSeed } from '../../connector/sim/run'
import type { Edit, Mutant } from './mutants'

export type Job = { readonly mutant: Mutant | null; readonly seeds: number }
export type Verdict = { readonly seeds: number; readonly invariant: string; readonly said: string } | null

const DIST = path.resolve(__dirname, '../..')

function mutate(mutant: Mutant): void {
  for (const edit of mutant.also ? [mutant, mutant.also] : [mutant]) apply(mutant.name, edit)
}

function apply(name: string, { file, from, to }: Edit): void {
  const target = path.join(DIST, `${file}.js`)
  const times = readFileSync(target, 'utf8').split(from).length - 1
  if (times !== 1) throw new Error(`mutant "${name}" applies ${times} times to ${file}: bring it up to date`)
  // oxlint-disable-next-line no-underscore-dangle -- Node's own name for how a file is loaded
  const extensions = (Module as unknown as { _extensions: Record<string, Loader> })._extensions
  const load = extensions['.js']
  if (!load) throw new Error('no loader')
  extensions['.js'] = (module, filename) => {
    if (filename !== target) return load(module, filename)
    // oxlint-disable-next-line no-underscore-dangle -- and compiled
    module._compile(
      readFileSync(filename, 'utf8').replace(from, () => to),
      filename,
    )
  }
}

/** The production fence, which nobody opens again. */
const NO_CONFIRMATION: SimulatedFence = { equip: async deps => deps, confirm: async () => undefined }

type Loader = (module: { _compile(code: string, filename: string): void }, filename: string) => void

async function hunt({ mutant, seeds }: Job): Promise<Verdict> {
  if (mutant) mutate(mutant)
  const run = require('../../connector/sim/run') as { runSeed: typeof runSeed }
  const database = require('../../connector/sim/database') as { openDatabase: typeof openDatabase }
  for (let seed = 1; seed <= seeds; seed++) {
    const open = () => database.openDatabase('memory')
    const options = {
      seed,
      profiles: [],
      daemons: null,
      isTraced: false,
      fence: mutant?.isRestored ? NO_CONFIRMATION : null,
      openDatabase: open,
    }
    const [violation] = (await run.runSeed(options)).violations
    if (violation) return { seeds: seed, invariant: violation.invariant, said: violation.text }
  }
  return null
}

void hunt(workerData as Job).then(
  verdict => parentPort?.postMessage({ verdict }),
  (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.stack : String(error) }),
)
