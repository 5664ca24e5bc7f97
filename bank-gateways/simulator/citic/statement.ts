// DLTRNALL of the simulated CITIC: rows of at most 92 days by startRecord, never more than 20 a page (banks/citic §5).

import { parseAmount } from '../../../connector/core/money'
import { addDays, compactDayOf, compactTimeOf, dayFromCompact, midnightOf } from '../engine/bank-time'
import type { Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import { leaves, textOf, type XmlElement } from '../engine/xml'
import { listElement, statusElements, type Message } from './message'
import { ok, reasonStatus, refused, yuan, type Answer, type Citic } from './operation'

const DAYS_MAX = 92

export function queryStatement(citic: Citic, { body, userName }: Message): Answer {
  const { context, protocol } = citic
  const account = context.book.account(context.bank, textOf(body, 'accountNo'))
  if (!account || !isUsableBy(account, userName)) return statusElements(reasonStatus(protocol, 'payer-unknown', ''))
  const bad = badField(body)
  if (bad !== null) return refused(citic, 'invalid-field', bad)
  const [from, to] = [dayFromCompact(textOf(body, 'startDate')), dayFromCompact(textOf(body, 'endDate'))]
  if (from === null || to === null || from > to) return refused(citic, 'invalid-field', 'startDate/endDate')
  if (to >= addDays(from, DAYS_MAX)) return refused(citic, 'invalid-field', `起止日期超过 ${DAYS_MAX} 天`)
  const wanted = amountsAsked(body)
  if (!wanted) return refused(citic, 'invalid-field', 'lowAmount/upAmount')
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1))).filter(row => wanted(row.amount))
  if (rows.length === 0 && protocol.emptyList === 'code') return refused(citic, 'empty-list', '无明细')
  const ordered = protocol.statementOrder === 'descending' ? rows.toReversed() : rows
  const start = Number(textOf(body, 'startRecord')) - 1
  const page = ordered.slice(start, start + Math.min(Number(textOf(body, 'pageNumber')), protocol.pageMax))
  const isExtended = textOf(body, 'controlFlag') === '1'
  return (
    statusElements(ok(citic)) +
    leaves({ totalRecords: String(rows.length), returnRecords: String(page.length) }) +
    listElement(page.map(row => rowElement(citic, row, isExtended)))
  )
}

function badField(body: XmlElement): string | null {
  const rules: readonly (readonly [string, RegExp])[] = [
    ['pageNumber', /^([1-9]|1\d|20)$/],
    ['startRecord', /^[1-9]\d{0,3}$/],
    ['controlFlag', /^[0-7]?$/],
  ]
  return rules.find(([name, shape]) => !shape.test(textOf(body, name)))?.[0] ?? null
}

function amountsAsked(body: XmlElement): ((amount: bigint) => boolean) | null {
  const [low, up] = ['lowAmount', 'upAmount'].map(name => {
    const text = textOf(body, name)
    return text === '' ? null : parseAmount(text, 'CNY')
  })
  if (typeof low === 'string' || typeof up === 'string') return null
  return amount => (!low || amount >= low.minor) && (!up || amount <= up.minor)
}

function rowElement(citic: Citic, row: Row, isExtended: boolean): string {
  const { posting } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const other = counterpartyOf(row)
  const isBack = isReturn(row)
  return leaves({
    tranDate: compactDayOf(atMs),
    tranTime: compactTimeOf(atMs),
    tranNo: tranNoOfRow(row),
    sumTranNo: String(posting.id).padStart(13, '0'),
    tranAmount: yuan(row.amount),
    creditDebitFlag: row.direction === 'out' ? 'D' : 'C',
    oppAccountNo: other.account,
    oppAccountName: other.name,
    oppOpenBankName: other.bankName,
    abstract: posting.purpose,
    cashTransferFlag: '1',
    opId: '',
    opName: '',
    ckId: '',
    ckName: '',
    balance: yuan(row.balanceAfter),
    valueDate: compactDayOf(atMs),
    hostTranCode: HOST_CODES[posting.type],
    e3rtDate: isBack ? compactDayOf(atMs) : '',
    e3rtFlag: isBack ? '0' : '1',
    ...(isExtended ? { chkNum: chkNumOf(citic, row), rlTranNo: '', rfTranDt: '', rfTranNo: '' } : {}),
    subAcccNo: '',
    hostTranDesc: HOST_WORDS[posting.type],
  })
}

const HOST_CODES: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: 'S100',
  arrival: 'S200',
  return: 'S300',
  'return-arrival': 'S300',
  deposit: 'S200',
  fee: 'S400',
  interest: 'S500',
}

const HOST_WORDS: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: '转账支出',
  arrival: '转账收入',
  return: '退汇',
  'return-arrival': '退汇',
  deposit: '转账收入',
  fee: '收费',
  interest: '结息',
}

/** C14, one for each side of a posting. */
export function tranNoOfRow({ posting, direction }: Row): string {
  return `T${String(posting.id).padStart(12, '0')}${direction === 'out' ? 'D' : 'C'}`
}

/** The payer's own 对账编号, on the payer's rows only. */
export function chkNumOf({ context }: Citic, row: Row): string {
  const { payment } = row.posting
  if (payment === null || !isPayersRow(row)) return ''
  return context.book.payments.get(payment)?.record.fields['chkNum'] ?? ''
}
