// Every way of bringing an account's lines in ends with the same ones: the interface asked again and again while days are
// running, its pages in any cut; files of whole days in any order, overlap and repetition. A real store, the real steps.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { importStatementFile } from '../../connector/cli/statement-import'
import { addDays } from '../../connector/core/bank-time'
import type { BankGateway, StatementLine } from '../../connector/ports'
import { importStatements } from '../../connector/steps/import-statements'
import { capture } from '../support/output'
import { sampleLine } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

const FIRST = '2026-03-02'
const ALL = { from: '2026-01-01', to: '2026-12-31' }
const SEEDS = 12

type Int = (min: number, max: number) => number

function chance(seed: number): Int {
  const random = xoroshiro128plus(seed)
  return (min, max) => uniformInt(random, min, max)
}

/** Days of lines with balances, twins among them. */
function truth(int: Int, hasIds: boolean): readonly (readonly StatementLine[])[] {
  let balance = 100_000n
  let count = 0
  return Array.from({ length: int(2, 5) }, (_, index) =>
    Array.from({ length: int(0, 5) }, () => {
      const minor = BigInt(int(0, 1) === 0 ? 500 : -int(1, 3))
      balance += minor
      count++
      return sampleLine({
        ...{ bankId: hasIds ? `L${count}` : null, bookedOn: addDays(FIRST, index), bookedTime: '', reference: '' },
        ...{ bankSerial: '', counterName: '', counterAccount: '', purpose: '货款', text: '' },
        ...{ amount: { minor, currency: 'CNY' }, balanceAfter: { minor: balance, currency: 'CNY' } },
      })
    }),
  )
}

async function stored(world: World): Promise<readonly string[]> {
  const lines = await world.store.statements.list(ACCOUNT, ALL)
  return lines.map(({ line }) => `${line.bookedOn} ${line.amount.minor}`).toSorted()
}

const expected = (days: readonly (readonly StatementLine[])[]): readonly string[] =>
  days
    .flat()
    .map(line => `${line.bookedOn} ${line.amount.minor}`)
    .toSorted()

function shuffled<T>(items: readonly T[], int: Int): readonly T[] {
  return items
    .map(item => [int(0, 1_000_000), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item)
}

test.each([true, false])(
  'the interface, asked in any order while days are running (with ids: %s)',
  async hasIds => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const int = chance(seed)
      const days = truth(int, hasIds)
      const world = await openWorld()
      let shown = days
      const bank: BankGateway = Object.assign(world.bank, {
        async statement(_account: string, range: { readonly from: string; readonly to: string }, after: string | null) {
          const lines = shown.flat().filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to)
          const start = Number(after ?? 0)
          const end = Math.min(lines.length, start + int(1, 4))
          return { items: lines.slice(start, end), next: end < lines.length ? `${end}` : null }
        },
      })
      const deps = { ...world.deps, banks: new Map([['bank', bank]]) }
      for (let time = 0; time < 6; time++) {
        const from = int(0, days.length - 1)
        const to = int(from, days.length - 1)
        // The last day asked for is running: a beginning of it is there.
        shown = days.map((lines, index) => (index === to ? lines.slice(0, int(0, lines.length)) : lines))
        await importStatements(deps, ACCOUNT, { from: addDays(FIRST, from), to: addDays(FIRST, to) })
      }
      shown = days
      for (let time = 0; time < 2; time++)
        await importStatements(deps, ACCOUNT, { from: FIRST, to: addDays(FIRST, days.length - 1) })
      expect(await stored(world)).toEqual(expected(days))
      await world.close()
    }
  },
  120_000,
)

test('files of whole days, in any order, overlap and repetition', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const int = chance(seed)
    const days = truth(int, false)
    const world = await openWorld()
    world.move(30 * 86_400_000)
    const folder = mkdtempSync(path.join(tmpdir(), 'yinqi-converge-'))
    const ranges = Array.from({ length: 5 }, () => {
      const from = int(0, days.length - 1)
      return [from, int(from, days.length - 1)] as const
    })
    const readings = [...ranges, ...ranges.slice(0, 2), [0, days.length - 1] as const]
    for (const [nth, [from, to]] of shuffled(readings, int).entries()) {
      const file = path.join(folder, `${nth}.sta`)
      writeFileSync(file, mt940(days, from, to))
      expect(await importStatementFile(world.deps, file, { as: '张三' }, capture('en').output)).toBe(0)
    }
    expect(await stored(world)).toEqual(expected(days))
    const rows = await world.store.coverage.rows(ACCOUNT, { from: FIRST, to: addDays(FIRST, days.length - 1) })
    expect(rows.map(row => row.proof)).toEqual(days.map(() => 'proven'))
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}, 120_000)

function mt940(days: readonly (readonly StatementLine[])[], from: number, to: number): string {
  const swift = (cents: bigint): string => `${cents}`.padStart(3, '0').replace(/(..)$/, ',$1')
  const yymmdd = (day: string): string => day.slice(2).replaceAll('-', '')
  const opening = 100_000n + sum(days.slice(0, from))
  const lines = days.slice(from, to + 1)
  return [
    ...[':20:R', `:25:${ACCOUNT}`, ':28C:1/1', `:60F:C${yymmdd(addDays(FIRST, from - 1))}CNY${swift(opening)}`],
    ...lines.flat().map(({ bookedOn, amount: { minor } }) => {
      const day = yymmdd(bookedOn)
      return `:61:${day}${day.slice(2)}${minor < 0n ? 'D' : 'C'}${swift(minor < 0n ? -minor : minor)}NTRFNONREF`
    }),
    ...[`:62F:C${yymmdd(addDays(FIRST, to))}CNY${swift(opening + sum(lines))}`, '-\r\n'],
  ].join('\r\n')
}

function sum(days: readonly (readonly StatementLine[])[]): bigint {
  return days.flat().reduce((total, line) => total + line.amount.minor, 0n)
}
