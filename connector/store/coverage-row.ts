// A row of coverage before anything is known of its day.

import type { CoverageRow } from './coverage-types'

/** A day of which nothing is known yet. */
export function openedRow(account: string, day: string, at: number): CoverageRow {
  return {
    ...{ account, day, openedAt: at, requestedAt: null, receivedAt: null, source: '', attempts: 0, dueAt: null },
    ...{ error: '', proof: 'open', gapSince: null, opening: null, closing: null, gap: null, gapFrom: day, by: '' },
  }
}
