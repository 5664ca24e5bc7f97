// A bank that gives a line again under the same id with another amount has altered what it said. The line that was
// imported stays as it is (I9); a person is told, and may take its entry back.

import { groupBy } from '../core/group'
import { formatAmount, sameMoney } from '../core/money'
import type { StoredLine } from '../store/store'
import type { Deps } from './deps'

type Draft = Omit<StoredLine, 'id'>

/**
 * Lines of one account as the bank gives them now, less those that stand in the place of a line that the store has: same id,
 * another amount, and the amount that was imported is not given any more. Where both are given, the id is shared by two lines.
 */
export async function withoutChanged(deps: Deps, given: readonly Draft[]): Promise<readonly Draft[]> {
  const named = given.filter(draft => draft.line.bankId !== null)
  const [first] = named
  if (first === undefined) return given
  const known = await deps.store.statements.known(
    first.account,
    named.map(draft => draft.key),
  )
  const fresh = named.filter(draft => !known.has(draft.key))
  const days = fresh.map(draft => draft.line.bookedOn).toSorted()
  const [from, to] = [days[0], days.at(-1)]
  if (from === undefined || to === undefined) return given
  const stored = groupBy(await deps.store.statements.list(first.account, { from, to }), nameOf)
  const now = groupBy(named, nameOf)
  const changed = new Set<Draft>()
  for (const draft of fresh) {
    const before = (stored.get(nameOf(draft)) ?? []).find(
      line => !(now.get(nameOf(draft)) ?? []).some(other => sameMoney(other.line.amount, line.line.amount)),
    )
    if (before === undefined) continue
    await tell(deps, before, draft)
    changed.add(draft)
  }
  return given.filter(draft => !changed.has(draft))
}

function nameOf({ line }: Pick<StoredLine, 'line'>): string {
  return `${line.bookedOn} ${line.bankId ?? ''}`
}

async function tell(deps: Deps, before: StoredLine, now: Draft): Promise<void> {
  const { paymentId } = before
  const text = ({ line }: Pick<StoredLine, 'line'>): string => `${formatAmount(line.amount)} ${line.amount.currency}`
  const evidence = { line: before.id, key: before.key, imported: text(before), now: text(now) }
  const code = 'LINE_CHANGED'
  const isNew = await deps.store.contradictions.record({
    at: deps.clock.now(),
    paymentId,
    code,
    cause: 'statement',
    evidence,
  })
  if (isNew) deps.tell({ kind: 'contradiction', paymentId, code, cause: 'statement' })
}
