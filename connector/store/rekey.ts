// Another rule of line keys: lines keep what they are called outside, and get the identity that new lines are compared with.

import { appendAudit } from './audit-trail'
import { digestOf, numberOf, text } from './codec'
import type { Database, Session } from './database'
import { selectTop } from './statements'
import type { StatementStore } from './store'

/** Lines are given another rule's identities all at once, so that any of them says which rule it was. */
export async function identityVersion(db: Database, account: string): Promise<string | null> {
  const { sql, values } = selectTop(
    db.dialect,
    'line_identity FROM yinqi_statement_line WHERE account = ? ORDER BY booked_on DESC, no DESC',
    [account],
    1,
  )
  const [row] = await db.query(sql, values)
  return row === undefined ? null : versionOf(text(row, 'line_identity'))
}

/** What stands before the first colon. */
export function versionOf(identity: string): string {
  return identity.slice(0, Math.max(0, identity.indexOf(':')))
}

type Rekey = {
  readonly account: string
  readonly changes: Parameters<StatementStore['rekey']>[1]
  readonly event: Parameters<StatementStore['rekey']>[2]
  readonly at: number
}

export async function rekey(tx: Session, { account, changes, event, at }: Rekey): Promise<void> {
  for (const { lineId, to } of changes)
    await tx.execute(
      'UPDATE yinqi_statement_line SET line_identity = ?, identity_digest = ? WHERE no = ? AND account = ?',
      [to, digestOf([account, to]), numberOf(lineId), account],
    )
  await appendAudit(tx, [event], at)
}
