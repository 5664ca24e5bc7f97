// Gathers what needs a person from small sources, one a kind: a new kind is one more source in the list. A source that
// cannot look says so as an exception of its own; an empty list therefore means that there is nothing.

import { addDays, bankDay } from '../core/bank-time'
import { NEXT_STEPS, ordered, type ExceptionItem, type ExceptionType, type OwnedException } from '../core/exceptions'
import type { DateRange } from '../ports'
import type { Deps } from './deps'
import { contradictionsOpen, gapsOpen, lateAccounts, unprovenDays } from './exceptions-coverage'
import { ambiguousGroups, changedLines, missingReceipts, unbookableLines, unmatchedLines } from './exceptions-lines'
import { reconcileAccount, type ReconcileRun } from './reconcile'

export type Scope = {
  readonly accounts: readonly string[]
  /** The newest day may be younger than what a kind waits for; each kind has its own patience. */
  readonly range: DateRange
  /** Lines younger than this many days are still on their way to their match. */
  readonly graceDays: number
  /** What a run of reconciliation would find now; one look an account, so that its kinds tell of the same view. */
  readonly look: (account: string) => Promise<ReconcileRun | null>
}

export type ExceptionSource = (deps: Deps, scope: Scope) => Promise<readonly ExceptionItem[]>

/** Every kind has its source here; a kind of another step plugs in by its line. */
export const EXCEPTION_SOURCES: Readonly<Record<Exclude<ExceptionType, 'source'>, ExceptionSource>> = {
  gap: gapsOpen,
  unproven: unprovenDays,
  changed: changedLines,
  late: lateAccounts,
  unmatched: unmatchedLines,
  ambiguous: ambiguousGroups,
  unbookable: unbookableLines,
  receipt: missingReceipts,
  contradiction: contradictionsOpen,
}

/** So far back are receipts, entries and days looked at; what reconciliation leaves open is told whatever month it is of. */
const LOOK_BACK_DAYS = 31
const GRACE_DAYS = 3

export type ExceptionFilter = {
  readonly account: string | null
  readonly type: ExceptionType | null
  /** How many days a line may be on its way to its match; three where nobody says. */
  readonly graceDays?: number
}

export async function listExceptions(deps: Deps, filter: ExceptionFilter): Promise<readonly OwnedException[]> {
  const today = bankDay(deps.clock.now())
  const scope: Scope = {
    accounts: deps.accounts.map(one => one.account).filter(one => filter.account === null || one === filter.account),
    range: { from: addDays(today, -LOOK_BACK_DAYS), to: addDays(today, -1) },
    graceDays: filter.graceDays ?? GRACE_DAYS,
    look: looksOnce(deps),
  }
  const found: ExceptionItem[] = []
  for (const [type, source] of Object.entries(EXCEPTION_SOURCES)) {
    if (filter.type !== null && filter.type !== type) continue
    found.push(...(await source(deps, scope).catch((error: unknown) => [notChecked(deps, type, error)])))
  }
  const owners = new Map((await deps.store.exceptions.owners()).map(owner => [owner.exceptionId, owner]))
  const now = deps.clock.now()
  return ordered(found).map(item => {
    const owner = owners.get(item.id)
    return { ...item, owner: owner?.owner ?? '', note: owner?.note ?? '', ageMs: Math.max(0, now - item.since) }
  })
}

function looksOnce(deps: Deps): Scope['look'] {
  const looks = new Map<string, Promise<ReconcileRun | null>>()
  return async account => {
    const look = looks.get(account) ?? reconcileAccount(deps, account, { from: null, isDryRun: true })
    looks.set(account, look)
    return await look
  }
}

function notChecked(deps: Deps, type: string, error: unknown): ExceptionItem {
  const reason = error instanceof Error ? error.message : String(error)
  const what = { zh: `「${type}」未能检查：${reason}`, en: `${type} could not be looked for: ${reason}` }
  const base = { id: `source:${type}`, account: '', day: '', amount: null, since: deps.clock.now() }
  return { ...base, type: 'source', what, next: NEXT_STEPS.source }
}
