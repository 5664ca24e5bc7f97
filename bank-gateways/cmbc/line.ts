// A row of either protocol, as named values, to a statement line. A row that lacks its serial, day, amount or side is refused by name:
// a line that was made up would be booked.

import type { Money, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { clockOf, dayOf, money } from './codec'
import { referenceIn } from './codec-payment'
import { problem } from './codes'
import type { CmbcConfig } from './config'
import { faultOf } from './exchange'

export type RowValues = {
  readonly serial: string
  /** Tells rows of one serial apart, or empty. */
  readonly number: string
  readonly date: string
  readonly valueDate: string
  readonly time: string
  readonly amount: string
  readonly balance: string
  readonly isOut: boolean | null
  readonly side: string
  readonly counterAccount: string
  readonly counterName: string
  readonly counterBank: string
  readonly purpose: string
  readonly text: string
  readonly receiptKey: string
}

/** @throws Fault naming the row and what it lacks. `position` is the row's number within its days. */
export function readLine(row: RowValues, position: number, account: string, config: CmbcConfig): StatementLine {
  const fail = (what: string): never => {
    const found = problem('cmbc.row', `${maskedAccount(account)} #${position} ${row.serial.slice(0, 40)}: ${what}`)
    throw faultOf(found)
  }
  const amountOf = (name: string, text: string): Money | null => {
    const found = money(text)
    return typeof found === 'string' ? fail(`${name} ${found}`) : found
  }
  if (row.serial === '') fail('the serial is missing')
  const isOut = row.isOut ?? fail(`side ${JSON.stringify(row.side.slice(0, 10))}`)
  const bookedOn = dayOf(row.date) ?? fail(`day ${JSON.stringify(row.date.slice(0, 20))}`)
  const size = amountOf('amount', row.amount) ?? fail('the amount is missing')
  // Amounts stand beside a side: a sign would have a meaning that nobody has published.
  if (size.minor < 0n) fail('the amount is negative')
  const amount = isOut ? { minor: -size.minor, currency: 'CNY' } : size
  const texts = [row.purpose, row.text]
  // Free text is written by whoever paid: on money that left, it is our own.
  const isReversal = !isOut && config.reversalWords.some(word => texts.some(text => text.includes(word)))
  return {
    // The serial with the day [inferred]; with side and amount, for a serial may book a payment and its fee.
    bankId: [bookedOn.replaceAll('-', ''), row.serial, row.number, amount.minor].join('-'),
    bookedOn,
    bookedTime: clockOf(row.time),
    valueOn: dayOf(row.valueDate),
    amount,
    balanceAfter: amountOf('balance', row.balance),
    counterAccount: row.counterAccount,
    counterName: row.counterName,
    counterBank: row.counterBank,
    purpose: row.purpose,
    text: row.text,
    // A payee's line shows its payer's words: only what left, or came back, carries a reference of ours.
    reference: isOut || isReversal ? (texts.map(referenceIn).find(found => found !== '') ?? '') : '',
    bankSerial: row.serial,
    isReversal,
    type: '',
    receiptKey: row.receiptKey,
  }
}

/** Two rows under one id would be taken for one. @throws Fault */
export function requireDistinct(lines: readonly StatementLine[], account: string): readonly StatementLine[] {
  const ids = lines.map(({ bankId }) => bankId ?? '')
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw faultOf(problem('cmbc.row', `${maskedAccount(account)} ${twice.slice(0, 60)} × 2`))
  return lines
}
