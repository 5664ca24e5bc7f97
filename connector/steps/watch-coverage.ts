// Looks after days that were not asked for, not answered, or do not fit their balances: each is asked for again, with
// growing pauses, until it is whole. Says when an account's newest statement is older than it may be.

import { addDays, bankDay } from '../core/bank-time'
import { ageOf, closesAt, daysOf, rangesOf } from '../core/coverage'
import type { DateRange } from '../ports'
import type { AccountSettings, Deps } from './deps'
import { importStatements } from './import-statements'

/** Leads an account's fetching for this long; another daemon takes over after it. */
const LEAD_MS = 60_000

/** As many days are asked for at once: some banks give no more in one answer. */
const RANGE_DAYS = 10

/** Due days of one account in one round. */
const DUE_MAX = 60

/** After a longer absence the oldest days are left to a person: `yinqi coverage` shows that nobody asked for them. */
const ABSENCE_DAYS = 366

export type Fetched =
  | { readonly kind: 'done'; readonly count: number }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'failed'; readonly error: unknown }

/** One daemon leads an account. One that fails gives it up: another's way to the bank may be whole. */
export async function importLed(deps: Deps, account: string, range: DateRange): Promise<Fetched> {
  const { meta } = deps.store
  const { instance } = deps.settings
  const name = `schedules:${account}`
  const now = deps.clock.now()
  const isLeader = await meta.lead(name, instance, now, now + LEAD_MS).catch(() => false)
  if (!isLeader) return { kind: 'elsewhere' }
  try {
    return { kind: 'done', count: await importStatements(deps, account, range) }
  } catch (error) {
    const at = deps.clock.now()
    await meta.lead(name, instance, at, at).catch(() => false)
    return { kind: 'failed', error }
  }
}

export type OnFailure = (account: string, range: DateRange, error: unknown) => void

/** A round over a bank's accounts; returns the number of ranges that were fetched. Remembers which accounts it called late. */
export function coverageWatch(deps: Deps, bank: string, onFailure: OnFailure): () => Promise<number> {
  const late = new Set<string>()
  const opened = new Map<string, string>()
  return async () => {
    const own = deps.accounts.filter(settings => settings.bank === bank)
    // Such a bank is never asked: a person brings its files.
    const isByFile = deps.banks.get(bank)?.traits.statementsByFile === true
    let count = 0
    for (const settings of own) {
      await openDays(deps, settings, opened, isByFile ? 'file' : 'interface')
      if (!isByFile && deps.closed(bank, 'read') === null) count += await fetchDue(deps, settings, onFailure)
    }
    await tellLate(deps, own, late)
    return count
  }
}

/**
 * Every day since this was last looked after has its row, also those on which nobody was there to ask. A file of an old month
 * is no reason to ask for everything since.
 */
async function openDays(
  deps: Deps,
  { account }: AccountSettings,
  opened: Map<string, string>,
  by: 'file' | 'interface',
): Promise<void> {
  const now = deps.clock.now()
  const today = bankDay(now)
  if (opened.get(account) === today) return
  const name = `coverage:${account}`
  const last = await deps.store.meta.cursor(name)
  if (last === null || last < today) {
    const first = last === null ? addDays(today, -deps.settings.coverage.backfillDays) : addDays(last, 1)
    const oldest = addDays(today, -ABSENCE_DAYS)
    const days = daysOf({ from: first < oldest ? oldest : first, to: today }, ABSENCE_DAYS + 1)
    await deps.store.coverage.change(account, days, now, row => ({
      ...row,
      dueAt: row.dueAt ?? (by === 'interface' && row.receivedAt === null ? Math.max(now, closesAt(row.day)) : null),
    }))
    await deps.store.meta.saveCursor(name, today)
  }
  opened.set(account, today)
}

async function fetchDue(deps: Deps, { account }: AccountSettings, onFailure: OnFailure): Promise<number> {
  const now = deps.clock.now()
  const due = await deps.store.coverage.due(account, now, DUE_MAX)
  // What a gap lacks may belong to any of its days.
  const days = due.flatMap(row => daysOf({ from: row.gapFrom < row.day ? row.gapFrom : row.day, to: row.day }, DUE_MAX))
  let count = 0
  for (const range of rangesOf(days, RANGE_DAYS)) {
    const fetched = await importLed(deps, account, range)
    if (fetched.kind === 'elsewhere') break
    if (fetched.kind === 'failed') {
      onFailure(account, range, fetched.error)
      break
    }
    count++
  }
  return count
}

async function tellLate(deps: Deps, own: readonly AccountSettings[], late: Set<string>): Promise<void> {
  const fresh = await deps.store.coverage.freshness()
  for (const { account, freshnessMs } of own) {
    const found = fresh.find(item => item.account === account)
    if (found === undefined) continue
    const { ageMs, isLate } = ageOf(found, deps.clock.now(), freshnessMs)
    if (isLate && !late.has(account)) deps.tell({ kind: 'statement.late', account, ageMs })
    if (!isLate && late.has(account)) deps.tell({ kind: 'statement.fresh', account })
    if (isLate) late.add(account)
    else late.delete(account)
  }
}
