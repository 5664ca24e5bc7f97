// The store's half of the fence in memory: who is bound, how many sends began, why it is closed, who opened it. A copy of
// the tables is a copy of a database: it knows its original's hosts. For the simulation only.

import type { FenceReason, StoreFacts } from '../../core/fence'
import type { FenceClosing, FenceConfirmation, FenceEvent, FenceStore } from '../store'
import type { Tables } from './tables'

/** As many of one kind as the real store keeps. */
const REASONS_PER_CODE = 5

export function createFenceTables(tables: Tables, identity: string): FenceStore {
  return {
    facts: async () => factsOf(tables, identity),
    incarnations: async () => incarnationsOf(tables),
    probationUntil: async () => Number(valueOf(tables, 'probation', '0')),
    async bind({ instance, token }, database, at) {
      tables.transaction(() => {
        tables.hosts.put(instance, { instance, token, seenAt: at })
        if (valueOf(tables, 'database', '') === '') tables.values.put('database', database)
        record(tables, { at, kind: 'bound', instance, person: '', evidence: '', content: '{}' })
      })
    },
    async seen(instance, at) {
      const host = tables.hosts.get(instance)
      if (host) tables.transaction(() => tables.hosts.put(instance, { ...host, seenAt: at }))
    },
    async advance({ instance, token }) {
      return tables.transaction(() => {
        if (reasonsOf(tables).length > 0 || tables.hosts.get(instance)?.token !== token) return null
        const number = sendsOf(tables) + 1
        tables.values.put('sends', String(number))
        return number
      })
    },
    close: async closing => tables.transaction(() => close(tables, closing)),
    confirm: async confirmation => tables.transaction(() => confirm(tables, confirmation)),
    events: async limit => tables.events.values().toReversed().slice(0, limit),
    async found(line, at) {
      tables.transaction(() => {
        if (tables.findings.has(line.id)) return
        const id = String(tables.findings.takeNo())
        const { bank } = line
        tables.findings.put(line.id, { id, bank, reference: line.line.reference, line, foundAt: at, isResolved: false })
      })
    },
    async findings() {
      return tables.findings
        .values()
        .filter(finding => !finding.isResolved)
        .map(({ id, bank, reference, line, foundAt }) => ({ id, bank, reference, line, foundAt }))
    },
    async resolve(findingId) {
      const finding = tables.findings.values().find(({ id, isResolved }) => id === findingId && !isResolved)
      if (!finding) return false
      return tables.transaction(() => (tables.findings.put(finding.line.id, { ...finding, isResolved: true }), true))
    },
    async hold(paymentId, draft) {
      tables.transaction(() => {
        const isOpen = tables.holds
          .values()
          .some(hold => hold.paymentId === paymentId && hold.kind === draft.kind && hold.clearedAt === null)
        if (isOpen) return
        const id = String(tables.holds.takeNo())
        tables.holds.put(id, { ...draft, id, paymentId, clearedAt: null, clearances: [] })
      })
    },
    knewUntil: async () => knewUntil(tables),
  }
}

function factsOf(tables: Tables, identity: string): StoreFacts {
  const sends = sendsOf(tables)
  return {
    storeId: valueOf(tables, 'store', 'memory'),
    epoch: valueOf(tables, 'epoch', 'first'),
    pastEpochs: confirmedOf(tables).map(before => before.epoch),
    database: identity,
    boundDatabase: valueOf(tables, 'database', ''),
    sends,
    hasSent: sends > 0 || tables.payments.values().some(({ payment }) => payment.sentAt !== null),
    hosts: tables.hosts.values().toSorted((a, b) => (a.instance < b.instance ? -1 : 1)),
    closed: reasonsOf(tables),
  }
}

function valueOf(tables: Tables, name: string, absent: string): string {
  return tables.values.get(name) ?? absent
}

function sendsOf(tables: Tables): number {
  return Number(valueOf(tables, 'sends', '0'))
}

function reasonsOf(tables: Tables): readonly FenceReason[] {
  return JSON.parse(valueOf(tables, 'closed', '[]')) as readonly FenceReason[]
}

function record(tables: Tables, event: FenceEvent): void {
  tables.events.put(String(tables.events.takeNo()), event)
}

function close(tables: Tables, { whose, reasons, instance, at }: FenceClosing): void {
  const known = reasonsOf(tables)
  const fresh = reasons.filter(
    ({ code, detail }) =>
      !known.some(other => other.code === code && other.detail === detail) &&
      known.filter(other => other.code === code).length < REASONS_PER_CODE,
  )
  if (fresh.length === 0) return
  const content = JSON.stringify({ whose, reasons: fresh, knewUntil: lastChangeAt(tables) })
  record(tables, { at, kind: 'closed', instance, person: '', evidence: '', content })
  if (whose === 'store') tables.values.put('closed', JSON.stringify([...known, ...fresh]))
}

function confirm(tables: Tables, confirmation: FenceConfirmation): void {
  const { instance, token, person, evidence, at, incarnation, epoch } = confirmation
  const before = { epoch: valueOf(tables, 'epoch', 'first'), incarnation: valueOf(tables, 'incarnation', '') }
  const content = { before, epoch, incarnation, reasons: reasonsOf(tables), shown: confirmation.content }
  record(tables, { at, kind: 'confirmed', instance, person, evidence, content: JSON.stringify(content) })
  tables.values.put('sends', String(Math.max(confirmation.sends, sendsOf(tables))))
  tables.values.put('epoch', epoch)
  if (incarnation !== null) tables.values.put('incarnation', incarnation)
  tables.values.put('database', confirmation.database)
  tables.values.put('probation', String(confirmation.probationUntil))
  tables.values.put('closed', '[]')
  tables.hosts.put(instance, { instance, token, seenAt: at })
}

type Before = { readonly epoch: string; readonly incarnation: string }

function confirmedOf(tables: Tables): readonly Before[] {
  const confirmed = tables.events.values().filter(event => event.kind === 'confirmed')
  return confirmed.map(event => (JSON.parse(event.content) as { readonly before: Before }).before)
}

function incarnationsOf(tables: Tables): readonly string[] {
  const past = confirmedOf(tables).map(before => before.incarnation)
  return [...new Set([...past, valueOf(tables, 'incarnation', '')])]
}

function lastChangeAt(tables: Tables): number | null {
  const times = tables.history.values().flatMap(rows => rows.map(row => row.at))
  return times.length === 0 ? null : Math.max(...times)
}

/** As the first closing since the last binding or confirmation found it. */
function knewUntil(tables: Tables): number | null {
  let found = lastChangeAt(tables)
  for (const { kind, content } of tables.events.values().toReversed()) {
    if (kind !== 'closed') return found
    found = (JSON.parse(content) as { readonly knewUntil: number | null }).knewUntil
  }
  return found
}
