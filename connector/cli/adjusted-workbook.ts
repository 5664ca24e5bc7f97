// The 余额调节表 as a workbook: the statement on one sheet, every open item on another. Amounts are numbers where a workbook
// keeps them exactly, and text where it would not.

import type * as Library from '@e965/xlsx'
import type { CellObject, WorkSheet } from '@e965/xlsx'
import { classesOf, type AdjustedBalance, type OpenClass } from '../core/match/adjusted-balance'
import { decimalsOf, formatAmount } from '../core/money'
import type { StatementHead } from '../pdf/adjusted-statement'

/** A workbook's numbers are exact to fifteen digits. */
const DIGITS_MAX = 15

type Cell = string | { readonly minor: bigint | null }

export function adjustedStatementWorkbook(adjusted: AdjustedBalance, head: StatementHead): Buffer {
  // Loaded here: no other command needs it, and it is large.
  const { utils, write }: typeof Library = require('@e965/xlsx')
  const book = utils.book_new()
  const sheet = (rows: readonly (readonly Cell[])[], widths: readonly number[]): WorkSheet => {
    const cells = rows.map(row => row.map(cell => cellOf(cell, adjusted.currency)))
    return { ...utils.aoa_to_sheet(cells), '!cols': widths.map(wch => ({ wch })) }
  }
  utils.book_append_sheet(book, sheet(summaryOf(adjusted, head), [34, 20, 34, 20]), '余额调节表')
  utils.book_append_sheet(book, sheet(itemsOf(adjusted), [20, 8, 12, 24, 30, 40, 20]), '未达账项')
  const written: unknown = write(book, { type: 'buffer', bookType: 'xlsx', compression: true })
  if (!Buffer.isBuffer(written)) throw new TypeError('the workbook was not written as bytes')
  return written
}

function summaryOf(adjusted: AdjustedBalance, head: StatementHead): readonly (readonly Cell[])[] {
  const { account, asOf, currency, ledger, bank, differenceMinor } = adjusted
  const [received, paid, booked, spent] = classesOf(adjusted)
  const line = (sign: string, each: OpenClass | undefined): readonly Cell[] =>
    each ? [`${sign}：${each.zh}（${each.items.length} 笔） ${each.en}`, { minor: each.totalMinor }] : ['', '']
  return [
    ['银行存款余额调节表 Bank reconciliation statement'],
    ['单位 Company', head.accountName, '截止日 As of', asOf],
    ['账号 Account', account, '币种 Currency', currency],
    ['开户行 Bank', head.bankName],
    [],
    ['企业日记账 Ledger', '金额 Amount', '银行对账单 Bank', '金额 Amount'],
    ['账面余额 balance', { minor: ledger.balanceMinor }, '对账单余额 balance', { minor: bank.balanceMinor }],
    [...line('加', received), ...line('加', booked)],
    [...line('减', paid), ...line('减', spent)],
    ['调节后余额 adjusted', { minor: ledger.adjustedMinor }, '调节后余额 adjusted', { minor: bank.adjustedMinor }],
    ['差额 Difference', { minor: differenceMinor }],
    [],
    ['编制人 Prepared by', head.preparer, '复核人 Reviewed by', head.reviewer],
    ['编制日期 Date', head.madeOn],
  ]
}

function itemsOf(adjusted: AdjustedBalance): readonly (readonly Cell[])[] {
  const rows: (readonly Cell[])[] = [
    ['类别 Class', '序号 No.', '日期 Date', '参考号 Reference', '对方 Counterparty', '摘要 Text', '金额 Amount'],
  ]
  for (const { zh, items } of classesOf(adjusted)) {
    let total = 0n
    for (const [index, { date, reference, counterparty, text, minor }] of items.entries()) {
      rows.push([zh, String(index + 1), date, reference, counterparty, text, { minor }])
      total += minor
    }
    if (items.length > 0) rows.push([zh, '', '', `合计 total（${items.length} 笔）`, '', '', { minor: total }])
  }
  return rows
}

function cellOf(cell: Cell, currency: string): CellObject {
  if (typeof cell === 'string') return { t: 's', v: cell }
  if (cell.minor === null) return { t: 's', v: '未知 unknown' }
  const text = formatAmount({ minor: cell.minor, currency })
  if (text.replaceAll(/\D/g, '').length > DIGITS_MAX) return { t: 's', v: text }
  const decimals = decimalsOf(currency) ?? 0
  return { t: 'n', v: Number(text), z: decimals === 0 ? '#,##0' : `#,##0.${'0'.repeat(decimals)}` }
}
