// The operator's session: one sign-in at a time, one token for all, signed in anew when the bank says so. It never hurries
// a sign-in that was refused (five wrong passwords lock the operator), and the password is in no word it says.

import { Fault, type Clock } from '../../connector/ports'
import { messageClass, readToken, signInBody, type Reply } from './codec'
import { describeCode, isTemporarySignIn, problem, type Problem } from './codes'
import type { BocConfig } from './config'
import type { Answer, Exchange } from './exchange'
import { SignInGuard } from './sign-in-guard'

/** Does this answer say that nothing was done because nobody is signed in? Only then is a message sent a second time. */
export type NeedsSignIn = (reply: Reply) => boolean

type Token = { readonly value: string }

export class BocSession {
  readonly #config: BocConfig
  readonly #clock: Clock
  readonly #exchange: Exchange
  readonly #guard: SignInGuard
  #token: Token | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(config: BocConfig, clock: Clock, exchange: Exchange) {
    this.#config = config
    this.#clock = clock
    this.#exchange = exchange
    this.#guard = new SignInGuard(config.signIn)
  }

  /** Sends a message under the token; when the bank says "not signed in", once more after one fresh sign-in. */
  async ask(trncod: string, body: string, needsSignIn: NeedsSignIn, signal: AbortSignal): Promise<Answer> {
    const first = await this.#askOnce(trncod, body, needsSignIn, signal)
    if (first.kind !== 'answer' || !needsSignIn(first.reply)) return first
    return this.#askOnce(trncod, body, needsSignIn, signal)
  }

  /** As `ask`, for a question: the reply when its message status is ok or empty, otherwise a thrown Fault. */
  async query(trncod: string, body: string, signal: AbortSignal): Promise<Reply> {
    const isUnsigned: NeedsSignIn = reply => messageClass(reply, this.#config) === 'notSignedIn'
    const answer = await this.ask(trncod, body, isUnsigned, signal)
    if (answer.kind !== 'answer') throw faultOf(answer.problem)
    const kind = messageClass(answer.reply, this.#config)
    if (kind === 'ok' || kind === 'empty') return answer.reply
    const { code, text } = answer.reply.status
    throw new Fault(code, describeCode(code, text, this.#config.codes))
  }

  async #askOnce(trncod: string, body: string, needsSignIn: NeedsSignIn, signal: AbortSignal): Promise<Answer> {
    const token = await this.#signedIn(signal)
    if ('code' in token) return { kind: 'unsent', problem: token }
    const answer = await this.#exchange(trncod, body, token.value, signal)
    // Compared by identity: a late answer under an old token must not throw away the new one.
    if (answer.kind === 'answer' && needsSignIn(answer.reply) && this.#token === token) this.#token = null
    return answer
  }

  /** The token, signing in when there is none. Callers queue, so that a second sign-in never voids a first one's token. */
  async #signedIn(signal: AbortSignal): Promise<Token | Problem> {
    if (this.#token !== null) return this.#token
    const turn = this.#turn.then(() => this.#token ?? this.#signIn(signal))
    this.#turn = turn.catch(() => undefined)
    return abortable(turn, signal)
  }

  async #signIn(signal: AbortSignal): Promise<Token | Problem> {
    if (signal.aborted) return problem('boc.aborted', '')
    const pause = this.#guard.pauseAt(this.#clock.now())
    if (pause !== null) return problem('boc.sign_in_paused', pause)
    const body = signInBody(this.#config.operatorPassword, this.#clock.now())
    const answer = await this.#exchange('b2e0001', body, null, signal)
    if (answer.kind === 'unsent') return answer.problem
    if (answer.kind === 'uncertain') {
      this.#guard.unanswered(this.#clock.now())
      return problem('boc.sign_in_unanswered', this.#withoutPassword(answer.problem.reason))
    }
    const { status, isError } = answer.reply
    const value = status.code === 'B001' && !isError ? readToken(answer.reply) : null
    if (value !== null) {
      this.#guard.succeeded()
      this.#token = { value }
      return this.#token
    }
    return this.#refused(status.code, status.text)
  }

  #refused(code: string, text: string): Problem {
    const words = this.#withoutPassword(describeCode(code, text, this.#config.codes))
    if (isTemporarySignIn(code, this.#config.codes)) return problem('boc.sign_in_unanswered', `${code} ${words}`)
    if (code === 'B001') {
      this.#guard.unanswered(this.#clock.now())
      return problem('boc.sign_in_unanswered', 'no token')
    }
    this.#guard.refused(this.#clock.now())
    return problem('boc.sign_in_refused', `${code} ${words}`)
  }

  #withoutPassword(text: string): string {
    return text.replaceAll(this.#config.operatorPassword, '***')
  }
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}

/** The promise's value, or "aborted" at once; the promise itself runs on for the others in the queue. */
function abortable(turn: Promise<Token | Problem>, signal: AbortSignal): Promise<Token | Problem> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(problem('boc.aborted', ''))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
