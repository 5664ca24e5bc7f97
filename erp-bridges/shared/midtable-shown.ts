// What yq_payment shows of payments that the ERP was told about: the fence's witness on the ERP's side (I10). It reads
// what we wrote there and changes nothing.

import { Fault, type PaymentRequest, type RowStatus, type Shown } from '../../connector/ports'
import type { Db, Dialect, Row } from './db'
import { KEY_COLUMNS, REQUEST_COLUMNS } from './midtable-columns'
import { intOf, textOf } from './row'

/** `taken`: rows that were asked for in the table. `mirror`: rows that stand for a document of one account set of U8. */
export type Whose = { readonly rows: 'taken' } | { readonly rows: 'mirror'; readonly accountSet: string }

/**
 * Rows with a bank reference among the newest `events` of yq_payment_event. Bounded by the event's number instead of a
 * LIMIT: no sorting, one text for every dialect. Throws Fault ERP_UNREACHABLE.
 */
export async function readShown(
  db: Db,
  events: number,
  whose: Whose,
  requestOf: (row: Row) => PaymentRequest,
): Promise<readonly Shown[]> {
  try {
    const rows = await db.query(
      shownSql(db.dialect, whose),
      whose.rows === 'taken' ? [events] : [whose.accountSet, events],
    )
    return rows.map(row => ({
      request: requestOf(row),
      status: statusOf(row),
      seq: intOf(row, 'status_seq'),
      bankReference: textOf(row, 'bank_reference'),
      bankSerial: textOf(row, 'bank_serial'),
    }))
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault('ERP_UNREACHABLE', '中间表无法读取 / the middle tables cannot be read', { cause: error })
  }
}

/** One placeholder, the number of events; before it the account set, for a mirror. */
export function shownSql(dialect: Dialect, whose: Whose): string {
  const join = KEY_COLUMNS.map(column => `e.${column} = t.${column}`).join(' AND ')
  const mine =
    whose.rows === 'taken'
      ? `p.taken_by <> 'mirror'`
      : `p.taken_by = 'mirror' AND p.source_system = 'U8' AND p.account_set = ?`
  return (
    `SELECT ${columnsOf(dialect)}, p.status, p.status_seq, p.bank_reference, p.bank_serial FROM yq_payment p ` +
    `WHERE p.bank_reference <> '' AND p.status <> 'new' AND ${mine} AND p.id IN (SELECT t.id FROM yq_payment_event e ` +
    `JOIN yq_payment t ON ${join} WHERE e.id > (SELECT COALESCE(MAX(n.id), 0) - ? FROM yq_payment_event n))`
  )
}

/** Amount and date as text: drivers would make a double and a local Date of them. */
function columnsOf(dialect: Dialect): string {
  return Object.keys(REQUEST_COLUMNS)
    .filter(column => column !== 'created_at')
    .map(column => {
      if (column === 'amount' && dialect === 'mssql') return 'CONVERT(varchar(40), p.amount) AS amount'
      if (column === 'amount' && dialect === 'sqlite') return 'CAST(p.amount AS TEXT) AS amount'
      if (column === 'requested_on' && dialect === 'mssql')
        return 'CONVERT(varchar(10), p.requested_on, 23) AS requested_on'
      return `p.${column}`
    })
    .join(', ')
}

const STATUSES: readonly string[] = [
  'held',
  'ready',
  'sending',
  'unknown',
  'accepted',
  'settled',
  'failed',
  'returned',
  'cancelled',
  'invalid',
] satisfies readonly RowStatus[]

function statusOf(row: Row): RowStatus {
  const status = textOf(row, 'status')
  if (!isStatus(status)) throw new Fault('ERP_COLUMN', `yq_payment.status: ${status}`)
  return status
}

function isStatus(text: string): text is RowStatus {
  return STATUSES.includes(text)
}
