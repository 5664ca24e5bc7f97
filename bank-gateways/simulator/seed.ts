// Opens the accounts of the options in the books, with their opening balances and the rows of earlier days. An account that
// the state file knows already keeps what it has: nothing is seeded twice.

import { amountOf } from '../../connector/core/money'
import { instantOf } from './engine/bank-time'
import { CLEARING, OPENING, type Account, type Book } from './engine/book'
import { NOBODY, partyOf, post, postDeposit, postFee, postInterest } from './engine/postings'
import type { Party } from './engine/records'
import type { AccountOption, HistoryRow } from './options'

/** Throws when a history lies in the future or overdraws its account. */
export function seedAccounts(book: Book, options: readonly AccountOption[], nowMs: number): void {
  const fresh = options.filter(option => book.account(option.bank, option.account) === null)
  const rows = fresh.flatMap(option => {
    openAccount(book, option)
    return option.history.map(row => ({ option, row, atMs: instantOf(row.date, row.time) }))
  })
  const firstMs = Math.min(nowMs, ...rows.map(row => row.atMs))
  for (const option of fresh) seedOpening(book, option, firstMs)
  for (const { option, row, atMs } of rows.toSorted((a, b) => a.atMs - b.atMs)) {
    if (atMs > nowMs)
      throw new Error(`account ${option.account}: a history row of ${row.date} is in the future 明细晚于当前`)
    seedRow(book, accountOf(book, option), row, atMs)
    if (accountOf(book, option).balance < 0n) {
      throw new Error(`account ${option.account}: its history overdraws it on ${row.date} 历史明细使账户透支`)
    }
  }
}

function openAccount(book: Book, option: AccountOption): void {
  const { bank, account, name, cnaps, bankName, customer, isClosed } = option
  if (book.account(bank, account)) throw new Error(`account ${bank}/${account} is listed twice 账号重复`)
  const frozen = minor(option.frozen).toString()
  book.add({ kind: 'account', bank, account, name, bankName, cnaps, customer, frozen, isClosed })
}

function seedOpening(book: Book, option: AccountOption, atMs: number): void {
  const amount = minor(option.openingBalance)
  if (amount === 0n) return
  const account = accountOf(book, option)
  const text = { payer: NOBODY, payee: partyOf(account), purpose: '', postscript: '', payment: null }
  post(book, { ...text, type: 'opening', debit: OPENING, credit: account.id, amount, atMs })
}

function seedRow(book: Book, account: Account, row: HistoryRow, atMs: number): void {
  const amount = minor(row.amount)
  const { text } = row
  const other: Party = {
    account: row.counterAccount,
    name: row.counterName,
    bankName: row.counterBank,
    cnaps: row.counterCnaps,
  }
  switch (row.type) {
    case 'deposit':
      return postDeposit(book, account, { from: other, amount, atMs, text })
    case 'fee':
      return postFee(book, account, { amount, atMs, text })
    case 'interest':
      return postInterest(book, account, { amount, atMs, text })
    case 'payment': {
      const parties = { payer: partyOf(account), payee: other, purpose: text, postscript: '', payment: null }
      return post(book, { ...parties, type: 'payment', debit: account.id, credit: CLEARING, amount, atMs })
    }
  }
}

function accountOf(book: Book, option: AccountOption): Account {
  const account = book.account(option.bank, option.account)
  if (!account) throw new Error(`account ${option.account} was not opened`)
  return account
}

export function minor(amount: string): bigint {
  return amountOf(amount, 'CNY').minor
}
