// Bank exports in text: separated values, and tables of HTML or XML under a spreadsheet's name. Which separator it is
// shows in the heading: the one under which most columns are known.

import type { ParserContext } from '../ledger'
import { StatementFileError, type TextParser } from '../model'
import type { Row } from './cells'
import { createCsvReader, type RowReader, type Separator } from './csv'
import { createHtmlReader } from './html'
import { layoutOf, NEEDED } from './layout'
import { createTable, MAX_PREAMBLE_ROWS } from './table'

const SEPARATORS: readonly Separator[] = [',', '\t', ';', '|']

/** The first characters of a page or an XML spreadsheet: its table may stand behind more style than is looked at. */
export function isHtmlTable(head: string): boolean {
  const isPage = /^\s*<(?:!doctype\s+html|html|head|meta|style|body|table|div|center)\b/i.test(head)
  return isPage || (/^\s*<[?!a-z]/i.test(head) && /<(?:\w{1,10}:)?(?:table|tr|workbook)[\s>]/i.test(head))
}

export function isSeparatedTable(head: string): boolean {
  return separatorOf(head) !== null
}

/** Null: under no separator is there a heading that is a statement's. */
function separatorOf(head: string): Separator | null {
  const found = SEPARATORS.map(separator => ({ separator, columns: columnsUnder(head, separator) }))
  const best = found.toSorted((a, b) => b.columns - a.columns)[0]
  return best && best.columns > 0 ? best.separator : null
}

function columnsUnder(head: string, separator: Separator): number {
  const rows: Row[] = []
  const reader = createCsvReader(separator, row => void (rows.length <= MAX_PREAMBLE_ROWS && rows.push(row)))
  try {
    reader.push(head)
    reader.end()
  } catch (error) {
    // What is wrong below the heading is told when the file is read.
    if (!(error instanceof StatementFileError)) throw error
  }
  let title = ''
  for (const [index, row] of rows.entries()) {
    const layout = layoutOf(row.cells, rows[index + 1]?.cells ?? null, title)
    if (layout) return [...layout.columns.values()].flat().length
    title += row.cells.join(' ').slice(0, 500)
  }
  return 0
}

export function createSeparatedParser(context: ParserContext): TextParser {
  return tableParser(context, (head, onRow) => createCsvReader(separatorOf(head) ?? ',', onRow))
}

export function createHtmlParser(context: ParserContext): TextParser {
  return tableParser(context, (_head, onRow) => createHtmlReader(onRow))
}

/** The first piece is the head that the format was seen in. */
function tableParser(context: ParserContext, open: (head: string, onRow: (row: Row) => void) => RowReader): TextParser {
  const table = createTable(context, { title: '', serialShift: 0 })
  let reader: RowReader | null = null
  return {
    push(text) {
      reader ??= open(text, row => table.row(row))
      reader.push(text)
    },
    end() {
      reader?.end()
      if (!table.end()) throw noTable()
      context.warn.finish()
    },
  }
}

/** Which columns were looked for and not found. */
export function noTable(): StatementFileError {
  return new StatementFileError(
    'STATEMENT_FORMAT_UNKNOWN',
    `没有找到流水表头；需要的列：${NEEDED} / no heading of a statement was found; columns looked for: ${NEEDED}`,
    { line: 1 },
  )
}
