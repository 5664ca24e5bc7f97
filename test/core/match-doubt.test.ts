// A line with two candidates stays a person's, whatever weaker evidence turns up elsewhere; names and numbers that contradict
// each other are never put together for an amount's sake.

import fc from 'fast-check'
import { matchLines } from '../../connector/core/match/match'
import { numbersDiffer } from '../../connector/core/match/numbers'
import { everyPass } from '../../connector/core/match/settings'
import { contradict } from '../../connector/core/match/sides'
import { bank, ledger, match } from '../support/match-sides'

describe('a line in doubt', () => {
  test('is not given to a third for an amount’s sake', () => {
    expect(
      match(
        [bank('b', { references: ['R-77'] })],
        [
          ledger('l1', { reference: 'R-77', date: '2026-02-27' }),
          ledger('l2', { reference: 'R-77', date: '2026-02-28' }),
          ledger('l3'),
        ],
      ),
    ).toEqual(['? b / l1+l2', 'ledger l3'])
  })

  test('is not given to a sum when there are twins of its own amount', () => {
    const of = (id: string, minor: bigint) => ledger(id, { minor, counterparty: '丙公司' })
    expect(
      match(
        [bank('b', { counterparty: '丙公司', minor: -600n })],
        [of('l1', -600n), of('l2', -600n), of('l3', -100n), of('l4', -500n)],
      ),
    ).toEqual(['? b / l1+l2', 'ledger l3', 'ledger l4'])
  })

  test('is resolved among its own candidates by weaker evidence', () => {
    const shared = { references: ['RENT-1'] }
    expect(
      match(
        [bank('b1', { ...shared, counterparty: '甲' }), bank('b2', { ...shared, counterparty: '乙' })],
        [
          ledger('l1', { reference: 'RENT-1', counterparty: '甲', text: 'x' }),
          ledger('l2', { reference: 'RENT-1', counterparty: '乙' }),
        ],
      ),
    ).toEqual(['reference: b1 = l1', 'reference: b2 = l2'])
  })
})

describe('what comes again and again under one number', () => {
  const rent = (on: string) => ({ date: on, text: '房租 HT2025088', counterparty: '丙物业' })

  test('is told apart by day, and who is left on both sides is not put together for that', () => {
    expect(
      match(
        [bank('march', rent('2026-03-01')), bank('april', rent('2026-04-01'))],
        [ledger('february', rent('2026-02-01')), ledger('l', rent('2026-03-01'))],
      ),
    ).toEqual(['document: march = l', '? april / february'])
    expect(
      match(
        [
          bank('march', { ...rent('2026-03-01'), references: ['RENT-1'] }),
          bank('april', { date: '2026-04-01', references: ['RENT-1'] }),
        ],
        [
          ledger('february', { date: '2026-02-01', reference: 'RENT-1' }),
          ledger('l', { ...rent('2026-03-01'), reference: 'RENT-1' }),
        ],
      ),
    ).toEqual(['reference: march = l', '? april / february'])
  })

  test('is told apart on the days that have one of it, and not on the day of twins', () => {
    expect(
      match(
        [bank('b1', rent('2026-03-01')), bank('b2', rent('2026-03-01')), bank('b3', rent('2026-03-08'))],
        [ledger('l1', rent('2026-03-01')), ledger('l2', rent('2026-03-01')), ledger('l3', rent('2026-03-08'))],
      ),
    ).toEqual(['document: b3 = l3', '? b1+b2 / l1+l2'])
  })
})

describe('sums', () => {
  test('of a reference or of document numbers go before day and amount alone', () => {
    expect(
      match(
        [bank('b', { references: ['BATCH-5'], minor: -30_000n })],
        [
          ledger('other', { minor: -30_000n }),
          ledger('l1', { reference: 'BATCH-5' }),
          ledger('l2', { reference: 'BATCH-5', minor: -20_000n }),
        ],
      ),
    ).toEqual(['sum-reference: b = l1+l2', 'ledger other'])
  })

  test('that cross each other are nobody’s', () => {
    const theirs = (id: string, minor: bigint) => bank(id, { minor, counterparty: '丙公司' })
    const ours = (id: string, minor: bigint) => ledger(id, { minor, counterparty: '丙公司' })
    // b1 = l1 + l2, or l3 = b1 + b2.
    const found = match(
      [theirs('b1', -300n), theirs('b2', -50n)],
      [ours('l1', -100n), ours('l2', -200n), ours('l3', -350n)],
    )
    expect(found.filter(each => each.includes('='))).toEqual([])
    expect(found).toContain('? b1 / l1+l2')
  })
})

describe('document numbers of one kind that differ', () => {
  const named = { counterparty: '甲公司' }

  test('contradict: same day, amount and name go to a person', () => {
    expect(
      match([bank('b', { ...named, text: '货款 INV-1001' })], [ledger('l', { ...named, reference: 'INV-1002' })]),
    ).toEqual(['? b / l'])
    expect(match([bank('b', { references: ['INV-1001'] })], [ledger('l', { text: '付 INV-1002' })])).toEqual([
      '? b / l',
    ])
  })

  test('do not where one is shared, or where they are numbers of different kinds', () => {
    expect(
      match(
        [bank('b', { ...named, references: ['BANK0001'], text: '货款' })],
        [ledger('l', { ...named, reference: 'PZ-0012' })],
      ),
    ).toEqual(['day-amount-counterparty: b = l'])
    expect(
      match(
        [bank('b', { ...named, references: ['20260302000001'] })],
        [ledger('l', { ...named, reference: '00000077123456' })],
      ),
    ).toEqual(['day-amount-counterparty: b = l'])
  })

  test('so does a number that another line bears, of another amount', () => {
    const [l, other] = [ledger('l', { ...named, reference: 'FP2026001' }), ledger('other', { ...named, minor: -7n })]
    expect(match([bank('b', named), bank('its', { minor: -20_000n, text: '货款 FP2026001' })], [l, other])).toEqual([
      '? b / l',
      'bank its',
      'ledger other',
    ])
    expect(match([bank('b', { text: '付 FP2026001' })], [ledger('l'), { ...l, id: 'its', minor: -20_000n }])).toEqual([
      '? b / l',
      'ledger its',
    ])
    // A word without digits is nobody's number.
    const word = { reference: '货款' }
    expect(match([bank('b', { references: ['货款'] })], [ledger('l'), ledger('x', { ...word, minor: -1n })])).toEqual([
      'day-amount: b = l',
      'ledger x',
    ])
  })

  test('keep a sum of one counterparty for a person too', () => {
    const of = (id: string, minor: bigint, reference: string) => ledger(id, { ...named, minor, reference })
    expect(
      match(
        [bank('b', { ...named, minor: -300n, text: 'INV-1001' })],
        [of('l1', -100n, 'INV-1002'), of('l2', -200n, 'INV-1003')],
      ),
    ).toEqual(['? b / l1+l2'])
  })
})

describe('names', () => {
  test.each([
    ['上海乙火贸易有限公司', '上海乙火贸易'],
    ['上海乙火贸易有限公司', '上海乙火贸易有限责任公司'],
    ['上海乙火贸易股份有限公司', '上海乙火贸易股份'],
    ['上海乙火（贸易）有限公司', '上海乙火(贸易)公司'],
    ['ACME Trading Co., Ltd.', 'Acme Trading Limited'],
    ['ACME GmbH', 'acme'],
    ['丙公司', '丙'],
  ])('%s is %s', (one, other) => {
    // Twins of one day are told apart by them.
    expect(
      match(
        [bank('b1', { counterparty: one }), bank('b2', { counterparty: '丁公司' })],
        [ledger('l1', { counterparty: other }), ledger('l2', { counterparty: '丁公司' })],
      ),
    ).toEqual(['day-amount-counterparty: b1 = l1', 'day-amount-counterparty: b2 = l2'])
  })

  test.each([
    ['上海乙火贸易有限公司', '上海乙火科技有限公司'],
    ['上海乙火贸易有限公司', '北京乙火贸易有限公司'],
    ['中国甲油股份有限公司', '中国甲油集团有限公司'],
    ['张三', '李四'],
    ['张三', '张三丰'],
  ])('%s is not %s, whatever the amount', (one, other) => {
    expect(match([bank('b', { counterparty: one })], [ledger('l', { counterparty: other })])).toEqual([
      'bank b',
      'ledger l',
    ])
  })

  test('a longer name holds the shorter one, and tells twins apart where each fits nobody else', () => {
    const twins = [
      bank('b1', { counterparty: '深圳市丁丁科技股份有限公司' }),
      bank('b2', { counterparty: '深圳市戊戊科技有限公司' }),
    ]
    const [l1, l2] = [ledger('l1', { counterparty: '丁丁科技' }), ledger('l2', { counterparty: '戊戊科技' })]
    expect(match(twins, [l2, l1])).toEqual(['day-amount: b1 = l1', 'day-amount: b2 = l2'])
    // Nobody knows whose the nameless one is.
    expect(match(twins, [l1, ledger('l3')])).toEqual(['? b1+b2 / l1+l3'])
  })

  test('an account number says nothing against a name, and something against another account', () => {
    const line = bank('b', { counterAccount: '6222020200112233445' })
    expect(match([line], [ledger('l', { counterparty: '甲公司' })])).toEqual(['day-amount: b = l'])
    expect(match([line], [ledger('l', { counterparty: '6217000010001234567' })])).toEqual(['bank b', 'ledger l'])
    expect(match([line, bank('c')], [ledger('l', { counterparty: '甲公司' })])).toEqual(['? b+c / l'])
  })

  test('twins of which each contradicts the entry are no candidates', () => {
    expect(
      match(
        [bank('b1', { counterparty: '甲公司' }), bank('b2', { counterparty: '乙公司' })],
        [ledger('l', { counterparty: '丙公司' })],
      ),
    ).toEqual(['bank b1', 'bank b2', 'ledger l'])
    expect(
      match(
        [bank('b1', { counterparty: '甲公司' }), bank('b2', { counterparty: '乙公司' })],
        [ledger('l1', { counterparty: '丙公司' }), ledger('l2', { counterparty: '' })],
      ),
    ).toEqual(['? b1+b2 / l2', 'ledger l1'])
  })

  test('a tolerance of days for an amount does not put contradicting names together', () => {
    const rule = { name: '三天内', requires: 'amount', days: 3, minor: 0n } as const
    const near = { date: '2026-03-04' }
    expect(
      match([bank('b', { counterparty: '甲公司' })], [ledger('l', { ...near, counterparty: '乙公司' })], [rule]),
    ).toEqual(['bank b', 'ledger l'])
    expect(match([bank('b', { counterparty: '甲公司' })], [ledger('l', near)], [rule])).toEqual(['rule:三天内: b = l'])
  })
})

test('whatever comes in, days, amounts and sums put nobody together whose names or numbers contradict each other', () => {
  const text = fc.constantFrom('', 'INV-1001', 'INV-1002', 'inv1001/1002', 'HT2026088')
  const side = {
    date: fc.constantFrom('2026-03-01', '2026-03-02'),
    minor: fc.constantFrom(-100n, -200n, -300n),
    counterparty: fc.constantFrom('', '甲有限公司', '甲', '甲股份有限公司', '乙'),
    text,
  }
  const rules = [{ name: 'r', requires: 'amount', days: 2, minor: 0n } as const]
  fc.assert(
    fc.property(
      fc.array(fc.record({ ...side, references: fc.array(text, { maxLength: 1 }) }), { maxLength: 8 }),
      fc.array(fc.record({ ...side, reference: text }), { maxLength: 8 }),
      (lefts, rights) => {
        const lines = lefts.map((change, index) => bank(`b${index}`, change))
        const entries = rights.map((change, index) => ledger(`l${index}`, change))
        for (const { pass, lineIds, ledgerIds } of matchLines(lines, entries, everyPass(rules)).matches) {
          if (pass.includes('reference') || pass.includes('document')) continue
          for (const line of lines.filter(({ id }) => lineIds.includes(id)))
            for (const entry of entries.filter(({ id }) => ledgerIds.includes(id)))
              expect([pass, contradict(line, entry), numbersDiffer([line], [entry])(line, entry)]).toEqual([
                pass,
                false,
                false,
              ])
        }
      },
    ),
    { numRuns: 500 },
  )
})
