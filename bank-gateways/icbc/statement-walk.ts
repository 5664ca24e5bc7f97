// The way through an account's lines: today's detail first, history after it, page by page. Pure; the whole position is
// in the cursor, so that any process can go on. It must never leave a gap; a repeat is dropped where it can be known.

import { z } from 'zod'
import { type DateRange, Fault, type Page, type StatementLine } from '../../connector/ports'
import { addDays } from '../../connector/core/bank-time'
import { BadAnswer } from './codec'
import type { DetailPage, DetailQuery } from './codec-statement'

const position = z.strictObject({
  query: z.enum(['QPD', 'QHISD']),
  /** The bank's own NextTag, word for word; empty on a first page. */
  tag: z.string(),
  /** The bank's day when the walk began. */
  today: z.iso.date(),
  pages: z.int().min(0),
  /** bankId of the last row seen: dropped when the next page begins with it again. */
  edge: z.string().nullable(),
  /** bankIds of rows of earlier days that today's detail held already: dropped when history brings them too. */
  seen: z.array(z.string()),
})

export type Position = z.output<typeof position>

/** A walk that does not end here is a bank that answers in circles: 10 000 pages of 10 rows are a very busy range. */
const PAGES_MAX = 10_000

/** Beyond this the cursor would grow too long; the repeats then reach the store, which knows them by bankId. */
const SEEN_MAX = 200

/**
 * Where to go on, or null for an empty range. Today's detail may hold rows of the day before (banks/icbc §9), and rows
 * move from there to history at the bank's own hour: hence it is read first, and also for a range that ended yesterday.
 * When the bank's day has changed during today's pages the walk begins anew: repeats, but no gap.
 */
export function positionAt(after: string | null, range: DateRange, today: string): Position | null {
  if (range.from > range.to) return null
  const resumed = after === null ? null : positionOf(after)
  if (resumed && (resumed.query === 'QHISD' || resumed.today === today)) return resumed
  const first = { tag: '', today, pages: resumed?.pages ?? 0, edge: null, seen: [] }
  return { ...first, query: range.to >= addDays(today, -1) ? 'QPD' : 'QHISD' }
}

/** @throws Fault for a cursor that this gateway did not make */
function positionOf(cursor: string): Position {
  try {
    return position.parse(JSON.parse(cursor))
  } catch (cause) {
    throw new Fault('icbc.cursor', '续查标记无效 / the cursor is not of this gateway', { cause })
  }
}

/** The days QHISD is asked for: what of the range lies before the bank's today. */
export function historyDays(range: DateRange, today: string): DateRange {
  const yesterday = addDays(today, -1)
  return { from: range.from, to: range.to < yesterday ? range.to : yesterday }
}

/** A page's lines within the range by their own date, and the way on. @throws BadAnswer when the bank goes in circles */
export function step(here: Position, range: DateRange, page: DetailPage): Page<StatementLine> {
  const fresh = page.lines.filter((line, index) => !(index === 0 && line.bankId !== null && line.bankId === here.edge))
  const inRange = fresh.filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to)
  const items = inRange.filter(line => line.bankId === null || !here.seen.includes(line.bankId))
  const earlier = here.query === 'QPD' ? items.filter(line => line.bookedOn < here.today) : []
  const seen = [...here.seen, ...earlier.flatMap(line => line.bankId ?? [])].slice(0, SEEN_MAX)
  const onward = next(here, range, page)
  return { items, next: onward && JSON.stringify({ ...onward, seen } satisfies Position) }
}

function next(here: Position, range: DateRange, page: DetailPage): Position | null {
  const pages = here.pages + 1
  if (page.nextTag !== '') {
    if (page.nextTag === here.tag || pages >= PAGES_MAX)
      throw new BadAnswer('icbc.paging', '明细翻页没有进展', 'the detail pages do not advance')
    return { ...here, tag: page.nextTag, pages, edge: page.lines.at(-1)?.bankId ?? here.edge }
  }
  const hasHistory = here.query === 'QPD' && range.from < here.today
  return hasHistory ? { ...here, query: 'QHISD' satisfies DetailQuery, tag: '', pages, edge: null } : null
}
