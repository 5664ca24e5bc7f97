// The production path of money over simulated time, banks, ERPs and stores: no seed may break an invariant, a seed is one
// history and no other, and the store in memory tells the same story as the real one.

import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { GATEWAYS } from '../../bank-gateways/registry'
import { exampleTraits } from '../../connector/cli/sim'
import { openDatabase, type StoreKind } from '../../connector/sim/database'
import { drawSwarm, FAULTS, inventedProfiles } from '../../connector/sim/faults'
import { runSeeds } from '../../connector/sim/pool'
import { Random } from '../../connector/sim/prng'
import { runSeed, type SeedResult } from '../../connector/sim/run'
import { partsWith, movableClock } from '../support/parts'

const SEEDS = 2000
/** The real store takes about thirty times as long. */
const SQLITE_SEEDS = 12

/** As the command `yinqi sim` hands them in: from the registry, not from a list. */
const profiles = exampleTraits(partsWith(movableClock()))

function replay(seed: number, store: StoreKind): Promise<SeedResult> {
  return runSeed({
    seed,
    profiles,
    daemons: null,
    isTraced: true,
    fence: null,
    openDatabase: () => openDatabase(store),
  })
}

test(`${SEEDS} histories break no invariant and all converge`, async () => {
  const plan = { profiles, daemons: null, store: 'memory' } as const
  const totals = await runSeeds(plan, { first: 1, count: SEEDS }, 2, () => undefined)
  expect(totals.violations).toEqual([])
  expect(totals.runs).toBe(SEEDS)
  // What never happens is not tested: every fault struck, and payments were made all the same.
  expect(FAULTS.filter(fault => (totals.faults[fault] ?? 0) < 5)).toEqual([])
  expect(totals.payments).toBeGreaterThan(SEEDS)
  expect(totals.sends).toBeGreaterThan(SEEDS)
}, 240_000)

test('the banks of the histories are drawn from the registry: every gateway’s traits are met', () => {
  expect(profiles.length).toBeGreaterThanOrEqual(Object.keys(GATEWAYS).length)
  const known = [...inventedProfiles(), ...profiles]
  const drawn = new Set(
    Array.from({ length: SEEDS }, (_, seed) => drawSwarm(new Random(seed + 1), known, null)).flatMap(
      swarm => swarm.banks,
    ),
  )
  expect(known.filter(traits => !drawn.has(traits))).toEqual([])
})

test('a seed is one history, to the last moment', async () => {
  const first = await replay(7, 'memory')
  expect(first.trace.length).toBeGreaterThan(100)
  expect(await replay(7, 'memory')).toEqual(first)
  expect((await replay(8, 'memory')).trace).not.toEqual(first.trace)
})

test(`the store in memory and SQLite tell the same ${SQLITE_SEEDS} histories`, async () => {
  for (let seed = 1; seed <= SQLITE_SEEDS; seed++) {
    const memory = await replay(seed, 'memory')
    expect({ ...(await replay(seed, 'sqlite')) }).toEqual(memory)
    expect(memory.violations).toEqual([])
  }
}, 240_000)

describe('yinqi sim', () => {
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [path.resolve(__dirname, '../../connector/main.js'), ...args], { encoding: 'utf8' })

  test('counts what it did, as JSON', () => {
    const { status, stdout } = run('--json', 'sim', '--seeds', '20', '--workers', '1')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ seeds: 20, first: 1, runs: 20, violations: [], store: 'memory' })
  })

  test('tells one seed as a history that a person can read', () => {
    const { status, stdout } = run('--lang', 'zh', 'sim', '--seed', '1')
    expect(status).toBe(0)
    expect(stdout).toMatch(/2031-03-0\dT.*Z {2}daemon\d {4}sends \d+/)
    expect(stdout).toContain('没有违反任何不变量')
  })

  test('refuses a number that is none', () => {
    expect(run('sim', '--seeds', 'many').status).toBe(2)
  })
})
