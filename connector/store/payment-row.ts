// A payment as its row and back. What is read is checked against the columns that a database administrator could have
// altered apart from the instruction: the amount and the reference are one thing, or nothing is paid.

import { Fault, type Instruction, type PaymentRequest } from '../ports'
import { decode, documentOf, encode, integer, integerOrNull, text, word } from './codec'
import type { Row, Session, Value } from './database'
import { storeFault } from './faults'
import type { Keys, Place } from './keys'
import { selectIn, type Insertable } from './statements'
import type { Payment, PaymentPatch } from './store'

/** Columns and tables of a payment, without the SELECT. */
export const PAYMENT_FROM = `p.*, r.content AS request, r.revision AS revision, r.document AS document, r.digest AS request_digest,
r.approval AS request_approval FROM yinqi_payment AS p JOIN yinqi_request AS r ON r.no = p.request_no`

/** The states of the partial index `due`: a payment in any other state is finished business. */
export const LIVE_STATES: readonly string[] = ['held', 'ready', 'sending', 'unknown', 'accepted']

export function paymentOf(keys: Keys, row: Row): Payment {
  const instruction = decode<Instruction>(
    keys.show({ column: 'yinqi_payment.instruction', row: text(row, 'id') }, text(row, 'instruction')),
  )
  if (
    instruction.amount.minor.toString() !== text(row, 'amount_minor') ||
    instruction.amount.currency !== text(row, 'currency') ||
    instruction.reference !== text(row, 'reference')
  ) {
    throw storeFault('STORE_CORRUPT', `payment ${text(row, 'id')}: instruction and columns differ`)
  }
  const request = decode<PaymentRequest>(keys.show(requestPlace(row), text(row, 'request')))
  if (
    documentOf(text(row, 'erp'), request.key) !== text(row, 'document') ||
    request.digest !== text(row, 'request_digest') ||
    request.approval !== text(row, 'request_approval')
  ) {
    throw storeFault('STORE_CORRUPT', `payment ${text(row, 'id')}: request and columns differ`)
  }
  return {
    id: text(row, 'id'),
    erp: text(row, 'erp'),
    bank: text(row, 'bank'),
    request,
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

/** Where the content of a request belongs; `row` has its document and revision. */
export function requestPlace(row: Row): Place {
  return { column: 'yinqi_request.content', row: `${text(row, 'document')} ${integer(row, 'revision')}` }
}

export type ReadPayment =
  { readonly kind: 'read'; readonly payment: Payment } | { readonly kind: 'unreadable'; readonly detail: string }

/** One damaged or altered row must not stop the others: it is given as what it is. */
export function readPayment(keys: Keys, row: Row): ReadPayment {
  try {
    return { kind: 'read', payment: paymentOf(keys, row) }
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'STORE_CORRUPT') throw error
    return { kind: 'unreadable', detail: error.message }
  }
}

/** Far below PostgreSQL's limit of parameters; larger batches are locked in several statements, still in order. */
const LOCKED_AT_ONCE = 1_000

/**
 * Two daemons that change the same payments in different order would lock each other out. PostgreSQL locks in the order
 * named here; SQL Server promises no order, so there a deadlock's victim tries again. SQLite has one writer.
 */
export async function lockPayments(tx: Session, given: readonly string[]): Promise<void> {
  if (tx.dialect === 'sqlite') return
  const ids = [...new Set(given)].toSorted()
  const hint = tx.dialect === 'mssql' ? ' WITH (UPDLOCK, ROWLOCK)' : ''
  const end = tx.dialect === 'postgres' ? ' ORDER BY id COLLATE "C" FOR UPDATE' : ''
  for (let start = 0; start < ids.length; start += LOCKED_AT_ONCE) {
    const chunk = ids.slice(start, start + LOCKED_AT_ONCE)
    await tx.query(`SELECT id FROM yinqi_payment${hint} WHERE id IN (${chunk.map(() => '?').join(', ')})${end}`, chunk)
  }
}

export function rowOfPayment(keys: Keys, payment: Payment, requestNo: number, seal: string): Insertable {
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
    instruction: hideInstruction(keys, payment.id, instruction),
    seal,
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
export function columnsOfPatch(keys: Keys, id: string, patch: PaymentPatch): Insertable {
  const columns: Record<string, Value> = {}
  if (patch.instruction !== undefined) {
    columns['instruction'] = hideInstruction(keys, id, patch.instruction)
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
  session: Pick<Session, 'query' | 'keys'>,
  ids: readonly string[],
): Promise<readonly Payment[]> {
  const rows = await selectIn(session, `SELECT ${PAYMENT_FROM} WHERE p.id IN`, ids)
  const byId = new Map(rows.map(row => [text(row, 'id'), paymentOf(session.keys, row)]))
  return ids.flatMap(id => byId.get(id) ?? [])
}

function hideInstruction(keys: Keys, id: string, instruction: Instruction): string {
  return keys.hide({ column: 'yinqi_payment.instruction', row: id }, encode(instruction))
}
