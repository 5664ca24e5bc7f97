// The fields of MT940 and MT942, one after the other, become statements. A statement ends where its message does, or
// where the next one begins: many banks leave the end mark out.

import type { Quantity } from '../amount'
import { openLedger, type Balance, type Ledger, type ParserContext } from '../ledger'
import type { StatementHead } from '../model'
import { cleaned, MAX_ROWS, quoted, tooLong } from '../text'
import { readBalance } from './balance'
import { entryOf, isMoneyOut } from './entry'
import type { Info } from './info'
import { readInfo } from './info86'
import { readLine61, type Line61 } from './line61'
import { readNs } from './ns'
import { readSummary } from './summary'

export type Messages = {
  /** `rows` are the field's own line and its continuation lines; `line` is where it begins. */
  field(tag: string, rows: readonly string[], line: number): void
  header(row: string, line: number): void
  endOfMessage(line: number): void
  /** Returns how many statements there were. */
  end(): number
}

/** The statement line under way: its fields 86 or NS follow it. */
type Pending = { readonly line: Line61; readonly at: number; info: readonly string[]; ns: readonly string[] }

const NO_ROWS: readonly string[] = []

type Statement = {
  readonly ledger: Ledger
  reference: string | null
  account: string | null
  bank: string | null
  number: string | null
  currency: string | null
  opening: Balance | null
  closing: Balance | null
  /** Where its closing balance stands, once it was read. */
  closedAt: number | null
  isInterim: boolean
  hasEntries: boolean
  pending: Pending | null
  counts: { D: { count: number; units: bigint }; C: { count: number; units: bigint } }
}

export function createMessages(context: ParserContext): Messages {
  const { emit, warn } = context
  let statement: Statement | null = null
  let sender: string | null = null
  let isInterimHeader = false
  let count = 0
  let lastLine = 1
  let endedAt: number | null = null
  const begin = (): Statement => {
    const created: Statement = {
      ledger: openLedger(emit, warn, () => ({ ...headOf(created), opening: balanceShown(created.opening) })),
      ...{ reference: null, account: null, bank: sender, number: null, currency: null, opening: null, closing: null },
      ...{ closedAt: null, isInterim: isInterimHeader, hasEntries: false, pending: null },
      counts: { D: { count: 0, units: 0n }, C: { count: 0, units: 0n } },
    }
    count++
    statement = created
    return created
  }
  const finish = (line: number): void => {
    if (statement === null) return
    flush(statement)
    close(context, statement, line)
    statement = null
  }
  return {
    field(tag, rows, line) {
      lastLine = line
      // A lone hyphen was a row of text after all, when what follows can only belong to the same message.
      if (endedAt !== null && !GOES_ON.has(tag)) finish(endedAt)
      endedAt = null
      if (statement === null ? STARTS.has(tag) : beginsAnother(statement, tag)) {
        finish(line)
        begin()
      }
      if (statement !== null) apply(context, statement, tag, rows, line)
    },
    header(row, line) {
      if (endedAt !== null || row.startsWith('{1:')) finish(endedAt ?? line)
      endedAt = null
      sender = senderOf(row) ?? (row.startsWith('{1:') ? null : sender)
      if (row.includes('{2:')) isInterimHeader = /\{2:[IO]942/.test(row)
    },
    endOfMessage: line => void (endedAt = line),
    end() {
      finish(endedAt ?? lastLine)
      return count
    },
  }
}

/** Fields that begin no message. */
const GOES_ON: ReadonlySet<string> = new Set(['61', '86', 'NS', '62F', '62M', '64', '65', '90D', '90C'])

/** Fields that only a statement has; any of them begins one where none is under way. */
const STARTS: ReadonlySet<string> = new Set([
  '20',
  '25',
  '25P',
  '28',
  '28C',
  '60',
  '60F',
  '60M',
  '61',
  '34F',
  '62F',
  '62M',
])

/** A field that stands once, a second time: the end mark was left out, and with it perhaps field 20. */
function beginsAnother(statement: Statement, tag: string): boolean {
  if (tag === '61' || tag === '86') return false
  if (tag === '20') return true
  const isUnderWay =
    statement.opening !== null || statement.hasEntries || statement.pending !== null || statement.closedAt !== null
  if (tag === '25' || tag === '25P' || tag === '28' || tag === '28C') return isUnderWay
  return (tag === '60F' || tag === '60M') && isUnderWay
}

function apply(context: ParserContext, statement: Statement, tag: string, rows: readonly string[], line: number): void {
  const first = rows[0] ?? ''
  switch (tag) {
    case '61':
      startLine(context, statement, rows, line)
      return
    case '86':
      // After the closing balance the information is about the statement.
      if (statement.pending !== null) statement.pending.info = added(statement.pending.info, rows, tag, line)
      return
    case '20':
      statement.reference = cleaned(first)
      return
    case '25':
    case '25P':
      // A slash may go before an account number (PKO BP); it is no part of it.
      statement.account = cleaned(first.trim().replace(/^\/+/, ''))
      statement.bank = bankOf(statement.account) ?? (tag === '25P' ? cleaned(rows[1]) : null) ?? statement.bank
      return
    case '28':
    case '28C':
      statement.number = cleaned(first)
      return
    case '34F':
    case '13':
    case '13D':
      if (statement.opening === null) statement.isInterim = true
      statement.currency ??= tag === '34F' ? (/^[A-Z]{3}/.exec(first)?.[0] ?? null) : null
      return
    case '60':
    case '60F':
    case '60M':
      statement.opening = balance(context, tag, first, line)
      statement.currency = statement.opening?.currency ?? statement.currency
      statement.isInterim = false
      return
    case 'NS':
      if (statement.pending !== null) statement.pending.ns = added(statement.pending.ns, rows, tag, line)
      return
    case '62':
    case '62F':
    case '62M':
      flush(statement)
      statement.closing = balance(context, tag, first, line)
      statement.currency ??= statement.closing?.currency ?? null
      statement.closedAt = line
      return
    case '64':
    case '65':
    case '65F':
      balance(context, tag, first, line)
      return
    case '90D':
    case '90C':
      flush(statement)
      summary(context, statement, tag, first, line)
      return
    default:
  }
}

/** Several fields 86 of one line (Rabobank) are one text; endless ones would be an endless field. */
function added(known: readonly string[], rows: readonly string[], tag: string, line: number): readonly string[] {
  if (known.length === 0) return rows
  if (known.length + rows.length > MAX_ROWS) throw tooLong(line, `:${tag}:`)
  return [...known, ...rows]
}

function startLine(context: ParserContext, statement: Statement, rows: readonly string[], at: number): void {
  flush(statement)
  const line = readLine61(rows, statement.currency, at)
  if (line.isAmountUnusual)
    context.warn(
      'warning',
      'AMOUNT_NOT_STANDARD',
      at,
      `金额写法不合 SWIFT，读作 ${line.quantity.text} / the amount is not written as SWIFT has it: read as ${line.quantity.text}`,
    )
  if (line.isValueDateMoved)
    context.warn(
      'warning',
      'VALUE_DATE_MOVED',
      at,
      `起息日在日历上不存在（30/360 计息），记为 ${line.valueOn} / the value date is not in the calendar (months of 30 days): taken as ${line.valueOn}`,
    )
  if (line.isEntryDateUnreadable)
    context.warn(
      'warning',
      'DATE_UNREADABLE',
      at,
      '记账日不可读，用起息日 / the entry date cannot be read: the value date stands',
    )
  statement.pending = { line, at, info: NO_ROWS, ns: NO_ROWS }
}

/** Passes the line under way on, when all its fields are read. */
function flush(statement: Statement): void {
  const { pending } = statement
  if (pending === null) return
  statement.pending = null
  statement.hasEntries = true
  const info = ofOther(pending.info.length > 0 ? readInfo(pending.info) : readNs(pending.ns), statement)
  const entry = entryOf(pending.line, info, statement.currency, statement.isInterim)
  const { quantity } = pending.line
  const isOut = isMoneyOut(pending.line)
  if (statement.isInterim) tally(statement.counts[isOut ? 'D' : 'C'], quantity)
  statement.ledger.entry(entry, isOut ? -quantity.units : quantity.units, pending.at)
}

/** The other party is never the account itself, though some banks put its number there. */
function ofOther(info: Info, { account, bank }: Statement): Info {
  if (info.account === null || account === null || (info.bank !== null && info.bank !== bank)) return info
  const own = account.slice(account.lastIndexOf('/') + 1)
  return info.account === own ? { ...info, account: null, bank: null } : info
}

function tally(side: { count: number; units: bigint }, quantity: Quantity): void {
  side.count++
  side.units += quantity.units
}

function close({ warn }: ParserContext, statement: Statement, line: number): void {
  if (statement.account === null)
    warn('warning', 'FIELD_MISSING', line, '对账单没有 :25: 账号 / the statement has no account (:25:)')
  if (!statement.isInterim && statement.closedAt === null)
    warn(
      'error',
      'STATEMENT_UNFINISHED',
      line,
      `账户 ${statement.account ?? '?'} 的对账单没有期末余额 :62F:，可能被截断 / the statement of account ${statement.account ?? '?'} has no closing balance (:62F:): it may be cut off`,
    )
  statement.ledger.end(headOf(statement), statement.opening, statement.closing, statement.closedAt ?? line)
}

function headOf(statement: Statement): Omit<StatementHead, 'opening'> {
  const { account, bank, currency, number, reference } = statement
  return { account, bank, currency, number, reference }
}

function balanceShown(balance: Balance | null): StatementHead['opening'] {
  if (balance === null) return null
  const sign = balance.isDebit && balance.quantity.units !== 0n ? '-' : ''
  return { on: balance.on, amount: `${sign}${balance.quantity.text}` }
}

function balance({ warn }: ParserContext, tag: string, text: string, line: number): Balance | null {
  const read = readBalance(text)
  const severity = tag.startsWith('6') && tag < '63' ? 'error' : 'warning'
  if (read === null)
    warn(
      severity,
      'BALANCE_UNREADABLE',
      line,
      `:${tag}: 余额不可读：${quoted(text)} / the balance :${tag}: cannot be read: ${quoted(text)}`,
    )
  else if (read.on === null)
    warn('warning', 'DATE_UNREADABLE', line, `日期不可读 / a date cannot be read: ${quoted(text)}`)
  return read
}

/** Fields 90D and 90C of MT942 count and add the entries up. */
function summary({ warn }: ParserContext, statement: Statement, tag: string, text: string, line: number): void {
  const read = readSummary(text)
  const side = statement.counts[tag === '90D' ? 'D' : 'C']
  if (read === null || (read.count === side.count && read.quantity.units === side.units)) return
  warn(
    'error',
    'SUMMARY_GAP',
    line,
    `:${tag}: 声明 ${read.count} 笔 ${read.quantity.text}，实有 ${side.count} 笔 / :${tag}: says ${read.count} entries of ${read.quantity.text}, the message holds ${side.count} that do not add up to it`,
  )
}

/** `bank code/account`: the German bank code, a BIC or a name before the slash. */
function bankOf(account: string | null): string | null {
  const slash = account?.indexOf('/') ?? -1
  return account !== null && slash > 0 ? account.slice(0, slash) : null
}

/** The bank that sent the message: block 1 of what a customer sends out (I), block 2 of what it received (O). */
function senderOf(row: string): string | null {
  const output = /\{2:O9\d\d\d{10}([A-Z]{4}[A-Z]{2}[A-Z0-9]{2})/.exec(row)
  if (output) return output[1] ?? null
  return /\{1:(?:[AFL]\d\d|\d\d)([A-Z]{4}[A-Z]{2}[A-Z0-9]{2})/.exec(row)?.[1] ?? null
}
