// One message to the front-end and its answer, on one connection. It says how far the message can have got and nothing about what
// the answer means; it never repeats a message.

import { Fault, type Clock } from '../../connector/ports'
import { post, Unsent } from '../shared/http'
import { decimalLength, exchangeOverTcp, headerFraming } from '../shared/tcp'
import { readReply, requestBody, requestXml, SOCKET_HEADER_BYTES, type Reply } from './codec'
import { describeMessage, problem, type Problem } from './codes'
import type { CmbFrontendConfig } from './config'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the message left. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. */
  | { readonly kind: 'uncertain'; readonly problem: Problem }

export type Session = {
  readonly config: CmbFrontendConfig
  readonly clock: Clock
  ask(funnam: string, blocks: readonly string[], signal: AbortSignal): Promise<Answer>
  /** A question that moves no money. @throws Fault unless RETCOD is 0 */
  query(funnam: string, blocks: readonly string[], signal: AbortSignal): Promise<Reply>
}

export function createSession(
  config: CmbFrontendConfig,
  { clock, sequence }: { readonly clock: Clock; readonly sequence: () => string },
): Session {
  const ask: Session['ask'] = async (funnam, blocks, signal) => {
    let head, body
    try {
      head = { funnam, serial: sequence() }
      body = requestBody(config, requestXml(config, head, blocks))
    } catch {
      // The cause stays here: it may quote the whole message.
      return { kind: 'unsent', problem: problem('cmb-frontend.unbuildable', funnam) }
    }
    const sent = await postBody(config, body, signal)
    if ('kind' in sent) return sent
    const reply = readReply(config, head, sent.body)
    return 'reason' in reply ? { kind: 'uncertain', problem: reply } : { kind: 'answer', reply }
  }
  return {
    config,
    clock,
    ask,
    async query(funnam, blocks, signal) {
      const answer = await ask(funnam, blocks, signal)
      if (answer.kind !== 'answer') throw faultOf(answer.problem)
      const { retcod, errmsg } = answer.reply
      if (retcod !== '0') throw new Fault(retcod, describeMessage(retcod, errmsg))
      return answer.reply
    },
  }
}

/** The bytes of an answer, or how far the message got. */
async function postBody(
  config: CmbFrontendConfig,
  body: Buffer,
  signal: AbortSignal,
): Promise<{ readonly body: Buffer } | Answer> {
  try {
    if (config.mode === 'socket') return { body: await overSocket(config, body, signal) }
    const contentType = config.mode === 'raw' ? 'text/xml' : 'application/x-www-form-urlencoded'
    const headers = { 'Content-Type': `${contentType}; charset=${config.encoding.toUpperCase()}` }
    const http = await post(new URL(config.endpoint), headers, body, config, signal)
    if (http.status === 200) return http
    return { kind: 'uncertain', problem: problem('cmb-frontend.http_status', String(http.status)) }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    if (!(error instanceof Unsent)) return { kind: 'uncertain', problem: problem('cmb-frontend.no_answer', detail) }
    const code = signal.aborted ? 'cmb-frontend.aborted' : 'cmb-frontend.unreachable'
    return { kind: 'unsent', problem: problem(code, detail) }
  }
}

const FRAMING = headerFraming(SOCKET_HEADER_BYTES, decimalLength)

/** Our side stays open until the answer: the length says where the message ends. @throws Unsent | Uncertain */
async function overSocket(config: CmbFrontendConfig, body: Buffer, signal: AbortSignal): Promise<Buffer> {
  const { hostname, port } = new URL(config.endpoint)
  const endpoint = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number.parseInt(port, 10),
    requestEnd: 'keep-open',
  } as const
  const answer = await exchangeOverTcp(endpoint, body, FRAMING, config, signal)
  return answer.subarray(SOCKET_HEADER_BYTES)
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
