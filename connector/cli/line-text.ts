// A bank line as a person reads it in a list: one wording for every command that names lines.

import { formatAmount } from '../core/money'
import type { StatementLine } from '../ports'
import type { StoredLine } from '../store/store'

export type ShownLine = {
  readonly id: string
  readonly account: string
  readonly bookedOn: string
  readonly amount: string
  readonly currency: string
  readonly counterName: string
  readonly reference: string
  readonly text: string
}

export function shownLine(id: string, account: string, line: StatementLine): ShownLine {
  const { bookedOn, amount, counterName, reference } = line
  const text = [line.purpose, line.text].filter(part => part !== '').join(' ')
  return {
    id,
    account,
    bookedOn,
    amount: formatAmount(amount),
    currency: amount.currency,
    counterName,
    reference,
    text,
  }
}

export function shownStored({ id, account, line }: StoredLine): ShownLine {
  return shownLine(id, account, line)
}

/** For a table. */
export function lineCells(line: ShownLine): readonly string[] {
  const { id, bookedOn, amount, currency, counterName, reference, text } = line
  return [id, bookedOn, `${amount} ${currency}`, counterName, reference, text]
}
