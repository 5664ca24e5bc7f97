// One exchange over plain TCP with a bank's front-end: one request, one answer, one connection. As in http.ts the one
// thing that matters about a failure is whether a byte of the request could have left: `Unsent` is thrown only while
// nothing had been handed to a connection, everything after that is `Uncertain`. How an answer ends is the caller's
// `Framing`; nothing here knows a bank, repeats a request or completes an answer that was cut off.

import net from 'node:net'
import { Uncertain, Unsent, type HttpLimits } from './http'

export type TcpLimits = HttpLimits

export type TcpEndpoint = {
  readonly host: string
  readonly port: number
  /** Whether our side of the connection is shut behind the request (`shutdownOutput`), or left open until the answer. */
  readonly requestEnd: 'half-close' | 'keep-open'
}

/** How the end of an answer is known. */
export type Framing = {
  /**
   * Bytes of the whole answer, its header included, as soon as they are known; null while more must arrive. `looked` is
   * how many of the bytes were there at the call before: a search need not begin anew. Throws RangeError on bytes that
   * cannot be an answer's beginning.
   */
  lengthOf(received: Buffer, looked: number): number | null
  /** What the end of the stream means while the length is not known: the answer ends here, or it was cut off. */
  readonly endOfStream: 'ends-answer' | 'cuts-answer'
}

/** A header of fixed width from which the length of what follows it is read; `bodyLengthOf` throws RangeError on another. */
export function headerFraming(headerBytes: number, bodyLengthOf: (header: Buffer) => number): Framing {
  return {
    lengthOf: received =>
      received.length < headerBytes ? null : headerBytes + bodyLengthOf(received.subarray(0, headerBytes)),
    endOfStream: 'cuts-answer',
  }
}

/** The answer ends with the first occurrence of these bytes, e.g. an XML document's own closing tag. */
export function terminatorFraming(terminator: string): Framing {
  const bytes = Buffer.from(terminator, 'latin1')
  return {
    lengthOf(received, looked) {
      const found = received.indexOf(bytes, Math.max(0, looked - bytes.length + 1))
      return found < 0 ? null : found + bytes.length
    },
    endOfStream: 'cuts-answer',
  }
}

/** The answer ends where the bank closes. A cut cannot be seen here: only what reads the answer can find it. */
export const streamFraming: Framing = { lengthOf: () => null, endOfStream: 'ends-answer' }

/** A length of decimal digits, padded with blanks behind or with zeros before; throws RangeError on anything else. */
export function decimalLength(bytes: Buffer): number {
  const text = bytes.toString('latin1')
  const digits = /^(\d{1,15}) *$/.exec(text)?.[1]
  if (digits === undefined) throw new RangeError(`${JSON.stringify(text)} is not a length`)
  return Number.parseInt(digits, 10)
}

/**
 * Sends `request` once and resolves with the bytes of one answer as `framing` cuts it; bytes behind it are not looked at.
 * @throws Unsent | Uncertain
 */
export function exchangeOverTcp(
  endpoint: TcpEndpoint,
  request: Buffer,
  framing: Framing,
  limits: TcpLimits,
  signal: AbortSignal,
): Promise<Buffer> {
  if (signal.aborted) return Promise.reject(new Unsent('aborted before connecting'))
  return new Promise((resolve, reject) => {
    const call = new Call(endpoint, limits, { resolve, reject })
    const onAbort = (): void => call.fail('aborted')
    signal.addEventListener('abort', onAbort, { once: true })
    call.onceOver(() => signal.removeEventListener('abort', onAbort))
    call.run(request, new Received(framing, limits.maxAnswerBytes))
  })
}

type Settle = { readonly resolve: (answer: Buffer) => void; readonly reject: (error: Error) => void }

/** One connection from its opening to the first verdict; what comes after that changes nothing. */
class Call {
  readonly #socket: net.Socket
  readonly #requestEnd: TcpEndpoint['requestEnd']
  readonly #limits: TcpLimits
  readonly #settle: Settle
  #isSent = false
  #timer: NodeJS.Timeout
  #over: () => void = () => undefined

  constructor({ host, port, requestEnd }: TcpEndpoint, limits: TcpLimits, settle: Settle) {
    this.#limits = limits
    this.#settle = settle
    this.#requestEnd = requestEnd
    this.#socket = net.connect({ host, port, noDelay: true })
    const { connectTimeoutMs } = limits
    this.#timer = setTimeout(() => this.fail(`no connection within ${connectTimeoutMs} ms`), connectTimeoutMs)
  }

  onceOver(over: () => void): void {
    this.#over = over
  }

  run(request: Buffer, received: Received): void {
    const socket = this.#socket
    // Kept for the life of the socket: an error that comes after the verdict must not end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(error.message || (error.code ?? error.name), error))
    socket.once('connect', () => this.#send(request))
    socket.on('data', (chunk: Buffer) => this.#judge(received.add(chunk)))
    socket.on('end', () => this.#judge(received.end()))
    // A socket may close without `end` or `error`.
    socket.on('close', () => this.fail('the connection was closed'))
  }

  fail(reason: string, cause?: unknown): void {
    this.#end()
    this.#settle.reject(this.#isSent ? new Uncertain(reason, { cause }) : new Unsent(reason, { cause }))
  }

  #send(request: Buffer): void {
    const { answerTimeoutMs } = this.#limits
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.fail(`no complete answer within ${answerTimeoutMs} ms`), answerTimeoutMs)
    // From here on nobody can say that no byte has left.
    this.#isSent = true
    if (this.#requestEnd === 'half-close') this.#socket.end(request)
    else this.#socket.write(request)
  }

  #judge(verdict: Verdict): void {
    if (verdict.kind === 'broken') this.fail(verdict.reason)
    if (verdict.kind !== 'whole') return
    this.#end()
    this.#settle.resolve(verdict.answer)
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#over()
    this.#socket.destroy()
  }
}

type Verdict =
  | { readonly kind: 'more' }
  | { readonly kind: 'whole'; readonly answer: Buffer }
  | { readonly kind: 'broken'; readonly reason: string }

/** The bytes of an answer so far, in a buffer that doubles: an answer may come in pieces of one byte. */
class Received {
  readonly #framing: Framing
  readonly #maxBytes: number
  #buffer = Buffer.alloc(4096)
  #length = 0

  constructor(framing: Framing, maxBytes: number) {
    this.#framing = framing
    this.#maxBytes = maxBytes
  }

  add(chunk: Buffer): Verdict {
    const looked = this.#length
    this.#append(chunk)
    const known = this.#buffer.subarray(0, this.#length)
    try {
      const length = this.#framing.lengthOf(known, looked)
      if ((length ?? this.#length) > this.#maxBytes)
        return { kind: 'broken', reason: `answer is longer than ${this.#maxBytes} bytes` }
      if (length === null || length > this.#length) return { kind: 'more' }
      return { kind: 'whole', answer: Buffer.from(known.subarray(0, length)) }
    } catch (error) {
      return { kind: 'broken', reason: `not an answer: ${error instanceof Error ? error.message : String(error)}` }
    }
  }

  end(): Verdict {
    if (this.#length > 0 && this.#framing.endOfStream === 'ends-answer')
      return { kind: 'whole', answer: Buffer.from(this.#buffer.subarray(0, this.#length)) }
    return {
      kind: 'broken',
      reason: this.#length === 0 ? 'closed without an answer' : `the answer was cut off after ${this.#length} bytes`,
    }
  }

  #append(chunk: Buffer): void {
    const needed = this.#length + chunk.length
    if (needed > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(grown, 0, 0, this.#length)
      this.#buffer = grown
    }
    chunk.copy(this.#buffer, this.#length)
    this.#length = needed
  }
}
