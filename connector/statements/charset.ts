// Which charset a file's bytes are in. Strict decoding first, what the file declares is verified, and what had to be
// assumed is said: silent mojibake is worse than a refusal.

import { isAscii, isUtf8 } from 'node:buffer'
import { StatementFileError, type ProblemCode } from './model'
import { gbEvidence, singleByteKind, startHighBytes, type HighBytes } from './high-bytes'

/**
 * Bytes that can be read more than once: a charset is chosen on the whole file before a character is decoded. A piece
 * need only be valid until the next one is asked for.
 */
export type StatementSource = { readonly name: string; open(): AsyncIterable<Uint8Array> }

export type Charset = {
  readonly encoding: string
  readonly problems: readonly { readonly code: ProblemCode; readonly text: string }[]
}

/** The beginning of a file, for its declaration and its format. */
export const HEAD_BYTES = 65_536

/** Where a truncated or misdeclared name would be found: a declaration stands in the first lines. */
const DECLARATION_CHARS = 1024

const UTF16_MARKS: readonly { readonly encoding: string; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
  // Without a mark: the first two characters of any statement are ASCII.
  { encoding: 'utf-16le', bytes: [-1, 0, -1, 0] },
  { encoding: 'utf-16be', bytes: [0, -1, 0, -1] },
]

/** Throws StatementFileError when the bytes are no text, or no charset reads them. `wanted` overrules the detection. */
export async function chooseCharset(source: StatementSource, wanted: string | null): Promise<Charset> {
  const seen = await survey(source, wanted)
  if (seen.bytes === 0) throw new StatementFileError('STATEMENT_ABSENT', '文件是空的 / the file is empty', { byte: 0 })
  if (wanted !== null) return { encoding: knownLabel(wanted), problems: [] }
  const wide = wideMark(seen.head)
  if (wide) return { encoding: wide.encoding, problems: [] }
  const declared = declaredIn(seen.head)
  if (seen.badAt === null) return whenUtf8(seen, declared)
  return whenNotUtf8(await highBytesOf(source), declared, seen.badAt)
}

function wideMark(head: Buffer): (typeof UTF16_MARKS)[number] | undefined {
  return UTF16_MARKS.find(mark =>
    mark.bytes.every((byte, index) => (byte === -1 ? (head[index] ?? 0) !== 0 : head[index] === byte)),
  )
}

type Survey = {
  bytes: number
  head: Buffer
  isPlain: boolean
  /** Offset of the first byte that is not UTF-8. */
  badAt: number | null
}

async function survey(source: StatementSource, wanted: string | null): Promise<Survey> {
  let hasZero = false
  const seen: Survey = { bytes: 0, head: Buffer.alloc(0), isPlain: true, badAt: null }
  let carry = Buffer.alloc(0)
  for await (const piece of source.open()) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    if (seen.head.length < HEAD_BYTES)
      seen.head = Buffer.concat([seen.head, chunk.subarray(0, HEAD_BYTES - seen.head.length)])
    const zero = hasZero ? -1 : chunk.indexOf(0)
    // A mark of UTF-16 stands in the first four bytes, and a piece may be one byte.
    if (zero >= 0 && seen.head.length >= 4) {
      if (wanted === null && !wideMark(seen.head)) throw binary(seen.bytes + zero)
      hasZero = true
    }
    if (seen.badAt === null && !(carry.length === 0 && isAscii(chunk))) {
      seen.isPlain = false
      const joined = carry.length === 0 ? chunk : Buffer.concat([carry, chunk])
      const end = wholeCharacters(joined)
      if (!isUtf8(joined.subarray(0, end))) seen.badAt = seen.bytes - carry.length + firstBad(joined.subarray(0, end))
      carry = Buffer.from(joined.subarray(end))
    }
    seen.bytes += chunk.length
  }
  if (seen.badAt === null && carry.length > 0) seen.badAt = seen.bytes - carry.length
  return seen
}

function whenUtf8(seen: Survey, declared: string | null): Charset {
  if (declared === null || declared === 'utf-8') return { encoding: 'utf-8', problems: [] }
  // Nothing but ASCII is the same in every charset that may be declared, but for UTF-16.
  if (seen.isPlain && !declared.startsWith('utf-16')) return { encoding: declared, problems: [] }
  return { encoding: 'utf-8', problems: [misdeclared(declared, 'utf-8')] }
}

function whenNotUtf8(high: HighBytes, declared: string | null, badAt: number): Charset {
  const evidence = gbEvidence(high)
  const single = singleByteKind(high)
  if (declared === 'gb18030' && evidence !== 'impossible') return { encoding: 'gb18030', problems: [] }
  if (declared !== null && declared !== 'utf-8' && declared !== 'gb18030' && evidence !== 'strong') {
    if (declared === 'iso-8859-1' && single === 'windows-1252')
      return { encoding: single, problems: [misdeclared(declared, single)] }
    return { encoding: declared, problems: [] }
  }
  const guess = evidence === 'strong' ? 'gb18030' : single
  if (guess === null) {
    throw new StatementFileError(
      'STATEMENT_ENCODING_UNKNOWN',
      `字节 ${badAt} 处不是 UTF-8、GB18030、Windows-1252 中的任何一种，请用 --encoding 指明 / byte ${badAt} fits neither UTF-8, GB18030 nor Windows-1252; name the charset with --encoding`,
      { byte: badAt },
    )
  }
  if (declared !== null) return { encoding: guess, problems: [misdeclared(declared, guess, badAt)] }
  if (guess === 'gb18030') return { encoding: guess, problems: [] }
  const text = `字节 ${badAt} 起不是 UTF-8，按 ${guess} 读取；如不对，请用 --encoding 指明 / not UTF-8 from byte ${badAt} on, read as ${guess}; if that is wrong, name the charset with --encoding`
  return { encoding: guess, problems: [{ code: 'ENCODING_ASSUMED', text }] }
}

function misdeclared(declared: string | null, real: string, badAt: number | null = null): Charset['problems'][number] {
  const where = badAt === null ? '' : `（字节 ${badAt} / byte ${badAt}）`
  const text = `文件声明 ${declared}，实际是 ${real}${where}，按实际读取 / the file declares ${declared} but is ${real}: read as what it is`
  return { code: 'ENCODING_MISDECLARED', text }
}

async function highBytesOf(source: StatementSource): Promise<HighBytes> {
  const high = startHighBytes()
  for await (const chunk of source.open()) high.feed(chunk)
  return high.finish()
}

/** The charset an XML declaration or an OFX header names, as one of our labels; null when none, or none we know. */
function declaredIn(head: Buffer): string | null {
  const text = head.toString('latin1', 0, DECLARATION_CHARS)
  const xml = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(text)?.[1]
  const ofx = /^OFXHEADER:/m.test(text) ? ofxCharset(text) : null
  const label = xml ?? ofx
  if (!label) return null
  try {
    return knownLabel(label)
  } catch {
    return null
  }
}

function ofxCharset(text: string): string | null {
  const encoding = /^ENCODING:\s*([\w-]+)/m.exec(text)?.[1] ?? ''
  const charset = /^CHARSET:\s*([\w-]+)/m.exec(text)?.[1] ?? ''
  if (/^(UTF-?8|UNICODE)$/i.test(encoding)) return 'utf-8'
  if (/^(NONE)?$/i.test(charset)) return null
  return /^\d{3,4}$/.test(charset) ? `windows-${charset}` : charset
}

function knownLabel(label: string): string {
  const lower = label.toLowerCase()
  if (/^(iso-?8859-?1|latin-?1|l1|us-ascii|ascii)$/.test(lower)) return 'iso-8859-1'
  if (/^(gb2312|gbk|gb18030|cp936|windows-936)$/.test(lower)) return 'gb18030'
  if (lower === 'utf-16') return 'utf-16le'
  const dos = /^(?:cp|ibm|dos)?-?(437|850|852|855|857|858|860|861|863|865|866)$/.exec(lower)?.[1]
  if (dos !== undefined) return `cp${dos}`
  try {
    return new TextDecoder(lower).encoding
  } catch {
    throw new StatementFileError('STATEMENT_ENCODING_UNKNOWN', `不认识的字符集 ${label} / unknown charset ${label}`, {})
  }
}

/** Up to where `bytes` ends on a character, so that a piece may end anywhere. */
export function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Offset of the first byte that is not UTF-8, by halving. */
function firstBad(bytes: Buffer): number {
  let [good, bad] = [0, bytes.length]
  for (let round = 0; round < 64 && bad - good > 1; round++) {
    const middle = (good + bad) >>> 1
    const end = wholeCharacters(bytes.subarray(0, middle))
    if (isUtf8(bytes.subarray(0, end))) good = middle
    else bad = middle
  }
  return good
}

function binary(byte: number): StatementFileError {
  return new StatementFileError(
    'STATEMENT_FORMAT_UNKNOWN',
    `字节 ${byte} 是 0：二进制文件，不是文本对账单 / byte ${byte} is zero: a binary file, no statement`,
    { byte },
  )
}
