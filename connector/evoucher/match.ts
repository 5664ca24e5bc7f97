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
  const [payer, payee] = [receipt.payer, receipt.payee].map(party => relationOf(party.account, account))
  const accounts = `${receipt.payer.account} → ${receipt.payee.account}`
  const isOut = line.amount.minor < 0n
  if (payer === 'other' && payee === 'other') found.push({ field: 'account', receipt: accounts, line: account })
  else if (!line.isReversal && (isOut ? payer === 'other' : payee === 'other'))
    found.push({ field: 'direction', receipt: accounts, line: isOut ? '-' : '+' })
  const { bookedOn } = receipt
  if (bookedOn !== null && bookedOn !== line.bookedOn && bookedOn !== line.valueOn)
    found.push({ field: 'date', receipt: bookedOn, line: line.bookedOn })
  return found
}

/** Whether either side of the receipt is this account. */
export function isOf(receipt: BankReceipt, account: string): boolean {
  return [receipt.payer, receipt.payee].some(party => relationOf(party.account, account) === 'same')
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
  const isKnown = receipt.bookedOn !== null && isOf(receipt, account)
  const candidates = numbered ?? (isKnown ? lines.filter(({ line }) => mayBeParty(receipt, line)) : [])
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
  if (counterAccount === '') return true
  return [receipt.payer, receipt.payee].some(party => relationOf(party.account, counterAccount) !== 'other')
}

/** A shorter one is a counter of the day, which two lines may share. */
const MIN_NUMBER = 6

/** The numbers by which the bank names the line. */
function marksOf(line: StatementLine): ReadonlySet<string> {
  const { receiptKey, receiptNo = '', bankSerial, bankId } = line
  return new Set([receiptKey, ...receiptKey.split('|'), receiptNo, bankSerial, bankId ?? ''])
}

/** The same but for blanks and hyphens. What is not written, or hides too many digits behind asterisks, is not known. */
function relationOf(written: string, account: string): 'same' | 'other' | 'unknown' {
  const [mask = '', wanted = ''] = [written, account].map(text => text.replace(/[\s-]/g, '').toUpperCase())
  if (mask === '') return 'unknown'
  if (!mask.includes('*')) return mask === wanted ? 'same' : 'other'
  const parts = mask.split(/\*+/)
  const [head = '', tail = ''] = [parts[0], parts.at(-1)]
  if (!wanted.startsWith(head) || !wanted.endsWith(tail)) return 'other'
  return head.length + tail.length >= MIN_NUMBER ? 'same' : 'unknown'
}

function magnitude(minor: bigint): bigint {
  return minor < 0n ? -minor : minor
}
