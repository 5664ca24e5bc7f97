// What every store promises of a line that a person withdraws: nobody finds it any more, nothing brings it in again,
// everything that hung on it goes with it in one transaction, and a person can restore it.

import { createHash } from 'node:crypto'
import type { JournalEntry } from '../../connector/ports'
import type { CollectionChange, Store, StoredLine, Withdrawal } from '../../connector/store/store'
import { answer, kinds, lineOf, opened, type Place } from '../support/stores'

const ACCOUNT = lineOf('').account
const DAY = lineOf('').line.bookedOn
const WHOLE = { from: DAY, to: DAY }
const amount = { minor: 1234n, currency: 'CNY' }

function entry(key: string, reverses?: string): JournalEntry {
  const minor = reverses === undefined ? 1234n : -1234n
  const line = { amount: { minor, currency: 'CNY' }, summary: '货款', auxiliaries: {}, settlement: null }
  const red = { key: reverses ?? '', date: DAY, voucherType: '付', voucherNo: '', reason: '更正' }
  return {
    ...{ key, accountSet: '001', date: DAY, voucherType: '付', summary: '货款', maker: 'yinqi' },
    lines: [
      { ...line, account: '6603', side: 'debit' },
      { ...line, account: '1002', side: 'credit' },
    ],
    ...{ document: null, rule: 'r', ...(reverses === undefined ? {} : { reverses: red }) },
  }
}

describe.each(kinds().map(kind => [kind.name, kind] as const))('withdrawn lines on %s', (name, kind) => {
  let place: Place
  let store: Store
  const databaseTest = name === 'memory' ? test.skip : test

  beforeAll(() => kind.start(), 60_000)
  afterAll(() => kind.stop(), 60_000)
  beforeEach(async () => {
    place = await kind.place()
    store = await opened(place)
  })
  afterEach(() => store.close())

  const insert = async (...drafts: readonly Omit<StoredLine, 'id'>[]): Promise<readonly string[]> =>
    (await store.statements.insert(drafts, [])).map(line => line.id)
  const withdrawal = (lineId: string, more: Partial<Withdrawal> = {}): Withdrawal => ({
    ...{ lineId, turn: 0, journal: 'open', person: '张三', reason: '银行更正', reversal: null, changes: [] },
    ...{ contradiction: null, outbox: [answer(`told ${lineId}`)] },
    ...more,
  })
  const listed = async (): Promise<readonly string[]> =>
    (await store.statements.list(ACCOUNT, WHOLE)).map(line => line.key)
  const reversal = (key: string, changes: readonly CollectionChange[] = []) => ({
    ...{ key, erp: 'u8', entry: entry(`red ${key}`, key), next: 'open' as const, person: '张三', reason: '银行更正' },
    changes,
  })

  test('nobody who looks for lines finds it; who names it does', async () => {
    const wanted = { receipt: 'wanted', paymentId: null } as const
    const [a = '', b = '', c = ''] = await insert(lineOf('a', wanted), lineOf('b', wanted), lineOf('c', wanted))
    const bytes = Uint8Array.of(1, 2, 3)
    const digestBy = (name: string): string => createHash(name).update(bytes).digest('hex')
    const digests = { digest: digestBy('sha256'), sm3: digestBy('sm3') }
    const receipt = { receiptNo: 'N1', mediaType: 'application/pdf', source: 'file', check: 'agrees', at: 6 } as const
    await store.receipts.save({ ...receipt, ...digests, lineId: c, account: ACCOUNT }, bytes, null, [])
    expect(await store.withdrawals.withdraw(withdrawal(c, { outbox: [] }), 7)).toBe(true)
    // Kept, but no reason to keep it from the line that came in its place.
    expect(await store.receipts.list(ACCOUNT, WHOLE)).toEqual([])
    expect(await store.receipts.ofLine(c)).toMatchObject({ receiptNo: 'N1' })
    expect(await store.withdrawals.withdraw(withdrawal(a), 7)).toBe(true)
    const { statements, open, coverage } = store
    expect(await listed()).toEqual(['b'])
    expect(await statements.get(a)).toBeNull()
    expect(await statements.countOn(ACCOUNT, DAY)).toBe(1)
    expect((await statements.unlinked(9)).map(line => line.id)).not.toContain(a)
    expect((await statements.unbooked(9)).map(line => line.id)).not.toContain(a)
    const same = lineOf('a').line.amount
    expect((await statements.ofAmount(ACCOUNT, same, 9)).map(line => line.id)).toEqual([b])
    expect((await statements.receiptDue('icbc', 1e15, 9)).map(line => line.id)).not.toContain(a)
    expect((await statements.receiptsWaiting(ACCOUNT, WHOLE)).map(line => line.lineId)).toEqual([b])
    expect((await coverage.lines(ACCOUNT, WHOLE)).map(line => line.id)).toEqual([b])
    expect((await open.lines(ACCOUNT, WHOLE, null, 9)).items.map(line => line.id)).toEqual([b])
    expect(await open.linesByIds([a])).toMatchObject([{ id: a, isWithdrawn: true }])
    expect((await open.linesByIds([b]))[0]).not.toHaveProperty('isWithdrawn')
    expect(await store.withdrawals.get(a)).toMatchObject({
      ...{ line: { key: 'a' }, turn: 1, matchId: null },
      withdrawn: { person: '张三', reason: '银行更正', at: 7 },
    })
    expect(await store.withdrawals.list(ACCOUNT, WHOLE)).toMatchObject([
      { line: { id: a }, person: '张三', at: 7 },
      { line: { id: c } },
    ])
    expect(await store.withdrawals.list(ACCOUNT, { from: '2099-01-01', to: '2099-01-31' })).toEqual([])
    expect(await store.withdrawals.get('999')).toBeNull()
    expect(await store.withdrawals.get('x')).toBeNull()
    expect((await store.outbox.claim('u8', 1e15, 2e15, 99)).map(item => item.record.key)).toEqual([`told ${a}`])
  })

  test('pages of any size give every line that stands once, by day', async () => {
    const on = (key: string, bookedOn: string) => lineOf(key, { line: { ...lineOf(key).line, bookedOn } })
    const ids = await insert(on('a', '2031-05-07'), on('b', '2031-05-06'), on('c', '2031-05-06'), on('d', '2031-05-08'))
    await store.withdrawals.withdraw(withdrawal(ids[2] ?? ''), 7)
    const range = { from: '2031-05-06', to: '2031-05-07' }
    for (const limit of [1, 2, 9]) {
      const found: string[] = []
      let page = await store.statements.page(ACCOUNT, range, null, limit)
      for (; page.next !== null; page = await store.statements.page(ACCOUNT, range, page.next, limit))
        found.push(...page.items.map(line => line.key))
      expect([...found, ...page.items.map(line => line.key)]).toEqual(['b', 'a'])
    }
  })

  test('nothing brings it in again: its identity is known as withdrawn', async () => {
    const [a = ''] = await insert(lineOf('a'))
    expect(await store.statements.known(ACCOUNT, ['a', 'b'])).toEqual(
      new Map([['a', { lineId: a, isWithdrawn: false }]]),
    )
    await store.withdrawals.withdraw(withdrawal(a), 7)
    expect(await store.statements.known(ACCOUNT, ['a'])).toEqual(new Map([['a', { lineId: a, isWithdrawn: true }]]))
    expect(await insert(lineOf('a'), lineOf('b'))).toHaveLength(1)
    expect(await listed()).toEqual(['b'])
  })

  test('restored it stands as it was, and may be withdrawn again; each turn names the one before', async () => {
    const [a = ''] = await insert(lineOf('a', { journal: 'left' }))
    const said = { lineId: a, journal: 'left' as const, person: '李四', reason: '弄错了', changes: [], outbox: [] }
    expect(await store.withdrawals.restore({ ...said, turn: 0 }, 6)).toBe(false)
    expect(await store.withdrawals.withdraw(withdrawal(a, { journal: 'left' }), 7)).toBe(true)
    expect(await store.withdrawals.withdraw(withdrawal(a, { journal: 'left', turn: 1 }), 8)).toBe(false)
    expect(await store.withdrawals.restore({ ...said, turn: 0 }, 8)).toBe(false)
    expect(await store.withdrawals.restore({ ...said, turn: 1 }, 8)).toBe(true)
    expect(await listed()).toEqual(['a'])
    expect(await store.statements.get(a)).toMatchObject({ journal: 'left' })
    expect(await store.withdrawals.get(a)).toMatchObject({ turn: 2, withdrawn: null })
    expect(await store.withdrawals.withdraw(withdrawal(a, { journal: 'left', turn: 0 }), 9)).toBe(false)
    expect(await store.withdrawals.withdraw(withdrawal(a, { journal: 'left', turn: 2 }), 9)).toBe(true)
  })

  test('what was compared with other lines than the account now has is not brought in', async () => {
    const { statements, withdrawals } = store
    const none = await statements.mark(ACCOUNT)
    expect(await statements.insertAt(none, [lineOf('a')], [answer('a')])).toMatchObject([{ key: 'a' }])
    expect(await statements.insertAt(none, [lineOf('b')], [answer('b')])).toBeNull()
    const one = await statements.mark(ACCOUNT)
    expect(await statements.insertAt(one, [lineOf('a')], [answer('a')])).toEqual([])
    expect(await statements.insertAt(one, [], [])).toEqual([])
    expect(await statements.mark(ACCOUNT)).toBe(one)
    const [a] = await statements.list(ACCOUNT, WHOLE)
    await withdrawals.withdraw(withdrawal(a?.id ?? ''), 7)
    expect(await statements.insertAt(one, [lineOf('c')], [])).toBeNull()
    const two = await statements.mark(ACCOUNT)
    const said = { person: '李', reason: '误', changes: [], outbox: [] }
    await withdrawals.restore({ lineId: a?.id ?? '', turn: 1, journal: 'open', ...said }, 8)
    expect(await statements.insertAt(two, [lineOf('c')], [])).toBeNull()
    expect(await statements.mark('another')).toBe('0')
    await statements.insert([lineOf('x', { account: 'another' })], [])
    expect(await statements.mark('another')).toBe('1')
    expect(await listed()).toEqual(['a'])
  })

  test('of two imports at once one has to look again', async () => {
    const rival = await place.open('require')
    const mark = await store.statements.mark(ACCOUNT)
    const both = [store, rival].map((each, index) => each.statements.insertAt(mark, [lineOf(`n${index}`)], []))
    expect((await Promise.all(both)).filter(result => result === null)).toHaveLength(1)
    await rival.close()
    expect(await listed()).toHaveLength(1)
  })

  test('its match is undone; what else it held may be matched again, but not what a person undid', async () => {
    const [a = '', b = '', c = ''] = await insert(lineOf('a'), lineOf('b'), lineOf('c'))
    const match = { account: ACCOUNT, pass: 'reference', reason: 'r', ruleVersion: '3' }
    await store.matches.save([{ ...match, lineIds: [a, b], ledgerIds: ['L1'] }], 1)
    await store.matches.save([{ ...match, lineIds: [c], ledgerIds: ['L2'] }], 1)
    const before = await store.withdrawals.get(a)
    expect(before?.matchId).not.toBeNull()
    await store.withdrawals.withdraw(withdrawal(a), 7)
    expect(await store.matches.get(before?.matchId ?? '')).toMatchObject({
      undone: { person: '张三', reason: '银行更正', at: 7 },
      lineIds: [a, b],
    })
    expect((await store.open.lines(ACCOUNT, WHOLE, null, 9)).items.map(line => line.id)).toEqual([b])
    expect(await store.matches.undone(ACCOUNT)).toEqual([])
    // A run that read the line before must not take it.
    expect(await store.matches.save([{ ...match, lineIds: [a, b], ledgerIds: ['L1'] }], 8)).toBe(0)
    expect(
      await store.matches.make({ ...match, lineIds: [a], ledgerIds: ['L3'], person: '王', differenceAccount: '' }, 8),
    ).toBeNull()
    expect(await store.matches.save([{ ...match, lineIds: [b], ledgerIds: ['L1'] }], 8)).toBe(1)
    const [byHand] = await store.matches.list(ACCOUNT, 'all', null, 1)
    await store.matches.undo(byHand?.id ?? '', '王', '错', 9)
    expect(await store.matches.undone(ACCOUNT)).toMatchObject([{ lineIds: [b], ledgerIds: ['L1'] }])
  })

  test('its entry is taken back with it, or nothing happens', async () => {
    const [a = ''] = await insert(lineOf('a'))
    await store.journals.decide([{ lineId: a, journal: 'entry', entry: { erp: 'u8', entry: entry('k1') } }], 1)
    // Decided on a line that was not booked yet.
    expect(await store.withdrawals.withdraw(withdrawal(a), 7)).toBe(false)
    const whole = withdrawal(a, { journal: 'entry', reversal: reversal('k1') })
    const other = { ...whole, reversal: { ...reversal('k1'), key: 'k9' } }
    expect(await store.withdrawals.withdraw(other, 7)).toBe(false)
    expect(await listed()).toEqual(['a'])
    expect((await store.journals.byKey('k1'))?.reversedBy).toBeNull()
    expect(await store.withdrawals.withdraw(whole, 7)).toBe(true)
    expect((await store.journals.byKey('k1'))?.reversedBy).toBe('red k1')
    expect((await store.withdrawals.get(a))?.line.journal).toBe('open')
    // Nobody books it meanwhile, also who read it before.
    const late = [{ lineId: a, journal: 'entry' as const, entry: { erp: 'u8', entry: entry('k2') } }]
    await store.journals.decide(late, 8)
    expect(await store.journals.byKey('k2')).toBeNull()
    const back = { lineId: a, turn: 1, journal: 'open' as const, person: '李', reason: '误', changes: [], outbox: [] }
    expect(await store.withdrawals.restore(back, 9)).toBe(true)
    await store.journals.decide(late, 10)
    expect((await store.journals.ofLine(a))?.entry.key).toBe('k2')
  })

  test('its collection goes with it; one that has changed keeps everything as it was', async () => {
    const [a = ''] = await insert(lineOf('a'))
    const collection = { erp: 'u8', key: 'in|a', outbox: [] }
    await store.journals.decide([{ lineId: a, journal: 'collection', entry: null, collection }], 1)
    const gone: CollectionChange = {
      ...{ lineId: a, seq: 2, to: 'withdrawn', cause: 'withdrawn', actor: '张三', journal: 'left', entryKey: null },
      ...{ claimedBy: '', reason: '', parts: [], claimNo: 0, outbox: [] },
    }
    const asked = withdrawal(a, { journal: 'collection', changes: [gone] })
    expect(await store.withdrawals.withdraw(asked, 7)).toBe(false)
    expect(await listed()).toEqual(['a'])
    expect(await store.withdrawals.withdraw({ ...asked, changes: [{ ...gone, seq: 1 }] }, 7)).toBe(true)
    expect(await store.collections.get(a)).toMatchObject({ state: 'withdrawn', line: { isWithdrawn: true } })
  })

  test('what it said of a payment is recorded as a contradiction, once a turn', async () => {
    const [a = ''] = await insert(lineOf('a'))
    const evidence = { line: a, amount: amount.minor.toString() }
    const contradiction = { paymentId: null, code: 'LINE_WITHDRAWN', cause: 'statement', evidence }
    await store.withdrawals.withdraw(withdrawal(a, { contradiction }), 7)
    expect(await store.contradictions.open(9)).toMatchObject([{ code: 'LINE_WITHDRAWN', evidence, at: 7 }])
  })

  test('of two who withdraw it at once one does, and a match that is made at the same time does not hold it', async () => {
    const ids = await insert(...Array.from({ length: 12 }, (_, index) => lineOf(`k${index}`)))
    const rival = await place.open('require')
    const match = { account: ACCOUNT, pass: 'reference', reason: 'r', ruleVersion: '3' }
    const rounds = ids.map(async (lineId, index) => {
      const [first, second] = await Promise.all([
        store.withdrawals.withdraw(withdrawal(lineId), 7),
        rival.withdrawals.withdraw(withdrawal(lineId), 7),
        rival.matches.save([{ ...match, lineIds: [lineId], ledgerIds: [`L${index}`] }], 8),
      ])
      return [first, second].filter(Boolean).length
    })
    expect(await Promise.all(rounds)).toEqual(ids.map(() => 1))
    await rival.close()
    for (const id of ids) expect((await store.withdrawals.get(id))?.matchId).toBeNull()
    expect((await store.matches.of(ACCOUNT, WHOLE)).filter(one => one.lineIds.length > 0)).toEqual([])
  })

  test('withdrawn while its entry is taken back, its match undone and its money claimed, each is done once or not at all', async () => {
    const rival = await place.open('require')
    const ids = await insert(...Array.from({ length: 10 }, (_, index) => lineOf(`r${index}`)))
    const match = { account: ACCOUNT, pass: 'reference', reason: 'r', ruleVersion: '3' }
    for (const [index, lineId] of ids.entries()) {
      const isBooked = index % 2 === 0
      const made = isBooked ? { erp: 'u8', entry: entry(`k${lineId}`) } : null
      const offered = isBooked ? {} : { collection: { erp: 'u8', key: `in${lineId}`, outbox: [] } }
      await store.journals.decide([{ lineId, journal: made ? 'entry' : 'collection', entry: made, ...offered }], 1)
    }
    await store.matches.save([{ ...match, lineIds: ids, ledgerIds: ['L1'] }], 1)
    const [made] = await store.matches.list(ACCOUNT, 'all', null, 1)
    const change = (lineId: string, to: 'withdrawn' | 'claimed'): CollectionChange => ({
      ...{ lineId, seq: 1, to, cause: to, actor: '王', journal: 'collection', entryKey: null },
      ...{ claimedBy: '', reason: '', parts: [], claimNo: 0, outbox: [] },
    })
    const rounds = ids.map(async (lineId, index) => {
      const isBooked = index % 2 === 0
      const more = isBooked
        ? { journal: 'entry' as const, reversal: reversal(`k${lineId}`) }
        : { journal: 'collection' as const, changes: [change(lineId, 'withdrawn')] }
      const [isWithdrawn, isOther] = await Promise.all([
        store.withdrawals.withdraw(withdrawal(lineId, more), 7),
        isBooked
          ? rival.journals.reverse(reversal(`k${lineId}`), 8)
          : rival.collections.change([change(lineId, 'claimed')], 8),
        rival.matches.undo(made?.id ?? '', '王', '错', 8),
        rival.doubts.change(ACCOUNT, [{ lineId, kind: 'gone', was: '', now: '', days: [] }], [], 8),
      ])
      expect([isWithdrawn, isOther].filter(Boolean)).toHaveLength(1)
      expect((await store.withdrawals.get(lineId))?.withdrawn !== null).toBe(isWithdrawn)
      if (!isBooked) expect((await store.collections.get(lineId))?.state).toBe(isWithdrawn ? 'withdrawn' : 'claimed')
    })
    await Promise.all(rounds)
    await rival.close()
    expect((await store.matches.get(made?.id ?? ''))?.undone).not.toBeNull()
    if (name !== 'memory') expect(await store.audit.check(null)).toMatchObject({ kind: 'whole' })
  }, 60_000)

  test('a doubt lasts until it is cleared, keeps its age while its kind stays, and goes with its line', async () => {
    const [a = '', b = '', c = ''] = await insert(lineOf('a'), lineOf('b'), lineOf('c'))
    const of = (lineId: string, kind: 'changed' | 'gone', now = '') => ({
      ...{ lineId, kind, was: '-12.34 CNY', now, days: [] },
    })
    await store.doubts.change(ACCOUNT, [of(a, 'changed', '-12.43 CNY'), of(b, 'gone'), of(c, 'gone')], [], 5)
    await store.doubts.change(ACCOUNT, [of(a, 'changed', '-12.44 CNY'), of(b, 'changed', 'x')], [c], 9)
    expect(await store.doubts.of(ACCOUNT)).toMatchObject([
      { line: { id: a }, kind: 'changed', was: '-12.34 CNY', now: '-12.44 CNY', since: 5 },
      { line: { id: b }, kind: 'changed', now: 'x', since: 9 },
    ])
    expect(await store.doubts.of('other')).toEqual([])
    expect([await store.doubts.count(ACCOUNT), await store.doubts.count('other')]).toEqual([2, 0])
    await store.withdrawals.withdraw(withdrawal(a), 10)
    expect((await store.doubts.of(ACCOUNT)).map(doubt => doubt.line.id)).toEqual([b])
    await store.doubts.change(ACCOUNT, [], [], 11)
    expect(await store.doubts.of(ACCOUNT)).toHaveLength(1)
  })

  test('its day, and the days of what was kept back in its place, are due where the interface fills them', async () => {
    const [a = ''] = await insert(lineOf('a'))
    const by = (source: 'interface' | 'file', days: readonly string[]) =>
      store.coverage.change(ACCOUNT, days, 1, row => ({ ...row, source }))
    await by('interface', [DAY, '2031-05-09', '2031-05-11'])
    await by('file', ['2031-05-10'])
    const doubt = { lineId: a, kind: 'changed' as const, was: '', now: '', days: ['2031-05-10', '2031-05-09'] }
    await store.doubts.change(ACCOUNT, [doubt], [], 2)
    await store.withdrawals.withdraw(withdrawal(a), 7)
    expect((await store.coverage.due(ACCOUNT, 7, 9)).map(row => row.day)).toEqual([DAY, '2031-05-09'])
  })

  databaseTest('the audit trail names who, why and what went with it', async () => {
    const [a = ''] = await insert(lineOf('a'))
    await store.journals.decide([{ lineId: a, journal: 'entry', entry: { erp: 'u8', entry: entry('k1') } }], 1)
    await store.withdrawals.withdraw(withdrawal(a, { journal: 'entry', reversal: reversal('k1') }), 7)
    const back = { lineId: a, turn: 1, journal: 'open' as const, person: '李', reason: '误', changes: [], outbox: [] }
    await store.withdrawals.restore(back, 9)
    const told = (await store.audit.entries(0, 99)).filter(one => one.kind.startsWith('line.'))
    expect(told).toMatchObject([
      {
        ...{ kind: 'line.withdrawn', subject: a, at: 7 },
        content: { person: '张三', reason: '银行更正', key: 'a', turn: '1', reversedEntry: 'k1', match: '' },
      },
      { kind: 'line.restored', subject: a, at: 9, content: { person: '李', reason: '误', key: 'a', turn: '2' } },
    ])
    expect(await store.audit.check(null)).toMatchObject({ kind: 'whole' })
  })
})
