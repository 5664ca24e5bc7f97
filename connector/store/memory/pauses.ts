// Banks that a person has paused, in memory. For the simulation only.

import type { PauseStore } from '../store'
import type { Tables } from './tables'

export function createPauses(tables: Tables): PauseStore {
  return {
    async list() {
      return tables.pauses.values().toSorted((a, b) => (a.bank < b.bank ? -1 : 1))
    },
    async pause(pause) {
      if (tables.pauses.get(pause.bank)?.scope === pause.scope) return false
      return tables.transaction(() => (tables.pauses.put(pause.bank, pause), true))
    },
    async resume({ bank }) {
      if (!tables.pauses.has(bank)) return false
      return tables.transaction(() => (tables.pauses.remove(bank), true))
    },
  }
}
