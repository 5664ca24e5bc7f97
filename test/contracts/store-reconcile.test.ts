// What every store promises of reconciliation: what is open is found page by page, the ERP's ledger is taken over line by
// line, matches are made and undone by named people, and nothing that was ever matched is forgotten.

import type { LedgerLine } from '../../connector/ports'
import type { Match, MatchByHand, Store, StoredLedgerLine, StoredLine } from '../../connector/store/store'
import { kinds, lineOf, opened, type Place } from '../support/stores'

const A = '0200000000000000001'
const WHOLE = { from: '2031-01-01', to: '2031-12-31' }

const ledgerLine = (id: string, date: string, minor: bigint, changed: Partial<LedgerLine> = {}): LedgerLine => ({
  ...{
    id,
    date,
    amount: { minor, currency: 'CNY' },
    reference: '',
    counterparty: '某公司',
    text: '',
    voucherNo: '付-1',
  },
  entryKey: null,
  ...changed,
})
const bankLine = (key: string, bookedOn: string, minor: bigint) =>
  lineOf(key, { line: { ...lineOf(key).line, bookedOn, amount: { minor, currency: 'CNY' } } })
const matchOf = (lineIds: readonly string[], ledgerIds: readonly string[], changed: Partial<Match> = {}): Match => ({
  ...{ account: A, lineIds, ledgerIds, pass: 'reference', reason: 'r', ruleVersion: '3' },
  ...changed,
})
const byHand = (lineIds: readonly string[], ledgerIds: readonly string[]): MatchByHand => ({
  ...matchOf(lineIds, ledgerIds, { pass: 'manual', reason: '核对原件' }),
  ...{ person: '张三', differenceAccount: '' },
})

describe.each(kinds().map(kind => [kind.name, kind] as const))('reconciliation in the store on %s', (name, kind) => {
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

  const import3 = async (): Promise<readonly string[]> => {
    const lines = await store.statements.insert(
      [bankLine('a', '2031-10-30', -100n), bankLine('b', '2031-10-31', -200n), bankLine('c', '2031-11-02', 300n)],
      [],
    )
    return lines.map(line => line.id)
  }
  const openLines = async (limit: number): Promise<readonly StoredLine[]> => {
    const found: StoredLine[] = []
    let page = await store.open.lines(A, WHOLE, null, limit)
    for (; page.next !== null; page = await store.open.lines(A, WHOLE, page.next, limit)) found.push(...page.items)
    return [...found, ...page.items]
  }
  const openLedger = async (limit: number): Promise<readonly StoredLedgerLine[]> => {
    const found: StoredLedgerLine[] = []
    let page = await store.open.ledger(A, WHOLE, null, limit)
    for (; page.next !== null; page = await store.open.ledger(A, WHOLE, page.next, limit)) found.push(...page.items)
    return [...found, ...page.items]
  }

  test('pages of any size give every open item once, by day', async () => {
    const [a, b, c] = await import3()
    const lines = [3, 1, 2].map(no => ledgerLine(`L${no}`, `2031-11-0${no}`, BigInt(no)))
    await store.open.sync(A, WHOLE, lines, 1)
    await store.open.sync('other', WHOLE, [ledgerLine('L1', '2031-11-01', 9n)], 1)
    for (const limit of [1, 2, 3, 10]) {
      expect((await openLines(limit)).map(line => line.id)).toEqual([a, b, c])
      expect((await openLedger(limit)).map(line => line.id)).toEqual(['L1', 'L2', 'L3'])
    }
    expect(await store.open.lines(A, { from: '2031-10-31', to: '2031-10-31' }, null, 9)).toMatchObject({
      items: [{ id: b }],
      next: null,
    })
  })

  test('the ledger is taken over: new, changed, moved and vanished lines, and the same again changes nothing', async () => {
    const november = { from: '2031-11-01', to: '2031-11-30' }
    const first = [ledgerLine('L1', '2031-11-01', 1n), ledgerLine('L2', '2031-11-02', 2n)]
    const nothing = { added: 0, changed: 0, gone: 0, broken: [] }
    expect(await store.open.sync(A, november, first, 1)).toEqual({ ...nothing, added: 2 })
    expect(await store.open.sync(A, november, first, 2)).toEqual(nothing)
    const edited = [ledgerLine('L1', '2031-11-01', 1n, { text: '改' })]
    expect(await store.open.sync(A, november, edited, 3)).toEqual({ ...nothing, changed: 1, gone: 1 })
    expect(await openLedger(9)).toMatchObject([{ id: 'L1', text: '改', isGone: false }])
    // It was not deleted but entered again for the month before.
    const october = { from: '2031-10-01', to: '2031-10-31' }
    expect(await store.open.sync(A, october, [ledgerLine('L2', '2031-10-31', 2n)], 4)).toEqual({
      ...nothing,
      changed: 1,
    })
    expect((await openLedger(9)).map(line => [line.id, line.date])).toEqual([
      ['L2', '2031-10-31'],
      ['L1', '2031-11-01'],
    ])
    expect(await store.open.ledgerTotal(A, WHOLE)).toBe(3n)
    expect(await store.open.ledgerTotal(A, november)).toBe(1n)
  })

  test('a match closes both sides, and undoing it opens them again with who, when and why kept', async () => {
    const [a = '', b = ''] = await import3()
    await store.open.sync(A, WHOLE, [ledgerLine('L1', '2031-10-30', -100n), ledgerLine('L2', '2031-11-05', -200n)], 1)
    expect(await store.matches.save([matchOf([a], ['L1']), matchOf([b], ['L2'])], 5)).toBe(2)
    expect((await openLines(9)).map(line => line.id)).not.toContain(a)
    expect(await openLedger(9)).toEqual([])
    const [second, first] = await store.matches.list(A, 'all', null, 9)
    expect(first).toMatchObject({ lineIds: [a], ledgerIds: ['L1'], opensOn: '2031-10-30', closesOn: '2031-10-30' })
    expect(second).toMatchObject({
      lineIds: [b],
      opensOn: '2031-10-31',
      closesOn: '2031-11-05',
      person: '',
      undone: null,
    })
    expect(await store.open.ledgerByIds(A, ['L1', 'L9'])).toMatchObject([{ id: 'L1', matchId: first?.id }])
    const undone = await store.matches.undo(first?.id ?? '', '李四', '凭证已红冲', 9)
    expect(undone).toMatchObject({ undone: { person: '李四', reason: '凭证已红冲', at: 9 }, lineIds: [a] })
    expect(await store.matches.undo(first?.id ?? '', '李四', '再来', 10)).toBeNull()
    expect(await store.matches.undo('999', '李四', '没有', 10)).toBeNull()
    expect((await openLines(9)).map(line => line.id)).toContain(a)
    expect((await openLedger(9)).map(line => line.id)).toEqual(['L1'])
    expect(await store.matches.of(A, WHOLE)).toMatchObject([{ lineIds: [b] }])
    expect(await store.matches.undone(A)).toMatchObject([{ lineIds: [a], ledgerIds: ['L1'] }])
    expect(await store.matches.get(first?.id ?? '')).toMatchObject({ lineIds: [a], ledgerIds: ['L1'], at: 5 })
    // What was taken apart may be put together again, under a number of its own.
    expect(await store.matches.save([matchOf([a], ['L1'])], 11)).toBe(1)
    expect((await store.matches.list(A, 'undone', null, 9)).map(match => match.id)).toEqual([first?.id])
  })

  test('as of a month’s end a match that spans it is open, and one within it is not', async () => {
    const [a = '', b = ''] = await import3()
    await store.open.sync(A, WHOLE, [ledgerLine('L1', '2031-10-30', -100n), ledgerLine('L2', '2031-11-05', -200n)], 1)
    await store.matches.save([matchOf([a], ['L1']), matchOf([b], ['L2'])], 5)
    expect(await store.matches.late(A, '2031-10-31')).toMatchObject([{ lineIds: [b], ledgerIds: ['L2'] }])
    expect(await store.matches.late(A, '2031-10-30')).toEqual([])
    expect(await store.matches.late(A, '2031-11-05')).toEqual([])
  })

  test('a match by hand names its person and takes nothing that is matched', async () => {
    const [a = '', b = ''] = await import3()
    await store.open.sync(A, WHOLE, [ledgerLine('L1', '2031-10-30', -100n), ledgerLine('L2', '2031-11-05', -150n)], 1)
    expect(await store.matches.make(byHand([a], ['L1']), 7)).toMatchObject({ person: '张三', differenceMinor: 0n })
    expect(await store.matches.make(byHand([b], ['L1']), 8)).toBeNull()
    expect(await store.matches.make({ ...byHand([b], ['L2']), differenceAccount: '660303' }, 9)).toMatchObject({
      ...{ differenceMinor: -50n, differenceAccount: '660303' },
    })
    expect(await store.matches.differing(A, '2031-11-05')).toMatchObject([{ lineIds: [b] }])
    expect(await store.matches.differing(A, '2031-11-04')).toEqual([])
    expect(await store.matches.taken(A, { lineIds: [a, '99'], ledgerIds: ['L1', 'L2', 'L3'] })).toEqual({
      ...{ lines: new Set([a]), ledger: new Set(['L1', 'L2']) },
    })
    expect((await store.matches.list(A, 'byHand', null, 1)).map(match => match.lineIds)).toEqual([[b]])
  })

  test('a match whose ledger line the ERP changes or removes shows its difference and keeps standing', async () => {
    const [a = ''] = await import3()
    const line = ledgerLine('L1', '2031-10-30', -100n)
    await store.open.sync(A, WHOLE, [line], 1)
    await store.matches.save([matchOf([a], ['L1'])], 5)
    const [match] = await store.matches.list(A, 'all', null, 1)
    const changed = await store.open.sync(A, WHOLE, [{ ...line, amount: { minor: -90n, currency: 'CNY' } }], 6)
    expect(changed.broken).toEqual([match?.id])
    expect(await store.matches.list(A, 'differing', null, 9)).toMatchObject([{ differenceMinor: -10n }])
    expect((await store.open.sync(A, WHOLE, [], 7)).broken).toEqual([match?.id])
    expect(await store.matches.list(A, 'differing', null, 9)).toMatchObject([{ differenceMinor: -100n }])
    expect(await store.open.sync(A, WHOLE, [line], 8)).toMatchObject({ changed: 1, broken: [] })
    expect(await store.matches.list(A, 'differing', null, 9)).toEqual([])
  })

  test('open days are known on either side, with the first day of each', async () => {
    const [a = '', b = ''] = await import3()
    expect(await store.open.days(A, '2031-12-01')).toMatchObject({ firstLine: '2031-10-30', firstLedger: null })
    await store.open.sync(A, WHOLE, [ledgerLine('L1', '2031-10-29', -100n), ledgerLine('L2', '2031-09-05', -200n)], 1)
    await store.matches.save([matchOf([a], ['L1']), matchOf([b], [])], 5)
    expect(await store.open.days(A, '2031-11-02')).toEqual({
      ...{ open: ['2031-09-05'], firstLine: '2031-10-30', firstLedger: '2031-09-05' },
    })
    expect((await store.open.days(A, '2031-11-03')).open).toEqual(['2031-09-05', '2031-11-02'])
  })

  test('hundreds of matches are written at once, each with its own items', async () => {
    const lines = await store.statements.insert(
      Array.from({ length: 700 }, (_, index) => bankLine(`n${index}`, '2031-10-30', BigInt(index + 1))),
      [],
    )
    const ledger = lines.map((line, index) => ledgerLine(`L${line.id}`, '2031-10-30', BigInt(index + 1)))
    await store.open.sync(A, WHOLE, ledger, 1)
    expect(
      await store.matches.save(
        lines.map(line => matchOf([line.id], [`L${line.id}`])),
        2,
      ),
    ).toBe(700)
    expect(await openLines(1000)).toEqual([])
    expect(await openLedger(1000)).toEqual([])
    const page = await store.matches.list(A, 'all', null, 700)
    expect(page.every(match => match.ledgerIds[0] === `L${match.lineIds[0]}` && match.differenceMinor === 0n)).toBe(
      true,
    )
  })

  databaseTest('making and undoing are told to the audit trail, which stays whole', async () => {
    const [a = ''] = await import3()
    await store.open.sync(A, WHOLE, [ledgerLine('L1', '2031-10-30', -100n)], 1)
    const made = await store.matches.make(byHand([a], ['L1']), 7)
    await store.matches.undo(made?.id ?? '', '李四', '重复', 8)
    const entries = await store.audit.entries(0, 100)
    expect(entries.filter(({ kind: what }) => what.startsWith('match.'))).toMatchObject([
      { kind: 'match.made', subject: made?.id, content: { person: '张三', reason: '核对原件', lines: `["${a}"]` } },
      { kind: 'match.undone', subject: made?.id, content: { person: '李四', reason: '重复', ledger: '["L1"]' } },
    ])
    expect(await store.audit.check(null)).toMatchObject({ kind: 'whole' })
  })

  databaseTest('what an undone match held cannot be changed or deleted behind the connector’s back', async () => {
    const [a = ''] = await import3()
    const made = await store.matches.make(byHand([a], []), 7)
    await store.matches.undo(made?.id ?? '', '李四', '重复', 8)
    await expect(place.sql(`UPDATE yinqi_match_undone SET item = 'x'`)).rejects.toThrow(/append only/)
    await expect(place.sql('DELETE FROM yinqi_match_undone')).rejects.toThrow(/append only/)
  })

  databaseTest('a match that is older than the copy of the ledger keeps its lines closed', async () => {
    const [a = ''] = await import3()
    await store.matches.save([matchOf([a], ['L1'])], 5)
    await store.open.sync(A, WHOLE, [ledgerLine('L1', '2031-10-30', -100n)], 6)
    expect(await openLedger(9)).toEqual([])
  })
})
