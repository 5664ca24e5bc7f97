// A journal entry as a row, and the one way to write one: with its outbox record.

import type { JournalEntry } from '../ports'
import { decode, encode, idOf, text, textOrNull, word } from './codec'
import type { Row, Session } from './database'
import type { Keys, Place } from './keys'
import { addToOutbox } from './outbox-store'
import { insertNew } from './statements'
import type { StoredEntry } from './store'

/** Part of the caller's transaction. False when the key is there already: then it is left alone. */
export async function insertEntry(
  tx: Session,
  { erp, entry, lineNo }: { readonly erp: string; readonly entry: JournalEntry; readonly lineNo: number | null },
  at: number,
): Promise<boolean> {
  const { key } = entry
  const inserted = await insertNew(tx, 'yinqi_journal_entry', 'entry_key', [
    {
      entry_key: key,
      line_no: lineNo,
      erp,
      content: tx.keys.hide(placeOf(key), encode(entry)),
      status: 'made',
      voucher_no: '',
      refusal: '',
      made_at: at,
      updated_at: at,
      reverses: entry.reverses?.key ?? null,
      reversed_by: null,
    },
  ])
  if (inserted.size === 0) return false
  await addToOutbox(tx, [{ erp, record: { kind: 'journal.entry', key, entry } }], at)
  return true
}

export function entryOf(keys: Keys, row: Row): StoredEntry {
  return {
    lineId: row['line_no'] === null ? null : idOf(row, 'line_no'),
    erp: text(row, 'erp'),
    entry: decode<JournalEntry>(keys.show(placeOf(text(row, 'entry_key')), text(row, 'content'))),
    status: word(row, 'status'),
    voucherNo: text(row, 'voucher_no'),
    refusal: text(row, 'refusal'),
    reversedBy: textOrNull(row, 'reversed_by'),
  }
}

function placeOf(key: string): Place {
  return { column: 'yinqi_journal_entry.content', row: key }
}
