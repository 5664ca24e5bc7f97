// An entry of ours that a named person took back, and the red entry that does it (红字冲销): the ledger holds both, the bank
// neither. They belong to each other, and to no bank line.

import type { LedgerSide } from './sides'

export const REVERSAL_PASS = {
  name: 'reversal',
  reason:
    '凭证与具名冲销它的红字凭证互相抵消，银行无此流水 (our own entry and the red entry by which a named person took it back cancel out)',
}

export type Cancelled = {
  readonly matches: readonly (readonly LedgerSide[])[]
  readonly ambiguous: readonly (readonly LedgerSide[])[]
}

/**
 * Lines of one entry and amount against the red lines of that entry and the opposite amount: as many on either side cancel
 * out to the last cent; of unequal numbers nobody can tell which one stays.
 */
export function cancelOut(ledger: readonly LedgerSide[]): Cancelled {
  const reversed = new Set(ledger.flatMap(line => line.reverses ?? []))
  if (reversed.size === 0) return { matches: [], ambiguous: [] }
  const groups = new Map<string, { readonly own: LedgerSide[]; readonly red: LedgerSide[] }>()
  const groupOf = (key: string, minor: bigint) => {
    const name = `${key}|${minor}`
    const group = groups.get(name) ?? { own: [], red: [] }
    groups.set(name, group)
    return group
  }
  for (const line of ledger) {
    if (line.reverses !== undefined) groupOf(line.reverses, -line.minor).red.push(line)
    else if (line.entryKey !== null && reversed.has(line.entryKey)) groupOf(line.entryKey, line.minor).own.push(line)
  }
  const met = [...groups.values()].filter(({ own, red }) => own.length > 0 && red.length > 0)
  const linesOf = (isWhole: boolean): readonly (readonly LedgerSide[])[] =>
    met.filter(({ own, red }) => (own.length === red.length) === isWhole).map(({ own, red }) => [...own, ...red])
  return { matches: linesOf(true), ambiguous: linesOf(false) }
}
