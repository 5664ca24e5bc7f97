// One message to the front-end and its answer, over either transport. What comes back here decides whether a payment can have left:
// `unsent` proves that it did not. It never repeats a message.

import { Fault, type Clock } from '../../connector/ports'
import { post, Uncertain, Unsent } from '../shared/http'
import { exchangeOverTcp, terminatorFraming } from '../shared/tcp'
import { errorText, readReply, requestBytes, withHeader, type Reply } from './codec'
import { problem, type Problem } from './codes'
import type { BcmConfig } from './config'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  | { readonly kind: 'unsent' | 'uncertain'; readonly problem: Problem; readonly isLineDown: boolean }

export type Front = {
  readonly config: BcmConfig
  readonly clock: Clock
  /** Every message has a req_no of its own; what identifies a payment is its cert_no. */
  ask(trCode: string, body: () => readonly string[], signal: AbortSignal): Promise<Answer>
}

type Transport = (xml: Buffer, signal: AbortSignal) => Promise<Buffer>

/** `sequence`: a number of 1 to 12 digits that was never used before at this bank. */
export function createFront(config: BcmConfig, clock: Clock, sequence: () => string): Front {
  const transport = transportOf(config)
  return {
    config,
    clock,
    async ask(trCode, body, signal) {
      const expected = { trCode, reqNo: sequence() }
      let request: Buffer
      try {
        request = requestBytes(config, expected, clock.now(), body())
      } catch {
        // The cause stays here: it may quote the message.
        return { kind: 'unsent', problem: problem('bcm.unbuildable', trCode), isLineDown: false }
      }
      try {
        const reply = readReply(await transport(request, signal), expected)
        if ('reason' in reply) return { kind: 'uncertain', problem: reply, isLineDown: false }
        return { kind: 'answer', reply }
      } catch (error) {
        return lineFailure(error, signal)
      }
    },
  }
}

/** Only `Unsent` proves that nothing left; a defect of ours does not. */
function lineFailure(error: unknown, signal: AbortSignal): Answer {
  if (error instanceof Unsent) {
    const code = signal.aborted ? 'bcm.aborted' : 'bcm.unreachable'
    return { kind: 'unsent', problem: problem(code, error.message), isLineDown: true }
  }
  const code = error instanceof Uncertain ? 'bcm.no_answer' : 'bcm.unexpected'
  return { kind: 'uncertain', problem: problem(code, errorText(error)), isLineDown: true }
}

function transportOf(config: BcmConfig): Transport {
  const { transport, connectTimeoutMs, answerTimeoutMs, maxAnswerBytes } = config
  const limits = { connectTimeoutMs, answerTimeoutMs, maxAnswerBytes }
  if (transport.kind === 'tcp') {
    // The known client finds the XML by `<ap>`, whatever stands before it (banks/bcm §1): so its end is `</ap>`.
    const framing = terminatorFraming('</ap>')
    return (xml, signal) => exchangeOverTcp(transport, withHeader(xml), framing, limits, signal)
  }
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const url = new URL(transport.endpoint)
  return async (xml, signal) => {
    const answer = await post(url, headers, xml, limits, signal)
    if (answer.status !== 200) throw new Uncertain(`HTTP ${answer.status}`)
    return answer.body
  }
}

export function faultOf({ code, reason }: Problem): Fault {
  return new Fault(code, reason)
}
