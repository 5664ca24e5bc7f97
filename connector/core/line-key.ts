// The identity of a bank line within its account (I9): the bank's own id where there is one, otherwise its content and
// its occurrence among lines of the same content. Identical twins on one day are two lines; the same file twice is none.

import { createHash } from 'node:crypto'
import type { StatementLine } from '../ports'
import { startCounts } from './counts'
import { formatAmount } from './money'

/** A line's key among the lines that are given to the same function, in order. */
export type LineKeys = (line: StatementLine) => string

/** Every rule that a store may hold lines of, by its version. It stands in the key: a change is never silent. */
export const LINE_KEY_RULES: Readonly<Record<string, () => LineKeys>> = {
  // One id was one line: of a fee that shared its payment's id, one of the two was lost.
  '1': () => keysBy('1', (line, id) => `${line.bookedOn}:${id}`),
  // The amount stands beside the id: entries of one transaction that share an id are lines of their own.
  '2': () => keysBy('2', (line, id) => `${line.bookedOn}:${formatAmount(line.amount)}:${id}`),
}

/** Another rule needs another version and `yinqi statement rekey`, which shows first what it would change. */
export const LINE_KEY_VERSION = '2'

/** One key a line, in order. `lines` must hold whole days: occurrences are counted within what is given. */
export function lineKeys(lines: readonly StatementLine[]): readonly string[] {
  return lines.map(startLineKeys())
}

/** As `lineKeys`, one line after the other: for statements that are too long to be held. */
export function startLineKeys(): LineKeys {
  return lineKeyRule(LINE_KEY_VERSION)()
}

/** @throws RangeError for a version that this program does not know: a newer one wrote the store. */
export function lineKeyRule(version: string): () => LineKeys {
  const rule = LINE_KEY_RULES[version]
  if (rule === undefined) throw new RangeError(`no rule of line keys ${version}`)
  return rule
}

function keysBy(version: string, byId: (line: StatementLine, id: string) => string): LineKeys {
  const count = startCounts()
  return line => {
    if (line.bankId !== null) return `${version}:id:${byId(line, line.bankId)}`
    const content = contentOf(line)
    return `${version}:content:${line.bookedOn}:${content}:${count(content)}`
  }
}

/** Without an id of the bank, and alike in everything that tells lines apart: which of them is which, nobody can say. */
export function areTwins(a: StatementLine, b: StatementLine): boolean {
  return a.bankId === null && b.bankId === null && contentOf(a) === contentOf(b)
}

/** Of a line that the bank gives no id: the key that its next twin of that day has, if there is one. */
export function nextTwinKey(key: string): string | null {
  const [, start = '', occurrence = ''] = /^(\d+:content:.*:)(\d+)$/.exec(key) ?? []
  return occurrence === '' ? null : `${start}${Number(occurrence) + 1}`
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

// --------------------------------------------------------------------------------------------------- change of rules

export type KeyedLine = { readonly id: string; readonly identity: string; readonly line: StatementLine }

export type RekeyPlan = {
  /** Lines that get another identity; every identity comes once. */
  readonly changes: readonly { readonly lineId: string; readonly from: string; readonly to: string }[]
  /** Lines that the new rule takes for one: both stay, the later under an identity that nothing new will have. */
  readonly merges: readonly { readonly identity: string; readonly lineIds: readonly string[] }[]
  /** Lines that the old rule took for one and the new rule tells apart. */
  readonly splits: readonly { readonly identity: string; readonly lineIds: readonly string[] }[]
}

/** What another rule makes of an account's lines, all of them, in the order in which they were imported. Drops none. */
export function planRekey(lines: readonly KeyedLine[], oldRule: () => LineKeys, newRule: () => LineKeys): RekeyPlan {
  const [oldKeyOf, newKeyOf] = [oldRule(), newRule()]
  const byNew = new Map<string, string[]>()
  const byOld = new Map<string, { lineIds: string[]; keys: Set<string> }>()
  const changes: RekeyPlan['changes'][number][] = []
  for (const { id, identity, line } of lines) {
    const [old, key] = [oldKeyOf(line), newKeyOf(line)]
    const same = byNew.get(key) ?? []
    same.push(id)
    byNew.set(key, same)
    const before = byOld.get(old) ?? { lineIds: [], keys: new Set() }
    before.lineIds.push(id)
    before.keys.add(key)
    byOld.set(old, before)
    const to = same.length === 1 ? key : `${key}+${same.length}`
    if (to !== identity) changes.push({ lineId: id, from: identity, to })
  }
  return {
    changes,
    merges: [...byNew].flatMap(([identity, lineIds]) => (lineIds.length > 1 ? [{ identity, lineIds }] : [])),
    splits: [...byOld].flatMap(([identity, { lineIds, keys }]) => (keys.size > 1 ? [{ identity, lineIds }] : [])),
  }
}
