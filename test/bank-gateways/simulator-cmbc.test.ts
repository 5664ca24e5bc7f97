// The simulated CMBC from outside, with messages written by hand in both protocols: what a bank would check it checks, in bytes, and
// what it says is what its books hold. At the end what the common contract does not pay: persons of the open platform, other pages.

import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import { cmbcConfig } from '../../bank-gateways/cmbc/config'
import { createCmbcGateway } from '../../bank-gateways/cmbc/gateway'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { NEVER, payment } from './byte-front-end'
import { MORNING, MovableClock } from './simulator-kit'

const PAYER = '600000000000000001'
const OWN = '600000000000000002'
type Cmbc = NonNullable<NonNullable<SimulatorOptions['banks']>['cmbc']>

let simulator: Simulator
let clock: MovableClock
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(cmbc: Partial<Cmbc> = {}): Promise<void> {
  clock = new MovableClock(MORNING)
  const bank = { bank: 'cmbc', cnaps: '305100000013', bankName: '中国民生银行' }
  const history = ['2026-02-27', '2026-02-28'].flatMap(date =>
    ['1.00', '1.00', '2.00'].map(amount => ({ date, type: 'deposit' as const, amount, counterName: '客户' })),
  )
  simulator = await startSimulator({
    clock,
    accounts: [
      { ...bank, account: PAYER, name: '甲公司', openingBalance: '100000.00', history },
      { ...bank, account: OWN, name: '乙公司', openingBalance: '0.00' },
    ],
    banks: { cmbc: { customers: [{ clientId: 'C1', userId: 'U1', userPassword: 'pw', openId: 'OID' }], ...cmbc } },
  })
}

async function post(body: Buffer | string, contentType: string, method = 'POST'): Promise<string> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const init =
    method === 'GET' ? { method } : { method, headers: { 'Content-Type': contentType }, body: new Uint8Array(bytes) }
  const answer = await fetch(simulator.url('cmbc', 'proxy'), init)
  const text = Buffer.from(await answer.arrayBuffer())
  if (answer.status !== 200) return String(answer.status)
  return text[0] === 0x7b ? text.toString('utf8') : iconv.decode(text, 'gbk')
}

const debits = (): number => simulator.ledger().postings.filter(({ type }) => type === 'payment').length

const all = (answer: string, name: string): readonly string[] =>
  [...answer.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')
const codeOf = (answer: string): string => all(answer, 'code')[0] ?? answer

type Fields = Readonly<Record<string, string>>
const fieldsOf = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')

const wrapped = (trnCode: string, body: string, over: Fields = {}, attributes = ''): string => {
  const header = {
    dtClient: '2026-03-02 10:00:00',
    clientId: 'C1',
    userId: 'U1',
    userPswd: 'pw',
    language: 'chs',
    appId: 'nsbdes',
    appVer: '201',
    ...over,
  }
  const open = `<CMBC header="100" version="100" security="none" lang="chs" trnCode="${trnCode}"${attributes}>`
  return `${open}<requestHeader>${fieldsOf(header)}</requestHeader><xDataBody><trnId>T1</trnId>${body}</xDataBody></CMBC>`
}
const sendXml = (xml: string | Buffer, contentType = 'application/x-NS-BDES'): Promise<string> =>
  post(typeof xml === 'string' ? iconv.encode(xml, 'gbk') : xml, contentType)

const XFER: Fields = {
  cltcookie: '',
  insId: 'P1',
  acntNo: PAYER,
  acntName: '',
  acntToNo: '6222000000000001',
  acntToName: '收款公司',
  externBank: '1',
  localFlag: '2',
  rcvCustType: '1',
  bankCode: '102100099996',
  bankName: '工商银行',
  bankAddr: '',
  areaCode: '',
  amount: '1.05',
  explain: '货款',
  actDate: '2026-03-02',
}
const xfer = (over: Fields = {}): Promise<string> => sendXml(wrapped('Xfer', fieldsOf({ ...XFER, ...over })))
const ask = (insId = 'P1'): Promise<string> =>
  sendXml(wrapped('qryXfer', fieldsOf({ cltcookie: '', insId, svrId: '' })))
const statusOf = async (insId = 'P1'): Promise<string> => all(await ask(insId), 'statusCode')[0] ?? ''

describe('NS-BDES', () => {
  test('a payment is taken under 0 or WYHL01, settles and is debited once; a stranger is E1602', async () => {
    for (const taken of ['0', 'WYHL01']) {
      await start({ protocol: { codes: { taken } } })
      const answer = await xfer()
      expect([codeOf(answer), all(answer, 'trnId'), all(answer, 'insId')]).toEqual([taken, ['T1'], ['P1']])
      expect([await statusOf(), debits()]).toEqual(['1', 0])
      simulator.advance(60_000)
      expect([await statusOf(), debits()]).toEqual(['0', 1])
      expect(codeOf(await ask('P9'))).toBe('E1602')
      await simulator.close()
    }
    await start()
  })

  test.each([
    ['insId', 'P'.repeat(33), 'SIM0021'],
    ['insId', 'P-1', 'SIM0022'],
    ['acntToNo', '6'.repeat(33), 'SIM0021'],
    ['acntToNo', '62 22', 'SIM0022'],
    ['acntToName', `${'名'.repeat(30)}a`, 'SIM0021'],
    ['acntToName', '', 'SIM0022'],
    ['bankName', '', 'SIM0022'],
    ['bankCode', '10210009999', 'SIM0022'],
    ['externBank', '2', 'SIM0022'],
    ['localFlag', '0', 'SIM0022'],
    ['localFlag', '5', '0'],
    ['rcvCustType', '3', 'SIM0022'],
    ['amount', '0.00', 'SIM0022'],
    ['amount', '-1.00', 'SIM0022'],
    ['amount', '1.005', 'SIM0022'],
    ['amount', '100008.01', 'SIM0007'],
    ['amount', '100008.00', '0'],
    ['explain', '用'.repeat(31), 'SIM0021'],
    ['actDate', '20260302', 'SIM0022'],
    ['actDate', '2026-02-31', 'SIM0022'],
    ['acntName', '丙公司', 'SIM0003'],
    ['acntNo', '600000000000000003', 'SIM0002'],
    ['acntToNo', '6200000000000000200', 'W6191'],
  ])('%s = %s is answered %s', async (name, value, code) => {
    await start()
    expect(codeOf(await xfer({ [name]: value }))).toBe(code)
    simulator.advance(60_000)
    expect(debits()).toBe(code === '0' ? 1 : 0)
  })

  test('route 5 takes at most 50 000, and inside CMBC only 0 and 1 are routes', async () => {
    await start()
    expect(codeOf(await xfer({ localFlag: '5', amount: '50000.01', insId: 'A' }))).toBe('SIM0022')
    const own = { externBank: '0', acntToNo: OWN, acntToName: '乙公司', bankCode: '', bankName: '' }
    expect(codeOf(await xfer({ ...own, localFlag: '2', insId: 'B' }))).toBe('SIM0022')
    expect(codeOf(await xfer({ ...own, localFlag: '0', acntToName: '丙公司', insId: 'C' }))).toBe('SIM0006')
    expect(codeOf(await xfer({ ...own, localFlag: '1', insId: 'D' }))).toBe('0')
    simulator.advance(60_000)
    expect(await Promise.all(['A', 'B', 'C', 'D'].map(statusOf))).toEqual(['2', '2', '2', '0'])
    expect(simulator.accounts().find(({ account }) => account === OWN)?.balance).toBe('1.05')
  })

  test('a repeated insId is refused and booked once, or booked again where the setting says so', async () => {
    await start()
    await xfer()
    expect(codeOf(await xfer({ amount: '2.00' }))).toBe('SIM0016')
    simulator.advance(60_000)
    expect(debits()).toBe(1)
    await simulator.close()
    await start({ protocol: { duplicate: 'book-again' } })
    await xfer()
    await xfer()
    simulator.advance(60_000)
    expect(debits()).toBe(2)
  })

  test.each<readonly [string, string | Buffer, string]>([
    ['a wrong password', wrapped('Xfer', fieldsOf(XFER), { userPswd: 'no' }), 'W3317'],
    ['an unknown client', wrapped('Xfer', fieldsOf(XFER), { clientId: 'C9' }), 'W3317'],
    ['an unknown function', wrapped('batchXfer', ''), 'SIM0023'],
    ['another language', wrapped('Xfer', '', { language: 'en' }), 'SIM0900'],
    ['another application', wrapped('Xfer', '', { appId: 'x' }), 'SIM0900'],
    ['no time', wrapped('Xfer', '', { dtClient: '2026-03-02' }), 'SIM0900'],
    ['another version', wrapped('Xfer', '').replace('version="100"', 'version="200"'), 'SIM0900'],
    ['no trnId', wrapped('Xfer', '').replace('<trnId>T1</trnId>', ''), 'SIM0900'],
    ['no XML', 'hello', 'SIM0900'],
    ['bytes that are not GBK', Buffer.from([0xff, 0xfe, 0x80]), 'SIM0900'],
  ])('%s is answered %s', async (_, message, code) => {
    await start()
    expect(codeOf(await sendXml(message))).toBe(code)
    expect(debits()).toBe(0)
  })

  test('another content type is refused, one with a charset is not; UTF-8 is read by its prolog', async () => {
    await start()
    expect(codeOf(await sendXml(wrapped('Xfer', fieldsOf(XFER)), 'text/xml'))).toBe('SIM0900')
    const utf8 = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${wrapped('Xfer', fieldsOf(XFER))}`)
    expect(codeOf(await sendXml(utf8, 'application/x-NS-BDES; charset=utf-8'))).toBe('0')
    expect(await post('', '', 'GET')).toBe('405')
  })

  test('balance and rows stand in the elements that the settings name', async () => {
    await start({ protocol: { balanceNames: { current: 'bal' }, detailNames: { amount: 'amt' }, pageMax: 4 } })
    const balance = await sendXml(wrapped('qryBal', `<acntList><acntNo>${PAYER}</acntNo></acntList>`))
    expect([all(balance, 'bal'), all(balance, 'simAvailable')]).toEqual([['100008.00'], ['100008.00']])
    const ask = (from: string, start: string, end: string): Promise<string> =>
      sendXml(
        wrapped(
          'qryDtl',
          fieldsOf({ acntNo: PAYER, dateFrom: from, dateTo: '2026-02-28', startNo: start, endNo: end }),
        ),
      )
    expect(all(await ask('2026-02-27', '1', '50'), 'amt')).toEqual(['1.00', '1.00', '2.00', '1.00'])
    expect(all(await ask('2026-02-27', '5', '50'), 'amt')).toEqual(['1.00', '2.00'])
    expect(all(await ask('2026-02-27', '7', '50'), 'amt')).toEqual([])
    for (const [from, first, last] of [
      ['20260227', '1', '2'],
      ['2026-03-01', '1', '2'],
      ['2026-02-27', '0', '2'],
      ['2026-02-27', '3', '2'],
    ] as const)
      expect(codeOf(await ask(from, first, last))).toBe('SIM0022')
    expect(codeOf(await sendXml(wrapped('qryBal', '<acntList><acntNo>1</acntNo></acntList>')))).toBe('SIM0002')
  })
})

const call = async (method: string, version: string, fields: Fields): Promise<Record<string, unknown>> => {
  const text = JSON.stringify({ method, version, busiParamMap: { open_id: 'OID', acct_no: PAYER, ...fields } })
  const answer = JSON.parse(await post(text, 'application/json')) as Record<string, unknown>
  return { return_code: answer['return_code'], ...(answer['response_busi'] as object | undefined) }
}
const ORDER: Fields = {
  req_seq: 'P1',
  pay_type: '1',
  is_cross: '0',
  currency: 'CNY',
  trans_amt: '1.05',
  bank_route: '2',
  bank_code: '102100099996',
  bank_name: '工商银行',
  usage: '货款',
  cert_no: 'P1',
  payee_acct_no: '6222000000000001',
  payee_acct_name: '收款公司',
}
const order = (over: Fields = {}) => call('settlement.transfer.ent_single_order', 'V1.0', { ...ORDER, ...over })
const orderQuery = (req = 'P1') => call('settlement.transfer.ent_single_order_qry', 'V1.0', { org_req_seq: req })

describe('the open platform', () => {
  test('a payment is taken with AAAAAAA, being paid, then paid, and stays paid after a return', async () => {
    await start()
    expect(await order()).toMatchObject({ return_code: '0000', resp_status: 'S', resp_code: 'AAAAAAA' })
    expect([(await orderQuery())['trans_status'], debits()]).toEqual(['4', 0])
    simulator.advance(60_000)
    expect([(await orderQuery())['trans_status'], debits()]).toEqual(['3', 1])
    await order({ req_seq: 'P2', payee_acct_no: '6200000000000000601' })
    simulator.advance(60_000)
    expect((await orderQuery('P2'))['trans_status']).toBe('3')
    expect(await orderQuery('P9')).toMatchObject({ resp_status: 'E', resp_code: 'SIM0404' })
  })

  test.each([
    ['pay_type', '2', 'SIM0022'],
    ['is_cross', '', 'SIM0022'],
    ['currency', 'RMB', 'SIM0022'],
    ['bank_route', '', 'SIM0022'],
    ['bank_code', '', 'SIM0022'],
    ['trans_amt', '0.00', 'SIM0022'],
    ['trans_amt', '100008.01', 'SIM0007'],
    ['payee_acct_name', '', 'SIM0022'],
    ['payee_acct_name', '名'.repeat(31), 'SIM0021'],
    ['acct_no', '600000000000000003', 'SIM0002'],
    ['open_id', 'OTHER', 'W3317'],
    ['payee_acct_no', '6200000000000000200', 'SIM0001'],
  ])('%s = %s is answered %s', async (name, value, code) => {
    await start()
    expect(await order({ [name]: value })).toMatchObject({ resp_status: 'E', resp_code: code })
    simulator.advance(60_000)
    expect(debits()).toBe(0)
  })

  test('is_cross 1 is CMBC itself: number and name are looked at, and the money arrives there', async () => {
    await start()
    const own = { is_cross: '1', bank_code: '', bank_name: '', payee_acct_no: OWN }
    expect(await order({ ...own, payee_acct_name: '丙公司', req_seq: 'A' })).toMatchObject({ resp_code: 'SIM0006' })
    expect(await order({ ...own, payee_acct_name: '乙公司', req_seq: 'B' })).toMatchObject({ resp_code: 'AAAAAAA' })
    simulator.advance(60_000)
    expect(simulator.accounts().find(({ account }) => account === OWN)?.balance).toBe('1.05')
    expect((await orderQuery('A'))['trans_status']).toBe('5')
  })

  test('a repeated req_seq is refused; each question knows the payments of its own method', async () => {
    await start()
    await order()
    expect(await order({ trans_amt: '2.00' })).toMatchObject({ resp_code: 'SIM0016' })
    const other = await call('settlement.reimburse.single_query', 'V1.0', { org_req_seq: 'P1' })
    expect(other).toMatchObject({ resp_code: 'SIM0404' })
  })

  test.each([
    [
      'another version',
      JSON.stringify({ method: 'account.transinfo.detail_query', version: 'V1.0', busiParamMap: { open_id: 'OID' } }),
      /SIM0023/,
    ],
    [
      'a number where text belongs',
      '{"method":"a","version":"V1.0","busiParamMap":{"a":1}}',
      /"return_code":"SIM9999"/,
    ],
    ['no JSON', '{"method"', /"return_code":"SIM9999"/],
  ])('%s is refused', async (_, text, pattern) => {
    await start()
    expect(await post(text, 'application/json')).toMatch(pattern)
  })

  test('detail counts its rows and gives them in parts; 1 is money out, 2 is money in', async () => {
    await start({ protocol: { pageMax: 4 } })
    await order({ payee_acct_no: '6200000000000000601' })
    simulator.advance(60_000)
    const rows = (date: string, from: string, to: string) =>
      call('account.transinfo.detail_query', 'V1.1', {
        date_from: date,
        date_to: '20260302',
        start_index: from,
        end_index: to,
      })
    const first = await rows('20260227', '1', '50')
    expect([first['item_num'], first['total_num']]).toEqual([4, 8])
    const second = await rows('20260227', '5', '50')
    expect(second['result_list']).toMatchObject([
      { dc_flag: '2', amount: '1.00' },
      { dc_flag: '2', amount: '2.00' },
      { dc_flag: '1', amount: '1.05', explain: '货款', enter_acct_date: '20260302' },
      { dc_flag: '2', amount: '1.05', explain: '退汇 货款', balance: '100008.00' },
    ])
    expect(await rows('20260303', '1', '50')).toMatchObject({ resp_code: 'SIM0022' })
    expect(await rows('20260227', '0', '50')).toMatchObject({ resp_code: 'SIM0022' })
  })

  test('a receipt is a PDF of its own row, and none of a row that is not there', async () => {
    await start()
    const ask = (serial: string) =>
      call('account.transinfo.electnote_download_new', 'V1.0', {
        qry_type: '1',
        trans_seq_no: serial,
        enter_acct_date: '20260227',
      })
    const list = await call('account.transinfo.detail_query', 'V1.1', {
      date_from: '20260227',
      date_to: '20260227',
      start_index: '1',
      end_index: '1',
    })
    const [row] = list['result_list'] as readonly { readonly trans_seq_no: string }[]
    const receipt = await ask(row?.trans_seq_no ?? '')
    expect(Buffer.from(String(receipt['file_content']), 'base64').toString('latin1')).toMatch(/^%PDF-/)
    expect((await ask('T99999999999'))['file_content']).toBe('')
  })
})

describe('the gateway', () => {
  const gatewayFor = (protocol: object, more: object = {}) =>
    createCmbcGateway(
      cmbcConfig.parse({ protocol: { endpoint: simulator.url('cmbc', 'proxy'), ...protocol }, ...more }),
      { clock, name: 'cmbc', sequence: () => '1' },
    )
  const OPEN = {
    kind: 'open',
    okReturnCode: '0000',
    accounts: { [PAYER]: { currency: 'CNY', openId: 'OID' } },
    routes: { own: '0', ordinary: '2', urgent: '5' },
  }
  const RANGE = { from: '2026-02-27', to: '2026-02-28' }

  // Each question knows the payments of its own method alone: see above.
  test('persons are paid by the method for private payees, and asked about by theirs', async () => {
    await start()
    const gateway = gatewayFor(OPEN)
    const base = payment(PAYER)
    const one = { ...base, payee: { ...base.payee, bankName: '工商银行', kind: 'P' as const, name: '张三' } }
    expect((await gateway.send([one], NEVER))[0]?.kind).toBe('accepted')
    simulator.advance(60_000)
    expect((await gateway.inquire([one], NEVER))[0]?.kind).toBe('settled')
    expect(debits()).toBe(1)
  })

  test('pages of 1, 4 and 100 rows give every row once, whatever number of rows is asked for', async () => {
    for (const pageMax of [1, 4, 100]) {
      await start({ protocol: { pageMax } })
      const gateway = gatewayFor(OPEN, { statementRows: 3 })
      const seen: string[] = []
      let cursor: string | null = null
      for (let turn = 0; turn < 20; turn += 1) {
        const page = await gateway.statement(PAYER, RANGE, cursor, NEVER)
        seen.push(...page.items.map(({ bankId }) => bankId ?? ''))
        cursor = page.next
        if (cursor === null) break
      }
      expect([cursor, seen.length, new Set(seen).size]).toEqual([null, 6, 6])
      await simulator.close()
    }
    await start()
  })

  test('where rows are numbered from 0 the row that would be lost is a Fault', async () => {
    await start({ protocol: { firstIndex: 0 } })
    const gateway = gatewayFor(OPEN)
    const first = await gateway.statement(PAYER, RANGE, null, NEVER)
    expect(first.items.length).toBe(5)
    await expect(gateway.statement(PAYER, RANGE, first.next, NEVER)).rejects.toMatchObject({ code: 'cmbc.paging' })
  })
})

test('damaged messages of either protocol get an answer, and move no money', async () => {
  await start()
  const json = JSON.stringify({
    method: 'settlement.transfer.ent_single_order',
    version: 'V1.0',
    busiParamMap: { open_id: 'OID', acct_no: PAYER, ...ORDER, trans_amt: '0.00' },
  })
  const bodies = [
    wrapped('Xfer', fieldsOf({ ...XFER, amount: '0.00' })),
    wrapped('qryXfer', fieldsOf({ insId: 'P1' })),
    wrapped(
      'qryDtl',
      fieldsOf({ acntNo: PAYER, dateFrom: '2026-02-27', dateTo: '2026-02-28', startNo: '1', endNo: '9' }),
    ),
    json,
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('', '<', '>', '&', '</CMBC>', '<CMBC>', '\u0000', '中', '{', '"', '-1', '../', '<a><a>', ']]>'),
      async (body, at, length, put) => {
        const from = at % (body.length + 1)
        const answer = await sendXml(body.slice(0, from) + put + body.slice(from + length))
        expect(answer).toMatch(/^<\?xml [^]*<code>\w+<\/code>|^\{"return_code":"\w+"/)
      },
    ),
    { numRuns: 150 },
  )
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})
