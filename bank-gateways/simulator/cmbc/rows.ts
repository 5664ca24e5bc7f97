// The rows of one account within days, in the order and number that the simulated CMBC gives them.

import { addDays, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { isReturn, rowsBetween } from '../engine/postings'
import type { Cmbc } from './operation'

export type Slice = { readonly rows: readonly Row[]; readonly total: number }

/** `start` and `end` count from 0, `end` not included. */
export function sliceOf(
  { protocol }: Cmbc,
  account: Account,
  days: { readonly from: string; readonly to: string },
  start: number,
  end: number,
): Slice {
  const booked = rowsBetween(account, midnightOf(days.from), midnightOf(addDays(days.to, 1)))
  const rows = protocol.statementOrder === 'descending' ? booked.toReversed() : booked
  return { rows: rows.slice(start, Math.min(end, start + protocol.pageMax)), total: rows.length }
}

/** The bank's number of a row. */
export function rowSerial({ posting }: Row): string {
  return `T${String(posting.id).padStart(11, '0')}`
}

/** What the payer wrote, or the bank's own word. */
export function wordsOf(row: Row): string {
  const { purpose, type } = row.posting
  if (purpose !== '') return purpose
  return type === 'interest' ? '结息' : type === 'fee' ? '手续费' : ''
}

export function noteOf({ protocol }: Cmbc, row: Row): string {
  return isReturn(row) ? protocol.returnWord : ''
}
