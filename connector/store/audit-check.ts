// Proves the audit trail: entry by entry, then every payment and every contradiction against it. It names the first row
// that does not fit, and changes nothing.

import { AUDIT_FROM, anchorText, entryOf, entryText, headOf, type Head, type StoredEntry } from './audit-trail'
import { integer, text } from './codec'
import { CONTRADICTION_FROM, contradictionOf, identityOf } from './contradiction-store'
import type { Database, Row } from './database'
import { checkDossiers } from './dossier'
import { Fault } from '../ports'
import { PAUSED, pausesOf, RESUMED } from './pause-store'
import { selectTop } from './statements'
import type { Anchor, AuditVerdict } from './audit'
import type { BankPause, Contradiction } from './store'

/** Rows of one page; a daemon that runs meanwhile waits for one page of payments at most. */
const PAGE = 100

type Broken = Extract<AuditVerdict, { kind: 'broken' }>

export async function checkAudit(db: Database, anchor: Anchor | null): Promise<AuditVerdict> {
  try {
    const wrongAnchor = anchor !== null && !db.keys.isMac(anchorText(anchor), anchor.mac)
    if (wrongAnchor) return broken('anchor', 'it was not made with a key of this store, or was altered')
    // In this order: what a daemon does meanwhile is then in the trail that is read, and never looks like a break.
    const before = await db.transaction(headOf)
    const items = await contradictionsOf(db)
    const paused = await pausesOf(db)
    const walked = await walk(db, await db.transaction(headOf), anchor)
    if (walked.kind === 'broken') return walked
    const checked = await checkPayments(db, walked)
    if (checked.kind === 'broken') return checked
    const { payments, explained } = checked
    const wrong = checkContradictions(items, walked, before) ?? checkPauses(paused, walked, before)
    return wrong ?? { kind: 'whole', entries: walked.entries, payments, explained }
  } catch (error) {
    // What cannot be read is a finding, not a failure; a database that does not answer is not.
    if (error instanceof Fault && error.code === 'STORE_CORRUPT') return broken('', error.message)
    throw error
  }
}

type Walked = {
  readonly kind: 'walked'
  readonly entries: number
  /** Ids of payments that the trail knows. */
  readonly payments: ReadonlySet<string>
  /** Number of the entry by identity digest. */
  readonly contradictions: ReadonlyMap<string, number>
  readonly resolutions: ReadonlyMap<string, StoredEntry>
  /** Payments whose broken seal a named person has looked into. They are never sent; the audit goes on behind them. */
  readonly explained: ReadonlySet<string>
  /** The newest entry about each bank that was ever paused. */
  readonly pauses: ReadonlyMap<string, StoredEntry>
}

async function walk(db: Database, head: Head, anchor: Anchor | null): Promise<Walked | Broken> {
  const payments = new Set<string>()
  const contradictions = new Map<string, number>()
  const resolutions = new Map<string, StoredEntry>()
  const explained = new Set<string>()
  const pauses = new Map<string, StoredEntry>()
  let last: Head = { no: 0, link: '' }
  if (anchor !== null && anchor.count > head.no) {
    return broken('audit', `the trail ends at ${head.no}; the anchor has seen ${anchor.count}`)
  }
  while (last.no < head.no) {
    const { sql, values } = selectTop(db.dialect, `${AUDIT_FROM} WHERE no > ? ORDER BY no`, [last.no], PAGE)
    const page = await db.query(sql, values)
    if (page.length === 0) return broken(`audit ${last.no + 1}`, 'the entry is missing, and all behind it')
    for (const row of page) {
      const wrong = wrongEntry(db, row, last)
      if (wrong !== null) return wrong
      const entry = entryOf(db, row)
      last = entry
      if (entry.no > head.no) break
      if (anchor?.count === entry.no && anchor.link !== entry.link) {
        return broken(`audit ${entry.no}`, 'the trail was written anew: the anchor has seen another entry here')
      }
      if (entry.paymentId !== null) payments.add(entry.paymentId)
      if (entry.kind === 'contradiction') contradictions.set(entry.subject, entry.no)
      if (entry.kind === PAUSED || entry.kind === RESUMED) pauses.set(entry.subject, entry)
      if (entry.kind === 'contradiction.resolved') {
        resolutions.set(entry.subject, entry)
        if (entry.content['code'] === 'SEAL_BROKEN' && entry.paymentId !== null) explained.add(entry.paymentId)
      }
    }
  }
  const isHead = last.no > head.no || last.link === head.link
  if (!isHead) return broken('audit', 'its head names another entry')
  return { kind: 'walked', entries: head.no, payments, contradictions, resolutions, explained, pauses }
}

function wrongEntry(db: Database, row: Row, last: Head): Broken | null {
  const no = integer(row, 'no')
  const name = `audit ${no}`
  if (no !== last.no + 1) return broken(`audit ${last.no + 1}`, 'the entry is missing')
  try {
    const { link, ...entry } = entryOf(db, row)
    if (entry.previous !== last.link) return broken(name, 'it does not follow the entry before it')
    return db.keys.isMac(entryText(entry), link) ? null : broken(name, 'the entry is not what was written')
  } catch (error) {
    if (error instanceof Fault && error.code === 'STORE_CORRUPT') return broken(name, error.message)
    throw error
  }
}

type Payments = { readonly kind: 'checked'; readonly payments: number; readonly explained: number }

/** Payments that came after the walk are checked like all others. */
async function checkPayments(db: Database, walked: Walked): Promise<Payments | Broken> {
  const missing = new Set(walked.payments)
  let explained = 0
  let count = 0
  let after = 0
  for (;;) {
    const { sql, values } = selectTop(db.dialect, 'no, id FROM yinqi_payment WHERE no > ? ORDER BY no', [after], PAGE)
    const page = await db.query(sql, values)
    const last = page.at(-1)
    if (last === undefined) break
    after = integer(last, 'no')
    const ids = page.map(row => text(row, 'id'))
    const checks = await db.transaction(tx => checkDossiers(tx, ids))
    for (const [index, id] of ids.entries()) {
      const wrong = checks[index]?.broken
      if (wrong && !walked.explained.has(id)) return broken(wrong.row, wrong.detail)
      if (wrong) explained++
      missing.delete(id)
    }
    count += page.length
  }
  const [gone] = missing
  return gone === undefined
    ? { kind: 'checked', payments: count, explained }
    : broken(gone, 'the trail knows this payment, and it is not there')
}

type Found = { readonly item: Contradiction; readonly identity: string }

async function contradictionsOf(db: Database): Promise<readonly Found[]> {
  const rows = await db.query(`SELECT ${CONTRADICTION_FROM} ORDER BY no`)
  return rows.map(row => ({ item: contradictionOf(db.keys, row), identity: text(row, 'identity_digest') }))
}

function checkContradictions(items: readonly Found[], walked: Walked, before: Head): Broken | null {
  for (const found of items) {
    const wrong = wrongContradiction(found, walked, before)
    if (wrong !== null) return broken(`contradiction ${found.item.id}`, wrong)
  }
  const there = new Set(items.map(({ identity }) => identity))
  const gone = [...walked.contradictions].find(([identity, no]) => no <= before.no && !there.has(identity))
  return gone === undefined
    ? null
    : broken(`audit ${gone[1]}`, 'the contradiction that this entry tells of is not there')
}

function wrongContradiction({ item, identity }: Found, walked: Walked, before: Head): string | null {
  if (identityOf(item) !== identity) return 'the row is not what was written'
  if (!walked.contradictions.has(identity)) return 'the trail does not know it'
  const entry = walked.resolutions.get(item.id)
  if (item.resolvedAt === null) {
    return entry === undefined || entry.no > before.no ? null : 'its resolution was taken away'
  }
  if (entry === undefined) return 'it was resolved past the connector'
  const isSame = entry.content['person'] === item.resolvedBy && entry.content['resolution'] === item.resolution
  return isSame ? null : 'its resolution is not what was written'
}

/** A pause that nobody decided, or that was taken away past the connector. What was decided meanwhile is passed over. */
function checkPauses(paused: readonly BankPause[], { pauses }: Walked, before: Head): Broken | null {
  for (const pause of paused) {
    const entry = pauses.get(pause.bank)
    if (entry !== undefined && entry.no > before.no) continue
    const { scope, person, reason, at } = pause
    const isSame =
      entry?.kind === PAUSED &&
      JSON.stringify([scope, person, reason, String(at)]) ===
        JSON.stringify(['scope', 'person', 'reason', 'at'].map(name => entry.content[name]))
    if (!isSame) return broken(`pause ${pause.bank}`, 'the row is not what was decided')
  }
  const there = new Set(paused.map(({ bank }) => bank))
  const gone = [...pauses.values()].find(
    ({ kind, no, subject }) => kind === PAUSED && no <= before.no && !there.has(subject),
  )
  return gone === undefined ? null : broken(`audit ${gone.no}`, `the pause of ${gone.subject} was taken away`)
}

function broken(row: string, detail: string): Broken {
  return { kind: 'broken', row, detail }
}
