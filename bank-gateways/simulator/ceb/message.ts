// The `<Transaction>` envelope of the simulated CEB: reading requests and composing replies, in GBK (banks/ceb §1).

import { dayFromCompact, isCompactTime } from '../engine/bank-time'
import { decodeGbk, encodeGbk } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply, WireRequest } from '../engine/listener'
import { box, childOf, childrenOf, leaf, parseXml, textOf, type XmlElement } from '../engine/xml'

export type Message = {
  readonly code: string
  readonly query: URLSearchParams
  readonly cifNo: string
  readonly userId: string
  readonly batchId: string
  /** Every ReqData of the content. */
  readonly items: readonly XmlElement[]
}

const HEAD = [
  'Language',
  'Encodeing',
  'Version',
  'ServiceName',
  'CifNo',
  'UserID',
  'SyMacFlag',
  'MAC',
  'SyPinFlag',
  'PinSeed',
  'LicenseId',
  'Flag',
  'Note',
]

export function readMessage(request: WireRequest): Message | { readonly problem: string } {
  const { pathname, searchParams } = new URL(request.url, 'http://proxy')
  const [, code = ''] = /^\/ent\/(\w{1,20})\.do$/.exec(pathname) ?? []
  if (code === '') return { problem: pathname }
  const text = decodeGbk(request.body)
  if (text === null) return { problem: 'the bytes are not GBK' }
  // "Values must not contain < or &": not even escaped.
  if (/&|<!\[CDATA/.test(text)) return { problem: '& or CDATA in a value' }
  const root = parseXml(text)
  if ('problem' in root) return root
  if (root.name !== 'Transaction') return { problem: `root ${root.name}` }
  const [system, head] = [childOf(root, 'SystemHead'), childOf(root, 'TransHead')]
  const missing = HEAD.find(name => !childOf(system, name))
  if (missing !== undefined) return { problem: `SystemHead ${missing}` }
  if (textOf(system, 'Language') !== 'zh_CN') return { problem: 'Language' }
  if (textOf(head, 'TransCode') !== code) return { problem: 'TransCode' }
  const batchId = textOf(head, 'BatchID')
  if (!/^[0-9A-Za-z]{1,50}$/.test(batchId)) return { problem: 'BatchID' }
  if (dayFromCompact(textOf(head, 'JnlDate')) === null) return { problem: 'JnlDate' }
  if (!isCompactTime(textOf(head, 'JnlTime'))) return { problem: 'JnlTime' }
  return {
    code,
    query: searchParams,
    cifNo: textOf(system, 'CifNo'),
    userId: textOf(system, 'UserID'),
    batchId,
    items: childrenOf(childOf(root, 'TransContent'), 'ReqData'),
  }
}

export type Status = { readonly code: string; readonly text: string }

export function statusElements({ code, text }: Status): string {
  return leaf('ReturnCode', code) + leaf('ReturnMsg', text) + leaf('ReturnNote', '')
}

/** `head`: what the answer repeats of the question, or null where it repeats nothing. */
export function compose(
  head: { readonly code: string; readonly batchId: string } | null,
  content: string,
  { kinds }: Disturbance,
): WireReply {
  const batchId = head && kinds.has('wrong-serial') ? otherSerial(head.batchId) : head?.batchId
  const transHead = head ? box('TransHead', leaf('TransCode', head.code), leaf('BatchID', batchId ?? '')) : ''
  return written(box('Transaction', transHead, box('TransContent', content)), kinds)
}

/** A fatal answer: the code at the root. */
export function fatal(status: Status): WireReply {
  return written(box('Transaction', statusElements(status)), new Set())
}

function written(inner: string, kinds: Disturbance['kinds']): WireReply {
  const xml = `<?xml version="1.0" encoding="GBK"?>${inner}`
  // An answer may be all ASCII, which most charsets write alike; UTF-16 it cannot be mistaken for.
  const body = kinds.has('wrong-charset') ? Buffer.from(xml, 'utf16le') : encodeGbk(xml)
  return { status: 200, contentType: 'text/xml; charset=gb2312', body }
}
