// The statement of the simulated SPDB: rows by beginNumber, none when there are no more (banks/spdb §5).

import { addDays, compactDayOf, compactTimeOf, dayFromCompact, midnightOf } from '../engine/bank-time'
import type { Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import { leaves, textOf } from '../engine/xml'
import { listsElement, type Answer } from './message'
import { refused, yuan, type Request, type Spdb } from './operation'

export function queryStatement(spdb: Spdb, { packet, body }: Request): Answer {
  const { context, protocol } = spdb
  const get = (name: string): string => textOf(body, name)
  const account = context.book.account(context.bank, get('acctNo'))
  if (!account || !isUsableBy(account, packet.masterId)) return refused(spdb, 'payer-unknown', '账号不存在')
  const [from, to] = [dayFromCompact(get('dateBeginDate')), dayFromCompact(get('dateEndDate'))]
  if (from === null || to === null || from > to) return refused(spdb, 'invalid-field', 'dateBeginDate/dateEndDate')
  if (!/^[1-9]\d{0,2}$/.test(get('queryNumber'))) return refused(spdb, 'invalid-field', 'queryNumber')
  if (!/^[1-9]\d{0,8}$/.test(get('beginNumber'))) return refused(spdb, 'invalid-field', 'beginNumber')
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1)))
  const ordered = protocol.statementOrder === 'descending' ? rows.toReversed() : rows
  const start = Number(get('beginNumber')) - 1
  const page = ordered.slice(start, start + Math.min(Number(get('queryNumber')), protocol.pageMax))
  if (page.length === 0 && protocol.emptyList === 'code') return refused(spdb, 'empty-list', '无明细')
  return {
    body:
      leaves({ totalNumber: String(rows.length), acctNo: account.record.account, currency: '01', masterName: '' }) +
      listsElement(page.map(row => rowElement(spdb, row))),
  }
}

export const SUMMONS = '1'

export function journalOf({ posting }: Row): string {
  return `J${String(posting.id).padStart(10, '0')}`
}

function rowElement(spdb: Spdb, row: Row): string {
  const { posting } = row
  const { flagIn, flagOut } = spdb.protocol
  const atMs = Math.floor(posting.atUs / 1000)
  const other = counterpartyOf(row)
  return leaves({
    transDate: compactDayOf(atMs),
    transTime: compactTimeOf(atMs),
    tellerJnlNo: journalOf(row),
    summonsNumber: SUMMONS,
    debitFlag: row.direction === 'out' ? flagOut : flagIn,
    transAmount: yuan(row.amount),
    acctBalance: yuan(row.balanceAfter),
    subAccount: other.account,
    subAcctName: other.name,
    oppositeBankNo: other.cnaps,
    oppositeBankName: other.bankName,
    remark: posting.purpose,
    summaryCode: posting.type,
    businessCode: '',
    uniqueIdentification: `U${String(posting.id).padStart(12, '0')}${row.direction === 'out' ? 'D' : 'C'}`,
    oldElecChequeNo: chequeNoOf(spdb, row),
    customerNote: posting.postscript,
    backReason: isReturn(row) ? '人行退票' : '',
  })
}

/** On the payer's rows only. */
function chequeNoOf({ context }: Spdb, row: Row): string {
  const { payment } = row.posting
  return payment === null || !isPayersRow(row) ? '' : (context.book.payments.get(payment)?.record.item ?? '')
}
