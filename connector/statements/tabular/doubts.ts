// When a table does not say which way the money went: the company's own books, where 借 is money in, and amounts that
// have neither a sign nor a word. A file that leaves this open is refused, since half of its signs may be wrong.

import { StatementFileError } from '../model'
import { plain, type Row } from './cells'
import { directionOf } from './fields'
import type { Layout } from './layout'

/** 借 and 贷 alone name the columns; 支出 or 存入 beside them would leave no doubt. */
export function hasBookSides({ headings, columns }: Layout): boolean {
  const sides = [...(columns.get('in') ?? []), ...(columns.get('out') ?? [])].map(at => headings[at] ?? '')
  return sides.length > 0 && sides.every(heading => !/[收支付存取入出]/.test(heading))
}

export function journal(): StatementFileError {
  return new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    '借方为增加、贷方为减少：这像是企业自己的日记账，不是银行的流水 / 借 is money in and 贷 money out: these look like the company’s own books, not the bank’s statement',
    { line: 1 },
  )
}

/** Entries that nothing gives a direction. */
export type Signless = {
  readonly count: number
  readonly firstLine: number | null
  /** A cell of some row says, in a column that has no known name, that it went out. */
  readonly isContradicted: boolean
  /** The balances prove that they came in. */
  readonly isWhole: boolean
}

/** Whether a cell that no field has is a word for money out. */
export function saysOut(row: Row, { columns, headings }: Layout): boolean {
  const known = new Set([...columns.values()].flat())
  return row.cells.slice(0, headings.length).some((cell, index) => !known.has(index) && isWordOut(cell))
}

function isWordOut(cell: string): boolean {
  return cell.length <= 20 && directionOf(plain(cell)) === 'out'
}

/**
 * Amounts without a sign or a word of direction are money in where the balances say so, or where the bank is known to
 * sign what goes out. Null: they are.
 */
export function doubtOf(
  { count, firstLine, isContradicted, isWhole }: Signless,
  { profile }: Layout,
): StatementFileError | null {
  if (!isContradicted && (isWhole || profile.signsAmounts === true)) return null
  return new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    `没有收支方向的列，金额也没有正负号，余额也不能证明：${count} 笔不知是收是支 / no column tells the direction, no amount has a sign and no balance proves it: ${count} entries may be in or out`,
    { line: firstLine },
  )
}
