// What each statement of a file covers: its account, its days, and the balances that it begins and ends with.

import { addDays } from '../core/bank-time'
import { parseAmount } from '../core/money'
import type { Money, StatementLine } from '../ports'
import type { StatementHead, StatementTail } from '../statements/model'
import type { AccountSettings } from '../steps/deps'
import type { StatementSpan } from '../store/store'

type Draft = Omit<StatementSpan, 'digest' | 'at'>

export type Spans = {
  /** Null: a statement of an account that is not imported; it keeps its place in the file. */
  begin(settings: AccountSettings | null): void
  line(line: StatementLine): void
  end(statement: StatementHead & StatementTail): void
  of(digest: string, at: number): readonly StatementSpan[]
}

export function startSpans(): Spans {
  const drafts: Draft[] = []
  let position = 0
  let settings: AccountSettings | null = null
  let [first, last] = ['', '']
  let [sum, entries] = [0n, 0]
  return {
    begin(of) {
      position++
      settings = of
      first = ''
      last = ''
      sum = 0n
      entries = 0
    },
    line({ bookedOn, amount }) {
      if (first === '' || bookedOn < first) first = bookedOn
      if (bookedOn > last) last = bookedOn
      sum += amount.minor
      entries++
    },
    end(statement) {
      if (settings === null) return
      const { account, currency } = settings
      const opening = moneyOf(statement.opening?.amount, currency)
      const closing = moneyOf(statement.closing?.amount, currency)
      const days = daysOf(statement, first, last)
      if (days === null) return
      const gap = opening && closing ? closing.minor - opening.minor - sum : 0n
      drafts.push({
        ...{ position, account, ...days, entries, number: statement.number ?? '', opening, closing },
        proven: statement.proven === null ? 'unknown' : statement.proven ? 'yes' : 'no',
        difference: gap === 0n ? null : { minor: gap, currency },
      })
    },
    of: (digest, at) => drafts.map(draft => ({ ...draft, digest, at })),
  }
}

/**
 * A statement whose opening balance is dated before its first line opens where that day ended: banks date it by the statement
 * before. Null: neither a line nor a balance names a day.
 */
function daysOf(
  { opening, closing }: StatementHead & StatementTail,
  first: string,
  last: string,
): { readonly from: string; readonly to: string } | null {
  const to = [closing?.on ?? '', last].toSorted().at(-1) ?? ''
  if (to === '') return null
  const begins = first === '' ? to : first
  const opensOn = opening?.on ?? null
  const from = opensOn !== null && opensOn < begins ? addDays(opensOn, 1) : begins
  return { from, to }
}

function moneyOf(text: string | undefined, currency: string): Money | null {
  const amount = text === undefined ? null : parseAmount(text, currency)
  return typeof amount === 'string' ? null : amount
}
