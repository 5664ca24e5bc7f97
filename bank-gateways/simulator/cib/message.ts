// The FOX envelope of the simulated CIB: reading requests, strictly, and composing replies, in GBK (banks/cib §1).

import { dayOf, stampOf } from '../engine/bank-time'
import { decodeGbk, encodeGbk } from '../engine/charset'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import { box, childOf, leaf, parseXml, textOf, type XmlElement } from '../engine/xml'

export type Message = {
  /** `XFERTRN` of XFERTRNRQ. */
  readonly name: string
  readonly trnuid: string
  readonly signOn: XmlElement
  readonly body: XmlElement
}

const SIGN_ON = ['DTCLIENT', 'CID', 'USERID', 'USERPASS', 'GENUSERKEY', 'LANGUAGE', 'APPID?', 'APPVER?']

export function readMessage(bytes: Buffer): Message | { readonly problem: string } {
  const text = decodeGbk(bytes)
  if (text === null) return { problem: 'the bytes are not GBK' }
  const root = parseXml(text)
  if ('problem' in root) return root
  // "No < > & in values": a reference to one is as forbidden as the character itself.
  if (text.includes('&')) return { problem: '& in a value' }
  if (root.name !== 'FOX') return { problem: `root ${root.name}` }
  const [first, second, ...others] = root.children
  if (first?.name !== 'SIGNONMSGSRQV1' || second?.name !== 'SECURITIES_MSGSRQV1' || others.length > 0)
    return { problem: 'message sets' }
  const signOn = childOf(first, 'SONRQ')
  const misplaced = signOn ? orderProblem(signOn, SIGN_ON) : 'SONRQ'
  if (!signOn || misplaced !== null) return { problem: `SONRQ ${misplaced}` }
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(textOf(signOn, 'DTCLIENT'))) return { problem: 'DTCLIENT' }
  const [body] = second.children
  if (!body || second.children.length !== 1 || !body.name.endsWith('RQ')) return { problem: 'one function a message' }
  if (body.children[0]?.name !== 'TRNUID') return { problem: 'TRNUID is first' }
  const trnuid = textOf(body, 'TRNUID')
  return /^[0-9A-Za-z]{1,30}$/.test(trnuid)
    ? { name: body.name.slice(0, -2), trnuid, signOn, body }
    : { problem: 'TRNUID' }
}

/** The first node that is missing, strange or out of order; `?` marks the optional ones (banks/cib §1: the order is strict). */
export function orderProblem(element: XmlElement, order: readonly string[]): string | null {
  let index = 0
  for (const expected of order) {
    const name = expected.replace('?', '')
    if (element.children[index]?.name === name) index += 1
    else if (!expected.endsWith('?')) return name
  }
  return element.children[index]?.name ?? null
}

export type Status = { readonly code: string; readonly text: string }

export function statusElement({ code, text }: Status): string {
  const severity = code === '0' ? 'INFO' : 'ERROR'
  return box('STATUS', leaf('CODE', code), leaf('SEVERITY', severity), leaf('MESSAGE', text))
}

/** Either the function's element, or a sign-on that failed. */
export type Answer = { readonly signOn: Status; readonly function: string | null }

export function compose({ signOn, function: inner }: Answer, atMs: number, disturbance: Disturbance): WireReply {
  const server = `${dayOf(atMs)} ${timeOf(atMs)}`
  const sonrs = box('SIGNONMSGSRSV1', box('SONRS', statusElement(signOn), leaf('DTSERVER', server)))
  const answered = inner === null ? '' : box('SECURITIES_MSGSRSV1', inner)
  const xml = `<?xml version="1.0" encoding="gb2312"?>${box('FOX', sonrs, answered)}`
  // An answer may be all ASCII, which most charsets write alike; UTF-16 it cannot be mistaken for.
  const body = disturbance.kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encodeGbk(xml)
  return { status: 200, contentType: 'application/x-fox', body }
}

/** `HH:mm:ss`. */
export function timeOf(atMs: number): string {
  return stampOf(atMs)
    .slice(8, 14)
    .replace(/(..)(..)(..)/, '$1:$2:$3')
}
