// Reads one column of a row exactly. Amounts are always read as text: a driver's number is refused, because the digits
// would be gone by then.

import { Fault } from '../../connector/ports'
import type { Dialect, Row } from './db'

/** Text of a column, `''` when it is null. A fraction that came as a number is refused: it was a decimal once. */
export function textOf(row: Row, column: string): string {
  return textOrNull(row, column) ?? ''
}

export function textOrNull(row: Row, column: string): string | null {
  const value = valueOf(row, column)
  if (value === null) return null
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value instanceof Date) return value.toISOString()
  throw unreadable(column, 'text')
}

/** Text without the blanks that CHAR columns and typing leave at both ends, also full-width ones. */
export function trimmedOf(row: Row, column: string): string {
  return textOf(row, column).trim()
}

export function bigOf(row: Row, column: string): bigint {
  const value = bigOrNull(row, column)
  if (value === null) throw unreadable(column, 'a whole number (it is null)')
  return value
}

export function bigOrNull(row: Row, column: string): bigint | null {
  const value = valueOf(row, column)
  if (value === null) return null
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value.trim())) return BigInt(value.trim().replace('+', ''))
  throw unreadable(column, 'a whole number')
}

/** A whole number that fits a JavaScript one exactly. */
export function intOf(row: Row, column: string): number {
  return safe(bigOf(row, column), column)
}

export function intOrNull(row: Row, column: string): number | null {
  const value = bigOrNull(row, column)
  return value === null ? null : safe(value, column)
}

export function bytesOf(row: Row, column: string): Buffer {
  return bytesOrNull(row, column) ?? Buffer.alloc(0)
}

export function bytesOrNull(row: Row, column: string): Buffer | null {
  const value = valueOf(row, column)
  if (value === null) return null
  if (Buffer.isBuffer(value)) return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  throw unreadable(column, 'bytes')
}

/** `yyyy-MM-dd` of a date column, `''` when null. A Date is read by its UTC fields, as the drivers here are told to fill it. */
export function dayOf(row: Row, column: string): string {
  const value = valueOf(row, column)
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  return textOf(row, column).trim().slice(0, 10).replaceAll('/', '-')
}

/** Epoch milliseconds of an instant stored in UTC, null when null or not an instant. */
export function instantOf(row: Row, column: string): number | null {
  const value = valueOf(row, column)
  if (value === null) return null
  if (value instanceof Date) return value.getTime()
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:Z|[+]00(?::?00)?)?$/.exec(
    textOf(row, column).trim(),
  )
  if (match === null) return null
  const at = Date.parse(`${match[1]}T${match[2]}Z`)
  return Number.isNaN(at) ? null : at
}

/**
 * An instant as UTC text that the dialect stores in its own type: `2026-03-01 08:00:00.000`, on PostgreSQL with its
 * offset said, on SQL Server in the one form that no language setting of a login reads otherwise.
 */
export function instantText(dialect: Dialect, at: number): string {
  const iso = new Date(at).toISOString()
  if (dialect === 'mssql') return iso.slice(0, 23)
  const plain = iso.slice(0, 23).replace('T', ' ')
  return dialect === 'postgres' ? `${plain}+00` : plain
}

function valueOf(row: Row, column: string): unknown {
  if (!(column in row)) throw unreadable(column, 'anything: the result has no such column')
  return row[column] ?? null
}

function safe(value: bigint, column: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw unreadable(column, 'a number that fits')
  return number
}

function unreadable(column: string, wanted: string): Fault {
  return new Fault('ERP_COLUMN', `列 ${column} 的内容无法读取 / column ${column} cannot be read as ${wanted}`)
}
