// GBK in and out. Written with GB18030, of which GBK is the two-byte part; a value is measured in the bytes it takes.

import iconv from 'iconv-lite'

export function encodeGbk(text: string): Buffer {
  return iconv.encode(text, 'gb18030')
}

/** Null when the bytes are not GB18030. */
export function decodeGbk(bytes: Uint8Array): string | null {
  const text = iconv.decode(Buffer.from(bytes), 'gb18030')
  return text.includes('\uFFFD') ? null : text
}

/** Null when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

export function gbkBytesOf(text: string): number {
  return encodeGbk(text).length
}

/** Characters as people count them: code points, not UTF-16 units. */
export function charactersOf(text: string): readonly string[] {
  return Array.from(text)
}
