// The books of the simulated banks: double entry whatever happens, money that arrives, comes back, is reserved and released.

import * as fc from 'fast-check'
import type { Simulator } from '../../bank-gateways/simulator/simulator'
import {
  Boc,
  BOC_CNAPS,
  BOC_PAYEE,
  BOC_PAYER,
  bocItem,
  Icbc,
  ICBC_CNAPS,
  ICBC_PAYEE,
  ICBC_PAYER,
  icbcItem,
  MORNING,
  MovableClock,
  post,
  startWorld,
  toIcbc,
} from './simulator-kit'

const fen = (yuan: string): bigint => BigInt(yuan.replace('.', ''))

/** Money neither appears nor vanishes: over all accounts, the banks' own included, everything adds up to nothing. */
function checkConservation(simulator: Simulator): void {
  const { postings, balances } = simulator.ledger()
  expect(Object.values(balances).reduce((sum, balance) => sum + fen(balance), 0n)).toBe(0n)
  const computed = new Map<string, bigint>()
  for (const { debit, credit, amount } of postings) {
    computed.set(debit, (computed.get(debit) ?? 0n) - fen(amount))
    computed.set(credit, (computed.get(credit) ?? 0n) + fen(amount))
  }
  for (const [id, balance] of Object.entries(balances)) expect([id, computed.get(id) ?? 0n]).toEqual([id, fen(balance)])
  for (const { available, balance, frozen, held } of simulator.accounts()) {
    expect(fen(available)).toBe(fen(balance) - fen(frozen) - fen(held))
    expect(fen(available) >= 0n).toBe(true)
  }
}

const account = (simulator: Simulator, number: string) => {
  const found = simulator.accounts().find(view => view.account === number)
  if (!found) throw new Error(number)
  return found
}

const admin = async (simulator: Simulator, path: string, body: unknown) =>
  post(`${simulator.urls['admin']}${path}`, JSON.stringify(body), 'application/json')

test('an accepted payment is reserved, a booked one is debited, a failed one is released', async () => {
  const clock = new MovableClock(MORNING)
  const simulator = await startWorld(clock)
  const icbc = new Icbc(simulator, clock)
  const see = () => {
    const { balance, available, held } = account(simulator, ICBC_PAYER)
    return [balance, available, held]
  }
  await icbc.pay('A1', [icbcItem('1'), icbcItem('2', { RecAccNo: '6200000000123456204' })])
  expect(see()).toEqual(['1000000.00', '999753.10', '246.90'])
  clock.move(2000)
  expect(see()).toEqual(['999876.55', '999876.55', '0.00'])
  checkConservation(simulator)
  await simulator.close()
})

test('what is reserved cannot be spent a second time', async () => {
  const clock = new MovableClock(MORNING)
  const simulator = await startWorld(clock)
  const icbc = new Icbc(simulator, clock)
  const answer = await icbc.pay('A1', [icbcItem('1', { PayAmt: '60000000' }), icbcItem('2', { PayAmt: '60000000' })])
  expect(answer.match(/<iRetCode>\w+/g)).toEqual(['<iRetCode>0', '<iRetCode>S0004'])
  await simulator.close()
})

test('a transfer from ICBC to BOC passes through clearing: four sides, one amount', async () => {
  const clock = new MovableClock(MORNING)
  const simulator = await startWorld(clock)
  const item = icbcItem('1', {
    RecAccNo: BOC_PAYEE,
    RecAccNameCN: '丁公司',
    RecBankNo: BOC_CNAPS,
    RecBankName: '中国银行',
  })
  await new Icbc(simulator, clock).pay('A1', [item])
  clock.move(2000)
  expect(
    simulator
      .ledger()
      .postings.slice(-2)
      .map(({ type, debit, credit, amount, at }) => [type, debit, credit, amount, at]),
  ).toEqual([
    ['payment', `icbc/${ICBC_PAYER}`, 'clearing', '123.45', '2026-03-02 10:00:02.000000'],
    ['arrival', 'clearing', `boc/${BOC_PAYEE}`, '123.45', '2026-03-02 10:00:02.000000'],
  ])
  const boc = new Boc(simulator)
  await boc.signIn()
  const statement = await boc.statement({ actacn: BOC_PAYEE })
  expect(statement).toContain('<txnamt>123.45</txnamt>')
  expect(statement).toContain(
    `<fractn><ibknum>${ICBC_CNAPS}</ibknum><actacn>${ICBC_PAYER}</actacn><acntname>甲公司</acntname>`,
  )
  checkConservation(simulator)
  await simulator.close()
})

test.each<[string, object]>([
  ['an unknown account', { RecAccNo: '399999999999', RecAccNameCN: '丁公司' }],
  ["another holder's name", { RecAccNo: BOC_PAYEE, RecAccNameCN: '不是丁' }],
])('a payment to %s of the other simulated bank succeeds and is returned', async (_, payee) => {
  const clock = new MovableClock(MORNING)
  const simulator = await startWorld(clock)
  const icbc = new Icbc(simulator, clock)
  await icbc.pay('A1', [icbcItem('1', { RecBankNo: BOC_CNAPS, RecBankName: '中国银行', ...payee })])
  clock.move(2000)
  expect(account(simulator, ICBC_PAYER).balance).toBe('999876.55')
  clock.move(86_400_000)
  expect(simulator.ledger().postings.at(-1)).toMatchObject({
    type: 'return',
    debit: 'clearing',
    credit: `icbc/${ICBC_PAYER}`,
    amount: '123.45',
    key: 'A1/1',
    at: '2026-03-03 08:30:00.000000',
  })
  checkConservation(simulator)
  await simulator.close()
})

test('a settled payment is bounced by order: the payee loses it, the payer has it back', async () => {
  const clock = new MovableClock(MORNING)
  const simulator = await startWorld(clock)
  const icbc = new Icbc(simulator, clock)
  await icbc.pay('A1', [icbcItem('1', toIcbc)])
  expect((await admin(simulator, '/returns', { bank: 'icbc', key: 'A1/1' })).status).toBe(409)
  clock.move(1000)
  expect(account(simulator, ICBC_PAYEE).balance).toBe('133.45')
  expect((await admin(simulator, '/returns', { bank: 'icbc', key: 'A1/1' })).status).toBe(200)
  expect([account(simulator, ICBC_PAYER).balance, account(simulator, ICBC_PAYEE).balance]).toEqual([
    '1000000.00',
    '10.00',
  ])
  expect((await admin(simulator, '/returns', { bank: 'icbc', key: 'A1/1' })).status).toBe(409)
  checkConservation(simulator)
  await simulator.close()
})

test('a payment that arrived at the other bank is bounced through clearing, unless the payee has spent it', async () => {
  const clock = new MovableClock(MORNING)
  const simulator = await startWorld(clock)
  const icbc = new Icbc(simulator, clock)
  const item = icbcItem('1', {
    RecAccNo: BOC_PAYEE,
    RecAccNameCN: '丁公司',
    RecBankNo: BOC_CNAPS,
    RecBankName: '中国银行',
  })
  await icbc.pay('A1', [item])
  await icbc.pay('A2', [item])
  clock.move(2000)
  await admin(simulator, '/fees', { bank: 'boc', account: BOC_PAYEE, amount: '130.00' })
  expect((await admin(simulator, '/returns', { bank: 'icbc', key: 'A1/1' })).status).toBe(200)
  expect((await admin(simulator, '/returns', { bank: 'icbc', key: 'A2/1' })).status).toBe(409)
  expect(account(simulator, BOC_PAYEE).balance).toBe('3.45')
  expect(simulator.ledger().balances['clearing']).toBe('0.00')
  checkConservation(simulator)
  await simulator.close()
})

test('payments are booked in the order of time, whenever somebody looks', async () => {
  const [late, soon] = ['6200000000123456102', '6200000000123456601']
  const rowsWhenLookedAt = async (moments: readonly number[]) => {
    const clock = new MovableClock(MORNING)
    const simulator = await startWorld(clock)
    const icbc = new Icbc(simulator, clock)
    await icbc.pay('A1', [icbcItem('1', { RecAccNo: late }), icbcItem('2', { RecAccNo: soon }), icbcItem('3')])
    for (const ms of moments) {
      clock.move(ms)
      simulator.ledger()
    }
    const { postings } = simulator.ledger()
    await simulator.close()
    return postings
  }
  const once = await rowsWhenLookedAt([60_000])
  expect(once.map(({ at }) => at)).toEqual(once.map(({ at }) => at).toSorted())
  expect(await rowsWhenLookedAt([1000, 1000, 1000, 27_000, 30_000])).toEqual(once)
})

test('two rows of an account never share a timestamp', async () => {
  const clock = new MovableClock(MORNING)
  const simulator = await startWorld(clock)
  const items = Array.from({ length: 20 }, (_, index) => icbcItem(String(index + 1), toIcbc))
  await new Icbc(simulator, clock).pay('A1', items)
  clock.move(1000)
  const stamps = simulator
    .ledger()
    .postings.filter(({ type }) => type === 'payment')
    .map(({ at }) => at)
  expect(new Set(stamps).size).toBe(20)
  await simulator.close()
})

test('the way of a payment is a setting: awaiting approval, paid, returned', async () => {
  const clock = new MovableClock(MORNING)
  const otherBank = [
    { state: 'awaiting' as const },
    { state: 'success' as const, afterMs: 1000 },
    { state: 'returned' as const, nextDay: true },
  ]
  const customers = [{ custid: '12345678', cusopr: '87654321', password: 'secret' }]
  const simulator = await startWorld(clock, { banks: { boc: { customers, processing: { otherBank } } } })
  const boc = new Boc(simulator)
  await boc.signIn()
  await boc.pay([bocItem('1001')])
  const states: (string | undefined)[] = []
  for (const ms of [0, 1000, 86_400_000]) {
    clock.move(ms)
    states.push(simulator.payments()[0]?.payments[0]?.state)
  }
  expect(states).toEqual(['awaiting', 'success', 'returned'])
  expect(account(simulator, BOC_PAYER).balance).toBe('1000000.00')
  await simulator.close()
})

type Act =
  | { readonly kind: 'icbc' | 'boc'; readonly payee: string; readonly fen: number }
  | { readonly kind: 'deposits' | 'fees' | 'interest'; readonly fen: number }
  | { readonly kind: 'move'; readonly seconds: number }
  | { readonly kind: 'return'; readonly number: number }

const payees = [
  'own',
  'other bank',
  'outside',
  'nobody',
  ...['100', '101', '103', '105', '200', '204', '301', '302', '403', '600', '601'],
]

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('icbc' as const, 'boc' as const),
      payee: fc.constantFrom(...payees),
      fen: fc.integer({ min: 1, max: 60_000_000 }),
    }),
    fc.record({
      kind: fc.constantFrom('deposits' as const, 'fees' as const, 'interest' as const),
      fen: fc.integer({ min: 1, max: 99_999 }),
    }),
    fc.record({ kind: fc.constant('move' as const), seconds: fc.integer({ min: 0, max: 100_000 }) }),
    fc.record({ kind: fc.constant('return' as const), number: fc.integer({ min: 1, max: 12 }) }),
  ),
  { minLength: 1, maxLength: 25 },
)

test('whatever happens, money is conserved and no key is booked twice', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async script => {
      const clock = new MovableClock(MORNING)
      const simulator = await startWorld(clock)
      const icbc = new Icbc(simulator, clock)
      const boc = new Boc(simulator)
      let number = 0
      for (const act of script) {
        number += 1
        await perform(act, number)
      }
      checkConservation(simulator)
      for (const { timesBooked, payments } of simulator.payments()) {
        expect(timesBooked).toBeLessThanOrEqual(1)
        for (const { state } of payments) expect(timesBooked).toBe(BOOKED[state] ?? timesBooked)
      }
      expect(simulator.problems()).toEqual([])
      await simulator.close()

      async function perform(act: Act, key: number): Promise<unknown> {
        switch (act.kind) {
          case 'move':
            clock.move(act.seconds * 1000)
            return null
          case 'return':
            return admin(simulator, '/returns', { payment: `icbc-${act.number}` })
          case 'icbc':
            return icbc
              .pay(`A${key}`, [icbcItem('1', { PayAmt: String(act.fen), ...icbcPayee(act.payee) })])
              .catch(() => 'cut')
          case 'boc':
            await boc.signIn()
            return boc
              .pay([bocItem(String(key), { trnamt: yuan(act.fen), trfdate: day(clock), ...bocPayee(act.payee) })])
              .catch(() => 'cut')
          case 'deposits':
          case 'fees':
          case 'interest':
            break
        }
        return admin(simulator, `/${act.kind}`, { bank: 'icbc', account: ICBC_PAYEE, amount: yuan(act.fen) })
      }
    }),
    { numRuns: 25 },
  )
})

const BOOKED: Readonly<Record<string, number>> = {
  accepted: 0,
  awaiting: 0,
  failed: 0,
  rejected: 0,
  success: 1,
  returned: 1,
}

const yuan = (amount: number): string => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
const day = (clock: MovableClock): string =>
  new Date(clock.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '')

function icbcPayee(payee: string): Record<string, string> {
  if (payee === 'own') return toIcbc
  if (payee === 'other bank') return { RecAccNo: BOC_PAYER, RecAccNameCN: '甲公司', RecBankNo: BOC_CNAPS }
  if (payee === 'nobody') return { RecAccNo: '399999999999', RecBankNo: BOC_CNAPS }
  return payee === 'outside' ? {} : { RecAccNo: `6200000000123456${payee}` }
}

function bocPayee(payee: string): Record<string, string> {
  if (payee === 'own') return { toibkn: '40142', toactacn: BOC_PAYEE, toname: '丁公司' }
  if (payee === 'other bank') return { toibkn: ICBC_CNAPS, toactacn: ICBC_PAYER, toname: '甲公司' }
  if (payee === 'nobody') return { toibkn: ICBC_CNAPS, toactacn: '0200000109000000999' }
  return payee === 'outside' ? {} : { toactacn: `6200000000123456${payee}` }
}
