// Receipts (电子回单, banks/ceb §4): b2e005023 lists those of a day and an amount, makes the file of one, and downloadFile.do brings it. A
// receipt is handed out only when its FlowNumber is the line's own serial; otherwise there is none.

import { formatAmount } from '../../connector/core/money'
import type { ReceiptDocument, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { find, textAt, type XmlNode } from '../shared/xml'
import { node, type Reply } from './codec'
import { patchIdOf } from './codec-payment'
import { isEmptyList, problem } from './codes'
import { accountOf, type CebConfig, type ReceiptConfig } from './config'
import { faultOf, replyOf, type Exchange } from './exchange'

export type ReceiptDeps = {
  readonly config: CebConfig
  readonly receipts: ReceiptConfig
  readonly exchange: Exchange
}

/** QueryNum is 1–50 (banks/ceb §4). */
const PAGE_SIZE = 50
/** One account, one day, one amount to the 分: five hundred receipts are far beyond any real day. */
const MAX_PAGES = 10

export async function fetchReceipt(
  deps: ReceiptDeps,
  account: string,
  line: StatementLine,
  signal: AbortSignal,
): Promise<ReceiptDocument | null> {
  const { config, receipts, exchange } = deps
  if (!accountOf(config, account)) throw faultOf(problem('ceb.unknown_account', maskedAccount(account)))
  const serial = line.receiptKey || line.bankSerial
  if (serial === '') return null
  const billNumber = await findBill(deps, account, line, serial, signal)
  if (billNumber === null) return null
  const made = await exchange.ask('b2e005023', batchId => fieldsOf(batchId, '1', billNumber, account, line, 1), signal)
  const fileName = fileNameIn(replyOf(made, config), receipts)
  if (fileName === '') return null
  const bytes = await exchange.download(fileName, signal)
  if (!isPdf(bytes)) throw faultOf(problem('ceb.receipt_file', billNumber))
  return { receiptNo: billNumber, mediaType: 'application/pdf', bytes }
}

async function findBill(
  { config, exchange }: ReceiptDeps,
  account: string,
  line: StatementLine,
  serial: string,
  signal: AbortSignal,
): Promise<string | null> {
  const found: XmlNode[] = []
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const first = page * PAGE_SIZE + 1
    const answer = await exchange.ask('b2e005023', id => fieldsOf(id, '0', '', account, line, first), signal)
    if (answer.kind === 'answer' && isEmptyList(answer.reply.status.code, config.codes)) break
    const { rows } = replyOf(answer, config)
    if (rows.length > PAGE_SIZE) throw faultOf(problem('ceb.paging', `${rows.length} > ${PAGE_SIZE}`))
    found.push(...rows.filter(row => textAt(row, 'FlowNumber') === serial))
    if (rows.length < PAGE_SIZE) break
  }
  const [bill] = found
  const billNumber = bill && found.length === 1 ? textAt(bill, 'BillNumber') : ''
  return billNumber === '' ? null : billNumber
}

function fieldsOf(
  batchId: string,
  operation: '0' | '1',
  billNumber: string,
  account: string,
  line: StatementLine,
  first: number,
): readonly string[] {
  const { minor, currency } = line.amount
  const amount = formatAmount({ minor: minor < 0n ? -minor : minor, currency })
  const day = line.bookedOn.replaceAll('-', '')
  return [
    node('ClientPatchID', patchIdOf(batchId)),
    node('OperationType', operation),
    node('BillNumber', billNumber),
    node('ActNo', account),
    node('BeginDate', day),
    node('EndDate', day),
    node('BeginAmount', amount),
    node('EndAmount', amount),
    node('BeginNum', String(first)),
    node('QueryNum', String(PAGE_SIZE)),
  ]
}

function fileNameIn({ rows }: Reply, { fileNameElement }: ReceiptConfig): string {
  const names = rows.map(row => find(row, fileNameElement)?.text.trim() ?? '').filter(name => name !== '')
  const [name] = names
  return name !== undefined && names.length === 1 ? name : ''
}

function isPdf(bytes: Buffer): boolean {
  const tail = bytes.subarray(Math.max(0, bytes.length - 1024)).toString('latin1')
  return bytes.toString('latin1', 0, 5) === '%PDF-' && tail.includes('%%EOF')
}
