// DCSIGREC: the receipt of one statement row as a PDF in Base64 (banks/cmb-cdc §4).

import { addDays, dayOf, isDay, microTimeOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { receiptPdf } from '../engine/pdf'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, partyOf, rowsBetween } from '../engine/postings'
import { textOf, type Answer, type Message } from './message'
import { ok, refused, yuan, type Cmb } from './operation'
import { serialOf } from './statement'

export function singleReceipt(cmb: Cmb, message: Message): Answer {
  const { context } = cmb
  const account = context.book.account(context.bank, textOf(message.body, 'eacnbr'))
  if (!account || !isUsableBy(account, message.customer.uid)) return refused(cmb, 'payer-unknown', 'eacnbr')
  const day = textOf(message.body, 'quedat')
  if (!isDay(day) || !/^\d{4}-\d\d-\d\d$/.test(day)) return refused(cmb, 'bad-content', 'quedat')
  if (!['', 'PDF'].includes(textOf(message.body, 'primod'))) return refused(cmb, 'not-simulated', 'primod')
  const rows = rowsBetween(account, midnightOf(day), midnightOf(addDays(day, 1)))
  const row = rows.find(found => serialOf(found) === textOf(message.body, 'trsseq'))
  if (!row) return ok(cmb, { checod: '', fildat: '', istnbr: '' })
  const fildat = Buffer.from(pdfOf(account, row)).toString('base64')
  return ok(cmb, { checod: `SIM${row.posting.id}`, fildat, istnbr: `R${String(row.posting.id).padStart(12, '0')}` })
}

function pdfOf(account: Account, row: Row): Uint8Array {
  const { posting } = row
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  return receiptPdf('招商银行 电子回单(模拟)', [
    ['交易流水', serialOf(row)],
    ['交易日期', `${dayOf(Math.floor(posting.atUs / 1000))} ${microTimeOf(posting.atUs, ':').slice(0, 8)}`],
    ['付款人账号', payer.account],
    ['付款人名称', payer.name],
    ['收款人账号', payee.account],
    ['收款人名称', payee.name],
    ['金额', `CNY ${yuan(row.amount)}`],
    ['用途', posting.purpose],
  ])
}
