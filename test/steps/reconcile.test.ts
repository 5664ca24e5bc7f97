// Reconciliation of the store: open items live on from month to month, people put together and take apart, and a statement
// as of a day does not change with what came later.

import { adjustedAt } from '../../connector/steps/month-statement'
import type { Money } from '../../connector/ports'
import { matchByHand, undoMatch } from '../../connector/steps/match-by-hand'
import { listExceptions } from '../../connector/steps/exceptions'
import { reconcile, reconcileAccount, reconcileWatch } from '../../connector/steps/reconcile'
import { bankLines, entry } from '../support/reconcile-world'
import { ACCOUNT, openWorld, type World } from '../support/world'

// The world's day is 2026-03-01.
let world: World
beforeEach(async () => void (world = await openWorld()))
afterEach(() => world.close())

const said = { person: '张三', reason: '核对了回单原件' }
const byHand = { ...said, account: null, differenceAccount: '' }

test('a line of one month meets the ledger’s entry of the next, and one of long ago the entry of today', async () => {
  const [old, october] = await bankLines(world, [
    { on: '2025-06-30', yuan: '-50.00', bankSerial: 'S1' },
    { on: '2025-10-31', yuan: '-70.00', bankSerial: 'S2' },
  ])
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  world.erp.ledgerLines.push(entry('L2', '2026-02-03', '-70.00', { reference: 'S2' }))
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
  world.erp.ledgerLines.push(entry('L1', '2026-03-01', '-50.00', { reference: 'S1' }))
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
  expect(await world.store.matches.of(ACCOUNT, { from: '2025-01-01', to: '2026-12-31' })).toMatchObject([
    { lineIds: [october], ledgerIds: ['L2'], pass: 'reference' },
    { lineIds: [old], ledgerIds: ['L1'], pass: 'reference' },
  ])
})

test('a ledger entry of long ago stays open until its bank line comes', async () => {
  await bankLines(world, [{ on: '2025-06-01', yuan: '1.00' }])
  world.erp.ledgerLines.push(entry('L1', '2025-06-30', '-50.00', { reference: 'CHQ-77' }))
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  await bankLines(world, [{ on: '2026-02-27', yuan: '-50.00', reference: 'CHQ-77' }])
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
})

test('the first run reads since the first line; later ones what is recent and the days on which something is open', async () => {
  await bankLines(world, [
    { on: '2025-10-05', yuan: '-50.00', bankSerial: 'S1' },
    { on: '2025-11-10', yuan: '-70.00', bankSerial: 'S2' },
    { on: '2025-11-12', yuan: '-80.00', bankSerial: 'S3' },
  ])
  world.erp.ledgerLines.push(entry('L1', '2025-10-05', '-50.00', { reference: 'S1' }))
  await reconcile(world.deps, ACCOUNT)
  const [first] = world.erp.ledgerAsked
  expect(first?.from).toBe('2025-10-05')
  expect(world.erp.ledgerAsked.at(-1)?.to).toBe('2026-03-01')
  world.erp.ledgerAsked.length = 0
  await reconcile(world.deps, ACCOUNT)
  // The fifth of October is done; 2026-03-01 less 62 days is 2025-12-29.
  expect(world.erp.ledgerAsked[0]).toEqual({ from: '2025-11-10', to: '2025-11-12' })
  expect(world.erp.ledgerAsked[1]?.from).toBe('2025-12-29')
  world.erp.ledgerAsked.length = 0
  await reconcileAccount(world.deps, ACCOUNT, { from: '2025-12-01', isDryRun: false })
  expect(world.erp.ledgerAsked[1]?.from).toBe('2025-12-01')
})

async function ambiguousNow() {
  return (await reconcileAccount(world.deps, ACCOUNT, { from: null, isDryRun: true }))?.ambiguous
}

test('two candidates are left to a person, and told of before the first run as after it', async () => {
  const [line] = await bankLines(world, [{ on: '2026-02-10', yuan: '-50.00', counterName: '甲' }])
  world.erp.ledgerLines.push(
    entry('L1', '2026-02-10', '-50.00', { counterparty: '甲' }),
    entry('L2', '2026-02-10', '-50.00', { counterparty: '甲' }),
  )
  const told = await listExceptions(world.deps, { account: ACCOUNT, type: 'ambiguous' })
  expect(told).toMatchObject([{ account: ACCOUNT, day: '2026-02-10' }])
  expect(await listExceptions(world.deps, { account: ACCOUNT, type: 'unmatched' })).toEqual([])
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  expect(await ambiguousNow()).toMatchObject([{ lineIds: [line], ledgerIds: ['L1', 'L2'] }])
  expect(await listExceptions(world.deps, { account: ACCOUNT, type: 'ambiguous' })).toEqual(told)
})

test('a dry run says what a run would match, and writes nothing', async () => {
  const [line] = await bankLines(world, [{ on: '2026-02-10', yuan: '-50.00', bankSerial: 'S1' }])
  world.erp.ledgerLines.push(entry('L1', '2026-02-11', '-50.00', { reference: 'S1' }))
  const dry = await reconcileAccount(world.deps, ACCOUNT, { from: null, isDryRun: true })
  expect(dry).toMatchObject({ count: 1, ruleVersion: '4', matches: [{ lineIds: [line], ledgerIds: ['L1'] }] })
  expect(await world.store.matches.list(ACCOUNT, 'all', null, 9)).toEqual([])
  expect(await world.store.open.ledgerByIds(ACCOUNT, ['L1'])).toEqual([])
  const real = await reconcileAccount(world.deps, ACCOUNT, { from: null, isDryRun: false })
  expect(real?.matches).toEqual(dry?.matches)
  const after = await reconcileAccount(world.deps, ACCOUNT, { from: null, isDryRun: true })
  expect(after).toMatchObject({ count: 0, left: { lineIds: [], ledgerIds: [] } })
})

test('what a person took apart stays apart, run after run, until a person puts it together', async () => {
  const [line = ''] = await bankLines(world, [{ on: '2026-02-10', yuan: '-50.00', bankSerial: 'S1' }])
  world.erp.ledgerLines.push(entry('L1', '2026-02-11', '-50.00', { reference: 'S1' }))
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
  const [match] = await world.store.matches.list(ACCOUNT, 'all', null, 1)
  expect(await undoMatch(world.deps, match?.id ?? '', said)).toMatchObject({ kind: 'done' })
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
  expect(await ambiguousNow()).toMatchObject([{ lineIds: [line], ledgerIds: ['L1'] }])
  expect(await undoMatch(world.deps, match?.id ?? '', said)).toMatchObject({ code: 'MATCH_NOT_STANDING' })
  expect(await matchByHand(world.deps, { ...byHand, lineIds: [line], ledgerIds: ['L1'] })).toMatchObject({
    ...{ kind: 'done', match: { pass: 'manual', person: '张三', reason: '核对了回单原件' } },
  })
  expect(await ambiguousNow()).toEqual([])
})

describe('by hand', () => {
  let lines: readonly string[]
  beforeEach(async () => {
    lines = await bankLines(world, [
      { on: '2026-02-10', yuan: '-50.00' },
      { on: '2026-02-10', yuan: '-0.50' },
      { on: '2026-02-12', yuan: '50.50' },
    ])
    world.erp.ledgerLines.push(entry('L1', '2026-02-20', '-50.00'), entry('L2', '2026-02-21', '-9.00'))
    await reconcile(world.deps, ACCOUNT)
  })
  const make = (lineIds: readonly string[], ledgerIds: readonly string[], more: object = {}) =>
    matchByHand(world.deps, { ...byHand, lineIds, ledgerIds, ...more })

  test('sums that differ need an account for the difference, and sums that agree have none', async () => {
    const [a = '', b = ''] = lines
    expect(await make([a, b], ['L1'])).toMatchObject({ kind: 'refused', code: 'MATCH_SUMS_DIFFER' })
    expect(await make([a], ['L1'], { differenceAccount: '660303' })).toMatchObject({ code: 'MATCH_NO_DIFFERENCE' })
    expect(await make([a, b], ['L1'], { differenceAccount: '660303' })).toMatchObject({
      ...{ kind: 'done', match: { differenceMinor: -50n, differenceAccount: '660303' } },
    })
  })

  test('lines of one side that cancel out are a match too', async () => {
    expect(await make([...lines], [])).toMatchObject({ kind: 'done', match: { differenceMinor: 0n } })
  })

  test('what is matched, unknown, named twice or without a name is refused by a code', async () => {
    const [a = '', b = ''] = lines
    expect(await make([a], ['L1'])).toMatchObject({ kind: 'done' })
    expect(await make([a], ['L2'])).toMatchObject({ code: 'MATCH_TAKEN' })
    expect(await make([b], ['L1'])).toMatchObject({ code: 'MATCH_TAKEN' })
    expect(await make([], ['L1', 'L2'])).toMatchObject({ code: 'MATCH_ACCOUNT' })
    expect(await make([b, '999'], [])).toMatchObject({ code: 'MATCH_UNKNOWN' })
    expect(await make([b], ['L9'])).toMatchObject({ code: 'MATCH_UNKNOWN' })
    expect(await make([b, b], [])).toMatchObject({ code: 'MATCH_TWICE' })
    expect(await make([b], [])).toMatchObject({ code: 'MATCH_TOO_FEW' })
    expect(await make([b], ['L2'], { person: ' ' })).toMatchObject({ code: 'MATCH_UNNAMED' })
    expect(await undoMatch(world.deps, '1', { person: '张三', reason: ' ' })).toMatchObject({ code: 'MATCH_UNNAMED' })
    const [other = ''] = (
      await world.store.statements.insert([{ ...(await someLine()), account: 'other', key: 'other' }], [])
    ).map(line => line.id)
    expect(await make([b, other], [])).toMatchObject({ code: 'MATCH_OTHER_ACCOUNT' })
  })

  async function someLine() {
    const [line] = await world.store.open.linesByIds(lines)
    if (line === undefined) throw new Error('no line')
    return line
  }
})

test('a match that the ERP’s edit broke is told once and keeps standing', async () => {
  await bankLines(world, [{ on: '2026-02-10', yuan: '-50.00', bankSerial: 'S1' }])
  world.erp.ledgerLines.push(entry('L1', '2026-02-11', '-50.00', { reference: 'S1' }))
  await reconcile(world.deps, ACCOUNT)
  world.erp.ledgerLines.splice(0, 1, entry('L1', '2026-02-11', '-40.00', { reference: 'S1' }))
  await reconcile(world.deps, ACCOUNT)
  await reconcile(world.deps, ACCOUNT)
  const broken = world.happened.filter(each => each.kind === 'match.broken')
  expect(broken).toMatchObject([{ account: ACCOUNT, matches: [expect.any(String)] }])
  expect(await world.store.matches.list(ACCOUNT, 'differing', null, 9)).toMatchObject([{ differenceMinor: -1000n }])
})

describe('the statement as of a month’s end', () => {
  test('counts a pair over the month’s end as open on the side that has it, whenever it was matched', async () => {
    await bankLines(world, [
      // 100.00 + 30.00 − 20.00: the closing of January is 110.00, given out of order.
      { on: '2026-01-31', yuan: '-20.00', bankSerial: 'S2', balanceAfter: { minor: 11_000n, currency: 'CNY' } },
      { on: '2026-01-31', yuan: '30.00', bankSerial: 'S1', balanceAfter: { minor: 13_000n, currency: 'CNY' } },
      { on: '2026-02-03', yuan: '-5.00', bankSerial: 'S3', balanceAfter: { minor: 10_500n, currency: 'CNY' } },
    ])
    world.erp.ledgerLines.push(
      entry('L1', '2026-01-31', '30.00', { reference: 'S1' }),
      entry('L2', '2026-02-02', '-20.00', { reference: 'S2' }),
      entry('L3', '2026-01-30', '-5.00', { reference: 'S3' }),
    )
    expect(await reconcile(world.deps, ACCOUNT)).toBe(3)
    // Ledger at the end of January: 100.00 + 30.00 − 5.00.
    const given = { bankMinor: null, ledgerMinor: 12_500n }
    const january = await adjustedAt(world.deps, ACCOUNT, '2026-01-31', given)
    expect(january).toMatchObject({
      ledger: { balanceMinor: 12_500n, add: { items: [] }, subtract: { totalMinor: 2_000n } },
      bank: { balanceMinor: 11_000n, add: { items: [] }, subtract: { totalMinor: 500n, items: [{ id: 'L3' }] } },
      differenceMinor: 0n,
    })
    const february = await adjustedAt(world.deps, ACCOUNT, '2026-02-28', { bankMinor: null, ledgerMinor: 10_500n })
    expect(february).toMatchObject({
      ledger: { add: { items: [] }, subtract: { items: [] } },
      bank: { balanceMinor: 10_500n, add: { items: [] }, subtract: { items: [] } },
      differenceMinor: 0n,
    })
  })

  test('shows a fee within a match as what the bank has paid and the ledger has not', async () => {
    const [line = ''] = await bankLines(world, [
      { on: '2026-02-10', yuan: '-50.50', balanceAfter: { minor: 4_950n, currency: 'CNY' } },
    ])
    world.erp.ledgerLines.push(entry('L1', '2026-02-10', '-50.00'))
    await reconcile(world.deps, ACCOUNT)
    await matchByHand(world.deps, { ...byHand, lineIds: [line], ledgerIds: ['L1'], differenceAccount: '660303' })
    const found = await adjustedAt(world.deps, ACCOUNT, '2026-02-28', { bankMinor: null, ledgerMinor: 5_000n })
    expect(found).toMatchObject({
      ledger: { subtract: { totalMinor: 50n, items: [{ reference: '660303', date: '2026-02-10' }] } },
      bank: { balanceMinor: 4_950n },
      differenceMinor: 0n,
    })
  })

  test('knows no balance that nobody stated', async () => {
    await bankLines(world, [{ on: '2026-02-10', yuan: '-50.50' }])
    const found = await adjustedAt(world.deps, ACCOUNT, '2026-02-28', { bankMinor: null, ledgerMinor: null })
    expect(found).toMatchObject({ ledger: { balanceMinor: null }, bank: { balanceMinor: null }, differenceMinor: null })
    expect(await adjustedAt(world.deps, 'unknown', '2026-02-28', { bankMinor: null, ledgerMinor: null })).toBeNull()
  })

  test('what the bank said of the day’s end is its balance, also where no line brings one', async () => {
    await bankLines(world, [
      { on: '2026-02-27', yuan: '-50.00' },
      { on: '2026-02-28', yuan: '7.00' },
    ])
    const said = (closing: Money | null) =>
      world.store.coverage.change(ACCOUNT, ['2026-02-28'], 1, row => ({
        ...{ ...row, proof: 'proven', opening: { minor: 95_000n, currency: 'CNY' }, closing },
      }))
    const balance = async () =>
      (await adjustedAt(world.deps, ACCOUNT, '2026-02-28', { bankMinor: null, ledgerMinor: null }))?.bank.balanceMinor
    expect(await balance()).toBeNull()
    await said({ minor: 95_700n, currency: 'CNY' })
    expect(await balance()).toBe(95_700n)
    // Proven by a later day: what it began with, and its lines.
    await said(null)
    expect(await balance()).toBe(95_700n)
  })

  test('adds to the configured opening what the ledger booked since, and leaves what is older alone', async () => {
    const accounts = world.deps.accounts.map(each => ({ ...each, reconcileFrom: '2026-02-01', ledgerOpening: '7.00' }))
    const deps = { ...world.deps, accounts }
    await bankLines(world, [{ on: '2026-01-10', yuan: '-1.00' }])
    world.erp.ledgerLines.push(entry('L0', '2026-01-31', '-5.00'), entry('L1', '2026-02-02', '3.00'))
    await reconcile(deps, ACCOUNT)
    expect(await adjustedAt(deps, ACCOUNT, '2026-02-28', { bankMinor: 700n, ledgerMinor: null })).toMatchObject({
      ledger: { balanceMinor: 1_000n, subtract: { items: [] } },
      bank: { add: { items: [{ id: 'L1' }] } },
      differenceMinor: 0n,
    })
  })
})

test('an account where nothing happens is looked at more and more seldom, and at once when a line comes', async () => {
  const look = reconcileWatch(world.deps)
  await bankLines(world, [{ on: '2026-02-10', yuan: '-50.00' }])
  for (let second = 0; second < 120; second++) {
    await look()
    world.move(1_000)
  }
  // After 1, 3, 7, 15, 31, 63 and then every 60 seconds.
  const looks = world.erp.ledgerAsked.filter(({ to }) => to === '2026-03-01').length
  expect(looks).toBeLessThan(10)
  expect(looks).toBeGreaterThan(5)
  await look()
  const before = world.erp.ledgerAsked.length
  await look()
  expect(world.erp.ledgerAsked.length).toBe(before)
  await bankLines(world, [{ on: '2026-02-11', yuan: '-51.00' }])
  await look()
  expect(world.erp.ledgerAsked.length).toBeGreaterThan(before)
})
