// A front-end on a real socket, over HTTP or raw TCP, that keeps the bytes it was sent and answers with bytes that a test
// composed by hand. It shares no code with the gateways, so the two cannot be wrong together.

import http from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Clock, Instruction } from '../../connector/ports'

/** 2026-03-01 09:30:00 in Shanghai. */
export const MORNING_MS = Date.parse('2026-03-01T01:30:00Z')
export const NEVER = new AbortController().signal

export function clockAt(ms: number): Clock {
  return { now: () => ms, sleep: () => Promise.resolve() }
}

export function golden(bank: string, name: string): Buffer {
  return readFileSync(path.resolve(__dirname, '../../../bank-gateways', bank, 'golden', name))
}

export type Seen = { readonly bytes: Buffer; readonly method: string; readonly contentType: string }

/** Bytes of the answer, or what happens instead. `cut`: these bytes of a longer answer, then the end. */
export type Response = Buffer | 'close' | 'silent' | { readonly status: number } | { readonly cut: Buffer }
export type Respond = (bytes: Buffer, count: number) => Response

export type FrontEnd = {
  readonly url: string
  readonly seen: Seen[]
  close(): Promise<void>
}

export async function startHttp(respond: Respond): Promise<FrontEnd> {
  const seen: Seen[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const bytes = Buffer.concat(chunks)
      seen.push({ bytes, method: request.method ?? '', contentType: request.headers['content-type'] ?? '' })
      const answer = respond(bytes, seen.length)
      if (Buffer.isBuffer(answer)) return void response.end(answer)
      if (answer === 'silent') return
      if (answer === 'close') return void request.socket.destroy()
      if ('status' in answer) return void response.writeHead(answer.status).end('<html/>')
      response.writeHead(200, { 'Content-Length': String(answer.cut.length + 100) })
      response.write(answer.cut, () => request.socket.destroy())
    })
  })
  return listening(server, 'http', seen)
}

/** Reads one packet of Ping An's form a connection. */
export async function startTcp(respond: Respond): Promise<FrontEnd> {
  const seen: Seen[] = []
  const server = net.createServer(socket => {
    let received = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 222 || received.length < 222 + Number(received.toString('latin1', 30, 40))) return
      seen.push({ bytes: received, method: 'TCP', contentType: '' })
      const answer = respond(received, seen.length)
      if (Buffer.isBuffer(answer)) return void socket.end(answer)
      if (answer === 'silent') return
      if (answer === 'close' || 'status' in answer) return void socket.destroy()
      socket.end(answer.cut)
    })
  })
  return listening(server, 'tcp', seen)
}

async function listening(server: net.Server, scheme: string, seen: Seen[]): Promise<FrontEnd> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${scheme}://127.0.0.1:${port}${scheme === 'http' ? '/' : ''}`,
    seen,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>(resolve => server.close(() => resolve()))
  return port
}

/** A payment of 1.05 to a company at another bank. */
export function payment(payerAccount: string, over: Partial<Instruction> = {}): Instruction {
  const party = { bankName: '', bankCode: '', kind: 'C' as const, province: '', city: '' }
  return {
    reference: 'P2026010200000001',
    batch: { reference: 'B2026010200000001', line: 1 },
    payer: { ...party, account: payerAccount, name: '付款公司' },
    payee: { ...party, account: '6222000000000001', name: '收款公司', bankCode: '102100099996' },
    amount: { minor: 105n, currency: 'CNY' },
    purpose: '货款',
    postscript: '',
    isUrgent: false,
    businessType: 'supplier',
    sentOn: null,
    ...over,
  }
}
