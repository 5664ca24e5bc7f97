// The two sides of a reconciliation in few words, and what became of every line in as few.

import { matchLines, type Reconciliation } from '../../connector/core/match/match'
import { everyPass } from '../../connector/core/match/settings'
import type { BankSide, LedgerSide } from '../../connector/core/match/sides'
import type { ToleranceRule } from '../../connector/core/match/tolerance'

export const bank = (id: string, change: Partial<BankSide> = {}): BankSide => ({
  ...{ id, date: '2026-03-02', minor: -10_000n, references: [], counterparty: '', counterAccount: '', text: '' },
  entryKey: null,
  ...change,
})

export const ledger = (id: string, change: Partial<LedgerSide> = {}): LedgerSide => ({
  ...{ id, date: '2026-03-02', minor: -10_000n, reference: '', counterparty: '', text: '', entryKey: null },
  ...change,
})

export const brief = (found: Reconciliation): readonly string[] => [
  ...found.matches.map(match => `${match.pass}: ${match.lineIds.join('+')} = ${match.ledgerIds.join('+')}`),
  ...found.ambiguous.map(group => `? ${group.lineIds.join('+')} / ${group.ledgerIds.join('+')}`),
  ...found.left.lineIds.map(id => `bank ${id}`),
  ...found.left.ledgerIds.map(id => `ledger ${id}`),
]

export const match = (
  lines: readonly BankSide[],
  entries: readonly LedgerSide[],
  rules: readonly ToleranceRule[] = [],
): readonly string[] => brief(matchLines(lines, entries, everyPass(rules)))
