// Cells of bank exports as text: what banks put around a value so that a spreadsheet leaves it alone, units, signs and
// the many ways to write a day. A value that cannot be read exactly is not read: nothing is guessed or rounded.

import { readQuantity, type Quantity } from '../amount'
import { dateOfEight, dateOfFour } from '../dates'

/** One row of a table. `line` is the line of the file, or the row of the sheet, from 1. */
export type Row = { readonly line: number; readonly cells: readonly string[] }

/**
 * Without blanks, and without what keeps a spreadsheet from taking a number for one: `="123"`, `'123`, a leading tab
 * or, in merchants' bills, a backtick before every value.
 */
export function plain(cell: string | undefined): string {
  if (cell === undefined || cell === '') return ''
  const text = cell.trim()
  const inner = /^="([^"]*)"$/.exec(text)?.[1] ?? /^"([^"]*)"$/.exec(text)?.[1] ?? text
  return /^(?:'\d|`)/.test(inner) ? inner.slice(1).trim() : inner.trim()
}

/** Nothing, or what stands for nothing. */
export function isBlank(text: string): boolean {
  return text === '' || /^(?:[-—–/\\_]+|null|n\/a|无)$/i.test(text)
}

/** Full-width digits, signs and letters as their narrow ones. */
export function narrow(text: string): string {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return text.normalize('NFKC')
  return text
}

/**
 * A column's heading as the profiles write it: no blanks, narrow, small letters, 账 for 帐, no unit, no translation behind
 * the Chinese (`摘要[ Reference ]`, `余额 Balance`).
 */
export function headingOf(cell: string | undefined): string {
  if (cell === undefined || cell.length > 120) return ''
  const bare = narrow(plain(cell))
    .replaceAll(/[\s\u200b\ufeff"'*#:]/g, '')
    .replaceAll('帐', '账')
    .toLowerCase()
  const translated = bare.replace(/[[【(][a-z][^\]】)]*[\]】)]$/, '')
  return translated
    .replace(/^[a-z.&/-]+(?=[\u4e00-\u9fff])/, '')
    .replace(/^([^a-z]*[\u4e00-\u9fff)])[/|_-]?[a-z][a-z./&()'-]*$/, '$1')
    .replace(/\((?:单位)?[+-]?(?:元|人民币元?|人民币|本位币)\)/, '')
    .replace(/\/(?:元|人民币元)/, '')
    .replace('收/付方', '收(付)方')
}

export type ReadMoney = { readonly quantity: Quantity; readonly isNegative: boolean }

/** `1,234.50`, `¥1,234.50`, `USD 1,234.50`, `1234.5元`, `-1`, `1-`, `(1,234.50)`, `＋１２`. `blank` and `unreadable` are not zero. */
export function readMoney(cell: string, currency: string | null): ReadMoney | 'blank' | 'unreadable' {
  if (isBlank(cell)) return 'blank'
  if (cell.length > 60) return 'unreadable'
  const text = narrow(cell)
    .replaceAll(/\s/g, '')
    .replaceAll(/[−–—]/g, '-')
    .replace(/^([-+(]?)(?:¥|人民币|\$|[a-z]{3}(?=[-+¥\d]))/i, '$1')
    .replace(/(?:元|rmb|cny|人民币)(\)?)$/i, '$1')
  const isInside = /^\(.*\)$/.test(text)
  const [, before = '', digits = '', after = ''] =
    /^([-+]?)¥?([\d.,]+)(-?)$/.exec(isInside ? text.slice(1, -1) : text) ?? []
  const isGrouped = /^\d{1,3}(?:,\d{3})+(?:\.\d*)?$/.test(digits)
  const quantity = readQuantity(isGrouped ? digits.replaceAll(',', '') : digits, '.', currency)
  const signs = [before === '-', after === '-', isInside].filter(Boolean).length
  if (quantity === null || signs > 1) return 'unreadable'
  return { quantity, isNegative: signs === 1 }
}

/** What a date in a table may need to be understood. */
export type DayContext = {
  /** A day of the statement's period, for days without a year; null: such a day is not read. */
  readonly beside: string | null
  /** Days between the workbook's first day and 1899-12-30: 0, or 1462 in the calendar that begins in 1904. */
  readonly serialShift: number
}

/** `yyyy-MM-dd` of a day with or without its time, or null. */
export function readDay(cell: string, context: DayContext): string | null {
  if (cell === '' || cell.length > 60) return null
  const text = narrow(cell).replace(/^\[(.*)\]$/, '$1')
  const parts = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:$|[\sT,-].*$|\d{1,2}[:时].*$)/.exec(text)
  if (parts) return dateOfEight(`${parts[1]}${(parts[2] ?? '').padStart(2, '0')}${(parts[3] ?? '').padStart(2, '0')}`)
  if (/^\d{8}(?:\d{6}(?:\d{3})?)?(?:$|[\sT-].*$)/.test(text)) return dateOfEight(text)
  const short = /^(\d{1,2})[-/月](\d{1,2})日?$/.exec(text)
  if (short && context.beside !== null)
    return dateOfFour(`${(short[1] ?? '').padStart(2, '0')}${(short[2] ?? '').padStart(2, '0')}`, context.beside)
  const serial = /^(\d{4,5})(?:\.\d+)?$/.exec(text)?.[1]
  return serial === undefined ? null : dayOfSerial(Number.parseInt(serial, 10) + context.serialShift)
}

/** Days since 1899-12-30, as spreadsheets count them from March 1900 on; what is no day of our times is no date. */
function dayOfSerial(serial: number): string | null {
  if (serial < 30_000 || serial > 80_000) return null
  return new Date(Date.UTC(1899, 11, 30) + serial * 86_400_000).toISOString().slice(0, 10)
}

/** A number that a spreadsheet cut to fifteen digits: its last digits are lost. */
export function hasLostDigits(text: string): boolean {
  return /^\d(?:\.\d+)?E\+\d{2}$/i.test(text)
}
