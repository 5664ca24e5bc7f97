// Rules: what each condition means, how an amount is shared out, and what holds for every set of rules and every line.

import fc from 'fast-check'
import { bookLine, type Bookable, type EntryTemplate, type JournalRule } from '../../connector/core/journal'
import type { RuleConditions } from '../../connector/core/journal-match'
import { describeBooking } from '../../connector/core/journal-example'
import type { JournalEntry, StatementLine } from '../../connector/ports'
import { sampleLine, sampleRequest } from '../support/sample'

const cny = (minor: bigint) => ({ minor, currency: 'CNY' })

const plain: EntryTemplate = {
  voucherType: '付',
  summary: '{counterparty}',
  counterAccount: '6603',
  auxiliaries: {},
  bankAuxiliaries: {},
  settlementStyle: '',
}

function item(change: Partial<StatementLine> = {}, more: Partial<Bookable> = {}): Bookable {
  return {
    key: 'YQ1',
    line: sampleLine({ reference: '', ...change }),
    account: '0200',
    accountSet: '001',
    ledgerAccount: '100201',
    maker: '银企直联',
    request: null,
    ...more,
  }
}

const own = { request: { ...sampleRequest(), revision: 1 } }

function isMatched(when: RuleConditions, of: Bookable): boolean {
  return bookLine(of, [{ name: 'r', when, then: plain }]).kind === 'entry'
}

describe('a condition', () => {
  test.each<[string, RuleConditions, Bookable, boolean]>([
    ['contains, in any of the texts', { contains: ['手续费', '年费'] }, item({ purpose: '账户年费' }), true],
    ['contains, full width and capitals alike', { contains: ['FEE'] }, item({ text: '收取ｆｅｅ 3' }), true],
    ['contains, not there', { contains: ['年费'] }, item({ text: '年 度' }), false],
    ['text, as a regular expression', { text: '^收费 ?\\d+' }, item({ text: '收费 12' }), true],
    [
      'counterparty by account, blanks apart',
      { counterparty: { accounts: ['11 00-1'] } },
      item({ counterAccount: '1100 1' }),
      true,
    ],
    [
      'counterparty by another account',
      { counterparty: { accounts: ['11001'] } },
      item({ counterAccount: '110011' }),
      false,
    ],
    [
      'counterparty by name, width apart',
      { counterparty: { names: ['甲（集团）公司'] } },
      item({ counterName: '甲(集团) 公司' }),
      true,
    ],
    [
      'counterparty by a part of the name is no exact name',
      { counterparty: { names: ['甲公司'] } },
      item({ counterName: '甲公司分公司' }),
      false,
    ],
    [
      'counterparty without a name fits no empty name',
      { counterparty: { names: [''], accounts: [''] } },
      item({ counterName: '', counterAccount: '' }),
      false,
    ],
    ['counterparty by expression', { counterparty: '有限公司$' }, item({ counterName: '乙有限公司' }), true],
    ['amount from', { amount: { from: cny(12345n) } }, item(), true],
    ['amount from, one minor unit above', { amount: { from: cny(12346n) } }, item(), false],
    ['amount to', { amount: { to: cny(12345n) } }, item(), true],
    ['amount to, one minor unit below', { amount: { to: cny(12344n) } }, item(), false],
    ['amount of another currency', { amount: { to: { minor: 99999999n, currency: 'USD' } } }, item(), false],
    ['business type of the payment', { businessTypes: ['supplier'] }, item({}, own), true],
    ['business type without a payment', { businessTypes: ['supplier'] }, item(), false],
    ['a reversal fits no rule that does not speak of reversals', {}, item({ isReversal: true }), false],
    ['a reversal fits a rule that does', { reversal: true }, item({ isReversal: true }), true],
    ['the return of an own payment fits as before', { ownPayment: true }, item({ isReversal: true }, own), true],
    ['what is no reversal does not fit a rule for reversals', { reversal: true }, item(), false],
  ])('%s', (_name, when, of, expected) => {
    expect(isMatched(when, of)).toBe(expected)
  })
})

test('{partner} is the code that the ERP’s request names, else that of the one listed party', () => {
  const then = { ...plain, auxiliaries: { supplier: '{partner}' } }
  const parties = [
    { code: 'V0002', names: ['乙公司'], accounts: [] },
    { code: 'V0003', names: ['丙公司'], accounts: [] },
    { code: 'V0004', names: ['丙公司'], accounts: [] },
  ]
  const supplierOf = (of: Bookable): string | undefined => {
    const booking = bookLine({ ...of, parties }, [{ name: 'r', when: {}, then }])
    return booking.kind === 'entry' ? booking.entry.lines[0]?.auxiliaries.supplier : undefined
  }
  const unnamed = { request: { ...sampleRequest({ partner: '' }), revision: 1 } }
  expect(supplierOf(item({}, own))).toBe('G0007')
  expect(supplierOf(item({}, unnamed))).toBe('V0002')
  expect(supplierOf(item({ counterName: '丙公司' }, unnamed))).toBeUndefined()
  expect(supplierOf(item({ counterName: '丁公司' }, unnamed))).toBeUndefined()
})

describe('an amount is shared out', () => {
  const lines = (...templates: NonNullable<EntryTemplate['lines']>): JournalRule[] => {
    const { counterAccount: _counter, ...rest } = plain
    return [{ name: 'r', when: {}, then: { ...rest, lines: templates } }]
  }
  const line = (
    account: string,
    amount: 'rest' | 'payment' | { fixed: string } | { after: string },
    side?: 'debit' | 'credit',
  ) => ({ account, amount, side, auxiliaries: {} }) as const

  test('between a payment and the fee that the bank took with it', () => {
    const of = item({ amount: cny(-101000n) }, { request: { ...sampleRequest({ amount: '1000.00' }), revision: 1 } })
    expect(describeBooking(bookLine(of, lines(line('2202', 'payment'), line('660301', 'rest'))))).toEqual([
      'r ->',
      '付 乙公司',
      'debit 2202 1000.00',
      'debit 660301 10.00',
      'credit 100201 1010.00',
    ])
  })

  test('by the amount that stands behind a word', () => {
    const of = item({ amount: cny(-100500n), text: '货款，手续费：￥5.00 元' })
    expect(
      describeBooking(bookLine(of, lines(line('2202', 'rest'), line('660301', { after: '手续费' })))).slice(2),
    ).toEqual(['debit 2202 1000.00', 'debit 660301 5.00', 'credit 100201 1005.00'])
  })

  test('of money in from which a fee was kept: the fee is a debit beside the bank', () => {
    const of = item({ amount: cny(99000n), text: '手续费 1,000.00' })
    expect(
      describeBooking(bookLine(of, lines(line('1122', 'rest'), line('660301', { after: '手续费' }, 'debit')))).slice(2),
    ).toEqual(['debit 100201 990.00', 'credit 1122 1990.00', 'debit 660301 1000.00'])
  })

  test.each<[string, Bookable, readonly JournalRule[]]>([
    ['the word is not there', item({ text: '货款' }), lines(line('1', 'rest'), line('2', { after: '手续费' }))],
    [
      'two amounts stand there',
      item({ text: '手续费1.00 手续费2.00' }),
      lines(line('1', 'rest'), line('2', { after: '手续费' })),
    ],
    ['the number goes on', item({ text: '手续费1.00.2' }), lines(line('1', 'rest'), line('2', { after: '手续费' }))],
    ['nothing is left for the rest', item(), lines(line('1', 'rest'), line('2', { fixed: '123.45' }))],
    ['more is asked than there is', item(), lines(line('1', 'rest'), line('2', { fixed: '200' }))],
    ['the lines do not add up', item(), lines(line('1', { fixed: '100' }), line('2', { fixed: '23.44' }))],
    ['more decimals than the currency has', item(), lines(line('1', 'rest'), line('2', { fixed: '0.001' }))],
    ['it is no payment of ours', item(), lines(line('1', 'rest'), line('2', 'payment'))],
  ])('or the line is left to a person: %s', (_name, of, rules) => {
    expect(bookLine(of, rules)).toEqual({ kind: 'left', rule: 'r', why: expect.stringMatching(/\(.+\)$/) })
  })
})

// ------------------------------------------------------------------------------- what holds for all rules and all lines

const statementLine = fc.record({
  minor: fc.bigInt({ min: -10_000_000n, max: 10_000_000n }).filter(minor => minor !== 0n),
  text: fc.constantFrom('', '手续费', '手续费 3.00', '利息', 'x手续费1.00手续费1.00'),
  counterName: fc.constantFrom('', '乙公司', '丙公司'),
  isReversal: fc.boolean(),
  isOwn: fc.boolean(),
})
const share = fc.oneof(
  fc.constant('payment' as const),
  fc.constantFrom('0.01', '3.00', '500.00').map(fixed => ({ fixed })),
  fc.constant({ after: '手续费' }),
)
const side = fc.constantFrom(undefined, undefined, 'debit' as const, 'credit' as const)
const lineOf = <Amount>(amount: fc.Arbitrary<Amount>) =>
  fc.record({ account: fc.constantFrom('1', '2', '3'), side, amount, auxiliaries: fc.constant({}) })
const template = fc
  .tuple(lineOf(fc.constant('rest' as const)), fc.array(lineOf(share), { maxLength: 2 }))
  .map(([rest, others]) => [...others, rest])
const rule = fc.record({
  when: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<RuleConditions>({}, { reversal: true }, { direction: 'in' }) },
    {
      weight: 3,
      arbitrary: fc.record(
        {
          direction: fc.constantFrom('in' as const, 'out' as const),
          ownPayment: fc.boolean(),
          text: fc.constantFrom('手续费', '利息|x', '.'),
          contains: fc.constantFrom(['利息'], ['手续费', '利息']),
          counterparty: fc.constantFrom('乙', '.公司'),
        },
        { requiredKeys: [] },
      ),
    },
  ),
  then: fc.oneof(fc.constant(null), fc.constant('reverse' as const), template, template, template),
})
const rules = fc.array(rule, { maxLength: 6 }).map(all =>
  all.map(({ when, then }, index): JournalRule => {
    const { counterAccount: _counter, ...rest } = plain
    return { name: `r${index}`, when, then: Array.isArray(then) ? { ...rest, lines: then } : then }
  }),
)
const itemOf = (of: {
  minor: bigint
  text: string
  counterName: string
  isReversal: boolean
  isOwn: boolean
}): Bookable => {
  const { minor, isOwn, ...line } = of
  return item({ amount: cny(minor), ...line }, isOwn ? own : {})
}

function totals(entry: JournalEntry, side: 'debit' | 'credit'): bigint {
  return entry.lines.filter(line => line.side === side).reduce((sum, line) => sum + line.amount.minor, 0n)
}

test('every entry balances, has positive lines, and moves the bank’s account by exactly the line', () => {
  let entries = 0
  fc.assert(
    fc.property(statementLine, rules, (of, set) => {
      const booking = bookLine(itemOf(of), set)
      if (booking.kind !== 'entry') return
      entries++
      const { entry } = booking
      expect(totals(entry, 'debit')).toBe(totals(entry, 'credit'))
      expect(entry.lines.every(line => line.amount.minor > 0n)).toBe(true)
      const [bank, ...others] = entry.lines.filter(line => line.settlement !== null)
      expect(others).toEqual([])
      expect(bank?.side === 'debit' ? bank.amount.minor : -(bank?.amount.minor ?? 0n)).toBe(of.minor)
    }),
    { numRuns: 3_000 },
  )
  expect(entries).toBeGreaterThan(300)
})

test('the order of the rules decides: what stands behind the rule that fits never matters', () => {
  fc.assert(
    fc.property(statementLine, rules, rules, (of, set, more) => {
      const booking = bookLine(itemOf(of), set)
      const isRuled = booking.kind === 'entry' ? true : 'rule' in booking && booking.rule !== null
      const named = more.map(each => ({ ...each, name: `more ${each.name}` }))
      if (isRuled) expect(bookLine(itemOf(of), [...set, ...named])).toEqual(booking)
      else expect(bookLine(itemOf(of), [...set, ...named])).toEqual(bookLine(itemOf(of), named))
    }),
    { numRuns: 2_000 },
  )
})

test('a rule that fits alone decides when it stands first', () => {
  fc.assert(
    fc.property(statementLine, rule, rules, (of, first, set) => {
      const { counterAccount: _counter, ...rest } = plain
      const head: JournalRule = {
        name: 'first',
        when: first.when,
        then: Array.isArray(first.then) ? { ...rest, lines: first.then } : first.then,
      }
      const alone = bookLine(itemOf(of), [head])
      const name = alone.kind === 'entry' ? alone.entry.rule : 'rule' in alone ? alone.rule : null
      if (name === 'first') expect(bookLine(itemOf(of), [head, ...set])).toEqual(alone)
    }),
    { numRuns: 2_000 },
  )
})
