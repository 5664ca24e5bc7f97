// DCSIGREC: the receipt of exactly one line, asked by account, day and the line's own serial (banks/cmb-cdc §4). Synchronous; the
// asynchronous ASYCALHD is for whole ranges and is not used.

import type { ReceiptDocument, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { problem } from './codes'
import { accountOf } from './config'
import { faultOf, type Session } from './exchange'
import { object, rowsAt, textAt, type Json } from '../shared/json-text'

export async function fetchReceipt(
  session: Session,
  account: string,
  line: StatementLine,
  signal: AbortSignal,
): Promise<ReceiptDocument | null> {
  if (!accountOf(session.config, account)) throw faultOf(problem('cmb.unknown_account', maskedAccount(account)))
  if (line.receiptKey === '') return null
  const body = object({ eacnbr: account, quedat: line.bookedOn, trsseq: line.receiptKey, primod: 'PDF' })
  const reply = await session.query('DCSIGREC', body, null, signal)
  if (reply.kind === 'noRecord') return null
  const row = rowOf(reply.body)
  const [receiptNo, text] = [textAt(row, 'istnbr'), textAt(row, 'fildat')]
  if (text === '') return null
  const bytes = Buffer.from(text, 'base64')
  if (receiptNo === '' || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(text) || !isPdf(bytes))
    throw faultOf(problem('cmb.receipt', receiptNo))
  return { receiptNo, mediaType: 'application/pdf', bytes }
}

/** The fields stand in the body itself, or in its one block (how it is nested is not stated). */
function rowOf(body: Json | undefined): Json | undefined {
  if (textAt(body, 'fildat') !== '') return body
  const [only] = rowsAt(body, 'dcsigrecz1') ?? []
  return only
}

function isPdf(bytes: Buffer): boolean {
  const tail = bytes.subarray(Math.max(0, bytes.length - 1024)).toString('latin1')
  return bytes.subarray(0, 5).toString('latin1') === '%PDF-' && tail.includes('%%EOF')
}
