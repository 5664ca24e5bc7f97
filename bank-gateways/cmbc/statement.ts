// One page of an account's statement a call: rows by number within some days, today alone. The cursor says where to go on in another
// process. Where the bank counts the rows of the days, the walk ends with the last of them; else with a page that has none.

import { addDays, bankDay } from '../../connector/core/bank-time'
import type { Clock, DateRange, Page, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import type { Channel, Part, Rows } from './channel'
import { dayOf } from './codec'
import { problem } from './codes'
import { accountOf, type CmbcConfig } from './config'
import { faultOf } from './exchange'

/** `last`: the id of the first row of the page before, empty on the first page. */
type Position = Part & { readonly last: string }

/** A million rows in one range are far beyond any account of a company. */
const MAX_START = 1_000_000

export async function statementPage(
  channel: Channel,
  config: CmbcConfig,
  clock: Clock,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  if (!accountOf(config.protocol, account)) throw faultOf(problem('cmbc.unknown_account', maskedAccount(account)))
  if (!isDay(range.from) || !isDay(range.to) || range.from > range.to)
    throw faultOf(problem('cmbc.range', `${range.from.slice(0, 10)}..${range.to.slice(0, 10)}`))
  const today = bankDay(clock.now())
  const days = (from: string): Position | null => partFrom(from, range, today, config.statementDays)
  const part = after === null ? days(range.from) : resumed(after, range)
  if (part === null) return { items: [], next: null }
  const rows = await channel.rows(account, part, signal)
  const first = rows.lines[0]?.bankId ?? ''
  // What startNo means is not public: a bank that gives the same page whatever it says would be asked for ever.
  if (first !== '' && first === part.last) throw faultOf(problem('cmbc.paging', cursorOf({ ...part, last: '' })))
  const next = hasMore(rows, part)
    ? { ...part, start: part.start + rows.lines.length, last: first }
    : days(addDays(part.to, 1))
  if (next !== null && next.start > MAX_START) throw faultOf(problem('cmbc.paging', String(next.start)))
  return {
    // The bank's accounting day may hold rows stamped otherwise (banks/README §5.5): they belong to their own day's question.
    items: rows.lines.filter(({ bookedOn }) => bookedOn >= part.from && bookedOn <= part.to),
    next: next && cursorOf(next),
  }
}

function hasMore({ lines, total }: Rows, part: Part): boolean {
  if (total === null) return lines.length > 0
  const isMore = part.start - 1 + lines.length < total
  // The bank counts a row that it does not give: also what rows counted from 0 would look like.
  if (isMore && lines.length === 0) throw faultOf(problem('cmbc.paging', `${part.start} ≤ ${total}`))
  return isMore
}

/** The part of the range that begins on a day: today is apart. Null after today, and after the range. */
function partFrom(from: string, range: DateRange, today: string, days: number): Position | null {
  if (from > range.to || from > today) return null
  if (from === today) return { from, to: from, start: 1, last: '' }
  const ends = [range.to, addDays(today, -1), addDays(from, days - 1)]
  return { from, to: ends.reduce((a, b) => (a < b ? a : b)), start: 1, last: '' }
}

function cursorOf({ from, to, start, last }: Position): string {
  return `${from}:${to}:${start}:${Buffer.from(last).toString('hex')}`
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): Position {
  const match = /^(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2}):([1-9]\d{0,6}):((?:[0-9a-f]{2})*)$/.exec(after)
  const [, from = '', to = '', start = '', last = ''] = match ?? []
  if (!match || !isDay(from) || !isDay(to) || from < range.from || to > range.to || from > to)
    throw faultOf(problem('cmbc.cursor', after.slice(0, 60)))
  return { from, to, start: Number.parseInt(start, 10), last: Buffer.from(last, 'hex').toString() }
}

function isDay(day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day) === day
}
