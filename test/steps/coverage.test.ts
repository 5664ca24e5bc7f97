// Coverage from outside: what the bank is asked, what it keeps back, what is seen of it, and when it is whole again.

import { addDays, bankClock, bankDay } from '../../connector/core/bank-time'
import type { Deps, Happening } from '../../connector/steps/deps'
import { cover } from '../../connector/steps/cover'
import { listExceptions } from '../../connector/steps/exceptions'
import { fetchReceipts } from '../../connector/steps/fetch-receipts'
import { importStatements } from '../../connector/steps/import-statements'
import { coverageWatch, importLed } from '../../connector/steps/watch-coverage'
import { LedgerBank } from '../support/ledger-bank'
import { ACCOUNT, openWorld, type World } from '../support/world'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const ALL = { account: null, type: null }

let world: World
let bank: LedgerBank
let deps: Deps
let told: Happening[]
beforeEach(async () => {
  world = await openWorld()
  const now = () => world.deps.clock.now()
  bank = new LedgerBank(() => ({ day: bankDay(now()), time: bankClock(now()) }))
  told = []
  deps = { ...world.deps, banks: new Map([['bank', bank]]), tell: happening => void told.push(happening) }
})
afterEach(() => world.close())

const today = (): string => bankDay(deps.clock.now())
const watch = (of: Deps = deps) => coverageWatch(of, 'bank', () => undefined)
const fetchToday = () => importStatements(deps, ACCOUNT, { from: today(), to: today() })

/** To 07:00 of the next bank day. */
function nextMorning(): void {
  const midnight = Date.parse(`${addDays(today(), 1)}T00:00:00+08:00`)
  world.move(midnight + 7 * HOUR - deps.clock.now())
}

async function states(from: string, to: string): Promise<readonly string[]> {
  const days = await cover(deps, ACCOUNT, { from, to })
  return days.map(day => `${day.day.slice(-2)} ${day.received} ${day.proof}`)
}

test('a day goes from part to whole, and is proven the next morning', async () => {
  const round = watch()
  await round()
  const first = today()
  expect(await states(first, first)).toEqual(['01 no open'])
  bank.book(500n)
  await fetchToday()
  expect(await states(first, first)).toEqual(['01 part proven'])
  bank.book(-200n)
  nextMorning()
  expect(await round()).toBe(1)
  expect(bank.asked.at(-1)).toEqual({ from: first, to: first })
  expect(await states(first, first)).toEqual(['01 yes proven'])
  expect(await listExceptions(deps, ALL)).toEqual([])
})

test('a line that the bank keeps back is a gap with its day and amount; it is asked for with growing pauses until it is there', async () => {
  const round = watch()
  await round()
  bank.book(500n)
  bank.book(77n).isHidden = true
  bank.book(100n)
  const day = today()
  await fetchToday()
  nextMorning()
  await round()
  expect(await states(day, day)).toEqual(['01 yes gap'])
  expect(told).toContainEqual({ kind: 'statement.gap', account: ACCOUNT, day, amount: '0.77 CNY' })
  const [gap, ...others] = await listExceptions(deps, { account: null, type: 'gap' })
  expect(others).toEqual([])
  expect(gap).toMatchObject({ id: `gap:${ACCOUNT}:${day}`, day, amount: { minor: 77n, currency: 'CNY' } })
  const times: number[] = []
  const begin = deps.clock.now()
  for (let minute = 0; minute < 300; minute++) {
    const before = bank.asked.length
    await round()
    if (bank.asked.length > before) times.push(Math.round((deps.clock.now() - begin) / 60_000))
    world.move(60_000)
  }
  const pauses = times.map((time, index) => time - (times[index - 1] ?? 0))
  expect(pauses.length).toBeGreaterThan(2)
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
  for (const booking of bank.bookings) booking.isHidden = false
  world.move(6 * HOUR)
  await round()
  expect(await states(day, day)).toEqual(['01 yes proven'])
  expect(told).toContainEqual({ kind: 'statement.gap.closed', account: ACCOUNT, day })
  expect(await listExceptions(deps, { account: null, type: 'gap' })).toEqual([])
  // Whole days are not asked for again.
  bank.asked.length = 0
  world.move(12 * HOUR)
  await round()
  expect(bank.asked.filter(range => range.from <= day)).toEqual([])
})

test.each([
  ['with every line', true, false],
  ['of the day before', false, true],
  ['of the moment alone', false, false],
])('a missing line is found by the balances that a bank gives: %s', async (_name, line, previous) => {
  bank.givesLineBalances = line
  bank.givesPreviousDay = previous
  const round = watch()
  await round()
  await fetchToday()
  world.move(HOUR)
  bank.book(500n)
  bank.book(77n).isHidden = true
  world.move(HOUR)
  bank.book(-20n)
  await fetchToday()
  const day = today()
  nextMorning()
  await round()
  await fetchToday()
  expect(await states(day, day)).toEqual(['01 yes gap'])
  for (const booking of bank.bookings) booking.isHidden = false
  world.move(DAY / 2)
  await round()
  expect(await states(day, day)).toEqual(['01 yes proven'])
})

test('after days without a daemon every day is asked for', async () => {
  await watch()()
  const first = today()
  for (let day = 0; day < 4; day++) {
    bank.book(10n)
    world.move(DAY)
  }
  nextMorning()
  await watch()()
  const last = addDays(today(), -1)
  expect(await states(first, last)).toEqual(['01', '02', '03', '04', '05'].map(day => `${day} yes proven`))
})

test('a daemon that stopped at noon and comes back days later sees no gap where there is none', async () => {
  await watch()()
  bank.book(10n)
  await fetchToday()
  world.move(HOUR)
  bank.book(20n)
  world.move(5 * DAY)
  await watch()()
  await fetchToday()
  expect(told.filter(happening => happening.kind === 'statement.gap')).toEqual([])
  expect((await states('2026-03-01', addDays(today(), -1))).every(state => state.endsWith('yes proven'))).toBe(true)
})

test('the first connection asks for as many days before as the site wants, once', async () => {
  const wanting = { ...deps, settings: { ...deps.settings, coverage: { ...deps.settings.coverage, backfillDays: 12 } } }
  nextMorning()
  const round = watch(wanting)
  await round()
  const span = { from: addDays(today(), -12), to: addDays(today(), -1) }
  expect([bank.asked[0]?.from, bank.asked.at(-1)?.to]).toEqual([span.from, span.to])
  expect((await cover(deps, ACCOUNT, span)).map(day => day.received)).toEqual(Array.from({ length: 12 }, () => 'yes'))
  const asked = bank.asked.length
  await round()
  expect(bank.asked.length).toBe(asked)
})

test('a file of an old month is no reason to ask the bank for everything since', async () => {
  await world.store.coverage.change(ACCOUNT, ['2025-11-30'], 1, row => ({ ...row, receivedAt: 1, source: 'file' }))
  nextMorning()
  await watch()()
  expect(bank.asked).toEqual([])
  expect((await world.store.coverage.span(ACCOUNT))?.to).toBe(today())
})

test('a bank that does not answer is asked again later, and the reason is seen', async () => {
  const failures: string[] = []
  const round = coverageWatch(
    deps,
    'bank',
    (account, _range, error) => void failures.push(`${account} ${String(error)}`),
  )
  await round()
  const day = today()
  bank.isDown = true
  nextMorning()
  await round()
  await round()
  expect(failures).toHaveLength(1)
  const [covered] = await cover(deps, ACCOUNT, { from: day, to: day })
  expect(covered).toMatchObject({
    received: 'no',
    requested: true,
    row: { attempts: 1, error: expect.stringContaining('down') },
  })
  bank.isDown = false
  world.move(HOUR)
  await round()
  // The record begins with this day: its closing balance is known, and nothing before it.
  expect(await states(day, day)).toEqual(['01 yes unproven'])
  world.move(3 * DAY)
  await round()
  expect(await states(addDays(day, 1), addDays(day, 2))).toEqual(['02 yes proven', '03 yes proven'])
  expect(await listExceptions(deps, { account: null, type: 'unproven' })).toEqual([])
})

test('two daemons on one store ask once, and what they write is the same', async () => {
  const other: Deps = { ...deps, settings: { ...deps.settings, instance: 'd2' } }
  await watch()()
  bank.book(5n)
  nextMorning()
  await Promise.all([watch()(), watch(other)()])
  expect(bank.asked).toHaveLength(1)
  expect(await importLed(other, ACCOUNT, { from: today(), to: today() })).toEqual({ kind: 'elsewhere' })
  expect(await states(addDays(today(), -1), addDays(today(), -1))).toEqual(['01 yes proven'])
})

test('a statement that is older than the account may be is told once, and once again when it came', async () => {
  const round = watch()
  await fetchToday()
  bank.isDown = true
  for (let hour = 0; hour < 60; hour++) {
    await round()
    world.move(HOUR)
  }
  expect(told.filter(happening => happening.kind === 'statement.late')).toHaveLength(1)
  expect(await listExceptions(deps, { account: null, type: 'late' })).toMatchObject([
    { account: ACCOUNT, day: '2026-03-01' },
  ])
  bank.isDown = false
  await fetchToday()
  await round()
  expect(told.filter(happening => happening.kind === 'statement.fresh')).toHaveLength(1)
})

test('a late line reaches its day, and the day is proven again', async () => {
  const round = watch()
  await round()
  bank.book(10n)
  const late = bank.book(20n, { balanceAfter: null })
  late.isHidden = true
  bank.givesLineBalances = false
  const day = today()
  await fetchToday()
  nextMorning()
  await round()
  expect(await states(day, day)).toEqual(['01 yes gap'])
  late.isHidden = false
  await importStatements(deps, ACCOUNT, { from: addDays(today(), -3), to: addDays(today(), -1) })
  expect(await states(day, day)).toEqual(['01 yes proven'])
})

test('receipts, entries and matches are counted from what is the case', async () => {
  const wanting: Deps = { ...deps, accounts: deps.accounts.map(one => ({ ...one, wantsReceipts: true })) }
  bank.book(10n, { receiptKey: 'r1' })
  bank.book(20n, { receiptKey: 'r2' })
  await importStatements(wanting, ACCOUNT, { from: today(), to: today() })
  const withReceipts = Object.assign(bank, {
    receipt: async (_account: string, line: { readonly receiptKey: string }) =>
      line.receiptKey === 'r1'
        ? { receiptNo: 'R1', mediaType: 'application/pdf' as const, bytes: new Uint8Array([1]) }
        : null,
  })
  expect(await fetchReceipts({ ...wanting, banks: new Map([['bank', withReceipts]]) }, 'bank')).toBe(1)
  const [day] = await cover(wanting, ACCOUNT, { from: today(), to: today() })
  expect(day).toMatchObject({
    lines: 2,
    receipts: { done: 1, of: 2 },
    posted: { done: 0, of: 2 },
    reconciled: { done: 0, of: 2 },
  })
  const [first] = await world.store.statements.list(ACCOUNT, { from: today(), to: today() })
  await world.store.matches.save(
    [{ account: ACCOUNT, lineIds: [first?.id ?? ''], ledgerIds: ['g1'], pass: 'p', reason: '', ruleVersion: '1' }],
    1,
  )
  await world.store.journals.decide([{ lineId: first?.id ?? '', journal: 'booked', entry: null }], 1)
  expect((await cover(wanting, ACCOUNT, { from: today(), to: today() }))[0]).toMatchObject({
    posted: { done: 1, of: 2 },
    reconciled: { done: 1, of: 2 },
  })
})

test('lines booked before the ledger begins make no entry and no exception', async () => {
  const late: Deps = { ...deps, accounts: deps.accounts.map(one => ({ ...one, bookFrom: '2026-03-02' })) }
  bank.book(10n)
  await importStatements(late, ACCOUNT, { from: today(), to: today() })
  const [line] = await world.store.statements.list(ACCOUNT, { from: today(), to: today() })
  expect(line?.journal).toBe('left')
  world.move(5 * DAY)
  expect(await listExceptions(late, { account: null, type: 'unbookable' })).toEqual([])
})

test('lines of an older rule of identity are not imported beside: the import waits for the rekeying', async () => {
  bank.book(10n)
  await fetchToday()
  const [old] = await world.store.statements.list(ACCOUNT, { from: today(), to: today() })
  const event = { kind: 'test', paymentId: null, subject: '', content: {} }
  await world.store.statements.rekey(ACCOUNT, [{ lineId: old?.id ?? '', to: `1:id:${today()}:L1` }], event, 1)
  await expect(fetchToday()).rejects.toMatchObject({ code: 'STATEMENT_KEYS_OLD' })
})
