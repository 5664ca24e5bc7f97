// What a named person takes back leaves an entry and its red entry in the ledger and nothing at the bank: the two are matched
// with each other, on the store's evidence alone, and the statement of a month shows them by their own days.

import { adjustedAt } from '../../connector/steps/month-statement'
import { listExceptions } from '../../connector/steps/exceptions'
import { undoMatch } from '../../connector/steps/match-by-hand'
import { reconcile, reconcileAccount } from '../../connector/steps/reconcile'
import { reverseEntry } from '../../connector/steps/reverse-entry'
import type { JournalEntry } from '../../connector/ports'
import { bankLines, entry, yuan } from '../support/reconcile-world'
import { ACCOUNT, openWorld, type World } from '../support/world'

// The world's day is 2026-03-01: red entries of people are dated so.
let world: World
beforeEach(async () => void (world = await openWorld()))
afterEach(() => world.close())

const person = { person: '李会计', reason: '科目错' }
const ALL = { from: '2025-01-01', to: '2026-12-31' }

function made(key: string, date: string, text: string, reverses?: string): JournalEntry {
  const line = { summary: '货款', auxiliaries: {}, settlement: null }
  const minor = -yuan(text)
  const amount = { minor, currency: 'CNY' }
  return {
    ...{ key, accountSet: '001', date, voucherType: '付', summary: '货款', maker: 'yinqi', document: null, rule: 'r' },
    lines: [
      { ...line, account: '2202', side: 'debit', amount },
      { ...line, account: '100201', side: 'credit', amount },
    ],
    ...(reverses === undefined
      ? {}
      : { reverses: { key: reverses, date, voucherType: '付', voucherNo: '', reason: '冲正' } }),
  }
}
const book = (lineId: string, key: string, date: string, text: string, reverses?: string) =>
  world.store.journals.decide(
    [{ lineId, journal: 'entry', entry: { erp: 'erp', entry: made(key, date, text, reverses) } }],
    1,
  )

/** A line of 30 January whose entry K1 the ledger has as L1. */
async function booked(): Promise<string> {
  const [line = ''] = await bankLines(world, [{ on: '2026-01-30', yuan: '-100.00', bankSerial: 'S1' }])
  await book(line, 'K1', '2026-01-30', '-100.00')
  world.erp.ledgerLines.push(entry('L1', '2026-01-30', '-100.00', { entryKey: 'K1' }))
  return line
}

/** A person takes K1 back; the ledger has the red entry as L2. */
async function takeBack(line: string, next: 'open' | 'left' = 'left'): Promise<void> {
  const done = await reverseEntry(world.deps, line, { ...person, next })
  if (done.kind !== 'done') throw new Error(done.code)
  world.erp.ledgerLines.push(entry('L2', '2026-03-01', '100.00', { entryKey: done.by }))
}

const matches = async () =>
  (await world.store.matches.of(ACCOUNT, ALL)).map(
    each => `${each.pass}: ${each.lineIds.join('+')} = ${each.ledgerIds.join('+')}`,
  )

test('an entry that a person took back and its red entry are matched with each other, once, and the bank line stays open', async () => {
  const line = await booked()
  await takeBack(line)
  const dry = await reconcileAccount(world.deps, ACCOUNT, { from: null, isDryRun: true })
  expect(dry).toMatchObject({
    ruleVersion: '4',
    matches: [{ pass: 'reversal', lineIds: [], ledgerIds: ['L1', 'L2'] }],
    left: { lineIds: [line], ledgerIds: [] },
  })
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  expect(await matches()).toEqual(['reversal:  = L1+L2'])
  expect(await world.store.matches.list(ACCOUNT, 'differing', null, 9)).toEqual([])
})

test('the line that is booked anew meets its new entry, and one that was left meets what a person booked', async () => {
  const line = await booked()
  await takeBack(line, 'open')
  await book(line, 'K2', '2026-03-01', '-100.00')
  world.erp.ledgerLines.push(entry('L3', '2026-03-01', '-100.00', { entryKey: 'K2' }))
  await reconcile(world.deps, ACCOUNT)
  expect(await matches()).toEqual([`entry: ${line} = L3`, 'reversal:  = L1+L2'])
  await world.close()

  world = await openWorld()
  const left = await booked()
  await takeBack(left)
  world.erp.ledgerLines.push(entry('L3', '2026-03-01', '-100.00', { reference: 'S1' }))
  await reconcile(world.deps, ACCOUNT)
  expect(await matches()).toEqual(['reversal:  = L1+L2', `reference: ${left} = L3`])
})

test('before the red entry has come the original waits for it, and does not go to its bank line', async () => {
  const line = await booked()
  await takeBack(line)
  const red = world.erp.ledgerLines.splice(1)
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  world.erp.ledgerLines.push(...red)
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
  expect(await matches()).toEqual(['reversal:  = L1+L2'])
})

test('what is matched to its bank line already stays so until a person undoes it, and what a person undid stays apart', async () => {
  const line = await booked()
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
  await takeBack(line)
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  expect(await matches()).toEqual([`entry: ${line} = L1`])
  const undo = async () => {
    const [match] = await world.store.matches.list(ACCOUNT, 'all', null, 1)
    await undoMatch(world.deps, match?.id ?? '', person)
  }
  await undo()
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
  expect(await matches()).toEqual(['reversal:  = L1+L2'])
  await undo()
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  const told = await listExceptions(world.deps, { account: ACCOUNT, type: 'ambiguous' })
  expect(told).toMatchObject([{ day: '2026-01-30', what: { en: expect.stringContaining('L1, L2') } }])
})

test('what the bank takes back by a line of its own is matched line by line', async () => {
  const line = await booked()
  const [back = ''] = await bankLines(world, [{ on: '2026-02-02', yuan: '100.00', isReversal: true }])
  await book(back, 'R1', '2026-02-02', '100.00', 'K1')
  world.erp.ledgerLines.push(entry('L2', '2026-02-02', '100.00', { entryKey: 'R1' }))
  expect(await reconcile(world.deps, ACCOUNT)).toBe(2)
  expect(await matches()).toEqual([`entry: ${line} = L1`, `entry: ${back} = L2`])
})

test('the statement of a month shows the original as open until the day of the red entry', async () => {
  await takeBack(await booked())
  await reconcile(world.deps, ACCOUNT)
  const openAt = async (day: string) => {
    const found = await adjustedAt(world.deps, ACCOUNT, day, { bankMinor: -10_000n, ledgerMinor: null })
    return { bank: found?.ledger.subtract.items.length, ledger: found?.bank.subtract.items.map(({ id }) => id) }
  }
  expect(await openAt('2026-01-29')).toEqual({ bank: 0, ledger: [] })
  expect(await openAt('2026-01-31')).toEqual({ bank: 1, ledger: ['L1'] })
  expect(await openAt('2026-02-28')).toEqual({ bank: 1, ledger: ['L1'] })
  const march = await adjustedAt(world.deps, ACCOUNT, '2026-03-31', { bankMinor: -10_000n, ledgerMinor: 0n })
  expect(march).toMatchObject({
    bank: { add: { items: [] }, subtract: { items: [] } },
    ledger: { subtract: { totalMinor: 10_000n } },
    differenceMinor: 0n,
  })
})
