// Banks that a person has paused, on every database: kept, told to the audit trail, and no payment of theirs starts.

import type { Change, Store } from '../../connector/store/store'
import { kinds, opened, paymentOf, take, type Place } from '../support/stores'

const PAUSE = { bank: 'icbc', scope: 'sends', person: '李娜', reason: '工行通知停机', at: 2000 } as const
const RESUMED = { bank: 'icbc', person: '王强', reason: '工行已恢复', at: 3000 }

describe.each(kinds().map(kind => [kind.name, kind] as const))('paused banks on %s', (name, kind) => {
  let place: Place
  let store: Store

  beforeAll(() => kind.start(), 60_000)
  afterAll(() => kind.stop(), 60_000)
  beforeEach(async () => {
    place = await kind.place()
    store = await opened(place)
  })
  afterEach(() => store.close())

  const started = (docNo: string): Change => ({
    ...{ paymentId: `P${docNo}`, seq: 1, to: 'sending', at: 2500, cause: 'send.started', actor: 'd1', evidence: {} },
    ...{ patch: {}, outbox: [] },
  })

  test('a pause is there for every daemon and after a restart, until a person resumes the bank', async () => {
    expect(await store.pauses.list()).toEqual([])
    expect(await store.pauses.pause(PAUSE)).toBe(true)
    expect(await store.pauses.pause({ ...PAUSE, person: '赵敏' })).toBe(false)
    await store.close()
    store = await opened(place)
    expect(await store.pauses.list()).toEqual([PAUSE])
    const wider = { ...PAUSE, scope: 'all', at: 2100 } as const
    expect(await store.pauses.pause(wider)).toBe(true)
    expect(await store.pauses.list()).toEqual([wider])
    expect(await store.pauses.resume(RESUMED)).toBe(true)
    expect(await store.pauses.resume(RESUMED)).toBe(false)
    expect(await store.pauses.list()).toEqual([])
  })

  test('no payment of a paused bank becomes sending, whoever decided it; those of other banks do, and so do all answers', async () => {
    await take(store, paymentOf('1'), paymentOf('2', { bank: 'boc' }), paymentOf('3'))
    expect(await store.payments.apply([started('3')])).toEqual([true])
    await store.pauses.pause(PAUSE)
    expect(await store.payments.apply([started('1'), started('2')])).toEqual([false, true])
    expect(await store.payments.get('P1')).toMatchObject({ state: 'ready', seq: 1 })
    expect(await store.payments.history('P1')).toHaveLength(1)
    // A note about what is sending already, e.g. a withdrawal that came too late.
    expect(await store.payments.apply([{ ...started('3'), seq: 2, cause: 'erp.cancelRefused' }])).toEqual([true])
    const answered: Change = { ...started('3'), seq: 3, to: 'settled', cause: 'send.settled' }
    expect(await store.payments.apply([answered])).toEqual([true])
    await store.pauses.resume(RESUMED)
    expect(await store.payments.apply([started('1')])).toEqual([true])
  })

  test('the audit trail says who paused and who resumed, and misses a pause that was taken away or made past the connector', async () => {
    // Nothing in memory could be edited past the store, and no trail is kept of it.
    if (name === 'memory') return
    await store.pauses.pause(PAUSE)
    const [, ...entries] = await store.audit.entries(0, 10)
    expect(entries).toMatchObject([
      { kind: 'bank.paused', subject: 'icbc', content: { scope: 'sends', person: '李娜', reason: '工行通知停机' } },
    ])
    expect(await store.audit.check(null)).toMatchObject({ kind: 'whole' })
    await place.sql(`UPDATE yinqi_bank_pause SET person = 'x'`)
    expect(await store.audit.check(null)).toMatchObject({ kind: 'broken', row: 'pause icbc' })
    await place.sql(`DELETE FROM yinqi_bank_pause`)
    expect(await store.audit.check(null)).toMatchObject({ kind: 'broken', row: 'audit 2' })
    await place.sql(`INSERT INTO yinqi_bank_pause (bank, scope, person, reason, at) VALUES ('boc', 'all', 'x', 'y', 1)`)
    expect(await store.audit.check(null)).toMatchObject({ kind: 'broken', row: 'pause boc' })
  })

  test('a resumed bank’s trail is whole', async () => {
    await store.pauses.pause(PAUSE)
    await store.pauses.resume(RESUMED)
    expect(await store.audit.check(null)).toMatchObject({ kind: 'whole' })
    if (name === 'memory') return
    const [, , resumed] = await store.audit.entries(0, 10)
    expect(resumed).toMatchObject({
      kind: 'bank.resumed',
      subject: 'icbc',
      content: { person: '王强', reason: '工行已恢复' },
    })
  })
})
