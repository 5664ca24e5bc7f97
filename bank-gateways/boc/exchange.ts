// One message to the front-end and its answer, on one connection. It says how far the message can have got and nothing
// about what the answer means; it never repeats a message.

import { post, Unsent, type HttpAnswer } from '../shared/http'
import { readReply, requestBytes, type Reply } from './codec'
import { problem, type Problem } from './codes'
import type { BocConfig } from './config'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the message left, or the bank said that it executed nothing. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. */
  | { readonly kind: 'uncertain'; readonly problem: Problem }

export type Exchange = (trncod: string, body: string, token: string | null, signal: AbortSignal) => Promise<Answer>

/** `sequence` gives a message number of 1 to 12 digits that was not used before. */
export function createExchange(config: BocConfig, sequence: () => string): Exchange {
  const url = new URL(config.endpoint)
  return async (trncod, body, token, signal) => {
    let expected, bytes
    try {
      expected = { trnid: messageNumber(sequence()), trncod, token }
      bytes = requestBytes(config, expected, body)
    } catch {
      // The cause stays here: it may quote the message, and a sign-in holds the password.
      return { kind: 'unsent', problem: problem('boc.unbuildable', trncod) }
    }
    let http: HttpAnswer
    try {
      http = await post(url, { 'Content-Type': 'application/xml' }, bytes, config, signal)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Unsent)) return { kind: 'uncertain', problem: problem('boc.no_answer', detail) }
      return { kind: 'unsent', problem: problem(signal.aborted ? 'boc.aborted' : 'boc.unreachable', detail) }
    }
    if (http.status !== 200) return { kind: 'uncertain', problem: problem('boc.http_status', String(http.status)) }
    const reply = readReply(http.body, config.encoding, expected)
    return 'reason' in reply ? { kind: 'uncertain', problem: reply } : { kind: 'answer', reply }
  }
}

function messageNumber(digits: string): string {
  if (!/^\d{1,12}$/.test(digits)) throw new RangeError(`message number ${JSON.stringify(digits)}`)
  return digits
}
