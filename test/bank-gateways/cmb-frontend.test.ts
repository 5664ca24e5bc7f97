// The CMB front-end, message by message and answer by answer: every request byte for byte in GBK, every code and state, every way an
// answer can be wrong, and what an instruction must be to be sent at all.

import { createServer } from 'node:net'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { REQUEST_STATES, RETURN_CODES, RETURN_FLAGS } from '../../bank-gateways/cmb-frontend/codes'
import { paymentBlocks } from '../../bank-gateways/cmb-frontend/codec-payment'
import { cmbFrontendConfig } from '../../bank-gateways/cmb-frontend/config'
import { createCmbFrontendGateway } from '../../bank-gateways/cmb-frontend/gateway'
import type { BankGateway, Instruction, StatementLine } from '../../connector/ports'
import { clock, counting, golden, instruction, never, startFrontEnd, type Change, type Fake } from './cmb-bank'

const PAYER = '755000000020001'
const INSIDE = { account: '755000000020002', bankCode: '308584000013', bankName: '招商银行' }

let bank: Fake
beforeEach(async () => {
  bank = await startFrontEnd()
})
afterEach(() => bank.close())

function configFor(more: object = {}) {
  const accounts = { [PAYER]: { branch: '75', currency: 'CNY' } }
  return cmbFrontendConfig.parse({ endpoint: bank?.url ?? 'http://b/', loginName: '银企直连专用1', accounts, ...more })
}
const open = (more: object = {}, nowMs = clock.now()): BankGateway =>
  createCmbFrontendGateway(configFor(more), {
    clock: { ...clock, now: () => nowMs },
    name: 'cmb-frontend',
    sequence: counting(),
  })

/** The golden answer, with the serial of the question that came. */
const answerWith = (name: string, change: (xml: string) => string = xml => xml): void =>
  bank.answer(question => {
    const serial = /CST001(?:>|%3E)(\d+)/.exec(question)?.[1] ?? ''
    const xml = change(iconv.decode(golden('cmb-frontend', `${name}.reply.xml`), 'gbk'))
    return { raw: iconv.encode(xml.replace('<CST001>000000000001', `<CST001>${serial}`), 'gbk') }
  })
const expectAsked = (...names: readonly string[]): void =>
  expect(bank.bodies.map(body => body.toString('latin1'))).toEqual(
    names.map(name => golden('cmb-frontend', `${name}.request.xml`).toString('latin1')),
  )
/** An answer to the question that came: its own function and serial. */
const reply = (blocks: string, retcod = '0'): void =>
  bank.answer(question => {
    const field = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(question)?.[1] ?? ''
    const info = `<INFO><FUNNAM>${field('FUNNAM')}</FUNNAM><RETCOD>${retcod}</RETCOD><ERRMSG/><CST001>${field('CST001')}</CST001></INFO>`
    return { raw: iconv.encode(`<?xml version="1.0" encoding="GBK"?><CMBSDKPGK>${info}${blocks}</CMBSDKPGK>`, 'gbk') }
  })
const fields = (entries: object): string =>
  Object.entries(entries)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')
const item = (entries: object): string =>
  `<NTQPAYRQZ>${fields({ YURREF: 'PAY202601020001', REQNBR: '1', ERRCOD: 'SUC0000', ...entries })}</NTQPAYRQZ>`
const detail = (entries: object): string =>
  `<NTSTLLSTZ>${fields({ YURREF: 'PAY202601020001', CCYNBR: '10', TRSAMT: '1.05', CRTACC: '6222000000000001', ...entries })}</NTSTLLSTZ>`

const single = instruction(PAYER, {
  purpose: '货款 <A&B>',
  payee: { name: '示例公司', bankName: '工商银行' },
})
async function sent(gateway: BankGateway, change: Change = {}) {
  const [outcome] = await gateway.send([instruction(PAYER, change)], never)
  return outcome
}
async function asked(gateway: BankGateway, change: Change = {}) {
  const [outcome] = await gateway.inquire([instruction(PAYER, change)], never)
  return outcome
}

describe('messages', () => {
  test('DCPAYMNT: one to another bank, one inside with a long name; each gets its own answer', async () => {
    const inside: Instruction = instruction(PAYER, {
      reference: 'PAY202601020002',
      payee: { ...INSIDE, name: `${'示例'.repeat(20)}有限公司` },
      amount: { minor: 12345678901_00n, currency: 'CNY' },
      postscript: '',
    })
    answerWith('dcpaymnt')
    const outcomes = await open().send([single, inside], never)
    expectAsked('dcpaymnt')
    expect(outcomes).toEqual([
      {
        kind: 'accepted',
        echo: {
          reference: 'PAY202601020001',
          amount: null,
          payeeAccount: null,
          bankSerial: '0028888885',
          code: 'NTE/',
          text: '终审完毕 / finally approved',
        },
      },
      { kind: 'uncertain', code: 'ZZZ0001', reason: '失败 / failed: 不能提交' },
    ])
  })

  test('the form mode carries the same bytes as REQDATA, percent-encoded', async () => {
    answerWith('getaccinfo')
    await open({ mode: 'form' }).balance(PAYER, never)
    const [body = Buffer.alloc(0)] = bank.bodies
    expect(body.toString('latin1')).toMatch(/^REQDATA=[A-Za-z0-9._%-]+$/)
    const escaped = body.toString('latin1').slice('REQDATA='.length)
    const bytes = Buffer.from(
      escaped.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    )
    expect(bytes).toEqual(golden('cmb-frontend', 'getaccinfo.request.xml'))
  })

  test('on a socket the same bytes stand under eight of length, and a length that is none is no answer', async () => {
    const request = golden('cmb-frontend', 'getaccinfo.request.xml')
    const reply = golden('cmb-frontend', 'getaccinfo.reply.xml')
    const came: Buffer[] = []
    let header = `${reply.length}`.padEnd(8)
    const server = createServer(socket => {
      socket.on('data', bytes => came.push(Buffer.from(bytes)))
      socket.once('data', () => socket.write(Buffer.concat([Buffer.from(header, 'latin1'), reply])))
      socket.on('error', () => undefined)
    }).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const address = server.address()
    const endpoint = `tcp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    const balance = await open({ mode: 'socket', endpoint }).balance(PAYER, never)
    expect(balance.current.minor).toBe(1000_10n)
    expect(Buffer.concat(came).toString('latin1')).toBe(`${`${request.length}`.padEnd(8)}${request.toString('latin1')}`)
    header = '12345xyz'
    const [outcome] = await open({ mode: 'socket', endpoint }).send([single], never)
    expect(outcome).toMatchObject({ kind: 'uncertain', code: 'cmb-frontend.no_answer' })
    await new Promise(resolve => server.close(resolve))
    const [refused] = await open({ mode: 'socket', endpoint }).send([single], never)
    expect(refused).toMatchObject({ kind: 'unsent', code: 'cmb-frontend.unreachable' })
  })

  test('an address that does not fit the mode is refused', () => {
    for (const wrong of [
      { mode: 'socket' },
      { endpoint: 'tcp://127.0.0.1:8080' },
      { mode: 'socket', endpoint: 'tcp://127.0.0.1' },
      { endpoint: 'http://user:word@127.0.0.1/' },
    ])
      expect(() => configFor(wrong)).toThrow(/endpoint/)
  })

  test('NTQRYSTY from the day before the first send, with amount and payee echoed', async () => {
    answerWith('ntqrysty')
    const [outcome] = await open().inquire([{ ...single, sentOn: '2026-03-02' }], never)
    expectAsked('ntqrysty')
    expect(outcome).toEqual({
      kind: 'settled',
      echo: {
        reference: 'PAY202601020001',
        amount: { minor: 105n, currency: 'CNY' },
        payeeAccount: '6222000000000001',
        bankSerial: '0028888885',
        code: 'FIN/S',
        text: '成功 / paid',
      },
    })
  })

  test('GetAccInfo', async () => {
    answerWith('getaccinfo')
    const balance = await open().balance(PAYER, never)
    expectAsked('getaccinfo')
    expect(balance).toEqual({
      account: PAYER,
      asOf: '2026-03-02',
      current: { minor: 1000_10n, currency: 'CNY' },
      available: { minor: 990_10n, currency: 'CNY' },
      frozen: { minor: 10_00n, currency: 'CNY' },
      previousDay: { minor: 900_00n, currency: 'CNY' },
    })
    answerWith('getaccinfo', xml => xml.replace('<INTCOD></INTCOD>', '<INTCOD>S</INTCOD>'))
    expect((await open().balance(PAYER, never)).previousDay).toBeNull()
  })

  test('GetTransInfoEX: rows, and TRSSEQ + 1 in another process', async () => {
    answerWith('gettransinfoex')
    const sequence = counting()
    const process = (): BankGateway => createCmbFrontendGateway(configFor(), { clock, name: 'cmb-frontend', sequence })
    const range = { from: '2026-03-01', to: '2026-03-01' }
    const first = await process().statement(PAYER, range, null, never)
    expect(first.next).toBe('2026-03-01:3')
    answerWith('gettransinfoex', xml => xml.replace('<COTFLG>Y', '<COTFLG>N'))
    expect((await process().statement(PAYER, range, first.next, never)).next).toBeNull()
    expectAsked('gettransinfoex', 'gettransinfoex-next')
    expect(first.items).toEqual([
      {
        bankId: '20260301-K0000000000001',
        bookedOn: '2026-03-01',
        bookedTime: '09:30:15',
        valueOn: '2026-03-01',
        amount: { minor: -105n, currency: 'CNY' },
        balanceAfter: { minor: 998_95n, currency: 'CNY' },
        counterAccount: '6222000000000001',
        counterName: '示例公司',
        counterBank: '工商银行',
        purpose: '货款',
        text: '货款 INV-1',
        reference: 'PAY202601020001',
        bankSerial: '0028888885',
        isReversal: false,
        type: 'CPPZ',
        receiptKey: 'K0000000000001',
      },
      {
        bankId: '20260301-K0000000000002',
        bookedOn: '2026-03-01',
        bookedTime: '',
        valueOn: null,
        amount: { minor: 105n, currency: 'CNY' },
        balanceAfter: { minor: 1000_00n, currency: 'CNY' },
        counterAccount: '6222000000000001',
        counterName: '示例公司',
        counterBank: '',
        purpose: '户名不符',
        text: '户名不符',
        reference: '',
        bankSerial: 'K0000000000002',
        isReversal: true,
        type: 'CPPZ',
        receiptKey: 'K0000000000002',
      },
    ])
  })

  test.each([
    ['no amount on its side', '<TRSAMTD>1.05</TRSAMTD>', '', /TRSAMTD is missing/],
    ['an amount below zero', '<TRSAMTD>1.05', '<TRSAMTD>-1.05', /negative/],
    ['a side in no table', '<AMTCDR>D', '<AMTCDR>X', /AMTCDR/],
    ['a day that is none', '<ETYDAT>20260301', '<ETYDAT>20260231', /ETYDAT/],
    ['no word of whether there is more', /<NTRBPTRSZ1>.*<\/NTRBPTRSZ1>/, '', /NTRBPTRSZ1/],
    ['a flag in no table', '<COTFLG>Y', '<COTFLG>P', /COTFLG/],
    ['more, but no sequence', '<TRSSEQ>000000002', '<TRSSEQ>', /TRSSEQ/],
  ])('a statement with %s is a fault', async (_, from, to, words) => {
    answerWith('gettransinfoex', xml => xml.replace(from, to))
    const page = open().statement(PAYER, { from: '2026-03-01', to: '2026-03-01' }, null, never)
    await expect(page).rejects.toMatchObject({
      name: 'Fault',
      code: 'cmb-frontend.row',
      message: expect.stringMatching(words),
    })
  })

  test('a sequence that does not advance is a fault, not an endless walk', async () => {
    answerWith('gettransinfoex')
    const page = open().statement(PAYER, { from: '2026-03-01', to: '2026-03-01' }, '2026-03-01:3', never)
    await expect(page).rejects.toMatchObject({ code: 'cmb-frontend.paging' })
  })

  const line = {
    bookedOn: '2026-03-01',
    amount: { minor: -105n, currency: 'CNY' },
    receiptKey: 'K0000000000001',
  } as StatementLine

  test('SDKCSFDFBRT: the bank’s bytes, when the receipt is this line’s', async () => {
    answerWith('sdkcsfdfbrt')
    const found = await open().receipt?.(PAYER, line, never)
    expectAsked('sdkcsfdfbrt')
    expect(found).toMatchObject({ receiptNo: 'R000000000001', mediaType: 'application/xml' })
    expect(Buffer.from(found?.bytes ?? [])).toEqual(golden('cmb-frontend', 'sdkcsfdfbrt.reply.xml'))
  })

  test('of two receipts only this line’s elements are kept; of another line’s, none', async () => {
    answerWith('sdkcsfdfbrt', xml =>
      xml.replace(/(<CSRRCFDFZ1>.*)(<\/CMBSDKPGK>)/, (_, all: string, end: string) =>
        [
          all,
          all.replaceAll('R000000000001', 'R000000000009').replaceAll('K0000000000001', 'K0000000000009'),
          end,
        ].join(''),
      ),
    )
    const found = await open().receipt?.(PAYER, line, never)
    const text = iconv.decode(Buffer.from(found?.bytes ?? []), 'gbk')
    expect(text).toContain('<RCVEAN>示例公司</RCVEAN>')
    expect(text).not.toContain('R000000000009')
    expect(await open().receipt?.(PAYER, { ...line, receiptKey: 'K0000000000003' }, never)).toBeNull()
    expect(await open().receipt?.(PAYER, { ...line, receiptKey: '' }, never)).toBeNull()
  })
})

const STATES: readonly (readonly [reqsts: string, rtnflg: string, send: string, inquiry: string])[] = [
  ...['OPR', 'AUT', 'NTE', 'WCF', 'BNK', 'ACK', 'APD'].map(state => [state, '', 'accepted', 'accepted'] as const),
  ['FIN', 'S', 'settled', 'settled'],
  ...['F', 'R', 'D', 'C', 'M', 'V'].map(flag => ['FIN', flag, 'refused', 'refused'] as const),
  ...['B', 'T'].map(flag => ['FIN', flag, 'uncertain', 'returned'] as const),
  ['FIN', 'U', 'uncertain', 'unavailable'],
  ['FIN', '', 'uncertain', 'unavailable'],
  ['FIN', 'X', 'uncertain', 'unavailable'],
  ['', 'S', 'uncertain', 'unavailable'],
  ['ZZZ', 'S', 'uncertain', 'unavailable'],
  ['BNK', 'F', 'accepted', 'accepted'],
  ['constructor', 'S', 'uncertain', 'unavailable'],
]

describe('outcomes', () => {
  test('the table of this test holds every state and flag of the gateway', () => {
    expect(STATES.map(([state]) => state)).toEqual(expect.arrayContaining(Object.keys(REQUEST_STATES)))
    expect(STATES.map(([, flag]) => flag)).toEqual(expect.arrayContaining(Object.keys(RETURN_FLAGS)))
  })

  test.each(STATES)('%s/%s: send %s, inquiry %s', async (REQSTS, RTNFLG, send, inquiry) => {
    reply(item({ REQSTS, RTNFLG }))
    expect((await sent(open()))?.kind).toBe(send)
    reply(detail({ REQSTS, RTNFLG }))
    expect((await asked(open()))?.kind).toBe(inquiry)
  })

  test.each([...Object.keys(RETURN_CODES), '-99', 'x'].filter(code => code !== '0'))(
    'RETCOD %s: uncertain, unavailable, Fault',
    async code => {
      reply('', code)
      expect(await sent(open())).toMatchObject({ kind: 'uncertain', code })
      expect(await asked(open())).toMatchObject({ kind: 'unavailable', code })
      await expect(open().balance(PAYER, never)).rejects.toMatchObject({ name: 'Fault', code })
    },
  )

  test('only four RETCODs may be called "not executed", and only where no item speaks', async () => {
    reply('', '-4')
    expect(await sent(open({ notExecutedCodes: ['-4'] }))).toMatchObject({ kind: 'unsent', code: '-4' })
    reply(item({ REQSTS: 'AUT' }), '-4')
    expect(await sent(open({ notExecutedCodes: ['-4'] }))).toMatchObject({ kind: 'uncertain' })
    for (const code of ['-1', '-2', '-3', '-9', '0', '-99'])
      expect(() => configFor({ notExecutedCodes: [code] })).toThrow(/notExecutedCodes/)
  })

  test('an ERRCOD that nobody listed is uncertain even under FIN/F', async () => {
    reply(item({ REQSTS: 'FIN', RTNFLG: 'F', ERRCOD: 'ZZZ0001', ERRTXT: '余额不足 6222000000000001' }))
    expect(await sent(open())).toMatchObject({ kind: 'uncertain', code: 'ZZZ0001' })
    const refused = await sent(open({ refusalCodes: [{ code: 'ZZZ0001', meaning: '余额不足' }] }))
    expect(refused).toMatchObject({ kind: 'refused', refusal: { text: '失败 / failed: 余额不足 6222****0001' } })
  })

  test.each([
    ['no item', '', 'uncertain', 'absent'],
    ['another reference', item({ YURREF: 'X', REQSTS: 'AUT' }) + detail({ YURREF: 'X' }), 'uncertain', 'unavailable'],
    [
      'the reference twice',
      item({ REQSTS: 'AUT' }).repeat(2) + detail({ REQSTS: 'AUT' }).repeat(2),
      'uncertain',
      'unavailable',
    ],
    [
      'an amount that cannot be read',
      detail({ TRSAMT: '1,05', REQSTS: 'FIN', RTNFLG: 'S' }),
      'uncertain',
      'unavailable',
    ],
    ['a currency that is not known', detail({ CCYNBR: '99', REQSTS: 'FIN', RTNFLG: 'S' }), 'uncertain', 'unavailable'],
  ])('answered with %s', async (_, blocks, send, inquiry) => {
    reply(blocks)
    expect((await sent(open()))?.kind).toBe(send)
    expect((await asked(open()))?.kind).toBe(inquiry)
  })

  test.each<readonly [string, string, Parameters<Fake['answer']>[0]]>([
    [
      'another serial',
      'cmb-frontend.wrong_serial',
      () => ({
        raw: golden('cmb-frontend', 'ntqrysty.reply.xml').toString('latin1').replace('000000000001', '000000000009'),
      }),
    ],
    [
      'another function',
      'cmb-frontend.wrong_function',
      () => ({ raw: golden('cmb-frontend', 'sdkcsfdfbrt.reply.xml') }),
    ],
    ['another root', 'cmb-frontend.undecodable', () => ({ raw: '<html></html>' })],
    [
      'half a document',
      'cmb-frontend.undecodable',
      () => ({ raw: golden('cmb-frontend', 'ntqrysty.reply.xml').subarray(0, 300) }),
    ],
    ['bytes that are no GBK', 'cmb-frontend.undecodable', () => ({ raw: Buffer.from([0x3c, 0xff, 0xff]) })],
    ['a DOCTYPE', 'cmb-frontend.undecodable', () => ({ raw: '<!DOCTYPE x><CMBSDKPGK/>' })],
    ['no RETCOD', 'cmb-frontend.undecodable', question => ({ raw: question.replace(/<RETCOD>.*?<\/RETCOD>/, '') })],
    [
      'HTTP 503',
      'cmb-frontend.http_status',
      () => ({ raw: golden('cmb-frontend', 'dcpaymnt.reply.xml'), status: 503 }),
    ],
    ['a closed connection', 'cmb-frontend.no_answer', () => null],
  ])('%s teaches nothing: uncertain, unavailable, Fault', async (_, code, answer) => {
    bank.answer(answer)
    expect(await sent(open())).toMatchObject({ kind: 'uncertain', code })
    expect(await asked(open())).toMatchObject({ kind: 'unavailable', code })
    await expect(open().balance(PAYER, never)).rejects.toMatchObject({ name: 'Fault', code })
  })

  test('a front-end that echoes nothing is believed only where the site says that it does not', async () => {
    const drop = (xml: string): string => xml.replace(/<CST001>.*?<\/CST001>/, '')
    answerWith('getaccinfo', drop)
    await expect(open().balance(PAYER, never)).rejects.toMatchObject({ code: 'cmb-frontend.wrong_serial' })
    expect((await open({ echoesSerial: false }).balance(PAYER, never)).current.minor).toBe(1000_10n)
    expect(bank.asked[1]).not.toContain('CST001')
  })
})

describe('asking week by week', () => {
  const windowsAsked = (): readonly string[] =>
    bank.asked.map(question => (/<BGNDAT>(\d+)<\/BGNDAT><ENDDAT>(\d+)</.exec(question) ?? []).slice(1).join('-'))

  test('from the day before the first send to today, newest first, without a gap', async () => {
    reply('')
    expect(await asked(open(), { sentOn: '2026-02-12' })).toEqual({ kind: 'absent', code: '0' })
    expect(windowsAsked()).toEqual(['20260224-20260302', '20260217-20260223', '20260211-20260216'])
  })

  test('one whose day is not known is looked for in the last week', async () => {
    reply('')
    expect((await asked(open()))?.kind).toBe('absent')
    expect(windowsAsked()).toEqual(['20260224-20260302'])
  })

  test('beyond ninety days "none" is not an answer', async () => {
    reply('')
    expect(await asked(open(), { sentOn: '2025-11-01' })).toMatchObject({
      kind: 'unavailable',
      code: 'cmb-frontend.too_old',
    })
    expect(windowsAsked().length).toBe(13)
    expect(windowsAsked().at(-1)).toBe('20251203-20251208')
  })

  test('when the line fails, the rest is not asked', async () => {
    bank.answer(() => null)
    const outcomes = await open().inquire([instruction(PAYER), instruction(PAYER, { reference: 'B' })], never)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable'])
    expect(bank.asked.length).toBe(1)
  })
})

describe('what can be sent', () => {
  test.each<readonly [string, Change, string]>([
    ['a name of 202 bytes', { payee: { name: '汉'.repeat(101) } }, 'cmb-frontend.payee_name'],
    ['a blank name', { payee: { name: '' } }, 'cmb-frontend.payee_name'],
    ['a name that GBK does not have', { payee: { name: '𠮷野公司' } }, 'cmb-frontend.text'],
    ['a name with a tab', { payee: { name: '甲\t乙' } }, 'cmb-frontend.payee_name'],
    ['an account with a blank', { payee: { account: '6222 1' } }, 'cmb-frontend.payee_account'],
    ['a bank code of 13 digits', { payee: { bankCode: '1021000999960' } }, 'cmb-frontend.payee_bank_code'],
    ['another bank without a name', { payee: { bankName: '' } }, 'cmb-frontend.payee_bank_needed'],
    [
      'a bank known by a name that would be cut',
      { payee: { bankCode: '', bankName: '某'.repeat(32) } },
      'cmb-frontend.payee_bank_needed',
    ],
    [
      'a bank known by a name that GBK does not have',
      { payee: { bankCode: '', bankName: '𠮷银行' } },
      'cmb-frontend.text',
    ],
    ['another bank without a place', { payee: { province: '', city: '' } }, 'cmb-frontend.payee_place_needed'],
    ['euros', { amount: { minor: 1n, currency: 'EUR' } }, 'cmb-frontend.currency'],
    ['14 whole digits', { amount: { minor: 1_000_000_000_000_000n, currency: 'CNY' } }, 'cmb-frontend.amount'],
    ['a reference of 31', { reference: '1'.repeat(31) }, 'cmb-frontend.reference'],
  ])('%s is unsent, said by name, and nothing left', async (_, change, code) => {
    expect(await sent(open(), change)).toMatchObject({ kind: 'unsent', code })
    expect(bank.bodies).toEqual([])
  })

  test('the character that cannot be carried is named', async () => {
    const outcome = await sent(open(), { payee: { name: '𠮷野公司' } })
    expect(outcome?.kind === 'unsent' ? outcome.reason : '').toContain('「𠮷」')
  })

  test('62 bytes of name are CRTNAM, 63 to 200 LRVEAN; texts that inform are cut', async () => {
    reply(item({ REQSTS: 'AUT' }))
    const gateway = open()
    for (const [name, element] of [
      ['汉'.repeat(31), 'CRTNAM'],
      [`${'汉'.repeat(31)}a`, 'LRVEAN'],
      ['汉'.repeat(100), 'LRVEAN'],
    ] as const) {
      await sent(gateway, { payee: { name }, purpose: '货'.repeat(40) })
      const text = iconv.decode(bank.bodies.at(-1) ?? Buffer.alloc(0), 'gbk')
      expect(text).toContain(`<${element}>${name}</${element}>`)
      expect(text).toContain(`<NUSAGE>${'货'.repeat(31)}</NUSAGE>`)
    }
  })

  test('more than the front-end answers about is never put into one message', async () => {
    expect(() => configFor({ batchMax: 31 })).toThrow(/batchMax/)
    reply('')
    const batch = Array.from({ length: 5 }, (_, index) => instruction(PAYER, { reference: `R${index}` }))
    await open({ batchMax: 2 }).send(batch, never)
    expect(bank.asked.map(question => question.split('<DCOPDPAYX>').length - 1)).toEqual([2, 2, 1])
  })

  test('every amount that can be paid stands in the message with two decimals, exactly', () => {
    const config = configFor()
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 999_999_999_999_999n }), minor => {
        const xml = paymentBlocks([instruction(PAYER, { amount: { minor, currency: 'CNY' } })], config).join('')
        const [, text = ''] = /<TRSAMT>((?:0|[1-9]\d{0,12})\.\d{2})<\/TRSAMT>/.exec(xml) ?? []
        expect(BigInt(text.replace('.', ''))).toBe(minor)
      }),
    )
  })

  test('traits are on the safe side', () => {
    expect(open().traits).toMatchObject({ dedupesReference: false, absentFinalAfterMs: null, encoding: 'gbk' })
  })
})
