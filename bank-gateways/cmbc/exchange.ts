// One message and its answer over HTTP, whichever the protocol. What comes back here decides whether a payment can have left:
// `unsent` proves that it did not. It never repeats a message.

import { Fault } from '../../connector/ports'
import { post, Uncertain, Unsent, type HttpAnswer } from '../shared/http'
import { errorText } from './codec'
import { problem, type Problem } from './codes'
import type { CmbcConfig } from './config'

export type Failure = {
  readonly kind: 'unsent' | 'uncertain'
  readonly problem: Problem
  readonly isLineDown: boolean
}
export type Answer<Reply> = { readonly kind: 'answer'; readonly reply: Reply } | Failure

/** What the bytes of an answer are. */
export type Reading<Reply> = { readonly reply: Reply } | Problem

export type Message = { readonly bytes: Buffer; readonly contentType: string }

/** `build` may throw: then nothing was sent. `read` says what an answer is, or why it is none of ours. */
export async function exchange<Reply>(
  config: CmbcConfig,
  build: () => Message,
  read: (bytes: Buffer) => Reading<Reply>,
  signal: AbortSignal,
): Promise<Answer<Reply>> {
  let message: Message
  try {
    message = build()
  } catch {
    // The cause stays here: it may quote the message.
    return { kind: 'unsent', problem: problem('cmbc.unbuildable', ''), isLineDown: false }
  }
  let answer: HttpAnswer
  try {
    const url = new URL(config.protocol.endpoint)
    answer = await post(url, { 'Content-Type': message.contentType }, message.bytes, config, signal)
    if (answer.status !== 200) throw new Uncertain(`HTTP ${answer.status}`)
  } catch (error) {
    return lineFailure(error, signal)
  }
  const reading = read(answer.body)
  return 'reason' in reading
    ? { kind: 'uncertain', problem: reading, isLineDown: false }
    : { kind: 'answer', reply: reading.reply }
}

/** Only `Unsent` proves that nothing left; a defect of ours does not. */
function lineFailure(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof Unsent) {
    const code = signal.aborted ? 'cmbc.aborted' : 'cmbc.unreachable'
    return { kind: 'unsent', problem: problem(code, error.message), isLineDown: true }
  }
  const code = error instanceof Uncertain ? 'cmbc.no_answer' : 'cmbc.unexpected'
  return { kind: 'uncertain', problem: problem(code, errorText(error)), isLineDown: true }
}

export function faultOf({ code, reason }: Problem): Fault {
  return new Fault(code, reason)
}
