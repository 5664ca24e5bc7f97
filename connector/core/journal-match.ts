// Does a rule fit a bank line? All of its conditions must hold; what is not said is not asked.

import type { Money, StatementLine } from '../ports'
import type { Bookable, JournalRule } from './journal'
import { patternOf } from './pattern'
import { plainAccount, plainName } from './plain'

export type CounterpartyCondition = {
  /** Any of these accounts, blanks and hyphens apart. */
  readonly accounts?: readonly string[] | undefined
  /** Any of these names, exactly; full and half width and blanks are the same. */
  readonly names?: readonly string[] | undefined
  /** Regular expression over the name. */
  readonly name?: string | undefined
}

export type RuleConditions = {
  /** Only lines of our own payments (true), only others (false), or both (absent). */
  readonly ownPayment?: boolean | undefined
  readonly direction?: 'in' | 'out' | undefined
  readonly accounts?: readonly string[] | undefined
  /** Document types of own payments (AP49, GL …). */
  readonly docTypes?: readonly string[] | undefined
  /** Business types of own payments (supplier, payroll …). */
  readonly businessTypes?: readonly string[] | undefined
  /** Regular expression over text, purpose and type. */
  readonly text?: string | undefined
  /** Any of these words stands in text, purpose or type; full and half width, capital and small are the same. */
  readonly contains?: readonly string[] | undefined
  /** Regular expression over the counterparty's name, or who it is: any of what is listed. */
  readonly counterparty?: string | CounterpartyCondition | undefined
  /** The amount without its sign, both ends included; a line of another currency does not fit. */
  readonly amount?: { readonly from?: Money | undefined; readonly to?: Money | undefined } | undefined
  /** Lines that the bank marks as taking back an earlier one. Absent: none, but for returns of our own payments. */
  readonly reversal?: boolean | undefined
}

export function fits(rule: JournalRule, item: Bookable): boolean {
  const { when } = rule
  const { line, request } = item
  if (when.ownPayment !== undefined && when.ownPayment !== (request !== null)) return false
  // What takes back a stranger's line must not be taken for new income by a rule that was written for income.
  if (when.reversal === undefined ? line.isReversal && request === null : when.reversal !== line.isReversal)
    return false
  if (when.direction !== undefined && when.direction !== (line.amount.minor < 0n ? 'out' : 'in')) return false
  if (when.accounts !== undefined && !when.accounts.includes(item.account)) return false
  if (when.docTypes !== undefined && !when.docTypes.includes(request?.key.docType ?? '')) return false
  if (when.businessTypes !== undefined && !when.businessTypes.includes(request?.businessType ?? '')) return false
  if (when.amount !== undefined && !isWithin(line.amount, when.amount)) return false
  if (when.text !== undefined && !patternOf(when.text).test(wordsOf(line))) return false
  if (when.contains !== undefined && !contains(wordsOf(line), when.contains)) return false
  return when.counterparty === undefined || isCounterparty(line, when.counterparty)
}

function wordsOf(line: StatementLine): string {
  return `${line.text} ${line.purpose} ${line.type}`
}

function contains(text: string, words: readonly string[]): boolean {
  const plain = plainName(text)
  return words.some(word => plain.includes(plainName(word)))
}

function isCounterparty(line: StatementLine, condition: string | CounterpartyCondition): boolean {
  if (typeof condition === 'string') return patternOf(condition).test(line.counterName)
  const account = plainAccount(line.counterAccount)
  const name = plainName(line.counterName)
  return (
    (account !== '' && (condition.accounts ?? []).some(each => plainAccount(each) === account)) ||
    (name !== '' && (condition.names ?? []).some(each => plainName(each) === name)) ||
    (condition.name !== undefined && patternOf(condition.name).test(line.counterName))
  )
}

function isWithin(amount: Money, range: NonNullable<RuleConditions['amount']>): boolean {
  const minor = amount.minor < 0n ? -amount.minor : amount.minor
  const { from, to } = range
  if (from !== undefined && (from.currency !== amount.currency || minor < from.minor)) return false
  return to === undefined || (to.currency === amount.currency && minor <= to.minor)
}
