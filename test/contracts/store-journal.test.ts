// What every store promises about entries that are taken back and about collections: one entry that stands per line, one
// that takes back per entry, one claim of two, all or nothing.

import type { JournalEntry } from '../../connector/ports'
import type { CollectionChange, Store } from '../../connector/store/store'
import { answer, kinds, lineOf, opened, type Place } from '../support/stores'

const amount = { minor: 1234n, currency: 'CNY' }

function entry(key: string, reverses?: string): JournalEntry {
  const minor = reverses === undefined ? 1234n : -1234n
  const line = { amount: { minor, currency: 'CNY' }, summary: '手续费', auxiliaries: {}, settlement: null }
  return {
    key,
    accountSet: '001',
    date: '2031-05-06',
    voucherType: '付',
    summary: '手续费',
    maker: 'yinqi',
    lines: [
      { ...line, account: '6603', side: 'debit' },
      { ...line, account: '1002', side: 'credit' },
    ],
    document: null,
    rule: 'fee',
    ...(reverses === undefined
      ? {}
      : { reverses: { key: reverses, date: '2031-05-06', voucherType: '付', voucherNo: '', reason: '冲正' } }),
  }
}

function change(lineId: string, seq: number, more: Partial<CollectionChange> = {}): CollectionChange {
  return {
    lineId,
    seq,
    to: 'claimed',
    cause: 'claimed',
    actor: '李',
    journal: 'collection',
    entryKey: null,
    claimedBy: '李',
    reason: '合同',
    parts: [{ customer: 'C1', document: 'SO1', amount }],
    claimNo: 0,
    outbox: [],
    ...more,
  }
}

describe.each(kinds().map(kind => [kind.name, kind] as const))('entries and collections on %s', (name, kind) => {
  let place: Place
  let store: Store
  beforeAll(() => kind.start(), 60_000)
  afterAll(() => kind.stop(), 60_000)
  beforeEach(async () => {
    place = await kind.place()
    store = await opened(place)
  })
  afterEach(() => store.close())

  const insert = async (...keys: readonly string[]): Promise<readonly string[]> =>
    (
      await store.statements.insert(
        keys.map(key => lineOf(key)),
        [],
      )
    ).map(line => line.id)
  const book = (lineId: string, made: JournalEntry) =>
    store.journals.decide([{ lineId, journal: 'entry', entry: { erp: 'u8', entry: made } }], 1)
  const offer = async (...keys: readonly string[]): Promise<readonly string[]> => {
    const ids = await insert(...keys)
    for (const [index, lineId] of ids.entries()) {
      const collection = { erp: 'u8', key: `in|${keys[index]}`, outbox: [answer(`offered ${keys[index]}`)] }
      await store.journals.decide([{ lineId, journal: 'collection', entry: null, collection }], 5)
    }
    return ids
  }
  const journalOf = async (lineId: string) => (await store.statements.get(lineId))?.journal
  const told = async (): Promise<readonly string[]> =>
    (await store.outbox.claim('u8', 1e9, 2e9, 99)).map(item => item.record.key)
  const kindsOfAudit = async (): Promise<readonly string[]> =>
    (await store.audit.entries(0, 99)).map(each => each.kind).filter(each => each !== 'trail.started')

  test('lines are found by their id and by their exact amount', async () => {
    const [a] = await insert('a', 'b')
    await store.statements.insert([lineOf('c', { line: { ...lineOf('c').line, amount } })], [])
    expect((await store.statements.get(a ?? ''))?.key).toBe('a')
    expect(await store.statements.get('999')).toBeNull()
    expect(await store.statements.get('nothing')).toBeNull()
    const { account } = lineOf('a')
    const found = await store.statements.ofAmount(account, { minor: -1234n, currency: 'CNY' }, 9)
    expect(found.map(line => line.key)).toEqual(['b', 'a'])
    expect(await store.statements.ofAmount(account, { minor: -1234n, currency: 'USD' }, 9)).toEqual([])
    expect(await store.statements.ofAmount('other', { minor: -1234n, currency: 'CNY' }, 9)).toEqual([])
  })

  test('a line that takes back another makes the red entry once, and the other stands no more', async () => {
    const [line = '', back = '', again = ''] = await insert('a', 'b', 'c')
    await book(line, entry('k1'))
    await book(back, entry('k2', 'k1'))
    await book(again, entry('k3', 'k1'))
    expect((await store.journals.byKey('k1'))?.reversedBy).toBe('k2')
    expect((await store.journals.ofLine(back))?.entry).toEqual(entry('k2', 'k1'))
    // What it was decided on had changed: the second stays open, to be decided anew.
    expect(await store.journals.byKey('k3')).toBeNull()
    expect([await journalOf(line), await journalOf(back), await journalOf(again)]).toEqual(['entry', 'entry', 'open'])
    expect(await told()).toEqual(['k1', 'k2'])
  })

  test('two lines that take back the same entry at once: one of them does', async () => {
    const [line = '', one = '', two = ''] = await insert('a', 'b', 'c')
    await book(line, entry('k1'))
    const rival = await opened(place)
    await Promise.all([
      store.journals.decide([{ lineId: one, journal: 'entry', entry: { erp: 'u8', entry: entry('k2', 'k1') } }], 1),
      rival.journals.decide([{ lineId: two, journal: 'entry', entry: { erp: 'u8', entry: entry('k3', 'k1') } }], 1),
    ])
    await rival.close()
    const made = [await store.journals.byKey('k2'), await store.journals.byKey('k3')].filter(each => each !== null)
    expect(made).toHaveLength(1)
    expect([await journalOf(one), await journalOf(two)].toSorted()).toEqual(['entry', 'open'])
  })

  test('a person takes an entry back once, named in the audit trail, and the line is booked anew under a new key', async () => {
    const [line = ''] = await insert('a')
    await book(line, entry('k1'))
    const reversal = {
      key: 'k1',
      erp: 'u8',
      entry: entry('r1', 'k1'),
      next: 'open',
      person: '李',
      reason: '科目错',
      changes: [],
    } as const
    const rival = await opened(place)
    const results = await Promise.all([store.journals.reverse(reversal, 2), rival.journals.reverse(reversal, 2)])
    await rival.close()
    expect(results.toSorted()).toEqual([false, true])
    expect(await journalOf(line)).toBe('open')
    await book(line, entry('k2'))
    expect((await store.journals.ofLine(line))?.entry.key).toBe('k2')
    expect((await store.journals.allOfLine(line)).map(each => [each.entry.key, each.reversedBy])).toEqual([
      ['k1', 'r1'],
      ['k2', null],
    ])
    expect((await store.journals.byKey('r1'))?.lineId).toBeNull()
    expect(await store.journals.reverse({ ...reversal, entry: entry('r2', 'k1') }, 3)).toBe(false)
    expect(await store.journals.reverse({ ...reversal, key: 'r1', entry: entry('r3', 'r1') }, 3)).toBe(false)
    expect(await store.journals.reverse({ ...reversal, key: 'none', entry: entry('r4', 'none') }, 3)).toBe(false)
    expect(await told()).toEqual(['k1', 'r1', 'k2'])
    if (name !== 'memory') expect(await kindsOfAudit()).toEqual(['journal.reversed'])
  })

  test('what a person took back is told with its red entry, and what the bank took back is not', async () => {
    const [line = '', other = '', back = '', stands = ''] = await insert('a', 'b', 'c', 'd')
    await book(line, entry('k1'))
    await book(other, entry('k2'))
    await book(back, entry('r2', 'k2'))
    await book(stands, entry('k3'))
    const facts = { erp: 'u8', next: 'left', person: '李', reason: '科目错', changes: [] } as const
    expect(await store.journals.reverse({ ...facts, key: 'k1', entry: entry('r1', 'k1') }, 2)).toBe(true)
    const asked = ['k1', 'r1', 'k2', 'r2', 'k3', 'theirs']
    expect([...(await store.journals.takenBack(asked))]).toEqual([['k1', 'r1']])
    expect(await store.journals.takenBack(['k2'])).toEqual(new Map())
    expect(await store.journals.takenBack([])).toEqual(new Map())
  })

  test('a collection is offered once and found by line and key', async () => {
    const [id = ''] = await offer('a')
    const again = { erp: 'u8', key: 'in|a', outbox: [answer('again')] }
    await store.journals.decide([{ lineId: id, journal: 'collection', entry: null, collection: again }], 6)
    expect(await store.collections.get(id)).toEqual({
      line: expect.objectContaining({ id, key: 'a', journal: 'collection' }),
      key: 'in|a',
      erp: 'u8',
      state: 'open',
      seq: 1,
      claimNo: 0,
      claimedBy: '',
      reason: '',
      parts: [],
      entryKey: null,
      offeredAt: 5,
      updatedAt: 5,
    })
    expect((await store.collections.byKey('in|a'))?.line.id).toBe(id)
    expect(await store.collections.byKey('in|b')).toBeNull()
    expect(await store.statements.unbooked(9)).toEqual([])
    expect(await told()).toEqual(['offered a'])
  })

  test('its customer is looked for once, and not after somebody changed it', async () => {
    const [a = '', b = '', c = ''] = await offer('a', 'b', 'c')
    const unlooked = async () => (await store.collections.unlooked(9)).map(each => each.line.id)
    expect(await unlooked()).toEqual([a, b, c])
    await store.collections.looked(b, 6)
    await store.collections.change([change(a, 1)], 6)
    await store.collections.change([change(a, 2, { to: 'open', cause: 'released', parts: [] })], 7)
    expect(await unlooked()).toEqual([c])
  })

  test('of two claims at once the store lets one through', async () => {
    const [id = ''] = await offer('a')
    const rival = await opened(place)
    const results = await Promise.all([
      store.collections.change([change(id, 1, { claimedBy: '李', outbox: [answer('li')] })], 6),
      rival.collections.change([change(id, 1, { claimedBy: '王', outbox: [answer('wang')] })], 6),
    ])
    await rival.close()
    expect(results.toSorted()).toEqual([false, true])
    const found = await store.collections.get(id)
    expect(found).toMatchObject({
      state: 'claimed',
      seq: 2,
      updatedAt: 6,
      parts: [{ customer: 'C1', document: 'SO1', amount }],
    })
    expect((await told()).length).toBe(2)
    if (name !== 'memory') expect(await kindsOfAudit()).toEqual(['collection.claimed'])
    expect(await store.audit.check(null)).toMatchObject({ kind: 'whole' })
  })

  test('several are booked together or not at all, each once', async () => {
    const [a = '', b = ''] = await offer('a', 'b')
    await store.collections.change([change(a, 1)], 6)
    await store.collections.change([change(b, 1)], 6)
    const booked = (lineId: string, seq: number) =>
      change(lineId, seq, {
        to: 'booked',
        cause: 'booked',
        journal: 'entry',
        entryKey: 'k1',
        outbox: [answer(`booked ${lineId}`)],
      })
    const made = { erp: 'u8', entry: entry('k1'), lineId: null }
    expect(await store.collections.book([booked(b, 2), booked(a, 1)], made, 7)).toBe(false)
    expect([await journalOf(a), await journalOf(b), await store.journals.byKey('k1')]).toEqual([
      'collection',
      'collection',
      null,
    ])
    const rival = await opened(place)
    const results = await Promise.all([
      store.collections.book([booked(a, 2), booked(b, 2)], made, 7),
      rival.collections.book([booked(b, 2), booked(a, 2)], made, 7),
    ])
    await rival.close()
    expect(results.toSorted()).toEqual([false, true])
    expect([await journalOf(a), await journalOf(b)]).toEqual(['entry', 'entry'])
    expect((await store.journals.ofLine(a))?.entry.key).toBe('k1')
    expect((await store.journals.ofLine(b))?.lineId).toBeNull()
    const [c = '', d = ''] = await insert('c', 'd')
    await book(c, entry('k9'))
    expect([...(await store.journals.keysOf([a, c, d]))].toSorted()).toEqual([
      [a, 'k1'],
      [c, 'k9'],
    ])
    expect(await store.journals.keysOf([])).toEqual(new Map())
    expect((await store.collections.ofEntry('k1')).map(each => each.line.id)).toEqual([a, b])
    expect((await told()).filter(key => key === 'k1' || key.startsWith('booked'))).toEqual([
      `booked ${a}`,
      `booked ${b}`,
      'k1',
    ])
  })

  test('a page goes on behind the last line, in order, of the states that are asked for', async () => {
    const [a = '', b = '', c = ''] = await offer('a', 'b', 'c')
    await store.collections.change([change(b, 1)], 6)
    const ids = async (...asked: Parameters<typeof store.collections.list>) =>
      (await store.collections.list(...asked)).map(each => each.line.id)
    expect(await ids(['open', 'claimed'], null, 2)).toEqual([a, b])
    expect(await ids(['open', 'claimed'], b, 2)).toEqual([c])
    expect(await ids(['claimed'], null, 9)).toEqual([b])
  })

  test('an entry of collections that is taken back gives them to be claimed again, in one', async () => {
    const [a = ''] = await offer('a')
    await store.collections.change([change(a, 1)], 6)
    const booked = change(a, 2, { to: 'booked', cause: 'booked', journal: 'entry', entryKey: 'k1' })
    await store.collections.book([booked], { erp: 'u8', entry: entry('k1'), lineId: a }, 7)
    const reopened = change(a, 3, { to: 'open', cause: 'reopened', parts: [], claimedBy: '' })
    const reversal = {
      key: 'k1',
      erp: 'u8',
      entry: entry('r1', 'k1'),
      next: 'open',
      person: '李',
      reason: '客户错',
    } as const
    expect(await store.journals.reverse({ ...reversal, changes: [{ ...reopened, seq: 2 }] }, 8)).toBe(false)
    expect((await store.journals.byKey('k1'))?.reversedBy).toBeNull()
    expect(await store.journals.byKey('r1')).toBeNull()
    expect(await store.journals.reverse({ ...reversal, changes: [reopened] }, 8)).toBe(true)
    expect(await store.collections.get(a)).toMatchObject({ state: 'open', seq: 4, entryKey: null, parts: [] })
    expect(await journalOf(a)).toBe('collection')
  })
})
