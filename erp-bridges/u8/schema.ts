// Which of U8's tables and columns are there. Builds differ (`u8 §3`: newer ones add columns), so the account set is
// asked, once; nothing is ever inserted or selected by position.

import type { Queryable } from '../shared/db'
import { intOrNull, textOf } from '../shared/row'
import type { Sql } from './dialect'

/** Longest text per column (null: no limit), by lower-case table and column. */
export type Schema = ReadonlyMap<string, ReadonlyMap<string, number | null>>

/** What reading payment documents needs, and nothing more. */
export const DOCUMENT_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Ap_CloseBill: [
    ...['iID', 'cVouchID', 'cFlag', 'cVouchType', 'dVouchDate', 'cDwCode', 'cSSCode', 'cexch_name', 'iAmount'],
    ...['iAmount_f', 'cDigest', 'cBank', 'cBankAccount', 'cNatBank', 'cNatBankAccount', 'cOperator', 'cCheckMan'],
    ...['cCode', 'cPZID', 'bStartFlag', 'Ufts'],
  ],
  Ap_CloseBills: ['iID', 'ID', 'iType', 'cCusVen', 'iAmt', 'iAmt_f', 'cKm'],
  Vendor: ['cVenCode', 'cVenName', 'cVenBank', 'cVenAccount'],
  VendorBank: ['cVenCode', 'cAccountNum', 'bDefault', 'cBranch'],
}

/** What reading and writing vouchers needs. */
export const VOUCHER_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  GL_accvouch: [
    ...['i_id', 'iperiod', 'csign', 'isignseq', 'ino_id', 'inid', 'dbill_date', 'idoc', 'cbill', 'ccheck', 'ibook'],
    ...['iflag', 'cdigest', 'ccode', 'cexch_name', 'md', 'mc', 'md_f', 'mc_f', 'nfrat', 'nd_s', 'nc_s', 'csettle'],
    ...['cn_id', 'dt_date', 'cdept_id', 'cperson_id', 'ccus_id', 'csup_id', 'citem_class', 'citem_id'],
    ...['ccode_equal', 'bdelete', 'coutsysname', 'coutsign', 'coutno_id', 'coutbillsign', 'coutid', 'doutbilldate'],
    ...['bFlagOut', 'RowGuid', 'iyear', 'iYPeriod'],
  ],
  GL_mend: ['iyear', 'iperiod', 'bflag', 'bflag_AP'],
  GL_mvcontrol: ['iyear', 'iperiod', 'csign', 'ino_id'],
  GL_CashTable: ['iPeriod', 'iSignSeq', 'iNo_id', 'inid', 'cCashItem', 'md', 'mc', 'ccode', 'csign', 'iyear'],
  code: [
    ...['iyear', 'ccode', 'bend', 'bclose', 'cother', 'cexch_name', 'bbank', 'bcash', 'bperson', 'bcus', 'bsup'],
    ...['bdept', 'bitem'],
  ],
  dsign: ['csign', 'isignseq', 'itype'],
  SettleStyle: ['cSSCode', 'bSSEnd'],
  AccInformation: ['cSysID', 'cName', 'cValue'],
  Department: ['cDepCode', 'bDepEnd'],
  Person: ['cPersonCode'],
  Customer: ['cCusCode'],
}

/** What booking through the payment document itself (制单) needs besides (`u8 §7.7`). */
export const AP_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Ap_CloseBill: ['cPZID', 'cPZNum', 'doutbilldate'],
  Ap_Detail: [
    'cVouchType',
    'cVouchID',
    'cFlag',
    'cProcStyle',
    'iFlag',
    'cPZid',
    'dPZDate',
    'cGLSign',
    'iGLno_id',
    'ino_id',
  ],
}

export const SYSTEM_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  UA_Account: ['cAcc_Id', 'cUnitName', 'cCurName'],
  UA_Period: ['cAcc_Id', 'iYear', 'iId', 'dBegin', 'dEnd', 'bIsDelete'],
}

/** Absent on old releases (`u8 §2.1`). */
const OPTIONAL_TABLES = ['dsigns', 'fitem', 'Ap_Detail', 'Ap_CancelNo', 'CustomerBank'] as const
const OPTIONAL_SYSTEM_TABLES = ['UA_AccountDatabase'] as const

export async function readSchema(
  db: Queryable,
  sql: Sql,
  systemDatabase: string,
  itemTables: readonly string[],
): Promise<Schema> {
  const own = [
    ...new Set([...Object.keys(DOCUMENT_COLUMNS), ...Object.keys(VOUCHER_COLUMNS), ...OPTIONAL_TABLES, ...itemTables]),
  ]
  const system = [...Object.keys(SYSTEM_COLUMNS), ...OPTIONAL_SYSTEM_TABLES]
  const lower = (names: readonly string[]): string[] => names.map(name => name.toLowerCase())
  const rows = [
    ...(await db.query(sql.columns(null, own.length), lower(own))),
    ...(await db.query(sql.columns(systemDatabase, system.length), lower(system))),
  ]
  const schema = new Map<string, Map<string, number | null>>()
  for (const row of rows) {
    const table = textOf(row, 'table_name')
    const columns = schema.get(table) ?? new Map<string, number | null>()
    columns.set(textOf(row, 'column_name'), intOrNull(row, 'max_chars'))
    schema.set(table, columns)
  }
  return schema
}

export function hasTable(schema: Schema, table: string): boolean {
  return schema.has(table.toLowerCase())
}

export function hasColumn(schema: Schema, table: string, column: string): boolean {
  return schema.get(table.toLowerCase())?.has(column.toLowerCase()) ?? false
}

/** Characters that fit, or null when there is no limit that we know. */
export function widthOf(schema: Schema, table: string, column: string): number | null {
  return schema.get(table.toLowerCase())?.get(column.toLowerCase()) ?? null
}

/** `table.column` of everything that is wanted and not there. */
export function missingFrom(schema: Schema, wanted: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(wanted).flatMap(([table, columns]) =>
    columns.filter(column => !hasColumn(schema, table, column)).map(column => `${table}.${column}`),
  )
}
