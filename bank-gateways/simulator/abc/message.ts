// The flat `<ap>` envelope of the simulated ABC behind its 7-byte header (banks/abc §1, §2). GBK both ways, no prolog; the header
// counts GBK bytes.

import { decodeGbk, encodeGbk } from '../engine/charset'
import { compactDayOf, compactTimeOf, dayFromCompact, isCompactTime } from '../engine/bank-time'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import type { TcpWire } from '../engine/tcp-listener'
import { box, childOf, leaf, leaves, parseXml, textOf, type XmlElement } from '../engine/xml'
import type { AbcProtocol } from './settings'

export const HEADER_BYTES = 7

/** A header of another shape, or bytes behind the length it gives, are no request: the front-end hangs up. */
export function wireOf({ replyFlag }: AbcProtocol): TcpWire {
  return {
    requestLength(received) {
      if (received.length < HEADER_BYTES) return null
      const header = received.subarray(0, HEADER_BYTES).toString('latin1')
      const digits = /^[01](\d{1,6}) *$/.exec(header)?.[1]
      if (digits === undefined) return 'broken'
      const length = HEADER_BYTES + Number(digits)
      return received.length > length ? 'broken' : length
    },
    frame: body => Buffer.concat([Buffer.from(`${replyFlag}${String(body.length).padEnd(6)}`, 'latin1'), body]),
  }
}

export type Head = { readonly code: string; readonly seq: string; readonly corpNo: string }

export type Message = { readonly head: Head; readonly root: XmlElement }

export type Unreadable = { readonly problem: string; readonly head: Head }

const NO_HEAD: Head = { code: '', seq: '', corpNo: '' }

/** `request` is the whole of it, with its header. */
export function readMessage(request: Buffer, corpNo: string, maxSeq: number): Message | Unreadable {
  const text = decodeGbk(request.subarray(HEADER_BYTES))
  if (text === null) return { problem: 'the bytes are not GBK', head: NO_HEAD }
  const root = parseXml(text)
  if ('problem' in root) return { problem: root.problem, head: NO_HEAD }
  const get = (name: string): string => textOf(root, name)
  const head: Head = { code: get('CCTransCode'), seq: get('ReqSeqNo'), corpNo: get('CorpNo') || corpNo }
  const rules: readonly (readonly [string, boolean])[] = [
    ['ap', root.name === 'ap'],
    ['CCTransCode', /^[A-Z]{4}\d{2}$/.test(head.code)],
    ['ProductID', get('ProductID') === 'ICC'],
    ['ChannelType', get('ChannelType') === 'ERP'],
    ['ReqSeqNo', /^[0-9A-Za-z]+$/.test(head.seq) && head.seq.length <= maxSeq],
    ['ReqDate', dayFromCompact(get('ReqDate')) !== null],
    ['ReqTime', isCompactTime(get('ReqTime'))],
    ['CorpNo, OpNo, AuthNo, Sign', ['CorpNo', 'OpNo', 'AuthNo', 'Sign'].every(name => childOf(root, name))],
  ]
  const bad = rules.find(([, isGood]) => !isGood)?.[0]
  return bad === undefined ? { head, root } : { problem: bad, head }
}

export type Returned = {
  readonly code: string
  readonly text: string
  /** `3` with an error of the host (banks/abc §2). */
  readonly source: '0' | '3'
  readonly fileFlag: '0' | '1'
  /** Groups by name, in order; each made by `leaves`. */
  readonly groups: Readonly<Record<string, string>>
}

export function compose(
  protocol: AbcProtocol,
  head: Head,
  returned: Returned,
  disturbance: Disturbance,
  nowMs: number,
): WireReply {
  const { kinds } = disturbance
  const groups = kinds.has('missing-line') ? {} : returned.groups
  const xml = box(
    'ap',
    leaf(protocol.replyCodeName, head.code),
    leaves({
      RespSource: returned.source,
      RespCode: returned.code,
      RespInfo: returned.text,
      RxtInfo: returned.text,
      RespDate: compactDayOf(nowMs),
      RespTime: compactTimeOf(nowMs),
      RespSeqNo: String(nowMs),
      ReqSeqNo: kinds.has('wrong-serial') ? otherSerial(head.seq) : head.seq,
      FileFlag: returned.fileFlag,
    }),
    ...Object.entries(groups).map(([name, inner]) => box(name, inner)),
  )
  const body = kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encodeGbk(xml)
  return { status: 200, contentType: '', body }
}
