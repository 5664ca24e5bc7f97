// How the demo ends: every payment beside the bank's own record of it. The bank's ledger is the truth; what disagrees is said.

import { STATE_WORDS } from '../core/lifecycle'
import { formatAmount } from '../core/money'
import type { Deps } from '../steps/deps'
import type { Payment } from '../store/store'
import { table } from './output'

type BankPayment = {
  readonly timesBooked: number
  readonly isReturned: boolean
  readonly amount: string
  readonly fields: Readonly<Record<string, string>>
}
export type BankBooks = {
  payments(): readonly {
    readonly bank: string
    readonly key: string
    readonly timesReceived: number
    readonly timesBooked: number
    readonly payments: readonly BankPayment[]
  }[]
  accounts(): readonly {
    readonly bank: string
    readonly account: string
    readonly name: string
    readonly balance: string
  }[]
}

export type DemoSummary = {
  readonly folder: string
  readonly erpDatabase: string
  readonly configFile: string
  readonly payments: readonly Readonly<Record<string, unknown>>[]
  readonly bankAccounts: readonly unknown[]
  readonly lines: number
  readonly matches: number
  readonly contradictions: number
  readonly isConsistent: boolean
  readonly problems: readonly string[]
  readonly text: { readonly zh: string; readonly en: string }
}

export async function summarise(
  deps: Deps,
  bank: BankBooks,
  places: Pick<DemoSummary, 'folder' | 'erpDatabase' | 'configFile'>,
): Promise<DemoSummary> {
  const payments = (await deps.store.payments.list({}, null, 1000)).toSorted(
    (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
  )
  const booked = bookedByReference(bank)
  const rows = payments.map(payment => ({
    payment,
    booked: booked.get(`${payment.bank}|${payment.instruction.reference}`) ?? 0,
  }))
  const problems = rows.flatMap(row => problemOf(row.payment, row.booked))
  const known = new Set(payments.map(payment => `${payment.bank}|${payment.instruction.reference}`))
  for (const [key, times] of booked)
    if (times > 0 && !known.has(key)) problems.push(`bank booked ${key}, which nobody asked`)
  const range = { from: '2000-01-01', to: '2999-12-31' }
  let lines = 0
  let matches = 0
  for (const { account } of deps.accounts) {
    lines += (await deps.store.statements.list(account, range)).length
    matches += (await deps.store.matches.of(account, range)).length
  }
  const contradictions = (await deps.store.contradictions.open(1000)).length
  const isConsistent = problems.length === 0
  return {
    ...places,
    payments: rows.map(({ payment, booked: times }) => ({
      docNo: payment.request.key.docNo,
      id: payment.id,
      bank: payment.bank,
      reference: payment.instruction.reference,
      state: payment.state,
      amount: formatAmount(payment.instruction.amount),
      statusText: payment.statusText,
      bankSerial: payment.bankSerial,
      receiptNo: payment.receiptNo,
      timesDebitedByBank: times,
    })),
    bankAccounts: bank.accounts(),
    lines,
    matches,
    contradictions,
    isConsistent,
    problems,
    text: {
      zh: textOf(rows, problems, { lines, matches, contradictions }, 'zh'),
      en: textOf(rows, problems, { lines, matches, contradictions }, 'en'),
    },
  }
}

/** BOC keys a payment by its own reference; ICBC by its package, and the item carries ours in ERPSqn. */
function bookedByReference(bank: BankBooks): ReadonlyMap<string, number> {
  const booked = new Map<string, number>()
  for (const key of bank.payments()) {
    for (const payment of key.payments) {
      const reference = payment.fields['ERPSqn'] ?? payment.fields['Ref'] ?? key.key
      const name = `${key.bank}|${reference === '' ? key.key : reference}`
      booked.set(name, (booked.get(name) ?? 0) + payment.timesBooked)
    }
  }
  return booked
}

/** Twice is always wrong; so is a success without a debit, and a failure with one. What is open may be either. */
function problemOf(payment: Payment, booked: number): readonly string[] {
  const isPaid = payment.state === 'settled' || payment.state === 'returned'
  const isUnpaid =
    payment.state === 'failed' || payment.state === 'cancelled' || payment.state === 'held' || payment.state === 'ready'
  if (booked > 1) return [`${payment.id} was debited ${booked} times`]
  if (isPaid && booked === 0) return [`${payment.id} is ${payment.state}, but the bank has no debit`]
  return isUnpaid && booked > 0 ? [`${payment.id} is ${payment.state}, but the bank debited it`] : []
}

function textOf(
  rows: readonly { readonly payment: Payment; readonly booked: number }[],
  problems: readonly string[],
  counts: { readonly lines: number; readonly matches: number; readonly contradictions: number },
  lang: 'zh' | 'en',
): string {
  const list = table(
    rows.map(({ payment, booked }) => [
      payment.request.key.docNo,
      payment.bank,
      formatAmount(payment.instruction.amount),
      STATE_WORDS[payment.state][lang],
      lang === 'zh' ? `银行扣款 ${booked} 次` : `debited ${booked}×`,
      payment.receiptNo,
      payment.statusText,
    ]),
  )
  const { lines, matches, contradictions } = counts
  const zh = `流水 ${lines} 笔，勾对 ${matches} 笔，矛盾 ${contradictions} 项。${problems.length === 0 ? '与银行账本逐笔核对一致。' : problems.join('\n')}`
  const en = `${lines} bank lines, ${matches} matched, ${contradictions} contradictions. ${problems.length === 0 ? "Every payment agrees with the bank's own ledger." : problems.join('\n')}`
  return `\n${list}\n\n${lang === 'zh' ? zh : en}`
}
