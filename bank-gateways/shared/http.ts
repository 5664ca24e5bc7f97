// One HTTP exchange with a bank's front-end, and the one thing that matters about its failure: could a byte of the
// body have left? `Unsent` is thrown only before a connection stood; everything after that is `Uncertain`.

import http from 'node:http'
import https from 'node:https'

/** No connection was ever established: not one byte of the request left this machine. */
export class Unsent extends Error {
  override readonly name = 'Unsent'
}

/** The request may have been received: timeout, reset, truncated or oversized answer, abort. */
export class Uncertain extends Error {
  override readonly name = 'Uncertain'
}

export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export type HttpLimits = {
  /** To stand a connection. */
  readonly connectTimeoutMs: number
  /** From the connection to the last byte of the answer. */
  readonly answerTimeoutMs: number
  readonly maxAnswerBytes: number
}

/**
 * POSTs `body` once, on a connection of its own, without `Expect: 100-continue` and without redirects or retries.
 * @throws Unsent | Uncertain
 */
export function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Unsent('aborted before connecting'))
    const secure = url.protocol === 'https:'
    const request = (secure ? https : http).request(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': String(body.length), Connection: 'close' },
      agent: false,
    })
    let connected = false
    const fail = (reason: string, cause?: unknown): void => {
      request.destroy()
      done()
      reject(connected ? new Uncertain(reason, { cause }) : new Unsent(reason, { cause }))
    }
    const onAbort = (): void => fail('aborted')
    let timer = setTimeout(() => fail(`no connection within ${limits.connectTimeoutMs} ms`), limits.connectTimeoutMs)
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    request.on('error', (error: NodeJS.ErrnoException) => fail(error.message || (error.code ?? error.name), error))
    request.on('socket', socket => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true
        clearTimeout(timer)
        timer = setTimeout(() => fail(`no complete answer within ${limits.answerTimeoutMs} ms`), limits.answerTimeoutMs)
        request.end(body)
      })
    })
    request.on('response', response => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > limits.maxAnswerBytes) return fail(`answer is longer than ${limits.maxAnswerBytes} bytes`)
        chunks.push(chunk)
      })
      response.on('aborted', () => fail('the answer was cut off'))
      response.on('error', error => fail(error.message, error))
      response.on('end', () => {
        if (!response.complete) return fail('the answer was cut off')
        done()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
  })
}
