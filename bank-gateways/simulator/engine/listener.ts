// One port of a simulated bank: real HTTP on a real socket, and everything that can go wrong between two sockets.
// What the bank says is its program's affair; here only bytes are spoiled. It must never crash on what a client sends.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import type { Clock } from '../../../connector/ports'
import type { Disturbance, FaultOrders } from './faults'

export type WireRequest = {
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  readonly contentType: string
  /** Names in lower case; absent where there are none (TCP). */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export type WireReply = {
  readonly status: number
  readonly contentType: string
  /** More of them, where the bank's protocol has some. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What to send, and what to do to it. A null reply closes the connection without one. */
export type Handled = { readonly reply: WireReply | null; readonly disturbance: Disturbance }

/** Runs to its end in one go: the books have changed, durably, when it returns. */
export type Handler = (request: WireRequest) => Handled

/** A port of a simulated bank, whatever it speaks. */
export type Port = {
  readonly url: string
  open(): Promise<void>
  /** From now on connections are refused; open ones are cut. */
  shut(): Promise<void>
  close(): Promise<void>
}

/** What every port needs to know. */
export type PortOptions = {
  readonly bank: string
  readonly name: string
  readonly host: string
  /** 0 = any free port; kept over a closing and reopening. */
  readonly port: number
  readonly clock: Clock
  readonly faults: FaultOrders
  readonly handle: Handler
  readonly onProblem: (problem: string) => void
}

export type ListenerOptions = PortOptions & {
  /** False where the bank's software never answers `Expect: 100-continue` (banks/icbc §1). */
  readonly answersContinue: boolean
}

/** Bank packages hold at most some thousand items of a few kilobytes. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024

export class Listener implements Port {
  readonly #options: ListenerOptions
  readonly #closing = new AbortController()
  #server: Server | null = null
  #port: number

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#port = options.port
  }

  get url(): string {
    const { host } = this.#options
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.#port}`
  }

  async open(): Promise<void> {
    if (this.#server || this.#closing.signal.aborted) return
    const server = createServer((request, response) => void this.#serve(request, response))
    if (!this.#options.answersContinue) {
      server.on('checkContinue', (request, response) => void this.#serve(request, response))
    }
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, this.#options.host, resolve)
    })
    const address = server.address()
    if (isPortAddress(address)) this.#port = address.port
  }

  /** From now on connections are refused; open ones are cut. */
  async shut(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = null
    const isClosed = new Promise<void>(resolve => server.close(() => resolve()))
    server.closeAllConnections()
    await isClosed
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.shut()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { bank, name, faults, onProblem } = this.#options
    response.on('error', () => undefined)
    request.on('error', () => undefined)
    try {
      if (faults.take({ bank, listener: name, request: null }).kinds.has('drop-before')) {
        request.socket.destroy()
        return
      }
      const body = await readBody(request)
      if (body === 'cut') return
      if (body === 'too-long') {
        response.writeHead(413, { Connection: 'close' }).end()
        return
      }
      const { method = '', url = '', headers } = request
      const contentType = request.headers['content-type'] ?? ''
      await this.#answer(request, response, this.#options.handle({ method, url, contentType, headers, body }))
    } catch (error) {
      onProblem(`${bank}.${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      if (!response.headersSent) response.writeHead(500, { Connection: 'close' })
      response.end()
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, handled: Handled): Promise<void> {
    const { kinds, delayMs, status } = handled.disturbance
    if (kinds.has('delay') || kinds.has('silent')) await this.#wait(delayMs, request)
    if (handled.reply === null || kinds.has('drop-after-booking')) {
      request.socket.destroy()
      return
    }
    const reply = kinds.has('http-error-after-booking') ? httpError(status) : handled.reply
    await this.#send(request, response, kinds.has('garbage') ? { ...reply, body: GARBAGE } : reply, kinds)
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    reply: WireReply,
    kinds: Disturbance['kinds'],
  ): Promise<void> {
    const isShort = kinds.has('truncate') || kinds.has('truncate-with-length')
    const body = isShort ? reply.body.subarray(0, Math.floor(reply.body.length / 2)) : reply.body
    const length = kinds.has('truncate') ? reply.body.length : body.length
    request.socket.setNoDelay(true)
    response.writeHead(reply.status, { ...reply.headers, 'Content-Type': reply.contentType, 'Content-Length': length })
    if (kinds.has('split')) {
      for (const byte of body) {
        if (response.destroyed) return
        response.write(Buffer.of(byte))
        await new Promise(resolve => setImmediate(resolve))
      }
      response.end()
    } else if (kinds.has('truncate')) {
      response.write(body, () => request.socket.destroy())
    } else {
      response.end(body)
    }
  }

  /** Until the time is over, the client has gone, or the simulator closes. */
  async #wait(ms: number, request: IncomingMessage): Promise<void> {
    const gone = new AbortController()
    const leave = (): void => gone.abort()
    request.socket.once('close', leave)
    await this.#options.clock.sleep(ms, AbortSignal.any([gone.signal, this.#closing.signal]))
    request.socket.off('close', leave)
  }
}

/** Bytes that are no GBK, no UTF-8, no Base64 and no XML. */
export const GARBAGE = Buffer.from([0xff, 0xfe, 0x80, 0x81, 0xff, 0x00, 0x3c, 0xff, 0x80, 0xff, 0x0a, 0xff, 0xff, 0xc0])

export function httpError(status: number): WireReply {
  const body = Buffer.from(`<html><body><h1>HTTP ${status}</h1></body></html>`, 'latin1')
  return { status, contentType: 'text/html', body }
}

export async function readBody(request: IncomingMessage): Promise<Buffer | 'cut' | 'too-long'> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue
      length += chunk.length
      if (length > MAX_BODY_BYTES) return 'too-long'
      chunks.push(chunk)
    }
  } catch {
    return 'cut'
  }
  return Buffer.concat(chunks)
}

export function isPortAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
