// What each statement of a file covers: its account, its days, and the balances that it begins and ends with.

import { addDays, bankDay } from '../core/bank-time'
import { parseAmount } from '../core/money'
import type { Money, StatementLine } from '../ports'
import type { StatementHead, StatementTail } from '../statements/model'
import type { AccountSettings } from '../steps/deps'
import type { StatementSpan } from '../store/store'

/** `last`: sum and number of the lines of its last day. */
type Draft = Omit<StatementSpan, 'digest' | 'at'> & {
  readonly last: { readonly minor: bigint; readonly entries: number }
}

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
  const byDay = new Map<string, { minor: bigint; entries: number }>()
  return {
    begin(of) {
      position++
      settings = of
      first = ''
      last = ''
      sum = 0n
      entries = 0
      byDay.clear()
    },
    line({ bookedOn, amount }) {
      if (first === '' || bookedOn < first) first = bookedOn
      if (bookedOn > last) last = bookedOn
      sum += amount.minor
      entries++
      const day = byDay.get(bookedOn) ?? { minor: 0n, entries: 0 }
      byDay.set(bookedOn, { minor: day.minor + amount.minor, entries: day.entries + 1 })
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
        last: byDay.get(days.to) ?? { minor: 0n, entries: 0 },
      })
    },
    of: (digest, at) => drafts.flatMap(draft => parts(draft, bankDay(at)).map(part => ({ ...part, digest, at }))),
  }
}

/**
 * A statement that reaches into the running day proves the days before it all the same: it is kept as two, and only the
 * second has an end that may still move. The first of two has the odd number.
 */
function parts({ last, ...span }: Draft, today: string): readonly Omit<Draft, 'last'>[] {
  const position = span.position * 2
  const { closing } = span
  if (span.to < today || span.from >= span.to || span.proven !== 'yes' || closing === null)
    return [{ ...span, position }]
  const middle = { minor: closing.minor - last.minor, currency: closing.currency }
  return [
    {
      ...span,
      position: position - 1,
      to: addDays(span.to, -1),
      closing: middle,
      entries: span.entries - last.entries,
    },
    { ...span, position, from: span.to, opening: middle, entries: last.entries },
  ]
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
