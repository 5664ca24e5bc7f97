// The gauges that alerts hang on, read from a real store.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMetrics } from '../../connector/observe/metrics'
import type { Health } from '../../connector/bank-guard'
import type { Clock } from '../../connector/ports'
import { openStore } from '../../connector/store/open-store'
import type { Store } from '../../connector/store/store'
import { testKeys } from '../support/keys'

const clock: Clock = { now: () => 1_000_000, sleep: () => Promise.resolve() }
const folder = mkdtempSync(path.join(tmpdir(), 'yinqi-metrics-'))
let store: Store

const HEALTH: Health = {
  closed: 'breaker',
  opensAt: 1_030_000,
  pause: { bank: 'icbc', scope: 'sends', person: '李娜', reason: '停机', at: 1 },
  breaker: { state: 'open', failures: 5, openUntil: 1_030_000 },
  ...{ inFlight: 2, waiting: 1, callsLastMinute: 7, callsPerMinute: 60, isMaintenance: false, isSendHours: true },
  ...{ lastAnswerAt: 900_000, lastFaultAt: 999_000, clockDifferenceMs: -3000 },
}

beforeAll(async () => {
  store = await openStore(
    { dialect: 'sqlite', filename: path.join(folder, 'store.db') },
    { clock, keys: testKeys(), schema: 'migrate' },
  )
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

test('a gauge forgets what is no longer there', async () => {
  const metrics = createMetrics(store, new Map(), clock)
  const record = { kind: 'command.answered', key: 'command|1', id: '1', ok: true, text: '', at: 1 } as const
  await store.outbox.add([{ erp: 'main', record }], 1)
  expect(await metrics.render()).toContain('yinqi_outbox_pending{erp="main"} 1')
  const [item] = await store.outbox.claim('main', 2, 3, 1)
  await store.outbox.settle([{ id: item?.id ?? '', kind: 'done', erpNumber: '' }], 3)
  expect(await metrics.render()).not.toContain('yinqi_outbox_pending{erp="main"} 1')
})

test('a contradiction that a claim found is shown until somebody resolves it', async () => {
  const metrics = createMetrics(store, new Map(), clock)
  const evidence = { row: 'P1' }
  await store.contradictions.record({ at: 1, paymentId: null, code: 'SEAL_BROKEN', cause: 'read', evidence })
  expect(await metrics.render()).toContain('yinqi_contradictions_open{code="SEAL_BROKEN"} 1')
  const [item] = await store.contradictions.open(1)
  await store.contradictions.resolve(item?.id ?? '', 'Li', 'looked at', 2)
  expect(await metrics.render()).not.toContain('yinqi_contradictions_open{')
})

test('a bank that is not sent to shows why, and shows nothing when it is again', async () => {
  let health: Health = HEALTH
  const metrics = createMetrics(store, new Map([['icbc', { health: () => health }]]), clock)
  const before = await metrics.render()
  for (const line of [
    'yinqi_bank_closed{bank="icbc",reason="breaker"} 1',
    'yinqi_bank_breaker{bank="icbc"} 2',
    'yinqi_bank_opens_in_seconds{bank="icbc"} 30',
    'yinqi_bank_paused{bank="icbc",scope="sends"} 1',
    'yinqi_bank_calls_in_flight{bank="icbc"} 2',
    'yinqi_bank_calls_waiting{bank="icbc"} 1',
    'yinqi_bank_calls_last_minute{bank="icbc"} 7',
    'yinqi_bank_calls_per_minute_max{bank="icbc"} 60',
    'yinqi_bank_last_answer_seconds{bank="icbc"} 100',
    'yinqi_bank_clock_difference_seconds{bank="icbc"} -3',
  ])
    expect(before).toContain(line)
  health = {
    ...HEALTH,
    ...{ closed: null, opensAt: null, pause: null, callsPerMinute: null, lastAnswerAt: null, clockDifferenceMs: null },
  }
  const after = await metrics.render()
  expect(
    after.split('\n').filter(line => /^yinqi_bank_(closed|opens|paused|calls_per|last_answer|clock)/.test(line)),
  ).toEqual([])
})
