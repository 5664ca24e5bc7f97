// One seed, one whole history: first safety (faults on, oracles after every event), then liveness (faults off, and
// everything must converge within a bound). The same seed gives the same history, to the last draw.

import { addDays, bankDay } from '../core/bank-time'
import type { BankTraits } from '../ports'
import { importStatements } from '../steps/import-statements'
import type { Store } from '../store/store'
import { startDaemon, type Observer, type SimulatedDaemon } from './daemons'
import { judgeEnd, openEnds } from './end-oracles'
import { act, askNew } from './erp-people'
import { drawSwarm, inventedProfiles, type Fault } from './faults'
import { cloneObserver, StoreKeeper, type SimulatedFence } from './fence'
import { Oracles } from './oracles'
import { lookAtLines, squareLines } from './line-people'
import { wholeRange } from './lines'
import { decideAll, decideSomething } from './people'
import { Random } from './prng'
import type { Actor } from './scheduler'
import { createSite, type Site } from './site'
import { START_MS, World, type Moment, type Violation } from './world'

export type SeedOptions = {
  readonly seed: number
  /** Traits of real gateways, simulated beside the invented kinds. */
  readonly profiles: readonly BankTraits[]
  readonly daemons: number | null
  readonly isTraced: boolean
  /** An empty store that any number of daemons may open. */
  readonly openDatabase: () => Promise<Database>
  /** With a fence, stores are restored and cloned while everything else goes wrong; without one (null) they are not. */
  readonly fence: SimulatedFence | null
}

export type Database = {
  open(): Promise<Store>
  close(): Promise<void>
  /** The state as it now is, apart; absent where a store is not copied. */
  copy?(): Promise<Database>
}

export type SeedResult = {
  readonly seed: number
  readonly payments: number
  readonly sends: number
  readonly crashes: number
  readonly faults: Readonly<Partial<Record<Fault, number>>>
  readonly simulatedMs: number
  /** From the end of the faults until everything had converged. */
  readonly convergenceMs: number
  readonly violations: readonly Violation[]
  readonly trace: readonly Moment[]
}

/** Enough for the slowest backoffs, the bank's slowest books and a day's wait for a missing receipt. */
const CALM_ROUNDS = 80

type Run = {
  readonly world: World
  readonly site: Site
  readonly oracles: Oracles
  readonly daemons: SimulatedDaemon[]
  readonly frozen: Set<string>
  readonly keeper: StoreKeeper
  readonly fence: SimulatedFence | null
  /** Of the store, by the daemon that runs on it. */
  readonly copies: Map<string, Database>
  readonly start: (name: string) => Promise<SimulatedDaemon>
  readonly startClone: (name: string, database: Database) => Promise<SimulatedDaemon>
}

export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const random = new Random(options.seed)
  const swarm = drawSwarm(random, [...inventedProfiles(), ...options.profiles], options.daemons)
  const world = new World(options.seed, random, swarm, options.isTraced)
  const database = await options.openDatabase()
  try {
    const site = createSite(world)
    const oracles = new Oracles(world, await database.open(), site.banks, site.books)
    const keeper = new StoreKeeper(world, database)
    const { fence } = options
    const startOn = (name: string, from: Database, observer: Observer): Promise<SimulatedDaemon> =>
      startDaemon(world, name, { ...site.parts, observer, hook: fence, openStore: () => from.open() })
    const start = (name: string): Promise<SimulatedDaemon> => startOn(name, keeper.current, oracles)
    const startClone = (name: string, copy: Database) => startOn(name, copy, cloneObserver(world))
    const frozen = new Set<string>()
    const copies = new Map<string, Database>()
    const run: Run = { world, site, oracles, daemons: [], frozen, keeper, fence, copies, start, startClone }
    for (let index = 0; index < swarm.daemons; index++) run.daemons.push(await start(`daemon${index + 1}`))
    for (let index = 0; index < swarm.documents / 2; index++) askNew(world, site.books, site.accounts)
    await safety(run)
    const calmAt = world.now
    if (world.violations.length === 0) await liveness(run)
    return await resultOf(run, calmAt)
  } finally {
    await database.close()
  }
}

async function resultOf({ world, oracles }: Run, calmAt: number): Promise<SeedResult> {
  const counts = Object.values(await oracles.store.payments.countByState())
  return {
    seed: world.seed,
    payments: counts.reduce((sum, count) => sum + count, 0),
    sends: oracles.sends,
    crashes: world.faults.get('crash') ?? 0,
    faults: Object.fromEntries(world.faults),
    simulatedMs: world.now - START_MS,
    convergenceMs: world.now - calmAt,
    violations: world.violations,
    trace: world.trace,
  }
}

// ------------------------------------------------------------------------------------------------------------- safety

async function safety(run: Run): Promise<void> {
  const { world } = run
  for (let event = 0; event < world.swarm.events && world.violations.length === 0; event++) {
    await oneEvent(run)
    await run.oracles.judgeDebits()
  }
}

async function oneEvent(run: Run): Promise<void> {
  const { world, site, frozen } = run
  const parked = world.scheduler.parked(frozen)
  const kind = world.random.weighted({
    resume: parked.length > 0 ? 60 : 0,
    step: 25,
    time: 8,
    erp: 5,
    people: 2,
    bank: 2,
    trouble: 3,
  })
  if (kind === 'resume') await world.scheduler.resume(world.random.pick(parked))
  else if (kind === 'step') await startStep(run, world.random.pick(run.daemons))
  else if (kind === 'time') world.advance(drawPause(world))
  else if (kind === 'erp') act(world, site.books, site.accounts)
  else if (kind === 'people') await startPerson(run)
  else if (kind === 'bank') bankMoves(run)
  else await trouble(run)
}

function drawPause(world: World): number {
  const kind = world.random.weighted({ moment: 30, seconds: 25, minute: 35, quarter: 7, hours: 3 })
  if (kind === 'moment') return world.random.int(0, 50)
  if (kind === 'seconds') return world.random.int(500, 8000)
  if (kind === 'minute') return world.random.int(20_000, 70_000)
  return kind === 'quarter' ? world.random.int(300_000, 900_000) : world.random.int(3_600_000, 10 * 3_600_000)
}

/** One of the daemon's own steps, or an import that its schedules would start. */
async function startStep(run: Run, daemon: SimulatedDaemon): Promise<void> {
  const { world, site } = run
  const index = world.random.int(0, daemon.drawn.length + site.accounts.length - 1)
  const own = daemon.drawn[index]
  if (own) return await begin(run, { daemon: daemon.name, step: own[0] }, own[1])
  const { account } = world.random.pick(site.accounts)
  const to = bankDay(world.now)
  const range = { from: addDays(to, -world.random.int(0, 3)), to }
  await begin(run, { daemon: daemon.name, step: `import:${account}` }, () =>
    importStatements(daemon.deps, account, range),
  )
}

async function startPerson(run: Run): Promise<void> {
  const { world, site, oracles } = run
  const daemon = world.random.pick(run.daemons)
  await begin(run, { daemon: daemon.name, step: 'person' }, async () => {
    await decideSomething(world, daemon, oracles.store)
    await lookAtLines(world, daemon, site)
  })
}

/** One step at a time of a kind, as a daemon runs them. A Bug ends the process; any other error is tried again later. */
async function begin(run: Run, actor: Actor, work: () => Promise<unknown>): Promise<void> {
  const { world } = run
  if (world.scheduler.isBusy(actor) || run.frozen.has(actor.daemon)) return
  world.note(actor.daemon, () => `starts ${actor.step}`)
  world.begun.set(`${actor.daemon} ${actor.step}`, ++world.event)
  await world.scheduler.start(actor, work, error => {
    if (error === null) return
    world.note(actor.daemon, () => `${actor.step} failed: ${error instanceof Error ? error.message : 'no error'}`)
    if (isBug(error)) world.violate(/I2/.test(error.message) ? 'I2' : 'I3', `${actor.step}: ${error.message}`)
  })
}

function isBug(error: unknown): error is Error {
  return error instanceof Error && !/^(Fault|Conflict|AbortError|TimeoutError)$/.test(error.name)
}

/** Other words under the same id and amount are no other line. */
const BY_ID = ['amount', 'gone'] as const
const BY_CONTENT = ['amount', 'words', 'words', 'gone'] as const

function bankMoves({ world, site }: Run): void {
  const { account, bank } = world.random.pick(site.accounts)
  if (world.strikes('bank.corrects'))
    return site.banks.get(bank)?.correct(account, world.random.pick(world.swarm.hasLineIds ? BY_ID : BY_CONTENT))
  const [minor, text] = world.random.pick([
    [-500n, '手续费'],
    [8800n, '来款'],
  ] as const)
  const times = world.strikes('statement.twins') ? 2 : 1
  for (let i = 0; i < times; i++) site.banks.get(bank)?.bookOther(account, minor, text)
}

/** Death, sleep and a wrong clock. */
async function trouble(run: Run): Promise<void> {
  const { world } = run
  const index = world.random.int(0, run.daemons.length - 1)
  const daemon = run.daemons[index]
  if (!daemon) return
  if (world.strikesHard('crash')) await kill(run, index)
  else if (world.strikesHard('freeze')) {
    run.frozen.add(daemon.name)
    world.at(world.now + world.random.int(1000, 7_200_000), 'thaw', () => void run.frozen.delete(daemon.name))
  } else if (world.strikesHard('clock.jump')) daemon.skewMs = drawSkew(world)
  // A store that never sent is as good as new: its copies are stores of their own.
  else if (run.fence !== null && run.oracles.sends > 0) await administer(run, run.fence)
}

/** An administrator's day: backups, a restore under running daemons, a copy beside the original. */
async function administer(run: Run, fence: SimulatedFence): Promise<void> {
  const { world, keeper, oracles } = run
  const kind = world.random.weighted({ backup: 50, restore: 15, clone: 10, confirm: 25 })
  if (kind === 'backup') await keeper.backUp(oracles.sends)
  else if (kind === 'restore' && (await keeper.restore(oracles.sends))) await restartAll(run)
  else if (kind === 'clone' && !run.daemons.some(daemon => daemon.name.startsWith('clone'))) {
    const copy = await keeper.clone()
    if (copy) {
      run.copies.set('clone1', copy)
      run.daemons.push(await run.startClone('clone1', copy))
    }
  } else if (kind === 'confirm' && keeper.isDoubtful) {
    for (const daemon of run.daemons) if (isOriginal(daemon)) await fence.confirm(daemon.deps, daemon.name)
    keeper.isDoubtful = false
    oracles.isDoubtful = false
  }
}

function isOriginal(daemon: SimulatedDaemon): boolean {
  return !daemon.name.startsWith('clone')
}

async function restartAll(run: Run): Promise<void> {
  const { keeper, oracles, daemons } = run
  oracles.moveTo(await keeper.current.open(), keeper.isDoubtful)
  for (const [index, daemon] of daemons.entries()) if (isOriginal(daemon)) await kill(run, index)
}

/**
 * A clock set wrong by a little, or by a day. Where absence becomes final by time, a clock that is wrong by that time
 * believes it too early, and nobody can keep that promise for it (ARCHITECTURE.md): there it stays well within.
 */
function drawSkew(world: World): number {
  const largest = Math.min(
    ...world.swarm.banks.map(({ absentFinalAfterMs }) =>
      absentFinalAfterMs === null ? 86_400_000 : Math.floor(absentFinalAfterMs / 8),
    ),
  )
  return world.random.int(-largest, largest)
}

async function kill(run: Run, index: number): Promise<void> {
  const { world } = run
  const name = run.daemons[index]?.name ?? ''
  const gone = world.scheduler.kill(name)
  world.dropTimers(name)
  run.frozen.delete(name)
  world.note(name, () => `is killed (${gone.map(({ actor, label }) => `${actor.step} ${label}`).join(', ') || 'idle'})`)
  // A daemon on a copy comes back on its copy.
  const copy = run.copies.get(name)
  run.daemons[index] = copy ? await run.startClone(name, copy) : await run.start(name)
}

// ----------------------------------------------------------------------------------------------------------- liveness

/** Faults end, the frozen go on, and round after round everything that is open must come to its end. */
async function liveness(run: Run): Promise<void> {
  const { world, site, oracles, keeper } = run
  world.isCalm = true
  world.note('world', 'the faults end')
  run.frozen.clear()
  for (const daemon of run.daemons) daemon.skewMs = 0
  await drain(run)
  await retireClones(run)
  let open: readonly string[] = []
  for (let round = 0; round < CALM_ROUNDS && world.violations.length === 0; round++) {
    const daemon = run.daemons[round % run.daemons.length]
    if (!daemon) return
    await calmRound(run, daemon, round)
    await decideAll(world, daemon, oracles.store, site.banks)
    await squareLines(world, daemon, oracles.store, site)
    await oracles.judgeDebits()
    open = await openEnds(world, site, oracles)
    if (open.length === 0) break
    world.advance(pauseOf(world, round))
  }
  if (world.violations.length > 0) return
  // What a restored store forgot, no end can be even with: then the bank's books and the lines alone are judged, above.
  if (keeper.past.length > 0) return
  if (open.length > 0) world.violate('liveness', `never converged: ${open.slice(0, 4).join('; ')}`)
  else await judgeEnd(world, site, oracles)
}

/** A copy is found and stopped in the end; a restored store is confirmed. */
async function retireClones({ world, daemons, keeper, oracles, fence }: Run): Promise<void> {
  for (const daemon of daemons.filter(each => !isOriginal(each))) {
    world.scheduler.kill(daemon.name)
    daemons.splice(daemons.indexOf(daemon), 1)
  }
  if (fence === null || !keeper.isDoubtful) return
  for (const daemon of daemons) await fence.confirm(daemon.deps, daemon.name)
  keeper.isDoubtful = false
  oracles.isDoubtful = false
}

/** Whoever was in the middle of a call finishes it. In a calm world nobody parks again. */
async function drain({ world, frozen }: Run): Promise<void> {
  for (let parked = world.scheduler.parked(frozen)[0]; parked; parked = world.scheduler.parked(frozen)[0])
    await world.scheduler.resume(parked)
}

async function calmRound(run: Run, daemon: SimulatedDaemon, round: number): Promise<void> {
  const { world, site } = run
  const isImporting = round % IMPORT_EVERY === 0
  for (const { account } of isImporting ? site.accounts : [])
    await begin(run, { daemon: daemon.name, step: 'import' }, () =>
      importStatements(daemon.deps, account, wholeRange(world)),
    )
  const steps = daemon.steps.filter(([name]) => isImporting || name !== 'reconcile')
  // Deliveries last: what this round decides is told in this round.
  const isDelivery = ([name]: readonly [string, unknown]): boolean => name.startsWith('deliver')
  for (const [name, step] of [...steps.filter(each => !isDelivery(each)), ...steps.filter(isDelivery)])
    await begin(run, { daemon: daemon.name, step: name }, () => untilIdle(step))
}

/** Schedules run less often than steps. */
const IMPORT_EVERY = 4

/** A daemon runs a step again at once while there is work. */
const BUSY_ROUNDS = 500

async function untilIdle(step: () => Promise<number>): Promise<void> {
  for (let i = 0; i < BUSY_ROUNDS && (await step()) > 0; i++);
}

/** Seconds at first, as a daemon polls; then longer, for what waits for hours. */
function pauseOf(world: World, round: number): number {
  if (round < 16) return world.random.int(1000, 40_000)
  return round < 24 ? 600_000 : 3 * 3_600_000
}
