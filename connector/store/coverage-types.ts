// Coverage, statement files and exceptions, as the rest of the connector sees them. Part of the store's interface.

import type { Proof, ProofSource } from '../core/proof'
import type { Balance, DateRange, Money } from '../ports'
import type { AuditEvent } from './audit'
import type { StoredLine } from './store'

/** What tells an account's lines apart (I9): it may be made anew by another rule, the line's key never is. */
export interface LineIdentities {
  /** Every line of an account with its identity, in the order in which they were imported. */
  identities(account: string): Promise<readonly { readonly stored: StoredLine; readonly identity: string }[]>
  /** The version of the rule that an account's identities were made by; null without lines. */
  identityVersion(account: string): Promise<string | null>
  /** Gives lines other identities, and tells the trail, in one transaction. */
  rekey(
    account: string,
    changes: readonly { readonly lineId: string; readonly to: string }[],
    event: AuditEvent,
    at: number,
  ): Promise<void>
}

/** What is known of one account's day that its lines do not say themselves. */
export type CoverageRow = {
  readonly account: string
  readonly day: string
  readonly openedAt: number
  /** The last time that a bank was asked for this day. */
  readonly requestedAt: number | null
  /** When the newest whole answer about it was asked for, or a file with it imported. */
  readonly receivedAt: number | null
  /** Where its lines came from; empty while it has none. */
  readonly source: 'interface' | 'file' | ''
  /** Failed or fruitless since the last success. */
  readonly attempts: number
  /** When it is asked for again; null: not by itself. */
  readonly dueAt: number | null
  readonly error: string
  readonly proof: Proof
  readonly gapSince: number | null
  readonly opening: Money | null
  readonly closing: Money | null
  /** What the lines lack to fit the balances; null: nothing. */
  readonly gap: Money | null
  /** The first day that the gap may lie on. */
  readonly gapFrom: string
  readonly by: ProofSource | ''
}

/** A line as coverage and exceptions look at it: nothing of it is encrypted. */
export type LineFact = {
  readonly id: string
  readonly account: string
  readonly key: string
  readonly bookedOn: string
  readonly amount: Money
  readonly receipt: StoredLine['receipt']
  readonly journal: StoredLine['journal']
  readonly entry: 'made' | 'posted' | 'refused' | null
  readonly refusal: string
  readonly importedAt: number
}

export type Freshness = {
  readonly account: string
  readonly newest: { readonly day: string; readonly receivedAt: number } | null
  readonly openedAt: number
}

export interface CoverageStore {
  /** Changes rows, those that are not there are opened at `at`; locked from the read on. `change` must be pure. */
  change(
    account: string,
    days: readonly string[],
    at: number,
    change: (row: CoverageRow) => CoverageRow,
  ): Promise<readonly { readonly before: CoverageRow; readonly after: CoverageRow }[]>
  rows(account: string, range: DateRange): Promise<readonly CoverageRow[]>
  /** First and last day that the account has a row of, or null. */
  span(account: string): Promise<DateRange | null>
  /** Rows whose `dueAt` has come, oldest day first. */
  due(account: string, now: number, limit: number): Promise<readonly CoverageRow[]>
  /** The newest row before the day whose closing balance is known. */
  anchorBefore(account: string, day: string): Promise<CoverageRow | null>
  /** Rows with a gap, of every account, oldest day first. */
  gaps(limit: number): Promise<readonly CoverageRow[]>
  /** Per account: the newest day that was received, when, and when the account's first row was opened. */
  freshness(): Promise<readonly Freshness[]>
  lines(account: string, range: DateRange): Promise<readonly LineFact[]>
  /** Balances that the bank took on these days, oldest first. */
  balances(account: string, range: DateRange): Promise<readonly { readonly balance: Balance; readonly at: number }[]>
}

export type StatementFile = {
  /** SHA-256 of its bytes, hex. */
  readonly digest: string
  /** SM3 of its bytes, hex; empty where this Node.js has no SM3. */
  readonly sm3: string
  readonly name: string
  readonly bytes: number
  /** Digests of its parts, in order. */
  readonly parts: readonly string[]
  readonly encoding: string
  readonly format: string
  readonly status: 'importing' | 'imported' | 'refused'
  /** A person says that it counts from now on, although it was imported before: its word is the newest. */
  readonly isRenewed?: true
  readonly reason: string
  readonly importedBy: string
  readonly importedAt: number
}

/** One statement of a file: which days it covers, and what it says the balances were. */
export type StatementSpan = {
  readonly digest: string
  readonly position: number
  readonly account: string
  readonly from: string
  readonly to: string
  readonly proven: 'yes' | 'no' | 'unknown'
  readonly entries: number
  readonly number: string
  readonly opening: Money | null
  readonly closing: Money | null
  /** Closing less opening less the lines, where that is not nothing. */
  readonly difference: Money | null
  readonly at: number
}

export interface StatementFileStore {
  /** Part of a file's bytes under its own SHA-256, hex; one that is there already stays. */
  putPart(digest: string, bytes: Uint8Array, at: number): Promise<void>
  /** @throws Fault STORE_CORRUPT when it is not what was put there */
  part(digest: string): Promise<Uint8Array | null>
  /** What became of a file, with what it covers and the trail's entry, in one transaction. An imported file stays imported. */
  save(file: StatementFile, spans: readonly StatementSpan[], event: AuditEvent): Promise<void>
  /** Files whose digest begins like this, at most `limit`, newest first. */
  list(digestStart: string, limit: number): Promise<readonly StatementFile[]>
  /** Statements that touch these days, of files that were imported or refused, oldest file first. */
  spans(
    account: string,
    range: DateRange,
  ): Promise<readonly { readonly span: StatementSpan; readonly file: StatementFile }[]>
}

export type ExceptionOwner = {
  readonly exceptionId: string
  readonly owner: string
  readonly note: string
  readonly by: string
  readonly at: number
}

export interface ExceptionStore {
  owners(): Promise<readonly ExceptionOwner[]>
  /** The newest word counts; every word is in the audit trail. */
  assign(assignment: ExceptionOwner): Promise<void>
}
