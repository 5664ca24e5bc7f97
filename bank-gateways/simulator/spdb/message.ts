// The packets of the simulated SPDB: a six-digit length that counts itself, head, signed body; in GBK (banks/spdb §1).

import { decodeGbk, encodeGbk } from '../engine/charset'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import type { Seal } from '../engine/seal'
import { box, childOf, leaf, leaves, parseXml, textOf, type XmlElement } from '../engine/xml'
import type { SpdbProtocol } from './settings'

export type Packet = {
  readonly transCode: string
  readonly packetId: string
  readonly masterId: string
  readonly signature: string
}

export function readPacket(bytes: Buffer): Packet | { readonly problem: string } {
  const length = bytes.toString('latin1', 0, 6)
  if (!/^\d{6}$/.test(length) || Number(length) !== bytes.length) return { problem: `length ${length}` }
  const text = decodeGbk(bytes.subarray(6))
  if (text === null || !text.startsWith('<?xml')) return { problem: 'no GBK packet' }
  const root = parseXml(text)
  if ('problem' in root) return root
  const head = childOf(root, 'head')
  if (root.name !== 'packet' || !head) return { problem: 'packet/head' }
  const packet = {
    transCode: textOf(head, 'transCode'),
    packetId: textOf(head, 'packetID'),
    masterId: textOf(head, 'masterID'),
    signature: textOf(childOf(root, 'body'), 'signature'),
  }
  if (textOf(head, 'signFlag') !== '1') return { problem: 'signFlag' }
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(textOf(head, 'timeStamp'))) return { problem: 'timeStamp' }
  return /^[0-9A-Za-z]{1,20}$/.test(packet.packetId) ? packet : { problem: 'packetID' }
}

/** The signed body, or null when the signature is not the sign server's. */
export function openBody(seal: Seal, signature: string): XmlElement | null {
  const signed = seal.open(signature.replaceAll(/\s/g, ''))
  const text = signed && decodeGbk(signed)
  const body = text === null ? null : parseXml(text)
  return body && !('problem' in body) && body.name === 'body' ? body : null
}

/** Rows of the request's lists. */
export function rowsOf(body: XmlElement): readonly XmlElement[] {
  return childOf(body, 'lists')?.children.filter(({ name }) => name === 'list') ?? []
}

/** What is said: the inside of a signed body, with a file behind the packet or none; or an unsigned refusal. */
export type Answer =
  { readonly body: string; readonly file?: Uint8Array } | { readonly code: string; readonly text: string }

export type Envelope = {
  readonly protocol: SpdbProtocol
  readonly seal: Seal
  readonly transCode: string
  readonly packetId: string
}

export function compose(answer: Answer, envelope: Envelope, disturbance: Disturbance): WireReply {
  const { protocol, seal, transCode, packetId } = envelope
  const isRefusal = 'code' in answer
  const refusal = isRefusal ? leaves({ returnCode: answer.code, returnMsg: answer.text }) : ''
  const inHead = protocol.refusalPlace === 'head'
  const good = isRefusal ? '' : leaves({ returnCode: 'AAAAAAA', returnMsg: '' })
  const head = box('head', leaves({ transCode, packetID: packetId }), good, inHead ? refusal : '')
  const inner = isRefusal ? '' : leaf('signature', seal.sign(encodeGbk(box('body', answer.body))))
  const body = box('body', inner, inHead ? '' : refusal)
  const parts = protocol.packetOrder === 'head-first' ? [head, body] : [body, head]
  const xml = `<?xml version='1.0' encoding='gb2312'?>${box('packet', ...parts)}`
  const bytes = encodeGbk(xml)
  const length = String(bytes.length + (protocol.lengthCounts === 'itself' ? 6 : 0)).padEnd(6, ' ')
  const file = isRefusal ? Buffer.alloc(0) : Buffer.from(answer.file ?? [])
  // An answer may be all ASCII, which most charsets write alike; UTF-16 it cannot be mistaken for.
  const spoiled = disturbance.kinds.has('wrong-charset') ? Buffer.from(length + xml, 'utf16le') : null
  return {
    status: 200,
    contentType: 'text/plain;charset=GBK',
    body: spoiled ?? Buffer.concat([Buffer.from(length, 'latin1'), bytes, file]),
  }
}

export function listsElement(rows: readonly string[], name?: string): string {
  const open = name === undefined ? '<lists>' : `<lists name="${name}">`
  return `${open}${rows.map(row => box('list', row)).join('')}</lists>`
}
