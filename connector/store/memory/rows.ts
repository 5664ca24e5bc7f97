// What a row of the store in memory carries besides what the steps see of it. For the simulation only.

import type { ErpRecord, LedgerLine, PaymentRequest, RowStatus } from '../../ports'
import type { Balance } from '../../ports'
import type { FenceFinding, LineDoubt, Payment, StoredCollection, StoredLine, Withdrawn } from '../store'

export type { Confirmation, Contradiction, Hold } from '../store'

export type RequestRow = {
  readonly no: number
  readonly document: string
  readonly erp: string
  readonly request: PaymentRequest
  readonly revision: number
  readonly status: RowStatus
  readonly paymentId: string | null
}

export type PaymentRow = { readonly no: number; readonly payment: Payment }

export type ErpRecordRow = {
  readonly no: number
  readonly erp: string
  readonly record: ErpRecord
  readonly attempts: number
  readonly createdAt: number
  readonly dueAt: number
  readonly leaseUntil: number | null
  readonly deliveredAt: number | null
  readonly refusal: { readonly code: string; readonly text: string } | null
}

export type LineRow = {
  readonly no: number
  readonly identity: string
  readonly stored: StoredLine
  readonly lookedAt: number | null
  readonly receiptDueAt: number
  readonly receiptReason: string
  readonly turn: number
  readonly withdrawn: Withdrawn | null
}

export type DoubtRow = Omit<LineDoubt, 'line'> & { readonly account: string; readonly lineId: string }

export type CollectionRow = {
  readonly no: number
  readonly lineId: string
  readonly isLooked: boolean
  readonly collection: Omit<StoredCollection, 'line'>
}

export type BalanceRow = { readonly no: number; readonly balance: Balance; readonly at: number }

export type HostRow = { readonly instance: string; readonly token: string; readonly seenAt: number }

export type FindingRow = FenceFinding & { readonly isResolved: boolean }

/** A line of the ERP's ledger as it was last shown. */
export type LedgerRow = { readonly account: string; readonly line: LedgerLine; readonly isGone: boolean }
