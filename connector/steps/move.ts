// The only caller of transition() and the only writer of a payment's state. What cannot move a payment is recorded as a
// contradiction: evidence is never dropped, and a payment never moves on evidence that the table forbids.

import { asInquiry, type Verdict } from '../core/judge'
import { transition, type Cause } from '../core/lifecycle'
import type { State } from '../ports'
import type { Change, Payment, PaymentPatch } from '../store/store'
import type { Deps } from './deps'
import { statusRecord } from './records'

export type Move = {
  readonly payment: Payment
  readonly verdict: Verdict
  readonly actor: string
  readonly patch: PaymentPatch
}

/** Rounds of re-reading after somebody else moved the payment first; each round means that it did move. */
const MAX_ROUNDS = 5

type Open = { readonly item: Move; readonly index: number }

/** The payments as they now stand, in order; null where nothing was learned or the evidence was a contradiction. */
export async function move(deps: Deps, moves: readonly Move[]): Promise<readonly (Payment | null)[]> {
  const results = new Map<number, Payment>()
  let open = moves.map((item, index) => ({ item, index }))
  for (const { item } of open) await recordMismatch(deps, item)
  for (let round = 0; round < MAX_ROUNDS && open.length > 0; round++) {
    const changes: (Open & { readonly change: Change; readonly next: Payment })[] = []
    for (const { item, index } of open) {
      const cause = causeFor(item)
      if (cause === null) continue
      const to = transition(item.payment.state, cause)
      if (to === null) await contradict(deps, item, cause)
      else changes.push({ ...changeOf(deps, item, cause, to), item, index })
    }
    const applied = await deps.store.payments.apply(changes.map(({ change }) => change))
    open = []
    for (const [position, { change, item, index, next }] of changes.entries()) {
      if (applied[position] === true) {
        results.set(index, next)
        tellMoved(deps, item.payment, change, next)
        continue
      }
      // Intent was decided on what is no longer there, its package with it: it is dropped, never carried over (I2).
      if (item.verdict.cause === 'send.started') continue
      // In this order: a send that begins between the two is on the later reading, and the earlier one loses by its seq.
      const current = await deps.store.payments.get(item.payment.id)
      if (current && !(await isOutdated(deps, item, current))) open.push({ item: { ...item, payment: current }, index })
    }
  }
  return moves.map((_, index) => results.get(index) ?? null)
}

/** What says that a payment was not made, or that nobody knows: true of the tries up to then, of no later one. */
const OF_ITS_TRY: ReadonlySet<Cause> = new Set([
  'send.unsent',
  'send.uncertain',
  'send.refused',
  'inquiry.refused',
  'inquiry.absent',
  'operator.confirmedUnpaid',
])

/**
 * Late news about a try that was given up (its lease was swept, the bank proved absence) while a later one has begun. That
 * the bank has paid is true of the payment; that it has not is true of that try only, and would end or repeat the other.
 */
async function isOutdated(deps: Deps, { payment, verdict }: Move, current: Payment): Promise<boolean> {
  const { cause } = verdict
  if (cause === null || !OF_ITS_TRY.has(cause)) return false
  // Not finding and not knowing teach nothing once somebody else has learned anything.
  if (cause === 'inquiry.absent') return true
  if (cause === 'send.uncertain' && current.state !== 'sending') return true
  const history = await deps.store.payments.history(payment.id)
  return history.some(row => row.seq > payment.seq && row.cause === 'send.started')
}

/** A history row and a word to the ERP without a change of state, e.g. a cancellation that came too late. */
export async function note(deps: Deps, payment: Payment, cause: string, code: string, text: string): Promise<void> {
  await noteWith(deps, payment, { cause, code, text, patch: {} })
}

/** As `note`, and sets what the patch names; times and lease stay. */
export async function noteWith(
  deps: Deps,
  payment: Payment,
  noted: { readonly cause: string; readonly code: string; readonly text: string; readonly patch: PaymentPatch },
): Promise<void> {
  const { cause, code, text, patch } = noted
  let current: Payment | null = payment
  for (let round = 0; round < MAX_ROUNDS && current; round++) {
    const { change } = changeOf(
      deps,
      {
        payment: current,
        actor: deps.settings.instance,
        patch: { ...keptTimes(current), ...patch },
        verdict: plain(null, code, text),
      },
      cause,
      current.state,
    )
    const [applied] = await deps.store.payments.apply([change])
    if (applied === true) return
    current = await deps.store.payments.get(payment.id)
  }
}

/** A verdict that needs no evidence of a bank: our own step or a person's decision. */
export function plain(cause: Cause | null, code: string, text: string): Verdict {
  return { cause, contradiction: null, code, text, bankSerial: '', evidence: { code, text } }
}

function causeFor(item: Move): Cause | null {
  const { cause } = item.verdict
  if (cause === null) return null
  // An answer that comes after its send was given up is an answer all the same; that nothing is known is none.
  if (cause.startsWith('send.') && cause !== 'send.started' && item.payment.state !== 'sending') return asInquiry(cause)
  return cause
}

function changeOf(deps: Deps, item: Move, cause: string, to: State): { change: Change; next: Payment } {
  const { payment, verdict, actor } = item
  const at = deps.clock.now()
  const patch: PaymentPatch = {
    leaseUntil: null,
    attempts: 0,
    dueAt: at + firstDelayMs(deps, to),
    errorCode: to === 'failed' || to === 'returned' || to === payment.state ? verdict.code : '',
    statusText: verdict.text,
    ...(verdict.bankSerial === '' ? {} : { bankSerial: verdict.bankSerial }),
    ...(to === 'settled' ? { settledAt: at } : {}),
    ...item.patch,
  }
  const next: Payment = {
    ...payment,
    ...patch,
    state: to,
    seq: payment.seq + 1,
    stateSince: to === payment.state ? payment.stateSince : at,
    updatedAt: at,
  }
  const record = statusRecord({
    erp: payment.erp,
    request: payment.request,
    revision: payment.revision,
    seq: next.seq,
    status: to,
    text: next.statusText,
    cause,
    errorCode: next.errorCode,
    bankReference: next.instruction.reference,
    bankSerial: next.bankSerial,
    settledAt: next.settledAt,
    receiptNo: next.receiptNo,
    at,
  })
  const change: Change = {
    paymentId: payment.id,
    seq: payment.seq,
    to,
    at,
    cause,
    actor,
    evidence: verdict.evidence,
    patch,
    outbox: [{ erp: payment.erp, record }],
  }
  return { change, next }
}

function firstDelayMs(deps: Deps, to: State): number {
  return to === 'unknown' || to === 'accepted' ? deps.settings.inquireFirstMs : 0
}

function keptTimes(payment: Payment): PaymentPatch {
  return { leaseUntil: payment.leaseUntil, attempts: payment.attempts, dueAt: payment.dueAt }
}

/** Not evidence but wishes: when they come too late, whoever wished is told so by the caller, and nothing is contradicted. */
const DECISIONS: ReadonlySet<string> = new Set<Cause>([
  'erp.cancelled',
  'operator.cancelled',
  'operator.rejected',
  'holds.cleared',
])

async function recordMismatch(deps: Deps, item: Move): Promise<void> {
  const { contradiction, cause } = item.verdict
  if (contradiction !== null) await contradict(deps, item, cause ?? 'evidence', contradiction)
}

async function contradict(deps: Deps, item: Move, cause: string, code = 'TRANSITION_FORBIDDEN'): Promise<void> {
  const { payment, verdict } = item
  // The same news twice (two daemons asked, both were told) is agreement, not contradiction.
  if (code === 'TRANSITION_FORBIDDEN' && (saysTheSame(payment.state, cause) || DECISIONS.has(cause))) return
  const evidence = { ...verdict.evidence, state: payment.state }
  const isNew = await deps.store.contradictions.record({
    at: deps.clock.now(),
    paymentId: payment.id,
    code,
    cause,
    evidence,
  })
  if (isNew) deps.tell({ kind: 'contradiction', paymentId: payment.id, code, cause })
}

function saysTheSame(state: State, cause: string): boolean {
  const word = cause.slice(cause.indexOf('.') + 1)
  if (state === 'settled')
    return word === 'settled' || word === 'accepted' || word === 'confirmedPaid' || cause === 'statement.debited'
  if (state === 'accepted') return word === 'accepted'
  if (state === 'ready') return word === 'unsent' || word === 'absent' || word === 'refused'
  if (state === 'failed') return word === 'refused' || word === 'confirmedUnpaid'
  return (
    state === 'returned' &&
    (word === 'returned' || word === 'settled' || word === 'accepted' || cause === 'statement.debited')
  )
}

function tellMoved(deps: Deps, from: Payment, change: Change, to: Payment): void {
  deps.tell({
    kind: 'payment.moved',
    paymentId: to.id,
    bank: to.bank,
    from: from.state,
    cause: change.cause,
    to: to.state,
    code: change.evidence['code'] ?? '',
    text: to.statusText,
  })
}
