// The store's half of the fence (I10): which hosts are bound, how many sends began, why it is closed, and who opened it.
// It decides nothing: core/fence.ts does.

import assert from 'node:assert/strict'
import type { FenceReason, StoreFacts } from '../core/fence'
import { appendAudit } from './audit-trail'
import { idOf, integer, integerOrNull, numberOf, text, word } from './codec'
import type { StoreConfig } from './config'
import { databaseIdentity } from './database-identity'
import type { Database, Session } from './database'
import { withHoldsChanged } from './dossier'
import { storeFault } from './faults'
import { allocate } from './meta-store'
import { lineOf } from './statement-store'
import { insert, insertNew, lockedSelect, selectTop } from './statements'
import type { FenceClosing, FenceConfirmation, FenceEvent, FenceFinding, FenceStore, HoldDraft } from './store'

/** The sequence of sends: one number each time that a host is about to speak to a bank about sending. */
const SENDS = 'send'

type Reader = Pick<Session, 'query'>
type Host = { readonly instance: string; readonly token: string }

export function createFenceStore(db: Database, config: StoreConfig): FenceStore {
  return {
    facts: () => factsOf(db, config),
    incarnations: () => incarnationsOf(db),
    probationUntil: async () => Number(await metaOf(db, 'probation')),
    bind: (host, database, at) => db.transaction(tx => bind(tx, host, database, at)),
    async seen(instance, at) {
      await db.transaction(tx =>
        tx.execute('UPDATE yinqi_fence_host SET seen_at = ? WHERE instance = ?', [at, instance]),
      )
    },
    advance: host => db.transaction(tx => advance(tx, host)),
    close: closing => db.transaction(tx => close(tx, closing)),
    confirm: confirmation => db.transaction(tx => confirm(tx, confirmation)),
    events: limit => eventsOf(db, limit),
    async found(line, at) {
      const row = { line_no: numberOf(line.id), bank: line.bank, reference: line.line.reference, found_at: at }
      const empty = { resolved_at: null, resolved_by: '', resolution: '' }
      await db.transaction(tx => insertNew(tx, 'yinqi_fence_finding', 'line_no', [{ ...row, ...empty }]))
    },
    findings: () => findingsOf(db),
    resolve: (findingId, person, resolution, at) =>
      db.transaction(async tx => {
        const changed = await tx.execute(
          'UPDATE yinqi_fence_finding SET resolved_at = ?, resolved_by = ?, resolution = ? WHERE no = ? AND resolved_at IS NULL',
          [at, person, resolution, numberOf(findingId)],
        )
        return changed > 0
      }),
    hold: (paymentId, draft, at) => db.transaction(tx => hold(tx, paymentId, draft, at)),
    knewUntil: () => knewUntil(db),
  }
}

async function factsOf(db: Database, config: StoreConfig): Promise<StoreFacts> {
  const hosts = await db.query('SELECT instance, token, seen_at FROM yinqi_fence_host ORDER BY instance')
  const sends = await sendsOf(db)
  return {
    storeId: await metaOf(db, 'store'),
    epoch: await metaOf(db, 'epoch'),
    pastEpochs: (await confirmations(db)).map(({ before }) => before.epoch),
    database: await databaseIdentity(db, config),
    boundDatabase: await metaOf(db, 'database'),
    sends,
    hasSent: sends > 0 || (await hasSentBefore(db)),
    hosts: hosts.map(row => ({
      instance: text(row, 'instance'),
      token: text(row, 'token'),
      seenAt: integer(row, 'seen_at'),
    })),
    closed: reasonsIn(await metaOf(db, 'closed')),
  }
}

async function sendsOf(session: Reader): Promise<number> {
  const [row] = await session.query('SELECT next_value FROM yinqi_sequence WHERE name = ?', [SENDS])
  return row === undefined ? 0 : integer(row, 'next_value') - 1
}

/** Sends of a version that did not count them yet. */
async function hasSentBefore(db: Database): Promise<boolean> {
  const { sql, values } = selectTop(db.dialect, 'id FROM yinqi_payment WHERE sent_at IS NOT NULL', [], 1)
  return (await db.query(sql, values)).length > 0
}

async function metaOf(session: Reader, name: string): Promise<string> {
  const [row] = await session.query('SELECT value FROM yinqi_meta WHERE name = ?', [name])
  if (row === undefined) throw storeFault('STORE_CORRUPT', `the store has no ${name}`)
  return text(row, 'value')
}

async function saveMeta(tx: Session, name: string, value: string): Promise<void> {
  await tx.execute('UPDATE yinqi_meta SET value = ? WHERE name = ?', [value, name])
}

/** Locked: two hosts that close, confirm or send at once do so one after the other. */
async function lockedReasons(tx: Session): Promise<readonly FenceReason[]> {
  const [row] = await tx.query(lockedSelect(tx.dialect, 'value', 'yinqi_meta', 'name = ?'), ['closed'])
  assert(row, 'the store was migrated')
  return reasonsIn(text(row, 'value'))
}

function reasonsIn(json: string): readonly FenceReason[] {
  return JSON.parse(json) as readonly FenceReason[]
}

async function bind(tx: Session, host: Host, database: string, at: number): Promise<void> {
  await saveHost(tx, host, at)
  await tx.execute("UPDATE yinqi_meta SET value = ? WHERE name = 'database' AND value = ''", [database])
  await event(tx, { at, kind: 'bound', instance: host.instance, person: '', evidence: '', content: '{}' })
}

async function saveHost(tx: Session, { instance, token }: Host, at: number): Promise<void> {
  const row = { instance, token, bound_at: at, seen_at: at }
  if ((await insertNew(tx, 'yinqi_fence_host', 'instance', [row])).size > 0) return
  await tx.execute('UPDATE yinqi_fence_host SET token = ?, bound_at = ?, seen_at = ? WHERE instance = ?', [
    token,
    at,
    at,
    instance,
  ])
}

async function advance(tx: Session, { instance, token }: Host): Promise<number | null> {
  if ((await lockedReasons(tx)).length > 0) return null
  const [row] = await tx.query('SELECT token FROM yinqi_fence_host WHERE instance = ?', [instance])
  if (row === undefined || text(row, 'token') !== token) return null
  return Number(await allocate(tx, SENDS, 1))
}

async function close(tx: Session, { whose, reasons, instance, at }: FenceClosing): Promise<void> {
  const known = await lockedReasons(tx)
  const isKnown = (reason: FenceReason): boolean =>
    known.some(other => other.code === reason.code && other.detail === reason.detail)
  // A flood of bank lines must not make the row grow without end: the first of each kind say enough.
  const fresh = reasons.filter(
    reason => !isKnown(reason) && known.filter(other => other.code === reason.code).length < REASONS_PER_CODE,
  )
  if (fresh.length === 0) return
  const content = JSON.stringify({ whose, reasons: fresh, knewUntil: await lastChangeAt(tx) })
  await event(tx, { at, kind: 'closed', instance, person: '', evidence: '', content })
  if (whose === 'store') await saveMeta(tx, 'closed', JSON.stringify([...known, ...fresh]))
}

/** A person reads them; the sweep lists everything. */
const REASONS_PER_CODE = 5

async function lastChangeAt(session: Reader): Promise<number | null> {
  const [row] = await session.query('SELECT MAX(at) AS at FROM yinqi_payment_history')
  return row === undefined ? null : integerOrNull(row, 'at')
}

/** As the first closing since the last binding or confirmation found it: a daemon that may not send still writes. */
async function knewUntil(db: Database): Promise<number | null> {
  let found = await lastChangeAt(db)
  for (const { kind, content } of await eventsOf(db, EVENTS_BACK)) {
    if (kind !== 'closed') return found
    found = (JSON.parse(content) as { readonly knewUntil: number | null }).knewUntil
  }
  return found
}

/** Closings in a row; a daemon that is started again and again writes one each time. */
const EVENTS_BACK = 1_000

type Confirmed = { readonly before: { readonly epoch: string; readonly incarnation: string } }

async function confirm(tx: Session, confirmation: FenceConfirmation): Promise<void> {
  const { instance, person, evidence, at, incarnation } = confirmation
  const reasons = await lockedReasons(tx)
  const before = { epoch: await metaOf(tx, 'epoch'), incarnation: await metaOf(tx, 'incarnation') }
  const content = { before, epoch: confirmation.epoch, incarnation, reasons, shown: confirmation.content }
  await event(tx, { at, kind: 'confirmed', instance, person, evidence, content: JSON.stringify(content) })
  const ahead = confirmation.sends - (await sendsOf(tx))
  if (ahead > 0) await allocate(tx, SENDS, ahead)
  await saveMeta(tx, 'epoch', confirmation.epoch)
  if (incarnation !== null) await saveMeta(tx, 'incarnation', incarnation)
  await saveMeta(tx, 'database', confirmation.database)
  await saveMeta(tx, 'probation', String(confirmation.probationUntil))
  await saveMeta(tx, 'closed', '[]')
  await saveHost(tx, confirmation, at)
}

async function confirmations(session: Reader): Promise<readonly Confirmed[]> {
  const rows = await session.query("SELECT content FROM yinqi_fence_event WHERE kind = 'confirmed' ORDER BY no")
  return rows.map(row => JSON.parse(text(row, 'content')) as Confirmed)
}

async function incarnationsOf(session: Reader): Promise<readonly string[]> {
  const past = (await confirmations(session)).map(({ before }) => before.incarnation)
  return [...new Set([...past, await metaOf(session, 'incarnation')])]
}

async function event(tx: Session, row: FenceEvent): Promise<void> {
  await insert(tx, 'yinqi_fence_event', [{ ...row }])
  const { at, kind, instance, person, evidence, content } = row
  const told = { person, evidence, content }
  await appendAudit(tx, [{ kind: `fence.${kind}`, paymentId: null, subject: instance, content: told }], at)
}

async function eventsOf(db: Database, limit: number): Promise<readonly FenceEvent[]> {
  const { sql, values } = selectTop(
    db.dialect,
    'at, kind, instance, person, evidence, content FROM yinqi_fence_event ORDER BY no DESC',
    [],
    limit,
  )
  return (await db.query(sql, values)).map(row => ({
    at: integer(row, 'at'),
    kind: word(row, 'kind'),
    instance: text(row, 'instance'),
    person: text(row, 'person'),
    evidence: text(row, 'evidence'),
    content: text(row, 'content'),
  }))
}

async function findingsOf(db: Database): Promise<readonly FenceFinding[]> {
  const rows = await db.query(
    `SELECT f.no AS finding_no, f.reference AS finding_reference, f.found_at, l.*
FROM yinqi_fence_finding AS f JOIN yinqi_statement_line AS l ON l.no = f.line_no WHERE f.resolved_at IS NULL ORDER BY f.no`,
  )
  return rows.map(row => ({
    id: idOf(row, 'finding_no'),
    bank: text(row, 'bank'),
    reference: text(row, 'finding_reference'),
    line: lineOf(db.keys, row),
    foundAt: integer(row, 'found_at'),
  }))
}

async function hold(
  tx: Session,
  paymentId: string,
  { kind, reason, approvalsNeeded }: HoldDraft,
  at: number,
): Promise<void> {
  // The payment's row is locked, so that two who hold it at once make one hold.
  await tx.query(lockedSelect(tx.dialect, 'id', 'yinqi_payment', 'id = ?'), [paymentId])
  const open = await tx.query('SELECT no FROM yinqi_hold WHERE payment_id = ? AND kind = ? AND cleared_at IS NULL', [
    paymentId,
    kind,
  ])
  if (open.length > 0) return
  const row = { payment_id: paymentId, kind, reason, approvals_needed: approvalsNeeded, cleared_at: null }
  const seal = await withHoldsChanged(tx, paymentId, () => insert(tx, 'yinqi_hold', [row]))
  await appendAudit(tx, [{ kind: 'hold', paymentId, subject: kind, content: { reason, seal } }], at)
}
