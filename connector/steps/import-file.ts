// Brings lines that a person's statement file holds into the store, each exactly once (I9). A file is looked through
// before anything is stored: a day that the store knows from elsewhere is never mixed with the file's lines.

import { addDays } from '../core/bank-time'
import { startLineKeys } from '../core/line-key'
import type { StatementLine } from '../ports'
import type { StatementSpan } from '../store/store'
import type { AccountSettings, Deps } from './deps'
import { storeLines } from './import-statements'

export type FileLine = { readonly settings: AccountSettings; readonly line: StatementLine }

/** The same lines in the same order, as often as they are asked for. */
export type FileLines = () => AsyncIterable<readonly FileLine[]>

export type DayReport = {
  readonly account: string
  readonly day: string
  readonly stored: number
  lines: number
  /** Of the file's lines, those that the store has. */
  known: number
  /** Of the file's lines, those that a person has withdrawn: they are not brought in again. */
  withdrawn: number
  /** Sum of the lines that are new. */
  newMinor: bigint
}

/** Lines of the day that the store has and the file does not. */
export function absentLines({ stored, known }: DayReport): number {
  return stored - known
}

export function newLines(day: Pick<DayReport, 'lines' | 'known' | 'withdrawn'>): number {
  return day.lines - day.known - day.withdrawn
}

/** Lines that are asked about or stored together. */
const BATCH = 400

/** What the store knows of each account's days. */
export async function lookThrough(deps: Deps, lines: FileLines): Promise<readonly DayReport[]> {
  const days = new Map<string, DayReport>()
  await eachBatch(lines, async (settings, batch, keys) => {
    const { account } = settings
    const known = await deps.store.statements.known(account, keys)
    for (const [index, line] of batch.entries()) {
      const id = `${account} ${line.bookedOn}`
      let day = days.get(id)
      if (day === undefined) {
        const stored = await deps.store.statements.countOn(account, line.bookedOn)
        day = { account, day: line.bookedOn, stored, lines: 0, known: 0, withdrawn: 0, newMinor: 0n }
        days.set(id, day)
      }
      day.lines++
      const found = known.get(keys[index] ?? '')
      if (found === undefined) day.newMinor += line.amount.minor
      else if (found.isWithdrawn) day.withdrawn++
      else day.known++
    }
  })
  return [...days.values()]
}

/**
 * The file has new lines for the day and the store has lines that the file does not have: then one of the two is another
 * view of the same entries, and both would be booked. Or the file has what a person said is not so: it is an older one.
 */
export function isContested(day: DayReport): boolean {
  return day.withdrawn > 0 || (newLines(day) > 0 && absentLines(day) > 0)
}

/** Days that the file's statements reach over, that it has no line of, and that the store has lines of. */
export async function silentDays(
  deps: Deps,
  found: readonly DayReport[],
  { spans }: FilePart,
): Promise<readonly DayReport[]> {
  const seen = new Set(found.map(({ account, day }) => `${account} ${day}`))
  const silent: DayReport[] = []
  for (const span of spans) {
    const { account } = span
    for (const { day } of await deps.store.coverage.rows(account, span)) {
      if (seen.has(`${account} ${day}`)) continue
      seen.add(`${account} ${day}`)
      const stored = await deps.store.statements.countOn(account, day)
      if (stored > 0) silent.push({ account, day, stored, lines: 0, known: 0, withdrawn: 0, newMinor: 0n })
    }
  }
  return silent
}

/** What a file says of itself, as far as parts of a day are concerned. */
export type FilePart = { readonly format: string; readonly spans: readonly StatementSpan[] }

/**
 * Parts of one day may come in files of their own, and may overlap: they are one day when all came from files of one format
 * and their lines together lead from a balance that the day began with to one that it ended with.
 */
export async function isOneDay(deps: Deps, report: DayReport, file: FilePart): Promise<boolean> {
  const { account, day, newMinor, withdrawn } = report
  if (withdrawn > 0) return false
  const range = { from: day, to: day }
  const [row] = await deps.store.coverage.rows(account, range)
  if (row?.source !== 'file') return false
  const kept = (await deps.store.files.spans(account, range)).filter(({ file: one }) => one.status === 'imported')
  if (kept.length === 0 || kept.some(({ file: one }) => one.format !== file.format)) return false
  const spans = [...kept.map(({ span }) => span), ...file.spans].filter(span => span.account === account)
  const before = await deps.store.coverage.anchorBefore(account, day)
  const isEve = before !== null && addDays(before.day, 1) === day
  const begins = spans.flatMap(span => (span.from === day ? (span.opening?.minor ?? []) : []))
  const ends = spans.flatMap(span => (span.to === day ? (span.closing?.minor ?? []) : []))
  if (isEve && before.closing !== null) begins.push(before.closing.minor)
  const stored = await deps.store.statements.list(account, range)
  const sum = stored.reduce((total, { line }) => total + line.amount.minor, newMinor)
  return begins.some(begin => ends.includes(begin + sum))
}

/** Returns the number of new lines. */
export async function importFile(deps: Deps, lines: FileLines): Promise<number> {
  let count = 0
  await eachBatch(lines, async (settings, batch, keys) => {
    count += await storeLines(deps, settings, batch, keys)
  })
  return count
}

type OnBatch = (settings: AccountSettings, lines: readonly StatementLine[], keys: readonly string[]) => Promise<void>

type Pending = {
  readonly settings: AccountSettings
  readonly keyOf: (line: StatementLine) => string
  lines: StatementLine[]
  keys: string[]
}

/** Lines of one account at a time. Twins are counted within the file, whose days must be whole. */
export async function eachBatch(open: FileLines, onBatch: OnBatch): Promise<void> {
  const accounts = new Map<string, Pending>()
  const flush = async (pending: Pending): Promise<void> => {
    const { lines, keys } = pending
    pending.lines = []
    pending.keys = []
    if (lines.length > 0) await onBatch(pending.settings, lines, keys)
  }
  for await (const found of open()) {
    for (const { settings, line } of found) {
      let pending = accounts.get(settings.account)
      if (pending === undefined) {
        pending = { settings, keyOf: startLineKeys(), lines: [], keys: [] }
        accounts.set(settings.account, pending)
      }
      pending.lines.push(line)
      pending.keys.push(pending.keyOf(line))
      if (pending.lines.length >= BATCH) await flush(pending)
    }
  }
  for (const pending of accounts.values()) await flush(pending)
}
