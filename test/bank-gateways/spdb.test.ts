// The SPDB gateway against messages composed by hand from the reference: what is signed and what leaves, byte for byte, what the
// answers are taken to say at every level, and what a broken line or sign server is taken for.

import { assert, bigInt, constantFrom, property, string } from 'fast-check'
import iconv from 'iconv-lite'
import { CODES, STATUSES } from '../../bank-gateways/spdb/codes'
import { instructionProblem, packageFields, singleFields } from '../../bank-gateways/spdb/codec-payment'
import { spdbConfig } from '../../bank-gateways/spdb/config'
import { createSpdbGateway } from '../../bank-gateways/spdb/gateway'
import type { BankGateway, Instruction, Party } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import { clockAt, deadPort, golden, MORNING_MS, NEVER, payment, startHttp, type FrontEnd } from './byte-front-end'
import type { Respond, Response } from './byte-front-end'

const PAYER = '97990078801300000001'
/** Stands for PKCS#7: what it stands for is kept by the fake sign server. */
const SIGNATURE = 'TUlJQ2FiYw=='
const settings = (over: object = {}): object => ({
  signUrl: 'http://127.0.0.1:5666/',
  gatewayUrl: 'http://127.0.0.1:5777/',
  masterId: '2000000001',
  authMasterId: 'A1',
  accounts: { [PAYER]: { currency: 'CNY', city: '上海' } },
  payment: '8801',
  batchMax: 20,
  debitFlag: { out: 'D', in: 'C' },
  answerTimeoutMs: 5000,
  ...over,
})
const config = spdbConfig.parse(settings())
const packageConfig = spdbConfig.parse(settings({ payment: '8800' }))

let servers: FrontEnd[] = []
const seenBy = (name: 'sign' | 'gateway') => servers[name === 'sign' ? 0 : 1]?.seen ?? []
afterEach(closeAll)
async function closeAll(): Promise<void> {
  for (const server of servers) await server.close()
  servers = []
}

const page = (result: string, body: string): Buffer =>
  iconv.encode(`<html><head><title>签名结果</title><result>${result}</result></head><body>${body}</body></html>`, 'gbk')
const isVerify = (bytes: Buffer): boolean => bytes.toString('latin1') === 'UkVQTFk='

/** `<sign>` broken by CRLF, as the real server does; what it opens is `reply`. */
function signServer(reply: () => Buffer): Respond {
  return bytes =>
    isVerify(bytes)
      ? Buffer.concat([
          Buffer.from('<html><head><result>0</result></head><body><sic>'),
          reply(),
          Buffer.from('</sic></body></html>'),
        ])
      : page('0', `<sign>${SIGNATURE.slice(0, 6)}\r\n${SIGNATURE.slice(6)}</sign>`)
}
const packet = (head: string, body: string): Buffer => {
  const xml = `<?xml version='1.0' encoding='gb2312'?><packet><body>${body}</body><head>${head}</head></packet>`
  return iconv.encode(`${String(xml.length).padEnd(6, ' ')}${xml}`, 'gbk')
}
const SIGNED = packet('<returnCode>AAAAAAA</returnCode>', '<signature>UkVQTFk=</signature>')
const transCodeOf = (bytes: Buffer): string => /<transCode>(\w+)</.exec(bytes.toString('latin1'))?.[1] ?? ''

async function gatewayOn(
  reply: (transCode: string) => Buffer,
  over: object = {},
  respond: Respond = () => SIGNED,
): Promise<BankGateway> {
  return onServers(
    signServer(() => reply(transCodeOf(seenBy('gateway').at(-1)?.bytes ?? Buffer.alloc(0)))),
    respond,
    over,
  )
}
async function onServers(sign: Respond, gateway: Respond, over: object = {}): Promise<BankGateway> {
  await closeAll()
  const [first, second] = [await startHttp(sign), await startHttp(gateway)]
  servers = [first, second]
  const parsed = spdbConfig.parse(settings({ signUrl: first.url, gatewayUrl: second.url, ...over }))
  let number = 0
  const sequence = (): string => String((number += 1)).padStart(12, '0')
  return createSpdbGateway(parsed, { clock: clockAt(MORNING_MS), name: 'spdb', sequence })
}
const goldenReply = (transCode: string): Buffer => golden('spdb', `${transCode}.reply-body.xml`)
const saying = (inner: string) => (): Buffer => iconv.encode(`<body>${inner}</body>`, 'gbk')

const outside = payment(PAYER, {
  payee: { ...payment(PAYER).payee, bankName: '工商银行' },
  postscript: 'INV-1',
})
const inside = payment(PAYER, {
  reference: 'P2026010200000002',
  batch: { reference: 'B2026010200000001', line: 2 },
  payee: {
    ...outside.payee,
    account: '97990078801300000009',
    name: '丙 & 丁',
    bankName: '浦发银行上海分行',
    bankCode: '310290000013',
    city: '上海',
    kind: 'P',
  },
  amount: { minor: 999_999_999_999_999n, currency: 'CNY' },
  purpose: '报销',
})
const withPayee = (over: Partial<Party>): Instruction => ({ ...outside, payee: { ...outside.payee, ...over } })

function expectSigned(index: number, name: string): void {
  const bytes = seenBy('sign')[index]?.bytes ?? Buffer.alloc(0)
  expect(iconv.decode(bytes, 'gbk')).toBe(iconv.decode(golden('spdb', `${name}.body.xml`), 'gbk'))
  expect(bytes.equals(golden('spdb', `${name}.body.xml`))).toBe(true)
}

describe('messages', () => {
  test('8801: the body is signed byte for byte, the packet leaves with a length that counts itself', async () => {
    const gateway = await gatewayOn(goldenReply)
    const echo = { reference: null, amount: null, payeeAccount: null, bankSerial: 'PT26XQ00001', code: '1' }
    expect(await gateway.send([outside], NEVER)).toEqual([
      { kind: 'accepted', echo: { ...echo, text: '待记账 / to be booked' } },
    ])
    expectSigned(0, '8801')
    expect(seenBy('gateway')[0]?.bytes.equals(golden('spdb', '8801.packet.xml'))).toBe(true)
    expect(seenBy('sign').map(({ contentType }) => contentType)).toEqual([
      'INFOSEC_SIGN/1.0',
      'INFOSEC_VERIFY_SIGN/1.0',
    ])
  })

  test('8800: a package leaves whole, and is accepted only when all of it was taken', async () => {
    const gateway = await gatewayOn(goldenReply, { payment: '8800' })
    const sent = await gateway.send([outside, inside], NEVER)
    expectSigned(0, '8800')
    expect(sent).toMatchObject([{ kind: 'accepted' }, { kind: 'accepted', echo: { bankSerial: 'PT26XQ00002' } }])
    for (const [taken, failed] of [
      ['1', '1'],
      ['2', ''],
      ['', '0'],
      ['3', '0'],
      ['0', '2'],
    ]) {
      const partly = await gatewayOn(saying(`<successCount>${taken}</successCount><failCount>${failed}</failCount>`), {
        payment: '8800',
      })
      expect((await partly.send([outside, inside], NEVER)).map(({ kind }) => kind)).toEqual(['uncertain', 'uncertain'])
    }
  })

  test('8804 asks by number, account and days, and 4 is paid', async () => {
    const gateway = await gatewayOn(goldenReply)
    expect(await gateway.inquire([outside], NEVER)).toEqual([
      {
        kind: 'settled',
        echo: {
          reference: 'P2026010200000001',
          amount: { minor: 105n, currency: 'CNY' },
          payeeAccount: '6222000000000001',
          bankSerial: 'PT26XQ00001',
          code: '4',
          text: '完成 / completed',
        },
      },
    ])
    expectSigned(0, '8804')
  })

  test('4402 is the balance', async () => {
    const gateway = await gatewayOn(goldenReply)
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01',
      current: { minor: 100_010n, currency: 'CNY' },
      available: { minor: 90_000n, currency: 'CNY' },
      frozen: { minor: 10_010n, currency: 'CNY' },
      previousDay: null,
    })
    expectSigned(0, '4402')
  })

  test('the statement: subAccount is the other side, backReason marks a return, the walk ends when no row comes', async () => {
    const none = iconv.encode(`<body><totalNumber>2</totalNumber><acctNo>${PAYER}</acctNo></body>`, 'gbk')
    const gateway = await gatewayOn(code => (seenBy('gateway').length > 1 ? none : goldenReply(code)))
    const range = { from: '2026-02-27', to: '2026-03-01' }
    const page1 = await gateway.statement(PAYER, range, null, NEVER)
    expectSigned(0, '8924')
    const common = {
      valueOn: null,
      counterAccount: '6222000000000001',
      counterName: '收款公司',
      counterBank: '工商银行',
      purpose: '货款',
      text: 'INV-1',
      reference: 'P2026010200000001',
      type: '0101',
    }
    expect(page1.items).toEqual([
      {
        ...common,
        bankId: '20260227-U1-O',
        bookedOn: '2026-02-27',
        bookedTime: '10:15:00',
        amount: { minor: -105n, currency: 'CNY' },
        balanceAfter: { minor: 99_895n, currency: 'CNY' },
        bankSerial: 'J1',
        receiptKey: 'J1|1',
        isReversal: false,
      },
      {
        ...common,
        bankId: '20260301-U2-I',
        bookedOn: '2026-03-01',
        bookedTime: '09:01:02',
        amount: { minor: 105n, currency: 'CNY' },
        balanceAfter: { minor: 100_000n, currency: 'CNY' },
        bankSerial: 'J2',
        receiptKey: 'J2|1',
        isReversal: true,
      },
    ])
    expect(await gateway.statement(PAYER, range, page1.next, NEVER)).toEqual({ items: [], next: null })
  })
})

describe('receipts', () => {
  const PDF = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.from([0x80, 0xff, 0x3c]), Buffer.from('\n%%EOF\n')])
  const ROW = `<acceptNo>R77</acceptNo><result>0</result><backhostGyno>J1</backhostGyno><subpoenaSeqNo>1</subpoenaSeqNo><transDate>20260227</transDate><transAmount>1.05</transAmount>`
  const applied = (...rows: readonly string[]) =>
    saying(`<totalNumber>${rows.length}</totalNumber><lists>${rows.map(row => `<list>${row}</list>`).join('')}</lists>`)
  const receipts = (fileUrl: string): object => ({
    receipts: { applyCode: 'AB01', downloadCode: 'AB02', fileUrl, waitMs: 0 },
  })
  let files: FrontEnd | null = null
  afterEach(async () => {
    await files?.close()
    files = null
  })

  async function asked(apply: () => Buffer, file: () => Response): Promise<{ first: unknown; second: unknown }> {
    files = await startHttp(file)
    const gateway = await gatewayOn(code => (code === '8924' ? goldenReply(code) : apply()), receipts(files.url))
    const [line] = (await gateway.statement(PAYER, { from: '2026-02-27', to: '2026-03-01' }, null, NEVER)).items
    const ask = async (): Promise<unknown> =>
      line &&
      gateway
        .receipt?.(PAYER, line, NEVER)
        .catch((error: unknown) => (error instanceof Fault ? `${error.code} ${error.message}` : error))
    return { first: await ask(), second: await ask() }
  }
  const packetWith = (head: string, body: string, file: Buffer): Buffer => Buffer.concat([packet(head, body), file])

  test('an application, then the file behind the packet, byte for byte', async () => {
    const file = () => packetWith('<returnCode>AAAAAAA</returnCode>', '<signature>UkVQTFk=</signature>', PDF)
    expect(await asked(applied(ROW), file)).toEqual({
      first: null,
      second: { receiptNo: 'R77', mediaType: 'application/pdf', bytes: new Uint8Array(PDF) },
    })
    const body = (index: number): string => iconv.decode(seenBy('sign')[index]?.bytes ?? Buffer.alloc(0), 'gbk')
    expect(body(2)).toBe(
      `<body><billDownloadChanel>1</billDownloadChanel><acctNo>${PAYER}</acctNo><singleOrBatchFlag>0</singleOrBatchFlag><backhostGyno>J1</backhostGyno><subpoenaSeqNo>1</subpoenaSeqNo><beginDate>20260227</beginDate><endDate>20260227</endDate><beginNumber>1</beginNumber><queryNumber>20</queryNumber></body>`,
    )
    expect(body(4)).toBe(
      `<body><acctNo>${PAYER}</acctNo><fileDownloadFlag>1</fileDownloadFlag><fileDownloadPar>R77</fileDownloadPar></body>`,
    )
    expect(transCodeOf(files?.seen[0]?.bytes ?? Buffer.alloc(0))).toBe('AB02')
  })

  test('a packet before the file need not be signed', async () => {
    const { second } = await asked(applied(ROW), () => packetWith('<returnCode>AAAAAAA</returnCode>', '', PDF))
    expect(second).toMatchObject({ receiptNo: 'R77' })
  })

  test.each([
    ['another row', ROW.replace('J1', 'J9')],
    ['another amount', ROW.replace('1.05', '1.06')],
    ['another day', ROW.replace('20260227', '20260228')],
    ['no acceptNo', ROW.replace('R77', '')],
  ])('%s is no receipt of the line', async (_what, row) => {
    expect(await asked(applied(row), () => 'close')).toEqual({ first: null, second: null })
  })

  test('two rows that both could be it are none', async () => {
    expect(await asked(applied(ROW, ROW), () => 'close')).toEqual({ first: null, second: null })
  })

  test.each([
    ['cut off', () => packetWith('<returnCode>AAAAAAA</returnCode>', '', PDF.subarray(0, 12)), 'spdb.receipt_file'],
    ['no file', () => packetWith('<returnCode>AAAAAAA</returnCode>', '', Buffer.alloc(0)), 'spdb.receipt_file'],
    ['a refusal', () => packetWith('<returnCode>EYY9994</returnCode>', '', PDF), '验签'],
    ['no packet', () => Buffer.from('<html/>'), 'spdb.undecodable'],
    ['no answer', () => 'close' as const, 'spdb.no_answer'],
    ['HTTP 500', () => ({ status: 500 }), 'spdb.http_status'],
  ])('a file host that gives %s is a fault', async (_what, file, said) => {
    const { second } = await asked(applied(ROW), file)
    expect(String(second)).toContain(said)
  })
})

describe('what an answer says of a payment', () => {
  const row = (status: string, more = ''): string =>
    `<totalCount>1</totalCount><lists><list><elecChequeNo>P2026010200000001</elecChequeNo>${more}<transStatus>${status}</transStatus></list></lists>`
  const sent = async (inner: string): Promise<unknown> =>
    (await (await gatewayOn(saying(inner))).send([outside], NEVER))[0]
  const asked = async (inner: string): Promise<unknown> =>
    (await (await gatewayOn(saying(inner))).inquire([outside], NEVER))[0]

  test('every transStatus, and what is none', async () => {
    const kinds: Readonly<Record<string, readonly [string, string]>> = {
      '0': ['accepted', 'accepted'],
      '1': ['accepted', 'accepted'],
      '2': ['accepted', 'accepted'],
      '3': ['accepted', 'accepted'],
      '4': ['accepted', 'settled'],
      '8': ['refused', 'refused'],
      '9': ['refused', 'refused'],
    }
    expect(Object.keys(STATUSES)).toEqual(Object.keys(kinds))
    const none = ['', '5', '6', '7', 'S', 'Z', '40'].map(code => [code, ['uncertain', 'unavailable']] as const)
    for (const [code, [send, inquiry]] of [...Object.entries(kinds), ...none]) {
      expect([code, await sent(`<transStatus>${code}</transStatus>`)]).toMatchObject([code, { kind: send }])
      expect([code, await asked(row(code))]).toMatchObject([code, { kind: inquiry }])
    }
  })

  test('8 with 退票 in its note is a return: the debit happened and was put back', async () => {
    expect(await asked(row('8', '<note>人行退票</note>'))).toMatchObject({ kind: 'returned' })
    expect(await asked(row('9', '<note>人行退票</note>'))).toMatchObject({ kind: 'refused' })
  })

  test('a row of another payment, two rows, or a count without rows teach nothing; a count of 0 is absent', async () => {
    expect(await asked('<totalCount>0</totalCount>')).toMatchObject({ kind: 'absent' })
    for (const inner of [
      '',
      '<totalCount>1</totalCount>',
      '<totalCount></totalCount>',
      row('4').replace('00001<', '00009<'),
    ])
      expect(await asked(inner)).toMatchObject({ kind: 'unavailable', code: 'spdb.missing_item' })
    const one = row('4').replace(/<\/?lists>|<totalCount>1<\/totalCount>/g, '')
    expect(await asked(`<lists>${one}${one}</lists>`)).toMatchObject({
      kind: 'unavailable',
      code: 'spdb.ambiguous_item',
    })
    for (const other of ['<amount>1.06</amount>', '<payeeAcctNo>6222000000000002</payeeAcctNo>'])
      expect(await asked(row('8', other))).toMatchObject({ kind: 'unavailable', code: 'spdb.wrong_item' })
  })

  test('every returnCode, unsigned in head or body or signed, is uncertain on a payment and teaches nothing', async () => {
    for (const code of [...Object.keys(CODES).filter(known => known !== 'AAAAAAA'), 'EYY0001', '0000000']) {
      const refusal = `<returnCode>${code}</returnCode><returnMsg>账号6222000000000001</returnMsg>`
      for (const whole of [packet(refusal, ''), packet('', refusal)]) {
        const gateway = await gatewayOn(goldenReply, {}, () => whole)
        const outcome = (await gateway.send([outside], NEVER))[0]
        expect([code, outcome]).toMatchObject([code, { kind: 'uncertain', code }])
        expect(JSON.stringify(outcome)).not.toContain('6222000000000001')
        expect((await gateway.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable', code })
      }
      expect(await sent(refusal)).toMatchObject({ kind: 'uncertain', code })
    }
  })

  test('a site says what a code of its manual means, and cannot change success', async () => {
    const codes = [
      { code: 'EGG0346', level: 'submit', outcome: 'refused', meaning: '户名不符' },
      { code: 'EYY9994', level: 'submit', outcome: 'notExecuted', meaning: '验签错' },
      { code: 'EGG9999', level: 'inquiry', outcome: 'absent', meaning: '无此凭证' },
    ]
    for (const [code, kind] of [
      ['EGG0346', 'refused'],
      ['EYY9994', 'unsent'],
      ['EGG0042', 'uncertain'],
    ] as const) {
      const gateway = await gatewayOn(goldenReply, { codes }, () => packet(`<returnCode>${code}</returnCode>`, ''))
      expect((await gateway.send([outside], NEVER))[0]?.kind).toBe(kind)
    }
    const none = await gatewayOn(goldenReply, { codes }, () => packet('<returnCode>EGG9999</returnCode>', ''))
    expect((await none.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'absent' })
    const changed = [{ code: 'AAAAAAA', level: 'submit', outcome: 'refused', meaning: '失败' }]
    expect(spdbConfig.safeParse(settings({ codes: changed })).success).toBe(false)
    expect(spdbConfig.safeParse(settings({ debitFlag: { out: '1', in: '1' } })).success).toBe(false)
  })
})

describe('the line', () => {
  const broken: readonly (readonly [string, Response, string])[] = [
    ['closed without an answer', 'close', 'spdb.no_answer'],
    ['HTTP 500', { status: 500 }, 'spdb.http_status'],
    ['an answer that was cut', { cut: SIGNED.subarray(0, 80) }, 'spdb.no_answer'],
    ['half of an answer', SIGNED.subarray(0, 100), 'spdb.undecodable'],
    ['nothing', Buffer.alloc(0), 'spdb.undecodable'],
    ['an answer in UTF-16', Buffer.from(SIGNED.toString('latin1'), 'utf16le'), 'spdb.undecodable'],
    ['no signature', packet('', ''), 'spdb.undecodable'],
    ['words before the packet', Buffer.concat([Buffer.from('error '), SIGNED]), 'spdb.undecodable'],
    ['another packetID', packet('<packetID>9</packetID>', '<signature>UkVQTFk=</signature>'), 'spdb.wrong_serial'],
    [
      'another transCode',
      packet('<transCode>4401</transCode>', '<signature>UkVQTFk=</signature>'),
      'spdb.wrong_serial',
    ],
  ]
  test.each(broken)('%s: a payment is uncertain, a question teaches nothing', async (_, response, code) => {
    const gateway = await gatewayOn(goldenReply, {}, () => response)
    expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code })
    expect((await gateway.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable', code })
    await expect(gateway.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
  })

  const unsigned: readonly (readonly [string, Response])[] = [
    ['closed', 'close'],
    ['HTTP 500', { status: 500 }],
    ['a result that is not 0', page('-1', '')],
    ['no <sign>', page('0', '')],
    ['a <sign> that is no Base64', page('0', '<sign>否</sign>')],
    ['no page', Buffer.from('x')],
  ]
  test.each(unsigned)('a sign server that answers a signing with %s: nothing was sent', async (_, response) => {
    const gateway = await onServers(
      () => response,
      () => SIGNED,
    )
    expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'unsent', code: 'spdb.not_signed' })
    expect(seenBy('gateway')).toEqual([])
  })

  test.each(unsigned)(
    'a sign server that answers a verification with %s: the payment is uncertain',
    async (_, response) => {
      const good = signServer(() => goldenReply('8801'))
      const gateway = await onServers(
        (bytes, count) => (isVerify(bytes) ? response : good(bytes, count)),
        () => SIGNED,
      )
      expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code: 'spdb.not_verified' })
    },
  )

  test('where nobody listens nothing was sent, and behind a message without an answer nothing more is', async () => {
    const gateway = await gatewayOn(goldenReply, { gatewayUrl: `http://127.0.0.1:${await deadPort()}/` })
    expect(await gateway.send([outside, inside], NEVER)).toMatchObject([
      { kind: 'unsent', code: 'spdb.unreachable' },
      { kind: 'unsent', code: 'spdb.halted' },
    ])
    const silent = await gatewayOn(goldenReply, {}, () => 'close')
    expect(await silent.send([outside, inside], NEVER)).toMatchObject([{ kind: 'uncertain' }, { kind: 'unsent' }])
    expect(seenBy('gateway').length).toBe(1)
  })
})

describe('statement', () => {
  const RANGE = { from: '2026-02-27', to: '2026-03-01' }
  test.each([
    ['no amount', '<transAmount>1.05<', '<transAmount><', 'spdb.row'],
    ['a negative amount', '<transAmount>1.05<', '<transAmount>-1.05<', 'spdb.row'],
    ['a side that the site does not know', '<debitFlag>D<', '<debitFlag>0<', 'spdb.row'],
    ['no day', '<transDate>20260227<', '<transDate>20260231<', 'spdb.row'],
    ['a day that was not asked for', '<transDate>20260227<', '<transDate>20260226<', 'spdb.row'],
    ['another account', `<acctNo>${PAYER}<`, '<acctNo>97990078801300000003<', 'spdb.wrong_item'],
  ])('a row or page with %s is refused by name', async (_, from, to, code) => {
    const text = iconv.decode(goldenReply('8924'), 'gbk').replace(from, to)
    const gateway = await gatewayOn(() => iconv.encode(text, 'gbk'))
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code })
  })

  test('rows that stop while the count says that there are more are a Fault, never an end', async () => {
    const gateway = await gatewayOn(saying(`<totalNumber>25</totalNumber><acctNo>${PAYER}</acctNo>`))
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code: 'spdb.paging' })
  })

  test.each(['x', '2026-02-27:2026-03-01:0', '2026-02-26:2026-03-01:1', '2026-02-30:2026-03-01:1'])(
    'the cursor %s is not of this range',
    async cursor => {
      const gateway = await gatewayOn(goldenReply)
      await expect(gateway.statement(PAYER, RANGE, cursor, NEVER)).rejects.toMatchObject({ code: 'spdb.cursor' })
      expect(seenBy('gateway')).toEqual([])
    },
  )
})

describe('what may leave', () => {
  const code = (instruction: Instruction, by = config): string | undefined => instructionProblem(instruction, by)?.code

  test('an amount leaves exact, with two decimals, or not at all', () => {
    assert(
      property(bigInt({ min: 1n, max: 999_999_999_999_999n }), minor => {
        const one = { ...outside, amount: { minor, currency: 'CNY' } }
        expect(instructionProblem(one, config)).toBeNull()
        for (const fields of [singleFields(one, config), packageFields([one, one], packageConfig)]) {
          const amount = /<amount>(\d{1,13}\.\d\d)</.exec(fields.join(''))?.[1] ?? ''
          expect(BigInt(amount.replace('.', ''))).toBe(minor)
        }
        const total = /<totalAmount>(\d+\.\d\d)</.exec(packageFields([one, one], packageConfig).join(''))?.[1] ?? ''
        expect(BigInt(total.replace('.', ''))).toBe(minor * 2n)
      }),
    )
    for (const minor of [0n, -1n, 1_000_000_000_000_000n])
      expect(code({ ...outside, amount: { minor, currency: 'CNY' } })).toBe('spdb.amount')
    expect(code({ ...outside, amount: { minor: 1n, currency: 'USD' } })).toBe('spdb.currency')
  })

  test('names and accounts leave whole within their bytes, or not at all', () => {
    expect(code(withPayee({ name: '名'.repeat(30) }))).toBeUndefined()
    expect(code(withPayee({ name: `${'名'.repeat(30)}a` }))).toBe('spdb.payee_name')
    expect(code({ ...outside, payer: { ...outside.payer, name: '' } })).toBe('spdb.payer_name')
    expect(instructionProblem(withPayee({ name: '名𠮷' }), config)?.reason).toContain('「𠮷」')
    expect(code(withPayee({ name: '名\u0001' }))).toBe('spdb.text')
    expect(code({ ...outside, purpose: '货款😀' })).toBe('spdb.text')
    for (const account of ['1'.repeat(33), '', '62 22', '６２'])
      expect(code(withPayee({ account }))).toBe('spdb.payee_account')
    expect(code({ ...outside, reference: 'P'.repeat(21) })).toBe('spdb.reference')
    expect(code({ ...outside, payer: { ...outside.payer, account: '97990078801300000003' } })).toBe(
      'spdb.unknown_account',
    )
    expect(code(withPayee({ bankCode: '' }))).toBe('spdb.payee_bank_code')
    expect(code(withPayee({ bankName: '' }))).toBe('spdb.payee_bank_name')
    expect(code({ ...inside, purpose: '' })).toBe('spdb.purpose')
  })

  test('the note leaves within its bytes as a beginning of what was asked', () => {
    const words = string({ unit: constantFrom('货', 'A', ' ', '\n', '\u0000'), maxLength: 90 })
    assert(
      property(words, words, (purpose, postscript) => {
        const note =
          /<note>([^<]*)</.exec(singleFields({ ...outside, purpose, postscript }, config).join(''))?.[1] ?? ''
        expect(iconv.encode(note, 'gbk').length).toBeLessThanOrEqual(60)
        // oxlint-disable-next-line no-control-regex -- a control that an ERP may hold
        const plain = `${purpose} ${postscript}`.replace(/[\u0000\s]+/g, ' ').trim()
        expect(plain.startsWith(note)).toBe(true)
      }),
    )
  })

  test('the same reference twice, two packages in one, and more than the site allows are not sent at all', async () => {
    const twoPackages = { ...inside, batch: { reference: 'B2026010200000009', line: 2 } }
    for (const [batch, over] of [
      [[outside, { ...outside }], {}],
      [[outside, twoPackages], { payment: '8800' }],
      [[outside, inside], { payment: '8800', batchMax: 1 }],
    ] as const) {
      const gateway = await gatewayOn(goldenReply, over)
      expect((await gateway.send(batch, NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
      expect(seenBy('gateway')).toEqual([])
    }
  })
})
