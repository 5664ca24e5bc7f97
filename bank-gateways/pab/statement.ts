// One page of an account's statement a call: history first, today apart, as the bank wants them. The cursor says where to go on
// in another process, and keeps the page size the walk began with: a change of it would lose rows.

import type { Clock, DateRange, Page, StatementLine } from '../../connector/ports'
import { addDays, bankDay } from '../../connector/core/bank-time'
import { maskedAccount } from '../shared/account'
import { dayOf } from './codec'
import { readLine, readRows, statementFields, type StatementRows } from './codec-statement'
import { problem } from './codes'
import { accountOf, type PabConfig } from './config'
import { faultOf, query, type Exchange } from './exchange'

export type StatementDeps = { readonly config: PabConfig; readonly clock: Clock; readonly exchange: Exchange }

/** `today` and `history` are two lists of the bank's, each with pages of its own. */
type Position = {
  readonly kind: 'today' | 'history'
  readonly from: string
  readonly to: string
  readonly page: number
  readonly pageSize: number
}

/** 100 pages a day of 100 rows over a year: an answer that never ends is stopped, with a fault. */
const MAX_PAGES = 99_999

export async function statementPage(
  { config, clock, exchange }: StatementDeps,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  if (!accountOf(config, account)) throw faultOf(problem('pab.unknown_account', maskedAccount(account)))
  if (!isDay(range.from) || !isDay(range.to) || range.from > range.to)
    throw faultOf(problem('pab.range', `${range.from}..${range.to}`))
  const today = bankDay(clock.now())
  const position =
    after === null ? segmentFrom(range.from, range, today, config.statementPageSize) : resumed(after, range, today)
  if (position === null) return { items: [], next: null }
  const asked = { account, ...position }
  const reply = await query(exchange, '4013', statementFields(asked, config), config, signal)
  const answer = reply === null ? { rows: [], isEnd: true } : readRows(reply, asked)
  const before = (position.page - 1) * position.pageSize
  const lines = answer.rows.map((row, index) => readLine(row, before + index + 1, account, config))
  const next = nextPosition(position, answer, range, today)
  return {
    // "Today" is the bank's accounting day and may hold rows stamped yesterday (banks/README §5.5); those belong to
    // yesterday's import, which asks for them by their date.
    items: lines.filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to),
    next: next && cursorOf(next),
  }
}

function isDay(day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day.replaceAll('-', '')) === day
}

/** Today alone, else to the end of the range or to yesterday. Null after today, and after the range. */
function segmentFrom(day: string, range: DateRange, today: string, pageSize: number): Position | null {
  if (day > range.to || day > today) return null
  if (day === today) return { kind: 'today', from: day, to: day, page: 1, pageSize }
  const yesterday = addDays(today, -1)
  return { kind: 'history', from: day, to: range.to < yesterday ? range.to : yesterday, page: 1, pageSize }
}

function nextPosition(position: Position, { isEnd }: StatementRows, range: DateRange, today: string): Position | null {
  if (isEnd) return segmentFrom(addDays(position.to, 1), range, today, position.pageSize)
  if (position.page >= MAX_PAGES) throw faultOf(problem('pab.paging', `${position.from}..${position.to}`))
  return { ...position, page: position.page + 1 }
}

function cursorOf({ kind, from, to, page, pageSize }: Position): string {
  return `${kind}:${from}:${to}:${page}:${pageSize}`
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange, today: string): Position {
  const match = /^(today|history):(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2}):([1-9]\d{0,4}):([1-9]\d?|100)$/.exec(after)
  const [, kind, from = '', to = '', page, pageSize] = match ?? []
  const isOfRange = isDay(from) && isDay(to) && from >= range.from && to <= range.to && from <= to && to <= today
  if (!match || !isOfRange) throw faultOf(problem('pab.cursor', after.slice(0, 60)))
  const size = Number(pageSize)
  // Midnight has passed between two pages: the day is history now, a list of its own, so it is read from its start.
  if (kind === 'today' && from !== today) return { kind: 'history', from, to, page: 1, pageSize: size }
  return { kind: kind === 'today' ? 'today' : 'history', from, to, page: Number(page), pageSize: size }
}
