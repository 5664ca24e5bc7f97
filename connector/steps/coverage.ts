// Writes down what was asked of a bank and received for each account's day, and proves the days by their balances (I9).
// It decides nothing about lines: a gap is shown and asked for again, never filled by guessing.

import { backoffMs } from '../core/backoff'
import { addDays, bankDay } from '../core/bank-time'
import { claimsOf } from '../core/claims'
import { closesAt, daysOf, startOfDay } from '../core/coverage'
import { formatAmount } from '../core/money'
import { NO_LINES, startTotals, type DayTotals } from '../core/day-totals'
import { proveDays, type DayProof } from '../core/proof'
import type { DateRange } from '../ports'
import type { After, CoverageRow, OpenPage, StoredLine } from '../store/store'
import type { AccountSettings, Deps } from './deps'

/** A longer range is asked for in parts; nothing sensible asks for more at once. */
const MAX_DAYS = 800

/** Of a bank that does not answer. */
const PATIENT_ATTEMPTS = 3

/** So far back does a proof look for a balance to begin with. */
const LOOK_BACK_DAYS = 40

/** Lines that are looked at together. */
const PAGE = 2_000

/** The days are asked for now. */
export async function requestDays(deps: Deps, account: string, range: DateRange): Promise<void> {
  const at = deps.clock.now()
  await deps.store.coverage.change(account, daysOf(range, MAX_DAYS), at, row => ({
    ...row,
    requestedAt: at,
    dueAt: row.dueAt ?? (row.receivedAt === null ? closesAt(row.day) : null),
  }))
}

/**
 * A day's lines come from one source: whoever brings the first line claims the day, before it is stored. Returns the days
 * that are this source's; the other's view of the same entries is not mixed in.
 */
export async function claimDays(
  deps: Deps,
  account: string,
  days: readonly string[],
  source: 'interface' | 'file',
): Promise<ReadonlySet<string>> {
  const changed = await deps.store.coverage.change(account, days, deps.clock.now(), row => ({
    ...row,
    source: row.source === '' ? source : row.source,
  }))
  return new Set(changed.flatMap(({ after }) => (after.source === source ? [after.day] : [])))
}

/** Days that a source claimed and stored nothing of are anybody's again. */
export async function releaseDays(
  deps: Deps,
  account: string,
  days: readonly string[],
  source: 'interface' | 'file',
): Promise<void> {
  await deps.store.coverage.change(account, days, deps.clock.now(), row => ({
    ...row,
    source: row.source === source ? '' : row.source,
  }))
}

/** The whole answer about these days was stored. It was asked for at `askedAt`, so it knows nothing of what came later. */
export async function receiveDays(
  deps: Deps,
  account: string,
  range: DateRange,
  answer: { readonly source: 'interface' | 'file'; readonly askedAt: number },
): Promise<void> {
  const { source, askedAt } = answer
  const now = deps.clock.now()
  await deps.store.coverage.change(account, daysOf(range, MAX_DAYS), now, row => {
    // A line of it was withdrawn while the bank answered: what this answer gives in its place was still kept back.
    const isAskedSince = source === 'interface' && row.dueAt !== null && row.dueAt > askedAt && row.dueAt <= now
    return {
      ...row,
      receivedAt: Math.max(row.receivedAt ?? 0, askedAt),
      error: '',
      attempts: row.proof === 'gap' ? row.attempts : 0,
      dueAt: isAskedSince ? row.dueAt : isFinal(row.day, source, askedAt) ? null : closesAt(row.day),
    }
  })
}

export async function failDays(deps: Deps, account: string, range: DateRange, error: unknown): Promise<void> {
  const now = deps.clock.now()
  const { retryFirstMs, retryMaxMs } = deps.settings.coverage
  const text =
    error instanceof Error ? `${'code' in error ? `${String(error.code)}: ` : ''}${error.message}` : String(error)
  await deps.store.coverage.change(account, daysOf(range, MAX_DAYS), now, row => ({
    ...row,
    error: text.slice(0, 500),
    attempts: row.attempts + 1,
    // A day that is not over is asked for by its schedule.
    dueAt: Math.max(now + backoffMs(row.attempts, retryFirstMs, retryMaxMs), closesAt(row.day)),
  }))
}

/** A statement of the running day, or one that was made in the night, may be short of lines. */
function isFinal(day: string, source: CoverageRow['source'], askedAt: number): boolean {
  return askedAt >= (source === 'file' ? startOfDay(addDays(day, 1)) : closesAt(day))
}

/** Proves anew what these days may have changed: from the last known balance before them to the next behind them. */
export async function proveRange(deps: Deps, settings: AccountSettings, range: DateRange): Promise<void> {
  const { account, currency, provesByLines } = settings
  const { coverage } = deps.store
  const days = await affectedDays(deps, account, range)
  const [start, end] = [days[0], days.at(-1)]
  if (start === undefined || end === undefined) return
  const wide = { from: start, to: addDays(end, 1) }
  const rows = new Map((await coverage.rows(account, wide)).map(row => [row.day, row]))
  const totals = await totalsByDay(deps, account, wide)
  const totalsOn = (day: string): DayTotals => totals.get(day) ?? NO_LINES
  const files = await deps.store.files.spans(account, wide)
  const statements = files
    .filter(({ file }) => file.status === 'imported' && !isInterim(file.format))
    .map(({ file, span }) => ({ ...span, isProven: span.proven === 'yes', importedAt: file.importedAt }))
  const balances = await coverage.balances(account, wide)
  const claims = claimsOf(statements, balances, totalsOn, currency)
  const before = await coverage.anchorBefore(account, start)
  const isNext = before !== null && addDays(before.day, 1) === start
  const opening = claims.get(addDays(start, -1)) ?? null
  const anchor =
    opening ??
    (isNext && before.closing !== null ? { day: before.day, minor: before.closing.minor, by: before.by } : null)
  const today = bankDay(deps.clock.now())
  const isClosed = (day: string): boolean => day < today && isSettled(rows.get(day), day, deps.clock.now())
  const proofs = proveDays(
    days.map(day => ({ day, totals: totalsOn(day) })),
    claims,
    anchor,
    {
      usesLineBalances: provesByLines,
      isClosed,
    },
  )
  // How a running day stands now is not how it ends: nothing is ever proven from it.
  const kept = proofs.map(proof => (isClosed(proof.day) ? proof : { ...proof, closingMinor: null }))
  await saveProofs(deps, settings, kept, range)
}

/** Page by page: a file may have brought more lines of a day than can be held. */
async function totalsByDay(deps: Deps, account: string, range: DateRange): Promise<ReadonlyMap<string, DayTotals>> {
  const days = new Map<string, ReturnType<typeof startTotals>>()
  let after: After = null
  do {
    const page: OpenPage<StoredLine> = await deps.store.statements.page(account, range, after, PAGE)
    for (const { line } of page.items) {
      const day = days.get(line.bookedOn) ?? startTotals()
      days.set(line.bookedOn, day)
      day.add(line)
    }
    after = page.next
  } while (after !== null)
  return new Map([...days].map(([day, gathered]) => [day, gathered.totals()]))
}

/**
 * Nothing more of the day is on its way: its whole answer is there, or nobody is about to ask for it. A bank that failed to
 * answer a few times is no reason to keep quiet about a hole.
 */
function isSettled(row: CoverageRow | undefined, day: string, now: number): boolean {
  if (row && row.receivedAt !== null && isFinal(day, row.source, row.receivedAt)) return true
  return now >= closesAt(day) && (!row || row.dueAt === null || row.attempts >= PATIENT_ATTEMPTS)
}

/** MT942 and camt.052 tell of a moment within a day: their closing balance is not the day's. */
export function isInterim(format: string): boolean {
  return format === 'mt942' || format === 'camt.052'
}

async function affectedDays(deps: Deps, account: string, range: DateRange): Promise<readonly string[]> {
  const { coverage } = deps.store
  const today = bankDay(deps.clock.now())
  const span = await coverage.span(account)
  if (span === null) return []
  // A balance that was taken on these days may say how the day before them ended.
  const eve = addDays(range.from, -1)
  const anchor = await coverage.anchorBefore(account, eve)
  const farthest = addDays(range.from, -LOOK_BACK_DAYS)
  const wanted = anchor === null ? span.from : addDays(anchor.day, 1)
  const start = [wanted, span.from, farthest].toSorted().at(-1) ?? range.from
  const last = span.to < today ? span.to : today
  const later = await coverage.rows(account, { from: addDays(range.to, 1), to: last })
  const next = later.find(row => row.closing !== null)
  const end = next?.day ?? last
  return daysOf({ from: start < range.from ? start : range.from, to: end }, MAX_DAYS)
}

async function saveProofs(
  deps: Deps,
  settings: AccountSettings,
  proofs: readonly DayProof[],
  asked: DateRange,
): Promise<void> {
  const { account, currency } = settings
  const now = deps.clock.now()
  const byDay = new Map(proofs.map(proof => [proof.day, proof]))
  const { retryFirstMs, retryMaxMs } = deps.settings.coverage
  const money = (minor: bigint | null) => (minor === null ? null : { minor, currency })
  const changed = await deps.store.coverage.change(
    account,
    proofs.map(({ day }) => day),
    now,
    row => {
      const found = byDay.get(row.day)
      if (found === undefined) return row
      const { proof, gapFrom, by } = found
      const isGap = proof === 'gap'
      const wasAsked = row.day >= asked.from && row.day <= asked.to
      const attempts = isGap && wasAsked ? row.attempts + 1 : row.attempts
      const retryAt = now + backoffMs(row.attempts, retryFirstMs, retryMaxMs)
      return {
        ...row,
        ...{ proof, gapFrom, by, opening: money(found.openingMinor), closing: money(found.closingMinor) },
        gap: isGap ? money(found.gapMinor) : null,
        gapSince: isGap ? (row.gapSince ?? now) : null,
        attempts: isGap ? attempts : row.proof === 'gap' ? 0 : row.attempts,
        dueAt: dueAfterProof(row, { isGap, wasAsked, now, retryAt }),
      }
    },
  )
  for (const { before, after } of changed) {
    const { day } = after
    if (after.gap !== null && (before.gap === null || before.gap.minor !== after.gap.minor))
      deps.tell({ kind: 'statement.gap', account, day, amount: `${formatAmount(after.gap)} ${currency}` })
    if (after.gap === null && before.gap !== null) deps.tell({ kind: 'statement.gap.closed', account, day })
  }
}

type Proven = {
  readonly isGap: boolean
  readonly wasAsked: boolean
  readonly now: number
  readonly retryAt: number
}

/** What is due stays due until the bank is asked, whatever its balances say now. */
function dueAfterProof(row: CoverageRow, { isGap, wasAsked, now, retryAt }: Proven): number | null {
  if (row.dueAt !== null && row.dueAt <= now) return row.dueAt
  if (isGap) return wasAsked ? retryAt : (row.dueAt ?? retryAt)
  return row.proof === 'gap' && row.error === '' ? null : row.dueAt
}
