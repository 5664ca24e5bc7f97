// Every magic account, at both banks: what the client sees, and what the books say at once and three days later.

import { MAGIC } from '../../bank-gateways/simulator/engine/magic'
import type { Simulator } from '../../bank-gateways/simulator/simulator'
import {
  Boc,
  bocItem,
  codesOf,
  first,
  Icbc,
  icbcItem,
  MORNING,
  MovableClock,
  outcomeOf,
  startWorld,
  xmlOf,
  type Answer,
} from './simulator-kit'

const DAY_MS = 86_400_000

type Expected = {
  /** What the submission's answer shows: ICBC's Result or code, BOC's item code. */
  readonly icbc: string
  readonly boc: string
  /** State and bookings right after the answer, and three days later. */
  readonly now: readonly [string, number]
  readonly later: readonly [string, number]
  /** What the first inquiry three days later shows. */
  readonly inquiry: readonly [string, string]
}

const paid = { now: ['success', 1], later: ['success', 1], inquiry: ['7', 'B001'] } as const
const nothing = { now: ['none', 0], later: ['none', 0], inquiry: ['B0116', 'B003'] } as const
const refused = (icbc: string) =>
  ({ icbc, boc: 'B999', now: ['failed', 0], later: ['failed', 0], inquiry: ['6', 'B999'] }) as const

const EXPECTED: Readonly<Record<string, Expected>> = {
  '100': { icbc: '7', boc: 'B001', ...paid },
  '101': { icbc: '0', boc: 'B001', ...paid, now: ['accepted', 0] },
  '102': { icbc: '0', boc: 'B001', ...paid, now: ['accepted', 0] },
  '103': { icbc: '0', boc: 'B001', ...paid, now: ['accepted', 0] },
  '104': { icbc: '0', boc: 'B001', now: ['accepted', 0], later: ['accepted', 0], inquiry: ['0', 'B054'] },
  '105': { icbc: '9', boc: 'B001', now: ['processing', 1], later: ['processing', 1], inquiry: ['9', 'B266'] },
  '200': refused('6 S0001'),
  '201': refused('6 B0043'),
  '202': refused('6 S0003'),
  '203': refused('6 S0004'),
  '204': { icbc: '0', boc: 'B001', now: ['accepted', 0], later: ['failed', 0], inquiry: ['6', 'B999'] },
  '205': { icbc: '0', boc: 'B001', now: ['accepted', 0], later: ['failed', 0], inquiry: ['6', 'B999'] },
  '206': { icbc: 'S0012', boc: 'S999', ...nothing },
  '300': { icbc: '2', boc: 'B001', now: ['awaiting', 0], later: ['awaiting', 0], inquiry: ['2', 'B059'] },
  '301': { icbc: '2', boc: 'B001', now: ['awaiting', 0], later: ['rejected', 0], inquiry: ['8', 'B999'] },
  '302': { icbc: '2', boc: 'B001', ...paid, now: ['awaiting', 0] },
  '400': { icbc: 'late 7', boc: 'late B001', ...paid },
  '401': { icbc: 'late cut', boc: 'late cut', ...nothing },
  '402': { icbc: 'cut', boc: 'cut', ...nothing },
  '403': { icbc: 'cut', boc: 'cut', ...paid },
  '404': { icbc: 'garbled', boc: 'garbled', ...paid },
  '405': { icbc: 'cut', boc: 'cut', ...paid },
  '406': { icbc: 'half', boc: 'half', ...paid },
  '407': { icbc: '7 mojibake', boc: 'garbled', ...paid },
  '408': { icbc: 'http 502', boc: 'http 502', ...nothing },
  '409': { icbc: 'http 502', boc: 'http 502', ...paid },
  '410': { icbc: 'errorCode=40418', boc: 'b2eerror S999', ...nothing },
  '411': { icbc: '7', boc: 'B001', ...paid },
  '500': { icbc: 'cut', boc: 'cut', ...paid, inquiry: ['B0116', 'B003'] },
  '501': { icbc: 'cut', boc: 'cut', ...paid, inquiry: ['B0116', 'B003'] },
  '502': { icbc: '95', boc: 'S777', ...paid, inquiry: ['95', 'S777'] },
  '503': { icbc: '7', boc: 'B001', ...paid },
  '504': { icbc: '7', boc: 'B001', ...paid },
  '505': { icbc: '7', boc: 'B001', ...paid },
  '506': { icbc: 'no line', boc: 'no line', ...paid },
  '600': { icbc: '7', boc: 'B001', now: ['success', 1], later: ['returned', 1], inquiry: ['7', 'B001'] },
  '601': { icbc: '7', boc: 'B001', now: ['success', 1], later: ['returned', 1], inquiry: ['7', 'B001'] },
}

let clock: MovableClock
let simulator: Simulator

beforeEach(async () => {
  clock = new MovableClock(MORNING)
  simulator = await startWorld(clock)
})

afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

test('the expectations cover every magic account', () => {
  expect(Object.keys(EXPECTED).toSorted()).toEqual(MAGIC.map(magic => magic.code).toSorted())
})

describe.each(Object.entries(EXPECTED))('magic %s', (code, expected) => {
  const payee = `6200000000123456${code}`

  test('ICBC does what its row says', async () => {
    const icbc = new Icbc(simulator, clock)
    const signed = await icbc.sign(icbc.paymentXml('A1', [icbcItem('1', { RecAccNo: payee })]))
    const seen = await seenBy(icbc.send('PAYENT', 'A1', signed), seenOfIcbc)
    expect(seen).toBe(expected.icbc)
    check('A1/1', '123.45', expected.now)
    clock.move(3 * DAY_MS)
    check('A1/1', '123.45', expected.later)
    const found = await icbc.result('A1')
    expect(first(found, 'RetCode') === '0' ? first(found, 'Result') : first(found, 'RetCode')).toBe(expected.inquiry[0])
  })

  test('BOC does what its row says', async () => {
    const boc = new Boc(simulator)
    await boc.signIn()
    const seen = await seenBy(boc.sendPay([bocItem('1001', { toactacn: payee })]), seenOfBoc)
    expect(seen).toBe(expected.boc)
    check('1001', '123.45', expected.now)
    clock.move(3 * DAY_MS)
    check('1001', '123.45', expected.later)
    await boc.signIn()
    expect(codesOf(await boc.status('1001'))[1]).toBe(expected.inquiry[1])
  })
})

/** Waits out the late ones by moving the clock when the simulator sleeps. */
async function seenBy(work: Promise<Answer>, read: (answer: Answer) => string): Promise<string> {
  const done = outcomeOf(work).then(answer => (answer === 'cut' ? 'cut' : read(answer)))
  const sleeping = clock.sleeping().then(() => 'sleeping')
  const seen = await Promise.race([done, sleeping])
  if (seen !== 'sleeping') return seen
  clock.move(60_000)
  return `late ${await done}`
}

function seenOfIcbc(answer: Answer): string {
  if (answer.status !== 200) return `http ${answer.status}`
  const xml = xmlOf(answer)
  if (xml.startsWith('errorCode=')) return xml
  if (!xml.startsWith('<?xml')) return 'garbled'
  if (!xml.endsWith('</CMS>')) return 'half'
  if (first(xml, 'RetCode') !== '0') return first(xml, 'RetCode') ?? ''
  if (first(xml, 'rd') === undefined) return 'no line'
  const result = first(xml, 'Result') ?? ''
  const refusal = first(xml, 'iRetCode')
  const isReadable = xml.includes('甲公司')
  return [result, ...(refusal === '0' ? [] : [refusal]), ...(isReadable ? [] : ['mojibake'])].join(' ')
}

function seenOfBoc(answer: Answer): string {
  const text = answer.body.toString('utf8')
  if (answer.status !== 200) return `http ${answer.status}`
  if (!text.startsWith('<?xml')) return 'garbled'
  if (!text.endsWith('</bocb2e>')) return 'half'
  const codes = codesOf(text)
  if (first(text, 'trncod') === 'b2eerror') return `b2eerror ${codes[0]}`
  if (codes[0] !== 'B001') return codes[0] ?? ''
  return codes[1] ?? 'no line'
}

/** The books: state, bookings, and the one debit (and credit, when returned) of exactly this amount. */
function check(key: string, amount: string, [state, booked]: readonly [string, number]): void {
  const found = simulator.payments().find(payment => payment.key === key)
  expect(found?.timesReceived).toBe(1)
  expect(found?.timesBooked).toBe(booked)
  expect(found?.payments.map(payment => payment.state)).toEqual(state === 'none' ? [] : [state])
  const postings = simulator.ledger().postings.filter(posting => posting.key === key)
  expect(postings.map(({ type, amount: moved }) => [type, moved])).toEqual([
    ...(booked === 1 ? [['payment', amount]] : []),
    ...(state === 'returned' ? [['return', amount]] : []),
  ])
}
