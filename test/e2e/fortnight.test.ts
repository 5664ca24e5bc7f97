// A fortnight on the bank simulators, through the real gateways: a day of which the bank keeps lines back, a line that comes
// days late, and an account that lives on files, one of which is wrong and is corrected. The banks' own books are the truth.

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { showCoverage } from '../../connector/cli/coverage'
import { DEMO } from '../../connector/cli/demo-site'
import { showExceptions } from '../../connector/cli/exceptions'
import { importStatementFile } from '../../connector/cli/statement-import'
import { addDays, bankDay } from '../../connector/core/bank-time'
import { startOfDay } from '../../connector/core/coverage'
import type { BankGateway, StatementLine } from '../../connector/ports'
import type { Deps, Happening } from '../../connector/steps/deps'
import { cover } from '../../connector/steps/cover'
import { importStatements } from '../../connector/steps/import-statements'
import { coverageWatch } from '../../connector/steps/watch-coverage'
import { openDemoWorld, type DemoWorld } from '../support/demo-world'
import { capture } from '../support/output'

const HOUR = 3_600_000
const DAYS = 14
const FILES_ONLY = '4000000000000000009'

let world: DemoWorld
let deps: Deps
const told: Happening[] = []
/** What the interfaces do not show now. */
let keptBack: (line: StatementLine) => boolean = () => false

beforeAll(async () => {
  world = await openDemoWorld(config => {
    const more = { account: FILES_ONLY, name: DEMO.company, currency: 'CNY', bank: 'icbc', erp: 'u8' }
    Object.assign(config, { accounts: [...(config as unknown as { accounts: unknown[] }).accounts, more] })
  }, {})
  const banks = new Map([...world.site.deps.banks].map(([name, gateway]) => [name, hiding(gateway)] as const))
  deps = { ...world.site.deps, banks, tell: happening => void told.push(happening) }
}, 60_000)
afterAll(() => world?.close())

/** The gateway over its sockets, less some lines. */
function hiding(gateway: BankGateway): BankGateway {
  return {
    ...gateway,
    name: gateway.name,
    traits: gateway.traits,
    async statement(account, range, after, signal) {
      const page = await gateway.statement(account, range, after, signal)
      return { ...page, items: page.items.filter(line => !keptBack(line)) }
    },
  }
}

const now = (): number => deps.clock.now()
const today = (): string => bankDay(now())
const toHour = (day: string, hour: number): void => {
  const ms = startOfDay(day) + hour * HOUR - now()
  if (ms > 0) world.clock.move(ms)
}

async function deposit(bank: 'icbc' | 'boc', amount: string, text: string): Promise<void> {
  const answer = await fetch(`${world.simulator.urls['admin']}/deposits`, {
    method: 'POST',
    body: JSON.stringify({ bank, account: DEMO[bank].account, amount, fromName: '客户甲', fromAccount: '6222', text }),
  })
  expect(answer.status).toBe(200)
}

/** Twelve lines of MT940, opening where the file before ended. */
function file(days: readonly (readonly [day: string, cents: number])[], opening: number, closing: number): string {
  const yymmdd = (day: string): string => day.slice(2).replaceAll('-', '')
  const swift = (cents: number): string => `${cents}`.padStart(3, '0').replace(/(..)$/, ',$1')
  const [first, last] = [days[0]?.[0] ?? '', days.at(-1)?.[0] ?? '']
  return [
    ...[':20:R', `:25:${FILES_ONLY}`, ':28C:1/1', `:60F:C${yymmdd(addDays(first, -1))}CNY${swift(opening)}`],
    ...days.flatMap(([day, cents]) =>
      cents === 0 ? [] : [`:61:${yymmdd(day)}${yymmdd(day).slice(2)}C${swift(cents)}NTRFNONREF`, ':86:货款'],
    ),
    ...[`:62F:C${yymmdd(last)}CNY${swift(closing)}`, '-\r\n'],
  ].join('\r\n')
}

async function importText(name: string, text: string): Promise<number> {
  const target = path.join(world.folder, name)
  writeFileSync(target, text)
  return await importStatementFile(deps, target, { as: '张三' }, capture('zh').output)
}

async function gaps(): Promise<readonly string[]> {
  const rows = await deps.store.coverage.gaps(99)
  return rows.map(row => `${row.account} ${row.day} ${row.gap?.minor ?? ''}`)
}

test('two weeks end whole: every day asked for, received and proven, every line once', async () => {
  const start = addDays(today(), 1)
  const dayOf = (index: number): string => addDays(start, index)
  const rounds = ['icbc', 'boc'].map(bank => coverageWatch(deps, bank, () => undefined))
  const seen = new Map<number, readonly string[]>()
  for (let index = 0; index < DAYS; index++) {
    toHour(dayOf(index), 7)
    for (const round of rounds) await round()
    // The retries of the morning, as the pauses of the back-off pass.
    toHour(dayOf(index), 9)
    for (const round of rounds) await round()
    seen.set(index, await gaps())
    toHour(dayOf(index), 10)
    // Saturdays and Sundays of the banks: no movement.
    if (index % 7 < 5) {
      for (const bank of ['icbc', 'boc'] as const) {
        await deposit(bank, `${100 + index}.00`, '货款')
        await deposit(bank, '88.00', '同额')
        await deposit(bank, '88.00', '同额')
        if (index === 3) await deposit(bank, '30.33', `缺${bank}`)
        if (index === 8) await deposit(bank, '9.99', '迟到')
      }
    }
    // ICBC keeps a line of day 3 back until day 6; BOC shows a line of day 8 on day 10 only.
    keptBack = line =>
      (line.amount.minor === 3033n && index < 6 && line.bookedOn === dayOf(3)) ||
      (line.amount.minor === 999n && index < 10 && line.bookedOn === dayOf(8))
    toHour(dayOf(index), 15)
    for (const account of [DEMO.icbc.account, DEMO.boc.account])
      await importStatements(deps, account, { from: today(), to: today() })
    if (index === 7) expect(await importText('week1.sta', file(week(start, 0), 0, 50_000))).toBe(0)
  }
  toHour(dayOf(DAYS), 7)
  // A line is missing from the file: nothing of it is imported, and an exception stays until it comes corrected.
  const wrong = week(start, 7).map(([day, cents], nth) => [day, nth === 2 ? 0 : cents] as const)
  expect(await importText('week2.sta', file(wrong, 50_000, 100_000))).toBe(1)
  expect(await exceptionsOf('unproven')).toEqual([expect.stringContaining('week2.sta')])
  expect(await importText('week2-corrected.sta', file(week(start, 7), 50_000, 100_000))).toBe(0)
  for (const hour of [7, 9, 16, 23]) {
    toHour(dayOf(DAYS), hour)
    for (const round of rounds) await round()
  }
  // Both banks gave their balances with day 3 and day 8, so that what they kept back was seen the next morning.
  expect(seen.get(4)).toEqual(
    [`${DEMO.icbc.account} ${dayOf(3)} 3033`, `${DEMO.boc.account} ${dayOf(3)} 3033`].toSorted(),
  )
  expect(seen.get(7)).toEqual([])
  expect(seen.get(9)).toContain(`${DEMO.boc.account} ${dayOf(8)} 999`)
  expect(seen.get(11)).toEqual([])
  expect(told.filter(({ kind }) => kind === 'statement.gap.closed').length).toBe(
    told.filter(({ kind }) => kind === 'statement.gap').length,
  )
  const range = { from: dayOf(0), to: dayOf(DAYS - 1) }
  const covered = await cover(deps, null, range)
  expect(covered).toHaveLength(3 * DAYS)
  const open = covered.filter(day => day.received !== 'yes' || day.proof !== 'proven' || !day.requested)
  expect(open.map(day => [day.account, day.day, day.received, day.proof, day.row])).toEqual([])
  for (const type of ['gap', 'unproven']) expect(await exceptionsOf(type)).toEqual([])
  await everyLineOnce(range)
  const grid = capture('zh')
  expect(await showCoverage(deps, { ...range, account: FILES_ONLY }, grid.output)).toBe(0)
  expect(grid.text().split('\n')).toHaveLength(DAYS + 1)
}, 120_000)

/** Five days of 100.00, two without movement. */
function week(start: string, from: number): readonly (readonly [string, number])[] {
  return Array.from({ length: 7 }, (_, index) => [addDays(start, from + index), index < 5 ? 10_000 : 0] as const)
}

async function exceptionsOf(type: string): Promise<readonly string[]> {
  const said = capture('en')
  await showExceptions(deps, { type }, said.output)
  const { exceptions } = said.document() as { exceptions: readonly { what: { en: string } }[] }
  return exceptions.map(item => item.what.en)
}

async function everyLineOnce(range: { readonly from: string; readonly to: string }): Promise<void> {
  const { postings } = world.simulator.ledger()
  for (const bank of ['icbc', 'boc'] as const) {
    const { account } = DEMO[bank]
    const booked = postings
      .filter(posting => posting.credit === `${bank}/${account}` && posting.type !== 'opening')
      .map(posting => `${posting.bankDay} ${posting.amount.replace('.', '')}`)
    const stored = (await deps.store.statements.list(account, range)).map(
      ({ line }) => `${line.bookedOn} ${line.amount.minor}`,
    )
    expect(booked.length).toBeGreaterThan(20)
    expect(stored.toSorted()).toEqual(booked.toSorted())
  }
  expect(await deps.store.statements.list(FILES_ONLY, range)).toHaveLength(10)
}
