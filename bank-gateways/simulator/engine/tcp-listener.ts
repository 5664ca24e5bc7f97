// One port of a simulated bank that speaks raw TCP: one request and one answer a connection, and everything that can go
// wrong between two sockets. Where HTTP would carry an error status, a TCP front-end resets the connection.

import { createServer, type Server, type Socket } from 'node:net'
import { isPortAddress, GARBAGE, MAX_BODY_BYTES, type Handled, type Port, type PortOptions } from './listener'

/** How a bank's messages begin and end on the wire. */
export type TcpWire = {
  /** Bytes of the request at the beginning of what has come, its header included; null: more must come; broken: never one. */
  readonly requestLength: (received: Buffer) => number | null | 'broken'
  /** An answer's body as it stands on the wire. */
  readonly frame: (body: Buffer) => Buffer
}

export type TcpListenerOptions = PortOptions & { readonly wire: TcpWire }

export class TcpListener implements Port {
  readonly #options: TcpListenerOptions
  readonly #closing = new AbortController()
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #port: number

  constructor(options: TcpListenerOptions) {
    this.#options = options
    this.#port = options.port
  }

  get url(): string {
    const { host } = this.#options
    return `tcp://${host.includes(':') ? `[${host}]` : host}:${this.#port}`
  }

  async open(): Promise<void> {
    if (this.#server || this.#closing.signal.aborted) return
    // The client may shut its side behind the request; ours stays open until the answer is out.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => void this.#serve(socket))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, this.#options.host, resolve)
    })
    const address = server.address()
    if (isPortAddress(address)) this.#port = address.port
  }

  async shut(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = null
    const isClosed = new Promise<void>(resolve => server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await isClosed
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.shut()
  }

  async #serve(socket: Socket): Promise<void> {
    const { bank, name, faults, onProblem } = this.#options
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    try {
      if (faults.take({ bank, listener: name, request: null }).kinds.has('drop-before')) {
        socket.destroy()
        return
      }
      const body = await this.#read(socket)
      if (body === null) socket.destroy()
      else await this.#answer(socket, this.#options.handle({ method: 'TCP', url: '', contentType: '', body }))
    } catch (error) {
      onProblem(`${bank}.${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      socket.destroy()
    }
  }

  /** One whole request, or null when none came. */
  #read(socket: Socket): Promise<Buffer | null> {
    return new Promise(resolve => {
      let received = Buffer.alloc(0)
      const finish = (request: Buffer | null): void => {
        socket.removeListener('data', onData)
        // What else comes is not looked at, but must flow so that the end is noticed.
        socket.resume()
        resolve(request)
      }
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk])
        const length = this.#options.wire.requestLength(received)
        if (length === 'broken' || received.length > MAX_BODY_BYTES) finish(null)
        else if (length !== null && received.length >= length) finish(received.subarray(0, length))
      }
      socket.on('data', onData)
      socket.once('end', () => finish(null))
      socket.once('close', () => finish(null))
    })
  }

  async #answer(socket: Socket, { reply, disturbance }: Handled): Promise<void> {
    const { kinds, delayMs } = disturbance
    if (kinds.has('delay') || kinds.has('silent')) await this.#wait(delayMs, socket)
    if (reply === null || kinds.has('drop-after-booking')) {
      socket.destroy()
      return
    }
    if (reply.status !== 200 || kinds.has('http-error-after-booking')) {
      socket.resetAndDestroy()
      return
    }
    await this.#send(socket, kinds.has('garbage') ? GARBAGE : reply.body, kinds)
  }

  async #send(socket: Socket, body: Buffer, kinds: Handled['disturbance']['kinds']): Promise<void> {
    const { frame } = this.#options.wire
    const half = Math.floor(body.length / 2)
    if (kinds.has('truncate')) {
      const whole = frame(body)
      socket.write(whole.subarray(0, whole.length - half), () => socket.destroy())
    } else if (kinds.has('split')) {
      for (const byte of frame(body)) {
        if (socket.destroyed) return
        socket.write(Buffer.of(byte))
        await new Promise(resolve => setImmediate(resolve))
      }
      socket.end()
    } else {
      socket.end(frame(kinds.has('truncate-with-length') ? body.subarray(0, half) : body))
    }
  }

  /** Until the time is over, the client has gone, or the simulator closes. */
  async #wait(ms: number, socket: Socket): Promise<void> {
    const gone = new AbortController()
    const leave = (): void => gone.abort()
    socket.once('close', leave)
    await this.#options.clock.sleep(ms, AbortSignal.any([gone.signal, this.#closing.signal]))
    socket.off('close', leave)
  }
}
