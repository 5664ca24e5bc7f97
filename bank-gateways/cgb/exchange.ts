// One message to the local client or to the bank, and its answer, on one connection. It says how far the message can have got and
// nothing about what the answer means; it never repeats a message.

import { bankClock, bankStamp } from '../../connector/core/bank-time'
import { Fault, type Clock } from '../../connector/ports'
import { post, Unsent, type HttpAnswer } from '../shared/http'
import { readReply, requestBytes, type Question, type Reply } from './codec'
import { describeCode, problem, type Problem } from './codes'
import type { CgbConfig } from './config'
import { opened, sealed, TRADE_CODE, type Letter } from './direct'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the message left. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. */
  | { readonly kind: 'uncertain'; readonly problem: Problem }

export type Exchange = {
  /** The payment's own number: unique for the day. */
  pay(entSeqNo: string, tranCode: string, fields: readonly string[], signal: AbortSignal): Promise<Answer>
  /** Under a number of its own, of 18 digits: longer than any payment's. */
  ask(tranCode: string, fields: readonly string[], signal: AbortSignal): Promise<Answer>
}

export function createExchange(config: CgbConfig, clock: Clock, sequence: () => string): Exchange {
  const { transport } = config
  const url = new URL(
    transport.kind === 'client'
      ? transport.endpoint
      : `${transport.url.replace(/\/+$/, '')}/${TRADE_CODE}/${transport.version}`,
  )

  async function exchange(question: Question, signal: AbortSignal): Promise<Answer> {
    // One number for the letter too: a time stamp with a sequence that never repeats.
    const seqNo = `${bankStamp(clock.now())}${sequence().padStart(12, '0')}`
    let letter: Letter
    try {
      const bedc = requestBytes(question, config, clock.now())
      letter = transport.kind === 'client' ? formOf(bedc) : sealed(bedc, seqNo, config, transport, clock.now())
    } catch {
      // The cause stays here: it may quote the message.
      return { kind: 'unsent', problem: problem('cgb.unbuildable', question.tranCode) }
    }
    let http: HttpAnswer
    try {
      http = await post(url, letter.headers, letter.body, config, signal)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Unsent)) return { kind: 'uncertain', problem: problem('cgb.no_answer', detail) }
      return { kind: 'unsent', problem: problem(signal.aborted ? 'cgb.aborted' : 'cgb.unreachable', detail) }
    }
    if (http.status !== 200) return { kind: 'uncertain', problem: problem('cgb.http_status', String(http.status)) }
    const bedc = transport.kind === 'client' ? http.body : opened(http, seqNo, transport)
    if ('reason' in bedc) return { kind: 'uncertain', problem: bedc }
    const reply = readReply(bedc, question)
    return 'reason' in reply ? { kind: 'uncertain', problem: reply } : { kind: 'answer', reply }
  }

  return {
    pay: (entSeqNo, tranCode, fields, signal) => exchange({ tranCode, entSeqNo, fields }, signal),
    ask: (tranCode, fields, signal) => {
      const time = bankClock(clock.now()).replaceAll(':', '')
      return exchange({ tranCode, entSeqNo: `${time}${sequence().padStart(12, '0')}`, fields }, signal)
    },
  }
}

/** The form field `cgb_data`, its GBK bytes percent-encoded. */
function formOf(bedc: Buffer): Letter {
  const encoded = Array.from(bedc, byte =>
    /[0-9A-Za-z*._-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('')
  return {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=GBK' },
    body: Buffer.from(`cgb_data=${encoded}`, 'latin1'),
  }
}

/** The reply of a question when its retCode is 000, otherwise a thrown Fault. */
export function replyOf(answer: Answer, config: CgbConfig): Reply {
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { code, text } = answer.reply.status
  if (code !== '000') throw new Fault(code, describeCode(code, text, config.codes))
  return answer.reply
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
