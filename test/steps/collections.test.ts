// Incoming money from the bank's line to the voucher: offered, known or claimed, booked once; a claim too late is told so.

import type { CollectionSettings } from '../../connector/core/collection'
import { describeEntry } from '../../connector/core/journal-example'
import type { CollectionRecord, JournalEntry, StatementLine } from '../../connector/ports'
import { claimCollection, releaseCollection } from '../../connector/steps/claim'
import { collect } from '../../connector/steps/collect'
import { deliver } from '../../connector/steps/deliver'
import { importStatements } from '../../connector/steps/import-statements'
import { intake } from '../../connector/steps/intake'
import { postJournals } from '../../connector/steps/post-journals'
import { reverseEntry } from '../../connector/steps/reverse-entry'
import { sampleLine, sampleRequest } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

const DAY = { from: '2026-01-01', to: '2026-12-31' }
const COLLECTION: CollectionSettings = {
  booking: 'line',
  customers: [{ code: 'C1', names: ['丙公司'], accounts: ['111'] }],
  asksErp: false,
  voucherType: '收',
  summary: '收{counterparty} {document}',
  counterAccount: '2203',
  auxiliaries: { customer: '{customer}' },
  bankAuxiliaries: {},
  settlementStyle: '3',
}
const RULES = [{ name: 'interest', when: { direction: 'in' as const, contains: ['利息'] }, then: null }]

let world: World
const open = async (change: Partial<CollectionSettings> = {}): Promise<void> =>
  void (world = await openWorld({ journal: RULES, collection: { ...COLLECTION, ...change } }))
afterEach(() => world.close())

let serial = 0
const money = (minor: bigint, counterName: string, more: Partial<StatementLine> = {}): StatementLine =>
  sampleLine({
    bankId: `B${++serial}`,
    amount: { minor, currency: 'CNY' },
    reference: '',
    bankSerial: `S${serial}`,
    counterName,
    counterAccount: '',
    ...more,
  })

async function bring(...lines: readonly StatementLine[]): Promise<readonly string[]> {
  world.bank.lines.push(...lines)
  await importStatements(world.deps, ACCOUNT, DAY)
  await postJournals(world.deps)
  const stored = await world.store.statements.list(ACCOUNT, DAY)
  return lines.map(line => stored.find(each => each.line.bankId === line.bankId)?.id ?? '')
}
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) if ((await collect(world.deps)) === 0) break
  await deliver(world.deps, 'erp')
}
function entries(): readonly JournalEntry[] {
  const told = world.erp.told.flatMap(record =>
    record.kind === 'journal.entry' ? [[record.key, record.entry] as const] : [],
  )
  return [...new Map(told).values()]
}
function rows(id: string): readonly CollectionRecord[] {
  return world.erp.told.flatMap(record =>
    record.kind === 'collection' && record.collection === keys.get(id) ? [record] : [],
  )
}
const keys = new Map<string, string>()
const stateOf = async (id: string): Promise<string | undefined> => {
  const found = await world.store.collections.get(id)
  if (found) keys.set(id, found.key)
  return found?.state
}
const claim = (id: string, person: string, said: { customer?: string; document?: string; split?: string }) =>
  claimCollection(world.deps, () => world.store.collections.get(id), {
    person,
    reason: '合同 HT-1',
    claim: { customer: '', document: '', split: '', ...said },
  })

test('money from a known customer is claimed and booked by itself, once', async () => {
  await open()
  const [id = ''] = await bring(money(10000n, '丙公司'))
  await settle()
  await settle()
  expect(await stateOf(id)).toBe('booked')
  expect(entries().map(describeEntry)).toEqual([
    ['收 收丙公司', 'debit 100201 100.00', 'credit 2203 100.00 customer=C1'],
  ])
  expect(rows(id).map(row => [row.seq, row.state])).toEqual([
    [1, 'open'],
    [2, 'claimed'],
    [3, 'booked'],
  ])
  expect(rows(id)[2]?.entryKey).toBe(entries()[0]?.key)
  expect((await world.store.statements.get(id))?.journal).toBe('entry')
})

test('what a rule decides, what goes out and what is no collection is not offered', async () => {
  await open()
  const ids = await bring(
    money(5n, '银行', { text: '利息' }),
    money(-5n, '丙公司'),
    money(5n, '丙公司', { isReversal: true }),
  )
  await settle()
  for (const id of ids) expect(await stateOf(id)).toBeUndefined()
  expect(entries()).toEqual([])
})

test('without the section nothing is offered: the line is left', async () => {
  world = await openWorld({ journal: RULES })
  const [id = ''] = await bring(money(5n, '丙公司'))
  await settle()
  expect((await world.store.statements.get(id))?.journal).toBe('left')
})

test('money of nobody known waits for a claim, in parts that add up, and is booked once', async () => {
  await open()
  const [id = ''] = await bring(money(10000n, '丁公司'))
  await settle()
  expect(await stateOf(id)).toBe('open')
  expect(await claim(id, '李', { split: 'C1:SO1:60.00;C2:SO2:39.00' })).toMatchObject({
    kind: 'refused',
    code: 'CLAIM_SUM',
  })
  expect(await claim(id, '李', { split: 'C1:SO1:60.00;C2:SO2:40.00' })).toMatchObject({ kind: 'done' })
  await settle()
  await settle()
  expect(entries().map(describeEntry)).toEqual([
    ['收 收丁公司 SO1', 'debit 100201 100.00', 'credit 2203 60.00 customer=C1', 'credit 2203 40.00 customer=C2'],
  ])
})

test('the second of two claims is told who was first; a claim can be given back until it is booked', async () => {
  await open({ booking: 'day' })
  const [id = ''] = await bring(money(10000n, '丁公司'))
  const [one, two] = await Promise.all([claim(id, '李', { customer: 'C1' }), claim(id, '王', { customer: 'C2' })])
  expect([one?.kind, two?.kind].toSorted()).toEqual(['done', 'refused'])
  const winner = one?.kind === 'done' ? '李' : '王'
  expect(one?.kind === 'done' ? two : one).toMatchObject({
    code: 'CLAIM_TAKEN',
    en: `it is claimed by ${winner} already`,
  })
  const release = () =>
    releaseCollection(world.deps, () => world.store.collections.get(id), { person: '赵', reason: '认错' })
  expect(await release()).toMatchObject({ kind: 'done', collection: { state: 'open', claimedBy: '', parts: [] } })
  expect(await release()).toMatchObject({ kind: 'refused', code: 'CLAIM_STATE' })
  expect(await claim(id, ' ', { customer: 'C1' })).toMatchObject({ code: 'CLAIM_PERSON_MISSING' })
  expect(await claim('999', '李', { customer: 'C1' })).toMatchObject({ code: 'COLLECTION_UNKNOWN' })
  expect(entries()).toEqual([])
})

test('a day’s claims are one entry, made when the day is over; what is claimed later is another', async () => {
  await open({ booking: 'day' })
  const [, , late = ''] = await bring(money(100n, '丙公司'), money(200n, '丙公司'), money(400n, '丁公司'))
  await settle()
  expect(entries()).toEqual([])
  world.move(86_400_000)
  await settle()
  await claim(late, '李', { customer: 'C9' })
  await settle()
  await settle()
  expect(entries().map(each => describeEntry(each).slice(1))).toEqual([
    ['debit 100201 1.00', 'debit 100201 2.00', 'credit 2203 1.00 customer=C1', 'credit 2203 2.00 customer=C1'],
    ['debit 100201 4.00', 'credit 2203 4.00 customer=C9'],
  ])
})

test('one entry a customer and day', async () => {
  await open({ booking: 'customer' })
  const [, two = '', three = ''] = await bring(money(100n, '丙公司'), money(200n, '丁'), money(400n, '戊'))
  await claim(two, '李', { customer: 'C2' })
  await claim(three, '李', { customer: 'C1' })
  world.move(86_400_000)
  await settle()
  expect(
    entries().map(each => each.lines.filter(line => line.side === 'credit').map(line => line.auxiliaries.customer)),
  ).toEqual([['C1', 'C1'], ['C2']])
})

test('what the ERP claims in its row is heard once and answered, also when the answer is no', async () => {
  await open({ booking: 'day' })
  const [id = ''] = await bring(money(10000n, '丁公司'))
  await settle()
  await stateOf(id)
  const ask = async (claimNo: number, more: object): Promise<number> => {
    const asked = {
      kind: 'collection',
      key: keys.get(id) ?? '',
      claimNo,
      request: 'claim',
      customer: 'C2',
      document: 'SO7',
      split: '',
      by: '王会计',
    } as const
    world.erp.queue = [{ ...asked, ...more }]
    const count = await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
    await deliver(world.deps, 'erp')
    return count
  }
  const last = () => rows(id).at(-1)
  await ask(1, { customer: '' })
  expect(last()).toMatchObject({ state: 'open', answeredNo: 1, text: '待认领：缺少客户编码（CLAIM_CUSTOMER_MISSING）' })
  await ask(2, {})
  expect(last()).toMatchObject({ state: 'claimed', answeredNo: 2, text: '已认领，待入账：王会计 认领为 C2' })
  // The row comes again until its answer was written; a person has released it meanwhile.
  await releaseCollection(world.deps, () => world.store.collections.get(id), { person: '赵', reason: '认错' })
  // It is no work: a loop that finds nothing else to do rests.
  expect(await ask(2, {})).toBe(0)
  expect(await stateOf(id)).toBe('open')
  await claim(id, '李', { customer: 'C1' })
  await ask(3, {})
  expect(last()).toMatchObject({
    state: 'claimed',
    answeredNo: 3,
    text: expect.stringContaining('已由 李 认领（CLAIM_TAKEN）'),
  })
  await ask(4, { request: 'release' })
  expect(last()).toMatchObject({ state: 'open', answeredNo: 4 })
  await ask(5, { request: '认领' })
  expect(last()).toMatchObject({ state: 'open', answeredNo: 5, text: expect.stringContaining('CLAIM_REQUEST_UNKNOWN') })
  expect(await ask(6, { key: 'in|nothing' })).toBe(0)
  expect(last()?.answeredNo).toBe(5)
})

test('an entry of collections that a person takes back gives them to be claimed again, and they are booked anew', async () => {
  await open()
  const [id = ''] = await bring(money(10000n, '丙公司'))
  await settle()
  expect(await claim(id, '李', { customer: 'C2' })).toMatchObject({ code: 'CLAIM_BOOKED' })
  expect(await reverseEntry(world.deps, id, { person: '李', reason: '客户错', next: 'open' })).toMatchObject({
    kind: 'done',
  })
  await settle()
  // Not to the same customer by itself: a person has said that it was wrong.
  expect(await stateOf(id)).toBe('open')
  await claim(id, '李', { customer: 'C2' })
  await settle()
  expect(entries().map(each => describeEntry(each).at(-1))).toEqual([
    'credit 2203 100.00 customer=C1',
    'credit 2203 -100.00 customer=C1',
    'credit 2203 100.00 customer=C2',
  ])
  expect(new Set(entries().map(each => each.key)).size).toBe(3)
})

test('money that the bank takes back is claimed no more; when it was booked, its entry is taken back', async () => {
  await open()
  const open1 = money(700n, '丁公司')
  const booked1 = money(900n, '丙公司')
  const [open2 = '', booked2 = ''] = await bring(open1, booked1)
  await settle()
  const back = (line: StatementLine) =>
    money(-line.amount.minor, line.counterName, { isReversal: true, bankSerial: line.bankSerial, text: '冲正' })
  const [one = '', two = ''] = await bring(back(open1), back(booked1))
  await settle()
  expect([await stateOf(open2), await stateOf(booked2)]).toEqual(['withdrawn', 'withdrawn'])
  expect(await claim(open2, '李', { customer: 'C1' })).toMatchObject({ code: 'CLAIM_STATE' })
  const journals = await Promise.all(
    [open2, one, booked2, two].map(async id => (await world.store.statements.get(id))?.journal),
  )
  expect(journals).toEqual(['left', 'left', 'entry', 'entry'])
  expect(entries().map(each => each.lines[0]?.amount.minor)).toEqual([900n, -900n])
})

test('money of a party that we paid the same amount is claimed by nobody but a person: it may be a return', async () => {
  await open()
  world.erp.queue = [sampleRequest({ payeeName: '丙公司', amount: '123.45' })]
  await world.settle(2)
  world.bank.lines[0] = { ...world.bank.lines[0]!, counterName: '丙 公司', counterAccount: '' }
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(2)
  const [same = '', other = ''] = await bring(money(12345n, '丙公司'), money(12346n, '丙公司'))
  await settle()
  expect([await stateOf(same), await stateOf(other)]).toEqual(['open', 'booked'])
})

test('the ERP’s master data is asked where the site says so, and one that cannot be reached decides nothing', async () => {
  await open({ asksErp: true, customers: [] })
  let isAway = true
  Object.assign(world.erp, {
    customers: async (_account: string, name: string) => {
      if (isAway) throw new Error('away')
      return { byAccount: [], byName: name === '丁公司' ? ['C7'] : [] }
    },
  })
  const [id = '', other = ''] = await bring(money(700n, '丁公司'), money(800n, '庚公司'))
  await expect(collect(world.deps)).rejects.toThrow('away')
  expect(await stateOf(id)).toBe('open')
  isAway = false
  await settle()
  expect([await stateOf(id), await stateOf(other)]).toEqual(['booked', 'open'])
})

test('killed between the booking and what follows: the next daemon books nothing twice', async () => {
  await open()
  await bring(money(700n, '丙公司'), money(800n, '丙公司'))
  const real = world.store.collections
  const dying = {
    ...world.deps,
    store: {
      ...world.store,
      collections: {
        ...real,
        book: async (...args: Parameters<typeof real.book>) =>
          real.book(...args).then(async () => Promise.reject(new Error('killed'))),
      },
    },
  }
  expect(await collect(dying)).toBe(2)
  for (let round = 0; round < 2; round++) await expect(collect(dying)).rejects.toThrow('killed')
  await settle()
  expect(entries().map(each => each.lines[0]?.amount.minor)).toEqual([700n, 800n])
})
