// The fence at work (I10): looks whether this host may send from this store, raises the number of sends on both sides
// before each of them, and closes the moment anything disagrees. It never opens what a person must open.

import { randomUUID } from 'node:crypto'
import {
  decideFence,
  type FenceDecision,
  type FenceEvidence,
  type FenceReason,
  type FenceState,
  type StoreFacts,
} from '../core/fence'
import { Fault, type Clock, type FenceFile, type FenceRecord } from '../ports'
import type { Store } from '../store/store'
import type { Happening } from './deps'

/** What the steps need of the fence. `state` is in memory and cheap; the others talk to the store and the host's file. */
export type Fence = {
  state(): FenceState
  /** Looks again, binds what may bind itself, remembers what closes every host. Never opens a closed store. */
  look(): Promise<FenceState>
  /**
   * Right before a send, after its intent is committed: both sides count it, the file last. What it answers is true now;
   * the caller looks at `state()` once more with nothing awaited in between.
   */
  advance(): Promise<FenceState>
  /** The bank or the ERP has shown what this store does not know: nobody sends from it any more. */
  report(reasons: readonly FenceReason[]): Promise<void>
}

export type FenceParts = {
  readonly store: Pick<Store, 'fence'>
  readonly clock: Clock
  readonly file: FenceFile
  readonly instance: string
  readonly tell: (happening: Happening) => void
  /** A host's new secret; never the same twice. */
  readonly newToken: () => string
}

export const newToken = (): string => randomUUID()

/** A host that was seen to write again within this time lives. The look itself comes more often. */
export const LOOK_MS = 5_000

const NOT_LOOKED: FenceState = { kind: 'closed', reasons: [{ code: 'FENCE_NOT_LOOKED', detail: '' }] }

export function createFence(parts: FenceParts): Fence {
  const { store, clock, file, instance, tell } = parts
  let state: FenceState = NOT_LOOKED
  let firstSeen: ReadonlyMap<string, number> | null = null
  let turn: Promise<unknown> = Promise.resolve()

  /** One at a time: the file is read and written by several steps of this process. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work, work)
    turn = next.catch(() => undefined)
    return next
  }

  function become(next: FenceState): FenceState {
    const before = state
    state = next
    const isNews = isNewsAfter(before, next)
    if (isNews && next.kind === 'open') tell({ kind: 'fence.opened', instance })
    if (isNews && next.kind === 'closed') {
      for (const { code, detail } of next.reasons) tell({ kind: 'fence.closed', instance, code, detail })
    }
    return next
  }

  async function apply(decision: FenceDecision, evidence: FenceEvidence): Promise<FenceState> {
    if (decision.kind === 'bind') await bind(parts, evidence)
    if (decision.kind === 'closed') {
      const { whose, reasons } = decision
      const next: FenceState = { kind: 'closed', reasons }
      if (isNewsAfter(state, next)) await store.fence.close({ whose, reasons, instance, at: clock.now() })
      return become(next)
    }
    const { file: record } = evidence
    // Confirmed while this host was away, on another: from here on the number of the new epoch is what counts.
    if (decision.kind === 'open' && isOfPastEpoch(evidence) && record !== null && record !== 'damaged') {
      await file.write({ ...record, epoch: evidence.store.epoch, sends: evidence.store.sends })
    }
    await store.fence.seen(instance, clock.now())
    return become({ kind: 'open' })
  }

  return {
    state: () => state,
    look: () =>
      inTurn(async () => {
        const evidence = await gather(parts, firstSeen)
        firstSeen ??= seenBy(evidence.store)
        return await apply(decideFence(evidence), evidence)
      }),
    advance: () =>
      inTurn(async () => {
        if (state.kind === 'closed') return state
        const record = await readRecord(file)
        const bound = record === null || record === 'damaged' ? null : record
        const number = bound === null ? null : await store.fence.advance({ instance, token: bound.token })
        if (bound === null || number === null || number <= bound.sends) {
          // Somebody closed the store, bound this instance anew, or put an older store in its place under our feet.
          const evidence = await gather(parts, firstSeen)
          const decision = decideFence(evidence)
          if (decision.kind === 'closed') return await apply(decision, evidence)
          if (bound === null || number === null || isOfPastEpoch(evidence)) return become(NOT_LOOKED)
          const reason: FenceReason = { code: 'FENCE_STORE_BEHIND', detail: `${number - 1} < ${bound.sends}` }
          await store.fence.close({ whose: 'store', reasons: [reason], instance, at: clock.now() })
          return become({ kind: 'closed', reasons: [reason] })
        }
        await file.write({ ...bound, sends: number })
        return state
      }),
    report: reasons =>
      inTurn(async () => {
        if (reasons.length === 0) return
        // In memory first: what is about to be sent by this process must not wait for a database.
        if (state.kind === 'open') become({ kind: 'closed', reasons })
        await store.fence.close({ whose: 'store', reasons, instance, at: clock.now() })
      }),
  }
}

/** What the host and the store say now, changing nothing. `firstSeen`: when the other hosts had been seen before. */
export async function gather(
  parts: Pick<FenceParts, 'store' | 'file' | 'instance'>,
  firstSeen: ReadonlyMap<string, number> | null,
): Promise<FenceEvidence> {
  // The file before the store: a send between the two raises the store only, which is the safe side.
  const file = await readRecord(parts.file)
  const host = await parts.file.identity()
  const facts = await parts.store.fence.facts()
  return {
    instance: parts.instance,
    store: facts,
    file,
    host,
    isVouchedFor: isVouchedFor(facts, parts.instance, firstSeen),
  }
}

export function seenBy(facts: StoreFacts): ReadonlyMap<string, number> {
  return new Map(facts.hosts.map(host => [host.instance, host.seenAt]))
}

/** Another host wrote its sign of life since we first looked: only the living database has one that does. */
function isVouchedFor(facts: StoreFacts, instance: string, firstSeen: ReadonlyMap<string, number> | null): boolean {
  if (firstSeen === null) return false
  return facts.hosts.some(
    host => host.instance !== instance && host.seenAt > (firstSeen.get(host.instance) ?? Infinity),
  )
}

/** The file first: a store that knows a host whose file is lost would look like a copy. */
async function bind(parts: FenceParts, { store, host, instance }: FenceEvidence): Promise<void> {
  const token = parts.newToken()
  await parts.file.write({
    storeId: store.storeId,
    token,
    epoch: store.epoch,
    sends: store.sends,
    identity: host,
  })
  await parts.store.fence.bind({ instance, token }, store.database, parts.clock.now())
}

async function readRecord(file: FenceFile): Promise<FenceRecord | 'damaged' | null> {
  try {
    return await file.read()
  } catch (error) {
    if (error instanceof Fault && error.code === 'FENCE_FILE_DAMAGED') return 'damaged'
    throw error
  }
}

function isOfPastEpoch({ file, store }: FenceEvidence): boolean {
  return file !== null && file !== 'damaged' && file.epoch !== store.epoch
}

function isNewsAfter(before: FenceState, next: FenceState): boolean {
  if (next.kind === 'open') return before.kind === 'closed'
  return before.kind === 'open' || JSON.stringify(before.reasons) !== JSON.stringify(next.reasons)
}
