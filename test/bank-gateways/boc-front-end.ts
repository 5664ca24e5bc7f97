// A tiny B2E front-end on a real socket for the BOC tests. It reads requests by pattern and answers what a test composes by
// hand: it shares no code with the gateway, so the two cannot be wrong together.

import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock, Instruction } from '../../connector/ports'
import { bocConfig, type BocConfig } from '../../bank-gateways/boc/config'
import { createBocGateway } from '../../bank-gateways/boc/gateway'

export const TOKEN = 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo='
export const PASSWORD = 's3cret&<pw>'
/** 2026-03-01 09:30:00 in Shanghai. */
export const MORNING_MS = Date.parse('2026-03-01T01:30:00Z')

/** One request as it arrived. */
export type Seen = {
  readonly bytes: Buffer
  readonly text: string
  readonly trncod: string
  readonly trnid: string
  readonly token: string
  readonly method: string
  readonly path: string
  readonly contentType: string
  /** Every `<insid>` in it. */
  readonly insids: readonly string[]
}

/** Keep the connection open and say nothing. */
export const SILENT = { silent: true } as const
/** Close the connection with nothing said. */
export const CLOSE = { close: true } as const

export type Response =
  | string
  | Buffer
  | { readonly status: number; readonly body: string }
  | typeof SILENT
  | typeof CLOSE
  /** Announce a long body, send the beginning of it, close. */
  | { readonly truncated: string }
  /** Byte by byte, each in a chunk of its own. */
  | { readonly drop: string }

export type FrontEnd = {
  readonly url: string
  readonly seen: Seen[]
  /** Resolves when a request of this function has arrived. */
  arrived(trncod: string): Promise<Seen>
  close(): Promise<void>
}

export async function startFrontEnd(respond: (seen: Seen) => Response | Promise<Response>): Promise<FrontEnd> {
  const seen: Seen[] = []
  const waiting: { trncod: string; resolve: (seen: Seen) => void }[] = []
  const sockets = new Set<Socket>()
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const bytes = Buffer.concat(chunks)
      const text = bytes.toString('utf8')
      const one = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? ''
      const found: Seen = {
        bytes,
        text,
        trncod: one('trncod'),
        trnid: one('trnid'),
        token: one('token'),
        method: request.method ?? '',
        path: request.url ?? '',
        contentType: request.headers['content-type'] ?? '',
        insids: [...text.matchAll(/<insid>([^<]*)<\/insid>/g)].map(match => match[1] ?? ''),
      }
      seen.push(found)
      const answered = Promise.resolve(respond(found))
      for (const waiter of waiting) if (waiter.trncod === found.trncod) waiter.resolve(found)
      void answered.then(answer => write(answer, request, response))
    })
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/B2EC/E2BServlet`,
    seen,
    arrived: trncod => {
      const earlier = seen.find(found => found.trncod === trncod)
      return earlier ? Promise.resolve(earlier) : new Promise(resolve => waiting.push({ trncod, resolve }))
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

function write(answer: Response, request: http.IncomingMessage, response: http.ServerResponse): void {
  if (typeof answer === 'string' || Buffer.isBuffer(answer)) return void response.end(answer)
  if ('silent' in answer) return
  if ('close' in answer) return void request.socket.destroy()
  if ('drop' in answer) return dropByDrop(response, Buffer.from(answer.drop))
  if ('truncated' in answer) {
    response.writeHead(200, { 'Content-Length': String(answer.truncated.length + 1000) })
    return void response.write(answer.truncated, () => request.socket.destroy())
  }
  response.writeHead(answer.status)
  response.end(answer.body)
}

function dropByDrop(response: http.ServerResponse, bytes: Buffer): void {
  if (bytes.length === 0) response.end()
  else response.write(bytes.subarray(0, 1), () => dropByDrop(response, bytes.subarray(1)))
}

/** An answer to `seen`; `parts` overrides what the head echoes. */
export function answerTo(seen: Seen, inner: string, parts: { trncod?: string; trnid?: string } = {}): string {
  const trncod = parts.trncod ?? seen.trncod
  return (
    `<?xml version="1.0" encoding="UTF-8"?><bocb2e version="120" locale="zh_CN"><head><termid>E192168001010</termid>` +
    `<trnid>${parts.trnid ?? seen.trnid}</trnid><custid>12345678</custid><cusopr>87654321</cusopr>` +
    `<trncod>${trncod}</trncod></head><trans><trn-${trncod}-rs>${inner}</trn-${trncod}-rs></trans></bocb2e>`
  )
}

export function status(code: string, text = ''): string {
  return `<status><rspcod>${code}</rspcod><rspmsg>${text}</rspmsg></status>`
}

/** One item of an answer. */
export function item(trncod: string, code: string, insid: string, text = ''): string {
  return `<${trncod}-rs>${status(code, text)}<insid>${insid}</insid><obssid>1234567890</obssid></${trncod}-rs>`
}

/** An answer of message B001 whose items all carry one code. */
export function allItems(seen: Seen, code: string, text = ''): string {
  return answerTo(seen, status('B001', 'ok') + seen.insids.map(insid => item(seen.trncod, code, insid, text)).join(''))
}

export function fatal(seen: Seen, code: string): string {
  return answerTo(seen, status(code, 'error'), { trncod: 'b2eerror' })
}

export function signedIn(seen: Seen, token = TOKEN): string {
  return answerTo(seen, `${status('B001', 'ok')}<serverdt>20260301093001</serverdt><token>${token}</token>`)
}

/** Signs everybody in, and leaves the rest to `respond`. */
export function afterSignIn(
  respond: (seen: Seen) => Response | Promise<Response>,
): (seen: Seen) => Response | Promise<Response> {
  return seen => (seen.trncod === 'b2e0001' ? signedIn(seen) : respond(seen))
}

export type MovableClock = Clock & { nowMs: number }

export function clockAt(nowMs: number): MovableClock {
  return {
    nowMs,
    now() {
      return this.nowMs
    },
    sleep: () => Promise.resolve(),
  }
}

export const SETTINGS = {
  termid: 'E192168001010',
  custid: '12345678',
  cusopr: '87654321',
  operatorPassword: PASSWORD,
  accounts: { '300000000001': { ibknum: '40142' } },
  answerTimeoutMs: 5_000,
}

export function settings(url: string, over: Readonly<Record<string, unknown>> = {}): BocConfig {
  return bocConfig.parse({ endpoint: url, ...SETTINGS, ...over })
}

/** Message numbers 000000000001, 000000000002, … */
export function counter(): () => string {
  let last = 0
  return () => String(++last).padStart(12, '0')
}

export function gatewayOf(config: BocConfig, clock: Clock = clockAt(MORNING_MS)): ReturnType<typeof createBocGateway> {
  return createBocGateway(config, { clock, name: 'boc', sequence: counter() })
}

export const NEVER = new AbortController().signal

export const PAYER = {
  account: '300000000001',
  name: '甲公司',
  bankName: '',
  bankCode: '',
  kind: 'C',
  province: '',
  city: '',
} as const

export function instruction(reference: string, over: Partial<Instruction> = {}): Instruction {
  return {
    reference,
    batch: { reference: 'B1', line: 1 },
    payer: PAYER,
    payee: {
      account: '1100000000000000',
      name: '乙公司',
      bankName: '某银行上海分行',
      bankCode: '308290003000',
      kind: 'C',
      province: '',
      city: '',
    },
    amount: { minor: 12345n, currency: 'CNY' },
    purpose: '货款',
    postscript: 'INV-1',
    isUrgent: false,
    businessType: 'supplier',
    sentOn: null,
    ...over,
  }
}
