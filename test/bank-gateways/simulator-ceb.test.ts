// The simulated CEB from outside, with messages written by hand: what a bank would check it checks, in bytes, and what it says is
// what its books hold.

import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { MORNING, MovableClock } from './simulator-kit'

const PAYER = '35000000000000001'
const OWN = '35000000000000002'
type Ceb = NonNullable<NonNullable<SimulatorOptions['banks']>['ceb']>

let simulator: Simulator
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(protocol: Ceb['protocol'] = {}): Promise<void> {
  const bank = { bank: 'ceb', cnaps: '303100000006', bankName: '中国光大银行' }
  const history = ['1.00', '1.00', '2.00'].map(amount => ({
    date: '2026-02-27',
    type: 'deposit' as const,
    amount,
    counterName: '客户',
  }))
  simulator = await startSimulator({
    clock: new MovableClock(MORNING),
    accounts: [
      { ...bank, account: PAYER, name: '甲公司', openingBalance: '1000.00', history },
      { ...bank, account: OWN, name: '乙公司', openingBalance: '0.00' },
    ],
    banks: { ceb: { customers: [{ cifNo: '1000000001', userId: 'user01', userPassword: 'pw' }], protocol } },
  })
}

async function send(path: string, body: Buffer | string, method = 'POST'): Promise<Buffer> {
  const bytes = Buffer.isBuffer(body) ? body : iconv.encode(body, 'gbk')
  const init = method === 'GET' ? { method } : { method, body: new Uint8Array(bytes) }
  const answer = await fetch(`${simulator.url('ceb', 'proxy')}${path}`, init)
  return answer.status === 200 ? Buffer.from(await answer.arrayBuffer()) : Buffer.from(String(answer.status))
}

const SIGNED = 'usrID=user01&userPassword=pw&Sigdata=1'
const HEADS = ['Encodeing', 'Version', 'ServiceName'].map(name => `<${name}></${name}>`).join('')
const TAILS = ['SyMacFlag', 'MAC', 'SyPinFlag', 'PinSeed', 'LicenseId', 'Flag', 'Note']
  .map(name => `<${name}/>`)
  .join('')

function wrapped(code: string, batchId: string, items: string, cifNo = '1000000001'): string {
  const system = `<Language>zh_CN</Language>${HEADS}<CifNo>${cifNo}</CifNo><UserID>user01</UserID>${TAILS}`
  const head = `<TransCode>${code}</TransCode><BatchID>${batchId}</BatchID><JnlDate>20260302</JnlDate><JnlTime>100000</JnlTime>`
  return `<?xml version="1.0" encoding="GBK"?><Transaction><SystemHead>${system}</SystemHead><TransHead>${head}</TransHead><TransContent>${items}</TransContent></Transaction>`
}

const text = async (answer: Promise<Buffer>): Promise<string> => iconv.decode(await answer, 'gbk')
const all = (answer: string, name: string): readonly string[] =>
  [...answer.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')
const first = (answer: string, name: string): string => all(answer, name)[0] ?? ''

type Fields = Readonly<Record<string, string>>
const item = (fields: Fields): string =>
  `<ReqData>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</ReqData>`

const PAYMENT: Fields = {
  ClientPatchID: 'B10001',
  transferType: '2120',
  accountNo: PAYER,
  toAccountName: '收款公司',
  toAccountNo: '6222000000000001',
  toBank: '',
  amount: '1.05',
  toLocation: '',
  clientSignature: '',
  checkNo: '',
  checkPassword: '',
  note: '货款',
  noteOther: '',
  bankNo: '102100099996',
  isUrgent: '0',
  cellphone: '',
  perOrEnt: '0',
  IsAudit: '0',
  matchRule: '1',
}
const pay = (over: Fields = {}, batchId = 'B1', query = SIGNED): Promise<string> =>
  text(send(`/ent/b2e004001.do?${query}`, wrapped('b2e004001', batchId, item({ ...PAYMENT, ...over }))))
let asked = 0
const status = (batchId = 'B1', patchId = 'B10001'): Promise<string> => {
  const fields = { ClientPatchID: 'Q', ClientBchID: batchId, ClientPchID: patchId }
  return text(send('/ent/b2e004003.do?userPassword=pw', wrapped('b2e004003', `Q${(asked += 1)}`, item(fields))))
}
const flags = async (batchId = 'B1', patchId = 'B10001'): Promise<string> => {
  const answer = await status(batchId, patchId)
  const pair = [first(answer, 'NowFlag'), first(answer, 'TransferFlag')].join('/')
  return pair === '/' ? first(answer, 'ReturnCode') : pair
}
const debits = (): number => simulator.ledger().postings.filter(({ type }) => type === 'payment').length

test('a payment is taken, is in process until it settles, and is debited once', async () => {
  await start()
  expect(first(await pay(), 'ReturnCode')).toBe('0000')
  expect([await flags(), debits()]).toEqual(['91/92', 0])
  simulator.advance(60_000)
  expect([await flags(), debits()]).toEqual(['00/00', 1])
  expect([await flags('B2'), await flags('B1', 'B10002')]).toEqual(['SM0020', 'SM0020'])
})

test.each([
  ['toAccountNo', '6'.repeat(36), 'SM0010'],
  ['toAccountName', '名'.repeat(61), 'SM0010'],
  ['note', '要'.repeat(61), 'SM0010'],
  ['ClientPatchID', 'C'.repeat(51), 'SM0011'],
  ['toAccountName', '', 'SM0011'],
  ['bankNo', '', 'SM0011'],
  ['bankNo', '1021', 'SM0011'],
  ['transferType', '2121', 'SM0011'],
  ['transferType', '2124', 'SM0011'],
  ['matchRule', '', 'SM0011'],
  ['isUrgent', '2', 'SM0011'],
  ['perOrEnt', '', 'SM0011'],
  ['IsAudit', '2', 'SM0011'],
  ['note', '', 'SM0011'],
  ['amount', '1.5', 'SM0011'],
  ['amount', '0.00', 'SM0011'],
  ['amount', '-1.00', 'SM0011'],
  ['accountNo', '35000000000000003', 'SM0002'],
  ['amount', '1004.01', 'SM0007'],
  ['amount', '1004.00', '0000'],
  ['toAccountName', '名'.repeat(60), '0000'],
])('%s = %s is answered %s', async (name, value, expected) => {
  await start()
  expect(first(await pay({ [name]: value }), 'ReturnCode')).toBe(expected)
  simulator.advance(60_000)
  expect(debits()).toBe(expected === '0000' ? 1 : 0)
})

test('2124 is taken without a matching rule and never urgent', async () => {
  await start()
  const fast = { transferType: '2124', matchRule: '' }
  expect(first(await pay({ ...fast, isUrgent: '1' }), 'ReturnCode')).toBe('SM0011')
  expect(first(await pay({ ...fast, ClientPatchID: 'B20001' }, 'B2'), 'ReturnCode')).toBe('0000')
})

test('a repeated BatchID is refused, whatever it holds, and booked once; so is a repeated ClientPatchID where that is set', async () => {
  await start()
  await pay()
  const again = await pay({ amount: '2.00', ClientPatchID: 'X' })
  expect([first(again, 'ReturnCode'), first(again, 'ReturnMsg')]).toEqual(['SM0016', '交易流水号重复'])
  expect(first(await pay({}, 'B2'), 'ReturnCode')).toBe('SM0016')
  simulator.advance(60_000)
  expect(debits()).toBe(1)
  await simulator.close()
  await start({ repeated: 'communication', repeatedItem: 'take' })
  await pay()
  expect(first(await pay(), 'ReturnCode')).toBe('B2E000010')
  expect(first(await pay({}, 'B2'), 'ReturnCode')).toBe('0000')
})

test('more than one item is refused whole', async () => {
  await start()
  const body = wrapped('b2e004001', 'B1', item(PAYMENT) + item({ ...PAYMENT, ClientPatchID: 'B10002' }))
  const answer = await text(send(`/ent/b2e004001.do?${SIGNED}`, body))
  expect(first(answer, 'ReturnMsg')).toBe('交易请求记录条数超过上限!')
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})

test('inside the bank a wrong name or an unknown account is taken and fails; the right one arrives', async () => {
  await start()
  const own = { transferType: '2122', bankNo: '' }
  await pay({ ...own, ClientPatchID: 'A', toAccountNo: OWN, toAccountName: '丙公司' }, 'A')
  await pay({ ...own, ClientPatchID: 'B', toAccountNo: '35000000000000008', toAccountName: '乙公司' }, 'B')
  await pay({ ...own, ClientPatchID: 'C', toAccountNo: OWN, toAccountName: '乙公司' }, 'C')
  simulator.advance(60_000)
  expect([await flags('A', 'A'), await flags('B', 'B'), await flags('C', 'C')]).toEqual(['00/02', '00/02', '00/00'])
  expect(simulator.accounts().find(({ account }) => account === OWN)?.balance).toBe('1.05')
})

test.each([
  ['a wrong password', 'usrID=user01&userPassword=x&Sigdata=1', 'SM0014'],
  ['no user', 'userPassword=pw&Sigdata=1', 'SM0014'],
  ['no signature', 'usrID=user01&userPassword=pw', 'SM0014'],
])('a payment with %s is answered %s', async (_, query, expected) => {
  await start()
  expect(first(await pay({}, 'B1', query), 'ReturnCode')).toBe(expected)
})

test.each([
  ['an unknown customer', wrapped('b2e004003', 'Q', '', '1000000009'), 'SM0014'],
  ['another code than the path’s', wrapped('b2e004001', 'Q', ''), 'SM0098'],
  ['a BatchID of 51', wrapped('b2e004003', 'Q'.repeat(51), ''), 'SM0098'],
  ['a value with &', wrapped('b2e004003', 'Q', item({ ClientPatchID: '&amp;' })), 'SM0098'],
  ['a head without MAC', wrapped('b2e004003', 'Q', '').replace('<MAC/>', ''), 'SM0098'],
  ['no XML', 'hello', 'SM0098'],
  ['bytes that are not GBK', Buffer.from([0xff, 0xfe, 0x80]), 'SM0098'],
])('%s is answered %s', async (_, message, expected) => {
  await start()
  expect(first(await text(send('/ent/b2e004003.do?userPassword=pw', message)), 'ReturnCode')).toBe(expected)
  expect(String(await send('/ent/b2e004003.do', '', 'GET'))).toBe('405')
})

test('what is not public is not simulated', async () => {
  await start()
  const answer = await text(send('/ent/b2e001001.do?userPassword=pw', wrapped('b2e001001', 'Q', item({}))))
  expect(first(answer, 'ReturnCode')).toBe('SM0013')
})

describe('receipts', () => {
  const ask = (over: Fields): Promise<string> => {
    const fields = {
      ClientPatchID: 'Q',
      OperationType: '0',
      BillNumber: '',
      ActNo: PAYER,
      BeginDate: '20260227',
      EndDate: '20260227',
      BeginAmount: '',
      EndAmount: '',
      BeginNum: '1',
      QueryNum: '50',
      ...over,
    }
    return text(send('/ent/b2e005023.do?userPassword=pw', wrapped('b2e005023', `Q${(asked += 1)}`, item(fields))))
  }

  test('are listed by pages, each once; one alone is no list; the file is a PDF of its row', async () => {
    await start()
    expect(all(await ask({}), 'BillNumber').length).toBe(3)
    const pages = await Promise.all(['1', '2', '3'].map(BeginNum => ask({ BeginNum, QueryNum: '1' })))
    expect(new Set(pages.flatMap(page => all(page, 'BillNumber'))).size).toBe(3)
    expect(pages.some(page => page.includes('BatchRespList'))).toBe(false)
    const single = await ask({ BeginAmount: '2.00', EndAmount: '2.00' })
    const made = await ask({ OperationType: '1', BillNumber: first(single, 'BillNumber') })
    const path = (name: string): string =>
      `/ent/downloadFile.do?userPassword=pw&transcode=b2e005023&fileName=${encodeURIComponent(name)}`
    expect((await send(path(first(made, 'FileName')), '')).toString('latin1', 0, 5)).toBe('%PDF-')
    expect(String(await send(path('other.pdf'), ''))).toContain('SM0011')
  })

  test.each([
    [{ EndDate: '20260303' }, 'SM0011'],
    [{ BeginDate: '20260228' }, 'SM0011'],
    [{ BeginNum: '0' }, 'SM0011'],
    [{ QueryNum: '51' }, 'SM0011'],
    [{ OperationType: '2' }, 'SM0011'],
    [{ OperationType: '1', BillNumber: 'x' }, 'SM0011'],
    [{ ActNo: '35000000000000003' }, 'SM0002'],
  ])('%j is answered %s', async (over, expected) => {
    await start()
    expect(first(await ask(over), 'ReturnCode')).toBe(expected)
  })
})

test('damaged messages of every transaction get an answer, and move no money', async () => {
  await start()
  const bodies = [
    ['b2e004001', wrapped('b2e004001', 'B1', item({ ...PAYMENT, amount: '0.00' }))],
    ['b2e004003', wrapped('b2e004003', 'Q', item({ ClientPatchID: 'Q', ClientBchID: 'B1', ClientPchID: 'B10001' }))],
    ['b2e005023', wrapped('b2e005023', 'Q', item({ ClientPatchID: 'Q', OperationType: '0', ActNo: PAYER }))],
  ] as const
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('', '<', '>', '&', '</ReqData>', '<ReqData>', '\u0000', '中', '9'.repeat(30), '-1', '<a><a>'),
      async ([code, body], at, length, put) => {
        const from = at % (body.length + 1)
        const damaged = body.slice(0, from) + put + body.slice(from + length)
        expect(await text(send(`/ent/${code}.do?${SIGNED}`, damaged))).toMatch(/<ReturnCode>\w+<\/ReturnCode>/)
      },
    ),
    { numRuns: 150 },
  )
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})
