// The simulated CGB from outside, with messages written by hand: what a bank would check it checks, in bytes, and what it says is
// what its books hold.

import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { MORNING, MovableClock } from './simulator-kit'

const PAYER = '9550000000000000001'
const OWN = '9550000000000000002'
type Cgb = NonNullable<NonNullable<SimulatorOptions['banks']>['cgb']>

let simulator: Simulator
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(protocol: Cgb['protocol'] = {}): Promise<void> {
  const bank = { bank: 'cgb', cnaps: '306581000003', bankName: '广发银行' }
  const history = ['2026-02-26', '2026-02-27'].flatMap(date =>
    ['1.00', '1.00', '2.00'].map(amount => ({ date, type: 'deposit' as const, amount, counterName: '客户' })),
  )
  simulator = await startSimulator({
    clock: new MovableClock(MORNING),
    accounts: [
      { ...bank, account: PAYER, name: '甲公司', openingBalance: '1000.00', history },
      { ...bank, account: OWN, name: '乙公司', openingBalance: '0.00' },
    ],
    banks: { cgb: { customers: [{ cifMaster: '1000000001', entUserId: '100001', userPassword: 'pw' }], protocol } },
  })
}

const encoded = (text: Buffer): string =>
  `cgb_data=${Array.from(text, byte => `%${byte.toString(16).padStart(2, '0')}`).join('')}`

async function send(bedc: Buffer | string, path = '/CGBClient/BankAction', method = 'POST'): Promise<string> {
  const body = encoded(Buffer.isBuffer(bedc) ? bedc : iconv.encode(bedc, 'gbk'))
  const answer = await fetch(`${simulator.url('cgb', 'bank')}${path}`, method === 'GET' ? { method } : { method, body })
  return answer.status === 200 ? iconv.decode(Buffer.from(await answer.arrayBuffer()), 'gbk') : String(answer.status)
}

let lastSerial = 0
type Head = Readonly<Record<string, string>>
function wrapped(tranCode: string, inner: string, over: Head = {}): string {
  const head = {
    tranCode,
    cifMaster: '1000000001',
    entSeqNo: String((lastSerial += 1)),
    tranDate: '20260302',
    tranTime: '100000',
    retCode: '000',
    entUserId: '100001',
    password: '<![CDATA[pw]]>',
    ...over,
  }
  return `<?xml version="1.0" encoding="GBK"?><BEDC><Message><commHead>${leaves(head)}</commHead><Body>${inner}</Body></Message></BEDC>`
}
const leaves = (fields: Head): string =>
  Object.entries(fields)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')
const all = (answer: string, name: string): readonly string[] =>
  [...answer.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')
const first = (answer: string, name: string): string => all(answer, name)[0] ?? ''
const codeOf = (answer: string): string => first(answer, 'retCode') || answer

const PAYMENT: Head = {
  traceNo: '1',
  outAccName: '甲公司',
  outAcc: PAYER,
  outAccBank: '',
  inAccName: '收款公司',
  inAcc: '6222000000000001',
  inAccBank: '中国工商银行',
  inAccAdd: '',
  amount: '1.05',
  remark: '货款',
  date: '20260302',
  comment: '',
  creNo: '',
}
const pay = (over: Head = {}, entSeqNo = '1', tranCode = '0012'): Promise<string> =>
  send(wrapped(tranCode, leaves({ ...PAYMENT, ...over }), { entSeqNo }))
const state = async (entSeqNo = '1', day = '20260302'): Promise<string> => {
  const answer = await send(
    wrapped('0004', leaves({ origEntseqno: entSeqNo, origEntdate: day }), { entSeqNo: String((lastSerial += 1)) }),
  )
  return first(answer, 'hostStatus') || codeOf(answer)
}
const debits = (): number => simulator.ledger().postings.filter(({ type }) => type === 'payment').length
beforeEach(() => {
  lastSerial = 1000
})

test('a payment is taken, is in process until it settles, and is debited once', async () => {
  await start()
  const answer = await pay()
  expect([codeOf(answer), first(answer, 'entSeqNo')]).toEqual(['000', '1'])
  expect([await state(), debits()]).toEqual(['H2', 0])
  simulator.advance(60_000)
  expect([await state(), debits()]).toEqual(['H0', 1])
  expect([await state('2'), await state('1', '20260301')]).toEqual(['S20', 'S20'])
})

test.each([
  ['inAcc', '6'.repeat(36), 'S10'],
  ['inAccName', '名'.repeat(61), 'S10'],
  ['remark', '要'.repeat(61), 'S10'],
  ['inAccName', '', 'S11'],
  ['inAccBank', '', 'S11'],
  ['inAcc', '62 22', 'S11'],
  ['amount', '1.5', 'S11'],
  ['amount', '0.00', 'S11'],
  ['amount', '-1.00', 'S11'],
  ['date', '', 'S11'],
  ['outAcc', '9550000000000000003', 'S02'],
  ['outAccName', '乙公司', 'S03'],
  ['amount', '1008.01', 'S07'],
  ['amount', '1008.00', '000'],
  ['inAccName', '名'.repeat(60), '000'],
])('%s = %s is answered %s', async (name, value, code) => {
  await start()
  expect(codeOf(await pay({ [name]: value }))).toBe(code)
  simulator.advance(60_000)
  expect(debits()).toBe(code === '000' ? 1 : 0)
})

test('0021 needs the bank’s number, 0012 its name, 0011 neither', async () => {
  await start()
  expect(codeOf(await pay({}, '1', '0021'))).toBe('S11')
  expect(codeOf(await pay({ paymentBankid: '102100099996', inAccBank: '' }, '2', '0021'))).toBe('000')
  expect(codeOf(await pay({ inAcc: OWN, inAccName: '乙公司', inAccBank: '' }, '3', '0011'))).toBe('000')
  simulator.advance(60_000)
  expect(simulator.accounts().find(({ account }) => account === OWN)?.balance).toBe('1.05')
})

test('an entSeqNo is refused a second time that day, whatever it holds, and taken again on the next', async () => {
  await start()
  await pay()
  expect(codeOf(await pay({ amount: '2.00' }))).toBe('S16')
  expect(codeOf(await send(wrapped('0012', leaves(PAYMENT), { tranDate: '20260301' })))).toBe('S11')
  simulator.advance(60_000)
  expect(debits()).toBe(1)
  simulator.advance(86_400_000)
  expect(codeOf(await send(wrapped('0012', leaves(PAYMENT), { entSeqNo: '1', tranDate: '20260303' })))).toBe('000')
  await simulator.close()
  await start({ duplicate: 'book-again' })
  await pay()
  await pay()
  simulator.advance(60_000)
  expect(debits()).toBe(2)
})

describe('0033', () => {
  const record = (over: Head = {}): string => {
    const fields = {
      customerSalarySeq: '1',
      inacc: '6222000000000001',
      inaccname: '收款公司',
      inaccbank: '中国工商银行',
      inaccadd: '',
      bankCode: '',
      salary: '1.05',
      transType: '1',
      comment: '',
      remark: '货款',
    }
    return `<record>${leaves({ ...fields, ...over })}</record>`
  }
  const batch = (records: string, over: Head = {}): Promise<string> => {
    const head = { accountNo: PAYER, allCount: '2', allSalary: '2.10', customerBatchNo: '77', ...over }
    return send(wrapped('0033', `${leaves(head)}<records>${records}</records>`))
  }
  const two =
    record() + record({ customerSalarySeq: '2', inacc: OWN, inaccname: '乙公司', inaccbank: '', transType: '0' })

  test('takes a package, refuses single records silently, and 0034 tells each by its number', async () => {
    await start()
    expect(
      codeOf(
        await batch(two + record({ customerSalarySeq: '3', inaccname: '' }), { allCount: '3', allSalary: '3.15' }),
      ),
    ).toBe('000')
    simulator.advance(60_000)
    const answer = await send(wrapped('0034', leaves({ accountNo: PAYER, customerBatchNo: '77' })))
    expect([all(answer, 'customerSalarySeq'), all(answer, 'bankstatus'), first(answer, 'errCount')]).toEqual([
      ['1', '2', '3'],
      ['H0', 'H0', 'H8'],
      '1',
    ])
    expect(debits()).toBe(2)
    expect(codeOf(await send(wrapped('0034', leaves({ accountNo: PAYER, customerBatchNo: '78' }))))).toBe('S20')
  })

  test.each([
    ['a wrong count', two, { allCount: '3' }],
    ['a wrong sum', two, { allSalary: '2.11' }],
    ['no record', '', { allCount: '0', allSalary: '0.00' }],
    ['a number twice', record() + record(), {}],
    ['no batch number', two, { customerBatchNo: '' }],
  ])('with %s is refused whole', async (_, records, over) => {
    await start()
    expect(codeOf(await batch(records, over))).toBe('S11')
    simulator.advance(60_000)
    expect(debits()).toBe(0)
  })
})

test.each([
  ['an unknown user', wrapped('0001', '', { entUserId: '9' }), 'S14'],
  ['a wrong password', wrapped('0001', '', { password: 'x' }), 'S14'],
  ['a code that is not simulated', wrapped('0019', ''), 'S13'],
  ['a stranger’s account', wrapped('0001', leaves({ account: '9550000000000000003' })), 'S02'],
  ['a serial that is no number', wrapped('0001', '', { entSeqNo: 'A' }), 'S98'],
  ['no XML', 'hello', 'S98'],
  ['bytes that are not GBK', Buffer.from([0xff, 0xfe, 0x80]), 'S98'],
])('%s is answered %s', async (_, message, code) => {
  await start()
  expect(codeOf(await send(message))).toBe(code)
  expect([await send('', '/other'), await send('', '/CGBClient/BankAction', 'GET')]).toEqual(['404', '405'])
})

describe('statement', () => {
  const ask = (over: Head = {}): Promise<string> => {
    const fields = {
      account: PAYER,
      beginDate: '20260226',
      endDate: '20260228',
      queryType: '1',
      beginRecTranDate: '',
      beginRecTranCode: '',
      beginRecTranSeq: '',
      queryNumber: '50',
    }
    return send(wrapped('9001', leaves({ ...fields, ...over })))
  }

  test.each(['named', 'next'] as const)('pages that begin with the %s row give every row once', async beginsWith => {
    await start({ beginsWith })
    const whole = all(await ask(), 'tranSeq')
    expect(whole.length).toBe(6)
    const seen: string[] = []
    for (let begin: Head = {}, turns = 0; turns < 20; turns += 1) {
      const answer = await ask({ ...begin, queryNumber: '2' })
      const fresh = all(answer, 'tranSeq').filter(seq => !seen.includes(seq))
      if (fresh.length === 0) break
      seen.push(...fresh)
      const at = all(answer, 'tranSeq').length - 1
      begin = {
        // The head has one of each too.
        beginRecTranDate: all(answer, 'tranDate')[at + 1] ?? '',
        beginRecTranCode: all(answer, 'tranCode')[at + 1] ?? '',
        beginRecTranSeq: all(answer, 'tranSeq')[at] ?? '',
      }
    }
    expect(seen).toEqual(whole)
  })

  test.each([
    [{ beginDate: '20260301' }, 'S11'],
    [{ endDate: '20260302' }, 'S11'],
    [{ queryType: '0' }, 'S11'],
    [{ queryType: '2' }, 'S11'],
    [{ queryNumber: '0' }, 'S11'],
    [{ beginRecTranSeq: 'x' }, 'S11'],
    [{ account: '9550000000000000003' }, 'S02'],
    [{ beginDate: '20260302', endDate: '20260302', queryType: '0' }, '000'],
  ])('%j is answered %s', async (over, code) => {
    await start()
    expect(codeOf(await ask(over))).toBe(code)
  })

  test('our traceNo comes back on the payer’s rows, and what comes back is marked', async () => {
    await start()
    await pay({ inAcc: '6200000000000000601', traceNo: '42' })
    simulator.advance(60_000)
    const answer = await ask({ beginDate: '20260302', endDate: '20260302', queryType: '0' })
    expect([all(answer, 'dcFlag'), all(answer, 'rvFlag'), all(answer, 'traceNo')]).toEqual([
      ['D', 'C'],
      ['0', '1'],
      ['42', '42'],
    ])
    expect(await state()).toBe('H0')
  })
})

test('damaged messages of every transaction get an answer, and move no money', async () => {
  await start()
  const bodies = [
    wrapped('0012', leaves({ ...PAYMENT, amount: '0.00' })),
    wrapped(
      '0033',
      `${leaves({ accountNo: PAYER, allCount: '1', allSalary: '0.00', customerBatchNo: '7' })}<records><record/></records>`,
    ),
    wrapped('0004', leaves({ origEntseqno: '1', origEntdate: '20260302' })),
    wrapped('0034', leaves({ customerBatchNo: '7' })),
    wrapped('0001', leaves({ account: PAYER })),
    wrapped(
      '9001',
      leaves({ account: PAYER, beginDate: '20260226', endDate: '20260228', queryType: '1', queryNumber: '5' }),
    ),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('', '<', '>', '&', '</record>', '<record>', '\u0000', '中', '9'.repeat(30), '-1', '<a><a>'),
      async (body, at, length, put) => {
        const from = at % (body.length + 1)
        expect(await send(body.slice(0, from) + put + body.slice(from + length))).toMatch(/<retCode>\w+<\/retCode>/)
      },
    ),
    { numRuns: 150 },
  )
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})
