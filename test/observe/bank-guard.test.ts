// The guard before a bank's gateway: what it holds back has provably not left, what it lets through it does not change.

import { guarded, type Guard, type GuardSettings } from '../../connector/bank-guard'
import type { BankGateway, Clock, Instruction, SendOutcome } from '../../connector/ports'
import type { BankPause } from '../../connector/store/store'
import { SAMPLE_TRAITS, sampleInstruction } from '../support/sample'

const MONDAY = Date.parse('2026-03-02T10:00:00+08:00')
const settings: GuardSettings = {
  breaker: { failures: 2, firstMs: 10_000, maxMs: 60_000 },
  maintenance: [],
  sendHours: [],
  concurrentCalls: 1,
  callsPerMinute: null,
}
const ONE = [sampleInstruction()]
const never = new AbortController().signal

let now: number
let slept: number[]
let calls: string[]
let answer: () => Promise<readonly SendOutcome[]>
let news: string[]
let pause: BankPause | null
const clock: Clock = {
  now: () => now,
  sleep: async ms => {
    slept.push(ms)
    now += ms
  },
}
const bank: BankGateway = {
  name: 'bank',
  traits: SAMPLE_TRAITS,
  send: async (batch: readonly Instruction[]) => {
    calls.push(`send ${batch.length}`)
    return answer()
  },
  inquire: async () => {
    calls.push('inquire')
    return [{ kind: 'absent', code: '0' }]
  },
  balance: () => Promise.reject(new Error('no right to ask')),
  statement: async () => ({ items: [], next: null }),
}
const open = (change: Partial<GuardSettings> = {}): Guard =>
  guarded(
    bank,
    { ...settings, ...change },
    clock,
    ({ isOpen }) => news.push(isOpen ? 'open' : 'closed'),
    () => pause,
  )

beforeEach(() => {
  now = MONDAY
  slept = []
  calls = []
  news = []
  pause = null
  answer = async () => [{ kind: 'uncertain', code: 'x', reason: 'silence' }]
})

test('after repeated silence nothing is sent for a while, questions still are, and an answer to one closes it', async () => {
  const guard = open()
  await guard.gateway.send(ONE, never)
  expect(guard.closed('send')).toBeNull()
  await guard.gateway.send(ONE, never)
  expect([guard.closed('send'), guard.closed('read'), guard.health().closed]).toEqual(['breaker', null, 'breaker'])
  expect(await guard.gateway.send(ONE, never)).toMatchObject([{ kind: 'unsent', code: 'BANK_CLOSED' }])
  await guard.gateway.inquire(ONE, never)
  expect(guard.closed('send')).toBeNull()
  expect([calls, news]).toEqual([
    ['send 1', 'send 1', 'inquire'],
    ['open', 'closed'],
  ])
})

test('a bank that takes files and speaks later is not left alone: reaching it is an answer', async () => {
  const guard = open()
  answer = async () => [{ kind: 'uncertain', code: 'x', reason: 'delivered', isLineUp: true }]
  for (let count = 0; count < 5; count += 1) await guard.gateway.send(ONE, never)
  expect([guard.closed('send'), calls.length, news]).toEqual([null, 5, []])
  answer = async () => [{ kind: 'uncertain', code: 'x', reason: 'silence' }]
  await guard.gateway.send(ONE, never)
  await guard.gateway.send(ONE, never)
  expect(guard.closed('send')).toBe('breaker')
})

test('when its time is over one send goes through', async () => {
  const guard = open()
  await guard.gateway.send(ONE, never)
  await guard.gateway.send(ONE, never)
  now += 10_000
  answer = async () => [{ kind: 'refused', refusal: { code: 'B', text: '', bankSerial: '' } }]
  expect(await guard.gateway.send(ONE, never)).toMatchObject([{ kind: 'refused' }])
  expect(guard.health()).toMatchObject({ closed: null, breaker: { state: 'closed', openUntil: 0, failures: 0 } })
})

test('a read that fails says nothing about payments', async () => {
  const guard = open()
  for (let index = 0; index < 5; index++) await guard.gateway.balance('1', never).catch(() => undefined)
  expect(guard.closed('send')).toBeNull()
})

test('in a maintenance window the bank is not called at all', async () => {
  const guard = open({ maintenance: [{ days: [1], from: '09:00', to: '11:00' }] })
  expect(guard.closed('read')).toBe('maintenance')
  expect(await guard.gateway.send(ONE, never)).toMatchObject([{ kind: 'unsent', code: 'BANK_CLOSED' }])
  await expect(guard.gateway.inquire(ONE, never)).rejects.toMatchObject({ code: 'BANK_CLOSED' })
  expect(calls).toEqual([])
})

test('outside the hours for payments questions are asked and nothing is sent', async () => {
  const guard = open({ sendHours: [{ days: [1], from: '13:00', to: '17:00' }] })
  expect([guard.closed('send'), guard.closed('read')]).toEqual(['send-hours', null])
  await guard.gateway.inquire(ONE, never)
  now += 4 * 3_600_000
  expect(guard.closed('send')).toBeNull()
})

test('calls are spread over the minute', async () => {
  const guard = open({ callsPerMinute: 6, concurrentCalls: 4 })
  for (let index = 0; index < 3; index++) await guard.gateway.inquire(ONE, never)
  expect(slept).toEqual([10_000, 10_000])
})

test('a send whose turn does not come in time has not left', async () => {
  const guard = open()
  let finish = (): void => undefined
  answer = () => new Promise(resolve => (finish = () => resolve([{ kind: 'uncertain', code: 'x', reason: 'late' }])))
  const first = guard.gateway.send(ONE, never)
  const impatient = new AbortController()
  const second = guard.gateway.send(ONE, impatient.signal)
  impatient.abort()
  expect(await second).toMatchObject([{ kind: 'unsent', code: 'BANK_BUSY' }])
  await new Promise(resolve => setImmediate(resolve))
  finish()
  expect(await first).toMatchObject([{ kind: 'uncertain' }])
  expect(calls).toEqual(['send 1'])
})

const paused = (scope: BankPause['scope']): BankPause => ({
  bank: 'bank',
  scope,
  person: '李娜',
  reason: '银行停机',
  at: 1,
})

test('a paused bank is sent nothing; questions go on unless everything is paused; it is obeyed from one moment to the next', async () => {
  const guard = open()
  pause = paused('sends')
  expect([guard.closed('send'), guard.closed('read')]).toEqual(['paused', null])
  expect(await guard.gateway.send(ONE, never)).toMatchObject([{ kind: 'unsent', code: 'BANK_CLOSED' }])
  await guard.gateway.inquire(ONE, never)
  pause = paused('all')
  await expect(guard.gateway.inquire(ONE, never)).rejects.toMatchObject({ code: 'BANK_CLOSED' })
  pause = null
  expect(guard.closed('send')).toBeNull()
  expect(calls).toEqual(['inquire'])
})

test('it tells how the connection is: calls, the last answer and fault, the breaker, when it opens', async () => {
  const guard = open({ callsPerMinute: 600, sendHours: [{ days: [1], from: '09:00', to: '17:00' }] })
  expect(guard.health()).toMatchObject({ lastAnswerAt: null, lastFaultAt: null, callsLastMinute: 0, inFlight: 0 })
  await guard.gateway.inquire(ONE, never)
  now += 5_000
  await guard.gateway.send(ONE, never)
  await guard.gateway.send(ONE, never)
  expect(guard.health()).toMatchObject({
    closed: 'breaker',
    opensAt: now + 10_000,
    breaker: { state: 'open', failures: 2, openUntil: now + 10_000 },
    ...{ lastAnswerAt: MONDAY, lastFaultAt: now, callsLastMinute: 3, callsPerMinute: 600, isSendHours: true },
  })
  now += 10_000
  expect(guard.health()).toMatchObject({ closed: null, opensAt: null, breaker: { state: 'trying' } })
  now += 60_000
  expect(guard.health().callsLastMinute).toBe(0)
  // From Monday 17:00 on, until Monday next week at nine.
  now = MONDAY + 8 * 3_600_000
  expect(guard.health()).toMatchObject({ closed: 'send-hours', isSendHours: false })
  expect(new Date(guard.health().opensAt ?? 0).toISOString()).toBe('2026-03-09T01:00:00.000Z')
})

test('the bank’s clock is compared with ours by its last balance that gives a time of day', async () => {
  let asOf = '2026-03-02T10:01:30'
  const balance = { current: { minor: 1n, currency: 'CNY' }, available: null, frozen: null, previousDay: null }
  const withBalance: BankGateway = { ...bank, balance: async account => ({ ...balance, account, asOf }) }
  const guard = guarded(
    withBalance,
    settings,
    clock,
    () => undefined,
    () => null,
  )
  await guard.gateway.balance('1', never)
  expect(guard.health().clockDifferenceMs).toBe(90_000)
  asOf = '2026-03-02'
  await guard.gateway.balance('1', never)
  expect(guard.health().clockDifferenceMs).toBe(90_000)
})
