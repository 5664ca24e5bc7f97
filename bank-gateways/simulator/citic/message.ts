// The `<stream>` envelope of the simulated CITIC: reading requests and composing replies, in GBK (banks/citic §1, §2).

import { decodeGbk, encodeGbk } from '../engine/charset'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import { box, childOf, childrenOf, leaf, parseXml, textOf, type XmlElement } from '../engine/xml'

export type Message = {
  readonly action: string
  readonly userName: string
  readonly body: XmlElement
  /** Rows of the request's list. */
  readonly rows: readonly XmlElement[]
}

export function readMessage(bytes: Buffer): Message | { readonly problem: string } {
  const text = decodeGbk(bytes)
  if (text === null) return { problem: 'the bytes are not GBK' }
  const root = parseXml(text)
  if ('problem' in root) return root
  // "Tags are case sensitive and must match exactly."
  if (root.name !== 'stream') return { problem: `root ${root.name}` }
  const [action, userName] = [textOf(root, 'action'), textOf(root, 'userName')]
  if (!/^[A-Z]{8}$/.test(action)) return { problem: 'action' }
  const list = childOf(root, 'list')
  if (list && !/<list\s+name="userDataList"\s*>/.test(text)) return { problem: 'list without name="userDataList"' }
  return { action, userName, body: root, rows: childrenOf(list, 'row') }
}

export type Status = { readonly status: string; readonly statusText: string }

export function statusElements({ status, statusText }: Status): string {
  return leaf('status', status) + leaf('statusText', statusText)
}

export function listElement(rows: readonly string[]): string {
  return `<list name="userDataList">${rows.map(row => box('row', row)).join('')}</list>`
}

export function compose(inner: string, disturbance: Disturbance): WireReply {
  const xml = `<?xml version="1.0" encoding="GBK"?><stream>${inner}</stream>`
  // An answer may be all ASCII, which most charsets write alike; UTF-16 it cannot be mistaken for.
  const body = disturbance.kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encodeGbk(xml)
  return { status: 200, contentType: 'text/xml; charset=GBK', body }
}
