// Field NS of the German cooperative banks, in place of field 86: two-digit codes, one a row. 01 to 14 are the purpose,
// 15 and 16 the name, 19 and 20 the other bank and account, 33 and 34 the same as BIC and IBAN.

import { cleaned, trim } from '../text'
import { NO_INFO, type Info } from './info'

/** A name that fills its row goes on in the next; a shorter one ends a word. */
const PART_WIDTH = 27

export function readNs(rows: readonly string[]): Info {
  if (rows.length === 0) return NO_INFO
  const values = new Map<number, string>()
  for (const row of rows) {
    const found = /^(\d\d)(.*)$/.exec(row.trimEnd())
    if (found && cleaned(found[2]) !== null) values.set(Number.parseInt(found[1] ?? '', 10), found[2] ?? '')
  }
  const of = (from: number, to: number): readonly string[] =>
    [...values].filter(([code]) => code >= from && code <= to).map(([, text]) => text)
  const one = (code: number): string | null => cleaned(values.get(code))
  return {
    ...NO_INFO,
    text: cleaned(of(1, 14).map(trim).join(' ')) ?? one(17),
    name: cleaned(of(15, 16).join((values.get(15) ?? '').length === PART_WIDTH ? '' : ' ')),
    bank: one(33) ?? one(19),
    account: one(34) ?? one(20),
  }
}
