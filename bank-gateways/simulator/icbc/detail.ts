// QPD (today) and QHISD (history): statement rows, paged by NextTag. A page's NextTag is the TimeStamp of its last row and
// comes back empty with the last page (banks/icbc §9–10).

import {
  addDays,
  compactDayOf,
  dayFromCompact,
  dayOf,
  instantOf,
  microTimeOf,
  midnightOf,
  timeOfDayMs,
} from '../engine/bank-time'
import type { Account, Payment, Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import { REASON_TEXT } from '../engine/reasons'
import { childOf, leaf, leaves, textOf, type XmlElement } from '../engine/xml'
import type { Envelope } from './envelope'
import { goodOutcome, type Outcome } from './reply'
import { objected, type Icbc, type Objection } from './operation'

export function queryToday(icbc: Icbc, envelope: Envelope): Outcome {
  const account = accountAsked(icbc, envelope)
  if ('code' in account) return objected(icbc, account)
  const nowMs = icbc.context.clock.now()
  const today = dayOf(nowMs)
  const until = icbc.protocol.todayHoldsYesterdayUntil
  const isEarly = until !== null && timeOfDayMs(nowMs) < instantOf(today, until) - midnightOf(today)
  const from = isEarly ? addDays(today, -1) : today
  const rows = within(account, from, today, envelope.input).toReversed()
  // Newest first, so a tag stands for everything older; one of a day that has passed since still ends the paging.
  const positionOf = (tag: string): number => {
    const next = rows.findIndex(row => timestampOf(row) < tag)
    return next < 0 ? rows.length : next
  }
  return page(icbc, envelope, account, rows, positionOf, row => todayRow(icbc, row, envelope.version))
}

export function queryHistory(icbc: Icbc, envelope: Envelope): Outcome {
  const account = accountAsked(icbc, envelope)
  if ('code' in account) return objected(icbc, account)
  const { input } = envelope
  const from = dayFromCompact(textOf(input, 'BeginDate'))
  const to = dayFromCompact(textOf(input, 'EndDate'))
  if (from === null || to === null || from > to)
    return objected(icbc, { code: 'invalid-field', text: 'BeginDate, EndDate' })
  if (textOf(input, 'MinAmt') === '' || textOf(input, 'MaxAmt') === '') {
    return objected(icbc, { code: 'invalid-field', text: 'MinAmt, MaxAmt' })
  }
  const rows = ordered(within(account, from, to, input), input, dayOf(icbc.context.clock.now()))
  const positionOf = (tag: string): number | null => {
    const last = rows.findIndex(row => timestampOf(row) === tag)
    return last < 0 ? null : last + 1
  }
  return page(icbc, envelope, account, rows, positionOf, row => historyRow(icbc, row))
}

/** DesByTime 1 = newest first, 0 or empty = ascending, absent = today newest first, then history ascending. */
function ordered(rows: readonly Row[], input: XmlElement, today: string): readonly Row[] {
  const asked = childOf(input, 'DesByTime')?.text.trim()
  if (asked === '1') return rows.toReversed()
  if (asked !== undefined) return rows
  const todayFromUs = midnightOf(today) * 1000
  return [
    ...rows.filter(row => row.posting.atUs >= todayFromUs).toReversed(),
    ...rows.filter(row => row.posting.atUs < todayFromUs),
  ]
}

// ------------------------------------------------------------------------------------------------------ what is asked for

function accountAsked({ context }: Icbc, { input, cis }: Envelope): Account | Objection {
  const invalid = (text: string): Objection => ({ code: 'invalid-field', text })
  const [min, max] = [textOf(input, 'MinAmt') || '0', textOf(input, 'MaxAmt') || '0']
  if (!/^\d{1,20}$/.test(min) || !/^\d{1,20}$/.test(max) || BigInt(min) > BigInt(max)) return invalid('MinAmt, MaxAmt')
  if (!['', '001', 'RMB'].includes(textOf(input, 'CurrType'))) return invalid('CurrType')
  if (!/^(\d{9})?$/.test(textOf(input, 'AcctSeq'))) return invalid('AcctSeq')
  const account = context.book.account(context.bank, textOf(input, 'AccNo'))
  if (account && isUsableBy(account, cis)) return account
  return { code: 'payer-unknown', text: REASON_TEXT['payer-unknown'] }
}

/** Rows of the days, oldest first, within the amounts; MinAmt = MaxAmt = 0 means all. */
function within(account: Account, from: string, to: string, input: XmlElement): readonly Row[] {
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1)))
  const [min, max] = [BigInt(textOf(input, 'MinAmt') || '0'), BigInt(textOf(input, 'MaxAmt') || '0')]
  return max === 0n ? rows : rows.filter(row => row.amount >= min && row.amount <= max)
}

const TAG = /^\d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d\.\d{6}$/

function page(
  icbc: Icbc,
  envelope: Envelope,
  account: Account,
  rows: readonly Row[],
  /** Where the page after the row with this TimeStamp begins; null when there is no such row. */
  positionOf: (tag: string) => number | null,
  render: (row: Row) => string,
): Outcome {
  const { input, version } = envelope
  const tag = textOf(input, 'NextTag')
  if (rows.length === 0 && icbc.protocol.emptyDetail === 'no-record') {
    return objected(icbc, { code: 'no-record', text: '没有符合条件的记录' })
  }
  const start = tag === '' ? 0 : TAG.test(tag) ? positionOf(tag) : null
  if (start === null) return objected(icbc, { code: 'invalid-field', text: 'NextTag' })
  const shown = rows.slice(start, start + icbc.nextPageSize(version))
  const last = shown.at(-1)
  const hasMore = start + shown.length < rows.length
  const head = {
    AccNo: account.record.account,
    AccName: account.record.name,
    CurrType: version === '0.0.0.1' ? 'RMB' : '001',
    AreaCode: textOf(input, 'AreaCode'),
    NextTag: last && hasMore ? timestampOf(last) : '',
    TotalNum: String(shown.length),
    RepReserved1: '',
    RepReserved2: '',
    ...(version === '0.0.1.0' ? { AcctSeq: textOf(input, 'AcctSeq') } : {}),
  }
  return goodOutcome(head, shown.map(render))
}

// ----------------------------------------------------------------------------------------------------------------- a row

/** `yyyy-MM-dd-HH.mm.ss.SSSSSS`, which also names the row. */
function timestampOf({ posting }: Row): string {
  return `${dayOf(Math.floor(posting.atUs / 1000))}-${microTimeOf(posting.atUs, '.')}`
}

/** `地区号|网点号|柜员号|主机流水号`. */
export function receiptIdOf(account: string, { posting }: Row): string {
  return `${account.slice(0, 4)}|00100|20001|${String(posting.id).padStart(6, '0')}`
}

function common(icbc: Icbc, row: Row): Record<string, string> {
  const { posting } = row
  const counter = counterpartyOf(row)
  const sent = sentWith(icbc, row)?.record.fields ?? {}
  return {
    VouhNo: '',
    RecipBkNo: counter.cnaps,
    RecipAccNo: counter.account,
    RecipName: counter.name,
    Summary: isReturn(row) ? '退汇' : (sent['Summary'] ?? ''),
    UseCN: posting.purpose,
    PostScript: posting.postscript,
    Ref: sent['Ref'] ?? '',
    Oref: sent['Oref'] ?? '',
    BusCode: sent['BusCode'] ?? '',
    EnSummary: sent['EnSummary'] ?? '',
  }
}

/** Our own references come back on the payer's rows only. */
function sentWith({ context }: Icbc, row: Row): Payment | null {
  const { payment } = row.posting
  return payment !== null && isPayersRow(row) ? (context.book.payments.get(payment) ?? null) : null
}

const TYPE_WORDS: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: '汇款',
  arrival: '汇款',
  return: '退汇',
  'return-arrival': '退汇',
  deposit: '汇款',
  fee: '手续费',
  interest: '利息',
}

function todayRow(icbc: Icbc, row: Row, version: Envelope['version']): string {
  const { posting } = row
  const account = ownAccountOf(row)
  const old = {
    Drcrf: row.direction === 'out' ? '1' : '2',
    Amount: row.amount.toString(),
    ...common(icbc, row),
    BusType: TYPE_WORDS[posting.type],
    CvouhType: '',
    AddInfo: '',
    TimeStamp: timestampOf(row),
    RepReserved3: receiptIdOf(account, row),
    RepReserved4: '',
  }
  return version === '0.0.0.1' ? leaves(old) : leaves(old) + newElements(icbc, row)
}

function newElements(icbc: Icbc, row: Row): string {
  const atMs = Math.floor(row.posting.atUs / 1000)
  const counter = counterpartyOf(row)
  const values = {
    UpDtranf: returnMark(icbc, row),
    ValueDate: dayOf(atMs),
    TrxCode: '',
    SequenceNo: String(row.posting.id),
    Cashf: '0',
    Remark: '',
    TradeDate: dayOf(atMs),
    TradeTime: microTimeOf(row.posting.atUs, '.').slice(0, 8),
    TradeLocation: '',
    TradeFee: '',
    RecBankName: counter.bankName,
    SubAcctSeq: '',
  }
  return leaves(values) + leaf('ReceiptInfo', receiptInfo(icbc, row)) + leaf('OnlySequence', onlySequenceOf(row))
}

function historyRow(icbc: Icbc, row: Row): string {
  const { posting } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const counter = counterpartyOf(row)
  const values = {
    Drcrf: row.direction === 'out' ? '1' : '2',
    DebitAmount: row.direction === 'out' ? row.amount.toString() : '',
    CreditAmount: row.direction === 'in' ? row.amount.toString() : '',
    Balance: row.balanceAfter.toString(),
    ...common(icbc, row),
    RecipBkName: counter.bankName,
    Date: dayOf(atMs),
    Time: timestampOf(row),
    BusType: TYPE_WORDS[posting.type],
    VouhType: '',
    AddInfo: '',
    Toutfo: receiptIdOf(ownAccountOf(row), row),
    OnlySequence: onlySequenceOf(row),
    UpDtranf: returnMark(icbc, row),
    ValueDate: dayOf(atMs),
    TrxCode: '',
    RecipBkName1: counter.bankName,
    RecipBkNo1: counter.cnaps,
    RefundMsg: isReturn(row) ? '退汇' : '',
    ReceiptInfo: receiptInfo(icbc, row),
    BusiDate: dayOf(atMs),
    BusiTime: microTimeOf(posting.atUs, '.').slice(0, 8),
  }
  return leaves(values)
}

function ownAccountOf(row: Row): string {
  const { debit, credit } = row.posting
  const id = row.direction === 'out' ? debit : credit
  return id.slice(id.indexOf('/') + 1)
}

function returnMark({ protocol }: Icbc, row: Row): string {
  return isReturn(row) ? protocol.returnMark : '0'
}

function onlySequenceOf(row: Row): string {
  const { posting, direction } = row
  return `${compactDayOf(Math.floor(posting.atUs / 1000))}${String(posting.id).padStart(12, '0')}${direction === 'out' ? 1 : 2}`
}

/** Escaped pseudo-XML with Chinese element names; 指令编号 = SerialNo-OrderNo (banks/icbc §9). */
function receiptInfo(icbc: Icbc, row: Row): string {
  const payment = sentWith(icbc, row)
  if (!payment) return ''
  const { batchSerial, item, fields } = payment.record
  return leaves({
    提交人: '',
    指令编号: `${batchSerial}-${item}`,
    流水号: String(row.posting.id),
    附言: row.posting.postscript,
    ERP业务编号: fields['ERPSqn'] ?? '',
  })
}
