// Proof by balances. Every figure is added up by hand in the test's own words.

import { addDays } from '../../connector/core/bank-time'
import { claimsOf, type FileStatement } from '../../connector/core/claims'
import { NO_LINES, totalsOf } from '../../connector/core/day-totals'
import { chainOf, proveDays, type Claim, type DayLines } from '../../connector/core/proof'
import type { Balance, StatementLine } from '../../connector/ports'
import { sampleLine } from '../support/sample'

const CNY = (minor: bigint) => ({ minor, currency: 'CNY' })
const line = (minor: bigint, after: bigint | null = null, time = '10:00:00'): StatementLine =>
  sampleLine({ amount: CNY(minor), balanceAfter: after === null ? null : CNY(after), bookedTime: time })

const day = (on: number, ...lines: readonly StatementLine[]): DayLines => ({
  day: `2026-03-${String(on).padStart(2, '0')}`,
  totals: totalsOf(lines),
})
const claims = (...given: readonly (readonly [number, bigint, Claim['by']?])[]): ReadonlyMap<string, Claim> =>
  new Map(
    given.map(([on, minor, by = 'balance']) => {
      const { day: of } = day(on)
      return [of, { day: of, minor, by }] as const
    }),
  )
const all = { isClosed: () => true, usesLineBalances: true }
const before = (minor: bigint) => ({ day: '2026-02-28', minor, by: 'balance' as const })
const briefly = (proofs: ReturnType<typeof proveDays>) =>
  proofs.map(({ day: of, proof, gapMinor }) => `${of.slice(-2)} ${proof}${gapMinor === 0n ? '' : ` ${gapMinor}`}`)

describe('a chain of days', () => {
  test('opening, lines and closing agree, day by day', () => {
    const days = [day(1, line(500n), line(-200n)), day(2, line(50n))]
    expect(briefly(proveDays(days, claims([1, 1300n], [2, 1350n]), before(1000n), all))).toEqual([
      '01 proven',
      '02 proven',
    ])
  })

  test('a line that is missing is a gap of its day and its amount, and does not spoil the next day', () => {
    const days = [day(1, line(500n)), day(2, line(50n)), day(3, line(-10n))]
    const found = proveDays(days, claims([1, 1500n], [2, 1630n], [3, 1620n]), before(1000n), all)
    // On the 2nd the balance rose by 130, the lines say 50.
    expect(briefly(found)).toEqual(['01 proven', '02 gap 80', '03 proven'])
  })

  test('days without movement are normal, with and without a word of the bank', () => {
    const found = proveDays([day(1), day(2), day(3, line(7n))], claims([1, 1000n], [3, 1007n]), before(1000n), all)
    expect(briefly(found)).toEqual(['01 proven', '02 proven', '03 proven'])
  })

  test('days that share one balance share one proof, and one gap', () => {
    const days = [day(1, line(1n)), day(2, line(2n)), day(3, line(3n))]
    expect(briefly(proveDays(days, claims([3, 1006n]), before(1000n), all))).toEqual([
      '01 proven',
      '02 proven',
      '03 proven',
    ])
    const short = proveDays(days, claims([3, 1010n]), before(1000n), all)
    expect(briefly(short)).toEqual(['01 unproven', '02 unproven', '03 gap 4'])
    expect(short.at(-1)?.gapFrom).toBe('2026-03-01')
  })

  test('what is still to come is no gap', () => {
    const found = proveDays([day(1, line(1n))], claims([1, 1010n]), before(1000n), { ...all, isClosed: () => false })
    expect(briefly(found)).toEqual(['01 open'])
  })

  test('without a balance to begin with, the first day is not proven, and the second is', () => {
    const days = [day(1, line(1n)), day(2, line(2n))]
    expect(briefly(proveDays(days, claims([1, 11n], [2, 13n]), null, all))).toEqual(['01 unproven', '02 proven'])
  })

  test('lines that net to nothing are not taken for no lines', () => {
    const days = [day(1, line(5n), line(-5n))]
    expect(briefly(proveDays(days, claims([1, 1000n]), before(1000n), all))).toEqual(['01 proven'])
    expect(briefly(proveDays([day(1, line(5n))], claims([1, 1000n]), before(1000n), all))).toEqual(['01 gap -5'])
  })
})

describe('balances that come with lines', () => {
  test('prove a day in whatever order the bank gives its lines', () => {
    const given = [line(-30n, 120n, '11:00:00'), line(50n, 150n, '10:00:00'), line(5n, 125n, '12:00:00')]
    expect(chainOf(totalsOf(given), null)).toEqual({ openingMinor: 100n, closingMinor: 125n, isWhole: true })
    expect(briefly(proveDays([day(1, ...given)], new Map(), before(100n), all))).toEqual(['01 proven'])
  })

  test('show a line that is missing in the middle, at the beginning, and at the end', () => {
    const [one, two, three] = [line(50n, 150n, '10:00:00'), line(-30n, 120n, '11:00:00'), line(5n, 125n, '12:00:00')]
    expect(briefly(proveDays([day(1, one, three)], new Map(), before(100n), all))).toEqual(['01 gap -30'])
    expect(briefly(proveDays([day(1, two, three)], new Map(), before(100n), all))).toEqual(['01 gap 50'])
    // The last of the 1st is missed when the 2nd begins elsewhere; it may lie on either day.
    const found = proveDays([day(1, one, two), day(2, line(1n, 126n))], new Map(), before(100n), all)
    expect(briefly(found)).toEqual(['01 proven', '02 gap 5'])
    expect(found[1]?.gapFrom).toBe('2026-03-01')
  })

  test('identical twins and lines that cancel out keep their places', () => {
    const twins = [line(10n, 110n), line(10n, 120n), line(-10n, 110n), line(10n, 120n)]
    expect(chainOf(totalsOf(twins), null)).toEqual({ openingMinor: 100n, closingMinor: 120n, isWhole: true })
    const circle = [line(10n, 110n), line(-10n, 100n)]
    expect(chainOf(totalsOf(circle), 100n)).toEqual({ openingMinor: 100n, closingMinor: 100n, isWhole: true })
  })

  test('that fall apart do not prove a day, although what is missing cancels out', () => {
    // 100 +50 −20 −50 +10: the two fifties are missing.
    const given = [line(-20n, 130n, '10:30:00'), line(10n, 90n, '11:30:00')]
    expect(briefly(proveDays([day(1, ...given)], new Map(), before(100n), all))).toEqual(['01 unproven'])
  })

  test('of a site that does not trust them prove nothing', () => {
    const given = [day(1, line(50n, 999n))]
    expect(briefly(proveDays(given, new Map(), before(100n), { ...all, usesLineBalances: false }))).toEqual([
      '01 unproven',
    ])
  })

  test('some of them are not enough', () => expect(chainOf(totalsOf([line(1n, 2n), line(1n)]), null)).toBeNull())
})

describe('what the bank says of a day’s end', () => {
  const statement = (
    from: number,
    to: number,
    opening: bigint,
    closing: bigint,
    more: Partial<FileStatement> = {},
  ): FileStatement => ({
    digest: 'd',
    from: day(from).day,
    to: day(to).day,
    isProven: true,
    opening: CNY(opening),
    closing: CNY(closing),
    importedAt: Date.parse('2026-04-02T00:00:00Z'),
    ...more,
  })
  const balance = (
    asOf: string,
    current: bigint,
    previousDay: bigint | null = null,
  ): { balance: Balance; at: number } => ({
    balance: {
      account: 'a',
      asOf,
      current: CNY(current),
      available: null,
      frozen: null,
      previousDay: previousDay === null ? null : CNY(previousDay),
    },
    at: Date.parse(asOf.includes('T') ? `${asOf}+08:00` : `${asOf}T12:00:00+08:00`),
  })
  const said = (found: ReadonlyMap<string, Claim>) =>
    Object.fromEntries([...found].map(([on, claim]) => [on, `${claim.by} ${claim.minor}`]))
  const none = () => NO_LINES

  test('a statement says how the day before it ended, and its last one', () => {
    expect(said(claimsOf([statement(2, 4, 100n, 130n)], [], none, 'CNY'))).toEqual({
      '2026-03-01': 'file 100',
      '2026-03-04': 'file 130',
    })
  })

  test('pages of one day are one statement; a corrected file goes before the first', () => {
    const pages = [statement(2, 2, 100n, 110n), statement(2, 2, 110n, 130n)]
    const expected = { '2026-03-01': 'file 100', '2026-03-02': 'file 130' }
    expect(said(claimsOf(pages, [], none, 'CNY'))).toEqual(expected)
    const files = pages.map((page, index) => ({ ...page, digest: `f${index}` }))
    for (const order of [files, files.toReversed()]) expect(said(claimsOf(order, [], none, 'CNY'))).toEqual(expected)
    const corrected = [statement(2, 2, 100n, 999n, { isProven: false }), statement(2, 2, 100n, 130n, { digest: 'e' })]
    expect(said(claimsOf(corrected.toReversed(), [], none, 'CNY'))).toMatchObject({ '2026-03-02': 'file 130' })
  })

  test('a file that was made before the day was over does not say how it ended', () => {
    const noon = statement(2, 2, 100n, 110n, { importedAt: Date.parse('2026-03-02T12:00:00+08:00') })
    expect(said(claimsOf([noon], [], none, 'CNY'))).toEqual({ '2026-03-01': 'file 100' })
  })

  test('a balance says how the day before ended: in words, or before the first line', () => {
    expect(said(claimsOf([], [balance('2026-03-05T09:00:00', 150n, 140n)], none, 'CNY'))).toMatchObject({
      '2026-03-04': 'balance 140',
    })
    const lines = (on: string) => totalsOf(on === day(5).day ? [line(10n, null, '09:30:00')] : [])
    const taken = [balance('2026-03-05T08:00:00', 140n), balance('2026-03-05T18:00:00', 150n)]
    expect(said(claimsOf([], taken, lines, 'CNY'))).toEqual({
      '2026-03-04': 'balance 140',
      '2026-03-05': 'balance 150',
    })
  })

  test('a balance too near to a line, or of a day whose lines have no time, says nothing', () => {
    const near = (on: string) => totalsOf(on === day(5).day ? [line(10n, null, '08:02:00')] : [])
    expect(claimsOf([], [balance('2026-03-05T08:00:00', 140n)], near, 'CNY').size).toBe(0)
    const timeless = (on: string) => totalsOf(on === day(5).day ? [line(10n, null, '')] : [])
    expect(claimsOf([], [balance('2026-03-05T08:00:00', 140n)], timeless, 'CNY').size).toBe(0)
    expect(claimsOf([], [balance('2026-03-05T08:00:00', 140n)], none, 'USD').size).toBe(0)
  })

  test('the morning after goes before the evening of the day', () => {
    const taken = [balance('2026-03-04T18:00:00', 140n), balance('2026-03-05T07:00:00', 145n)]
    expect(said(claimsOf([], taken, none, 'CNY'))[addDays(day(5).day, -1)]).toBe('balance 145')
  })
})
