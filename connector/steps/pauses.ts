// Which banks a person has paused, as this daemon last read it from the store: cheap to ask, read anew every few seconds
// and right before a send is begun. A store that does not answer leaves what is known.

import type { BankPause, Store } from '../store/store'
import type { Happening } from './deps'

export type Pauses = {
  of(bank: string): BankPause | null
  /** Reads them anew. @throws Fault when the store does not answer */
  look(): Promise<void>
}

export function createPauses(store: Pick<Store, 'pauses'>, tell: (happening: Happening) => void): Pauses {
  let known: ReadonlyMap<string, BankPause> = new Map()
  return {
    of: bank => known.get(bank) ?? null,
    async look() {
      const before = known
      const list = await store.pauses.list()
      known = new Map(list.map(pause => [pause.bank, pause]))
      for (const pause of list) {
        const { bank, scope, person, reason } = pause
        if (before.get(bank)?.scope !== scope) tell({ kind: 'operator.paused', bank, scope, person, reason })
      }
      for (const bank of before.keys()) if (!known.has(bank)) tell({ kind: 'operator.resumed', bank })
    },
  }
}

/** May it not be called now, by a person's word? */
export function isPaused(pause: BankPause | null, call: 'send' | 'read'): boolean {
  return pause !== null && (call === 'send' || pause.scope === 'all')
}
