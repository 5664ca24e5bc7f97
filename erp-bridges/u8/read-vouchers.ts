// Payment vouchers (GL_accvouch) as a source of payments, at a site's choice. There is no rowversion: every open period
// is read and compared by digest (`u8 §4.2`). What is not fully understood is not a payment.

import { z } from 'zod'
import { Fault, type PaymentRequest, type Pull, type Recheck } from '../../connector/ports'
import { parseAmount, sumOf } from '../../connector/core/money'
import { intOf } from '../shared/row'
import { assertAccountSet, readPeriods, type Period, type U8 } from './account-set'
import type { U8Config } from './config'
import { placeholders, type Sql } from './dialect'
import {
  at,
  configuredColumns,
  defaultPayee,
  digest,
  isBaseCurrency,
  requestFrom,
  VOUCHER_TYPE,
  type Columns,
  type PayeeAccount,
} from './mapping'
import { columnsOf, payeeAccountsOf } from './read-documents'
import { DOCUMENT_COLUMNS, missingFrom, VOUCHER_COLUMNS } from './schema'

/**
 * U8's own number of a GL voucher (`u8 §5`): the key of what is paid. It stays when vouchers are renumbered or edited,
 * and neither our own entries nor another system's vouchers have one, so neither is ever paid.
 */
const OWN_KEY = /^GL\d{13}$/

export type VoucherStatements = {
  readonly openPeriods: string
  readonly period: string
  readonly byKeys: (count: number) => string
  readonly vendors: (count: number) => string
  readonly payeeAccounts: (count: number) => string
  readonly unkeyed: string
  readonly anyVoucher: string
}

/** Every statement that this file runs. */
export function voucherStatements(sql: Sql, config: U8Config): VoucherStatements {
  const line = [
    ...['g.coutno_id AS coutno_id', 'g.csign AS csign', 'g.ino_id AS ino_id', 'g.inid AS inid', 'g.cbill AS cbill'],
    ...['g.ccheck AS ccheck', 'g.cdigest AS cdigest', 'g.ccode AS ccode', 'g.csettle AS csettle', 'g.cn_id AS cn_id'],
    ...['g.csup_id AS csup_id', 'g.cexch_name AS cexch_name', 'COALESCE(c.bbank, 0) AS bbank'],
    ...['COALESCE(g.iflag, 0) AS iflag', `${sql.day('g.dbill_date')} AS dbill_date`],
    ...['md', 'mc', 'md_f', 'mc_f'].map(name => `${sql.amount(`g.${name}`)} AS ${name}`),
  ].join(', ')
  const from =
    'FROM GL_accvouch AS g LEFT JOIN code AS c ON c.iyear = g.iyear AND c.ccode = g.ccode ' +
    "WHERE g.iperiod BETWEEN 1 AND 12 AND COALESCE(g.coutsysname, '') IN ('', 'GL')"
  const vendorColumns = [
    ...new Set([
      ...(DOCUMENT_COLUMNS['Vendor'] ?? []).map(name => name.toLowerCase()),
      ...configuredColumns(config)
        .filter(name => name.startsWith('vendor.'))
        .map(name => name.slice(7)),
    ]),
  ]
  const bankCredit =
    'EXISTS (SELECT 1 FROM GL_accvouch AS b INNER JOIN code AS k ON k.iyear = b.iyear AND k.ccode = b.ccode ' +
    'WHERE b.iyear = g.iyear AND b.iperiod = g.iperiod AND b.isignseq = g.isignseq AND b.ino_id = g.ino_id ' +
    `AND k.bbank = 1 AND ${sql.decimal('b.mc')} > 0)`
  const ofPeriod = `AND g.iyear = ? AND g.iperiod = ? AND ${sql.day('g.dbill_date')} >= ?`
  return {
    openPeriods:
      'SELECT iyear AS iyear, iperiod AS iperiod, COALESCE(bflag, 0) AS bflag FROM GL_mend WHERE iperiod BETWEEN 1 AND 12',
    period: `SELECT ${line} ${from} ${ofPeriod} AND g.coutno_id LIKE 'GL%' AND ${bankCredit} ORDER BY g.coutno_id, g.inid`,
    byKeys: count => `SELECT ${line} ${from} AND g.coutno_id IN (${placeholders(count)}) ORDER BY g.coutno_id, g.inid`,
    vendors: count =>
      `SELECT ${vendorColumns.map(name => `v.${name} AS v_${name}`).join(', ')} FROM Vendor AS v ` +
      `WHERE v.cVenCode IN (${placeholders(count)})`,
    payeeAccounts: count =>
      'SELECT b.cVenCode AS cvencode, b.cAccountNum AS caccountnum, b.bDefault AS bdefault, b.cBranch AS cbranch ' +
      `FROM VendorBank AS b WHERE b.cVenCode IN (${placeholders(count)}) ORDER BY b.cVenCode, b.cAccountNum`,
    unkeyed: `SELECT COUNT(*) AS n ${from} ${ofPeriod} AND COALESCE(g.coutno_id, '') = '' AND ${bankCredit}`,
    anyVoucher: `${sql.select(1)} g.i_id AS i_id ${from}${sql.limit(1)}`,
  }
}

/** What each finished period looked like, and where an unfinished one is to go on. */
const cursorSchema = z.strictObject({
  seen: z.record(z.string(), z.string()),
  at: z.strictObject({ period: z.string(), after: z.string(), digest: z.string() }).nullable(),
})
type Cursor = z.infer<typeof cursorSchema>

/** Vouchers of every open period, and of the last closed one, whose period changed since the cursor. */
export async function pullVouchers(u8: U8, after: string | null, limit: number): Promise<Pull> {
  await assertColumns(u8)
  const statements = voucherStatements(u8.sql, u8.config)
  const { seen, at: resumed } = cursorOf(after)
  const items: PaymentRequest[] = []
  const now: Record<string, string> = {}
  for (const period of await watchedPeriods(u8, statements)) {
    const key = `${period.year}-${period.period}`
    const rows = await u8.db.query(statements.period, [period.year, period.period, u8.config.payFrom])
    const requests = await requestsOf(u8, statements, rows.map(columnsOf))
    const state = digest(requests.map(request => [request.key.docNo, request.digest, request.approval]))
    const from = resumed?.period === key ? resumed : null
    if (!from && seen[key] === state) {
      now[key] = state
      continue
    }
    const rest = requests.filter(request => request.key.docNo > (from?.after ?? ''))
    const taken = rest.slice(0, limit - items.length)
    items.push(...taken)
    // What the period looked like at its first page: a change between pages makes it be read once more.
    const first = from?.digest ?? state
    if (taken.length < rest.length) {
      const last = taken.at(-1)?.key.docNo ?? from?.after ?? ''
      return {
        items,
        cursor: textOfCursor({ seen: { ...seen, ...now }, at: { period: key, after: last, digest: first } }),
        hasMore: true,
      }
    }
    now[key] = first
  }
  return { items, cursor: textOfCursor({ seen: now, at: null }), hasMore: false }
}

export async function recheckVouchers(u8: U8, requests: readonly PaymentRequest[]): Promise<readonly Recheck[]> {
  if (requests.length === 0) return []
  await assertColumns(u8)
  const statements = voucherStatements(u8.sql, u8.config)
  const keys = [...new Set(requests.map(request => request.key.docNo))]
  const rows = await u8.db.query(statements.byKeys(keys.length), keys)
  if (rows.length === 0) await assertNotEmpty(u8, statements)
  const found = rows.map(columnsOf)
  const current = await requestsOf(u8, statements, found)
  return requests.map(request => {
    const lines = found.filter(line => at(line, 'coutno_id') === request.key.docNo)
    if (lines.length === 0 || lines.some(line => !isReviewed(line))) return 'withdrawn'
    const now = current.find(candidate => candidate.key.docNo === request.key.docNo)
    return now?.digest === request.digest ? 'same' : 'changed'
  })
}

async function requestsOf(
  u8: U8,
  statements: VoucherStatements,
  lines: readonly Columns[],
): Promise<readonly PaymentRequest[]> {
  const keys = [...new Set(lines.map(line => at(line, 'coutno_id')))]
  const vouchers = new Map(keys.map(key => [key, [] as Columns[]]))
  for (const line of lines) vouchers.get(at(line, 'coutno_id'))?.push(line)
  const payable = [...vouchers].flatMap(([key, voucher]) => payableOf(key, voucher, u8.config) ?? [])
  const suppliers = [...new Set(payable.map(voucher => voucher.supplier))]
  if (suppliers.length === 0) return []
  const vendors = (await u8.db.query(statements.vendors(suppliers.length), suppliers)).map(columnsOf)
  const accounts = await u8.db.query(statements.payeeAccounts(suppliers.length), suppliers)
  return payable.map(voucher => {
    const vendor = vendors.find(row => at(row, 'vendor.cvencode').toLowerCase() === voucher.supplier.toLowerCase())
    return requestOfVoucher(voucher, vendor ?? {}, payeeAccountsOf(accounts, voucher.supplier), u8.config)
  })
}

type Payable = {
  readonly key: string
  readonly bank: Columns
  readonly lines: readonly Columns[]
  readonly supplier: string
}

/**
 * One bank account credited, nothing else credited, every debit line the same supplier's and positive, reviewed (审核),
 * valid, by a settlement style of ours, and in balance. Anything else is left to people.
 */
function payableOf(key: string, lines: readonly Columns[], config: U8Config): Payable | null {
  if (!OWN_KEY.test(key) || lines.some(line => !isReviewed(line))) return null
  const credits = lines.filter(line => minorOf(line, 'mc') !== 0n)
  const debits = lines.filter(line => minorOf(line, 'mc') === 0n)
  const [bank, ...others] = credits
  if (!bank || others.length > 0 || at(bank, 'bbank') !== '1' || !config.settlementStyles.includes(at(bank, 'csettle')))
    return null
  const suppliers = new Set(debits.map(line => at(line, 'csup_id')))
  const [supplier] = suppliers
  if (suppliers.size !== 1 || !supplier) return null
  const positive = debits.every(line => (minorOf(line, 'md') ?? 0n) > 0n)
  const credit = minorOf(bank, 'mc')
  const total = sumOf(
    debits.map(line => ({ minor: minorOf(line, 'md') ?? 0n, currency: 'CNY' })),
    'CNY',
  ).minor
  return positive && credit !== null && credit > 0n && total === credit ? { key, bank, lines, supplier } : null
}

function requestOfVoucher(
  { key, bank, lines, supplier }: Payable,
  vendor: Columns,
  accounts: readonly PayeeAccount[],
  config: U8Config,
): PaymentRequest {
  const payee = defaultPayee(accounts, vendor)
  const base = isBaseCurrency(at(bank, 'cexch_name'), config)
  const own = config.bankAccounts.filter(candidate => candidate.ledgerAccount === at(bank, 'ccode'))
  const named = { ...vendor, ...bank }
  const content = lines.map(line => [
    ...['inid', 'ccode', 'cdigest', 'md', 'mc', 'md_f', 'mc_f', 'cexch_name', 'csup_id', 'csettle', 'cn_id'].map(name =>
      at(line, name),
    ),
  ])
  const configured = configuredColumns(config).map(name => [name, at(named, name)])
  return requestFrom(
    {
      docType: VOUCHER_TYPE,
      docNo: key,
      digest: digest([content, configured, at(vendor, 'vendor.cvenname'), payee.account, payee.bankName]),
      // GL_accvouch keeps the day of the review at most: the reviewer and the content name the asking.
      approval: at(bank, 'ccheck'),
      payerAccount: own.length === 1 ? (own[0]?.account ?? '') : '',
      amount: at(bank, base ? 'mc' : 'mc_f'),
      currency: base ? config.baseCurrency : (config.currencies[at(bank, 'cexch_name')] ?? at(bank, 'cexch_name')),
      requestedOn: at(bank, 'dbill_date'),
      maker: at(bank, 'cbill'),
      checker: at(bank, 'ccheck'),
      partner: supplier,
      isBooked: true,
    },
    { ...named, cvouchid: `${at(bank, 'csign')}-${at(bank, 'ino_id').padStart(4, '0')}` },
    payee,
    config,
  )
}

function isReviewed(line: Columns): boolean {
  return at(line, 'ccheck') !== '' && at(line, 'iflag') === '0'
}

/** Base amounts have two decimals; null when this one does not. */
function minorOf(line: Columns, column: string): bigint | null {
  const amount = parseAmount(at(line, column), 'CNY')
  return typeof amount === 'string' ? null : amount.minor
}

async function watchedPeriods(u8: U8, statements: VoucherStatements): Promise<readonly Period[]> {
  const periods = (await readPeriods(u8, u8.db)).filter(period => period.end >= u8.config.payFrom)
  const rows = await u8.db.query(statements.openPeriods)
  const isClosed = (period: Period): boolean | undefined => {
    const row = rows.find(
      candidate => intOf(candidate, 'iyear') === period.year && intOf(candidate, 'iperiod') === period.period,
    )
    return row && intOf(row, 'bflag') !== 0
  }
  const open = periods.filter(period => isClosed(period) === false)
  const lastClosed = periods.findLast(period => isClosed(period) === true)
  return lastClosed ? [lastClosed, ...open] : open
}

async function assertColumns(u8: U8): Promise<void> {
  const { Vendor: vendor = [], VendorBank: vendorBank = [] } = DOCUMENT_COLUMNS
  const missing = missingFrom(await u8.schema(), { ...VOUCHER_COLUMNS, Vendor: vendor, VendorBank: vendorBank })
  if (missing.length > 0) throw new Fault('U8_SCHEMA', `账套缺少列 / the account set lacks: ${missing.join(', ')}`)
}

async function assertNotEmpty(u8: U8, statements: VoucherStatements): Promise<void> {
  await assertAccountSet(u8)
  if ((await u8.db.query(statements.anyVoucher)).length > 0) return
  throw new Fault(
    'U8_EMPTY',
    'GL_accvouch 读到的是空表：请检查数据库与权限，未视为凭证被删除 / GL_accvouch reads as empty: check database and rights; nothing is taken as deleted',
  )
}

function cursorOf(text: string | null): Cursor {
  const body = text?.startsWith('V1:') ? text.slice(3) : null
  const parsed = body === null ? null : cursorSchema.safeParse(JSON.parse(body))
  return parsed?.success ? parsed.data : { seen: {}, at: null }
}

function textOfCursor(cursor: Cursor): string {
  return `V1:${JSON.stringify(cursor)}`
}
