// A bank line becomes a journal entry by the site's rules: the first that fits decides. Every entry balances (I7).

import type { Auxiliaries, JournalEntry, JournalLine, Money, PaymentRequest, StatementLine } from '../ports'
import { assert } from './assert'

export type JournalRule = {
  readonly name: string
  readonly when: {
    /** Only lines of our own payments (true), only others (false), or both (absent). */
    readonly ownPayment?: boolean | undefined
    readonly direction?: 'in' | 'out' | undefined
    readonly accounts?: readonly string[] | undefined
    /** Document types of own payments (AP49, GL …). */
    readonly docTypes?: readonly string[] | undefined
    /** Regular expression over text, purpose and type. */
    readonly text?: string | undefined
    /** Regular expression over the counterparty's name. */
    readonly counterparty?: string | undefined
  }
  /** null: the line is left to a person. */
  readonly then: {
    readonly voucherType: string
    /** Placeholders: {counterparty} {text} {purpose} {reference} {docNo}. */
    readonly summary: string
    readonly counterAccount: string
    readonly auxiliaries: Readonly<Record<string, string>>
    readonly bankAuxiliaries: Readonly<Record<string, string>>
    readonly settlementStyle: string
  } | null
}

export type Bookable = {
  readonly key: string
  readonly line: StatementLine
  readonly account: string
  readonly accountSet: string
  /** The ledger account (科目) of this bank account. */
  readonly ledgerAccount: string
  /** What the line paid, when it is one of ours. */
  readonly request: (PaymentRequest & { readonly revision: number }) | null
  readonly maker: string
}

export type Booking =
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  /** The ERP has it in its ledger already. */
  | { readonly kind: 'booked' }
  | { readonly kind: 'left'; readonly rule: string | null }

export function bookLine(item: Bookable, rules: readonly JournalRule[]): Booking {
  // The debit of a voucher that the ERP had booked before it asked; its return was not, and goes by the rules.
  if (item.request?.isBooked === true && item.line.amount.minor < 0n) return { kind: 'booked' }
  const rule = rules.find(candidate => fits(candidate, item))
  if (!rule) return { kind: 'left', rule: null }
  if (!rule.then || item.line.amount.minor === 0n) return { kind: 'left', rule: rule.name }
  return { kind: 'entry', entry: entryOf(item, rule.name, rule.then) }
}

/** Throws a Bug when an entry does not balance: it would be ours. */
export function assertBalanced(entry: JournalEntry): void {
  assert(entry.lines.length >= 2, `entry ${entry.key} has fewer than two lines`)
  const totals = new Map<string, bigint>()
  for (const line of entry.lines) {
    assert(line.amount.minor > 0n, `entry ${entry.key} has a line that is not positive`)
    const signed = line.side === 'debit' ? line.amount.minor : -line.amount.minor
    totals.set(line.amount.currency, (totals.get(line.amount.currency) ?? 0n) + signed)
  }
  for (const [currency, total] of totals) assert(total === 0n, `entry ${entry.key} is out of balance in ${currency}`)
}

function fits(rule: JournalRule, item: Bookable): boolean {
  const { when } = rule
  const { line } = item
  if (when.ownPayment !== undefined && when.ownPayment !== (item.request !== null)) return false
  if (when.direction !== undefined && when.direction !== (line.amount.minor < 0n ? 'out' : 'in')) return false
  if (when.accounts !== undefined && !when.accounts.includes(item.account)) return false
  if (when.docTypes !== undefined && !when.docTypes.includes(item.request?.key.docType ?? '')) return false
  if (when.text !== undefined && !new RegExp(when.text, 'u').test(`${line.text} ${line.purpose} ${line.type}`))
    return false
  return when.counterparty === undefined || new RegExp(when.counterparty, 'u').test(line.counterName)
}

function entryOf(item: Bookable, rule: string, then: NonNullable<JournalRule['then']>): JournalEntry {
  const { line } = item
  const isOut = line.amount.minor < 0n
  const amount: Money = { minor: isOut ? -line.amount.minor : line.amount.minor, currency: line.amount.currency }
  const summary = filled(then.summary, item)
  const bank: JournalLine = {
    account: item.ledgerAccount,
    side: isOut ? 'credit' : 'debit',
    amount,
    summary,
    auxiliaries: auxiliariesOf(then.bankAuxiliaries, item),
    settlement: { style: then.settlementStyle, number: line.reference || line.bankSerial, date: line.bookedOn },
  }
  const counter: JournalLine = {
    account: then.counterAccount,
    side: isOut ? 'debit' : 'credit',
    amount,
    summary,
    auxiliaries: auxiliariesOf(then.auxiliaries, item),
    settlement: null,
  }
  const isPayment = item.request !== null && isOut
  const entry: JournalEntry = {
    key: item.key,
    accountSet: item.accountSet,
    date: line.bookedOn,
    voucherType: then.voucherType,
    summary,
    maker: item.maker,
    lines: isOut ? [counter, bank] : [bank, counter],
    document: isPayment && item.request ? { ...item.request.key, revision: item.request.revision } : null,
    rule,
  }
  assertBalanced(entry)
  return entry
}

function auxiliariesOf(templates: Readonly<Record<string, string>>, item: Bookable): Auxiliaries {
  const entries = Object.entries(templates).map(([name, template]) => [name, filled(template, item)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}

function filled(template: string, item: Bookable): string {
  const values: Readonly<Record<string, string>> = {
    counterparty: item.line.counterName,
    text: item.line.text,
    purpose: item.line.purpose,
    reference: item.line.reference,
    docNo: item.request?.key.docNo ?? '',
    partner: item.request?.partner ?? '',
  }
  return template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '').trim()
}
