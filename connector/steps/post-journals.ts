// Decides, by the site's rules, which journal entry each bank line makes, and hands the entry to the ERP through the
// outbox. One entry stands per line (I7).

import type { StoredLine } from '../store/store'
import { draftOf } from './collection-record'
import { accountOf, type Deps } from './deps'
import { booksOf, decideLine, rulesOf, type LineDecision } from './journal-decision'

/** Returns the number of lines decided. */
export async function postJournals(deps: Deps): Promise<number> {
  const lines = await deps.store.statements.unbooked(deps.settings.batchLimit)
  let count = 0
  for (const stored of lines) {
    const decision = await decideLine(deps, stored, rulesOf(deps), booksOf(deps))
    if (decision.kind === 'wait') continue
    await carryOut(deps, stored, decision)
    count++
  }
  return count
}

async function carryOut(deps: Deps, stored: StoredLine, decision: Exclude<LineDecision, { kind: 'wait' }>) {
  const erp = accountOf(deps, stored.account)?.erp ?? ''
  const entry = decision.kind === 'entry' ? { erp, entry: decision.entry } : null
  await deps.store.journals.decide(
    [
      {
        lineId: stored.id,
        journal: decision.kind,
        entry,
        ...(decision.kind === 'collection' ? { collection: draftOf(deps, stored, erp) } : {}),
        ...('changes' in decision ? { changes: decision.changes } : {}),
      },
    ],
    deps.clock.now(),
  )
  if (!entry) return
  const { key, rule, reverses } = entry.entry
  deps.tell({ kind: 'entry.made', key, rule })
  if (reverses) deps.tell({ kind: 'entry.reversed', key: reverses.key, by: key, reason: reverses.reason })
}
