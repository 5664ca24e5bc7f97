// The `CMBSDKPGK` envelope of the simulated front-end: reading requests, composing replies (banks/cmb-frontend §1, §2).

import { decodeGbk, decodeUtf8, encodeGbk } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply, WireRequest } from '../engine/listener'
import type { TcpWire } from '../engine/tcp-listener'
import { box, childOf, childrenOf, leaf, parseXml, textOf, type XmlElement } from '../engine/xml'
import type { CmbFrontendProtocol } from './settings'

export type Message = {
  readonly funnam: string
  readonly loginName: string
  /** INFO elements of the caller's own, echoed. */
  readonly extras: readonly XmlElement[]
  readonly root: XmlElement
}

export type Answer = { readonly retcod: string; readonly errmsg: string; readonly blocks: string }

const OWN_INFO = new Set(['FUNNAM', 'DATTYP', 'LGNNAM', 'RETCOD', 'ERRMSG'])

/** Null when it is not a message. */
export function readMessage(request: WireRequest, { mode, encoding }: CmbFrontendProtocol): Message | null {
  const bytes =
    mode === 'form' ? formField(request.body, 'REQDATA') : request.body.subarray(mode === 'socket' ? HEADER : 0)
  const text = bytes && (encoding === 'gbk' ? decodeGbk(bytes) : decodeUtf8(bytes))
  const root = text === null ? null : parseXml(text)
  if (!root || 'problem' in root || root.name !== 'CMBSDKPGK') return null
  const info = childOf(root, 'INFO')
  if (!info || textOf(info, 'DATTYP') !== '2' || textOf(info, 'FUNNAM') === '') return null
  const extras = info.children.filter(({ name }) => !OWN_INFO.has(name))
  return { funnam: textOf(info, 'FUNNAM'), loginName: textOf(info, 'LGNNAM'), extras, root }
}

/** 8 bytes: the length in decimal digits, left-justified, blanks behind. */
const HEADER = 8

export const SOCKET_WIRE: TcpWire = {
  requestLength(received) {
    if (received.length < HEADER) return null
    const digits = /^(\d{1,8}) *$/.exec(received.subarray(0, HEADER).toString('latin1'))?.[1]
    return digits === undefined ? 'broken' : HEADER + Number(digits)
  },
  frame: body => Buffer.concat([Buffer.from(`${body.length}        `.slice(0, HEADER), 'latin1'), body]),
}

/** Percent-encoded bytes of one field of a form. */
function formField(body: Buffer, name: string): Buffer | null {
  const pair = body
    .toString('latin1')
    .split('&')
    .find(part => part.startsWith(`${name}=`))
  if (pair === undefined) return null
  const value = pair.slice(name.length + 1).replaceAll('+', ' ')
  return Buffer.from(
    value.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  )
}

export function recordsOf(message: Message, name: string): readonly XmlElement[] {
  return childrenOf(message.root, name)
}

export function compose(
  message: Message,
  answer: Answer,
  protocol: CmbFrontendProtocol,
  { kinds }: Disturbance,
): WireReply {
  const echoed = message.extras.map(({ name, text }) =>
    leaf(name, kinds.has('wrong-serial') ? otherSerial(text) : text),
  )
  const info = box(
    'INFO',
    leaf('FUNNAM', message.funnam),
    leaf('DATTYP', '2'),
    leaf('LGNNAM', message.loginName),
    leaf('RETCOD', answer.retcod),
    leaf('ERRMSG', answer.errmsg),
    ...echoed,
  )
  return write(box('CMBSDKPGK', info, answer.blocks), protocol, kinds.has('wrong-charset'))
}

/** What the front-end says of a message that it cannot read. */
export function unreadableReply(protocol: CmbFrontendProtocol): WireReply {
  const info = box(
    'INFO',
    leaf('FUNNAM', ''),
    leaf('DATTYP', '2'),
    leaf('RETCOD', '-3'),
    leaf('ERRMSG', '数据格式错误'),
  )
  return write(box('CMBSDKPGK', info), protocol, false)
}

function write(root: string, { encoding }: CmbFrontendProtocol, isWrongCharset: boolean): WireReply {
  const xml = `<?xml version="1.0" encoding="${encoding === 'gbk' ? 'GBK' : 'UTF-8'}"?>${root}`
  // An answer may be all ASCII, which most charsets write alike; UTF-16 it cannot be mistaken for.
  const right = encoding === 'gbk' ? encodeGbk(xml) : Buffer.from(xml, 'utf8')
  return { status: 200, contentType: 'text/xml', body: isWrongCharset ? Buffer.from(xml, 'utf16le') : right }
}
