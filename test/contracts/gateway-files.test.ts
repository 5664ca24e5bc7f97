// The contract of the file gateway against a simulated cashier: what it says of a payment is never better than the bank's own ledger,
// whatever the cashier does with the files. It is the counterpart of gateway-payments and gateway-magic for a bank without a line.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { GATEWAYS } from '../../bank-gateways/registry'
import type { FaultKind } from '../../bank-gateways/simulator/engine/faults'
import { MAGIC, magicAccount } from '../../bank-gateways/simulator/engine/magic'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { judgeInquiry, judgeSend, type Verdict } from '../../connector/core/judge'
import type { BankGateway, Clock, Instruction } from '../../connector/ports'
import { OUTSIDE } from '../support/gateway-banks'

const PAYER = '1000000000000000001'
const never = new AbortController().signal
const DAY_MS = 86_400_000
const MORNING_MS = Date.parse('2026-03-02T10:00:00+08:00')

type Cashier = NonNullable<NonNullable<NonNullable<SimulatorOptions['banks']>['file']>['protocol']>

let folder: string
let simulator: Simulator
let movedMs: number
let lastNumber = 0
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-files-'))
  for (const name of ['out', 'in', 'written']) mkdirSync(path.join(folder, name))
  movedMs = 0
})
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
  rmSync(folder, { recursive: true })
})

const sleep: Clock['sleep'] = () => Promise.resolve()
const clock: Clock = { now: () => MORNING_MS + movedMs, sleep }

async function start(protocol: Cashier = {}): Promise<void> {
  simulator = await startSimulator({
    clock: { now: () => MORNING_MS, sleep },
    accounts: [{ bank: 'file', account: PAYER, name: '甲公司', openingBalance: '1000000.00', cnaps: '403100000004' }],
    banks: { file: { protocol: { out: path.join(folder, 'out'), in: path.join(folder, 'in'), ...protocol } } },
  })
}

/** A new gateway with nothing in its memory. */
function open(): BankGateway {
  const config = {
    out: path.join(folder, 'out'),
    in: path.join(folder, 'in'),
    written: path.join(folder, 'written'),
    accounts: { [PAYER]: { currency: 'CNY' } },
    own: { cnapsPrefix: '403', names: ['邮政储蓄银行', '邮储银行'] },
  }
  const gateway = GATEWAYS['file']?.create(config, { clock, name: 'file', sequence: () => '' })
  if (!gateway) throw new Error('no file gateway')
  return gateway
}

type Change = Partial<Omit<Instruction, 'payee'>> & { readonly payee?: Partial<Instruction['payee']> }

function instruction(change: Change = {}): Instruction {
  const reference = `26030200${String((lastNumber += 1)).padStart(7, '0')}`
  return {
    reference,
    batch: { reference, line: 1 },
    payer: { ...OUTSIDE, account: PAYER, name: '甲公司' },
    amount: { minor: 12345n, currency: 'CNY' },
    purpose: '货款',
    postscript: '',
    isUrgent: false,
    businessType: 'supplier',
    sentOn: null,
    ...change,
    payee: { ...OUTSIDE, ...change.payee },
  }
}

async function round(): Promise<readonly string[]> {
  const answer = await fetch(`${simulator.url('file', 'cashier')}/round`, { method: 'POST' })
  const { uploaded } = (await answer.json()) as { readonly uploaded: readonly string[] }
  // As old as a file is that was copied some time ago: the machine's clock has nothing to do with the bank's.
  const inbox = path.join(folder, 'in')
  for (const name of readdirSync(inbox))
    utimesSync(path.join(inbox, name), (clock.now() - 60_000) / 1000, (clock.now() - 60_000) / 1000)
  return uploaded
}

function advance(ms: number): void {
  simulator.advance(ms)
  movedMs += ms
}

const postings = (one: Instruction, type: string): number =>
  simulator.ledger().postings.filter(posting => posting.key === one.reference && posting.type === type).length
const debits = (one: Instruction): number => postings(one, 'payment')

async function sendOne(gateway: BankGateway, one: Instruction) {
  const [outcome] = await gateway.send([one], never)
  if (!outcome) throw new Error('no outcome')
  return outcome
}

async function inquireOne(gateway: BankGateway, one: Instruction) {
  const [outcome] = await gateway.inquire([one], never)
  if (!outcome) throw new Error('no outcome')
  return outcome
}

test('a payment is accepted when its file stands there, settles by a result line, is echoed, and was debited once', async () => {
  await start()
  const one = instruction()
  expect(await sendOne(open(), one)).toMatchObject({
    kind: 'accepted',
    echo: { reference: null, code: 'file.written' },
  })
  expect([debits(one), (await inquireOne(open(), one)).kind]).toEqual([0, 'accepted'])
  expect(await round()).toEqual([`${one.reference}-1.csv`])
  advance(60_000)
  // The cashier has taken the file away and brought no newer result: it is still what it was.
  expect((await inquireOne(open(), one)).kind).toBe('accepted')
  await round()
  expect(await inquireOne(open(), one)).toMatchObject({
    kind: 'settled',
    echo: { reference: one.reference, amount: one.amount, payeeAccount: one.payee.account, bankSerial: /^W/ },
  })
  expect(debits(one)).toBe(1)
})

test.each(['leave', 'move'] as const)(
  'sent again, by this process or others, it stands in one file: %s',
  async afterUpload => {
    await start({ afterUpload })
    const one = instruction()
    const kinds = (await Promise.all([open(), open(), open()].map(gateway => sendOne(gateway, one)))).map(
      ({ kind }) => kind,
    )
    expect(kinds.filter(kind => kind === 'accepted').length).toBeGreaterThanOrEqual(1)
    expect(kinds.every(kind => kind === 'accepted' || kind === 'uncertain')).toBe(true)
    await round()
    expect((await sendOne(open(), one)).kind).toBe('accepted')
    expect(await round()).toEqual([])
    advance(60_000)
    await round()
    expect((await sendOne(open(), one)).kind).toBe('accepted')
    expect((await inquireOne(open(), one)).kind).toBe('settled')
    expect([simulator.payments()[0]?.timesReceived, debits(one)]).toEqual([1, 1])
  },
)

test('a person who uploads a file twice pays twice: the gateway does not claim that the bank would refuse it, and says so', async () => {
  await start({ afterUpload: 'leave', uploadsAgain: true })
  const gateway = open()
  expect([gateway.traits.dedupesReference, gateway.traits.absentFinalAfterMs]).toEqual([false, null])
  const one = instruction()
  await sendOne(gateway, one)
  await round()
  await round()
  advance(60_000)
  await round()
  expect(debits(one)).toBeGreaterThan(1)
  expect(await inquireOne(gateway, one)).toMatchObject({ kind: 'unavailable', code: 'file.twice' })
})

test('an instruction that was never written is absent, and absence is no proof', async () => {
  await start()
  await round()
  const one = instruction()
  const asked = await inquireOne(open(), one)
  expect(asked).toEqual({ kind: 'absent', code: 'file.not_written' })
  expect(judgeInquiry('unknown', one, asked, open().traits, 0, clock.now()).cause).toBeNull()
})

const SPOILED: readonly (readonly [FaultKind, string])[] = [
  ['garbage', 'file.malformed'],
  ['wrong-charset', 'file.malformed'],
  ['unknown-code', 'file.status'],
]
test.each(SPOILED)(
  'a result file with %s moves nothing, stays where it is, and a good one after it decides',
  async (kind, code) => {
    await start({ results: 'latest' })
    const one = instruction()
    await sendOne(open(), one)
    await round()
    advance(60_000)
    await simulator.order({ bank: 'file', kind })
    await round()
    const asked = await inquireOne(open(), one)
    expect(asked).toMatchObject({ kind: 'unavailable', code })
    expect(asked.kind === 'unavailable' ? asked.reason : '').toContain('result.csv')
    expect(readdirSync(path.join(folder, 'in'))).toEqual(['result.csv'])
    await round()
    expect((await inquireOne(open(), one)).kind).toBe('settled')
  },
)

test('a result that lies about amount or account is a contradiction, never a success', async () => {
  await start({ results: 'latest' })
  const one = instruction()
  await sendOne(open(), one)
  await round()
  advance(60_000)
  for (const kind of ['lie-amount', 'lie-payee'] as const) {
    await simulator.order({ bank: 'file', kind })
    await round()
    const verdict = judgeInquiry('unknown', one, await inquireOne(open(), one), open().traits, 0, clock.now())
    expect(verdict).toMatchObject({ cause: null, contradiction: 'ECHO_MISMATCH' })
  }
})

test('a refused item is refused and never debited; one left out of the result waits', async () => {
  await start()
  const [refused, left] = [instruction(), instruction()]
  await sendOne(open(), refused)
  await simulator.order({ bank: 'file', kind: 'item-failed' })
  await round()
  expect(await inquireOne(open(), refused)).toMatchObject({ kind: 'refused' })
  await sendOne(open(), left)
  await simulator.order({ bank: 'file', kind: 'missing-line' })
  await round()
  expect((await inquireOne(open(), left)).kind).toBe('accepted')
  advance(60_000)
  await round()
  expect([(await inquireOne(open(), left)).kind, debits(left), debits(refused)]).toEqual(['settled', 1, 0])
})

test('a line that cannot be written is unsent and in no file, and the others go in one', async () => {
  await start()
  const reference = instruction().reference
  const batch = [{}, { payee: { name: '超'.repeat(300) } }, {}].map((change, index) =>
    instruction({ ...change, batch: { reference, line: index + 1 } }),
  )
  expect((await open().send(batch, never)).map(({ kind }) => kind)).toEqual(['accepted', 'unsent', 'accepted'])
  expect(await round()).toEqual([`${reference}-1.csv`])
  advance(60_000)
  await round()
  expect(batch.map(debits)).toEqual([1, 0, 1])
  expect((await open().inquire(batch, never)).map(({ kind }) => kind)).toEqual(['settled', 'absent', 'settled'])
})

test('files of anybody else in the folders disturb nothing', async () => {
  await start()
  const one = instruction()
  await sendOne(open(), one)
  await round()
  for (const name of ['说明.txt', '~$result.csv', '.hidden.csv']) writeFileSync(path.join(folder, 'in', name), 'x')
  advance(60_000)
  await round()
  expect((await inquireOne(open(), one)).kind).toBe('settled')
})

const MOVES_MS = [0, 2000, 30_000, DAY_MS, DAY_MS]
/** What the website can be made to say; the others spoil a line that is not here, and the payment settles. */
const LAST: Readonly<Record<string, string | null>> = {
  '104': 'inquiry.accepted',
  '105': 'inquiry.accepted',
  '200': 'inquiry.refused',
  '201': 'inquiry.refused',
  '202': 'inquiry.refused',
  '203': 'inquiry.refused',
  '204': 'inquiry.refused',
  '205': 'inquiry.refused',
  '300': 'inquiry.accepted',
  '301': 'inquiry.refused',
  // Hidden from the result file for ever: only the record of the file speaks.
  '501': 'inquiry.accepted',
  '502': null,
  '503': null,
  '504': null,
}

test('every magic payee, over two bank days: settled only over a debit, refused only without one, never absent as a proof', async () => {
  await start({ results: 'latest' })
  const payments = MAGIC.map(({ code }) => ({ code, one: instruction({ payee: { account: magicAccount(code) } }) }))
  for (const { one } of payments) {
    const sent = judgeSend(one, await sendOne(open(), one))
    expect([sent.cause, debits(one)]).toEqual(['send.accepted', 0])
  }
  const last = new Map<string, Verdict>()
  const gateway = open()
  for (const moveMs of MOVES_MS) {
    advance(moveMs)
    await round()
    for (const { code, one } of payments) {
      const verdict = judgeInquiry('unknown', one, await inquireOne(gateway, one), gateway.traits, 0, clock.now())
      last.set(code, verdict)
      expect(debits(one)).toBeLessThanOrEqual(1)
      if (verdict.cause?.endsWith('.settled')) expect([code, debits(one)]).toEqual([code, 1])
      if (verdict.cause?.endsWith('.refused')) expect([code, debits(one)]).toEqual([code, 0])
      expect(verdict.cause).not.toBe('inquiry.absent')
    }
  }
  const expected = (code: string): string | null => (code in LAST ? (LAST[code] ?? null) : 'inquiry.settled')
  expect(payments.map(({ code }) => [code, last.get(code)?.cause])).toEqual(
    payments.map(({ code }) => [code, expected(code)]),
  )
  expect(['503', '504'].map(code => last.get(code)?.contradiction)).toEqual(['ECHO_MISMATCH', 'ECHO_MISMATCH'])
})
