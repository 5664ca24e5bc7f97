// A page of an account's statement a call, day by day: the sequence restarts with each day, and the cursor says day and sequence, so
// that any process can go on.

import { addDays, bankDay } from '../../connector/core/bank-time'
import type { DateRange, Page, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { dayOf } from './codec'
import { readLine, readStatement, statementBlocks } from './codec-statement'
import { problem } from './codes'
import { accountOf } from './config'
import { faultOf, type Session } from './exchange'

type Position = { readonly day: string; readonly sequence: number }

/** A range that asks for more is a mistake: every day is a question of its own. */
const MAX_DAYS = 400

/** Days without a line that one call passes over; then it gives an empty page and its cursor. */
const DAYS_A_CALL = 31

export async function statementPage(
  session: Session,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const { config, clock } = session
  const known = accountOf(config, account)
  if (!known) throw faultOf(problem('cmb-frontend.unknown_account', maskedAccount(account)))
  if (!isRange(range)) throw faultOf(problem('cmb-frontend.range', `${range.from}..${range.to}`))
  const today = bankDay(clock.now())
  const last = range.to < today ? range.to : today
  let here: Position | null = after === null ? dayFrom(range.from, last) : resumed(after, range)
  for (let days = 0; here !== null && days < DAYS_A_CALL; days += 1) {
    const blocks = statementBlocks(account, known.branch, here.day, here.sequence)
    const { rows, next } = readStatement(await session.query('GetTransInfoEX', blocks, signal))
    if (next !== null && next <= here.sequence) throw faultOf(problem('cmb-frontend.paging', here.day))
    const items = rows
      .map(row => readLine(row, account, known.currency, config))
      .filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to)
    here = next === null ? dayFrom(addDays(here.day, 1), last) : { day: here.day, sequence: next }
    if (items.length > 0) return { items, next: here && cursorOf(here) }
  }
  return { items: [], next: here && cursorOf(here) }
}

function dayFrom(day: string, last: string): Position | null {
  return day > last ? null : { day, sequence: 0 }
}

function cursorOf({ day, sequence }: Position): string {
  return `${day}:${sequence}`
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): Position {
  const [, day = '', sequence = ''] = /^(\d{4}-\d{2}-\d{2}):(\d{1,12})$/.exec(after) ?? []
  if (!isDay(day) || day < range.from || day > range.to)
    throw faultOf(problem('cmb-frontend.cursor', after.slice(0, 40)))
  return { day, sequence: Number.parseInt(sequence, 10) }
}

function isRange({ from, to }: DateRange): boolean {
  return isDay(from) && isDay(to) && from <= to && to <= addDays(from, MAX_DAYS)
}

function isDay(day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day.replaceAll('-', '')) === day
}
