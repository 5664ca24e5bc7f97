// Wrong versions of what becomes of a bank line that the bank changes and a person withdraws.

import type { Mutant } from './mutants'

const steps = (name: string): string => `connector/steps/${name}`

export const LINES: readonly Mutant[] = [
  {
    name: 'a line in the place of another is imported beside it',
    file: steps('changed-lines'),
    from: 'return given.filter(draft => !kept.has(draft));',
    to: 'return given;',
    wrong: 'what the bank gives is new',
  },
  {
    name: 'a withdrawn line keeps its entry',
    file: steps('withdraw-line'),
    from: 'const reversal = entry === null ? null : reversalOf(deps, entry, changes, named, now);',
    to: 'const reversal = null;',
    wrong: 'the accountants will see to it',
  },
  {
    name: 'a twin of a withdrawn line is missed for ever',
    file: steps('changed-lines'),
    from: 'const twin = [...left].find(other => (0, line_key_1.areTwins)(other.line, line.line));',
    to: 'const twin = undefined;',
    wrong: 'twins can be told apart',
  },
  {
    name: 'a withdrawn line is new again',
    file: 'connector/store/memory/withdrawals',
    from: 'const stored = { ...row.stored, isWithdrawn: true };',
    to: 'const stored = row.stored; tables.lines.remove(JSON.stringify([row.stored.account, row.identity])); return;',
    wrong: 'what is withdrawn may be deleted',
  },
  {
    name: 'the ERP does not hear of a withdrawal',
    file: steps('withdraw-line'),
    from: "outbox: [recordOf(settings, at, 'withdrawn', named, now)],",
    to: 'outbox: [],',
    wrong: 'the ERP reads our database',
  },
]
