// Whether a receipt is of a bank line, and of which: by its numbers first, by all of amount, account, day and direction
// otherwise, and never by content alone when two lines could be meant.

import { formatAmount } from '../core/money'
import type { StatementLine } from '../ports'
import type { BankReceipt } from './bker'

export type Mismatch = {
  readonly field: 'currency' | 'amount' | 'account' | 'direction' | 'date'
  readonly receipt: string
  readonly line: string
}

/** Where the receipt says otherwise than the line; empty: it agrees in all that it says. */
export function mismatches(receipt: BankReceipt, account: string, line: StatementLine): readonly Mismatch[] {
  const found: Mismatch[] = []
  const { amount } = receipt
  if (amount.currency !== line.amount.currency)
    found.push({ field: 'currency', receipt: amount.currency, line: line.amount.currency })
  else if (magnitude(amount.minor) !== magnitude(line.amount.minor))
    found.push({ field: 'amount', receipt: formatAmount(amount), line: formatAmount(line.amount) })
  const [isPayer, isPayee] = [receipt.payer, receipt.payee].map(party => isSame(party.account, account))
  const accounts = `${receipt.payer.account} → ${receipt.payee.account}`
  if (!isPayer && !isPayee) found.push({ field: 'account', receipt: accounts, line: account })
  else if (isPayer !== isPayee && isPayer !== line.amount.minor < 0n && !line.isReversal)
    found.push({ field: 'direction', receipt: accounts, line: line.amount.minor < 0n ? '-' : '+' })
  const { bookedOn } = receipt
  if (bookedOn !== null && bookedOn !== line.bookedOn && bookedOn !== line.valueOn)
    found.push({ field: 'date', receipt: bookedOn, line: line.bookedOn })
  return found
}

/** Whether either side of the receipt is this account. */
export function isOf(receipt: BankReceipt, account: string): boolean {
  return isSame(receipt.payer.account, account) || isSame(receipt.payee.account, account)
}

export type Choice<L> =
  | { readonly kind: 'line'; readonly line: L; readonly by: 'number' | 'content' }
  /** A number names the line, and the content is another's. */
  | { readonly kind: 'contradiction'; readonly line: L; readonly mismatches: readonly Mismatch[] }
  | { readonly kind: 'ambiguous'; readonly lines: readonly L[] }
  | { readonly kind: 'none' }

/** `lines`: those of the receipt's account around its day. */
export function chooseLine<L extends { readonly line: StatementLine }>(
  receipt: BankReceipt,
  account: string,
  lines: readonly L[],
): Choice<L> {
  const numbered = numbersOf(receipt)
    .map(number => lines.filter(({ line }) => marksOf(line).has(number)))
    .find(found => found.length > 0)
  const candidates =
    numbered ?? (receipt.bookedOn === null ? [] : lines.filter(({ line }) => mayBeParty(receipt, line)))
  const agreeing = candidates.filter(({ line }) => mismatches(receipt, account, line).length === 0)
  const [only, second] = agreeing
  if (only && !second) return { kind: 'line', line: only, by: numbered ? 'number' : 'content' }
  if (agreeing.length > 1) return { kind: 'ambiguous', lines: agreeing }
  const [named] = numbered ?? []
  if (named === undefined) return { kind: 'none' }
  return { kind: 'contradiction', line: named, mismatches: mismatches(receipt, account, named.line) }
}

/** Whether a number of the receipt is one by which the bank names the line. */
export function isNumbered(receipt: BankReceipt, line: StatementLine): boolean {
  const marks = marksOf(line)
  return numbersOf(receipt).some(number => marks.has(number))
}

function numbersOf(receipt: BankReceipt): readonly string[] {
  return [receipt.receiptNo, receipt.serial].filter(number => number.length >= MIN_NUMBER)
}

/** Where both name the other side, a line without a common number must name the same one. */
function mayBeParty(receipt: BankReceipt, line: StatementLine): boolean {
  const { counterAccount } = line
  const accounts = [receipt.payer.account, receipt.payee.account]
  if (counterAccount === '' || accounts.includes('')) return true
  return accounts.some(written => isSame(written, counterAccount))
}

/** A shorter one is a counter of the day, which two lines may share. */
const MIN_NUMBER = 6

/** The numbers by which the bank names the line. */
function marksOf(line: StatementLine): ReadonlySet<string> {
  const { receiptKey, receiptNo = '', bankSerial, bankId } = line
  return new Set([receiptKey, ...receiptKey.split('|'), receiptNo, bankSerial, bankId ?? ''])
}

/** The same but for blanks and hyphens; digits behind asterisks are not known to differ. */
function isSame(written: string, account: string): boolean {
  const [mask, wanted] = [written, account].map(text => text.replace(/[\s-]/g, '').toUpperCase())
  if (mask === undefined || wanted === undefined || mask === '') return false
  if (!mask.includes('*')) return mask === wanted
  const parts = mask.split(/\*+/)
  const [head = '', tail = ''] = [parts[0], parts.at(-1)]
  return head.length + tail.length >= MIN_NUMBER && wanted.startsWith(head) && wanted.endsWith(tail)
}

function magnitude(minor: bigint): bigint {
  return minor < 0n ? -minor : minor
}
