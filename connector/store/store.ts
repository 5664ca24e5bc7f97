// The connector's own durable state, as the steps see it. Every method is one transaction: what it writes is written
// whole or not at all (I5). Nothing here decides anything.

import type { ErpRecord, Instruction, PaymentRequest, RequestKey, RowStatus, State } from '../ports'
import type { AuditStore, Reencrypted, SealCheck } from './audit'
import type { CoverageStore, ExceptionStore, StatementFileStore } from './coverage-types'
import type { FenceStore } from './fence-types'
import type { CollectionStore, JournalStore } from './journal-types'
import type { KnownRequest } from './known-request'
import type { MatchStore, OpenStore } from './reconcile-types'
import type { ReceiptStore, ReceiverStore } from './receipt-types'
import type { StatementStore } from './statement-types'
import type { PauseStore } from './pause-types'
import type { DoubtStore, WithdrawalStore } from './withdrawal-types'

export type * from './coverage-types'
export type * from './statement-types'
export type { Asking, KnownRequest } from './known-request'
export type {
  ClaimedPart,
  ClaimFacts,
  CollectionChange,
  CollectionDraft,
  CollectionStore,
  EntryReversal,
  JournalDecision,
  JournalStore,
  StoredCollection,
  StoredEntry,
} from './journal-types'
export type { ReceiptStore, ReceiverStore, StoredReceipt, StoredReceiver, WaitingReceipt } from './receipt-types'
export type {
  After,
  Match,
  MatchByHand,
  MatchFilter,
  MatchStore,
  OpenDays,
  OpenPage,
  OpenStore,
  StoredLedgerLine,
  StoredMatch,
  Synced,
  Taken,
} from './reconcile-types'
export type { FenceClosing, FenceConfirmation, FenceEvent, FenceFinding, FenceStore } from './fence-types'
export type { BankPause, PauseScope, PauseStore } from './pause-types'
export type {
  DoubtDraft,
  DoubtKind,
  DoubtStore,
  LineDoubt,
  LineTurn,
  Restoration,
  Withdrawal,
  WithdrawalStore,
  Withdrawn,
  WithdrawnLine,
} from './withdrawal-types'

export type Payment = {
  readonly id: string
  readonly erp: string
  readonly bank: string
  readonly request: PaymentRequest
  readonly revision: number
  readonly instruction: Instruction
  readonly state: State
  /** Number of history rows; every change names the seq it was decided on and loses to an earlier change. */
  readonly seq: number
  /** Bank calls made since the state was entered. */
  readonly attempts: number
  readonly dueAt: number
  readonly leaseUntil: number | null
  /** First `send.started`, or null. */
  readonly sentAt: number | null
  readonly stateSince: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly errorCode: string
  readonly statusText: string
  readonly bankSerial: string
  readonly settledAt: number | null
  readonly receiptNo: string
}

/** What a change sets besides the state; an absent field stays as it is. */
export type PaymentPatch = Partial<
  Pick<
    Payment,
    | 'instruction'
    | 'attempts'
    | 'dueAt'
    | 'leaseUntil'
    | 'sentAt'
    | 'errorCode'
    | 'statusText'
    | 'bankSerial'
    | 'settledAt'
    | 'receiptNo'
  >
>

export type Evidence = Readonly<Record<string, string>>

export type HistoryRow = {
  readonly paymentId: string
  readonly seq: number
  readonly at: number
  readonly from: State | null
  readonly cause: string
  readonly to: State
  /** Who: a daemon's instance name, or a person's. */
  readonly actor: string
  readonly evidence: Evidence
}

export type OutboxDraft = { readonly erp: string; readonly record: ErpRecord }

export type Change = {
  readonly paymentId: string
  /** The seq on which it was decided. */
  readonly seq: number
  readonly to: State
  readonly at: number
  readonly cause: string
  readonly actor: string
  readonly evidence: Evidence
  readonly patch: PaymentPatch
  readonly outbox: readonly OutboxDraft[]
}

export type HoldDraft = { readonly kind: string; readonly reason: string; readonly approvalsNeeded: number }
export type Hold = HoldDraft & {
  readonly id: string
  readonly paymentId: string
  readonly clearedAt: number | null
  readonly clearances: readonly { readonly person: string; readonly reason: string; readonly at: number }[]
}

/** One asking of the ERP as it was answered: a payment, or a refusal that never became one. */
export type IntakeEntry = {
  readonly request: PaymentRequest
  readonly revision: number
  readonly status: RowStatus
  /** The newest revision of the document that was known when this was decided, or null: another one since is a Conflict. */
  readonly follows: number | null
  readonly errorCode: string
  /** Null for `invalid`, and for what was cancelled before it was taken. */
  readonly payment: Payment | null
  readonly cause: string
  readonly evidence: Evidence
  readonly holds: readonly HoldDraft[]
  readonly outbox: readonly OutboxDraft[]
}

export type IntakeBatch = {
  readonly erp: string
  readonly at: number
  readonly actor: string
  /** Kept with what was taken and given back by `meta.cursor(erp)`; null leaves what is there. */
  readonly cursor: string | null
  readonly entries: readonly IntakeEntry[]
  /** Answers that belong to no new entry, e.g. to a repeated or changed document. */
  readonly outbox: readonly OutboxDraft[]
}

export type PaymentFilter = {
  readonly states?: readonly State[]
  readonly bank?: string
  readonly erp?: string
  readonly docNo?: string
  /** Payments that entered their state before this instant. */
  readonly stateSinceBefore?: number
}

export interface PaymentStore {
  /** Entries, payments, first history rows, holds, outbox and cursor. Throws Conflict when a (document, revision) is there already, or one newer than the entry follows. */
  intake(batch: IntakeBatch): Promise<void>
  /** The newest asking of each document, null where there is none; `revision` of the key is ignored. In order. */
  known(erp: string, keys: readonly RequestKey[]): Promise<readonly (KnownRequest | null)[]>
  /** Due, unleased payments of these states, oldest due first; leases them to this caller. Two callers never get the same one. */
  claim(
    filter: { readonly states: readonly State[]; readonly bank: string },
    now: number,
    leaseUntil: number,
    limit: number,
  ): Promise<readonly Payment[]>
  /** Payments of these states whose lease ran out before `now` (a daemon died or stalled). */
  expired(states: readonly State[], now: number, limit: number): Promise<readonly Payment[]>
  /** State, patch, history row and outbox rows; false where the payment has moved on since `seq`, or where it would begin to be sent to a paused bank. One transaction, in order. */
  apply(changes: readonly Change[]): Promise<readonly boolean[]>
  /** Nothing was learned: next attempt at `dueAt`, lease given back, attempts + 1, words for the screen. No history row. */
  postpone(
    items: readonly {
      readonly paymentId: string
      readonly seq: number
      readonly dueAt: number
      readonly statusText: string
    }[],
  ): Promise<void>
  get(id: string): Promise<Payment | null>
  byReference(bank: string, reference: string): Promise<Payment | null>
  inBatch(bank: string, batchReference: string): Promise<readonly Payment[]>
  /** Newest first; `after` is an id from a previous page. */
  list(filter: PaymentFilter, after: string | null, limit: number): Promise<readonly Payment[]>
  countByState(): Promise<Readonly<Record<string, number>>>
  history(id: string): Promise<readonly HistoryRow[]>
  holds(id: string): Promise<readonly Hold[]>
  /** Records one person's clearance of a hold; returns the payment's holds afterwards. The same person twice counts once. */
  clearHold(holdId: string, person: string, reason: string, at: number): Promise<readonly Hold[]>
  /**
   * Reads payments and all that vouches for them in one transaction: seal, history, clearances, and their entries of the
   * audit trail. In order. A seal is made at intake and renewed with every hold and clearance and at a send, never over a broken one.
   */
  checkSeals(ids: readonly string[]): Promise<readonly SealCheck[]>
}

/** Evidence that the lifecycle forbids, or that disagrees with the instruction. A person looks at it; the payment does not move. */
export type Contradiction = {
  readonly id: string
  readonly at: number
  readonly paymentId: string | null
  readonly code: string
  readonly cause: string
  readonly evidence: Evidence
  readonly resolvedAt: number | null
  readonly resolvedBy: string
  readonly resolution: string
}

export interface ContradictionStore {
  /** The same (paymentId, code, cause, evidence) is recorded once. Returns true when it is new. */
  record(row: {
    readonly at: number
    readonly paymentId: string | null
    readonly code: string
    readonly cause: string
    readonly evidence: Evidence
  }): Promise<boolean>
  open(limit: number): Promise<readonly Contradiction[]>
  resolve(id: string, person: string, resolution: string, at: number): Promise<boolean>
}

export type OutboxItem = {
  readonly id: string
  readonly erp: string
  readonly record: ErpRecord
  readonly attempts: number
  readonly createdAt: number
}
export type OutboxResult =
  | { readonly id: string; readonly kind: 'done'; readonly erpNumber: string }
  | {
      readonly id: string
      readonly kind: 'refused'
      readonly code: string
      readonly text: string
      readonly dueAt: number
    }
  | { readonly id: string; readonly kind: 'deferred'; readonly reason: string; readonly dueAt: number }

export interface OutboxStore {
  /** Unique per (erp, record.key): adding one again changes nothing. */
  add(drafts: readonly OutboxDraft[], at: number): Promise<void>
  /** Due, unleased, undelivered records in the order they were added; two callers never get the same one. */
  claim(erp: string, now: number, leaseUntil: number, limit: number): Promise<readonly OutboxItem[]>
  /** A journal record that is done or refused also updates its journal entry. */
  settle(results: readonly OutboxResult[], at: number): Promise<void>
  counts(now: number): Promise<
    readonly {
      readonly erp: string
      readonly pending: number
      readonly refused: number
      readonly oldestAt: number | null
    }[]
  >
  /** Refused records become due at `at`, those of one ERP or of all; returns how many. */
  retryRefused(erp: string | null, at: number): Promise<number>
  refusals(limit: number): Promise<
    readonly {
      readonly erp: string
      readonly key: string
      readonly kind: string
      readonly code: string
      readonly text: string
    }[]
  >
}

/** One attempt of two people to say what became of a payment that no bank answer settles. */
export type Confirmation = {
  readonly paymentId: string
  readonly verdict: 'paid' | 'unpaid'
  readonly person: string
  readonly evidence: string
  readonly at: number
}

export interface MetaStore {
  cursor(name: string): Promise<string | null>
  saveCursor(name: string, value: string): Promise<void>
  /** Takes `count` numbers of a sequence, never given twice; returns the first. Sequences start at 1. */
  allocate(sequence: string, count: number): Promise<bigint>
  /** True when `owner` holds the named lock until `until`; renewing one's own is allowed. */
  lead(name: string, owner: string, now: number, until: number): Promise<boolean>
  /** Three random digits, made when the store was made. */
  incarnation(): Promise<string>
  confirm(confirmation: Confirmation): Promise<readonly Confirmation[]>
}

export interface Store {
  readonly payments: PaymentStore
  readonly contradictions: ContradictionStore
  readonly outbox: OutboxStore
  readonly statements: StatementStore
  readonly withdrawals: WithdrawalStore
  readonly doubts: DoubtStore
  readonly receipts: ReceiptStore
  readonly receivers: ReceiverStore
  readonly journals: JournalStore
  readonly collections: CollectionStore
  readonly matches: MatchStore
  readonly coverage: CoverageStore
  readonly files: StatementFileStore
  readonly exceptions: ExceptionStore
  readonly open: OpenStore
  readonly meta: MetaStore
  readonly audit: AuditStore
  /** Gives up to `limit` rows the current key and cipher, those of any table; may be cut off and run beside a daemon. */
  reencrypt(limit: number): Promise<Reencrypted>
  readonly fence: FenceStore
  readonly pauses: PauseStore
  /** Cheap proof that the database answers and is writable. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Somebody else wrote the same key first: read again and decide again. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}
