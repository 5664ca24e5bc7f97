// Withdrawn lines in memory, by the rules of the real store. For the simulation only.

import type { DoubtStore, LineTurn, StoredLine, WithdrawalStore } from '../store'
import { Changed, whole } from './changed'
import { contradict } from './contradictions'
import { changeAll, reverseOne } from './journals'
import { undoMatch } from './matches'
import { addToOutbox } from './outbox'
import type { LineRow } from './rows'
import { byId, isWithin, moveMark, put } from './statements'
import type { Tables } from './tables'

export function createWithdrawals(tables: Tables): WithdrawalStore {
  return {
    async get(lineId) {
      const row = byId(tables, lineId)
      return row === undefined ? null : turnOf(tables, row)
    },
    async list(account, { from, to }) {
      return tables.lines
        .values()
        .filter(({ stored }) => stored.account === account && isWithin(stored.line.bookedOn, from, to))
        .toSorted((a, b) => compare(a.stored.line.bookedOn, b.stored.line.bookedOn) || a.no - b.no)
        .flatMap(row => (row.withdrawn === null ? [] : [{ line: row.stored, ...row.withdrawn }]))
    },
    async withdraw(withdrawal, at) {
      const { lineId, person, reason, reversal, changes, contradiction, outbox } = withdrawal
      return whole(tables, () => {
        const row = asDecided(tables, withdrawal, false)
        const stored = { ...row.stored, isWithdrawn: true as const }
        put(tables, { ...row, stored, turn: row.turn + 1, withdrawn: { at, person, reason } })
        const match = matchOf(tables, lineId)
        if (match) undoMatch(tables, match, { person, reason, at }, true)
        if (reversal !== null) reverseOne(tables, reversal, at)
        changeAll(tables, changes, at)
        unprove(tables, row.stored)
        askAgain(tables, row.stored.account, [row.stored.line.bookedOn, ...(tables.doubts.get(lineId)?.days ?? [])], at)
        tables.doubts.remove(lineId)
        moveMark(tables, row.stored.account)
        if (contradiction !== null) contradict(tables, { ...contradiction, at })
        addToOutbox(tables, outbox, at)
      })
    },
    async restore(restoration, at) {
      return whole(tables, () => {
        const row = asDecided(tables, restoration, true)
        const { isWithdrawn: _, ...stored } = row.stored
        put(tables, { ...row, stored, turn: row.turn + 1, withdrawn: null })
        changeAll(tables, restoration.changes, at)
        unprove(tables, row.stored)
        tables.doubts.remove(restoration.lineId)
        moveMark(tables, row.stored.account)
        addToOutbox(tables, restoration.outbox, at)
      })
    },
  }
}

export function createDoubts(tables: Tables): DoubtStore {
  return {
    async of(account) {
      return tables.doubts
        .values()
        .filter(row => row.account === account)
        .toSorted((a, b) => Number(a.lineId) - Number(b.lineId))
        .flatMap(({ lineId, kind, since, was, now, days }) => {
          const row = byId(tables, lineId)
          return row ? [{ line: row.stored, kind, since, was, now, days }] : []
        })
    },
    async count(account) {
      return tables.doubts.values().filter(row => row.account === account).length
    },
    async change(account, doubts, cleared, at) {
      tables.transaction(() => {
        for (const lineId of cleared) tables.doubts.remove(lineId)
        for (const doubt of doubts) {
          const before = tables.doubts.get(doubt.lineId)
          const since = before?.kind === doubt.kind ? before.since : at
          tables.doubts.put(doubt.lineId, { ...doubt, account, since })
        }
      })
    },
  }
}

function unprove(tables: Tables, { account, line }: StoredLine): void {
  const id = `${account} ${line.bookedOn}`
  const found = tables.coverage.get(id)
  if (found?.proof === 'proven') tables.coverage.put(id, { ...found, proof: 'unproven' })
}

function askAgain(tables: Tables, account: string, days: readonly string[], at: number): void {
  for (const day of days) {
    const found = tables.coverage.get(`${account} ${day}`)
    if (found?.source === 'interface') tables.coverage.put(`${account} ${day}`, { ...found, dueAt: at })
  }
}

function turnOf(tables: Tables, { stored, turn, withdrawn }: LineRow): LineTurn {
  return { line: stored, turn, withdrawn, matchId: matchOf(tables, stored.id)?.id ?? null }
}

function matchOf(tables: Tables, lineId: string) {
  return tables.matches.values().find(match => match.undone === null && match.lineIds.includes(lineId))
}

function asDecided(
  tables: Tables,
  { lineId, turn, journal }: { readonly lineId: string; readonly turn: number; readonly journal: string },
  isWithdrawn: boolean,
): LineRow {
  const row = byId(tables, lineId)
  const isSame = row?.turn === turn && row.stored.journal === journal && (row.withdrawn !== null) === isWithdrawn
  if (!row || !isSame) throw new Changed(lineId)
  return row
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
