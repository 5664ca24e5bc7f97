// A bill of a credit card without a title, a card's digits or a profile looks like an account's details, with every sign
// turned: what was spent is positive there. The texts of the rows tell the two apart, or the file is refused.

import { StatementFileError } from '../model'
import type { Values } from './amount-of'
import { readMoney } from './cells'
import type { Layout } from './layout'

/** The days of purchase and of booking, one amount, and none of what an account's details have. */
export function isBillShaped({ profile, headings, columns }: Layout): boolean {
  const isOneAmount = columns.has('amount') && !columns.has('in') && !columns.has('out') && !columns.has('direction')
  const isPlain = (
    ['balance', 'counterName', 'counterAccount', 'counterMixed', 'payerName', 'payeeName'] as const
  ).every(field => !columns.has(field))
  const hasDays =
    headings.some(one => /^交易日/.test(one)) && headings.some(one => /^(?:银行)?(?:记账|入账)日/.test(one))
  return profile.kind === 'account' && isOneAmount && isPlain && hasDays
}

const SPENT = /消费|购物|取现|年费|分期|手续费/
/** Not 信用卡还款, which an account has as money out and a card as money in. */
const PAID_BACK = /(?<!信用卡)还款|退货|退款|退还|返还|返现|减免|冲回/
const EARNED = /工资|代发|结息|存入|转入|汇入/

/**
 * What the rows are of; `open`: no row tells, or they contradict each other. A word in a title (`不含信用卡`) yields to this.
 */
export function billOf(rows: readonly Values[]): 'card' | 'account' | 'open' {
  let [amounts, card, account] = [0, 0, 0]
  for (const values of rows) {
    const money = readMoney(values.one('amount'), null)
    if (typeof money === 'string' || money.quantity.units === 0n) continue
    amounts++
    const text = values.all('text').join(' ')
    const isBack = PAID_BACK.test(text)
    const isSpent = SPENT.test(text) && !isBack
    if (money.isNegative ? isBack : isSpent) card++
    if (money.isNegative ? isSpent : isBack || EARNED.test(text)) account++
  }
  if (amounts > 0 && card > 0 === account > 0) return 'open'
  return card > 0 ? 'card' : 'account'
}

export function openBill(line: number | null): StatementFileError {
  return new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    '看不出是信用卡账单（消费为正）还是账户明细（支出为负） / nothing tells whether this is the bill of a card, where what was spent is positive, or an account’s details',
    { line },
  )
}
