// The flat `<ap>` envelope of ABC behind its 7-byte header to bytes and back (banks/abc §1, §2), and the balance query. Pure. An
// answer is read only when it is provably the one to our message; what it lacks is never filled in.

import { parseAmount } from '../../connector/core/money'
import { bankClock, bankDay, bankStamp, isoDay } from '../../connector/core/bank-time'
import type { Balance, Money } from '../../connector/ports'
import { maskedAccount, withMaskedAccounts } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { decimalLength } from '../shared/tcp'
import { at, element, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'
import type { AbcConfig, OwnAccount } from './config'

/** An answer to our own message. */
export type Reply = {
  readonly seq: string
  /** `0` ok, `3` with an error of the host. */
  readonly source: string
  readonly code: string
  readonly text: string
  readonly root: XmlNode
}

export type Expected = { readonly seq: string; readonly code: string }

export const HEADER_BYTES = 7

/** Six characters of decimal length in the header (banks/abc §1). */
const MAX_BODY_BYTES = 999_999

const MAX_TEXT = 500

/** A whole message with its header; `content` is what follows the envelope's own elements. @throws RangeError | UnmappableText */
export function requestBytes(config: AbcConfig, { seq, code }: Expected, nowMs: number, content: string): Buffer {
  const stamp = bankStamp(nowMs)
  const fields: Readonly<Record<string, string>> = {
    CCTransCode: code,
    ProductID: 'ICC',
    ChannelType: 'ERP',
    CorpNo: config.corpNo,
    OpNo: config.opNo,
    AuthNo: config.authNo,
    ReqSeqNo: seq,
    ReqDate: stamp.slice(0, 8),
    ReqTime: stamp.slice(8, 14),
    Sign: '',
  }
  const body = encode(`<ap>${elements(fields)}${content}</ap>`, 'gbk')
  if (body.length > MAX_BODY_BYTES) throw new RangeError(`a message of ${body.length} bytes has no header`)
  return Buffer.concat([Buffer.from(`${config.flag}${String(body.length).padEnd(6)}`, 'latin1'), body])
}

export function elements(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, text]) => element(name, text))
    .join('')
}

export function group(name: string, fields: Readonly<Record<string, string>>): string {
  return element(name, [elements(fields)])
}

/** Length of what follows a reply's header; throws RangeError on a header of another shape. */
export function replyBodyLength(header: Buffer): number {
  if (header[0] !== 0x30 && header[0] !== 0x31) throw new RangeError('the header begins with neither 0 nor 1')
  return decimalLength(header.subarray(1))
}

/** An answer of ours, or why it is not one. `bytes` is the whole of it, with its header. */
export function readReply(bytes: Buffer, { seq, code }: Expected, config: AbcConfig): Reply | Problem {
  let root: XmlNode
  try {
    replyBodyLength(bytes.subarray(0, HEADER_BYTES))
    root = parseXml(decode(bytes.subarray(HEADER_BYTES), 'gbk'))
  } catch (error) {
    return problem('abc.undecodable', errorText(error))
  }
  if (root.name !== 'ap') return problem('abc.undecodable', `<${root.name}>`)
  // One client reads the code from TransCode (banks/abc §2).
  const answered = textAt(root, 'CCTransCode') || textAt(root, 'TransCode')
  if (answered !== code) return problem('abc.wrong_function', `${code} ≠ ${answered.slice(0, 12)}`)
  const echoed = textAt(root, 'ReqSeqNo')
  const mayLack = config.replySerial === 'when-present' && echoed === ''
  if (echoed !== seq && !mayLack) return problem('abc.wrong_serial', '')
  const respCode = textAt(root, 'RespCode')
  if (!/^\w{1,20}$/.test(respCode)) return problem('abc.undecodable', 'RespCode')
  const words = [...new Set([textAt(root, 'RespInfo'), textAt(root, 'RxtInfo')])].filter(text => text !== '')
  return { seq: echoed, source: textAt(root, 'RespSource'), code: respCode, text: wordsOf(words.join(' ')), root }
}

/** The bank's words without a whole account number, on one line. */
export function wordsOf(text: string): string {
  return withMaskedAccounts(text.replace(/\p{Cc}+/gu, ' ')).slice(0, MAX_TEXT)
}

export function errorText(error: unknown): string {
  return wordsOf(error instanceof Error ? error.message : String(error))
}

/** The account that a message is about, in `Cmp`. */
export function debitFields({ province, number }: OwnAccount): Readonly<Record<string, string>> {
  return { DbProv: province, DbAccNo: number, DbCur: '01' }
}

/** CQRA06 (banks/abc §7). */
export function balanceContent(own: OwnAccount): string {
  const { province, number } = own
  return group('Cmp', { DbAccNo: number, DbProv: province, DbCur: '01' })
}

type Amounts = { readonly current: Money; readonly available: Money | null; readonly frozen: Money | null }

/**
 * CQRA06 answers with a line of text, with the element Acc, or with both: what is there twice must agree. The instant is that of
 * the answer (RespDate, RespTime), or our clock's where it has none. FrzBal and the balances of the day before are not used:
 * their meaning is not published.
 */
export function readBalance(reply: Reply, account: string, own: OwnAccount, nowMs: number): Balance | Problem {
  const fromText = amountsOfText(textAt(reply.root, 'Cmp', 'RespPrvData1'), own)
  const fromElements = amountsOfElements(at(reply.root, 'Acc'), own.currency)
  for (const found of [fromText, fromElements])
    if (found !== null && 'reason' in found) return problem('abc.row', `${maskedAccount(account)} ${found.reason}`)
  const shapes = [fromElements, fromText].filter((found): found is Amounts => found !== null && !('reason' in found))
  const [first, second] = shapes
  if (!first) return problem('abc.missing_item', maskedAccount(account))
  if (second && (second.current.minor !== first.current.minor || second.available?.minor !== first.available?.minor))
    return problem('abc.contradictory', maskedAccount(account))
  return { account, asOf: answeredAt(reply) ?? `${bankDay(nowMs)}T${bankClock(nowMs)}`, ...first, previousDay: null }
}

/** RespDate yyyyMMdd and RespTime HHmmss (banks/abc §2). */
function answeredAt({ root }: Reply): string | null {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/.exec(textAt(root, 'RespTime')) ?? []
  try {
    return hours === undefined ? null : `${isoDay(textAt(root, 'RespDate'))}T${hours}:${minutes}:${seconds}`
  } catch {
    return null
  }
}

/** `Prov|AccNo|Cur|AccName|Bal|AvailBal|AccType|AbisRespCode|`. */
function amountsOfText(text: string, own: OwnAccount): Amounts | Problem | null {
  if (text === '') return null
  const columns = text.split('|').map(column => column.trim())
  const [province, number, currency, , bal = '', avail = ''] = columns
  if (columns.length < 8 || province !== own.province || number !== own.number || currency !== '01')
    return problem('abc.row', 'RespPrvData1')
  return amountsOf(bal, avail, '', own.currency)
}

function amountsOfElements(acc: XmlNode | null, currency: string): Amounts | Problem | null {
  if (acc === null || textAt(acc, 'Bal') === '') return null
  return amountsOf(textAt(acc, 'Bal'), textAt(acc, 'AvailBal'), textAt(acc, 'FrzAmt'), currency)
}

function amountsOf(bal: string, avail: string, frz: string, currency: string): Amounts | Problem {
  const [current, available, frozen] = [money(bal, currency), money(avail, currency), money(frz, currency)]
  if (current === null || typeof current === 'string') return problem('abc.row', `Bal ${current}`)
  if (typeof available === 'string') return problem('abc.row', `AvailBal ${available}`)
  if (typeof frozen === 'string') return problem('abc.row', `FrzAmt ${frozen}`)
  return { current, available, frozen }
}

/** An amount; null for an empty element; a string naming what is wrong. Nothing is ever zero because it was missing. */
export function money(text: string, currency: string): Money | string | null {
  if (text === '') return null
  const parsed = parseAmount(text, currency)
  return typeof parsed === 'string' ? `${parsed} ${JSON.stringify(text.slice(0, 40))}` : parsed
}
