// A bank that a person has paused: nothing starts at it, from the next look on; what has left before is followed up.

import { inquire } from '../../connector/steps/inquire'
import { intake } from '../../connector/steps/intake'
import { isPaused } from '../../connector/steps/pauses'
import { submit } from '../../connector/steps/submit'
import type { Deps } from '../../connector/steps/deps'
import { sampleRequest } from '../support/sample'
import { openWorld, type World } from '../support/world'

const PAUSE = { bank: 'bank', scope: 'sends', person: '李娜', reason: '停机', at: 1 } as const
const RESUMED = { bank: 'bank', person: '李娜', reason: '恢复', at: 2 }

let world: World
let deps: Deps
beforeEach(async () => {
  world = await openWorld()
  const { pauses } = world.deps
  deps = { ...world.deps, closed: (bank, call) => (isPaused(pauses.of(bank), call) ? 'paused' : null) }
  world.erp.queue = [sampleRequest()]
  await intake(deps, 'erp', async () => ({ ok: true, text: '' }))
})
afterEach(() => world.close())

const states = async () => (await world.store.payments.list({}, null, 10)).map(payment => payment.state)

test('what is ready stays ready while its bank is paused, and is sent when it is resumed', async () => {
  await world.store.pauses.pause(PAUSE)
  expect(await submit(deps, 'bank')).toBe(0)
  expect([await states(), world.bank.sends]).toEqual([['ready'], []])
  await world.store.pauses.resume(RESUMED)
  expect(await submit(deps, 'bank')).toBe(1)
  expect([await states(), world.bank.sends.length]).toEqual([['settled'], 1])
  expect(world.happened).toEqual(
    expect.arrayContaining([
      { kind: 'operator.paused', bank: 'bank', scope: 'sends', person: '李娜', reason: '停机' },
      { kind: 'operator.resumed', bank: 'bank' },
    ]),
  )
})

test('a pause that comes after the claim gives the payments back: they are due again when the bank is resumed', async () => {
  const { payments } = world.store
  const claim: typeof payments.claim = async (...asked) => {
    const claimed = await payments.claim(...asked)
    await world.store.pauses.pause(PAUSE)
    return claimed
  }
  expect(await submit({ ...deps, store: { ...world.store, payments: { ...payments, claim } } }, 'bank')).toBe(1)
  const [payment] = await world.store.payments.list({}, null, 1)
  expect(payment).toMatchObject({ state: 'ready', leaseUntil: null, sentAt: null })
  expect(payment?.statusText).toContain('人工暂停')
  await world.store.pauses.resume(RESUMED)
  world.move(1000)
  await submit(deps, 'bank')
  expect(await states()).toEqual(['settled'])
})

test('a pause that comes between the last look and the commit stops the send all the same', async () => {
  const { payments } = world.store
  const apply: typeof payments.apply = async changes => {
    await world.store.pauses.pause(PAUSE)
    return payments.apply(changes)
  }
  await submit({ ...deps, store: { ...world.store, payments: { ...payments, apply } } }, 'bank')
  expect([await states(), world.bank.sends]).toEqual([['ready'], []])
})

test('what has left before is asked about while sends are paused, and not while everything is', async () => {
  world.bank.fault = 'lost-answer'
  await submit(deps, 'bank')
  await world.store.pauses.pause({ ...PAUSE, scope: 'all' })
  await deps.pauses.look()
  world.move(2000)
  expect(await inquire(deps, 'bank')).toBe(0)
  await world.store.pauses.pause(PAUSE)
  await deps.pauses.look()
  expect(await inquire(deps, 'bank')).toBe(1)
  expect(await states()).toEqual(['settled'])
})

test('a store that does not answer begins no send', async () => {
  const pauses = { ...deps.pauses, look: () => Promise.reject(new Error('no store')) }
  await expect(submit({ ...deps, pauses }, 'bank')).rejects.toThrow('no store')
  expect(await states()).toEqual(['ready'])
})
