// The books as tests and people read them: plain JSON, amounts as decimal text in 元, times of the bank's clock.

import { formatAmount } from '../../connector/core/money'
import { dayOf, microTimeOf } from './engine/bank-time'
import type { Book, Payment } from './engine/book'
import type { ActiveFault } from './engine/faults'
import type { Party, PostingRecord, PostingType, Reason, State } from './engine/records'

export type PostingView = {
  readonly id: number
  /** `yyyy-MM-dd HH:mm:ss.SSSSSS`. */
  readonly at: string
  readonly bankDay: string
  readonly type: PostingType
  readonly debit: string
  readonly credit: string
  readonly amount: string
  readonly currency: 'CNY'
  /** The payment and its idempotency key, or null and '' for a row without reference. */
  readonly payment: string | null
  readonly key: string
  readonly payer: Party
  readonly payee: Party
  readonly purpose: string
  readonly postscript: string
}

export type AccountView = {
  readonly bank: string
  readonly account: string
  readonly name: string
  readonly cnaps: string
  readonly isClosed: boolean
  readonly balance: string
  readonly available: string
  readonly frozen: string
  /** Reserved by accepted payments. */
  readonly held: string
  readonly rows: number
}

export type PaymentView = {
  readonly id: string
  readonly code: string
  readonly state: State
  readonly reason: Reason | null
  readonly payerAccount: string
  readonly payee: Party
  readonly route: 'own' | 'other'
  readonly amount: string
  readonly magic: string | null
  readonly timesBooked: number
  readonly isReturned: boolean
  readonly fields: Readonly<Record<string, string>>
}

/** Everything that came under one idempotency key. */
export type KeyView = {
  readonly bank: string
  readonly customer: string
  readonly key: string
  readonly timesReceived: number
  readonly timesBooked: number
  readonly payments: readonly PaymentView[]
}

export type LedgerView = {
  readonly postings: readonly PostingView[]
  /** Every account's balance, the banks' own and clearing too. They add up to zero. */
  readonly balances: Readonly<Record<string, string>>
}

const yuan = (minor: bigint): string => formatAmount({ minor, currency: 'CNY' })

export function viewLedger(book: Book): LedgerView {
  return {
    postings: book.postings.map(posting => viewPosting(book, posting)),
    balances: Object.fromEntries([...book.balances].map(([id, minor]) => [id, yuan(minor)])),
  }
}

export function viewPosting(book: Book, posting: PostingRecord): PostingView {
  const bankDay = dayOf(Math.floor(posting.atUs / 1000))
  const payment = posting.payment === null ? null : book.payments.get(posting.payment)
  const { id, type, debit, credit, payer, payee, purpose, postscript } = posting
  return {
    id,
    at: `${bankDay} ${microTimeOf(posting.atUs, ':')}`,
    bankDay,
    type,
    debit,
    credit,
    amount: yuan(BigInt(posting.amountMinor)),
    currency: 'CNY',
    payment: posting.payment,
    key: payment?.record.key ?? '',
    payer,
    payee,
    purpose,
    postscript,
  }
}

export function viewAccounts(book: Book): readonly AccountView[] {
  return [...book.accounts.values()].map(account => {
    const { bank, account: number, name, cnaps, isClosed } = account.record
    return {
      bank,
      account: number,
      name,
      cnaps,
      isClosed,
      balance: yuan(account.balance),
      available: yuan(book.availableOf(account)),
      frozen: yuan(account.frozen),
      held: yuan(account.held),
      rows: account.rows.length,
    }
  })
}

export function viewPayments(book: Book): readonly KeyView[] {
  return [...book.keys.values()].map(({ bank, customer, key, received }) => {
    const payments = book.withKey(bank, customer, key).map(viewPayment)
    const timesBooked = payments.reduce((sum, payment) => sum + payment.timesBooked, 0)
    return { bank, customer, key, timesReceived: received, timesBooked, payments }
  })
}

function viewPayment(payment: Payment): PaymentView {
  const { id, code, payer, payee, route, magic, fields } = payment.record
  return {
    id,
    code,
    state: payment.state,
    reason: payment.path[payment.step]?.reason ?? null,
    payerAccount: payer.account,
    payee,
    route,
    amount: yuan(payment.amount),
    magic,
    timesBooked: payment.timesBooked,
    isReturned: payment.isReturned,
    fields,
  }
}

export type FaultView = {
  readonly id: string
  readonly bank: string
  readonly listener: string
  readonly kind: string
  readonly code: string | null
  readonly payee: string | null
  /** How many more requests it spoils; null = until withdrawn or over. */
  readonly remaining: number | null
}

export function viewFault({ id, bank, listener, kind, code, payee, remaining }: ActiveFault): FaultView {
  return { id, bank, listener, kind, code: code ?? null, payee: payee ?? null, remaining }
}
