// The packet of the simulated Ping An: 222 bytes of header and a body, read field by field at its offset and composed in bytes
// (banks/pab §1).

import { compactDayOf, compactTimeOf, dayFromCompact, isCompactTime } from '../engine/bank-time'
import { decodeGbk, decodeUtf8, encodeGbk } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import type { TcpWire } from '../engine/tcp-listener'
import { childrenOf, parseXml, type XmlElement } from '../engine/xml'

const HEADER = 222
const TEXT_BYTES = 100

export type Head = {
  readonly encoding: '01' | '02'
  readonly protocol: string
  readonly mrchCode: string
  readonly tranCode: string
  readonly operator: string
  readonly serial: string
}

export type Message = { readonly head: Head; readonly body: XmlElement }

const NO_HEAD: Head = { encoding: '01', protocol: '01', mrchCode: '', tranCode: '', operator: '', serial: '' }

/** What could not be read, with as much of the head as could. */
export type Unreadable = { readonly problem: string; readonly head: Head }

/** Offset, width and shape of the header fields that a request must have right. */
const FIELDS: readonly (readonly [name: string, offset: number, width: number, shape: RegExp])[] = [
  ['报文类别', 0, 4, /^A001$/],
  ['目标系统', 4, 2, /^01$/],
  ['编码', 6, 2, /^0[12]$/],
  ['通讯协议', 8, 2, /^0[123]$/],
  ['企业代码', 10, 20, /^[0-9A-Za-z]{20}$/],
  ['接收报文长度', 30, 10, /^\d{10}$/],
  ['交易码', 40, 6, /^[0-9A-Z]{1,6} *$/],
  ['操作员', 46, 5, /^[\x20-\x7e]{5}$/],
  ['服务类型', 51, 2, /^01$/],
  ['日期', 53, 8, /^\d{8}$/],
  ['时间', 61, 6, /^\d{6}$/],
  ['请求方系统流水号', 67, 20, /^[0-9A-Za-z]{1,20} *$/],
  ['返回码', 87, 6, /^( {6}|000000)$/],
  ['返回描述', 93, 100, /^[\x20-\x7e]{100}$/],
  ['后续包标志', 193, 1, /^0$/],
  ['请求次数', 194, 3, /^000$/],
  ['签名标识', 197, 1, /^0$/],
  ['签名数据包格式', 198, 1, /^[01]$/],
  ['签名算法', 199, 12, /^ {12}$/],
  ['签名数据长度', 211, 10, /^0{10}$/],
  ['附件数目', 221, 1, /^0$/],
]

/** "Read exactly 222 bytes, then the body length at offset 30." A packet of the old 6-digit form is refused. */
export const wire: TcpWire = {
  requestLength(received) {
    if (received.length >= 4 && received.toString('latin1', 0, 4) !== 'A001') return 'broken'
    if (received.length < HEADER) return null
    const length = received.toString('latin1', 30, 40)
    return /^\d{10}$/.test(length) ? HEADER + Number(length) : 'broken'
  },
  frame: body => body,
}

export function readMessage(bytes: Buffer): Message | Unreadable {
  if (bytes.length < HEADER) return { problem: `${bytes.length} bytes`, head: NO_HEAD }
  const get = (offset: number, width: number): string => bytes.toString('latin1', offset, offset + width)
  const bad = FIELDS.find(([, offset, width, shape]) => !shape.test(get(offset, width)))
  const head: Head = {
    encoding: get(6, 2) === '02' ? '02' : '01',
    protocol: get(8, 2),
    mrchCode: get(10, 20),
    tranCode: get(40, 6).trim(),
    operator: get(46, 5),
    serial: get(67, 20).trim(),
  }
  if (bad) return { problem: `报文头 ${bad[0]}`, head }
  if (dayFromCompact(get(53, 8)) === null || !isCompactTime(get(61, 6))) return { problem: '报文头 日期时间', head }
  const length = Number(get(30, 10))
  if (bytes.length !== HEADER + length) return { problem: `报文长度 ${length} ≠ ${bytes.length - HEADER}`, head }
  const raw = bytes.subarray(HEADER)
  const text = head.encoding === '02' ? decodeUtf8(raw) : decodeGbk(raw)
  if (text === null) return { problem: '报文体编码', head }
  const root = parseXml(text)
  if ('problem' in root) return { problem: root.problem, head }
  return root.name === 'Result' ? { head, body: root } : { problem: `<${root.name}>`, head }
}

/** What an operation answers: a return code with its text, and the inside of `<Result>`, or null for no body at all. */
export type Answer = { readonly code: string; readonly text: string; readonly inner: string | null }

export function compose(head: Head, answer: Answer, nowMs: number, disturbance: Disturbance): WireReply {
  const { kinds } = disturbance
  const prolog = `<?xml version="1.0" encoding="${head.encoding === '02' ? 'UTF-8' : 'GBK'}"?>`
  const xml = answer.inner === null ? '' : `${prolog}<Result>${answer.inner}</Result>`
  // An answer may be all ASCII, which most charsets write alike; UTF-16 it cannot be mistaken for.
  const body = kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encoded(xml, head.encoding)
  const serial = kinds.has('wrong-serial') ? otherSerial(head.serial) : head.serial
  const before = [
    'A001',
    '01',
    head.encoding,
    head.protocol.padEnd(2).slice(0, 2),
    head.mrchCode.padEnd(20).slice(0, 20),
    String(body.length).padStart(10, '0'),
    head.tranCode.padEnd(6),
    head.operator.padEnd(5).slice(0, 5),
    '02',
    compactDayOf(nowMs),
    compactTimeOf(nowMs),
    serial.padEnd(20),
    answer.code,
  ].join('')
  const after = `000001${' '.repeat(12)}00000000000`
  const header = [Buffer.from(before, 'latin1'), textRegion(answer.text, head.encoding), Buffer.from(after, 'latin1')]
  return { status: 200, contentType: 'text/xml; charset=GBK', body: Buffer.concat([...header, body]) }
}

/** 100 bytes, ':' first; cut where they end, also inside a character, as the bank does. */
function textRegion(text: string, encoding: '01' | '02'): Buffer {
  const region = Buffer.alloc(TEXT_BYTES, ' ')
  encoded(`:${text}`, encoding).copy(region, 0, 0, TEXT_BYTES)
  return region
}

function encoded(text: string, encoding: '01' | '02'): Buffer {
  return encoding === '02' ? Buffer.from(text, 'utf8') : encodeGbk(text)
}

/** Rows of a request's list. */
export function rowsOf({ body }: Message, name: string): readonly XmlElement[] {
  return childrenOf(body, name)
}
