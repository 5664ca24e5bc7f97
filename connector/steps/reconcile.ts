// Matches an account's open bank lines with the open lines of the ledger's bank-deposit journal, whatever month they are of,
// and says why for every match. What has two candidates is left to a person.

import { bankDay } from '../core/bank-time'
import { daysToRead, type Days } from '../core/match/days'
import type { MatchDraft } from '../core/match/match'
import type { LedgerLine } from '../ports'
import type { Match } from '../store/store'
import type { AccountSettings, Deps } from './deps'
import {
  judge,
  ledgerSideOf,
  openSides,
  reconciledAccount,
  type Judged,
  type Reconciled,
  type Sides,
} from './open-items'

/** Written in one transaction: a run of many matches holds nobody up for long. */
const SAVED_AT_ONCE = 500

export type ReconcileRun = Judged & {
  readonly currency: string
  /** New matches: written, or what would be. */
  readonly count: number
  /** Days of the ledger that were read. */
  readonly read: readonly Days[]
  readonly sides: Sides
}

export type ReconcileOptions = {
  /** Reads the ledger anew from this day on, besides what is open; null: only what is recent or open. */
  readonly from: string | null
  /** Reads and says; writes nothing. */
  readonly isDryRun: boolean
}

/** Null where the account is not reconciled. @throws Fault of the ERP or the store */
export async function reconcileAccount(
  deps: Deps,
  account: string,
  { from, isDryRun }: ReconcileOptions,
): Promise<ReconcileRun | null> {
  const reconciled = reconciledAccount(deps, account)
  if (reconciled === null) return null
  const { settings } = reconciled
  const today = bankDay(deps.clock.now())
  const known = await deps.store.open.days(account, today)
  const { ledgerDays } = deps.settings.reconciliation
  const read = daysToRead(known, { today, ledgerDays, start: settings.reconcileFrom ?? null, from })
  const sides = isDryRun ? await readBeside(deps, reconciled, read) : await takeOver(deps, reconciled, read)
  const judged = await judge(deps, settings, sides)
  const count = isDryRun ? judged.matches.length : await save(deps, account, judged)
  return { ...judged, currency: settings.currency, count, read, sides }
}

/** Returns the number of new matches. */
export async function reconcile(deps: Deps, account: string): Promise<number> {
  return (await reconcileAccount(deps, account, { from: null, isDryRun: false }))?.count ?? 0
}

async function takeOver(deps: Deps, { settings, ledger }: Reconciled, read: readonly Days[]): Promise<Sides> {
  const { account } = settings
  const broken: string[] = []
  for (const range of read) {
    const lines = await linesOf(ledger(settings.ledgerAccount, range), settings, range)
    const synced = await deps.store.open.sync(account, range, lines, deps.clock.now())
    broken.push(...synced.broken)
  }
  if (broken.length > 0) deps.tell({ kind: 'match.broken', account, matches: broken })
  return await openSides(deps, settings)
}

/** As `takeOver`, but the store stays as it is: what was read stands in for what the store has of those days. */
async function readBeside(deps: Deps, { settings, ledger }: Reconciled, read: readonly Days[]): Promise<Sides> {
  const { account } = settings
  const stored = await openSides(deps, settings)
  const isRead = ({ date }: { readonly date: string }): boolean =>
    read.some(({ from, to }) => date >= from && date <= to)
  const fresh: LedgerLine[] = []
  for (const range of read) {
    const lines = await linesOf(ledger(settings.ledgerAccount, range), settings, range)
    const ledgerIds = lines.map(line => line.id)
    const taken = await deps.store.matches.taken(account, { lineIds: [], ledgerIds })
    for (const line of lines) if (!taken.ledger.has(line.id)) fresh.push(line)
  }
  const ids = new Set(fresh.map(line => line.id))
  const kept = stored.ledger.filter(line => !isRead(line) && !ids.has(line.id))
  return { bank: stored.bank, ledger: [...kept, ...fresh.map(ledgerSideOf)] }
}

/** A line of another currency is another account's, whatever the ledger account says. */
async function linesOf(
  lines: AsyncIterable<LedgerLine>,
  { currency }: AccountSettings,
  { from, to }: Days,
): Promise<readonly LedgerLine[]> {
  const own: LedgerLine[] = []
  for await (const line of lines)
    if (line.date >= from && line.date <= to && line.amount.currency === currency) own.push(line)
  return own
}

async function save(deps: Deps, account: string, { matches, ruleVersion }: Judged): Promise<number> {
  let count = 0
  for (let from = 0; from < matches.length; from += SAVED_AT_ONCE) {
    const drafts = matches.slice(from, from + SAVED_AT_ONCE).map(match => matchOf(match, account, ruleVersion))
    count += await deps.store.matches.save(drafts, deps.clock.now())
  }
  if (count > 0) deps.tell({ kind: 'matched', account, count })
  return count
}

function matchOf(draft: MatchDraft, account: string, ruleVersion: string): Match {
  return { ...draft, account, ruleVersion }
}

/**
 * Every account at its own pace: at once when lines came or a match was found, more slowly while nothing happens, so that
 * the ERP's ledger is not read every second for the sake of a line that stays open.
 */
export function reconcileWatch(deps: Deps): () => Promise<number> {
  const paces = new Map<string, Pace>()
  return async () => {
    let count = 0
    for (const { account } of deps.accounts) count += await whenDue(deps, account, paces)
    return count
  }
}

/** `mark`: what was open when nothing more was found. */
type Pace = { readonly dueAt: number; readonly pauseMs: number; readonly mark: string }

const PAUSE_FIRST_MS = 1_000

async function whenDue(deps: Deps, account: string, paces: Map<string, Pace>): Promise<number> {
  if (reconciledAccount(deps, account) === null) return 0
  const { pauseMaxMs } = deps.settings.reconciliation
  const now = deps.clock.now()
  const before = paces.get(account)
  const isSame = before?.mark === (await deps.store.open.mark(account))
  if (before && isSame && now < before.dueAt) return 0
  const count = await reconcile(deps, account)
  const pauseMs = before && isSame ? Math.min(before.pauseMs * 2, pauseMaxMs) : Math.min(PAUSE_FIRST_MS, pauseMaxMs)
  paces.set(account, { dueAt: now + pauseMs, pauseMs, mark: await deps.store.open.mark(account) })
  return count
}
