// The envelope of the simulated CMB CDC: form to message, message to reply (banks/cmb-cdc §1–3). What the gateway server itself
// finds wrong is answered in plain text, neither encrypted nor signed.

import { decodeUtf8 } from '../engine/charset'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { WireReply, WireRequest } from '../engine/listener'
import { stampOf } from '../engine/bank-time'
import { decrypted, encrypted, isSigned, signed } from './seal'
import type { CmbOptions } from './settings'

export type Fields = Readonly<Record<string, unknown>>
export type Customer = CmbOptions['customers'][number]

export type Message = {
  readonly customer: Customer
  readonly funcode: string
  readonly reqid: string
  readonly body: Fields
}

export const PLACEHOLDER = '__signature_sigdat__'

/** The message, or the words of a plain error. */
export function readMessage(request: WireRequest, customers: readonly Customer[]): Message | string {
  const query = new URL(request.url, 'http://cdc').searchParams
  const form = new URLSearchParams(request.body.toString('latin1'))
  const field = (name: string): string => form.get(name) ?? query.get(name) ?? ''
  const customer = customers.find(({ uid }) => uid === field('UID'))
  if (!customer) return 'CDCServer:用户不存在或不在白名单'
  if (field('ALG') !== 'SM') return 'CDCServer:ALG'
  const plain = decrypted(field('DATA'), customer.symmetricKey, customer.uid)
  const text = plain && decodeUtf8(plain)
  const message = text === null ? null : parsed(text)
  if (!message || text === null) return 'ErrMsg:报文解密失败'
  if (!isSignatureGood(message, customer)) return 'ErrMsg:报文验签失败'
  const head = fields(fields(message['request'])['head'])
  const { funcode, userid, reqid } = head
  if (typeof funcode !== 'string' || funcode !== field('FUNCODE') || userid !== customer.uid) return 'ErrMsg:报文头不符'
  if (typeof reqid !== 'string' || !/^\d{14,40}$/.test(reqid)) return 'ErrMsg:reqid'
  return { customer, funcode, reqid, body: fields(fields(message['request'])['body']) }
}

function isSignatureGood(message: Fields, { publicKey, uid }: Customer): boolean {
  const signature = fields(message['signature'])
  const { sigdat, sigtim } = signature
  if (typeof sigdat !== 'string' || typeof sigtim !== 'string' || !/^\d{14}$/.test(sigtim)) return false
  const unsigned = sortedText({ ...message, signature: { ...signature, sigdat: PLACEHOLDER } })
  return isSigned(unsigned, sigdat, Buffer.from(publicKey, 'base64'), uid)
}

export type Answer = { readonly code: string; readonly text: string; readonly body: Fields }

export type Signer = { readonly privateKey: Buffer; readonly isSorted: boolean; readonly nowMs: number }

export function compose(
  { customer, funcode, reqid }: Message,
  answer: Answer,
  { privateKey, isSorted, nowMs }: Signer,
  { kinds }: Disturbance,
): WireReply {
  const head = {
    userid: customer.uid,
    rspid: `R${stampOf(nowMs)}`,
    resultmsg: answer.text,
    resultcode: answer.code,
    reqid: kinds.has('wrong-serial') ? otherSerial(reqid) : reqid,
    funcode,
    bizcode: '',
  }
  const reply = {
    response: { head, body: answer.body },
    signature: { sigtim: stampOf(nowMs).slice(0, 14), sigdat: PLACEHOLDER },
  }
  const textOf = isSorted ? sortedText : JSON.stringify
  const sigdat = signed(textOf(reply), privateKey, customer.uid)
  const whole = textOf({ ...reply, signature: { ...reply.signature, sigdat } })
  const plain = Buffer.from(whole, kinds.has('wrong-charset') ? 'utf16le' : 'utf8')
  return plainReply(encrypted(plain, customer.symmetricKey, customer.uid))
}

export function plainReply(text: string): WireReply {
  return { status: 200, contentType: 'text/plain;charset=UTF-8', body: Buffer.from(text, 'utf8') }
}

/** Keys ascending at every depth, compact, non-ASCII as it is. */
export function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** The rows of a block: an array, or a single record as an object. */
export function rowsOf(body: Fields, name: string): readonly Fields[] {
  const value = body[name]
  if (Array.isArray(value)) return value.map(fields)
  return value === undefined ? [] : [fields(value)]
}

export function textOf(row: Fields | undefined, name: string): string {
  const value = row?.[name]
  return typeof value === 'string' ? value : ''
}

function parsed(text: string): Fields | null {
  try {
    return fields(JSON.parse(text))
  } catch {
    return null
  }
}
