// Receipts and what was written of their booking, as the steps see them.

import type { DateRange } from '../ports'
import type { OutboxDraft, StoredLine } from './store'

export type WaitingReceipt = { readonly lineId: string; readonly reason: string; readonly dueAt: number }

export type StoredReceipt = {
  readonly lineId: string
  readonly account: string
  readonly receiptNo: string
  readonly mediaType: string
  /** SHA-256, hex. */
  readonly digest: string
  /** SM3, hex; empty when it was kept by a version that did not make it. */
  readonly sm3: string
  /** The bank's interface, or a file that a person brought. */
  readonly source: 'bank' | 'file'
  /** agrees: its structured data are the line's · none: it has no structured data · empty: kept before it was looked at. */
  readonly check: 'agrees' | 'none' | ''
  readonly at: number
}

export interface ReceiptStore {
  /** Bytes by digest, once; the line's receipt, unless it has one; the payment's receipt number; outbox. */
  save(
    receipt: StoredReceipt,
    bytes: Uint8Array,
    paymentId: string | null,
    outbox: readonly OutboxDraft[],
  ): Promise<void>
  ofLine(lineId: string): Promise<StoredReceipt | null>
  /** Receipts of the account's lines that stand and were booked within the range: a withdrawn one's may be its successor's. */
  list(account: string, range: DateRange): Promise<readonly StoredReceipt[]>
  bytes(digest: string): Promise<Uint8Array | null>
  /** Keeps bytes as evidence that belong to no line; returns their SHA-256. */
  keep(bytes: Uint8Array, at: number): Promise<string>
}

/** What was written of how a receipt was booked (bker_receiver), or why nothing could be. */
export type StoredReceiver = {
  readonly lineId: string
  readonly voucherNo: string
  /** Without an extension. */
  readonly fileName: string
  /** SHA-256 of the documents; null where nothing was written. */
  readonly jsonDigest: string | null
  readonly xbrlDigest: string | null
  readonly reason: string
  readonly at: number
}

export interface ReceiverStore {
  /** Lines of these accounts whose receipt agrees with them and whose entry has a voucher number, and nothing was written yet. */
  due(accounts: readonly string[], limit: number): Promise<readonly StoredLine[]>
  /** Replaces what the line has. Documents null: nothing could be written, `reason` says why. */
  save(
    receiver: Omit<StoredReceiver, 'jsonDigest' | 'xbrlDigest'>,
    documents: { readonly json: Uint8Array; readonly xbrl: Uint8Array } | null,
  ): Promise<void>
  ofLine(lineId: string): Promise<StoredReceiver | null>
}
