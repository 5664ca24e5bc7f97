// The common order of one bank exchange: what goes wrong is decided once the request is understood, the payment is counted
// as received, time is let pass, the books change, and the answer is composed. All inside one transaction.

import type { BankClock } from './bank-clock'
import type { Book, Payment } from './book'
import type { Disturbance, FaultKind, FaultOrders } from './faults'
import { httpError, type Handled, type WireReply } from './listener'
import { MAGIC, magicOf, type Magic } from './magic'
import type { PaymentDesk, Refusal } from './payments'
import type { Reason, State } from './records'

/** What the program hands to a bank's own program when it is opened. */
export type BankContext = {
  readonly bank: string
  readonly book: Book
  readonly clock: BankClock
  readonly faults: FaultOrders
  readonly desk: PaymentDesk
  /** All banks' payments are brought up to now before anything is looked at. */
  readonly catchUp: () => void
  /** For whoever runs it: why something was refused, where the bank's answer does not say. */
  readonly log: (line: string) => void
  /** Work that outlives the answer (a file that appears later); awaited when the simulator closes. */
  readonly later: (delayMs: number, work: () => void) => void
}

export type Call = {
  readonly listener: string
  readonly code: string
  /** Payee accounts of the payments it makes or asks about. */
  readonly payees: readonly string[]
  /** Set when the request asks to pay: the keys it asks under. */
  readonly pays: { readonly customer: string; readonly keys: readonly string[] } | null
}

export type Acts = {
  /** The bank's system-level error. */
  readonly maintenance: () => WireReply
  /** A message-level error: nothing was done. */
  readonly headerFailed: () => WireReply
  /** Does the work and composes the answer, with its meaning spoiled as ordered. */
  readonly perform: (disturbance: Disturbance) => WireReply
}

export const UNDISTURBED: Disturbance = { kinds: new Set(), delayMs: 0, status: 502 }

export function answered(reply: WireReply): Handled {
  return { reply, disturbance: UNDISTURBED }
}

export function exchange(context: BankContext, call: Call, acts: Acts): Handled {
  const { bank, book, faults } = context
  const { listener, code, payees, pays } = call
  return book.transact(() => {
    context.catchUp()
    const magic: readonly FaultKind[] = pays ? payees.flatMap(payee => magicOf(payee)?.wire ?? []) : []
    const disturbance = faults.take({ bank, listener, request: { code, payees } }, magic)
    if (pays && pays.keys.length > 0) {
      book.add({ kind: 'received', bank, customer: pays.customer, keys: [...pays.keys] })
    }
    return { reply: replyOf(disturbance, acts), disturbance }
  })
}

function replyOf(disturbance: Disturbance, acts: Acts): WireReply | null {
  const { kinds, status } = disturbance
  if (kinds.has('drop-after-read') || kinds.has('silent')) return null
  if (kinds.has('http-error')) return httpError(status)
  if (kinds.has('maintenance')) return acts.maintenance()
  if (kinds.has('header-failed')) return acts.headerFailed()
  return acts.perform(disturbance)
}

// ------------------------------------------------------------------------------- what a payment looks like from outside

/** A payment as an answer shows it, lies included. `unlisted` is a status in no table of the bank. */
export type Shown = {
  readonly payment: Payment
  readonly state: State | 'unlisted'
  readonly reason: Reason | null
  readonly amount: bigint
  readonly payeeAccount: string
}

/** The items of a submission's answer. */
export function shownAtSubmission(payments: readonly Payment[], disturbance: Disturbance): readonly Shown[] {
  const shown = payments.map(payment => show(payment, disturbance.kinds))
  return disturbance.kinds.has('missing-line') ? shown.slice(0, -1) : shown
}

/** Counts how often each payment was asked about, for those that are found only later. Forgotten at a restart. */
export class Inquiries {
  readonly #asked = new Map<string, number>()

  /** The payments an inquiry finds now. */
  found(payments: readonly Payment[], disturbance: Disturbance): readonly Shown[] {
    const isHidden = disturbance.kinds.has('not-found')
    const shown = payments
      .filter(payment => !this.#isHiddenByMagic(payment) && !isHidden)
      .map(payment => show(payment, new Set([...disturbance.kinds, ...(magicRow(payment)?.inquiry ?? [])])))
    return disturbance.kinds.has('missing-line') ? shown.slice(0, -1) : shown
  }

  #isHiddenByMagic(payment: Payment): boolean {
    const times = magicRow(payment)?.hiddenInquiries
    if (times === undefined) return false
    if (times === null) return true
    const asked = (this.#asked.get(payment.record.id) ?? 0) + 1
    this.#asked.set(payment.record.id, asked)
    return asked <= times
  }
}

function magicRow(payment: Payment): Magic | undefined {
  return MAGIC.find(magic => magic.code === payment.record.magic)
}

function show(payment: Payment, kinds: ReadonlySet<FaultKind>): Shown {
  const { account } = payment.record.payee
  return {
    payment,
    state: kinds.has('unknown-code') ? 'unlisted' : payment.state,
    reason: payment.path[payment.step]?.reason ?? null,
    amount: payment.amount + (kinds.has('lie-amount') ? 1n : 0n),
    payeeAccount: kinds.has('lie-payee') ? withOtherLastDigit(account) : account,
  }
}

function withOtherLastDigit(account: string): string {
  const last = account.at(-1) ?? '0'
  return account.slice(0, -1) + (last === '9' ? '0' : '9')
}

/** Another serial of the same shape: the last character differs. */
export function otherSerial(serial: string): string {
  return withOtherLastDigit(serial)
}

/** The refusal that an ordered `item-failed` forces on every item. */
export function forcedRefusal(disturbance: Disturbance): Refusal | null {
  return disturbance.kinds.has('item-failed') ? { reason: 'declined', detail: '' } : null
}
