// How a transaction on the tables in memory is undone as a whole, as in the real store. For the simulation only.

import type { Tables } from './tables'

/** Undoes the transaction; the caller is told with false. */
export class Changed extends Error {}

export function whole(tables: Tables, work: () => void): boolean {
  try {
    tables.transaction(work)
    return true
  } catch (error) {
    if (error instanceof Changed) return false
    throw error
  }
}
