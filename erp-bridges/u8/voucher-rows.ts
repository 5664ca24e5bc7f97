// The rows of one voucher: values as U8 keeps them (`u8 §10.1`), and as the client's own 制单 leaves them where a payment
// document is booked (`u8 §7.7`). Never posted, reviewed or signed.

import { formatAmount } from '../../connector/core/money'
import type { JournalEntry, JournalLine } from '../../connector/ports'
import type { Queryable, SqlValue } from '../shared/db'
import type { Period, U8 } from './account-set'
import type { PaymentDocument } from './book-document'
import type { CashRow } from './cash-flow'
import type { Sql } from './dialect'
import type { LedgerFacts } from './gates'
import { hasColumn, type Schema } from './schema'
import { localStamp } from './u8-time'

/** nvarchar(120) and nvarchar(50) (`u8 §3`): words and a hint for people, cut rather than refused. */
const DIGEST_MAX = 120
const EQUAL_MAX = 50

export type Voucher = {
  readonly entry: JournalEntry
  readonly facts: LedgerFacts
  readonly period: Period
  readonly sequence: number
  readonly number: number
  /** coutno_id. */
  readonly key: string
  readonly payment: PaymentDocument | null
  readonly rowGuid: string
}

/** A value, and the SQL that gives it its type; `?` where there is none. */
export type Cell = { readonly value: SqlValue; readonly sql?: string }
export type Cells = Readonly<Record<string, SqlValue | Cell>>

export function voucherRow(u8: U8, voucher: Voucher, index: number): Cells {
  const { entry, period, payment } = voucher
  const line = lineAt(entry, index)
  const { auxiliaries, settlement } = line
  const day = { value: entry.date, sql: u8.sql.dayValue }
  const isControlled = (voucher.facts.accounts.get(line.account)?.controlledBy ?? '') !== ''
  return {
    ...{ iperiod: period.period, iyear: period.year, iYPeriod: period.year * 100 + period.period },
    ...{ csign: entry.voucherType, isignseq: voucher.sequence, ino_id: voucher.number, inid: index + 1 },
    ...{ dbill_date: day, doutbilldate: day, idoc: payment ? 1 : -1, cbill: entry.maker, ibook: 0 },
    ...{ cdigest: (line.summary || entry.summary).slice(0, DIGEST_MAX), ccode: line.account },
    ...{ md: sideAmount(u8.sql, line, 'debit'), mc: sideAmount(u8.sql, line, 'credit') },
    ...{ md_f: 0, mc_f: 0, nfrat: 0, nd_s: 0, nc_s: 0 },
    ...{ csettle: settlement?.style || null, cn_id: settlement?.number || null },
    dt_date: { value: settlement?.date || null, sql: u8.sql.dayValue },
    ...{ cdept_id: auxiliaries.department ?? null, cperson_id: auxiliaries.person ?? null },
    ...{ ccus_id: auxiliaries.customer ?? null, csup_id: auxiliaries.supplier ?? null },
    ...{ citem_class: auxiliaries.itemClass ?? null, citem_id: auxiliaries.item ?? null },
    cname: payment && (auxiliaries.supplier || auxiliaries.customer) ? '-' : null,
    ...{ ccode_equal: counterAccounts(entry, line).slice(0, EQUAL_MAX), ccodeexch_equal: counterAccounts(entry, line) },
    ...{ bdelete: 0, bFlagOut: 0, coutno_id: voucher.key },
    // On a red voucher: the blue one's own key, as U8's 冲销凭证 leaves it (`u8 §10.4`).
    ...(entry.reverses ? { cblueoutno_id: entry.reverses.key } : {}),
    ...{ coutaccset: payment ? u8.config.accountSet : null, coutsysname: payment ? 'AP' : null },
    ...{ ioutyear: payment ? period.year : null, ioutperiod: payment ? period.period : null },
    ...{ coutsign: payment ? 'RP' : '', coutbillsign: payment ? '49' : null, coutid: payment?.number ?? null },
    ...{
      bvouchedit: 1,
      bcodeedit: 1,
      bPCSedit: 1,
      bDeptedit: 1,
      bItemedit: 1,
      bvalueedit: payment && isControlled ? 0 : 1,
    },
    ...{ bvouchAddordele: payment ? 1 : 0, bvouchmoneyhold: 0, bCusSupInput: 0 },
    RowGuid: voucher.rowGuid,
    tvouchtime: { value: localStamp(u8.clock.now()), sql: u8.sql.stampValue },
  }
}

export function cashRow(u8: U8, voucher: Voucher, row: CashRow): Cells {
  const { entry, period } = voucher
  const line = lineAt(entry, row.line - 1)
  const { auxiliaries } = line
  return {
    ...{ iPeriod: period.period, iyear: period.year, iYPeriod: period.year * 100 + period.period },
    // The importer leaves csign empty and U8's client fills it (`u8 §9.5`): so do we.
    ...{ iSignSeq: voucher.sequence, iNo_id: voucher.number, inid: row.line, csign: entry.voucherType },
    ...{ cCashItem: row.item, ccode: line.account, RowGuid: voucher.rowGuid },
    ...{
      md: sideAmount(u8.sql, line, 'debit'),
      mc: sideAmount(u8.sql, line, 'credit'),
      md_f: 0,
      mc_f: 0,
      nd_s: 0,
      nc_s: 0,
    },
    ...{ cdept_id: auxiliaries.department ?? null, cperson_id: auxiliaries.person ?? null },
    ...{ ccus_id: auxiliaries.customer ?? null, csup_id: auxiliaries.supplier ?? null },
    ...{ citem_class: auxiliaries.itemClass ?? null, citem_id: auxiliaries.item ?? null },
    dbill_date: { value: entry.date, sql: u8.sql.dayValue },
  }
}

/** Columns that this build does not have are left out; those it must have were asked for before. */
export async function insertRow(tx: Queryable, schema: Schema, table: string, cells: Cells): Promise<void> {
  const present = Object.entries(cells).filter(([column]) => hasColumn(schema, table, column))
  await tx.execute(
    insertSql(table, present),
    present.map(([, cell]) => (isCell(cell) ? cell.value : cell)),
  )
}

export function insertSql(table: string, cells: readonly (readonly [string, SqlValue | Cell])[]): string {
  const marks = cells.map(([, cell]) => (isCell(cell) ? (cell.sql ?? '?') : '?'))
  return `INSERT INTO ${table} (${cells.map(([column]) => column).join(', ')}) VALUES (${marks.join(', ')})`
}

function sideAmount(sql: Sql, line: JournalLine, side: JournalLine['side']): Cell {
  return { value: line.side === side ? formatAmount(line.amount) : '0', sql: sql.amountValue }
}

function counterAccounts(entry: JournalEntry, line: JournalLine): string {
  return [...new Set(entry.lines.filter(other => other.side !== line.side).map(other => other.account))].join(',')
}

export function lineAt(entry: JournalEntry, index: number): JournalLine {
  const line = entry.lines[index]
  if (!line) throw new RangeError(`entry ${entry.key} has no line ${index + 1}`)
  return line
}

function isCell(cell: SqlValue | Cell): cell is Cell {
  return typeof cell === 'object' && cell !== null && !Buffer.isBuffer(cell)
}
