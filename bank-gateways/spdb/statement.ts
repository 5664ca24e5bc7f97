// One page of an account's statement a call: beginNumber rises until no row comes (banks/spdb §5). A row that lacks its amount, its side
// or its day is refused by name: a line that was made up would be booked.

import { Fault, type Clock, type DateRange, type Money, type Page, type StatementLine } from '../../connector/ports'
import { addDays, bankDay } from '../../connector/core/bank-time'
import { maskedAccount } from '../shared/account'
import { element, textAt, type XmlNode } from '../shared/xml'
import { dayOf, money, rowsOf } from './codec'
import { problem, type ProblemCode } from './codes'
import { accountOf, type SpdbConfig } from './config'
import { faultOf, queryBody, type Exchange } from './exchange'

export type StatementDeps = { readonly config: SpdbConfig; readonly clock: Clock; readonly exchange: Exchange }

type Position = { readonly from: string; readonly to: string; readonly start: number }

/** A million rows in one range are far beyond any account of a company. */
const MAX_START = 1_000_000

export async function statementPage(
  { config, clock, exchange }: StatementDeps,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const known = accountOf(config, account)
  if (!known) throw fault('spdb.unknown_account', maskedAccount(account))
  if (!isDay(range.from) || !isDay(range.to) || range.from > range.to)
    throw fault('spdb.range', `${range.from.slice(0, 10)}..${range.to.slice(0, 10)}`)
  const today = bankDay(clock.now())
  const segment = (day: string): Position | null => segmentFrom(day, range, today, config.statementDays)
  const position = after === null ? segment(range.from) : resumed(after, range)
  if (position === null) return { items: [], next: null }
  const fields = () => statementFields(account, position, config)
  const body = await queryBody(exchange, config.statementCode, fields, config, signal)
  if (body !== null && textAt(body, 'acctNo') !== account) throw fault('spdb.wrong_item', maskedAccount(account))
  const rows = body === null ? [] : rowsOf(body)
  requireWhole(body, rows.length, position)
  const items = rows.map((row, index) => readLine(row, position.start + index, account, known.currency, config))
  const stranger = items.find(line => line.bookedOn < position.from || line.bookedOn > position.to)
  if (stranger) throw fault('spdb.row', `${stranger.bookedOn} ∉ ${position.from}..${position.to}`)
  const next =
    items.length === 0 ? segment(addDays(position.to, 1)) : { ...position, start: position.start + items.length }
  if (next !== null && next.start > MAX_START) throw fault('spdb.paging', cursorOf(next))
  return { items, next: next && cursorOf(next) }
}

/** No row ends the range, unless the bank's own count says that there are more. */
function requireWhole(body: XmlNode | null, rows: number, position: Position): void {
  const total = textAt(body, 'totalNumber')
  if (rows > 0 || body === null) return
  if (/^\d{1,9}$/.test(total) && Number(total) >= position.start)
    throw fault('spdb.paging', `${total} ≥ ${position.start}`)
}

function statementFields(account: string, { from, to, start }: Position, config: SpdbConfig): readonly string[] {
  return [
    element('acctNo', account),
    element('dateBeginDate', from.replaceAll('-', '')),
    element('dateEndDate', to.replaceAll('-', '')),
    element('queryNumber', String(config.statementRows)),
    element('beginNumber', String(start)),
  ]
}

/** @throws Fault naming the row and what it lacks. `position` is the row's number within the range. */
function readLine(
  row: XmlNode,
  position: number,
  account: string,
  currency: string,
  config: SpdbConfig,
): StatementLine {
  const text = (name: string): string => textAt(row, name)
  const fail = (what: string): never => {
    throw fault(
      'spdb.row',
      `${maskedAccount(account)} #${position} tellerJnlNo=${text('tellerJnlNo').slice(0, 30)}: ${what}`,
    )
  }
  const amountAt = (name: string): Money | null => {
    const found = money(text(name), currency)
    return typeof found === 'string' ? fail(`${name} ${found}`) : found
  }
  const flag = text('debitFlag')
  const isOut = flag === config.debitFlag.out
  if (!isOut && flag !== config.debitFlag.in) fail(`debitFlag ${JSON.stringify(flag.slice(0, 10))}`)
  const amount = amountAt('transAmount') ?? fail('transAmount is missing')
  if (amount.minor < 0n) fail('transAmount is negative')
  const bookedOn = dayOf(text('transDate')) ?? fail(`transDate ${JSON.stringify(text('transDate').slice(0, 20))}`)
  const id = text('uniqueIdentification')
  const isReversal = text('backReason') !== ''
  return {
    // uniqueIdentification [inferred]; with the side, for a transaction may touch an account twice.
    bankId: id === '' ? null : `${text('transDate')}-${id}-${isOut ? 'O' : 'I'}`,
    bookedOn,
    bookedTime: /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(text('transTime'))
      ? text('transTime').replace(/(..)(..)(..)/, '$1:$2:$3')
      : '',
    valueOn: null,
    amount: isOut ? { minor: -amount.minor, currency } : amount,
    balanceAfter: amountAt('acctBalance'),
    // subAccount is the other side's (banks/spdb §5).
    counterAccount: text('subAccount'),
    counterName: text('subAcctName'),
    counterBank: text('oppositeBankName'),
    purpose: text('remark'),
    text: text('customerNote'),
    reference: isOut || isReversal ? text('oldElecChequeNo') : '',
    bankSerial: text('tellerJnlNo'),
    isReversal,
    type: text('businessCode'),
    receiptKey: receiptKeyOf(text('tellerJnlNo'), text('summonsNumber')),
  }
}

/** What a receipt is applied for by (banks/spdb §6); '' where the bank gives no journal number. */
function receiptKeyOf(journal: string, summons: string): string {
  return /^[0-9A-Za-z]{1,40}$/.test(journal) && /^[0-9A-Za-z]{0,20}$/.test(summons) ? `${journal}|${summons}` : ''
}

function isDay(day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day.replaceAll('-', '')) === day
}

/** Null after today, and after the range. */
function segmentFrom(day: string, range: DateRange, today: string, days: number): Position | null {
  if (day > range.to || day > today) return null
  const ends = [range.to, today, addDays(day, days - 1)]
  return { from: day, to: ends.reduce((a, b) => (a < b ? a : b)), start: 1 }
}

function cursorOf({ from, to, start }: Position): string {
  return `${from}:${to}:${start}`
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): Position {
  const match = /^(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2}):([1-9]\d{0,6})$/.exec(after)
  const [, from = '', to = '', start] = match ?? []
  if (!match || !isDay(from) || !isDay(to) || from < range.from || to > range.to || from > to)
    throw fault('spdb.cursor', after.slice(0, 60))
  return { from, to, start: Number(start) }
}

function fault(code: ProblemCode, detail: string): Fault {
  return faultOf(problem(code, detail))
}
