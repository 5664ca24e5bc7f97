// The simulated administrator puts older states of the store back and starts daemons on copies of it (I10).

import { openDatabase } from '../../connector/sim/database'
import type { SimulatedFence } from '../../connector/sim/fence'
import { runSeed } from '../../connector/sim/run'

const SEEDS = 120

async function violated(fence: SimulatedFence): Promise<ReadonlySet<string>> {
  const invariants = new Set<string>()
  for (let seed = 1; seed <= SEEDS; seed++) {
    const open = () => openDatabase('memory')
    const options = { seed, profiles: [], daemons: null, isTraced: false, openDatabase: open, fence }
    for (const { invariant } of (await runSeed(options)).violations) invariants.add(invariant)
  }
  return invariants
}

test('with a fence that is always open, restored and copied stores send, and the oracle says so', async () => {
  const open = { kind: 'open' } as const
  const fence = { state: () => open, look: async () => open, advance: async () => open, report: async () => undefined }
  const found = await violated({ equip: async deps => ({ ...deps, fence }), confirm: async () => undefined })
  expect(found).toContain('I10')
}, 120_000)

test('with the fence as it is, no restored or copied store sends, and nothing is debited twice', async () => {
  // It stays closed after a restore: what a person compares before it may open has tests of its own.
  const found = await violated({ equip: async deps => deps, confirm: async () => undefined })
  expect([...found].filter(invariant => invariant === 'I10' || invariant === 'I1')).toEqual([])
}, 120_000)
