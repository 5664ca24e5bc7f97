// One message to the bank and its answer, on one connection. It says how far the message can have got and nothing about what
// the answer means; it never repeats a message. Queries of one account by one function keep the bank's distance in time.

import { Fault, type Clock } from '../../connector/ports'
import { post, Unsent, type HttpAnswer } from '../shared/http'
import { formBody, readReply, requestNumber, type Reply } from './codec'
import { describeMessage, problem, type Problem } from './codes'
import type { CmbConfig } from './config'
import type { JsonObject } from '../shared/json-text'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the message left. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. `isAnswered`: something came back, so that the line itself works. */
  | { readonly kind: 'uncertain'; readonly problem: Problem; readonly isAnswered: boolean }

export type Session = {
  readonly config: CmbConfig
  readonly clock: Clock
  ask(funcode: string, body: JsonObject, signal: AbortSignal): Promise<Answer>
  /**
   * A question that moves no money. `pacedBy`: an account whose questions of this function keep their distance; null does not wait.
   * @throws Fault unless the bank received it
   */
  query(funcode: string, body: JsonObject, pacedBy: string | null, signal: AbortSignal): Promise<Reply>
}

export type SessionDeps = { readonly clock: Clock; readonly sequence: () => string }

export function createSession(config: CmbConfig, { clock, sequence }: SessionDeps): Session {
  const keepDistance = createPacing(config.queryIntervalMs, clock)
  const ask: Session['ask'] = async (funcode, body, signal) => {
    let head, bytes
    try {
      const nowMs = clock.now()
      head = { funcode, reqid: requestNumber(nowMs, sequence()) }
      bytes = formBody(config, head, body, nowMs)
    } catch (error) {
      const detail = error instanceof RangeError ? error.message : funcode
      return { kind: 'unsent', problem: problem('cmb.unbuildable', detail) }
    }
    const sent = await postForm(config, bytes, signal)
    if ('kind' in sent) return sent
    const reply = readReply(config, head, sent.body)
    return 'reason' in reply ? { kind: 'uncertain', problem: reply, isAnswered: true } : { kind: 'answer', reply }
  }
  return {
    config,
    clock,
    ask,
    async query(funcode, body, pacedBy, signal) {
      if (pacedBy !== null) await keepDistance(`${funcode} ${pacedBy}`, signal)
      const answer = await ask(funcode, body, signal)
      if (answer.kind !== 'answer') throw faultOf(answer.problem)
      const { kind, code, text } = answer.reply
      if (kind === 'itemsSpeak' || kind === 'noRecord') return answer.reply
      throw new Fault(code, describeMessage(code, text, config.codes))
    },
  }
}

const HEADERS = { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }

/** The answer of HTTP, or how far the form got. */
async function postForm(config: CmbConfig, bytes: Buffer, signal: AbortSignal): Promise<HttpAnswer | Answer> {
  try {
    const http = await post(new URL(config.url), HEADERS, bytes, config, signal)
    if (http.status === 200) return http
    return { kind: 'uncertain', problem: problem('cmb.http_status', String(http.status)), isAnswered: true }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    if (error instanceof Unsent)
      return { kind: 'unsent', problem: problem(signal.aborted ? 'cmb.aborted' : 'cmb.unreachable', detail) }
    return { kind: 'uncertain', problem: problem('cmb.no_answer', detail), isAnswered: false }
  }
}

/** Waits until a key's questions are far enough apart. Keys are bounded by functions and configured accounts. */
function createPacing(intervalMs: number, clock: Clock): (key: string, signal: AbortSignal) => Promise<void> {
  const nextAt = new Map<string, number>()
  return async (key, signal) => {
    const nowMs = clock.now()
    const at = Math.max(nowMs, nextAt.get(key) ?? nowMs)
    nextAt.set(key, at + intervalMs)
    if (at > nowMs) await clock.sleep(at - nowMs, signal)
    if (signal.aborted) throw faultOf(problem('cmb.aborted', ''))
  }
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
