// What a bank gives in the place of what it gave before: it is kept back until a person has acted, never mixed up, and then
// never forgotten, whatever crashes, runs at the same time, or goes by another clock.

import type { DateRange, StatementLine } from '../../connector/ports'
import type { Deps } from '../../connector/steps/deps'
import { coverageWatch } from '../../connector/steps/watch-coverage'
import { importStatements } from '../../connector/steps/import-statements'
import { restoreLine, withdrawLine } from '../../connector/steps/withdraw-line'
import { sampleLine } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

const ALL = { from: '2026-03-01', to: '2026-03-31' }
const FIRST = { from: '2026-03-01', to: '2026-03-01' }
const DAY_MS = 86_400_000

let world: World
beforeEach(async () => {
  world = await openWorld({})
  // A bank that answers about the days that it is asked for, and March is over.
  const statement = async (_account: string, { from, to }: DateRange) => ({
    items: world.bank.lines.filter(line => line.bookedOn >= from && line.bookedOn <= to),
    next: null,
  })
  Object.assign(world.bank, { statement })
  world.move(40 * DAY_MS)
})
afterEach(() => world.close())

const cny = (minor: bigint) => ({ minor, currency: 'CNY' })
let serial = 0
const line = (change: Partial<StatementLine>): StatementLine =>
  sampleLine({
    ...{ bankId: `B${++serial}`, reference: '', bankSerial: `S${serial}`, text: '手续费', purpose: '' },
    ...change,
  })
async function ask(range: DateRange = ALL, deps: Deps = world.deps): Promise<void> {
  world.move(60_000)
  await importStatements(deps, ACCOUNT, range)
}
/** What the daemon does by itself. */
const watch = async (): Promise<void> => {
  world.move(60_000)
  await coverageWatch(world.deps, 'bank', () => undefined)()
}
const stored = async () => await world.store.statements.list(ACCOUNT, ALL)
const shown = async (): Promise<readonly string[]> =>
  (await stored()).map(
    ({ line: { bookedOn, amount, counterName } }) => `${bookedOn.slice(-2)} ${amount.minor} ${counterName}`,
  )
const idOf = async (bankId: string): Promise<string> =>
  (await stored()).find(each => each.line.bankId === bankId)?.id ?? ''
const withdraw = (lineId: string, deps: Deps = world.deps) =>
  withdrawLine(deps, lineId, { person: '张三', reason: '银行函', isEntryByHand: false, isReplaced: false })
const doubts = () => world.store.doubts.of(ACCOUNT)

test('of a line that moved to another day the bank is asked for both days, once the old one is withdrawn', async () => {
  world.bank.lines.push(line({ bankId: 'M', amount: cny(-100n), counterName: '甲' }))
  await ask()
  world.bank.lines[0] = line({ bankId: 'M', amount: cny(-100n), counterName: '甲', bookedOn: '2026-03-09' })
  await ask()
  expect(await shown()).toEqual(['01 -100 甲'])
  await withdraw(await idOf('M'))
  await watch()
  expect(await shown()).toEqual(['09 -100 甲'])
})

test('cut off right behind the withdrawal, what was kept back comes all the same', async () => {
  world.bank.lines.push(line({ bankId: 'C', amount: cny(-100n), counterName: '甲' }))
  await ask()
  world.bank.lines[0] = line({ bankId: 'C', amount: cny(-10n), counterName: '甲' })
  await ask()
  const cut = {
    ...world.deps,
    tell: () => {
      throw new Error('the power failed')
    },
  }
  await expect(withdraw(await idOf('C'), cut)).rejects.toThrow('power')
  await watch()
  expect(await shown()).toEqual(['01 -10 甲'])
})

test('cut off right behind it, its day is not proven until the balances were held against the lines again', async () => {
  world.bank.lines.push(
    line({ amount: cny(-100n), balanceAfter: cny(900n) }),
    line({ amount: cny(-50n), balanceAfter: cny(850n) }),
  )
  await ask(FIRST)
  const proof = async () => (await world.store.coverage.rows(ACCOUNT, FIRST))[0]?.proof
  expect(await proof()).toBe('proven')
  const cut = {
    ...world.deps,
    tell: () => {
      throw new Error('the power failed')
    },
  }
  const [, last] = await stored()
  await expect(withdraw(last?.id ?? '', cut)).rejects.toThrow('power')
  expect(await proof()).toBe('unproven')
})

test('withdrawn while the bank answers: what that answer still kept back is asked for again', async () => {
  world.bank.lines.push(line({ bankId: 'R', amount: cny(-100n), counterName: '甲' }))
  await ask()
  const id = await idOf('R')
  world.bank.lines[0] = line({ bankId: 'R', amount: cny(-10n), counterName: '甲' })
  const change = world.store.doubts.change.bind(world.store.doubts)
  const racing: Deps = {
    ...world.deps,
    store: {
      ...world.store,
      doubts: {
        ...world.store.doubts,
        change: async (...args) => {
          world.move(1_000)
          await withdraw(id)
          await change(...args)
        },
      },
    },
  }
  await ask(FIRST, racing)
  expect(await shown()).toEqual([])
  await watch()
  expect(await shown()).toEqual(['01 -10 甲'])
  expect(await doubts()).toEqual([])
})

test('a daemon whose clock is behind the one that imported the line does not book it a second time', async () => {
  world.bank.lines.push(line({ bankId: 'K', amount: cny(-100n), counterName: '甲' }))
  const ahead = { ...world.deps, clock: { ...world.deps.clock, now: () => world.deps.clock.now() + 600_000 } }
  await ask(ALL, ahead)
  world.bank.lines[0] = line({ bankId: 'K', amount: cny(-10n), counterName: '甲' })
  await ask()
  expect(await shown()).toEqual(['01 -100 甲'])
  expect(await doubts()).toMatchObject([{ kind: 'changed' }])
})

test('a bank that tells a day otherwise in the morning: withdrawn one by one, none of its lines is there twice', async () => {
  const evening = ['甲', '乙', '丙'].map(counterName =>
    line({ bankId: null, bankSerial: '', amount: cny(-50n), counterName }),
  )
  world.bank.lines.push(...evening)
  await ask()
  world.bank.lines.splice(0, 3, ...evening.map(each => ({ ...each, text: '手续费 跨行', bookedTime: '' })))
  await ask()
  expect(await doubts()).toHaveLength(3)
  for (const each of await stored()) {
    await withdraw(each.id)
    await ask()
    expect((await shown()).toSorted()).toEqual(['01 -50 丙', '01 -50 乙', '01 -50 甲'].toSorted())
  }
  expect(await doubts()).toEqual([])
  expect((await stored()).map(each => each.line.text)).toEqual(Array(3).fill('手续费 跨行'))
})

test('an answer that says nothing of the day ends no doubt: only the line itself does', async () => {
  const [old, other] = [line({ bankId: 'E', amount: cny(-100n) }), line({ amount: cny(-7n) })]
  world.bank.lines.push(old, other)
  await ask()
  world.bank.lines.splice(0, 2, { ...old, amount: cny(-10n) }, other)
  await ask()
  world.bank.lines.splice(0, 2)
  await ask()
  expect(await doubts()).toMatchObject([{ kind: 'changed' }])
  world.bank.lines.push(old, other)
  await ask()
  expect(await doubts()).toEqual([])
})

test('all that comes under the same id is kept back, and said', async () => {
  world.bank.lines.push(line({ bankId: 'P', amount: cny(-100n) }))
  await ask()
  const parts = Array.from({ length: 60 }, (_, index) => line({ bankId: 'P', amount: cny(-1n - BigInt(index)) }))
  world.bank.lines.splice(0, 1, ...parts)
  await ask()
  expect(await stored()).toHaveLength(1)
  expect((await doubts())[0]?.now).toMatch(/-0\.01 CNY.*-0\.05 CNY.*… 60$/)
  await withdraw(await idOf('P'))
  await watch()
  expect(await stored()).toHaveLength(60)
})

test('both are right: the old line withdrawn, the other let in, and the old one restored', async () => {
  world.bank.lines.push(line({ bankId: 'V', amount: cny(-100n), counterName: '甲' }))
  await ask()
  const id = await idOf('V')
  world.bank.lines[0] = line({ bankId: 'F', amount: cny(-100n), counterName: '乙' })
  await ask()
  await withdraw(id)
  await watch()
  await restoreLine(world.deps, id, { person: '张三', reason: '两笔都对' })
  await ask()
  await ask()
  expect(await shown()).toEqual(['01 -100 甲', '01 -100 乙'])
})
