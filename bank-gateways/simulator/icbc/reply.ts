// How the simulated ICBC writes its answers: GBK XML, Base64, `reqData=`; or a bare `errorCode=`.

import { gzipSync } from 'node:zlib'
import { stampOf } from '../engine/bank-time'
import { encodeGbk } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import { box, leaf, leaves } from '../engine/xml'
import type { Envelope } from './envelope'
import type { IcbcProtocol } from './settings'

/** What an operation answers: a message-level code, the inner `out` header and its rows. */
export type Outcome = {
  readonly retCode: string
  readonly retMsg: string
  readonly serialNo: string | null
  /** Markup before the rows. */
  readonly head: string
  /** Markup of each `rd`. */
  readonly rows: readonly string[]
}

export function refusedOutcome(retCode: string, retMsg: string): Outcome {
  return { retCode, retMsg, serialNo: null, head: '', rows: [] }
}

export function goodOutcome(
  head: Readonly<Record<string, string>>,
  rows: readonly string[],
  serialNo?: string,
): Outcome {
  return { retCode: '0', retMsg: '', serialNo: serialNo ?? null, head: leaves(head), rows }
}

export function ncError(protocol: IcbcProtocol): WireReply {
  return reply(protocol, `errorCode=${protocol.ncErrorCode}`)
}

export function composeReply(
  protocol: IcbcProtocol,
  envelope: Envelope,
  outcome: Outcome,
  nowMs: number,
  disturbance: Disturbance,
): WireReply {
  const { kinds } = disturbance
  const stamp = stampOf(nowMs)
  const pub = leaves({
    TransCode: envelope.transCode,
    CIS: envelope.cis,
    BankCode: '102',
    ID: envelope.certId,
    TranDate: stamp.slice(0, 8),
    TranTime: stamp.slice(8),
    fSeqno: kinds.has('wrong-serial') ? otherSerial(envelope.fSeqno) : envelope.fSeqno,
    ...(outcome.serialNo === null ? {} : { SerialNo: outcome.serialNo }),
    RetCode: outcome.retCode,
    RetMsg: outcome.retMsg,
  })
  const rows = outcome.rows.map(row => box('rd', row)).join('')
  const isZipped = envelope.isZipped && protocol.zipReply && rows !== ''
  const area = isZipped ? leaf('zip', gzipSync(encodeGbk(rows)).toString('base64')) : rows
  const body = `<?xml version="1.0" encoding="GBK"?>${box('CMS', box('eb', box('pub', pub), box('out', outcome.head, area)))}`
  const bytes = kinds.has('wrong-charset') ? Buffer.from(body, 'utf8') : encodeGbk(body)
  return reply(protocol, protocol.replyPrefix + wrapped(bytes.toString('base64'), protocol.replyLineLength))
}

function reply(protocol: IcbcProtocol, body: string): WireReply {
  return { status: 200, contentType: protocol.replyContentType, body: Buffer.from(body, 'latin1') }
}

export function wrapped(base64: string, lineLength: number | null): string {
  if (lineLength === null) return base64
  const lines: string[] = []
  for (let at = 0; at < base64.length; at += lineLength) lines.push(base64.slice(at, at + lineLength))
  return lines.join('\r\n')
}
