// SCUSTSTMTTRNRQ of the simulated CIB: balance, and rows of one day or of days before today, by page (banks/cib §4).

import { addDays, compactDayOf, dayOf, isDay, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import type { Disturbance } from '../engine/faults'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, isReturn, rowsBetween } from '../engine/postings'
import { box, childOf, leaf, leaves, textOf, type XmlElement } from '../engine/xml'
import { orderProblem, timeOf, type Answer, type Message } from './message'
import { answer, listWithMore, ok, status, yuan, type Cib } from './operation'

const SCUSTSTMTRQ = ['VERSION?', 'ACCTFROM', 'INCTRAN?', 'SELTYPE?']
const INCTRAN = ['DTSTART', 'DTEND', 'PAGE', 'TRNTYPE']

export function queryStatement(cib: Cib, message: Message, disturbance: Disturbance): Answer {
  const { context, protocol } = cib
  const say = (state: ReturnType<typeof status>, inner = ''): Answer => answer(message, state, inner, disturbance)
  const request = childOf(message.body, 'SCUSTSTMTRQ')
  const inctran = childOf(request, 'INCTRAN')
  const misplaced = request
    ? (orderProblem(request, SCUSTSTMTRQ) ?? (inctran && orderProblem(inctran, INCTRAN)))
    : 'SCUSTSTMTRQ'
  if (!request || misplaced !== null) return say(status(cib, 'bad-message', `节点 ${misplaced}`))
  const account = context.book.account(context.bank, textOf(childOf(request, 'ACCTFROM'), 'ACCTID'))
  if (!account || !isUsableBy(account, textOf(message.signOn, 'CID')))
    return say(status(cib, 'payer-unknown', '账号不存在'))
  const bad = fieldProblem(cib, request, inctran)
  if (bad !== null) return say(status(cib, 'invalid-field', bad))
  if (!inctran) return say(ok(cib), bodyOf(cib, account, ''))
  const rows = rowsAsked(cib, account, inctran)
  if (rows.length === 0 && protocol.emptyList === 'code') return say(status(cib, 'no-rows', '无明细'))
  const start = (Number(textOf(inctran, 'PAGE')) - 1) * protocol.pageSize
  const page = rows.slice(start, start + protocol.pageSize)
  const isExtended = textOf(request, 'VERSION') === '2.0'
  const list = listWithMore(
    cib,
    'TRANLIST',
    start + page.length < rows.length ? 'Y' : 'N',
    leaf('DTSTART', textOf(inctran, 'DTSTART')) +
      leaf('DTEND', textOf(inctran, 'DTEND')) +
      page.map(row => rowElement(cib, account, row, isExtended)).join(''),
  )
  return say(ok(cib), bodyOf(cib, account, list))
}

function fieldProblem({ context, protocol }: Cib, request: XmlElement, inctran: XmlElement | null): string | null {
  if (!['', '2.0'].includes(textOf(request, 'VERSION'))) return 'VERSION'
  // 3 lists refunds alone: not simulated.
  if (!['', '1'].includes(textOf(request, 'SELTYPE'))) return 'SELTYPE'
  if (!inctran) return null
  const get = (name: string): string => textOf(inctran, name)
  const [from, to, today] = [get('DTSTART'), get('DTEND'), dayOf(context.clock.now())]
  if (!isDay(from) || !isDay(to) || from > to) return 'DTSTART/DTEND'
  if (from !== to && to >= today) return '历史查询不含当日'
  if (to >= addDays(from, protocol.historyDaysMax)) return '起止日期'
  if (!/^[1-9]\d{0,4}$/.test(get('PAGE'))) return 'PAGE'
  return ['0', '1', '2'].includes(get('TRNTYPE')) ? null : 'TRNTYPE'
}

function rowsAsked({ protocol }: Cib, account: Account, inctran: XmlElement): readonly Row[] {
  const [from, to] = [textOf(inctran, 'DTSTART'), textOf(inctran, 'DTEND')]
  const side = textOf(inctran, 'TRNTYPE')
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1))).filter(
    row => side === '2' || (side === '0') === isDebit(row),
  )
  return protocol.statementOrder === 'descending' ? rows.toReversed() : rows
}

/** What comes back is booked on the side it left by, in red. */
function isDebit(row: Row): boolean {
  return (row.direction === 'out') !== isReturn(row)
}

function bodyOf({ context, desk, protocol }: Cib, account: Account, list: string): string {
  const atMs = context.clock.now()
  const asOf = `${dayOf(atMs)}T${timeOf(atMs)}`
  return box(
    'SCUSTSTMTRS',
    leaf('CURDEF', protocol.currencyWord),
    box('ACCTFROM', leaf('ACCTID', account.record.account), leaf('NAME', account.record.name)),
    list,
    box('LEDGERBAL', leaf('BALAMT', yuan(account.balance)), leaf('DTASOF', asOf)),
    box('AVAILBAL', leaf('BALAMT', yuan(desk.book.availableOf(account))), leaf('DTASOF', asOf)),
  )
}

function rowElement(cib: Cib, account: Account, row: Row, isExtended: boolean): string {
  const { posting } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const other = counterpartyOf(row)
  const amount = isReturn(row) ? -row.amount : row.amount
  return box(
    'STMTTRN',
    leaves({
      MAINACCTNO: account.record.account,
      SUBNO: '',
      SRVRTID: `T${String(posting.id).padStart(9, '0')}`,
      TRNTYPE: isDebit(row) ? 'DEBIT' : 'CREDIT',
      TRNCODE: CODES[posting.type],
      DTACCT: `${dayOf(atMs)}T${timeOf(atMs)}`,
      TRNAMT: yuan(amount),
      BALAMT: yuan(row.balanceAfter),
      CURRENCY: cib.protocol.currencyWord,
      MEMO: `${WORDS[posting.type]}|${posting.purpose}`,
      CORRELATE_ACCTID: other.account,
      CORRELATE_NAME: other.name,
      CHEQUENUM: '',
      BILLTYPE: '',
      BILLNUMBER: '',
      CORRELATE_BANKNAME: other.bankName,
      CORRELATE_BANKCODE: other.cnaps,
      BUSINESSTYPE: '',
      ATTACHINFO: attachInfoOf(row),
      ...(isExtended ? extended(row) : {}),
    }),
  )
}

/** What version 2.0 adds. */
function extended(row: Row): Readonly<Record<string, string>> {
  const { posting } = row
  return {
    HXJYLSBH: `H${String(posting.id).padStart(11, '0')}`,
    SUMMNAME: WORDS[posting.type],
    SUMMDESC: '',
    PURPOSE: posting.purpose,
    BRANCHNO: '',
    CHANNELCODE: '',
    CASHFLAG: '1',
    CBBZ: isReturn(row) ? '1' : '0',
    BCZBZ: '0',
    ROUTECHOICE: '',
    BIZREF: '',
  }
}

/** Transaction date, voucher group and number in the group, one for each side of a posting (banks/cib §4). */
function attachInfoOf({ posting, direction }: Row): string {
  const day = compactDayOf(Math.floor(posting.atUs / 1000))
  return `${day}${String(posting.id).padStart(10, '0')}${direction === 'out' ? '0001' : '0002'}`
}

const CODES: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: 'S100',
  arrival: 'S200',
  return: 'S300',
  'return-arrival': 'S300',
  deposit: 'S200',
  fee: 'S400',
  interest: 'S500',
}

const WORDS: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: '汇款汇出',
  arrival: '汇款汇入',
  return: '退汇冲正',
  'return-arrival': '退汇冲正',
  deposit: '汇款汇入',
  fee: '收费',
  interest: '结息',
}
