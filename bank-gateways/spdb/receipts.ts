// Receipts (电子回单, banks/spdb §6): one function applies for that of a row and answers with an acceptNo; about a minute later the
// file host hands out the file, behind the packet. A receipt is taken only when its row is the line's own.

import {
  Fault,
  type BankGateway,
  type Clock,
  type Money,
  type ReceiptDocument,
  type StatementLine,
} from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { post } from '../shared/http'
import { element, textAt, type XmlNode } from '../shared/xml'
import { bodyBytes, money, readPacket, rowsOf } from './codec'
import { describeCode, problem } from './codes'
import { accountOf, type ReceiptConfig, type SpdbConfig } from './config'
import { faultOf, queryBody, signedPacket, type Exchange } from './exchange'

export type ReceiptDeps = {
  readonly config: SpdbConfig
  readonly receipts: ReceiptConfig
  readonly clock: Clock
  readonly exchange: Exchange
  readonly sequence: () => string
}

/** What was applied for in this process. Applying again after a restart costs the bank a file and nobody anything. */
type Applied = Map<string, { readonly acceptNo: string; readonly readyAt: number }>

const ROWS = 20
/** Far more lines than wait for a receipt at a time; the oldest is then applied for again. */
const MAX_APPLIED = 10_000

export function createReceipts(deps: ReceiptDeps): NonNullable<BankGateway['receipt']> {
  const applied: Applied = new Map()
  return async (account, line, signal) => {
    if (!accountOf(deps.config, account)) throw faultOf(problem('spdb.unknown_account', maskedAccount(account)))
    if (line.receiptKey === '') return null
    const key = `${account}|${line.bookedOn}|${line.receiptKey}`
    const known = applied.get(key)
    if (known && deps.clock.now() < known.readyAt) return null
    if (known) {
      const document = await download(deps, account, known.acceptNo, signal)
      applied.delete(key)
      return document
    }
    const acceptNo = await apply(deps, account, line, signal)
    if (acceptNo !== null) remember(applied, key, acceptNo, deps.clock.now() + deps.receipts.waitMs)
    return null
  }
}

function remember(applied: Applied, key: string, acceptNo: string, readyAt: number): void {
  const oldest = applied.keys().next()
  if (applied.size >= MAX_APPLIED && oldest.done !== true) applied.delete(oldest.value)
  applied.set(key, { acceptNo, readyAt })
}

/** Null: the bank has no receipt of this row, or more than one. @throws Fault */
async function apply(
  { config, receipts, exchange }: ReceiptDeps,
  account: string,
  line: StatementLine,
  signal: AbortSignal,
): Promise<string | null> {
  const [journal, summons] = line.receiptKey.split('|')
  if (!journal || summons === undefined) throw faultOf(problem('spdb.receipt_key', line.receiptKey.slice(0, 60)))
  const day = line.bookedOn.replaceAll('-', '')
  const fields = () => [
    element('billDownloadChanel', '1'),
    element('acctNo', account),
    element('singleOrBatchFlag', '0'),
    element('backhostGyno', journal),
    element('subpoenaSeqNo', summons),
    element('beginDate', day),
    element('endDate', day),
    element('beginNumber', '1'),
    element('queryNumber', String(ROWS)),
  ]
  const body = await queryBody(exchange, receipts.applyCode, fields, config, signal)
  const own = body === null ? [] : rowsOf(body).filter(row => isOf(row, line, journal, summons))
  const acceptNo = own[0] ? textAt(own[0], 'acceptNo') : ''
  return own.length === 1 && acceptNo !== '' ? acceptNo : null
}

function isOf(row: XmlNode, line: StatementLine, journal: string, summons: string): boolean {
  const amount = money(textAt(row, 'transAmount'), line.amount.currency)
  if (amount === null || typeof amount === 'string' || amount.minor !== absolute(line.amount).minor) return false
  if (textAt(row, 'backhostGyno') !== journal || textAt(row, 'subpoenaSeqNo') !== summons) return false
  return textAt(row, 'transDate') === line.bookedOn.replaceAll('-', '')
}

/** The bytes behind `</packet>`; a packet that refuses has none. @throws Fault */
async function download(
  { config, receipts, clock, sequence }: ReceiptDeps,
  account: string,
  acceptNo: string,
  signal: AbortSignal,
): Promise<ReceiptDocument> {
  const head = { transCode: receipts.downloadCode, packetId: sequence(), masterId: config.masterId }
  const body = bodyBytes([
    element('acctNo', account),
    element('fileDownloadFlag', '1'),
    element('fileDownloadPar', acceptNo),
  ])
  const packet = await signedPacket(config, head, body, clock, signal)
  if ('reason' in packet) throw faultOf(packet)
  const bytes = await answerOf(new URL(receipts.fileUrl), packet, config, signal)
  const end = bytes.indexOf(END)
  const reply = readPacket(end < 0 ? bytes : bytes.subarray(0, end + END.length), head)
  if ('status' in reply)
    throw new Fault(reply.status.code, describeCode(reply.status.code, reply.status.text, config.codes))
  // Whether the packet before a file is signed is not known, so a missing signature is no fault here; all else is.
  if ('reason' in reply && reply.reason !== problem('spdb.undecodable', 'no signature').reason) throw faultOf(reply)
  const file = end < 0 ? Buffer.alloc(0) : bytes.subarray(end + END.length)
  if (!isPdf(file)) throw faultOf(problem('spdb.receipt_file', `${acceptNo.slice(0, 40)} ${file.length} B`))
  return { receiptNo: acceptNo, mediaType: 'application/pdf', bytes: new Uint8Array(file) }
}

const END = Buffer.from('</packet>', 'latin1')

async function answerOf(url: URL, packet: Buffer, config: SpdbConfig, signal: AbortSignal): Promise<Buffer> {
  try {
    const { status, body } = await post(url, { 'Content-Type': 'text/plain; charset=GBK' }, packet, config, signal)
    if (status !== 200) throw faultOf(problem('spdb.http_status', String(status)))
    return body
  } catch (error) {
    if (error instanceof Fault) throw error
    const detail = error instanceof Error ? error.message : String(error)
    throw faultOf(problem(signal.aborted ? 'spdb.aborted' : 'spdb.no_answer', detail))
  }
}

/** No sum stands beside the file: its own head and tail show one that was cut or is something else. */
function isPdf(bytes: Buffer): boolean {
  const tail = bytes.subarray(Math.max(0, bytes.length - 1024)).toString('latin1')
  return bytes.subarray(0, 5).toString('latin1') === '%PDF-' && tail.includes('%%EOF')
}

function absolute(amount: Money): Money {
  return amount.minor < 0n ? { ...amount, minor: -amount.minor } : amount
}
