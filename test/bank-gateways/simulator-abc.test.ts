// The simulated ABC as a bank sees its customers: messages composed by hand from the reference behind a header of seven bytes,
// sent over a raw socket, and everything a bank would refuse.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { fromGbk, gbk, MovableClock, MORNING } from './simulator-kit'
import { golden } from './tcp-front-end'

const [PAYER, PAYEE] = ['11040101040000001', '11040101040000002']

let simulator: Simulator | null = null
let clock = new MovableClock(MORNING)
let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yinqi-abc-sim-'))
})
afterEach(async () => {
  const problems = simulator?.problems()
  await simulator?.close()
  simulator = null
  rmSync(directory, { recursive: true })
  expect(problems).toEqual([])
})

type Abc = NonNullable<NonNullable<SimulatorOptions['banks']>['abc']>

async function start(protocol: Abc['protocol'] = {}, processing: Abc['processing'] = {}): Promise<void> {
  clock = new MovableClock(MORNING)
  const common = { bank: 'abc', cnaps: '103100000026', bankName: '中国农业银行' }
  simulator = await startSimulator({
    clock,
    accounts: [
      { ...common, account: PAYER, name: '甲公司', openingBalance: '1000.00' },
      { ...common, account: PAYEE, name: '乙公司', openingBalance: '0' },
    ],
    banks: { abc: { protocol: { detailDirectory: directory, ...protocol }, processing } },
  })
}

/** Sends bytes, shuts its side and resolves with everything that comes until the bank closes. */
function exchange(bytes: Buffer): Promise<Buffer> {
  const url = new URL(simulator?.url('abc', 'icc') ?? '')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(url.port), url.hostname, () => socket.end(bytes))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', () => resolve(Buffer.concat(chunks)))
    socket.on('close', () => resolve(Buffer.concat(chunks)))
    socket.on('error', reject)
  })
}

const framed = (body: Buffer, flag = '1'): Buffer =>
  Buffer.concat([Buffer.from(`${flag}${String(body.length).padEnd(6)}`), body])
const group = (name: string, fields: Readonly<Record<string, string>>): string =>
  `<${name}>${Object.entries(fields)
    .map(([field, value]) => `<${field}>${value}</${field}>`)
    .join('')}</${name}>`
const xmlOf = (code: string, seq: string, content: string): string =>
  `<ap><CCTransCode>${code}</CCTransCode><ProductID>ICC</ProductID><ChannelType>ERP</ChannelType><CorpNo></CorpNo><OpNo></OpNo>` +
  `<AuthNo></AuthNo><ReqSeqNo>${seq}</ReqSeqNo><ReqDate>20260302</ReqDate><ReqTime>100000</ReqTime><Sign></Sign>${content}</ap>`
const CMP = {
  DbProv: '11',
  DbAccNo: '040101040000001',
  DbCur: '01',
  CrProv: '11',
  CrAccNo: '040101040000002',
  CrCur: '01',
  ConFlag: '1',
}
const CORP = {
  BookingFlag: '0',
  UrgencyFlag: '0',
  OthBankFlag: '0',
  CrAccName: '乙公司',
  CrBankName: '',
  CrBankNo: '',
  DbAccName: '甲公司',
  WhyUse: '货款',
  Postscript: '',
}
type Change = { readonly cmp?: object; readonly corp?: object; readonly amount?: string; readonly code?: string }
async function ask(code: string, seq: string, content: string): Promise<string> {
  return fromGbk((await exchange(framed(gbk(xmlOf(code, seq, content))))).subarray(7))
}
const pay = ({ cmp, corp, amount = '100.00', code = 'CFRT02' }: Change = {}, seq = '1'): Promise<string> =>
  ask(code, seq, `<Amt>${amount}</Amt>${group('Cmp', { ...CMP, ...cmp })}${group('Corp', { ...CORP, ...corp })}`)
const fieldOf = (answer: string, name: string): string => new RegExp(`<${name}>(.*?)</${name}>`).exec(answer)?.[1] ?? ''
const debit = { DbProv: '11', DbAccNo: '040101040000001', DbCur: '01' }
const result = async (seq: string): Promise<string> =>
  fieldOf(await ask('CQRT04', '99', group('Cmp', { ...debit, CmeSeqNo: seq })), 'RespPrvData').slice(18, 26)

test('takes the reference’s own message of 851 bytes, under either flag', async () => {
  await start()
  const request = golden('abc', 'cfrt02.request.txt')
  expect(request.length).toBe(858)
  for (const [index, flag] of ['1', '0'].entries()) {
    const bytes = framed(
      gbk(fromGbk(request.subarray(7)).replace('093000001</ReqSeqNo>', `09300000${index}</ReqSeqNo>`)),
      flag,
    )
    const answer = await exchange(bytes)
    expect(Number(answer.subarray(1, 7).toString())).toBe(answer.length - 7)
    expect(fieldOf(fromGbk(answer), 'RespCode')).toBe('0000')
  }
})

test('one that waits has WaitFlag 1 or 0001, then CQRT04 and CQRA61 say how it went', async () => {
  for (const pendingShape of ['wait-flag', '0001'] as const) {
    await start({ pendingShape })
    const taken = await pay()
    const expected = pendingShape === '0001' ? ['0001', '1'] : ['0000', '1']
    expect([fieldOf(taken, 'RespCode'), fieldOf(taken, 'WaitFlag')]).toEqual(expected)
    expect(await result('1')).toBe('03880388')
    clock.move(60_000)
    expect(await result('1')).toBe('00000000')
    const manual = await ask('CQRA61', '98', group('Corp', { BookingDate: '1' }) + group('Cmp', debit))
    expect(fieldOf(manual, 'UseState')).toBe('1')
    await simulator?.close()
  }
})

test.each<readonly [string, Change, string]>([
  ['an unknown payer', { cmp: { DbAccNo: '040101040000009' } }, '2003'],
  ['an unknown payee', { cmp: { CrAccNo: '040101040000009' } }, '2003'],
  ['another payer name', { corp: { DbAccName: '丙公司' } }, 'S103'],
  ['another payee name', { corp: { CrAccName: '丙公司' } }, 'S106'],
  ['payer = payee', { cmp: { CrAccNo: '040101040000001' }, corp: { CrAccName: '甲公司' } }, 'S104'],
  ['more than there is', { amount: '1000.01' }, 'S107'],
  ['a name of 121 bytes', { corp: { CrAccName: `${'超'.repeat(60)}x` } }, 'S121'],
  ['an amount with a comma', { amount: '1,000.00' }, 'S122'],
  ['a province of three', { cmp: { DbProv: '011' } }, 'S122'],
  ['another bank without its number', { corp: { OthBankFlag: '1', CrBankName: '某银行' } }, 'S122'],
  ['CFRT21 to another bank', { code: 'CFRT21', corp: { OthBankFlag: '1' } }, 'S122'],
])('refuses %s with RespSource 3, and keeps the money', async (_, change, code) => {
  await start()
  const answer = await pay(change)
  expect([fieldOf(answer, 'RespSource'), fieldOf(answer, 'RespCode')]).toEqual(['3', code])
  clock.move(60_000)
  expect(simulator?.accounts().find(({ account }) => account === PAYER)?.available).toBe('1000.00')
})

test('a repeated ReqSeqNo is refused, after the cut-off all is, and nobody knows another serial', async () => {
  await start({}, { cutOff: '12:00', afterCutOff: 'refuse' })
  await pay()
  expect(fieldOf(await pay(), 'RespCode')).toBe('S116')
  clock.move(3 * 3_600_000)
  expect(fieldOf(await pay({}, '2'), 'RespCode')).toBe('S108')
  expect(simulator?.payments()).toMatchObject([
    { key: '1', timesReceived: 2, timesBooked: 1 },
    { key: '2', timesReceived: 1, timesBooked: 0 },
  ])
  expect(fieldOf(await ask('CQRT04', '99', group('Cmp', { ...debit, CmeSeqNo: '4711' })), 'RespCode')).toBe('S404')
})

test('a header of another shape, one that counts too few, and a body that is cut are hung up on', async () => {
  await start()
  const body = gbk(xmlOf('CQRA06', '1', group('Cmp', debit)))
  const broken = [
    body,
    Buffer.concat([Buffer.from(`2${String(body.length).padEnd(6)}`), body]),
    Buffer.concat([Buffer.from(`1${String(body.length).padStart(6)}`), body]),
    Buffer.concat([Buffer.from(`1${String(body.length - 1).padEnd(6)}`), body]),
    framed(body).subarray(0, 50),
  ]
  for (const bytes of broken) expect((await exchange(bytes)).length).toBe(0)
  expect((await exchange(framed(body))).length).toBeGreaterThan(0)
})

test('whatever comes in, it answers or hangs up, and goes on', async () => {
  await start()
  const body = gbk(xmlOf('CQRA06', '1', group('Cmp', debit)))
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(body.length), async (noise, at) => {
      await exchange(framed(Buffer.concat([body.subarray(0, at), noise, body.subarray(at)])))
      await exchange(Buffer.from(noise))
    }),
    { numRuns: 60 },
  )
  expect((await exchange(framed(body))).length).toBeGreaterThan(0)
})

test('both shapes of a balance, and rows in a file of 33 columns, going on behind the last journal number', async () => {
  await start({ pageRows: 1 })
  for (const seq of ['1', '2']) await pay({}, seq)
  clock.move(60_000)
  const balance = await ask('CQRA06', '3', group('Cmp', debit))
  expect(fieldOf(balance, 'RespPrvData1')).toBe('11|040101040000001|01|甲公司|800.00|800.00|1|0000|')
  expect(fieldOf(balance, 'AvailBal')).toBe('800.00')
  const detail = (last: string): Promise<string> =>
    ask(
      'CQRA10',
      '4',
      group('Corp', { StartDate: '20260302', EndDate: '20260302' }) +
        group('Channel', { LastJrnNo: last }) +
        group('Cmp', debit),
    )
  const first = await detail('0')
  expect([fieldOf(first, 'RecordNum'), fieldOf(first, 'FieldNum'), fieldOf(first, 'FileFlag')]).toEqual([
    '1',
    '33',
    '1',
  ])
  const text = fromGbk(readFileSync(path.join(directory, fieldOf(first, 'BatchFileName'))))
  const columns = text.split('|')
  expect([columns.length, columns[18], columns[19], columns[20], columns[26]]).toEqual([
    34,
    '-100.00',
    '900.00',
    '1000.00',
    '1',
  ])
  expect(text.endsWith('|\r\n')).toBe(true)
  expect(fieldOf(await detail(columns[5] ?? ''), 'RecordNum')).toBe('1')
  expect(fieldOf(await detail('999999999'), 'RecordNum')).toBe('0')
  expect(readdirSync(directory).length).toBe(2)
})
