// One page of an account's statement a call. The whole position is in the cursor, so that any process can go on; a continuation
// that does not advance is a fault, not an end.

import { z } from 'zod'
import { addDays, bankDay } from '../../connector/core/bank-time'
import type { DateRange, Page, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { dayOf } from './codec'
import { readLine, readStatement, statementBody, type Continuation } from './codec-statement'
import { problem } from './codes'
import { accountOf } from './config'
import { faultOf, type Session } from './exchange'

const cursorSchema = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  pages: z.int().min(1),
  queryAcctNbr: z.string().max(200),
  next: z.array(z.tuple([z.string(), z.string(), z.string()])).min(1),
})
type Cursor = z.output<typeof cursorSchema>

/** The last 13 months (banks/cmb-cdc §8), in days of the shortest such span. */
const HISTORY_DAYS = 394

/** A walk that does not end here is a bank that answers in circles: at 200 rows a page a very busy range. */
const MAX_PAGES = 10_000

export async function statementPage(
  session: Session,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const { config, clock } = session
  if (!accountOf(config, account)) throw faultOf(problem('cmb.unknown_account', maskedAccount(account)))
  const today = bankDay(clock.now())
  if (!isRange(range, today)) throw faultOf(problem('cmb.range', `${range.from}..${range.to}`))
  const here = after === null ? null : resumed(after, range)
  if (range.from > today) return { items: [], next: null }
  const to = here?.to ?? (range.to < today ? range.to : today)
  // A continuation is exempt from the distance between two questions (banks/cmb-cdc §4).
  const body = statementBody(account, range.from, to, here)
  const reply = await session.query('trsQryByBreakPoint', body, here === null ? account : null, signal)
  const { rows, continuation } = readStatement(reply)
  const lines = rows.map(row => readLine(row, account, config))
  return {
    items: lines.filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to),
    next: continuation && JSON.stringify(onward(here, continuation, { from: range.from, to }) satisfies Cursor),
  }
}

function onward(here: Cursor | null, continuation: Continuation, { from, to }: DateRange): Cursor {
  const pages = (here?.pages ?? 0) + 1
  const isSame = here !== null && JSON.stringify(here.next) === JSON.stringify(continuation.next)
  if (isSame || pages > MAX_PAGES) throw faultOf(problem('cmb.paging', `${from}..${to}`))
  return { from, to, pages, queryAcctNbr: continuation.queryAcctNbr, next: continuation.next.map(row => [...row]) }
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): Cursor {
  try {
    const cursor = cursorSchema.parse(JSON.parse(after))
    if (cursor.from === range.from && cursor.to <= range.to) return cursor
  } catch {
    // Falls through: whatever it is, it is not ours.
  }
  throw faultOf(problem('cmb.cursor', ''))
}

function isRange({ from, to }: DateRange, today: string): boolean {
  const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day.replaceAll('-', '')) === day
  return isDay(from) && isDay(to) && from <= to && from >= addDays(today, -HISTORY_DAYS)
}
