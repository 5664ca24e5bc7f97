// Rows of an account read by day and number, page after page, whatever table they stand in.

import type { DateRange } from '../ports'
import { idOf, numberOf, text } from './codec'
import type { Database, Row, Value } from './database'
import type { After, OpenPage } from './reconcile-types'
import { selectTop } from './statements'

/** By (day, number) behind the last row of the page before: each page is one seek in the index of what is open. */
export async function pageOf(
  db: Database,
  select: string,
  account: string,
  { from, to }: DateRange,
  after: After,
  limit: number,
): Promise<readonly Row[]> {
  const behind = after === null ? '' : ' AND (booked_on > ? OR booked_on = ? AND no > ?)'
  const place: readonly Value[] = after === null ? [] : [after.day, after.day, numberOf(after.no)]
  const { sql, values } = selectTop(
    db.dialect,
    `${select} AND booked_on >= ? AND booked_on <= ?${behind} ORDER BY booked_on, no`,
    [account, after === null || after.day < from ? from : after.day, to, ...place],
    limit,
  )
  return await db.query(sql, values)
}

export function toPage<T>(rows: readonly Row[], limit: number, itemOf: (row: Row) => T): OpenPage<T> {
  const last = rows.at(-1)
  const isEnd = last === undefined || rows.length < limit
  return { items: rows.map(itemOf), next: isEnd ? null : { day: text(last, 'booked_on'), no: idOf(last, 'no') } }
}
