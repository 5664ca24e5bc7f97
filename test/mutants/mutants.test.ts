// The simulation proves something only if it catches what is wrong. The page's table says which seed catches which mutant;
// those that need few seeds are hunted in every run, all of them by `npm run mutants`.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { huntAll } from './hunt'
import { MUTANTS } from './mutants'

/** Hunted in every run: caught within so many seeds by the table. */
const FEW = 40

const page = readFileSync(path.resolve(__dirname, '../../../docs/simulation.md'), 'utf8')
/** Name, what is believed, caught by, seeds needed. */
const table = [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| (\d+) \|/gm)].map(
  ([, name = '', , , seeds = '']) => ({
    name: name.trim(),
    seeds: Number(seeds),
  }),
)

test('there are mutants of every part of the path, each of its own, and each is in the table', () => {
  expect(MUTANTS.length).toBeGreaterThan(40)
  expect(new Set(MUTANTS.map(({ file, to }) => `${file} ${to}`)).size).toBeGreaterThan(MUTANTS.length - 5)
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  expect(table.map(({ name }) => name).toSorted()).toEqual(MUTANTS.map(({ name }) => name).toSorted())
})

test('the mutants that need few seeds are caught by an oracle, as the table says', async () => {
  const few = MUTANTS.filter(({ name }) => table.some(row => row.name === name && row.seeds <= FEW))
  expect(few.length).toBeGreaterThanOrEqual(25)
  const hunted = await huntAll(few, FEW, () => undefined)
  const alive = hunted.filter(({ verdict }) => verdict === null)
  expect(alive.map(({ mutant, error }) => `${mutant?.name}: ${error ?? 'alive'}`)).toEqual([])
}, 300_000)
