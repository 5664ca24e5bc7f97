// A bank line becomes a journal entry by the site's rules: the first that fits decides. Every entry balances (I7).

import type { JournalEntry, JournalLine, Money, PaymentRequest, StatementLine } from '../ports'
import { assert } from './assert'
import { fits, type RuleConditions } from './journal-match'
import { sharesOf, type LineTemplate } from './journal-shares'
import { auxiliariesOf, filled } from './journal-template'
import type { KnownParty } from './parties'

export type JournalRule = {
  readonly name: string
  readonly when: RuleConditions
  /**
   * null: the line is left to a person. `reverse`: it takes back the entry of the line that it reverses. `collect`: it
   * is offered as a collection, to be claimed.
   */
  readonly then: EntryTemplate | 'reverse' | 'collect' | null
}

/** With either one `counterAccount` for the whole amount, or `lines` that share it. */
export type EntryTemplate = {
  readonly voucherType: string
  /** See core/journal-template.ts for the fields. */
  readonly summary: string
  readonly counterAccount?: string | undefined
  readonly auxiliaries: Readonly<Record<string, string>>
  readonly lines?: readonly LineTemplate[] | undefined
  readonly bankAuxiliaries: Readonly<Record<string, string>>
  readonly settlementStyle: string
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
  /** Money in that nothing explains is offered as a collection. */
  readonly collects?: boolean
  /** Counterparties whose code in the ERP the site has listed. */
  readonly parties?: readonly KnownParty[]
}

export type Booking =
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  /** The ERP has it in its ledger already. */
  | { readonly kind: 'booked' }
  | { readonly kind: 'left'; readonly rule: string | null; readonly why?: string }
  /** To be booked as the reversal of an earlier entry, if it is proven which. */
  | { readonly kind: 'reverse'; readonly rule: string | null }
  | { readonly kind: 'collect'; readonly rule: string | null }

export function bookLine(item: Bookable, rules: readonly JournalRule[]): Booking {
  // The debit of a voucher that the ERP had booked before it asked; its return was not, and goes by the rules.
  if (item.request?.isBooked === true && item.line.amount.minor < 0n) return { kind: 'booked' }
  const rule = rules.find(candidate => fits(candidate, item))
  if (!rule) return unruled(item)
  if (!rule.then || item.line.amount.minor === 0n) return { kind: 'left', rule: rule.name }
  if (typeof rule.then === 'string') return { kind: rule.then, rule: rule.name }
  return entryOf(item, rule.name, rule.then)
}

/** Throws a Bug when an entry does not balance: it would be ours. A reversal is red: every one of its amounts is negative. */
export function assertBalanced(entry: JournalEntry): void {
  assert(entry.lines.length >= 2, `entry ${entry.key} has fewer than two lines`)
  const totals = new Map<string, bigint>()
  for (const line of entry.lines) {
    const { minor, currency } = line.amount
    assert(entry.reverses ? minor < 0n : minor > 0n, `entry ${entry.key} has a line of the wrong sign`)
    totals.set(currency, (totals.get(currency) ?? 0n) + (line.side === 'debit' ? minor : -minor))
  }
  for (const [currency, total] of totals) assert(total === 0n, `entry ${entry.key} is out of balance in ${currency}`)
}

function unruled(item: Bookable): Booking {
  const { line, request } = item
  if (request === null && line.isReversal) return { kind: 'reverse', rule: null }
  const isOffered = item.collects === true && request === null && line.amount.minor > 0n
  return isOffered ? { kind: 'collect', rule: null } : { kind: 'left', rule: null }
}

function entryOf(item: Bookable, rule: string, then: EntryTemplate): Booking {
  const { line } = item
  const isOut = line.amount.minor < 0n
  const summary = filled(then.summary, item)
  const counterLines = counterLinesOf(item, then, summary)
  if (typeof counterLines === 'string') return { kind: 'left', rule, why: counterLines }
  const bank = bankLineOf(item, summary, then)
  const isPayment = item.request !== null && isOut
  const entry: JournalEntry = {
    key: item.key,
    accountSet: item.accountSet,
    date: line.bookedOn,
    voucherType: then.voucherType,
    summary,
    maker: item.maker,
    lines: isOut ? [...counterLines, bank] : [bank, ...counterLines],
    document: isPayment && item.request ? { ...item.request.key, revision: item.request.revision } : null,
    rule,
  }
  assertBalanced(entry)
  return { kind: 'entry', entry }
}

/** The line of the bank's own ledger account: the whole amount, with what reconciliation matches on. */
export function bankLineOf(
  item: Bookable,
  summary: string,
  then: Pick<EntryTemplate, 'bankAuxiliaries' | 'settlementStyle'>,
): JournalLine {
  const { line } = item
  const isOut = line.amount.minor < 0n
  return {
    account: item.ledgerAccount,
    side: isOut ? 'credit' : 'debit',
    amount: magnitude(line.amount),
    summary,
    auxiliaries: auxiliariesOf(then.bankAuxiliaries, item),
    settlement: { style: then.settlementStyle, number: line.reference || line.bankSerial, date: line.bookedOn },
  }
}

/** Or, in words, why the amount cannot be shared out: the line then needs a person. */
function counterLinesOf(item: Bookable, then: EntryTemplate, summary: string): readonly JournalLine[] | string {
  const isOut = item.line.amount.minor < 0n
  const usual: JournalLine['side'] = isOut ? 'debit' : 'credit'
  const templates: readonly LineTemplate[] = then.lines ?? [
    { account: then.counterAccount ?? '', amount: 'rest', auxiliaries: then.auxiliaries },
  ]
  const shares = sharesOf(templates, item, usual)
  if (typeof shares === 'string') return shares
  return templates.map((template, index) => ({
    account: template.account,
    side: template.side ?? usual,
    amount: shares[index] ?? { minor: 0n, currency: item.line.amount.currency },
    summary: template.summary === undefined ? summary : filled(template.summary, item),
    auxiliaries: auxiliariesOf({ ...then.auxiliaries, ...template.auxiliaries }, item),
    settlement: null,
  }))
}

function magnitude(amount: Money): Money {
  return amount.minor < 0n ? { ...amount, minor: -amount.minor } : amount
}
