// Reconciliation explains itself and never guesses: every case is a sentence about evidence.

import fc from 'fast-check'
import { matchLines, type Reconciliation } from '../../connector/core/match/match'
import { everyPass } from '../../connector/core/match/settings'
import type { BankSide, LedgerSide } from '../../connector/core/match/sides'
import type { ToleranceRule } from '../../connector/core/match/tolerance'

const bank = (id: string, change: Partial<BankSide> = {}): BankSide => ({
  id,
  date: '2026-03-02',
  minor: -10_000n,
  references: [],
  counterparty: '',
  counterAccount: '',
  text: '',
  entryKey: null,
  ...change,
})
const ledger = (id: string, change: Partial<LedgerSide> = {}): LedgerSide => ({
  id,
  date: '2026-03-02',
  minor: -10_000n,
  reference: '',
  counterparty: '',
  text: '',
  entryKey: null,
  ...change,
})
const brief = (found: Reconciliation): readonly string[] => [
  ...found.matches.map(match => `${match.pass}: ${match.lineIds.join('+')} = ${match.ledgerIds.join('+')}`),
  ...found.ambiguous.map(group => `? ${group.lineIds.join('+')} / ${group.ledgerIds.join('+')}`),
  ...found.left.lineIds.map(id => `bank ${id}`),
  ...found.left.ledgerIds.map(id => `ledger ${id}`),
]
const match = (
  lines: readonly BankSide[],
  entries: readonly LedgerSide[],
  rules: readonly ToleranceRule[] = [],
): readonly string[] => brief(matchLines(lines, entries, everyPass(rules)))

test('the strongest evidence goes first: our own entry, a reference, a document number, then day, amount and name', () => {
  const lines = [
    bank('b1', { entryKey: 'K' }),
    bank('b2', { references: ['R-77', 'S9001'] }),
    bank('b3', { text: '付货款 合同 HT-2026-018 尾款' }),
    bank('b4', { counterparty: '上海乙火（贸易）有限公司', date: '2026-03-05' }),
    bank('b5', { minor: 777n }),
  ]
  const entries = [
    ledger('l5', { minor: 777n }),
    ledger('l4', { counterparty: '上海乙火(贸易)有限公司', date: '2026-03-05' }),
    ledger('l3', { reference: 'HT-2026-018' }),
    ledger('l2', { reference: 's9001' }),
    ledger('l1', { entryKey: 'K' }),
  ]
  expect(match(lines, entries)).toEqual([
    'entry: b1 = l1',
    'reference: b2 = l2',
    'document: b3 = l3',
    'day-amount-counterparty: b4 = l4',
    'day-amount: b5 = l5',
  ])
})

test('an entry of ours belongs to the line that it was made of, never to a twin whose own entry is still on its way', () => {
  expect(match([bank('twin'), bank('b', { entryKey: 'K' })], [ledger('l', { entryKey: 'K' })])).toEqual([
    'entry: b = l',
    'bank twin',
  ])
  expect(match([bank('twin')], [ledger('l', { entryKey: 'K' })])).toEqual(['bank twin', 'ledger l'])
  expect(match([bank('b', { entryKey: 'K' })], [ledger('l')])).toEqual(['bank b', 'ledger l'])
  // U8's payment module books under a key of its own: the settlement number tells.
  expect(match([bank('b', { entryKey: 'K', references: ['S1'] })], [ledger('l', { reference: 'S1' })])).toEqual([
    'reference: b = l',
  ])
})

test('a document number in the ledger’s text meets the one in the bank’s text', () => {
  expect(
    match(
      [bank('b', { text: 'INVOICE A20260301-7' })],
      [ledger('l', { text: '付 A20260301-7 货款', date: '2026-03-09' })],
    ),
  ).toEqual(['document: b = l'])
})

test('the same reference with another amount is no match', () => {
  expect(match([bank('b', { references: ['R-77'] })], [ledger('l', { reference: 'R-77', minor: -10_001n })])).toEqual([
    'bank b',
    'ledger l',
  ])
})

test('two candidates go to a person, with the candidates', () => {
  expect(match([bank('b')], [ledger('l1'), ledger('l2')])).toEqual(['? b / l1+l2'])
  expect(match([bank('b1'), bank('b2')], [ledger('l1'), ledger('l2')])).toEqual(['? b1+b2 / l1+l2'])
  expect(
    match(
      [bank('b', { references: ['R-1', 'S-2'] })],
      [ledger('l1', { reference: 'R-1' }), ledger('l2', { reference: 'S-2' })],
    ),
  ).toEqual(['? b / l1+l2'])
})

test('a shared reference is told apart by the day, when each day has one', () => {
  expect(
    match(
      [bank('b1', { references: ['RENT-1'] }), bank('b2', { references: ['RENT-1'], date: '2026-03-12' })],
      [ledger('l2', { reference: 'RENT-1', date: '2026-03-12' }), ledger('l1', { reference: 'RENT-1' })],
    ),
  ).toEqual(['reference: b1 = l1', 'reference: b2 = l2'])
})

test('an amount alone matches only when it is the only one of its day and no name contradicts', () => {
  expect(match([bank('b', { counterparty: '甲公司' })], [ledger('l', { counterparty: '乙公司' })])).toEqual([
    'bank b',
    'ledger l',
  ])
  expect(match([bank('b', { counterparty: '甲公司' })], [ledger('l', { counterparty: '甲公司北京分公司' })])).toEqual([
    'day-amount: b = l',
  ])
  expect(match([bank('b')], [ledger('l', { date: '2026-03-03' })])).toEqual(['bank b', 'ledger l'])
})

test('what banks write for “no reference”, dates and zeros are no evidence', () => {
  for (const word of ['NONREF', 'notprovided', '0000', '20260302', '2026-03'])
    expect(
      match(
        [bank('b', { references: [word], text: word })],
        [ledger('l', { reference: word, text: word, date: '2026-03-09' })],
      ),
    ).toEqual(word.startsWith('2026') ? ['reference: b = l'] : ['bank b', 'ledger l'])
})

describe('sums', () => {
  test('one bank line is the whole of a reference in the ledger, and the other way round', () => {
    expect(
      match(
        [
          bank('b', { references: ['BATCH-5'], minor: -30_000n }),
          bank('c1', { references: ['P-9'], minor: 40n }),
          bank('c2', { references: ['P-9'], minor: 60n }),
        ],
        [
          ledger('l1', { reference: 'BATCH-5' }),
          ledger('l2', { reference: 'BATCH-5', minor: -20_000n, date: '2026-03-04' }),
          ledger('m', { reference: 'P-9', minor: 100n }),
        ],
      ),
    ).toEqual(['sum-reference: b = l1+l2', 'sum-reference: c1+c2 = m'])
  })

  test('the document numbers of a text add up', () => {
    expect(
      match(
        [bank('b', { text: 'INV-1001, INV-1002', minor: -30_000n })],
        [
          ledger('l1', { reference: 'INV-1001' }),
          ledger('l2', { reference: 'INV-1002', minor: -20_000n, date: '2026-02-27' }),
        ],
      ),
    ).toEqual(['sum-document: b = l1+l2'])
  })

  test('some lines of one counterparty on one day, if only one combination fits', () => {
    const of = (id: string, minor: bigint): LedgerSide => ledger(id, { minor, counterparty: '丙公司' })
    const line = bank('b', { counterparty: '丙公司', minor: -600n })
    expect(match([line], [of('l1', -100n), of('l2', -500n), of('l3', -777n)])).toEqual([
      'sum-day-counterparty: b = l1+l2',
      'ledger l3',
    ])
    expect(match([line], [of('l1', -100n), of('l2', -500n), of('l3', -200n), of('l4', -400n)])).toEqual([
      '? b / l1+l2+l3+l4',
    ])
    expect(match([line], [of('l1', -700n), of('l2', 100n)])).toEqual(['bank b', 'ledger l1', 'ledger l2'])
  })

  test('a line that two sums claim belongs to neither', () => {
    const entries = [
      ledger('l1', { reference: 'B-10', minor: -50n, text: 'C-20A' }),
      ledger('l2', { reference: 'B-10', minor: -50n, text: 'C-20A' }),
    ]
    const lines = [
      bank('b1', { references: ['B-10'], minor: -100n }),
      bank('b2', { references: ['B-10'], minor: -100n }),
    ]
    expect(match(lines, entries)).toEqual(['? b1 / l1+l2', 'bank b2'])
  })
})

describe('tolerance', () => {
  const rule: ToleranceRule = { name: '三天内', requires: 'counterparty', days: 3, minor: 0n }
  const line = bank('b', { counterparty: '甲公司' })

  test('days apart match only by a rule, which is named', () => {
    const entry = ledger('l', { counterparty: '甲公司', date: '2026-03-05' })
    expect(match([line], [entry])).toEqual(['bank b', 'ledger l'])
    expect(match([line], [entry], [rule])).toEqual(['rule:三天内: b = l'])
    expect(match([line], [{ ...entry, date: '2026-03-06' }], [rule])).toEqual(['bank b', 'ledger l'])
    expect(match([line], [entry, { ...entry, id: 'm', date: '2026-02-28' }], [rule])).toEqual(['? b / m+l'])
  })

  test('amounts apart match only by a rule that says how far', () => {
    const near = [ledger('l', { reference: 'R-1', minor: -9_995n })]
    const lines = [bank('b', { references: ['R-1'] })]
    expect(match(lines, near, [{ ...rule, requires: 'reference', minor: 4n }])).toEqual(['bank b', 'ledger l'])
    expect(match(lines, near, [{ ...rule, requires: 'reference', minor: 5n }])).toEqual(['rule:三天内: b = l'])
  })
})

test('every line ends in exactly one place, whatever comes in', () => {
  const word = fc.constantFrom('', 'R-1', 'R-2', 'INV-1001', 'INV-1002')
  const name = fc.constantFrom('', '甲公司', '乙公司', '甲公司 北京')
  const day = fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-04')
  const minor = fc.constantFrom(-100n, -200n, -300n, 100n)
  const key = fc.constantFrom(null, null, 'K1', 'K2')
  const left = fc.record({
    date: day,
    minor,
    references: fc.array(word, { maxLength: 2 }),
    counterparty: name,
    text: word,
    entryKey: key,
  })
  const right = fc.record({ date: day, minor, reference: word, counterparty: name, text: word, entryKey: key })
  fc.assert(
    fc.property(fc.array(left, { maxLength: 14 }), fc.array(right, { maxLength: 14 }), (lefts, rights) => {
      const lines = lefts.map((change, index) => bank(`b${index}`, change))
      const entries = rights.map((change, index) => ledger(`l${index}`, change))
      const found = matchLines(lines, entries, everyPass([{ name: 'r', requires: 'amount', days: 2, minor: 0n }]))
      const groups = [...found.matches, ...found.ambiguous]
      const seen = [...groups.flatMap(group => group.lineIds), ...found.left.lineIds]
      const seenLedger = [...groups.flatMap(group => group.ledgerIds), ...found.left.ledgerIds]
      expect(seen.toSorted()).toEqual(lines.map(line => line.id).toSorted())
      expect(seenLedger.toSorted()).toEqual(entries.map(line => line.id).toSorted())
      const sum = (ids: readonly string[], all: readonly { id: string; minor: bigint }[]): bigint =>
        all.filter(each => ids.includes(each.id)).reduce((total, each) => total + each.minor, 0n)
      for (const { lineIds, ledgerIds } of found.matches) {
        expect(sum(lineIds, lines)).toBe(sum(ledgerIds, entries))
        expect(Math.min(lineIds.length, ledgerIds.length)).toBe(1)
      }
      // The order of the rows decides nothing.
      const again = matchLines(
        lines.toReversed(),
        entries.toReversed(),
        everyPass([{ name: 'r', requires: 'amount', days: 2, minor: 0n }]),
      )
      const keyOf = (each: { lineIds: readonly string[]; ledgerIds: readonly string[] }): string =>
        [...each.lineIds.toSorted(), '=', ...each.ledgerIds.toSorted()].join(' ')
      expect(again.matches.map(keyOf).toSorted()).toEqual(found.matches.map(keyOf).toSorted())
    }),
    { numRuns: 500 },
  )
})
