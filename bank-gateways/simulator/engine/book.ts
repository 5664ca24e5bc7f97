// The books of all simulated banks: accounts, postings, payments. Double entry: what one account is debited another is
// credited, so all balances add up to zero. Nothing changes here but by a record that is in the journal before the answer leaves.

import type { Journal } from './journal'
import type { AccountRecord, JournalRecord, NoteRecord, PaymentRecord, PostingRecord, State, Step } from './records'

/** Between banks, and with every bank and payee that is not simulated. */
export const CLEARING = 'clearing'
/** Where the money of the opening balances comes from. */
export const OPENING = 'opening'
/** A bank's own income from fees, and its cost of interest. */
export const feesOf = (bank: string): string => `${bank}/fees`
export const interestOf = (bank: string): string => `${bank}/interest`

export type Row = {
  readonly posting: PostingRecord
  readonly direction: 'in' | 'out'
  readonly amount: bigint
  readonly balanceAfter: bigint
}

export type Account = {
  readonly id: string
  readonly record: AccountRecord
  readonly frozen: bigint
  balance: bigint
  /** Before the first row. */
  openingBalance: bigint
  /** Reserved by payments that are accepted and not yet booked. */
  held: bigint
  /** Oldest first. */
  readonly rows: Row[]
}

export type Payment = {
  readonly record: PaymentRecord
  readonly amount: bigint
  path: readonly Step[]
  step: number
  state: State
  reachedMs: number
  timesBooked: number
  isReturned: boolean
  isHeld: boolean
}

/** How often a request with this key was read to its end, and how often it was booked. */
export type KeyCount = { readonly bank: string; readonly customer: string; readonly key: string; received: number }

export class Book {
  readonly accounts = new Map<string, Account>()
  readonly payments = new Map<string, Payment>()
  /** Those that have not reached the last stop of their way. */
  readonly moving = new Set<Payment>()
  readonly postings: PostingRecord[] = []
  readonly keys = new Map<string, KeyCount>()
  /** Balances of every account, internal ones too; credit positive. */
  readonly balances = new Map<string, bigint>()
  clockOffsetMs: number | null = null
  /** The latest instant in the books: the banks' clock never runs behind it. */
  latestMs = 0
  #notes = new Map<string, NoteRecord[]>()
  #byBatch = new Map<string, Payment[]>()
  #byKey = new Map<string, Payment[]>()
  #journal: Journal
  #pending: JournalRecord[] = []
  #depth = 0
  #failure: unknown = null

  constructor(open: (replay: (records: readonly JournalRecord[]) => void) => Journal) {
    this.#journal = open(records => records.forEach(record => this.#apply(record)))
  }

  /**
   * Runs `work`; its records are on the disk when this returns, all or none. An error before the first record changes
   * nothing and is passed on; after it, the memory no longer agrees with the disk, and the books are shut.
   */
  transact<T>(work: () => T): T {
    if (this.#failure !== null) throw new Error('the simulator stopped after an error', { cause: this.#failure })
    this.#depth += 1
    try {
      const result = work()
      if (this.#depth === 1 && this.#pending.length > 0) {
        this.#journal.append(this.#pending)
        this.#pending = []
      }
      return result
    } catch (error) {
      if (this.#pending.length > 0) this.#failure = error
      throw error
    } finally {
      this.#depth -= 1
    }
  }

  /** Adds a record to the running transaction and applies it. */
  add(record: JournalRecord): void {
    if (this.#depth === 0) throw new Error('a record outside a transaction')
    this.#apply(record)
    this.#pending.push(record)
  }

  close(): void {
    this.#failure ??= new Error('closed')
    this.#journal.close()
  }

  account(bank: string, account: string): Account | null {
    return this.accounts.get(`${bank}/${account}`) ?? null
  }

  availableOf(account: Account): bigint {
    return account.balance - account.frozen - account.held
  }

  /** A bank's own notes of one topic and key, oldest first. */
  notes(bank: string, topic: string, key: string): readonly NoteRecord[] {
    return this.#notes.get(pathOf(bank, topic, key)) ?? []
  }

  /** The payments of a package, in the order sent. */
  batch(bank: string, customer: string, batch: string): readonly Payment[] {
    return this.#byBatch.get(pathOf(bank, customer, batch)) ?? []
  }

  /** Every payment taken under this idempotency key, oldest first. */
  withKey(bank: string, customer: string, key: string): readonly Payment[] {
    return this.#byKey.get(pathOf(bank, customer, key)) ?? []
  }

  #apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'account':
        return this.#applyAccount(record)
      case 'posting':
        return this.#applyPosting(record)
      case 'payment':
        return this.#applyPayment(record)
      case 'reached':
        return this.#applyReached(record.payment, record.step, record.atMs)
      case 'rerouted':
        return this.#applyRerouted(this.#payment(record.payment), record.path)
      case 'received':
        for (const key of record.keys) this.#countReceived(record.bank, record.customer, key)
        return
      case 'clock':
        this.clockOffsetMs = record.offsetMs
        return
      case 'note':
        append(this.#notes, pathOf(record.bank, record.topic, record.key), record)
    }
  }

  #applyAccount(record: AccountRecord): void {
    const id = `${record.bank}/${record.account}`
    const frozen = BigInt(record.frozen)
    this.accounts.set(id, { id, record, frozen, balance: 0n, openingBalance: 0n, held: 0n, rows: [] })
    this.balances.set(id, 0n)
  }

  #applyPosting(posting: PostingRecord): void {
    const amount = BigInt(posting.amountMinor)
    if (amount <= 0n || posting.debit === posting.credit) throw new Error(`posting ${posting.id} moves nothing`)
    this.postings.push(posting)
    this.#move(posting, posting.debit, 'out', amount)
    this.#move(posting, posting.credit, 'in', amount)
    this.latestMs = Math.max(this.latestMs, Math.floor(posting.atUs / 1000))
    if (posting.payment === null) return
    const payment = this.#payment(posting.payment)
    if (posting.type === 'payment') {
      payment.timesBooked += 1
      this.#release(payment)
    } else if (posting.type === 'return') {
      payment.isReturned = true
    }
  }

  #move(posting: PostingRecord, id: string, direction: 'in' | 'out', amount: bigint): void {
    const balanceAfter = (this.balances.get(id) ?? 0n) + (direction === 'in' ? amount : -amount)
    this.balances.set(id, balanceAfter)
    const account = this.accounts.get(id)
    if (!account) return
    account.balance = balanceAfter
    if (posting.type === 'opening') account.openingBalance = balanceAfter
    else account.rows.push({ posting, direction, amount, balanceAfter })
  }

  #applyPayment(record: PaymentRecord): void {
    const [first] = record.path
    if (!first) throw new Error(`payment ${record.id} goes nowhere`)
    const isHeld = first.state !== 'failed'
    const payment: Payment = {
      record,
      amount: BigInt(record.amountMinor),
      path: record.path,
      step: 0,
      state: first.state,
      reachedMs: record.atMs,
      timesBooked: 0,
      isReturned: false,
      isHeld,
    }
    this.payments.set(record.id, payment)
    this.#keepMoving(payment)
    append(this.#byBatch, pathOf(record.bank, record.customer, record.batch), payment)
    append(this.#byKey, pathOf(record.bank, record.customer, record.key), payment)
    const payer = this.account(record.bank, record.payer.account)
    if (isHeld && payer) payer.held += payment.amount
    this.latestMs = Math.max(this.latestMs, record.atMs)
  }

  #applyReached(id: string, step: number, atMs: number): void {
    const payment = this.#payment(id)
    const next = payment.path[step]
    if (!next) throw new Error(`payment ${id} has no step ${step}`)
    payment.step = step
    payment.state = next.state
    payment.reachedMs = atMs
    this.#keepMoving(payment)
    if (next.state === 'failed' || next.state === 'rejected') this.#release(payment)
    this.latestMs = Math.max(this.latestMs, atMs)
  }

  #applyRerouted(payment: Payment, path: readonly Step[]): void {
    payment.path = path
    this.#keepMoving(payment)
  }

  #keepMoving(payment: Payment): void {
    if (payment.step + 1 < payment.path.length) this.moving.add(payment)
    else this.moving.delete(payment)
  }

  #release(payment: Payment): void {
    if (!payment.isHeld) return
    payment.isHeld = false
    const payer = this.account(payment.record.bank, payment.record.payer.account)
    if (payer) payer.held -= payment.amount
  }

  #countReceived(bank: string, customer: string, key: string): void {
    const path = pathOf(bank, customer, key)
    const count = this.keys.get(path)
    if (count) count.received += 1
    else this.keys.set(path, { bank, customer, key, received: 1 })
  }

  #payment(id: string): Payment {
    const payment = this.payments.get(id)
    if (!payment) throw new Error(`no payment ${id}`)
    return payment
  }
}

function pathOf(...parts: readonly string[]): string {
  return JSON.stringify(parts)
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key)
  if (values) values.push(value)
  else map.set(key, [value])
}
