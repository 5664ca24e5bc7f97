// The `<BEDC>` envelope of the simulated CGB: reading requests and composing replies, in GBK (banks/cgb §1).

import { dayFromCompact, isCompactTime } from '../engine/bank-time'
import { decodeGbk, encodeGbk } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { box, childOf, leaf, parseXml, textOf, type XmlElement } from '../engine/xml'

export type Message = {
  readonly tranCode: string
  readonly entSeqNo: string
  /** yyyyMMdd, as the customer wrote it: with entSeqNo it names the message. */
  readonly tranDate: string
  readonly cifMaster: string
  readonly entUserId: string
  readonly password: string
  readonly body: XmlElement
}

export function readMessage(bytes: Buffer): Message | { readonly problem: string } {
  const text = decodeGbk(bytes)
  if (text === null) return { problem: 'the bytes are not GBK' }
  const root = parseXml(text)
  if ('problem' in root) return root
  const message = root.name === 'BEDC' ? childOf(root, 'Message') : null
  const [head, body] = [childOf(message, 'commHead'), childOf(message, 'Body')]
  if (!head || !body) return { problem: 'BEDC/Message/commHead and Body' }
  const get = (name: string): string => textOf(head, name)
  if (!/^\d{4}$/.test(get('tranCode'))) return { problem: 'tranCode' }
  if (!/^\d{1,30}$/.test(get('entSeqNo'))) return { problem: 'entSeqNo' }
  if (dayFromCompact(get('tranDate')) === null) return { problem: 'tranDate' }
  if (!isCompactTime(get('tranTime'))) return { problem: 'tranTime' }
  if (!['', '000'].includes(get('retCode'))) return { problem: 'retCode' }
  return {
    tranCode: get('tranCode'),
    entSeqNo: get('entSeqNo'),
    tranDate: get('tranDate'),
    cifMaster: get('cifMaster'),
    entUserId: get('entUserId'),
    password: get('password'),
    body,
  }
}

export type Answer = { readonly code: string; readonly text: string; readonly inner: string }

/** `message` null: of a request that could not be read nothing can be repeated. */
export function compose(message: Message | null, { code, text, inner }: Answer, { kinds }: Disturbance): Buffer {
  const serial = message?.entSeqNo ?? ''
  const head = box(
    'commHead',
    leaf('tranCode', message?.tranCode ?? ''),
    leaf('cifMaster', message?.cifMaster ?? ''),
    leaf('entSeqNo', kinds.has('wrong-serial') ? otherSerial(serial) : serial),
    leaf('tranDate', message?.tranDate ?? ''),
    leaf('retCode', code),
    leaf('retMsg', text),
  )
  const xml = `<?xml version="1.0" encoding="GBK"?>${box('BEDC', box('Message', head, box('Body', inner)))}`
  // An answer may be all ASCII, which most charsets write alike; UTF-16 it cannot be mistaken for.
  return kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encodeGbk(xml)
}
