// The CMBC gateway against messages composed by hand from the reference, NS-BDES and open platform: what leaves, byte for byte, what
// the answers are taken to say at every level, and what a broken line is taken for.

import { assert, bigInt, constantFrom, property, string } from 'fast-check'
import iconv from 'iconv-lite'
import { HEADER_CODES, STATUS_CODES, TRANS_STATUSES } from '../../bank-gateways/cmbc/codes'
import { instructionProblem, openFields, referenceIn, xferBody } from '../../bank-gateways/cmbc/codec-payment'
import { cmbcConfig, type CmbcConfig } from '../../bank-gateways/cmbc/config'
import { createCmbcGateway } from '../../bank-gateways/cmbc/gateway'
import type { BankGateway, Instruction, Party, StatementLine } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import { clockAt, deadPort, golden, MORNING_MS, NEVER, payment, startHttp, type FrontEnd } from './byte-front-end'
import type { Respond, Response } from './byte-front-end'

const PAYER = '600000000000000001'
const SECRETS = ['Zx-0secret', 'OPEN-0secret']
const DETAIL = {
  typeCode: '0',
  serial: 'no',
  date: 'day',
  time: 'time',
  amount: 'amt',
  side: 'flag',
  out: 'D',
  in: 'C',
  balance: 'bal',
  counterAccount: 'oacc',
  counterName: 'oname',
  counterBank: 'obank',
  purpose: 'exp',
  text: 'note',
}
const NS = {
  kind: 'ns-bdes',
  endpoint: 'http://127.0.0.1:8080/',
  clientId: '2200000001',
  userId: 'OPR01',
  userPassword: SECRETS[0],
  routes: { ordinary: '2', urgent: '5' },
  accounts: { [PAYER]: { currency: 'CNY', city: '北京市' } },
  balance: { row: 'acntInfo', account: 'acntNo', current: 'bal', available: 'avail' },
  detail: DETAIL,
}
const OPEN = {
  kind: 'open',
  endpoint: 'http://127.0.0.1:8080/',
  okReturnCode: '0000',
  accounts: { [PAYER]: { currency: 'CNY', openId: SECRETS[1] } },
  routes: { own: '0', ordinary: '2', urgent: '5' },
  balance: { method: 'account.balance', version: 'V1.0', current: 'bal', available: 'avail' },
}
const settings = (protocol: object, over: object = {}): object => ({ protocol, answerTimeoutMs: 5000, ...over })
const ns = cmbcConfig.parse(settings(NS))
const open = cmbcConfig.parse(settings(OPEN))

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

function gatewayOf(parsed: CmbcConfig): BankGateway {
  return createCmbcGateway(parsed, { clock: clockAt(MORNING_MS), name: 'cmbc', sequence: () => '000000000007' })
}

async function gatewayOn(respond: Respond, protocol: object = NS, over: object = {}): Promise<BankGateway> {
  await frontEnd?.close()
  frontEnd = await startHttp(respond)
  return gatewayOf(cmbcConfig.parse(settings({ ...protocol, endpoint: frontEnd.url }, over)))
}

/** trnCode, or the last words of the method. */
function functionOf(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return /trnCode="(\w+)"/.exec(text)?.[1]?.toLowerCase() ?? /"method":"[\w.]*?\.(\w+)",/.exec(text)?.[1] ?? ''
}

/** Answers each function with its golden reply. */
const byFunction: Respond = bytes => golden('cmbc', `${functionOf(bytes)}.reply.${bytes[0] === 0x7b ? 'json' : 'xml'}`)

function goldenReply(name: string, change: (text: string) => string): Buffer {
  if (name.endsWith('json')) return Buffer.from(change(golden('cmbc', name).toString('utf8')))
  return iconv.encode(change(iconv.decode(golden('cmbc', name), 'gbk')), 'gbk')
}

/** An NS-BDES answer that repeats nothing. */
const answering = (code: string, body = '', message = ''): Respond => {
  const status = `<status><code>${code}</code><severity>info</severity><message>${message}</message></status>`
  return () =>
    iconv.encode(`<CMBC><responseHeader>${status}</responseHeader><xDataBody>${body}</xDataBody></CMBC>`, 'gbk')
}

const busi = (fields: object): Respond => {
  const text = JSON.stringify({ return_code: '0000', return_msg: '', response_busi: fields })
  return () => Buffer.from(text)
}
const S = { resp_status: 'S', resp_code: 'AAAAAAA' }

const outside = payment(PAYER, { payee: { ...payment(PAYER).payee, bankName: '工商银行', city: '上海市' } })
const inside = payment(PAYER, {
  reference: 'P2026010200000002',
  batch: { reference: 'P2026010200000002', line: 1 },
  payee: {
    ...outside.payee,
    account: '600000000000000009',
    name: '张三',
    bankName: '民生银行北京分行',
    bankCode: '305100000013',
    kind: 'P',
    city: '北京',
  },
  amount: { minor: 999_999_999_999_999n, currency: 'CNY' },
  purpose: '报销',
  postscript: 'A&B',
})
const withPayee = (over: Partial<Party>): Instruction => ({ ...outside, payee: { ...outside.payee, ...over } })

function expectSent(index: number, name: string): void {
  const bytes = frontEnd?.seen[index]?.bytes ?? Buffer.alloc(0)
  const encoding = name.endsWith('json') || name.includes('utf8') ? 'utf8' : 'gbk'
  expect(iconv.decode(bytes, encoding)).toBe(iconv.decode(golden('cmbc', name), encoding))
  expect(bytes.equals(golden('cmbc', name))).toBe(true)
}

const LINES: readonly Partial<StatementLine>[] = [
  {
    bookedOn: '2026-02-27',
    bookedTime: '10:15:00',
    amount: { minor: -105n, currency: 'CNY' },
    balanceAfter: { minor: 99_895n, currency: 'CNY' },
    counterAccount: '6222000000000001',
    counterName: '收款公司',
    counterBank: '工商银行',
    reference: 'P2026010200000001',
    bankSerial: 'T1',
    isReversal: false,
  },
  {
    bookedOn: '2026-02-28',
    bookedTime: '09:01:02',
    amount: { minor: 105n, currency: 'CNY' },
    balanceAfter: { minor: 100_000n, currency: 'CNY' },
    reference: 'P2026010200000001',
    bankSerial: 'T2',
    isReversal: true,
  },
]
const RANGE = { from: '2026-02-27', to: '2026-02-28' }

describe('NS-BDES messages', () => {
  test('Xfer leaves byte for byte, to another bank and inside CMBC; 0 is taken, no more', async () => {
    const gateway = await gatewayOn(byFunction)
    const [first, second] = await gateway.send([outside, inside], NEVER)
    expectSent(0, 'xfer.request.xml')
    expectSent(1, 'xfer-own.request.xml')
    expect(frontEnd?.seen[0]).toMatchObject({ method: 'POST', contentType: 'application/x-NS-BDES' })
    expect(first).toEqual({
      kind: 'accepted',
      echo: {
        reference: 'P2026010200000001',
        amount: null,
        payeeAccount: null,
        bankSerial: 'SV0001',
        code: '0',
        text: '成功 / ok',
      },
    })
    // The answer to the second repeats the first's insId.
    expect(second).toMatchObject({ kind: 'uncertain', code: 'cmbc.wrong_serial' })
  })

  test('in UTF-8 prolog, bytes and content type say so', async () => {
    const gateway = await gatewayOn(byFunction, { ...NS, encoding: 'utf-8' })
    expect((await gateway.send([outside], NEVER))[0]?.kind).toBe('accepted')
    expectSent(0, 'xfer-utf8.request.xml')
    expect(frontEnd?.seen[0]?.contentType).toBe('application/x-NS-BDES; charset=utf-8')
  })

  test('qryXfer leaves byte for byte under a trnId of its own, and statusCode 0 is paid', async () => {
    const gateway = await gatewayOn(byFunction)
    expect(await gateway.inquire([outside], NEVER)).toMatchObject([
      { kind: 'settled', echo: { reference: 'P2026010200000001', bankSerial: 'SV0001', code: 'statusCode0' } },
    ])
    expectSent(0, 'qryxfer.request.xml')
  })

  test('qryBal and qryDtl leave byte for byte; their rows are read by the names that the site gives', async () => {
    const gateway = await gatewayOn(byFunction)
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01T09:30:00',
      current: { minor: 100_010n, currency: 'CNY' },
      available: { minor: 90_000n, currency: 'CNY' },
      frozen: null,
      previousDay: null,
    })
    expectSent(0, 'qrybal.request.xml')
    const page = await gateway.statement(PAYER, RANGE, null, NEVER)
    expectSent(1, 'qrydtl.request.xml')
    expect(page.items).toMatchObject(LINES)
    expect(page.items.map(({ bankId }) => bankId)).toEqual(['20260227-T1---105', '20260228-T2--105'])
    // How many there are nobody says: the walk ends with a page that has none.
    expect(page.next).toMatch(/^2026-02-27:2026-02-28:3:/)
    expect('receipt' in gateway).toBe(false)
  })

  test('without the names of its answers neither is asked', async () => {
    const gateway = await gatewayOn(byFunction, { ...NS, balance: null, detail: null })
    await expect(gateway.balance(PAYER, NEVER)).rejects.toMatchObject({ code: 'cmbc.not_configured' })
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code: 'cmbc.not_configured' })
    expect(frontEnd?.seen).toEqual([])
  })
})

describe('open platform messages', () => {
  test('a payment leaves byte for byte: is_cross 0 is another bank; persons have a method of their own', async () => {
    const gateway = await gatewayOn(() => golden('cmbc', 'ent_single_order.reply.json'), OPEN)
    const [first] = await gateway.send([outside, inside], NEVER)
    expectSent(0, 'ent_single_order.request.json')
    expectSent(1, 'reimburse_single.request.json')
    expect(first).toMatchObject({ kind: 'accepted', echo: { bankSerial: 'CM0001', code: 'AAAAAAA' } })
  })

  test('a question leaves byte for byte by the method of the payment, and trans_status 3 is paid', async () => {
    const gateway = await gatewayOn(() => golden('cmbc', 'ent_single_order_qry.reply.json'), OPEN)
    const asked = await gateway.inquire([outside, inside], NEVER)
    expectSent(0, 'ent_single_order_qry.request.json')
    expectSent(1, 'reimburse_single_query.request.json')
    expect(asked[0]).toMatchObject({ kind: 'settled', echo: { bankSerial: 'CM0001', code: 'trans_status3' } })
  })

  test('detail leaves byte for byte; amounts are exact though they are numbers; response_busi may be text', async () => {
    const asText: Respond = () => {
      const whole: unknown = JSON.parse(golden('cmbc', 'detail_query.reply.json').toString('utf8'))
      const inner = /"response_busi":(\{.*\})\}$/.exec(golden('cmbc', 'detail_query.reply.json').toString('utf8'))?.[1]
      return Buffer.from(JSON.stringify({ ...(whole as object), response_busi: inner }))
    }
    for (const respond of [byFunction, asText]) {
      const gateway = await gatewayOn(respond, OPEN)
      const page = await gateway.statement(PAYER, RANGE, null, NEVER)
      expectSent(0, 'detail_query.request.json')
      expect(page).toMatchObject({ next: null, items: LINES })
      expect(page.items[0]).toMatchObject({
        valueOn: '2026-02-27',
        receiptKey: 'T1|20260227',
        bankId: '20260227-T1-1--105',
      })
    }
  })

  test('a receipt leaves byte for byte, and is a whole PDF or OFD, or is refused, or is not there yet', async () => {
    const line = (await (await gatewayOn(byFunction, OPEN)).statement(PAYER, RANGE, null, NEVER)).items[0]
    if (!line) throw new Error('no line')
    const ofContent = (bytes: Buffer | string, type = 'PDF'): Respond =>
      busi({ file_content: Buffer.from(bytes).toString('base64'), file_name: 'a.pdf', file_type: type })
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n')
    const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(40, 1), Buffer.from('PK\u0005\u0006')])
    for (const [bytes, mediaType] of [
      [pdf, 'application/pdf'],
      [zip, 'application/ofd'],
    ] as const) {
      const gateway = await gatewayOn(ofContent(bytes), OPEN)
      const receipt = await gateway.receipt?.(PAYER, line, NEVER)
      expectSent(0, 'electnote_download_new.request.json')
      expect(receipt).toMatchObject({ receiptNo: 'T1', mediaType })
      expect(Buffer.from(receipt?.bytes ?? []).equals(bytes)).toBe(true)
    }
    for (const bytes of [pdf.subarray(0, 20), 'hello', zip.subarray(0, 20)]) {
      const gateway = await gatewayOn(ofContent(bytes), OPEN)
      await expect(gateway.receipt?.(PAYER, line, NEVER)).rejects.toMatchObject({ code: 'cmbc.receipt' })
    }
    const none = await gatewayOn(busi({ file_content: '' }), OPEN)
    expect(await none.receipt?.(PAYER, line, NEVER)).toBeNull()
    await expect(none.receipt?.('600000000000000003', line, NEVER)).rejects.toMatchObject({
      code: 'cmbc.unknown_account',
    })
  })

  test('a balance is asked by the method and read by the keys that the site gives', async () => {
    const gateway = await gatewayOn(busi({ bal: '1000.10', avail: '900.00' }), OPEN)
    expect(await gateway.balance(PAYER, NEVER)).toMatchObject({
      current: { minor: 100_010n },
      available: { minor: 90_000n },
    })
    const none = await gatewayOn(busi({}), { ...OPEN, balance: null })
    await expect(none.balance(PAYER, NEVER)).rejects.toMatchObject({ code: 'cmbc.not_configured' })
    for (const [fields, code] of [
      [{ avail: '1.00' }, 'cmbc.row'],
      [{ bal: '1.005' }, 'cmbc.row'],
      [{ bal: '1.00', acct_no: '600000000000000002' }, 'cmbc.wrong_item'],
    ] as const)
      await expect((await gatewayOn(busi(fields), OPEN)).balance(PAYER, NEVER)).rejects.toMatchObject({ code })
  })
})

const HEADER_KINDS: Readonly<Record<string, readonly [send: string, inquiry: string]>> = {
  // An inquiry under 0 is what its statusCode says.
  '0': ['accepted', 'unavailable'],
  WYHL01: ['accepted', 'accepted'],
  W6191: ['uncertain', 'unavailable'],
  W3317: ['uncertain', 'unavailable'],
  E1602: ['uncertain', 'absent'],
}
const STATUS_KINDS: Readonly<Record<string, string>> = { '0': 'settled', '2': 'refused', '3': 'unavailable' }
const TRANS_KINDS: Readonly<Record<string, string>> = {
  '1': 'accepted',
  '2': 'refused',
  '3': 'settled',
  '4': 'accepted',
  '5': 'refused',
}

describe('what an answer says of a payment', () => {
  const sent = async (respond: Respond, protocol: object = NS, over: object = {}): Promise<unknown> =>
    (await (await gatewayOn(respond, protocol, over)).send([outside], NEVER))[0]
  const asked = async (respond: Respond, protocol: object = NS, over: object = {}): Promise<unknown> =>
    (await (await gatewayOn(respond, protocol, over)).inquire([outside], NEVER))[0]

  test('every header code of the reference, and what is none', async () => {
    expect(Object.keys(HEADER_CODES).sort()).toEqual(Object.keys(HEADER_KINDS).sort())
    const unlisted = ['1', '00', 'W0001', 'E9999', 'AAAAAAA'].map(code => [code, ['uncertain', 'unavailable']] as const)
    for (const [code, [send, inquiry]] of [...Object.entries(HEADER_KINDS), ...unlisted]) {
      expect([code, await sent(answering(code))]).toMatchObject([code, { kind: send }])
      expect([code, await asked(answering(code))]).toMatchObject([code, { kind: inquiry }])
    }
  })

  test('every statusCode: 0, 2 and 3 are named, another digit is in process, anything else is nothing', async () => {
    expect(Object.keys(STATUS_CODES).sort()).toEqual(Object.keys(STATUS_KINDS).sort())
    const others = ['1', '4', '5', '9'].map(code => [code, 'accepted'] as const)
    const strange = ['', '00', '-1', 'S', 'SUCCESS', '10'].map(code => [code, 'unavailable'] as const)
    for (const [code, kind] of [...Object.entries(STATUS_KINDS), ...others, ...strange]) {
      const answer = answering('0', `<statusCode>${code}</statusCode>`)
      expect([code, await asked(answer)]).toMatchObject([code, { kind }])
    }
  })

  test('a status beside a submission ends nothing, and one that speaks against it is uncertain', async () => {
    const kinds = { '0': 'accepted', '1': 'accepted', '2': 'uncertain', '3': 'uncertain', X: 'uncertain' }
    for (const [code, kind] of Object.entries(kinds))
      expect([code, await sent(answering('0', `<statusCode>${code}</statusCode>`))]).toMatchObject([code, { kind }])
  })

  test('every trans_status of the reference, and what is none', async () => {
    expect(Object.keys(TRANS_STATUSES).sort()).toEqual(Object.keys(TRANS_KINDS).sort())
    const strange = ['', '0', '6', '33', 'S'].map(code => [code, 'unavailable'] as const)
    for (const [code, kind] of [...Object.entries(TRANS_KINDS), ...strange])
      expect([code, await asked(busi({ ...S, trans_status: code }), OPEN)]).toMatchObject([code, { kind }])
  })

  test('without resp_status S and AAAAAAA the open platform says nothing, whatever trans_status is', async () => {
    const done = { trans_status: '3' }
    const answers: readonly (readonly [string, Respond])[] = [
      ['resp_status E', busi({ ...done, resp_status: 'E', resp_code: 'AAAAAAA' })],
      ['resp_status missing', busi({ ...done, resp_code: 'AAAAAAA' })],
      ['another resp_code', busi({ ...done, ...S, resp_code: 'BBBBBBB' })],
      ['a code of the other protocol', busi({ ...done, ...S, resp_code: '0' })],
      ['no resp_code', busi({ ...done, resp_status: 'S' })],
      [
        'another return_code',
        () => Buffer.from(JSON.stringify({ return_code: '0', response_busi: { ...S, ...done } })),
      ],
      ['no return_code', () => Buffer.from(JSON.stringify({ response_busi: { ...S, ...done } }))],
      ['no response_busi', () => Buffer.from('{"return_code":"0000"}')],
      ['a response_busi that is no JSON', () => Buffer.from('{"return_code":"0000","response_busi":"{"}')],
    ]
    for (const [name, respond] of answers) {
      expect([name, await sent(respond, OPEN)]).toMatchObject([name, { kind: 'uncertain' }])
      expect([name, await asked(respond, OPEN)]).toMatchObject([name, { kind: 'unavailable' }])
    }
  })

  test('a site says what a code of its manual means; a built-in outcome it cannot change', async () => {
    const codes = [
      { code: 'W6191', level: 'submit', outcome: 'refused', meaning: '失败' },
      { code: 'W6191', level: 'inquiry', outcome: 'refused', meaning: '失败' },
      { code: 'E0001', level: 'submit', outcome: 'unsent', meaning: '未签到' },
      { code: 'E0002', level: 'inquiry', outcome: 'absent', meaning: '查无' },
      { code: 'RC1001', level: 'submit', outcome: 'unsent', meaning: '签名服务未发出' },
      { code: '7', level: 'status', outcome: 'refused', meaning: '撤销' },
    ]
    expect(await sent(answering('W6191'), NS, { codes })).toMatchObject({ kind: 'refused' })
    expect(await asked(answering('W6191'), NS, { codes })).toMatchObject({ kind: 'refused' })
    expect(await sent(answering('E0001'), NS, { codes })).toMatchObject({ kind: 'unsent' })
    expect(await asked(answering('E0002'), NS, { codes })).toMatchObject({ kind: 'absent' })
    expect(await asked(answering('0', '<statusCode>7</statusCode>'), NS, { codes })).toMatchObject({ kind: 'refused' })
    const refusedByService: Respond = () => Buffer.from('{"return_code":"1001","return_msg":"签名失败"}')
    expect(await sent(refusedByService, OPEN, { codes })).toMatchObject({ kind: 'unsent', code: 'RC1001' })
    for (const [code, level, outcome] of [
      ['0', 'submit', 'refused'],
      ['W3317', 'submit', 'refused'],
      ['E1602', 'inquiry', 'refused'],
      ['AAAAAAA', 'submit', 'refused'],
      ['3', 'status', 'refused'],
      ['E0001', 'statement', 'refused'],
    ])
      expect(cmbcConfig.safeParse(settings(NS, { codes: [{ code, level, outcome, meaning: 'x' }] })).success).toBe(
        false,
      )
  })

  test('an answer that repeats another number is not used, of a refusal neither', async () => {
    for (const body of ['<trnId>000000000008</trnId>', '<insId>P2026010200000009</insId>']) {
      const status = '<statusCode>2</statusCode>'
      expect(await sent(answering('0', body))).toMatchObject({ kind: 'uncertain', code: 'cmbc.wrong_serial' })
      expect(await asked(answering('0', body + status))).toMatchObject({
        kind: 'unavailable',
        code: 'cmbc.wrong_serial',
      })
    }
    for (const name of ['req_seq', 'org_req_seq', 'acct_no']) {
      const answer = busi({ ...S, trans_status: '5', [name]: '9' })
      expect(await sent(answer, OPEN)).toMatchObject({ kind: 'uncertain', code: 'cmbc.wrong_item' })
      expect(await asked(answer, OPEN)).toMatchObject({ kind: 'unavailable', code: 'cmbc.wrong_item' })
    }
  })

  test('where the site requires the serials, a good answer without them is not used', async () => {
    const strict = { ...NS, replySerial: 'required' }
    expect(await sent(answering('0'), strict)).toMatchObject({ kind: 'uncertain', code: 'cmbc.wrong_serial' })
    expect(await sent(byFunction, strict)).toMatchObject({ kind: 'accepted' })
    expect(await asked(answering('E1602'), strict)).toMatchObject({ kind: 'absent' })
  })
})

describe('the line', () => {
  const GOOD = golden('cmbc', 'xfer.reply.xml')
  const lines: readonly (readonly [string, Response, string])[] = [
    ['closed without an answer', 'close', 'cmbc.no_answer'],
    ['HTTP 500', { status: 500 }, 'cmbc.no_answer'],
    ['an answer that was cut', { cut: GOOD.subarray(0, 80) }, 'cmbc.no_answer'],
    ['half of an answer', GOOD.subarray(0, 300), 'cmbc.undecodable'],
    ['nothing', Buffer.alloc(0), 'cmbc.undecodable'],
    ['an answer in UTF-16', Buffer.from(iconv.decode(GOOD, 'gbk'), 'utf16le'), 'cmbc.undecodable'],
    ['another document', Buffer.from('<ap/>'), 'cmbc.undecodable'],
    ['no code', Buffer.from('<CMBC/>'), 'cmbc.undecodable'],
    [
      'another function',
      goldenReply('xfer.reply.xml', text => text.replace('"Xfer"', '"qryBatchXfer"')),
      'cmbc.wrong_serial',
    ],
    ['another trnId', goldenReply('xfer.reply.xml', text => text.replace('00007<', '00009<')), 'cmbc.wrong_serial'],
  ]
  test.each(lines)('%s: a payment is uncertain, a question teaches nothing', async (_, response, code) => {
    const gateway = await gatewayOn(() => response)
    expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code })
    expect((await gateway.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable' })
    await expect(gateway.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
    const overJson = await gatewayOn(() => (Buffer.isBuffer(response) ? Buffer.from('{"return_') : response), OPEN)
    expect((await overJson.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain' })
    expect((await overJson.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable' })
    await expect(overJson.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
  })

  test('where nobody listens nothing was sent, and no word of it holds a secret', async () => {
    const endpoint = `http://127.0.0.1:${await deadPort()}/`
    for (const protocol of [NS, OPEN]) {
      const gateway = gatewayOf(cmbcConfig.parse(settings({ ...protocol, endpoint })))
      const outcomes = await gateway.send([outside, inside], NEVER)
      expect(outcomes).toMatchObject([
        { kind: 'unsent', code: 'cmbc.unreachable' },
        { kind: 'unsent', code: 'cmbc.halted' },
      ])
      for (const secret of SECRETS) expect(JSON.stringify(outcomes)).not.toContain(secret)
    }
  })

  test('behind a message that got no answer nothing more is sent or asked', async () => {
    const gateway = await gatewayOn(() => 'close')
    expect(await gateway.send([outside, inside], NEVER)).toMatchObject([
      { kind: 'uncertain', code: 'cmbc.no_answer' },
      { kind: 'unsent', code: 'cmbc.halted' },
    ])
    expect(frontEnd?.seen.length).toBe(1)
    expect(await gateway.inquire([outside, inside], NEVER)).toMatchObject([
      { kind: 'unavailable', code: 'cmbc.no_answer' },
      { kind: 'unavailable', code: 'cmbc.halted' },
    ])
  })

  test('an account number in the bank’s words is not repeated whole', async () => {
    for (const [protocol, respond] of [
      [NS, answering('E0001', '', '账号6222000000000001不存在')],
      [OPEN, busi({ resp_status: 'E', resp_code: 'X', resp_desc: '账号6222000000000001不存在' })],
    ] as const) {
      const said = JSON.stringify(await (await gatewayOn(respond, protocol)).send([outside], NEVER))
      expect(said).toContain('6222****0001')
      expect(said).not.toContain('6222000000000001')
    }
  })
})

describe('statement', () => {
  test.each([
    ['no serial', '<no>T1<', '<no><', 'cmbc.row'],
    ['no amount', '<amt>1.05<', '<amt><', 'cmbc.row'],
    ['an amount of three decimals', '<amt>1.05<', '<amt>1.055<', 'cmbc.row'],
    ['an amount with a sign', '<amt>1.05<', '<amt>-1.05<', 'cmbc.row'],
    ['an unreadable balance', '<bal>998.95<', '<bal>998,95<', 'cmbc.row'],
    ['a side in no setting', '<flag>D<', '<flag>X<', 'cmbc.row'],
    ['no day', '<day>2026-02-27<', '<day>2026-02-31<', 'cmbc.row'],
    ['no list', 'dtlList>', 'list>', 'cmbc.missing_item'],
    [
      'two rows under one number',
      /<no>T2<.*?<amt>1.05<\/amt><flag>C</,
      '<no>T1</no><day>2026-02-27</day><time/><amt>1.05</amt><flag>D<',
      'cmbc.row',
    ],
  ])('NS-BDES with %s is refused by name', async (_, from, to, code) => {
    const gateway = await gatewayOn(() =>
      goldenReply('qrydtl.reply.xml', text => text.replaceAll(new RegExp(from, 'g'), to)),
    )
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code })
  })

  test.each([
    ['no serial', '"trans_seq_no":"T1"', '"trans_seq_no":""', 'cmbc.row'],
    ['no side', '"dc_flag":"1"', '"dc_flag":"0"', 'cmbc.row'],
    ['an exponent', '"amount":1.05', '"amount":1.05e2', 'cmbc.row'],
    ['another account', '"acct_no":"600000000000000001"', '"acct_no":"600000000000000002"', 'cmbc.wrong_item'],
    ['another currency', '"currency":"CNY"', '"currency":"USD"', 'cmbc.wrong_item'],
    ['another count', '"item_num":2', '"item_num":3', 'cmbc.row'],
    ['no total', '"total_num":2', '"total_num":""', 'cmbc.row'],
    ['a key twice', '"rec_seq":"1"', '"rec_seq":"1","rec_seq":"2"', 'cmbc.undecodable'],
  ])('the open platform with %s is refused by name', async (_, from, to, code) => {
    const gateway = await gatewayOn(() => goldenReply('detail_query.reply.json', text => text.replace(from, to)), OPEN)
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code })
  })

  test('a row that the bank counts and does not give is a Fault: rows may be numbered from 0', async () => {
    const page = (rows: number): Respond => busi({ item_num: rows, total_num: 3, result_list: [] })
    const gateway = await gatewayOn(page(0), OPEN)
    await expect(gateway.statement(PAYER, RANGE, '2026-02-27:2026-02-28:3:', NEVER)).rejects.toMatchObject({
      code: 'cmbc.paging',
    })
  })

  test('a bank that gives the same page whatever is asked is a Fault, not a walk without end', async () => {
    const gateway = await gatewayOn(byFunction)
    const { next } = await gateway.statement(PAYER, RANGE, null, NEVER)
    await expect(gateway.statement(PAYER, RANGE, next, NEVER)).rejects.toMatchObject({ code: 'cmbc.paging' })
  })

  test('rows outside the days that were asked for belong to another question', async () => {
    const gateway = await gatewayOn(byFunction)
    const { items } = await gateway.statement(PAYER, { from: '2026-02-28', to: '2026-02-28' }, null, NEVER)
    expect(items.map(({ bankSerial }) => bankSerial)).toEqual(['T2'])
  })

  test('today is asked alone, history in parts that do not hold it', async () => {
    const parts: string[] = []
    const gateway = await gatewayOn((bytes, count) => {
      const of = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(bytes.toString('latin1'))?.[1] ?? ''
      parts.push(`${of('dateFrom')}..${of('dateTo')}`)
      return answering('0', '<dtlList/>')(bytes, count)
    })
    let next: string | null = null
    for (let page = 0; page < 10; page += 1) {
      const answer = await gateway.statement(PAYER, { from: '2026-01-05', to: '2026-03-09' }, next, NEVER)
      next = answer.next
      if (next === null) break
    }
    expect(parts).toEqual(['2026-01-05..2026-02-04', '2026-02-05..2026-02-28', '2026-03-01..2026-03-01'])
  })

  test('a payer’s words on our credit line are no reference of ours', async () => {
    const gateway = await gatewayOn(() => goldenReply('qrydtl.reply.xml', text => text.replace('户名不符退汇', '')))
    const { items } = await gateway.statement(PAYER, RANGE, null, NEVER)
    expect(items.map(({ reference, isReversal }) => [reference, isReversal])).toEqual([
      ['P2026010200000001', false],
      ['', false],
    ])
  })

  test.each(['x', '2026-02-27:2026-02-28:0:', '2026-02-26:2026-02-28:1:', '2026-02-30:2026-02-28:1:'])(
    'the cursor %s is not of this range',
    async cursor => {
      const gateway = await gatewayOn(byFunction)
      await expect(gateway.statement(PAYER, RANGE, cursor, NEVER)).rejects.toMatchObject({ code: 'cmbc.cursor' })
      expect(frontEnd?.seen).toEqual([])
    },
  )

  test.each([
    ['another account', '<acntNo>600000000000000001<', '<acntNo>600000000000000002<', 'cmbc.wrong_item'],
    ['no balance', '<bal>1000.10<', '<bal><', 'cmbc.row'],
    ['an unreadable one', '<avail>900.00<', '<avail>900,00<', 'cmbc.row'],
  ])('a balance with %s is refused by name', async (_, from, to, code) => {
    const gateway = await gatewayOn(() => goldenReply('qrybal.reply.xml', text => text.replace(from, to)))
    await expect(gateway.balance(PAYER, NEVER)).rejects.toMatchObject({ code })
  })
})

describe('what may leave', () => {
  const code = (instruction: Instruction, by = ns): string | undefined => instructionProblem(instruction, by)?.code
  const xfer = (instruction: Instruction, by = ns): string => {
    if (by.protocol.kind !== 'ns-bdes') throw new Error('not NS-BDES')
    return xferBody(instruction, by.protocol, by, MORNING_MS).join('')
  }
  const fields = (instruction: Instruction): Readonly<Record<string, string>> => {
    if (open.protocol.kind !== 'open') throw new Error('not the open platform')
    return openFields(instruction, open.protocol, open)
  }

  test('an amount leaves exact, with two decimals, or not at all', () => {
    assert(
      property(bigInt({ min: 1n, max: 999_999_999_999_999n }), minor => {
        const one = { ...outside, amount: { minor, currency: 'CNY' } }
        expect([code(one), code(one, open)]).toEqual([undefined, undefined])
        const texts = [/<amount>([^<]*)</.exec(xfer(one))?.[1] ?? '', fields(one)['trans_amt'] ?? '']
        for (const text of texts) {
          expect(text).toMatch(/^\d{1,13}\.\d\d$/)
          expect(BigInt(text.replace('.', ''))).toBe(minor)
        }
      }),
    )
    for (const minor of [0n, -1n, 1_000_000_000_000_000n])
      expect(code({ ...outside, amount: { minor, currency: 'CNY' } })).toBe('cmbc.amount')
    expect(code({ ...outside, amount: { minor: 1n, currency: 'USD' } })).toBe('cmbc.currency')
  })

  test('names and accounts leave whole within their bytes of the protocol’s charset, or not at all', () => {
    expect(code(withPayee({ name: '名'.repeat(30) }))).toBeUndefined()
    expect(code(withPayee({ name: `${'名'.repeat(30)}a` }))).toBe('cmbc.payee_name')
    expect(code(withPayee({ name: '名'.repeat(30) }), open)).toBeUndefined()
    expect(code(withPayee({ name: `${'名'.repeat(30)}a` }), open)).toBe('cmbc.payee_name')
    expect(code(withPayee({ name: ' ' }))).toBe('cmbc.payee_name')
    for (const name of ['名\u0001', '名𠮷']) expect([name, code(withPayee({ name }))]).toEqual([name, 'cmbc.text'])
    expect(instructionProblem(withPayee({ name: '名𠮷' }), ns)?.reason).toContain('「𠮷」')
    expect(code(withPayee({ name: '名𠮷' }), open)).toBeUndefined()
    expect(code(withPayee({ name: '名\ud800' }), open)).toBe('cmbc.text')
    expect(code({ ...outside, purpose: '货款😀' })).toBe('cmbc.text')
    for (const account of ['1'.repeat(33), '', '62 22', '６２', '62.2'])
      expect(code(withPayee({ account }))).toBe('cmbc.payee_account')
    for (const reference of ['P'.repeat(21), 'P-1', '']) expect(code({ ...outside, reference })).toBe('cmbc.reference')
    expect(code({ ...outside, payer: { ...outside.payer, account: '600000000000000003' } })).toBe(
      'cmbc.unknown_account',
    )
    const sending = cmbcConfig.parse(settings({ ...NS, payerName: 'sent' }))
    expect(code({ ...outside, payer: { ...outside.payer, name: '名'.repeat(31) } }, sending)).toBe('cmbc.payer_name')
    expect(xfer(outside, sending)).toContain('<acntName>付款公司</acntName>')
  })

  test('another bank needs code and name', () => {
    for (const by of [ns, open]) {
      expect(code(withPayee({ bankName: '' }), by)).toBe('cmbc.payee_bank')
      expect(code(withPayee({ bankCode: '' }), by)).toBe('cmbc.payee_bank')
      expect(code(withPayee({ bankCode: '1021' }), by)).toBe('cmbc.payee_bank')
      expect(code({ ...inside, payee: { ...inside.payee, bankCode: '' } }, by)).toBeUndefined()
    }
  })

  test('the route is the site’s; 5 takes at most 50 000, and something else stands in only where it is set', () => {
    const urgent = (minor: bigint): Instruction => ({ ...outside, isUrgent: true, amount: { minor, currency: 'CNY' } })
    const flag = (instruction: Instruction, by = ns): string =>
      /<localFlag>(\d)</.exec(xfer(instruction, by))?.[1] ?? ''
    expect([flag(outside), flag(urgent(5_000_000n))]).toEqual(['2', '5'])
    expect(code(urgent(5_000_001n))).toBe('cmbc.route')
    const large = cmbcConfig.parse(settings({ ...NS, routes: { ordinary: '2', urgent: '5', large: '3' } }))
    expect(flag(urgent(5_000_001n), large)).toBe('3')
    expect(flag(inside)).toBe('0')
    expect(flag({ ...inside, payee: { ...inside.payee, city: '上海' } })).toBe('1')
    expect([fields(outside)['bank_route'], fields(inside)['bank_route']]).toEqual(['2', '0'])
    expect([fields(outside)['is_cross'], fields(inside)['is_cross']]).toEqual(['0', '1'])
  })

  test('one reference twice in a call is not sent', async () => {
    const gateway = await gatewayOn(byFunction)
    expect(await gateway.send([outside, { ...inside, reference: outside.reference }], NEVER)).toMatchObject([
      { kind: 'unsent', code: 'cmbc.duplicate_reference' },
      { kind: 'unsent', code: 'cmbc.duplicate_reference' },
    ])
    expect(frontEnd?.seen).toEqual([])
  })

  test('explain and usage leave within their bytes as a beginning of what was asked, our reference whole behind it', () => {
    const words = string({ unit: constantFrom('货', 'A', ' ', '\n', '&', '|', '\u0000'), maxLength: 90 })
    assert(
      property(words, words, (purpose, postscript) => {
        const one = { ...outside, purpose, postscript }
        const usage = fields(one)['usage'] ?? ''
        expect(Buffer.byteLength(usage)).toBeLessThanOrEqual(90)
        expect(referenceIn(usage)).toBe(outside.reference)
        const explain = (/<explain>([^<]*)</.exec(xfer(one))?.[1] ?? '').replaceAll('&amp;', '&')
        expect(iconv.encode(explain, 'gbk').length).toBeLessThanOrEqual(60)
        expect(referenceIn(explain)).toBe(outside.reference)
      }),
    )
    const bare = cmbcConfig.parse(settings(NS, { referenceInText: false }))
    expect(xfer(outside, bare)).toContain('<explain>货款</explain>')
  })
})

test.each([
  ['no routes', { ...NS, routes: undefined }],
  ['a route that is none', { ...NS, routes: { ordinary: '1', urgent: '5' } }],
  ['one flag for both sides', { ...NS, detail: { ...DETAIL, in: 'D' } }],
  ['an element that is no name', { ...NS, detail: { ...DETAIL, serial: 'a b' } }],
  ['a password in the URL', { ...NS, endpoint: 'http://a:b@127.0.0.1/' }],
  ['no open_id', { ...OPEN, accounts: { [PAYER]: { currency: 'CNY' } } }],
  ['no good return_code', { ...OPEN, okReturnCode: undefined }],
  ['an account in another currency', { ...NS, accounts: { [PAYER]: { currency: 'USD' } } }],
])('a configuration with %s is refused', (_, protocol) => {
  expect(cmbcConfig.safeParse(settings(protocol)).success).toBe(false)
})
