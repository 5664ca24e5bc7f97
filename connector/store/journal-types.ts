// Journal entries and collections as the steps see them. Part of the store's interface: see store.ts.

import type { CollectionState, JournalEntry, Money } from '../ports'
import type { OutboxDraft, StoredLine } from './store'

export type StoredEntry = {
  /** Null for an entry of several lines, and for a reversal that a person made: that books no line. */
  readonly lineId: string | null
  readonly erp: string
  readonly entry: JournalEntry
  readonly status: 'made' | 'posted' | 'refused'
  readonly voucherNo: string
  readonly refusal: string
  /** Key of the entry that takes this one back, or null: it stands. */
  readonly reversedBy: string | null
}

export type JournalDecision = {
  readonly lineId: string
  readonly journal: StoredLine['journal']
  /** One that reverses another is made only while that one stands: otherwise the line stays as it was. */
  readonly entry: { readonly erp: string; readonly entry: JournalEntry } | null
  /** The line is offered as a collection. */
  readonly collection?: CollectionDraft
  /** Changes of collections that belong to it; where one of them has changed since, the line stays as it was. */
  readonly changes?: readonly CollectionChange[]
}

/** A named person takes an entry back. */
export type EntryReversal = {
  /** Key of the entry, which must stand. */
  readonly key: string
  readonly erp: string
  readonly entry: JournalEntry
  /** What becomes of its line: decided anew by the rules, or left to a person. */
  readonly next: 'open' | 'left'
  readonly person: string
  readonly reason: string
  /** The collections that it booked; where one of them has changed since, nothing is done. */
  readonly changes: readonly CollectionChange[]
}

export interface JournalStore {
  /**
   * Marks the lines and writes the entries with their outbox records; an entry key that exists is left alone (I7). Each
   * decision is a transaction of its own.
   */
  decide(decisions: readonly JournalDecision[], at: number): Promise<void>
  byKey(key: string): Promise<StoredEntry | null>
  /** The newest entry of the line, also one of several lines. */
  ofLine(lineId: string): Promise<StoredEntry | null>
  /** Every entry that the line alone ever had, oldest first. */
  allOfLine(lineId: string): Promise<readonly StoredEntry[]>
  /** Key of the newest entry of each of these lines that has one, also one of several lines. */
  keysOf(lineIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /**
   * Of these entries those that a named person took back, each with the key of its red entry, which belongs to no bank line;
   * what the bank took back by a line of its own is not among them.
   */
  takenBack(keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** The ERP gave the entry a voucher number. */
  posted(key: string, voucherNo: string, at: number): Promise<void>
  /** The red entry, its outbox record, the line and the audit trail. False when the entry does not stand any more. */
  reverse(reversal: EntryReversal, at: number): Promise<boolean>
}

export type ClaimedPart = { readonly customer: string; readonly document: string; readonly amount: Money }

/** What is said about a collection, besides its state. */
export type ClaimFacts = {
  /** Who claimed it: a person, or the rule by which its customer is known. Empty while it is open. */
  readonly claimedBy: string
  readonly reason: string
  readonly parts: readonly ClaimedPart[]
}

export type CollectionDraft = { readonly erp: string; readonly key: string; readonly outbox: readonly OutboxDraft[] }

export type StoredCollection = ClaimFacts & {
  readonly line: StoredLine
  /** As the ERP knows it. */
  readonly key: string
  readonly erp: string
  readonly state: CollectionState
  /** Rises with every change; a change names the seq it was decided on and loses to an earlier one. */
  readonly seq: number
  /** Number of the ERP's last asking that was answered; 0 before the first. */
  readonly claimNo: number
  readonly entryKey: string | null
  readonly offeredAt: number
  readonly updatedAt: number
}

export type CollectionChange = ClaimFacts & {
  readonly lineId: string
  readonly seq: number
  readonly to: CollectionState
  /** What becomes of the line, and the entry that books it. */
  readonly journal: StoredLine['journal']
  readonly entryKey: string | null
  /** claimed · released · refused · booked · reopened · withdrawn, for the audit trail. */
  readonly cause: string
  /** Who: a person, or this daemon. */
  readonly actor: string
  readonly claimNo: number
  readonly outbox: readonly OutboxDraft[]
}

export interface CollectionStore {
  get(lineId: string): Promise<StoredCollection | null>
  byKey(key: string): Promise<StoredCollection | null>
  /** Oldest first; `after` is the line id of the last one of a previous page. */
  list(states: readonly CollectionState[], after: string | null, limit: number): Promise<readonly StoredCollection[]>
  ofEntry(entryKey: string): Promise<readonly StoredCollection[]>
  /** Open ones whose customer nobody has looked for yet, oldest first. */
  unlooked(limit: number): Promise<readonly StoredCollection[]>
  looked(lineId: string, at: number): Promise<void>
  /** All of them with their outbox records and the audit trail, or none: false when one has changed since its seq. */
  change(changes: readonly CollectionChange[], at: number): Promise<boolean>
  /** As `change`, with the entry that books them, its outbox record, and their lines; `lineId` when it is of one line. */
  book(
    changes: readonly CollectionChange[],
    made: { readonly erp: string; readonly entry: JournalEntry; readonly lineId: string | null },
    at: number,
  ): Promise<boolean>
}
