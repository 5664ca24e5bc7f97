// The items of a match as rows: our line ids are unique in the store, an ERP's ledger ids only within their account.

import { digestOf, text } from './codec'
import type { Session } from './database'
import type { Match } from './reconcile-types'
import { insertNew, lockedSelect, selectIn } from './statements'

export type Item = {
  readonly side: 'line' | 'ledger'
  readonly scope: string
  readonly item: string
  readonly digest: string
}

export function itemsOf(match: Pick<Match, 'account' | 'lineIds' | 'ledgerIds'>): readonly Item[] {
  return [
    ...match.lineIds.map((item): Item => ({ side: 'line', scope: '', item, digest: digestOf([item]) })),
    ...match.ledgerIds.map((item): Item => ({ side: 'ledger', scope: match.account, item, digest: digestOf([item]) })),
  ]
}

/** Matches are saved seldom and in bulk: taking turns is simpler than untangling two runs that overlap. */
export async function onlyOneAtATime(tx: Session): Promise<void> {
  await insertNew(tx, 'yinqi_meta', 'name', [{ name: 'match', value: '' }])
  await tx.query(lockedSelect(tx.dialect, 'value', 'yinqi_meta', 'name = ?'), ['match'])
}

/** `side|scope|digest` of the items that a match holds. */
export async function matchedDigests(session: Pick<Session, 'query'>, items: readonly Item[]): Promise<Set<string>> {
  const taken = new Set<string>()
  const places = new Set(items.map(({ side, scope }) => `${side}|${scope}`))
  for (const place of places) {
    const here = items.filter(({ side, scope }) => `${side}|${scope}` === place)
    const [first] = here
    if (first === undefined) continue
    const rows = await selectIn(
      session,
      'SELECT item_digest FROM yinqi_match_item WHERE side = ? AND scope = ? AND item_digest IN',
      here.map(({ digest }) => digest),
      [first.side, first.scope],
    )
    for (const row of rows) taken.add(`${place}|${text(row, 'item_digest')}`)
  }
  return taken
}
