// Small things about text that every format needs: placeholders that mean nothing, limits, a short quotation.

import { StatementFileError } from './model'

/** One field of any format: a bank's longest text is some kilobytes. Beyond this a file is hostile or not a statement. */
export const MAX_FIELD_CHARS = 262_144

/** Rows of one field: a field 86 has six by SWIFT, some banks write dozens. */
export const MAX_ROWS = 2000

/** What banks write where there is no reference. */
const PLACEHOLDERS = new Set([
  'NONREF',
  'NOTPROVIDED',
  'NOT PROVIDED',
  'NOTAVAILABLE',
  'NOT AVAILABLE',
  'NOREF',
  'NO REF',
  'NICHT ANGEGEBEN',
])

/** Trimmed, and null when empty. */
export function cleaned(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === '') return null
  const trimmed = trim(text)
  return trimmed === '' ? null : trimmed
}

/** As `text.trim()`; most texts begin and end with a visible ASCII character and are given back as they are. */
export function trim(text: string): string {
  return isVisible(text.charCodeAt(0)) && isVisible(text.charCodeAt(text.length - 1)) ? text : text.trim()
}

function isVisible(code: number): boolean {
  return code > 32 && code < 127
}

/** As `cleaned`, and null for a placeholder. */
export function referenceOf(text: string | null | undefined): string | null {
  const trimmed = cleaned(text)
  if (trimmed === null) return null
  // All placeholders begin with N: most references need no second look.
  const first = trimmed.charCodeAt(0) | 32
  if (first !== 110) return trimmed
  return trimmed === 'NONREF' || PLACEHOLDERS.has(trimmed.toUpperCase()) ? null : trimmed
}

/** What a message shows of a bad value. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

export function tooLong(line: number, element: string | null): StatementFileError {
  return new StatementFileError(
    'STATEMENT_TOO_LARGE',
    `字段超过 ${MAX_FIELD_CHARS} 个字符，不像对账单 / a field is longer than ${MAX_FIELD_CHARS} characters: not a statement`,
    { line, element },
  )
}
