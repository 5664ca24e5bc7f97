// One page of an account's statement a call: CQRA10 names a file, the file holds the rows, and the last row's journal number asks
// for the next. A range is asked for day by day, because a journal number may come again on another day.

import { addDays, bankDay } from '../../connector/core/bank-time'
import { Fault, type DateRange, type Page, type StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { errorText } from './codec'
import {
  detailContent,
  readDetailAnswer,
  readRows,
  type DetailAsk,
  type DetailFile,
  type DetailRows,
} from './codec-detail'
import { describeCode, extraOutcome, problem, type Problem } from './codes'
import { accountOf, type OwnAccount } from './config'
import type { FetchDetail } from './detail-file'
import type { Front } from './exchange'

/** Between two looks for a file that is not whole yet. */
const LOOK_AGAIN_MS = 250

export type StatementDeps = { readonly front: Front; readonly fetch: FetchDetail | null }

export async function statementPage(
  { front, fetch }: StatementDeps,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const { config, clock } = front
  const own = accountOf(config, account)
  if (!own) throw faultOf(problem('abc.unknown_account', maskedAccount(account)))
  if (!isRange(range)) throw faultOf(problem('abc.range', `${range.from}..${range.to}`))
  if (fetch === null) throw faultOf(problem('abc.detail_not_configured', ''))
  const today = bankDay(clock.now())
  const first = (from: string): DetailAsk | null => firstAsk(from, range, today, config.statementDays)
  const ask = after === null ? first(range.from) : resumed(after, range, today)
  if (ask === null) return { items: [], next: null }
  const file = await askDetail(front, ask, own, signal)
  if (file === null) return pageOf([], range, first(addDays(ask.to, 1)))
  const { lines, lastJournal } = await rowsOf(front, fetch, file, own, signal)
  // The same journal number as before, or none: the bank does not go on from it, and asking again would never end.
  if (lastJournal === ask.lastJournal) throw faultOf(problem('abc.paging', `${ask.from}..${ask.to}`))
  return pageOf(lines, range, { ...ask, lastJournal })
}

function pageOf(lines: readonly StatementLine[], range: DateRange, next: DetailAsk | null): Page<StatementLine> {
  return {
    // The bank's accounting day may hold rows stamped otherwise (banks/README §5.5): they belong to their own day's import.
    items: lines.filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to),
    next: next && `${next.from}:${next.to}:${next.lastJournal}`,
  }
}

/** Null: the bank has no row behind the last one seen. */
async function askDetail(
  front: Front,
  ask: DetailAsk,
  own: OwnAccount,
  signal: AbortSignal,
): Promise<DetailFile | null> {
  const { config } = front
  const answer = await front.ask('CQRA10', null, detailContent(ask, own), signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { code, text } = answer.reply
  if (code !== '0000') {
    if (extraOutcome(code, 'detail', config.codes) === 'empty') return null
    throw new Fault(code, describeCode(code, 'detail', text, config.codes))
  }
  const file = readDetailAnswer(answer.reply)
  if (file !== null && 'reason' in file) throw faultOf(file)
  return file
}

/** The file may appear, and grow, for a while after the answer. */
async function rowsOf(
  { config, clock }: Front,
  fetch: FetchDetail,
  file: DetailFile,
  own: OwnAccount,
  signal: AbortSignal,
): Promise<DetailRows> {
  const looks = Math.ceil(config.detailWaitMs / LOOK_AGAIN_MS)
  for (let look = 0; look <= looks; look += 1) {
    if (look > 0) await clock.sleep(LOOK_AGAIN_MS, signal)
    if (signal.aborted) throw faultOf(problem('abc.aborted', ''))
    const bytes = await fetched(fetch, file.name, config.maxDetailBytes, signal)
    const rows = bytes === null ? null : readRows(bytes, file, own, config)
    if (rows === null) continue
    if ('reason' in rows) throw faultOf(rows)
    return rows
  }
  throw faultOf(problem('abc.detail_file', ''))
}

async function fetched(
  fetch: FetchDetail,
  name: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer | null> {
  try {
    return await fetch(name, maxBytes, signal)
  } catch (cause) {
    const { code, reason } = problem('abc.detail_file', errorText(cause))
    throw new Fault(code, reason, { cause })
  }
}

/** The part of the range that begins on a day; null after today. */
function firstAsk(from: string, range: DateRange, today: string, days: number): DetailAsk | null {
  if (from > range.to || from > today) return null
  const ends = [addDays(from, days - 1), range.to, today]
  return { from, to: ends.reduce((a, b) => (a < b ? a : b)), lastJournal: '0' }
}

function isRange({ from, to }: DateRange): boolean {
  const isDay = (day: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) && addDays(day, 0) === day
  return isDay(from) && isDay(to) && from <= to
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange, today: string): DetailAsk {
  const [, from = '', to = '', lastJournal = ''] =
    /^(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2}):(\d{1,20})$/.exec(after) ?? []
  if (from === '' || from < range.from || to > range.to || from > to || to > today)
    throw faultOf(problem('abc.cursor', after.slice(0, 60)))
  return { from, to, lastJournal }
}

export function faultOf({ code, reason }: Problem): Fault {
  return new Fault(code, reason)
}
