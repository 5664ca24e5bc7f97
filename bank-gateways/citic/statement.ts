// One page of an account's statement a call. The cursor says where to go on in another process. It never ends a range because
// rows stop coming while the bank's own count says that there are more.

import type { Clock, DateRange, Page, StatementLine } from '../../connector/ports'
import { addDays, bankDay } from '../../connector/core/bank-time'
import { maskedAccount } from '../shared/account'
import { dayOf } from './codec'
import { readLine, readRows, statementFields, type StatementRows } from './codec-statement'
import { problem } from './codes'
import { accountOf, type CiticConfig } from './config'
import { faultOf, queryList, type Exchange } from './exchange'

export type StatementDeps = { readonly config: CiticConfig; readonly clock: Clock; readonly exchange: Exchange }

type Position = { readonly from: string; readonly to: string; readonly start: number }

/** "≤3 months (92 days)" (banks/citic §5): both ends included. */
const SEGMENT_DAYS = 92
/** startRecord is C4. */
const MAX_START = 9999

export async function statementPage(
  { config, clock, exchange }: StatementDeps,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const known = accountOf(config, account)
  if (!known) throw faultOf(problem('citic.unknown_account', maskedAccount(account)))
  if (!isDay(range.from) || !isDay(range.to) || range.from > range.to)
    throw faultOf(problem('citic.range', `${range.from}..${range.to}`))
  const today = bankDay(clock.now())
  const position = after === null ? segmentFrom(range.from, range, today) : resumed(after, range)
  if (position === null) return { items: [], next: null }
  const asked = { account, ...position, count: config.statementPageSize }
  const reply = await queryList(exchange, 'DLTRNALL', statementFields(asked), config, signal)
  // "Nothing to list" behind a page that promised more would be a gap.
  if (reply === null && position.start > 1) throw faultOf(problem('citic.paging', cursorOf(position)))
  const answer = reply === null ? { rows: [], total: 0 } : readRows(reply)
  const halved = halvedWhenTooMany(position, answer)
  if (halved) return { items: [], next: cursorOf(halved) }
  const items = answer.rows.map((row, index) => readLine(row, position.start + index, account, known.currency))
  const stranger = items.find(line => line.bookedOn < position.from || line.bookedOn > position.to)
  if (stranger) throw faultOf(problem('citic.row', `${stranger.bookedOn} ∉ ${position.from}..${position.to}`))
  const next = nextPosition(position, answer, range, today)
  return { items, next: next && cursorOf(next) }
}

function isDay(day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day.replaceAll('-', '')) === day
}

/** Null after today, and after the range. */
function segmentFrom(day: string, range: DateRange, today: string): Position | null {
  if (day > range.to || day > today) return null
  const ends = [range.to, today, addDays(day, SEGMENT_DAYS - 1)]
  return { from: day, to: ends.reduce((a, b) => (a < b ? a : b)), start: 1 }
}

/** More rows than startRecord can count: the first half of the days is asked for instead, before anything is taken. */
function halvedWhenTooMany({ from, to, start }: Position, { total }: StatementRows): Position | null {
  if (start !== 1 || total <= MAX_START || from === to) return null
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
  return { from, to: addDays(from, Math.floor(days / 2)), start: 1 }
}

function nextPosition(position: Position, answer: StatementRows, range: DateRange, today: string): Position | null {
  const received = position.start - 1 + answer.rows.length
  if (received >= answer.total) return segmentFrom(addDays(position.to, 1), range, today)
  if (answer.rows.length === 0 || received >= MAX_START)
    throw faultOf(problem('citic.paging', `${received} of ${answer.total}, ${position.from}..${position.to}`))
  return { ...position, start: received + 1 }
}

function cursorOf({ from, to, start }: Position): string {
  return `${from}:${to}:${start}`
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): Position {
  const match = /^(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2}):([1-9]\d{0,3})$/.exec(after)
  const [, from = '', to = '', start] = match ?? []
  if (!match || !isDay(from) || !isDay(to) || from < range.from || to > range.to || from > to)
    throw faultOf(problem('citic.cursor', after.slice(0, 60)))
  return { from, to, start: Number(start) }
}
