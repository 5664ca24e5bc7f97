// Messages of CMB CDC to a form body and back: canonical text, signature, encryption, envelope (banks/cmb-cdc §1–3). An answer
// is read only when it is provably the bank's, and to our message; what it lacks is never filled in.

import { parseAmount } from '../../connector/core/money'
import { bankStamp, isoDay } from '../../connector/core/bank-time'
import type { Money } from '../../connector/ports'
import { sm2Sign, sm2Verify, sm4CbcDecrypt, sm4CbcEncrypt } from '../shared/gm'
import { bankWords } from '../shared/account'
import { messageClassOf, problem, type MessageClass, type Problem } from './codes'
import { paddedUid, type CmbConfig } from './config'
import {
  get,
  isObject,
  jsonText,
  object,
  parseJson,
  rowsAt,
  textAt,
  type Json,
  type JsonObject,
} from '../shared/json-text'

/** Stands for the signature while signing and verifying. */
const PLACEHOLDER = '__signature_sigdat__'

export type Head = { readonly funcode: string; readonly reqid: string }

export type Reply = {
  readonly code: string
  readonly text: string
  readonly kind: MessageClass
  readonly body: Json | undefined
  /** yyyyMMddHHmmss of the bank's clock when it signed, or empty. */
  readonly signedAt: string
}

/** yyyyMMddHHmmssSSS and 7 digits: 24, as the clients of banks/cmb-cdc §3 have it. `sequence` is 12 digits never used before. */
export function requestNumber(nowMs: number, sequence: string): string {
  if (!/^\d{1,12}$/.test(sequence)) throw new RangeError(`message number ${JSON.stringify(sequence)}`)
  return bankStamp(nowMs) + sequence.padStart(7, '0').slice(-7)
}

/** The canonical text that is signed: keys ascending at every depth, no blanks, UTF-8. */
export function canonicalRequest(
  config: CmbConfig,
  head: Head,
  body: JsonObject,
  sigtim: string,
  sigdat: string,
): string {
  const headFields = object({ funcode: head.funcode, reqid: head.reqid, userid: config.uid })
  const request = object({ body, head: headFields })
  return jsonText(object({ request, signature: object({ sigdat, sigtim }) }), 'sorted')
}

/** The form that is POSTed: UID, FUNCODE, ALG, DATA. @throws RangeError for text that JSON in UTF-8 cannot carry */
export function formBody(config: CmbConfig, head: Head, body: JsonObject, nowMs: number): Buffer {
  const sigtim = bankStamp(nowMs).slice(0, 14)
  const uid16 = paddedUid(config.uid)
  const unsigned = canonicalRequest(config, head, body, sigtim, PLACEHOLDER)
  if (/\p{Cs}/u.test(unsigned)) throw new RangeError('a lone surrogate cannot be sent')
  const signature = sm2Sign(Buffer.from(unsigned, 'utf8'), config.privateKey, uid16).toString('base64')
  const plain = Buffer.from(canonicalRequest(config, head, body, sigtim, signature), 'utf8')
  const cipher = sm4CbcEncrypt(plain, Buffer.from(config.symmetricSecret, 'latin1'), Buffer.from(uid16, 'latin1'))
  const fields = { UID: config.uid, FUNCODE: head.funcode, ALG: 'SM', DATA: cipher.toString('base64') }
  return Buffer.from(new URLSearchParams(fields).toString(), 'latin1')
}

/** The bank's answer to the message of this head, or why it is not one. */
export function readReply(config: CmbConfig, head: Head, bytes: Uint8Array): Reply | Problem {
  const received = Buffer.from(bytes).toString('utf8').trim()
  if (received.startsWith('CDCServer:') || received.includes('ErrMsg:'))
    return problem('cmb.plain_error', bankWords(received))
  const message = openedMessage(config, received)
  if ('reason' in message) return message
  const answered = get(get(message, 'response'), 'head')
  const [reqid, funcode] = [textAt(answered, 'reqid'), textAt(answered, 'funcode')]
  if (reqid !== head.reqid || funcode.toLowerCase() !== head.funcode.toLowerCase())
    return problem('cmb.wrong_serial', `${head.funcode} ${head.reqid} ≠ ${bankWords(funcode)}`)
  const code = textAt(answered, 'resultcode')
  if (code === '') return problem('cmb.undecodable', 'no resultcode')
  return {
    code,
    text: textAt(answered, 'resultmsg'),
    kind: messageClassOf(code, config.codes),
    body: get(get(message, 'response'), 'body'),
    signedAt: textAt(message, 'signature', 'sigtim'),
  }
}

function openedMessage(config: CmbConfig, received: string): JsonObject | Problem {
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(received)) return problem('cmb.undecodable', 'not Base64')
  let message: Json
  try {
    const iv = Buffer.from(paddedUid(config.uid), 'latin1')
    const plain = sm4CbcDecrypt(Buffer.from(received, 'base64'), Buffer.from(config.symmetricSecret, 'latin1'), iv)
    message = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(plain))
  } catch (error) {
    return problem('cmb.undecodable', error instanceof RangeError ? error.message : 'not UTF-8')
  }
  if (!isObject(message)) return problem('cmb.undecodable', 'not an object')
  return isSignedByBank(config, message) ? message : problem('cmb.bad_signature', '')
}

/** Clients differ in whether they sort before verifying (banks/cmb-cdc §2): the signature must hold for one of the two. */
function isSignedByBank(config: CmbConfig, message: JsonObject): boolean {
  const signature = get(message, 'signature')
  const sigdat = textAt(signature, 'sigdat')
  if (!isObject(signature) || !/^[A-Za-z0-9+/]{86}==$/.test(sigdat)) return false
  const blank = { ...signature, entries: new Map(signature.entries).set('sigdat', PLACEHOLDER) }
  const unsigned = { ...message, entries: new Map(message.entries).set('signature', blank) }
  const raw = Buffer.from(sigdat, 'base64')
  return (['sorted', 'received'] as const).some(order =>
    sm2Verify(Buffer.from(jsonText(unsigned, order), 'utf8'), raw, config.bankPublicKey, paddedUid(config.uid)),
  )
}

/** A block's rows, or the problem that the block is not there: only an empty block says "none". */
export function blockOf(reply: Reply, ...names: readonly string[]): readonly Json[] | Problem {
  for (const name of names) {
    const rows = rowsAt(reply.body, name)
    if (rows !== null) return rows
  }
  return problem('cmb.missing_item', names.join(', '))
}

/** ISO currency of a ccyNbr. Only 10 is confirmed for CDC; the others are the front-end's list (banks/cmb-frontend §7). */
const CURRENCIES: Readonly<Record<string, string>> = {
  '10': 'CNY',
  '21': 'HKD',
  '29': 'AUD',
  '32': 'USD',
  '35': 'EUR',
  '39': 'CAD',
  '43': 'GBP',
  '65': 'JPY',
}

export function currencyOf(code: string): string | null {
  return Object.hasOwn(CURRENCIES, code) ? (CURRENCIES[code] ?? null) : null
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

/** `HH:mm:ss` of `HHmmss`, or empty. */
export function clockOf(digits: string): string {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/.exec(digits) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}
