// The simulated CIB from outside, with messages written by hand: what a bank would check it checks, in bytes, and what it says
// is what its books hold.

import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { MORNING, MovableClock } from './simulator-kit'

const PAYER = '117000000000000001'
const OWN = '117000000000000002'
type Cib = NonNullable<NonNullable<SimulatorOptions['banks']>['cib']>

let simulator: Simulator
let clock: MovableClock
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(cib: Partial<Cib> = {}): Promise<void> {
  clock = new MovableClock(MORNING)
  const bank = { bank: 'cib', cnaps: '309391000011', bankName: '兴业银行' }
  const history = ['2026-02-27', '2026-02-28'].flatMap(date =>
    ['1.00', '1.00', '2.00'].map(amount => ({ date, type: 'deposit' as const, amount, counterName: '客户' })),
  )
  simulator = await startSimulator({
    clock,
    accounts: [
      { ...bank, account: PAYER, name: '甲公司', openingBalance: '1000.00', history },
      { ...bank, account: OWN, name: '乙公司', openingBalance: '0.00' },
    ],
    banks: { cib: { customers: [{ cid: '1100000001', userId: 'u1', userPassword: 'pw' }], ...cib } },
  })
}

async function send(body: Buffer | string, method = 'POST'): Promise<string> {
  const bytes = Buffer.isBuffer(body) ? body : iconv.encode(body, 'gbk')
  const init = method === 'GET' ? { method } : { method, body: new Uint8Array(bytes) }
  const answer = await fetch(simulator.url('cib', 'csp'), init)
  return answer.status === 200 ? iconv.decode(Buffer.from(await answer.arrayBuffer()), 'gbk') : String(answer.status)
}

const wrapped = (name: string, inner: string, trnuid = 'T1', password = 'pw'): string =>
  '<?xml version="1.0" encoding="gb2312"?><FOX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>2026-03-02 10:00:00</DTCLIENT>' +
  `<CID>1100000001</CID><USERID>u1</USERID><USERPASS>${password}</USERPASS><GENUSERKEY>N</GENUSERKEY>` +
  '<LANGUAGE>CHS</LANGUAGE><APPID>ERP01</APPID><APPVER>0100</APPVER></SONRQ></SIGNONMSGSRQV1>' +
  `<SECURITIES_MSGSRQV1><${name}><TRNUID>${trnuid}</TRNUID>${inner}</${name}></SECURITIES_MSGSRQV1></FOX>`
const all = (answer: string, name: string): readonly string[] =>
  [...answer.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')
/** The function's STATUS/CODE, or the sign-on's where it failed. */
const codeOf = (answer: string): string => all(answer, 'CODE').at(-1) ?? answer

type Fields = Readonly<Record<string, string>>
const PAYMENT: Fields = {
  payerAccount: PAYER,
  payerName: '甲公司',
  attributes: 'INTERBANK="N" LOCAL="N"',
  account: '6222000000000001',
  name: '收款公司',
  bankName: '工商银行',
  bankNumber: '<BANKNUM>102100099996</BANKNUM>',
  city: '<CITY>北京市</CITY>',
  currency: 'RMB',
  amount: '1.05',
  mode: '',
  purpose: '<PURPOSE>货款</PURPOSE>',
  due: '',
  memo: '',
}
function xferOf(over: Fields = {}): string {
  const f = { ...PAYMENT, ...over }
  return (
    `<XFERRQ><XFERINFO><ACCTFROM><ACCTID>${f['payerAccount']}</ACCTID><NAME>${f['payerName']}</NAME><BANKDESC>兴业银行</BANKDESC><CITY>福州市</CITY></ACCTFROM>` +
    `<ACCTTO ${f['attributes']}><ACCTID>${f['account']}</ACCTID><NAME>${f['name']}</NAME><BANKDESC>${f['bankName']}</BANKDESC>${f['bankNumber']}${f['city']}</ACCTTO>` +
    `<CURSYM>${f['currency']}</CURSYM><TRNAMT>${f['amount']}</TRNAMT>${f['mode']}${f['purpose']}${f['due']}${f['memo']}</XFERINFO></XFERRQ>`
  )
}
const pay = (over: Fields = {}, trnuid = 'T1'): Promise<string> => send(wrapped('XFERTRNRQ', xferOf(over), trnuid))
const ask = (reference = 'T1'): Promise<string> =>
  send(wrapped('XFERINQTRNRQ', `<XFERINQRQ><CLIENTREF>${reference}</CLIENTREF></XFERINQRQ>`, 'Q1'))
const state = async (reference = 'T1'): Promise<string> => {
  const answer = await ask(reference)
  return all(answer, 'XFERPRCCODE')[0] ?? codeOf(answer)
}
const debits = (): number => simulator.ledger().postings.filter(({ type }) => type === 'payment').length

test('a payment is taken, settles, is debited once and echoed under both spellings of the serial', async () => {
  await start()
  const answer = await pay()
  expect([codeOf(answer), all(answer, 'XFERPRCCODE'), all(answer, 'TRNAMT')]).toEqual(['0', ['PROCESSING'], ['1.05']])
  expect(answer).toContain('<ACCTTO INTERBANK="N" LOCAL="N"><ACCTID>6222000000000001</ACCTID>')
  expect([await state(), debits()]).toEqual(['PROCESSING', 0])
  simulator.advance(60_000)
  expect([await state(), debits()]).toEqual(['PAYOUT', 1])
  const asked = await ask()
  expect(asked).toContain('<XFERLIST MORE="Y">')
  expect(all(asked, 'SRVRTID')).toEqual(all(answer, 'SRVRID'))
  expect(await state('T9')).toBe('2020')
})

test.each([
  ['account', '6'.repeat(33), '99008'],
  ['account', '62 22', '99009'],
  ['name', `${'名'.repeat(25)}a`, '99008'],
  ['name', '', '99009'],
  ['bankName', '行'.repeat(26), '99008'],
  ['bankName', '兴业银行', '99009'],
  ['bankName', '', '99009'],
  ['bankNumber', '<BANKNUM>1021000999961</BANKNUM>', '99008'],
  ['bankNumber', '<BANKNUM>10210009999</BANKNUM>', '99009'],
  ['city', `<CITY>${'市'.repeat(16)}</CITY>`, '99008'],
  ['city', '', '99009'],
  ['attributes', '', '99009'],
  ['attributes', 'INTERBANK="X" LOCAL="N"', '99009'],
  ['currency', 'CNY', '99009'],
  ['amount', '0.00', '99009'],
  ['amount', '-1.00', '99009'],
  ['amount', '1.005', '99009'],
  ['amount', '1000000000000000.00', '99009'],
  ['amount', '1008.01', '75320'],
  ['amount', '1008.00', 'ok'],
  ['mode', '<PMTMODE>SUPER</PMTMODE>', 'ok'],
  ['mode', '<PMTMODE>FAST</PMTMODE>', '99009'],
  ['purpose', `<PURPOSE>${'用'.repeat(31)}</PURPOSE>`, '99008'],
  ['purpose', `<PURPOSE>${'用'.repeat(30)}</PURPOSE>`, 'ok'],
  ['purpose', '<PURPOSE> </PURPOSE>', '99009'],
  ['purpose', '', '99098'],
  ['memo', `<MEMO>${'备'.repeat(31)}</MEMO>`, '99008'],
  ['due', '<DTDUE></DTDUE>', '99098'],
  ['due', '<DTDUE>2026-03-18</DTDUE>', '99009'],
  ['payerName', '丙公司', '99002'],
  ['payerAccount', '117000000000000003', '2002'],
  ['account', '6200000000000000203', '75320'],
  // The order of nodes is strict.
  ['mode', '<MEMO>x</MEMO>', '99098'],
])('%s = %s is answered %s', async (name, value, code) => {
  await start()
  const answer = await pay({ [name]: value })
  expect(codeOf(answer)).toBe(code === 'ok' ? '0' : code)
  simulator.advance(60_000)
  expect(debits()).toBe(code === 'ok' ? 1 : 0)
})

test('a repeated TRNUID gets the earlier result whatever it says now, or 12345; it is booked once', async () => {
  for (const repeat of ['replay', 'refuse'] as const) {
    await start({ protocol: { repeat } })
    await pay()
    const again = await pay({ amount: '2.00' })
    expect([codeOf(again), all(again, 'TRNAMT')]).toEqual(repeat === 'replay' ? ['0', ['1.05']] : ['12345', []])
    // The same number as a batch is a used one in either case.
    expect(codeOf(await batch([lineOf(1)], { trnuid: 'T1' }))).toBe('12345')
    simulator.advance(60_000)
    expect(debits()).toBe(1)
    await simulator.close()
  }
  await start()
})

test('a refusal is a STATUS code, or CODE 0 with FAIL; the inquiry says FAIL of both', async () => {
  for (const refusal of ['status', 'fail'] as const) {
    await start({ protocol: { refusal } })
    const answer = await pay({ amount: '5000.00' })
    expect([codeOf(answer), all(answer, 'XFERPRCCODE')]).toEqual(refusal === 'status' ? ['75320', []] : ['0', ['FAIL']])
    expect(await state()).toBe('FAIL')
    await simulator.close()
  }
  await start()
})

test('INTERBANK Y is an account of CIB: a wrong name or number is taken and fails, the right one arrives', async () => {
  await start()
  const own = { attributes: 'INTERBANK="Y" LOCAL="Y"', bankName: '兴业银行' }
  await pay({ ...own, account: OWN, name: '丙公司' }, 'A')
  await pay({ ...own, account: '117000000000000008', name: '乙公司' }, 'B')
  await pay({ ...own, account: OWN, name: '乙公司' }, 'C')
  simulator.advance(60_000)
  expect(await Promise.all(['A', 'B', 'C'].map(state))).toEqual(['FAIL', 'FAIL', 'PAYOUT'])
  expect(simulator.accounts().find(({ account }) => account === OWN)?.balance).toBe('1.05')
})

test('without EnableSign a payment waits for a person, a scheduled one for its day, a late one is refused where it is', async () => {
  await start({ protocol: { enableSign: 'NO' } })
  await pay()
  simulator.advance(86_400_000)
  expect([await state(), debits()]).toEqual(['AUDITING', 0])
  await simulator.close()
  await start()
  await pay({ due: '<DTDUE>2026-03-03</DTDUE>' })
  expect(await state()).toBe('AUDITED')
  simulator.advance(86_400_000)
  expect(await state()).toBe('PAYOUT')
  await simulator.close()
  await start({ processing: { cutOff: '09:00', afterCutOff: 'refuse' } })
  expect(codeOf(await pay())).toBe('99006')
})

const lineOf = (number: number, over: Readonly<Record<number, string>> = {}): string => {
  const parts = ['6222000000000001', '收款公司', 'N', 'N', '102100099996', '工商银行', '北京市', '1.05', '货款', '']
  return [String(number), ...parts].map((part, index) => `${over[index] ?? part}|`).join('')
}
type BatchOver = { trnuid?: string; count?: string; total?: string; type?: string; size?: string }
function batch(lines: readonly string[], over: BatchOver = {}): Promise<string> {
  const total = (lines.length * 1.05).toFixed(2)
  return send(
    wrapped(
      'ASYNBATCHTRSFRTRNRQ',
      `<RQBODY><TITLE>t</TITLE><ACCTFROM><ACCTID>${PAYER}</ACCTID><NAME>甲公司</NAME><BANKDESC>兴业银行</BANKDESC><CITY>福州市</CITY></ACCTFROM>` +
        `<BIZTYPE>${over.type ?? '1'}</BIZTYPE><TOTALCOUNT>${over.count ?? lines.length}</TOTALCOUNT><TOTALAMOUNT>${over.total ?? total}</TOTALAMOUNT>` +
        `<CURSYM>RMB</CURSYM><PURPOSE>p</PURPOSE><MEMO></MEMO><XFERINFOTEXT SIZE="${over.size ?? lines.length}"><![CDATA[${lines.join('\n')}\n]]></XFERINFOTEXT></RQBODY>`,
      over.trnuid ?? 'B1',
    ),
  )
}
const batchLines = (answer: string): readonly string[] =>
  (/CDATA\[([^]*?)\]\]/.exec(answer)?.[1] ?? '').split('\n').filter(Boolean)

test('a batch answers every line with thirteen bars, and is asked about by its TRNUID alone', async () => {
  await start()
  const answer = await batch([lineOf(1), lineOf(2, { 2: '名'.repeat(31) }), lineOf(3)])
  expect(batchLines(answer).map(line => [line.split('|').length, line.split('|')[11]])).toEqual([
    [14, 'SUBMIT_SUCC'],
    [14, 'FAIL'],
    [14, 'SUBMIT_SUCC'],
  ])
  simulator.advance(60_000)
  const asked = await send(wrapped('ASYNBATCHTRSFRTRNRQ', '', 'B1'))
  expect(batchLines(asked).map(line => line.split('|')[11])).toEqual(['PAYOUT', 'FAIL', 'PAYOUT'])
  expect(debits()).toBe(2)
  expect(codeOf(await send(wrapped('ASYNBATCHTRSFRTRNRQ', '', 'B9')))).toBe('2020')
  simulator.advance(91 * 86_400_000)
  expect(codeOf(await send(wrapped('ASYNBATCHTRSFRTRNRQ', '', 'B1')))).toBe('2020')
})

test.each<readonly [string, readonly string[], BatchOver]>([
  ['a bar too many', [`${lineOf(1)}|`], {}],
  ['a bar inside a value', [lineOf(1, { 2: '甲|乙' })], {}],
  ['a number twice', [lineOf(1), lineOf(1)], {}],
  ['a wrong count', [lineOf(1)], { count: '2' }],
  ['a wrong total', [lineOf(1)], { total: '1.06' }],
  ['a sum entry', [lineOf(1)], { type: '0' }],
  ['a size that counts nothing', [lineOf(1)], { size: '7' }],
  ['no line', [], {}],
  ['101 lines', Array.from({ length: 101 }, (_, index) => lineOf(index + 1)), {}],
])('a batch with %s is refused whole', async (_, lines, over) => {
  await start()
  expect(codeOf(await batch(lines, over))).toBe('99009')
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})

test.each<readonly [string, string | Buffer, string]>([
  ['a wrong password', wrapped('SCUSTSTMTTRNRQ', '', 'T1', 'no'), '15500'],
  ['an unknown function', wrapped('HISBALQUERYTRNRQ', ''), '99010'],
  ['an entity in a value', wrapped('XFERTRNRQ', xferOf({ name: 'A&amp;B' })), '99098'],
  ['no TRNUID', wrapped('XFERTRNRQ', '', ''), '99098'],
  ['a TRNUID of 31', wrapped('XFERTRNRQ', '', 'T'.repeat(31)), '99098'],
  [
    'sign-on nodes in another order',
    wrapped('XFERTRNRQ', '').replace(/(<CID>.*<\/CID>)(<USERID>.*<\/USERID>)/, '$2$1'),
    '99098',
  ],
  ['no XML', 'hello', '99098'],
  ['bytes that are not GBK', Buffer.from([0xff, 0xfe, 0x80]), '99098'],
])('%s is answered %s', async (_, message, code) => {
  await start()
  expect(codeOf(await send(message))).toBe(code)
  expect(await send('', 'GET')).toBe('405')
})

const statement = (from: string, to: string, page = 1, more = ''): Promise<string> =>
  send(
    wrapped(
      'SCUSTSTMTTRNRQ',
      `<SCUSTSTMTRQ>${more}<ACCTFROM><ACCTID>${PAYER}</ACCTID></ACCTFROM><INCTRAN><DTSTART>${from}</DTSTART><DTEND>${to}</DTEND><PAGE>${page}</PAGE><TRNTYPE>2</TRNTYPE></INCTRAN></SCUSTSTMTRQ>`,
      'Q1',
    ),
  )

describe('statement', () => {
  test.each([
    ['2026-02-27', '2026-02-28', '0'],
    ['2026-02-28', '2026-03-02', '99009'],
    ['2026-02-28', '2026-02-27', '99009'],
    ['2026-02-31', '2026-02-31', '99009'],
    ['2026-03-02', '2026-03-02', '6421'],
  ])('%s to %s is answered %s: history does not hold today', async (from, to, code) => {
    await start()
    expect(codeOf(await statement(from, to))).toBe(code)
  })

  test('pages of 1, 4 and 100 rows give every row once, in either order', async () => {
    for (const statementOrder of ['ascending', 'descending'] as const) {
      for (const pageSize of [1, 4, 100]) {
        await start({ protocol: { statementOrder, pageSize } })
        const seen: string[] = []
        for (let page = 1, more = true; more && page < 20; page += 1) {
          const answer = await statement('2026-02-27', '2026-02-28', page)
          seen.push(...all(answer, 'ATTACHINFO'))
          more = answer.includes('<TRANLIST MORE="Y">')
        }
        expect([seen.length, new Set(seen).size]).toEqual([6, 6])
        await simulator.close()
      }
    }
    await start()
  })

  test('a returned payment is a negative debit that carries its purpose; version 2.0 marks it', async () => {
    await start()
    await pay({ account: '6200000000000000601' })
    simulator.advance(60_000)
    const answer = await statement('2026-03-02', '2026-03-02', 1, '<VERSION>2.0</VERSION>')
    expect([all(answer, 'TRNTYPE'), all(answer, 'TRNAMT'), all(answer, 'CBBZ'), all(answer, 'MEMO')]).toEqual([
      ['DEBIT', 'DEBIT'],
      ['1.05', '-1.05'],
      ['0', '1'],
      ['汇款汇出|货款', '退汇冲正|货款'],
    ])
    expect(all(answer, 'BALAMT').slice(0, 2)).toEqual(['1006.95', '1008.00'])
    expect(all(await statement('2026-03-02', '2026-03-02'), 'CBBZ')).toEqual([])
    expect(await state()).toBe('PAYOUT')
  })
})

test('damaged messages of every function get an answer, and move no money', async () => {
  await start()
  const bodies = [
    wrapped('XFERTRNRQ', xferOf({ amount: '0.00' })),
    wrapped('XFERINQTRNRQ', '<XFERINQRQ><CLIENTREF>T1</CLIENTREF></XFERINQRQ>'),
    wrapped('ASYNBATCHTRSFRTRNRQ', '<RQBODY><TITLE>t</TITLE></RQBODY>'),
    wrapped('SCUSTSTMTTRNRQ', `<SCUSTSTMTRQ><ACCTFROM><ACCTID>${PAYER}</ACCTID></ACCTFROM></SCUSTSTMTRQ>`),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('', '<', '>', '&', '</FOX>', '<FOX>', '\u0000', '中', '|', '-1', '../', '<a><a>', ']]>'),
      async (body, at, length, put) => {
        const from = at % (body.length + 1)
        const answer = await send(body.slice(0, from) + put + body.slice(from + length))
        expect(answer).toMatch(/^<\?xml [^]*<CODE>\d{1,5}<\/CODE>/)
      },
    ),
    { numRuns: 150 },
  )
  simulator.advance(60_000)
  expect(debits()).toBe(0)
})
