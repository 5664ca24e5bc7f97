// Workbooks (.xlsx, and .xls since Excel 97) within stated bounds, which are checked before anything is unpacked. They
// are held in memory; formulas are not calculated, macros and links not read.

import { createHash } from 'node:crypto'
import type * as Library from '@e965/xlsx'
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx'
import { unzipSync, zipSync } from 'fflate'
import type { StatementSource } from '../charset'
import { createWarn, type Warn } from '../ledger'
import { StatementFileError, type StatementEvent } from '../model'
import { MAX_FIELD_CHARS, quoted } from '../text'
import { MAX_COLUMNS } from './layout'
import { createTable } from './table'
import { noTable } from './text-parser'
import type { WorkbookKind } from './workbook-kind'

/** Loaded with the first workbook: it takes more memory than all other formats together, and most files are none. */
function library(): typeof Library {
  const loaded: typeof Library = require('@e965/xlsx')
  return loaded
}

/** A year's export of a busy account has some megabytes. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024

/** Of the parts that are read: some ten times the size of a large export. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024

export const MAX_SHEET_ROWS = 100_000

const MAX_PARTS = 1000

const MAX_SHEETS = 50

/** The events of a workbook, some at a time. Throws StatementFileError. */
export async function* parseWorkbook(
  source: StatementSource,
  kind: WorkbookKind,
): AsyncGenerator<readonly StatementEvent[], void, void> {
  const bytes = await held(source)
  const book = openBook(bytes, kind)
  // What the text inside is in: XML parts are UTF-8, BIFF8 strings UTF-16.
  yield [{ kind: 'file', format: kind, encoding: kind === 'xlsx' ? 'utf-8' : 'utf-16le' }]
  let told: StatementEvent[] = []
  const warn = createWarn(event => void told.push(event))
  const seen = new Map<string, string>()
  if (book.SheetNames.length > MAX_SHEETS)
    throw tooLarge(`工作簿超过 ${MAX_SHEETS} 个工作表`, `the workbook has more than ${MAX_SHEETS} sheets`)
  for (const name of book.SheetNames) {
    told = []
    const events = sheetEvents(book, name, kind, warn)
    const { statements, fault } = events
    const digest = digestOf(statements)
    const twin = statements.length > 0 && digest !== null ? seen.get(digest) : undefined
    if (digest !== null) seen.set(digest, twin ?? name)
    if (twin === undefined) yield [...statements, ...told]
    else yield [repeated(name, twin)]
    if (fault !== null) throw fault
  }
  if (seen.size === 0) throw noTable()
  told = []
  warn.finish()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  yield [...told, { kind: 'digest', sha256, bytes: bytes.length }]
}

type SheetEvents = { readonly statements: readonly StatementEvent[]; readonly fault: StatementFileError | null }

/** A sheet's statements; none where it has no heading. What a fault left of them is given all the same. */
function sheetEvents(book: WorkBook, name: string, kind: WorkbookKind, warn: Warn): SheetEvents {
  const statements: StatementEvent[] = []
  const sheet = book.Sheets[name]
  if (!sheet) return { statements, fault: null }
  const is1904 = book.Workbook?.WBProps?.date1904 === true
  const context = { format: kind, emit: (event: StatementEvent) => void statements.push(event), warn }
  const table = createTable(context, { title: `${name}\n`, serialShift: is1904 ? 1462 : 0 })
  try {
    for (const [index, cells] of rowsOf(sheet, is1904)) table.row({ line: index + 1, cells })
    table.end()
    return { statements, fault: null }
  } catch (error) {
    if (error instanceof StatementFileError) return { statements, fault: error }
    throw error
  }
}

/** The same entries of the same account; null: no statement. */
function digestOf(events: readonly StatementEvent[]): string | null {
  if (events.length === 0) return null
  const digest = createHash('sha256')
  for (const event of events) if (event.kind !== 'statement') digest.update(JSON.stringify({ ...event, line: 0 }))
  return digest.digest('hex')
}

/** A copy of a sheet would double every entry of it. */
function repeated(name: string, twin: string): StatementEvent {
  const [copy, first] = [quoted(name), quoted(twin)]
  const text = `工作表 ${copy} 与 ${first} 内容相同，只读一次 / sheet ${copy} says the same as ${first} and is read once`
  return { kind: 'problem', problem: { severity: 'warning', line: null, code: 'ROWS_SKIPPED', text } }
}

async function held(source: StatementSource): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of source.open()) {
    length += piece.length
    if (length > MAX_FILE_BYTES)
      throw tooLarge(`文件超过 ${MAX_FILE_BYTES} 字节`, `the file has more than ${MAX_FILE_BYTES} bytes`)
    pieces.push(Buffer.from(piece))
  }
  return Buffer.concat(pieces)
}

function openBook(bytes: Buffer, kind: WorkbookKind): WorkBook {
  const content = kind === 'xlsx' ? checkedParts(bytes) : bytes
  if (kind === 'xls' && !isWhole(bytes)) throw cutOff()
  try {
    return library().read(content, {
      type: 'buffer',
      dense: true,
      cellFormula: false,
      cellHTML: false,
      cellText: false,
      cellNF: true,
      cellDates: false,
      sheetRows: MAX_SHEET_ROWS + 1,
    })
  } catch (error) {
    throw unreadable(error)
  }
}

/** Records of BIFF8: where a part of the workbook begins and ends, and a sheet in the list of sheets. */
const [BOF, EOF, BOUNDSHEET] = [0x0809, 0x000a, 0x0085]

/** Whether every sheet that is announced is there to its end: the library reads what it finds of a file cut off. */
function isWhole(bytes: Buffer): boolean {
  let stream: Uint8Array
  try {
    const { CFB } = library()
    const file = CFB.read(bytes, { type: 'buffer' })
    const found = CFB.find(file, 'Workbook') ?? CFB.find(file, 'Book')
    // Encrypted and foreign files have their own message.
    if (!found) return true
    if (found.content.length < found.size) return false
    stream = Uint8Array.from(found.content)
  } catch (error) {
    throw unreadable(error)
  }
  const view = new DataView(stream.buffer)
  let [begun, ended, announced] = [0, 0, 0]
  for (let at = 0; at + 4 <= stream.length; at += 4 + view.getUint16(at + 2, true)) {
    const type = view.getUint16(at, true)
    if (type === BOF) begun++
    else if (type === EOF) ended++
    else if (type === BOUNDSHEET) announced++
  }
  return begun === ended && begun > announced
}

function cutOff(): StatementFileError {
  return new StatementFileError(
    'STATEMENT_BROKEN',
    '工作簿不完整，可能被截断；请重新导出 / the workbook is not whole, it may be cut off: export it again',
    {},
  )
}

/**
 * The parts that hold cells, unpacked and packed anew without compression: what the directory declares is added up
 * before, and no part can grow beyond what it declares.
 */
function checkedParts(bytes: Buffer): Buffer {
  let [count, total] = [0, 0]
  const isKept = (name: string, size: number): boolean => {
    if (++count > MAX_PARTS) throw tooLarge(`压缩包里超过 ${MAX_PARTS} 个文件`, `more than ${MAX_PARTS} parts`)
    if (!isCellPart(name)) return false
    total += size
    if (total > MAX_UNPACKED_BYTES)
      throw tooLarge(`解压后超过 ${MAX_UNPACKED_BYTES} 字节`, `unpacked it has more than ${MAX_UNPACKED_BYTES} bytes`)
    return true
  }
  let parts: Record<string, Uint8Array>
  try {
    parts = unzipSync(bytes, { filter: file => isKept(file.name, file.originalSize) })
  } catch (error) {
    throw error instanceof StatementFileError ? error : unreadable(error)
  }
  if (!Object.keys(parts).some(name => /workbook\.xml$/i.test(name))) throw noWorkbook()
  return Buffer.from(zipSync(parts, { level: 0 }))
}

function isCellPart(name: string): boolean {
  return (
    /^(?:\[Content_Types\]\.xml|_rels[\\/].*\.rels|xl[\\/].*\.(?:xml|rels))$/i.test(name) &&
    !/(?:drawings|theme|media|charts|comments|printerSettings|externalLinks|pivot|queryTables|customXml)/i.test(name)
  )
}

/** The rows that are there, by index. */
function* rowsOf(sheet: WorkSheet, is1904: boolean): Generator<readonly [index: number, cells: readonly string[]]> {
  const data: unknown = sheet['!data']
  if (!Array.isArray(data)) return
  for (const [index, row] of (data as readonly (readonly CellObject[] | undefined)[]).entries()) {
    if (index >= MAX_SHEET_ROWS)
      throw tooLarge(`工作表超过 ${MAX_SHEET_ROWS} 行`, `a sheet has more than ${MAX_SHEET_ROWS} rows`)
    if (!row) continue
    const width = Math.min(row.length, MAX_COLUMNS)
    yield [index, Array.from({ length: width }, (_, column) => textOf(row[column], is1904))]
  }
}

function textOf(cell: CellObject | undefined, is1904: boolean): string {
  if (cell === undefined || cell.v === undefined || cell.v === null) return ''
  if (cell.t === 's') return String(cell.v).slice(0, MAX_FIELD_CHARS)
  // An amount that a formula could not work out is not blank, and not zero.
  if (cell.t === 'e') return '#ERROR'
  if (cell.t !== 'n' || typeof cell.v !== 'number') return ''
  const isDay = typeof cell.z === 'string' && library().SSF.is_date(cell.z)
  return isDay ? dayText(cell.v, is1904) : numberText(cell.v)
}

/** `yyyy-MM-dd HH:mm:ss`, as the cell shows it whatever its format. */
function dayText(serial: number, is1904: boolean): string {
  const parts = library().SSF.parse_date_code(serial, { date1904: is1904 })
  if (!parts) return numberText(serial)
  const two = (part: number): string => String(part).padStart(2, '0')
  const time = `${two(parts.H)}:${two(parts.M)}:${two(Math.floor(parts.S))}`
  return serial < 1 ? time : `${parts.y}-${two(parts.m)}-${two(parts.d)} ${time}`
}

/**
 * A workbook keeps numbers as binary fractions and shows fifteen digits of them: those are the amount that was written.
 * A longer number that was typed in has zeros for the rest, and shows as cut; any other was written whole by a program.
 */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (Number.isSafeInteger(value) && value % 10 !== 0) return String(value)
  if (Math.abs(value) >= 1e15) return value.toExponential(14).replace(/\.?0*e/, 'E')
  return String(Number(value.toPrecision(15)))
}

function tooLarge(zh: string, en: string): StatementFileError {
  return new StatementFileError(
    'STATEMENT_TOO_LARGE',
    `${zh}；请分段导出，或导出 CSV / ${en}: export fewer days, or CSV`,
    {},
  )
}

function noWorkbook(): StatementFileError {
  return new StatementFileError(
    'STATEMENT_FORMAT_UNKNOWN',
    '压缩包里没有工作簿；请先解压 / the zip file holds no workbook: unpack it first',
    { byte: 0 },
  )
}

function unreadable(error: unknown): StatementFileError {
  const reason = error instanceof Error ? error.message : String(error)
  if (/password|encrypt/i.test(reason))
    return new StatementFileError(
      'STATEMENT_BROKEN',
      '工作簿有密码；请去掉密码后再读 / the workbook has a password: remove it first',
      {},
    )
  return new StatementFileError(
    'STATEMENT_BROKEN',
    `工作簿读不出：${quoted(reason)} / the workbook cannot be read: ${quoted(reason)}`,
    {},
  )
}
