// The simulated CCB as a bank sees its customers: messages composed by hand from the reference, sent over a raw socket, and
// everything a bank would refuse.

import { connect } from 'node:net'
import fc from 'fast-check'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { magicAccount } from '../../bank-gateways/simulator/engine/magic'
import { fromGbk, gbk, MovableClock, MORNING } from './simulator-kit'

const [CUST, USER, PASSWORD] = ['GD44000009010101#02', 'OPR001', 'secret']
const [PAYER, PAYEE, CLOSED] = ['11001000000000000001', '11001000000000000002', '11001000000000000003']

let simulator: Simulator | null = null
let clock = new MovableClock(MORNING)
afterEach(async () => {
  const problems = simulator?.problems()
  await simulator?.close()
  simulator = null
  expect(problems).toEqual([])
})

type Protocol = NonNullable<NonNullable<NonNullable<SimulatorOptions['banks']>['ccb']>['protocol']>
type Processing = NonNullable<NonNullable<NonNullable<SimulatorOptions['banks']>['ccb']>['processing']>

async function start(protocol: Protocol = {}, processing: Processing = {}): Promise<void> {
  clock = new MovableClock(MORNING)
  const common = { bank: 'ccb', cnaps: '105100000017', bankName: '中国建设银行' }
  simulator = await startSimulator({
    clock,
    accounts: [
      { ...common, account: PAYER, name: '甲公司', customer: CUST, openingBalance: '1000.00' },
      { ...common, account: PAYEE, name: '乙 公司', openingBalance: '0' },
      { ...common, account: CLOSED, name: '丙公司', isClosed: true },
    ],
    banks: { ccb: { customers: [{ custId: CUST, userId: USER, password: PASSWORD }], protocol, processing } },
  })
}

/** Sends bytes and resolves with everything that comes until the bank closes. */
function exchange(bytes: Buffer): Promise<string> {
  const url = new URL(simulator?.url('ccb', 'ebs') ?? '')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(url.port), url.hostname, () => socket.write(bytes))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', () => resolve(fromGbk(Buffer.concat(chunks))))
    socket.on('error', reject)
  })
}

const message = (code: string, info: string, sn = '1', head: Readonly<Record<string, string>> = {}): Buffer => {
  const fields = { REQUEST_SN: sn, CUST_ID: CUST, USER_ID: USER, PASSWORD, TX_CODE: code, LANGUAGE: 'CN', ...head }
  const envelope = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  return gbk(`<?xml version="1.0" encoding="GB2312"?><TX>${envelope.join('')}<TX_INFO>${info}</TX_INFO></TX>`)
}
const leavesOf = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')
const OWN = {
  PAY_ACCNO: PAYER,
  RECV_ACCNO: PAYEE,
  RECV_ACC_NAME: '乙&nbsp;公司',
  CHK_RECVNAME: '1',
  RECV_OPENACC_DEPT: '某支行',
  AMOUNT: '100.00',
  CUR_TYPE: '01',
  USEOF: '货款',
  CST_PAY_NO: 'P1',
  REM1: '',
  REM2: '',
}
const OTHER = {
  ...OWN,
  TRAN_TYPE: '0',
  RECV_ACCNO: '1100000000000000',
  RECV_ACC_NAME: '丁公司',
  RECV_UBANKNO: '308290003000',
}
const pay = (change: Readonly<Record<string, string>> = {}, sn = '1'): Promise<string> =>
  exchange(message('6W8010', leavesOf({ ...OWN, ...change }), sn))
const codeOf = (answer: string): string => /<RETURN_CODE>(.*?)<\/RETURN_CODE>/.exec(answer)?.[1] ?? answer
const fieldOf = (answer: string, name: string): string => new RegExp(`<${name}>(.*?)</${name}>`).exec(answer)?.[1] ?? ''
const status = (sn: string, code = '6W0600'): Promise<string> =>
  exchange(message(code, `<REQUEST_SN1>${sn}</REQUEST_SN1>`, '99'))

test('takes a payment without a length before it, answers in GB18030 with &nbsp;, books it and says so', async () => {
  await start()
  const taken = await pay()
  expect(taken).toMatch(/^<\?xml version="1.0" encoding="GB18030"/)
  expect([codeOf(taken), fieldOf(taken, 'DEAL_TYPE'), fieldOf(taken, 'CST_PAY_NO')]).toEqual(['000000', '9', 'P1'])
  expect(fieldOf(await status('1'), 'DEAL_RESULT')).toBe('9')
  clock.move(60_000)
  const done = await status('1')
  expect([fieldOf(done, 'DEAL_RESULT'), fieldOf(done, 'CREDIT_NO')]).toEqual(['4', fieldOf(taken, 'CREDIT_NO')])
  const page = await exchange(message('6W0400', `<ACC_NO>${PAYEE}</ACC_NO><STARTPAGE>1</STARTPAGE><POSTSTR></POSTSTR>`))
  expect([fieldOf(page, 'TRAN_DATE'), fieldOf(page, 'dORc'), fieldOf(page, 'ACC_NAME')]).toEqual([
    '2026/03/02',
    '1',
    '乙&nbsp;公司',
  ])
})

test('6W0500 calls failure what is success in 6W0600', async () => {
  await start()
  await pay({ RECV_ACCNO: magicAccount('204'), RECV_ACC_NAME: 'x' }, '1')
  await pay({}, '2')
  clock.move(60_000)
  const results = await Promise.all(
    ['1', '2'].map(async sn => [
      fieldOf(await status(sn), 'DEAL_RESULT'),
      fieldOf(await status(sn, '6W0500'), 'DEAL_RESULT'),
    ]),
  )
  expect(results).toEqual([
    ['5', '3'],
    ['4', '4'],
  ])
})

test.each<readonly [string, Readonly<Record<string, string>>, string]>([
  ['an unknown payer', { PAY_ACCNO: '11001000000000000009' }, 'SIM000000002'],
  ['a closed payer', { PAY_ACCNO: CLOSED }, 'SIM000000002'],
  ['payer = payee', { RECV_ACCNO: PAYER, RECV_ACC_NAME: '甲公司' }, 'SIM000000004'],
  ['an unknown payee', { RECV_ACCNO: '11001000000000000009' }, 'SIM000000005'],
  ['a closed payee', { RECV_ACCNO: CLOSED, RECV_ACC_NAME: '丙公司' }, 'SIM000000005'],
  ['another name', { RECV_ACC_NAME: '乙公司' }, 'SIM000000006'],
  ['more than there is', { AMOUNT: '1000.01' }, 'SIM000000007'],
  ['a name of 61 bytes', { RECV_ACC_NAME: `${'超'.repeat(30)}x` }, 'SIM000000021'],
  ['a use of 39 bytes', { USEOF: `${'货'.repeat(19)}x` }, 'SIM000000021'],
  ['nothing', { AMOUNT: '0.00' }, 'SIM000000022'],
  ['three decimals', { AMOUNT: '1.001' }, 'SIM000000022'],
  ['15 whole digits', { AMOUNT: '100000000000000.00' }, 'SIM000000022'],
  ['another currency', { CUR_TYPE: '14' }, 'SIM000000022'],
  ['no CHK_RECVNAME', { CHK_RECVNAME: '' }, 'SIM000000022'],
])('refuses %s, and keeps the money', async (_, change, code) => {
  await start()
  expect(codeOf(await pay(change))).toBe(code)
  clock.move(60_000)
  expect(simulator?.accounts().find(({ account }) => account === PAYER)).toMatchObject({
    balance: '1000.00',
    available: '1000.00',
  })
})

test('a name is not looked at when it is asked not to', async () => {
  await start()
  expect(codeOf(await pay({ RECV_ACC_NAME: '乙', CHK_RECVNAME: '0' }))).toBe('000000')
})

test('across banks it wants bank number, bank name and TRAN_TYPE', async () => {
  await start()
  const asked = [{}, { RECV_UBANKNO: '' }, { RECV_OPENACC_DEPT: '' }, { TRAN_TYPE: '' }]
  const codes = await Promise.all(
    asked.map(async (change, index) =>
      codeOf(await exchange(message('6W8060', leavesOf({ ...OTHER, ...change }), String(index + 1)))),
    ),
  )
  expect(codes).toEqual(['000000', 'SIM000000022', 'SIM000000022', 'SIM000000022'])
})

test('a repeated REQUEST_SN is refused, or booked again by the setting', async () => {
  await start()
  await pay()
  expect(codeOf(await pay())).toBe('SIM000000016')
  clock.move(60_000)
  expect(simulator?.payments()).toMatchObject([{ key: '1', timesReceived: 2, timesBooked: 1 }])
  await simulator?.close()
  await start({ duplicateSn: 'book-again' })
  await pay()
  expect(codeOf(await pay())).toBe('000000')
})

test('after the cut-off it refuses, where the setting says so', async () => {
  await start({}, { cutOff: '09:00', afterCutOff: 'refuse' })
  expect(codeOf(await pay())).toBe('SIM000000008')
})

test.each<readonly [string, Readonly<Record<string, string>>]>([
  ['letters in REQUEST_SN', { REQUEST_SN: 'A1' }],
  ['17 digits of REQUEST_SN', { REQUEST_SN: '1'.repeat(17) }],
  ['22 bytes of CUST_ID', { CUST_ID: 'x'.repeat(22) }],
  ['7 bytes of USER_ID', { USER_ID: '1234567' }],
  ['another LANGUAGE', { LANGUAGE: 'EN' }],
])('cannot read a message with %s', async (_, head) => {
  await start()
  const answer = await exchange(message('6W0100', `<ACC_NO>${PAYER}</ACC_NO>`, '1', head))
  expect(codeOf(answer)).toBe('SIM000000900')
})

test('a wrong password, an unknown function, a serial nobody knows, and no connection before 6W9101', async () => {
  await start({ requiresConnect: true })
  const balance = (head = {}): Promise<string> => exchange(message('6W0100', `<ACC_NO>${PAYER}</ACC_NO>`, '1', head))
  expect(codeOf(await balance({ PASSWORD: 'wrong' }))).toBe('SIM000000101')
  expect(codeOf(await balance())).toBe('SIM000000102')
  expect(codeOf(await exchange(message('6W9101', '<REM1></REM1><REM2></REM2>')))).toBe('000000')
  expect(fieldOf(await balance(), 'BALANCE1')).toBe('1000.00')
  expect(codeOf(await exchange(message('6W8040', '')))).toBe('SIM000000023')
  expect(codeOf(await status('4711'))).toBe('SIM000000404')
})

test('whatever comes in, it answers or hangs up, and goes on', async () => {
  await start()
  const balance = message('6W0100', `<ACC_NO>${PAYER}</ACC_NO>`)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(balance.length), async (noise, at) => {
      const bytes = Buffer.concat([balance.subarray(0, at), noise, balance.subarray(at), Buffer.from('</TX>')])
      expect(codeOf(await exchange(bytes))).not.toBe('')
    }),
    { numRuns: 60 },
  )
  expect(codeOf(await exchange(balance))).toBe('000000')
})

test('a later page is given only to who brings POSTSTR back, and no rows have their own code', async () => {
  await start({ pageRows: 1 })
  for (const sn of ['1', '2']) await pay({}, sn)
  clock.move(60_000)
  const ask = (page: string, post: string): Promise<string> =>
    exchange(message('6W0400', `<ACC_NO>${PAYER}</ACC_NO><STARTPAGE>${page}</STARTPAGE><POSTSTR>${post}</POSTSTR>`))
  const first = await ask('1', '')
  expect([fieldOf(first, 'PAGE_COUNT'), fieldOf(first, 'CUR_PAGE')]).toEqual(['2', '1'])
  expect(codeOf(await ask('2', ''))).toBe('SIM000000022')
  expect(codeOf(await ask('2', fieldOf(first, 'POSTSTR')))).toBe('000000')
  const none = `<ACC_NO>${PAYER}</ACC_NO><START_DATE>20260101</START_DATE><END_DATE>20260102</END_DATE><START_PAGE>1</START_PAGE><POSTSTR></POSTSTR>`
  const empty = await exchange(message('6W0300', none))
  expect([codeOf(empty), fieldOf(empty, 'RETURN_MSG')]).toEqual(['8350ZX100000', '该帐户无满足条件的明细'])
})
