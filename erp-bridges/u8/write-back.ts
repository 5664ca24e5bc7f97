// Marks on the payment document itself, in columns that the site has named; by default none is written. It touches
// only those columns, and only on the row version it has seen (`u8 §7.6`).

import type { PaymentStatusRecord } from '../../connector/ports'
import type { SqlValue } from '../shared/db'
import { intOrNull, textOf } from '../shared/row'
import type { U8 } from './account-set'
import type { U8Config } from './config'
import type { Sql } from './dialect'
import { DOCUMENT_TYPE } from './mapping'
import { hasColumn, widthOf, type Schema } from './schema'

/** The document may move under us; each attempt reads it anew. */
const ATTEMPTS = 3

type WriteBack = NonNullable<U8Config['writeBack']>

export type WriteBackStatements = {
  readonly seen: string
  readonly newest: string
  readonly mark: (columns: readonly string[]) => string
}

/** Every statement that this file runs. */
export function writeBackStatements(sql: Sql): WriteBackStatements {
  return {
    seen: `SELECT ${sql.rowversion('Ufts')} AS ufts FROM Ap_CloseBill WHERE iID = ? AND cFlag = 'AP' AND cVouchType = '49'`,
    newest:
      'SELECT status_seq AS status_seq FROM yq_payment WHERE source_system = ? AND account_set = ? AND doc_type = ? ' +
      'AND doc_no = ? AND doc_line = 1 AND revision = ?',
    mark: columns =>
      `UPDATE Ap_CloseBill SET ${columns.map(column => `${column} = ?`).join(', ')} ` +
      `WHERE iID = ? AND Ufts = ${sql.rowversionValue}`,
  }
}

/** False when the document kept changing: to be tried again. A document that is gone has nothing to be marked. */
export async function writeBack(u8: U8, record: PaymentStatusRecord): Promise<boolean> {
  const { key } = record.request
  const wanted = u8.config.writeBack
  if (!wanted || key.docType !== DOCUMENT_TYPE) return true
  const marks = marksOf(record, wanted, await u8.schema())
  const columns = Object.keys(marks)
  if (columns.length === 0) return true
  const statements = writeBackStatements(u8.sql)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [row] = await u8.db.query(statements.seen, [key.docNo])
    if (!row) return true
    const place = [key.sourceSystem, key.accountSet, key.docType, key.docNo, record.revision]
    const [newest] = await u8.db.query(statements.newest, place)
    // An older record, delivered late, never overwrites what a newer one said.
    if (newest && (intOrNull(newest, 'status_seq') ?? 0) > record.seq) return true
    const values = columns.map(column => marks[column] ?? null)
    if ((await u8.db.execute(statements.mark(columns), [...values, key.docNo, textOf(row, 'ufts')])) === 1) return true
  }
  return false
}

/** Sent and confirmed marks are taken back when the payment ended unpaid, so that the document can be asked again. */
function marksOf(record: PaymentStatusRecord, wanted: WriteBack, schema: Schema): Readonly<Record<string, SqlValue>> {
  const { status } = record
  const isOut = status === 'sending' || status === 'unknown' || status === 'accepted' || status === 'settled'
  const marks: Record<string, SqlValue> = {}
  if (wanted.isSentMarked) marks['bToBank'] = isOut ? 1 : 0
  if (wanted.isConfirmedMarked) marks['bSure'] = status === 'settled' ? 1 : 0
  if (wanted.statusColumn) marks[wanted.statusColumn] = cut(schema, wanted.statusColumn, status)
  if (wanted.serialColumn) marks[wanted.serialColumn] = cut(schema, wanted.serialColumn, record.bankSerial)
  return Object.fromEntries(Object.entries(marks).filter(([column]) => hasColumn(schema, 'Ap_CloseBill', column)))
}

function cut(schema: Schema, column: string, text: string): string {
  return text.slice(0, widthOf(schema, 'Ap_CloseBill', column) ?? text.length)
}
