// Field NS of the German cooperative banks, in place of field 86: two-digit codes, one a row. 01 to 14 are the purpose,
// 15 and 16 the name, 19 and 20 the other bank and account.

import { cleaned } from '../text'
import { NO_INFO, type Info } from './info'

export function readNs(rows: readonly string[]): Info {
  if (rows.length === 0) return NO_INFO
  const values = new Map<number, string>()
  for (const row of rows) {
    const found = /^(\d\d)(.*)$/.exec(row.trimEnd())
    if (found && cleaned(found[2]) !== null) values.set(Number.parseInt(found[1] ?? '', 10), (found[2] ?? '').trim())
  }
  const of = (from: number, to: number): string | null => {
    const parts = [...values].filter(([code]) => code >= from && code <= to).map(([, text]) => text)
    return cleaned(parts.join(' '))
  }
  return { ...NO_INFO, text: of(1, 14) ?? of(17, 17), name: of(15, 16), bank: of(19, 19), account: of(20, 20) }
}
