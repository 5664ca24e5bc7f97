// Contradictions in memory: the same news about the same payment once. For the simulation only.

import type { ContradictionStore } from '../store'
import type { Tables } from './tables'

type Recorded = Parameters<ContradictionStore['record']>[0]

export function createContradictions(tables: Tables): ContradictionStore {
  return {
    record: async row => tables.transaction(() => contradict(tables, row)),
    async open(limit) {
      return tables.contradictions
        .values()
        .filter(row => row.resolvedAt === null)
        .slice(0, limit)
    },
    async resolve(id, person, resolution, at) {
      const row = tables.contradictions.values().find(candidate => candidate.id === id)
      if (!row || row.resolvedAt !== null) return false
      const resolved = { ...row, resolvedAt: at, resolvedBy: person, resolution }
      return tables.transaction(() => (tables.contradictions.put(identityOf(row), resolved), true))
    },
  }
}

/** Part of the caller's transaction. True when it is new. */
export function contradict(tables: Tables, row: Recorded): boolean {
  const identity = identityOf(row)
  if (tables.contradictions.has(identity)) return false
  const id = String(tables.contradictions.takeNo())
  tables.contradictions.put(identity, { ...row, id, resolvedAt: null, resolvedBy: '', resolution: '' })
  return true
}

function identityOf({ paymentId, code, cause, evidence }: Omit<Recorded, 'at'>): string {
  const sorted = Object.entries(evidence).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([paymentId, code, cause, ...sorted.flat()])
}
