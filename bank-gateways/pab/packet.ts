// The packet: 222 bytes of header, then the body (banks/pab §1). Pure. Every length is in bytes; a reply that is not whole, or
// is not of this form, is refused rather than repaired.

import iconv from 'iconv-lite'
import { decimalLength, headerFraming } from '../shared/tcp'

export const HEADER_BYTES = 222

export type RequestHeader = {
  readonly encoding: 'gbk' | 'utf-8'
  readonly protocol: 'tcp' | 'http' | 'https'
  readonly mrchCode: string
  readonly tranCode: string
  readonly operator: string
  /** `yyyyMMdd` and `HHmmss`. */
  readonly day: string
  readonly time: string
  /** 请求方系统流水号, 20 characters. */
  readonly serial: string
}

export type ReplyPacket = {
  readonly encoding: 'gbk' | 'utf-8'
  readonly tranCode: string
  readonly serial: string
  readonly returnCode: string
  readonly returnText: string
  readonly hasMore: boolean
  readonly body: Buffer
}

const ENCODINGS = { gbk: '01', 'utf-8': '02' } as const
const PROTOCOLS = { tcp: '01', http: '02', https: '03' } as const

/** @throws RangeError when a field does not fit */
export function requestPacket(header: RequestHeader, body: Buffer): Buffer {
  const head = [
    'A001',
    '01',
    ENCODINGS[header.encoding],
    PROTOCOLS[header.protocol],
    fixed(header.mrchCode, 20),
    fixed(String(body.length).padStart(10, '0'), 10),
    fixed(header.tranCode.padEnd(6), 6),
    fixed(header.operator.padEnd(5), 5),
    '01',
    fixed(header.day, 8),
    fixed(header.time, 6),
    fixed(header.serial.padEnd(20), 20),
    // 返回码 and 返回描述 are the reply's.
    ' '.repeat(106),
    // No further packet, first request, not signed here, format 1, no algorithm, no signature, no attachment.
    `000001${' '.repeat(12)}00000000000`,
  ].join('')
  return Buffer.concat([Buffer.from(fixed(head, HEADER_BYTES), 'latin1'), body])
}

/** How much of a TCP stream is the reply: header and body; a signature or an attachment behind them is not looked at. */
export const FRAMING = headerFraming(HEADER_BYTES, header => {
  requireA001(header)
  return decimalLength(header.subarray(30, 40))
})

/** @throws RangeError on anything that is not one whole packet */
export function readPacket(bytes: Buffer): ReplyPacket {
  if (bytes.length < HEADER_BYTES) throw new RangeError(`${bytes.length} bytes are no header`)
  requireA001(bytes)
  const ascii = (from: number, length: number): string => bytes.toString('latin1', from, from + length).trim()
  const end = HEADER_BYTES + decimalLength(bytes.subarray(30, 40))
  const hasTail = ascii(221, 1) !== '0' || /[1-9]/.test(ascii(211, 10))
  if (bytes.length < end || (bytes.length > end && !hasTail))
    throw new RangeError(`${bytes.length} bytes, the header says ${end}`)
  const encoding = ascii(6, 2) === ENCODINGS['utf-8'] ? 'utf-8' : 'gbk'
  return {
    encoding,
    tranCode: ascii(40, 6),
    serial: ascii(67, 20),
    returnCode: ascii(87, 6),
    returnText: words(bytes.subarray(93, 193), encoding),
    hasMore: ascii(193, 1) === '1',
    body: bytes.subarray(HEADER_BYTES, end),
  }
}

function requireA001(bytes: Buffer): void {
  if (bytes.toString('latin1', 0, 4) !== 'A001') throw new RangeError('the packet does not begin with A001')
}

/** For people: 100 bytes that may end inside a character, behind a ':'. */
function words(bytes: Buffer, encoding: 'gbk' | 'utf-8'): string {
  return iconv
    .decode(bytes, encoding)
    .replace(/[\p{Cc}\ufffd]+/gu, ' ')
    .replace(/^\s*:?\s*/, '')
    .trim()
}

function fixed(text: string, bytes: number): string {
  if (text.length !== bytes || !/^[\x20-\x7e]*$/.test(text))
    throw new RangeError(`a header field of ${text.length} characters is not ${bytes} bytes of ASCII`)
  return text
}
