// Coverage, statement files and owners of exceptions in memory. For the simulation only.

import { openedRow } from '../coverage-row'
import type { CoverageStore, ExceptionStore, StatementFileStore } from '../coverage-types'
import { standingLines } from './statements'
import type { Tables } from './tables'

export function createCoverage(tables: Tables): CoverageStore {
  const rowsOf = (account: string) =>
    tables.coverage
      .values()
      .filter(row => row.account === account)
      .toSorted((a, b) => (a.day < b.day ? -1 : 1))
  return {
    async change(account, days, at, change) {
      return tables.transaction(() =>
        [...new Set(days)].toSorted().map(day => {
          const id = `${account} ${day}`
          const before = tables.coverage.get(id) ?? openedRow(account, day, at)
          const after = change(before)
          tables.coverage.put(id, after)
          return { before, after }
        }),
      )
    },
    async rows(account, { from, to }) {
      return rowsOf(account).filter(row => row.day >= from && row.day <= to)
    },
    async span(account) {
      const rows = rowsOf(account)
      const [first, last] = [rows[0], rows.at(-1)]
      return first && last ? { from: first.day, to: last.day } : null
    },
    async due(account, now, limit) {
      return rowsOf(account)
        .filter(row => row.dueAt !== null && row.dueAt <= now)
        .slice(0, limit)
    },
    async anchorBefore(account, day) {
      return rowsOf(account).findLast(row => row.day < day && row.closing !== null) ?? null
    },
    async gaps(limit) {
      return tables.coverage
        .values()
        .filter(row => row.proof === 'gap')
        .toSorted((a, b) => (`${a.day} ${a.account}` < `${b.day} ${b.account}` ? -1 : 1))
        .slice(0, limit)
    },
    async freshness() {
      const accounts = [...new Set(tables.coverage.values().map(row => row.account))].toSorted()
      return accounts.map(account => {
        const rows = rowsOf(account)
        const last = rows.findLast(row => row.receivedAt !== null)
        const newest = last?.receivedAt ? { day: last.day, receivedAt: last.receivedAt } : null
        return { account, newest, openedAt: Math.min(...rows.map(row => row.openedAt)) }
      })
    },
    async lines(account, { from, to }) {
      const standing = tables.entries.values().filter(entry => entry.reversedBy === null)
      const entries = new Map(standing.map(entry => [entry.lineId, entry]))
      return standingLines(tables)
        .map(row => row.stored)
        .filter(({ line, ...stored }) => stored.account === account && line.bookedOn >= from && line.bookedOn <= to)
        .toSorted((a, b) => compare(a.line.bookedOn, b.line.bookedOn) || Number(a.id) - Number(b.id))
        .map(({ id, key, line, receipt, journal, importedAt }) => {
          const entry = entries.get(id)
          const { bookedOn, amount } = line
          const posted = { entry: entry?.status ?? null, refusal: entry?.refusal ?? '' }
          return { id, account, key, bookedOn, amount, receipt, journal, ...posted, importedAt }
        })
    },
    async balances(account, { from, to }) {
      return tables.balances
        .values()
        .filter(({ balance }) => balance.account === account && balance.asOf >= from && balance.asOf < `${to}U`)
        .map(({ balance, at }) => ({ balance, at }))
    },
  }
}

export function createFiles(tables: Tables): StatementFileStore {
  return {
    async putPart(digest, bytes) {
      tables.transaction(() => {
        if (!tables.fileParts.has(digest)) tables.fileParts.put(digest, Uint8Array.from(bytes))
      })
    },
    async part(digest) {
      return tables.fileParts.get(digest) ?? null
    },
    async save(file, spans) {
      tables.transaction(() => {
        const before = tables.files.get(file.digest)
        const { isRenewed = false, ...told } = file
        if (before?.status !== 'imported' || (told.status === 'imported' && isRenewed))
          tables.files.put(file.digest, { ...told, name: before?.name ?? file.name })
        for (const span of spans) {
          const id = `${span.digest}-${span.position}`
          if (!tables.spans.has(id)) tables.spans.put(id, span)
        }
      })
    },
    async list(digestStart, limit) {
      return tables.files
        .values()
        .filter(file => file.digest.startsWith(digestStart.toLowerCase()))
        .toSorted((a, b) => b.importedAt - a.importedAt || compare(a.digest, b.digest))
        .slice(0, limit)
    },
    async spans(account, { from, to }) {
      return tables.spans
        .values()
        .filter(span => span.account === account && span.to >= from && span.from <= to)
        .flatMap(span => {
          const file = tables.files.get(span.digest)
          return file ? [{ file, span }] : []
        })
        .toSorted(
          (a, b) =>
            a.file.importedAt - b.file.importedAt ||
            compare(a.file.digest, b.file.digest) ||
            a.span.position - b.span.position,
        )
    },
  }
}

export function createExceptions(tables: Tables): ExceptionStore {
  return {
    async owners() {
      return tables.owners.values().toSorted((a, b) => a.at - b.at)
    },
    async assign(assignment) {
      tables.transaction(() => tables.owners.put(assignment.exceptionId, assignment))
    },
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
