// One page of an account's statement a call. The cursor says where to go on in another process. Today is asked alone, for history is
// "excluding today" (banks/cib §4); a range never ends while the bank says that there are more pages.

import type { Clock, DateRange, Page, StatementLine } from '../../connector/ports'
import { addDays, bankDay } from '../../connector/core/bank-time'
import { maskedAccount } from '../shared/account'
import { isDay } from './codec'
import { readLine, readRows, statementFields } from './codec-statement'
import { problem } from './codes'
import { accountOf, type CibConfig } from './config'
import { faultOf, queryList, type Exchange } from './exchange'

export type StatementDeps = { readonly config: CibConfig; readonly clock: Clock; readonly exchange: Exchange }

type Position = { readonly from: string; readonly to: string; readonly page: number }

/** 100 rows each: a million rows in one question are far beyond any account of a company. */
const MAX_PAGES = 10_000

export async function statementPage(
  { config, clock, exchange }: StatementDeps,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const known = accountOf(config, account)
  if (!known) throw faultOf(problem('cib.unknown_account', maskedAccount(account)))
  if (!isDay(range.from) || !isDay(range.to) || range.from > range.to)
    throw faultOf(problem('cib.range', `${range.from.slice(0, 10)}..${range.to.slice(0, 10)}`))
  const today = bankDay(clock.now())
  const segment = (day: string): Position | null => segmentFrom(day, range, today, config.statementDays)
  const position = after === null ? segment(range.from) : resumed(after, range)
  if (position === null) return { items: [], next: null }
  const reply = await queryList(exchange, () => statementFields({ account, ...position }, config), config, signal)
  // "Nothing to list" behind a page that promised more would be a gap.
  if (reply === null && position.page > 1) throw faultOf(problem('cib.paging', cursorOf(position)))
  const answer = reply === null ? { rows: [], hasMore: false } : readRows(reply, account, known.currency)
  const items = answer.rows.map((row, index) => readLine(row, index + 1, account, known.currency))
  const stranger = items.find(line => line.bookedOn < position.from || line.bookedOn > position.to)
  if (stranger) throw faultOf(problem('cib.row', `${stranger.bookedOn} ∉ ${position.from}..${position.to}`))
  if (answer.hasMore && (items.length === 0 || position.page >= MAX_PAGES))
    throw faultOf(problem('cib.paging', cursorOf(position)))
  const next = answer.hasMore ? { ...position, page: position.page + 1 } : segment(addDays(position.to, 1))
  return { items, next: next && cursorOf(next) }
}

/** Null after today, and after the range. A day of its own for today. */
function segmentFrom(day: string, range: DateRange, today: string, days: number): Position | null {
  if (day > range.to || day > today) return null
  if (day === today) return { from: day, to: day, page: 1 }
  const ends = [range.to, addDays(today, -1), addDays(day, days - 1)]
  return { from: day, to: ends.reduce((a, b) => (a < b ? a : b)), page: 1 }
}

function cursorOf({ from, to, page }: Position): string {
  return `${from}:${to}:${page}`
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): Position {
  const match = /^(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2}):([1-9]\d{0,4})$/.exec(after)
  const [, from = '', to = '', page] = match ?? []
  if (!match || !isDay(from) || !isDay(to) || from < range.from || to > range.to || from > to)
    throw faultOf(problem('cib.cursor', after.slice(0, 60)))
  return { from, to, page: Number(page) }
}
