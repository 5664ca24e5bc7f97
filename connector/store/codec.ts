// Rows and JSON to values and back, exactly. A row that does not read back as it was written is STORE_CORRUPT: nobody
// pays from it.

import { createHash } from 'node:crypto'
import type { Money, RequestKey } from '../ports'
import type { Row } from './database'
import { storeFault } from './faults'

/** SHA-256, hex, of parts that are told apart (`['a','b']` is not `['ab']`): a key of any length that compares exactly. */
export function digestOf(parts: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** The document a request is about, at one ERP: its key without the revision. */
export function documentOf(erp: string, key: RequestKey): string {
  return digestOf([erp, key.sourceSystem, key.accountSet, key.docType, key.docNo, key.docLine])
}

/** JSON in which `Money.minor` is decimal text. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
}

/** Reads what `encode` wrote. The type is what the column is known to hold: only this file's callers write it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a codec's one unchecked step, named by its caller
export function decode<T>(json: string): T {
  try {
    return JSON.parse(json, (_key, part: unknown) => moneyOf(part) ?? part) as T
  } catch (error) {
    throw storeFault('STORE_CORRUPT', 'a JSON column does not parse', error)
  }
}

/** `{minor: '123', currency}` as Money; null for anything else. Free text cannot take this shape: it is never an object. */
function moneyOf(part: unknown): Money | null {
  if (typeof part !== 'object' || part === null || !('minor' in part) || !('currency' in part)) return null
  const { minor, currency } = part
  if (typeof minor !== 'string' || typeof currency !== 'string' || !/^-?\d+$/.test(minor)) return null
  return { minor: BigInt(minor), currency }
}

/** Evidence is flat text; it is not read as money whatever its fields are called. */
export function decodeEvidence(json: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(json) as Readonly<Record<string, string>>
  } catch (error) {
    throw storeFault('STORE_CORRUPT', 'evidence does not parse', error)
  }
}

/** Text as every database gives it back: none keeps half a surrogate pair, and PostgreSQL no NUL. */
export function storable(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\u0000', '\ufffd')
}

export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw storeFault('STORE_CORRUPT', `${column} is not text`)
  return value
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column)
}

/** An integer that fits a JavaScript number: SQLite gives bigint, pg and tedious give int8 as text. */
export function integer(row: Row, column: string): number {
  const value = row[column]
  const number = typeof value === 'bigint' || typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw storeFault('STORE_CORRUPT', `${column} is not an integer`)
  }
  return number
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column)
}

/** A row's identity, as text. */
export function idOf(row: Row, column: string): string {
  return String(integer(row, column))
}

/** The number of an id that we gave out, or null for text that cannot be one: it then names nothing. */
export function numberOf(id: string): number | null {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null
}

/** As the union that the column is known to hold. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a codec's one unchecked step, named by its caller
export function word<T extends string>(row: Row, column: string): T {
  return text(row, column) as T
}

export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column]
  if (!(value instanceof Uint8Array)) throw storeFault('STORE_CORRUPT', `${column} is not bytes`)
  return value
}
