// The simulated administrator: without a fence a restored or copied store is seen to send, with one that stands still
// when the store has forgotten it is not. The fence here is a minimal one of the test's own.

import type { BankGateway } from '../../connector/ports'
import { openDatabase } from '../../connector/sim/database'
import type { SimulatedFence } from '../../connector/sim/fence'
import { runSeed } from '../../connector/sim/run'

const SEEDS = 120

async function violated(fenceOf: () => SimulatedFence): Promise<ReadonlySet<string>> {
  const invariants = new Set<string>()
  for (let seed = 1; seed <= SEEDS; seed++) {
    const open = () => openDatabase('memory')
    const options = { seed, profiles: [], daemons: null, isTraced: false, openDatabase: open, fence: fenceOf() }
    for (const { invariant } of (await runSeed(options)).violations) invariants.add(invariant)
  }
  return invariants
}

test('without a fence, restored and copied stores send, and the oracle says so', async () => {
  const found = await violated(() => ({ equip: async deps => deps, confirm: async () => undefined }))
  expect(found).toContain('I10')
}, 120_000)

test('a fence that knows how many sends its site began lets none of them send', async () => {
  const found = await violated(countingFence)
  // What a restored store tells the ERP anew is the fence's matter, and needs a fence of more than a count.
  expect([...found].filter(invariant => invariant === 'I10' || invariant === 'I1')).toEqual([])
}, 120_000)

/** The site counts its sends beside the store, too; who finds fewer in the store, or runs elsewhere, sends nothing. */
function countingFence(): SimulatedFence {
  let witness = 0
  return {
    async equip(deps, host) {
      const guarded = (bank: BankGateway): BankGateway => ({
        ...bank,
        async send(batch, signal) {
          const stored = Number((await deps.store.meta.cursor('sends')) ?? '0')
          if (stored < witness || host.startsWith('clone'))
            return batch.map(() => ({ kind: 'unsent', code: 'FENCED', reason: 'the store has forgotten' }))
          await deps.store.meta.saveCursor('sends', String(witness + 1))
          witness++
          return await bank.send(batch, signal)
        },
      })
      return { ...deps, banks: new Map([...deps.banks].map(([name, bank]) => [name, guarded(bank)])) }
    },
    // It stays closed: what a person must compare before it may open is not this test's subject.
    confirm: async () => undefined,
  }
}
