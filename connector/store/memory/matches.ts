// Matches and the copy of the ledger in memory, with the semantics of the real store. For the simulation only.

import type {
  Match,
  MatchByHand,
  MatchFilter,
  MatchStore,
  OpenStore,
  StoredLedgerLine,
  StoredLine,
  StoredMatch,
} from '../store'
import { pageOf } from './pages'
import { byId, standingLines } from './statements'
import type { Tables } from './tables'

export function createMatches(tables: Tables): MatchStore {
  return {
    async save(matches, at) {
      return tables.transaction(
        () => matches.filter(match => write(tables, { ...match, person: '', differenceAccount: '' }, at)).length,
      )
    },
    async make(match, at) {
      return tables.transaction(() => write(tables, match, at))
    },
    async undo(id, person, reason, at) {
      return tables.transaction(() => {
        const match = tables.matches.get(id)
        return !match || match.undone !== null ? null : undoMatch(tables, match, { person, reason, at }, false)
      })
    },
    async of(account, { from, to }) {
      return standing(tables, account)
        .filter(match => {
          const days = daysOfLines(tables, match)
          const [first] = days
          const last = days.at(-1)
          return first === undefined || last === undefined || (first <= to && last >= from)
        })
        .map(draftOf)
    },
    async get(id) {
      const match = tables.matches.get(id)
      return match === undefined ? null : refreshed(tables, match)
    },
    async list(account, which, before, limit) {
      return all(tables, account)
        .filter(match => FILTERS[which](match) && (before === null || Number(match.id) < Number(before)))
        .toReversed()
        .slice(0, limit)
    },
    async undone(account) {
      return all(tables, account).filter(match => match.undone !== null && !tables.values.has(tookAlong(match.id)))
    },
    async late(account, day) {
      return standing(tables, account).filter(
        ({ opensOn, closesOn }) => opensOn !== '' && opensOn <= day && closesOn > day,
      )
    },
    async differing(account, day) {
      return standing(tables, account).filter(match => FILTERS.differing(match) && match.closesOn <= day)
    },
    async taken(account, { lineIds, ledgerIds }) {
      const matches = standing(tables, account)
      const lines = new Set(matches.flatMap(match => match.lineIds))
      const ledger = new Set(matches.flatMap(match => match.ledgerIds))
      return {
        lines: new Set(lineIds.filter(id => lines.has(id))),
        ledger: new Set(ledgerIds.filter(id => ledger.has(id))),
      }
    },
  }
}

const FILTERS: Readonly<Record<MatchFilter, (match: StoredMatch) => boolean>> = {
  all: () => true,
  byHand: match => match.pass === 'manual',
  undone: match => match.undone !== null,
  differing: match => match.undone === null && match.differenceMinor !== 0n,
}

export function createOpen(tables: Tables): OpenStore {
  const ledgerOf = (account: string): readonly StoredLedgerLine[] => {
    const held = new Map(standing(tables, account).flatMap(match => match.ledgerIds.map(id => [id, match.id] as const)))
    return tables.ledger
      .values()
      .filter(row => row.account === account)
      .map(({ line, isGone }) => ({ ...line, isGone, matchId: held.get(line.id) ?? null }))
  }
  const openLines = (account: string): readonly StoredLine[] => {
    const held = new Set(standing(tables, account).flatMap(match => match.lineIds))
    return standingLines(tables)
      .map(row => row.stored)
      .filter(line => line.account === account && !held.has(line.id))
  }
  const isOpen = (line: StoredLedgerLine): boolean => line.matchId === null && !line.isGone
  return {
    async sync(account, { from, to }, lines, _at) {
      return tables.transaction(() => {
        const before = new Map(all(tables, account).map(match => [match.id, match.differenceMinor]))
        const counts = { added: 0, changed: 0, gone: 0 }
        const shown = new Set(lines.map(line => line.id))
        for (const line of lines) {
          const key = JSON.stringify([account, line.id])
          const known = tables.ledger.get(key)
          if (known && !known.isGone && text(known.line) === text(line)) continue
          if (known) counts.changed++
          else counts.added++
          tables.ledger.put(key, { account, line, isGone: false })
        }
        for (const row of tables.ledger.values()) {
          if (row.account !== account || row.isGone || shown.has(row.line.id)) continue
          if (row.line.date < from || row.line.date > to) continue
          counts.gone++
          tables.ledger.put(JSON.stringify([account, row.line.id]), { ...row, isGone: true })
        }
        const broken = standing(tables, account)
          .filter(match => match.differenceMinor !== 0n && match.differenceMinor !== before.get(match.id))
          .map(match => match.id)
        return { ...counts, broken }
      })
    },
    async ledger(account, range, after, limit) {
      return pageOf(ledgerOf(account).filter(isOpen), range, after, limit, ({ date, id }, index) => ({
        ...{ day: date, no: String(index), id },
      }))
    },
    async lines(account, range, after, limit) {
      return pageOf(openLines(account), range, after, limit, ({ line, id }) => ({ day: line.bookedOn, no: id }))
    },
    async days(account, day) {
      const lineDays = openLines(account).map(({ line }) => line.bookedOn)
      const ledgerDays = ledgerOf(account)
        .filter(isOpen)
        .map(({ date }) => date)
      const known = tables.lines.values().filter(({ stored }) => stored.account === account)
      return {
        open: [...new Set([...lineDays, ...ledgerDays].filter(each => each < day))].toSorted(),
        firstLine: known.map(({ stored }) => stored.line.bookedOn).toSorted()[0] ?? null,
        firstLedger:
          ledgerOf(account)
            .map(({ date }) => date)
            .toSorted()[0] ?? null,
      }
    },
    async mark(account) {
      const lines = openLines(account)
      return `${lines.length} ${lines.at(-1)?.id ?? 0}`
    },
    async ledgerByIds(account, ids) {
      return ledgerOf(account).filter(line => ids.includes(line.id))
    },
    async linesByIds(ids) {
      return tables.lines
        .values()
        .map(row => row.stored)
        .filter(line => ids.includes(line.id))
    },
    async ledgerTotal(account, { from, to }) {
      return ledgerOf(account)
        .filter(line => !line.isGone && line.date >= from && line.date <= to)
        .reduce((sum, line) => sum + line.amount.minor, 0n)
    },
  }
}

/** A bank line and a ledger line belong to at most one match that stands; the first one stays. */
function write(tables: Tables, match: MatchByHand, at: number): StoredMatch | null {
  const isTaken = tables.matches
    .values()
    .some(
      other =>
        other.undone === null &&
        (other.lineIds.some(id => match.lineIds.includes(id)) ||
          (other.account === match.account && other.ledgerIds.some(id => match.ledgerIds.includes(id)))),
    )
  const isWithdrawn = match.lineIds.some(id => (byId(tables, id)?.withdrawn ?? null) !== null)
  if (isTaken || isWithdrawn) return null
  const id = String(tables.matches.takeNo())
  const stored = refreshed(tables, {
    ...{ ...match, id, at, opensOn: '', closesOn: '', differenceMinor: 0n, undone: null },
  })
  tables.matches.put(id, stored)
  return stored
}

/** Part of the caller's transaction. */
export function undoMatch(
  tables: Tables,
  match: StoredMatch,
  undone: NonNullable<StoredMatch['undone']>,
  isByWithdrawal: boolean,
): StoredMatch {
  const changed = { ...match, undone }
  tables.matches.put(match.id, changed)
  if (isByWithdrawal) tables.values.put(tookAlong(match.id), '')
  return changed
}

/** A match that a withdrawn line took along. */
function tookAlong(id: string): string {
  return `match withdrawn ${id}`
}

function all(tables: Tables, account: string): readonly StoredMatch[] {
  return tables.matches
    .values()
    .filter(match => match.account === account)
    .map(match => refreshed(tables, match))
}

function standing(tables: Tables, account: string): readonly StoredMatch[] {
  return all(tables, account).filter(match => match.undone === null)
}

/** Days and difference as the rows now stand; the real store keeps them in the match. */
function refreshed(tables: Tables, match: StoredMatch): StoredMatch {
  const lines = tables.lines.values().filter(row => match.lineIds.includes(row.stored.id))
  const ledger = match.ledgerIds.flatMap(id => tables.ledger.get(JSON.stringify([match.account, id])) ?? [])
  const days = [...lines.map(row => row.stored.line.bookedOn), ...ledger.map(({ line }) => line.date)].toSorted()
  const isKnown = lines.length === match.lineIds.length && ledger.length === match.ledgerIds.length
  const bank = lines.reduce((sum, row) => sum + row.stored.line.amount.minor, 0n)
  const booked = ledger.reduce((sum, { line, isGone }) => sum + (isGone ? 0n : line.amount.minor), 0n)
  return {
    ...match,
    ...{ opensOn: days.at(0) ?? '', closesOn: days.at(-1) ?? '', differenceMinor: isKnown ? bank - booked : 0n },
  }
}

function daysOfLines(tables: Tables, match: Match): readonly string[] {
  return tables.lines
    .values()
    .filter(row => match.lineIds.includes(row.stored.id))
    .map(row => row.stored.line.bookedOn)
    .toSorted()
}

function draftOf({ account, lineIds, ledgerIds, pass, reason, ruleVersion }: StoredMatch): Match {
  return { account, lineIds, ledgerIds, pass, reason, ruleVersion }
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
}
