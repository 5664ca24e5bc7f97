// The store's half of the fence, on every database (I10).

import type { FenceConfirmation, Store } from '../../connector/store/store'
import { kinds, lineOf, opened, paymentOf, take, type Place } from '../support/stores'

const A = { instance: 'a', token: 't1' }
const BEHIND = { code: 'FENCE_STORE_BEHIND', detail: '1 < 2' } as const

describe.each(kinds().map(kind => [kind.name, kind] as const))('the fence of the store on %s', (_name, kind) => {
  let place: Place
  let store: Store

  beforeAll(() => kind.start(), 60_000)
  afterAll(() => kind.stop(), 60_000)
  beforeEach(async () => {
    place = await kind.place()
    store = await opened(place)
  })
  afterEach(() => store.close())

  function confirmation(change: Partial<FenceConfirmation> = {}): FenceConfirmation {
    return {
      ...A,
      token: 't9',
      person: '李娜',
      evidence: '流水',
      content: '{}',
      epoch: 'e9',
      incarnation: '999',
      sends: 0,
      database: 'd9',
      probationUntil: 5000,
      at: 4000,
      ...change,
    }
  }

  test('a new store has never sent, is open, and knows its database again after it was closed', async () => {
    const facts = await store.fence.facts()
    expect(facts).toMatchObject({ sends: 0, hasSent: false, hosts: [], closed: [], pastEpochs: [], boundDatabase: '' })
    expect(facts.database).not.toBe('')
    expect(facts.storeId).toMatch(/^[0-9a-f-]{36}$/)
    await store.close()
    store = await opened(place)
    expect(await store.fence.facts()).toEqual(facts)
  })

  test('another database is another one', async () => {
    if (kind.name === 'mssql') return
    const other = await opened(await kind.place())
    expect((await other.fence.facts()).database).not.toBe((await store.fence.facts()).database)
    await other.close()
  })

  test('only a bound host of an open store takes numbers of sends, each once', async () => {
    expect(await store.fence.advance(A)).toBeNull()
    await store.fence.bind(A, 'd1', 1000)
    const numbers = await Promise.all([1, 2, 3, 4].map(() => store.fence.advance(A)))
    expect(numbers.toSorted()).toEqual([1, 2, 3, 4])
    expect(await store.fence.advance({ ...A, token: 'other' })).toBeNull()
    expect(await store.fence.facts()).toMatchObject({ sends: 4, hasSent: true, boundDatabase: 'd1' })
    await store.fence.bind({ instance: 'b', token: 't2' }, 'd2', 1500)
    expect((await store.fence.facts()).boundDatabase).toBe('d1')
    await store.fence.close({ whose: 'host', reasons: [BEHIND], instance: 'b', at: 2000 })
    expect(await store.fence.advance(A)).toBe(5)
    await store.fence.close({ whose: 'store', reasons: [BEHIND, BEHIND], instance: 'a', at: 2000 })
    expect(await store.fence.advance(A)).toBeNull()
  })

  test('a payment sent before sends were counted counts as sent', async () => {
    await take(store, paymentOf('1', { state: 'unknown', sentAt: 5 }))
    expect(await store.fence.facts()).toMatchObject({ sends: 0, hasSent: true })
  })

  test('a confirmation opens, counts on past everything seen, and is kept with its person for ever', async () => {
    const before = { epoch: (await store.fence.facts()).epoch, incarnation: await store.meta.incarnation() }
    await store.fence.bind(A, 'd1', 1000)
    await store.fence.advance(A)
    await store.fence.close({ whose: 'store', reasons: [BEHIND], instance: 'a', at: 2000 })
    await store.fence.confirm(confirmation({ sends: 40 }))
    const facts = await store.fence.facts()
    expect(facts).toMatchObject({ closed: [], epoch: 'e9', pastEpochs: [before.epoch], boundDatabase: 'd9', sends: 40 })
    expect(await store.fence.advance(A)).toBeNull()
    expect(await store.fence.advance({ ...A, token: 't9' })).toBe(41)
    expect(await store.fence.incarnations()).toEqual([before.incarnation, '999'])
    expect(await store.fence.probationUntil()).toBe(5000)
    // Fewer than were counted leaves the count.
    await store.fence.confirm(confirmation({ epoch: 'e10', incarnation: null, sends: 3 }))
    expect(await store.fence.facts()).toMatchObject({ sends: 41, pastEpochs: [before.epoch, 'e9'] })
    expect(await store.meta.incarnation()).toBe('999')
    const [newest] = await store.fence.events(10)
    expect(newest).toMatchObject({ kind: 'confirmed', person: '李娜', evidence: '流水', at: 4000 })
    // The store in memory has no SQL that could be run past it.
    if (kind.name === 'memory') return
    for (const sql of [`UPDATE yinqi_fence_event SET person = 'x'`, `DELETE FROM yinqi_fence_event`])
      await expect(place.sql(sql)).rejects.toThrow(/append only/)
  })

  test('it says until when it knew what happened as it closed, whatever was written since', async () => {
    expect(await store.fence.knewUntil()).toBeNull()
    await take(store, paymentOf('1'))
    expect(await store.fence.knewUntil()).toBe(1000)
    await store.fence.bind(A, 'd1', 1000)
    await store.fence.close({ whose: 'store', reasons: [BEHIND], instance: 'a', at: 2000 })
    const change = { paymentId: 'P1', seq: 1, to: 'ready', at: 9000, cause: 'x', actor: 'a', evidence: {} } as const
    await store.payments.apply([{ ...change, patch: {}, outbox: [] }])
    await store.fence.close({
      whose: 'host',
      reasons: [{ code: 'FENCE_HOST_COPIED', detail: '' }],
      instance: 'a',
      at: 9500,
    })
    expect(await store.fence.knewUntil()).toBe(1000)
  })

  test('keeps a line that is nobody’s once, until it is explained', async () => {
    const draft = lineOf('k1')
    const [line] = await store.statements.insert([{ ...draft, line: { ...draft.line, reference: 'R7' } }], [])
    if (!line) throw new Error('no line')
    await store.fence.found(line, 1)
    await store.fence.found(line, 2)
    const findings = await store.fence.findings()
    expect(findings).toMatchObject([{ bank: 'icbc', reference: 'R7', foundAt: 1, line }])
    expect(await store.fence.resolve(findings[0]?.id ?? '', '李娜', '工资', 3)).toBe(true)
    expect(await store.fence.resolve(findings[0]?.id ?? '', '李娜', '工资', 3)).toBe(false)
    expect(await store.fence.findings()).toEqual([])
  })

  test('holds a payment once for one reason, and again after it was cleared', async () => {
    await take(store, paymentOf('1'))
    const draft = { kind: 'fence', reason: 'r', approvalsNeeded: 1 }
    await Promise.all([store.fence.hold('P1', draft, 1000), store.fence.hold('P1', draft, 1000)])
    const [hold, ...more] = await store.payments.holds('P1')
    expect([hold?.kind, more]).toEqual(['fence', []])
    await store.payments.clearHold(hold?.id ?? '', '李娜', 'x', 5)
    await store.fence.hold('P1', draft, 1000)
    expect(await store.payments.holds('P1')).toHaveLength(2)
  })
})
