// What must hold of matching whatever the lines are: nobody is matched twice, what was taken apart stays apart, a history
// matched month by month comes to what it comes to at once, and sums agree with an oracle that tries everything.

import fc from 'fast-check'
import { keepApart, type Apart } from '../../connector/core/match/apart'
import { closingOf } from '../../connector/core/match/closing-balance'
import { daysToRead } from '../../connector/core/match/days'
import { matchLines, type MatchDraft } from '../../connector/core/match/match'
import { everyPass, OPTIONAL_PASSES, ruleVersionOf } from '../../connector/core/match/settings'
import type { BankSide, LedgerSide } from '../../connector/core/match/sides'

const bank = (id: string, change: Partial<BankSide>): BankSide => ({
  ...{
    id,
    date: '2026-03-02',
    minor: 1n,
    references: [],
    counterparty: '',
    counterAccount: '',
    text: '',
    entryKey: null,
  },
  ...change,
})
const ledger = (id: string, change: Partial<LedgerSide>): LedgerSide => ({
  ...{ id, date: '2026-03-02', minor: 1n, reference: '', counterparty: '', text: '', entryKey: null },
  ...change,
})
const keyOf = ({ pass, lineIds, ledgerIds }: MatchDraft): string =>
  `${pass}: ${lineIds.toSorted().join('+')} = ${ledgerIds.toSorted().join('+')}`

// Few words and amounts, so that lines get in each other's way.
const word = fc.constantFrom('', 'R-10', 'R-20', 'INV-1001')
const crowded = {
  date: fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-04'),
  minor: fc.constantFrom(-100n, -200n, -300n, 100n),
  counterparty: fc.constantFrom('', '甲公司', '乙公司'),
  text: word,
  entryKey: fc.constantFrom(null, null, null, 'K1'),
}
const bankSides = fc
  .array(fc.record({ ...crowded, references: fc.array(word, { maxLength: 2 }) }), { maxLength: 12 })
  .map(all => all.map((change, index) => bank(`b${index}`, change)))
const ledgerSides = fc
  .array(fc.record({ ...crowded, reference: word }), { maxLength: 12 })
  .map(all => all.map((change, index) => ledger(`l${index}`, change)))
const settings = fc
  .record({ without: fc.subarray([...OPTIONAL_PASSES]), sumCandidates: fc.integer({ min: 2, max: 24 }) })
  .map(part => ({ ...part, rules: [{ name: 'r', requires: 'counterparty' as const, days: 2, minor: 100n }] }))

test('no line is in two matches, whichever passes run', () => {
  fc.assert(
    fc.property(bankSides, ledgerSides, settings, (lines, entries, how) => {
      const { matches } = matchLines(lines, entries, how)
      for (const ids of [matches.flatMap(match => match.lineIds), matches.flatMap(match => match.ledgerIds)])
        expect(new Set(ids).size).toBe(ids.length)
      for (const { pass } of matches) expect(how.without).not.toContain(pass)
    }),
    { numRuns: 400 },
  )
})

test('after an undo nothing that was taken apart is together again, and another run changes nothing', () => {
  fc.assert(
    fc.property(bankSides, ledgerSides, fc.nat(), (lines, entries, chosen) => {
      const first = matchLines(lines, entries, everyPass([])).matches
      if (first.length === 0) return
      const undone: Apart | undefined = first[chosen % first.length]
      const kept = first.filter(match => match !== undone)
      const lineIds = new Set(kept.flatMap(match => match.lineIds))
      const ledgerIds = new Set(kept.flatMap(match => match.ledgerIds))
      const run = () =>
        keepApart(
          matchLines(
            lines.filter(line => !lineIds.has(line.id)),
            entries.filter(line => !ledgerIds.has(line.id)),
            everyPass([]),
          ),
          undone === undefined ? [] : [undone],
        )
      const second = run()
      for (const match of second.matches)
        for (const line of match.lineIds.filter(id => undone?.lineIds.includes(id)))
          expect([line, match.ledgerIds.filter(id => undone?.ledgerIds.includes(id))]).toEqual([line, []])
      expect(run()).toEqual(second)
    }),
    { numRuns: 400 },
  )
})

test('a history that is matched month by month comes to what it comes to at once', () => {
  // Every event has words and amounts of its own, so that no pass is in doubt; its two sides may lie months apart.
  const day = fc.record({ month: fc.integer({ min: 1, max: 6 }), day: fc.integer({ min: 1, max: 28 }) })
  const event = fc.record({
    kind: fc.constantFrom('reference', 'document', 'day', 'parts', 'collected', 'bank', 'ledger'),
    here: day,
    there: fc.array(day, { minLength: 3, maxLength: 3 }),
  })
  const iso = ({ month, day: on }: { month: number; day: number }): string =>
    `2026-0${month}-${String(on).padStart(2, '0')}`
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), events => {
      const lines: BankSide[] = []
      const entries: LedgerSide[] = []
      for (const [index, { kind, here, there }] of events.entries()) {
        const minor = BigInt(1_000_000 + index * 1_000)
        const name = `第${index}公司`
        const [first = here, ...rest] = there
        const line = (change: Partial<BankSide>): void =>
          void lines.push(bank(`b${lines.length}`, { date: iso(here), minor, counterparty: name, ...change }))
        const entry = (change: Partial<LedgerSide>): void =>
          void entries.push(ledger(`l${entries.length}`, { date: iso(first), minor, counterparty: name, ...change }))
        if (kind === 'reference') {
          line({ references: [`REF-${index}`] })
          entry({ reference: `REF-${index}` })
        }
        if (kind === 'document') {
          line({ text: `货款 DOC-9${index}` })
          entry({ text: `DOC-9${index} 付` })
        }
        if (kind === 'day') {
          line({})
          entry({ date: iso(here) })
        }
        if (kind === 'parts') {
          line({ references: [`PART-${index}`], minor: 3n * minor + 3n })
          for (const [part, on] of [first, ...rest].entries())
            entry({ reference: `PART-${index}`, date: iso(on), minor: minor + BigInt(part) })
        }
        if (kind === 'collected') {
          entry({ reference: `COLL-${index}`, minor: 3n * minor + 3n })
          for (const [part, on] of [first, ...rest].entries())
            line({ references: [`COLL-${index}`], date: iso(on), minor: minor + BigInt(part) })
        }
        if (kind === 'bank') line({})
        if (kind === 'ledger') entry({})
      }
      const atOnce = matchLines(lines, entries, everyPass([]))
      const monthly: MatchDraft[] = []
      for (let month = 1; month <= 6; month++) {
        const done = new Set(monthly.flatMap(match => [...match.lineIds, ...match.ledgerIds]))
        const isOpen = ({ id, date }: { id: string; date: string }): boolean =>
          date <= `2026-0${month}-31` && !done.has(id)
        monthly.push(...matchLines(lines.filter(isOpen), entries.filter(isOpen), everyPass([])).matches)
      }
      expect(monthly.map(keyOf).toSorted()).toEqual(atOnce.matches.map(keyOf).toSorted())
      expect(atOnce.ambiguous).toEqual([])
    }),
    { numRuns: 200 },
  )
})

describe('sums against an oracle that tries every combination', () => {
  const minors = fc.array(fc.integer({ min: -9, max: 9 }).map(BigInt), { minLength: 1, maxLength: 9 })
  const combinations = (pool: readonly bigint[], wanted: bigint): number => {
    const own = pool.filter(minor => minor !== 0n && minor > 0n === wanted > 0n)
    let count = 0
    for (let mask = 0; mask < 2 ** own.length; mask++) {
      const chosen = own.filter((_, index) => (mask & (2 ** index)) !== 0)
      if (chosen.length > 1 && chosen.reduce((sum, minor) => sum + minor, 0n) === wanted) count++
    }
    return count
  }
  const wanted = fc.integer({ min: -25, max: 25 }).map(BigInt)
  const judged = (pool: readonly bigint[], sum: bigint, found: ReturnType<typeof matchLines>): void => {
    // A single line of that amount is another pass's.
    if (pool.includes(sum)) return
    const ways = combinations(pool, sum)
    expect([found.matches.length, found.ambiguous.length]).toEqual([ways === 1 ? 1 : 0, ways > 1 ? 1 : 0])
    expect(found.matches.every(match => match.pass === 'sum-day-counterparty')).toBe(true)
  }

  test('one bank line against some of the ledger’s', () => {
    fc.assert(
      fc.property(minors, wanted, (pool, sum) => {
        const entries = pool.map((minor, index) => ledger(`l${index}`, { minor, counterparty: '丙公司' }))
        judged(pool, sum, matchLines([bank('b', { minor: sum, counterparty: '丙公司' })], entries, everyPass([])))
      }),
      { numRuns: 600 },
    )
  })

  test('one ledger line against some of the bank’s', () => {
    fc.assert(
      fc.property(minors, wanted, (pool, sum) => {
        const lines = pool.map((minor, index) => bank(`b${index}`, { minor, counterparty: '丙公司' }))
        judged(pool, sum, matchLines(lines, [ledger('l', { minor: sum, counterparty: '丙公司' })], everyPass([])))
      }),
      { numRuns: 600 },
    )
  })
})

test('the closing balance of a day is found in any order, and never invented over a hole', () => {
  const movements = fc.array(fc.integer({ min: -5, max: 5 }).map(BigInt), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(movements, fc.integer({ min: -9, max: 9 }).map(BigInt), fc.nat(), (minors, opening, turn) => {
      let balance = opening
      const lines = minors.map(minor => ({ minor, balanceAfterMinor: (balance += minor) }))
      const at = turn % lines.length
      const shuffled = [...lines.slice(at), ...lines.slice(0, at)].toReversed()
      expect(closingOf(shuffled)).toEqual(
        balance === opening ? { kind: 'as-before' } : { kind: 'known', minor: balance },
      )
    }),
  )
  expect(closingOf([{ minor: 1n, balanceAfterMinor: null }])).toEqual({ kind: 'unknown' })
  const hole = [
    { minor: 1n, balanceAfterMinor: 11n },
    { minor: 1n, balanceAfterMinor: 21n },
  ]
  expect(closingOf(hole)).toEqual({ kind: 'unknown' })
})

describe('the days that are read', () => {
  const known = { open: [], firstLine: '2025-01-01', firstLedger: '2025-01-01' }
  const wanted = { today: '2026-03-01', ledgerDays: 30, start: null, from: null }

  test('cover the recent days and every open one, none twice, none longer than a month', () => {
    const anyDay = fc.integer({ min: 0, max: 800 }).map(days => new Date(days * 86_400_000 + Date.UTC(2024, 0, 1)))
    fc.assert(
      fc.property(
        fc.uniqueArray(
          anyDay.map(day => day.toISOString().slice(0, 10)),
          { maxLength: 40 },
        ),
        open => {
          const ranges = daysToRead({ ...known, open }, wanted)
          const isRead = (day: string): boolean => ranges.some(({ from, to }) => day >= from && day <= to)
          for (const day of open.filter(each => each <= wanted.today)) expect([day, isRead(day)]).toEqual([day, true])
          expect([isRead('2026-01-30'), isRead('2026-03-01'), isRead('2026-03-02')]).toEqual([true, true, false])
          for (const [index, { from, to }] of ranges.entries()) {
            expect(from <= to && from > (ranges[index - 1]?.to ?? '')).toBe(true)
            expect(Date.parse(to) - Date.parse(from)).toBeLessThan(31 * 86_400_000)
          }
        },
      ),
    )
  })

  test('begin at the account’s start, and nowhere before it', () => {
    const open = ['2025-05-01', '2026-01-15']
    expect(daysToRead({ ...known, open }, { ...wanted, start: '2026-01-10' })).toEqual([
      { from: '2026-01-15', to: '2026-01-15' },
      { from: '2026-01-30', to: '2026-03-01' },
    ])
    const nothing = { open: [], firstLine: '2026-02-01', firstLedger: null }
    expect(daysToRead(nothing, { ...wanted, start: '2026-02-20' })).toEqual([{ from: '2026-02-20', to: '2026-03-01' }])
    expect(daysToRead(nothing, { ...wanted, start: '2026-03-02' })).toEqual([])
  })
})

test('the rule version tells the site’s own rules apart from the program’s', () => {
  const rule = { name: '三天内', requires: 'counterparty' as const, days: 3, minor: 0n }
  expect(ruleVersionOf(everyPass([]))).toBe('4')
  const own = ruleVersionOf(everyPass([rule]))
  expect(own).toMatch(/^4\+[0-9a-f]{8}$/)
  expect(ruleVersionOf(everyPass([{ ...rule, days: 4 }]))).not.toBe(own)
  expect(ruleVersionOf({ ...everyPass([]), without: ['day-amount'] })).toMatch(/^4\+/)
})
