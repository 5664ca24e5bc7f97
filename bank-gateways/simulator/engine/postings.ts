// Making postings, and reading them as the rows of one account's statement. Rows follow from postings and nothing else.

import { CLEARING, feesOf, interestOf, type Account, type Book, type Row } from './book'
import type { Party, PostingType } from './records'

export type PostingDraft = {
  readonly type: PostingType
  readonly debit: string
  readonly credit: string
  readonly amount: bigint
  readonly atMs: number
  readonly payment: string | null
  readonly payer: Party
  readonly payee: Party
  readonly purpose: string
  readonly postscript: string
}

/** Books one posting. Its instant is moved by microseconds until it names one row in both accounts. Inside a transaction. */
export function post(book: Book, draft: PostingDraft): void {
  const { amount, atMs, ...rest } = draft
  const latestUs = [rest.debit, rest.credit].map(id => book.accounts.get(id)?.rows.at(-1)?.posting.atUs ?? 0)
  book.add({
    ...rest,
    kind: 'posting',
    id: book.postings.length + 1,
    atUs: Math.max(atMs * 1000, ...latestUs.map(us => us + 1)),
    amountMinor: amount.toString(),
  })
}

export const NOBODY: Party = { account: '', name: '', bankName: '', cnaps: '' }

export type MoneyIn = { readonly from: Party; readonly amount: bigint; readonly atMs: number; readonly text: string }

/** Money from outside: a customer's payment, without any reference of ours. */
export function postDeposit(book: Book, account: Account, money: MoneyIn): void {
  const { from: payer, amount, atMs, text: purpose } = money
  const payee = partyOf(account)
  const draft = { amount, atMs, payer, payee, purpose, postscript: '', payment: null }
  post(book, { ...draft, type: 'deposit', debit: CLEARING, credit: account.id })
}

export type OwnCharge = { readonly amount: bigint; readonly atMs: number; readonly text: string }

export function postFee(book: Book, account: Account, { amount, atMs, text: purpose }: OwnCharge): void {
  const draft = { amount, atMs, payer: partyOf(account), payee: NOBODY, purpose, postscript: '', payment: null }
  post(book, { ...draft, type: 'fee', debit: account.id, credit: feesOf(account.record.bank) })
}

export function postInterest(book: Book, account: Account, { amount, atMs, text: purpose }: OwnCharge): void {
  const draft = { amount, atMs, payer: NOBODY, payee: partyOf(account), purpose, postscript: '', payment: null }
  post(book, { ...draft, type: 'interest', debit: interestOf(account.record.bank), credit: account.id })
}

export function partyOf(account: Account): Party {
  const { account: number, name, bankName, cnaps } = account.record
  return { account: number, name, bankName, cnaps }
}

/** A returned payment runs backwards: in its rows the payee pays the payer. */
export function isReturn(row: Row): boolean {
  return row.posting.type === 'return' || row.posting.type === 'return-arrival'
}

/** The other side of a row. */
export function counterpartyOf(row: Row): Party {
  const { payer, payee } = row.posting
  return (row.direction === 'in') === isReturn(row) ? payee : payer
}

/** True on the payer's side of a payment and of its return: there the bank shows the payer's own references. */
export function isPayersRow(row: Row): boolean {
  return row.posting.type === 'payment'
    ? row.direction === 'out'
    : row.posting.type === 'return' && row.direction === 'in'
}

/** The balance when the instant `ms` began. */
export function balanceBefore(account: Account, ms: number): bigint {
  const earlier = account.rows.findLast(row => row.posting.atUs < ms * 1000)
  return earlier?.balanceAfter ?? account.openingBalance
}

export function rowsBetween(account: Account, fromMs: number, beforeMs: number): readonly Row[] {
  return account.rows.filter(row => row.posting.atUs >= fromMs * 1000 && row.posting.atUs < beforeMs * 1000)
}
