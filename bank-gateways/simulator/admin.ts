// The admin API: reads the banks' books and orders what a test or a rehearsal needs, as JSON over HTTP on a port of its own.
// It has no password: it belongs on the loopback address.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z, ZodError } from 'zod'
import { DAY_MS, dayOf, instantOf, isDay, microTimeOf } from './engine/bank-time'
import type { Account, Payment } from './engine/book'
import { readBody } from './engine/listener'
import { MAGIC, magicAccount } from './engine/magic'
import { postDeposit, postFee, postInterest } from './engine/postings'
import { Refused, type House } from './house'
import { positiveAmountSchema } from './options'
import { minor } from './seed'
import { viewAccounts, viewFault, viewLedger, viewPayments, viewPosting } from './views'

type Query = URLSearchParams
type Route = (house: House, body: unknown, query: Query) => unknown

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/ledger': { GET: house => house.act(() => viewLedger(house.book)) },
  '/accounts': { GET: house => house.act(() => viewAccounts(house.book)) },
  '/payments': { GET: house => house.act(() => viewPayments(house.book)) },
  '/magic': {
    GET: () => MAGIC.map(({ code, zh, en }) => ({ code, account: magicAccount(code), zh, en })),
  },
  '/faults': {
    GET: house => house.faults().map(viewFault),
    POST: async (house, body) => viewFault(await house.order(body)),
    DELETE: async (house, _, query) => (await house.withdraw(query.get('id'))).map(viewFault),
  },
  '/deposits': { POST: deposit },
  '/fees': { POST: (house, body) => charge(house, body, 'fee') },
  '/interest': { POST: (house, body) => charge(house, body, 'interest') },
  '/returns': { POST: bounce },
  '/clock': { GET: viewClock, POST: moveClock },
}

const whose = { bank: z.string(), account: z.string(), amount: positiveAmountSchema }

const depositSchema = z.strictObject({
  ...whose,
  fromAccount: z.string().default(''),
  fromName: z.string().default(''),
  fromBank: z.string().default(''),
  fromCnaps: z.string().default(''),
  text: z.string().default(''),
})

function deposit(house: House, body: unknown): unknown {
  const { bank, account, amount, text, ...from } = depositSchema.parse(body)
  return postOne(house, bank, account, amount, (to, minorAmount, atMs) =>
    postDeposit(house.book, to, {
      from: { account: from.fromAccount, name: from.fromName, bankName: from.fromBank, cnaps: from.fromCnaps },
      amount: minorAmount,
      atMs,
      text,
    }),
  )
}

const chargeSchema = z.strictObject({ ...whose, text: z.string().default('') })

function charge(house: House, body: unknown, type: 'fee' | 'interest'): unknown {
  const { bank, account, amount, text } = chargeSchema.parse(body)
  return postOne(house, bank, account, amount, (to, minorAmount, atMs) => {
    if (type === 'interest') return postInterest(house.book, to, { amount: minorAmount, atMs, text })
    if (house.book.availableOf(to) < minorAmount) throw new Refused(409, '余额不足', 'insufficient balance')
    return postFee(house.book, to, { amount: minorAmount, atMs, text })
  })
}

function postOne(
  house: House,
  bank: string,
  number: string,
  amount: string,
  work: (account: Account, amount: bigint, atMs: number) => void,
): unknown {
  const account = house.book.account(bank, number)
  if (!account) throw new Refused(404, `没有账号 ${bank}/${number}`, `there is no account ${bank}/${number}`)
  if (account.record.isClosed) throw new Refused(409, `账号 ${number} 已销户`, `account ${number} is closed`)
  return house.act(() => {
    work(account, minor(amount), house.clock.now())
    const posting = house.book.postings.at(-1)
    return posting && viewPosting(house.book, posting)
  })
}

const returnSchema = z.union([
  z.strictObject({ payment: z.string() }),
  z.strictObject({ bank: z.string(), key: z.string() }),
])

const RETURN_PROBLEMS = {
  'not-settled': ['付款尚未成功记账', 'the payment is not settled'],
  'already-returned': ['付款已经退回', 'the payment was returned already'],
  'payee-has-spent-it': ['收款账户余额不足以退回', 'the payee no longer has the money'],
} as const

function bounce(house: House, body: unknown): unknown {
  const wanted = returnSchema.parse(body)
  return house.act(() => {
    const found = [...house.book.payments.values()].filter(({ record }) =>
      'payment' in wanted ? record.id === wanted.payment : record.bank === wanted.bank && record.key === wanted.key,
    )
    const payment = settledFirst(found)
    if (!payment) throw new Refused(404, '没有这笔付款', 'there is no such payment')
    const problem = house.returnPayment(payment)
    if (problem !== null) {
      const [zh, en] = RETURN_PROBLEMS[problem]
      throw new Refused(409, zh, en)
    }
    return { payment: payment.record.id, state: payment.state }
  })
}

/** Under one key of a bank that books again there may be several: the one that can still be returned. */
function settledFirst(payments: readonly Payment[]): Payment | undefined {
  return payments.find(payment => payment.state === 'success') ?? payments[0]
}

const clockSchema = z.union([
  z.strictObject({ advanceMs: z.number().int().min(0) }),
  z.strictObject({ advanceDays: z.number().int().min(0).max(3660) }),
  z.strictObject({ to: z.string().refine(isMoment, 'yyyy-MM-dd HH:mm[:ss]') }),
])

function isMoment(text: string): boolean {
  const [date = '', time = '', ...rest] = text.split(' ')
  return rest.length === 0 && isDay(date) && /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(time)
}

function moveClock(house: House, body: unknown): unknown {
  const move = clockSchema.parse(body)
  const nowMs = house.clock.now()
  if ('advanceMs' in move) house.advance(move.advanceMs)
  else if ('advanceDays' in move) house.advance(move.advanceDays * DAY_MS)
  else {
    const [day = '', time = ''] = move.to.split(' ')
    const toMs = instantOf(day, time)
    if (toMs < nowMs) throw new Refused(409, '银行时钟不能后退', "a bank's clock does not run backwards")
    house.advance(toMs - nowMs)
  }
  return viewClock(house)
}

function viewClock(house: House): unknown {
  const nowMs = house.clock.now()
  return { day: dayOf(nowMs), time: microTimeOf(nowMs * 1000, ':').slice(0, 8), nowMs }
}

// --------------------------------------------------------------------------------------------------------------- serving

export type AdminServer = { readonly url: string; readonly close: () => Promise<void> }

export async function openAdmin(house: House, host: string, port: number): Promise<AdminServer> {
  const server = createServer((request, response) => void serve(house, request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const isAddress = (value: typeof address): value is AddressInfo => typeof value === 'object' && value !== null
  const bound = isAddress(address) ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      const isClosed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await isClosed
    },
  }
}

async function serve(house: House, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => undefined)
  try {
    const body = await readBody(request)
    if (!Buffer.isBuffer(body)) throw new Refused(400, '请求不完整', 'the request is incomplete')
    const url = new URL(request.url ?? '/', 'http://admin')
    const methods = Object.hasOwn(ROUTES, url.pathname) ? ROUTES[url.pathname] : undefined
    if (!methods) {
      const known = Object.keys(ROUTES).join(' ')
      throw new Refused(404, `没有 ${url.pathname},可用:${known}`, `there is no ${url.pathname}; there are ${known}`)
    }
    const method = request.method ?? ''
    const route = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (!route) {
      const allowed = Object.keys(methods).join(', ')
      send(
        response.setHeader('Allow', allowed),
        405,
        errorBody('method-not-allowed', `只支持 ${allowed}`, `only ${allowed}`),
      )
      return
    }
    send(response, 200, await route(house, readJson(body), url.searchParams))
  } catch (error) {
    answerError(house, response, error)
  }
}

function readJson(body: Buffer): unknown {
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new Refused(400, '请求体不是 JSON', 'the body is not JSON')
  }
}

function answerError(house: House, response: ServerResponse, error: unknown): void {
  if (error instanceof Refused) {
    return send(response, error.status, errorBody(STATUS_CODES[error.status], error.zh, error.message))
  }
  if (error instanceof ZodError) {
    const details = error.issues.map(issue => `${issue.path.join('.') || '(body)'}: ${issue.message}`)
    return send(
      response,
      400,
      errorBody('invalid', `请求有误:${details.join(';')}`, `invalid request: ${details.join('; ')}`),
    )
  }
  house.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  send(response, 500, errorBody('internal', '模拟器内部错误', 'an error inside the simulator'))
}

const STATUS_CODES = { 400: 'invalid', 404: 'not-found', 409: 'conflict' } as const

function errorBody(code: string, zh: string, en: string): unknown {
  return { error: { code, zh, en } }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) return
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
  response.end(`${JSON.stringify(value, null, 1)}\n`)
}
