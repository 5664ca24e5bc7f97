// One message to the front-end and its answer, on one connection. It says how far the message can have got and nothing
// about what the answer means; it never repeats a message.

import { Fault } from '../../connector/ports'
import { post, Unsent, type HttpAnswer } from '../shared/http'
import { readReply, requestBytes, type Reply } from './codec'
import { describeCode, isEmptyList, problem, type Problem } from './codes'
import type { CiticConfig } from './config'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the message left. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. */
  | { readonly kind: 'uncertain'; readonly problem: Problem }

export type Exchange = (action: string, fields: readonly string[], signal: AbortSignal) => Promise<Answer>

export function createExchange(config: CiticConfig): Exchange {
  const url = new URL(config.endpoint)
  return async (action, fields, signal) => {
    let bytes: Buffer
    try {
      bytes = requestBytes(action, config.userName, fields)
    } catch {
      // The cause stays here: it may quote the message.
      return { kind: 'unsent', problem: problem('citic.unbuildable', action) }
    }
    let http: HttpAnswer
    try {
      http = await post(url, { 'Content-Type': 'text/xml; charset=GBK' }, bytes, config, signal)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Unsent)) return { kind: 'uncertain', problem: problem('citic.no_answer', detail) }
      return { kind: 'unsent', problem: problem(signal.aborted ? 'citic.aborted' : 'citic.unreachable', detail) }
    }
    if (http.status !== 200) return { kind: 'uncertain', problem: problem('citic.http_status', String(http.status)) }
    const reply = readReply(http.body)
    return 'reason' in reply ? { kind: 'uncertain', problem: reply } : { kind: 'answer', reply }
  }
}

/** As an exchange, for a question: the reply when its status is AAAAAAA, otherwise a thrown Fault. */
export async function query(
  exchange: Exchange,
  action: string,
  fields: readonly string[],
  config: CiticConfig,
  signal: AbortSignal,
): Promise<Reply> {
  const answer = await exchange(action, fields, signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { code, text } = answer.reply.status
  if (code !== 'AAAAAAA') throw new Fault(code, describeCode(code, text, config.codes))
  return answer.reply
}

/** As `query`, for a list: null where the site knows the bank's code for "nothing to list". */
export async function queryList(
  exchange: Exchange,
  action: string,
  fields: readonly string[],
  config: CiticConfig,
  signal: AbortSignal,
): Promise<Reply | null> {
  try {
    return await query(exchange, action, fields, config, signal)
  } catch (error) {
    if (error instanceof Fault && isEmptyList(error.code, config.codes)) return null
    throw error
  }
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
