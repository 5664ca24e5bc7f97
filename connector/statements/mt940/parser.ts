// MT940 and MT942: fields from lines, statements from fields. With or without the SWIFT envelope, many messages a file,
// and what banks leave out. Unknown fields are passed over; a statement line that cannot be read stops the file.

import type { ParserContext } from '../ledger'
import { StatementFileError, type TextParser } from '../model'
import { MAX_FIELD_CHARS, MAX_ROWS, tooLong } from '../text'
import { createLines } from './lines'
import { createMessages } from './messages'

/** `:61:`, `:60F:`, `:NS:` (Volksbanken), `:940:` (Rabobank). */
const MAX_TAG = 4

export function createMt940Parser(context: ParserContext): TextParser {
  const messages = createMessages(context)
  let field: { tag: string; rows: string[]; line: number; chars: number } | null = null
  const endField = (): void => {
    if (field !== null) messages.field(field.tag, field.rows, field.line)
    field = null
  }
  /** The line of a `-` inside a field of text, while it is open whether it ended the message or was text. */
  let dash: number | null = null
  const settleDash = (isText: boolean): void => {
    const line = dash
    dash = null
    if (line === null) return
    if (isText) field?.rows.push('-')
    else {
      endField()
      messages.endOfMessage(line)
    }
  }
  const take = (raw: string, line: number): void => {
    const row = withoutIndent(withoutControls(raw))
    const tag = fieldTag(field, row)
    if (dash !== null) {
      if (row.trim() === '') return
      settleDash(tag === null && !row.startsWith('{') && !isHeader(row) && !isEnd(row))
    }
    if (tag !== null) {
      endField()
      field = { tag, rows: [row.slice(tag.length + 2)], line, chars: row.length }
    } else if (isHeader(row)) {
      endField()
      header(row.replace('$', ''), line)
    } else if (isDash(row) && field !== null && MAY_GO_ON.has(field.tag)) {
      dash = line
    } else if (isEnd(row)) {
      endField()
      messages.endOfMessage(line)
      const next = row.indexOf('{1:')
      if (next >= 0) header(row.slice(next), line)
    } else if (field !== null) {
      field.rows.push(row)
      field.chars += row.length
      if (field.chars > MAX_FIELD_CHARS || field.rows.length > MAX_ROWS) throw tooLong(field.line, `:${field.tag}:`)
    }
  }
  /** Blocks 1 to 3; the text may begin on the same line. */
  const header = (row: string, line: number): void => {
    messages.header(row, line)
    const text = row.indexOf('{4:')
    if (text >= 0 && row.length > text + 3) take(row.slice(text + 3), line)
  }
  const lines = createLines(take)
  return {
    push: text => lines.push(text),
    end() {
      lines.end()
      settleDash(false)
      endField()
      if (messages.end() === 0) throw noStatement()
      context.warn.finish()
    },
  }
}

/** Two digits and perhaps a letter, three digits, or NS; null for anything else. */
function tagOf(row: string): string | null {
  if (row.charCodeAt(0) !== 58) return null
  const end = row.charCodeAt(3) === 58 ? 3 : row.charCodeAt(4) === 58 ? MAX_TAG : -1
  if (end < 0) return null
  // Nearly every tag is one of these: they are told without a text of their own.
  if (end === 3 && row.startsWith('61', 1)) return '61'
  if (end === 3 && row.startsWith('86', 1)) return '86'
  const tag = row.slice(1, end)
  return TAG.test(tag) ? tag : null
}

/** Null where the row belongs to a field 86, though it looks like a field. */
function fieldTag(
  field: { readonly tag: string; readonly rows: readonly string[] } | null,
  row: string,
): string | null {
  const tag = tagOf(row)
  if (tag === null || field?.tag !== '86' || tag === '61') return tag
  const isText = (tag.length === 2 && !PLAIN.has(tag)) || isRestOfTime(field.rows, row)
  return isText ? null : tag
}

/** Fields of two digits that a statement has, with NS: after a field 86 any other number is text. */
const PLAIN: ReadonlySet<string> = new Set('13 20 21 25 28 60 62 64 65 86 NS'.split(' '))

/** `:12:11` below a full row that ends in `T13` or ` 13` is the rest of a time of day, though it looks like a field. */
function isRestOfTime(rows: readonly string[], row: string): boolean {
  if (!REST_OF_TIME.test(row)) return false
  const above = rows.at(-1) ?? ''
  return above.length + (rows.length === 1 ? 4 : 0) >= FULL_ROW && /[^\d](?:[01]?\d|2[0-3])$/.test(above)
}

const REST_OF_TIME = /^:[0-5]\d:[0-5]\d(?!\d)/

/** SWIFT cuts field 86 after 65 characters; some banks count the tag in, or cut a little earlier. */
const FULL_ROW = 60

/** Text that may hold a line of nothing but a hyphen. */
const MAY_GO_ON: ReadonlySet<string> = new Set(['61', '86', 'NS'])

/** The envelope; `$` stands between the messages of a SWIFT file. */
function isHeader(row: string): boolean {
  const first = row.charCodeAt(0)
  return (first === 123 || first === 36) && /^\$?\{[1-5]:/.test(row)
}

const TAG = /^(?:\d\d[A-Z0-9]?|NS)$/

/** Looked at for every row that begins no field: most are told by their first character. */
function isDash(row: string): boolean {
  return (row.charCodeAt(0) === 45 || row.charCodeAt(0) === 32) && row.trim() === '-'
}

/** `-`, `-}`, and a line of `-XXX` (ING). A continuation may begin with a hyphen, so nothing else ends a message. */
function isEnd(row: string): boolean {
  if (row.charCodeAt(0) !== 45 && row.charCodeAt(0) !== 32) return false
  const text = row.trim()
  return text === '-' || text.startsWith('-}') || text === '-XXX'
}

/** A field may be set in from the margin; blanks at the start of any other row are the text's own. */
function withoutIndent(row: string): string {
  const first = row.charCodeAt(0)
  return (first === 32 || first === 9) && /^[ \t]+:(?:\d\d[A-Z]?):/.test(row) ? row.trimStart() : row
}

/** Transport leaves control characters (SOH, ETX) around messages, and files that were joined a byte order mark. */
function withoutControls(row: string): string {
  let from = 0
  while ((row.charCodeAt(from) < 32 && row.charCodeAt(from) !== 9) || row.charCodeAt(from) === 0xfeff) from++
  return from === 0 ? row : row.slice(from)
}

function noStatement(): StatementFileError {
  return new StatementFileError(
    'STATEMENT_ABSENT',
    '没有一份对账单：找不到 :20:、:25:、:60F: 等域 / no statement: fields :20:, :25:, :60F: are not there',
    { line: 1 },
  )
}
