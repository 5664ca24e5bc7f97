// How a row of the books is named in files: one serial in reports and statements alike.

import { dayOf } from '../engine/bank-time'
import type { Book, Payment } from '../engine/book'
import type { PostingRecord } from '../engine/records'

/** AcctSvcrRef: unique in the bank. */
export function serialOfPosting({ id }: PostingRecord): string {
  return `B${String(id).padStart(12, '0')}`
}

/** Of the debit; `''` before there is one. */
export function serialOf(book: Book, payment: Payment): string {
  const debit = book.postings.find(posting => posting.payment === payment.record.id && posting.type === 'payment')
  return debit ? serialOfPosting(debit) : ''
}

/** ISODateTime with the bank's zone. */
export function stampedAt(ms: number): string {
  return `${dayOf(ms)}T${new Date(ms + 8 * 3_600_000).toISOString().slice(11, 19)}+08:00`
}
