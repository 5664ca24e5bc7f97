// Writes what the ERP must be told into the middle tables. Every record carries a key: writing it again changes nothing,
// and an older record never overwrites a newer one (I6). It never writes a column that the ERP owns, but for a mirror row.

import {
  Fault,
  type CommandAnswer,
  type ErpRecord,
  type PaymentStatusRecord,
  type PushResult,
  type RequestKey,
} from '../../connector/ports'
import type { Db, Queryable } from './db'
import { codeOf, isBusy, isDuplicate, isRefused, messageOf } from './db-errors'
import { writeCollection } from './midtable-collections'
import { writeBalance, writeJournal, writeLine, writeReceipt, writeWithdrawal } from './midtable-bank-rows'
import {
  amount,
  day,
  insertOnce,
  instant,
  text,
  updateRow,
  type Assignments,
  type Target,
  type Value,
} from './midtable-sql'
import { REQUEST_COLUMNS } from './midtable-columns'

export type MidtableOptions = {
  /**
   * True where requests do not come from yq_payment (U8's own documents): a request that has no row there is inserted
   * as one, so that the ERP sees every payment in one table. False: a missing row is an error of the site.
   */
  readonly mirror: boolean
}

/** One result a record, in order. Throws when the database cannot be reached; what was written then is written again. */
export async function pushToMidtable(
  db: Db,
  records: readonly ErpRecord[],
  options: MidtableOptions,
): Promise<readonly PushResult[]> {
  if (records.length === 0) return []
  try {
    return await db.transaction(async tx => {
      const results: PushResult[] = []
      for (const record of records) results.push(await write(db, tx, record, options))
      return results
    })
  } catch (error) {
    // One wrong record must not stop the right ones: each then has a transaction of its own. Where the database is
    // gone this throws again, which is the caller's news.
    if (records.length === 1) return [answerOf(db, error)]
  }
  const results: PushResult[] = []
  for (const record of records) {
    try {
      results.push(await db.transaction(tx => write(db, tx, record, options)))
    } catch (error) {
      results.push(answerOf(db, error))
    }
  }
  return results
}

const DONE: PushResult = { kind: 'done', erpNumber: '' }

function answerOf(db: Db, error: unknown): PushResult {
  const reason = messageOf(error)
  // A duplicate here means that another connector wrote the same key between our look and our insert.
  if (isBusy(db.dialect, error) || isDuplicate(db.dialect, error)) return { kind: 'deferred', reason }
  if (isRefused(db.dialect, error) || error instanceof RangeError) {
    return { kind: 'refused', code: `MIDTABLE_${codeOf(db.dialect, error) || 'VALUE'}`, text: reason }
  }
  throw new Fault('ERP_UNREACHABLE', '中间表数据库不可用 / the middle-table database does not answer', { cause: error })
}

async function write(db: Db, tx: Queryable, record: ErpRecord, options: MidtableOptions): Promise<PushResult> {
  const target = { dialect: db.dialect, tx }
  switch (record.kind) {
    case 'payment.status':
      return writeStatus(target, record, options)
    case 'statement.line':
      return writeLine(target, record)
    case 'statement.withdrawal':
      return writeWithdrawal(target, record)
    case 'balance':
      return writeBalance(target, record)
    case 'receipt':
      return writeReceipt(target, record)
    case 'journal.entry':
      return writeJournal(target, record)
    case 'command.answered':
      return writeAnswer(target, record)
    case 'collection':
      return writeCollection(target, record)
    default:
      return record satisfies never
  }
}

async function writeStatus(target: Target, record: PaymentStatusRecord, options: MidtableOptions): Promise<PushResult> {
  const key = keyOf(record.request.key, record.revision)
  const result = {
    status: text(record.status),
    status_text: text(record.statusText),
    status_seq: record.seq,
    error_code: text(record.errorCode),
    bank_reference: text(record.bankReference),
    bank_serial: text(record.bankSerial),
    settled_at: instant(record.settledAt),
    receipt_no: text(record.receiptNo),
    updated_at: instant(record.at),
  }
  // The newer record wins, whichever comes last. A row that still says `new` has been told nothing yet.
  const newer = { sql: `(status_seq < ? OR status = 'new')`, values: [record.seq] }
  const changed = await updateRow(target, 'yq_payment', result, key, newer)
  if (changed === 0 && !(await exists(target, key))) {
    if (!options.mirror) return missing(record)
    await insertOnce(target, 'yq_payment', { ...key, ...mirrorOf(record), ...result }, Object.keys(key))
  }
  const event = {
    ...key,
    seq: record.seq,
    status: text(record.status),
    status_text: text(record.statusText),
    cause: text(record.cause),
    error_code: text(record.errorCode),
    bank_reference: text(record.bankReference),
    bank_serial: text(record.bankSerial),
    happened_at: instant(record.at),
  }
  await insertOnce(target, 'yq_payment_event', event, [...Object.keys(key), 'seq'])
  return DONE
}

function missing(record: PaymentStatusRecord): PushResult {
  const { docType, docNo } = record.request.key
  return {
    kind: 'refused',
    code: 'MIDTABLE_ROW_MISSING',
    text:
      `中间表 yq_payment 中没有单据 ${docType} ${docNo} 第 ${record.revision} 版 / ` +
      `yq_payment has no row for document ${docType} ${docNo} revision ${record.revision}`,
  }
}

async function exists(target: Target, key: Assignments): Promise<boolean> {
  const columns = Object.keys(key)
  const rows = await target.tx.query(
    `SELECT 1 AS found FROM yq_payment WHERE ${columns.map(column => `${column} = ?`).join(' AND ')}`,
    columns.map(column => rawOf(key[column])),
  )
  return rows.length > 0
}

function rawOf(value: Value | undefined): string | number | null {
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new RangeError('a key is plain text or a number')
}

/** The ERP's columns of a row that stands for a document which lives elsewhere: taken from the start, so never claimed. */
function mirrorOf(record: PaymentStatusRecord): Assignments {
  const { request } = record
  const texts = {
    company_code: request.companyCode,
    payer_account: request.payerAccount,
    payer_name: request.payerName,
    payee_account: request.payeeAccount,
    payee_name: request.payeeName,
    payee_bank_name: request.payeeBankName,
    payee_bank_code: request.payeeBankCode,
    payee_kind: request.payeeKind,
    payee_province: request.payeeProvince,
    payee_city: request.payeeCity,
    currency: request.currency,
    purpose: request.purpose,
    postscript: request.postscript,
    business_type: request.businessType,
    urgency: request.urgency,
    batch_no: request.batchNo,
    maker: request.maker,
    checker: request.checker,
  } satisfies Partial<Record<keyof typeof REQUEST_COLUMNS, string>>
  return {
    ...Object.fromEntries(Object.entries(texts).map(([column, value]) => [column, text(value)])),
    amount: amount(request.amount),
    requested_on: day(/^\d{4}-\d\d-\d\d$/.test(request.requestedOn) ? request.requestedOn : null),
    request: 'pay',
    taken_at: instant(record.at),
    taken_by: 'mirror',
  }
}

async function writeAnswer(target: Target, record: CommandAnswer): Promise<PushResult> {
  if (!/^\d{1,18}$/.test(record.id)) {
    return { kind: 'refused', code: 'MIDTABLE_ROW_MISSING', text: `yq_command 无此行 / no such row: ${record.id}` }
  }
  const answer = {
    status: record.ok ? 'done' : 'failed',
    answer: text(record.text),
    answered_at: instant(record.at),
  }
  // The first answer stands: a repeated record finds it and changes nothing. A row that is gone has nobody to tell.
  await updateRow(target, 'yq_command', answer, { id: Number(record.id) }, { sql: `status = 'new'`, values: [] })
  return DONE
}

function keyOf(key: RequestKey, revision: number): Assignments {
  return {
    source_system: key.sourceSystem,
    account_set: key.accountSet,
    doc_type: key.docType,
    doc_no: key.docNo,
    doc_line: key.docLine,
    revision,
  }
}
