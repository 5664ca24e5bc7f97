// Restored and cloned databases (I10). A simulated administrator puts an older state of the store back under running
// daemons, or starts one on a copy of it. Off unless a fence is handed in: without one, both pay twice, as in the world.

import type { Deps } from '../steps/deps'
import type { Batch, Observer } from './daemons'
import type { Database } from './run'
import type { World } from './world'

/** What must be offered to simulate a fence. `host` is the place a daemon runs on: it outlives the daemon, not the place. */
export type SimulatedFence = {
  /** At every start of a daemon: adds what it needs to know its own store again. */
  equip(deps: Deps, host: string): Promise<Deps>
  /** A named person has looked at the bank's records and opens the restored store for this daemon. */
  confirm(deps: Deps, host: string): Promise<void>
}

/** Backups that the administrator keeps: older ones are gone. */
const BACKUPS = 3

/** The store of one world, its backups, and whether what runs on it may send. */
export class StoreKeeper {
  readonly #world: World
  readonly #backups: { readonly database: Database; readonly sends: number }[] = []
  current: Database
  /** Every store that was ever in use: a reference that the current one forgot is still one of ours. */
  readonly past: Database[] = []
  /** An older state was put back, and nobody has confirmed it yet. */
  isDoubtful = false

  constructor(world: World, database: Database) {
    this.#world = world
    this.current = database
  }

  /** `sends`: how many instructions had left until now. */
  async backUp(sends: number): Promise<void> {
    const database = await this.current.copy?.()
    if (!database) return
    this.#backups.push({ database, sends })
    if (this.#backups.length > BACKUPS) this.#backups.shift()
  }

  /** The store as a backup has it; false when there is none. The daemons must be started anew on it. */
  async restore(sends: number): Promise<boolean> {
    const backup = this.#backups.at(0)
    const copy = await backup?.database.copy?.()
    if (!backup || !copy) return false
    this.#world.note('admin', 'puts an older state of the store back')
    this.past.push(this.current)
    this.current = copy
    // A state that has forgotten no send is an old one, and no danger.
    this.isDoubtful ||= backup.sends < sends
    return true
  }

  async clone(): Promise<Database | null> {
    this.#world.note('admin', 'starts a daemon on a copy of the store')
    return (await this.current.copy?.()) ?? null
  }
}

/** Watches a daemon on a copy beside its original: it may never send, whoever it asks. */
export function cloneObserver(world: World): Observer {
  return {
    async sending(daemon, _bank, batch: Batch) {
      world.violate('I10', `${daemon} sends ${batch.map(item => item.reference).join(', ')} from a copy of the store`)
    },
    leftLate: () => undefined,
    requestsAt: () => 0,
    committed: async () => undefined,
  }
}
