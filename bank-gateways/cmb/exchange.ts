// One message to the bank and its answer, on one connection. It says how far the message can have got and nothing about what
// the answer means; it never repeats a message. Queries of one account by one function keep the bank's distance in time.

import { Fault, type Clock } from '../../connector/ports'
import { post, Unsent, type HttpAnswer } from '../shared/http'
import { formBody, readReply, requestNumber, type Reply } from './codec'
import { describeMessage, problem, type Problem } from './codes'
import type { CmbConfig } from './config'
import type { JsonObject } from './json-text'

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
  const url = new URL(config.url)
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }
  /** When the next question of a function and account may leave. Bounded by functions and configured accounts. */
  const nextAt = new Map<string, number>()

  const ask: Session['ask'] = async (funcode, body, signal) => {
    let head, bytes
    try {
      const nowMs = clock.now()
      head = { funcode, reqid: requestNumber(nowMs, sequence()) }
      bytes = formBody(config, head, body, nowMs)
    } catch (error) {
      return {
        kind: 'unsent',
        problem: problem('cmb.unbuildable', error instanceof RangeError ? error.message : funcode),
      }
    }
    let http: HttpAnswer
    try {
      http = await post(url, headers, bytes, config, signal)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Unsent))
        return { kind: 'uncertain', problem: problem('cmb.no_answer', detail), isAnswered: false }
      return { kind: 'unsent', problem: problem(signal.aborted ? 'cmb.aborted' : 'cmb.unreachable', detail) }
    }
    if (http.status !== 200)
      return { kind: 'uncertain', problem: problem('cmb.http_status', String(http.status)), isAnswered: true }
    const reply = readReply(config, head, http.body)
    return 'reason' in reply ? { kind: 'uncertain', problem: reply, isAnswered: true } : { kind: 'answer', reply }
  }

  const keepDistance = async (key: string, signal: AbortSignal): Promise<void> => {
    const nowMs = clock.now()
    const at = Math.max(nowMs, nextAt.get(key) ?? nowMs)
    nextAt.set(key, at + config.queryIntervalMs)
    if (at > nowMs) await clock.sleep(at - nowMs, signal)
    if (signal.aborted) throw faultOf(problem('cmb.aborted', ''))
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

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
