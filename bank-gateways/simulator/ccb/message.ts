// The `<TX>` envelope of the simulated CCB (banks/ccb §1, §2): GBK in, GB18030 out, `&nbsp;` for blanks both ways. Told by
// the front-end what it may not hold: lengths are counted in bytes.

import { decodeGbk, encodeGbk, gbkBytesOf } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import { box, childOf, leaf, parseXml, textOf, type XmlElement } from '../engine/xml'

export type Head = {
  readonly sn: string
  readonly custId: string
  readonly userId: string
  readonly password: string
  readonly txCode: string
}

export type Message = { readonly head: Head; readonly info: XmlElement }

export type Unreadable = { readonly problem: string; readonly head: Head }

export type Returned = { readonly code: string; readonly text: string; readonly info: string | null }

const NO_HEAD: Head = { sn: '', custId: '', userId: '', password: '', txCode: '' }

export function readMessage(bytes: Buffer): Message | Unreadable {
  const text = decodeGbk(bytes)
  if (text === null) return { problem: 'the bytes are not GB18030', head: NO_HEAD }
  const root = parseXml(text.replaceAll('&nbsp;', ' '))
  if ('problem' in root) return { problem: root.problem, head: NO_HEAD }
  if (root.name !== 'TX') return { problem: `<${root.name}> instead of <TX>`, head: NO_HEAD }
  const get = (name: string): string => textOf(root, name)
  const head: Head = {
    sn: get('REQUEST_SN'),
    custId: get('CUST_ID'),
    userId: get('USER_ID'),
    password: get('PASSWORD'),
    txCode: get('TX_CODE'),
  }
  const bad = badField(head, get('LANGUAGE'), [get('SIGN_INFO'), get('SIGNCERT')])
  if (bad !== null) return { problem: bad, head }
  const info = childOf(root, 'TX_INFO')
  return info ? { head, info } : { problem: 'no TX_INFO', head }
}

function badField(head: Head, language: string, signatures: readonly string[]): string | null {
  const rules: readonly (readonly [string, boolean])[] = [
    ['REQUEST_SN', /^\d{1,16}$/.test(head.sn)],
    ['CUST_ID', isText(head.custId, 21)],
    ['USER_ID', isText(head.userId, 6)],
    ['PASSWORD', isText(head.password, 32)],
    ['TX_CODE', /^6W[0-9A-Z]{4,5}$/.test(head.txCode)],
    ['LANGUAGE', language === 'CN'],
    ['SIGN_INFO, SIGNCERT', signatures.every(text => gbkBytesOf(text) <= 254)],
  ]
  return rules.find(([, isGood]) => !isGood)?.[0] ?? null
}

function isText(text: string, maxBytes: number): boolean {
  return text !== '' && gbkBytesOf(text) <= maxBytes
}

/** An answer; a null `info` leaves TX_INFO out. */
export function compose({ head }: Pick<Message, 'head'>, returned: Returned, disturbance: Disturbance): WireReply {
  const { kinds } = disturbance
  const sn = kinds.has('wrong-serial') ? otherSerial(head.sn) : head.sn
  const info = kinds.has('missing-line') ? null : returned.info
  const fields = [
    leaf('REQUEST_SN', sn),
    leaf('CUST_ID', head.custId),
    leaf('TX_CODE', head.txCode),
    leaf('RETURN_CODE', returned.code),
    leaf('RETURN_MSG', returned.text),
    leaf('LANGUAGE', 'CN'),
    ...(info === null ? [] : [box('TX_INFO', info)]),
  ]
  // No element name holds a blank: every blank here stands in a value.
  const body = box('TX', ...fields).replaceAll(' ', '&nbsp;')
  const xml = `<?xml version="1.0" encoding="GB18030" standalone="yes" ?>\n${body}`
  const bytes = kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encodeGbk(xml)
  return { status: 200, contentType: 'text/xml;charset=GB18030', body: bytes }
}

export function unreadable(head: Head, code: string, text: string): Returned & { readonly head: Head } {
  return { head, code, text, info: null }
}
