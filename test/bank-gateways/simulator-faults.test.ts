// Faults to order: what the client sees on a real socket, what the books say after it, and how long a fault lasts.

import type { FaultOrder } from '../../bank-gateways/simulator/engine/faults'
import type { Simulator } from '../../bank-gateways/simulator/simulator'
import {
  all,
  Boc,
  bocItem,
  codesOf,
  first,
  fromGbk,
  Icbc,
  ICBC_PAYER,
  icbcItem,
  MORNING,
  MovableClock,
  outcomeOf,
  percentEncoded,
  post,
  raw,
  startWorld,
  xmlOf,
  CERT_ID,
  CIS,
  type Answer,
} from './simulator-kit'

let clock: MovableClock
let simulator: Simulator
let icbc: Icbc
let boc: Boc

beforeEach(async () => {
  clock = new MovableClock(MORNING)
  simulator = await startWorld(clock)
  icbc = new Icbc(simulator, clock)
  boc = new Boc(simulator)
  await boc.signIn()
})

afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

const booked = (): number[] => {
  clock.move(10_000)
  return simulator.payments().map(({ timesBooked }) => timesBooked)
}

type Seen = (answer: Answer | 'cut') => string

const seenOfIcbc: Seen = answer => {
  if (answer === 'cut') return 'cut'
  if (answer.status !== 200) return `http ${answer.status}`
  const xml = xmlOf(answer)
  if (xml.startsWith('errorCode=')) return xml
  if (!xml.startsWith('<?xml')) return 'garbled'
  if (!xml.endsWith('</CMS>')) return 'half'
  return [
    first(xml, 'RetCode'),
    ...all(xml, 'Result'),
    ...(xml.includes('甲公司') || !xml.includes('<rd>') ? [] : ['mojibake']),
  ].join(' ')
}

const seenOfBoc: Seen = answer => {
  if (answer === 'cut') return 'cut'
  if (answer.status !== 200) return `http ${answer.status}`
  const xml = answer.body.toString('utf8')
  if (!xml.startsWith('<?xml')) return 'garbled'
  return xml.endsWith('</bocb2e>') ? codesOf(xml).join(' ') : 'half'
}

type Row = readonly [kind: FaultOrder['kind'], icbcSees: string, bocSees: string, booked: readonly number[]]

const SUBMISSIONS: readonly Row[] = [
  ['drop-before', 'cut', 'cut', []],
  ['drop-after-read', 'cut', 'cut', [0]],
  ['drop-after-booking', 'cut', 'cut', [1]],
  ['truncate', 'cut', 'cut', [1]],
  ['truncate-with-length', 'half', 'half', [1]],
  ['split', '0 0', 'B001 B001', [1]],
  ['garbage', 'garbled', 'garbled', [1]],
  ['wrong-charset', '0 0 mojibake', 'garbled', [1]],
  ['http-error', 'http 502', 'http 502', [0]],
  ['http-error-after-booking', 'http 502', 'http 502', [1]],
  ['maintenance', 'errorCode=40418', 'S999', [0]],
  ['header-failed', 'S0012', 'S999', [0]],
  ['item-failed', '0 6', 'B001 B999', [0]],
  ['unknown-code', '0 95', 'B001 S777', [1]],
  ['missing-line', '0', 'B001', [1]],
]

describe.each(SUBMISSIONS)('%s', (kind, icbcSees, bocSees, times) => {
  test('at ICBC, once', async () => {
    await simulator.order({ bank: 'icbc', kind })
    const signed = await icbc.sign(icbc.paymentXml('A1', [icbcItem('1')]))
    expect(seenOfIcbc(await outcomeOf(icbc.send('PAYENT', 'A1', signed)))).toBe(icbcSees)
    expect(booked()).toEqual(times)
    expect(simulator.faults()).toEqual([])
    expect(first(await icbc.result('A1'), 'RetCode')).toBe(times[0] === 1 || kind === 'item-failed' ? '0' : 'B0116')
  })

  test('at BOC, once', async () => {
    await simulator.order({ bank: 'boc', kind })
    expect(seenOfBoc(await outcomeOf(boc.sendPay([bocItem('1001')])))).toBe(bocSees)
    expect(booked()).toEqual(times)
    expect(codesOf(await boc.status('1001'))[0]).toBe('B001')
  })
})

test.each(['delay', 'silent'] as const)(
  '%s waits as long as ordered; the payment is booked only by delay',
  async kind => {
    await simulator.order({ bank: 'boc', kind, delayMs: 5000 })
    const answer = outcomeOf(boc.sendPay([bocItem('1001')]))
    await clock.sleeping()
    expect(simulator.payments().map(({ payments }) => payments.length)).toEqual([kind === 'delay' ? 1 : 0])
    clock.move(5000)
    expect(seenOfBoc(await answer)).toBe(kind === 'delay' ? 'B001 B001' : 'cut')
  },
)

test('a client that goes away during a delay, and a simulator that closes during one, leave nothing waiting', async () => {
  await simulator.order({ bank: 'boc', kind: 'delay', times: 2 })
  const first2 = outcomeOf(boc.sendPay([bocItem('1001')]))
  await clock.sleeping()
  await simulator.close()
  expect(await first2).toBe('cut')
  simulator = await startWorld(clock)
})

describe('answers that do not belong to the question', () => {
  test('wrong-serial: the package number, the query number and the message number differ', async () => {
    await simulator.order({ bank: 'icbc', kind: 'wrong-serial', times: 2 })
    expect(first(await icbc.pay('A1', [icbcItem('1')]), 'fSeqno')).toBe('A9')
    const found = await icbc.result('A1')
    expect([first(found, 'fSeqno')?.startsWith('T'), first(found, 'QryfSeqno')]).toEqual([true, 'A9'])
    await simulator.order({ bank: 'boc', kind: 'wrong-serial', times: 2 })
    const paid = await boc.pay([bocItem('1001')])
    expect([first(paid, 'trnid'), first(paid, 'insid')]).toEqual(['000000000009', '1009'])
    expect(first(await boc.status('1001'), 'insid')).toBe('1009')
  })

  test('lies: the echoed amount or payee is wrong, the books are right', async () => {
    await simulator.order({ bank: 'icbc', kind: 'lie-amount' })
    expect(first(await icbc.pay('A1', [icbcItem('1')]), 'PayAmt')).toBe('12346')
    await simulator.order({ bank: 'icbc', kind: 'lie-payee', code: 'QPAYENT' })
    expect(first(await icbc.result('A1'), 'RecAccNo')).toBe('1100000000000009')
    clock.move(10_000)
    expect(simulator.ledger().postings.at(-1)).toMatchObject({
      amount: '123.45',
      payee: { account: '1100000000000000' },
    })
  })

  test('the magic liars lie at every inquiry too', async () => {
    await icbc.pay('A1', [
      icbcItem('1', { RecAccNo: '6200000000123456503' }),
      icbcItem('2', { RecAccNo: '6200000000123456504' }),
    ])
    for (let time = 0; time < 2; time += 1) {
      const found = await icbc.result('A1')
      expect(all(found, 'PayAmt')).toEqual(['12346', '12345'])
      expect(all(found, 'RecAccNo')).toEqual(['6200000000123456503', '6200000000123456509'])
    }
  })

  test('not found, then found: three inquiries know nothing of magic 500', async () => {
    const item = icbcItem('1', { RecAccNo: '6200000000123456500' })
    await outcomeOf(icbc.pay('A1', [item]))
    const codes: (string | undefined)[] = []
    for (let time = 0; time < 4; time += 1) codes.push(first(await icbc.result('A1'), 'RetCode'))
    expect(codes).toEqual(['B0116', 'B0116', 'B0116', '0'])
  })

  test('not-found is ordered for the next n inquiries', async () => {
    await boc.pay([bocItem('1001')])
    await simulator.order({ bank: 'boc', kind: 'not-found', code: 'b2e0007', times: 2 })
    const codes: (string | undefined)[] = []
    for (let time = 0; time < 3; time += 1) codes.push(codesOf(await boc.status('1001'))[1])
    expect(codes).toEqual(['B003', 'B003', 'B054'])
  })

  test('missing-line leaves out the last of a batch, at submission and inquiry', async () => {
    await simulator.order({ bank: 'icbc', kind: 'missing-line', times: 2 })
    expect(all(await icbc.pay('A1', [icbcItem('1'), icbcItem('2')]), 'iSeqno')).toEqual(['1'])
    expect(all(await icbc.result('A1'), 'QryiSeqno')).toEqual(['1'])
    await simulator.order({ bank: 'boc', kind: 'missing-line', times: 2 })
    expect(all(await boc.pay([bocItem('1001'), bocItem('1002')]), 'insid')).toEqual(['1001'])
    expect(all(await boc.status('1001', '1002'), 'insid')).toEqual(['1001'])
    expect(booked()).toEqual([1, 1, 1, 1])
  })
})

describe('where and how often', () => {
  test('by code, by count, after some have passed', async () => {
    await simulator.order({ bank: 'boc', kind: 'http-error', code: 'b2e0009', skip: 1, times: 2, status: 503 })
    const seen: string[] = []
    for (const insid of ['1', '2', '3', '4']) {
      seen.push(seenOfBoc(await boc.sendPay([bocItem(insid)])))
      await boc.status(insid)
    }
    expect(seen).toEqual(['B001 B001', 'http 503', 'http 503', 'B001 B001'])
  })

  test('by the payee account, of the payment and of inquiries about it', async () => {
    const payee = '1100000000000777'
    await simulator.order({ bank: 'icbc', kind: 'header-failed', payee, times: null })
    expect(first(await icbc.pay('A1', [icbcItem('1')]), 'RetCode')).toBe('0')
    expect(first(await icbc.result('A1'), 'RetCode')).toBe('0')
    expect(first(await icbc.pay('A2', [icbcItem('1'), icbcItem('2', { RecAccNo: payee })]), 'RetCode')).toBe('S0012')
    await simulator.withdraw()
    expect(first(await icbc.pay('A2', [icbcItem('1', { RecAccNo: payee })]), 'RetCode')).toBe('0')
  })

  test('for a time: a maintenance window closes by itself', async () => {
    await simulator.order({ bank: 'boc', kind: 'maintenance', forMs: 60_000 })
    for (let time = 0; time < 3; time += 1) expect(codesOf(await boc.status('1'))).toEqual(['S999'])
    clock.move(60_000)
    expect(codesOf(await boc.status('1'))[0]).toBe('B001')
  })

  test('one fault is withdrawn, the other stays', async () => {
    const gone = await simulator.order({ bank: 'boc', kind: 'maintenance', times: null })
    await simulator.order({ bank: 'icbc', kind: 'maintenance', times: null })
    await simulator.withdraw(gone.id)
    expect(simulator.faults().map(({ bank }) => bank)).toEqual(['icbc'])
    expect(codesOf(await boc.status('1'))[0]).toBe('B001')
  })

  test('refuse-connections closes the port, cuts open connections, and reopens the same port', async () => {
    const url = simulator.url('boc', 'b2e')
    await simulator.order({ bank: 'boc', kind: 'refuse-connections', forMs: 60_000 })
    await expect(boc.status('1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(first(await icbc.result('A1'), 'RetCode')).toBe('B0116')
    clock.move(60_000)
    await until(async () => codesOf(await boc.status('1'))[0] === 'B001')
    expect(simulator.url('boc', 'b2e')).toBe(url)
  })

  test('refuse-connections without a time lasts until it is withdrawn, also at the sign port', async () => {
    const fault = await simulator.order({ bank: 'icbc', listener: 'sign', kind: 'refuse-connections' })
    await expect(icbc.sign('<x/>')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    clock.move(86_400_000)
    await expect(icbc.sign('<x/>')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await simulator.withdraw(fault.id)
    expect(await icbc.sign('<x/>')).toMatch(/^MI/)
  })

  test.each<[FaultOrder['kind'], string]>([
    ['maintenance', '-1'],
    ['http-error', 'http 502'],
    ['drop-after-read', 'cut'],
    ['garbage', 'no page'],
  ])('the sign port has faults of its own: %s', async (kind, seen) => {
    await simulator.order({ bank: 'icbc', listener: 'sign', kind, code: 'PAYENT' })
    const sign = async (xml: string) => {
      const answer = await outcomeOf(post(simulator.url('icbc', 'sign'), xml, 'INFOSEC_SIGN/1.0'))
      if (answer === 'cut') return 'cut'
      return answer.status === 200 ? (first(fromGbk(answer.body), 'result') ?? 'no page') : `http ${answer.status}`
    }
    expect(await sign(icbc.xml('BATEBILL', 'A1', ''))).toBe('0')
    expect(await sign(icbc.xml('PAYENT', 'A1', ''))).toBe(seen)
  })

  test.each<[string, object, RegExp]>([
    ['an unknown bank', { bank: 'hxb', kind: 'delay' }, /no simulated bank/],
    ['an unknown port', { bank: 'boc', listener: 'sign', kind: 'delay' }, /the ports of boc are b2e/],
    ['a lie at BOC, which echoes nothing', { bank: 'boc', kind: 'lie-amount' }, /cannot happen/],
    ['an item fault at the sign port', { bank: 'icbc', listener: 'sign', kind: 'item-failed' }, /cannot happen/],
    [
      'a code for what happens unread',
      { bank: 'boc', kind: 'drop-before', code: 'b2e0009' },
      /before the request is read/,
    ],
  ])('%s cannot be ordered', async (_, order, message) => {
    await expect(simulator.order(order as FaultOrder)).rejects.toThrow(message)
  })
})

test('split really sends the body in pieces of one byte', async () => {
  await simulator.order({ bank: 'icbc', kind: 'split' })
  const body = `Version=0.0.1.0&TransCode=QACCBAL&BankCode=102&GroupCIS=${CIS}&ID=${CERT_ID}&PackageID=S1&Cert=&reqData=${percentEncoded(icbc.xml('QACCBAL', 'S1', ''))}`
  const head = `POST /servlet/ICBCCMPAPIReqServlet?userID=${CERT_ID}&PackageID=S1&SendTime=20260302100000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`
  const answer = (await raw(simulator.url('icbc', 'tunnel'), head + body)).toString('latin1')
  const [headers = '', text = ''] = answer.split('\r\n\r\n')
  expect(text.startsWith('reqData=')).toBe(true)
  expect(headers).toContain(`Content-Length: ${text.length}`)
})

test('truncate announces the whole length and breaks off half way', async () => {
  await simulator.order({ bank: 'icbc', kind: 'truncate' })
  const body = `Version=0.0.1.0&TransCode=QACCBAL&BankCode=102&GroupCIS=${CIS}&ID=${CERT_ID}&PackageID=S1&Cert=&reqData=${percentEncoded(icbc.xml('QACCBAL', 'S1', `<TotalNum>1</TotalNum><rd><AccNo>${ICBC_PAYER}</AccNo></rd>`))}`
  const head = `POST /servlet/ICBCCMPAPIReqServlet?userID=${CERT_ID}&PackageID=S1&SendTime=20260302100000000 HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`
  const answer = (await raw(simulator.url('icbc', 'tunnel'), head + body)).toString('latin1')
  const [headers = '', text = ''] = answer.split('\r\n\r\n')
  const announced = Number(/Content-Length: (\d+)/.exec(headers)?.[1])
  expect(announced).toBeGreaterThan(100)
  expect(text).toHaveLength(Math.floor(announced / 2))
})

/** Asks until it is so, at most for five seconds. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('it never came true')
    await new Promise(resolve => setImmediate(resolve))
  }
}
