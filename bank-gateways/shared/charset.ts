// Text to the bank's bytes and back, strictly: a character that cannot be carried is reported, never replaced.

import iconv from 'iconv-lite'
import type { BankTraits } from '../../connector/ports'

type Encoding = BankTraits['encoding']

export class UnmappableText extends Error {
  readonly characters: readonly string[]
  constructor(text: string, encoding: string, characters: readonly string[]) {
    super(`${encoding} cannot carry ${characters.map(c => `「${c}」`).join('')} in 「${text}」`)
    this.name = 'UnmappableText'
    this.characters = characters
  }
}

/** Characters of `text` that the encoding has no bytes for, each once. */
export function unmappable(text: string, encoding: Encoding): readonly string[] {
  return [...new Set(text)].filter(character => !isIn(encoding, character))
}

/**
 * A single byte above ASCII (0x80 for €) is Windows' own addition to GBK: a bank that reads GBK as the standard has it, or as
 * GB18030, loses it.
 */
function isIn(encoding: Encoding, character: string): boolean {
  const bytes = iconv.encode(character, encoding)
  if (encoding === 'gbk' && bytes.length === 1 && bytes.some(byte => byte >= 0x80)) return false
  return iconv.decode(bytes, encoding) === character
}

/** Strict: throws UnmappableText rather than send a question mark to a bank. */
export function encode(text: string, encoding: Encoding): Buffer {
  const lost = unmappable(text, encoding)
  if (lost.length > 0) throw new UnmappableText(text, encoding, lost)
  return iconv.encode(text, encoding)
}

/**
 * Strict: throws RangeError on bytes that are not text of the encoding. GBK and GB2312 are read as GB18030, their
 * superset, because banks send four-byte characters under a GBK prolog.
 */
export function decode(bytes: Uint8Array, encoding: Encoding): string {
  const label = encoding === 'utf-8' ? 'utf-8' : 'gb18030'
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new RangeError(`answer is not ${label} text`, { cause })
  }
}

export function byteLength(text: string, encoding: Encoding): number {
  return iconv.encode(text, encoding).length
}

/** The longest beginning of `text` within `maxBytes`, cut between characters. Only for informative fields. */
export function shortened(text: string, maxBytes: number, encoding: Encoding): string {
  let kept = ''
  let bytes = 0
  for (const character of text) {
    bytes += byteLength(character, encoding)
    if (bytes > maxBytes) break
    kept += character
  }
  return kept
}
