// Payments with all that vouches for them, read as one: nobody may change them while they are read. What a payment is
// worth is judged in the core; here it is only fetched, and what cannot be read says so.

import { judgeDossier, sealText, type Dossier, type SealedHold, type SealFacts } from '../core/seal'
import { AUDIT_FROM, entryOf, entryText, headOf, type Head } from './audit-trail'
import { historyRowOf } from './history-row'
import { holdsOf } from './hold-row'
import { integer, text, textOrNull } from './codec'
import { confirmationsOf } from './confirmations'
import type { Database, Row, Session } from './database'
import { lockPayments, PAYMENT_FROM, readPayment } from './payment-row'
import { selectIn } from './statements'
import type { Hold, Payment } from './store'
import type { SealCheck } from './audit'

/** Payments at a time: the lists of ids stay short, and locks are held for milliseconds. */
const AT_ONCE = 100

/** Checks before a send. It remembers the newest entry it saw: a trail that was cut off behind it is missed while we run. */
export function createSealCheck(db: Database): (ids: readonly string[]) => Promise<readonly SealCheck[]> {
  let seen: Head = { no: 0, link: '' }
  return async ids => {
    const checks: SealCheck[] = []
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const part = ids.slice(start, start + AT_ONCE)
      const { found, gap, head } = await db.transaction(async tx => {
        const dossiers = await checkDossiers(tx, part)
        const newest = await headOf(tx)
        return { found: dossiers, head: newest, gap: await gapOf(tx, newest, seen) }
      })
      if (gap === null) seen = head
      checks.push(...found.map(check => (gap === null ? check : { ...check, broken: { row: 'audit', detail: gap } })))
    }
    return checks
  }
}

/** In the order of the ids. */
export async function checkDossiers(tx: Session, ids: readonly string[]): Promise<readonly SealCheck[]> {
  await lockPayments(tx, ids)
  const rows = await selectIn(tx, `SELECT ${PAYMENT_FROM} WHERE p.id IN`, ids)
  const byId = new Map(rows.map(row => [text(row, 'id'), row]))
  const related = await relatedOf(tx, ids)
  return ids.map(id => {
    const row = byId.get(id)
    if (row === undefined) return { payment: null, broken: { row: id, detail: 'the payment is not there' } }
    return checkOne(tx, row, related(id))
  })
}

/** What a seal covers, of payments that are in the caller's hands. */
export function factsOf(payment: Payment, holds: readonly SealedHold[]): SealFacts {
  const { id, erp, bank, revision, request, instruction, sentAt } = payment
  return { id, erp, bank, revision, request, instruction, sentAt, holds }
}

export function sealOf({ keys }: Pick<Session, 'keys'>, facts: SealFacts): string {
  return keys.mac(sealText(facts))
}

/**
 * Changes the holds of a payment and seals it anew, unless its seal was broken before. Part of the caller's transaction;
 * the payment's row is locked. Returns the seal as it then stands, for the entry that tells of the change.
 */
export async function withHoldsChanged(tx: Session, id: string, change: () => Promise<void>): Promise<string> {
  const before = await sealedNow(tx, id)
  await change()
  if (before === null || !tx.keys.isMac(before.text, before.seal)) return before?.seal ?? ''
  const after = await sealedNow(tx, id)
  if (after === null) return before.seal
  const seal = tx.keys.mac(after.text)
  await tx.execute('UPDATE yinqi_payment SET seal = ? WHERE id = ?', [seal, id])
  return seal
}

async function sealedNow(tx: Session, id: string): Promise<{ readonly text: string; readonly seal: string } | null> {
  const [row] = await tx.query(`SELECT ${PAYMENT_FROM} WHERE p.id = ?`, [id])
  const read = row === undefined ? null : readPayment(tx.keys, row)
  if (row === undefined || read?.kind !== 'read') return null
  const holds = (await holdsOf(tx, [id])).map(sealedHold)
  return { text: sealText(factsOf(read.payment, holds)), seal: text(row, 'seal') }
}

export function sealedHold({ kind, reason, approvalsNeeded, clearances }: Omit<Hold, 'id'>): SealedHold {
  return { kind, reason, approvalsNeeded, clearances }
}

type Related = Pick<Dossier, 'history' | 'entries' | 'confirmations' | 'holds'>

function checkOne(tx: Session, row: Row, related: () => Related): SealCheck {
  const read = readPayment(tx.keys, row)
  if (read.kind === 'unreadable') return { payment: null, broken: { row: text(row, 'id'), detail: read.detail } }
  const { payment } = read
  try {
    const { state, seq } = payment
    const facts = related()
    const dossier: Dossier = { ...factsOf(payment, facts.holds), ...facts, state, seq, seal: text(row, 'seal') }
    const broken = judgeDossier(dossier, (sealed, seal) => tx.keys.isMac(sealed, seal))
    return { payment, broken: broken && { row: broken.row, detail: `${broken.what}: ${broken.detail}` } }
  } catch (error) {
    return { payment, broken: { row: payment.id, detail: error instanceof Error ? error.message : String(error) } }
  }
}

async function relatedOf(tx: Session, ids: readonly string[]): Promise<(id: string) => () => Related> {
  const history = await selectIn(
    tx,
    'SELECT payment_id, seq, at, from_state, cause, to_state, actor, evidence FROM yinqi_payment_history WHERE payment_id IN',
    ids,
  )
  const entries = await selectIn(tx, `SELECT ${AUDIT_FROM} WHERE payment_id IN`, ids)
  const holds = await holdsOf(tx, ids)
  const confirmations = await confirmationsOf(tx, ids)
  return id => () => {
    const ofId = (row: Row): boolean => text(row, 'payment_id') === id
    return {
      history: history
        .filter(ofId)
        .map(row => historyRowOf(tx.keys, row))
        .toSorted((a, b) => a.seq - b.seq),
      entries: entries.filter(ofId).map(row => {
        const { link, ...entry } = entryOf(tx, row)
        return { ...entry, isGenuine: tx.keys.isMac(entryText(entry), link) }
      }),
      holds: holds.filter(hold => hold.paymentId === id).map(sealedHold),
      confirmations: confirmations.filter(item => item.paymentId === id),
    }
  }
}

/** Entries are numbered without a gap and only grow: fewer than the newest number, or another past, means that some were taken out. */
async function gapOf(tx: Session, head: Head, seen: Head): Promise<string | null> {
  const [row] = await tx.query(
    `SELECT (SELECT COUNT(*) FROM yinqi_audit) AS entries, (SELECT link FROM yinqi_audit WHERE no = ?) AS newest,
(SELECT link FROM yinqi_audit WHERE no = ?) AS earlier`,
    [head.no, seen.no],
  )
  if (row === undefined || integer(row, 'entries') !== head.no || (textOrNull(row, 'newest') ?? '') !== head.link) {
    return 'entries of the trail are missing: yinqi audit verify names the first'
  }
  if (head.no < seen.no || (textOrNull(row, 'earlier') ?? '') !== seen.link) {
    return 'entries of the trail that were there before are gone, and its head was set back'
  }
  return null
}
