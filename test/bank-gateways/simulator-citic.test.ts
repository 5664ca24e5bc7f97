// The simulated CITIC from outside, with messages written by hand: what a bank would check it checks, in bytes, and what it says
// is what its books hold.

import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { MORNING, MovableClock } from './simulator-kit'

const PAYER = '8110000000000000001'
const OWN = '8110000000000000002'
type Banks = NonNullable<SimulatorOptions['banks']>
type Citic = NonNullable<Banks['citic']>

let simulator: Simulator
let clock: MovableClock
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(citic: Partial<Citic> = {}): Promise<void> {
  clock = new MovableClock(MORNING)
  const bank = { bank: 'citic', cnaps: '302100011000', bankName: '中信银行' }
  const history = ['2025-11-20', '2026-02-27', '2026-02-28'].flatMap(date =>
    ['1.00', '1.00', '2.00'].map(amount => ({ date, type: 'deposit' as const, amount, counterName: '客户' })),
  )
  simulator = await startSimulator({
    clock,
    accounts: [
      { ...bank, account: PAYER, name: '甲公司', openingBalance: '1000.00', history },
      { ...bank, account: OWN, name: '乙公司', openingBalance: '0.00' },
    ],
    banks: { citic: { customers: [{ userName: 'demo01' }], ...citic } },
  })
}

async function send(body: Buffer | string, method = 'POST'): Promise<string> {
  const bytes = Buffer.isBuffer(body) ? body : iconv.encode(body, 'gbk')
  const init = method === 'GET' ? { method } : { method, body: new Uint8Array(bytes) }
  const answer = await fetch(simulator.url('citic', 'frontEnd'), init)
  return answer.status === 200 ? iconv.decode(Buffer.from(await answer.arrayBuffer()), 'gbk') : String(answer.status)
}

const wrapped = (action: string, inner: string, userName = 'demo01'): string =>
  `<?xml version="1.0" encoding="GBK"?><stream><action>${action}</action><userName>${userName}</userName>${inner}</stream>`
const ask = (action: string, inner: string): Promise<string> => send(wrapped(action, inner))
const all = (answer: string, name: string): readonly string[] =>
  [...answer.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')
const statusOf = (answer: string): string => all(answer, 'status')[0] ?? answer

type Fields = Readonly<Record<string, string>>
const leaves = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')

const OUTWARD: Fields = {
  clientID: 'C1',
  preFlg: '0',
  preDate: '',
  preTime: '',
  payType: '03',
  recBankNo: '',
  payAccountNo: PAYER,
  recAccountNo: '6222000000000001',
  recAccountName: '收款公司',
  recOpenBankName: '',
  recOpenBankCode: '102100099996',
  citicbankFlag: '1',
  cityFlag: '1',
  tranAmount: '1.05',
  abstract: '货款',
  memo: '',
  chkNum: 'K1',
}
const pay = (over: Fields = {}): Promise<string> => ask('DLOUTTRN', leaves({ ...OUTWARD, ...over }))
const state = async (clientID = 'C1'): Promise<string> => {
  const answer = await ask('DLCIDSTT', leaves({ clientID, type: '' }))
  return all(answer, 'stt')[0] ?? statusOf(answer)
}
const debits = (): number => simulator.ledger().postings.filter(({ type }) => type === 'payment').length

test('a payment is taken, is unknown until it settles, is debited once, and shows its 对账编号 in the statement', async () => {
  await start()
  const answer = await pay()
  expect(statusOf(answer)).toBe('AAAAAAE')
  expect([all(answer, 'tranAmount'), all(answer, 'recAccountNo'), all(answer, 'tranNo')[0]?.length]).toEqual([
    ['1.05'],
    ['6222000000000001'],
    14,
  ])
  expect([await state(), debits()]).toEqual(['2', 0])
  simulator.advance(60_000)
  expect([await state(), debits()]).toEqual(['0', 1])
  const rows = await statement({})
  expect(all(rows, 'chkNum').filter(Boolean)).toEqual(['K1'])
  expect(all(await statement({ controlFlag: '0' }), 'chkNum')).toEqual([])
})

test.each([
  ['clientID', 'C'.repeat(21), 'SM00011'],
  ['recAccountNo', '6'.repeat(33), 'SM00010'],
  ['recAccountName', `${'名'.repeat(61)}a`, 'SM00010'],
  ['recOpenBankName', '行'.repeat(62), 'SM00010'],
  ['abstract', '要'.repeat(52), 'SM00010'],
  ['memo', '备'.repeat(31), 'SM00010'],
  ['chkNum', 'K'.repeat(21), 'SM00010'],
  ['recAccountName', '', 'SM00011'],
  ['recAccountNo', '6222 0000', 'SM00011'],
  ['recOpenBankCode', '', 'SM00011'],
  ['payType', '07', 'SM00011'],
  ['payType', '05', 'SM00011'],
  ['payType', '01', 'SM00011'],
  ['citicbankFlag', '', 'SM00011'],
  ['cityFlag', '', 'SM00011'],
  ['tranAmount', '1.5', 'SM00011'],
  ['tranAmount', '0.00', 'SM00011'],
  ['tranAmount', '-1.00', 'SM00011'],
  ['tranAmount', '10000000000000.00', 'SM00011'],
  ['preFlg', '1', 'SM00011'],
  ['preDate', '20260303', 'SM00011'],
  ['payAccountNo', '8110000000000000003', 'SM00002'],
  ['recAccountNo', '6200000000000000203', 'SM00007'],
  ['tranAmount', '1000.00', 'ok'],
  ['tranAmount', '1012.01', 'SM00007'],
  ['recAccountName', '名'.repeat(61), 'ok'],
  ['abstract', '要'.repeat(51), 'ok'],
])('%s = %s is answered %s', async (name, value, code) => {
  await start()
  const answer = await pay({ [name]: value })
  expect(statusOf(answer)).toBe(code === 'ok' ? 'AAAAAAE' : code)
  simulator.advance(60_000)
  expect(debits()).toBe(code === 'ok' ? 1 : 0)
})

test('a repeated clientID is refused and booked once; a bank set to book again books twice', async () => {
  await start()
  await pay()
  expect(statusOf(await pay({ tranAmount: '2.00' }))).toBe('SM00016')
  expect(statusOf(await ask('DLINTTRN', rowsOf([{ clientID: 'C1' }])))).toBe('AAAAAAA')
  simulator.advance(60_000)
  expect(debits()).toBe(1)
  await simulator.close()
  await start({ protocol: { duplicateClientId: 'book-again' } })
  await pay()
  await pay()
  simulator.advance(60_000)
  expect(debits()).toBe(2)
})

test('inside the bank a wrong name or an unknown account is taken and fails; the right one arrives', async () => {
  await start()
  const own = { payType: '01', citicbankFlag: '0', cityFlag: '', recOpenBankCode: '302100011000' }
  await pay({ ...own, clientID: 'A', recAccountNo: OWN, recAccountName: '丙公司' })
  await pay({ ...own, clientID: 'B', recAccountNo: '8110000000000000008', recAccountName: '乙公司' })
  await pay({ ...own, clientID: 'C', recAccountNo: OWN, recAccountName: '乙公司' })
  expect(await Promise.all(['A', 'B', 'C'].map(state))).toEqual(['2', '2', '2'])
  simulator.advance(60_000)
  expect(await Promise.all(['A', 'B', 'C'].map(state))).toEqual(['1', '1', '0'])
  expect(simulator.accounts().find(({ account }) => account === OWN)?.balance).toBe('1.05')
})

test('大额 is taken only from nine to five, a scheduled payment waits for its hour', async () => {
  await start()
  expect(statusOf(await pay({ clientID: 'A', payType: '02' }))).toBe('AAAAAAE')
  expect(statusOf(await pay({ clientID: 'B', preFlg: '1', preDate: '20260303', preTime: '140000' }))).toBe('AAAAAAC')
  simulator.advance(8 * 3_600_000)
  expect(statusOf(await pay({ clientID: 'C', payType: '02' }))).toBe('SM00008')
  expect(await state('B')).toBe('2')
  simulator.advance(20 * 3_600_000 - 60_000)
  expect(await state('B')).toBe('2')
  simulator.advance(120_000)
  expect(await state('B')).toBe('0')
})

test('DLINTTRN answers every row under its clientID, with the sums of what it took and what it did not', async () => {
  await start()
  const answer = await ask(
    'DLINTTRN',
    rowsOf([{ clientID: 'A' }, { clientID: 'B', payFlg: '2' }, { clientID: 'C', recAccountNo: OWN, payType: '2' }]),
  )
  expect(all(answer, 'status')).toEqual(['BBBBBBB', 'AAAAAAE', 'SM00011', 'AAAAAAE'])
  expect(all(answer, 'clientID')).toEqual(['A', 'B', 'C'])
  expect(['sucTotalNum', 'sucTotalAmt', 'errTotalNum', 'errTotalAmt'].map(name => all(answer, name)[0])).toEqual([
    '2',
    '2.10',
    '1',
    '1.05',
  ])
  expect(statusOf(await ask('DLINTTRN', ''))).toBe('SM00011')
})

function rowsOf(rows: readonly Fields[]): string {
  const { citicbankFlag: _flag, cityFlag: _city, recBankNo: _bank, ...common } = OUTWARD
  const fields = rows.map(row => leaves({ ...common, payType: '1', payFlg: '1', ...row }))
  return `<list name="userDataList">${fields.map(one => `<row>${one}</row>`).join('')}</list>`
}

test.each([
  ['an unknown userName', wrapped('DLBALQRY', '', 'demo02'), 'SM00013'],
  ['an unknown action', wrapped('DLPAYBAT', ''), 'SM00012'],
  ['a tag in the wrong case', wrapped('DLBALQRY', '').replaceAll('stream', 'Stream'), 'SM00098'],
  ['no XML', 'hello', 'SM00098'],
  ['bytes that are not GBK', Buffer.from([0xff, 0xfe, 0x80]), 'SM00098'],
  ['a list without its name', wrapped('DLBALQRY', '<list><row/></list>'), 'SM00098'],
])('%s is answered %s', async (_, message, code) => {
  await start()
  expect(statusOf(await send(message))).toBe(code)
  expect(await send('', 'GET')).toBe('405')
})

test('the hourly limits and the idle log-off are kept when they are set', async () => {
  await start({ protocol: { paymentsPerHour: 2, queriesPerHour: 3, idleLogoffMs: 1_800_000 } })
  const payments = [await pay({ clientID: 'A' }), await pay({ clientID: 'B' }), await pay({ clientID: 'C' })]
  expect(payments.map(statusOf)).toEqual(['AAAAAAE', 'AAAAAAE', 'SM00015'])
  const queries = [await state('A'), await state('A'), await state('A'), await state('A')]
  expect(queries).toEqual(['2', '2', '2', 'SM00015'])
  simulator.advance(1_800_001)
  expect([await state('A'), await state('A')]).toEqual(['SM00014', 'SM00015'])
  simulator.advance(1_799_999)
  expect(await state('A')).toBe('0')
})

async function statement(over: Fields): Promise<string> {
  const fields = { accountNo: PAYER, lowAmount: '', upAmount: '', startDate: '20260101', endDate: '20260302' }
  return ask('DLTRNALL', leaves({ ...fields, pageNumber: '20', startRecord: '1', controlFlag: '1', ...over }))
}

describe('statement', () => {
  test.each([
    [{ startDate: '20251201', endDate: '20260302' }, 'AAAAAAA'],
    [{ startDate: '20251130', endDate: '20260302' }, 'SM00011'],
    [{ startDate: '20260303', endDate: '20260302' }, 'SM00011'],
    [{ startDate: '20260231' }, 'SM00011'],
    [{ pageNumber: '21' }, 'SM00011'],
    [{ startRecord: '0' }, 'SM00011'],
    [{ startRecord: '10000' }, 'SM00011'],
    [{ controlFlag: '8' }, 'SM00011'],
    [{ accountNo: '8110000000000000003' }, 'SM00002'],
  ])('%j is answered %s', async (over, code) => {
    await start()
    expect(statusOf(await statement(over))).toBe(code)
  })

  test('pages of 1, 4 and 20 rows give every row once, also when rows arrive between them', async () => {
    for (const order of ['ascending', 'descending'] as const) {
      for (const size of [1, 4, 20]) {
        await start({ protocol: { statementOrder: order } })
        const before = all(await statement({}), 'tranNo')
        const seen = new Set<string>()
        for (let record = 1, total = Infinity; record <= total; record += size) {
          const answer = await statement({ pageNumber: String(size), startRecord: String(record) })
          total = Number(all(answer, 'totalRecords')[0])
          all(answer, 'tranNo').forEach(tranNo => seen.add(tranNo))
          if (record === 1) await deposit()
        }
        expect(before.length).toBe(6)
        expect(before.filter(tranNo => !seen.has(tranNo))).toEqual([])
        await simulator.close()
      }
    }
    await start()
  })

  test('a returned payment is marked on the row that brings it back, and its stt stays 0', async () => {
    await start()
    await pay({ recAccountNo: '6200000000000000601' })
    simulator.advance(60_000)
    const answer = await statement({ startDate: '20260302' })
    expect([all(answer, 'creditDebitFlag'), all(answer, 'e3rtFlag'), all(answer, 'chkNum')]).toEqual([
      ['D', 'C'],
      ['1', '0'],
      ['K1', 'K1'],
    ])
    expect(await state()).toBe('0')
  })

  async function deposit(): Promise<void> {
    const body = JSON.stringify({ bank: 'citic', account: PAYER, amount: '5.00' })
    await fetch(`${simulator.urls['admin']}/deposits`, { method: 'POST', body })
  }
})

test('damaged messages of every action get an answer, and move no money', async () => {
  await start()
  const bodies = [
    wrapped('DLOUTTRN', leaves(OUTWARD).replace('1.05', '0.00')),
    wrapped('DLINTTRN', rowsOf([{ tranAmount: '0.00' }, { clientID: 'B', tranAmount: '0.00' }])),
    wrapped('DLCIDSTT', leaves({ clientID: 'C1', type: '' })),
    wrapped('DLBALQRY', `<list name="userDataList"><row><accountNo>${PAYER}</accountNo></row></list>`),
    wrapped('DLTRNALL', leaves({ accountNo: PAYER, startDate: '20260101', endDate: '20260302', pageNumber: '20' })),
    wrapped('DLEDDRSQ', leaves({ qryType: '2', accNo: PAYER, billType: '0', startDate: '20260101' })),
    wrapped('DLEDCDTD', '<list name="userDataList"><row><brSeqNo>x</brSeqNo></row></list>'),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('', '<', '>', '&', '</row>', '<row>', '\u0000', '中', '9'.repeat(30), '-1', '../', '<a><a>'),
      async (body, at, length, put) => {
        const from = at % (body.length + 1)
        const answer = await send(body.slice(0, from) + put + body.slice(from + length))
        expect(answer).toMatch(/^<\?xml [^]*<status>\w{7}<\/status>/)
      },
    ),
    { numRuns: 150 },
  )
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})
