// Reads, inside the transaction that will write, everything the gates decide by. Rows read are held until the end of
// it, so that a period cannot close or an account be blocked between the look and the write.

import type { JournalEntry } from '../../connector/ports'
import type { Queryable } from '../shared/db'
import { dayOf, intOf, textOf, trimmedOf } from '../shared/row'
import { databaseOf, periodOf, readPeriods, type Period, type U8 } from './account-set'
import type { U8Config } from './config'
import { placeholders, type Sql } from './dialect'
import type { AccountFacts, LedgerFacts } from './gates'
import { hasColumn, hasTable, widthOf, type Schema } from './schema'

export type FactStatements = {
  readonly month: string
  readonly type: string
  readonly typeAccounts: string
  readonly accounts: (count: number) => string
  readonly option: string
  readonly lastDate: string
  readonly supplier: (count: number) => string
  readonly customer: (count: number) => string
  readonly department: (count: number) => string
  readonly person: (count: number) => string
  readonly style: (count: number) => string
  readonly items: (itemClass: string, count: number) => string
}

/** Every statement that this file runs. */
export function factStatements(sql: Sql): FactStatements {
  return {
    month: `SELECT COALESCE(bflag, 0) AS bflag, COALESCE(bflag_AP, 0) AS bflag_ap FROM GL_mend${sql.held} WHERE iyear = ? AND iperiod = ?`,
    type: `SELECT isignseq AS isignseq, COALESCE(itype, 0) AS itype FROM dsign${sql.held} WHERE csign = ?`,
    typeAccounts: `SELECT ccode AS ccode FROM dsigns${sql.held} WHERE csign = ?`,
    accounts: count =>
      'SELECT ccode AS ccode, COALESCE(bend, 0) AS bend, COALESCE(bclose, 0) AS bclose, cother AS cother, ' +
      'cexch_name AS cexch_name, COALESCE(bbank, 0) AS bbank, COALESCE(bcash, 0) AS bcash, COALESCE(bsup, 0) AS bsup, ' +
      'COALESCE(bcus, 0) AS bcus, COALESCE(bdept, 0) AS bdept, COALESCE(bperson, 0) AS bperson, ' +
      `COALESCE(bitem, 0) AS bitem FROM code${sql.held} WHERE iyear = ? AND ccode IN (${placeholders(count)})`,
    option: "SELECT cValue AS cvalue FROM AccInformation WHERE cSysID = 'GL' AND cName = ?",
    lastDate:
      `SELECT MAX(${sql.day('dbill_date')}) AS last FROM GL_accvouch ` +
      'WHERE iyear = ? AND iperiod = ? AND isignseq = ? AND COALESCE(iflag, 0) <> 1',
    supplier: count => `SELECT cVenCode AS found FROM Vendor${sql.held} WHERE cVenCode IN (${placeholders(count)})`,
    customer: count => `SELECT cCusCode AS found FROM Customer${sql.held} WHERE cCusCode IN (${placeholders(count)})`,
    department: count =>
      `SELECT cDepCode AS found FROM Department${sql.held} WHERE COALESCE(bDepEnd, 0) = 1 AND cDepCode IN (${placeholders(count)})`,
    person: count => `SELECT cPersonCode AS found FROM Person${sql.held} WHERE cPersonCode IN (${placeholders(count)})`,
    style: count =>
      `SELECT cSSCode AS found FROM SettleStyle${sql.held} WHERE COALESCE(bSSEnd, 0) = 1 AND cSSCode IN (${placeholders(count)})`,
    items: (itemClass, count) =>
      `SELECT citemcode AS found FROM fitemss${itemClass}${sql.held} WHERE COALESCE(bclose, 0) = 0 AND citemcode IN (${placeholders(count)})`,
  }
}

export async function readFacts(u8: U8, tx: Queryable, entry: JournalEntry): Promise<LedgerFacts> {
  const schema = await u8.schema()
  const statements = factStatements(u8.sql)
  const period = periodOf(await readPeriods(u8, tx), entry.date)
  const [month] = period ? await tx.query(statements.month, [period.year, period.period]) : []
  const voucherType = await readType(tx, statements, schema, entry.voucherType, u8.config)
  return {
    period,
    isClosed: month ? intOf(month, 'bflag') !== 0 : null,
    isApClosed: month ? intOf(month, 'bflag_ap') !== 0 : null,
    isRightDatabase: period ? ((await databaseOf(u8, tx, period.year))?.isHere ?? true) : true,
    voucherType,
    accounts: period ? await readAccounts(tx, statements, period, entry) : new Map<string, AccountFacts>(),
    valid: await readValid(u8, tx, statements, entry),
    lastDate: period && voucherType ? await readLastDate(tx, statements, period, voucherType.sequence) : '',
    isDateOrdered: await readDateOrder(tx, statements, u8.config),
    widths: {
      maker: widthOf(schema, 'GL_accvouch', 'cbill'),
      number: widthOf(schema, 'GL_accvouch', 'cn_id'),
      style: widthOf(schema, 'GL_accvouch', 'csettle'),
    },
  }
}

/** Cash-flow items of these codes that exist and are open. */
export async function readCashItems(u8: U8, tx: Queryable, items: readonly string[]): Promise<ReadonlySet<string>> {
  const itemClass = u8.config.voucher.cashFlow.itemClass
  if (items.length === 0 || !hasTable(await u8.schema(), `fitemss${itemClass}`)) return new Set()
  const rows = await tx.query(factStatements(u8.sql).items(itemClass, items.length), items)
  return new Set(rows.map(row => trimmedOf(row, 'found')))
}

async function readType(
  tx: Queryable,
  statements: FactStatements,
  schema: Schema,
  sign: string,
  config: U8Config,
): Promise<LedgerFacts['voucherType']> {
  const [type] = await tx.query(statements.type, [sign])
  if (!type) return null
  // The columns of dsigns were found in no source: where they are not these, a limited type refuses.
  const isReadable = hasColumn(schema, 'dsigns', 'csign') && hasColumn(schema, 'dsigns', 'ccode')
  const rows = isReadable ? await tx.query(statements.typeAccounts, [sign]) : []
  return {
    sequence: intOf(type, 'isignseq'),
    limit: config.voucher.limitTypes[intOf(type, 'itype')] ?? null,
    limitAccounts: isReadable ? rows.map(row => trimmedOf(row, 'ccode')) : null,
  }
}

async function readAccounts(
  tx: Queryable,
  statements: FactStatements,
  period: Period,
  entry: JournalEntry,
): Promise<ReadonlyMap<string, AccountFacts>> {
  const codes = [...new Set(entry.lines.map(line => line.account))]
  if (codes.length === 0) return new Map()
  const rows = await tx.query(statements.accounts(codes.length), [period.year, ...codes])
  return new Map(
    rows.map(row => {
      const is = (column: string): boolean => intOf(row, column) !== 0
      return [
        trimmedOf(row, 'ccode'),
        {
          isLeaf: is('bend'),
          isClosed: is('bclose'),
          controlledBy: trimmedOf(row, 'cother'),
          currency: trimmedOf(row, 'cexch_name'),
          isBank: is('bbank'),
          isCash: is('bcash'),
          needs: {
            supplier: is('bsup'),
            customer: is('bcus'),
            department: is('bdept'),
            person: is('bperson'),
            item: is('bitem'),
          },
        },
      ]
    }),
  )
}

async function readValid(
  u8: U8,
  tx: Queryable,
  statements: FactStatements,
  entry: JournalEntry,
): Promise<ReadonlySet<string>> {
  const valid = new Set<string>()
  const values = (pick: (line: JournalEntry['lines'][number]) => string | undefined): readonly string[] => [
    ...new Set(entry.lines.flatMap(line => pick(line) || [])),
  ]
  for (const kind of ['supplier', 'customer', 'department', 'person'] as const) {
    const wanted = values(line => line.auxiliaries[kind])
    if (wanted.length === 0) continue
    for (const row of await tx.query(statements[kind](wanted.length), wanted))
      valid.add(`${kind}:${trimmedOf(row, 'found')}`)
  }
  const styles = values(line => line.settlement?.style)
  if (styles.length > 0) {
    for (const row of await tx.query(statements.style(styles.length), styles))
      valid.add(`style:${trimmedOf(row, 'found')}`)
  }
  const schema = await u8.schema()
  for (const line of entry.lines) {
    const { itemClass = '', item = '' } = line.auxiliaries
    // The class becomes part of a table's name (fitemssNN): two digits, or it is not a class.
    if (item === '' || !/^\d\d$/.test(itemClass) || !hasTable(schema, `fitemss${itemClass}`)) continue
    const found = await tx.query(statements.items(itemClass, 1), [item])
    if (found.length > 0) valid.add(`item:${itemClass}:${item}`)
  }
  return valid
}

async function readLastDate(
  tx: Queryable,
  statements: FactStatements,
  period: Period,
  sequence: number,
): Promise<string> {
  const [row] = await tx.query(statements.lastDate, [period.year, period.period, sequence])
  return row ? dayOf(row, 'last') : ''
}

async function readDateOrder(tx: Queryable, statements: FactStatements, config: U8Config): Promise<boolean> {
  if (config.voucher.dateOrder !== 'option') return config.voucher.dateOrder === 'on'
  const [row] = await tx.query(statements.option, [config.voucher.dateOrderOption])
  return !['0', 'false'].includes(row ? textOf(row, 'cvalue').trim().toLowerCase() : '')
}
