// One message to the proxy and its answer, on one connection. It says how far the message can have got and nothing about what the
// answer means; it never repeats a message.

import { bankStamp } from '../../connector/core/bank-time'
import { Fault, type Clock } from '../../connector/ports'
import { post, Unsent, type HttpAnswer } from '../shared/http'
import { readReply, requestBytes, type Question, type Reply, type TransCode } from './codec'
import { describeCode, problem, type Problem } from './codes'
import type { CebConfig } from './config'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the message left. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. */
  | { readonly kind: 'uncertain'; readonly problem: Problem }

export type Exchange = {
  /** The payment's own BatchID: a repeat of it is refused by the bank. */
  pay(batchId: string, fields: readonly string[], signal: AbortSignal): Promise<Answer>
  /** Under a new BatchID, which is longer than any payment's. */
  ask(code: TransCode, fieldsOf: (batchId: string) => readonly string[], signal: AbortSignal): Promise<Answer>
  /** The bytes of a file that the bank has made. @throws Fault */
  download(fileName: string, signal: AbortSignal): Promise<Buffer>
}

export function createExchange(config: CebConfig, clock: Clock, sequence: () => string): Exchange {
  const base = config.endpoint.replace(/\/+$/, '')
  const credentials = `userPassword=${encodeURIComponent(config.userPassword)}`

  /** "Queries are sent with userPassword only" (banks/ceb §1). */
  function urlOf(code: TransCode): URL {
    const signed = `usrID=${encodeURIComponent(config.userId)}&${credentials}&Sigdata=1`
    return new URL(`${base}/ent/${code}.do?${code === 'b2e004001' ? signed : credentials}`)
  }

  async function exchange(question: () => Question, code: TransCode, signal: AbortSignal): Promise<Answer> {
    let asked: Question
    let bytes: Buffer
    try {
      asked = question()
      bytes = requestBytes(asked, config, clock.now())
    } catch {
      // The cause stays here: it may quote the message.
      return { kind: 'unsent', problem: problem('ceb.unbuildable', code) }
    }
    const http = await posted(urlOf(code), bytes, signal)
    if ('kind' in http) return http
    const reply = readReply(http.body, asked)
    return 'reason' in reply ? { kind: 'uncertain', problem: reply } : { kind: 'answer', reply }
  }

  async function posted(
    url: URL,
    bytes: Buffer,
    signal: AbortSignal,
  ): Promise<HttpAnswer | Exclude<Answer, { kind: 'answer' }>> {
    try {
      const answer = await post(url, { 'Content-Type': 'text/xml; charset=gb2312' }, bytes, config, signal)
      if (answer.status === 200) return answer
      return { kind: 'uncertain', problem: problem('ceb.http_status', String(answer.status)) }
    } catch (error) {
      // The message of a failed connection names host and port, never the URL with its password.
      const detail = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Unsent)) return { kind: 'uncertain', problem: problem('ceb.no_answer', detail) }
      return { kind: 'unsent', problem: problem(signal.aborted ? 'ceb.aborted' : 'ceb.unreachable', detail) }
    }
  }

  return {
    pay: (batchId, fields, signal) => exchange(() => ({ code: 'b2e004001', batchId, fields }), 'b2e004001', signal),
    ask: (code, fieldsOf, signal) =>
      exchange(
        () => {
          const batchId = `${config.cifNo}${bankStamp(clock.now())}${sequence().padStart(12, '0')}`
          return { code, batchId, fields: fieldsOf(batchId) }
        },
        code,
        signal,
      ),
    async download(fileName, signal) {
      const name = encodeURIComponent(fileName)
      const url = new URL(`${base}/ent/downloadFile.do?${credentials}&transcode=b2e005023&fileName=${name}`)
      const http = await posted(url, Buffer.alloc(0), signal)
      if ('kind' in http) throw faultOf(http.problem)
      return http.body
    },
  }
}

/** The reply of a question when its ReturnCode is 0000, otherwise a thrown Fault. */
export function replyOf(answer: Answer, config: CebConfig): Reply {
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { code, text } = answer.reply.status
  if (code !== '0000') throw new Fault(code, describeCode(code, text, config.codes))
  return answer.reply
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
