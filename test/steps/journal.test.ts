// Lines that are booked, taken back and booked anew, each once, whatever is cut off in between; and a dry run that says
// beforehand what happens.

import fc from 'fast-check'
import type { JournalRule } from '../../connector/core/journal'
import type { JournalEntry, StatementLine } from '../../connector/ports'
import { deliver } from '../../connector/steps/deliver'
import { dryRun } from '../../connector/steps/dry-run'
import type { Deps } from '../../connector/steps/deps'
import { importStatements, linkPayments } from '../../connector/steps/import-statements'
import { rulesOf } from '../../connector/steps/journal-decision'
import { postJournals } from '../../connector/steps/post-journals'
import { reverseEntry } from '../../connector/steps/reverse-entry'
import { sampleLine, sampleRequest } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

const DAY = { from: '2026-01-01', to: '2026-12-31' }
const entry = (counterAccount: string): JournalRule['then'] => ({
  voucherType: '付',
  summary: '{text}',
  counterAccount,
  auxiliaries: {},
  bankAuxiliaries: {},
  settlementStyle: '3',
})
const RULES: readonly JournalRule[] = [
  { name: 'own', when: { ownPayment: true, direction: 'out' }, then: entry('2202') },
  { name: 'own-back', when: { ownPayment: true, reversal: true }, then: 'reverse' },
  { name: 'fee', when: { direction: 'out', contains: ['手续费'] }, then: entry('6603') },
]

let world: World
beforeEach(async () => void (world = await openWorld({ journal: RULES })))
afterEach(() => world.close())

const cny = (minor: bigint) => ({ minor, currency: 'CNY' })
let serial = 0
const bankLine = (change: Partial<StatementLine>): StatementLine =>
  sampleLine({ bankId: `B${++serial}`, reference: '', bankSerial: '', text: '手续费', purpose: '', ...change })

/** Brings the lines in as the bank would give them; their ids, in order. */
async function bring(...lines: readonly StatementLine[]): Promise<readonly string[]> {
  world.bank.lines.push(...lines)
  await importStatements(world.deps, ACCOUNT, DAY)
  const stored = await world.store.statements.list(ACCOUNT, DAY)
  return lines.map(line => stored.find(each => each.line.bankId === line.bankId)?.id ?? '')
}
async function journals(deps: Deps = world.deps): Promise<void> {
  for (let round = 0; round < 9; round++) if ((await postJournals(deps)) === 0) return
}
/** What reached the ERP, by key: a repetition changes nothing there. */
function told(): readonly JournalEntry[] {
  const byKey = new Map(
    world.erp.told.flatMap(record => (record.kind === 'journal.entry' ? [[record.key, record.entry]] : [])),
  )
  return [...byKey.values()]
}
const bankMoves = (entries: readonly JournalEntry[]): readonly bigint[] =>
  entries.map(each => {
    const line = each.lines.find(candidate => candidate.account === '100201')
    return line?.side === 'debit' ? line.amount.minor : -(line?.amount.minor ?? 0n)
  })
const journalOf = async (id: string | undefined) => (await world.store.statements.get(id ?? ''))?.journal
const person = { person: '李会计', reason: '科目错' }

test('a line that the bank takes back by its serial is reversed, the corrected one is booked, each once', async () => {
  const [fee] = await bring(bankLine({ amount: cny(-1050n), bankSerial: 'S77' }))
  await journals()
  await deliver(world.deps, 'erp')
  const [back, corrected] = await bring(
    bankLine({ amount: cny(1050n), bankSerial: 'S77', isReversal: true, bookedOn: '2026-03-02' }),
    bankLine({ amount: cny(-1005n), bankSerial: 'S78', bookedOn: '2026-03-02' }),
  )
  await journals()
  await deliver(world.deps, 'erp')
  await journals()
  await deliver(world.deps, 'erp')
  const entries = told()
  expect(bankMoves(entries)).toEqual([-1050n, 1050n, -1005n])
  expect(entries[1]).toMatchObject({
    date: '2026-03-02',
    voucherType: '付',
    summary: '[冲销2026.03.01 付-0001号凭证]手续费',
    reverses: { key: entries[0]?.key, voucherNo: '付-0001' },
    lines: [
      { account: '6603', side: 'debit', amount: cny(-1050n) },
      { account: '100201', side: 'credit', amount: cny(-1050n), settlement: { number: 'S77', date: '2026-03-02' } },
    ],
  })
  expect([await journalOf(fee), await journalOf(back), await journalOf(corrected)]).toEqual(['entry', 'entry', 'entry'])
  expect((await world.store.journals.ofLine(fee ?? ''))?.reversedBy).toBe(entries[1]?.key)
  // The red entry has a voucher number too.
  expect(await world.store.journals.ofLine(back ?? '')).toMatchObject({ status: 'posted', voucherNo: '付-0001' })
})

test.each<[string, readonly StatementLine[], readonly StatementLine[]]>([
  [
    'names nothing',
    [bankLine({ amount: cny(-700n), bankSerial: 'S1' })],
    [bankLine({ amount: cny(700n), isReversal: true })],
  ],
  [
    'may mean two lines',
    [bankLine({ amount: cny(-700n), bankSerial: 'S1' }), bankLine({ amount: cny(-700n), bankSerial: 'S1' })],
    [bankLine({ amount: cny(700n), bankSerial: 'S1', isReversal: true })],
  ],
  [
    'means a line that a person books',
    [bankLine({ amount: cny(-700n), bankSerial: 'S1', text: '其他' })],
    [bankLine({ amount: cny(700n), bankSerial: 'S1', isReversal: true })],
  ],
])('a reversal that %s is left to a person, and nothing is taken back', async (_name, before, after) => {
  const originals = await bring(...before)
  await journals()
  const count = originals.length
  const [back] = await bring(...after)
  await journals()
  await deliver(world.deps, 'erp')
  expect(await journalOf(back)).toBe('left')
  expect(told().every(each => each.reverses === undefined)).toBe(true)
  expect(told().length).toBeLessThanOrEqual(count)
})

test('what was reversed and booked again under the same reference is told apart: the one that stands is meant', async () => {
  const of = (minor: bigint, isReversal: boolean) => bankLine({ amount: cny(minor), bankSerial: 'S5', isReversal })
  for (const line of [of(-700n, false), of(700n, true), of(-700n, false), of(700n, true)]) {
    await bring(line)
    await journals()
  }
  await deliver(world.deps, 'erp')
  const entries = told()
  expect(bankMoves(entries)).toEqual([-700n, 700n, -700n, 700n])
  expect(entries.map(each => each.reverses?.key)).toEqual([undefined, entries[0]?.key, undefined, entries[2]?.key])
})

test('the return of an own payment takes back the entry of its debit, where the site says so', async () => {
  world.erp.queue = [sampleRequest()]
  await world.settle(2)
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(2)
  const [payment] = await world.store.payments.list({}, null, 1)
  const reference = payment?.instruction.reference ?? ''
  const [back] = await bring(bankLine({ amount: cny(12345n), reference, isReversal: true, text: '退票' }))
  await linkPayments(world.deps)
  await journals()
  await deliver(world.deps, 'erp')
  const [debit, red] = told()
  expect([debit?.document?.docNo, debit?.rule, red?.rule, red?.reverses?.key, red?.document]).toEqual([
    'FK0001',
    'own',
    'own-back',
    debit?.key,
    null,
  ])
  expect(await journalOf(back)).toBe('entry')
})

test('a line that the bank gives again with another amount is told; nothing is booked for it', async () => {
  const [fee] = await bring(bankLine({ amount: cny(-1050n) }))
  await journals()
  const [given] = world.bank.lines
  if (!given) throw new Error('no line')
  world.bank.lines[0] = { ...given, amount: cny(-1005n) }
  world.move(1)
  for (let round = 0; round < 2; round++) await importStatements(world.deps, ACCOUNT, DAY)
  await journals()
  expect(await world.store.doubts.of(ACCOUNT)).toMatchObject([
    { line: { id: fee }, kind: 'changed', was: '-10.50 CNY', now: '-10.05 CNY' },
  ])
  await deliver(world.deps, 'erp')
  expect(bankMoves(told())).toEqual([-1050n])
})

test('a reversal waits for the line that it takes back to be decided', async () => {
  const [line, back] = await bring(
    bankLine({ amount: cny(-700n), reference: 'X1', bankSerial: 'S6' }),
    bankLine({ amount: cny(700n), bankSerial: 'S6', isReversal: true }),
  )
  expect(await postJournals(world.deps)).toBe(0)
  expect([await journalOf(line), await journalOf(back)]).toEqual(['open', 'open'])
  await linkPayments(world.deps)
  await journals()
  expect([await journalOf(line), await journalOf(back)]).toEqual(['entry', 'entry'])
})

test('a person takes an entry back and has it booked anew by other rules, under a new key', async () => {
  const [fee = ''] = await bring(bankLine({ amount: cny(-1050n) }))
  await journals()
  const reversed = await reverseEntry(world.deps, fee, { ...person, next: 'open' })
  expect(reversed.kind).toBe('done')
  const settings = { ...world.deps.settings, journal: [{ name: 'fee2', when: {}, then: entry('6604') }] }
  await journals({ ...world.deps, settings })
  await deliver(world.deps, 'erp')
  expect(told().map(each => [each.rule, each.lines[0]?.account, each.lines[0]?.amount.minor])).toEqual([
    ['fee', '6603', 1050n],
    ['fee', '6603', -1050n],
    ['fee2', '6604', 1050n],
  ])
  expect(told()[1]).toMatchObject({ date: '2026-03-01', reverses: { reason: '李会计：科目错' } })
})

test('an entry is taken back once, by a named person with a reason, and only one that is there', async () => {
  const [fee = '', other = ''] = await bring(bankLine({ amount: cny(-1050n) }), bankLine({ text: 'x' }))
  await journals()
  const codes: string[] = []
  const attempt = async (id: string, said: { person: string; reason: string }): Promise<void> => {
    const result = await reverseEntry(world.deps, id, { ...said, next: 'left' })
    codes.push(result.kind === 'done' ? 'done' : result.code)
  }
  await attempt(fee, { person: ' ', reason: 'x' })
  await attempt(fee, { person: '李', reason: '' })
  await attempt(other, person)
  await attempt('nothing', person)
  await attempt(fee, person)
  await attempt(fee, person)
  expect(codes).toEqual([
    'REVERSAL_PERSON_MISSING',
    'REVERSAL_PERSON_MISSING',
    'ENTRY_MISSING',
    'ENTRY_MISSING',
    'done',
    'ENTRY_REVERSED',
  ])
  expect(await journalOf(fee)).toBe('left')
  await journals()
  await deliver(world.deps, 'erp')
  expect(bankMoves(told())).toEqual([-1050n, 1050n])
})

/** The daemon dies right behind a call of the store: what it wrote is there, what it meant to do next is not done. */
function dyingAfter(deps: Deps, method: 'decide' | 'reverse'): Deps {
  const { journals: real } = deps.store
  const dead = async (): Promise<never> => Promise.reject(new Error('killed'))
  const journalsStore = {
    ...real,
    decide: async (...args: Parameters<typeof real.decide>) =>
      real.decide(...args).then(method === 'decide' ? dead : () => undefined),
    reverse: async (...args: Parameters<typeof real.reverse>) => real.reverse(...args).then(dead),
  }
  return { ...deps, store: { ...deps.store, journals: journalsStore } }
}

test.each(['decide', 'push', 'answer'] as const)(
  'killed after the %s of a reversal: the next daemon ends with each entry once',
  async point => {
    await bring(bankLine({ amount: cny(-1050n), bankSerial: 'S77' }))
    await journals()
    await bring(
      bankLine({ amount: cny(1050n), bankSerial: 'S77', isReversal: true }),
      bankLine({ amount: cny(-1005n), bankSerial: 'S78' }),
    )
    if (point === 'decide') {
      for (let round = 0; round < 2; round++)
        await expect(postJournals(dyingAfter(world.deps, 'decide'))).rejects.toThrow('killed')
    } else {
      await journals()
      const push = world.erp.push.bind(world.erp)
      world.erp.push = async records => {
        // The process is gone before, or right after, the ERP has written.
        if (point === 'answer') await push(records)
        throw new Error('killed')
      }
      await deliver(world.deps, 'erp')
      world.erp.push = push
    }
    world.move(3_600_000)
    const next = await openWorld({ journal: RULES }, world)
    await journals(next.deps)
    await deliver(next.deps, 'erp')
    await next.store.close()
    expect(bankMoves(told())).toEqual([-1050n, 1050n, -1005n])
  },
)

test('killed behind a person’s reversal: it stands, once, and says so when it is asked for again', async () => {
  const [fee = ''] = await bring(bankLine({ amount: cny(-1050n) }))
  await journals()
  await expect(reverseEntry(dyingAfter(world.deps, 'reverse'), fee, { ...person, next: 'left' })).rejects.toThrow(
    'killed',
  )
  expect(await reverseEntry(world.deps, fee, { ...person, next: 'left' })).toMatchObject({ code: 'ENTRY_REVERSED' })
  await deliver(world.deps, 'erp')
  expect(bankMoves(told())).toEqual([-1050n, 1050n])
})

test('a dry run writes nothing and says exactly what is then booked; every line has at most one entry that stands', async () => {
  const kind = fc.record({
    minor: fc.constantFrom(-700n, 700n, -800n),
    bankSerial: fc.constantFrom('', 'S1', 'S2'),
    isReversal: fc.boolean(),
    text: fc.constantFrom('手续费', '其他'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 7 }), async lines => {
      const own = await openWorld({ journal: RULES, collection: null })
      try {
        own.bank.lines.push(...lines.map(({ minor, ...line }) => bankLine({ amount: cny(minor), ...line })))
        await importStatements(own.deps, ACCOUNT, DAY)
        const dry = await dryRun(own.deps, [ACCOUNT], DAY, rulesOf(own.deps))
        expect((await own.store.statements.list(ACCOUNT, DAY)).every(line => line.journal === 'open')).toBe(true)
        await journals(own.deps)
        const stored = await own.store.statements.list(ACCOUNT, DAY)
        for (const { line, decision } of dry) {
          const now = stored.find(each => each.id === line.id)
          const made = await own.store.journals.ofLine(line.id)
          expect(now?.journal).toBe(decision.kind === 'wait' ? 'open' : decision.kind)
          expect(made?.entry ?? null).toEqual(decision.kind === 'entry' ? decision.entry : null)
          const standing = (await own.store.journals.allOfLine(line.id)).filter(each => each.reversedBy === null)
          expect(standing.length).toBeLessThanOrEqual(1)
        }
        // Over what is booked by now it says the same.
        const again = await dryRun(own.deps, [ACCOUNT], DAY, rulesOf(own.deps))
        expect(again.map(each => each.decision)).toEqual(dry.map(each => each.decision))
      } finally {
        await own.close()
      }
    }),
    { numRuns: 25 },
  )
}, 60_000)
