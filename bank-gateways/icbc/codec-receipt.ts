// Receipts as data: BATEBILL orders one, QEBILL fetches an order (banks/icbc §11). Pure. DownEBill is not here: the
// layout of its reply is not known. That QEBILL answers with BATEBILL's rows is inferred.

import type { ReceiptDocument, StatementLine } from '../../connector/ports'
import { element, textAt } from '../shared/xml'
import { BadAnswer, type Reply, currencyIn, fenOf } from './codec'
import { receiptKeyParts } from './codec-statement'
import { resultOf, wordsOf } from './codes'
import type { IcbcConfig } from './config'

export type ReceiptAnswer =
  | { readonly kind: 'document'; readonly document: ReceiptDocument }
  /** The order stands; its result comes later. */
  | { readonly kind: 'pending' }
  /** The bank has no such receipt now: a later order may find it. */
  | { readonly kind: 'none' }

/** Content of BATEBILL's `<in>` for one line. @throws BadAnswer when its `receiptKey` is not ours */
export function receiptBody(
  config: IcbcConfig,
  account: string,
  line: StatementLine,
  signTime: string,
): readonly string[] {
  const parts = receiptKeyParts(line.receiptKey)
  if (!parts) throw new BadAnswer('icbc.receipt-key', '明细没有回单编号', 'the line has no receipt id')
  const row = [
    element('iSeqno', '1'),
    element('AreaCode', parts.area),
    element('NetCode', parts.net),
    element('TranDate', parts.day),
    element('AccNo', account),
    element('TranSerial', parts.serial),
    element('AcctSeq', ''),
    element('CurrType', config.currencies[line.amount.currency] ?? ''),
  ]
  return [element('SignTime', signTime), element('TotalNum', '1'), element('rd', row)]
}

export function receiptInquiryBody(orderNumber: string): readonly string[] {
  return [element('QryfSeqno', orderNumber), element('QrySerialNo', '')]
}

/**
 * The bytes kept are the bank's whole reply XML, EbillKey (验证码) included; receiptNo is EbillSerialno.
 * @throws BadAnswer when the bank refused, or when the receipt is not of this line
 */
export function readReceipt(config: IcbcConfig, reply: Reply, line: StatementLine): ReceiptAnswer {
  if (reply.retCode === 'B0116') return { kind: 'none' }
  if (reply.retCode !== '0') throw refused(reply.retCode, wordsOf(reply.retCode, reply.retMsg))
  const [row, second] = reply.rows
  if (!row) return { kind: 'pending' }
  const code = textAt(row, 'iRetCode')
  if (code === 'B0116') return { kind: 'none' }
  const result = textAt(row, 'Result')
  const outcome = result === '' ? null : (resultOf(config, result)?.outcome ?? 'accepted')
  if (outcome === 'refused' || !/^0*$/.test(code)) throw refused(code || `Result${result}`, textAt(row, 'iRetMsg'))
  const receiptNo = textAt(row, 'EbillSerialno')
  if (outcome === 'accepted' || receiptNo === '') return { kind: 'pending' }
  const currency = currencyIn(config, textAt(row, 'CurrType'), line.amount.currency)
  const amount = fenOf(textAt(row, 'PayAmt'), currency)
  const paid = line.amount.minor < 0n ? -line.amount.minor : line.amount.minor
  const serial = textAt(row, 'TranSerialNo')
  const isOther = serial !== '' && serial !== receiptKeyParts(line.receiptKey)?.serial
  if (second || isOther || (amount !== null && amount.minor !== paid))
    throw new BadAnswer('icbc.wrong-receipt', '回单与明细不符', 'the receipt is not of this line')
  return { kind: 'document', document: { receiptNo, mediaType: 'application/xml', bytes: reply.bytes } }
}

function refused(code: string, words: string): BadAnswer {
  return new BadAnswer(code || 'icbc.no-code', `银行拒绝回单 ${code} ${words}`, 'the bank refused the receipt')
}
