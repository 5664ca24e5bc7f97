// 4013 (detail of today, or of days before it, by pages) and 4001 (balance) of the simulated Ping An (banks/pab §2, §5).

import { addDays, compactDayOf, compactTimeOf, dayFromCompact, dayOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { balanceBefore, counterpartyOf, isReturn, partyOf, rowsBetween } from '../engine/postings'
import { box, leaves, textOf } from '../engine/xml'
import type { Answer, Message } from './message'
import { hostTraceOf, ok, refused, yuan, type Pab } from './operation'

const DEFAULT_SIZE = 30
const TODAY_MAX = 100
const HISTORY_MAX = 1000

export function queryBalance(pab: Pab, { head, body }: Message): Answer {
  const { context, desk } = pab
  const account = context.book.account(context.bank, textOf(body, 'Account'))
  if (!account || !isUsableBy(account, head.mrchCode)) return refused(pab, 'payer-unknown', '账号不存在')
  if (!['', 'RMB'].includes(textOf(body, 'CcyCode'))) return refused(pab, 'invalid-field', 'CcyCode')
  if (!['', 'C', 'R'].includes(textOf(body, 'CcyType'))) return refused(pab, 'invalid-field', 'CcyType')
  return ok(
    pab,
    leaves({
      Account: account.record.account,
      CcyCode: 'RMB',
      CcyType: 'C',
      AccountName: account.record.name,
      Balance: yuan(desk.book.availableOf(account)),
      TotalAmount: yuan(account.balance),
      AccountType: '01',
      AccountStatus: 'A',
      BankName: account.record.bankName,
      LastBalance: yuan(balanceBefore(account, midnightOf(dayOf(context.clock.now())))),
      HoldBalance: yuan(account.frozen),
    }),
  )
}

export function queryStatement(pab: Pab, message: Message): Answer {
  const { context, protocol } = pab
  const get = (name: string): string => textOf(message.body, name)
  const account = context.book.account(context.bank, get('AcctNo'))
  if (!account || !isUsableBy(account, message.head.mrchCode)) return refused(pab, 'payer-unknown', '账号不存在')
  const [from, to] = [dayFromCompact(get('BeginDate')), dayFromCompact(get('EndDate'))]
  if (get('CcyCode') !== 'RMB') return refused(pab, 'invalid-field', 'CcyCode')
  if (from === null || to === null || from > to) return refused(pab, 'invalid-field', 'BeginDate/EndDate')
  const today = dayOf(context.clock.now())
  const isToday = from === today && to === today
  if (!isToday && to >= today) return refused(pab, 'invalid-field', '当日与历史须分开查询')
  const page = get('PageNo')
  const size = get('PageSize') || String(DEFAULT_SIZE)
  if (!/^[1-9]\d{0,8}$/.test(page)) return refused(pab, 'invalid-field', 'PageNo')
  if (!/^[1-9]\d{0,8}$/.test(size) || (!isToday && Number(size) > HISTORY_MAX)) {
    return refused(pab, 'invalid-field', 'PageSize')
  }
  if (!['', '001', '002'].includes(get('OrderMode'))) return refused(pab, 'invalid-field', 'OrderMode')
  const order = { '001': 'descending', '002': 'ascending' }[get('OrderMode')] ?? protocol.defaultOrder
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1)))
  const ordered = order === 'descending' ? rows.toReversed() : rows
  // "If PageSize > 100, the same as 100": of today's detail.
  const rowsAPage = isToday ? Math.min(Number(size), TODAY_MAX) : Number(size)
  const start = (Number(page) - 1) * rowsAPage
  const shown = ordered.slice(start, start + rowsAPage)
  if (shown.length === 0) return refused(pab, 'empty-list', '无明细')
  return ok(
    pab,
    leaves({
      AcctNo: get('AcctNo'),
      CcyCode: 'RMB',
      EndFlag: start + shown.length >= ordered.length ? 'Y' : 'N',
      Reserve: '',
      PageNo: page,
      PageRecCount: String(shown.length),
    }) + shown.map(row => rowElement(pab, account, row)).join(''),
  )
}

function rowElement({ protocol }: Pab, account: Account, row: Row): string {
  const { posting } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [out, into] = row.direction === 'out' ? [own, other] : [other, own]
  return box(
    'list',
    leaves({
      AcctDate: compactDayOf(atMs),
      TxTime: compactTimeOf(atMs),
      HostTrace: hostTraceOf(posting.id),
      BussSeqNo: `B${String(posting.id).padStart(15, '0')}`,
      ...(protocol.rowsHaveDetailSerial ? { DetailSerialNo: row.direction === 'out' ? '1' : '2' } : {}),
      OutNode: '',
      OutBankNo: out.cnaps,
      OutBankName: out.bankName,
      OutAcctNo: out.account,
      OutAcctName: out.name,
      CcyCode: 'RMB',
      TranAmount: yuan(row.amount),
      InNode: '',
      InBankNo: into.cnaps,
      InBankName: into.bankName,
      InAcctNo: into.account,
      InAcctName: into.name,
      DcFlag: row.direction === 'out' ? 'D' : 'C',
      AbstractStr: ABSTRACTS[posting.type],
      VoucherNo: '',
      TranFee: '0.00',
      PostFee: '0.00',
      AcctBalance: yuan(row.balanceAfter),
      Purpose: posting.purpose,
      AbstractStr_Desc: isReturn(row) ? protocol.returnWord : WORDS[posting.type],
      CVoucherNo: '',
      ProxyPayName: '',
      ProxyPayAcc: '',
      ProxyPayBankName: '',
      HostDate: compactDayOf(atMs),
      BeReverseFlag: '',
      Remark1: '',
      Remark2: '',
    }),
  )
}

const ABSTRACTS: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: 'TRS',
  arrival: 'TRS',
  return: 'RTN',
  'return-arrival': 'RTN',
  deposit: 'TRS',
  fee: 'FEE',
  interest: 'INT',
}

const WORDS: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: '转账',
  arrival: '转账',
  return: '退汇',
  'return-arrival': '退汇',
  deposit: '转账',
  fee: '收费',
  interest: '结息',
}
