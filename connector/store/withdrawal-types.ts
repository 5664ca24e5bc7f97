// Bank lines that a named person withdraws, because the bank has changed or taken back what it said, and restores. Part of
// the store's interface.

import type { DateRange } from '../ports'
import type { CollectionChange, EntryReversal } from './journal-types'
import type { Contradiction, OutboxDraft, StoredLine } from './store'

export type Withdrawn = { readonly at: number; readonly person: string; readonly reason: string }

export type WithdrawnLine = Withdrawn & { readonly line: StoredLine }

/** Any line, whether it stands or not. `turn`: how often it was withdrawn or restored so far. */
export type LineTurn = {
  readonly line: StoredLine
  readonly turn: number
  readonly withdrawn: Withdrawn | null
  readonly matchId: string | null
}

type Turn = {
  readonly lineId: string
  /** What it was decided on: where the line has been withdrawn, restored or booked since, nothing is done. */
  readonly turn: number
  readonly journal: StoredLine['journal']
  readonly person: string
  readonly reason: string
  /** What the ERP is told. */
  readonly outbox: readonly OutboxDraft[]
}

export type Withdrawal = Turn & {
  /** Its entry is taken back; null: it has none that stands, or a person takes care of it. */
  readonly reversal: EntryReversal | null
  /** Of its collection, where no entry books it. */
  readonly changes: readonly CollectionChange[]
  /** A payment that the line spoke of. */
  readonly contradiction: Pick<Contradiction, 'paymentId' | 'code' | 'cause' | 'evidence'> | null
}

export type Restoration = Turn & { readonly changes: readonly CollectionChange[] }

/**
 * changed: the bank gives another line in its place · gone: it gives the day without the line · again: it gives a line that a
 * person has withdrawn.
 */
export type DoubtKind = 'changed' | 'gone' | 'again'

export type DoubtDraft = {
  readonly lineId: string
  readonly kind: DoubtKind
  /** What the line says, and what the bank says instead, in words of people. */
  readonly was: string
  readonly now: string
  /** Days of what is kept back in its place: once it is withdrawn, the bank is asked for them too. */
  readonly days: readonly string[]
}

/** The bank says something else of a line than it did. */
export type LineDoubt = Omit<DoubtDraft, 'lineId'> & { readonly line: StoredLine; readonly since: number }

export interface DoubtStore {
  /** By line. */
  of(account: string): Promise<readonly LineDoubt[]>
  count(account: string): Promise<number>
  /** What the newest answer says of these lines. One that is doubted for the same reason already keeps its `since`. */
  change(account: string, doubts: readonly DoubtDraft[], cleared: readonly string[], at: number): Promise<void>
}

export interface WithdrawalStore {
  get(lineId: string): Promise<LineTurn | null>
  list(account: string, range: DateRange): Promise<readonly WithdrawnLine[]>
  /**
   * The line is not there any more for whoever looks for lines; its match is undone, its entry taken back, and the audit
   * trail told. It keeps its identity, so that no file and no fetch brings it again. Days that the bank's interface fills,
   * its own and those of what was kept back in its place, are due, and its day is proven no more. False when
   * something has changed.
   */
  withdraw(withdrawal: Withdrawal, at: number): Promise<boolean>
  /** The line stands again, with its journal as it was left. False when something has changed. */
  restore(restoration: Restoration, at: number): Promise<boolean>
}
