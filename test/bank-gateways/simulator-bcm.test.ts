// The simulated BCM from outside, with messages written by hand: what a bank would check it checks, in bytes, and what it says
// is what its books hold. At the end the gateway's wages and 超级网银 against it, which the common contract does not pay.

import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import { connect } from 'node:net'
import { bcmConfig } from '../../bank-gateways/bcm/config'
import { createBcmGateway } from '../../bank-gateways/bcm/gateway'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import type { Instruction } from '../../connector/ports'
import { NEVER, payment } from './byte-front-end'
import { MORNING, MovableClock } from './simulator-kit'

const PAYER = '310066000000000000001'
const OWN = '310066000000000000002'
const CARD = '6222600000000000001'
type Bcm = NonNullable<NonNullable<SimulatorOptions['banks']>['bcm']>

let simulator: Simulator
let clock: MovableClock
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(bcm: Partial<Bcm> = {}): Promise<void> {
  clock = new MovableClock(MORNING)
  const bank = { bank: 'bcm', cnaps: '301290000007', bankName: '交通银行' }
  const history = ['2026-02-27', '2026-02-28'].flatMap(date =>
    ['1.00', '1.00', '2.00'].map(amount => ({
      date,
      type: 'deposit' as const,
      amount,
      counterName: '客户',
      text: 'a|b',
    })),
  )
  simulator = await startSimulator({
    clock,
    accounts: [
      { ...bank, account: PAYER, name: '甲公司', openingBalance: '1000.00', history },
      { ...bank, account: OWN, name: '乙公司', openingBalance: '0.00' },
      { ...bank, account: CARD, name: '张三', openingBalance: '0.00' },
    ],
    banks: { bcm: { customers: [{ corpNo: '0000012345', userNo: '00001' }], ...bcm } },
  })
}

async function send(body: Buffer | string, method = 'POST'): Promise<string> {
  const bytes = Buffer.isBuffer(body) ? body : iconv.encode(body, 'gbk')
  const url = simulator.url('bcm', 'frontEnd')
  const query = [...bytes].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const answer =
    method === 'GET' ? await fetch(`${url}/any?${query}`) : await fetch(url, { method, body: new Uint8Array(bytes) })
  return answer.status === 200 ? iconv.decode(Buffer.from(await answer.arrayBuffer()), 'gbk') : String(answer.status)
}

const wrapped = (code: string, body: string, over: Readonly<Record<string, string>> = {}): string => {
  const head = {
    tr_code: code,
    corp_no: '0000012345',
    user_no: '00001',
    req_no: 'R1',
    tr_acdt: '20260302',
    tr_time: '100000',
    atom_tr_count: '1',
    channel: '0',
    reserved: '',
    ...over,
  }
  const inner = Object.entries(head).map(([name, text]) => `<${name}>${text}</${name}>`)
  return `<ap><head>${inner.join('')}</head><body>${body}</body></ap>`
}
const all = (answer: string, name: string): readonly string[] =>
  [...answer.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')
const codeOf = (answer: string): string => all(answer, 'particular_code')[0] ?? answer

const PAYMENT: Readonly<Record<string, string>> = {
  pay_acno: PAYER,
  pay_acname: '甲公司',
  rcv_bank_name: '工商银行',
  rcv_acno: '6222000000000001',
  rcv_acname: '收款公司',
  rcv_exg_code: '',
  rcv_bank_no: '102100099996',
  cur_code: 'CNY',
  amt: '1.05',
  cert_no: 'P1',
  summary: '货款',
  bank_flag: '1',
  area_flag: '1',
}
const fieldsOf = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')
const pay = (over: Readonly<Record<string, string>> = {}): Promise<string> =>
  send(wrapped('210201', fieldsOf({ ...PAYMENT, ...over })))
const ask = (number = 'P1', flag = '1'): Promise<string> =>
  send(wrapped('310204', fieldsOf({ query_flag: flag, ogl_serial_no: number })))
const statOf = async (number = 'P1', flag = '1'): Promise<string> => all(await ask(number, flag), 'stat')[0] ?? ''
const debits = (): number => simulator.ledger().postings.filter(({ type }) => type === 'payment').length

test('a payment is taken under 0000, settles, is debited once, and 310204 repeats it', async () => {
  await start()
  const answer = await pay()
  expect([codeOf(answer), all(answer, 'ans_code'), all(answer, 'req_no')]).toEqual(['0000', ['0'], ['R1']])
  expect([await statOf(), debits()]).toEqual(['0', 0])
  simulator.advance(60_000)
  expect([await statOf(), debits()]).toEqual(['1', 1])
  const asked = await ask()
  expect([all(asked, 'amt'), all(asked, 'rcv_acno'), all(asked, 'cert_no')]).toEqual([
    ['1.05'],
    ['6222000000000001'],
    ['P1'],
  ])
  expect(await statOf('P9')).toBe('4')
  expect(codeOf(await ask('P1', '2'))).toBe('SIMB')
})

test.each([
  ['rcv_acno', '6'.repeat(33), 'SIMA'],
  ['rcv_acno', '62 22', 'SIMB'],
  ['rcv_acname', `${'名'.repeat(30)}a`, 'SIMA'],
  ['rcv_acname', '', 'SIMB'],
  ['rcv_bank_name', '', 'SIMB'],
  ['rcv_bank_name', '行'.repeat(31), 'SIMA'],
  ['rcv_bank_no', '10210009999', 'SIMB'],
  ['rcv_exg_code', '1'.repeat(11), 'SIMA'],
  ['cur_code', 'RMB', 'SIMB'],
  ['amt', '0.00', 'SIMB'],
  ['amt', '-1.00', 'SIMB'],
  ['amt', '1.005', 'SIMB'],
  ['amt', '1000000000000.00', 'SIMB'],
  ['amt', '1008.01', 'SIM7'],
  ['amt', '1008.00', '0000'],
  ['cert_no', 'P'.repeat(21), 'SIMA'],
  ['cert_no', '', 'SIMB'],
  ['summary', '用'.repeat(31), 'SIMA'],
  ['summary', '用'.repeat(30), '0000'],
  ['summary', '甲|乙', 'SIMB'],
  ['summary', '甲&amp;乙', 'SIMB'],
  ['bank_flag', '', 'SIMB'],
  ['area_flag', '2', 'SIMB'],
  ['pay_acname', '丙公司', 'SIM3'],
  ['pay_acno', '310066000000000000003', 'SIM2'],
  ['rcv_acno', '6200000000000000203', 'SIM7'],
])('%s = %s is answered %s', async (name, value, code) => {
  await start()
  expect(codeOf(await pay({ [name]: value }))).toBe(code)
  simulator.advance(60_000)
  expect(debits()).toBe(code === '0000' ? 1 : 0)
})

test('a repeated cert_no is refused and booked once, whatever function it comes by; or booked again where the setting says so', async () => {
  await start()
  await pay()
  expect(codeOf(await pay({ amt: '2.00' }))).toBe('SIMD')
  expect(codeOf(await send(wrapped('330002', wages([CARD], { cert_no: 'P1' }))))).toBe('SIMD')
  simulator.advance(60_000)
  expect(debits()).toBe(1)
  await simulator.close()
  await start({ protocol: { duplicateCertNo: 'book-again' } })
  await pay()
  await pay()
  simulator.advance(60_000)
  expect(debits()).toBe(2)
})

test('an account of BCM is looked at by number and name, and arrives there', async () => {
  await start()
  const own = { bank_flag: '0', area_flag: '0', rcv_bank_no: '' }
  expect(codeOf(await pay({ ...own, rcv_acno: OWN, rcv_acname: '丙公司', cert_no: 'A' }))).toBe('SIM6')
  expect(codeOf(await pay({ ...own, rcv_acno: '310066000000000000008', cert_no: 'B' }))).toBe('SIM5')
  expect(codeOf(await pay({ ...own, rcv_acno: OWN, rcv_acname: '乙公司', cert_no: 'C' }))).toBe('0000')
  simulator.advance(60_000)
  expect(await Promise.all(['A', 'B', 'C'].map(number => statOf(number)))).toEqual(['2', '2', '1'])
  expect(simulator.accounts().find(({ account }) => account === OWN)?.balance).toBe('1.05')
})

test('210224 answers tranStatus: 34 taken, 22 refused; a late payment is refused where it is', async () => {
  await start()
  const body = (amt: string, cert: string): string =>
    fieldsOf({ pay_acno: PAYER, pay_acname: '甲公司', rcv_acno: '6222000000000001', rcv_acname: '收款公司' }) +
    fieldsOf({ partyid: '102100099996', amt, cert_no: cert, purpose: '', summary: '' })
  expect(all(await send(wrapped('210224', body('1.05', 'S1'))), 'tranStatus')).toEqual(['34'])
  expect(all(await send(wrapped('210224', body('5000.00', 'S2'))), 'tranStatus')).toEqual(['22'])
  simulator.advance(60_000)
  expect([await statOf('S1'), await statOf('S2'), debits()]).toEqual(['1', '2', 1])
  await simulator.close()
  await start({ processing: { cutOff: '09:00', afterCutOff: 'refuse' } })
  expect(codeOf(await pay())).toBe('SIM8')
})

function wages(cards: readonly string[], over: Readonly<Record<string, string>> = {}): string {
  const lines = cards.map((card, index) =>
    fieldsOf({ card_no: card, acname: '张三', card_flag: '0', amt: '10.00', busino: `L${index + 1}` }),
  )
  const total = `${cards.length * 10}.00`
  const head = { cert_no: 'B1', pay_acno: PAYER, type: '1', sum: String(cards.length), sum_amt: total }
  const tail = { pay_month: '202603', summary: '工资', busi_no: '0001', mailflg: 'N' }
  return `${fieldsOf({ ...head, ...tail, ...over })}<tran>${lines.map(line => `<rcd>${line}</rcd>`).join('')}</tran>`
}

test('330002 answers each line, F for success; its state is asked by the number of the batch', async () => {
  await start()
  const answer = await send(wrapped('330002', wages([CARD, '6222600000000000009'])))
  expect([all(answer, 'sucFlg'), all(answer, 'busino')]).toEqual([
    ['F', 'E'],
    ['L1', 'L2'],
  ])
  expect(await statOf('B1', '3')).toBe('0')
  simulator.advance(60_000)
  // One paid and one refused: what the bank says then is not known.
  expect([await statOf('B1', '3'), await statOf('B1', '1'), debits()]).toEqual(['3', '4', 1])
  expect(simulator.accounts().find(({ account }) => account === CARD)?.balance).toBe('10.00')
})

test.each([
  ['sum', '3'],
  ['sum_amt', '20.01'],
  ['pay_month', '202613'],
  ['mailflg', 'X'],
  ['busi_no', ''],
  ['type', ''],
])('a batch with %s = %s is refused whole', async (name, value) => {
  await start()
  expect(codeOf(await send(wrapped('330002', wages([CARD, CARD], { [name]: value }))))).toBe('SIMB')
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})

test.each<readonly [string, string | Buffer, string]>([
  ['another enterprise', wrapped('310101', '', { corp_no: '0000099999' }), 'SIMI'],
  ['another user', wrapped('310101', '', { user_no: '00002' }), 'SIMI'],
  ['a corp_no of 11', wrapped('310101', '', { corp_no: '00000123456' }), 'SIMX'],
  ['an unknown function', wrapped('310303', ''), 'SIMN'],
  ['another count', wrapped('210201', '', { atom_tr_count: '2' }), 'SIMX'],
  ['another channel', wrapped('210201', '', { channel: '1' }), 'SIMX'],
  ['no day', wrapped('210201', '', { tr_acdt: '20260231' }), 'SIMX'],
  ['no req_no', wrapped('210201', '', { req_no: '' }), 'SIMX'],
  ['no XML', 'hello', 'SIMX'],
  ['bytes that are not GBK', Buffer.from([0xff, 0xfe, 0x80]), 'SIMX'],
])('%s is answered %s', async (_, message, code) => {
  await start()
  expect(codeOf(await send(message))).toBe(code)
})

test('a GET with the XML as its query is taken as well; without one it is not', async () => {
  await start()
  const body = fieldsOf({ ...PAYMENT, rcv_acname: '收款公司甲' })
  expect(codeOf(await send(wrapped('210201', body), 'GET'))).toBe('0000')
  expect((await fetch(simulator.url('bcm', 'frontEnd'))).status).toBe(400)
})

describe('TCP', () => {
  const talk = (bytes: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(simulator.url('bcm', 'frontEnd'))
      const socket = connect(Number(port), hostname, () => socket.write(bytes))
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('close', () => resolve(Buffer.concat(chunks)))
      socket.on('error', reject)
    })

  test('the header is 0 and the length in GBK bytes, padded to 7 characters, both ways', async () => {
    await start({ protocol: { transport: 'tcp' } })
    const xml = iconv.encode(wrapped('210201', fieldsOf(PAYMENT)), 'gbk')
    const answer = await talk(Buffer.concat([Buffer.from(`0${xml.length}`.padEnd(7)), xml]))
    expect(answer.subarray(0, 7).toString('latin1')).toBe(`0${answer.length - 7}`.padEnd(7))
    expect(codeOf(iconv.decode(answer.subarray(7), 'gbk'))).toBe('0000')
  })

  test.each([
    ['another first character', 0, (length: number) => `1${length}`],
    ['a length too short', -1, (length: number) => `0${length}`],
    ['no number', 0, () => '0abc'],
  ])('a header with %s is hung up on', async (_, off, header) => {
    await start({ protocol: { transport: 'tcp' } })
    const xml = iconv.encode(wrapped('210201', fieldsOf(PAYMENT)), 'gbk')
    expect((await talk(Buffer.concat([Buffer.from(header(xml.length + off).padEnd(7)), xml]))).length).toBe(0)
    simulator.advance(60_000)
    expect(debits()).toBe(0)
  })
})

describe('tables', () => {
  const history = (from: string, to: string): Promise<string> =>
    send(wrapped('310301', fieldsOf({ acno: PAYER, start_date: from, end_date: to })))

  test('titles come first, then the values; a bar inside 附言 is let through', async () => {
    await start()
    const answer = await history('20260227', '20260228')
    const tokens = (all(answer, 'serial_record')[0] ?? '').split('|')
    expect([all(answer, 'field_num'), all(answer, 'record_num')]).toEqual([['24'], ['6']])
    expect(tokens.slice(0, 3)).toEqual(['状态', '交易日期', '交易时间'])
    // One bar too many in each of the six rows.
    expect(tokens.length).toBe(24 * 7 + 6)
    expect(tokens[25]).toBe('20260227')
  })

  test.each([
    ['20260201', '20260228', '0000'],
    ['20260201', '20260304', 'SIMB'],
    ['20260228', '20260227', 'SIMB'],
    ['20260231', '20260231', 'SIMB'],
  ])('%s to %s is answered %s', async (from, to, code) => {
    await start()
    expect(codeOf(await history(from, to))).toBe(code)
  })

  test('a balance has ten columns, and nobody else’s account is shown', async () => {
    await start()
    const answer = await send(wrapped('310101', fieldsOf({ acno: PAYER })))
    const values = (all(answer, 'serial_record')[0] ?? '').split('|').slice(10)
    expect(values.slice(0, 5)).toEqual(['甲公司', PAYER, 'CNY', '1008.00', '1008.00'])
    expect(values.at(-1)).toBe('0')
    expect(codeOf(await send(wrapped('310101', fieldsOf({ acno: '310066000000000000003' }))))).toBe('SIM2')
  })

  test('more rows than a table holds become a file; today has its own query', async () => {
    await start({ protocol: { fileAboveRows: 5 } })
    const answer = await history('20260227', '20260228')
    expect([all(answer, 'file_flag'), all(answer, 'serial_record')]).toEqual([['1'], ['']])
    const today = await send(wrapped('310201', fieldsOf({ acno: PAYER })))
    expect([all(today, 'record_num'), all(today, 'file_flag')]).toEqual([['0'], ['0']])
  })
})

describe('the gateway', () => {
  const gatewayFor = (way: object) =>
    createBcmGateway(
      bcmConfig.parse({
        transport: { kind: 'http', endpoint: simulator.url('bcm', 'frontEnd') },
        corpNo: '0000012345',
        userNo: '00001',
        payment: way,
        accounts: { [PAYER]: { currency: 'CNY' } },
        direction: { out: '0', in: '1' },
        batchMax: 5,
      }),
      { clock, name: 'bcm', sequence: () => '1' },
    )
  const base = payment(PAYER)
  const worker = (line: number, account: string): Instruction => ({
    ...base,
    reference: `26030100100000${line}`,
    batch: { reference: '260301001000000', line },
    payer: { ...base.payer, name: '甲公司' },
    payee: { ...base.payee, account, name: '张三', bankCode: '301290000007', kind: 'P' },
  })
  const contract = { function: '330002', type: '1', busiNo: '0001', cardFlag: '0', batchState: 'of-every-line' }

  test('pays wages in one message, and is told line by line and by the batch', async () => {
    await start()
    const gateway = gatewayFor(contract)
    const lines = [worker(1, CARD), worker(2, '6222600000000000009')]
    expect(await gateway.send(lines, NEVER)).toMatchObject([
      { kind: 'accepted', echo: { payeeAccount: CARD, amount: { minor: 105n } } },
      { kind: 'refused' },
    ])
    simulator.advance(60_000)
    expect(debits()).toBe(1)
    const again = gatewayFor({ ...contract, batchState: 'of-batch' })
    expect((await again.inquire(lines, NEVER)).map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable'])
  })

  test('wages that all went are paid by the state of the batch; a line left out is uncertain', async () => {
    await start()
    const gateway = gatewayFor(contract)
    await simulator.order({ bank: 'bcm', kind: 'missing-line', code: '330002' })
    const lines = [worker(1, CARD), { ...worker(2, CARD), amount: { minor: 200n, currency: 'CNY' } }]
    expect((await gateway.send(lines, NEVER)).map(({ kind }) => kind)).toEqual(['accepted', 'uncertain'])
    simulator.advance(60_000)
    expect((await gateway.inquire(lines, NEVER)).map(({ kind }) => kind)).toEqual(['settled', 'settled'])
    expect(debits()).toBe(2)
    expect((await gateway.send(lines, NEVER)).map(({ kind }) => kind)).toEqual(['uncertain', 'uncertain'])
    simulator.advance(60_000)
    expect(debits()).toBe(2)
  })

  test('超级网银 is taken, and 310204 tells that it was paid', async () => {
    await start()
    const superPay = { for: 'all', partyIds: { '102': '102100099996' } }
    const gateway = gatewayFor({ function: '210201', superPay })
    const one = { ...worker(1, '6222000000000001'), payee: { ...base.payee, bankName: '工商银行' } }
    expect(await gateway.send([one], NEVER)).toMatchObject([{ kind: 'accepted', echo: { code: 'tranStatus34' } }])
    simulator.advance(60_000)
    expect(await gateway.inquire([one], NEVER)).toMatchObject([{ kind: 'settled', echo: { reference: one.reference } }])
    expect(debits()).toBe(1)
  })

  test('a bar in somebody’s 附言 stops the statement instead of shifting it', async () => {
    await start()
    const range = { from: '2026-02-27', to: '2026-02-28' }
    const gateway = gatewayFor({ function: '210201' })
    await expect(gateway.statement(PAYER, range, null, NEVER)).rejects.toMatchObject({ code: 'bcm.row' })
  })
})

test('damaged messages of every function get an answer, and move no money', async () => {
  await start()
  const bodies = [
    wrapped('210201', fieldsOf({ ...PAYMENT, amt: '0.00' })),
    wrapped('310204', fieldsOf({ query_flag: '1', ogl_serial_no: 'P1' })),
    wrapped('330002', wages([CARD], { sum_amt: '9.99' })),
    wrapped('310301', fieldsOf({ acno: PAYER, start_date: '20260227', end_date: '20260228' })),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('', '<', '>', '&', '</ap>', '<ap>', '\u0000', '中', '|', '-1', '../', '<a><a>', ']]>'),
      async (body, at, length, put) => {
        const from = at % (body.length + 1)
        const answer = await send(body.slice(0, from) + put + body.slice(from + length))
        expect(answer).toMatch(/^<ap><head>[^]*<particular_code>\w{4}<\/particular_code>/)
      },
    ),
    { numRuns: 150 },
  )
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})
