// Statements and balances from the camt files in the archive: each booked line once, by days, and nothing while the balances of
// the files do not fit together (I9). Pure but for the fetching before it.

import { addDays } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import { Fault, type Balance, type DateRange, type Money, type Page, type StatementLine } from '../../connector/ports'
import { isAccount, lineOf } from '../../connector/statements/to-line'
import type { Entry } from '../../connector/statements/model'
import { maskedAccount } from '../shared/account'
import type { CamtStatement } from './codec-camt'
import { problem, type Problem } from './codes'
import { accountOf, type Iso20022Config, type OwnAccount } from './config'
import { questionProblem, type Exchange } from './exchange'
import { requireChain, withoutRepeats } from './chain'

export async function statementPage(
  exchange: Exchange,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const { config } = exchange
  const own = requireAccount(config, account)
  if (!isRange(range)) throw faultOf(problem('iso20022.range', `${range.from}..${range.to}`))
  const start = after === null ? null : resumed(after, range)
  const days = linesByDay(await statementsOf(exchange, account, own, signal), own, config, range)
  const from = start ?? { day: [...days.keys()][0] ?? range.from, offset: 0 }
  const lines = days.get(from.day) ?? []
  if (from.offset > lines.length) throw faultOf(problem('iso20022.cursor', after ?? ''))
  const end = from.offset + config.pageLines
  const following = [...days.keys()].find(day => day > from.day)
  const next = end < lines.length ? `${from.day}:${end}` : following === undefined ? null : `${following}:0`
  return { items: lines.slice(from.offset, end), next }
}

/** The newest booked balance that a file states, and the available one that stands beside it. */
export async function newestBalance(exchange: Exchange, account: string, signal: AbortSignal): Promise<Balance> {
  const own = requireAccount(exchange.config, account)
  const statements = await statementsOf(exchange, account, own, signal)
  const stated = statements.flatMap(statement => balanceIn(statement, account, own))
  // Of two that name one moment the later file speaks.
  const newest = stated.reduce<Stated | null>((best, one) => (best && best.rank > one.rank ? best : one), null)
  if (!newest) throw faultOf(problem('iso20022.no_balance', maskedAccount(account)))
  return newest.balance
}

function requireAccount(config: Iso20022Config, account: string): OwnAccount {
  const own = accountOf(config, account)
  if (!own) throw faultOf(problem('iso20022.unknown_account', maskedAccount(account)))
  return own
}

/** The account's statements, oldest file first. */
async function statementsOf(
  exchange: Exchange,
  account: string,
  own: OwnAccount,
  signal: AbortSignal,
): Promise<readonly CamtStatement[]> {
  let statements: readonly CamtStatement[]
  try {
    await exchange.transport(signal, place => exchange.fetch(place, 'statements'))
    const kept = await exchange.kept()
    statements = kept.flatMap(({ content }) => (content.kind === 'statements' ? content.statements : []))
  } catch (cause) {
    const { code, reason } = questionProblem(cause, signal)
    throw new Fault(code, reason, { cause })
  }
  // Said once, as a fault: the bank sends it again, or its absence shows as a gap of the balances.
  const [unusable] = exchange.unusable('statements')
  if (unusable) throw faultOf(unusable)
  const names = [account, ...(own.iban === undefined ? [] : [own.iban])]
  return statements.filter(
    ({ account: written, currency }) =>
      written !== null &&
      names.some(name => isAccount(written, name)) &&
      (currency === null || currency === own.currency),
  )
}

// -------------------------------------------------------------------------------------------------------------- the lines

type Days = ReadonlyMap<string, readonly StatementLine[]>

/** Of the range, in the order of the days; within a day in the order in which the files came, so that pages hold still. */
function linesByDay(
  statements: readonly CamtStatement[],
  own: OwnAccount,
  config: Iso20022Config,
  range: DateRange,
): Days {
  const closed = withoutRepeats(statements.filter(({ format }) => format === 'camt.053'))
  requireChain(closed, own.currency, range)
  const sources = config.intraday ? statements.filter(one => one.format !== 'camt.053' || closed.includes(one)) : closed
  const days = new Map<string, StatementLine[]>()
  const ids = startIds()
  for (const statement of sources) {
    ids.begin(statement)
    for (const entry of statement.entries) {
      const line = entry.status === 'booked' ? lineIn(entry, own, config) : null
      if (!line || line.bookedOn < range.from || line.bookedOn > range.to || ids.isKnown(line)) continue
      days.set(line.bookedOn, [...(days.get(line.bookedOn) ?? []), line])
    }
  }
  if (config.intraday) requireClosedDays(closed, days, own, config)
  return new Map([...days].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function lineIn(entry: Entry, own: OwnAccount, config: Iso20022Config): StatementLine {
  const line = lineOf(entry, own.currency)
  if (typeof line === 'string') throw faultOf(problem('iso20022.line', line))
  if (config.lineIdentity === 'content') return line
  if (line.bankSerial === '') throw faultOf(problem('iso20022.identity', line.bookedOn))
  // A reversal often bears the reference of what it takes back.
  const side = `${line.amount.minor < 0n ? 'D' : 'C'}${line.isReversal ? 'R' : ''}`
  return { ...line, bankId: `${line.bankSerial}/${side}` }
}

type Ids = { begin(statement: CamtStatement): void; isKnown(line: StatementLine): boolean }

/** The same id in a later file is the same line; twice in one file, in two day's statements, or with another amount it is no id. */
function startIds(): Ids {
  const seen = new Map<string, StatementLine>()
  const closed = new Set<string>()
  let inThis = new Set<string>()
  return {
    begin: ({ format }) => (inThis = format === 'camt.053' ? closed : new Set()),
    isKnown(line) {
      if (line.bankId === null) return false
      const id = `${line.bookedOn} ${line.bankId}`
      const before = seen.get(id)
      const isSame = before === undefined || before.amount.minor === line.amount.minor
      if (inThis.has(id) || !isSame) throw faultOf(problem('iso20022.identity', line.bookedOn))
      inThis.add(id)
      seen.set(id, before ?? line)
      return before !== undefined
    },
  }
}

/** What was a line during the day must stand in the day's statement: a bank that moves it to another day would book it twice here. */
function requireClosedDays(
  closed: readonly CamtStatement[],
  days: Days,
  own: OwnAccount,
  config: Iso20022Config,
): void {
  for (const [day, lines] of days) {
    const ofDay = closed.filter(one => one.closing?.on === day || one.entries.some(({ bookedOn }) => bookedOn === day))
    if (ofDay.length === 0) continue
    const ids = new Set(
      ofDay.flatMap(({ entries }) =>
        entries
          .filter(({ status, bookedOn, valueOn }) => status === 'booked' && (bookedOn ?? valueOn) === day)
          .map(entry => lineIn(entry, own, config).bankId),
      ),
    )
    if (lines.some(({ bankId }) => !ids.has(bankId))) throw faultOf(problem('iso20022.intraday', day))
  }
}

// ------------------------------------------------------------------------------------------------------------ the balance

type Stated = { readonly balance: Balance; readonly rank: string }

const BOOKED = ['CLBD', 'ITBD'] as const
const AVAILABLE: Readonly<Record<string, string>> = { CLBD: 'CLAV', ITBD: 'ITAV' }

function balanceIn({ balances }: CamtStatement, account: string, own: OwnAccount): readonly Stated[] {
  const plain = balances.filter(({ currency, includesCredit }) => currency === own.currency && !includesCredit)
  const type = BOOKED.find(one => plain.some(balance => balance.type === one))
  const booked = plain.findLast(balance => balance.type === type)
  if (!type || !booked || booked.at === null) return []
  const current = moneyOf(booked.amount, own)
  const available = plain.findLast(balance => balance.type === AVAILABLE[type])
  const opening = plain.find(balance => balance.type === 'OPBD' || balance.type === 'PRCD')
  const asOf = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2})?/.exec(booked.at)?.[0]
  if (current === null || asOf === undefined) return []
  return [
    {
      balance: {
        account,
        asOf,
        current,
        available: available ? moneyOf(available.amount, own) : null,
        frozen: null,
        previousDay: opening ? moneyOf(opening.amount, own) : null,
      },
      // A closing balance without a time of day is that of the day's end.
      rank: asOf.includes('T') ? asOf : `${asOf}T${type === 'CLBD' ? '99' : '00'}`,
    },
  ]
}

function moneyOf(amount: string, { currency }: OwnAccount): Money | null {
  const money = parseAmount(amount, currency)
  return typeof money === 'string' ? null : money
}

// ---------------------------------------------------------------------------------------------------------------- cursors

function isRange({ from, to }: DateRange): boolean {
  const isDay = (day: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) && addDays(day, 0) === day
  return isDay(from) && isDay(to) && from <= to
}

/** @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): { readonly day: string; readonly offset: number } {
  const [, day = '', offset = ''] = /^(\d{4}-\d{2}-\d{2}):(\d{1,9})$/.exec(after) ?? []
  if (day < range.from || day > range.to) throw faultOf(problem('iso20022.cursor', after.slice(0, 40)))
  return { day, offset: Number.parseInt(offset, 10) }
}

export function faultOf({ code, reason }: Problem): Fault {
  return new Fault(code, reason)
}
