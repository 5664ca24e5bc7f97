// Receipts (电子回单, banks/citic §7): DLEDDRSQ lists those of a day and an amount, DLEDCDTD brings one as a zip in Base64. A
// receipt is handed out only when its serial is the line's own; otherwise there is none yet.

import { unzipSync } from 'fflate'
import { bankDay } from '../../connector/core/bank-time'
import { formatAmount } from '../../connector/core/money'
import type { Clock, Money, ReceiptDocument, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element, find, textAt, type XmlNode } from '../shared/xml'
import { listOf, money, type Reply } from './codec'
import { problem } from './codes'
import { accountOf, type CiticConfig, type ReceiptConfig } from './config'
import { faultOf, query, queryList, type Exchange } from './exchange'

export type ReceiptDeps = {
  readonly config: CiticConfig
  readonly receipts: ReceiptConfig
  readonly clock: Clock
  readonly exchange: Exchange
}

type Found = { readonly brSeqNo: string; readonly billType: string }

const PAGE_SIZE = 100
/** One account, one day, one amount to the 分: a thousand receipts are far beyond any real day. */
const MAX_PAGES = 10
/** A receipt is one page; this is far above it, and far below what an archive could unfold to. */
const MAX_PDF_BYTES = 32 * 1024 * 1024

export async function fetchReceipt(
  deps: ReceiptDeps,
  account: string,
  line: StatementLine,
  signal: AbortSignal,
): Promise<ReceiptDocument | null> {
  const { config, receipts, clock, exchange } = deps
  if (!accountOf(config, account)) throw faultOf(problem('citic.unknown_account', maskedAccount(account)))
  if (line.receiptKey === '') return null
  const [, tranNo] = line.receiptKey.split('|')
  if (!tranNo) throw faultOf(problem('citic.receipt_key', line.receiptKey.slice(0, 40)))
  // qryType 1 is T+0, 2 T+1; that isCurrDay counts alike is inferred.
  const isToday = line.bookedOn === bankDay(clock.now()) ? '1' : '2'
  const found = await findReceipt(deps, account, line, { tranNo, isToday }, signal)
  if (found === null) return null
  const fields = [
    element('isCurrDay', isToday),
    element('accNo', account),
    element('bankId', receipts.bankId),
    ...(receipts.fileType === null ? [] : [element('fileType', receipts.fileType)]),
    listOf([[element('brSeqNo', found.brSeqNo), element('billType', found.billType)]]),
  ]
  const reply = await query(exchange, 'DLEDCDTD', fields, config, signal)
  return { receiptNo: found.brSeqNo, mediaType: 'application/pdf', bytes: readPdf(reply, found.brSeqNo) }
}

type Wanted = { readonly tranNo: string; readonly isToday: '1' | '2' }

async function findReceipt(
  { config, exchange }: ReceiptDeps,
  account: string,
  line: StatementLine,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Found | null> {
  const matches: Found[] = []
  for (let page = 0, seen = 0; page < MAX_PAGES; page += 1) {
    const fields = listFields(account, line, wanted.isToday, seen + 1)
    const reply = await queryList(exchange, 'DLEDDRSQ', fields, config, signal)
    if (reply === null) break
    matches.push(...reply.rows.filter(row => isOf(row, line, wanted.tranNo)).map(foundOf))
    const total = textAt(reply.body, 'totalCount')
    if (!/^\d{1,9}$/.test(total)) throw faultOf(problem('citic.paging', `totalCount ${total.slice(0, 20)}`))
    seen += reply.rows.length
    if (seen >= Number(total) || reply.rows.length === 0) break
  }
  const [match] = matches
  return match && matches.length === 1 && match.brSeqNo !== '' ? match : null
}

function listFields(account: string, line: StatementLine, qryType: string, start: number): readonly string[] {
  const amount = formatAmount(absolute(line.amount))
  const day = line.bookedOn.replaceAll('-', '')
  return [
    element('qryType', qryType),
    element('accNo', account),
    element('billType', '0'),
    element('minAmt', amount),
    element('maxAmt', amount),
    element('startDate', day),
    element('endDate', day),
    element('pageSize', String(PAGE_SIZE)),
    element('startNo', String(start)),
  ]
}

/** That transeqNo is the statement's tranNo is inferred: where it is not, no receipt is ever taken. */
function isOf(row: XmlNode, line: StatementLine, tranNo: string): boolean {
  const amount = money(textAt(row, 'tranAmt'), line.amount.currency)
  if (amount === null || typeof amount === 'string' || amount.minor !== absolute(line.amount).minor) return false
  return textAt(row, 'transeqNo') === tranNo && textAt(row, 'tranDate') === line.bookedOn.replaceAll('-', '')
}

/** Three spellings of the serial occur. */
function foundOf(row: XmlNode): Found {
  const brSeqNo = textAt(row, 'brseqNo') || textAt(row, 'bresqNo') || textAt(row, 'brSeqNo')
  return { brSeqNo, billType: textAt(row, 'billType') }
}

/** The PDF that the answer names for our serial, or the only one of the zip. @throws Fault */
function readPdf(reply: Reply, brSeqNo: string): Uint8Array {
  try {
    const content = find(reply.body, 'fileConTent')?.text.replace(/\s+/g, '') ?? ''
    if (content === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(content)) throw new RangeError('no fileConTent')
    const own = reply.rows.filter(row => textAt(row, 'brSeqNo') === brSeqNo)
    if (own.length > 1) throw new RangeError('the serial occurs twice')
    const name = own[0] ? textAt(own[0], 'pdfName') : ''
    const entries = Object.entries(
      unzipSync(Buffer.from(content, 'base64'), {
        filter: entry => {
          if (!/\.pdf$/i.test(entry.name) || (name !== '' && entry.name !== name)) return false
          if (entry.originalSize > MAX_PDF_BYTES) throw new RangeError(`an entry of ${entry.originalSize} bytes`)
          return true
        },
      }),
    )
    const [entry] = entries
    if (!entry || entries.length !== 1) throw new RangeError(`${entries.length} PDFs`)
    // fflate checks no sum: a PDF's own head and tail show an entry that was cut or is something else.
    if (!isPdf(entry[1])) throw new RangeError('not a whole PDF')
    return entry[1]
  } catch (error) {
    throw faultOf(problem('citic.receipt_file', `${brSeqNo} ${String(error)}`.slice(0, 200)))
  }
}

function isPdf(bytes: Uint8Array): boolean {
  const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1')
  return text(0, 5) === '%PDF-' && text(Math.max(0, bytes.length - 1024), bytes.length).includes('%%EOF')
}

function absolute(amount: Money): Money {
  return amount.minor < 0n ? { ...amount, minor: -amount.minor } : amount
}
