// Bytes to text, piece by piece, strictly: a byte that the chosen charset does not have stops the reading, with its place.

import { isAscii, isUtf8 } from 'node:buffer'
import { decode as decodeBytes } from 'iconv-lite'
import { wholeCharacters } from './charset'
import { StatementFileError } from './model'

export type Decode = { push(bytes: Buffer): string; end(): string }

export function createDecode(encoding: string): Decode {
  if (encoding === 'utf-8') return decodeUtf8()
  if (encoding === 'iso-8859-1') return { push: bytes => bytes.toString('latin1'), end: () => '' }
  return encoding.startsWith('cp') ? decodeDos(encoding) : decodeOther(encoding)
}

/** The code pages of DOS, which some banks still write and the platform's own decoder does not know. One byte a character. */
function decodeDos(encoding: string): Decode {
  let offset = 0
  return {
    push(bytes) {
      const text = decodeBytes(bytes, encoding)
      if (text.includes('\ufffd')) throw notInCharset(encoding, offset)
      offset += bytes.length
      return text
    },
    end: () => '',
  }
}

/** By hand, since a whole buffer is decoded many times faster than a stream of them. */
function decodeUtf8(): Decode {
  let carry = Buffer.alloc(0)
  let offset = 0
  let isFirst = true
  return {
    push(bytes) {
      if (carry.length === 0 && isAscii(bytes)) {
        offset += bytes.length
        isFirst = false
        return bytes.toString('latin1')
      }
      const joined = carry.length === 0 ? bytes : Buffer.concat([carry, bytes])
      const end = wholeCharacters(joined)
      const whole = joined.subarray(0, end)
      if (!isUtf8(whole)) throw notInCharset('utf-8', offset)
      carry = Buffer.from(joined.subarray(end))
      offset += end
      const text = whole.toString('utf8')
      if (!isFirst || text === '') return text
      isFirst = false
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    },
    end() {
      if (carry.length > 0) throw notInCharset('utf-8', offset)
      return ''
    },
  }
}

function decodeOther(encoding: string): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let offset = 0
  const decode = (bytes: Buffer | undefined): string => {
    try {
      const text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
      offset += bytes?.length ?? 0
      return text
    } catch {
      throw notInCharset(encoding, offset)
    }
  }
  return { push: bytes => decode(bytes), end: () => decode(undefined) }
}

function notInCharset(encoding: string, byte: number): StatementFileError {
  return new StatementFileError(
    'STATEMENT_ENCODING_UNKNOWN',
    `字节 ${byte} 之后有不属于 ${encoding} 的字节 / there are bytes after ${byte} that ${encoding} does not have`,
    { byte },
  )
}
