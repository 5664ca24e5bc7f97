// An account's statement, a part of the range a call: today by 310201, days before it by 310301 (banks/bcm §5). The cursor says where
// to go on in another process. A row that lacks its day, amount or direction is refused by name: a line made up would be booked.

import { addDays, bankDay } from '../../connector/core/bank-time'
import type { DateRange, Money, Page, StatementLine } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element } from '../shared/xml'
import { clockOf, dayOf, money, tableRows, type Reply } from './codec'
import { referenceIn } from './codec-payment'
import { describeCode, extraOutcome, problem, type ProblemCode } from './codes'
import { accountOf, type BcmConfig } from './config'
import { faultOf, type Front } from './exchange'

/** The columns of 310201 and 310301, in order. */
const COLUMNS = [
  ...['状态', '交易日期', '交易时间', '业务类型', '流水号', '流水序号', '账号', '户名', '收支标志', '币种', '交易金额'],
  ...[
    '余额',
    '可用余额',
    '对方账号',
    '对方户名',
    '对方地址',
    '对方开户行行号',
    '对方开户行行名',
    '票据种类',
    '票据号码',
  ],
  ...['票据名称', '票据签发日期', '附言', '备注'],
] as const

type Part = { readonly from: string; readonly to: string; readonly isToday: boolean }

export async function statementPage(
  front: Front,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const { config, clock } = front
  if (!accountOf(config, account)) throw fault('bcm.unknown_account', maskedAccount(account))
  if (!isDay(range.from) || !isDay(range.to) || range.from > range.to)
    throw fault('bcm.range', `${range.from.slice(0, 10)}..${range.to.slice(0, 10)}`)
  const today = bankDay(clock.now())
  const from = after === null ? range.from : resumed(after, range)
  const part = partFrom(from, range, today, config.statementDays)
  if (part === null) return { items: [], next: null }
  const fields = part.isToday ? [] : [['start_date', part.from] as const, ['end_date', part.to] as const]
  const body = () => [element('acno', account), ...fields.map(([name, day]) => element(name, day.replaceAll('-', '')))]
  const answer = await front.ask(part.isToday ? '310201' : '310301', body, signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const lines = linesOf(answer.reply, account, config)
  const next = partFrom(addDays(part.to, 1), range, today, config.statementDays)
  return {
    // The bank's accounting day may hold rows stamped otherwise (banks/README §5.5): they belong to their own day's question.
    items: lines.filter(({ bookedOn }) => bookedOn >= part.from && bookedOn <= part.to),
    next: next && next.from,
  }
}

function linesOf(reply: Reply, account: string, config: BcmConfig): readonly StatementLine[] {
  const { code, text } = reply
  if (!reply.isOk) {
    if (extraOutcome(code, 'statement', config.codes) === 'empty') return []
    throw new Fault(code, describeCode(code, 'statement', text, config.codes))
  }
  const rows = tableRows(reply.body, COLUMNS.length)
  if ('reason' in rows) throw faultOf(rows)
  const lines = rows.map((row, index) => readLine(row, index + 1, account, config))
  const ids = lines.flatMap(({ bankId }) => bankId ?? [])
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  // Two rows under one id would be taken for one.
  if (twice !== undefined) throw fault('bcm.row', `${maskedAccount(account)} 流水号 ${twice.slice(0, 60)} × 2`)
  return lines
}

/** @throws Fault naming the row and what it lacks. `position` is the row's number in the answer. */
function readLine(row: readonly string[], position: number, account: string, config: BcmConfig): StatementLine {
  const get = (name: (typeof COLUMNS)[number]): string => row[COLUMNS.indexOf(name)] ?? ''
  const fail = (what: string): never => {
    throw fault('bcm.row', `${maskedAccount(account)} #${position} 流水号 ${get('流水号').slice(0, 30)}: ${what}`)
  }
  const amountAt = (name: '交易金额' | '余额'): Money | null => {
    const found = money(get(name))
    return typeof found === 'string' ? fail(`${name} ${found}`) : found
  }
  if (get('账号') !== account) fail('账号')
  if (!config.currencyWords.includes(get('币种'))) fail(`币种 ${get('币种').slice(0, 10)}`)
  const bookedOn = dayOf(get('交易日期')) ?? fail(`交易日期 ${JSON.stringify(get('交易日期').slice(0, 20))}`)
  const size = amountAt('交易金额') ?? fail('交易金额 is missing')
  // Amounts stand beside a direction: a sign would have a meaning that nobody has published.
  if (size.minor < 0n) fail('交易金额 is negative')
  const flag = get('收支标志')
  const isOut = flag === config.direction.out
  if (!isOut && flag !== config.direction.in) fail(`收支标志 ${JSON.stringify(flag.slice(0, 10))}: 核对 direction`)
  const amount = isOut ? { minor: -size.minor, currency: 'CNY' } : size
  const [serial, number] = [get('流水号'), get('流水序号')]
  const texts = [get('附言'), get('备注')]
  // Free text is written by whoever paid: on money that left, it is our own.
  const isReversal = !isOut && config.reversalWords.some(word => texts.some(text => text.includes(word)))
  return {
    // 流水号 and 流水序号 with the day [inferred]; with side and amount, for a serial may book a payment and its fee.
    bankId: serial === '' ? null : [bookedOn.replaceAll('-', ''), serial, number, amount.minor].join('-'),
    bookedOn,
    bookedTime: clockOf(get('交易时间')),
    valueOn: null,
    amount,
    balanceAfter: amountAt('余额'),
    counterAccount: get('对方账号'),
    counterName: get('对方户名'),
    counterBank: get('对方开户行行名'),
    purpose: get('附言'),
    text: get('备注'),
    // A payee's line shows its payer's words: only what left, or came back, carries a reference of ours.
    reference: isOut || isReversal ? texts.map(referenceIn).find(found => found !== '') || '' : '',
    bankSerial: serial,
    isReversal,
    type: get('业务类型'),
    receiptKey: '',
  }
}

/** The part of the range that begins on a day: today is apart. Null after today, and after the range. */
function partFrom(from: string, range: DateRange, today: string, days: number): Part | null {
  if (from > range.to || from > today) return null
  if (from === today) return { from, to: from, isToday: true }
  const ends = [range.to, addDays(today, -1), addDays(from, days - 1)]
  return { from, to: ends.reduce((a, b) => (a < b ? a : b)), isToday: false }
}

/** The first day that is still to be asked for. @throws Fault for a cursor that is not of this range. */
function resumed(after: string, range: DateRange): string {
  if (!isDay(after) || after < range.from || after > range.to) throw fault('bcm.cursor', after.slice(0, 60))
  return after
}

function isDay(day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day) === day
}

function fault(code: ProblemCode, detail: string): Fault {
  return faultOf(problem(code, detail))
}
