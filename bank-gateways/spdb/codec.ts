// Packets of NC_HTTP and pages of the sign server to bytes and back, and the balance. Pure. What an answer lacks is never filled in,
// and of what the bank says no account number is repeated whole.

import { bankClock, bankDay, isoDay } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import type { Balance, Money } from '../../connector/ports'
import { maskedAccount, withMaskedAccounts } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { at, childrenOf, element, find, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'

export type Head = { readonly transCode: string; readonly packetId: string; readonly masterId: string }

const LENGTH_DIGITS = 6
const MAX_TEXT = 300

/** The bytes that are signed. @throws UnmappableText, RangeError */
export function bodyBytes(fields: readonly string[]): Buffer {
  return encode(element('body', fields), 'gbk')
}

/** `<lists name>` of `<list>` rows (banks/spdb §1). */
export function listsOf(rows: readonly (readonly string[])[], name?: string): string {
  const open = name === undefined ? '<lists>' : `<lists name="${name}">`
  return `${open}${rows.map(row => element('list', row)).join('')}</lists>`
}

/** Six digits of the total length, themselves counted, then the packet (banks/spdb §1). @throws RangeError */
export function packetBytes(head: Head, signature: string, nowMs: number): Buffer {
  const fields = [
    element('transCode', head.transCode),
    element('signFlag', '1'),
    element('packetID', head.packetId),
    element('masterID', head.masterId),
    element('timeStamp', `${bankDay(nowMs)} ${bankClock(nowMs)}`),
  ]
  const packet = element('packet', [element('head', fields), element('body', [element('signature', signature)])])
  const xml = encode(`<?xml version='1.0' encoding='gb2312'?>${packet}`, 'gbk')
  const length = String(xml.length + LENGTH_DIGITS).padStart(LENGTH_DIGITS, '0')
  if (length.length > LENGTH_DIGITS) throw new RangeError('the packet is longer than its length field can say')
  return Buffer.concat([Buffer.from(length, 'latin1'), xml])
}

/** The signature on the page of the sign server: CRLF inside it is the server's own habit. */
export function readSignature(bytes: Uint8Array): string | Problem {
  const page = readPage(bytes)
  if ('reason' in page) return page
  const signature = (find(page, 'sign')?.text ?? '').replace(/\s+/g, '')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(signature) ? signature : problem('spdb.undecodable', 'no <sign>')
}

/** The `<body>` that the sign server found under the signature of an answer. */
export function readVerified(bytes: Uint8Array): XmlNode | Problem {
  const page = readPage(bytes)
  if ('reason' in page) return page
  const body = at(find(page, 'sic'), 'body')
  return body ?? problem('spdb.undecodable', 'no <sic>')
}

/** `<html>` with `<result>0</result>`, in whatever place. */
function readPage(bytes: Uint8Array): XmlNode | Problem {
  try {
    const page = parseXml(decode(bytes, 'gbk'))
    const result = find(page, 'result')?.text.trim() ?? ''
    return result === '0' ? page : problem('spdb.undecodable', `result ${result.slice(0, 20)}`)
  } catch (error) {
    return problem('spdb.undecodable', withMaskedAccounts(String(error)).slice(0, MAX_TEXT))
  }
}

export type Status = { readonly code: string; readonly text: string }
/** A refusal comes unsigned; everything else holds a signature that is still to be opened. */
export type Packet = { readonly status: Status } | { readonly signature: string }

/** Everything before `<?xml` is cut: the reply's length is padded with blanks, and whether it counts itself is not known. */
export function readPacket(bytes: Uint8Array, head: Head): Packet | Problem {
  let root: XmlNode
  try {
    const text = decode(bytes, 'gbk')
    const start = text.indexOf('<?xml')
    if (start < 0 || !/^\d{0,6} *$/.test(text.slice(0, start))) return problem('spdb.undecodable', 'no packet')
    root = parseXml(text.slice(start))
  } catch (error) {
    return problem('spdb.undecodable', withMaskedAccounts(String(error)).slice(0, MAX_TEXT))
  }
  if (root.name !== 'packet') return problem('spdb.undecodable', `<${root.name}>`)
  // What the head does not repeat cannot be compared; what it repeats must be ours.
  const [id, code] = [textAt(root, 'head', 'packetID'), textAt(root, 'head', 'transCode')]
  if ((id !== '' && id !== head.packetId) || (code !== '' && code !== head.transCode))
    return problem('spdb.wrong_serial', `${code} ${id}`.slice(0, 60))
  for (const place of ['head', 'body']) {
    const refusal = textAt(root, place, 'returnCode')
    if (refusal !== '' && refusal !== 'AAAAAAA')
      return { status: { code: refusal.slice(0, 20), text: words(textAt(root, place, 'returnMsg')) } }
  }
  const signature = textAt(root, 'body', 'signature').replace(/\s+/g, '')
  return signature === '' ? problem('spdb.undecodable', 'no signature') : { signature }
}

/** The bank's own words, fit for a message. */
export function words(text: string): string {
  return withMaskedAccounts(text.replace(/\p{Cc}+/gu, ' ')).slice(0, MAX_TEXT)
}

/** Rows of every list of a body, in order. */
export function rowsOf(body: XmlNode): readonly XmlNode[] {
  return childrenOf(body, 'lists').flatMap(lists => childrenOf(lists, 'list'))
}

export function balanceFields(account: string): readonly string[] {
  return [listsOf([[element('acctNo', account)]], 'acctList')]
}

/** The balance of `account` in an answer to 4402. The bank gives no instant: it is of the bank's day. */
export function readBalance(body: XmlNode, account: string, currency: string, nowMs: number): Balance | Problem {
  const own = rowsOf(body).filter(row => textAt(row, 'acctNo') === account)
  const [row] = own
  if (!row || own.length !== 1)
    return problem(row ? 'spdb.ambiguous_item' : 'spdb.missing_item', maskedAccount(account))
  const read = (name: string): Money | string | null => money(textAt(row, name), currency)
  const [current, available, frozen] = [read('balance'), read('canUseBalance'), read('freezeBalance')]
  if (typeof current === 'string' || current === null) return problem('spdb.row', `balance: ${current}`)
  if (typeof available === 'string') return problem('spdb.row', `canUseBalance: ${available}`)
  if (typeof frozen === 'string') return problem('spdb.row', `freezeBalance: ${frozen}`)
  return { account, asOf: bankDay(nowMs), current, available, frozen, previousDay: null }
}

/** An amount; null for an empty element; a string naming what is wrong. Nothing is ever zero because it was missing. */
export function money(text: string, currency: string): Money | string | null {
  if (text === '') return null
  const parsed = parseAmount(text, currency)
  return typeof parsed === 'string' ? `${parsed} ${JSON.stringify(text.slice(0, 40))}` : parsed
}

/** `2026-03-01` of `20260301`, or null. */
export function dayOf(digits: string): string | null {
  try {
    return isoDay(digits)
  } catch {
    return null
  }
}
