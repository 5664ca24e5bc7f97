// A rule carries examples: a line and the entry it must give, by this very rule, with all the others in place. They are
// run by `yinqi check` and `yinqi journal test`, so that a change of the rules that breaks one is seen before it books.

import type { Auxiliaries, JournalEntry, PaymentRequest, StatementLine } from '../ports'
import { bookLine, type Bookable, type Booking, type JournalRule } from './journal'
import { formatAmount, parseAmount } from './money'
import type { KnownParty } from './parties'

export type ExampleLine = {
  /** The bank account; absent: the first of the configuration. */
  readonly account?: string | undefined
  /** `-10.00`: money out is negative. */
  readonly amount: string
  readonly currency: string
  readonly on: string
  readonly counterparty: string
  readonly counterAccount: string
  readonly text: string
  readonly purpose: string
  readonly type: string
  readonly reference: string
  readonly bankSerial: string
  readonly reversal: boolean
  /** It paid this document of ours. */
  readonly payment?:
    | {
        readonly docType: string
        readonly docNo: string
        readonly businessType: string
        readonly partner: string
        /** As asked; absent: the line's amount. */
        readonly amount?: string | undefined
      }
    | undefined
}

/** `gives`: null for a person, a word, or the lines in order, e.g. `debit 220201 1000.00 supplier=V0001`. */
export type RuleExample = {
  readonly line: ExampleLine
  readonly gives:
    | {
        readonly voucherType?: string | undefined
        readonly summary?: string | undefined
        readonly lines: readonly string[]
      }
    | 'reverse'
    | 'collect'
    | null
}

export type ExampleRule = JournalRule & { readonly examples: readonly RuleExample[] }
export type ExampleAccount = {
  readonly account: string
  readonly accountSet: string
  readonly ledgerAccount: string
}
export type ExampleResult = {
  readonly rule: string
  /** From 1. */
  readonly number: number
  readonly ok: boolean
  readonly wanted: readonly string[]
  readonly found: readonly string[]
}

export function runExamples(
  rules: readonly ExampleRule[],
  accounts: readonly ExampleAccount[],
  parties: readonly KnownParty[],
): readonly ExampleResult[] {
  return rules.flatMap(rule =>
    rule.examples.map((example, index): ExampleResult => {
      const found = outcomeOf(rule.name, example, rules, { accounts, parties })
      const wanted = wantedOf(rule.name, example, found)
      return { rule: rule.name, number: index + 1, ok: found.join('\n') === wanted.join('\n'), wanted, found }
    }),
  )
}

/** One text a line: the rule, the head, the lines. */
export function describeBooking(booking: Booking): readonly string[] {
  switch (booking.kind) {
    case 'entry':
      return [`${booking.entry.rule} ->`, ...describeEntry(booking.entry)]
    case 'booked':
      return ['booked in the ERP already']
    case 'left':
      return [`${booking.rule ?? '(no rule)'} -> null${booking.why === undefined ? '' : `: ${booking.why}`}`]
    case 'reverse':
    case 'collect':
      return [`${booking.rule ?? '(no rule)'} -> ${booking.kind}`]
  }
}

export function describeEntry(entry: JournalEntry): readonly string[] {
  return [
    `${entry.voucherType} ${entry.summary}`,
    ...entry.lines.map(line =>
      [line.side, line.account, formatAmount(line.amount), ...auxiliaryTexts(line.auxiliaries)].join(' '),
    ),
  ]
}

function auxiliaryTexts(auxiliaries: Auxiliaries): readonly string[] {
  return Object.entries(auxiliaries)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
}

function wantedOf(rule: string, { gives }: RuleExample, found: readonly string[]): readonly string[] {
  if (gives === null || typeof gives === 'string') return [`${rule} -> ${gives ?? 'null'}`]
  const [, head = ''] = found
  const space = head.indexOf(' ')
  // A head that the example does not name is not compared.
  const voucherType = gives.voucherType ?? head.slice(0, space)
  const summary = gives.summary ?? head.slice(space + 1)
  return [`${rule} ->`, `${voucherType} ${summary}`, ...gives.lines.map(normalLine)]
}

/** Blanks and the order of auxiliaries do not matter. */
function normalLine(text: string): string {
  const [side = '', account = '', amount = '', ...auxiliaries] = text.trim().split(/\s+/)
  return [side, account, amount, ...auxiliaries.toSorted()].join(' ')
}

function outcomeOf(
  rule: string,
  { line }: RuleExample,
  rules: readonly JournalRule[],
  { accounts, parties }: { readonly accounts: readonly ExampleAccount[]; readonly parties: readonly KnownParty[] },
): readonly string[] {
  const account = line.account === undefined ? accounts[0] : accounts.find(each => each.account === line.account)
  if (!account) return [`account ${line.account ?? ''} is not configured`]
  const item = bookableOf(rule, line, account)
  return typeof item === 'string' ? [item] : describeBooking(bookLine({ ...item, parties }, rules))
}

function bookableOf(rule: string, line: ExampleLine, account: ExampleAccount): Bookable | string {
  const amount = parseAmount(line.amount, line.currency)
  if (typeof amount === 'string') return `amount ${line.amount} ${line.currency}: ${amount}`
  const { counterparty, on, reversal, payment, currency: _currency, account: _account, ...texts } = line
  const statementLine: StatementLine = {
    ...texts,
    amount,
    bankId: null,
    bookedOn: on,
    bookedTime: '',
    valueOn: null,
    balanceAfter: null,
    counterName: counterparty,
    counterBank: '',
    isReversal: reversal,
    receiptKey: '',
  }
  return {
    key: `YQ-${rule}`,
    line: statementLine,
    ...account,
    ledgerAccount: account.ledgerAccount || 'BANK',
    request: payment === undefined ? null : requestOf(payment, statementLine),
    maker: '',
  }
}

function requestOf(
  payment: NonNullable<ExampleLine['payment']>,
  line: StatementLine,
): PaymentRequest & { readonly revision: number } {
  const { docType, docNo, businessType, partner } = payment
  const minor = line.amount.minor < 0n ? -line.amount.minor : line.amount.minor
  return {
    kind: 'pay',
    key: { sourceSystem: 'EXAMPLE', accountSet: '', docType, docNo, docLine: 1, revision: 1 },
    digest: '',
    approval: '',
    companyCode: '',
    payerAccount: '',
    payerName: '',
    payeeAccount: line.counterAccount,
    payeeName: line.counterName,
    payeeBankName: '',
    payeeBankCode: '',
    payeeKind: 'C',
    payeeProvince: '',
    payeeCity: '',
    amount: payment.amount ?? formatAmount({ ...line.amount, minor }),
    currency: line.amount.currency,
    purpose: line.purpose,
    postscript: '',
    businessType,
    requestedOn: line.bookedOn,
    urgency: 'normal',
    batchNo: '',
    maker: '',
    checker: '',
    partner,
    isBooked: false,
    revision: 1,
  }
}
