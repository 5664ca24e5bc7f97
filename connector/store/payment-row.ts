// A payment as its row and back. What is read is checked against the columns that a database administrator could have
// altered apart from the instruction: the amount and the reference are one thing, or nothing is paid.

import type { Instruction, PaymentRequest } from '../ports'
import { decode, encode, integer, integerOrNull, text, word } from './codec'
import type { Row, Session, Value } from './database'
import { storeFault } from './faults'
import { selectIn, type Insertable } from './statements'
import type { Payment, PaymentPatch } from './store'

/** Columns and tables of a payment, without the SELECT. */
export const PAYMENT_FROM =
  'p.*, r.content AS request, r.revision AS revision FROM yinqi_payment AS p JOIN yinqi_request AS r ON r.no = p.request_no'

/** The states of the partial index `due`: a payment in any other state is finished business. */
export const LIVE_STATES: readonly string[] = ['held', 'ready', 'sending', 'unknown', 'accepted']

export function paymentOf(row: Row): Payment {
  const instruction = decode<Instruction>(text(row, 'instruction'))
  if (
    instruction.amount.minor.toString() !== text(row, 'amount_minor') ||
    instruction.amount.currency !== text(row, 'currency') ||
    instruction.reference !== text(row, 'reference')
  ) {
    throw storeFault('STORE_CORRUPT', `payment ${text(row, 'id')}: instruction and columns differ`)
  }
  return {
    id: text(row, 'id'),
    erp: text(row, 'erp'),
    bank: text(row, 'bank'),
    request: decode<PaymentRequest>(text(row, 'request')),
    revision: integer(row, 'revision'),
    instruction,
    state: word(row, 'state'),
    seq: integer(row, 'seq'),
    attempts: integer(row, 'attempts'),
    dueAt: integer(row, 'due_at'),
    leaseUntil: integerOrNull(row, 'lease_until'),
    sentAt: integerOrNull(row, 'sent_at'),
    stateSince: integer(row, 'state_since'),
    createdAt: integer(row, 'created_at'),
    updatedAt: integer(row, 'updated_at'),
    errorCode: text(row, 'error_code'),
    statusText: text(row, 'status_text'),
    bankSerial: text(row, 'bank_serial'),
    settledAt: integerOrNull(row, 'settled_at'),
    receiptNo: text(row, 'receipt_no'),
  }
}

export function rowOfPayment(payment: Payment, requestNo: number): Insertable {
  const { instruction } = payment
  return {
    id: payment.id,
    request_no: requestNo,
    erp: payment.erp,
    bank: payment.bank,
    reference: instruction.reference,
    batch_reference: instruction.batch.reference,
    batch_line: instruction.batch.line,
    currency: instruction.amount.currency,
    amount_minor: instruction.amount.minor.toString(),
    instruction: encode(instruction),
    state: payment.state,
    seq: payment.seq,
    attempts: payment.attempts,
    due_at: payment.dueAt,
    lease_until: payment.leaseUntil,
    sent_at: payment.sentAt,
    state_since: payment.stateSince,
    created_at: payment.createdAt,
    updated_at: payment.updatedAt,
    error_code: payment.errorCode,
    status_text: payment.statusText,
    bank_serial: payment.bankSerial,
    settled_at: payment.settledAt,
    receipt_no: payment.receiptNo,
  }
}

/** Columns that a patch sets. The amount and the reference are not among them: they never change (I2). */
export function columnsOfPatch(patch: PaymentPatch): Insertable {
  const columns: Record<string, Value> = {}
  if (patch.instruction !== undefined) {
    columns['instruction'] = encode(patch.instruction)
    columns['batch_reference'] = patch.instruction.batch.reference
    columns['batch_line'] = patch.instruction.batch.line
  }
  if (patch.attempts !== undefined) columns['attempts'] = patch.attempts
  if (patch.dueAt !== undefined) columns['due_at'] = patch.dueAt
  if (patch.leaseUntil !== undefined) columns['lease_until'] = patch.leaseUntil
  if (patch.sentAt !== undefined) columns['sent_at'] = patch.sentAt
  if (patch.errorCode !== undefined) columns['error_code'] = patch.errorCode
  if (patch.statusText !== undefined) columns['status_text'] = patch.statusText
  if (patch.bankSerial !== undefined) columns['bank_serial'] = patch.bankSerial
  if (patch.settledAt !== undefined) columns['settled_at'] = patch.settledAt
  if (patch.receiptNo !== undefined) columns['receipt_no'] = patch.receiptNo
  return columns
}

/** Payments by id, in the order of the ids; an id that does not exist is left out. */
export async function paymentsById(
  session: Pick<Session, 'query'>,
  ids: readonly string[],
): Promise<readonly Payment[]> {
  const rows = await selectIn(session, `SELECT ${PAYMENT_FROM} WHERE p.id IN`, ids)
  const byId = new Map(rows.map(row => [text(row, 'id'), paymentOf(row)]))
  return ids.flatMap(id => byId.get(id) ?? [])
}
