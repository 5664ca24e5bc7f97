// Evidence that the lifecycle forbids. Recorded once, kept for ever, resolved by a named person; it moves no payment.

import { decodeEvidence, digestOf, encode, idOf, integer, integerOrNull, numberOf, text, textOrNull } from './codec'
import type { Database } from './database'
import { insertNew, selectTop } from './statements'
import type { ContradictionStore } from './store'

export function createContradictionStore(db: Database): ContradictionStore {
  return {
    record: row =>
      db.transaction(async tx => {
        const evidence = Object.entries(row.evidence).toSorted(([a], [b]) => (a < b ? -1 : 1))
        const inserted = await insertNew(tx, 'yinqi_contradiction', 'identity_digest', [
          {
            identity_digest: digestOf([row.paymentId, row.code, row.cause, ...evidence.flat()]),
            at: row.at,
            payment_id: row.paymentId,
            code: row.code,
            cause: row.cause,
            evidence: encode(row.evidence),
            resolved_by: '',
            resolution: '',
          },
        ])
        return inserted.size === 1
      }),
    async open(limit) {
      const { sql, values } = selectTop(
        db.dialect,
        'no, at, payment_id, code, cause, evidence, resolved_at, resolved_by, resolution FROM yinqi_contradiction WHERE resolved_at IS NULL ORDER BY no',
        [],
        limit,
      )
      return (await db.query(sql, values)).map(row => ({
        id: idOf(row, 'no'),
        at: integer(row, 'at'),
        paymentId: textOrNull(row, 'payment_id'),
        code: text(row, 'code'),
        cause: text(row, 'cause'),
        evidence: decodeEvidence(row, 'evidence'),
        resolvedAt: integerOrNull(row, 'resolved_at'),
        resolvedBy: text(row, 'resolved_by'),
        resolution: text(row, 'resolution'),
      }))
    },
    resolve: (id, person, resolution, at) =>
      db.transaction(async tx => {
        const changed = await tx.execute(
          'UPDATE yinqi_contradiction SET resolved_at = ?, resolved_by = ?, resolution = ? WHERE no = ? AND resolved_at IS NULL',
          [at, person, resolution, numberOf(id)],
        )
        return changed === 1
      }),
  }
}
