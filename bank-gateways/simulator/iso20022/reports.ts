// pain.002 as this bank writes it: one report a file and look, about what has changed since the last one. A report that was ordered
// to be spoilt does not count: its payments are reported again at the next look.

import { formatAmount } from '../../../connector/core/money'
import type { Payment } from '../engine/book'
import { otherSerial, type Shown } from '../engine/exchange'
import type { Disturbance, FaultKind } from '../engine/faults'
import { GARBAGE } from '../engine/listener'
import { box, leaf } from '../engine/xml'
import { DIRECTORIES, nextNumber, putFile, type FileBank } from './operation'
import { serialOf, stampedAt } from './rows'
import type { Iso20022Protocol } from './settings'

export type FileFacts = {
  readonly messageId: string
  readonly version: string
  readonly count: string
  readonly sum: string
}

export type Told = {
  /** The whole file is refused, and why. */
  readonly group: keyof Iso20022Protocol['reasons'] | null
  readonly shown: readonly Shown[]
  /** Every payment of the file is among `shown`. */
  readonly isWhole: boolean
}

/** With these a report says nothing that counts. */
const SPOILT: readonly FaultKind[] = [
  'garbage',
  'wrong-charset',
  'truncate-with-length',
  'wrong-serial',
  'unknown-code',
  'lie-amount',
  'lie-payee',
]

/** Inside a transaction. */
export function writeReport(
  bank: FileBank,
  customer: string,
  facts: FileFacts,
  told: Told,
  disturbance: Disturbance,
): void {
  if (told.group === null && told.shown.length === 0) return
  const { kinds } = disturbance
  const number = nextNumber(bank, 'report')
  const text = reportOf(
    bank,
    kinds.has('wrong-serial') ? { ...facts, messageId: otherSerial(facts.messageId) } : facts,
    told,
    number,
  )
  const name = `pain002-${String(number).padStart(6, '0')}.xml`
  putFile(bank, customer, DIRECTORIES.status, name, spoilt(text, kinds))
  markRead(bank, `${DIRECTORIES.status}/${name}`, kinds)
  if (SPOILT.some(kind => kinds.has(kind))) return
  for (const { payment } of told.shown) note(bank, payment)
}

/** A file that cannot be read names no message of anybody's. */
export function writeUnreadable(bank: FileBank, customer: string): void {
  const facts = { messageId: 'NOTPROVIDED', version: 'pain.001', count: '', sum: '' }
  const told: Told = { group: 'unreadable', shown: [], isWhole: true }
  writeReport(bank, customer, facts, told, { kinds: new Set(), delayMs: 0, status: 502 })
}

/** What was just taken is reported with the file, and again, if that went wrong, not before some time has passed. */
export function keepQuiet({ context }: FileBank, { record: { bank, id } }: Payment): void {
  context.book.add({ kind: 'note', bank, topic: 'quiet', key: id, data: { at: String(context.clock.now()) } })
}

/** Payments of the customer that have a state nobody was told of, oldest first. */
export function untold({ context }: FileBank, customer: string): readonly Payment[] {
  const now = String(context.clock.now())
  return [...context.book.payments.values()].filter(payment => {
    const { bank, customer: whose } = payment.record
    if (bank !== context.bank || whose !== customer) return false
    if (context.book.notes(bank, 'quiet', payment.record.id).at(-1)?.data['at'] === now) return false
    const told = context.book.notes(bank, 'told', payment.record.id).at(-1)?.data['state']
    return told !== stateOf(payment)
  })
}

/** Inside a transaction: one report for each file that has news. */
export function reportNews(bank: FileBank, customer: string, disturbance: Disturbance): void {
  const { context, inquiries } = bank
  const shown = inquiries.found(untold(bank, customer), disturbance)
  for (const messageId of new Set(shown.map(({ payment }) => payment.record.batch))) {
    const own = shown.filter(({ payment }) => payment.record.batch === messageId)
    const facts = context.book.notes(context.bank, 'sent', JSON.stringify([customer, messageId])).at(-1)?.data
    if (!facts) throw new Error(`no file ${messageId}`)
    const { version = '', count = '', sum = '' } = facts
    const isWhole = own.length === context.book.batch(context.bank, customer, messageId).length
    writeReport(bank, customer, { messageId, version, count, sum }, { group: null, shown: own, isWhole }, disturbance)
  }
}

function note({ context }: FileBank, payment: Payment): void {
  const { bank, id } = payment.record
  context.book.add({ kind: 'note', bank, topic: 'told', key: id, data: { state: stateOf(payment) } })
}

/** pain.002 has no word for a return: the payment stays settled, camt shows the money coming back. */
function stateOf({ state }: Payment): string {
  return state === 'returned' ? 'success' : state
}

// ----------------------------------------------------------------------------------------------------------- the message

function reportOf(bank: FileBank, facts: FileFacts, told: Told, number: number): string {
  const { context, protocol } = bank
  const codes = told.shown.map(one => statusOf(protocol, one))
  const isOne = new Set(codes).size === 1
  const groupStatus = told.group !== null ? 'RJCT' : !told.isWhole ? '' : isOne ? (codes[0] ?? '') : 'PART'
  const isFileOnly = protocol.reportLevel === 'file' && told.isWhole && isOne && told.group === null
  const group = box(
    'OrgnlGrpInfAndSts',
    leaf('OrgnlMsgId', facts.messageId),
    leaf('OrgnlMsgNmId', facts.version),
    ...(facts.count === '' ? [] : [leaf('OrgnlNbOfTxs', facts.count)]),
    ...(facts.sum === '' ? [] : [leaf('OrgnlCtrlSum', facts.sum)]),
    ...(groupStatus === '' ? [] : [leaf('GrpSts', groupStatus)]),
    ...(told.group === null ? [] : [reasonInfo(protocol.reasons[told.group], '')]),
    ...(isFileOnly && told.shown[0] ? reasonsOf(protocol, told.shown[0]) : []),
  )
  const blocks = new Map<string, Shown[]>()
  for (const one of isFileOnly ? [] : told.shown) {
    const id = one.payment.record.fields['blockId'] ?? ''
    blocks.set(id, [...(blocks.get(id) ?? []), one])
  }
  const body = [...blocks].map(([id, shown]) =>
    box('OrgnlPmtInfAndSts', leaf('OrgnlPmtInfId', id), ...shown.map(one => paymentInfo(bank, one))),
  )
  const header = box(
    'GrpHdr',
    leaf('MsgId', `R${String(number).padStart(10, '0')}`),
    leaf('CreDtTm', stampedAt(context.clock.now())),
  )
  const report = box('CstmrPmtStsRpt', header, group, ...body)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${protocol.reportVersion}">${report}</Document>\n`
}

function paymentInfo(bank: FileBank, shown: Shown): string {
  const { protocol } = bank
  const { fields } = shown.payment.record
  const serial = serialOf(bank.context.book, shown.payment)
  const reference = box(
    'OrgnlTxRef',
    box('Amt', `<InstdAmt Ccy="CNY">${formatAmount({ minor: shown.amount, currency: 'CNY' })}</InstdAmt>`),
    box('CdtrAcct', box('Id', box('Othr', leaf('Id', shown.payeeAccount)))),
  )
  return box(
    'TxInfAndSts',
    ...(fields['instructionId'] ? [leaf('OrgnlInstrId', fields['instructionId'])] : []),
    leaf('OrgnlEndToEndId', fields['endToEndId'] ?? ''),
    leaf('TxSts', statusOf(protocol, shown)),
    ...reasonsOf(protocol, shown),
    ...(serial === '' ? [] : [leaf('AcctSvcrRef', serial)]),
    ...(protocol.showsPayment ? [reference] : []),
  )
}

function statusOf({ statuses }: Iso20022Protocol, { state }: Shown): string {
  return state === 'returned' ? statuses.success : statuses[state]
}

function reasonsOf({ reasons }: Iso20022Protocol, { reason, payment }: Shown): readonly string[] {
  return reason === null ? [] : [reasonInfo(reasons[reason], payment.record.detail)]
}

function reasonInfo(code: string, detail: string): string {
  return box('StsRsnInf', box('Rsn', leaf('Cd', code)), ...(detail === '' ? [] : [leaf('AddtlInf', detail)]))
}

/** A file's bytes, as ordered. */
export function spoilt(text: string, kinds: ReadonlySet<FaultKind>): Buffer {
  if (kinds.has('garbage')) return GARBAGE
  const bytes = kinds.has('wrong-charset') ? Buffer.from(text, 'utf16le').subarray(1) : Buffer.from(text, 'utf8')
  return kinds.has('truncate-with-length') ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes
}

/** What happens to the first reading of a file. */
export function markRead({ spoiltReads }: FileBank, path: string, kinds: ReadonlySet<FaultKind>): void {
  if (kinds.has('truncate')) spoiltReads.set(path, 'truncate')
  else if (kinds.has('split')) spoiltReads.set(path, 'split')
}
