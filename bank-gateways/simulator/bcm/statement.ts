// 310101 (balance), 310201 (today) and 310301 (history, at most so many days) as tables of titles and values (banks/bcm §5).

import { addDays, compactDayOf, compactTimeOf, dayFromCompact, dayOf, midnightOf } from '../engine/bank-time'
import type { Row } from '../engine/book'
import { counterpartyOf, isReturn, rowsBetween } from '../engine/postings'
import { textOf } from '../engine/xml'
import type { Message, Returned } from './message'
import { ok, ownAccount, refused, refusedFor, table, yuan, type Bcm } from './operation'

const BALANCE = [
  ...['户名', '账号', '币种', '余额', '可用余额', '开户日期', '账户类型', '开户行', '错误信息', '成功标志'],
]

export function queryBalance(bcm: Bcm, message: Message): Returned {
  const account = ownAccount(bcm, message, textOf(message.body, 'acno'))
  if (!account) return refusedFor(bcm, 'payer-unknown', '')
  const { record } = account
  const available = bcm.context.book.availableOf(account)
  const row = [record.name, record.account, 'CNY', yuan(account.balance), yuan(available), '20200101', '1']
  return ok(bcm, table(bcm, BALANCE, [[...row, record.bankName, '', '0']]))
}

const DETAIL = [
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
]

export function queryStatement(bcm: Bcm, message: Message): Returned {
  const account = ownAccount(bcm, message, textOf(message.body, 'acno'))
  if (!account) return refusedFor(bcm, 'payer-unknown', '')
  const days = daysAsked(bcm, message)
  if (days === null) return refused(bcm, 'invalid-field', 'start_date, end_date')
  const booked = rowsBetween(account, midnightOf(days.from), midnightOf(addDays(days.to, 1)))
  const rows = bcm.protocol.statementOrder === 'descending' ? booked.toReversed() : booked
  const own = { account: account.record.account, name: account.record.name }
  return ok(
    bcm,
    table(
      bcm,
      DETAIL,
      rows.map(row => valuesOf(bcm, own, row)),
    ),
  )
}

function daysAsked({ context, protocol }: Bcm, { head, body }: Message) {
  const today = dayOf(context.clock.now())
  if (head.trCode === '310201') return { from: today, to: today }
  const [from, to] = [dayFromCompact(textOf(body, 'start_date')), dayFromCompact(textOf(body, 'end_date'))]
  if (from === null || to === null || from > to || to >= addDays(from, protocol.historyDaysMax)) return null
  const latest = protocol.historyHoldsToday ? today : addDays(today, -1)
  return { from, to: to < latest ? to : latest }
}

type Own = { readonly account: string; readonly name: string }

function valuesOf({ protocol }: Bcm, own: Own, row: Row): readonly string[] {
  const { posting } = row
  const other = counterpartyOf(row)
  const atMs = Math.floor(posting.atUs / 1000)
  return [
    '0',
    compactDayOf(atMs),
    compactTimeOf(atMs),
    posting.type === 'fee' ? '收费' : posting.type === 'interest' ? '结息' : '转账',
    `B${String(posting.id).padStart(11, '0')}`,
    row.direction === 'out' ? '1' : '2',
    own.account,
    own.name,
    row.direction === 'out' ? protocol.outFlag : protocol.inFlag,
    'CNY',
    yuan(row.amount),
    yuan(row.balanceAfter),
    yuan(row.balanceAfter),
    other.account,
    other.name,
    '',
    other.cnaps,
    other.bankName,
    '',
    '',
    '',
    '',
    posting.purpose,
    isReturn(row) ? protocol.returnWord : '',
  ]
}
