// A bank's front-end on a real TCP socket whose answers a test composes: it takes one request a connection, whole, and does
// with it what the test says.

import { readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import iconv from 'iconv-lite'
import type { Clock, Instruction } from '../../connector/ports'

export const NEVER = new AbortController().signal
/** 09:30:00 of 1 March 2026 in Shanghai. */
export const NOW_MS = Date.parse('2026-03-01T09:30:00+08:00')
export const SEQUENCE = '202603010001'

export const gbk = (text: string): Buffer => iconv.encode(text, 'gb18030')
export const golden = (bank: string, name: string): Buffer =>
  readFileSync(path.join(__dirname, '../../../bank-gateways', bank, 'golden', name))

/** Stands still; a sleep is over at once. */
export const clockAt = (nowMs: number): Clock => ({ now: () => nowMs, sleep: () => Promise.resolve() })

export type Response = Buffer | 'reset' | 'close' | 'silent'

export type FrontEnd = {
  readonly port: number
  readonly requests: readonly Buffer[]
  /** Whether the client had shut its side when its request was answered. */
  readonly halfClosed: readonly boolean[]
  close(): Promise<void>
}

/** `isWhole` tells a whole request while the client keeps its side open. */
export async function startFrontEnd(
  isWhole: (received: Buffer) => boolean,
  respond: (request: Buffer, index: number) => Response,
): Promise<FrontEnd> {
  const requests: Buffer[] = []
  const halfClosed: boolean[] = []
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let received = Buffer.alloc(0)
    let isAnswered = false
    const answer = (ended: boolean): void => {
      if (isAnswered) return
      isAnswered = true
      requests.push(received)
      halfClosed.push(ended)
      const response = respond(received, requests.length - 1)
      if (Buffer.isBuffer(response)) socket.end(response)
      else if (response === 'reset') socket.resetAndDestroy()
      else if (response === 'close') socket.destroy()
    }
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      // The end of a request that is half-closed comes right behind it.
      if (isWhole(received)) setTimeout(() => answer(false), 20)
    })
    socket.on('end', () => answer(true))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    requests,
    halfClosed,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

export type Change = Partial<Omit<Instruction, 'payee' | 'payer'>> & {
  readonly payee?: Partial<Instruction['payee']>
  readonly payer?: Partial<Instruction['payer']>
}

export function instructionOf(base: Instruction, change: Change): Instruction {
  return { ...base, ...change, payee: { ...base.payee, ...change.payee }, payer: { ...base.payer, ...change.payer } }
}
