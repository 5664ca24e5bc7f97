// The envelope every ICBC message shares: CMS/eb/pub, the form it travels in, the page that holds a signature, and the
// answer that holds a reply. Pure. Nothing is believed here that does not carry our own package number.

import { isUtf8 } from 'node:buffer'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Money } from '../../connector/ports'
import { isoDay } from '../../connector/core/bank-time'
import { decode, encode } from '../shared/charset'
import { at, childrenOf, element, parseXml, textAt, type XmlNode } from '../shared/xml'
import { type IcbcConfig, currencyOfType } from './config'

export type TransCode = 'PAYENT' | 'QPAYENT' | 'QACCBAL' | 'QPD' | 'QHISD' | 'BATEBILL' | 'QEBILL'

export type Message = {
  readonly transCode: TransCode
  /** Package serial: PackageID in the URL and in the form, fSeqno in the XML (banks/icbc §1). */
  readonly fSeqno: string
  /** `yyyyMMddHHmmssSSS`. */
  readonly stamp: string
  /** The content of `<in>`, element by element. */
  readonly body: readonly string[]
  readonly isZipped: boolean
}

export type Reply = {
  readonly retCode: string
  readonly retMsg: string
  /** The bank's package number on settlement, `CMM…`. */
  readonly serialNo: string
  /** Null when the bank refused the whole package. */
  readonly out: XmlNode | null
  readonly rows: readonly XmlNode[]
  /** The GBK XML as the bank gave it, before any `<zip>` was opened. */
  readonly bytes: Buffer
}

/** The exchange happened but its answer proves nothing. For a payment: uncertain. Says why, in Chinese and English. */
export class BadAnswer extends Error {
  readonly code: string
  constructor(code: string, zh: string, en: string, options?: { cause?: unknown }) {
    super(`${zh} / ${en}`, options)
    this.name = 'BadAnswer'
    this.code = code
  }
}

/** The whole request document in GBK. @throws UnmappableText, RangeError on control characters */
export function requestXml(config: IcbcConfig, message: Message): Buffer {
  const pub = element('pub', [
    element('TransCode', message.transCode),
    element('CIS', config.cis),
    element('BankCode', BANK_CODE),
    element('ID', config.certificateId),
    element('TranDate', message.stamp.slice(0, 8)),
    element('TranTime', message.stamp.slice(8)),
    element('fSeqno', message.fSeqno),
  ])
  const cms = element('CMS', [element('eb', [pub, element('in', message.body)])])
  return encode(`<?xml version="1.0" encoding="GBK"?>${cms}`, 'gbk')
}

/** Elements the bank wants to see and we leave blank. */
export function empty(...names: readonly string[]): readonly string[] {
  return names.map(name => element(name, ''))
}

/** Many `rd` as one `<zip>`: GZip, then Base64 (banks/icbc §1). */
export function zipped(rows: readonly string[]): string {
  return element('zip', gzipSync(encode(rows.join(''), 'gbk')).toString('base64'))
}

/** Where a message is posted: the package number stands here too. */
export function tunnelTarget(config: IcbcConfig, message: Message): URL {
  const url = new URL(config.tunnelUrl)
  if (url.pathname === '/') url.pathname = '/servlet/ICBCCMPAPIReqServlet'
  url.search =
    `?userID=${encodeURIComponent(config.certificateId)}&PackageID=${message.fSeqno}&SendTime=${message.stamp}` +
    (message.isZipped ? '&zipFlag=1' : '')
  return url
}

/** `reqData` is the GBK XML of a query, or the text that the sign port returned. */
export function formBody(config: IcbcConfig, message: Message, reqData: Buffer): Buffer {
  const fields: readonly (readonly [string, string | Buffer])[] = [
    ['Version', config.version],
    ['TransCode', message.transCode],
    ['BankCode', BANK_CODE],
    ['GroupCIS', config.cis],
    ['ID', config.certificateId],
    ['PackageID', message.fSeqno],
    ['Cert', ''],
    ['reqData', reqData],
    ...(message.isZipped ? [['zipFlag', '1'] as const] : []),
  ]
  return Buffer.from(fields.map(([name, value]) => `${name}=${percentEncoded(value)}`).join('&'), 'latin1')
}

/**
 * The signed text in the sign port's page. Only `<sign>` is certain about that page (banks/icbc §1): taken by text,
 * never by position. A `<result>` other than 0 beside it means that nothing was signed.
 */
export function signedText(page: Buffer): string {
  const text = page.toString('latin1')
  const result = /<result>\s*([^<]*?)\s*<\/result>/i.exec(text)?.[1] ?? '0'
  const sign = (/<sign>([^<]*)<\/sign>/i.exec(text)?.[1] ?? '').replace(/\s/g, '')
  if (result !== '0' || !isBase64(sign))
    throw new BadAnswer('icbc.not-signed', `签名端口未签名(result=${result})`, `the sign port did not sign`)
  return sign
}

/**
 * Opens the answer of the tunnel port to a message.
 * @throws BadAnswer: `errorCode=`, text that is no Base64 of well-formed GBK XML, another package's number
 */
export function readReply(body: Buffer, message: Message, maxInflatedBytes: number): Reply {
  const bytes = replyBytes(body)
  const root = attempt(() => parseXml(gbkText(bytes)))
  const pub = root.name === 'CMS' ? at(root, 'eb', 'pub') : null
  if (!pub) throw undecodable(new RangeError('no CMS/eb/pub'))
  const [transCode, fSeqno] = [textAt(pub, 'TransCode'), textAt(pub, 'fSeqno')]
  if (fSeqno !== message.fSeqno || transCode !== message.transCode)
    throw new BadAnswer(
      'icbc.wrong-serial',
      `应答属于另一个包(${transCode} ${fSeqno})`,
      `the answer belongs to another package (${transCode} ${fSeqno})`,
    )
  const out = at(root, 'eb', 'out')
  return {
    retCode: textAt(pub, 'RetCode'),
    retMsg: textAt(pub, 'RetMsg'),
    serialNo: textAt(pub, 'SerialNo'),
    out,
    rows: out ? rowsOf(out, maxInflatedBytes) : [],
    bytes,
  }
}

/** Whole 分 as the bank writes them; null when blank. @throws BadAnswer */
export function fenOf(text: string, currency: string): Money | null {
  if (text === '') return null
  if (!/^[+-]?\d{1,30}$/.test(text)) throw undecodable(new RangeError(`amount ${text}`))
  return { minor: BigInt(text), currency }
}

/** The currency a CurrType names; `expected` where the bank left it blank. @throws BadAnswer when it is another one */
export function currencyIn(config: IcbcConfig, currType: string, expected: string): string {
  const currency = currType === '' ? expected : currencyOfType(config, currType)
  if (currency === expected) return expected
  throw new BadAnswer(
    'icbc.wrong-currency',
    `应答币种 ${currType} 不是 ${expected}`,
    `the answer's currency ${currType} is not ${expected}`,
  )
}

/**
 * Day and time of the bank's stamps: `yyyyMMdd[HHmmss…]`, `yyyy-MM-dd-HH.mm.ss.SSSSSS`, `yyyy-MM-dd`. Time is empty
 * where there is none; null when it is no stamp at all.
 */
export function stampOf(text: string): { readonly day: string; readonly time: string } | null {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)(?:[-T ]?(\d\d)[.:]?(\d\d)[.:]?(\d\d)(?:[.:]?\d*)?)?$/.exec(text)
  if (!match) return null
  const [, year, month, date, hours, minutes, seconds] = match
  try {
    const day = isoDay(`${year}${month}${date}`)
    return { day, time: hours === undefined ? '' : `${hours}:${minutes}:${seconds}` }
  } catch {
    return null
  }
}

export function undecodable(cause: unknown): BadAnswer {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new BadAnswer('icbc.undecodable', `应答无法解析(${detail})`, `the answer cannot be read (${detail})`, {
    cause,
  })
}

const BANK_CODE = '102'

/** Whole quartets of the alphabet: text that was cut off is not Base64. */
function isBase64(text: string): boolean {
  return text !== '' && text.length % 4 === 0 && /^[0-9A-Za-z+/]+={0,2}$/.test(text)
}

/** Form encoding of GBK bytes. A space becomes %20, not +, because some receivers do not turn + back (banks/icbc §1). */
function percentEncoded(value: string | Buffer): string {
  const bytes = typeof value === 'string' ? encode(value, 'gbk') : value
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += /[0-9A-Za-z._*-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

function replyBytes(body: Buffer): Buffer {
  const text = body.toString('latin1').trim()
  const errorCode = /^errorCode=\s*([0-9A-Za-z-]{1,20})/.exec(text)?.[1]
  if (errorCode !== undefined)
    throw new BadAnswer(errorCode, `NC 返回 errorCode=${errorCode}`, `the NC answered errorCode=${errorCode}`)
  const base64 = text.startsWith('reqData=') ? text.slice('reqData='.length).replace(/\s/g, '') : ''
  if (!isBase64(base64)) throw undecodable(new RangeError('no reqData= of Base64'))
  return Buffer.from(base64, 'base64')
}

/**
 * UTF-8 Chinese mostly decodes as GBK too, into other characters. An answer that is UTF-8 throughout, with three-byte
 * characters in it, is therefore refused: mojibake in a name is worse than no answer.
 */
function gbkText(bytes: Buffer): string {
  if (isUtf8(bytes) && /[\u0800-\uffff]/.test(bytes.toString('utf8'))) throw new RangeError('UTF-8 instead of GBK')
  return decode(bytes, 'gbk')
}

/** The `rd` of an answer, out of `<zip>` where they travelled in one. The inflated size is bounded: a zip bomb fails. */
function rowsOf(out: XmlNode, maxInflatedBytes: number): readonly XmlNode[] {
  const zip = at(out, 'zip')
  if (!zip) return childrenOf(out, 'rd')
  const base64 = zip.text.replace(/\s/g, '')
  if (base64 === '') return childrenOf(out, 'rd')
  if (!isBase64(base64)) throw undecodable(new RangeError('zip is no Base64'))
  const inflated = attempt(() => gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: maxInflatedBytes }))
  const rows = attempt(() => parseXml(`<zip>${gbkText(inflated).replace(/^\s*<\?xml[^>]*\?>/, '')}</zip>`))
  return [...childrenOf(out, 'rd'), ...childrenOf(rows, 'rd')]
}

function attempt<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw undecodable(cause)
  }
}
