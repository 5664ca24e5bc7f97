// A simulated daemon: the production steps over ports at which it can be parked, fail, or die. It is dropped and built
// again over the same store; nothing of it survives but what it committed.

import { stepsOf } from '../daemon'
import { Fault, type BankGateway, type Clock, type ErpBridge, type FenceFile } from '../ports'
import { createFence, type Fence, type FenceParts } from '../steps/fence'
import { createPauses, isPaused } from '../steps/pauses'
import type { Deps } from '../steps/deps'
import type { Store } from '../store/store'
import type { SimulatedFence } from './fence'
import type { World } from './world'

export type Batch = Parameters<BankGateway['send']>[0]

/** Hears of every call at the moments that the oracles judge by. */
export type Observer = {
  /** A send is about to leave: nothing lies between the step's last check and this. */
  sending(daemon: string, bank: string, batch: Batch, itsNow: number): Promise<void>
  /** A send leaves after its own deadline had passed: a stopped process that went on. */
  leftLate(batch: Batch): void
  /** How many requests have reached a bank, or will. */
  requestsAt(bank: string): number
  /** The store has committed. */
  committed(method: string, args: readonly unknown[], result: unknown): Promise<void>
}

/** Unlike any pause that a step makes. */
export const CALL_TIMEOUT_MS = 30_000

export type Step = readonly [string, () => Promise<number>]

export type SimulatedDaemon = {
  readonly name: string
  readonly deps: Deps
  readonly fence: FenceParts
  readonly steps: readonly Step[]
  /** Those of money's path once more than the others: they are drawn more often. */
  readonly drawn: readonly Step[]
  /** How far its clock is from the world's. */
  skewMs: number
}

export type DaemonParts = Omit<Deps, 'store' | 'clock' | 'settings' | 'tell' | 'fence' | 'pauses' | 'closed'> & {
  readonly settings: Omit<Deps['settings'], 'instance'>
  readonly openStore: () => Promise<Store>
  readonly observer: Observer
  readonly hook: SimulatedFence | null
}

export async function startDaemon(world: World, name: string, parts: DaemonParts): Promise<SimulatedDaemon> {
  const daemon = { name, skewMs: 0 }
  const clock: Clock = {
    now: () => world.now + daemon.skewMs,
    sleep: (ms, signal) => sleep(world, name, ms, signal),
  }
  const { observer, settings, hook, openStore, ...shared } = { ...parts, openStore: () => parts.openStore() }
  const store = guardedStore(world, await openStore(), observer)
  const fence = fenceParts(world, name, store, clock)
  const pauses = createPauses(store, () => undefined)
  const plainDeps: Deps = {
    ...shared,
    clock,
    settings: { ...settings, instance: name },
    store,
    fence: guardedFence(world, createFence(fence)),
    pauses,
    closed: (bank, call) => (isPaused(pauses.of(bank), call) ? 'paused' : null),
    erps: new Map([...parts.erps].map(([key, bridge]) => [key, guardedBridge(world, bridge)])),
    banks: new Map([...parts.banks].map(([key, bank]) => [key, guardedBank(world, daemon, bank, observer)])),
    tell: () => undefined,
  }
  const deps = hook === null ? plainDeps : await hook.equip(plainDeps, name)
  const steps = stepsOf(deps)
  const often = steps.filter(([step]) => /^(intake|submit|inquire|sweep)/.test(step))
  return Object.assign(daemon, { deps, fence, steps, drawn: [...steps, ...often, ...often] })
}

/** The host's half of the fence: it outlives its daemons, and stays where it is when a store is copied away. */
function fenceParts(world: World, name: string, store: Store, clock: Clock): FenceParts {
  const file: FenceFile = {
    read: async () => world.hosts.get(name) ?? null,
    write: async record => void world.hosts.set(name, record),
    identity: async () => ({ machine: name, folder: '' }),
  }
  const newToken = (): string => `token ${++world.event}`
  return { store, clock, file, instance: name, tell: () => undefined, newToken }
}

/**
 * A fence takes one caller at a time. Who waits for another is parked here, where the simulation sees it: a wait inside the
 * fence would stand still with nobody to wake it.
 */
function guardedFence(world: World, fence: Fence): Fence {
  const busy = new Set<string>()
  const inTurn = async <T>(call: () => Promise<T>): Promise<T> => {
    while (busy.size > 0) await world.scheduler.park('waits for the fence')
    busy.add('this daemon')
    try {
      return await call()
    } finally {
      busy.clear()
    }
  }
  return {
    state: () => fence.state(),
    look: () => inTurn(() => fence.look()),
    advance: () => inTurn(() => fence.advance()),
    report: reasons => inTurn(() => fence.report(reasons)),
  }
}

/** A step that pauses is parked until its time has come; a deadline runs beside its call, and is told by its length. */
async function sleep(world: World, owner: string, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  if (ms === CALL_TIMEOUT_MS) return await deadline(world, owner, ms, signal)
  const until = world.now + ms
  while (!world.isCalm && world.now < until) await world.scheduler.park(`pauses for ${ms} ms`)
}

function deadline(world: World, owner: string, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const cancel = world.at(world.now + ms, owner, resolve)
    signal.addEventListener('abort', () => (cancel(), resolve()), { once: true })
  })
}

/** Parks the caller, unless this world interleaves less. A calm world never parks. */
async function gate(world: World, label: string): Promise<void> {
  if (!world.isCalm && world.random.chance(world.swarm.interleave)) await world.scheduler.park(label)
}

type Call = (...args: readonly never[]) => Promise<unknown>

function guardedStore(world: World, store: Store, observer: Observer): Store {
  const parts = Object.entries(store).filter(([, part]) => typeof part === 'object')
  const guarded = parts.map(([name, part]) => [name, guardedPart(world, name, part as object, observer)])
  // The same methods under the same names: only the calls are watched.
  return { ...store, ...(Object.fromEntries(guarded) as Partial<Store>) }
}

function guardedPart(world: World, name: string, part: object, observer: Observer): object {
  const methods = Object.entries(part).map(([method, call]: [string, Call]) => {
    const label = `store.${name}.${method}`
    return [
      method,
      async (...args: readonly never[]): Promise<unknown> => {
        await gate(world, `before ${label}`)
        if (world.strikes('store.before')) throw new Fault('STORE_BUSY', 'nothing was written')
        const result = await call(...args)
        await observer.committed(label, args, result)
        await gate(world, `after ${label}`)
        // The commit happened; its caller is told that the connection broke.
        if (world.strikes('store.after')) throw new Fault('STORE_UNREACHABLE', 'the outcome of the commit is unknown')
        return result
      },
    ]
  })
  return Object.fromEntries(methods) as object
}

function guardedBridge(world: World, bridge: ErpBridge): ErpBridge {
  const recheck = bridge.recheck?.bind(bridge)
  const through = async <T>(label: string, call: () => Promise<T>): Promise<T> => {
    await gate(world, `before ${label}`)
    const result = await call()
    await gate(world, `after ${label}`)
    return result
  }
  return {
    ...bridge,
    pull: (after, limit) => through('erp.pull', () => bridge.pull(after, limit)),
    push: records => through('erp.push', () => bridge.push(records)),
    ...(recheck ? { recheck: requests => through('erp.recheck', () => recheck(requests)) } : {}),
  }
}

function guardedBank(
  world: World,
  daemon: { readonly name: string; readonly skewMs: number },
  bank: BankGateway,
  observer: Observer,
): BankGateway {
  const through = async <T>(label: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> => {
    const calledAt = world.now
    await gate(world, `before ${bank.name}.${label}`)
    // Woken after its deadline: the timer or the socket may come first. See `mayStillLeave` for how late is too late.
    if (signal.aborted && (world.random.chance(500) || !mayStillLeave(world, bank, calledAt))) throw signal.reason
    const result = await call()
    await gate(world, `after ${bank.name}.${label}`)
    if (signal.aborted) throw signal.reason
    return result
  }
  const receipt = bank.receipt?.bind(bank)
  return {
    ...bank,
    async send(batch, signal) {
      await observer.sending(daemon.name, bank.name, batch, world.now + daemon.skewMs)
      world.note(daemon.name, () => `sends ${batch.map(item => item.reference).join(', ')} to ${bank.name}`)
      return await through('send', signal, () => {
        const before = observer.requestsAt(bank.name)
        return bank.send(batch, signal).finally(() => {
          if (signal.aborted && observer.requestsAt(bank.name) > before) observer.leftLate(batch)
        })
      })
    },
    inquire: (batch, signal) => through('inquire', signal, () => bank.inquire(batch, signal)),
    balance: (account, signal) => through('balance', signal, () => bank.balance(account, signal)),
    statement: (account, range, after, signal) =>
      through('statement', signal, () => bank.statement(account, range, after, signal)),
    ...(receipt
      ? { receipt: (account, line, signal) => through('receipt', signal, () => receipt(account, line, signal)) }
      : {}),
  }
}

/**
 * A process stopped between its last check and its socket write may send long after: only a bank that refuses a repeated
 * reference fences that (ARCHITECTURE.md, what cannot be guaranteed). Where a bank does not, and yet calls absence final,
 * the simulation lets such a process lose its connection before that time is over: what nobody can keep is not tested.
 */
function mayStillLeave(world: World, bank: BankGateway, calledAt: number): boolean {
  const { dedupesReference, absentFinalAfterMs } = bank.traits
  return dedupesReference || absentFinalAfterMs === null || world.now - calledAt < absentFinalAfterMs / 4
}
