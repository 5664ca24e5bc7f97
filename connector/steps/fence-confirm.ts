// A named person opens the fence (I10). What was lost is taken back under its own reference, what may have been sent
// waits to be cleared one by one, and new references can meet no lost one. It sends nothing.

import { randomInt } from 'node:crypto'
import { nextIncarnation, PROBATION_MS, type FenceEvidence } from '../core/fence'
import { judgeStatement } from '../core/judge'
import type { DateRange } from '../ports'
import type { Payment } from '../store/store'
import type { Deps } from './deps'
import { gather, type FenceParts } from './fence'
import { adopt } from './fence-adopt'
import { fenceHold } from './fence-holds'
import { sweepFence, unsentPayments, type Difference, type Sweep } from './fence-sweep'
import { move, note, noteWith, plain } from './move'

export type Confirming = {
  readonly person: string
  readonly evidence: string
  /** Ids of differences that the person has seen and answers for. */
  readonly accepted: readonly string[]
  readonly range: DateRange
}

export type Confirmed =
  /** Differences that nobody has named: nothing was changed but what the sweep imported. */
  | { readonly kind: 'refused'; readonly unnamed: readonly Difference[] }
  | {
      readonly kind: 'confirmed'
      readonly adopted: number
      readonly held: number
      readonly differences: readonly Difference[]
    }

/** Every part may be repeated: a confirmation that was cut off leaves the fence closed, and is given again. */
export async function confirmFence(deps: Deps, parts: FenceParts, confirming: Confirming): Promise<Confirmed> {
  const swept = await sweepFence(deps, confirming.range)
  const unnamed = swept.differences.filter(({ id, mustBeNamed }) => mustBeNamed && !confirming.accepted.includes(id))
  if (unnamed.length > 0) return { kind: 'refused', unnamed }
  let adopted = 0
  for (const item of swept.unknown) if (await adopt(deps, item, confirming.person)) adopted++
  await linkFindings(deps, confirming.person)
  await catchUp(deps, swept)
  const held = await holdUnsent(deps, confirming.person)
  await doubtUnknown(deps)
  await open(deps, parts, confirming, swept)
  return { kind: 'confirmed', adopted, held, differences: swept.differences }
}

/** Lines that were nobody's and now have their payment: they say what became of it. */
async function linkFindings(deps: Deps, person: string): Promise<void> {
  for (const { id, bank, reference, line } of await deps.store.fence.findings()) {
    const payment = await deps.store.payments.byReference(bank, reference)
    if (payment === null) continue
    const verdict = judgeStatement(payment.state, payment.instruction, line.line)
    await move(deps, [{ payment, actor: deps.settings.instance, patch: {}, verdict }])
    const at = deps.clock.now()
    await deps.store.statements.link(line.id, payment.id, at)
    await deps.store.journals.decide([{ lineId: line.id, journal: 'open', entry: null }], at)
    await deps.store.fence.resolve(id, person, `adopted as ${payment.id}`, at)
  }
}

/** Steps by which an ERP's row may be further than its payment here; the longest life of a payment has fewer. */
const STEPS_AHEAD_MAX = 100

/** An ERP takes only what is newer than what it shows: the payment's steps are counted up to there. */
async function catchUp(deps: Deps, { ahead }: Sweep): Promise<void> {
  for (const { row, payment } of ahead) {
    const text = `恢复前 ERP 已显示 ${row.status} (the ERP showed ${row.status} before the restore)`
    for (let step = payment.seq; step < row.seq && step < payment.seq + STEPS_AHEAD_MAX; step++) {
      const current = await deps.store.payments.get(payment.id)
      if (current === null || current.seq >= row.seq) break
      await note(deps, current, 'fence.behind', 'FENCE_HELD', text)
    }
  }
}

/** The hold first: a payment that is `held` without one could be approved like any other. */
async function holdUnsent(deps: Deps, person: string): Promise<number> {
  const unsent = await unsentPayments(deps)
  const reason = '恢复前可能已由原系统发送，须核对银行 (the original may have sent it: look at the bank)'
  for (const payment of unsent) {
    await deps.store.fence.hold(payment.id, fenceHold(reason), deps.clock.now())
    // From now on a debit of it is what is expected, not news that closes the fence again.
    const patch = { sentAt: payment.sentAt ?? deps.clock.now() }
    const verdict = plain(payment.state === 'ready' ? 'fence.closed' : null, 'FENCE_HELD', reason)
    if (payment.state === 'ready') await move(deps, [{ payment, actor: person, patch, verdict }])
    else await doubt(deps, payment, [payment.statusText, reason].filter(Boolean).join('；'))
  }
  return unsent.length
}

/** The wait for a final "not found" begins anew: the original may have sent it again just now. */
async function doubtUnknown(deps: Deps): Promise<void> {
  const payments = await deps.store.payments.list({ states: ['unknown'] }, null, UNKNOWN_MAX)
  for (const payment of payments) await doubt(deps, payment, payment.statusText)
}

/** Payments in doubt at once; a site with as many has stopped long before. */
const UNKNOWN_MAX = 10_000

async function doubt(deps: Deps, payment: Payment, text: string): Promise<void> {
  const at = deps.clock.now()
  const sentAt = payment.state === 'unknown' ? at : (payment.sentAt ?? at)
  await noteWith(deps, payment, {
    cause: 'fence.doubted',
    code: 'FENCE_HELD',
    text,
    patch: { sentAt },
  })
}

async function open(deps: Deps, parts: FenceParts, confirming: Confirming, swept: Sweep): Promise<void> {
  const evidence = await gather(parts, null)
  const used = await deps.store.fence.incarnations()
  // Null after a thousand confirmations of one store: then the old digits stay, and the sequence counts on.
  const incarnation = nextIncarnation(used, randomInt(1000))
  const epoch = parts.newToken()
  const token = parts.newToken()
  const sends = sendsSeen(evidence)
  const { person, evidence: said, accepted } = confirming
  await deps.store.fence.confirm({
    instance: parts.instance,
    token,
    person,
    evidence: said,
    content: JSON.stringify({ range: swept.range, differences: swept.differences, accepted }),
    epoch,
    incarnation,
    sends,
    database: evidence.store.database,
    probationUntil: deps.clock.now() + PROBATION_MS,
    at: deps.clock.now(),
  })
  // Last: cut off here, the host is not bound, and the confirmation is given again.
  await parts.file.write({ storeId: evidence.store.storeId, token, epoch, sends, identity: evidence.host })
}

function sendsSeen({ store, file }: FenceEvidence): number {
  const ours = file === null || file === 'damaged' || file.storeId !== store.storeId ? 0 : file.sends
  return Math.max(store.sends, ours)
}
