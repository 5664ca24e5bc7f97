// Evidence that the lifecycle forbids. Recorded once, kept for ever, resolved by a named person; it moves no payment.

import {
  decodeEvidence,
  digestOf,
  encode,
  idOf,
  integer,
  integerOrNull,
  numberOf,
  storable,
  text,
  textOrNull,
} from './codec'
import { appendAudit } from './audit-trail'
import type { Database, Row, Session } from './database'
import type { Keys, Place } from './keys'
import { insertNew, selectTop } from './statements'
import type { AuditEvent } from './audit'
import type { Contradiction, ContradictionStore } from './store'

export function createContradictionStore(db: Database): ContradictionStore {
  return {
    record: row => db.transaction(tx => contradict(tx, row)),
    async open(limit) {
      const { sql, values } = selectTop(
        db.dialect,
        `${CONTRADICTION_FROM} WHERE resolved_at IS NULL ORDER BY no`,
        [],
        limit,
      )
      return (await db.query(sql, values)).map(row => contradictionOf(db.keys, row))
    },
    resolve: (id, person, resolution, at) =>
      db.transaction(async tx => {
        const no = numberOf(id)
        const words = { person: storable(person), resolution: storable(resolution) }
        const changed = await tx.execute(
          'UPDATE yinqi_contradiction SET resolved_at = ?, resolved_by = ?, resolution = ? WHERE no = ? AND resolved_at IS NULL',
          [at, words.person, words.resolution, no],
        )
        if (changed !== 1) return false
        const [row] = await tx.query('SELECT payment_id, code FROM yinqi_contradiction WHERE no = ?', [no])
        if (row === undefined) return false
        const paymentId = textOrNull(row, 'payment_id')
        const content = { code: text(row, 'code'), ...words }
        await appendAudit(tx, [{ kind: 'contradiction.resolved', paymentId, subject: id, content }], at)
        return true
      }),
  }
}

export const CONTRADICTION_FROM =
  'no, identity_digest, at, payment_id, code, cause, evidence, resolved_at, resolved_by, resolution FROM yinqi_contradiction'

type Recorded = Parameters<ContradictionStore['record']>[0]

/** Part of the caller's transaction. True when it is new. */
export async function contradict(tx: Session, row: Recorded): Promise<boolean> {
  const identity = identityOf(row)
  const evidence = tx.keys.hide(placeOf(identity), encode(row.evidence))
  const { at, paymentId, code, cause } = row
  const inserted = await insertNew(tx, 'yinqi_contradiction', 'identity_digest', [
    { identity_digest: identity, at, payment_id: paymentId, code, cause, evidence, resolved_by: '', resolution: '' },
  ])
  if (inserted.size === 0) return false
  await appendAudit(tx, [contradictionEvent(row)], at)
  return true
}

export function contradictionEvent(row: Recorded): AuditEvent {
  const { paymentId, code, cause, at } = row
  const content = { code, cause, recordedAt: String(at) }
  return { kind: 'contradiction', paymentId, subject: identityOf(row), content }
}

export function contradictionOf(keys: Keys, row: Row): Contradiction {
  const place = placeOf(text(row, 'identity_digest'))
  return {
    id: idOf(row, 'no'),
    at: integer(row, 'at'),
    paymentId: textOrNull(row, 'payment_id'),
    code: text(row, 'code'),
    cause: text(row, 'cause'),
    evidence: decodeEvidence(keys.show(place, text(row, 'evidence'))),
    resolvedAt: integerOrNull(row, 'resolved_at'),
    resolvedBy: text(row, 'resolved_by'),
    resolution: text(row, 'resolution'),
  }
}

/** The same news about the same payment is one contradiction. */
export function identityOf(row: Pick<Recorded, 'paymentId' | 'code' | 'cause' | 'evidence'>): string {
  const evidence = Object.entries(row.evidence).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return digestOf([row.paymentId, row.code, row.cause, ...evidence.flat()])
}

function placeOf(identity: string): Place {
  return { column: 'yinqi_contradiction.evidence', row: identity }
}
