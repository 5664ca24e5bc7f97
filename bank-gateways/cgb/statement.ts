// One page of an account's statement a call, in the elements that the site has named. The next page is asked for behind the last row; a
// range has ended only when nothing new stands behind it. The cursor says where to go on in another process.

import { addDays, bankDay } from '../../connector/core/bank-time'
import { Fault, type Clock, type DateRange, type Money, type Page, type StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element, textAt, type XmlNode } from '../shared/xml'
import { dayOf, isDay, money, type Reply } from './codec'
import { isEmptyList, problem } from './codes'
import { accountOf, type CgbConfig, type StatementConfig } from './config'
import { faultOf, replyOf, type Exchange } from './exchange'

export type StatementDeps = {
  readonly config: CgbConfig
  readonly settings: StatementConfig
  readonly clock: Clock
  readonly exchange: Exchange
}

/** What beginRecTranDate, beginRecTranCode and beginRecTranSeq name: a row. */
type RowKey = { readonly date: string; readonly code: string; readonly seq: string }
type Position = { readonly from: string; readonly to: string; readonly last: RowKey | null }

export async function statementPage(
  deps: StatementDeps,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const { config, settings, clock, exchange } = deps
  const known = accountOf(config, account)
  if (!known) throw faultOf(problem('cgb.unknown_account', maskedAccount(account)))
  if (!isDay(range.from) || !isDay(range.to) || range.from > range.to)
    throw faultOf(problem('cgb.range', `${range.from}..${range.to}`))
  const today = bankDay(clock.now())
  const segment = (day: string): Position | null => segmentFrom(day, range, today, settings.days)
  const position = after === null ? segment(range.from) : resumed(after, range)
  if (position === null) return { items: [], next: null }
  const answer = await exchange.ask(settings.tranCode, questionOf(account, position, today, settings), signal)
  const isEmpty = answer.kind === 'answer' && isEmptyList(answer.reply.status.code, config.codes)
  const rows = isEmpty ? [] : rowsOf(replyOf(answer, config), settings)
  const fresh = freshOf(rows, position, settings)
  const items = fresh.map((row, index) => readLine(row, index + 1, account, known.currency, settings))
  const stranger = items.find(line => line.bookedOn < position.from || line.bookedOn > position.to)
  if (stranger) throw faultOf(problem('cgb.row', `${stranger.bookedOn} ∉ ${position.from}..${position.to}`))
  const last = fresh.at(-1)
  // The bank may give fewer rows than were wanted: only a page without a new row ends the days.
  const next = last ? { ...position, last: keyOf(last, settings) } : segment(addDays(position.to, 1))
  return { items, next: next && cursorOf(next) }
}

function questionOf(
  account: string,
  { from, to, last }: Position,
  today: string,
  { queryType, queryNumber }: StatementConfig,
): readonly string[] {
  return [
    element('account', account),
    element('beginDate', from.replaceAll('-', '')),
    element('endDate', to.replaceAll('-', '')),
    element('queryType', from === today ? queryType.today : queryType.history),
    element('beginRecTranDate', last?.date ?? ''),
    element('beginRecTranCode', last?.code ?? ''),
    element('beginRecTranSeq', last?.seq ?? ''),
    element('queryNumber', String(queryNumber)),
  ]
}

function rowsOf({ body }: Reply, { row }: StatementConfig): readonly XmlNode[] {
  const found: XmlNode[] = []
  const walk = (node: XmlNode): void => {
    for (const child of node.children) {
      if (child.name === row) found.push(child)
      else walk(child)
    }
  }
  if (body) walk(body)
  return found
}

/**
 * Whether the page begins with the row that was named or behind it is not known: that row is left out. A page that begins neither
 * way must at least not repeat it later, or rows would stand twice.
 */
function freshOf(rows: readonly XmlNode[], { last }: Position, settings: StatementConfig): readonly XmlNode[] {
  const keys = rows.map(row => JSON.stringify(keyOf(row, settings)))
  if (new Set(keys).size !== keys.length) throw faultOf(problem('cgb.paging', 'a row stands twice on one page'))
  if (last === null) return rows
  const at = keys.indexOf(JSON.stringify(last))
  if (at > 0) throw faultOf(problem('cgb.paging', 'the page goes back behind its beginning'))
  return at === 0 ? rows.slice(1) : rows
}

/** @throws Fault for a row that cannot be named: the next page could not be asked for. */
function keyOf(row: XmlNode, { fields }: StatementConfig): RowKey {
  const key = { date: textAt(row, fields.date), code: textAt(row, fields.code), seq: textAt(row, fields.seq) }
  const isNamed = /^\d{8}$/.test(key.date) && [key.code, key.seq].every(text => /^[\w-]{1,40}$/.test(text))
  if (!isNamed) throw faultOf(problem('cgb.row', `${fields.date}/${fields.code}/${fields.seq}`))
  return key
}

/** @throws Fault naming the row and what it lacks. `position` is the row's number on its page. */
function readLine(
  row: XmlNode,
  position: number,
  account: string,
  currency: string,
  settings: StatementConfig,
): StatementLine {
  const { fields, sides, reversalMark } = settings
  const text = (name: string | null): string => (name === null ? '' : textAt(row, name))
  const { date, code, seq } = keyOf(row, settings)
  const fail = (what: string): never => {
    const found = problem('cgb.row', `${maskedAccount(account)} #${position} ${seq}: ${what}`)
    throw new Fault(found.code, found.reason)
  }
  const amountAt = (name: string): Money | null => {
    const found = money(text(name), currency)
    return typeof found === 'string' ? fail(`${name} ${found}`) : found
  }
  const side = text(fields.side)
  if (side !== sides.debit && side !== sides.credit) fail(`${fields.side} ${JSON.stringify(side.slice(0, 10))}`)
  const isDebit = side === sides.debit
  const amount = amountAt(fields.amount) ?? fail(`${fields.amount} is missing`)
  if (amount.minor < 0n) fail(`${fields.amount} is negative`)
  return {
    bankId: `${date}-${code}-${seq}-${isDebit ? 'D' : 'C'}`,
    bookedOn: dayOf(date) ?? fail(`${fields.date} ${date}`),
    bookedTime: clockOf(text(fields.time)),
    valueOn: null,
    amount: isDebit ? { minor: -amount.minor, currency } : amount,
    balanceAfter: fields.balance === null ? null : amountAt(fields.balance),
    counterAccount: text(fields.counterAccount),
    counterName: text(fields.counterName),
    counterBank: text(fields.counterBank),
    purpose: text(fields.purpose),
    text: text(fields.text),
    reference: text(fields.reference),
    bankSerial: seq,
    isReversal: reversalMark !== '' && text(fields.reversal) === reversalMark,
    type: code,
    receiptKey: '',
  }
}

function clockOf(text: string): string {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)$/.exec(text) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}

/** Null after today, and after the range. A day of its own for today. */
function segmentFrom(day: string, range: DateRange, today: string, days: number): Position | null {
  if (day > range.to || day > today) return null
  if (day === today) return { from: day, to: day, last: null }
  const ends = [range.to, addDays(today, -1), addDays(day, days - 1)]
  return { from: day, to: ends.reduce((a, b) => (a < b ? a : b)), last: null }
}

function cursorOf({ from, to, last }: Position): string {
  return [from, to, ...(last ? [last.date, last.code, last.seq] : [])].join(':')
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): Position {
  const match = /^(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2})(?::(\d{8}):([\w-]{1,40}):([\w-]{1,40}))?$/.exec(after)
  const [, from = '', to = '', date, code, seq] = match ?? []
  if (!match || !isDay(from) || !isDay(to) || from < range.from || to > range.to || from > to)
    throw faultOf(problem('cgb.cursor', after.slice(0, 60)))
  const isBegun = date !== undefined && code !== undefined && seq !== undefined
  return { from, to, last: isBegun ? { date, code, seq } : null }
}
