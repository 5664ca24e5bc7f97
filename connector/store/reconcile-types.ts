// Reconciliation as the steps see it: matches with their history, and the copy of the bank-deposit journal that shows what
// is open. Part of the store's interface.

import type { LedgerLine } from '../ports'
import type { StoredLine } from './store'

export type Match = {
  readonly account: string
  readonly lineIds: readonly string[]
  readonly ledgerIds: readonly string[]
  readonly pass: string
  readonly reason: string
  readonly ruleVersion: string
}

/** A match that a named person makes, and the account that a difference belongs to, or empty. */
export type MatchByHand = Match & { readonly person: string; readonly differenceAccount: string }

export type StoredMatch = MatchByHand & {
  readonly id: string
  readonly at: number
  /** Oldest and newest day of either side: until the newest day its items count as open. Empty where no day is known. */
  readonly opensOn: string
  readonly closesOn: string
  /** Bank minus ledger, as both sides now stand: other than zero by a tolerance, by a person's reason, or because the ERP changed a line. */
  readonly differenceMinor: bigint
  readonly undone: { readonly person: string; readonly reason: string; readonly at: number } | null
}

export type StoredLedgerLine = LedgerLine & {
  /** Null: open. */
  readonly matchId: string | null
  /** The ERP shows it no more. */
  readonly isGone: boolean
}

type Days = { readonly from: string; readonly to: string }
/** The last item of the page before; null at the beginning. */
export type After = { readonly day: string; readonly no: string } | null
/** `next` goes on behind the page; null at the end. */
export type OpenPage<T> = { readonly items: readonly T[]; readonly next: After }

export interface MatchStore {
  /** A line or ledger id that is matched already keeps its match; returns how many were written. */
  save(matches: readonly Match[], at: number): Promise<number>
  /** By a person, with an entry of the audit trail; null when a line or ledger id is matched already. */
  make(match: MatchByHand, at: number): Promise<StoredMatch | null>
  /** Its items are open again; what it was stays. Null when there is no such match, or it is undone already. */
  undo(id: string, person: string, reason: string, at: number): Promise<StoredMatch | null>
  /** Those that stand, with a line in the range; and those without a line. */
  of(account: string, range: Days): Promise<readonly Match[]>
  get(id: string): Promise<StoredMatch | null>
  /** Newest first; `before` is an id of a previous page. */
  list(account: string, which: MatchFilter, before: string | null, limit: number): Promise<readonly StoredMatch[]>
  /** What a person undid: nobody but a person may put it together again. Not what a withdrawn line took along. */
  undone(account: string): Promise<readonly Match[]>
  /** Matches that stand and have items on both sides of the end of `day`: as of that day they are open. */
  late(account: string, day: string): Promise<readonly StoredMatch[]>
  /** Matches that stand, are complete on `day`, and whose sides differ. */
  differing(account: string, day: string): Promise<readonly StoredMatch[]>
  /** Of these items, the ones that a match holds. */
  taken(account: string, items: Pick<Match, 'lineIds' | 'ledgerIds'>): Promise<Taken>
}

export type Taken = { readonly lines: ReadonlySet<string>; readonly ledger: ReadonlySet<string> }

export type MatchFilter = 'all' | 'byHand' | 'undone' | 'differing'

export type Synced = {
  readonly added: number
  readonly changed: number
  readonly gone: number
  /** Ids of matches whose sides no longer agree, because the ERP changed or removed a line of theirs. */
  readonly broken: readonly string[]
}

/** What is open on either side. A page costs what it holds, not the account's life. */
export interface OpenStore {
  /** Takes over what the ERP shows of these days: new, changed and vanished lines. */
  sync(account: string, range: Days, lines: readonly LedgerLine[], at: number): Promise<Synced>
  ledger(account: string, range: Days, after: After, limit: number): Promise<OpenPage<StoredLedgerLine>>
  lines(account: string, range: Days, after: After, limit: number): Promise<OpenPage<StoredLine>>
  /** Days before `day` on which something is open on either side, and the first day that is known of each. */
  days(account: string, day: string): Promise<OpenDays>
  /** Changes whenever lines came, were matched or opened again; cheap, for a look every second. */
  mark(account: string): Promise<string>
  /** By the ERP's id, in no order; those not known are left out. */
  ledgerByIds(account: string, ids: readonly string[]): Promise<readonly StoredLedgerLine[]>
  linesByIds(ids: readonly string[]): Promise<readonly StoredLine[]>
  /** Sum of the ledger's lines of these days, in minor units. */
  ledgerTotal(account: string, range: Days): Promise<bigint>
}

export type OpenDays = {
  readonly open: readonly string[]
  /** Null where nothing is known yet. */
  readonly firstLine: string | null
  readonly firstLedger: string | null
}
