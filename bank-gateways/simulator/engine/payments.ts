// A payment's life inside the simulated bank: checked at entry, money reserved, moved along its path, booked once, perhaps
// returned. Time passes only when somebody looks (`catchUp`), so that a moved clock and a waiting one give the same books.

import type { BankClock } from './bank-clock'
import { addDays, dayOf, instantOf, timeOfDayMs } from './bank-time'
import { CLEARING, type Account, type Book, type Payment } from './book'
import { magicOf, type Magic } from './magic'
import { partyOf, post } from './postings'
import type { Party, Reason, Step } from './records'
import type { Processing } from './settings'

/** What a bank's program knows of a payment after its own checks of form. */
export type Draft = {
  readonly code: string
  readonly customer: string
  readonly batch: string
  readonly batchSerial: string
  readonly item: string
  readonly key: string
  readonly payerAccount: string
  readonly payerName: string
  readonly payee: Party
  /** To an account of this bank, or of another one. */
  readonly route: 'own' | 'other'
  readonly amount: bigint
  readonly purpose: string
  readonly postscript: string
  readonly fields: Readonly<Record<string, string>>
  /** Not before this instant (预约). */
  readonly startAtMs: number | null
  /** Entered for approval at the bank (委托待授权). */
  readonly needsApproval: boolean
  /** Whether an unknown payee of this bank is refused in the answer, or fails later. */
  readonly checksPayeeAtEntry: boolean
  /** Extra time before it is worked on (落地, manual handling). */
  readonly extraMs: number
  /** What the bank's own checks said, and about which field. */
  readonly refusal: Refusal | null
}

export type Refusal = { readonly reason: Reason; readonly detail: string }

export type PaymentDesk = {
  readonly bank: string
  readonly book: Book
  readonly clock: BankClock
  readonly processing: Processing
  /** The simulated bank that keeps this account, by its CNAPS number, or null. */
  readonly bankOfPayee: (cnaps: string, account: string) => string | null
}

/** Takes the payment, refused or not, and lets everything happen that is due at once. Inside a transaction. */
export function submit(desk: PaymentDesk, draft: Draft): Payment {
  const { book } = desk
  const atMs = desk.clock.now()
  const refusal = refusalOf(desk, draft, atMs)
  const path = refusal === null ? wayOf(desk, draft, atMs) : [stop('failed', { reason: refusal })]
  const no = book.payments.size + 1
  const payer = book.account(desk.bank, draft.payerAccount)
  book.add({
    kind: 'payment',
    id: `${desk.bank}-${no}`,
    no,
    bank: desk.bank,
    customer: draft.customer,
    code: draft.code,
    batch: draft.batch,
    batchSerial: draft.batchSerial,
    item: draft.item,
    key: draft.key,
    payer: payer ? partyOf(payer) : { account: draft.payerAccount, name: draft.payerName, bankName: '', cnaps: '' },
    payee: draft.payee,
    route: draft.route,
    amountMinor: draft.amount.toString(),
    purpose: draft.purpose,
    postscript: draft.postscript,
    fields: { ...draft.fields },
    magic: magicOf(draft.payee.account)?.code ?? null,
    detail: draft.refusal?.detail ?? '',
    path: [...path],
    atMs,
  })
  const payment = book.payments.get(`${desk.bank}-${no}`)
  if (!payment) throw new Error('a payment was not recorded')
  passStopsWithoutDelay(desk, payment)
  return payment
}

function refusalOf(desk: PaymentDesk, draft: Draft, atMs: number): Reason | null {
  if (draft.refusal !== null) return draft.refusal.reason
  const payer = desk.book.account(desk.bank, draft.payerAccount)
  if (!payer || payer.record.isClosed || !isUsableBy(payer, draft.customer)) return 'payer-unknown'
  if (payer.record.name !== draft.payerName) return 'payer-name'
  if (draft.route === 'own' && draft.payee.account === draft.payerAccount) return 'payer-is-payee'
  const magic = magicOf(draft.payee.account)
  if (magic?.refusal) return magic.refusal
  if (draft.checksPayeeAtEntry && !magic) {
    const problem = ownPayeeProblem(desk, draft)
    if (problem !== null) return problem
  }
  if (desk.book.availableOf(payer) < draft.amount) return 'insufficient'
  return desk.processing.afterCutOff === 'refuse' && isAfterCutOff(desk, atMs) ? 'after-cut-off' : null
}

export function isUsableBy(account: Account, customer: string): boolean {
  return account.record.customer === '' || account.record.customer === customer
}

function ownPayeeProblem(desk: PaymentDesk, draft: Draft): Reason | null {
  if (draft.route !== 'own') return null
  const payee = desk.book.account(desk.bank, draft.payee.account)
  if (!payee || payee.record.isClosed) return 'payee-unknown'
  return payee.record.name === draft.payee.name ? null : 'payee-name'
}

function isAfterCutOff(desk: PaymentDesk, atMs: number): boolean {
  const { cutOff } = desk.processing
  return cutOff !== null && timeOfDayMs(atMs) >= instantOf('1970-01-01', cutOff) - instantOf('1970-01-01', '00:00')
}

/** The states the payment will go through, known when it is taken. */
function wayOf(desk: PaymentDesk, draft: Draft, atMs: number): readonly Step[] {
  const magic = magicOf(draft.payee.account)
  if (draft.needsApproval && !magic?.path) return [stop('awaiting')]
  const path = magic?.path ?? ordinaryWay(desk, draft, magic)
  if (draft.startAtMs !== null && draft.startAtMs > atMs) {
    return [stop('scheduled'), ...postponed(path, { notBeforeMs: draft.startAtMs, afterMs: draft.extraMs })]
  }
  if (isAfterCutOff(desk, atMs)) {
    return [stop('accepted'), ...postponed(path, { nextDay: true, afterMs: draft.extraMs })]
  }
  return draft.extraMs > 0 ? [stop('accepted'), ...postponed(path, { afterMs: draft.extraMs })] : path
}

function ordinaryWay(desk: PaymentDesk, draft: Draft, magic: Magic | null): readonly Step[] {
  const { ownBank, otherBank, returnAfterMs } = desk.processing
  const path = draft.route === 'own' ? ownBank : otherBank
  if (magic) return path
  const problem = ownPayeeProblem(desk, draft)
  if (problem !== null) return [stop('accepted'), stop('failed', { afterMs: delayOf(path), reason: problem })]
  if (draft.route === 'other' && path.at(-1)?.state === 'success' && bouncesAtPayeeBank(desk, draft.payee)) {
    return [...path, stop('returned', { nextDay: returnAfterMs === null, afterMs: returnAfterMs ?? 0 })]
  }
  return path
}

/** True when the payee's bank is simulated too and will not credit it: no such account, or another holder's. */
function bouncesAtPayeeBank(desk: PaymentDesk, payee: Party): boolean {
  const bank = desk.bankOfPayee(payee.cnaps, payee.account)
  return bank !== null && arrivalAccount(desk, payee) === null
}

function arrivalAccount(desk: PaymentDesk, payee: Party): Account | null {
  const bank = desk.bankOfPayee(payee.cnaps, payee.account)
  const account = bank === null ? null : desk.book.account(bank, payee.account)
  return account && !account.record.isClosed && account.record.name === payee.name ? account : null
}

function delayOf(path: readonly Step[]): number {
  return path.reduce((total, step) => total + step.afterMs, 0)
}

/** The path without its "accepted", its first stop put off. */
function postponed(path: readonly Step[], by: Partial<Step> & { readonly afterMs: number }): readonly Step[] {
  const [first, ...rest] = path.length > 1 && path[0]?.state === 'accepted' ? path.slice(1) : path
  return first ? [{ ...first, ...by, afterMs: first.afterMs + by.afterMs }, ...rest] : []
}

export function stop(state: Step['state'], more: Partial<Step> = {}): Step {
  return { state, afterMs: 0, nextDay: false, notBeforeMs: null, books: false, reason: null, ...more }
}

// ------------------------------------------------------------------------------------------------- the passing of time

/** Moves every payment of every bank to where it is due by now, in the order of the due times. Inside a transaction. */
export function catchUp(book: Book, desks: readonly PaymentDesk[], nowMs: number): void {
  const deskOf = new Map(desks.map(desk => [desk.bank, desk]))
  const due = [...book.moving].flatMap(payment => {
    const desk = deskOf.get(payment.record.bank)
    const dueMs = desk ? dueOf(desk, payment) : null
    return desk && dueMs !== null && dueMs <= nowMs ? [{ desk, payment, dueMs }] : []
  })
  due.sort((a, b) => a.dueMs - b.dueMs)
  // A payment goes back into the queue with its next stop: rows must be booked in the order of time over all payments.
  for (let next = due.shift(); next; next = due.shift()) {
    const { desk, payment } = next
    reach(desk, payment, next.dueMs)
    const dueMs = dueOf(desk, payment)
    if (dueMs === null || dueMs > nowMs) continue
    const later = due.findIndex(other => other.dueMs > dueMs)
    due.splice(later < 0 ? due.length : later, 0, { desk, payment, dueMs })
  }
}

/** When the payment reaches its next stop, or null when it is at its last. */
function dueOf(desk: PaymentDesk, payment: Payment): number | null {
  const next = payment.path[payment.step + 1]
  if (!next) return null
  const from = next.nextDay
    ? instantOf(addDays(dayOf(payment.reachedMs), 1), desk.processing.opensAt)
    : payment.reachedMs
  return Math.max(from, next.notBeforeMs ?? 0) + next.afterMs
}

/** What happens in the instant of taking a payment: its first stop, and those that follow without delay. */
function passStopsWithoutDelay(desk: PaymentDesk, payment: Payment): void {
  bookIfDue(desk, payment)
  const { atMs } = payment.record
  for (let dueMs = dueOf(desk, payment); dueMs === atMs; dueMs = dueOf(desk, payment)) reach(desk, payment, dueMs)
}

function reach(desk: PaymentDesk, payment: Payment, atMs: number): void {
  desk.book.add({ kind: 'reached', payment: payment.record.id, step: payment.step + 1, atMs })
  bookIfDue(desk, payment)
}

function bookIfDue(desk: PaymentDesk, payment: Payment): void {
  const step = payment.path[payment.step]
  if (payment.timesBooked === 0 && (payment.state === 'success' || step?.books === true)) bookPayment(desk, payment)
  if (payment.state === 'returned' && !payment.isReturned && payment.timesBooked > 0) bookReturn(desk, payment)
}

function bookPayment(desk: PaymentDesk, payment: Payment): void {
  const { book, bank } = desk
  const common = commonOf(payment)
  const payer = `${bank}/${payment.record.payer.account}`
  const inside = insideAccount(desk, payment)
  if (inside) {
    post(book, { ...common, type: 'payment', debit: payer, credit: inside.id })
    return
  }
  post(book, { ...common, type: 'payment', debit: payer, credit: CLEARING })
  const arrival = payment.record.magic === null ? arrivalAccount(desk, payment.record.payee) : null
  if (arrival) post(book, { ...common, type: 'arrival', debit: CLEARING, credit: arrival.id })
}

function bookReturn(desk: PaymentDesk, payment: Payment): void {
  const { book, bank } = desk
  const common = commonOf(payment)
  const payer = `${bank}/${payment.record.payer.account}`
  const inside = insideAccount(desk, payment)
  if (inside) {
    post(book, { ...common, type: 'return', debit: inside.id, credit: payer })
    return
  }
  const arrival = arrivedAt(book, payment)
  if (arrival) post(book, { ...common, type: 'return-arrival', debit: arrival.id, credit: CLEARING })
  post(book, { ...common, type: 'return', debit: CLEARING, credit: payer })
}

function commonOf(payment: Payment) {
  const { id, payer, payee, purpose, postscript } = payment.record
  return { atMs: payment.reachedMs, amount: payment.amount, payment: id, payer, payee, purpose, postscript }
}

/** The payee's account when it is at the payer's own bank; a magic account is nobody's, its money goes to clearing. */
function insideAccount(desk: PaymentDesk, payment: Payment): Account | null {
  const { magic, route, payee } = payment.record
  return magic === null && route === 'own' ? desk.book.account(desk.bank, payee.account) : null
}

function arrivedAt(book: Book, payment: Payment): Account | null {
  const arrival = book.postings.find(posting => posting.payment === payment.record.id && posting.type === 'arrival')
  return arrival ? (book.accounts.get(arrival.credit) ?? null) : null
}

// ------------------------------------------------------------------------------------------------------------ a return

export type ReturnProblem = 'not-settled' | 'already-returned' | 'payee-has-spent-it'

/** Bounces a settled payment now (退票). Null when it was done. Inside a transaction. */
export function returnPayment(desk: PaymentDesk, payment: Payment): ReturnProblem | null {
  if (payment.isReturned) return 'already-returned'
  if (payment.timesBooked === 0 || payment.state !== 'success') return 'not-settled'
  const payee = insideAccount(desk, payment) ?? arrivedAt(desk.book, payment)
  if (payee && desk.book.availableOf(payee) < payment.amount) return 'payee-has-spent-it'
  const path = [...payment.path.slice(0, payment.step + 1), stop('returned')]
  desk.book.add({ kind: 'rerouted', payment: payment.record.id, path })
  reach(desk, payment, desk.clock.now())
  return null
}
