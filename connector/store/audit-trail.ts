// The audit trail: one chain of entries for the whole store, each with the MAC of itself and of the entry before. What
// is to be told is told in the transaction of what happened. Nothing in it is ever changed; a rotated key makes a new
// ciphertext of the same content.

import { canonical } from '../core/canonical'
import { decodeEvidence, encode, integer, text, textOrNull } from './codec'
import type { Row, Session } from './database'
import { storeFault } from './faults'
import { insert, insertNew, lockedSelect } from './statements'
import type { AuditEntry, AuditEvent } from './audit'

export type StoredEntry = AuditEntry & { readonly previous: string; readonly link: string }
export type Head = { readonly no: number; readonly link: string }

export const AUDIT_FROM = 'no, at, kind, payment_id, subject, content, previous, link FROM yinqi_audit'
/** The link before the first entry. */
export const NO_LINK = ''

/**
 * Adds entries to the trail. Part of the caller's transaction, as its last statement: the trail is locked from here to
 * the commit, so that entries of several daemons stand one behind the other.
 */
export async function appendAudit(tx: Session, events: readonly AuditEvent[], at: number): Promise<void> {
  if (events.length === 0) return
  let { no, link } = await headOf(tx)
  const rows = events.map(event => {
    const entry = { no: no + 1, at, ...event, previous: link }
    no = entry.no
    link = tx.keys.mac(entryText(entry))
    const content = tx.keys.hide({ column: 'yinqi_audit.content', row: String(no) }, encode(event.content))
    const { kind, paymentId, subject, previous } = entry
    return { no, at, kind, payment_id: paymentId, subject, content, previous, link }
  })
  await insert(tx, 'yinqi_audit', rows)
  await tx.execute(`UPDATE yinqi_meta SET value = ? WHERE name = 'audit'`, [`${no} ${link}`])
}

/** The newest entry; its row stays locked until the transaction ends. */
export async function headOf(tx: Session): Promise<Head> {
  const find = async (): Promise<Row | undefined> =>
    (await tx.query(lockedSelect(tx.dialect, 'value', 'yinqi_meta', 'name = ?'), ['audit']))[0]
  let row = await find()
  if (row === undefined) {
    await insertNew(tx, 'yinqi_meta', 'name', [{ name: 'audit', value: `0 ${NO_LINK}` }])
    row = await find()
  }
  const [, no = '', link = ''] = /^(\d+) (.*)$/.exec(row === undefined ? '' : text(row, 'value')) ?? []
  if (no === '') throw storeFault('STORE_CORRUPT', 'the head of the audit trail')
  return { no: Number(no), link }
}

export function entryOf({ keys }: Pick<Session, 'keys'>, row: Row): StoredEntry {
  const no = integer(row, 'no')
  return {
    no,
    at: integer(row, 'at'),
    kind: text(row, 'kind'),
    paymentId: textOrNull(row, 'payment_id'),
    subject: text(row, 'subject'),
    content: decodeEvidence(keys.show({ column: 'yinqi_audit.content', row: String(no) }, text(row, 'content'))),
    previous: text(row, 'previous'),
    link: text(row, 'link'),
  }
}

/** What the MAC of an entry is taken over, version 1. */
export function entryText(entry: Omit<StoredEntry, 'link'>): string {
  const { no, at, kind, paymentId, subject, content, previous } = entry
  return canonical(['yinqi.audit.1', no, at, kind, paymentId, subject, content, previous])
}

export function anchorText(anchor: { readonly count: number; readonly link: string; readonly at: number }): string {
  return canonical(['yinqi.anchor.1', anchor.count, anchor.link, anchor.at])
}
