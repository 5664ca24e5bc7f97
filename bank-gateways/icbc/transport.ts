// The two ports of the NetSafe Client: signing (449) and the tunnel to the bank (448). What is thrown here decides
// whether a payment can have left: everything of `sign`, and `Unsent` of `exchange`, proves that it did not.

import { Uncertain, Unsent, post } from '../shared/http'
import { BadAnswer, type Message, type Reply, formBody, readReply, requestXml, signedText, tunnelTarget } from './codec'
import type { IcbcConfig } from './config'

export type Transport = {
  /**
   * The signed text of a message that holds a SignTime. No byte of it reaches the bank.
   * @throws Unsent | Uncertain | BadAnswer | UnmappableText | RangeError
   */
  sign(message: Message, signal: AbortSignal): Promise<Buffer>
  /**
   * Sends a message once and opens its answer.
   * @throws Unsent when no connection stood; Uncertain or BadAnswer after that
   */
  exchange(message: Message, reqData: Buffer, signal: AbortSignal): Promise<Reply>
}

export function createTransport(config: IcbcConfig): Transport {
  const limits = {
    connectTimeoutMs: config.connectTimeoutMs,
    answerTimeoutMs: config.answerTimeoutMs,
    maxAnswerBytes: config.maxAnswerBytes,
  }
  return {
    async sign(message, signal) {
      const xml = requestXml(config, message)
      const page = await post(new URL(config.signUrl), { 'Content-Type': 'INFOSEC_SIGN/1.0' }, xml, limits, signal)
      requireOk(page.status)
      return Buffer.from(signedText(page.body), 'latin1')
    },
    async exchange(message, reqData, signal) {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded;charset=gbk' }
      const form = formBody(config, message, reqData)
      const answer = await post(tunnelTarget(config, message), headers, form, limits, signal)
      requireOk(answer.status)
      return readReply(answer.body, message, config.maxInflatedBytes)
    },
  }
}

export type Trouble = { readonly code: string; readonly reason: string }

/** What a failed exchange is called in an outcome. Anything that is not a failed exchange is a defect: thrown on. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof BadAnswer) return { code: error.code, reason: error.message }
  if (error instanceof Unsent)
    return { code: 'icbc.unreachable', reason: `连不上 NetSafe Client / no connection to the NC: ${error.message}` }
  if (error instanceof Uncertain)
    return { code: 'icbc.no-answer', reason: `没有收到完整应答 / no complete answer: ${error.message}` }
  throw error
}

function requireOk(status: number): void {
  if (status !== 200) throw new BadAnswer('icbc.http-status', `HTTP 状态 ${status}`, `HTTP status ${status}`)
}
