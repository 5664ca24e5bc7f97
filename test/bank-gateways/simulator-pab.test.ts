// The simulated Ping An from outside, with packets written by hand: the header at its offsets, lengths in bytes, and what it
// says is what its books hold.

import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { MORNING, MovableClock, post, raw } from './simulator-kit'

const MRCH = '00901079900001234500'
const PAYER = '11000000000001'
const OWN = '11000000000002'
type Banks = NonNullable<SimulatorOptions['banks']>
type Pab = NonNullable<Banks['pab']>

let simulator: Simulator
let lastSerial = 0
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(pab: Partial<Pab> = {}): Promise<void> {
  const bank = { bank: 'pab', cnaps: '307584007998', bankName: '平安银行' }
  const history = ['2026-01-20', '2026-02-27', '2026-02-28'].flatMap(date =>
    ['1.00', '1.00', '2.00'].map(amount => ({ date, type: 'deposit' as const, amount, counterName: '客户' })),
  )
  simulator = await startSimulator({
    clock: new MovableClock(MORNING),
    accounts: [
      { ...bank, account: PAYER, name: '甲公司', openingBalance: '1000.00', history },
      { ...bank, account: OWN, name: '乙公司', openingBalance: '0.00' },
    ],
    banks: { pab: { customers: [{ mrchCode: MRCH }], ...pab } },
  })
}

type Head = Readonly<Record<number, string>>

/** A request packet; `change` overwrites the header at offsets. */
function packet(tranCode: string, inner: string, change: Head = {}, encoding = 'gbk'): Buffer {
  const isUtf8 = encoding !== 'gbk'
  const body = iconv.encode(`<?xml version="1.0" encoding="GBK"?><Result>${inner}</Result>`, encoding)
  const serial = `20260302${String((lastSerial += 1)).padStart(12, '0')}`
  const head = Buffer.alloc(222, ' ')
  const fields: Head = {
    0: `A00101${isUtf8 ? '02' : '01'}01${MRCH}${String(body.length).padStart(10, '0')}${tranCode.padEnd(6)}0000001`,
    53: `20260302100000${serial}`,
    193: `000001${' '.repeat(12)}00000000000`,
    ...change,
  }
  for (const [offset, text] of Object.entries(fields)) head.write(text, Number(offset), 'latin1')
  return Buffer.concat([head, body])
}

type Answer = {
  readonly code: string
  readonly text: string
  readonly serial: string
  readonly body: string
  readonly bytes: Buffer
}

function read(bytes: Buffer): Answer {
  const isUtf8 = bytes.toString('latin1', 6, 8) === '02'
  expect(bytes.length).toBe(222 + Number(bytes.toString('latin1', 30, 40)))
  const text = (from: number, to: number): string => iconv.decode(bytes.subarray(from, to), isUtf8 ? 'utf8' : 'gbk')
  return {
    code: text(87, 93),
    text: text(93, 193).trimEnd(),
    serial: text(67, 87),
    body: text(222, bytes.length),
    bytes,
  }
}

const send = async (bytes: Buffer): Promise<Answer> => read(await raw(simulator.url('pab', 'b2bic'), bytes))
const ask = (tranCode: string, inner: string): Promise<Answer> => send(packet(tranCode, inner))
const all = ({ body }: Answer, name: string): readonly string[] =>
  [...body.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')

type Fields = Readonly<Record<string, string>>
const leaves = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')

const SINGLE: Fields = {
  ThirdVoucher: 'V000000001',
  CstInnerFlowNo: 'PAY1',
  CcyCode: 'RMB',
  OutAcctNo: PAYER,
  OutAcctName: '甲公司',
  InAcctBankNode: '102100099996',
  InAcctNo: '6222000000000001',
  InAcctName: '收款公司',
  InAcctBankName: '工商银行',
  TranAmount: '1.05',
  UseEx: '货款',
  UnionFlag: '0',
  SysFlag: 'N',
  AddrFlag: '1',
}
const pay = (over: Fields = {}): Promise<Answer> => ask('4004', leaves({ ...SINGLE, ...over }))
const asked = async (voucher = 'V000000001'): Promise<Answer> => ask('4005', leaves({ OrigThirdVoucher: voucher }))
const state = async (voucher?: string): Promise<string> => {
  const answer = await asked(voucher)
  return all(answer, 'Stt')[0] ?? answer.code
}
const debits = (): number => simulator.ledger().postings.filter(({ type }) => type === 'payment').length

describe('the packet', () => {
  test('the reference’s own heartbeat is answered by a packet of 222 bytes and a body', async () => {
    await start({ customers: [{ mrchCode: '00901000000000000000' }] })
    const head = 'A001010101009010000000000000000000000053S001  0000001'
    const rest = `20260102030405T2026010203040500001${' '.repeat(106)}000001${' '.repeat(12)}00000000000`
    const body = '<?xml version="1.0" encoding="GBK"?><Result></Result>'
    const answer = await send(Buffer.from(head + rest + body, 'latin1'))
    expect(answer).toMatchObject({ code: '000000', text: ':交易受理成功', serial: 'T2026010203040500001', body })
    expect(answer.bytes.toString('latin1', 40, 53)).toBe('S001  0000002')
  })

  test.each([
    [4, '02'],
    [6, '03'],
    [8, '04'],
    [10, '00901'],
    [40, '      '],
    [40, ' 4001 '],
    [51, '02'],
    [53, '20260231'],
    [61, '250000'],
    [67, ' '.repeat(20)],
    [87, 'MA0103'],
    [193, '1'],
    [194, '001'],
    [197, '1'],
    [211, '0000000001'],
    [221, '1'],
  ])('a header with another value at offset %d is not read', async (offset, text) => {
    await start()
    const inner = leaves({ Account: PAYER, CcyCode: 'RMB', CcyType: 'C' })
    expect((await send(packet('4001', inner))).code).toBe('000000')
    const padded = offset === 10 ? text.padEnd(20) : text
    expect((await send(packet('4001', inner, { [offset]: padded }))).code).toBe('SM0098')
  })

  test('a packet may come in pieces of one byte; the old header of six digits is hung up on', async () => {
    await start()
    const bytes = packet('4005', leaves({ OrigThirdVoucher: 'V000000001' }))
    await simulator.order({ bank: 'pab', kind: 'split' })
    expect((await send(bytes)).code).toBe('MA0103')
    expect((await raw(simulator.url('pab', 'b2bic'), '000053<Result></Result>')).length).toBe(0)
    expect((await raw(simulator.url('pab', 'b2bic'), bytes.subarray(0, 230), 100)).length).toBe(0)
  })

  test('an unknown customer, a serial of today used again, another transport and an unknown code are refused', async () => {
    await start()
    const inner = leaves({ OrigThirdVoucher: 'V000000001' })
    const once = packet('4005', inner)
    expect((await send(once)).code).toBe('MA0103')
    expect((await send(once)).code).toBe('SM0014')
    expect((await send(packet('4005', inner, { 10: '1'.repeat(20) }))).code).toBe('SM0013')
    expect((await send(packet('4005', inner, { 8: '02' }))).code).toBe('SM0011')
    expect(await ask('4034', '')).toMatchObject({ code: 'SM0012', body: '' })
  })

  test('over HTTP it is the same packet, and only as POST', async () => {
    await start({ protocol: { transport: 'http' } })
    const bytes = packet('4005', leaves({ OrigThirdVoucher: 'V000000001' }), { 8: '02' })
    const answer = await post(`${simulator.url('pab', 'b2bic')}/`, bytes, 'text/xml; charset=GBK')
    expect([answer.status, read(answer.body).code]).toEqual([200, 'MA0103'])
    expect((await post(`${simulator.url('pab', 'b2bic')}/`, bytes, 'text/xml', 'PUT')).status).toBe(405)
  })

  test('UTF-8 is answered in UTF-8, with lengths and limits in its bytes', async () => {
    await start()
    const name = '名'.repeat(21)
    const utf8 = await send(packet('4004', leaves({ ...SINGLE, InAcctName: name }), {}, 'utf8'))
    expect(utf8.code).toBe('SM0010')
    expect((await pay({ ThirdVoucher: 'V000000002', InAcctName: name })).code).toBe('000000')
    const answer = await send(packet('4005', leaves({ OrigThirdVoucher: 'V000000002' }), {}, 'utf8'))
    expect(all(answer, 'InAcctName')).toEqual([name])
  })

  test('a long text is cut at a hundred bytes, wherever a character ends', async () => {
    await start()
    const answer = await pay({ ThirdVoucher: '名'.repeat(60) })
    expect(answer.code).toBe('SM0011')
    expect(answer.bytes.length).toBe(222)
  })
})

describe('4004', () => {
  test('a payment to another bank is accepted only, is paid later, and says so in Stt', async () => {
    await start()
    const answer = await pay()
    expect(answer.code).toBe('000000')
    expect(['ThirdVoucher', 'InAcctNo', 'TranAmount', 'CstInnerFlowNo'].map(name => all(answer, name)[0])).toEqual([
      'V000000001',
      '6222000000000001',
      '1.05',
      'PAY1',
    ])
    expect([await state(), debits()]).toEqual(['11', 0])
    simulator.advance(60_000)
    expect([await state(), debits()]).toEqual(['20', 1])
    const [hostFlowNo] = all(await asked(), 'hostFlowNo')
    expect(all(await detail('20260302', '20260302', '1', '100'), 'HostTrace')).toEqual([hostFlowNo])
  })

  test('inside the bank it is final at once, and a wrong name or account is refused at once', async () => {
    await start()
    const own = { UnionFlag: '1', InAcctBankNode: '', InAcctNo: OWN, InAcctName: '乙公司' }
    await pay(own)
    expect([await state(), debits()]).toEqual(['20', 1])
    expect((await pay({ ...own, ThirdVoucher: 'V000000002', InAcctName: '丙公司' })).code).toBe('SM0006')
    expect((await pay({ ...own, ThirdVoucher: 'V000000003', InAcctNo: '11000000000008' })).code).toBe('SM0005')
    expect([await state('V000000002'), await state('V000000003'), debits()]).toEqual(['30', '30', 1])
  })

  test.each([
    ['ThirdVoucher', 'V00000001', 'SM0011'],
    ['ThirdVoucher', 'V'.repeat(21), 'SM0011'],
    ['CstInnerFlowNo', 'P'.repeat(21), 'SM0010'],
    ['InAcctNo', '6'.repeat(33), 'SM0010'],
    ['InAcctName', '名'.repeat(31), 'SM0010'],
    ['InAcctName', '', 'SM0011'],
    ['InAcctBankName', '行'.repeat(31), 'SM0010'],
    ['InAcctBankNode', '123', 'SM0011'],
    ['UseEx', '途'.repeat(16), 'SM0010'],
    ['UnionFlag', '2', 'SM0011'],
    ['AddrFlag', '', 'SM0011'],
    ['SysFlag', 'X', 'SM0011'],
    ['CcyCode', 'CNY', 'SM0011'],
    ['TranAmount', '1.5', 'SM0011'],
    ['TranAmount', '0.00', 'SM0011'],
    ['TranAmount', '100000000000.00', 'SM0011'],
    ['OutAcctNo', '11000000000003', 'SM0002'],
    ['OutAcctName', '丙公司', 'SM0003'],
    ['TranAmount', '1012.01', 'SM0007'],
    ['TranAmount', '1012.00', '000000'],
    ['OutAcctName', '', '000000'],
    ['InAcctName', '名'.repeat(30), '000000'],
    ['UseEx', '途'.repeat(15), '000000'],
  ])('%s = %s is answered %s', async (name, value, code) => {
    await start()
    expect((await pay({ [name]: value })).code).toBe(code)
    simulator.advance(60_000)
    expect(debits()).toBe(code === '000000' ? 1 : 0)
  })

  test('a repeated ThirdVoucher is refused, also as a package’s, and booked once; a bank set to book again books twice', async () => {
    await start()
    await pay()
    expect((await pay({ TranAmount: '2.00' })).code).toBe('SM0016')
    expect((await ask('4018', batch('V000000001', [{}]))).code).toBe('SM0016')
    simulator.advance(60_000)
    expect(debits()).toBe(1)
    await simulator.close()
    await start({ protocol: { duplicateVoucher: 'book-again' } })
    await pay()
    await pay()
    simulator.advance(60_000)
    expect(debits()).toBe(2)
  })

  test('after the cut-off it waits for the next day or is refused, as set', async () => {
    await start({ processing: { cutOff: '09:30', afterCutOff: 'refuse' } })
    expect((await pay()).code).toBe('SM0008')
    await simulator.close()
    await start({ processing: { cutOff: '09:30' }, protocol: { states: { accepted: '99' } } })
    expect((await pay()).code).toBe('000000')
    simulator.advance(3_600_000)
    expect(await state()).toBe('99')
    simulator.advance(24 * 3_600_000)
    expect(await state()).toBe('20')
  })

  test('a return is Stt 20 with IsBack 1; Yhcljg may say the opposite of Stt', async () => {
    await start({ protocol: { yhcljg: 'contradicting' } })
    await pay({ InAcctNo: '6200000000000000601' })
    simulator.advance(60_000)
    const answer = await asked()
    expect(['Stt', 'IsBack', 'Yhcljg'].map(name => all(answer, name)[0])).toEqual(['20', '1', 'MA9112:转账失败'])
  })
})

describe('4018 and 4015', () => {
  test('a package is taken as one; wrong items fail later, and each is told by its own number', async () => {
    await start()
    const rows = [{}, { SThirdVoucher: '2', InAcctName: '' }, { SThirdVoucher: '3', TranAmount: '2000.00' }]
    expect((await ask('4018', batch('B000000001', rows))).code).toBe('000000')
    simulator.advance(60_000)
    const answer = await ask('4015', leaves({ OrigThirdVoucher: 'B000000001' }))
    expect([all(answer, 'SThirdVoucher'), all(answer, 'Stt'), all(answer, 'IsEnd')]).toEqual([
      ['1', '2', '3'],
      ['20', '30', '30'],
      ['Y'],
    ])
    const named = '<HOResultSet4015R><SThirdVoucher>2</SThirdVoucher></HOResultSet4015R>'
    const one = await ask('4015', leaves({ OrigThirdVoucher: 'B000000001' }) + named)
    expect([all(one, 'SThirdVoucher'), all(one, 'TotalCts'), debits()]).toEqual([['2'], ['1'], 1])
  })

  test('pages and kinds of 4015', async () => {
    await start()
    await ask('4018', batch('B000000001', [{}, { SThirdVoucher: '2' }, { SThirdVoucher: '3', InAcctName: '' }]))
    simulator.advance(60_000)
    const page = async (over: Fields) => {
      const answer = await ask('4015', leaves({ OrigThirdVoucher: 'B000000001', ...over }))
      return [all(answer, 'SThirdVoucher').join(), all(answer, 'CTotalCts')[0], all(answer, 'IsEnd')[0]]
    }
    expect(await page({ PageCts: '2' })).toEqual(['1,2', '3', 'N'])
    expect(await page({ PageCts: '2', PageNo: '2' })).toEqual(['3', '3', 'Y'])
    expect(await page({ QueryType: '1' })).toEqual(['1,2', '2', 'Y'])
    expect(await page({ QueryType: '2' })).toEqual(['3', '1', 'Y'])
    expect((await ask('4015', leaves({ OrigThirdVoucher: 'B000000009' }))).code).toBe('MA0103')
  })

  test.each([
    ['totalCts', batch('B000000001', [{}]).replace('<totalCts>1<', '<totalCts>2<')],
    ['totalAmt', batch('B000000001', [{}]).replace('<totalAmt>1.05<', '<totalAmt>1.06<')],
    ['BSysFlag', batch('B000000001', [{}]).replace('<BSysFlag>N<', '<BSysFlag><')],
    ['SThirdVoucher', batch('B000000001', [{}, {}])],
    ['no rows', batch('B000000001', [])],
    [
      '501 rows',
      batch(
        'B000000001',
        Array.from({ length: 501 }, (_, index) => ({ SThirdVoucher: `${index}` })),
      ),
    ],
  ])('a package with a wrong %s is refused whole', async (_, inner) => {
    await start()
    expect((await ask('4018', inner)).code).toBe('SM0011')
    expect((await ask('4015', leaves({ OrigThirdVoucher: 'B000000001' }))).code).toBe('MA0103')
  })
})

function batch(voucher: string, rows: readonly Fields[]): string {
  const { ThirdVoucher: _voucher, CcyCode: _ccy, OutAcctNo, OutAcctName, SysFlag: _sys, ...item } = SINGLE
  const items = rows.map((row): Fields => ({ SThirdVoucher: '1', ...item, ...row }))
  const minor = items.reduce((sum, one) => sum + BigInt((one['TranAmount'] ?? '').replace('.', '')), 0n).toString()
  const total = `${minor.padStart(3, '0').slice(0, -2)}.${minor.padStart(3, '0').slice(-2)}`
  const head = { ThirdVoucher: voucher, totalCts: String(rows.length), totalAmt: total, BSysFlag: 'N', CcyCode: 'RMB' }
  const xml = items.map(one => `<HOResultSet4018R>${leaves(one)}</HOResultSet4018R>`)
  return leaves({ ...head, OutAcctNo: OutAcctNo ?? '', OutAcctName: OutAcctName ?? '' }) + xml.join('')
}

function detail(from: string, to: string, page: string, size: string, over: Fields = {}): Promise<Answer> {
  const fields = { AcctNo: PAYER, CcyCode: 'RMB', BeginDate: from, EndDate: to, PageNo: page, PageSize: size }
  return ask('4013', leaves({ ...fields, Reserve: '', OrderMode: '002', ...over }))
}

describe('4013', () => {
  test('today and history are asked for apart, an empty list is ES0200, and sizes have their limits', async () => {
    await start()
    expect((await detail('20260101', '20260301', '1', '100')).code).toBe('000000')
    expect(await detail('20260302', '20260302', '1', '100')).toMatchObject({ code: 'ES0200', body: '' })
    expect((await detail('20260101', '20260302', '1', '100')).code).toBe('SM0011')
    expect((await detail('20260303', '20260303', '1', '100')).code).toBe('SM0011')
    expect((await detail('20260101', '20260301', '1', '1000')).code).toBe('000000')
    expect((await detail('20260101', '20260301', '1', '1001')).code).toBe('SM0011')
    expect((await detail('20260302', '20260302', '1', '1001')).code).toBe('ES0200')
    expect((await detail('20260101', '20260301', '0', '10')).code).toBe('SM0011')
    expect((await detail('20260101', '20260301', '1', '10', { OrderMode: '003' })).code).toBe('SM0011')
  })

  test('pages of 1, 4 and 100 give every row once; a size that changes on the way loses rows', async () => {
    await start()
    const whole = all(await detail('20260101', '20260301', '1', '100'), 'HostTrace')
    expect(whole.length).toBe(9)
    for (const [size, order] of [
      [1, '001'],
      [4, '002'],
      [100, ''],
    ] as const) {
      const seen: string[] = []
      for (let page = 1, end = 'N'; end === 'N'; page += 1) {
        const answer = await detail('20260101', '20260301', String(page), String(size), { OrderMode: order })
        seen.push(...all(answer, 'HostTrace'))
        end = all(answer, 'EndFlag')[0] ?? 'Y'
      }
      expect(seen.sort()).toEqual([...whole].sort())
    }
    const [first, second] = [
      await detail('20260101', '20260301', '1', '4'),
      await detail('20260101', '20260301', '2', '6'),
    ]
    expect([...all(first, 'HostTrace'), ...all(second, 'HostTrace')].length).toBeLessThan(9)
  })

  test('4001 gives what may be used beside what is booked, and yesterday’s close', async () => {
    await start()
    await pay()
    const answer = await ask('4001', leaves({ Account: PAYER, CcyCode: 'RMB', CcyType: 'C' }))
    expect(['TotalAmount', 'Balance', 'LastBalance', 'HoldBalance'].map(name => all(answer, name)[0])).toEqual([
      '1012.00',
      '1010.95',
      '1012.00',
      '0.00',
    ])
    expect((await ask('4001', leaves({ Account: '11000000000003' }))).code).toBe('SM0002')
  })
})

test('damaged packets of every code are answered or hung up on, and move no money', async () => {
  await start()
  const bodies: readonly (readonly [string, string])[] = [
    ['4004', leaves({ ...SINGLE, TranAmount: '0.00' })],
    ['4018', batch('B000000001', [{ TranAmount: '0.00' }, { SThirdVoucher: '2', TranAmount: '0.00' }])],
    ['4005', leaves({ OrigThirdVoucher: 'V000000001' })],
    ['4015', leaves({ OrigThirdVoucher: 'B000000001', PageCts: '10', PageNo: '1' })],
    ['4001', leaves({ Account: PAYER })],
    ['4013', leaves({ AcctNo: PAYER, CcyCode: 'RMB', BeginDate: '20260101', EndDate: '20260301', PageNo: '1' })],
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      async ([code, inner], at, bytes) => {
        const damaged = packet(code, inner)
        // The body's length stays right: else the packet is never whole, which another test shows.
        const offset = at % 2 === 0 ? 40 + (at % 182) : 222 + (at % (damaged.length - 222))
        Buffer.from(bytes).copy(damaged, offset, 0, Math.min(bytes.length, damaged.length - offset))
        expect((await send(damaged)).code).toMatch(/^[0-9A-Z]{6}$/)
      },
    ),
    { numRuns: 150 },
  )
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})
