// The simulated SPDB from outside, with messages written by hand: what a bank would check it checks, in bytes, and what it says
// is what its books hold.

import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { MORNING, MovableClock } from './simulator-kit'

const PAYER = '97990078801300000001'
const OWN = '97990078801300000002'
type Spdb = NonNullable<NonNullable<SimulatorOptions['banks']>['spdb']>

let simulator: Simulator
let packets = 0
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(spdb: Partial<Spdb> = {}): Promise<void> {
  const bank = { bank: 'spdb', cnaps: '310290000013', bankName: '浦发银行' }
  const history = ['2026-02-27', '2026-02-28'].flatMap(date =>
    ['1.00', '1.00', '2.00'].map(amount => ({ date, type: 'deposit' as const, amount, counterName: '客户' })),
  )
  simulator = await startSimulator({
    clock: new MovableClock(MORNING),
    accounts: [
      { ...bank, account: PAYER, name: '甲公司', openingBalance: '1000.00', history },
      { ...bank, account: OWN, name: '乙公司', openingBalance: '0.00' },
    ],
    banks: { spdb: { customers: [{ masterId: 'M1' }], ...spdb } },
  })
}

async function post(port: string, contentType: string, bytes: Buffer): Promise<Buffer> {
  const init = { method: 'POST', headers: { 'Content-Type': contentType }, body: new Uint8Array(bytes) }
  const answer = await fetch(simulator.url('spdb', port), init)
  expect(answer.status).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}
const text = (bytes: Buffer): string => iconv.decode(bytes, 'gbk')
const all = (answer: string, name: string): readonly string[] =>
  [...answer.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')

async function signatureOf(body: string): Promise<string> {
  const page = text(await post('sign', 'INFOSEC_SIGN/1.0', iconv.encode(body, 'gbk')))
  return (all(page, 'sign')[0] ?? '').replaceAll(/\s/g, '')
}
type Frame = { masterId?: string; packetId?: string; timeStamp?: string; signFlag?: string; length?: number }
function framed(transCode: string, signature: string, over: Frame = {}): Buffer {
  packets += 1
  const head =
    `<transCode>${transCode}</transCode><signFlag>${over.signFlag ?? '1'}</signFlag><packetID>${over.packetId ?? `K${packets}`}</packetID>` +
    `<masterID>${over.masterId ?? 'M1'}</masterID><timeStamp>${over.timeStamp ?? '2026-03-02 10:00:00'}</timeStamp>`
  const xml = `<?xml version='1.0' encoding='gb2312'?><packet><head>${head}</head><body><signature>${signature}</signature></body></packet>`
  const length = String((over.length ?? 0) + Buffer.byteLength(xml) + 6).padStart(6, '0')
  return Buffer.from(length + xml)
}
/** The answer's body when it is signed, else the packet. */
async function ask(transCode: string, inner: string, over: Frame = {}): Promise<string> {
  const signature = await signatureOf(`<body>${inner}</body>`)
  const answer = text(await post('gateway', 'text/plain', framed(transCode, signature, over)))
  const signed = all(answer, 'signature')[0]
  if (!signed) return answer
  return text(await post('sign', 'INFOSEC_VERIFY_SIGN/1.0', Buffer.from(signed)))
}
const codeOf = (answer: string): string => all(answer, 'returnCode')[0] ?? 'ok'

type Fields = Readonly<Record<string, string>>
const PAYMENT: Fields = {
  authMasterID: '',
  elecChequeNo: 'C1',
  acctNo: PAYER,
  acctName: '甲公司',
  payeeAcctNo: '6222000000000001',
  payeeName: '收款公司',
  payeeBankName: '工商银行',
  amount: '1.05',
  sysFlag: '1',
  remitLocation: '1',
  note: '货款',
  payeeBankSelectFlag: '1',
  payeeBankNo: '102100099996',
}
const leaves = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')
const pay = (over: Fields = {}): Promise<string> => ask('8801', leaves({ ...PAYMENT, ...over }))
async function state(elecChequeNo = 'C1', flag = '0'): Promise<string> {
  const range = { acctNo: PAYER, beginDate: '20260301', endDate: '20260310', queryNumber: '10', beginNumber: '1' }
  const answer = await ask('8804', leaves({ elecChequeNo, ...range, singleOrBatchFlag: flag }))
  return all(answer, 'transStatus')[0] ?? `${codeOf(answer)} ${all(answer, 'totalCount')[0]}`
}
const debits = (): number => simulator.ledger().postings.filter(({ type }) => type === 'payment').length

test('a payment is taken, settles, is debited once, and shows its elecChequeNo in the statement', async () => {
  await start()
  expect(all(await pay(), 'transStatus')).toEqual(['1'])
  expect([await state(), debits()]).toEqual(['1', 0])
  simulator.advance(60_000)
  expect([await state(), debits()]).toEqual(['4', 1])
  expect(await state('C1', '1')).toBe('ok 0')
  expect(await state('C9')).toBe('ok 0')
  expect(all(await statement({ dateBeginDate: '20260302' }), 'oldElecChequeNo')).toEqual(['C1'])
})

test.each([
  ['elecChequeNo', 'C'.repeat(21), 'SIM0009'],
  ['payeeAcctNo', '6'.repeat(33), 'SIM0008'],
  ['payeeAcctNo', '62 22', 'SIM0009'],
  ['payeeName', `${'名'.repeat(60)}a`, 'SIM0008'],
  ['payeeName', '名'.repeat(60), 'ok'],
  ['payeeName', '', 'SIM0009'],
  ['payeeBankName', '', 'SIM0009'],
  ['note', '附'.repeat(61), 'SIM0008'],
  ['sysFlag', '2', 'SIM0009'],
  ['remitLocation', '0', 'SIM0009'],
  ['payeeBankNo', '1021', 'SIM0009'],
  ['payeeBankSelectFlag', '', 'SIM0009'],
  ['amount', '1.5', 'SIM0009'],
  ['amount', '0.00', 'SIM0009'],
  ['amount', '1008.01', 'EGG0042'],
  ['amount', '1008.00', 'ok'],
  ['acctName', '丙公司', 'SIM0003'],
  ['acctNo', '97990078801300000003', 'SIM0002'],
  ['payeeAcctNo', '6200000000000000203', 'EGG0042'],
])('%s = %s is answered %s', async (name, value, code) => {
  await start()
  expect(codeOf(await pay({ [name]: value }))).toBe(code)
  simulator.advance(60_000)
  expect(debits()).toBe(code === 'ok' ? 1 : 0)
})

test('a repeated elecChequeNo is refused and booked once; a bank set to book again books twice', async () => {
  await start()
  await pay()
  expect(codeOf(await pay({ amount: '2.00' }))).toBe('SIM0016')
  simulator.advance(60_000)
  expect(debits()).toBe(1)
  await simulator.close()
  await start({ protocol: { duplicate: 'book-again' } })
  await pay()
  await pay()
  simulator.advance(60_000)
  expect(debits()).toBe(2)
})

test('a returned payment is 8 with 人行退票 in its note, and a row with a backReason', async () => {
  await start()
  await pay({ payeeAcctNo: '6200000000000000601' })
  simulator.advance(60_000)
  expect(await state()).toBe('8')
  const rows = await statement({ dateBeginDate: '20260302' })
  expect([all(rows, 'debitFlag'), all(rows, 'backReason'), all(rows, 'oldElecChequeNo')]).toEqual([
    ['0', '1'],
    ['', '人行退票'],
    ['C1', 'C1'],
  ])
})

const item = (over: Fields = {}): string =>
  `<list>${leaves({ ...PAYMENT, payeeType: '0', payPurpose: '货款', ...over })}</list>`
const pack = (items: readonly string[], over: Fields = {}): Promise<string> => {
  const sums = { totalNumber: String(items.length), totalAmount: (items.length * 1.05).toFixed(2) }
  return ask(
    '8800',
    `${leaves({ authMasterID: '', packageNo: 'B1', ...sums, ...over })}<lists>${items.join('')}</lists>`,
  )
}

test('a package says how many it took; its items are asked about one by one; the right account inside the bank is credited', async () => {
  await start()
  const own = { sysFlag: '0', payeeAcctNo: OWN, payeeName: '乙公司', payeeBankSelectFlag: '', payeeBankNo: '' }
  const answer = await pack([item(), item({ elecChequeNo: 'C2', payeeName: '' }), item({ elecChequeNo: 'C3', ...own })])
  expect([all(answer, 'successCount'), all(answer, 'failCount')]).toEqual([['2'], ['1']])
  simulator.advance(60_000)
  expect([await state('C1', '1'), await state('C2', '1'), await state('C3', '1')]).toEqual(['4', '8', '4'])
  expect(simulator.accounts().find(({ account }) => account === OWN)?.balance).toBe('1.05')
  expect(codeOf(await pack([item({ elecChequeNo: 'C4' })]))).toBe('SIM0016')
})

test.each<readonly [string, readonly string[], Fields]>([
  ['a wrong count', [item()], { totalNumber: '2' }],
  ['a wrong total', [item()], { totalAmount: '1.06' }],
  ['a number twice', [item(), item()], {}],
  ['no item', [], {}],
  ['21 items', Array.from({ length: 21 }, (_, index) => item({ elecChequeNo: `C${index}` })), {}],
])('a package with %s is refused whole', async (_, items, over) => {
  await start()
  expect(codeOf(await pack(items, over))).toBe('SIM0009')
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})

test('the packet is checked: length, customer, signature, a packetID once a day, the function', async () => {
  await start()
  const body = leaves(PAYMENT)
  expect(codeOf(await ask('8801', body, { length: 1 }))).toBe('SIM0098')
  expect(codeOf(await ask('8801', body, { timeStamp: '20260302' }))).toBe('SIM0098')
  expect(codeOf(await ask('8801', body, { signFlag: '0' }))).toBe('SIM0098')
  expect(codeOf(await ask('8801', body, { masterId: 'M2' }))).toBe('SIM0011')
  expect(codeOf(await ask('AQ52', body))).toBe('SIM0010')
  const forged = text(await post('gateway', 'text/plain', framed('8801', 'TUlJQ2FiYw==')))
  expect(codeOf(forged)).toBe('EYY9994')
  expect(codeOf(await ask('8801', body, { packetId: 'SAME' }))).toBe('ok')
  const again = leaves({ ...PAYMENT, elecChequeNo: 'C2' })
  expect(codeOf(await ask('8801', again, { packetId: 'SAME' }))).toBe('SIM0012')
  simulator.advance(86_400_000)
  expect(codeOf(await ask('8801', again, { packetId: 'SAME' }))).toBe('ok')
})

const statement = (over: Fields = {}): Promise<string> => {
  const range = { acctNo: PAYER, dateBeginDate: '20260227', dateEndDate: '20260302' }
  return ask('8924', leaves({ ...range, queryNumber: '20', beginNumber: '1', ...over }))
}

test('pages of 1, 4 and 20 rows give every row once, in either order, and none behind the last', async () => {
  for (const statementOrder of ['ascending', 'descending'] as const) {
    for (const size of [1, 4, 20]) {
      await start({ protocol: { statementOrder } })
      const seen: string[] = []
      for (let begin = 1; begin < 30; begin += size)
        seen.push(
          ...all(await statement({ queryNumber: String(size), beginNumber: String(begin) }), 'uniqueIdentification'),
        )
      expect([seen.length, new Set(seen).size]).toEqual([6, 6])
      await simulator.close()
    }
  }
  await start()
  for (const over of [{ dateBeginDate: '20260303' }, { queryNumber: '0' }, { beginNumber: '0' }] as const)
    expect(codeOf(await statement(over))).toBe('SIM0009')
})

test('damaged packets and pages get an answer, and move no money', async () => {
  await start()
  const signature = await signatureOf(`<body>${leaves({ ...PAYMENT, amount: '0.00' })}</body>`)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('8801', '8800', '8804', '4402', '8924'),
      fc.nat(),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('', '<', '>', '&', '</packet>', '\u0000', '中', '-1', '999999', '<a><a>'),
      async (code, at, length, put) => {
        const whole = framed(code, signature).toString('latin1')
        const from = at % (whole.length + 1)
        const bytes = iconv.encode(whole.slice(0, from) + put + whole.slice(from + length), 'gbk')
        expect(text(await post('gateway', 'text/plain', bytes))).toMatch(/^\d+ *<\?xml [^]*<packet>/)
        expect(text(await post('sign', 'INFOSEC_VERIFY_SIGN/1.0', bytes))).toContain('<result>-1</result>')
      },
    ),
    { numRuns: 100 },
  )
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})
