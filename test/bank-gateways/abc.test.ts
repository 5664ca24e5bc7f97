// ABC's messages byte for byte, and what every answer means for a payment, against a front-end whose answers are composed by hand.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { paymentContent } from '../../bank-gateways/abc/codec-payment'
import { RESP_CODES, RESULT_CODES } from '../../bank-gateways/abc/codes'
import { abcConfig, accountOf } from '../../bank-gateways/abc/config'
import { createAbcGateway } from '../../bank-gateways/abc/gateway'
import { Fault, type BankGateway, type Clock, type Instruction } from '../../connector/ports'
import {
  clockAt,
  gbk,
  golden,
  instructionOf,
  NEVER,
  NOW_MS,
  SEQUENCE,
  startFrontEnd,
  type Change,
  type FrontEnd,
  type Response,
} from './tcp-front-end'

const PAYER = '11040101040000001'
const BASE: Instruction = {
  reference: '20260301093000001',
  batch: { reference: '20260301093000001', line: 1 },
  payer: { account: PAYER, name: '甲公司', bankName: '', bankCode: '', kind: 'C', province: '', city: '' },
  payee: {
    account: '1100000000000000',
    name: '乙公司',
    bankName: '某银行',
    bankCode: '308290003000',
    kind: 'C',
    province: '',
    city: '',
  },
  amount: { minor: 12345n, currency: 'CNY' },
  purpose: '货款',
  postscript: 'INV-1',
  isUrgent: false,
  businessType: '',
  sentOn: null,
}
const PERSONAL = {
  reference: '20260301093000002',
  payee: {
    account: '11040101040000009',
    name: '张三',
    kind: 'P',
    bankName: '农业银行某支行',
    bankCode: '103100000026',
  },
  amount: { minor: 5n, currency: 'CNY' },
  purpose: 'A&B',
  postscript: '',
  isUrgent: true,
} satisfies Change
const FILE = '0001.040101040000001.20260301093001000-D-02'

let frontEnd: FrontEnd | null = null
let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yinqi-abc-'))
})
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
  rmSync(directory, { recursive: true })
})

type Settings = Readonly<Record<string, unknown>>

const settings = (port: number, over: Settings = {}): Settings => ({
  host: '127.0.0.1',
  port,
  accounts: { [PAYER]: { province: '11', currency: 'CNY' } },
  answerTimeoutMs: 5000,
  detail: { kind: 'directory', path: directory },
  ...over,
})

async function gatewayAgainst(
  respond: (request: Buffer, index: number) => Response,
  over: Settings = {},
  clock: Clock = clockAt(NOW_MS),
): Promise<BankGateway> {
  frontEnd = await startFrontEnd(() => false, respond)
  return gatewayOf(settings(frontEnd.port, over), clock)
}

function gatewayOf(config: Settings, clock: Clock = clockAt(NOW_MS)): BankGateway {
  return createAbcGateway(abcConfig.parse(config), { clock, name: 'abc', sequence: () => SEQUENCE })
}

const instruction = (change: Change = {}): Instruction => instructionOf(BASE, change)

async function sendOne(respond: () => Response, change: Change = {}, over: Settings = {}): Promise<unknown> {
  const gateway = await gatewayAgainst(respond, over)
  return (await gateway.send([instruction(change)], NEVER))[0]
}

async function inquireOne(respond: (request: Buffer) => Response, over: Settings = {}): Promise<unknown> {
  const gateway = await gatewayAgainst(respond, over)
  return (await gateway.inquire([instruction()], NEVER))[0]
}

type Swap = readonly [string | RegExp, string]

/** A golden reply with something in it changed, under a header that counts anew. */
function changed(name: string, ...changes: readonly Swap[]): Buffer {
  let text = new TextDecoder('gb18030').decode(golden('abc', name).subarray(7))
  for (const [from, to] of changes) {
    const next = text.replace(from, to)
    if (next === text && !text.includes(to)) throw new Error(`${name} does not hold ${String(from)}`)
    text = next
  }
  return framed(gbk(text))
}

function framed(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`1${String(body.length).padEnd(6)}`), body])
}

describe('the bytes of a request are those of the reference', () => {
  test('CFRT02: the example of the reference, 851 bytes behind its header', async () => {
    const gateway = await gatewayAgainst(() => golden('abc', 'cfrt02.reply.txt'), { flag: '1' })
    await gateway.send([instruction()], NEVER)
    expect(frontEnd?.requests).toEqual([golden('abc', 'cfrt02.request.txt')])
    expect(frontEnd?.requests[0]?.subarray(0, 11).toString()).toBe('1851   <ap>')
    expect(frontEnd?.halfClosed).toEqual([true])
  })

  const range = { from: '2026-02-27', to: '2026-02-28' }
  const questions: readonly (readonly [string, (gateway: BankGateway) => Promise<unknown>])[] = [
    ['cfrt21', gateway => gateway.send([instruction(PERSONAL)], NEVER)],
    ['cqrt04', gateway => gateway.inquire([instruction()], NEVER)],
    ['cqra06', gateway => gateway.balance(PAYER, NEVER)],
    ['cqra10', gateway => gateway.statement(PAYER, range, null, NEVER)],
  ]
  test.each(questions)('%s', async (name, ask) => {
    const gateway = await gatewayAgainst(() => 'close')
    await ask(gateway).catch(() => null)
    expect(frontEnd?.requests).toEqual([golden('abc', `${name}.request.txt`)])
  })

  test('CQRA61 is asked only when the site says so, and only while CQRT04 says "in process"', async () => {
    const pending = changed('cqrt04.reply.txt', ['00000000<', '03880388<'])
    const state = (value: string): Buffer =>
      changed(
        'cqrt04.reply.txt',
        [/CQRT04/, 'CQRA61'],
        [/<Postscript>.*<\/Postscript>/, `<UseState>${value}</UseState>`],
      )
    const respond =
      (first: Buffer, value: string) =>
      (request: Buffer): Buffer =>
        request.includes('CQRA61') ? state(value) : first
    expect(await inquireOne(respond(pending, '1'))).toMatchObject({ kind: 'accepted' })
    expect(frontEnd?.requests.length).toBe(1)
    const over = { manualQuery: 'CQRA61' }
    for (const [value, kind] of [
      ['1', 'settled'],
      ['0', 'accepted'],
      ['2', 'accepted'],
      ['', 'accepted'],
    ] as const) {
      await frontEnd?.close()
      expect([value, await inquireOne(respond(pending, value), over)]).toMatchObject([value, { kind }])
      expect(frontEnd?.requests[1]).toEqual(golden('abc', 'cqra61.request.txt'))
    }
    await frontEnd?.close()
    const failed = changed('cqrt04.reply.txt', ['00000000<', '03890389<'])
    expect(await inquireOne(respond(failed, '1'), over)).toMatchObject({ kind: 'refused' })
    expect(frontEnd?.requests.length).toBe(1)
  })

  test('an urgent payment, a payee account left whole, a name that is not checked', async () => {
    const over = { urgencyFlag: 'N/Y', payeeAccount: 'whole', payeeName: 'unchecked', corpNo: 'C1', opNo: 'O1' }
    const gateway = await gatewayAgainst(() => 'close', over)
    await gateway.send([instruction(PERSONAL)], NEVER)
    const text = frontEnd?.requests[0]?.toString('latin1') ?? ''
    expect(text).toContain('<UrgencyFlag>Y<')
    expect(text).toContain('<CrProv></CrProv><CrAccNo>11040101040000009<')
    expect(text).toContain('<ConFlag>0<')
    expect(text).toContain('<CorpNo>C1</CorpNo><OpNo>O1</OpNo>')
  })
})

describe('an answer', () => {
  const echo = {
    reference: '20260301093000001',
    amount: null,
    payeeAccount: '1100000000000000',
    bankSerial: '700000001',
    code: '0000 WaitFlag=0',
    text: '成功 / ok: 交易成功',
  }

  test('of success at submit is "taken", and "paid" only where the site says so', async () => {
    expect(await sendOne(() => golden('abc', 'cfrt02.reply.txt'))).toEqual({ kind: 'accepted', echo })
    await frontEnd?.close()
    const over = { submitSuccess: 'settled' }
    expect(await sendOne(() => golden('abc', 'cfrt02.reply.txt'), {}, over)).toEqual({ kind: 'settled', echo })
  })

  test('that the account does not exist is a refusal', async () => {
    expect(await sendOne(() => golden('abc', 'cfrt02-refused.reply.txt'))).toEqual({
      kind: 'refused',
      refusal: { code: '2003', text: '账号不存在 / the account does not exist: 账号不存在', bankSerial: '' },
    })
  })

  test.each<readonly [string, readonly Swap[], string, string]>([
    ['2003 without RespSource 3', [['<RespCode>0000', '<RespCode>2003']], 'uncertain', '2003'],
    ['WaitFlag 1', [['<WaitFlag>0', '<WaitFlag>1']], 'accepted', ''],
    ['0001', [['<RespCode>0000', '<RespCode>0001']], 'accepted', ''],
    ['9999', [['<RespCode>0000', '<RespCode>9999']], 'uncertain', '9999'],
    ['CICS', [['<RespCode>0000', '<RespCode>CICS']], 'uncertain', 'CICS'],
    ['an unlisted code', [['<RespCode>0000', '<RespCode>1234']], 'uncertain', '1234'],
    ['a code called like a method', [['<RespCode>0000', '<RespCode>toString']], 'uncertain', 'toString'],
    ['no WaitFlag', [['<WaitFlag>0</WaitFlag>', '']], 'uncertain', 'abc.wait_flag'],
    ['another WaitFlag', [['<WaitFlag>0', '<WaitFlag>2']], 'uncertain', 'abc.wait_flag'],
    ['no Corp', [[/<Corp>.*<\/Corp>/, '']], 'uncertain', 'abc.missing_item'],
    ['no Cmp', [[/<Cmp>.*<\/Cmp>/, '']], 'uncertain', 'abc.missing_item'],
    ['a host that disagrees', [['<AbisRespCode>0000', '<AbisRespCode>0389']], 'uncertain', 'abc.contradictory'],
    ['RespSource 3', [['<RespSource>0', '<RespSource>3']], 'uncertain', 'abc.contradictory'],
    ['another ReqSeqNo', [['<ReqSeqNo>20260301093000001', '<ReqSeqNo>2']], 'uncertain', 'abc.wrong_serial'],
    ['no ReqSeqNo', [[/<ReqSeqNo>\d+<\/ReqSeqNo>/, '']], 'uncertain', 'abc.wrong_serial'],
    ['another function', [['<CCTransCode>CFRT02', '<CCTransCode>CFRT21']], 'uncertain', 'abc.wrong_function'],
    ['no RespCode', [[/<RespCode>\d+<\/RespCode>/, '']], 'uncertain', 'abc.undecodable'],
    ['an open element', [['</Corp>', '']], 'uncertain', 'abc.undecodable'],
  ])('with %s', async (_, swaps, kind, code) => {
    const expected = kind === 'accepted' ? { kind } : { kind, code }
    expect(await sendOne(() => changed('cfrt02.reply.txt', ...swaps))).toMatchObject(expected)
  })

  test('without a WaitFlag is "taken" for CFRT21, which has none, and never "paid"', async () => {
    const reply = changed(
      'cfrt02.reply.txt',
      ['CFRT02', 'CFRT21'],
      ['<WaitFlag>0</WaitFlag>', ''],
      ['<ReqSeqNo>20260301093000001', '<ReqSeqNo>20260301093000002'],
      ['<CrProv></CrProv><CrAccNo>1100000000000000', '<CrProv>11</CrProv><CrAccNo>040101040000009'],
    )
    expect(await sendOne(() => reply, PERSONAL, { submitSuccess: 'settled' })).toMatchObject({
      kind: 'accepted',
      echo: { payeeAccount: '11040101040000009' },
    })
  })

  test.each([
    ['<CrProv></CrProv><CrAccNo>1100000000000009', '1100000000000009'],
    ['<CrProv>11</CrProv><CrAccNo>040101040000009', '11040101040000009'],
    ['<CrProv></CrProv><CrAccNo>', null],
  ])('that names the payee as %s is passed on as it is', async (text, payeeAccount) => {
    const reply = changed('cfrt02.reply.txt', ['<CrProv></CrProv><CrAccNo>1100000000000000', text])
    expect(await sendOne(() => reply)).toMatchObject({ echo: { payeeAccount } })
  })

  test('under TransCode, and without ReqSeqNo where the site allows it, is read', async () => {
    const reply = changed(
      'cfrt02.reply.txt',
      ['<CCTransCode>CFRT02</CCTransCode>', '<TransCode>CFRT02</TransCode>'],
      [/<ReqSeqNo>\d+<\/ReqSeqNo>/, ''],
    )
    const over = { replySerial: 'when-present' }
    expect(await sendOne(() => reply, {}, over)).toMatchObject({ kind: 'accepted', echo: { reference: null } })
    await frontEnd?.close()
    const other = changed('cfrt02.reply.txt', ['<ReqSeqNo>20260301093000001', '<ReqSeqNo>2'])
    expect(await sendOne(() => other, {}, over)).toMatchObject({ kind: 'uncertain' })
  })

  const body = golden('abc', 'cfrt02.reply.txt').subarray(7)
  test.each([
    ['a header of six bytes', Buffer.concat([Buffer.from(`1${String(body.length).padEnd(5)}`), body])],
    ['a header that counts too few', Buffer.concat([Buffer.from('1100   '), body])],
    ['a header that counts too many', Buffer.concat([Buffer.from('1999   '), body])],
    ['a header with another flag', Buffer.concat([Buffer.from(`2${String(body.length).padEnd(6)}`), body])],
    ['no header', body],
    ['nothing', Buffer.alloc(0)],
    [
      'bytes that are no GBK',
      framed(Buffer.concat([Buffer.from('<ap><A>'), Buffer.from([0xff, 0xff]), Buffer.from('</A></ap>')])),
    ],
  ])('with %s is uncertain', async (_, bytes) => {
    expect(await sendOne(() => bytes)).toMatchObject({ kind: 'uncertain' })
  })

  test('whose header counts something else is read to the end of the stream where the site says so', async () => {
    const bytes = Buffer.concat([Buffer.from('112    '), body])
    expect(await sendOne(() => bytes, {}, { replyLength: 'end-of-stream' })).toMatchObject({ kind: 'accepted' })
    await frontEnd?.close()
    const cut = bytes.subarray(0, bytes.length - 20)
    expect(await sendOne(() => cut, {}, { replyLength: 'end-of-stream' })).toMatchObject({ kind: 'uncertain' })
  })
})

describe('CQRT04', () => {
  test('says "paid" in fixed width behind blanks', async () => {
    expect(await inquireOne(() => golden('abc', 'cqrt04.reply.txt'))).toEqual({
      kind: 'settled',
      echo: {
        reference: '20260301093000001',
        amount: null,
        payeeAccount: null,
        bankSerial: '700000001',
        code: '0000/0000',
        text: '成功 / paid; 交易成功',
      },
    })
  })

  test.each([
    ['0000', '    ', 'settled'],
    ['    ', '0000', 'settled'],
    ['0388', '0388', 'accepted'],
    ['    ', '0388', 'accepted'],
    ['0389', '0389', 'refused'],
    ['0389', '    ', 'refused'],
    ['0000', '0389', 'unavailable'],
    ['0389', '0000', 'unavailable'],
    ['0000', '0388', 'unavailable'],
    ['0000', '1234', 'unavailable'],
    ['1234', '1234', 'unavailable'],
    ['    ', '    ', 'unavailable'],
  ])('with %p and %p is %s', async (first, second, kind) => {
    const reply = changed('cqrt04.reply.txt', ['00000000<', `${first}${second}<`])
    expect(await inquireOne(() => reply)).toMatchObject({ kind })
  })

  test.each<readonly [string, Swap]>([
    ['9999', ['<RespCode>0000', '<RespCode>9999']],
    ['CICS', ['<RespCode>0000', '<RespCode>CICS']],
    [
      '2003 with RespSource 3',
      ['<RespSource>0</RespSource><RespCode>0000', '<RespSource>3</RespSource><RespCode>2003'],
    ],
    ['another CmeSeqNo', ['<CmeSeqNo>20260301093000001', '<CmeSeqNo>20260301093000002']],
    ['no RespPrvData', [/<RespPrvData>.*<\/RespPrvData>/, '']],
    ['a RespPrvData one character short', ['> ', '>']],
    ['no Corp', [/<Corp>.*<\/Corp>/, '']],
  ])('with %s teaches nothing', async (_, swap) => {
    expect(await inquireOne(() => changed('cqrt04.reply.txt', swap))).toMatchObject({ kind: 'unavailable' })
  })

  test('about a payer that is not configured is not asked', async () => {
    const gateway = await gatewayAgainst(() => 'close')
    const stranger = instruction({ payer: { account: '11040101040000008' } })
    expect(await gateway.inquire([stranger], NEVER)).toMatchObject([
      { kind: 'unavailable', code: 'abc.unknown_account' },
    ])
    expect(frontEnd?.requests).toEqual([])
  })
})

describe('what a site adds from its manual', () => {
  const codes = [
    { code: '3001', level: 'submit', outcome: 'refused', meaning: '余额不足' },
    { code: '3002', level: 'submit', outcome: 'unsent', meaning: '未执行' },
    { code: '3003', level: 'inquiry', outcome: 'absent', meaning: '查无此笔' },
    { code: '0390', level: 'result', outcome: 'refused', meaning: '撤销' },
  ]
  test.each([
    ['3001', 'refused', 'unavailable'],
    ['3002', 'unsent', 'unavailable'],
    ['3003', 'uncertain', 'absent'],
  ])('RespCode %s: %s when sent, %s when asked about', async (code, sent, asked) => {
    const swap: Swap = ['<RespCode>0000', `<RespCode>${code}`]
    expect(await sendOne(() => changed('cfrt02.reply.txt', swap), {}, { codes })).toMatchObject({ kind: sent })
    await frontEnd?.close()
    expect(await inquireOne(() => changed('cqrt04.reply.txt', swap), { codes })).toMatchObject({ kind: asked })
  })

  test('a result of CQRT04', async () => {
    const reply = changed('cqrt04.reply.txt', ['00000000<', '03900390<'])
    expect(await inquireOne(() => reply, { codes })).toMatchObject({ kind: 'refused', refusal: { code: '0390/0390' } })
  })

  test('a built-in code cannot be given another meaning', () => {
    const listed = [
      ...Object.keys(RESP_CODES).map(code => ({ code, level: 'submit', outcome: 'refused' })),
      ...Object.keys(RESULT_CODES).map(code => ({ code, level: 'result', outcome: 'settled' })),
    ]
    for (const entry of listed) {
      const parsed = abcConfig.safeParse(settings(1, { codes: [{ ...entry, meaning: 'x' }] }))
      expect([entry.code, parsed.success]).toEqual([entry.code, false])
    }
  })
})

describe('an instruction that cannot be written is unsent, and nothing is connected to', () => {
  test.each([
    ['a payee name of 61 bytes', { payee: { name: `${'超'.repeat(30)}x` } }, 'abc.payee_name'],
    ['no payee name', { payee: { name: '' } }, 'abc.payee_name'],
    ['a payer name of 61 bytes', { payer: { name: `${'超'.repeat(30)}x` } }, 'abc.payer_name'],
    ['a name beyond GBK', { payee: { name: '𠮷公司' } }, 'abc.unmappable'],
    ['a blank in the account', { payee: { account: '6222 0011' } }, 'abc.payee_account'],
    ['no bank code across banks', { payee: { bankCode: '' } }, 'abc.payee_bank'],
    ['no bank name across banks', { payee: { bankName: ' ' } }, 'abc.payee_bank'],
    ['another currency', { amount: { minor: 1n, currency: 'USD' } }, 'abc.currency'],
    ['less than nothing', { amount: { minor: -1n, currency: 'CNY' } }, 'abc.amount'],
    ['a reference of 18 digits', { reference: '1'.repeat(18) }, 'abc.reference'],
    ['an account that is not ours', { payer: { account: '11040101040000008' } }, 'abc.unknown_account'],
  ] as const)('%s', async (_, change, code) => {
    expect(await sendOne(() => 'close', change)).toMatchObject({ kind: 'unsent', code })
    expect(frontEnd?.requests).toEqual([])
  })

  test('names of exactly 60 bytes pass, what informs is cut at a character', () => {
    const config = abcConfig.parse(settings(1))
    const own = accountOf(config, PAYER)
    if (!own) throw new Error('no account')
    const long = instruction({
      payee: { name: '超'.repeat(30) },
      purpose: `a${'货'.repeat(40)}`,
      postscript: '言'.repeat(40),
    })
    const text = paymentContent(long, own, config)
    expect(text).toContain(`<CrAccName>${'超'.repeat(30)}<`)
    expect(text).toContain(`<WhyUse>a${'货'.repeat(19)}<`)
    expect(text).toContain(`<Postscript>${'言'.repeat(20)}<`)
  })

  test('an amount is written exactly, whatever it is', () => {
    const config = abcConfig.parse(settings(1))
    const own = accountOf(config, PAYER)
    if (!own) throw new Error('no account')
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 999_999_999_999_999n }), minor => {
        const text = paymentContent(instruction({ amount: { minor, currency: 'CNY' } }), own, config)
        const [, whole = '', fraction = ''] = /^<Amt>(\d+)\.(\d\d)<\/Amt>/.exec(text) ?? []
        expect(BigInt(whole) * 100n + BigInt(fraction)).toBe(minor)
      }),
    )
  })

  test('behind a broken line nothing is sent, and that is said', async () => {
    const gateway = await gatewayAgainst((_, index) => (index === 0 ? golden('abc', 'cfrt02.reply.txt') : 'reset'))
    const batch = [instruction(), instruction({ reference: '2' }), instruction({ reference: '3' })]
    expect(await gateway.send(batch, NEVER)).toMatchObject([
      { kind: 'accepted' },
      { kind: 'uncertain', code: 'abc.no_answer' },
      { kind: 'unsent', code: 'abc.halted' },
    ])
    expect(frontEnd?.requests.length).toBe(2)
  })
})

describe('a balance', () => {
  test('stands in the answer twice, and agrees', async () => {
    const gateway = await gatewayAgainst(() => golden('abc', 'cqra06.reply.txt'))
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01T09:30:01',
      current: { minor: 100000n, currency: 'CNY' },
      available: { minor: 90050n, currency: 'CNY' },
      frozen: { minor: 9950n, currency: 'CNY' },
      previousDay: null,
    })
  })

  test.each<readonly [string, Swap]>([
    ['no time', ['<RespTime>093001', '<RespTime>']],
    ['no day', ['<RespDate>20260301', '<RespDate>']],
    ['a day that is none', ['<RespDate>20260301', '<RespDate>20260230']],
  ])('of an answer with %s has the time of our clock', async (_, swap) => {
    const gateway = await gatewayAgainst(() => changed('cqra06.reply.txt', swap))
    expect((await gateway.balance(PAYER, NEVER)).asOf).toBe('2026-03-01T09:30:00')
  })

  test.each<readonly [string, Swap, bigint | null]>([
    ['the line of text alone', [/<Acc>.*<\/Acc>/, ''], null],
    ['the element alone', [/<RespPrvData1>.*<\/RespPrvData1>/, ''], 9950n],
  ])('stands in %s', async (_, swap, frozen) => {
    const gateway = await gatewayAgainst(() => changed('cqra06.reply.txt', swap))
    const balance = await gateway.balance(PAYER, NEVER)
    expect([balance.current.minor, balance.available?.minor, balance.frozen?.minor ?? null]).toEqual([
      100000n,
      90050n,
      frozen,
    ])
  })

  test.each<readonly [string, Swap]>([
    ['two different balances', ['|1000.00|', '|1000.01|']],
    ['another account', ['|040101040000001|', '|040101040000002|']],
    ['another currency', ['|01|', '|14|']],
    ['no number', ['<Bal>1000.00', '<Bal>1,000.00']],
    ['neither shape', [/<Acc>.*<\/Cmp>/, '<Cmp></Cmp>']],
    ['a code that is not 0000', ['<RespCode>0000', '<RespCode>2003']],
  ])('with %s is a Fault', async (_, swap) => {
    const gateway = await gatewayAgainst(() => changed('cqra06.reply.txt', swap))
    await expect(gateway.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
  })
})

describe('a statement', () => {
  const range = { from: '2026-02-27', to: '2026-02-28' }
  const detail = golden('abc', 'cqra10.detail.txt')
  const put = (bytes: Buffer): void => writeFileSync(path.join(directory, FILE), bytes)
  const edited = (from: string | RegExp, to: string): Buffer =>
    gbk(new TextDecoder('gb18030').decode(detail).replace(from, to))
  const line = { valueOn: null, counterBank: '某银行', type: '1', receiptKey: '', bookedOn: '2026-02-27' }

  test('holds every field of the rows of the file, and goes on behind the last journal number', async () => {
    put(detail)
    const gateway = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'))
    const page = await gateway.statement(PAYER, range, null, NEVER)
    expect(page).toEqual({
      items: [
        {
          ...line,
          bankId: '20260227-000000021--12345-987655',
          bookedTime: '09:30:01',
          amount: { minor: -12345n, currency: 'CNY' },
          balanceAfter: { minor: 987655n, currency: 'CNY' },
          counterAccount: '1100000000000000',
          counterName: '乙公司',
          purpose: '转账',
          text: '货款 镕',
          reference: '20260301093000001',
          bankSerial: '000000021',
          isReversal: false,
        },
        {
          ...line,
          bankId: '20260227-000000022-12345-1000000',
          bookedTime: '10:00:00',
          amount: { minor: 12345n, currency: 'CNY' },
          balanceAfter: { minor: 1000000n, currency: 'CNY' },
          counterAccount: '11040101040000009',
          counterName: '丙公司',
          purpose: '退汇',
          text: '退汇',
          reference: '',
          bankSerial: '000000022',
          isReversal: true,
        },
      ],
      next: '2026-02-27:2026-02-27:000000022',
    })
  })

  test('goes to the next day when the bank has no row behind the last', async () => {
    const none = changed(
      'cqra10.reply.txt',
      ['<RecordNum>2', '<RecordNum>0'],
      [`<BatchFileName>${FILE}`, '<BatchFileName>'],
      ['<FileFlag>1', '<FileFlag>0'],
    )
    const gateway = await gatewayAgainst(() => none)
    const first = await gateway.statement(PAYER, range, '2026-02-27:2026-02-27:000000022', NEVER)
    expect(first).toEqual({ items: [], next: '2026-02-28:2026-02-28:0' })
    const second = await gateway.statement(PAYER, range, first.next, NEVER)
    expect(second).toEqual({ items: [], next: null })
    const asked = frontEnd?.requests.map(request => /<LastJrnNo>(\w+)</.exec(request.toString('latin1'))?.[1])
    expect(asked).toEqual(['000000022', '0'])
  })

  test.each([
    ['in the middle of a row', 200],
    ['in the middle of a character', detail.indexOf(gbk('乙')) + 1],
    ['behind a whole row', detail.indexOf('\r\n') + 2],
  ])('waits for a file that breaks off %s, and reads no part of it', async (_, length) => {
    put(detail.subarray(0, length))
    let sleeps = 0
    const sleep = (): Promise<void> => {
      sleeps += 1
      if (sleeps === 2) put(detail)
      return Promise.resolve()
    }
    const gateway = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'), {}, { now: () => NOW_MS, sleep })
    expect((await gateway.statement(PAYER, range, null, NEVER)).items.length).toBe(2)
    expect(sleeps).toBe(2)
  })

  test('whose file never comes is a Fault, after the wait and not after more', async () => {
    let sleptMs = 0
    const sleep = (ms: number): Promise<void> => {
      sleptMs += ms
      return Promise.resolve()
    }
    const over = { detailWaitMs: 1000 }
    const gateway = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'), over, { now: () => NOW_MS, sleep })
    await expect(gateway.statement(PAYER, range, null, NEVER)).rejects.toMatchObject({ code: 'abc.detail_file' })
    expect(sleptMs).toBe(1000)
  })

  test.each([
    ['a balance that did not move by the amount', '|9876.55|10000.00|', '|9876.55|10000.01|', 'abc.direction'],
    ['no balance before', '|9876.55|10000.00|', '|9876.55||', 'abc.direction'],
    ['another account', '|040101040000001|', '|040101040000002|', 'abc.wrong_item'],
    ['another currency', '|01|20260227|', '|14|20260227|', 'abc.row'],
    ['a day that is none', '|20260227|', '|20260230|', 'abc.row'],
    ['no journal number', '|000000021|', '||', 'abc.row'],
    ['a separator inside a text', '货款 镕', '货款|镕', 'abc.row'],
    ['a row too many', /$/, `${'|'.repeat(33)}\r\n`, 'abc.row'],
  ] as const)('with %s is a Fault', async (_, from, to, code) => {
    put(edited(from, to))
    const gateway = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'))
    const failure = await gateway.statement(PAYER, range, null, NEVER).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code })
    expect(String(failure)).not.toContain('040101040000001')
  })

  test('of unsigned amounts has its direction from the balances; by the sign only where the site says so', async () => {
    put(edited('|-123.45|', '|123.45|'))
    const gateway = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'))
    expect((await gateway.statement(PAYER, range, null, NEVER)).items[0]?.amount.minor).toBe(-12345n)
    await frontEnd?.close()
    put(edited('|9876.55|10000.00|', '|9876.55||'))
    const bySign = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'), { direction: 'amount-sign' })
    expect((await bySign.statement(PAYER, range, null, NEVER)).items[0]?.amount.minor).toBe(-12345n)
  })

  test.each([
    [`../${FILE}`, 'abc.detail_name'],
    ['/etc/passwd', 'abc.detail_name'],
    ['.hidden', 'abc.detail_name'],
    ['', 'abc.row'],
  ])('never reads the file %p', async (name, code) => {
    const reply = changed('cqra10.reply.txt', [`<BatchFileName>${FILE}`, `<BatchFileName>${name}`])
    const gateway = await gatewayAgainst(() => reply)
    await expect(gateway.statement(PAYER, range, null, NEVER)).rejects.toMatchObject({ code })
  })

  test('of CQRA18’s 35 columns, of too large a file, or of a bank that goes in circles is a Fault', async () => {
    put(detail)
    const wide = await gatewayAgainst(() => changed('cqra10.reply.txt', ['<FieldNum>33', '<FieldNum>35']))
    await expect(wide.statement(PAYER, range, null, NEVER)).rejects.toMatchObject({ code: 'abc.row' })
    await frontEnd?.close()
    put(Buffer.alloc(2000))
    const small = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'), { maxDetailBytes: 1024 })
    await expect(small.statement(PAYER, range, null, NEVER)).rejects.toMatchObject({ code: 'abc.detail_file' })
    await frontEnd?.close()
    put(detail)
    const circle = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'))
    const cursor = '2026-02-27:2026-02-27:000000022'
    await expect(circle.statement(PAYER, range, cursor, NEVER)).rejects.toMatchObject({ code: 'abc.paging' })
  })

  test('without a place for the files is a Fault that says what to set', async () => {
    const gateway = await gatewayAgainst(() => golden('abc', 'cqra10.reply.txt'), { detail: null })
    await expect(gateway.statement(PAYER, range, null, NEVER)).rejects.toMatchObject({
      code: 'abc.detail_not_configured',
    })
    expect(frontEnd?.requests).toEqual([])
  })
})

test.each([
  [
    'an account whose 15 digits cannot be told',
    { accounts: { '6228480010000000001': { province: '11', currency: 'CNY' } } },
  ],
  ['a province that is not the account’s', { accounts: { [PAYER]: { province: '12', currency: 'CNY' } } }],
  [
    'SFTP without a secret',
    { detail: { kind: 'sftp', host: 'h', username: 'u', hostKeySha256: 'A'.repeat(43), path: '/d' } },
  ],
  ['SFTP without a host key', { detail: { kind: 'sftp', host: 'h', username: 'u', password: 'p', path: '/d' } }],
])('the configuration refuses %s', (_, over) => {
  expect(abcConfig.safeParse(settings(1, over)).success).toBe(false)
})

test('the traits are those of the reference, and the safe side where it is silent', () => {
  expect(gatewayOf(settings(1)).traits).toEqual({
    dedupesReference: false,
    referenceScope: 'item',
    absentFinalAfterMs: null,
    batchMax: 1,
    reference: { maxBytes: 17, alphabet: 'digits' },
    encoding: 'gbk',
    currencies: ['CNY'],
    maxBytes: { payerName: 60, payeeName: 60, payeeAccount: 34 },
    own: { cnapsPrefix: '103', names: ['农业银行'] },
    crossBankRequires: ['bankCode', 'bankName'],
  })
})
