// Tables of HTML pages and of XML spreadsheets (2003), which banks like to call `.xls`: rows and cells of the text, in
// pieces of any size. Nothing is fetched, run or expanded but the five entities and character numbers.

import { StatementFileError } from '../model'
import { MAX_FIELD_CHARS, tooLong } from '../text'
import type { Row } from './cells'
import type { RowReader } from './csv'
import { MAX_COLUMNS } from './layout'

type State = {
  line: number
  cells: string[]
  /** Text of the cell under way; null: between cells. */
  cell: string | null
  /** The column of that cell. */
  target: number
  rowLine: number
  /** A cell that reaches down: how many more rows its column is taken in. */
  down: number[]
  /** The element whose content is no text. */
  silent: string | null
}

/** `onRow` gets every row with a cell; text outside of tables is a row of one cell. */
export function createHtmlReader(onRow: (row: Row) => void): RowReader {
  let rest = ''
  const state: State = { line: 1, cells: [], cell: null, target: 0, rowLine: 1, down: [], silent: null }
  return {
    push(text) {
      rest += text
      let from = 0
      for (let at = rest.indexOf('<', from); at >= 0; at = rest.indexOf('<', from)) {
        const isComment = rest.startsWith('<!--', at)
        const end = isComment ? commentEnd(rest, at + 4) : tagEnd(rest, at + 1)
        if (end < 0) break
        takeText(state, rest.slice(from, at))
        if (!isComment) takeTag(state, rest.slice(at + 1, end), onRow)
        state.line += breaksIn(rest.slice(from, end + 1))
        from = end + 1
      }
      rest = rest.slice(from)
      if (rest.length > MAX_FIELD_CHARS) throw tooLong(state.line, null)
    },
    end() {
      takeText(state, rest)
      flush(state, onRow)
    },
  }
}

function commentEnd(text: string, from: number): number {
  const at = text.indexOf('-->', from)
  return at < 0 ? -1 : at + 2
}

/** Attributes of a table's tags are short; looking further would cost more than it is worth. */
const MAX_TAG_CHARS = 4096

/** The `>` of a tag, past those in its quoted values; -1 while it is not there. */
function tagEnd(text: string, from: number): number {
  const plain = text.indexOf('>', from)
  if (plain < 0) return -1
  const quote = /["']/.exec(text.slice(from, plain))
  if (!quote) return plain
  const found = /^(?:[^"'>]|"[^"]*"|'[^']*')*>/.exec(text.slice(from, from + MAX_TAG_CHARS))
  return found ? from + found[0].length - 1 : plain
}

function takeText(state: State, text: string): void {
  if (state.silent !== null || state.cell === null || text === '') return
  if (state.cell.length + text.length > MAX_FIELD_CHARS) throw tooLong(state.line, null)
  state.cell += text
}

function takeTag(state: State, tag: string, onRow: (row: Row) => void): void {
  const [, slash = '', rawName = ''] = /^(\/?)(?:[\w-]+:)?([a-z][\w]*)/i.exec(tag) ?? []
  const name = rawName.toLowerCase()
  if (tag.startsWith('!') && /^!doctype[^>]*\[/i.test(tag)) throw doctype(state.line)
  if (state.silent !== null) {
    if (slash !== '' && name === state.silent) state.silent = null
    return
  }
  const isOpening = slash === '' && !tag.endsWith('/')
  if (/^(?:style|script|title|head|styles)$/.test(name)) {
    if (isOpening) state.silent = name
  } else if (name === 'br' && state.cell !== null) state.cell += ' '
  else if (/^(?:tr|row|table|worksheet)$/.test(name)) beginRow(state, onRow)
  else if (/^(?:td|th|cell)$/.test(name)) {
    closeCell(state)
    if (slash === '') openCell(state, tag, isOpening)
  }
}

function beginRow(state: State, onRow: (row: Row) => void): void {
  flush(state, onRow)
  state.rowLine = state.line
}

function flush(state: State, onRow: (row: Row) => void): void {
  closeCell(state)
  if (state.cells.length > 0) {
    onRow({ line: state.rowLine, cells: state.cells })
    state.down = state.down.map(rows => Math.max(0, rows - 1))
  }
  state.cells = []
}

function openCell(state: State, tag: string, hasContent: boolean): void {
  const index = numberOf(tag, /(?:^|\s)(?:ss:)?Index\s*=\s*["']?(\d{1,5})/i)
  const count = () => state.cells.length
  const skipTo = (to: number): void => {
    while (count() < Math.min(to, MAX_COLUMNS)) state.cells.push('')
  }
  if (index > 0) skipTo(index - 1)
  while (count() < MAX_COLUMNS && (state.down[count()] ?? 0) > 0) state.cells.push('')
  const columns = Math.max(
    numberOf(tag, /\bcolspan\s*=\s*["']?(\d{1,3})/i),
    1 + numberOf(tag, /MergeAcross\s*=\s*["']?(\d{1,3})/i),
  )
  const rows = Math.max(
    numberOf(tag, /\browspan\s*=\s*["']?(\d{1,5})/i),
    1 + numberOf(tag, /MergeDown\s*=\s*["']?(\d{1,5})/i),
  )
  const at = count()
  if (at >= MAX_COLUMNS) return
  for (let column = at; column < Math.min(at + columns, MAX_COLUMNS); column++) state.down[column] = rows > 1 ? rows : 0
  state.cell = ''
  state.cells.push('')
  skipTo(at + columns)
  state.target = at
  if (!hasContent) closeCell(state)
}

function closeCell(state: State): void {
  if (state.cell !== null) state.cells[state.target] = textOf(state.cell)
  state.cell = null
}

function numberOf(tag: string, pattern: RegExp): number {
  return Number.parseInt(pattern.exec(tag)?.[1] ?? '0', 10)
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  yen: '¥',
}

function textOf(raw: string): string {
  const text = raw.includes('&')
    ? raw.replaceAll(
        /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi,
        (all: string, decimal?: string, hex?: string, name?: string) =>
          name === undefined ? characterOf(decimal, hex) : (ENTITIES[name.toLowerCase()] ?? all),
      )
    : raw
  return text.replaceAll(/[\s\u00a0]+/g, ' ').trim()
}

function characterOf(decimal: string | undefined, hex: string | undefined): string {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number.parseInt(decimal, 10)
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

function breaksIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function doctype(line: number): StatementFileError {
  return new StatementFileError(
    'STATEMENT_BROKEN',
    '不接受带内部定义的 DOCTYPE / a DOCTYPE with definitions is refused',
    { line },
  )
}
