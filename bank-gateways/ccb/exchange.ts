// One message to CCB and its answer, over either transport. What comes back here decides whether a payment can have left:
// `unsent` proves that it did not.

import type { Clock } from '../../connector/ports'
import { post, Uncertain, Unsent } from '../shared/http'
import { exchangeOverTcp, terminatorFraming } from '../shared/tcp'
import { errorText, field, readReply, requestBytes, type Reply } from './codec'
import { describeCode, isListed, problem, type Problem } from './codes'
import type { CcbConfig } from './config'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  | { readonly kind: 'unsent' | 'uncertain'; readonly problem: Problem; readonly isLineDown: boolean }

export type Front = {
  readonly config: CcbConfig
  readonly clock: Clock
  /** Sends a message under its own number; null takes a new one, for a question. */
  ask(txCode: string, sn: string | null, info: readonly string[], signal: AbortSignal): Promise<Answer>
}

type Transport = (request: Buffer, signal: AbortSignal) => Promise<Buffer>

export function createFront(config: CcbConfig, clock: Clock, sequence: () => string): Front {
  const transport = transportOf(config)
  let isConnected = config.connect === null
  const exchange = async (
    txCode: string,
    sn: string,
    info: readonly string[],
    signal: AbortSignal,
  ): Promise<Answer> => {
    const answer = await exchangeOnce(config, transport, { sn, txCode }, info, signal)
    // A line that failed, or a code that nobody knows, may be a client that was started anew and knows of no connection.
    if (answer.kind !== 'answer' || !isListed(answer.reply.code, 'submit')) isConnected = config.connect === null
    return answer
  }
  const connect = async (signal: AbortSignal): Promise<Problem | null> => {
    if (isConnected || config.connect === null) return null
    const info = [field('REM1', config.connect.rem1), field('REM2', config.connect.rem2)]
    const answer = await exchange('6W9101', sequence(), info, signal)
    if (answer.kind !== 'answer') return problem('ccb.connect_failed', answer.problem.reason)
    const { code, text } = answer.reply
    if (code !== '000000')
      return problem('ccb.connect_failed', `${code} ${describeCode(code, 'inquiry', text, config.codes)}`)
    isConnected = true
    return null
  }
  return {
    config,
    clock,
    async ask(txCode, sn, info, signal) {
      const failed = await connect(signal)
      if (failed) return { kind: 'unsent', problem: failed, isLineDown: true }
      return exchange(txCode, sn ?? sequence(), info, signal)
    },
  }
}

async function exchangeOnce(
  config: CcbConfig,
  transport: Transport,
  expected: { readonly sn: string; readonly txCode: string },
  info: readonly string[],
  signal: AbortSignal,
): Promise<Answer> {
  let request: Buffer
  try {
    request = requestBytes(config, expected, info)
  } catch (error) {
    return { kind: 'unsent', problem: problem('ccb.unbuildable', errorText(error)), isLineDown: false }
  }
  try {
    const reply = readReply(await transport(request, signal), expected, config)
    if ('reason' in reply) return { kind: 'uncertain', problem: reply, isLineDown: false }
    return { kind: 'answer', reply }
  } catch (error) {
    return lineFailure(error, signal)
  }
}

/** Only `Unsent` proves that nothing left; a defect of ours does not. */
function lineFailure(error: unknown, signal: AbortSignal): Answer {
  if (error instanceof Unsent) {
    const code = signal.aborted ? 'ccb.aborted' : 'ccb.unreachable'
    return { kind: 'unsent', problem: problem(code, error.message), isLineDown: true }
  }
  const code = error instanceof Uncertain ? 'ccb.no_answer' : 'ccb.unexpected'
  return { kind: 'uncertain', problem: problem(code, errorText(error)), isLineDown: true }
}

function transportOf(config: CcbConfig): Transport {
  const { transport, connectTimeoutMs, answerTimeoutMs, maxAnswerBytes } = config
  const limits = { connectTimeoutMs, answerTimeoutMs, maxAnswerBytes }
  if (transport.kind === 'tcp') {
    // `</TX_INFO>` does not hold the terminator (banks/ccb §1).
    const framing = terminatorFraming('</TX>')
    return (request, signal) => exchangeOverTcp(transport, request, framing, limits, signal)
  }
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const url = new URL(transport.endpoint)
  return async (request, signal) => {
    const value = transport.body === 'raw' ? request : percentEncoded(request)
    const answer = await post(url, headers, Buffer.concat([Buffer.from('requestXml='), value]), limits, signal)
    if (answer.status !== 200) throw new Uncertain(`HTTP ${answer.status}`)
    return answer.body
  }
}

/** A form's value from bytes of whatever charset. */
function percentEncoded(bytes: Buffer): Buffer {
  const text = [...bytes].map(byte =>
    /[0-9A-Za-z]/.test(String.fromCharCode(byte)) && byte < 0x80
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  )
  return Buffer.from(text.join(''), 'latin1')
}
