// What a statement file says, whatever its format: a stream of events, so that a file of any size is read in the
// memory of one entry. Nothing here is invented: what a bank did not write is null.

export type StatementFormat =
  'mt940' | 'mt942' | 'camt.052' | 'camt.053' | 'camt.054' | 'ofx' | 'bkrs' | 'csv' | 'xls' | 'xlsx'

/** What a reader must know of a file that could be read. `line` is the line of the file, from 1; null: the whole file. */
export type Problem = {
  readonly severity: 'warning' | 'error'
  readonly line: number | null
  readonly code: ProblemCode
  readonly text: string
}

export type ProblemCode =
  | 'ENCODING_ASSUMED'
  | 'ENCODING_MISDECLARED'
  | 'AMOUNT_NOT_STANDARD'
  | 'BALANCE_UNREADABLE'
  | 'BALANCE_GAP'
  | 'CURRENCY_MIXED'
  | 'DATE_UNREADABLE'
  | 'VALUE_DATE_MOVED'
  | 'DETAIL_OTHER_CURRENCY'
  | 'DIRECTION_ASSUMED'
  | 'ENTRY_CORRECTION'
  | 'FIELD_MISSING'
  | 'STATEMENT_UNFINISHED'
  | 'STATUS_UNKNOWN'
  | 'SUMMARY_GAP'
  | 'PROBLEMS_OMITTED'
  | 'ROWS_SKIPPED'
  | 'CARRIER_PROBLEM'
  | FileErrorCode

export type FileErrorCode =
  | 'STATEMENT_FORMAT_UNKNOWN'
  | 'STATEMENT_ENCODING_UNKNOWN'
  | 'STATEMENT_BROKEN'
  | 'STATEMENT_LINE_UNREADABLE'
  | 'STATEMENT_TOO_LARGE'
  | 'STATEMENT_ABSENT'
  | 'STATEMENT_FILE_UNREADABLE'

/** `amount` is signed decimal text from the account's view; `on` is `yyyy-MM-dd`. */
export type StatementBalance = { readonly on: string | null; readonly amount: string }

export type StatementHead = {
  /** As the bank writes it: an IBAN, a number, `bank code/number`. */
  readonly account: string | null
  /** BIC, clearing number or name of the bank that keeps the account. */
  readonly bank: string | null
  readonly currency: string | null
  readonly number: string | null
  readonly reference: string | null
  readonly opening: StatementBalance | null
}

export type StatementTail = {
  readonly closing: StatementBalance | null
  /** Opening plus the booked lines is the closing balance; null where one of the two is not there. */
  readonly proven: boolean | null
}

/** One transaction of an entry. Amounts are signed from the account's view. */
export type EntryDetail = {
  readonly amount: string | null
  readonly endToEndId: string | null
  readonly counterAccount: string | null
  readonly counterName: string | null
  readonly text: string | null
  /** The code of a return (ISO 20022 `AC04`, or the bank's own), where this transaction gives money back. */
  readonly returnReason: string | null
}

/** One entry of the account. A batch booking is one entry with many details. */
export type Entry = {
  readonly bookedOn: string | null
  readonly valueOn: string | null
  /** Money out is negative. */
  readonly amount: string
  readonly currency: string | null
  readonly reversal: boolean
  /** The customer's reference: end-to-end where there is one, never a placeholder such as NONREF. */
  readonly reference: string | null
  readonly bankReference: string | null
  readonly status: 'booked' | 'pending' | 'information'
  readonly type: string | null
  readonly counterAccount: string | null
  readonly counterName: string | null
  readonly counterBank: string | null
  readonly text: string | null
  readonly balanceAfter: string | null
  /** 回单号 of the line's electronic receipt, where the format names it. */
  readonly receiptNo?: string
  readonly details: readonly EntryDetail[]
}

export type StatementEvent =
  | { readonly kind: 'file'; readonly format: StatementFormat; readonly encoding: string }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** What is known of the statement before its first entry; `end` says it again, complete. */
  | { readonly kind: 'statement'; readonly statement: StatementHead }
  /** Part of the details of the `entry` that follows: only where a batch is too long to be held whole. */
  | { readonly kind: 'details'; readonly details: readonly EntryDetail[] }
  | { readonly kind: 'entry'; readonly entry: Entry; readonly line: number }
  | { readonly kind: 'end'; readonly statement: StatementHead & StatementTail }
  /** Last of all: the digest of the very bytes that were parsed. */
  | { readonly kind: 'digest'; readonly sha256: string; readonly bytes: number }

/** Receives text in pieces of any size and emits events. Throws nothing but StatementFileError. */
export type TextParser = { push(text: string): void; end(): void }

export type Emit = (event: StatementEvent) => void

/** Why a file cannot be read, and where: nothing of it may be used. */
export class StatementFileError extends Error {
  readonly code: FileErrorCode
  /** Line of the file, from 1, or null. */
  readonly line: number | null
  /** Offset of the byte, from 0, or null. */
  readonly byte: number | null
  /** Path of the element or field, or null. */
  readonly element: string | null

  constructor(
    code: FileErrorCode,
    text: string,
    place: { readonly line?: number | null; readonly byte?: number; readonly element?: string | null } = {},
  ) {
    super(text)
    this.name = 'StatementFileError'
    this.code = code
    this.line = place.line ?? null
    this.byte = place.byte ?? null
    this.element = place.element ?? null
  }
}
