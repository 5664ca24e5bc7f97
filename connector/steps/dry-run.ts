// What the rules would do with lines that are there, without writing anything: the very decision that post-journals takes,
// over history. Lines that earlier ones of the run decided are seen as decided.

import type { JournalEntry } from '../ports'
import type { StoredLine } from '../store/store'
import type { Deps } from './deps'
import {
  booksOf,
  decideLine,
  type Books,
  type BookingRules,
  type LineDecision,
  type Standing,
} from './journal-decision'

export type DryLine = { readonly line: StoredLine; readonly decision: LineDecision }

/** In the order of the store, which is the order in which the daemon decides. */
export async function dryRun(
  deps: Deps,
  accounts: readonly string[],
  range: { readonly from: string; readonly to: string },
  rules: BookingRules,
): Promise<readonly DryLine[]> {
  const all: StoredLine[] = []
  for (const account of accounts) all.push(...(await deps.store.statements.list(account, range)))
  const lines = all.toSorted((a, b) => Number(a.id) - Number(b.id))
  const decided = new Map<string, LineDecision>()
  const reversed = new Set<string>()
  const books = dryBooks(deps, new Set(lines.map(line => line.id)), decided, reversed)
  const results: DryLine[] = []
  // What waits for a later line is decided again once that one was, as in the daemon's next round.
  let waiting: readonly StoredLine[] = lines
  for (let round = 0; round < 2; round++) {
    const again: StoredLine[] = []
    for (const line of waiting) {
      const decision = await decideLine(deps, line, rules, books)
      if (decision.kind === 'wait' && round === 0) {
        again.push(line)
        continue
      }
      decided.set(line.id, decision)
      const reverses = decision.kind === 'entry' ? decision.entry.reverses : undefined
      if (reverses) reversed.add(reverses.key)
      results.push({ line, decision })
    }
    waiting = again
  }
  return results.toSorted((a, b) => Number(a.line.id) - Number(b.line.id))
}

/** Of lines of this run what it decided, and nothing before it did; of all others what the store has. */
function dryBooks(
  deps: Deps,
  ofRun: ReadonlySet<string>,
  decided: ReadonlyMap<string, LineDecision>,
  reversed: ReadonlySet<string>,
): Books {
  const stored = booksOf(deps)
  return {
    async of(line) {
      if (!ofRun.has(line.id)) return await stored.of(line)
      const decision = decided.get(line.id)
      if (decision === undefined || decision.kind === 'wait') return UNDECIDED
      const now = await stored.of(line)
      const made = standingOf(decision, reversed)
      // The number that the ERP gave to this very entry stands in the text of its reversal.
      return now.entry !== null && now.entry.key === made.entry?.key ? { ...made, voucherNo: now.voucherNo } : made
    },
    // A line that is booked is shown as if it were booked for the first time.
    earlier: async line => (line.journal === 'open' ? await stored.earlier(line) : 0),
  }
}

const UNDECIDED: Standing = {
  journal: 'open',
  entry: null,
  voucherNo: '',
  isReversed: false,
  isOfMany: false,
  collection: null,
}

function standingOf(decision: Exclude<LineDecision, { kind: 'wait' }>, reversed: ReadonlySet<string>): Standing {
  const entry: JournalEntry | null = decision.kind === 'entry' ? decision.entry : null
  return {
    journal: decision.kind,
    entry,
    voucherNo: '',
    isReversed: entry !== null && reversed.has(entry.key),
    isOfMany: false,
    collection: null,
  }
}
