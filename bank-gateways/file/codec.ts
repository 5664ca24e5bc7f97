// Cells to the bytes of a payment file, and bytes of a result file to cells with their place. CSV and workbooks; pure. What cannot be read
// is said with line and column, and never repaired.

import type * as Library from '@e965/xlsx'
import type { WorkSheet } from '@e965/xlsx'
import { CsvError, parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { decode, encode } from '../shared/charset'
import type { PaymentLayout, ResultLayout } from './layout'

export type Cells = readonly string[]
/** `line`: as an editor or a spreadsheet counts it, from 1. */
export type Row = { readonly line: number; readonly cells: Cells }

/** What is wrong with a file, and where; `column` '' where none is meant. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
  readonly line: number
  readonly column: string
  readonly zh: string
  constructor(line: number, column: string, zh: string, en: string) {
    super(en)
    this.line = line
    this.column = column
    this.zh = zh
  }
}

/** Of a result file and of what a workbook unfolds to: far above any day's payments. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024
const MAX_UNPACKED_BYTES = 128 * 1024 * 1024
const MAX_ROWS = 100_000

function library(): typeof Library {
  const loaded: typeof Library = require('@e965/xlsx')
  return loaded
}

export function paymentBytes(rows: readonly Cells[], layout: PaymentLayout): Buffer {
  const titles = layout.hasTitles ? [layout.columns.map(({ title }) => title)] : []
  const all = [...layout.rowsAbove, ...titles, ...rows]
  return layout.format === 'csv' ? csvBytes(all, layout) : workbookBytes(all, layout)
}

/** RFC 4180: a cell that holds the separator, a quote or a line end is quoted, and so is one with blanks at its ends. */
function csvBytes(rows: readonly Cells[], { separator, encoding }: PaymentLayout): Buffer {
  const cellOf = (cell: string): string =>
    cell.includes(separator) || /["\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  const text = rows.map(cells => `${cells.map(cellOf).join(separator)}\r\n`).join('')
  if (encoding === 'utf-8-bom') return Buffer.concat([Buffer.from('\uFEFF', 'utf8'), encode(text, 'utf-8')])
  return encode(text, encoding)
}

/** Every cell is text, also amounts and accounts: no spreadsheet rounds, shortens or evaluates it. */
function workbookBytes(rows: readonly Cells[], { sheet }: PaymentLayout): Buffer {
  const { utils, write } = library()
  const made = utils.aoa_to_sheet(rows.map(cells => cells.map(v => ({ t: 's' as const, v, z: '@' }))))
  const book = utils.book_new()
  utils.book_append_sheet(book, made, sheet === '' ? 'Sheet1' : sheet)
  const bytes: unknown = write(book, { type: 'buffer', bookType: 'xlsx', compression: true })
  if (!Buffer.isBuffer(bytes)) throw new RangeError('the workbook was not made')
  return bytes
}

/** @throws Malformed */
export function readRows(bytes: Buffer, layout: ResultLayout): readonly Row[] {
  const rows = layout.format === 'csv' ? csvRows(bytes, layout) : workbookRows(bytes, layout)
  if (rows.length > MAX_ROWS) throw new Malformed(MAX_ROWS, '', `超过 ${MAX_ROWS} 行`, `more than ${MAX_ROWS} rows`)
  return rows.filter(({ cells }) => cells.some(cell => cell !== ''))
}

type Parsed = { readonly record: readonly string[]; readonly info: { readonly lines: number } }

function csvRows(bytes: Buffer, { encoding, separator }: ResultLayout): readonly Row[] {
  let text: string
  try {
    text = decode(bytes, encoding === 'utf-8-bom' ? 'utf-8' : encoding).replace(/^\uFEFF/, '')
  } catch {
    throw new Malformed(lineOfBadByte(bytes, encoding), '', `不是 ${encoding} 文本`, `not text in ${encoding}`)
  }
  try {
    const options = { delimiter: separator, relax_column_count: true, info: true, skip_empty_lines: true }
    // The library's types know `info` for records of named columns only.
    const records = parse(text, options) as unknown as readonly Parsed[]
    return records.map(({ record, info }) => ({
      line: info.lines - record.join('').split('\n').length + 1,
      cells: record.map(cell => cell.trim()),
    }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1
    throw new Malformed(line, '', `CSV 引号不成对 (${error.code})`, `the quotes of the CSV do not pair (${error.code})`)
  }
}

/** The first line that is no text by itself; the whole where each is. */
function lineOfBadByte(bytes: Buffer, encoding: ResultLayout['encoding']): number {
  const lines = bytes.toString('latin1').split('\n')
  const bad = lines.findIndex(line => {
    try {
      decode(Buffer.from(line, 'latin1'), encoding === 'utf-8-bom' ? 'utf-8' : encoding)
      return false
    } catch {
      return true
    }
  })
  return bad + 1
}

function workbookRows(bytes: Buffer, { sheet }: ResultLayout): readonly Row[] {
  requireBounded(bytes)
  let found: WorkSheet | undefined
  try {
    const book = library().read(bytes, { type: 'buffer', dense: true, cellFormula: false, cellHTML: false })
    found = book.Sheets[sheet === '' ? (book.SheetNames[0] ?? '') : sheet]
  } catch {
    throw new Malformed(1, '', '不是 Excel 工作簿，或已损坏、有密码', 'not a workbook, or damaged, or with a password')
  }
  if (!found) throw new Malformed(1, '', `没有工作表「${sheet}」`, `there is no sheet 「${sheet}」`)
  return (found['!data'] ?? []).map((cells, index) => ({
    line: index + 1,
    cells: Array.from(cells ?? [], (cell, at) => cellText(cell, index + 1, at)),
  }))
}

/** A number is its own decimal digits, as long as a spreadsheet has kept them all. */
function cellText(cell: { readonly t?: string; readonly v?: unknown } | undefined, line: number, at: number): string {
  if (cell?.v === undefined || cell.v === null) return ''
  if (typeof cell.v === 'string') return cell.v.trim()
  const text = typeof cell.v === 'number' ? String(cell.v) : ''
  if (/^-?\d{1,15}(\.\d+)?$/.test(text)) return text
  const column = library().utils.encode_col(at)
  throw new Malformed(line, column, '单元格不是文本，数字可能已失真', 'the cell is no text, its digits may be lost')
}

function requireBounded(bytes: Buffer): void {
  let unpacked = 0
  try {
    unzipSync(bytes, {
      filter: ({ originalSize }) => {
        unpacked += originalSize
        return false
      },
    })
  } catch {
    throw new Malformed(1, '', '不是 xlsx 工作簿', 'not an xlsx workbook')
  }
  if (unpacked > MAX_UNPACKED_BYTES) throw new Malformed(1, '', '工作簿过大', 'the workbook is too large')
}
