// One page of an account's statement a call. The range is cut as the bank wants it (today apart, history by month), and the
// page's cursor says where to go on in another process. It never ends a range because a count says so while rows still come.

import type { Clock, DateRange, Page, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { addDays, bankDay } from '../../connector/core/bank-time'
import { dayOf } from './codec'
import { readLine, readRows, statementBody, type StatementRows, type StatementType } from './codec-statement'
import { problem } from './codes'
import { accountOf, type BocConfig } from './config'
import { faultOf, type BocSession } from './session'

export type StatementDeps = { readonly config: BocConfig; readonly clock: Clock; readonly session: BocSession }

/** Part of a range that one query may ask for. */
type Segment = { readonly from: string; readonly to: string; readonly type: StatementType }
type Position = Segment & { readonly begin: number }

/** "≤1 year back" (banks/boc §8). */
const HISTORY_DAYS = 365

/** begnum has at most 8 digits in the field table; an answer that never ends is stopped there, with a fault. */
const MAX_BEGIN = 99_999_999

export async function statementPage(
  { config, clock, session }: StatementDeps,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const known = accountOf(config, account)
  if (!known) throw faultOf(problem('boc.unknown_account', maskedAccount(account)))
  const today = bankDay(clock.now())
  if (!isRange(range, today)) throw faultOf(problem('boc.range', `${range.from}..${range.to}`))
  const position = after === null ? firstPosition(range.from, range, today) : resumed(after, range, today)
  if (position === null) return { items: [], next: null }
  const query = { account, ...position, count: config.statementPageSize }
  const reply = await session.query('b2e0035', statementBody(query, known.ibknum), signal)
  const answer = readRows(reply, config)
  const lines = answer.rows.map((row, index) => readLine(row, position.begin + index, account, config))
  const next = nextPosition(position, answer, range, today)
  return {
    // "Today" is the bank's accounting day and may hold rows stamped yesterday (banks/README §5.5); those belong to
    // yesterday's import, which asks for them by their date.
    items: lines.filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to),
    next: next && cursorOf(next),
  }
}

function isRange({ from, to }: DateRange, today: string): boolean {
  const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day.replaceAll('-', '')) === day
  return isDay(from) && isDay(to) && from <= to && from >= addDays(today, -HISTORY_DAYS)
}

/** The segment that begins on a day: today alone, else to the end of its month, of the range or of yesterday. Null after today. */
function firstPosition(day: string, range: DateRange, today: string): Position | null {
  if (day > range.to || day > today) return null
  if (day === today) return { from: day, to: day, type: '2001', begin: 1 }
  const ends = [range.to, addDays(today, -1), lastOfMonth(day)]
  return { from: day, to: ends.reduce((a, b) => (a < b ? a : b)), type: '2002', begin: 1 }
}

function nextPosition(position: Position, answer: StatementRows, range: DateRange, today: string): Position | null {
  const received = position.begin - 1 + answer.rows.length
  if (answer.rows.length === 0 || !hasMore(answer, received))
    return firstPosition(addDays(position.to, 1), range, today)
  if (received >= MAX_BEGIN) throw faultOf(problem('boc.paging', `${position.from}..${position.to}`))
  return { ...position, begin: received + 1 }
}

/**
 * Which count is the total is not certain (banks/boc §8). Where the site has not said, B002 goes on until no row comes, and
 * a count above what was received goes on also after B001: an answer too many costs a question, one too few costs lines.
 */
function hasMore({ saysMore, total, mostTotal }: StatementRows, received: number): boolean {
  if (total !== null) return total > received
  return saysMore || (mostTotal !== null && mostTotal > received)
}

function cursorOf({ from, to, type, begin }: Position): string {
  return `${type}:${from}:${to}:${begin}`
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange, today: string): Position {
  const match = /^(2001|2002):(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2}):([1-9]\d{0,7})$/.exec(after)
  const [, type, from = '', to = '', begin] = match ?? []
  if (!match || from < range.from || to > range.to || from > to || to > today)
    throw faultOf(problem('boc.cursor', after.slice(0, 60)))
  // Midnight has passed between two pages: the day is history now, in an order of its own, so it is read from its start.
  if (type === '2001' && from !== today) return { from, to, type: '2002', begin: 1 }
  return { from, to, type: type === '2001' ? '2001' : '2002', begin: Number(begin) }
}

function lastOfMonth(day: string): string {
  return addDays(`${addDays(`${day.slice(0, 7)}-01`, 31).slice(0, 7)}-01`, -1)
}
