// The `<ap>` envelope of the simulated BCM (banks/bcm §1, §2): GBK both ways, over HTTP bare, over TCP behind a 7-byte header that
// counts GBK bytes.

import { compactDayOf, compactTimeOf, dayFromCompact, isCompactTime } from '../engine/bank-time'
import { decodeGbk, encodeGbk, gbkBytesOf } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import type { TcpWire } from '../engine/tcp-listener'
import { box, childOf, leaves, parseXml, textOf, type XmlElement } from '../engine/xml'
import type { BcmProtocol } from './settings'

const HEADER_BYTES = 7

/** A header of another shape, or bytes behind the length it gives, are no request: the front-end hangs up. */
export function wireOf({ replyHeader }: BcmProtocol): TcpWire {
  return {
    requestLength(received) {
      if (received.length < HEADER_BYTES) return null
      const digits = /^0(\d{1,6}) *$/.exec(received.subarray(0, HEADER_BYTES).toString('latin1'))?.[1]
      if (digits === undefined) return 'broken'
      const length = HEADER_BYTES + Number(digits)
      return received.length > length ? 'broken' : length
    },
    frame: body =>
      replyHeader === 'none'
        ? body
        : Buffer.concat([Buffer.from(`0${String(body.length)}`.padEnd(HEADER_BYTES), 'latin1'), body]),
  }
}

export type Head = {
  readonly trCode: string
  readonly corpNo: string
  readonly userNo: string
  readonly reqNo: string
}
export type Message = { readonly head: Head; readonly body: XmlElement }
export type Unreadable = { readonly problem: string; readonly head: Head }

const NO_HEAD: Head = { trCode: '', corpNo: '', userNo: '', reqNo: '' }

export function readMessage(bytes: Buffer): Message | Unreadable {
  const text = decodeGbk(bytes)
  if (text === null) return { problem: 'the bytes are not GBK', head: NO_HEAD }
  const root = parseXml(text)
  if ('problem' in root) return { problem: root.problem, head: NO_HEAD }
  const element = childOf(root, 'head')
  const get = (name: string): string => textOf(element, name)
  const head = { trCode: get('tr_code'), corpNo: get('corp_no'), userNo: get('user_no'), reqNo: get('req_no') }
  const body = childOf(root, 'body')
  const rules: readonly (readonly [string, boolean])[] = [
    ['ap', root.name === 'ap'],
    ['tr_code', /^\d{6}$/.test(head.trCode)],
    ['corp_no', head.corpNo !== '' && gbkBytesOf(head.corpNo) <= 10],
    ['user_no', head.userNo !== '' && gbkBytesOf(head.userNo) <= 5],
    ['req_no', /^[0-9A-Za-z]{1,20}$/.test(head.reqNo)],
    ['tr_acdt', dayFromCompact(get('tr_acdt')) !== null],
    ['tr_time', isCompactTime(get('tr_time'))],
    ['atom_tr_count', get('atom_tr_count') === '1'],
    ['channel', get('channel') === '0'],
    ['reserved', childOf(element, 'reserved') !== null],
    ['body', body !== null],
  ]
  const bad = rules.find(([, isGood]) => !isGood)?.[0]
  return bad === undefined && body ? { head, body } : { problem: bad ?? 'body', head }
}

export type Returned = {
  readonly ans: string
  readonly code: string
  readonly text: string
  /** Null leaves the body out. */
  readonly body: string | null
}

export function compose(head: Head, returned: Returned, disturbance: Disturbance, nowMs: number): WireReply {
  const { kinds } = disturbance
  const fields = leaves({
    tr_code: head.trCode,
    corp_no: head.corpNo,
    req_no: kinds.has('wrong-serial') ? otherSerial(head.reqNo) : head.reqNo,
    serial_no: String(nowMs),
    ans_no: '',
    next_no: '',
    tr_acdt: compactDayOf(nowMs),
    tr_time: compactTimeOf(nowMs),
    ans_code: returned.ans,
    ans_info: returned.ans === '0' ? '' : returned.text,
    particular_code: returned.code,
    particular_info: returned.text,
    atom_tr_count: '1',
    reserved: '',
  })
  const body = kinds.has('missing-line') ? null : returned.body
  const xml = box('ap', box('head', fields), ...(body === null ? [] : [box('body', body)]))
  const bytes = kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encodeGbk(xml)
  // The content type is the request's, whatever is inside (banks/simulator §2).
  return { status: 200, contentType: 'application/x-www-form-urlencoded', body: bytes }
}
