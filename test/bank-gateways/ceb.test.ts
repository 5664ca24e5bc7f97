// The CEB gateway against messages composed by hand from the reference: what leaves, byte for byte, what the answers are taken to
// say at every level, and what a broken line is taken for.

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { assert, bigInt, constantFrom, property, string } from 'fast-check'
import iconv from 'iconv-lite'
import { instructionProblem, paymentFields } from '../../bank-gateways/ceb/codec-payment'
import { PAID, RETURN_CODES } from '../../bank-gateways/ceb/codes'
import { cebConfig } from '../../bank-gateways/ceb/config'
import { createCebGateway } from '../../bank-gateways/ceb/gateway'
import type { BankGateway, Instruction, Party, StatementLine } from '../../connector/ports'
import { clockAt, deadPort, golden, MORNING_MS, NEVER, payment, startHttp } from './byte-front-end'
import type { FrontEnd, Respond, Response } from './byte-front-end'

const PAYER = '35000000000000001'
const settings = (over: object = {}): object => ({
  endpoint: 'http://127.0.0.1:8000/',
  cifNo: '1000000001',
  userId: 'user01',
  userPassword: 'Se+cret&1',
  accounts: { [PAYER]: { currency: 'CNY' } },
  crossBank: { ordinary: '2120', urgent: '2124' },
  personalNotes: { payroll: '工资' },
  systemHead: { encodeing: 'GBK', version: '1.0' },
  receipts: { fileNameElement: 'FileName' },
  batchMax: 20,
  answerTimeoutMs: 5000,
  ...over,
})
const config = cebConfig.parse(settings())

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

function gatewayAt(endpoint: string, over: object = {}): BankGateway {
  const parsed = cebConfig.parse(settings({ endpoint, ...over }))
  return createCebGateway(parsed, { clock: clockAt(MORNING_MS), name: 'ceb', sequence: () => '7' })
}

async function gatewayOn(respond: Respond, over: object = {}): Promise<BankGateway> {
  frontEnd = await startHttp(respond)
  return gatewayAt(frontEnd.url, over)
}

const codeOf = (bytes: Buffer): string => /<TransCode>(\w+)</.exec(bytes.toString('latin1'))?.[1] ?? ''
/** Answers each transaction with its golden reply. */
const byCode: Respond = bytes => {
  const isMade = bytes.includes('<OperationType>1<')
  return golden('ceb', `${codeOf(bytes)}${isMade ? '-generate' : ''}.reply.xml`)
}
const transaction = (content: string, before = ''): Buffer =>
  iconv.encode(
    `<?xml version="1.0" encoding="GBK"?><Transaction>${before}<TransContent>${content}</TransContent></Transaction>`,
    'gbk',
  )
const code = (value: string, words = ''): string => `<ReturnCode>${value}</ReturnCode><ReturnMsg>${words}</ReturnMsg>`
const flags = (now: string, transfer: string, more = ''): string =>
  `<RespData><NowFlag>${now}</NowFlag><TransferFlag>${transfer}</TransferFlag>${more}</RespData>`

const outside = payment(PAYER, { reference: '260301000000001' })
const inside = payment(PAYER, {
  reference: '260301000000002',
  payee: {
    ...outside.payee,
    account: '35000000000000009',
    name: '丙（上海）公司',
    bankName: '中国光大银行',
    bankCode: '',
  },
  amount: { minor: 999_999_999_999_999n, currency: 'CNY' },
  purpose: '服务费',
  postscript: '第 2 期',
  isUrgent: true,
})
const person = payment(PAYER, {
  reference: '260301000000003',
  payee: {
    ...outside.payee,
    account: '6222000000000003',
    name: '张三',
    bankName: '某银行',
    bankCode: '313290003000',
    kind: 'P',
  },
  amount: { minor: 1n, currency: 'CNY' },
  purpose: '三月\n工资',
  postscript: '附言',
  isUrgent: true,
  businessType: 'payroll',
})
const withPayee = (over: Partial<Party>): Instruction => ({ ...outside, payee: { ...outside.payee, ...over } })

function expectSent(index: number, name: string): void {
  const bytes = frontEnd?.seen[index]?.bytes ?? Buffer.alloc(0)
  expect(iconv.decode(bytes, 'gbk')).toBe(iconv.decode(golden('ceb', `${name}.request.xml`), 'gbk'))
  expect(bytes.equals(golden('ceb', `${name}.request.xml`))).toBe(true)
}

describe('messages', () => {
  test('b2e004001 leaves byte for byte: to another bank, inside CEB, and to a person by 跨行互联', async () => {
    const gateway = await gatewayOn(bytes =>
      transaction(
        code('0000'),
        `<TransHead><BatchID>${/BatchID>(\d+)</.exec(bytes.toString('latin1'))?.[1]}</BatchID></TransHead>`,
      ),
    )
    const sent = await gateway.send([outside, inside, person], NEVER)
    expect(sent.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted'])
    expectSent(0, 'b2e004001')
    expectSent(1, 'b2e004001-own')
    expectSent(2, 'b2e004001-person')
    expect(frontEnd?.seen[0]).toMatchObject({ method: 'POST', contentType: 'text/xml; charset=gb2312' })
  })

  test('an accepted payment echoes what the answer repeats and nothing else', async () => {
    const gateway = await gatewayOn(byCode)
    expect(await gateway.send([outside], NEVER)).toEqual([
      {
        kind: 'accepted',
        echo: {
          reference: outside.reference,
          amount: null,
          payeeAccount: null,
          bankSerial: '',
          code: '0000',
          text: '成功 / ok: 交易成功',
        },
      },
    ])
  })

  test('b2e004003 leaves byte for byte under a BatchID of its own, and 0000 with 00 and 00 is paid', async () => {
    const gateway = await gatewayOn(byCode)
    expect(await gateway.inquire([outside], NEVER)).toMatchObject([
      { kind: 'settled', echo: { reference: null, amount: null, payeeAccount: null, bankSerial: '', code: '00/00' } },
    ])
    expectSent(0, 'b2e004003')
  })

  test('payments name user, password and signature in the URL, questions the password alone', async () => {
    const urls: string[] = []
    const server = http.createServer((request, response) => {
      urls.push(request.url ?? '')
      request.resume().on('end', () => response.end(transaction(code('0000') + flags('00', '00'))))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const gateway = gatewayAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await gateway.send([outside], NEVER)
    await gateway.inquire([outside], NEVER)
    await new Promise(resolve => server.close(resolve))
    expect(urls).toEqual([
      '/ent/b2e004001.do?usrID=user01&userPassword=Se%2Bcret%261&Sigdata=1',
      '/ent/b2e004003.do?userPassword=Se%2Bcret%261',
    ])
  })

  test('balance and statement say that their interface is not public, and nothing leaves', async () => {
    const gateway = await gatewayOn(byCode)
    await expect(gateway.balance(PAYER, NEVER)).rejects.toMatchObject({ name: 'Fault', code: 'ceb.no_balance' })
    const asked = gateway.statement(PAYER, { from: '2026-02-27', to: '2026-03-01' }, null, NEVER)
    await expect(asked).rejects.toMatchObject({ name: 'Fault', code: 'ceb.no_statement' })
    expect(frontEnd?.seen).toEqual([])
  })
})

describe('receipts', () => {
  const PDF = Buffer.from('%PDF-1.4 of this line\n%%EOF\n')
  const withFile =
    (file: Buffer): Respond =>
    bytes =>
      bytes.length === 0 ? file : byCode(bytes, 0)

  test('the one whose FlowNumber is the line’s serial is made and fetched', async () => {
    const gateway = await gatewayOn(withFile(PDF))
    expect(await gateway.receipt?.(PAYER, line(), NEVER)).toEqual({
      receiptNo: 'HD0002',
      mediaType: 'application/pdf',
      bytes: PDF,
    })
    expectSent(0, 'b2e005023')
    expectSent(1, 'b2e005023-generate')
  })

  test.each([
    ['a serial that no row has', line({ bankSerial: 'F0000000009' })],
    ['a line without a serial', line({ bankSerial: '' })],
  ])('%s: there is none', async (_, other) => {
    const gateway = await gatewayOn(withFile(PDF))
    expect(await gateway.receipt?.(PAYER, other, NEVER)).toBeNull()
  })

  test('a file that is no whole PDF is a Fault; without the setting there are no receipts', async () => {
    for (const file of [Buffer.from('%PDF-1.4 half'), transaction(code('0000')), Buffer.alloc(0)]) {
      const gateway = await gatewayOn(withFile(file))
      await expect(gateway.receipt?.(PAYER, line(), NEVER)).rejects.toMatchObject({ code: 'ceb.receipt_file' })
      await frontEnd?.close()
    }
    expect('receipt' in (await gatewayOn(byCode, { receipts: null }))).toBe(false)
  })
})

function line(over: Partial<StatementLine> = {}): StatementLine {
  return {
    bankId: null,
    bookedOn: '2026-02-27',
    bookedTime: '',
    valueOn: null,
    amount: { minor: -105n, currency: 'CNY' },
    balanceAfter: null,
    counterAccount: '',
    counterName: '',
    counterBank: '',
    purpose: '',
    text: '',
    reference: '',
    bankSerial: 'F0000000002',
    isReversal: false,
    type: '',
    receiptKey: '',
    ...over,
  }
}

describe('what an answer to a payment says', () => {
  const sent = async (content: string | Buffer, over: object = {}): Promise<unknown> => {
    const gateway = await gatewayOn(() => (Buffer.isBuffer(content) ? content : transaction(content)), over)
    const [outcome] = await gateway.send([outside], NEVER)
    await frontEnd?.close()
    return outcome
  }

  test('0000 is taken, every other code decides nothing; none is ever "paid"', async () => {
    expect(Object.keys(RETURN_CODES)).toEqual(['0000', 'B2E000010'])
    for (const value of [...Object.keys(RETURN_CODES), '0001', '9999', 'E0000', '00'])
      expect([value, await sent(code(value))]).toMatchObject([
        value,
        { kind: value === '0000' ? 'accepted' : 'uncertain' },
      ])
  })

  test('a site says what a code of its manual means, but cannot change a built-in one', async () => {
    const codes = [
      { code: '1001', level: 'submit', outcome: 'refused', meaning: '余额不足' },
      { code: '1002', level: 'submit', outcome: 'notExecuted', meaning: '系统未开放' },
    ]
    expect(await sent(code('1001'), { codes })).toMatchObject({
      kind: 'refused',
      refusal: { code: '1001', text: '余额不足' },
    })
    expect(await sent(code('1002'), { codes })).toMatchObject({ kind: 'unsent' })
    // Under whatever code: these words say that this serial was used before, and then the first may be paid.
    expect(await sent(code('1001', '交易流水号重复'), { codes })).toMatchObject({
      kind: 'uncertain',
      code: 'ceb.repeated',
    })
    for (const wrong of [
      { code: '0000', level: 'submit', outcome: 'refused', meaning: 'x' },
      { code: PAID, level: 'flags', outcome: 'refused', meaning: 'x' },
      { code: '1001', level: 'flags', outcome: 'refused', meaning: 'x' },
      { code: '00/02', level: 'inquiry', outcome: 'absent', meaning: 'x' },
      { code: '00/02', level: 'flags', outcome: 'settled', meaning: 'x' },
    ])
      expect(cebConfig.safeParse(settings({ codes: [wrong] })).success).toBe(false)
  })

  test.each([
    [
      'another BatchID',
      transaction(code('0000'), '<TransHead><BatchID>1000000001260301000000009</BatchID></TransHead>'),
      'ceb.wrong_serial',
    ],
    [
      'another TransCode',
      transaction(code('0000'), '<TransHead><TransCode>b2e004003</TransCode></TransHead>'),
      'ceb.wrong_serial',
    ],
    [
      'another ClientPatchID',
      `${code('0000')}<RespData><ClientPatchID>10000000012603010000000090001</ClientPatchID></RespData>`,
      'ceb.wrong_item',
    ],
    ['two rows', `${code('0000')}<BatchRespList><RespData/><RespData/></BatchRespList>`, 'ceb.ambiguous_item'],
    ['a row with a code of its own', `${code('0000')}<RespData>${code('1009')}</RespData>`, '1009'],
    ['no code', '<ReturnMsg>ok</ReturnMsg>', 'ceb.undecodable'],
    ['an error at the root', iconv.encode('<error>系统错误</error>', 'gbk'), 'error'],
    [
      'a code at the root',
      iconv.encode(`<Transaction>${code('B2E000010', '通讯异常,请查证')}</Transaction>`, 'gbk'),
      'B2E000010',
    ],
  ])('%s is uncertain', async (_, content, expected) => {
    expect(await sent(content)).toMatchObject({ kind: 'uncertain', code: expected })
  })
})

describe('what an answer to a status query says', () => {
  const asked = async (content: string, over: object = {}): Promise<unknown> => {
    const gateway = await gatewayOn(() => transaction(content), over)
    const [outcome] = await gateway.inquire([outside], NEVER)
    await frontEnd?.close()
    return outcome
  }

  test('paid is 0000 with 00 and 00; every other pair, every other code, and what is missing, teaches nothing', async () => {
    expect(await asked(code('0000') + flags('00', '00'))).toMatchObject({ kind: 'settled' })
    const pairs = ['00', '01', '02', '99', '0', '000'].flatMap(now =>
      ['00', '01', '02', '99'].map(transfer => [now, transfer] as const),
    )
    for (const [now, transfer] of pairs.filter(pair => pair.join('/') !== PAID))
      expect([now, transfer, await asked(code('0000') + flags(now, transfer))]).toMatchObject([
        now,
        transfer,
        { kind: 'unavailable', code: 'ceb.flags' },
      ])
    for (const content of [code('0000'), code('0000') + flags('00', ''), code('0000') + flags('', '00')])
      expect(await asked(content)).toMatchObject({ kind: 'unavailable', code: 'ceb.missing_item' })
    for (const value of ['B2E000010', '1001', 'error'])
      expect(await asked(code(value) + flags('00', '00'))).toMatchObject({ kind: 'unavailable', code: value })
    expect(await asked(code('0000') + flags('00', '00', code('1001')))).toMatchObject({
      kind: 'unavailable',
      code: '1001',
    })
  })

  test('a pair that the site knows says what the site says; a refusal of something else refuses nothing', async () => {
    const codes = [
      ...(['accepted', 'refused', 'returned', 'absent'] as const).map((outcome, index) => ({
        code: `0${index}/02`,
        level: 'flags',
        outcome,
        meaning: outcome,
      })),
      { code: '2001', level: 'inquiry', outcome: 'absent', meaning: '查无' },
    ]
    const kinds = ['accepted', 'refused', 'returned', 'absent']
    for (const [index, kind] of kinds.entries())
      expect(await asked(code('0000') + flags(`0${index}`, '02'), { codes })).toMatchObject({ kind })
    expect(await asked(code('2001'), { codes })).toMatchObject({ kind: 'absent', code: '2001' })
    for (const other of [
      '<amount>1.06</amount>',
      '<toAccountNo>6222000000000002</toAccountNo>',
      '<ClientPchID>10000000012603010000000090001</ClientPchID>',
      '<ClientBchID>1000000001260301000000009</ClientBchID>',
    ])
      expect(await asked(code('0000') + flags('01', '02', other), { codes })).toMatchObject({
        kind: 'unavailable',
        code: 'ceb.wrong_item',
      })
  })

  test('what the answer repeats is passed on for the core to compare', async () => {
    const repeated =
      '<ClientPchID>10000000012603010000000010001</ClientPchID><amount>1.06</amount><toAccountNo>6222000000000002</toAccountNo>'
    expect(await asked(code('0000') + flags('00', '00', repeated))).toMatchObject({
      kind: 'settled',
      echo: {
        reference: outside.reference,
        amount: { minor: 106n, currency: 'CNY' },
        payeeAccount: '6222000000000002',
      },
    })
  })
})

describe('the line', () => {
  const BROKEN: readonly (readonly [string, Response, string])[] = [
    ['closed', 'close', 'ceb.no_answer'],
    ['HTTP 500', { status: 500 }, 'ceb.http_status'],
    ['cut', { cut: Buffer.from('<Transaction>') }, 'ceb.no_answer'],
    ['no XML', Buffer.from('hello'), 'ceb.undecodable'],
    ['no GBK', Buffer.from([0xff, 0xfe, 0x80]), 'ceb.undecodable'],
    ['nothing', Buffer.alloc(0), 'ceb.undecodable'],
    ['another root', Buffer.from('<html/>'), 'ceb.undecodable'],
  ]
  test.each(BROKEN)('%s: a payment is uncertain, a question unavailable', async (_, response, expected) => {
    const gateway = await gatewayOn(() => response)
    expect(await gateway.send([outside], NEVER)).toMatchObject([{ kind: 'uncertain', code: expected }])
    expect(await gateway.inquire([outside], NEVER)).toMatchObject([{ kind: 'unavailable', code: expected }])
  })

  test('where nobody listens nothing was sent, and no word holds the password', async () => {
    const gateway = gatewayAt(`http://127.0.0.1:${await deadPort()}/`)
    const outcomes = [...(await gateway.send([outside, inside], NEVER)), ...(await gateway.inquire([outside], NEVER))]
    expect(outcomes).toMatchObject([
      { kind: 'unsent', code: 'ceb.unreachable' },
      { kind: 'unsent', code: 'ceb.halted' },
      { kind: 'unavailable', code: 'ceb.unreachable' },
    ])
    expect(JSON.stringify(outcomes)).not.toContain('cret')
  })

  test('behind a message that got no answer nothing more is sent', async () => {
    const gateway = await gatewayOn(() => 'close')
    expect(await gateway.send([outside, inside], NEVER)).toMatchObject([
      { kind: 'uncertain', code: 'ceb.no_answer' },
      { kind: 'unsent', code: 'ceb.halted' },
    ])
    expect(frontEnd?.seen.length).toBe(1)
  })
})

describe('what may leave', () => {
  const problemOf = (instruction: Instruction, by = config): string | undefined =>
    instructionProblem(instruction, by)?.code

  test('an amount leaves exact, with two decimals, or not at all', () => {
    assert(
      property(bigInt({ min: 1n, max: 999_999_999_999_999n }), minor => {
        const one = { ...outside, amount: { minor, currency: 'CNY' } }
        expect(problemOf(one)).toBeUndefined()
        const text = /<amount>(\d{1,13}\.\d\d)</.exec(paymentFields(one, config).join(''))?.[1] ?? ''
        expect(BigInt(text.replace('.', ''))).toBe(minor)
      }),
    )
    for (const minor of [0n, -1n, 1_000_000_000_000_000n])
      expect(problemOf({ ...outside, amount: { minor, currency: 'CNY' } })).toBe('ceb.amount')
    expect(problemOf({ ...outside, amount: { minor: 1n, currency: 'USD' } })).toBe('ceb.currency')
  })

  test('names and accounts leave whole within their bytes, or not at all', () => {
    expect(problemOf(withPayee({ name: '名'.repeat(30) }))).toBeUndefined()
    expect(problemOf(withPayee({ name: '名'.repeat(30) + 'a' }))).toBe('ceb.payee_name')
    expect(
      problemOf(withPayee({ name: '名'.repeat(60) }), cebConfig.parse(settings({ widths: { payeeName: 120 } }))),
    ).toBeUndefined()
    for (const name of ['', ' ']) expect(problemOf(withPayee({ name }))).toBe('ceb.payee_name')
    for (const name of ['名\u0001', 'A&B', 'A<B', '名𠮷']) expect(problemOf(withPayee({ name }))).toBe('ceb.text')
    expect(instructionProblem(withPayee({ name: '名𠮷' }), config)?.reason).toContain('「𠮷」')
    expect(problemOf({ ...outside, purpose: '货款😀' })).toBe('ceb.text')
    for (const account of ['1'.repeat(33), '', '62 22', '６２', '1&2'])
      expect(problemOf(withPayee({ account }))).toBe('ceb.payee_account')
    for (const reference of ['1'.repeat(29), 'A1', ''])
      expect(problemOf({ ...outside, reference })).toBe('ceb.reference')
    expect(problemOf({ ...outside, payer: { ...outside.payer, account: '35000000000000003' } })).toBe(
      'ceb.unknown_account',
    )
    expect(problemOf(withPayee({ bankCode: '' }))).toBe('ceb.payee_bank_code')
    expect(problemOf(withPayee({ bankCode: '10210009' }))).toBe('ceb.payee_bank_code')
    expect(problemOf({ ...outside, purpose: ' <& ' })).toBe('ceb.note_needed')
  })

  test('the notes leave within 60 bytes, without what CEB forbids, as a beginning of what was asked', () => {
    const words = string({ unit: constantFrom('货', 'A', ' ', '\n', '&', '<', '\u0000'), maxLength: 90, size: 'max' })
    assert(
      property(words, words, (purpose, postscript) => {
        const body = paymentFields({ ...outside, purpose, postscript }, config).join('')
        for (const [name, asked] of [
          ['note', purpose],
          ['noteOther', postscript],
        ] as const) {
          const text = new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1] ?? ''
          expect(iconv.encode(text, 'gbk').length).toBeLessThanOrEqual(60)
          expect(
            asked
              .replaceAll(/[\p{Cc}&<]/gu, ' ')
              .replace(/\s+/g, ' ')
              .trim()
              .startsWith(text),
          ).toBe(true)
        }
      }),
    )
  })

  test('a reference makes one BatchID for ever, and no question’s BatchID is ever as short', async () => {
    const gateway = await gatewayOn(byCode)
    await gateway.send([outside], NEVER)
    await gateway.send([outside], NEVER)
    await gateway.inquire([outside], NEVER)
    const ids = (frontEnd?.seen ?? []).map(({ bytes }) => /<BatchID>(\d+)</.exec(bytes.toString('latin1'))?.[1] ?? '')
    expect(ids[0]).toBe(ids[1])
    expect((ids[2] ?? '').length).toBe(39)
    expect(gateway.traits.reference.maxBytes + 10).toBeLessThan(39)
  })

  test('the same reference twice in a call is not sent at all', async () => {
    const gateway = await gatewayOn(byCode)
    expect((await gateway.send([outside, outside], NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
    expect(frontEnd?.seen).toEqual([])
  })
})
