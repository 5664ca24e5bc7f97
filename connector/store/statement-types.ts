// Bank lines as the steps see them. Part of the store's interface.

import type { Balance, DateRange, Money, StatementLine } from '../ports'
import type { LineIdentities } from './coverage-types'
import type { WaitingReceipt } from './receipt-types'
import type { After, OpenPage } from './reconcile-types'
import type { OutboxDraft } from './store'

export type StoredLine = {
  readonly id: string
  readonly bank: string
  readonly account: string
  /**
   * What it is called outside, for ever: its identity when it was imported (I9), which is the bank's id, or content and
   * occurrence, behind its rule's version. The identity that new lines are compared with may have changed since.
   */
  readonly key: string
  readonly line: StatementLine
  readonly paymentId: string | null
  /**
   * open: nothing decided · entry: an entry was made · booked: the ERP had it already · left: a rule leaves it to a
   * person · collection: it is offered to be claimed, and booked when it was.
   */
  readonly journal: 'open' | 'entry' | 'booked' | 'left' | 'collection'
  readonly receipt: 'none' | 'wanted' | 'stored' | 'missing'
  readonly importedAt: number
  /** A person has withdrawn it; then only who asks for it by its id is shown it. */
  readonly isWithdrawn?: true
}

/** A line that the store has under an identity, also a withdrawn one. */
export type KnownLine = { readonly lineId: string; readonly isWithdrawn: boolean }

/** Lines that stand; what a person has withdrawn is known by its identity alone. */
export interface StatementStore extends LineIdentities {
  /** Inserts lines whose identity (their key, at birth) is new to the account, with their outbox records; returns the new ones. */
  insert(lines: readonly Omit<StoredLine, 'id'>[], outbox: readonly OutboxDraft[]): Promise<readonly StoredLine[]>
  /** Rises whenever lines of the account come, are withdrawn or restored. */
  mark(account: string): Promise<string>
  /** As `insert`, for lines of one account that were compared with what it had at `mark`; null when that has changed. */
  insertAt(
    mark: string,
    lines: readonly Omit<StoredLine, 'id'>[],
    outbox: readonly OutboxDraft[],
  ): Promise<readonly StoredLine[] | null>
  /** Of these identities, the ones that the account has already, also those of withdrawn lines. */
  known(account: string, keys: readonly string[]): Promise<ReadonlyMap<string, KnownLine>>
  /** How many lines the account has of that day. */
  countOn(account: string, bookedOn: string): Promise<number>
  /** Lines with a reference that have not been looked at yet, oldest first. */
  unlinked(limit: number): Promise<readonly StoredLine[]>
  /** The line was looked at: it belongs to this payment, or (null) to none of ours. */
  link(lineId: string, paymentId: string | null, at: number): Promise<void>
  list(account: string, range: { readonly from: string; readonly to: string }): Promise<readonly StoredLine[]>
  /** As `list`, by day and number, in pages: for ranges that may hold more than a memory does. */
  page(account: string, range: DateRange, after: After, limit: number): Promise<OpenPage<StoredLine>>
  get(lineId: string): Promise<StoredLine | null>
  /** The newest lines of the account with exactly this amount. */
  ofAmount(account: string, amount: Money, limit: number): Promise<readonly StoredLine[]>
  /** Lines whose journal is open and, where they carry a reference, that have been looked at; oldest first. */
  unbooked(limit: number): Promise<readonly StoredLine[]>
  /** Lines of a bank whose receipt is wanted or missing and whose next try is due; looked at first, so that the receipt finds its payment. */
  receiptDue(bank: string, now: number, limit: number): Promise<readonly StoredLine[]>
  /** `reason`: why this try gave none, for people. */
  postponeReceipt(lineId: string, dueAt: number, isMissing: boolean, reason: string): Promise<void>
  /** Lines of the account whose receipt is wanted or missing: why, and when it is asked for next. */
  receiptsWaiting(account: string, range: DateRange): Promise<readonly WaitingReceipt[]>
  saveBalance(balance: Balance, at: number, outbox: readonly OutboxDraft[]): Promise<void>
  balances(account: string, limit: number): Promise<readonly { readonly balance: Balance; readonly at: number }[]>
}
