// 6W0300 (history), 6W0400 (today) and 6WY101 (both): statement rows page by page. A later page is given only to who brings
// back the POSTSTR of the page before (banks/ccb §7).

import { addDays, compactTimeOf, dayFromCompact, dayOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { gbkBytesOf } from '../engine/charset'
import { counterpartyOf, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import { box, leaves, textOf } from '../engine/xml'
import { yuan } from './balance'
import type { Message, Returned } from './message'
import { ok, ownAccount, refused, refusedFor, type Ccb } from './operation'

/** Names of the elements in which the three queries differ. */
type Shape = {
  readonly account: string
  readonly page: string
  readonly from: string | null
  readonly to: string | null
}

const SHAPES: Readonly<Record<string, Shape>> = {
  '6W0300': { account: 'ACC_NO', page: 'START_PAGE', from: 'START_DATE', to: 'END_DATE' },
  '6W0400': { account: 'ACC_NO', page: 'STARTPAGE', from: null, to: null },
  '6WY101': { account: 'ACCNO1', page: 'PAGE', from: 'STARTDATE', to: 'ENDDATE' },
}

export function queryStatement(ccb: Ccb, message: Message): Returned {
  const { txCode } = message.head
  const shape = SHAPES[txCode]
  if (!shape) throw new Error(`no statement query ${txCode}`)
  const get = (name: string | null): string => (name === null ? '' : textOf(message.info, name))
  const account = ownAccount(ccb, message, get(shape.account))
  if (!account) return refusedFor(ccb, 'payer-unknown', '')
  const days = daysAsked(ccb, txCode, get(shape.from), get(shape.to))
  if (typeof days === 'string') return refused(ccb, 'invalid-field', days)
  if (!/^[1-9]\d{0,5}$/.test(get(shape.page))) return refused(ccb, 'invalid-field', shape.page)
  const page = Number(get(shape.page))
  const size = pageSize(ccb, txCode, get('TOTAL_RECORD'))
  if (size === null) return refused(ccb, 'invalid-field', 'TOTAL_RECORD')
  if (get('POSTSTR') !== postStr(page - 1, size)) return refused(ccb, 'invalid-field', 'POSTSTR')
  const booked = rowsBetween(account, midnightOf(days.from), midnightOf(addDays(days.to, 1)))
  const rows = ccb.protocol.statementOrder === 'descending' ? booked.toReversed() : booked
  if (rows.length === 0) return refused(ccb, 'no-rows', '该帐户无满足条件的明细')
  const shown = rows.slice((page - 1) * size, page * size)
  const counts = { page, pages: Math.ceil(rows.length / size), post: postStr(page, size) }
  return ok(ccb, txCode === '6WY101' ? newer(ccb, account, shown, counts) : classic(ccb, account, shown, counts))
}

/** What the client must bring back for the page after this one; nothing before the first. */
function postStr(page: number, size: number): string {
  return page === 0 ? '' : `P${size}-${page}`
}

function pageSize({ protocol }: Ccb, txCode: string, asked: string): number | null {
  if (txCode !== '6WY101') return protocol.pageRows
  if (asked === '') return 10
  return /^[1-9]\d{0,2}$/.test(asked) && Number(asked) <= 200 ? Number(asked) : null
}

function daysAsked({ context, protocol }: Ccb, txCode: string, from: string, to: string) {
  const today = dayOf(context.clock.now())
  if (txCode === '6W0400') return { from: today, to: today }
  const [first, last] = [dayFromCompact(from), dayFromCompact(to)]
  if (first === null || last === null || first > last) return 'START_DATE, END_DATE'
  const latest = txCode === '6WY101' || protocol.historyHoldsToday ? today : addDays(today, -1)
  return { from: first, to: last < latest ? last : latest }
}

// ----------------------------------------------------------------------------------------------------------------- rows

type Counts = { readonly page: number; readonly pages: number; readonly post: string }

function classic(ccb: Ccb, account: Account, rows: readonly Row[], { page, pages, post }: Counts): string {
  const head = leaves({
    ACC_NO: account.record.account,
    CUR_TYPE: '01',
    ACC_NAME: account.record.name,
    ACC_DEPT: account.record.bankName,
    ACC_STATUS: '正常',
    INTEREST_RATE: '0.2000',
    CUR_PAGE: String(page),
    PAGE_COUNT: String(pages),
    POSTSTR: post,
    REM1: '',
    REM2: '',
  })
  return head + rows.map(row => box('DETAIL', leaves(classicRow(ccb, row)))).join('')
}

function classicRow(ccb: Ccb, row: Row): Readonly<Record<string, string>> {
  const { posting } = row
  const other = counterpartyOf(row)
  const atMs = Math.floor(posting.atUs / 1000)
  return {
    CREDIT_TYPE: '',
    CREDIT_NO: creditNo(row),
    TRAN_DATE: dayOf(atMs).replaceAll('-', '/'),
    TRAN_TIME: compactTimeOf(atMs),
    ABSTRACT: cut(wordOf(ccb, row), 12),
    AMOUNT: yuan(row.amount),
    BALANCE: yuan(row.balanceAfter),
    dORc: row.direction === 'out' ? '0' : '1',
    ACC_NO1: other.account,
    ACC_NAME1: other.name,
    INDIVIDUAL1: '',
    INDIVIDUAL2: posting.purpose,
    PAY_SEQ_NUM: serialOf(ccb, row),
  }
}

function newer(ccb: Ccb, account: Account, rows: readonly Row[], { page, pages, post }: Counts): string {
  const head = leaves({
    ACCNO1: account.record.account,
    CURR_COD: '01',
    ACC_NAME: account.record.name,
    ACC_ORGAN: account.record.bankName,
    ACC_STATE: '正常',
    INTR: '0.2000',
    TOTAL_PAGE: String(pages),
    PAGE: String(page),
    POSTSTR: post,
    FLAG: '0',
    FILE_LOCSTR: '',
  })
  return head + box('DETAILLIST', rows.map(row => box('DETAILINFO', leaves(newerRow(ccb, row)))).join(''))
}

function newerRow(ccb: Ccb, row: Row): Readonly<Record<string, string>> {
  const { posting } = row
  const other = counterpartyOf(row)
  const atMs = Math.floor(posting.atUs / 1000)
  return {
    TRANDATE: dayOf(atMs).replaceAll('-', '/'),
    TRANTIME: compactTimeOf(atMs),
    CRE_TYP: '',
    CRE_NO: creditNo(row),
    MESSAGE: wordOf(ccb, row),
    AMT: yuan(row.amount),
    AMT1: yuan(row.balanceAfter),
    FLAG1: row.direction === 'out' ? '0' : '1',
    ACCNO2: other.account,
    ACC_NAME1: other.name,
    FLAG2: '',
    TRAN_FLOW: `F${String(posting.id).padStart(14, '0')}`,
    BFLOW: serialOf(ccb, row),
    DET_NO: String(posting.id),
    DET: posting.purpose,
  }
}

function creditNo({ posting }: Row): string {
  return String(posting.id).padStart(12, '0')
}

function wordOf({ protocol }: Ccb, row: Row): string {
  if (isReturn(row)) return protocol.returnWord
  const words = { fee: '收费', interest: '结息' } as const
  return row.posting.type === 'fee' || row.posting.type === 'interest' ? words[row.posting.type] : '转账'
}

/** The enterprise's own serial, on the payer's rows only. */
function serialOf({ context }: Ccb, row: Row): string {
  const { payment } = row.posting
  if (payment === null || !isPayersRow(row)) return ''
  const fields = context.book.payments.get(payment)?.record.fields
  return fields?.['cstPayNo'] || fields?.['sn'] || ''
}

function cut(text: string, maxBytes: number): string {
  let kept = ''
  for (const character of text) {
    if (gbkBytesOf(kept + character) > maxBytes) break
    kept += character
  }
  return kept
}
