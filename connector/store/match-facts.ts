// Days and amounts of what matches hold, from the rows as they now stand.

import { groupBy } from '../core/group'
import { integer, integerOrNull, numberOf, text } from './codec'
import type { Session } from './database'
import { itemsOf, type Item } from './match-items'
import type { Match } from './reconcile-types'
import { selectIn } from './statements'

type Fact = { readonly no: number; readonly day: string; readonly minor: bigint }

export type Facts = {
  /** The item's row, or undefined when it is not stored here. */
  numberOf(item: Item): number | undefined
  of(item: Item): Fact | undefined
}

type Sides = Pick<Match, 'account' | 'lineIds' | 'ledgerIds'>

export async function factsOf(session: Pick<Session, 'query'>, matches: readonly Sides[]): Promise<Facts> {
  const facts = new Map<string, Fact>()
  const lineNumbers = matches.flatMap(match => match.lineIds.flatMap(id => numberOf(id) ?? []))
  const lines = await selectIn(
    session,
    'SELECT no, booked_on, amount_minor FROM yinqi_statement_line WHERE no IN',
    lineNumbers,
  )
  for (const row of lines)
    facts.set(`line||${integer(row, 'no')}`, {
      no: integer(row, 'no'),
      day: text(row, 'booked_on'),
      minor: BigInt(text(row, 'amount_minor')),
    })
  for (const [account, own] of groupBy(matches, match => match.account)) {
    const items = own.flatMap(match => itemsOf(match)).filter(({ side }) => side === 'ledger')
    const rows = await selectIn(
      session,
      'SELECT no, item, booked_on, amount_minor, gone_at FROM yinqi_ledger_line WHERE account = ? AND item_digest IN',
      items.map(({ digest }) => digest),
      [account],
    )
    for (const row of rows)
      facts.set(`ledger|${account}|${text(row, 'item')}`, {
        no: integer(row, 'no'),
        day: text(row, 'booked_on'),
        // What the ERP shows no more is worth nothing: the match then shows its difference.
        minor: integerOrNull(row, 'gone_at') === null ? BigInt(text(row, 'amount_minor')) : 0n,
      })
  }
  const of = ({ side, scope, item }: Item): Fact | undefined => facts.get(`${side}|${scope}|${item}`)
  return { of, numberOf: item => of(item)?.no }
}

export type Span = {
  readonly lineDays: readonly string[]
  readonly days: readonly string[]
  /** Bank minus ledger; zero where a side is not stored here and so not known. */
  readonly differenceMinor: bigint
}

export function spanOf(match: Sides, facts: Facts): Span {
  const lineDays: string[] = []
  const days: string[] = []
  let differenceMinor = 0n
  let isKnown = true
  for (const item of itemsOf(match)) {
    const fact = facts.of(item)
    if (fact === undefined) {
      isKnown = false
      continue
    }
    days.push(fact.day)
    if (item.side === 'line') lineDays.push(fact.day)
    differenceMinor += item.side === 'line' ? fact.minor : -fact.minor
  }
  return { lineDays: lineDays.toSorted(), days: days.toSorted(), differenceMinor: isKnown ? differenceMinor : 0n }
}
