// CCB's messages byte for byte, and what every answer means for a payment, against a front-end whose answers are composed by hand.

import http from 'node:http'
import fc from 'fast-check'
import { paymentInfo } from '../../bank-gateways/ccb/codec-payment'
import { DEAL_RESULTS, DEAL_TYPES, RETURN_CODES } from '../../bank-gateways/ccb/codes'
import { ccbConfig } from '../../bank-gateways/ccb/config'
import { createCcbGateway } from '../../bank-gateways/ccb/gateway'
import { Fault, type BankGateway, type Instruction } from '../../connector/ports'
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

const PAYER = '11001000000000000001'
const BASE: Instruction = {
  reference: '2603010000000001',
  batch: { reference: '2603010000000001', line: 1 },
  payer: { account: PAYER, name: '甲公司', bankName: '', bankCode: '', kind: 'C', province: '', city: '' },
  payee: {
    account: '11001000000000000002',
    name: '乙公司',
    bankName: '建设银行某支行',
    bankCode: '105100000012',
    kind: 'C',
    province: '',
    city: '',
  },
  amount: { minor: 12345n, currency: 'CNY' },
  purpose: '货款',
  postscript: '货款',
  isUrgent: false,
  businessType: '',
  sentOn: null,
}
const CROSS = {
  reference: '2603010000000002',
  payee: { account: '1100000000000000', name: 'A&B <丙>公司', bankName: '某银行上海分行', bankCode: '308290003000' },
  amount: { minor: 5n, currency: 'CNY' },
  postscript: 'INV-1',
} satisfies Change

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

type Settings = Readonly<Record<string, unknown>>

const isWhole = (received: Buffer): boolean => received.includes('</TX>')
const settings = (port: number, over: Settings = {}): Settings => ({
  transport: { kind: 'tcp', host: '127.0.0.1', port },
  custId: 'BJ110000012345678',
  userId: 'OPR001',
  operatorPassword: 'xxxx',
  accounts: { [PAYER]: { currency: 'CNY' } },
  answerTimeoutMs: 5000,
  ...over,
})

async function gatewayAgainst(
  respond: (request: Buffer, index: number) => Response,
  over: Settings = {},
  nowMs = NOW_MS,
): Promise<BankGateway> {
  frontEnd = await startFrontEnd(isWhole, respond)
  return gatewayOf(settings(frontEnd.port, over), nowMs)
}

function gatewayOf(config: Settings, nowMs = NOW_MS): BankGateway {
  const deps = { clock: clockAt(nowMs), name: 'ccb', sequence: () => SEQUENCE }
  return createCcbGateway(ccbConfig.parse(config), deps)
}

const instruction = (change: Change = {}): Instruction => instructionOf(BASE, change)

async function sendOne(respond: () => Response, change: Change = {}, over: Settings = {}): Promise<unknown> {
  const gateway = await gatewayAgainst(respond, over)
  return (await gateway.send([instruction(change)], NEVER))[0]
}

async function inquireOne(respond: () => Response, over: Settings = {}): Promise<unknown> {
  const gateway = await gatewayAgainst(respond, over)
  return (await gateway.inquire([instruction()], NEVER))[0]
}

/** A golden reply with something in it changed, in GB18030 as the bank answers. */
function changed(name: string, ...changes: readonly (readonly [string | RegExp, string])[]): Buffer {
  let text = new TextDecoder('gb18030').decode(golden('ccb', name))
  for (const [from, to] of changes) {
    const next = text.replace(from, to)
    if (next === text && !text.includes(to)) throw new Error(`${name} does not hold ${String(from)}`)
    text = next
  }
  return gbk(text)
}

describe('the bytes of a request are those of the reference', () => {
  const payments: readonly (readonly [string, Change])[] = [
    ['6w8010', {}],
    ['6w8060', CROSS],
  ]
  test.each(payments)('%s', async (name, change) => {
    const gateway = await gatewayAgainst(() => golden('ccb', `${name}.reply.xml`))
    expect(await gateway.send([instruction(change)], NEVER)).toMatchObject([{ kind: 'accepted' }])
    expect(frontEnd?.requests).toEqual([golden('ccb', `${name}.request.xml`)])
    expect(frontEnd?.halfClosed).toEqual([true])
  })

  const range = { from: '2026-02-27', to: '2026-03-01' }
  const questions: readonly (readonly [string, (gateway: BankGateway) => Promise<unknown>, Settings])[] = [
    ['6w0600', gateway => gateway.inquire([instruction()], NEVER), {}],
    ['6w0100', gateway => gateway.balance(PAYER, NEVER), {}],
    ['6w0300', gateway => gateway.statement(PAYER, range, null, NEVER), {}],
    ['6wy101', gateway => gateway.statement(PAYER, range, null, NEVER), { detail: '6WY101' }],
  ]
  test.each(questions)('%s', async (name, ask, over) => {
    const gateway = await gatewayAgainst(() => golden('ccb', `${name}.reply.xml`), over)
    await ask(gateway)
    expect(frontEnd?.requests).toEqual([golden('ccb', `${name}.request.xml`)])
  })

  test('today is asked for with STARTPAGE', async () => {
    const gateway = await gatewayAgainst(() => golden('ccb', 'no-rows.reply.xml'))
    const today = { from: '2026-03-01', to: '2026-03-01' }
    await gateway.statement(PAYER, today, null, NEVER).catch(() => null)
    expect(frontEnd?.requests).toEqual([golden('ccb', '6w0400.request.xml')])
  })

  test('without the elements that older versions do not know, and with the side kept open', async () => {
    const over = { customerSerial: 'omitted', signElements: 'omitted', payeeName: 'unchecked' }
    const gateway = await gatewayAgainst(() => golden('ccb', '6w8010.reply.xml'), over)
    await gateway.send([instruction()], NEVER)
    const expected = golden('ccb', '6w8010.request.xml')
      .toString('latin1')
      .replace('<CST_PAY_NO>2603010000000001</CST_PAY_NO>', '')
      .replace('<SIGN_INFO></SIGN_INFO><SIGNCERT></SIGNCERT>', '')
      .replace('<CHK_RECVNAME>1', '<CHK_RECVNAME>0')
    expect(frontEnd?.requests[0]?.toString('latin1')).toBe(expected)
    await frontEnd?.close()
    frontEnd = await startFrontEnd(isWhole, () => golden('ccb', '6w8010.reply.xml'))
    const transport = { kind: 'tcp', host: '127.0.0.1', port: frontEnd.port, requestEnd: 'keep-open' }
    expect(await gatewayOf(settings(0, { transport })).send([instruction()], NEVER)).toMatchObject([
      { kind: 'accepted' },
    ])
    expect(frontEnd.halfClosed).toEqual([false])
  })

  test.each([['form'], ['raw']] as const)('over HTTP as a %s', async body => {
    const bodies: Buffer[] = []
    const server = http.createServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk))
      request.on('end', () => response.end(golden('ccb', '6w8060.reply.xml')))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const transport = { kind: 'http', endpoint: `http://127.0.0.1:${port}/`, body }
    const outcomes = await gatewayOf(settings(0, { transport })).send([instruction(CROSS)], NEVER)
    await new Promise(resolve => server.close(resolve))
    expect(outcomes).toMatchObject([{ kind: 'accepted', echo: { bankSerial: '000000012346' } }])
    const text = Buffer.concat(bodies).toString('latin1')
    expect(text.startsWith('requestXml=')).toBe(true)
    const value = text.slice('requestXml='.length)
    const plain = body === 'raw' ? value : unescape(value)
    expect(Buffer.from(plain, 'latin1')).toEqual(golden('ccb', '6w8060.request.xml'))
  })
})

describe('an answer', () => {
  test('to 6W8010 is taken, never paid', async () => {
    expect(await sendOne(() => golden('ccb', '6w8010.reply.xml'))).toEqual({
      kind: 'accepted',
      echo: {
        reference: '2603010000000001',
        amount: null,
        payeeAccount: null,
        bankSerial: '000000012345',
        code: 'DEAL_TYPE2',
        text: '已提交 / taken',
      },
    })
  })

  test('to 6W0600 is read, its &nbsp; a blank', async () => {
    expect(await inquireOne(() => golden('ccb', '6w0600.reply.xml'))).toEqual({
      kind: 'settled',
      echo: {
        reference: '2603010000000001',
        amount: null,
        payeeAccount: null,
        bankSerial: '000000012345',
        code: 'DEAL_RESULT4',
        text: '成功 / paid: 交易 成功',
      },
    })
  })

  test('to 6W0100 is exact', async () => {
    const gateway = await gatewayAgainst(() => golden('ccb', '6w0100.reply.xml'))
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01T09:30:00',
      current: { minor: 123456789012345n, currency: 'CNY' },
      available: { minor: 100000n, currency: 'CNY' },
      frozen: null,
      previousDay: null,
    })
  })

  test.each([
    ['2', 'accepted'],
    ['9', 'accepted'],
    ['3', 'uncertain'],
    ['4', 'uncertain'],
    ['5', 'uncertain'],
    ['A', 'uncertain'],
    ['', 'uncertain'],
    ['1', 'uncertain'],
    ['a', 'uncertain'],
    ['constructor', 'uncertain'],
  ])('with DEAL_TYPE %p is %s', async (dealType, kind) => {
    const reply = changed('6w8010.reply.xml', ['<DEAL_TYPE>2<', `<DEAL_TYPE>${dealType}<`])
    expect(await sendOne(() => reply)).toMatchObject({ kind })
  })

  test.each([
    ['2', 'settled'],
    ['3', 'settled'],
    ['4', 'settled'],
    ['5', 'refused'],
    ['A', 'refused'],
    ['9', 'accepted'],
    ['1', 'unavailable'],
    ['', 'unavailable'],
    ['toString', 'unavailable'],
  ])('with DEAL_RESULT %p is %s', async (result, kind) => {
    const reply = changed('6w0600.reply.xml', ['<DEAL_RESULT>4<', `<DEAL_RESULT>${result}<`])
    expect(await inquireOne(() => reply)).toMatchObject({ kind })
  })

  test.each([...Object.keys(RETURN_CODES).filter(code => code !== '000000'), 'E00000000001', 'constructor'])(
    'with RETURN_CODE %p says nothing about a payment, and about money nothing either',
    async code => {
      const change = ['<RETURN_CODE>000000<', `<RETURN_CODE>${code}<`] as const
      expect(await sendOne(() => changed('6w8010.reply.xml', change))).toMatchObject({ kind: 'uncertain', code })
      await frontEnd?.close()
      expect(await inquireOne(() => changed('6w0600.reply.xml', change))).toMatchObject({ kind: 'unavailable', code })
      await frontEnd?.close()
      const gateway = await gatewayAgainst(() => changed('6w0100.reply.xml', change))
      await expect(gateway.balance(PAYER, NEVER)).rejects.toMatchObject({ code })
    },
  )

  test.each([
    ['another REQUEST_SN', ['<REQUEST_SN>2603010000000001', '<REQUEST_SN>2603010000000002'], 'ccb.wrong_serial'],
    ['another TX_CODE', ['<TX_CODE>6W8010', '<TX_CODE>6W8060'], 'ccb.wrong_function'],
    ['another CST_PAY_NO', ['<CST_PAY_NO>2603010000000001', '<CST_PAY_NO>2603010000000002'], 'ccb.wrong_item'],
    ['no TX_INFO', [/<TX_INFO>.*<\/TX_INFO>/s, ''], 'ccb.missing_item'],
    ['no RETURN_CODE', ['<RETURN_CODE>000000</RETURN_CODE>', ''], 'ccb.undecodable'],
    ['an open element', ['</CREDIT_NO>', ''], 'ccb.undecodable'],
    ['another root', [/^/, '<html></html><!--'], 'ccb.undecodable'],
  ] as const)('with %s is uncertain', async (_, change, code) => {
    const [from, to] = change
    expect(await sendOne(() => changed('6w8010.reply.xml', [from, to]))).toMatchObject({ kind: 'uncertain', code })
  })

  test('that is no GB18030 is uncertain', async () => {
    const reply = Buffer.concat([Buffer.from('<TX><A>'), Buffer.from([0xff, 0xff]), Buffer.from('</A></TX>')])
    expect(await sendOne(() => reply)).toMatchObject({ kind: 'uncertain', code: 'ccb.undecodable' })
  })

  test('holds neither password nor a whole account in what is passed on', async () => {
    const message = `户 ${PAYER} 口令 xxxx 有误`
    const outcome = await sendOne(() =>
      changed(
        '6w8010.reply.xml',
        ['<RETURN_CODE>000000<', '<RETURN_CODE>E1<'],
        ['<RETURN_MSG>', `<RETURN_MSG>${message}`],
      ),
    )
    expect(outcome).toMatchObject({ reason: expect.stringContaining('户 1100****0001 口令 *** 有误') })
  })
})

describe('what a site adds from its manual', () => {
  const codes = [
    { code: 'E0000000001', level: 'submit', outcome: 'refused', meaning: '余额不足' },
    { code: 'E0000000002', level: 'submit', outcome: 'unsent', meaning: '未执行' },
    { code: 'E0000000003', level: 'inquiry', outcome: 'absent', meaning: '查无此笔' },
    { code: '7', level: 'dealResult', outcome: 'settled', meaning: '成功' },
    { code: '8', level: 'dealType', outcome: 'accepted', meaning: '受理' },
  ]
  test.each([
    ['E0000000001', 'refused', 'unavailable'],
    ['E0000000002', 'unsent', 'unavailable'],
    ['E0000000003', 'uncertain', 'absent'],
  ])('RETURN_CODE %s: %s when sent, %s when asked about', async (code, sent, asked) => {
    const change = ['<RETURN_CODE>000000<', `<RETURN_CODE>${code}<`] as const
    const drop = [/<DEAL_RESULT>4<\/DEAL_RESULT>/, ''] as const
    expect(await sendOne(() => changed('6w8010.reply.xml', change), {}, { codes })).toMatchObject({ kind: sent })
    await frontEnd?.close()
    expect(await inquireOne(() => changed('6w0600.reply.xml', change, drop), { codes })).toMatchObject({ kind: asked })
  })

  test('"no such payment" beside a result is no absence', async () => {
    const change = ['<RETURN_CODE>000000<', '<RETURN_CODE>E0000000003<'] as const
    expect(await inquireOne(() => changed('6w0600.reply.xml', change), { codes })).toMatchObject({
      kind: 'unavailable',
    })
  })

  test('the letters it adds decide at their own place only', async () => {
    const seven = changed('6w0600.reply.xml', ['<DEAL_RESULT>4<', '<DEAL_RESULT>7<'])
    expect(await inquireOne(() => seven, { codes })).toMatchObject({ kind: 'settled' })
    await frontEnd?.close()
    const typeSeven = changed('6w8010.reply.xml', ['<DEAL_TYPE>2<', '<DEAL_TYPE>7<'])
    expect(await sendOne(() => typeSeven, {}, { codes })).toMatchObject({ kind: 'uncertain' })
    await frontEnd?.close()
    const typeEight = changed('6w8010.reply.xml', ['<DEAL_TYPE>2<', '<DEAL_TYPE>8<'])
    expect(await sendOne(() => typeEight, {}, { codes })).toMatchObject({ kind: 'accepted' })
  })

  test('a built-in code cannot be given another meaning', () => {
    const listed = [
      ...Object.keys(RETURN_CODES).map(code => ({ code, level: 'submit', outcome: 'refused' })),
      ...Object.keys(DEAL_TYPES).map(code => ({ code, level: 'dealType', outcome: 'accepted' })),
      ...Object.keys(DEAL_RESULTS).map(code => ({ code, level: 'dealResult', outcome: 'settled' })),
    ]
    for (const entry of listed) {
      const parsed = ccbConfig.safeParse(settings(1, { codes: [{ ...entry, meaning: 'x' }] }))
      expect([entry.code, parsed.success]).toEqual([entry.code, false])
    }
  })
})

describe('an instruction that cannot be written is unsent, and nothing is connected to', () => {
  test.each([
    ['a name of 61 bytes', { payee: { name: `${'超'.repeat(30)}x` } }, 'ccb.payee_name'],
    ['no name', { payee: { name: ' ' } }, 'ccb.payee_name'],
    ['a name with a control character', { payee: { name: '乙\u0007' } }, 'ccb.payee_name'],
    ['a name beyond GBK', { payee: { name: '𠮷公司' } }, 'ccb.unmappable'],
    ['a purpose beyond GBK', { purpose: '€100 😀' }, 'ccb.unmappable'],
    ['a blank in the account', { payee: { account: '6222 0011' } }, 'ccb.payee_account'],
    ['an account of 33', { payee: { account: '1'.repeat(33) } }, 'ccb.payee_account'],
    ['no bank code across banks', { payee: { bankCode: '', bankName: '某银行' } }, 'ccb.payee_bank'],
    ['no bank name across banks', { payee: { bankCode: '308290003000', bankName: '' } }, 'ccb.payee_bank'],
    ['another currency', { amount: { minor: 1n, currency: 'USD' } }, 'ccb.currency'],
    ['nothing to pay', { amount: { minor: 0n, currency: 'CNY' } }, 'ccb.amount'],
    ['17 digits of 分', { amount: { minor: 10_000_000_000_000_000n, currency: 'CNY' } }, 'ccb.amount'],
    ['a reference with letters', { reference: 'YQ1' }, 'ccb.reference'],
    ['a reference of 17 digits', { reference: '1'.repeat(17) }, 'ccb.reference'],
    ['an account that is not ours', { payer: { account: '11001000000000000009' } }, 'ccb.unknown_account'],
    ['an account called like a method', { payer: { account: 'constructor' } }, 'ccb.unknown_account'],
  ] as const)('%s', async (_, change, code) => {
    expect(await sendOne(() => golden('ccb', '6w8010.reply.xml'), change)).toMatchObject({ kind: 'unsent', code })
    expect(frontEnd?.requests).toEqual([])
  })

  test('names of exactly 60 bytes pass, what informs is cut at a character', () => {
    const config = ccbConfig.parse(settings(1))
    const long = instruction({
      payee: { name: '超'.repeat(30), bankName: `建设银行${'支'.repeat(40)}` },
      purpose: `a${'货'.repeat(40)}`,
    })
    const info = paymentInfo(long, config).join('')
    expect(info).toContain(`<RECV_ACC_NAME>${'超'.repeat(30)}</RECV_ACC_NAME>`)
    expect(info).toContain(`<RECV_OPENACC_DEPT>建设银行${'支'.repeat(26)}</RECV_OPENACC_DEPT>`)
    expect(info).toContain(`<USEOF>a${'货'.repeat(18)}</USEOF>`)
    const older = paymentInfo(long, ccbConfig.parse(settings(1, { bankNameBytes: 41 }))).join('')
    expect(older).toContain(`<RECV_OPENACC_DEPT>建设银行${'支'.repeat(16)}</RECV_OPENACC_DEPT>`)
  })

  test('an amount is written exactly, whatever it is', () => {
    const config = ccbConfig.parse(settings(1))
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 9_999_999_999_999_999n }), minor => {
        const info = paymentInfo(instruction({ amount: { minor, currency: 'CNY' } }), config).join('')
        const [, whole = '', fraction = ''] = /<AMOUNT>(\d+)\.(\d\d)<\/AMOUNT>/.exec(info) ?? []
        expect(BigInt(whole) * 100n + BigInt(fraction)).toBe(minor)
        expect(whole.length).toBeLessThanOrEqual(14)
      }),
    )
  })
})

describe('several instructions in one call', () => {
  test('behind a broken line nothing is sent, and that is said', async () => {
    const gateway = await gatewayAgainst((_, index) => (index === 0 ? golden('ccb', '6w8010.reply.xml') : 'reset'))
    const batch = [instruction(), instruction({ reference: '2' }), instruction({ reference: '3' })]
    expect(await gateway.send(batch, NEVER)).toMatchObject([
      { kind: 'accepted' },
      { kind: 'uncertain', code: 'ccb.no_answer' },
      { kind: 'unsent', code: 'ccb.halted' },
    ])
    expect(frontEnd?.requests.length).toBe(2)
  })

  test('a reference that stands twice in one call is not sent at all', async () => {
    const gateway = await gatewayAgainst(() => golden('ccb', '6w8010.reply.xml'))
    expect(await gateway.send([instruction(), instruction()], NEVER)).toMatchObject([
      { kind: 'unsent', code: 'ccb.duplicate_reference' },
      { kind: 'unsent', code: 'ccb.duplicate_reference' },
    ])
    expect(frontEnd?.requests).toEqual([])
  })
})

describe('6W9101', () => {
  const over = { connect: { rem1: 'a', rem2: 'b c' } }
  const connected = (request: Buffer): Buffer | null =>
    request.includes('6W9101') ? changed('6w0100.reply.xml', ['6W0100', '6W9101']) : null

  const stranger = changed('6w0100.reply.xml', ['<RETURN_CODE>000000', '<RETURN_CODE>E00000000001'])
  test.each<readonly [string, Response]>([
    ['the line has failed', 'reset'],
    ['an unlisted code came', stranger],
  ])('comes first, once, and again when %s', async (_, failure) => {
    let isDown = false
    const gateway = await gatewayAgainst(
      request => connected(request) ?? (isDown ? failure : golden('ccb', '6w0100.reply.xml')),
      over,
    )
    await gateway.balance(PAYER, NEVER)
    await gateway.balance(PAYER, NEVER)
    expect(frontEnd?.requests[0]).toEqual(golden('ccb', '6w9101.request.xml'))
    isDown = true
    await expect(gateway.balance(PAYER, NEVER)).rejects.toThrow(Fault)
    isDown = false
    await gateway.balance(PAYER, NEVER)
    const order = frontEnd?.requests.map(request => /<TX_CODE>(\w+)</.exec(request.toString('latin1'))?.[1])
    expect(order).toEqual(['6W9101', '6W0100', '6W0100', '6W0100', '6W9101', '6W0100'])
  })

  test.each([
    ['refused', changed('6w0100.reply.xml', ['6W0100', '6W9101'], ['<RETURN_CODE>000000', '<RETURN_CODE>E1'])],
    ['cut off', 'close' as const],
  ])('%s: the payment behind it is unsent', async (_, response) => {
    const gateway = await gatewayAgainst(() => response, over)
    expect(await gateway.send([instruction()], NEVER)).toMatchObject([{ kind: 'unsent', code: 'ccb.connect_failed' }])
    expect(frontEnd?.requests.length).toBe(1)
  })
})

describe('a statement', () => {
  const range = { from: '2026-02-27', to: '2026-02-28' }
  const line = {
    valueOn: null,
    counterAccount: '1100000000000000',
    counterName: '乙 公司',
    counterBank: '',
    type: '转账',
    receiptKey: '',
  }

  test('holds every field of a row, and goes on with the POSTSTR it was given', async () => {
    const gateway = await gatewayAgainst(() => golden('ccb', '6w0300.reply.xml'))
    const page = await gateway.statement(PAYER, range, null, NEVER)
    expect(page.items).toEqual([
      {
        ...line,
        bankId: '20260227093001-000000012345--12345-987655',
        bookedOn: '2026-02-27',
        bookedTime: '09:30:01',
        amount: { minor: -12345n, currency: 'CNY' },
        balanceAfter: { minor: 987655n, currency: 'CNY' },
        purpose: '转账',
        text: '货款',
        reference: '2603010000000001',
        bankSerial: '000000012345',
        isReversal: false,
      },
      {
        ...line,
        bankId: '20260228-000000012346-12345-1000000',
        bookedOn: '2026-02-28',
        bookedTime: '',
        amount: { minor: 12345n, currency: 'CNY' },
        balanceAfter: { minor: 1000000n, currency: 'CNY' },
        purpose: '退汇',
        text: '',
        reference: '',
        bankSerial: '000000012346',
        isReversal: true,
      },
    ])
    await gateway.statement(PAYER, range, page.next, NEVER).catch(() => null)
    expect(frontEnd?.requests[1]).toEqual(golden('ccb', '6w0300-next.request.xml'))
  })

  test('of 6WY101 is the same line under the same id', async () => {
    const gateway = await gatewayAgainst(() => golden('ccb', '6wy101.reply.xml'), { detail: '6WY101' })
    const page = await gateway.statement(PAYER, { from: '2026-02-27', to: '2026-03-01' }, null, NEVER)
    expect(page.next).toBeNull()
    expect(page.items).toMatchObject([
      { bankId: '20260227093001-000000012345--12345-987655', bankSerial: 'F0001', text: '货款' },
    ])
  })

  test('of a page that is past its time begins the day anew, as history', async () => {
    const midnight = Date.parse('2026-03-02T00:00:01+08:00')
    const gateway = await gatewayAgainst(() => golden('ccb', '6w0300.reply.xml'), {}, midnight)
    const day = { from: '2026-03-01', to: '2026-03-01' }
    await gateway.statement(PAYER, day, '6W0400:2026-03-01:2026-03-01:3:100:50', NEVER)
    const asked = frontEnd?.requests[0]?.toString('latin1') ?? ''
    expect(asked).toContain('<TX_CODE>6W0300<')
    expect(asked).toContain('<START_DATE>20260301</START_DATE><END_DATE>20260301</END_DATE><START_PAGE>1<')
    expect(asked).toContain('<POSTSTR></POSTSTR>')
  })

  test('without rows is empty only when the text says so', async () => {
    const gateway = await gatewayAgainst(() => golden('ccb', 'no-rows.reply.xml'))
    expect(await gateway.statement(PAYER, range, null, NEVER)).toEqual({ items: [], next: null })
    await frontEnd?.close()
    const failing = await gatewayAgainst(() =>
      changed('no-rows.reply.xml', ['该帐户无满足条件的明细', '公共预处理失败']),
    )
    await expect(failing.statement(PAYER, range, null, NEVER)).rejects.toMatchObject({ code: '8350ZX100000' })
  })

  test.each([
    ['no day', ['2026/02/27', '']],
    ['a day that is none', ['2026/02/27', '2026/02/30']],
    ['no amount', ['<AMOUNT>123.45', '<AMOUNT>']],
    ['a negative amount', ['<AMOUNT>123.45', '<AMOUNT>-123.45']],
    ['three decimals', ['<AMOUNT>123.45', '<AMOUNT>123.451']],
    ['no direction', ['<dORc>0', '<dORc>']],
    ['a third direction', ['<dORc>0', '<dORc>2']],
    ['another account', [`<ACC_NO>${PAYER}`, '<ACC_NO>11001000000000000009']],
    ['another currency', ['<CUR_TYPE>01', '<CUR_TYPE>14']],
    ['another page', ['<CUR_PAGE>1', '<CUR_PAGE>2']],
    ['no page count', ['<PAGE_COUNT>2', '<PAGE_COUNT>']],
  ] as const)('with %s is a Fault', async (_, [from, to]) => {
    const gateway = await gatewayAgainst(() => changed('6w0300.reply.xml', [from, to]))
    const failure = await gateway.statement(PAYER, range, null, NEVER).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Fault)
    expect(String(failure)).not.toContain(PAYER)
  })

  test.each([
    ['6W0300:2026-02-26:2026-02-28:1:100:'],
    ['6W0300:2026-02-27:2026-03-01:1:100:'],
    ['6W0300:2026-02-27:2026-02-28:0:100:'],
    ['6W0300:2026-02-27:2026-02-28:1:100:zz'],
    ['6W0500:2026-02-27:2026-02-28:1:100:'],
    ['2001:2026-02-27:2026-02-28:1'],
  ])('is not resumed from %s', async cursor => {
    const gateway = await gatewayAgainst(() => golden('ccb', '6w0300.reply.xml'))
    await expect(gateway.statement(PAYER, range, cursor, NEVER)).rejects.toMatchObject({ code: 'ccb.cursor' })
    expect(frontEnd?.requests).toEqual([])
  })
})

test('the traits are those of the reference, and the safe side where it is silent', () => {
  expect(gatewayOf(settings(1)).traits).toEqual({
    dedupesReference: false,
    referenceScope: 'item',
    absentFinalAfterMs: null,
    batchMax: 1,
    reference: { maxBytes: 16, alphabet: 'digits' },
    encoding: 'gbk',
    currencies: ['CNY'],
    maxBytes: { payeeName: 60, payeeAccount: 32 },
    own: { cnapsPrefix: '105', names: ['建设银行'] },
    crossBankRequires: ['bankCode', 'bankName'],
  })
})
