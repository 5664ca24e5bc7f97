// The key of an entry: one an event, for ever, so that nothing is booked twice however often it is decided (I7).

import { createHash } from 'node:crypto'
import type { StoredLine } from '../store/store'

/** One key a line, for ever: `YQ` and 32 hex digits, within the ERP's 50 characters. */
export function entryKeyOf(stored: Pick<StoredLine, 'account' | 'key'>): string {
  return `YQ${createHash('sha256').update(`${stored.account}|${stored.key}`).digest('hex').slice(0, 32)}`
}

/** Of a line that was booked before and taken back: each time it is booked anew is an event of its own. */
export function nextEntryKeyOf(stored: Pick<StoredLine, 'account' | 'key'>, earlier: number): string {
  return earlier === 0 ? entryKeyOf(stored) : keyed(`again\n${stored.account}\n${stored.key}\n${earlier + 1}`)
}

/** An entry is taken back once. */
export function reversalKeyOf(entryKey: string): string {
  return keyed(`reversal\n${entryKey}`)
}

/** Of collections that share an entry: named by its members as they were claimed. */
export function collectionsKeyOf(members: readonly { readonly key: string; readonly seq: number }[]): string {
  const named = members.map(({ key, seq }) => `${key}#${seq}`).toSorted()
  return keyed(`collections\n${named.join('\n')}`)
}

function keyed(text: string): string {
  return `YQ${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}
