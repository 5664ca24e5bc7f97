// A sample U8 account set for demonstrations and tests: U8's own tables and columns, invented data, rowversion emulated.
// It creates tables; it must never be pointed at a real account set, and refuses where one is.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Fault } from '../../connector/ports'
import type { DbConfig } from '../shared/db-config'
import type { Db, Dialect, Queryable } from '../shared/db'
import { intOf, textOf } from '../shared/row'
import { u8Config, type U8Config } from './config'
import { placeholders, sqlOf, type Sql } from './dialect'
import { periodDays, sampleRows } from './sample-data'

export type SampleOptions = {
  /** The day the sample is at, `yyyy-MM-dd`: its period and the one before are open. */
  readonly around: string
  readonly accountSet?: string
  readonly systemDatabase?: string
}

/** Creates and fills the account set. Throws Fault `U8_SAMPLE` where a voucher table exists already. */
export async function createSampleAccountSet(db: Db, options: SampleOptions): Promise<void> {
  const { around, accountSet = '001', systemDatabase = 'UFSystem' } = options
  const sql = sqlOf(db.dialect)
  const present = await db.query(sql.columns(null, 1), ['gl_accvouch'])
  if (present.length > 0) {
    throw new Fault(
      'U8_SAMPLE',
      '此库已有 GL_accvouch，不能建立样例账套 / this database has a GL_accvouch: no sample is created here',
    )
  }
  const system = (table: string): string => sql.systemTable(systemDatabase, table)
  if (db.dialect === 'postgres') await db.execute(`CREATE SCHEMA IF NOT EXISTS ${systemDatabase}`)
  for (const statement of sampleStatements(db.dialect, systemDatabase)) await db.execute(statement)
  const [here] = sql.currentDatabase === null ? [] : await db.query(`SELECT ${sql.currentDatabase} AS here`)
  const year = Number(around.slice(0, 4))
  const period = periodAround(around)
  const database = here ? textOf(here, 'here') : `UFDATA_${accountSet}_${year}`
  for (const { table, isSystem, columns, rows } of sampleRows({ accountSet, database, year, period })) {
    const name = isSystem === true ? system(table) : table
    const row = `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${placeholders(columns.length)})`
    for (const values of rows) await db.execute(row, values)
  }
}

/** The DDL of the sample, one statement each. Statements are separated by empty lines. */
export function sampleStatements(dialect: Dialect, systemDatabase = 'UFSystem'): readonly string[] {
  const prefix = dialect === 'mssql' ? `${systemDatabase}.dbo` : systemDatabase
  const text = readFileSync(path.join(folderOf(dialect), 'schema.sql'), 'utf8').replaceAll('{system}', prefix)
  return text
    .split(/\n\s*\n/)
    .filter(part => part.split('\n').some(line => line.trim() !== '' && !line.startsWith('--')))
    .map(part => part.trim().replace(/;$/, isBody(part) ? ';' : ''))
}

export type SamplePayment = {
  readonly supplier: string
  /** Decimal text in the base currency. */
  readonly amount: string
  readonly date: string
  readonly purpose: string
  readonly approver: string
  /** `yyyy-MM-ddTHH:mm:ss.SSS` of U8's clock. */
  readonly approvedAt: string
  readonly payeeAccount?: string
  readonly payeeBank?: string
  readonly settlementAccount?: string
}

/** Enters and approves a payment document as U8's client does, AP ledger rows included. Resolves to its iID and number. */
export async function approvePayment(
  db: Db,
  payment: SamplePayment,
): Promise<{ readonly id: string; readonly number: string }> {
  return db.transaction(tx => enterPayment(db.dialect, tx, payment))
}

/** As `approvePayment`, inside a transaction of the caller's. */
export async function enterPayment(
  dialect: Dialect,
  tx: Queryable,
  payment: SamplePayment,
): Promise<{ readonly id: string; readonly number: string }> {
  const sql = sqlOf(dialect)
  const account = payment.settlementAccount ?? '100201'
  await tx.execute(
    'INSERT INTO Ap_CloseBill (cFlag, cVouchType, dVouchDate, cDwCode, cSSCode, cDigest, iExchRate, iAmount, iAmount_f, ' +
      'cCode, cBankAccount, cBank, cOperator, cCheckMan, dverifysystime, dverifydate) ' +
      `VALUES ('AP', '49', ${sql.dayValue}, ?, '3', ?, 1, ${sql.amountValue}, ${sql.amountValue}, ?, ?, ?, ?, ?, ${sql.stampValue}, ${sql.dayValue})`,
    [
      ...[payment.date, payment.supplier, payment.purpose, payment.amount, payment.amount, account],
      ...[
        payment.payeeAccount ?? null,
        payment.payeeBank ?? null,
        '样例会计',
        payment.approver,
        payment.approvedAt,
        payment.date,
      ],
    ],
  )
  const [row] = await tx.query('SELECT MAX(iID) AS iid FROM Ap_CloseBill WHERE cDwCode = ? AND cDigest = ?', [
    payment.supplier,
    payment.purpose,
  ])
  const id = String(intOf(row ?? {}, 'iid'))
  const [head] = await tx.query('SELECT cVouchID AS cvouchid FROM Ap_CloseBill WHERE iID = ?', [id])
  const number = textOf(head ?? {}, 'cvouchid')
  // On SQLite and PostgreSQL the sample's own trigger stands for the client's approval.
  if (dialect === 'mssql') await enterApLedger(tx, sql, id, number, account, payment)
  return { id, number }
}

async function enterApLedger(
  tx: Queryable,
  sql: Sql,
  id: string,
  number: string,
  account: string,
  payment: SamplePayment,
): Promise<void> {
  await tx.execute(
    `INSERT INTO Ap_CloseBills (iID, iType, cCusVen, iAmt, iAmt_f, cKm) VALUES (?, 0, ?, ${sql.amountValue}, ${sql.amountValue}, '2202')`,
    [id, payment.supplier, payment.amount, payment.amount],
  )
  for (const [flag, code] of [
    [6, account],
    [0, '2202'],
  ] as const) {
    await tx.execute(
      'INSERT INTO Ap_Detail (cVouchType, cVouchID, dVouchDate, cDwCode, cCode, cFlag, cProcStyle, iFlag) ' +
        `VALUES ('49', ?, ${sql.dayValue}, ?, ?, 'AP', '49', ?)`,
      [number, payment.date, payment.supplier, code, flag],
    )
  }
}

/** A configuration that fits the sample: what a site would write, with the sample's accounts and banks. */
export function sampleConfig(database: DbConfig, payFrom: string): U8Config {
  return u8Config.parse({
    database,
    accountSet: '001',
    payFrom,
    settlementStyles: ['3'],
    bankAccounts: [
      { account: '1202020000000000001', ledgerAccount: '100201' },
      { account: '350600000001', ledgerAccount: '100202' },
    ],
    payeeKind: { default: 'C' },
    payeeBanks: [
      { bankName: '中国工商银行杭州样例支行', bankCode: '102331000001', province: '浙江省', city: '杭州市' },
      { bankName: '中国银行上海样例支行', bankCode: '104290000002', province: '上海市', city: '上海市' },
      { bankName: '招商银行深圳样例支行', bankCode: '308584000003', province: '广东省', city: '深圳市' },
      { bankName: '招商银行杭州样例支行', bankCode: '308331000004', province: '浙江省', city: '杭州市' },
    ],
    voucher: {
      mode: 'ap',
      cashFlow: {
        defaults: [
          { account: '2202', side: 'debit', item: '04' },
          { account: '660301', side: 'debit', item: '07' },
        ],
      },
    },
  })
}

function periodAround(day: string): number {
  const year = Number(day.slice(0, 4))
  for (let period = 1; period <= 12; period++) if (day <= periodDays(year, period).end) return period
  throw new RangeError(`no period holds ${day}`)
}

function isBody(text: string): boolean {
  return /^CREATE (TRIGGER|PROCEDURE)/m.test(text) && /END;\s*$/.test(text)
}

function folderOf(dialect: Dialect): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'sql', 'u8', 'sample', dialect)
    if (existsSync(candidate)) return candidate
    if (folder === path.dirname(folder)) throw new Error(`sql/u8/sample/${dialect} is not part of this installation`)
  }
}
