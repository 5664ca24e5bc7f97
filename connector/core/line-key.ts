// The identity of a bank line within its account (I9): the bank's own id where there is one, otherwise its content and
// its occurrence among lines of the same content. Identical twins on one day are two lines; the same file twice is none.

import { createHash } from 'node:crypto'
import type { StatementLine } from '../ports'
import { startCounts } from './counts'
import { formatAmount } from './money'

/** The rule's version stands in the key: another rule needs another version and a migration, never a silent change. */
const VERSION = '1'

/** One key a line, in order. `lines` must hold whole days: occurrences are counted within what is given. */
export function lineKeys(lines: readonly StatementLine[]): readonly string[] {
  const keyOf = startLineKeys()
  return lines.map(keyOf)
}

/** As `lineKeys`, one line after the other: for statements that are too long to be held. */
export function startLineKeys(): (line: StatementLine) => string {
  const count = startCounts()
  return line => {
    if (line.bankId !== null) return `${VERSION}:id:${line.bookedOn}:${line.bankId}`
    const content = contentOf(line)
    return `${VERSION}:content:${line.bookedOn}:${content}:${count(content)}`
  }
}

function contentOf(line: StatementLine): string {
  const parts = [
    line.bookedOn,
    line.bookedTime,
    formatAmount(line.amount),
    line.amount.currency,
    line.counterAccount,
    line.counterName,
    line.purpose,
    line.text,
    line.reference,
    line.bankSerial,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
