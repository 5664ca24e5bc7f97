// The balance behind a row, and rows that only carry one forward. A balance may have its own word of side, as in account
// books (`借或贷`): then what stands on the side of `借` is owed to the bank.

import type { ParserContext } from '../ledger'
import { quoted } from '../text'
import type { RowAmount, AmountFault, Values } from './amount-of'
import { narrow, plain, readMoney, type ReadMoney, type Row } from './cells'
import { directionOf } from './fields'
import type { Layout } from './layout'
import type { Preamble } from './preamble'

/** Null where there is none, or none that can be read, which is said. */
export function balanceOf(
  { warn }: ParserContext,
  row: Row,
  values: Values,
  currency: string | null,
  isSided: boolean,
): ReadMoney | null {
  const balance = readBalance(values, currency, isSided)
  if (balance === 'unreadable') {
    const text = quoted(values.one('balance'))
    warn('warning', 'BALANCE_UNREADABLE', row.line, `余额不可读：${text} / the balance cannot be read: ${text}`)
  }
  return typeof balance === 'string' ? null : balance
}

function readBalance(values: Values, currency: string | null, isSided: boolean): ReturnType<typeof readMoney> {
  const balance = readMoney(values.one('balance'), currency)
  if (typeof balance === 'string' || !isSided || balance.isNegative) return balance
  return { ...balance, isNegative: directionOf(values.one('direction')) === 'out' }
}

/** What account books call the word before a balance. */
const SIDE_OF_BALANCE = /^(?:借或贷|余额方向|方向)$/

/**
 * Whether the word beside the balance is the balance's: the amounts have columns of their own, and it is called so, or is
 * not the amount's in some row.
 */
export function isBalanceSided(rows: readonly Values[], { columns, headings }: Layout): boolean {
  const balances = columns.get('balance') ?? []
  const beside = (columns.get('direction') ?? []).filter(at => balances.includes(at + 1))
  if (beside.length === 0 || !columns.has('in') || !columns.has('out')) return false
  if (beside.some(at => SIDE_OF_BALANCE.test(headings[at] ?? ''))) return true
  return rows.some(values => {
    const word = directionOf(values.one('direction'))
    const filled = (['in', 'out'] as const).filter(side => {
      const money = readMoney(values.one(side), null)
      return typeof money !== 'string' && money.quantity.units !== 0n
    })
    return (word === 'in' || word === 'out') && filled.length === 1 && filled[0] !== word
  })
}

/** Whether most balances stand on the side of `借`: money in the bank does so in the company's books alone. */
export function areMostOwed(rows: readonly Values[]): boolean {
  const sides = rows.map(values => directionOf(values.one('direction')))
  return sides.filter(side => side === 'out').length > sides.filter(side => side === 'in').length
}

const OPENING_ROW =
  /^(?:期初|上期|上日|昨日|月初|上月|承前)(?:账户)?(?:余额|页|结余)?$|^(?:承上页|承前页|上页余额|上年结转|上月结转|上期结转)$/
const CLOSING_ROW = /^(?:期末|本期|日终)(?:账户)?余额$/

/** A row of the table that only carries a balance forward. */
export function takesBalance(
  preamble: Preamble,
  row: Row,
  values: Values,
  amount: RowAmount | AmountFault,
  isSided: boolean,
): boolean {
  if (typeof amount !== 'string' && amount.quantity.units !== 0n) return false
  const label = row.cells
    .map(cell => narrow(plain(cell)))
    .find(text => OPENING_ROW.test(text) || CLOSING_ROW.test(text))
  const balance = readBalance(values, null, isSided)
  if (label === undefined || typeof balance === 'string') return false
  if (OPENING_ROW.test(label)) preamble.opening ??= balance
  else preamble.closing ??= balance
  return true
}
