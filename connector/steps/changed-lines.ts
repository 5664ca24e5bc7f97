// A bank that gives a line again under the same id with another amount has altered what it said. The line that was
// imported stays as it is (I9); a person is told, and may take its entry back.

import { formatAmount, sameMoney } from '../core/money'
import type { StoredLine } from '../store/store'
import type { Deps } from './deps'

/** Lines of one account as the bank gives them now, of which the store has those with these keys already. */
export async function noticeChanged(deps: Deps, given: readonly Omit<StoredLine, 'id'>[]): Promise<void> {
  // Without an id of the bank's the amount is part of the key: another amount is another line.
  const named = given.filter(draft => draft.line.bankId !== null)
  const days = named.map(draft => draft.line.bookedOn).toSorted()
  const [first] = named
  const [from, to] = [days[0], days.at(-1)]
  if (first === undefined || from === undefined || to === undefined) return
  const stored = await deps.store.statements.list(first.account, { from, to })
  const byKey = new Map(stored.map(line => [line.key, line]))
  for (const draft of named) {
    const before = byKey.get(draft.key)
    if (before && !sameMoney(before.line.amount, draft.line.amount)) await tell(deps, before, draft)
  }
}

async function tell(deps: Deps, before: StoredLine, now: Omit<StoredLine, 'id'>): Promise<void> {
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
