// Bank lines and balances in memory: a line once per (account, key). For the simulation only.

import { sameMoney } from '../../core/money'
import { Conflict, type OutboxDraft, type StatementStore, type StoredLine } from '../store'
import { addToOutbox } from './outbox'
import { pageOf } from './pages'
import type { LineRow } from './rows'
import type { Tables } from './tables'

export function createStatements(tables: Tables): StatementStore {
  return {
    async insert(lines, outbox) {
      return tables.transaction(() => insertLines(tables, lines, outbox))
    },
    async mark(account) {
      return lineMark(tables, account)
    },
    async insertAt(mark, lines, outbox) {
      const [first] = lines
      if (first === undefined) return []
      return tables.transaction(() =>
        lineMark(tables, first.account) === mark ? insertLines(tables, lines, outbox) : null,
      )
    },
    async known(account, keys) {
      return new Map(
        keys.flatMap(key => {
          const row = tables.lines.get(lineKey(account, key))
          return row ? [[key, { lineId: row.stored.id, isWithdrawn: row.withdrawn !== null }] as const] : []
        }),
      )
    },
    async countOn(account, bookedOn) {
      return standingLines(tables).filter(
        ({ stored }) => stored.account === account && stored.line.bookedOn === bookedOn,
      ).length
    },
    async identities(account) {
      const rows = tables.lines.values().filter(({ stored }) => stored.account === account)
      return rows.map(({ stored, identity }) => ({ stored, identity }))
    },
    async identityVersion(account) {
      const row = tables.lines.values().find(({ stored }) => stored.account === account)
      return row === undefined ? null : row.identity.slice(0, Math.max(0, row.identity.indexOf(':')))
    },
    async rekey(account, changes) {
      tables.transaction(() => {
        for (const { lineId, to } of changes) {
          const [key, row] = tables.lines.entries().find(([, { stored }]) => stored.id === lineId) ?? []
          if (key === undefined || row?.stored.account !== account) continue
          tables.lines.remove(key)
          tables.lines.put(lineKey(account, to), { ...row, identity: to })
        }
      })
    },
    async unlinked(limit) {
      return linesWhere(tables, row => row.lookedAt === null && row.stored.line.reference !== '', limit)
    },
    async link(lineId, paymentId, at) {
      tables.transaction(() => {
        const row = byId(tables, lineId)
        if (!row) throw new Conflict(`line ${lineId} does not exist`)
        const linked = row.stored.paymentId
        if (linked !== null && linked !== paymentId) throw new Conflict(`line ${lineId} belongs to payment ${linked}`)
        put(tables, { ...row, lookedAt: at, stored: { ...row.stored, paymentId } })
      })
    },
    async list(account, { from, to }) {
      return standingLines(tables)
        .filter(
          ({ stored }) => stored.account === account && stored.line.bookedOn >= from && stored.line.bookedOn <= to,
        )
        .toSorted((a, b) => compare(a.stored.line.bookedOn, b.stored.line.bookedOn) || a.no - b.no)
        .map(row => row.stored)
    },
    async page(account, range, after, limit) {
      const lines = standingLines(tables).flatMap(({ stored }) => (stored.account === account ? [stored] : []))
      return pageOf(lines, range, after, limit, ({ line, id }) => ({ day: line.bookedOn, no: id }))
    },
    async get(lineId) {
      return standingLines(tables).find(({ stored }) => stored.id === lineId)?.stored ?? null
    },
    async ofAmount(account, amount, limit) {
      return standingLines(tables)
        .filter(({ stored }) => stored.account === account && sameMoney(stored.line.amount, amount))
        .toReversed()
        .slice(0, limit)
        .map(row => row.stored)
    },
    async unbooked(limit) {
      return linesWhere(tables, row => row.stored.journal === 'open' && isLookedAt(row), limit)
    },
    async receiptDue(bank, now, limit) {
      return standingLines(tables)
        .filter(row => row.stored.bank === bank && row.stored.receipt !== 'none' && row.stored.receipt !== 'stored')
        .filter(row => row.receiptDueAt <= now && isLookedAt(row))
        .toSorted((a, b) => a.receiptDueAt - b.receiptDueAt || a.no - b.no)
        .slice(0, limit)
        .map(row => row.stored)
    },
    async postponeReceipt(lineId, dueAt, isMissing, reason) {
      tables.transaction(() => {
        const row = byId(tables, lineId)
        if (!row || row.stored.receipt === 'stored') return
        put(tables, {
          ...row,
          receiptDueAt: dueAt,
          receiptReason: reason,
          stored: { ...row.stored, receipt: isMissing ? 'missing' : 'wanted' },
        })
      })
    },
    async receiptsWaiting(account, { from, to }) {
      return standingLines(tables)
        .filter(({ stored }) => stored.account === account && isWithin(stored.line.bookedOn, from, to))
        .filter(({ stored }) => stored.receipt === 'wanted' || stored.receipt === 'missing')
        .toSorted((a, b) => compare(a.stored.line.bookedOn, b.stored.line.bookedOn) || a.no - b.no)
        .map(row => ({ lineId: row.stored.id, reason: row.receiptReason, dueAt: row.receiptDueAt }))
    },
    async saveBalance(balance, at, outbox) {
      tables.transaction(() => {
        const no = tables.balances.takeNo()
        tables.balances.put(String(no), { no, balance, at })
        addToOutbox(tables, outbox, at)
      })
    },
    async balances(account, limit) {
      return tables.balances
        .values()
        .filter(({ balance }) => balance.account === account)
        .toReversed()
        .slice(0, limit)
        .map(({ balance, at }) => ({ balance, at }))
    },
  }
}

function insertLines(
  tables: Tables,
  lines: readonly Omit<StoredLine, 'id'>[],
  outbox: readonly OutboxDraft[],
): readonly StoredLine[] {
  const added = lines.flatMap(draft => {
    const key = lineKey(draft.account, draft.key)
    if (tables.lines.has(key)) return []
    const no = tables.lines.takeNo()
    const stored = { ...draft, id: String(no) }
    const receipt = { receiptDueAt: draft.importedAt, receiptReason: '' }
    tables.lines.put(key, {
      ...{ no, identity: draft.key, stored, lookedAt: null, ...receipt, turn: 0, withdrawn: null },
    })
    return [stored]
  })
  for (const account of new Set(added.map(line => line.account))) moveMark(tables, account)
  addToOutbox(tables, outbox, lines[0]?.importedAt ?? 0)
  return added
}

/** As in the real store: it rises whenever the account's lines change. */
export function moveMark(tables: Tables, account: string): void {
  tables.values.put(markName(account), String(Number(lineMark(tables, account)) + 1))
}

function lineMark(tables: Tables, account: string): string {
  return tables.values.get(markName(account)) ?? '0'
}

function markName(account: string): string {
  return `lines ${account}`
}

function lineKey(account: string, key: string): string {
  return JSON.stringify([account, key])
}

/** What a person has withdrawn is not there for whoever looks for lines. */
export function standingLines(tables: Tables): readonly LineRow[] {
  return tables.lines.values().filter(row => row.withdrawn === null)
}

export function byId(tables: Tables, lineId: string): LineRow | undefined {
  return tables.lines.values().find(row => row.stored.id === lineId)
}

export function put(tables: Tables, row: LineRow): void {
  tables.lines.put(lineKey(row.stored.account, row.identity), row)
}

/** A line with a reference waits until it was looked at: it may be one of ours. */
function isLookedAt(row: LineRow): boolean {
  return row.stored.line.reference === '' || row.lookedAt !== null
}

function linesWhere(tables: Tables, isWanted: (row: LineRow) => boolean, limit: number) {
  return standingLines(tables)
    .filter(isWanted)
    .slice(0, limit)
    .map(row => row.stored)
}

export function isWithin(day: string, from: string, to: string): boolean {
  return day >= from && day <= to
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
