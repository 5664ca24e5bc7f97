// The coverage of accounts over some days, read from what is the case: rows of asking and proof, lines, entries, matches.

import { coverDay, daysOf, type DayCoverage } from '../core/coverage'
import { groupBy } from '../core/group'
import type { DateRange } from '../ports'
import type { CoverageRow } from '../store/store'
import type { Deps } from './deps'
import { matchedOf } from './exceptions-lines'

export type CoveredDay = DayCoverage & { readonly account: string; readonly row: CoverageRow | null }

/** Longer than anybody reads at once. */
const MAX_DAYS = 800

export async function cover(deps: Deps, account: string | null, range: DateRange): Promise<readonly CoveredDay[]> {
  const covered: CoveredDay[] = []
  for (const settings of deps.accounts) {
    if (account !== null && settings.account !== account) continue
    const rows = new Map((await deps.store.coverage.rows(settings.account, range)).map(row => [row.day, row]))
    const lines = groupBy(await deps.store.coverage.lines(settings.account, range), line => line.bookedOn)
    const matched = await matchedOf(deps, settings.account, range)
    const site = { hasReceipts: settings.wantsReceipts, hasLedger: settings.ledgerAccount !== '' }
    for (const day of daysOf(range, MAX_DAYS)) {
      const row = rows.get(day) ?? null
      const found = coverDay(day, row, lines.get(day) ?? [], matched.lines, site)
      covered.push({ ...found, account: settings.account, row })
    }
  }
  return covered
}
