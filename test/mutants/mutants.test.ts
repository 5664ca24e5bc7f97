// The simulation proves something only if it catches what is wrong: every mutant within the seeds that the unchanged
// program passes.

import { huntAll, SEEDS } from './hunt'
import { MUTANTS } from './mutants'

test('there are mutants of every part of the path, each of its own', () => {
  expect(MUTANTS.length).toBeGreaterThan(40)
  expect(new Set(MUTANTS.map(({ file, to }) => `${file} ${to}`)).size).toBeGreaterThan(MUTANTS.length - 5)
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
})

test('every mutant is caught by an oracle', async () => {
  const hunted = await huntAll(MUTANTS, SEEDS, () => undefined)
  const alive = hunted.filter(({ verdict }) => verdict === null)
  expect(alive.map(({ mutant, error }) => `${mutant?.name}: ${error ?? 'alive'}`)).toEqual([])
}, 300_000)
