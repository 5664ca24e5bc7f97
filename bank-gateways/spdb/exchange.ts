// One message: signed at the sign server, carried by the gateway, its answer opened by the sign server. It says how far the message
// can have got and nothing about what the answer means; it never repeats a message.

import { Fault, type Clock } from '../../connector/ports'
import { post, Unsent, type HttpAnswer } from '../shared/http'
import type { XmlNode } from '../shared/xml'
import { bodyBytes, packetBytes, readPacket, readSignature, readVerified, type Head, type Status } from './codec'
import { describeCode, isEmptyList, problem, type Problem } from './codes'
import type { SpdbConfig } from './config'

/** `body` is null where the bank refused the message as a whole: refusals are not signed. */
export type Reply = { readonly status: Status; readonly body: XmlNode | null }

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the message left for the bank. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. */
  | { readonly kind: 'uncertain'; readonly problem: Problem }

export type Exchange = (transCode: string, fields: () => readonly string[], signal: AbortSignal) => Promise<Answer>

const OK: Status = { code: 'AAAAAAA', text: '' }

/** `sequence` gives a number of 1 to 12 digits that was not used before: "packetID unique per day" (banks/spdb §1). */
export function createExchange(config: SpdbConfig, clock: Clock, sequence: () => string): Exchange {
  const gateway = new URL(config.gatewayUrl)
  return async (transCode, fields, signal) => {
    let body: Buffer
    let head: Head
    try {
      head = { transCode, packetId: sequence(), masterId: config.masterId }
      body = bodyBytes(fields())
    } catch {
      // The cause stays here: it may quote the message.
      return { kind: 'unsent', problem: problem('spdb.unbuildable', transCode) }
    }
    const signed = await signedPacket(config, head, body, clock, signal)
    if ('reason' in signed) return { kind: 'unsent', problem: signed }
    let http: HttpAnswer
    try {
      http = await post(gateway, { 'Content-Type': 'text/plain; charset=GBK' }, signed, config, signal)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Unsent)) return { kind: 'uncertain', problem: problem('spdb.no_answer', detail) }
      return { kind: 'unsent', problem: problem(signal.aborted ? 'spdb.aborted' : 'spdb.unreachable', detail) }
    }
    if (http.status !== 200) return { kind: 'uncertain', problem: problem('spdb.http_status', String(http.status)) }
    const packet = readPacket(http.body, head)
    if ('reason' in packet) return { kind: 'uncertain', problem: packet }
    if ('status' in packet) return { kind: 'answer', reply: { status: packet.status, body: null } }
    const opened = await openedBody(config, packet.signature, signal)
    return 'reason' in opened ? { kind: 'uncertain', problem: opened } : { kind: 'answer', reply: repliedBy(opened) }
  }
}

/** Head and signed body, framed. Whatever fails here, no byte of it reached the bank. */
export async function signedPacket(
  config: SpdbConfig,
  head: Head,
  body: Buffer,
  clock: Clock,
  signal: AbortSignal,
): Promise<Buffer | Problem> {
  const signature = await asked(config, 'INFOSEC_SIGN/1.0', body, signal)
  if ('reason' in signature)
    return signature.code === 'spdb.aborted' ? signature : problem('spdb.not_signed', signature.reason)
  const text = readSignature(signature)
  if (typeof text !== 'string') return problem('spdb.not_signed', text.reason)
  try {
    return packetBytes(head, text, clock.now())
  } catch {
    return problem('spdb.unbuildable', head.transCode)
  }
}

async function openedBody(config: SpdbConfig, signature: string, signal: AbortSignal): Promise<XmlNode | Problem> {
  const page = await asked(config, 'INFOSEC_VERIFY_SIGN/1.0', Buffer.from(signature, 'latin1'), signal)
  if ('reason' in page) return problem('spdb.not_verified', page.reason)
  const body = readVerified(page)
  return 'reason' in body ? problem('spdb.not_verified', body.reason) : body
}

async function asked(config: SpdbConfig, kind: string, bytes: Buffer, signal: AbortSignal): Promise<Buffer | Problem> {
  try {
    const { status, body } = await post(new URL(config.signUrl), { 'Content-Type': kind }, bytes, config, signal)
    return status === 200 ? body : problem('spdb.http_status', String(status))
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return problem(signal.aborted ? 'spdb.aborted' : 'spdb.no_answer', detail)
  }
}

/** A refusal may also stand under the signature. */
function repliedBy(body: XmlNode): Reply {
  const text = (name: string): string => body.children.find(child => child.name === name)?.text.trim() ?? ''
  const code = text('returnCode')
  return code === '' || code === 'AAAAAAA'
    ? { status: OK, body }
    : { status: { code: code.slice(0, 20), text: text('returnMsg').slice(0, 300) }, body: null }
}

/** As an exchange, for a question: its body, or null where the site knows the code to mean "nothing to list". @throws Fault */
export async function queryBody(
  exchange: Exchange,
  transCode: string,
  fields: () => readonly string[],
  config: SpdbConfig,
  signal: AbortSignal,
): Promise<XmlNode | null> {
  const answer = await exchange(transCode, fields, signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { status, body } = answer.reply
  if (body !== null) return body
  if (isEmptyList(status.code, config.codes)) return null
  throw new Fault(status.code, describeCode(status.code, status.text, config.codes))
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
