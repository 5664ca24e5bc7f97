// The identity of lines: what is told apart, and that every way of bringing lines in ends with the same ones.

import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { startPages } from '../../connector/core/join-pages'
import { LINE_KEY_RULES, lineKeys, planRekey, type LineKeys } from '../../connector/core/line-key'
import type { StatementLine } from '../../connector/ports'
import { sampleLine } from '../support/sample'

const CNY = (minor: bigint) => ({ minor, currency: 'CNY' })
const nameless = (change: Partial<StatementLine> = {}): StatementLine => sampleLine({ bankId: null, ...change })

test('identical twins on one day are two lines; the same line of another reading is one', () => {
  const keys = lineKeys([nameless(), nameless()])
  expect(new Set(keys).size).toBe(2)
  expect(lineKeys([nameless(), nameless()])).toEqual(keys)
  expect(lineKeys([nameless({ bookedOn: '2026-03-02' })])[0]).not.toBe(keys[0])
})

test('entries that share the bank’s id and differ in their amounts are lines of their own', () => {
  const [payment, fee] = [sampleLine({ amount: CNY(-10_000n) }), sampleLine({ amount: CNY(-50n) })]
  expect(new Set(lineKeys([payment, fee])).size).toBe(2)
  // Whatever else the bank words otherwise the next day, the line is the same.
  expect(lineKeys([{ ...fee, text: '手续费', counterName: '' }])).toEqual(lineKeys([fee]))
})

test('an older rule is kept as it was: its keys stand in stores', () => {
  const old = LINE_KEY_RULES['1']?.()
  expect(old?.(sampleLine({ bankId: 'X' }))).toBe('1:id:2026-03-01:X')
  expect(old?.(nameless())).toMatch(/^1:content:2026-03-01:[0-9a-f]{32}:1$/)
})

describe('another rule', () => {
  const keyed = (lines: readonly StatementLine[], rule: () => LineKeys) => {
    const keyOf = rule()
    return lines.map((line, index) => ({ id: `${index + 1}`, identity: keyOf(line), line }))
  }
  const byId = () => (line: StatementLine) => `1:${line.bankId}`
  const byAmount = () => (line: StatementLine) => `2:${line.bankId}:${line.amount.minor}`
  const byDay = () => (line: StatementLine) => `3:${line.bookedOn}`

  test('renames lines one to one, and says so', () => {
    const lines = keyed([sampleLine({ bankId: 'A' }), sampleLine({ bankId: 'B' })], byId)
    const plan = planRekey(lines, byId, byAmount)
    expect(plan).toMatchObject({ merges: [], splits: [] })
    expect(plan.changes.map(change => change.to)).toEqual(['2:A:-12345', '2:B:-12345'])
  })

  test('that takes two lines for one keeps both, and names them', () => {
    const lines = keyed([sampleLine({ bankId: 'A' }), sampleLine({ bankId: 'B' })], byId)
    const plan = planRekey(lines, byId, byDay)
    expect(plan.merges).toEqual([{ identity: '3:2026-03-01', lineIds: ['1', '2'] }])
    expect(new Set(plan.changes.map(change => change.to)).size).toBe(2)
  })

  test('that tells apart what was one names that too', () => {
    const lines = [sampleLine({ bankId: 'A' }), sampleLine({ bankId: 'A', amount: CNY(1n) })]
    const stored = lines.map((line, index) => ({ id: `${index + 1}`, identity: `1:A${index}`, line }))
    expect(planRekey(stored, byId, byAmount).splits).toEqual([{ identity: '1:A', lineIds: ['1', '2'] }])
  })
})

describe('pages of one reading', () => {
  const read = (...pages: readonly (readonly StatementLine[])[]): readonly StatementLine[] | null => {
    const joined = startPages()
    for (const page of pages) if (!joined.add(page)) return null
    return joined.lines
  }
  const a = nameless({ text: 'a', balanceAfter: CNY(100n) })
  const b = nameless({ text: 'b', balanceAfter: CNY(90n) })

  test('a page that begins with the line that the one before ended with has that line once', () => {
    expect(read([a, b], [b, nameless({ text: 'c', balanceAfter: CNY(80n) })])).toHaveLength(3)
  })

  test('twins at the border stay two lines when their balances say so, or say nothing', () => {
    expect(read([a, b], [{ ...b, balanceAfter: CNY(80n) }])).toHaveLength(3)
    const twin = nameless({ text: 't' })
    expect(read([a, twin], [twin])).toHaveLength(3)
  })

  test('a whole page of nameless lines that comes again cannot be told from twins, and is not guessed', () => {
    expect(read([a, b], [a, b])).toBeNull()
    expect(read([sampleLine()], [sampleLine()])).toHaveLength(2)
  })
})

/** Files hold whole days; the interface may be asked while a day is running. A store is a set of keys. */
test('any order, any overlap and any repetition of files and of the interface’s pages gives the same lines', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = xoroshiro128plus(seed)
    const int = (min: number, max: number): number => uniformInt(random, min, max)
    const days = Array.from({ length: int(1, 6) }, (_, index) => `2026-03-0${index + 1}`)
    const truth = days.map(bookedOn =>
      Array.from({ length: int(0, 6) }, () =>
        // Few contents, so that twins are common; some lines have an id, some share one.
        int(0, 2) === 0
          ? sampleLine({ bookedOn, bankId: `I${int(1, 3)}`, amount: CNY(BigInt(int(1, 4))) })
          : nameless({ bookedOn, text: `t${int(1, 2)}`, amount: CNY(BigInt(int(1, 2))) }),
      ),
    )
    const expected = new Set(lineKeys(truth.flat()))
    const store = new Set<string>()
    const readings = Array.from({ length: int(2, 8) }, () => {
      const from = int(0, days.length - 1)
      return truth.slice(from, int(from, days.length - 1) + 1)
    })
    for (const reading of [...readings, truth].toSorted(() => int(-1, 1))) {
      // The last day may be running: the interface shows a beginning of it.
      const running = reading.map((lines, index) =>
        index === reading.length - 1 ? lines.slice(0, int(0, lines.length)) : lines,
      )
      for (let time = 0; time < int(1, 3); time++) for (const key of lineKeys(running.flat())) store.add(key)
    }
    for (const key of lineKeys(truth.flat())) store.add(key)
    expect(store).toEqual(expected)
  }
})
