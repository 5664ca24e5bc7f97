// What every step is given: the ports, the site's settings, and one place to tell what happened.

import type { CollectionSettings } from '../core/collection'
import type { HoldRule } from '../core/holds'
import type { JournalRule } from '../core/journal'
import type { KnownParty } from '../core/parties'
import type { BankGateway, BankTraits, Clock, ErpBridge, State } from '../ports'
import type { DoubtKind, PauseScope, Store } from '../store/store'
import type { Fence } from './fence'
import type { Pauses } from './pauses'

export type AccountSettings = {
  readonly account: string
  readonly name: string
  readonly currency: string
  /** Key of the bank connection, of the ERP. */
  readonly bank: string
  /** Where its lines, balances and entries go, and who may pay from it. */
  readonly erp: string
  /** Other ERP connections that may pay from it too. */
  readonly alsoPaidFrom: readonly string[]
  readonly bankName: string
  readonly bankCode: string
  readonly accountSet: string
  /** The ledger account (科目) that carries this bank account; empty: nothing is booked or reconciled. */
  readonly ledgerAccount: string
  readonly wantsReceipts: boolean
  /** Whether the balance that the bank gives with a line may prove its day. */
  readonly provesByLines: boolean
  /** The account is late when its newest statement is older than this. */
  readonly freshnessMs: number
  /** Lines booked before this day make no journal entry: the ERP has them from before. Empty: every line may. */
  readonly bookFrom: string
  /** The first day that is reconciled: what is older belongs to the opening balances. Absent: everything that is known. */
  readonly reconcileFrom?: string | undefined
  /** The ledger's balance at the end of the day before `reconcileFrom`, as decimal text. */
  readonly ledgerOpening?: string | undefined
}

export type ReconcileSettings = {
  /** How many days back the ledger is read each time: accountants still write there. */
  readonly ledgerDays: number
  /** The longest pause between two looks at an account where nothing happens. */
  readonly pauseMaxMs: number
  /** Passes that are not run. */
  readonly without: readonly string[]
  readonly sumCandidates: number
  readonly rules: readonly {
    readonly name: string
    readonly requires: 'reference' | 'counterparty' | 'amount'
    readonly days: number
    /** Decimal text in the account's currency. */
    readonly amount: string
    /** Empty: every account. */
    readonly accounts: readonly string[]
  }[]
}

export type Settings = {
  /** This daemon's name in history and heartbeats. */
  readonly instance: string
  readonly referencePrefix: string
  readonly intakeLimit: number
  readonly batchLimit: number
  /** A bank call is aborted before its lease ends, so that nobody else believes it dead while it still may act. */
  readonly leaseMs: number
  readonly callTimeoutMs: number
  readonly retryFirstMs: number
  readonly retryMaxMs: number
  readonly inquireFirstMs: number
  readonly inquireMaxMs: number
  readonly receiptRetryMs: number
  readonly receiptGiveUpMs: number
  /** How many days before the first fetch are asked for, and how soon a day that failed or has a gap is asked for again. */
  readonly coverage: { readonly backfillDays: number; readonly retryFirstMs: number; readonly retryMaxMs: number }
  /** Maker's name on vouchers. */
  readonly maker: string
  readonly holds: readonly HoldRule[]
  readonly journal: readonly JournalRule[]
  /** Absent or null: money in that nothing explains is left to a person. */
  readonly collection?: CollectionSettings | null
  /** Counterparties whose code in the ERP the site has listed. */
  readonly parties?: readonly KnownParty[]
  readonly reconciliation: ReconcileSettings
  readonly evoucher: EvoucherSettings
}

/** Who books, and under what names, in the receiver's part of a receipt. No entity of an account set: nothing is written for it. */
export type EvoucherSettings = {
  readonly entities: readonly { readonly accountSet: string; readonly name: string; readonly code: string }[]
  /** Account code to `总账科目/明细科目`. */
  readonly subjects: Readonly<Record<string, string>>
  readonly sides: '借方/贷方' | '借/贷'
}

/** Everything worth a log line or a metric, typed once; logs, metrics and tests all hang off it. */
export type Happening =
  | {
      readonly kind: 'payment.taken'
      readonly erp: string
      readonly paymentId: string
      readonly docNo: string
      readonly state: State
    }
  | {
      readonly kind: 'request.refused'
      readonly erp: string
      readonly docNo: string
      readonly code: string
      readonly text: string
    }
  | {
      readonly kind: 'payment.moved'
      readonly paymentId: string
      readonly bank: string
      readonly from: State
      readonly cause: string
      readonly to: State
      readonly code: string
      readonly text: string
    }
  | { readonly kind: 'contradiction'; readonly paymentId: string | null; readonly code: string; readonly cause: string }
  | { readonly kind: 'lines.imported'; readonly bank: string; readonly account: string; readonly count: number }
  | {
      readonly kind: 'line.withdrawn' | 'line.restored'
      readonly account: string
      readonly line: string
      readonly day: string
      readonly person: string
    }
  /** The bank says something else of a line than it did. */
  | { readonly kind: 'line.doubted'; readonly account: string; readonly line: string; readonly doubt: DoubtKind }
  | { readonly kind: 'receipt.failed'; readonly bank: string; readonly account: string; readonly reason: string }
  | { readonly kind: 'receipt.stored'; readonly account: string; readonly receiptNo: string }
  | { readonly kind: 'receiver.written'; readonly account: string; readonly voucherNo: string; readonly reason: string }
  | { readonly kind: 'entry.made'; readonly key: string; readonly rule: string }
  | { readonly kind: 'entry.reversed'; readonly key: string; readonly by: string; readonly reason: string }
  | { readonly kind: 'collection.moved'; readonly collection: string; readonly cause: string; readonly to: string }
  | {
      readonly kind: 'record.refused'
      readonly erp: string
      readonly key: string
      readonly code: string
      readonly text: string
    }
  | { readonly kind: 'bank.paused'; readonly bank: string; readonly untilMs: number; readonly failures: number }
  | { readonly kind: 'bank.resumed'; readonly bank: string }
  | {
      readonly kind: 'operator.paused'
      readonly bank: string
      readonly scope: PauseScope
      readonly person: string
      readonly reason: string
    }
  | {
      readonly kind: 'certificate.ending'
      readonly name: string
      readonly subject: string
      readonly daysLeft: number
      readonly endsOn: string
    }
  | { readonly kind: 'certificate.unreadable'; readonly name: string; readonly reason: string }
  | { readonly kind: 'operator.resumed'; readonly bank: string }
  | { readonly kind: 'matched'; readonly account: string; readonly count: number }
  | { readonly kind: 'statement.gap'; readonly account: string; readonly day: string; readonly amount: string }
  | { readonly kind: 'statement.gap.closed'; readonly account: string; readonly day: string }
  | { readonly kind: 'statement.late'; readonly account: string; readonly ageMs: number }
  | { readonly kind: 'statement.fresh'; readonly account: string }
  /** The ERP changed or removed ledger lines that were matched: the two sides of these matches differ now. */
  | { readonly kind: 'match.broken'; readonly account: string; readonly matches: readonly string[] }
  | { readonly kind: 'fence.closed'; readonly instance: string; readonly code: string; readonly detail: string }
  | { readonly kind: 'fence.opened'; readonly instance: string }
  | { readonly kind: 'fence.difference'; readonly id: string; readonly text: string; readonly mustBeNamed: boolean }

export type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly settings: Settings
  readonly erps: ReadonlyMap<string, ErpBridge>
  readonly banks: ReadonlyMap<string, BankGateway>
  /** Why a bank is not called now, or null. Asked before anything is claimed for it. */
  readonly closed: (bank: string, call: 'send' | 'read') => string | null
  readonly accounts: readonly AccountSettings[]
  /** May this daemon send (I10)? Closed until it has looked. */
  readonly fence: Fence
  /** Banks that a person has paused. `closed` knows them too, as they were last read. */
  readonly pauses: Pauses
  readonly measure: (
    text: string,
    encoding: BankTraits['encoding'],
  ) => { readonly bytes: number; readonly unmappable: readonly string[] }
  readonly tell: (happening: Happening) => void
}

export function accountOf(deps: Deps, account: string): AccountSettings | null {
  return deps.accounts.find(candidate => candidate.account === account) ?? null
}
