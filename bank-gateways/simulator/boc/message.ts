// The `bocb2e` envelope of the simulated BOC: reading requests, composing replies and the fatal `b2eerror` (banks/boc §1).

import { decodeGbk, decodeUtf8 } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import { box, childOf, leaf, leaves, parseXml, textOf, type XmlElement } from '../engine/xml'

export type Head = {
  readonly termid: string
  readonly trnid: string
  readonly custid: string
  readonly cusopr: string
  readonly trncod: string
}

export type Message = {
  /** The `version` of the root, echoed. */
  readonly version: string
  readonly head: Head
  readonly token: string
  /** `trn-b2eNNNN-rq`. */
  readonly body: XmlElement
}

export type Status = { readonly rspcod: string; readonly rspmsg: string }

const NO_HEAD: Head = { termid: '', trnid: '', custid: '', cusopr: '', trncod: '' }

/** What could not be read, with as much of the head as could. */
export type Unreadable = { readonly problem: string; readonly head: Head }

export function readMessage(bytes: Buffer): Message | Unreadable {
  const text = decode(bytes)
  if (text === null) return { problem: 'the bytes are not in the encoding of the prolog', head: NO_HEAD }
  const root = parseXml(text)
  if ('problem' in root) return { problem: root.problem, head: NO_HEAD }
  const headElement = root.name === 'bocb2e' ? childOf(root, 'head') : null
  const get = (name: string): string => textOf(headElement, name)
  const head: Head = {
    termid: get('termid'),
    trnid: get('trnid'),
    custid: get('custid'),
    cusopr: get('cusopr'),
    trncod: get('trncod'),
  }
  const bad = badField(head)
  if (!headElement || bad !== null) return { problem: `head ${bad ?? ''}`, head }
  const body = childOf(childOf(root, 'trans'), `trn-${head.trncod}-rq`)
  if (!body) return { problem: `no trn-${head.trncod}-rq`, head }
  const version = /<bocb2e[^>]*\sversion="([0-9]{1,4})"/.exec(text)?.[1] ?? '120'
  return { version, head, token: get('token'), body }
}

/** UTF-8, unless the prolog says one of the older encodings. */
function decode(bytes: Buffer): string | null {
  const prolog = /^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9-]+)["']/.exec(bytes.subarray(0, 200).toString('latin1'))
  return /^gb/i.test(prolog?.[1] ?? 'UTF-8') ? decodeGbk(bytes) : decodeUtf8(bytes)
}

function badField(head: Head): string | null {
  const rules: readonly (readonly [keyof Head, RegExp])[] = [
    ['termid', /^E\d{12}$/],
    ['trnid', /^[0-9A-Za-z]{0,12}$/],
    ['custid', /^\d{1,10}$/],
    ['cusopr', /^[0-9A-Za-z]{1,20}$/],
    ['trncod', /^b2e\d{4}$/],
  ]
  return rules.find(([name, shape]) => !shape.test(head[name]))?.[0] ?? null
}

export function compose(message: Message, inner: string, disturbance: Disturbance): WireReply {
  const { head, version } = message
  const trnid = disturbance.kinds.has('wrong-serial') ? otherSerial(head.trnid) : head.trnid
  return write(version, { ...head, trnid }, `trn-${head.trncod}-rs`, inner, disturbance.kinds.has('wrong-charset'))
}

export function fatal(head: Head, status: Status): WireReply {
  return write('120', { ...head, trncod: 'b2eerror' }, 'trn-b2eerror-rs', statusElement(status), false)
}

function write(version: string, head: Head, name: string, inner: string, isWrongCharset: boolean): WireReply {
  const root = `<bocb2e version="${version}" locale="zh_CN">${box('head', leaves(head))}${box('trans', box(name, inner))}</bocb2e>`
  const xml = `<?xml version="1.0" encoding="UTF-8"?>${root}`
  // A BOC answer may be all ASCII, which most charsets write alike; UTF-16 it cannot be mistaken for.
  const body = Buffer.from(xml, isWrongCharset ? 'utf16le' : 'utf8')
  return { status: 200, contentType: 'application/xml;charset=UTF-8', body }
}

export function statusElement({ rspcod, rspmsg }: Status): string {
  return box('status', leaf('rspcod', rspcod), leaf('rspmsg', rspmsg))
}
