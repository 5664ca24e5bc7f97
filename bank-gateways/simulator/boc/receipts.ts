// b2e0500: electronic receipts. The answer names a zip file; the file itself appears in the front-end's directory, a PDF for
// each statement row in it (banks/boc §9).

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { parseAmount } from '../../../connector/core/money'
import { addDays, compactDayOf, dayFromCompact, dayOf, microTimeOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { receiptPdf } from '../engine/pdf'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, partyOf, rowsBetween } from '../engine/postings'
import { childOf, descendantsOf, leaf, textOf } from '../engine/xml'
import { yuan } from './balance'
import { statusElement, type Message } from './message'
import { okStatus, refused, type Answer, type Boc } from './operation'
import { insidOf, transidOf } from './statement'

type Receipt = { readonly account: Account; readonly row: Row }

export function orderReceipts(boc: Boc, message: Message): Answer {
  const { context, protocol } = boc
  const directory = protocol.receiptsDirectory
  if (directory === null) return refused(boc, 'no-permission', '未开通电子回单')
  const receipts = receiptsAsked(boc, message)
  if (typeof receipts === 'string') return refused(boc, 'invalid-field', receipts)
  if (receipts.length === 0) return statusElement({ rspcod: protocol.codes['no-record'], rspmsg: '零记录' })
  const number = context.book.notes(context.bank, 'receipts', '').length + 1
  const day = compactDayOf(context.clock.now())
  const filename = `${message.head.custid.padStart(9, '0').slice(-9)}_${day}_0001_${String(number).padStart(5, '0')}.zip`
  context.book.add({ kind: 'note', bank: context.bank, topic: 'receipts', key: '', data: { filename } })
  const bytes = zipOf(boc, receipts)
  context.later(protocol.receiptsDelayMs, () => putFile(directory, filename, bytes))
  return statusElement(okStatus(boc)) + leaf('filename', filename)
}

/** The rows asked for, or the field that is wrong. */
function receiptsAsked(boc: Boc, message: Message): readonly Receipt[] | string {
  const { context } = boc
  const input = childOf(message.body, 'b2e0500-rq')
  if (textOf(input, 'tratype') !== 'A') return 'tratype'
  const dates = childOf(input, 'datescope')
  const from = dayFromCompact(textOf(dates, 'from'))
  const to = dayFromCompact(textOf(dates, 'to'))
  if (from === null || to === null || from > to) return 'datescope'
  const amounts = childOf(input, 'amtscope')
  const [min, max] = [textOf(amounts, 'minamt') || '0', textOf(amounts, 'maxamt') || '0'].map(text =>
    parseAmount(text, 'CNY'),
  )
  if (typeof min !== 'object' || typeof max !== 'object') return 'amtscope'
  const other = childOf(input, 'domaccount')
  const asked = input ? descendantsOf(input, 'confirmdata').map(confirm => textOf(confirm, 'actacn')) : []
  const accounts = asked.map(number => context.book.account(context.bank, number))
  if (accounts.length === 0) return 'multidata'
  return accounts.flatMap(account => {
    if (!account || !isUsableBy(account, message.head.custid)) return []
    return rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1)))
      .filter(row => row.amount >= min.minor && (max.minor === 0n || row.amount <= max.minor))
      .filter(row => ['', account.record.account, counterpartyOf(row).account].includes(textOf(other, 'transact')))
      .filter(row => ['', account.record.name, counterpartyOf(row).name].includes(textOf(other, 'transname')))
      .filter(row => ['', insidOf(boc, row)].includes(textOf(input, 'insid')))
      .map(row => ({ account, row }))
  })
}

function zipOf(boc: Boc, receipts: readonly Receipt[]): Uint8Array {
  const files = receipts.map(receipt => [`${transidOf(receipt.row)}.pdf`, pdfOf(boc, receipt)] as const)
  return zipSync(Object.fromEntries(files), { level: 6, mtime: boc.context.clock.now() })
}

function pdfOf(boc: Boc, { account, row }: Receipt): Uint8Array {
  const { posting } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  return receiptPdf('中国银行 国内支付业务电子回单(模拟)', [
    ['回单编号', transidOf(row)],
    ['交易日期', `${dayOf(atMs)} ${microTimeOf(posting.atUs, ':').slice(0, 8)}`],
    ['付款人账号', payer.account],
    ['付款人名称', payer.name],
    ['付款人开户行', payer.bankName],
    ['收款人账号', payee.account],
    ['收款人名称', payee.name],
    ['收款人开户行', payee.bankName],
    ['金额', `CNY ${yuan(row.amount)}`],
    ['用途', posting.purpose],
    ['业务编号', insidOf(boc, row)],
  ])
}

/** Whole or not at all: a client that watches the directory must never pick up half a file. */
function putFile(directory: string, filename: string, bytes: Uint8Array): void {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, filename)
  const partial = `${path}.part`
  const file = openSync(partial, 'w')
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(partial, path)
}
