// An entry of a statement file becomes a line of the connector, or a reason why it cannot. Only booked entries do: a
// pending one may never be booked, or be booked under another content.

import { parseAmount } from '../core/money'
import type { StatementLine } from '../ports'
import type { Entry } from './model'

export type LineProblem = 'ENTRY_DATE_MISSING' | 'ENTRY_CURRENCY_OTHER' | 'ENTRY_AMOUNT_NOT_EXACT'

export function lineOf(entry: Entry, currency: string): StatementLine | LineProblem {
  const bookedOn = entry.bookedOn ?? entry.valueOn
  if (bookedOn === null) return 'ENTRY_DATE_MISSING'
  if ((entry.currency ?? currency) !== currency) return 'ENTRY_CURRENCY_OTHER'
  const amount = parseAmount(entry.amount, currency)
  if (typeof amount === 'string') return 'ENTRY_AMOUNT_NOT_EXACT'
  return {
    // A bank's reference is not unique in every bank: content and occurrence are the identity of a line from a file.
    bankId: null,
    bookedOn,
    bookedTime: '',
    valueOn: entry.valueOn,
    amount,
    balanceAfter: null,
    counterAccount: entry.counterAccount ?? '',
    counterName: entry.counterName ?? '',
    counterBank: entry.counterBank ?? '',
    purpose: '',
    text: (entry.text ?? '').replaceAll('\n', ' '),
    reference: entry.reference ?? '',
    bankSerial: entry.bankReference ?? '',
    isReversal: entry.reversal,
    type: entry.type ?? '',
    receiptKey: '',
    ...(entry.receiptNo === undefined ? {} : { receiptNo: entry.receiptNo }),
  }
}

/**
 * Whether a statement's account is the configured one: the same but for blanks, dots and hyphens; with a bank code and a
 * slash before it; with a currency behind it.
 */
export function isAccount(written: string, configured: string): boolean {
  const wanted = bare(configured)
  const whole = bare(written)
  const number = bare(written.slice(written.lastIndexOf('/') + 1))
  return [whole, number, whole.replace(/[A-Z]{3}$/, ''), number.replace(/[A-Z]{3}$/, '')].includes(wanted)
}

/** Whether a person may say that it is: the file names no account, or hides digits of it behind asterisks. */
export function mayBeAccount(written: string | null, configured: string): boolean {
  if (written === null || written === '') return true
  const [mask, wanted] = [bare(written), bare(configured)]
  const [head = '', ...rest] = mask.split(/[*X]+/)
  const tail = rest.at(-1)
  if (tail === undefined || head.length + tail.length < 4) return false
  return wanted.length > head.length + tail.length && wanted.startsWith(head) && wanted.endsWith(tail)
}

function bare(account: string): string {
  return account.replaceAll(/[\s.-]/g, '').toUpperCase()
}
