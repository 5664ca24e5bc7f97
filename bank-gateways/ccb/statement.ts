// One page of an account's statement a call: history first, then today, each by START_PAGE up to PAGE_COUNT with the POSTSTR
// of the page before. The whole position is in the cursor, so that any process can go on.

import { addDays, bankDay } from '../../connector/core/bank-time'
import { Fault, type DateRange, type Page, type StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { detailInfo, readDetail, type DetailAsk, type DetailPage, type DetailQuery } from './codec-statement'
import type { Reply } from './codec'
import { describeCode, extraOutcome, NO_ROWS_TEXT, problem, type Problem } from './codes'
import { accountOf } from './config'
import type { Front } from './exchange'

type Position = Omit<DetailAsk, 'account'>

/** A walk that does not end here is a bank that answers in circles: at ten rows a page, a million lines. */
const MAX_PAGE = 100_000

export async function statementPage(
  front: Front,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const { config, clock } = front
  if (!accountOf(config, account)) throw faultOf(problem('ccb.unknown_account', maskedAccount(account)))
  if (!isRange(range)) throw faultOf(problem('ccb.range', `${range.from}..${range.to}`))
  const today = bankDay(clock.now())
  const first = (from: string): Position | null => firstPosition(from, range, today, config)
  const position = after === null ? first(range.from) : resumed(after, range, today)
  if (position === null) return { items: [], next: null }
  const ask = { account, ...position }
  const answer = await front.ask(ask.query, null, detailInfo(ask), signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const page = readPage(front, ask, answer.reply)
  const next = page !== null && page.page < page.pages ? following(position, page) : first(addDays(position.to, 1))
  return {
    // The bank's accounting day may hold rows stamped otherwise (banks/README §5.5): they belong to their own day's import.
    items: page?.lines.filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to) ?? [],
    next: next && cursorOf(next),
  }
}

/** Null: the bank says that there are no rows. */
function readPage({ config }: Front, ask: DetailAsk, reply: Reply): DetailPage | null {
  if (reply.code !== '000000') {
    const isEmpty = reply.code === '8350ZX100000' && reply.text.includes(NO_ROWS_TEXT)
    if (isEmpty || extraOutcome(reply.code, 'statement', config.codes) === 'empty') return null
    throw new Fault(reply.code, describeCode(reply.code, 'statement', reply.text, config.codes))
  }
  const page = readDetail(reply, ask, config)
  if ('reason' in page) throw faultOf(page)
  return page
}

/** The part of the range that begins on a day: with the classic queries today is apart. Null after today. */
function firstPosition(from: string, range: DateRange, today: string, config: Front['config']): Position | null {
  if (from > range.to || from > today) return null
  const start = { from, page: 1, post: '', size: config.statementPageSize }
  const last = range.to < today ? range.to : today
  if (config.detail === '6WY101') return { ...start, query: '6WY101', to: last }
  if (from === today) return { ...start, query: '6W0400', to: today }
  const yesterday = addDays(today, -1)
  return { ...start, query: '6W0300', to: last < yesterday ? last : yesterday }
}

function following(position: Position, { page, post }: DetailPage): Position {
  if (page >= MAX_PAGE) throw faultOf(problem('ccb.paging', `${position.from}..${position.to}`))
  return { ...position, page: page + 1, post }
}

function isRange({ from, to }: DateRange): boolean {
  const isDay = (day: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) && addDays(day, 0) === day
  return isDay(from) && isDay(to) && from <= to
}

function cursorOf({ query, from, to, page, size, post }: Position): string {
  return `${query}:${from}:${to}:${page}:${size}:${Buffer.from(post).toString('hex')}`
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange, today: string): Position {
  const match =
    /^(6W0300|6W0400|6WY101):(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2}):([1-9]\d{0,5}):([1-9]\d{0,2}):((?:[0-9a-f]{2})*)$/.exec(
      after,
    )
  const [, query, from = '', to = '', page = '', size = '', post = ''] = match ?? []
  const isOurs = QUERIES.find(known => known === query)
  if (!isOurs || from < range.from || to > range.to || from > to || to > today)
    throw faultOf(problem('ccb.cursor', after.slice(0, 60)))
  // Midnight has passed between two pages: the day is history now, in pages of its own, so it is read from its start.
  if (isOurs === '6W0400' && from !== today) {
    return { query: '6W0300', from, to, page: 1, post: '', size: Number.parseInt(size, 10) }
  }
  return {
    query: isOurs,
    from,
    to,
    page: Number.parseInt(page, 10),
    post: Buffer.from(post, 'hex').toString(),
    size: Number.parseInt(size, 10),
  }
}

const QUERIES: readonly DetailQuery[] = ['6W0300', '6W0400', '6WY101']

export function faultOf({ code, reason }: Problem): Fault {
  return new Fault(code, reason)
}
