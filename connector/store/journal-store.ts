// Journal entries: one per key and one per bank line, for ever (I7). A decision that was carried out is not taken again.

import type { JournalEntry } from '../ports'
import { decode, encode, idOf, numberOf, text, word } from './codec'
import type { Database, Row, Session } from './database'
import type { Keys, Place } from './keys'
import { addToOutbox } from './outbox-store'
import { insertNew, lockedSelect } from './statements'
import type { JournalStore, StoredEntry, StoredLine } from './store'

type Decision = Parameters<JournalStore['decide']>[0][number]

const ENTRY = 'SELECT line_no, entry_key, erp, content, status, voucher_no, refusal FROM yinqi_journal_entry'

export function createJournalStore(db: Database): JournalStore {
  return {
    async decide(decisions, at) {
      await db.transaction(async tx => {
        for (const decision of decisions) await decideOne(tx, decision, at)
      })
    },
    async byKey(key) {
      return (await db.query(`${ENTRY} WHERE entry_key = ?`, [key])).map(row => entryOf(db.keys, row))[0] ?? null
    },
    async ofLine(lineId) {
      return (
        (await db.query(`${ENTRY} WHERE line_no = ?`, [numberOf(lineId)])).map(row => entryOf(db.keys, row))[0] ?? null
      )
    },
    async posted(key, voucherNo, at) {
      await db.transaction(tx =>
        tx.execute(
          `UPDATE yinqi_journal_entry SET status = 'posted', voucher_no = ?, refusal = '', updated_at = ? WHERE entry_key = ?`,
          [voucherNo, at, key],
        ),
      )
    },
  }
}

async function decideOne(tx: Session, { lineId, journal, entry }: Decision, at: number): Promise<void> {
  const no = numberOf(lineId)
  // Locked: of two daemons that decide on one line, the second finds it decided.
  const [line] = await tx.query(lockedSelect(tx.dialect, 'journal', 'yinqi_statement_line', 'no = ?'), [no])
  if (line === undefined || isFinal(word(line, 'journal'))) return
  await tx.execute('UPDATE yinqi_statement_line SET journal = ? WHERE no = ?', [journal, no])
  if (entry === null) return
  const { key } = entry.entry
  const inserted = await insertNew(tx, 'yinqi_journal_entry', 'entry_key', [
    {
      entry_key: key,
      line_no: no,
      erp: entry.erp,
      content: tx.keys.hide(placeOf(key), encode(entry.entry)),
      status: 'made',
      voucher_no: '',
      refusal: '',
      made_at: at,
      updated_at: at,
    },
  ])
  if (inserted.size === 0) return
  await addToOutbox(tx, [{ erp: entry.erp, record: { kind: 'journal.entry', key, entry: entry.entry } }], at)
}

/** What a rule left to a person may still be decided; what was entered or found booked may not. */
function isFinal(journal: StoredLine['journal']): boolean {
  return journal === 'entry' || journal === 'booked'
}

function placeOf(key: string): Place {
  return { column: 'yinqi_journal_entry.content', row: key }
}

function entryOf(keys: Keys, row: Row): StoredEntry {
  return {
    lineId: idOf(row, 'line_no'),
    erp: text(row, 'erp'),
    entry: decode<JournalEntry>(keys.show(placeOf(text(row, 'entry_key')), text(row, 'content'))),
    status: word(row, 'status'),
    voucherNo: text(row, 'voucher_no'),
    refusal: text(row, 'refusal'),
  }
}
