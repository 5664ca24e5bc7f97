// A CSV reader and writer of the cashier's own, in GBK: the gateway uses a library, and a website that read with the same library would
// share its mistakes.

import { decodeGbk, encodeGbk } from '../engine/charset'

/** Rows by title, or null when it is no such table. */
export function readTable(bytes: Buffer): readonly Readonly<Record<string, string>>[] | null {
  const text = decodeGbk(bytes)
  const rows = text === null ? null : rowsOf(text)
  const [titles, ...rest] = rows ?? []
  if (!titles || rest.some(cells => cells.length !== titles.length)) return null
  return rest.map(cells => Object.fromEntries(titles.map((title, index) => [title, cells[index] ?? ''])))
}

function rowsOf(text: string): readonly (readonly string[])[] | null {
  const rows: string[][] = [[]]
  let at = 0
  while (at < text.length) {
    const found = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y
    found.lastIndex = at
    const match = found.exec(text)
    if (!match) return null
    const [whole, quoted, plain = '', end] = match
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    at += whole.length
    if (end === '\r\n' && at < text.length) rows.push([])
    if (end === '' && at < text.length) return null
  }
  return rows
}

export function writeTable(rows: readonly (readonly string[])[]): Buffer {
  const cell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  return encodeGbk(rows.map(cells => `${cells.map(cell).join(',')}\r\n`).join(''))
}
