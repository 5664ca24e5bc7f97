// Reads a ledger's bank-deposit journal from CSV: `id,date,amount,reference,counterparty,text`, in any order of columns, with
// commas, semicolons or tabs. A row that cannot be read stops the reading with its line: a ledger with a hole in it would
// show differences that are none.

import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { parseAmount } from '../core/money'
import type { LedgerSide } from '../core/match/sides'
import { chooseCharset, type StatementSource } from './charset'
import { createDecode } from './decode'
import { dayIn, plainAmount, unguarded } from './ledger-values'

export class LedgerFileError extends Error {
  readonly code: 'LEDGER_HEADER' | 'LEDGER_ROW' | 'LEDGER_DUPLICATE'
  /** Line of the file, from 1, or null. */
  readonly line: number | null
  constructor(code: LedgerFileError['code'], line: number | null, text: string) {
    super(text)
    this.name = 'LedgerFileError'
    this.code = code
    this.line = line
  }
}

type Column = 'id' | 'date' | 'amount' | 'reference' | 'counterparty' | 'text'

/** As the columns may be headed. */
const NAMES: Readonly<Record<Column, readonly string[]>> = {
  id: ['id', '编号', '序号', '行号'],
  date: ['date', '日期', '记账日期', '凭证日期'],
  amount: ['amount', '金额'],
  reference: ['reference', '参考号', '结算号', '票号'],
  counterparty: ['counterparty', '对方', '对方户名', '对方单位'],
  text: ['text', '摘要'],
}
const REQUIRED: readonly Column[] = ['id', 'date', 'amount']

/** Longest record: a quote that is never closed must not swallow the file. */
const RECORD_MAX_CHARS = 1_000_000

/**
 * The rows, amounts in minor units of `currency`. Throws LedgerFileError naming the line, or StatementFileError when the
 * charset cannot be told.
 */
export async function* readLedgerCsv(
  source: StatementSource,
  currency: string,
): AsyncGenerator<LedgerSide, void, void> {
  const { text, delimiter } = await withDelimiter(decoded(source))
  const records = Readable.from(text).pipe(
    parse({
      delimiter,
      // Named, for the first one is not always the file's only one: a line of another ending would be lost in its neighbour.
      record_delimiter: ['\r\n', '\n', '\r'],
      info: true,
      relax_column_count: true,
      // A name with quotes in it, written without care; a quote that begins a field must still end.
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: RECORD_MAX_CHARS,
    }),
  )
  let header: readonly string[] | null = null
  let columns: ReadonlyMap<Column, number> = new Map()
  const ids = new Set<string>()
  try {
    for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (record.every(cell => cell === '')) continue
      if (header === null) {
        header = record
        columns = columnsOf(record)
        continue
      }
      refuseSplit(record, header, columns, info.lines)
      const row = rowOf(record, columns, info.lines, currency)
      if (ids.has(row.id))
        throw new LedgerFileError(
          'LEDGER_DUPLICATE',
          info.lines,
          `第 ${info.lines} 行：编号 ${row.id} 重复 / id ${row.id} stands twice`,
        )
      ids.add(row.id)
      yield row
    }
  } catch (error) {
    throw csvError(error)
  }
  if (header === null) throw new LedgerFileError('LEDGER_HEADER', 1, '文件为空 / the file is empty')
}

async function* decoded(source: StatementSource): AsyncGenerator<string, void, void> {
  const { encoding } = await chooseCharset(source, null)
  const decode = createDecode(encoding)
  for await (const piece of source.open())
    yield decode.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
  yield decode.end()
}

const HEAD_MAX_CHARS = 65_536

/** By the header alone: what separates most names there. `sep=;` of a spreadsheet says it itself and is no header. */
async function withDelimiter(
  pieces: AsyncGenerator<string, void, void>,
): Promise<{ readonly text: AsyncIterable<string>; readonly delimiter: string }> {
  let head = ''
  while (!/\S[^\r\n]*[\r\n]/.test(head) && head.length < HEAD_MAX_CHARS) {
    const next = await pieces.next()
    if (next.done === true) break
    head += next.value
  }
  const start = head.replace(/^\uFEFF/, '')
  const [, said] = /^sep=(.)[ \t]*(?:\r\n|[\r\n])/i.exec(start) ?? []
  const rest = said === undefined ? start : start.replace(/^[^\r\n]*(?:\r\n|[\r\n])/, '')
  const [line = ''] = /\S[^\r\n]*/.exec(rest) ?? []
  const count = (mark: string): number => line.split(mark).length
  const most = [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0] ?? ','
  async function* text(): AsyncGenerator<string, void, void> {
    yield rest
    yield* pieces
  }
  return { text: text(), delimiter: said ?? most }
}

/** An amount that was written as `1,234.56` without quotes falls apart: it must not be read as 1. */
function refuseSplit(
  record: readonly string[],
  header: readonly string[],
  columns: ReadonlyMap<Column, number>,
  line: number,
): void {
  const amount = columns.get('amount') ?? 0
  const isSplit = /^\D?\d{1,3}$/.test(record[amount] ?? '') && /^\d{3}(\.\d+)?$/.test(record[amount + 1] ?? '')
  const isLong = record.slice(header.length).some(cell => cell !== '')
  if (isLong || (isSplit && record.length !== header.length))
    throw new LedgerFileError(
      'LEDGER_ROW',
      line,
      `第 ${line} 行：列数与首行不符，含分隔符的内容须加引号 / line ${line}: not the columns of the first line; what holds a separator must be quoted`,
    )
}

function columnsOf(header: readonly string[]): ReadonlyMap<Column, number> {
  const heads = header.map(head => head.trim().toLowerCase())
  const columns = new Map<Column, number>()
  for (const [column, names] of Object.entries(NAMES) as [Column, readonly string[]][]) {
    const index = heads.findIndex(head => names.includes(head))
    if (index >= 0) columns.set(column, index)
  }
  const missing = REQUIRED.filter(column => !columns.has(column))
  if (missing.length === 0) return columns
  throw new LedgerFileError(
    'LEDGER_HEADER',
    1,
    `首行须有列名 id,date,amount,reference,counterparty,text，缺少 ${missing.join('、')} / the first line must name the columns; missing: ${missing.join(', ')}`,
  )
}

function rowOf(
  record: readonly string[],
  columns: ReadonlyMap<Column, number>,
  line: number,
  currency: string,
): LedgerSide {
  const at = (column: Column): string => unguarded(record[columns.get(column) ?? -1] ?? '')
  const id = at('id')
  const date = dayIn(at('date'))
  const amount = parseAmount(plainAmount(at('amount'), currency), currency)
  if (id === '') throw new LedgerFileError('LEDGER_ROW', line, `第 ${line} 行：缺少编号 id / line ${line}: no id`)
  if (date === null)
    throw new LedgerFileError(
      'LEDGER_ROW',
      line,
      `第 ${line} 行：日期「${at('date')}」应为 yyyy-MM-dd / line ${line}: the date is not yyyy-MM-dd`,
    )
  if (typeof amount === 'string')
    throw new LedgerFileError(
      'LEDGER_ROW',
      line,
      `第 ${line} 行：金额「${at('amount')}」无法识别（${amount}）/ line ${line}: the amount cannot be read (${amount})`,
    )
  return {
    id,
    date,
    minor: amount.minor,
    reference: at('reference'),
    counterparty: at('counterparty'),
    text: at('text'),
    entryKey: null,
  }
}

function csvError(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error
  const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : null
  return new LedgerFileError('LEDGER_ROW', line, `CSV 格式错误 / not well-formed CSV: ${error.message}`)
}
