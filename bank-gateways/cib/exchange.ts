// One message to the proxy and its answer, on one connection. It says how far the message can have got and nothing about
// what the answer means; it never repeats a message.

import { Fault, type Clock } from '../../connector/ports'
import { post, Unsent, type HttpAnswer } from '../shared/http'
import { readReply, requestBytes, type FunctionName, type Reply } from './codec'
import { describeCode, listClassOf, problem, type Problem } from './codes'
import type { CibConfig } from './config'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the message left. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. */
  | { readonly kind: 'uncertain'; readonly problem: Problem }

/** `trnuid` is the payment's own; null for a question, which gets one that was never used. */
export type Exchange = (
  name: FunctionName,
  trnuid: string | null,
  fields: () => readonly string[],
  signal: AbortSignal,
) => Promise<Answer>

/** `sequence` gives a number of 1 to 12 digits that was not used before. Q keeps it apart from every payment's TRNUID. */
export function createExchange(config: CibConfig, clock: Clock, sequence: () => string): Exchange {
  const url = new URL(config.endpoint)
  return async (name, own, fields, signal) => {
    let bytes: Buffer
    let trnuid: string
    try {
      trnuid = own ?? `Q${sequence()}`
      bytes = requestBytes(name, trnuid, fields(), config, clock.now())
    } catch {
      // The cause stays here: it may quote the message.
      return { kind: 'unsent', problem: problem('cib.unbuildable', name) }
    }
    let http: HttpAnswer
    try {
      http = await post(url, { 'Content-Type': 'application/x-fox' }, bytes, config, signal)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Unsent)) return { kind: 'uncertain', problem: problem('cib.no_answer', detail) }
      return { kind: 'unsent', problem: problem(signal.aborted ? 'cib.aborted' : 'cib.unreachable', detail) }
    }
    if (http.status !== 200) return { kind: 'uncertain', problem: problem('cib.http_status', String(http.status)) }
    const reply = readReply(http.body, name, trnuid)
    return 'reason' in reply ? { kind: 'uncertain', problem: reply } : { kind: 'answer', reply }
  }
}

/** As an exchange, for a list: null when the bank says that there is nothing to list. @throws Fault */
export async function queryList(
  exchange: Exchange,
  fields: () => readonly string[],
  config: CibConfig,
  signal: AbortSignal,
): Promise<Reply | null> {
  const answer = await exchange('SCUSTSTMTTRN', null, fields, signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { status, body } = answer.reply
  const kind = body === null ? 'fault' : listClassOf(status.code, config.codes)
  if (kind === 'empty') return null
  if (kind !== 'ok') throw new Fault(status.code, describeCode(status.code, status.text, config.codes))
  return answer.reply
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
