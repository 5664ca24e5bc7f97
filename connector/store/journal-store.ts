// Journal entries: one per key, and one that stands per bank line (I7). A decision that was carried out is not taken
// again; what was booked is taken back by an entry of its own, never changed.

import { appendAudit } from './audit-trail'
import { Changed, whole } from './changed'
import { idOf, integer, numberOf, storable, text, word } from './codec'
import { changeAll, offer } from './collection-store'
import type { Database, Session } from './database'
import { entryOf, insertEntry } from './entry-row'
import { lockedSelect, selectIn } from './statements'
import {
  Conflict,
  type EntryReversal,
  type JournalDecision,
  type JournalStore,
  type StoredEntry,
  type StoredLine,
} from './store'

const ENTRY =
  'SELECT line_no, entry_key, erp, content, status, voucher_no, refusal, reversed_by FROM yinqi_journal_entry'

export function createJournalStore(db: Database): JournalStore {
  const entries = async (sql: string, values: readonly (string | number | null)[]): Promise<readonly StoredEntry[]> =>
    (await db.query(sql, values)).map(row => entryOf(db.keys, row))
  return {
    async decide(decisions, at) {
      for (const decision of decisions) await carryOut(db, decision, at)
    },
    async byKey(key) {
      return (await entries(`${ENTRY} WHERE entry_key = ?`, [key]))[0] ?? null
    },
    async ofLine(lineId) {
      const no = numberOf(lineId)
      const ofMany = 'entry_key IN (SELECT entry_key FROM yinqi_collection WHERE line_no = ?)'
      return (await entries(`${ENTRY} WHERE line_no = ? OR ${ofMany} ORDER BY no`, [no, no])).at(-1) ?? null
    },
    allOfLine: lineId => entries(`${ENTRY} WHERE line_no = ? ORDER BY no`, [numberOf(lineId)]),
    async keysOf(lineIds) {
      const numbers = lineIds.map(numberOf)
      const ofMany =
        'SELECT line_no, entry_key, 0 AS no FROM yinqi_collection WHERE entry_key IS NOT NULL AND line_no IN'
      const own = await selectIn(db, 'SELECT line_no, entry_key, no FROM yinqi_journal_entry WHERE line_no IN', numbers)
      const rows = [...(await selectIn(db, ofMany, numbers)), ...own]
      const ordered = rows.toSorted((a, b) => integer(a, 'no') - integer(b, 'no'))
      return new Map(ordered.map(row => [idOf(row, 'line_no'), text(row, 'entry_key')]))
    },
    async takenBack(keys) {
      const byPerson =
        'SELECT e.entry_key, e.reversed_by FROM yinqi_journal_entry AS e JOIN yinqi_journal_entry AS r ON r.entry_key = e.reversed_by WHERE r.line_no IS NULL AND e.entry_key IN'
      const rows = await selectIn(db, byPerson, keys)
      return new Map(rows.map(row => [text(row, 'entry_key'), text(row, 'reversed_by')]))
    },
    async posted(key, voucherNo, at) {
      await db.transaction(tx =>
        tx.execute(
          `UPDATE yinqi_journal_entry SET status = 'posted', voucher_no = ?, refusal = '', updated_at = ? WHERE entry_key = ?`,
          [voucherNo, at, key],
        ),
      )
    },
    reverse: (reversal, at) => whole(() => db.transaction(tx => reverseOne(tx, reversal, at))),
  }
}

/** A decision is one transaction: where what it was decided on has changed, nothing of it is done. */
async function carryOut(db: Database, decision: JournalDecision, at: number): Promise<void> {
  await whole(() => db.transaction(tx => decideOne(tx, decision, at)))
}

async function decideOne(tx: Session, decision: JournalDecision, at: number): Promise<boolean> {
  const { lineId, journal, entry, collection, changes = [] } = decision
  const no = numberOf(lineId)
  // Locked: of two daemons that decide on one line, the second finds it decided.
  const [line] = await tx.query(lockedSelect(tx.dialect, 'journal, withdrawn_at', 'yinqi_statement_line', 'no = ?'), [
    no,
  ])
  if (line === undefined || line['withdrawn_at'] !== null || isFinal(word(line, 'journal'))) return false
  await tx.execute('UPDATE yinqi_statement_line SET journal = ? WHERE no = ?', [journal, no])
  if (entry !== null) {
    const { reverses, key } = entry.entry
    // First, under the lock of its row: of two that take back the same entry the second finds that it stands no more.
    if (reverses !== undefined) await markReversed(tx, reverses.key, key, at)
    await insertEntry(tx, { ...entry, lineNo: no }, at)
  }
  if (collection !== undefined) await offer(tx, lineId, collection, at)
  await changeAll(tx, changes, at)
  return true
}

/** @throws Changed when the entry does not stand: somebody else took it back first */
async function markReversed(tx: Session, key: string, by: string, at: number): Promise<void> {
  const changed = await tx.execute(
    'UPDATE yinqi_journal_entry SET reversed_by = ?, updated_at = ? WHERE entry_key = ? AND reversed_by IS NULL AND reverses IS NULL',
    [by, at, key],
  )
  if (changed !== 1) throw new Changed(key)
}

/** Part of the caller's transaction. @throws Changed when the entry, or a collection that it books, has changed */
export async function reverseOne(tx: Session, reversal: EntryReversal, at: number): Promise<boolean> {
  const { key, erp, entry, next, changes } = reversal
  await markReversed(tx, key, entry.key, at)
  if (!(await insertEntry(tx, { erp, entry, lineNo: null }, at)))
    throw new Conflict(`entry ${entry.key} is there already and takes back another`)
  const [row] = await tx.query('SELECT line_no FROM yinqi_journal_entry WHERE entry_key = ?', [key])
  const lineNo = row === undefined || row['line_no'] === null ? null : numberOf(idOf(row, 'line_no'))
  // Of an entry of collections the lines follow their collections.
  if (lineNo !== null && changes.length === 0)
    await tx.execute('UPDATE yinqi_statement_line SET journal = ? WHERE no = ?', [next, lineNo])
  await changeAll(tx, changes, at)
  const content = { by: entry.key, next, person: storable(reversal.person), reason: storable(reversal.reason) }
  await appendAudit(tx, [{ kind: 'journal.reversed', paymentId: null, subject: key, content }], at)
  return true
}

/** What a rule left to a person may still be decided; what was entered, found booked or offered may not. */
function isFinal(journal: StoredLine['journal']): boolean {
  return journal === 'entry' || journal === 'booked' || journal === 'collection'
}
