// The audit trail as the rest of the connector sees it: told, read, proven, anchored.

import { checkAudit } from './audit-check'
import { anchorText, appendAudit, AUDIT_FROM, entryOf, headOf } from './audit-trail'
import type { Database } from './database'
import { selectTop } from './statements'
import type { AuditStore } from './audit'

export function createAuditStore(db: Database): AuditStore {
  return {
    append: (events, at) => db.transaction(tx => appendAudit(tx, events, at)),
    async entries(after, limit) {
      const { sql, values } = selectTop(db.dialect, `${AUDIT_FROM} WHERE no > ? ORDER BY no`, [after], limit)
      return (await db.query(sql, values)).map(row => {
        const { previous: _previous, link: _link, ...entry } = entryOf(db, row)
        return entry
      })
    },
    check: anchor => checkAudit(db, anchor),
    async anchor(at) {
      const { no, link } = await db.transaction(headOf)
      return { count: no, link, at, mac: db.keys.mac(anchorText({ count: no, link, at })) }
    },
  }
}
