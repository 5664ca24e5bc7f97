// The bank-deposit journal (银行存款日记账) of one ledger account. In GL it is not a table: it is the voucher lines of an
// account that is marked as a bank's (`u8 §1`). It reads only.

import { parseAmount } from '../../connector/core/money'
import { Fault, type DateRange, type LedgerLine } from '../../connector/ports'
import type { Row } from '../shared/db'
import { dayOf, intOf, textOf, trimmedOf } from '../shared/row'
import { readPeriods, type U8 } from './account-set'
import type { U8Config } from './config'
import type { Sql } from './dialect'

/** Rows a page: small enough for the driver, large enough that a year's journal is few round trips. */
const PAGE = 500

export type LedgerStatements = { readonly account: string; readonly lines: string }

/** Every statement that this file runs. */
export function ledgerStatements(sql: Sql): LedgerStatements {
  const other = (column: string, table: string, code: string, name: string): string =>
    `(SELECT MAX(p.${name}) FROM GL_accvouch AS o INNER JOIN ${table} AS p ON p.${code} = o.${column} ` +
    'WHERE o.iyear = g.iyear AND o.iperiod = g.iperiod AND o.isignseq = g.isignseq AND o.ino_id = g.ino_id)'
  return {
    account: 'SELECT cexch_name AS cexch_name FROM code WHERE iyear = ? AND ccode = ?',
    lines:
      `${sql.select(PAGE)} g.i_id AS i_id, ${sql.day('g.dbill_date')} AS dbill_date, ${sql.amount('g.md')} AS md, ` +
      `${sql.amount('g.mc')} AS mc, ${sql.amount('g.md_f')} AS md_f, ${sql.amount('g.mc_f')} AS mc_f, g.cn_id AS cn_id, ` +
      'g.cdigest AS cdigest, g.csign AS csign, g.ino_id AS ino_id, g.coutno_id AS coutno_id, ' +
      `COALESCE(${other('csup_id', 'Vendor', 'cVenCode', 'cVenName')}, ${other('ccus_id', 'Customer', 'cCusCode', 'cCusName')}) AS counterparty ` +
      'FROM GL_accvouch AS g WHERE g.ccode = ? AND g.iyear = ? AND g.iperiod = ? AND COALESCE(g.iflag, 0) <> 1 ' +
      `AND ${sql.day('g.dbill_date')} >= ? AND ${sql.day('g.dbill_date')} <= ? AND g.i_id > ? ORDER BY g.i_id${sql.limit(PAGE)}`,
  }
}

/** Posted or not, voided ones left out; periods 1 to 12 only, for 0, 20 and 21 hold opening and reconciliation rows. */
export async function* readLedger(u8: U8, ledgerAccount: string, range: DateRange): AsyncIterable<LedgerLine> {
  const statements = ledgerStatements(u8.sql)
  const periods = (await readPeriods(u8, u8.db)).filter(period => period.begin <= range.to && period.end >= range.from)
  for (const period of periods) {
    const [account] = await u8.db.query(statements.account, [period.year, ledgerAccount])
    if (!account) continue
    const currency = currencyOf(trimmedOf(account, 'cexch_name'), u8.config)
    for (let last = -1; ;) {
      const place = [ledgerAccount, period.year, period.period, range.from, range.to, last]
      const rows = await u8.db.query(statements.lines, place)
      for (const row of rows) yield lineOf(row, currency, u8.config)
      if (rows.length < PAGE) break
      last = intOf(rows.at(-1) ?? {}, 'i_id')
    }
  }
}

function lineOf(row: Row, currency: string, config: U8Config): LedgerLine {
  const [debit, credit] = currency === config.baseCurrency ? ['md', 'mc'] : ['md_f', 'mc_f']
  const key = trimmedOf(row, 'coutno_id')
  return {
    // Never given twice. An edit in U8 may give a line a new one: it is then matched anew rather than wrongly.
    id: textOf(row, 'i_id'),
    date: dayOf(row, 'dbill_date'),
    amount: { minor: minorOf(row, debit, currency) - minorOf(row, credit, currency), currency },
    reference: trimmedOf(row, 'cn_id'),
    counterparty: trimmedOf(row, 'counterparty'),
    text: trimmedOf(row, 'cdigest'),
    voucherNo: `${trimmedOf(row, 'csign')}-${textOf(row, 'ino_id').padStart(4, '0')}`,
    entryKey: key.startsWith(config.voucher.keyPrefix) ? key : null,
  }
}

function minorOf(row: Row, column: string, currency: string): bigint {
  const money = parseAmount(textOf(row, column), currency)
  if (typeof money === 'object') return money.minor
  throw new Fault(
    'U8_AMOUNT',
    `凭证行 ${textOf(row, 'i_id')} 的金额无法读取 / amount of voucher line ${textOf(row, 'i_id')}: ${money}`,
  )
}

function currencyOf(name: string, config: U8Config): string {
  return name === '' ? config.baseCurrency : (config.currencies[name] ?? name)
}
