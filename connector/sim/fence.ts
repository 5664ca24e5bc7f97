// Restored and cloned databases (I10). A simulated administrator puts an older state of the store back, or starts a
// daemon on a copy of it. Off unless a fence is handed in: without one, both pay twice, as a real database would.

import type { Deps } from '../steps/deps'

/**
 * What the fence must offer to be simulated. `deps` is what a daemon is built of; `isOpen` says whether it may send now;
 * `confirm` is the person who has looked at the bank's records and opens it. The oracle then demands that nothing is
 * sent from a restored or cloned store between the operation and `confirm`, and I1 as always.
 */
export type SimulatedFence = {
  /** Adds what a daemon needs to know its store again, e.g. the host's half of a binding. Called at every start. */
  equip(deps: Deps, host: string): Promise<Deps>
  isOpen(deps: Deps): Promise<boolean>
  confirm(deps: Deps, person: string): Promise<void>
}
