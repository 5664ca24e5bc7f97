// Receipts of the simulated SPDB: an application lists the rows it is for, the file host hands out the file behind the packet
// about a minute later (banks/spdb §6).

import { addDays, compactDayOf, compactTimeOf, dayFromCompact, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { receiptPdf } from '../engine/pdf'
import { counterpartyOf, partyOf, rowsBetween } from '../engine/postings'
import { leaves, textOf } from '../engine/xml'
import { listsElement, type Answer } from './message'
import { refused, yuan, type Request, type Spdb } from './operation'
import { journalOf, SUMMONS } from './statement'

const TOPIC = 'receipt-application'

export function applyForReceipt(spdb: Spdb, request: Request): Answer {
  const { context } = spdb
  const get = (name: string): string => textOf(request.body, name)
  const account = accountOf(spdb, request)
  if (!account) return refused(spdb, 'payer-unknown', '账号不存在')
  const [from, to] = [dayFromCompact(get('beginDate')), dayFromCompact(get('endDate'))]
  if (from === null || to === null || from > to) return refused(spdb, 'invalid-field', 'beginDate/endDate')
  if (get('billDownloadChanel') !== '1') return refused(spdb, 'invalid-field', 'billDownloadChanel')
  if (get('singleOrBatchFlag') !== '0') return refused(spdb, 'invalid-field', 'singleOrBatchFlag')
  if (!/^[1-9]\d{0,2}$/.test(get('queryNumber')) || !/^[1-9]\d{0,8}$/.test(get('beginNumber')))
    return refused(spdb, 'invalid-field', 'queryNumber/beginNumber')
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1))).filter(
    row => journalOf(row) === get('backhostGyno') && get('subpoenaSeqNo') === SUMMONS,
  )
  const start = Number(get('beginNumber')) - 1
  const page = rows.slice(start, start + Number(get('queryNumber')))
  const data = { at: String(context.clock.now()) }
  for (const row of page)
    context.book.add({ kind: 'note', bank: context.bank, topic: TOPIC, key: acceptNoOf(row), data })
  return { body: leaves({ totalNumber: String(rows.length) }) + listsElement(page.map(rowElement)) }
}

export function handOutReceipt(spdb: Spdb, request: Request): Answer {
  const { context, protocol } = spdb
  const account = accountOf(spdb, request)
  if (!account) return refused(spdb, 'payer-unknown', '账号不存在')
  if (textOf(request.body, 'fileDownloadFlag') !== '1') return refused(spdb, 'invalid-field', 'fileDownloadFlag')
  const acceptNo = textOf(request.body, 'fileDownloadPar')
  const applied = context.book.notes(context.bank, TOPIC, acceptNo)[0]
  const row = account.rows.find(one => acceptNoOf(one) === acceptNo)
  if (!row || !applied) return refused(spdb, 'invalid-field', 'fileDownloadPar')
  const isReady = context.clock.now() >= Number(applied.data['at']) + protocol.receiptDelayMs
  if (!isReady) return refused(spdb, 'invalid-field', '回单未生成')
  return { body: leaves({ fileDownloadPar: acceptNo }), file: pdfOf(account, row) }
}

function accountOf({ context }: Spdb, { packet, body }: Request): Account | null {
  const account = context.book.account(context.bank, textOf(body, 'acctNo'))
  return account && isUsableBy(account, packet.masterId) ? account : null
}

function acceptNoOf(row: Row): string {
  return `R${journalOf(row).slice(1)}${row.direction === 'out' ? 'D' : 'C'}`
}

function rowElement(row: Row): string {
  const other = counterpartyOf(row)
  return leaves({
    acceptNo: acceptNoOf(row),
    result: '0',
    resultMsg: '',
    oppositeAcctNo: other.account,
    oppositeBankNo: other.cnaps,
    debitFlag: row.direction === 'out' ? '0' : '1',
    backhostGyno: journalOf(row),
    subpoenaSeqNo: SUMMONS,
    transDate: compactDayOf(Math.floor(row.posting.atUs / 1000)),
    transAmount: yuan(row.amount),
  })
}

function pdfOf(account: Account, row: Row): Uint8Array {
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  const atMs = Math.floor(row.posting.atUs / 1000)
  return receiptPdf('浦发银行 电子回单(模拟)', [
    ['回单编号', acceptNoOf(row)],
    ['柜员流水', journalOf(row)],
    ['交易日期', `${compactDayOf(atMs)} ${compactTimeOf(atMs)}`],
    ['付款人账号', payer.account],
    ['付款人名称', payer.name],
    ['收款人账号', payee.account],
    ['收款人名称', payee.name],
    ['金额', `CNY ${yuan(row.amount)}`],
    ['摘要', row.posting.purpose],
  ])
}
