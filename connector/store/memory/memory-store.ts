// A store in plain memory with the semantics of the real one. FOR THE SIMULATION ONLY: it forgets everything with the
// process, so it is never offered by the configuration and must never carry real money.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { AuditStore } from '../audit'
import type { MetaStore, Store } from '../store'
import { createContradictions } from './contradictions'
import { createFenceTables } from './fence'
import { createCoverage, createExceptions, createFiles } from './coverage'
import { createMatches, createOpen } from './matches'
import { createOutbox } from './outbox'
import { createPauses } from './pauses'
import { createPayments } from './payments'
import { createCollections, createJournals } from './journals'
import { createReceipts, createReceivers } from './receipts'
import { createStatements } from './statements'
import { Tables } from './tables'
import { createDoubts, createWithdrawals } from './withdrawals'

/** What outlives a daemon: any number of stores may be opened on it, as several daemons open one database. */
export class MemoryDatabase {
  tables: Tables
  /** What a database server or a file system says of the place itself: a copy lies in another one. */
  readonly identity: string

  constructor(incarnation: string, identity: string) {
    this.identity = identity
    this.tables = new Tables(null)
    this.tables.values.put('incarnation', incarnation)
    this.tables.values.put('store', idOf(`store ${identity}`))
    this.tables.values.put('epoch', idOf(`epoch ${identity}`))
  }

  /** The rows as they now stand, for a restore or a clone: rows are frozen, so that copying the tables is enough. */
  snapshot(): Tables {
    return new Tables(this.tables)
  }

  /** Puts an older state back, as an administrator does with a backup. Stores that are open keep the state they had. */
  restore(tables: Tables): void {
    this.tables = new Tables(tables)
  }
}

/** In the form of the real store's ids, and the same for the same name. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

export function openMemoryStore(database: MemoryDatabase): Store {
  const { tables, identity } = database
  return {
    payments: createPayments(tables),
    contradictions: createContradictions(tables),
    outbox: createOutbox(tables),
    statements: createStatements(tables),
    withdrawals: createWithdrawals(tables),
    doubts: createDoubts(tables),
    receipts: createReceipts(tables),
    receivers: createReceivers(tables),
    journals: createJournals(tables),
    collections: createCollections(tables),
    matches: createMatches(tables),
    coverage: createCoverage(tables),
    files: createFiles(tables),
    exceptions: createExceptions(tables),
    open: createOpen(tables),
    meta: createMeta(tables),
    fence: createFenceTables(tables, identity),
    pauses: createPauses(tables),
    audit: NO_AUDIT,
    reencrypt: async () => ({ rows: 0, isDone: true }),
    async ping() {},
    async close() {},
  }
}

/** Nothing here is sealed or encrypted, so that nothing vouches for it: the trail has tests of its own on real stores. */
const NO_AUDIT: AuditStore = {
  append: async () => undefined,
  entries: async () => [],
  check: async () => ({ kind: 'whole', entries: 0, payments: 0, explained: 0 }),
  anchor: async at => ({ count: 0, link: '', at, mac: '' }),
}

function createMeta(tables: Tables): MetaStore {
  return {
    async cursor(name) {
      return tables.values.get(`cursor ${name}`) ?? null
    },
    async saveCursor(name, value) {
      tables.transaction(() => tables.values.put(`cursor ${name}`, value))
    },
    async allocate(sequence, count) {
      assert(Number.isSafeInteger(count) && count > 0, 'a count of numbers is a positive integer')
      return tables.transaction(() => {
        const first = BigInt(tables.values.get(`sequence ${sequence}`) ?? '1')
        tables.values.put(`sequence ${sequence}`, (first + BigInt(count)).toString())
        return first
      })
    },
    async lead(name, owner, now, until) {
      return tables.transaction(() => {
        const leader = tables.leaders.get(name)
        if (leader && leader.owner !== owner && leader.until > now) return false
        tables.leaders.put(name, { owner, until })
        return true
      })
    },
    async incarnation() {
      return tables.values.get('incarnation') ?? ''
    },
    async confirm(confirmation) {
      return tables.transaction(() => {
        const all = [...(tables.confirmations.get(confirmation.paymentId) ?? []), confirmation]
        tables.confirmations.put(confirmation.paymentId, all)
        return all
      })
    },
  }
}
