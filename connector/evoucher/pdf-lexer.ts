// One value of a PDF's syntax (ISO 32000-1, 7.3), within bounds. Strings are their bytes.

import { broken, tooLarge } from './problem'

export type PdfDict = ReadonlyMap<string, PdfValue>
export type PdfValue =
  | null
  | boolean
  | number
  | Buffer
  | { readonly name: string }
  | { readonly ref: number }
  | { readonly dict: PdfDict }
  | readonly PdfValue[]

/** Deeper than any real document, shallower than our stack. */
const MAX_DEPTH = 64
/** Characters of one file that are read as values, those of a value that is pointed to twice counted twice. */
export const MAX_WORK = 16 * 1024 * 1024
const MAX_STRING = 1024 * 1024

const SPACE: ReadonlySet<number> = new Set(codesOf('\0\t\n\f\r '))
const DELIMITER: ReadonlySet<number> = new Set(codesOf('\0\t\n\f\r ()<>[]{}/%'))

/** Shared by all lexers of a file, so that no arrangement of it takes more than its share of time. */
export type Work = { left: number }

export type Lexer = {
  /** @throws EvoucherError */
  value(): PdfValue
  position(): number
}

/** `text` is the file as latin1: a character a byte. */
export function createLexer(text: string, start: number, work: Work): Lexer {
  let at = start
  let counted = start
  const skip = (): void => {
    for (; at < text.length; at++) {
      if (text[at] === '%') at = endOfLine(text, at)
      else if (!SPACE.has(text.charCodeAt(at))) return
    }
  }
  const word = (): string => {
    const from = at
    while (at < text.length && !DELIMITER.has(text.charCodeAt(at))) at++
    return text.slice(from, at)
  }
  const read = (depth: number): PdfValue => {
    if (depth > MAX_DEPTH) throw tooLarge('PDF depth', MAX_DEPTH)
    work.left -= 1 + at - counted
    counted = at
    if (work.left < 0) throw tooLarge('PDF work', MAX_WORK)
    skip()
    const first = text[at]
    if (first === '/') {
      at++
      return {
        name: word().replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      }
    }
    if (first === '<' && text[at + 1] === '<') return readDict(depth)
    if (first === '<') return readHex()
    if (first === '(') return readString()
    if (first === '[') return readArray(depth)
    return readWord()
  }
  const readDict = (depth: number): PdfValue => {
    const dict = new Map<string, PdfValue>()
    at += 2
    for (;;) {
      skip()
      if (text.startsWith('>>', at)) {
        at += 2
        return { dict }
      }
      const key = read(depth + 1)
      if (typeof key !== 'object' || key === null || !('name' in key)) throw damaged()
      dict.set(key.name, read(depth + 1))
    }
  }
  const readArray = (depth: number): PdfValue => {
    const items: PdfValue[] = []
    at++
    for (;;) {
      skip()
      if (text[at] === ']') {
        at++
        return items
      }
      items.push(read(depth + 1))
    }
  }
  const readHex = (): PdfValue => {
    const from = at + 1
    const end = text.indexOf('>', at)
    // What was looked through is not looked through again: a scan goes on behind it.
    at = end < 0 ? text.length : end + 1
    if (end < 0 || end - from > MAX_STRING) throw damaged()
    const hex = text.slice(from, end).replace(/[\0\s]/g, '')
    return Buffer.from(hex.length % 2 === 1 ? `${hex}0` : hex, 'hex')
  }
  const readString = (): PdfValue => {
    const from = at + 1
    let [depth, raw] = [1, '']
    for (at++; ; at++) {
      const character = text[at]
      if (character === undefined || at - from > MAX_STRING) throw damaged()
      if (character === '\\') {
        const [piece, length] = escaped(text, at)
        raw += piece
        at += length - 1
        continue
      }
      if (character === '(') depth++
      else if (character === ')' && --depth === 0) break
      raw += character
    }
    at++
    return Buffer.from(raw, 'latin1')
  }
  const readWord = (): PdfValue => {
    const found = word()
    if (found === 'null') return null
    if (found === 'true' || found === 'false') return found === 'true'
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(found)) throw damaged()
    const reference = /^\d{1,8}$/.test(found)
      ? /^\s{1,20}\d{1,5}\s{1,20}R(?![A-Za-z])/.exec(text.slice(at, at + 48))
      : null
    if (reference === null) return Number(found)
    at += reference[0].length
    return { ref: Number(found) }
  }
  return { value: () => read(0), position: () => at }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** What an escape means, and how many characters it is long. */
function escaped(text: string, at: number): readonly [piece: string, length: number] {
  const octal = /^\\([0-7]{1,3})/.exec(text.slice(at, at + 4))
  if (octal) return [String.fromCharCode(Number.parseInt(octal[1] ?? '0', 8) & 255), octal[0].length]
  const next = text[at + 1] ?? ''
  if (next === '\r') return ['', text[at + 2] === '\n' ? 3 : 2]
  if (next === '\n') return ['', 2]
  return [ESCAPES[next] ?? next, 2]
}

function endOfLine(text: string, at: number): number {
  for (let end = at; end < text.length; end++) if (text[end] === '\n' || text[end] === '\r') return end
  return text.length
}

function damaged(): Error {
  return broken('PDF 对象已损坏', 'an object of the PDF is damaged')
}

function codesOf(characters: string): readonly number[] {
  return [...characters].map(character => character.charCodeAt(0))
}
