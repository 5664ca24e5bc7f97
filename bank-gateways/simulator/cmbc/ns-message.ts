// The `<CMBC>` envelope of NS-BDES of the simulated CMBC: reading requests strictly in the charset of their prolog, and composing
// answers in one of its own (banks/cmbc §1).

import { dayOf, isDay, stampOf } from '../engine/bank-time'
import { decodeGbk, decodeUtf8, encodeGbk } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import { attributeOf, box, childOf, leaf, leaves, parseXml, textOf, type XmlElement } from '../engine/xml'
import type { CmbcProtocol } from './settings'

export type Message = {
  readonly trnCode: string
  readonly trnId: string
  readonly header: XmlElement
  readonly body: XmlElement
}

export function readMessage(bytes: Buffer, contentType: string): Message | { readonly problem: string } {
  if (!/^application\/x-NS-BDES(;|$)/i.test(contentType.trim())) return { problem: `content type ${contentType}` }
  const isUtf8 = /^<\?xml [^>]*encoding="utf-8"/i.test(bytes.subarray(0, 80).toString('latin1'))
  const text = isUtf8 ? decodeUtf8(bytes) : decodeGbk(bytes)
  if (text === null) return { problem: 'the bytes are not of the charset of the prolog' }
  const root = parseXml(text)
  if ('problem' in root) return root
  const constants = { header: '100', version: '100', security: 'none', lang: 'chs' }
  const strange = Object.entries(constants).find(([name, value]) => attributeOf(root, name) !== value)?.[0]
  if (root.name !== 'CMBC' || strange !== undefined) return { problem: `CMBC ${strange ?? root.name}` }
  const [header, body] = [childOf(root, 'requestHeader'), childOf(root, 'xDataBody')]
  if (!header || !body) return { problem: 'requestHeader, xDataBody' }
  const at = textOf(header, 'dtClient')
  const rules: readonly (readonly [string, boolean])[] = [
    ['dtClient', /^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(at) && isDay(at.slice(0, 10))],
    ['language', textOf(header, 'language') === 'chs'],
    ['appId', textOf(header, 'appId') === 'nsbdes'],
    ['appVer', textOf(header, 'appVer') === '201'],
    ['trnCode', /^[A-Za-z]{1,20}$/.test(attributeOf(root, 'trnCode'))],
    ['trnId', /^[0-9A-Za-z]{1,32}$/.test(textOf(body, 'trnId'))],
  ]
  const bad = rules.find(([, isGood]) => !isGood)?.[0]
  return bad === undefined
    ? { trnCode: attributeOf(root, 'trnCode'), trnId: textOf(body, 'trnId'), header, body }
    : { problem: bad }
}

/** A null `body` leaves xDataBody out. */
export type Returned = { readonly code: string; readonly text: string; readonly body: string | null }

export function compose(
  protocol: CmbcProtocol,
  { trnCode, trnId }: Pick<Message, 'trnCode' | 'trnId'>,
  { code, text, body }: Returned,
  disturbance: Disturbance,
  nowMs: number,
): WireReply {
  const { kinds } = disturbance
  const stamp = stampOf(nowMs)
  const time = `${stamp.slice(8, 10)}:${stamp.slice(10, 12)}:${stamp.slice(12, 14)}`
  const severity = code === '0' ? 'info' : 'error'
  const header = box(
    'responseHeader',
    box('status', leaves({ code, severity, message: text })),
    leaves({ dtServer: `${dayOf(nowMs)} ${time}`, userKey: '', dtDead: '', language: 'chs' }),
  )
  const echoed = kinds.has('wrong-serial') ? otherSerial(trnId) : trnId
  const inner = protocol.echoesSerials ? leaf('trnId', echoed) + (body ?? '') : (body ?? '')
  const content = body === null || kinds.has('missing-line') ? '' : box('xDataBody', inner)
  const prolog = `<?xml version="1.0" encoding="${protocol.replyEncoding === 'gbk' ? 'GB2312' : 'UTF-8'}"?>`
  const open = `<CMBC header="100" version="100" security="none" lang="chs" trnCode="${trnCode}">`
  const xml = `${prolog}${open}${header}${content}</CMBC>`
  const encoded = protocol.replyEncoding === 'gbk' ? encodeGbk(xml) : Buffer.from(xml, 'utf8')
  const bytes = kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encoded
  return { status: 200, contentType: 'application/x-NS-BDES', body: bytes }
}
