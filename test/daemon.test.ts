// Two daemons on one store: who fetches the statements when the leader's own way to the bank is broken.

import { startDaemon, type Daemon } from '../connector/daemon'
import { createLog } from '../connector/observe/logger'
import { createMetrics } from '../connector/observe/metrics'
import type { Deps } from '../connector/steps/deps'
import { createPauses, isPaused } from '../connector/steps/pauses'
import { sampleLine, sampleRequest } from './support/sample'
import { clock } from './support/stores'
import { ACCOUNT, FakeBank, openWorld } from './support/world'

const PACE = { pollMinMs: 20, pollMaxMs: 200, faultMaxMs: 200 }
const SCHEDULES = { today: '* * * * * *', history: '0 0 5 1 1 *', historyDays: 1 }

test('a daemon that cannot fetch an account’s statement leaves it to another, instead of leading and failing', async () => {
  const world = await openWorld()
  const log = createLog({ level: 'error', file: undefined, isSilent: true })
  const daemons: Daemon[] = []
  const start = (instance: string, bank: FakeBank): void => {
    const deps: Deps = {
      ...world.deps,
      clock,
      banks: new Map([['bank', bank]]),
      settings: { ...world.deps.settings, instance },
    }
    daemons.push(startDaemon(deps, PACE, SCHEDULES, log, createMetrics(world.store, new Map(), clock)))
  }
  try {
    const broken = new FakeBank()
    let tries = 0
    broken.statement = async () => {
      tries++
      throw new Error('the front-end of this machine is down')
    }
    start('d1', broken)
    await waitFor(() => tries > 0)
    const whole = new FakeBank()
    whole.lines.push(sampleLine({ bankId: 'L1' }))
    start('d2', whole)
    const range = { from: '2000-01-01', to: '2999-12-31' }
    await waitFor(async () => (await world.store.statements.list(ACCOUNT, range)).length === 1)
  } finally {
    for (const daemon of daemons) await daemon.stop()
    await world.close()
  }
}, 30_000)

test('a pause holds every daemon of the store within moments, and is kept by one that starts anew', async () => {
  const world = await openWorld()
  const log = createLog({ level: 'error', file: undefined, isSilent: true })
  const pause = { bank: 'bank', scope: 'sends', person: '李娜', reason: '停机', at: 1 } as const
  const start = (): Daemon => {
    const pauses = createPauses(world.store, () => undefined)
    const closed: Deps['closed'] = (bank, call) => (isPaused(pauses.of(bank), call) ? 'paused' : null)
    const deps: Deps = { ...world.deps, clock, pauses, closed }
    return startDaemon(deps, PACE, SCHEDULES, log, createMetrics(world.store, new Map(), clock))
  }
  const states = async () => (await world.store.payments.list({}, null, 10)).map(({ state }) => state)
  let daemon = start()
  try {
    // As another process does it: this daemon is not told.
    await world.store.pauses.pause(pause)
    world.erp.queue = [sampleRequest()]
    await waitFor(async () => (await states()).includes('ready'))
    await daemon.stop()
    daemon = start()
    await waitFor(async () => (await world.store.audit.entries(0, 100)).length >= 2)
    expect([await states(), world.bank.sends]).toEqual([['ready'], []])
    await world.store.pauses.resume({ bank: 'bank', person: '李娜', reason: '恢复', at: 2 })
    await waitFor(async () => (await states()).includes('settled'))
    expect(world.bank.sends).toHaveLength(1)
  } finally {
    await daemon.stop()
    await world.close()
  }
}, 30_000)

test('an account whose bank gives statements by file alone is asked by no schedule, and the others are', async () => {
  const world = await openWorld()
  const log = createLog({ level: 'error', file: undefined, isSilent: true })
  const [files, whole] = [new FakeBank(), new FakeBank()]
  files.traits = { ...files.traits, statementsByFile: true }
  const asked = { files: 0, whole: 0 }
  files.statement = async () => {
    asked.files++
    return { items: [], next: null }
  }
  whole.statement = async () => {
    asked.whole++
    return { items: [], next: null }
  }
  const [account] = world.deps.accounts
  if (!account) throw new Error('no account')
  const deps: Deps = {
    ...world.deps,
    clock,
    banks: new Map([
      ['files', files],
      ['bank', whole],
    ]),
    // The one by file comes first: whenever the other is asked, it has been passed.
    accounts: [{ ...account, account: '9999000011112222', bank: 'files' }, account],
  }
  const daemon = startDaemon(deps, PACE, SCHEDULES, log, createMetrics(world.store, new Map(), clock))
  try {
    await waitFor(() => asked.whole > 1)
    expect(asked.files).toBe(0)
  } finally {
    await daemon.stop()
    await world.close()
  }
}, 30_000)

/** Both tick once a second; far more ticks than any order of theirs needs. */
async function waitFor(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not happen')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
