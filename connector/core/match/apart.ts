// What a person took apart no pass puts together again: such a match becomes a group for a person, and its lines stay open.

import type { MatchDraft, Reconciliation } from './match'

export type Apart = { readonly lineIds: readonly string[]; readonly ledgerIds: readonly string[] }

const REASON = '曾由人撤销，不再自动勾对 (a person took these apart: not matched again by itself)'

/**
 * `undone` are matches that were undone: no pair of a bank line and a ledger line of one of them is matched again, and no two
 * ledger lines of one with each other alone.
 */
export function keepApart(found: Reconciliation, undone: readonly Apart[]): Reconciliation {
  if (undone.length === 0) return found
  const apart = new Map<string, Set<string>>()
  for (const { lineIds, ledgerIds } of undone)
    for (const line of lineIds) {
      const ids = apart.get(line) ?? new Set()
      for (const id of ledgerIds) ids.add(id)
      apart.set(line, ids)
    }
  const isApart = ({ lineIds, ledgerIds }: MatchDraft): boolean =>
    lineIds.length === 0
      ? undone.some(each => ledgerIds.filter(id => each.ledgerIds.includes(id)).length > 1)
      : lineIds.some(line => ledgerIds.some(id => apart.get(line)?.has(id) === true))
  const refused = found.matches.filter(isApart)
  if (refused.length === 0) return found
  return {
    ...found,
    matches: found.matches.filter(match => !isApart(match)),
    ambiguous: [...found.ambiguous, ...refused.map(match => ({ ...match, reason: `${match.reason}；${REASON}` }))],
  }
}
