// One message to ABC's front-end and its answer. What comes back here decides whether a payment can have left: `unsent` proves
// that it did not.

import type { Clock } from '../../connector/ports'
import { Uncertain, Unsent } from '../shared/http'
import { exchangeOverTcp, headerFraming, streamFraming } from '../shared/tcp'
import { errorText, HEADER_BYTES, readReply, replyBodyLength, requestBytes, type Reply } from './codec'
import { problem, type Problem } from './codes'
import type { AbcConfig } from './config'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  | { readonly kind: 'unsent' | 'uncertain'; readonly problem: Problem; readonly isLineDown: boolean }

export type Front = {
  readonly config: AbcConfig
  readonly clock: Clock
  /** Sends a message under its own number; null takes a new one, for a question. */
  ask(code: string, seq: string | null, content: string, signal: AbortSignal): Promise<Answer>
}

export function createFront(config: AbcConfig, clock: Clock, sequence: () => string): Front {
  const { connectTimeoutMs, answerTimeoutMs, maxAnswerBytes } = config
  const limits = { connectTimeoutMs, answerTimeoutMs, maxAnswerBytes }
  // Every client that is known half-closes behind its request (banks/abc §1).
  const endpoint = { host: config.host, port: config.port, requestEnd: 'half-close' } as const
  const framing = config.replyLength === 'header' ? headerFraming(HEADER_BYTES, replyBodyLength) : streamFraming
  return {
    config,
    clock,
    async ask(code, seq, content, signal) {
      const expected = { code, seq: seq ?? sequence() }
      let request: Buffer
      try {
        request = requestBytes(config, expected, clock.now(), content)
      } catch (error) {
        return { kind: 'unsent', problem: problem('abc.unbuildable', errorText(error)), isLineDown: false }
      }
      try {
        const reply = readReply(await exchangeOverTcp(endpoint, request, framing, limits, signal), expected, config)
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
    const code = signal.aborted ? 'abc.aborted' : 'abc.unreachable'
    return { kind: 'unsent', problem: problem(code, error.message), isLineDown: true }
  }
  const code = error instanceof Uncertain ? 'abc.no_answer' : 'abc.unexpected'
  return { kind: 'uncertain', problem: problem(code, errorText(error)), isLineDown: true }
}
