// A bank that changes or takes back what it said: nothing is booked twice, nothing goes away by itself, and a named person
// brings the store, the books and the ERP in line with what the bank says now.

import type { CollectionSettings } from '../../connector/core/collection'
import type { JournalRule } from '../../connector/core/journal'
import type { JournalEntry, StatementLine } from '../../connector/ports'
import { claimCollection } from '../../connector/steps/claim'
import { collect } from '../../connector/steps/collect'
import { deliver } from '../../connector/steps/deliver'
import { listExceptions } from '../../connector/steps/exceptions'
import { importStatements, linkPayments } from '../../connector/steps/import-statements'
import { matchByHand } from '../../connector/steps/match-by-hand'
import { postJournals } from '../../connector/steps/post-journals'
import { reconcile } from '../../connector/steps/reconcile'
import { reverseEntry } from '../../connector/steps/reverse-entry'
import { restoreLine, withdrawLine } from '../../connector/steps/withdraw-line'
import { entry as ledgerEntry } from '../support/reconcile-world'
import { sampleLine, sampleRequest } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

const ALL = { from: '2026-01-01', to: '2026-12-31' }
const FIRST = { from: '2026-03-01', to: '2026-03-01' }
const then = (counterAccount: string): JournalRule['then'] => ({
  ...{ voucherType: '付', summary: '{text}', counterAccount, auxiliaries: {}, bankAuxiliaries: {} },
  settlementStyle: '3',
})
const RULES: readonly JournalRule[] = [
  { name: 'own', when: { ownPayment: true, direction: 'out' }, then: then('2202') },
  { name: 'back', when: { reversal: true }, then: 'reverse' },
  { name: 'fee', when: { direction: 'out', contains: ['手续费'] }, then: then('6603') },
]
const COLLECTION: CollectionSettings = {
  ...{ booking: 'day', customers: [], asksErp: false, voucherType: '收', summary: '收{counterparty}' },
  ...{ counterAccount: '2203', auxiliaries: { customer: '{customer}' }, bankAuxiliaries: {}, settlementStyle: '3' },
}

let world: World
beforeEach(async () => void (world = await openWorld({ journal: RULES, collection: COLLECTION })))
afterEach(() => world.close())

const cny = (minor: bigint) => ({ minor, currency: 'CNY' })
let serial = 0
const bankLine = (change: Partial<StatementLine>): StatementLine =>
  sampleLine({
    ...{ bankId: `B${++serial}`, reference: '', bankSerial: `S${serial}`, text: '手续费', purpose: '' },
    ...change,
  })
const said = { person: '张三', reason: '银行更正，函 2026-118' }
const withdraw = (lineId: string, more: { isEntryByHand?: boolean; isReplaced?: boolean } = {}) =>
  withdrawLine(world.deps, lineId, { ...said, isEntryByHand: false, isReplaced: false, ...more })

/** The bank is asked a while later. */
async function ask(range = ALL): Promise<void> {
  world.move(60_000)
  await importStatements(world.deps, ACCOUNT, range)
}
async function bring(...lines: readonly StatementLine[]): Promise<readonly string[]> {
  world.bank.lines.push(...lines)
  await ask()
  const stored = await world.store.statements.list(ACCOUNT, ALL)
  return lines.map(line => stored.find(each => each.line.bankId === line.bankId)?.id ?? '')
}
async function work(): Promise<void> {
  for (let round = 0; round < 9; round++) {
    const count = (await linkPayments(world.deps)) + (await postJournals(world.deps)) + (await collect(world.deps))
    if (count === 0) break
  }
  await deliver(world.deps, 'erp')
}
function change(index: number, more: Partial<StatementLine>): void {
  const line = world.bank.lines[index]
  if (line === undefined) throw new Error(`the bank has no line ${index}`)
  world.bank.lines[index] = { ...line, ...more }
}
/** What the ERP was told to book on the bank's account, entry by entry. */
function bankMoves(): readonly bigint[] {
  const byKey = new Map<string, JournalEntry>()
  for (const record of world.erp.told) if (record.kind === 'journal.entry') byKey.set(record.key, record.entry)
  return [...byKey.values()].map(({ lines }) =>
    lines
      .filter(line => line.account === '100201')
      .reduce((sum, { side, amount }) => sum + (side === 'debit' ? amount.minor : -amount.minor), 0n),
  )
}
const told = () => world.erp.told.flatMap(record => (record.kind === 'statement.withdrawal' ? [record] : []))
const amounts = async (): Promise<readonly bigint[]> =>
  (await world.store.statements.list(ACCOUNT, ALL)).map(({ line }) => line.amount.minor)
const changed = async () => await listExceptions(world.deps, { account: ACCOUNT, type: 'changed' })

test('another amount under the same id waits for a person; then the store, the books and the ERP have the new one', async () => {
  const [line = ''] = await bring(bankLine({ amount: cny(-1050n) }), bankLine({ amount: cny(-7n) }))
  await work()
  change(0, { amount: cny(-1005n) })
  await ask()
  await work()
  expect(await amounts()).toEqual([-1050n, -7n])
  expect(await changed()).toMatchObject([
    { id: `changed:${ACCOUNT}:${line}`, day: '2026-03-01', what: { en: expect.stringContaining('-10.05 CNY') } },
  ])
  expect(await withdraw(line)).toMatchObject({ kind: 'done', line: { id: line } })
  expect(await changed()).toEqual([])
  // The day is asked for at once, however old it is.
  expect((await world.store.coverage.due(ACCOUNT, world.deps.clock.now(), 9)).map(row => row.day)).toEqual([
    '2026-03-01',
  ])
  await ask()
  await work()
  expect(await amounts()).toEqual([-7n, -1005n])
  expect(bankMoves()).toEqual([-1050n, -7n, 1050n, -1005n])
  expect(await changed()).toEqual([])
  const key = world.erp.told.find(record => record.kind === 'statement.line')?.key
  expect(told()).toMatchObject([{ lineKey: key, turn: 1, state: 'withdrawn', ...said }])
  expect(world.happened).toContainEqual(expect.objectContaining({ kind: 'line.withdrawn', line, person: '张三' }))
})

test('a line without an id whose words the bank changes is not booked a second time', async () => {
  const [fee] = [bankLine({ bankId: null, amount: cny(-1050n), bankSerial: '', counterName: '' })]
  world.bank.lines.push(fee, bankLine({ bankId: null, amount: cny(-7n) }))
  await ask()
  await work()
  change(0, { counterName: '清算中心' })
  await ask()
  await work()
  expect(bankMoves()).toEqual([-1050n, -7n])
  const [exception] = await changed()
  expect(exception?.what.zh).toContain('counterName=清算中心')
  const [line] = await world.store.statements.list(ACCOUNT, ALL)
  await withdraw(line?.id ?? '')
  await ask()
  await work()
  expect((await world.store.statements.list(ACCOUNT, ALL)).map(each => each.line.counterName).toSorted()).toEqual([
    '乙公司',
    '清算中心',
  ])
  expect(bankMoves()).toEqual([-1050n, -7n, 1050n, -1050n])
})

test('an answer that leaves a line out by mistake changes nothing: the next one clears it up', async () => {
  const twins = [bankLine({ amount: cny(-500n) }), bankLine({ amount: cny(-500n) })]
  await bring(...twins.slice(0, 1))
  // The bank shows the new twin, and for once not the old one.
  world.bank.lines.splice(0, 1, ...twins.slice(1))
  await ask()
  expect(await amounts()).toEqual([-500n])
  expect(await changed()).toHaveLength(1)
  world.bank.lines.splice(0, 1, ...twins)
  await ask()
  expect(await amounts()).toEqual([-500n, -500n])
  expect(await changed()).toEqual([])
})

test('a line that the bank does not give any more is told once the day is over, and is there until it is withdrawn', async () => {
  const [, line = ''] = await bring(bankLine({ amount: cny(-100n) }), bankLine({ amount: cny(-200n) }))
  await work()
  world.bank.lines.splice(1, 1)
  await ask()
  // The day is not over: the bank may still bring it.
  expect(await changed()).toEqual([])
  world.move(2 * 86_400_000)
  await ask()
  expect(await changed()).toMatchObject([{ what: { en: expect.stringContaining('gives it no more') } }])
  await ask(FIRST)
  expect(await changed()).toHaveLength(1)
  expect(await amounts()).toEqual([-100n, -200n])
  await withdraw(line)
  await work()
  expect(await amounts()).toEqual([-100n])
  expect(bankMoves().reduce((sum, each) => sum + each, 0n)).toBe(-100n)
})

test('what a person has withdrawn does not come back by itself: the bank that still gives it is told of', async () => {
  const [line = ''] = await bring(bankLine({ amount: cny(-100n) }))
  await work()
  await withdraw(line)
  await ask()
  await ask()
  await work()
  expect(await amounts()).toEqual([])
  expect(await changed()).toMatchObject([{ what: { zh: expect.stringContaining('已由 张三 撤回，银行仍在给出') } }])
  expect(await restoreLine(world.deps, line, { person: '李四', reason: '看错了行' })).toMatchObject({ kind: 'done' })
  expect(await changed()).toEqual([])
  await work()
  expect(await amounts()).toEqual([-100n])
  // Booked, taken back, and booked anew under a key of its own.
  expect(bankMoves()).toEqual([-100n, 100n, -100n])
  expect(told().map(record => [record.turn, record.state, record.person])).toEqual([
    [1, 'withdrawn', '张三'],
    [2, 'restored', '李四'],
  ])
})

test('of twins one is as good as the other: whichever was withdrawn, what the bank gives in its place comes in', async () => {
  const twin = { bankId: null, amount: cny(-500n), bankSerial: '' }
  world.bank.lines.push(bankLine(twin), bankLine(twin))
  await ask()
  const [first] = await world.store.statements.list(ACCOUNT, ALL)
  change(1, { counterName: '清算中心' })
  await ask()
  expect(await changed()).toHaveLength(1)
  // The bank means the second; the person takes the first.
  await withdraw(first?.id ?? '')
  await ask()
  expect(await changed()).toEqual([])
  const names = (await world.store.statements.list(ACCOUNT, ALL)).map(({ line }) => line.counterName)
  expect(names.toSorted()).toEqual(['乙公司', '清算中心'])
})

test('two imports at once, one with the line as it was and one as it is now, do not bring in both', async () => {
  const before = bankLine({ bankId: 'X', amount: cny(-500n) })
  world.bank.lines.push(before)
  const mark = world.store.statements.mark.bind(world.store.statements)
  const slow = { ...world.deps, store: { ...world.store, statements: { ...world.store.statements } } }
  // The other import comes in between this one's look and its writing.
  let isFirst = true
  slow.store.statements.mark = async account => {
    const found = await mark(account)
    if (!isFirst) return found
    isFirst = false
    change(0, { amount: cny(-501n) })
    await ask()
    world.bank.lines[0] = before
    return found
  }
  world.move(1)
  await importStatements(slow, ACCOUNT, ALL)
  expect(await amounts()).toEqual([-501n])
})

test('the line of a payment leaves the payment as it is, and a person looks at that', async () => {
  world.erp.queue.push(sampleRequest())
  await world.settle()
  await ask()
  await work()
  const [payment] = await world.store.payments.list({}, null, 1)
  const [line] = await world.store.statements.list(ACCOUNT, ALL)
  expect(line?.paymentId).toBe(payment?.id)
  await withdraw(line?.id ?? '')
  expect((await world.store.payments.get(payment?.id ?? ''))?.state).toBe('settled')
  expect(await world.store.contradictions.open(9)).toMatchObject([
    { code: 'LINE_WITHDRAWN', paymentId: payment?.id, evidence: { line: line?.id, person: '张三' } },
  ])
  expect(world.happened).toContainEqual(expect.objectContaining({ kind: 'contradiction', code: 'LINE_WITHDRAWN' }))
})

test('nobody looks at the payment where the bank gives another line in its place', async () => {
  world.erp.queue.push(sampleRequest())
  await world.settle()
  await ask()
  await work()
  const [line] = await world.store.statements.list(ACCOUNT, ALL)
  await withdraw(line?.id ?? '', { isReplaced: true })
  expect(await world.store.contradictions.open(9)).toEqual([])
})

test('its match is undone and the rest is matched again; a withdrawn line is matched by nobody', async () => {
  const [a = '', b = ''] = await bring(
    bankLine({ amount: cny(-100n), text: '货款', bankSerial: 'S-A' }),
    bankLine({ amount: cny(-200n), text: '货款', bankSerial: 'S-B' }),
  )
  world.erp.ledgerLines.push(ledgerEntry('L1', '2026-03-01', '-3.00'), ledgerEntry('L2', '2026-03-01', '-2.00'))
  const hand = { ...said, account: null, differenceAccount: '' }
  await reconcile(world.deps, ACCOUNT)
  for (const match of await world.store.matches.list(ACCOUNT, 'all', null, 9))
    await world.store.matches.undo(match.id, '李', '重做', 1)
  expect(await matchByHand(world.deps, { ...hand, lineIds: [a, b], ledgerIds: ['L1'] })).toMatchObject({ kind: 'done' })
  await withdraw(a)
  const [match] = await world.store.matches.list(ACCOUNT, 'undone', null, 1)
  expect(match).toMatchObject({ lineIds: [a, b], undone: said })
  expect(await matchByHand(world.deps, { ...hand, lineIds: [a], ledgerIds: ['L1'] })).toMatchObject({
    kind: 'refused',
    code: 'MATCH_UNKNOWN',
  })
  await reconcile(world.deps, ACCOUNT)
  expect((await world.store.withdrawals.get(a))?.matchId).toBeNull()
})

test('of collections that share an entry the others keep their claims and are booked without it', async () => {
  const [a = '', b = ''] = await bring(
    bankLine({ amount: cny(10_000n), text: '货款' }),
    bankLine({ amount: cny(2_500n), text: '货款' }),
  )
  await work()
  for (const [id, customer] of [
    [a, 'C1'],
    [b, 'C2'],
  ] as const)
    await claimCollection(world.deps, () => world.store.collections.get(id), {
      person: '王',
      reason: '合同',
      claim: { customer, document: '', split: '' },
    })
  world.move(2 * 86_400_000)
  await work()
  expect(bankMoves()).toEqual([12_500n])
  await withdraw(a)
  await work()
  expect(bankMoves()).toEqual([12_500n, -12_500n, 2_500n])
  expect((await world.store.collections.get(a))?.state).toBe('withdrawn')
  expect(await world.store.collections.get(b)).toMatchObject({
    state: 'booked',
    claimedBy: '王',
    parts: [{ customer: 'C2' }],
  })
  await restoreLine(world.deps, a, said)
  expect((await world.store.collections.get(a))?.state).toBe('open')
})

const claimed = { person: '王', reason: '合同', claim: { customer: 'C1', document: '', split: '' } }
const claim = (id: string) => claimCollection(world.deps, () => world.store.collections.get(id), claimed)

test.each([
  ['claimed by nobody yet', false, [-2_500n]],
  ['booked', true, [2_500n, -2_500n]],
])(
  'money that the bank took back, %s, is not offered again when its line is restored',
  async (_what, isBooked, moves) => {
    await world.close()
    world = await openWorld({ journal: RULES, collection: { ...COLLECTION, booking: 'line' } })
    const [came = ''] = await bring(bankLine({ amount: cny(2_500n), text: '货款', bankSerial: 'S-BACK' }))
    await work()
    if (isBooked) await claim(came)
    await work()
    await bring(bankLine({ amount: cny(-2_500n), bankSerial: 'S-BACK', isReversal: true }))
    await work()
    expect((await world.store.collections.get(came))?.state).toBe('withdrawn')
    await withdraw(came)
    await restoreLine(world.deps, came, said)
    expect(await claim(came)).toMatchObject({ kind: 'refused', code: 'CLAIM_STATE' })
    await work()
    expect(bankMoves()).toEqual(isBooked ? moves : [])
  },
)

test('an entry that a person takes care of, taken back later: what was withdrawn with it is not booked again', async () => {
  const [a = '', b = ''] = await bring(
    bankLine({ amount: cny(10_000n), text: '货款' }),
    bankLine({ amount: cny(2_500n), text: '货款' }),
  )
  await work()
  for (const id of [a, b]) await claim(id)
  world.move(2 * 86_400_000)
  await work()
  await withdraw(a, { isEntryByHand: true })
  await reverseEntry(world.deps, b, { ...said, next: 'open' })
  expect(await claim(a)).toMatchObject({ kind: 'refused' })
  expect(await claim(b)).toMatchObject({ kind: 'done' })
  await work()
  expect(bankMoves()).toEqual([12_500n, -12_500n, 2_500n])
})

test('a red entry is not reversed by itself: a person sees to it, and says so', async () => {
  const [paid = '', back = ''] = await bring(
    bankLine({ amount: cny(-700n), bankSerial: 'S-RED' }),
    bankLine({ amount: cny(700n), bankSerial: 'S-RED', isReversal: true }),
  )
  await work()
  expect(bankMoves()).toEqual([-700n, 700n])
  expect(await withdraw(back)).toMatchObject({ kind: 'refused', code: 'ENTRY_IS_REVERSAL' })
  // Nor is the line that it took back withdrawn alone: the books would say that no money came back.
  expect(await withdraw(paid)).toMatchObject({ kind: 'refused', code: 'ENTRY_TAKEN_BACK' })
  expect(await amounts()).toHaveLength(2)
  expect(await withdraw(back, { isEntryByHand: true })).toMatchObject({ kind: 'done' })
  expect(await amounts()).toEqual([-700n])
  expect(await withdraw(paid)).toMatchObject({ kind: 'done' })
  await work()
  expect(bankMoves()).toEqual([-700n, 700n])
})

test.each([
  ['a name', { person: ' ', reason: 'x' }, 'WITHDRAWAL_PERSON_MISSING'],
  ['a reason', { person: '张三', reason: ' ' }, 'WITHDRAWAL_PERSON_MISSING'],
])('nothing is withdrawn or restored without %s', async (_what, who, code) => {
  const [line = ''] = await bring(bankLine({ amount: cny(-100n) }))
  const how = { isEntryByHand: false, isReplaced: false }
  expect(await withdrawLine(world.deps, line, { ...who, ...how })).toMatchObject({ kind: 'refused', code })
  await withdraw(line)
  expect(await restoreLine(world.deps, line, who)).toMatchObject({ kind: 'refused', code })
})

test('what is not there, or is withdrawn already, is not withdrawn; what stands is not restored', async () => {
  const [line = ''] = await bring(bankLine({ amount: cny(-100n) }))
  expect(await withdraw('999')).toMatchObject({ code: 'LINE_UNKNOWN' })
  expect(await restoreLine(world.deps, line, said)).toMatchObject({ code: 'LINE_NOT_WITHDRAWN' })
  await withdraw(line)
  expect(await withdraw(line)).toMatchObject({ code: 'LINE_WITHDRAWN' })
})

test('the balances prove the day without the line that the bank took back', async () => {
  const of = (minor: bigint, after: bigint) => bankLine({ amount: cny(minor), balanceAfter: cny(after) })
  world.bank.lines.push(of(-100n, 900n), of(-50n, 850n), of(-30n, 870n))
  await ask(FIRST)
  const [, wrong] = await world.store.statements.list(ACCOUNT, ALL)
  world.move(2 * 86_400_000)
  world.bank.lines.splice(1, 1)
  await ask(FIRST)
  const proof = async () => (await world.store.coverage.rows(ACCOUNT, FIRST))[0]?.proof
  expect(await proof()).not.toBe('proven')
  await withdraw(wrong?.id ?? '')
  expect(await proof()).toBe('proven')
})
