// Lines of which the bank says something else than it did. A doubt lasts as long as the bank's answers say so.

import { decode, encode, idOf, integer, numberOf, text, word } from './codec'
import type { Database, Session } from './database'
import { lineOf, LINE_FROM } from './statement-store'
import { executeIn, insertNew, selectIn } from './statements'
import type { DoubtDraft, DoubtStore } from './store'

type Content = Pick<DoubtDraft, 'was' | 'now' | 'days'>

export function createDoubtStore(db: Database): DoubtStore {
  return {
    async of(account) {
      const rows = await db.query(
        'SELECT line_no, kind, since, content FROM yinqi_line_doubt WHERE account = ? ORDER BY line_no',
        [account],
      )
      const numbers = rows.map(row => integer(row, 'line_no'))
      const lines = await selectIn(db, `SELECT ${LINE_FROM} WHERE no IN`, numbers)
      const byId = new Map(lines.map(row => [idOf(row, 'no'), lineOf(db.keys, row)]))
      return rows.flatMap(row => {
        const line = byId.get(idOf(row, 'line_no'))
        if (line === undefined) return []
        const content = decode<Content>(db.keys.show(placeOf(idOf(row, 'line_no')), text(row, 'content')))
        return [{ line, kind: word(row, 'kind'), since: integer(row, 'since'), ...content }]
      })
    },
    async count(account) {
      const [row] = await db.query('SELECT COUNT(*) AS doubts FROM yinqi_line_doubt WHERE account = ?', [account])
      return row === undefined ? 0 : integer(row, 'doubts')
    },
    change: (account, doubts, cleared, at) =>
      db.transaction(async tx => {
        await clearDoubts(tx, cleared)
        for (const { lineId, kind, was, now, days } of doubts) {
          const content = tx.keys.hide(placeOf(lineId), encode({ was, now, days }))
          const no = numberOf(lineId)
          await insertNew(tx, 'yinqi_line_doubt', 'line_no', [{ line_no: no, account, kind, since: at, content }])
          await tx.execute('UPDATE yinqi_line_doubt SET since = ? WHERE line_no = ? AND kind <> ?', [at, no, kind])
          await tx.execute('UPDATE yinqi_line_doubt SET kind = ?, content = ? WHERE line_no = ?', [kind, content, no])
        }
      }),
  }
}

/** Part of the caller's transaction. */
export async function clearDoubts(tx: Session, lineIds: readonly string[]): Promise<void> {
  const numbers = lineIds.flatMap(id => numberOf(id) ?? [])
  await executeIn(tx, 'DELETE FROM yinqi_line_doubt WHERE line_no IN', numbers)
}

/** Part of the caller's transaction. Days of what is kept back in the line's place. */
export async function doubtedDays(tx: Session, lineId: string): Promise<readonly string[]> {
  const [row] = await tx.query('SELECT content FROM yinqi_line_doubt WHERE line_no = ?', [numberOf(lineId)])
  return row === undefined ? [] : decode<Content>(tx.keys.show(placeOf(lineId), text(row, 'content'))).days
}

function placeOf(lineId: string) {
  return { column: 'yinqi_line_doubt.content', row: lineId }
}
