// Who looks after an exception. The exceptions themselves are never stored: they are read from what is the case.

import { appendAudit } from './audit-trail'
import { digestOf, integer, storable, text } from './codec'
import type { Database } from './database'
import { insertNew } from './statements'
import type { ExceptionStore } from './coverage-types'

export function createExceptionStore(db: Database): ExceptionStore {
  return {
    async owners() {
      const rows = await db.query(
        'SELECT exception_id, owner, note, assigned_by, assigned_at FROM yinqi_exception_owner ORDER BY assigned_at',
      )
      return rows.map(row => ({
        exceptionId: text(row, 'exception_id'),
        owner: text(row, 'owner'),
        note: text(row, 'note'),
        by: text(row, 'assigned_by'),
        at: integer(row, 'assigned_at'),
      }))
    },
    async assign({ exceptionId, owner, note, by, at }) {
      await db.transaction(async tx => {
        const digest = digestOf([exceptionId])
        const words = { owner: storable(owner), note: storable(note), assigned_by: storable(by), assigned_at: at }
        const inserted = await insertNew(tx, 'yinqi_exception_owner', 'id_digest', [
          { id_digest: digest, exception_id: storable(exceptionId), ...words },
        ])
        if (inserted.size === 0)
          await tx.execute(
            'UPDATE yinqi_exception_owner SET owner = ?, note = ?, assigned_by = ?, assigned_at = ? WHERE id_digest = ?',
            [words.owner, words.note, words.assigned_by, at, digest],
          )
        const content = { exception: exceptionId, owner: words.owner, note: words.note, by: words.assigned_by }
        await appendAudit(tx, [{ kind: 'exception.assigned', paymentId: null, subject: digest, content }], at)
      })
    },
  }
}
