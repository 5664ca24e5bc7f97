// The admin API: what it shows and does, and its clear refusals.

import type { Simulator } from '../../bank-gateways/simulator/simulator'
import {
  Boc,
  bocItem,
  codesOf,
  first,
  Icbc,
  ICBC_PAYER,
  icbcItem,
  MORNING,
  MovableClock,
  post,
  startWorld,
} from './simulator-kit'

let clock: MovableClock
let simulator: Simulator

beforeEach(async () => {
  clock = new MovableClock(MORNING)
  simulator = await startWorld(clock)
})

afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function call(method: string, path: string, body: unknown = ''): Promise<{ status: number; json: unknown }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await post(`${simulator.urls['admin']}${path}`, text, 'application/json', method)
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) }
}

test('GET /ledger, /accounts and /payments show what the public methods give', async () => {
  await new Icbc(simulator, clock).pay('A1', [icbcItem('1')])
  clock.move(5000)
  expect((await call('GET', '/ledger')).json).toEqual(simulator.ledger())
  expect((await call('GET', '/accounts')).json).toEqual(simulator.accounts())
  expect((await call('GET', '/payments')).json).toEqual(simulator.payments())
  expect(simulator.ledger().postings.at(-1)).toEqual({
    id: 5,
    at: '2026-03-02 10:00:02.000000',
    bankDay: '2026-03-02',
    type: 'payment',
    debit: `icbc/${ICBC_PAYER}`,
    credit: 'clearing',
    amount: '123.45',
    currency: 'CNY',
    payment: 'icbc-1',
    key: 'A1/1',
    payer: { account: ICBC_PAYER, name: '甲公司', bankName: '中国工商银行', cnaps: '102100099996' },
    payee: { account: '1100000000000000', name: '戊公司', bankName: '某银行上海分行', cnaps: '308290003000' },
    purpose: '货款',
    postscript: 'INV-1',
  })
})

test('money comes in, a fee and interest are booked, and the statement shows them without reference', async () => {
  const from = { fromAccount: '62', fromName: '客户', fromBank: '某银行', fromCnaps: '308290003000' }
  const whose = { bank: 'icbc', account: ICBC_PAYER }
  expect((await call('POST', '/deposits', { ...whose, amount: '10.5', text: '货款', ...from })).json).toMatchObject({
    type: 'deposit',
    debit: 'clearing',
    amount: '10.50',
  })
  expect((await call('POST', '/fees', { ...whose, amount: '0.50', text: '手续费' })).json).toMatchObject({
    credit: 'icbc/fees',
  })
  expect((await call('POST', '/interest', { ...whose, amount: '1' })).json).toMatchObject({ debit: 'icbc/interest' })
  expect(simulator.accounts()[0]?.balance).toBe('1000011.00')
  const today = await new Icbc(simulator, clock).query('QPD', `<AccNo>${ICBC_PAYER}</AccNo>`)
  expect(today.match(/<Drcrf>\d/g)).toEqual(['<Drcrf>2', '<Drcrf>1', '<Drcrf>2'])
  expect(today.match(/<Ref><\/Ref>/g)).toHaveLength(3)
  expect(today).toContain('<RecipName>客户</RecipName>')
})

test('faults are ordered, listed and withdrawn', async () => {
  const ordered = await call('POST', '/faults', { bank: 'boc', kind: 'maintenance', code: 'b2e0007', times: 3 })
  const expected = {
    id: 'fault-1',
    bank: 'boc',
    listener: 'b2e',
    kind: 'maintenance',
    code: 'b2e0007',
    payee: null,
    remaining: 3,
  }
  expect(ordered).toEqual({ status: 200, json: expected })
  const boc = new Boc(simulator)
  await boc.signIn()
  expect(codesOf(await boc.status('1'))).toEqual(['S999'])
  expect((await call('GET', '/faults')).json).toEqual([{ ...expected, remaining: 2 }])
  expect((await call('DELETE', '/faults?id=fault-9')).json).toEqual([])
  expect((await call('DELETE', '/faults?id=fault-1')).json).toEqual([{ ...expected, remaining: 2 }])
  await call('POST', '/faults', { bank: 'boc', kind: 'maintenance' })
  expect((await call('DELETE', '/faults')).json).toHaveLength(1)
  expect((await call('GET', '/faults')).json).toEqual([])
})

test("the banks' day is moved forward, never back", async () => {
  expect((await call('GET', '/clock')).json).toEqual({ day: '2026-03-02', time: '10:00:00', nowMs: clock.now() })
  expect((await call('POST', '/clock', { advanceMs: 1500 })).json).toMatchObject({ time: '10:00:01' })
  expect((await call('POST', '/clock', { advanceDays: 2 })).json).toMatchObject({ day: '2026-03-04' })
  expect((await call('POST', '/clock', { to: '2026-03-31 23:59' })).json).toMatchObject({
    day: '2026-03-31',
    time: '23:59:00',
  })
  expect((await call('POST', '/clock', { to: '2026-03-31 23:58' })).status).toBe(409)
  expect((await call('POST', '/clock', { to: '2026-13-99 23:58' })).status).toBe(400)
  const balance = await new Icbc(simulator, clock).query(
    'QACCBAL',
    `<TotalNum>1</TotalNum><rd><AccNo>${ICBC_PAYER}</AccNo></rd>`,
  )
  expect(first(balance, 'TranDate')).toBe('20260331')
})

test('a payment is returned by its id or its key', async () => {
  await new Icbc(simulator, clock).pay('A1', [icbcItem('1'), icbcItem('2')])
  clock.move(5000)
  expect((await call('POST', '/returns', { payment: 'icbc-1' })).json).toEqual({ payment: 'icbc-1', state: 'returned' })
  expect((await call('POST', '/returns', { bank: 'icbc', key: 'A1/2' })).json).toEqual({
    payment: 'icbc-2',
    state: 'returned',
  })
  expect(simulator.payments().map(({ payments }) => payments[0]?.isReturned)).toEqual([true, true])
})

test('GET /magic lists every magic account in both languages', async () => {
  const { json } = await call('GET', '/magic')
  expect(json).toContainEqual({
    code: '403',
    account: '6200000000000000403',
    zh: '记账后断开,无应答',
    en: 'connection cut after booking, no answer',
  })
})

test.each<[string, string, unknown, number, string]>([
  ['POST', '/deposits', { bank: 'icbc', account: 'none', amount: '1.00' }, 404, 'not-found'],
  ['POST', '/deposits', { bank: 'icbc', account: ICBC_PAYER, amount: '1.001' }, 400, 'invalid'],
  ['POST', '/deposits', { bank: 'icbc', account: ICBC_PAYER, amount: '0' }, 400, 'invalid'],
  ['POST', '/deposits', { bank: 'icbc', account: ICBC_PAYER, amount: 1 }, 400, 'invalid'],
  ['POST', '/deposits', { bank: 'icbc', account: ICBC_PAYER, amount: '1', extra: 1 }, 400, 'invalid'],
  ['POST', '/deposits', { bank: 'icbc', account: '0200000109000000003', amount: '1' }, 409, 'conflict'],
  ['POST', '/fees', { bank: 'icbc', account: ICBC_PAYER, amount: '1000000.01' }, 409, 'conflict'],
  ['POST', '/returns', { payment: 'icbc-99' }, 404, 'not-found'],
  ['POST', '/returns', {}, 400, 'invalid'],
  ['POST', '/clock', { advanceMs: -1 }, 400, 'invalid'],
  ['POST', '/clock', { advanceMs: 1, advanceDays: 1 }, 400, 'invalid'],
  ['POST', '/faults', { bank: 'boc', kind: 'flood' }, 400, 'invalid'],
  ['POST', '/faults', { bank: 'boc', kind: 'delay', times: 0 }, 400, 'invalid'],
  ['POST', '/faults', { bank: 'hxb', kind: 'delay' }, 404, 'not-found'],
  ['POST', '/faults', { bank: 'boc', kind: 'lie-payee' }, 409, 'conflict'],
  ['POST', '/faults', '{', 400, 'invalid'],
  ['POST', '/faults', '[]', 400, 'invalid'],
  ['PUT', '/faults', '', 405, 'method-not-allowed'],
  ['POST', '/ledger', {}, 405, 'method-not-allowed'],
  ['GET', '/', '', 404, 'not-found'],
  ['GET', '/constructor', '', 404, 'not-found'],
])('%s %s with %j is refused in both languages', async (method, path, body, status, code) => {
  const before = simulator.ledger()
  const answer = await call(method, path, body)
  expect(answer.status).toBe(status)
  expect(answer.json).toMatchObject({
    error: { code, zh: expect.stringMatching(/\p{Script=Han}/u), en: expect.stringMatching(/^[\x20-\x7e]+$/) },
  })
  expect(simulator.ledger()).toEqual(before)
})

test('after a refusal the simulator works on', async () => {
  await call('POST', '/fees', { bank: 'icbc', account: ICBC_PAYER, amount: '1000000.01' })
  const boc = new Boc(simulator)
  await boc.signIn()
  expect(codesOf(await boc.pay([bocItem('1')]))).toEqual(['B001', 'B001'])
})
