// b2e005023 lists receipts (OperationType 0) and makes the file of one (1); downloadFile.do brings it (banks/ceb §4).

import { parseAmount } from '../../../connector/core/money'
import { addDays, compactDayOf, dayFromCompact, dayOf, microTimeOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { receiptPdf } from '../engine/pdf'
import { counterpartyOf, partyOf, rowsBetween } from '../engine/postings'
import { box, leaves, textOf, type XmlElement } from '../engine/xml'
import { statusElements, type Message } from './message'
import { ok, refused, yuan, type Answer, type Ceb } from './operation'

export function receipts(ceb: Ceb, { items, cifNo }: Message): Answer {
  const { context, protocol } = ceb
  const [item, ...more] = items
  if (!item || more.length > 0) return refused(ceb, 'too-many', '记录条数')
  const account = context.book.account(context.bank, textOf(item, 'ActNo'))
  if (!account || !isUsableBy(account, cifNo)) return refused(ceb, 'payer-unknown', 'ActNo')
  const rows = rowsAsked(ceb, account, item)
  if (typeof rows === 'string') return refused(ceb, 'invalid-field', rows)
  if (textOf(item, 'OperationType') === '1') {
    const row = rows.find(one => billOf(one) === textOf(item, 'BillNumber'))
    if (!row) return refused(ceb, 'invalid-field', 'BillNumber')
    const made = leaves({ BillNumber: billOf(row), [protocol.fileNameElement]: fileOf(account, row) })
    return statusElements(ok(ceb)) + box('RespData', made)
  }
  if (rows.length === 0 && protocol.emptyList === 'code') return refused(ceb, 'empty-list', '无回单')
  const start = Number(textOf(item, 'BeginNum')) - 1
  const page = rows.slice(start, start + Number(textOf(item, 'QueryNum'))).map(row => box('RespData', listed(row)))
  // "A single row is not an array" (banks/ceb §4).
  return statusElements(ok(ceb)) + (page.length === 1 ? page.join('') : box('BatchRespList', ...page))
}

/** The rows asked for, or the field that is wrong. */
function rowsAsked({ context }: Ceb, account: Account, item: XmlElement): readonly Row[] | string {
  const get = (name: string): string => textOf(item, name)
  if (get('ClientPatchID') === '') return 'ClientPatchID'
  if (!['0', '1'].includes(get('OperationType'))) return 'OperationType'
  if (!/^[1-9]\d{0,6}$/.test(get('BeginNum'))) return 'BeginNum'
  if (!/^([1-9]|[1-4]\d|50)$/.test(get('QueryNum'))) return 'QueryNum'
  const [from, to] = [dayFromCompact(get('BeginDate')), dayFromCompact(get('EndDate'))]
  if (from === null || to === null || from > to || to > dayOf(context.clock.now())) return 'BeginDate/EndDate'
  const [min, max] = [parseAmount(get('BeginAmount') || '0', 'CNY'), parseAmount(get('EndAmount') || '0', 'CNY')]
  if (typeof min === 'string' || typeof max === 'string') return 'BeginAmount/EndAmount'
  return rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1))).filter(
    row => row.amount >= min.minor && (max.minor === 0n || row.amount <= max.minor),
  )
}

function listed(row: Row): string {
  const { account, name } = counterpartyOf(row)
  return leaves({
    BillNumber: billOf(row),
    FlowNumber: flowOf(row),
    AcNo2: account,
    AcName2: name,
    amount: yuan(row.amount),
    purpose: row.posting.purpose,
  })
}

function billOf({ posting, direction }: Row): string {
  const day = compactDayOf(Math.floor(posting.atUs / 1000))
  return `HD${day}${String(posting.id).padStart(10, '0')}${direction === 'out' ? 'D' : 'C'}`
}

function flowOf({ posting }: Row): string {
  return `F${String(posting.id).padStart(12, '0')}`
}

function fileOf({ record }: Account, row: Row): string {
  return `${record.account}_${billOf(row)}.pdf`
}

/** The file's bytes, or null when there is none of that name. */
export function fileNamed({ context }: Ceb, customer: string, fileName: string): Uint8Array | null {
  const [, number = ''] = /^(\d+)_/.exec(fileName) ?? []
  const account = context.book.account(context.bank, number)
  const row =
    account && isUsableBy(account, customer) ? account.rows.find(one => fileOf(account, one) === fileName) : null
  if (!account || !row) return null
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  return receiptPdf('光大银行 电子回单(模拟)', [
    ['回单编号', billOf(row)],
    ['流水号', flowOf(row)],
    ['交易时间', `${dayOf(Math.floor(row.posting.atUs / 1000))} ${microTimeOf(row.posting.atUs, ':').slice(0, 8)}`],
    ['付款人账号', payer.account],
    ['付款人名称', payer.name],
    ['收款人账号', payee.account],
    ['收款人名称', payee.name],
    ['金额', `CNY ${yuan(row.amount)}`],
    ['摘要', row.posting.purpose],
  ])
}
