// Separated values as Chinese banks write them, in pieces of any size: blanks and tabs behind a closing quote, quotes
// inside a field, rows of any length. RFC 4180 readers refuse these or join their rows: a quote that is never closed
// must not swallow the rows below it.

import { StatementFileError } from '../model'
import { MAX_FIELD_CHARS, tooLong } from '../text'
import { MAX_COLUMNS } from './layout'
import type { Row } from './cells'

export type Separator = ',' | '\t' | ';' | '|'

export type RowReader = { push(text: string): void; end(): void }

/** Lines that one quoted field may have: an address or a remark, not a table. */
const MAX_QUOTED_LINES = 20

/** Rows are handed on as their last line is read. Throws StatementFileError. */
export function createCsvReader(separator: Separator, onRow: (row: Row) => void): RowReader {
  let rest = ''
  let line = 0
  /** A row whose quoted field goes on: its lines so far. */
  let open: { readonly text: string; readonly line: number; readonly count: number } | null = null
  const take = (text: string): void => {
    line++
    const whole: string = open === null ? text : `${open.text}\n${text}`
    if (whole.length > MAX_FIELD_CHARS) throw tooLong(line, null)
    if (open !== null && looksLikeRow(text, separator)) throw unclosed(open.line)
    const cells = whole.includes('"') ? splitQuoted(whole, separator) : splitPlain(whole, separator)
    const first: number = open?.line ?? line
    const count: number = (open?.count ?? 0) + 1
    open = cells === null ? { text: whole, line: first, count } : null
    if (count > MAX_QUOTED_LINES) throw unclosed(first)
    if (cells !== null) onRow({ line: first, cells })
  }
  return {
    push(text) {
      rest += text
      let from = 0
      for (let at = nextBreak(rest, 0); at >= 0; at = nextBreak(rest, from)) {
        // A carriage return at the end may be half of a line break.
        if (at === rest.length - 1 && rest.charCodeAt(at) === 13) break
        take(rest.slice(from, at))
        from = at + (rest.charCodeAt(at) === 13 && rest.charCodeAt(at + 1) === 10 ? 2 : 1)
      }
      rest = rest.slice(from)
      if (rest.length > MAX_FIELD_CHARS) throw tooLong(line + 1, null)
    },
    end() {
      if (rest !== '') take(rest.endsWith('\r') ? rest.slice(0, -1) : rest)
      rest = ''
      if (open !== null) throw unclosed(open.line)
    },
  }
}

function nextBreak(text: string, from: number): number {
  const feed = text.indexOf('\n', from)
  const upTo = feed < 0 ? text : text.slice(from, feed)
  const back = feed < 0 ? text.indexOf('\r', from) : upTo.indexOf('\r')
  if (back < 0) return feed
  return feed < 0 ? back : from + back
}

function splitPlain(text: string, separator: Separator): readonly string[] {
  const cells = text.split(separator, MAX_COLUMNS)
  return cells.length === 1 && cells[0] === '' ? [] : cells
}

/** The cells of a row, or null where its last quote is still open. */
function splitQuoted(text: string, separator: Separator): readonly string[] | null {
  const cells: string[] = []
  let at = 0
  while (at <= text.length && cells.length < MAX_COLUMNS) {
    const blank = skipBlanks(text, at, separator)
    const start = isKeptText(text, blank, separator) ? blank + 1 : blank
    const end = text.charAt(start) === '"' ? closingQuote(text, start + 1, separator) : start
    if (end === null) return null
    const isQuoted = end > start
    const next = text.indexOf(separator, isQuoted ? end + 1 : at)
    const stop = next < 0 ? text.length : next
    cells.push(isQuoted ? text.slice(start + 1, end).replaceAll('""', '"') : text.slice(at, stop))
    at = stop + 1
  }
  return cells
}

/** `="1,200.50"`: a separator inside would end the cell for who reads it by the letter, and cut the amount. */
function isKeptText(text: string, at: number, separator: Separator): boolean {
  if (!text.startsWith('="', at)) return false
  const end = text.indexOf('"', at + 2)
  const after = end < 0 ? -1 : skipBlanks(text, end + 1, separator)
  return after >= 0 && (after === text.length || text.charAt(after) === separator)
}

function skipBlanks(text: string, from: number, separator: Separator): number {
  let at = from
  while (at < text.length && (text.charAt(at) === ' ' || text.charAt(at) === '\t') && text.charAt(at) !== separator)
    at++
  return at
}

/** A quote closes where only blanks follow up to the separator or the end; any other stands for itself. */
function closingQuote(text: string, from: number, separator: Separator): number | null {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    if (text.charAt(at + 1) === '"') {
      const after = skipBlanks(text, at + 2, separator)
      const isEmptyEnd = at === from && (after === text.length || text.charAt(after) === separator)
      if (!isEmptyEnd) at++
      continue
    }
    const after = skipBlanks(text, at + 1, separator)
    if (after >= text.length || text.charAt(after) === separator) return at
  }
  return null
}

/** A line inside quotes that begins with a day and has the columns of a row. */
function looksLikeRow(text: string, separator: Separator): boolean {
  return /^["\s]{0,5}\d{4}[-/.年]?\d{1,2}/.test(text) && text.split(separator, 5).length > 3
}

function unclosed(line: number): StatementFileError {
  return new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    `第 ${line} 行的引号没有闭合 / a quote that line ${line} opens is never closed`,
    { line },
  )
}
