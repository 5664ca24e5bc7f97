// Messages of NS-BDES to bytes and back (banks/cmbc §1), and what both protocols' values are read by. Pure. An answer is read only when
// nothing in it says that it is another's; what it lacks is never filled in.

import { bankClock, bankDay, isoDay } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import type { Money } from '../../connector/ports'
import { bankWords } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { at, attributeOf, element, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'
import type { NsBdes } from './config'
import type { Message, Reading } from './exchange'

export type TrnCode = 'Xfer' | 'qryXfer' | 'qryBal' | 'qryDtl'

export type Expected = {
  readonly trnCode: TrnCode
  readonly trnId: string
  /** Of the payment that is made or asked about. */
  readonly insId: string | null
}

export type NsReply = {
  readonly code: string
  readonly text: string
  readonly body: XmlNode | null
}

/** A whole message; `body` is what follows trnId. @throws RangeError | UnmappableText */
export function nsMessage(
  protocol: NsBdes,
  { trnCode, trnId }: Expected,
  nowMs: number,
  body: readonly string[],
): Message {
  const { encoding, clientId, userId, userPassword } = protocol
  const header = [
    element('dtClient', `${bankDay(nowMs)} ${bankClock(nowMs)}`),
    element('clientId', clientId),
    element('userId', userId),
    element('userPswd', userPassword),
    element('language', 'chs'),
    element('appId', 'nsbdes'),
    element('appVer', '201'),
  ]
  const inner = element('requestHeader', header) + element('xDataBody', [element('trnId', trnId), ...body])
  const root = `<CMBC header="100" version="100" security="none" lang="chs" trnCode="${trnCode}">${inner}</CMBC>`
  const prolog = `<?xml version="1.0" encoding="${encoding === 'gbk' ? 'GB2312' : 'UTF-8'}"?>`
  const charset = encoding === 'gbk' ? '' : '; charset=utf-8'
  return { bytes: encode(prolog + root, encoding), contentType: `application/x-NS-BDES${charset}` }
}

export function readNsReply(bytes: Buffer, expected: Expected, protocol: NsBdes): Reading<NsReply> {
  let root: XmlNode
  try {
    root = parseXml(decode(bytes, protocol.replyEncoding))
  } catch (error) {
    return problem('cmbc.undecodable', errorText(error))
  }
  if (root.name !== 'CMBC') return problem('cmbc.undecodable', `<${root.name}>`)
  const status = at(root, 'responseHeader', 'status')
  const code = textAt(status, 'code')
  if (!/^\w{1,20}$/.test(code)) return problem('cmbc.undecodable', 'code')
  const body = at(root, 'xDataBody')
  const wrong = serialProblem(root, body, code, expected, protocol)
  return wrong ?? { reply: { code, text: bankWords(textAt(status, 'message')), body } }
}

/** What an answer repeats must be ours; that it repeats anything is not known (banks/cmbc §4). */
function serialProblem(
  root: XmlNode,
  body: XmlNode | null,
  code: string,
  { trnCode, trnId, insId }: Expected,
  { replySerial }: NsBdes,
): Problem | null {
  const own: readonly (readonly [string, string])[] = [
    [attributeOf(root, 'trnCode'), trnCode],
    [textAt(body, 'trnId'), trnId],
    [insId === null ? '' : textAt(body, 'insId'), insId ?? ''],
  ]
  if (own.some(([said, ours]) => said !== '' && said !== ours)) return problem('cmbc.wrong_serial', '')
  const isBare = textAt(body, 'trnId') === '' || (insId !== null && textAt(body, 'insId') === '')
  return replySerial === 'required' && code === '0' && isBare ? problem('cmbc.wrong_serial', 'trnId, insId') : null
}

/** The bank's words and our library's, without a whole account number, on one line. */
export function errorText(error: unknown): string {
  return bankWords(error instanceof Error ? error.message : String(error))
}

/** An amount; null for an empty value; a string naming what is wrong. Nothing is ever zero because it was missing. */
export function money(text: string): Money | string | null {
  if (text === '') return null
  const parsed = parseAmount(text, 'CNY')
  return typeof parsed === 'string' ? `${parsed} ${JSON.stringify(text.slice(0, 40))}` : parsed
}

/** `yyyyMMdd`, with or without hyphens; null for anything else. */
export function dayOf(text: string): string | null {
  try {
    return isoDay(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text.replaceAll('-', '') : text)
  } catch {
    return null
  }
}

/** The time of day at the end of `HHmmss`, `HH:mm:ss` or either behind a day; `''` for anything else. */
export function clockOf(text: string): string {
  const match = /^(?:\d{4}-\d{2}-\d{2}[ T]|\d{8})?([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)(?:\.\d+)?$/.exec(text)
  const [, hours, minutes, seconds] = match ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}
