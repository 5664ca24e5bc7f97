// The BCM gateway against messages composed by hand from the reference: what leaves, byte for byte, what the answers are taken to
// say at every level, and what a broken line is taken for.

import { assert, bigInt, constantFrom, property, string } from 'fast-check'
import iconv from 'iconv-lite'
import { LINE_FLAGS, STATS, TRAN_STATUSES } from '../../bank-gateways/bcm/codes'
import { instructionProblem, payrollBody, referenceIn, singleBody } from '../../bank-gateways/bcm/codec-payment'
import { bcmConfig, type BcmConfig } from '../../bank-gateways/bcm/config'
import { createBcmGateway } from '../../bank-gateways/bcm/gateway'
import type { BankGateway, Instruction, Party } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import { clockAt, deadPort, golden, MORNING_MS, NEVER, payment, startHttp, type FrontEnd } from './byte-front-end'
import type { Respond, Response } from './byte-front-end'
import { startFrontEnd } from './tcp-front-end'

const PAYER = '310066000000000000001'
const PAYROLL = { function: '330002', type: '1', busiNo: '0001', cardFlag: '0' }
const SUPER = { function: '210201', superPay: { for: 'urgent', partyIds: { '102': '102100099996' } } }
const settings = (over: object = {}): object => ({
  transport: { kind: 'http', endpoint: 'http://127.0.0.1:8899/' },
  corpNo: '0000012345',
  userNo: '00001',
  payment: { function: '210201' },
  accounts: { [PAYER]: { currency: 'CNY', city: '上海市' } },
  direction: { out: 'D', in: 'C' },
  batchMax: 20,
  answerTimeoutMs: 5000,
  ...over,
})
const config = bcmConfig.parse(settings())

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

function gatewayOf(parsed: BcmConfig): BankGateway {
  return createBcmGateway(parsed, { clock: clockAt(MORNING_MS), name: 'bcm', sequence: () => '000000000007' })
}

async function gatewayOn(respond: Respond, over: object = {}): Promise<BankGateway> {
  await frontEnd?.close()
  frontEnd = await startHttp(respond)
  return gatewayOf(bcmConfig.parse(settings({ transport: { kind: 'http', endpoint: frontEnd.url }, ...over })))
}

const functionOf = (bytes: Buffer): string => /<tr_code>(\d+)</.exec(bytes.toString('latin1'))?.[1] ?? ''

/** Answers each function with its golden reply. */
const byFunction: Respond = bytes => golden('bcm', `${functionOf(bytes)}.reply.xml`)

function goldenReply(name: string, change: (text: string) => string): Buffer {
  return iconv.encode(change(iconv.decode(golden('bcm', `${name}.reply.xml`), 'gbk')), 'gbk')
}

/** An answer to whatever was asked. */
function answering(body: string, code = '0000', ans = '0', info = ''): Respond {
  return bytes =>
    iconv.encode(
      `<ap><head><tr_code>${functionOf(bytes)}</tr_code><req_no>000000000007</req_no><serial_no>S1</serial_no><ans_code>${ans}</ans_code>` +
        `<particular_code>${code}</particular_code><particular_info>${info}</particular_info></head><body>${body}</body></ap>`,
      'gbk',
    )
}

const outside = payment(PAYER, { payee: { ...payment(PAYER).payee, bankName: '工商银行北京分行', city: '北京市' } })
const inside = payment(PAYER, {
  reference: 'P2026010200000002',
  batch: { reference: 'B2026010200000001', line: 2 },
  payee: {
    ...outside.payee,
    account: '310066000000000000009',
    name: '丙公司',
    bankName: '交通银行上海分行',
    bankCode: '301290000007',
    city: '上海',
  },
  amount: { minor: 99_999_999_999_999n, currency: 'CNY' },
  purpose: '服务费',
  postscript: '第 2 期 A|B',
})
const worker: Instruction = {
  ...outside,
  payee: { ...inside.payee, kind: 'P', account: '6222600000000000001', name: '张三' },
  amount: { minor: 300_000n, currency: 'CNY' },
  purpose: '三月工资',
}
const other: Instruction = {
  ...worker,
  reference: 'P2026010200000002',
  batch: { reference: 'B2026010200000001', line: 2 },
  payee: { ...worker.payee, account: '6222600000000000002', name: '李四' },
  amount: { minor: 500_005n, currency: 'CNY' },
}
const withPayee = (over: Partial<Party>): Instruction => ({ ...outside, payee: { ...outside.payee, ...over } })

function expectSent(index: number, name: string): void {
  const bytes = frontEnd?.seen[index]?.bytes ?? Buffer.alloc(0)
  expect(iconv.decode(bytes, 'gbk')).toBe(iconv.decode(golden('bcm', `${name}.request.xml`), 'gbk'))
  expect(bytes.equals(golden('bcm', `${name}.request.xml`))).toBe(true)
}

const NOTHING = { reference: null, amount: null, payeeAccount: null, bankSerial: '2026030100112233' }

describe('messages', () => {
  test('210201 leaves byte for byte, to another bank and inside BCM; 0000 is taken, no more', async () => {
    const gateway = await gatewayOn(byFunction)
    const [first, second] = await gateway.send([outside, inside], NEVER)
    expectSent(0, '210201')
    expectSent(1, '210201-own')
    expect(frontEnd?.seen[0]).toMatchObject({ method: 'POST', contentType: 'application/x-www-form-urlencoded' })
    const text = '交易成功 / ok: taken, not necessarily paid: 交易成功'
    expect(first).toEqual({ kind: 'accepted', echo: { ...NOTHING, code: '0000', text } })
    expect(second?.kind).toBe('accepted')
  })

  test('over TCP the same bytes stand behind 0 and their length in 7 characters; a header before the answer is cut off', async () => {
    for (const header of ['0999   ', '', 'anything']) {
      const reply = Buffer.concat([Buffer.from(header), golden('bcm', '210201.reply.xml')])
      const tcp = await startFrontEnd(
        bytes => bytes.toString('latin1').endsWith('</ap>'),
        () => reply,
      )
      const transport = { kind: 'tcp', host: '127.0.0.1', port: tcp.port }
      const [sent] = await gatewayOf(bcmConfig.parse(settings({ transport }))).send([outside], NEVER)
      expect(sent?.kind).toBe('accepted')
      const expected = golden('bcm', '210201.request.xml')
      expect(tcp.requests[0]?.subarray(0, 7).toString('latin1')).toBe(`0${expected.length}`.padEnd(7))
      expect(tcp.requests[0]?.subarray(7).equals(expected)).toBe(true)
      expect(tcp.halfClosed).toEqual([false])
      await tcp.close()
    }
  })

  test('over TCP an answer without its end is uncertain', async () => {
    const whole = golden('bcm', '210201.reply.xml')
    for (const cut of [0, 7, whole.length - 1]) {
      const tcp = await startFrontEnd(
        bytes => bytes.toString('latin1').endsWith('</ap>'),
        () => whole.subarray(0, cut),
      )
      const transport = { kind: 'tcp', host: '127.0.0.1', port: tcp.port }
      const [sent] = await gatewayOf(bcmConfig.parse(settings({ transport }))).send([outside], NEVER)
      expect(sent).toMatchObject({ kind: 'uncertain', code: 'bcm.no_answer' })
      await tcp.close()
    }
  })

  test('210224 leaves byte for byte where it may be chosen; 34 is taken', async () => {
    const gateway = await gatewayOn(byFunction, { payment: SUPER })
    const urgent = { ...outside, isUrgent: true }
    expect((await gateway.send([urgent], NEVER))[0]).toMatchObject({ kind: 'accepted', echo: { code: 'tranStatus34' } })
    expectSent(0, '210224')
    const parsed = bcmConfig.parse(settings({ payment: SUPER }))
    const goesSuper = (instruction: Instruction): boolean =>
      singleBody(instruction, parsed).join('').includes('partyid')
    expect(goesSuper({ ...urgent, amount: { minor: 5_000_000n, currency: 'CNY' } })).toBe(true)
    expect(goesSuper({ ...urgent, amount: { minor: 5_000_001n, currency: 'CNY' } })).toBe(false)
    expect(goesSuper({ ...urgent, payee: { ...urgent.payee, bankCode: '103100000026' } })).toBe(false)
    expect(goesSuper({ ...inside, isUrgent: true })).toBe(false)
    expect(goesSuper(outside)).toBe(false)
  })

  test('330002 leaves byte for byte; its lines are found by busino in any order, and F is success', async () => {
    const gateway = await gatewayOn(byFunction, { payment: PAYROLL })
    const [first, second] = await gateway.send([worker, other], NEVER)
    expectSent(0, '330002')
    expect(frontEnd?.seen.length).toBe(1)
    expect(first).toEqual({
      kind: 'accepted',
      echo: {
        reference: 'P2026010200000001',
        amount: { minor: 300_000n, currency: 'CNY' },
        payeeAccount: '6222600000000000001',
        bankSerial: 'FLW001',
        code: 'sucFlgF',
        text: '成功 / succeeded',
      },
    })
    expect(second).toEqual({
      kind: 'refused',
      refusal: { code: 'sucFlgE', text: '失败 / failed', bankSerial: '' },
    })
  })

  test('310204 leaves byte for byte by cert_no, and stat 1 is paid', async () => {
    const gateway = await gatewayOn(byFunction)
    expect(await gateway.inquire([outside], NEVER)).toEqual([
      {
        kind: 'settled',
        echo: {
          reference: 'P2026010200000001',
          amount: { minor: 105n, currency: 'CNY' },
          payeeAccount: '6222000000000001',
          bankSerial: '',
          code: 'stat1',
          text: '成功 / paid',
        },
      },
    ])
    expectSent(0, '310204')
  })

  test('a batch is asked about once, by the number of the batch', async () => {
    const gateway = await gatewayOn(answering('<stat>0</stat>'), { payment: PAYROLL })
    expect((await gateway.inquire([worker, other], NEVER)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
    expectSent(0, '310204-batch')
    expect(frontEnd?.seen.length).toBe(1)
  })

  test('310101 is the balance, at the instant of the answer', async () => {
    const gateway = await gatewayOn(byFunction)
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01T09:30:02',
      current: { minor: 100_010n, currency: 'CNY' },
      available: { minor: 90_000n, currency: 'CNY' },
      frozen: null,
      previousDay: null,
    })
    expectSent(0, '310101')
  })

  test('310301 and 310201 leave byte for byte; money that came back under 退汇 carries our reference', async () => {
    const gateway = await gatewayOn(byFunction)
    const page = await gateway.statement(PAYER, { from: '2026-02-27', to: '2026-03-01' }, null, NEVER)
    expectSent(0, '310301')
    expect(page.next).toBe('2026-03-01')
    const common = {
      valueOn: null,
      counterAccount: '6222000000000001',
      counterName: '收款公司',
      counterBank: '工商银行北京分行',
      purpose: '货款 P2026010200000001',
      reference: 'P2026010200000001',
      type: '转账',
      receiptKey: '',
    }
    expect(page.items).toEqual([
      {
        ...common,
        bankId: '20260227-LS0001-1--105',
        bookedOn: '2026-02-27',
        bookedTime: '10:15:00',
        amount: { minor: -105n, currency: 'CNY' },
        balanceAfter: { minor: 99_895n, currency: 'CNY' },
        text: '',
        bankSerial: 'LS0001',
        isReversal: false,
      },
      {
        ...common,
        bankId: '20260228-LS0002-1-105',
        bookedOn: '2026-02-28',
        bookedTime: '09:01:02',
        amount: { minor: 105n, currency: 'CNY' },
        balanceAfter: { minor: 100_000n, currency: 'CNY' },
        text: '户名不符退汇',
        bankSerial: 'LS0002',
        isReversal: true,
      },
    ])
    const last = await gateway.statement(PAYER, { from: '2026-02-27', to: '2026-03-01' }, page.next, NEVER)
    expect(last).toEqual({ items: [], next: null })
    expectSent(1, '310201')
  })
})

const STAT_KINDS: Readonly<Record<string, string>> = {
  '0': 'accepted',
  '1': 'settled',
  '2': 'refused',
  '3': 'unavailable',
  '4': 'absent',
}
const TRAN_KINDS: Readonly<Record<string, string>> = {
  '20': 'uncertain',
  '21': 'accepted',
  '22': 'refused',
  '34': 'accepted',
}
const FLAG_KINDS: Readonly<Record<string, string>> = { F: 'accepted', E: 'refused', '3': 'uncertain' }
const UNLISTED = ['', '5', '01', 'S', 'f', '1 1', '213']

describe('what an answer says of a payment', () => {
  const sent = async (respond: Respond, over: object = {}, one = outside): Promise<unknown> =>
    (await (await gatewayOn(respond, over)).send([one], NEVER))[0]
  const asked = async (respond: Respond, over: object = {}, one = outside): Promise<unknown> =>
    (await (await gatewayOn(respond, over)).inquire([one], NEVER))[0]
  const line = (flag: string, more = ''): string =>
    `<tran><rcd><busino>P2026010200000001</busino>${more}<sucFlg>${flag}</sucFlg></rcd></tran>`

  test('every stat of the reference, and what is none', async () => {
    expect(Object.keys(STATS).sort()).toEqual(Object.keys(STAT_KINDS).sort())
    for (const [code, kind] of [...Object.entries(STAT_KINDS), ...UNLISTED.map(text => [text, 'unavailable'] as const)])
      expect([code, await asked(answering(`<stat>${code}</stat>`))]).toMatchObject([code, { kind }])
  })

  test('every tranStatus and sucFlg of the reference, and what is none', async () => {
    expect(Object.keys(TRAN_STATUSES).sort()).toEqual(Object.keys(TRAN_KINDS).sort())
    expect(Object.keys(LINE_FLAGS).sort()).toEqual(Object.keys(FLAG_KINDS).sort())
    const urgent = { ...outside, isUrgent: true }
    const unlisted = UNLISTED.map(text => [text, 'uncertain'] as const)
    for (const [code, kind] of [...Object.entries(TRAN_KINDS), ...unlisted]) {
      const answer = answering(`<tranStatus>${code}</tranStatus>`)
      expect([code, await sent(answer, { payment: SUPER }, urgent)]).toMatchObject([code, { kind }])
    }
    for (const [code, kind] of [...Object.entries(FLAG_KINDS), ...unlisted])
      expect([code, await sent(answering(line(code)), { payment: PAYROLL }, worker)]).toMatchObject([code, { kind }])
  })

  test('tranStatus 21 and sucFlg F are paid only where the site says so', async () => {
    const superPay = { ...SUPER.superPay, success: 'settled' }
    const urgent = { ...outside, isUrgent: true }
    const settled = { kind: 'settled' }
    const done = answering('<tranStatus>21</tranStatus>')
    expect(await sent(done, { payment: { ...SUPER, superPay } }, urgent)).toMatchObject(settled)
    const payroll = { ...PAYROLL, lineSuccess: 'settled' }
    expect(await sent(answering(line('F')), { payment: payroll }, worker)).toMatchObject(settled)
  })

  test('every particular_code but 0000, and every ans_code but 0, is uncertain on a payment and no answer to a question', async () => {
    for (const [code, ans] of [
      ['0001', '0'],
      ['9999', '0'],
      ['', '0'],
      ['0000', '1'],
      ['0000', '9999'],
      ['E102', '7'],
    ] as const) {
      const respond = answering('<stat>1</stat><tranStatus>21</tranStatus>', code, ans)
      expect([code, ans, await sent(respond)]).toMatchObject([code, ans, { kind: 'uncertain' }])
      expect([code, ans, await asked(respond)]).toMatchObject([code, ans, { kind: 'unavailable' }])
      expect(await sent(respond, { payment: PAYROLL }, worker)).toMatchObject({ kind: 'uncertain' })
      expect(await sent(respond, { payment: SUPER }, { ...outside, isUrgent: true })).toMatchObject({
        kind: 'uncertain',
      })
    }
  })

  test('a site says what a code of its manual means; a built-in one it cannot change', async () => {
    const codes = [
      { code: 'E102', level: 'submit', outcome: 'refused', meaning: '余额不足' },
      { code: 'E103', level: 'submit', outcome: 'unsent', meaning: '未签到' },
      { code: 'E404', level: 'inquiry', outcome: 'absent', meaning: '无此记录' },
      { code: '5', level: 'stat', outcome: 'refused', meaning: '撤销' },
      { code: '23', level: 'tranStatus', outcome: 'refused', meaning: '撤销' },
      { code: 'E405', level: 'statement', outcome: 'empty', meaning: '无明细' },
    ]
    expect(await sent(answering('', 'E102'), { codes })).toMatchObject({ kind: 'refused', refusal: { code: 'E102' } })
    expect(await sent(answering('', 'E102', '3'), { codes })).toMatchObject({ kind: 'refused' })
    expect(await sent(answering('', 'E103'), { codes })).toMatchObject({ kind: 'unsent' })
    expect(await asked(answering('', 'E404'), { codes })).toMatchObject({ kind: 'absent', code: 'E404' })
    expect(await asked(answering('<stat>5</stat>'), { codes })).toMatchObject({ kind: 'refused' })
    const urgent = { ...outside, isUrgent: true }
    const cancelled = answering('<tranStatus>23</tranStatus>')
    expect(await sent(cancelled, { codes, payment: SUPER }, urgent)).toMatchObject({ kind: 'refused' })
    const gateway = await gatewayOn(answering('', 'E405'), { codes })
    expect((await gateway.statement(PAYER, { from: '2026-02-27', to: '2026-02-28' }, null, NEVER)).items).toEqual([])
    for (const [code, level, outcome] of [
      ['0000', 'submit', 'refused'],
      ['3', 'stat', 'refused'],
      ['20', 'tranStatus', 'accepted'],
      ['E102', 'inquiry', 'refused'],
    ])
      expect(bcmConfig.safeParse(settings({ codes: [{ code, level, outcome, meaning: 'x' }] })).success).toBe(false)
  })

  test('an answer about something else ends nothing', async () => {
    const all: readonly (readonly [string, string, string])[] = [
      ['ogl_serial_no', 'P2026010200000009', 'bcm.wrong_item'],
      ['cert_no', 'P2026010200000009', 'bcm.wrong_item'],
      ['pay_acno', '310066000000000000003', 'bcm.wrong_item'],
      ['amt', '1.06', 'bcm.wrong_item'],
      ['rcv_acno', '6222000000000002', 'bcm.wrong_item'],
      ['amt', '1,05', 'bcm.undecodable'],
    ]
    for (const [name, text, code] of all) {
      const answer = answering(`<stat>2</stat><${name}>${text}</${name}>`)
      expect([name, await asked(answer)]).toMatchObject([name, { kind: 'unavailable', code }])
    }
    const more = '<amt>3000.01</amt>'
    expect(await sent(answering(line('E', more)), { payment: PAYROLL }, worker)).toMatchObject({
      kind: 'uncertain',
      code: 'bcm.wrong_item',
    })
  })

  test('payroll lines that are missing or there twice are uncertain, and the others are judged', async () => {
    const gateway = await gatewayOn(answering(line('F')), { payment: PAYROLL })
    expect(await gateway.send([worker, other], NEVER)).toMatchObject([
      { kind: 'accepted' },
      { kind: 'uncertain', code: 'bcm.missing_item' },
    ])
    const twice = line('F').replace('</tran>', '<rcd><busino>P2026010200000001</busino><sucFlg>E</sucFlg></rcd></tran>')
    expect(await sent(answering(twice), { payment: PAYROLL }, worker)).toMatchObject({
      kind: 'uncertain',
      code: 'bcm.ambiguous_item',
    })
    expect(await sent(answering(''), { payment: PAYROLL }, worker)).toMatchObject({ code: 'bcm.missing_item' })
  })

  test('the state of a batch is no state of a line, unless the site says so', async () => {
    const kinds = { '0': 'accepted', '1': 'accepted', '2': 'unavailable', '3': 'unavailable', '4': 'absent' }
    const everyLine = { ...kinds, '1': 'settled', '2': 'refused' }
    for (const [batchState, expected] of [
      ['of-batch', kinds],
      ['of-every-line', everyLine],
    ] as const) {
      for (const [stat, kind] of Object.entries(expected)) {
        const answer = answering(`<stat>${stat}</stat><amt>8000.05</amt>`)
        const found = await asked(answer, { payment: { ...PAYROLL, batchState } }, worker)
        expect([batchState, stat, found]).toMatchObject([batchState, stat, { kind }])
      }
    }
  })

  test('where one way of paying finds nothing the other is asked before a payment is absent', async () => {
    const gateway = await gatewayOn((bytes, count) => {
      const isBatch = bytes.toString('latin1').includes('<query_flag>3<')
      return answering(`<stat>${isBatch ? '0' : '4'}</stat>`)(bytes, count)
    })
    expect(await gateway.inquire([outside], NEVER)).toMatchObject([{ kind: 'accepted' }])
    expect(frontEnd?.seen.length).toBe(2)
  })
})

describe('the line', () => {
  const GOOD = golden('bcm', '210201.reply.xml')
  const lines: readonly (readonly [string, Response, string])[] = [
    ['closed without an answer', 'close', 'bcm.no_answer'],
    ['HTTP 500', { status: 500 }, 'bcm.no_answer'],
    ['an answer that was cut', { cut: GOOD.subarray(0, 80) }, 'bcm.no_answer'],
    ['half of an answer', GOOD.subarray(0, 300), 'bcm.undecodable'],
    ['nothing', Buffer.alloc(0), 'bcm.undecodable'],
    ['an answer in UTF-16', Buffer.from(iconv.decode(GOOD, 'gbk'), 'utf16le'), 'bcm.undecodable'],
    ['another document', Buffer.from('<CMBC/>'), 'bcm.undecodable'],
    ['no head', Buffer.from('<ap><body/></ap>'), 'bcm.wrong_function'],
    ['no ans_code', goldenReply('210201', text => text.replace('<ans_code>0</ans_code>', '')), 'bcm.undecodable'],
    ['another req_no', goldenReply('210201', text => text.replace('00007<', '00009<')), 'bcm.wrong_serial'],
    ['another function', golden('bcm', '310204.reply.xml'), 'bcm.wrong_function'],
  ]
  test.each(lines)('%s: a payment is uncertain, a question teaches nothing', async (_, response, code) => {
    const gateway = await gatewayOn(() => response)
    expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code })
    await expect(gateway.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
    const mute = await gatewayOn(() => (Buffer.isBuffer(response) ? GOOD : response))
    expect((await mute.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable' })
  })

  test('where nobody listens nothing was sent, over HTTP and TCP', async () => {
    const port = await deadPort()
    for (const transport of [
      { kind: 'http', endpoint: `http://127.0.0.1:${port}/` },
      { kind: 'tcp', host: '127.0.0.1', port },
    ]) {
      const gateway = gatewayOf(bcmConfig.parse(settings({ transport })))
      expect(await gateway.send([outside, inside], NEVER)).toMatchObject([
        { kind: 'unsent', code: 'bcm.unreachable' },
        { kind: 'unsent', code: 'bcm.halted' },
      ])
      expect(await gateway.inquire([outside], NEVER)).toMatchObject([{ kind: 'unavailable', code: 'bcm.unreachable' }])
    }
  })

  test('behind a message that got no answer nothing more is sent or asked', async () => {
    const gateway = await gatewayOn(() => 'close')
    expect(await gateway.send([outside, inside], NEVER)).toMatchObject([
      { kind: 'uncertain', code: 'bcm.no_answer' },
      { kind: 'unsent', code: 'bcm.halted' },
    ])
    expect(frontEnd?.seen.length).toBe(1)
    expect(await gateway.inquire([outside, inside], NEVER)).toMatchObject([
      { kind: 'unavailable', code: 'bcm.no_answer' },
      { kind: 'unavailable', code: 'bcm.halted' },
    ])
  })

  test('an account number in the bank’s words is not repeated whole', async () => {
    const gateway = await gatewayOn(answering('', 'E001', '0', '账号6222000000000001不存在'))
    const said = JSON.stringify(await gateway.send([outside], NEVER))
    expect(said).toContain('6222****0001')
    expect(said).not.toContain('6222000000000001')
  })
})

describe('statement and balance', () => {
  const RANGE = { from: '2026-02-27', to: '2026-02-28' }
  test.each([
    ['no amount', '|CNY|1.05|998.95', '|CNY||998.95', 'bcm.row'],
    ['an amount of three decimals', '|CNY|1.05|998.95', '|CNY|1.055|998.95', 'bcm.row'],
    ['an amount with a sign', '|CNY|1.05|998.95', '|CNY|-1.05|998.95', 'bcm.row'],
    ['an unreadable balance', '|1.05|998.95', '|1.05|998,95', 'bcm.row'],
    ['a direction in no setting', '|D|CNY', '|X|CNY', 'bcm.row'],
    ['no day', '|20260227|', '|20260231|', 'bcm.row'],
    ['another currency', '|D|CNY', '|D|USD', 'bcm.row'],
    ['another account', '|310066000000000000001|付款公司|D', '|310066000000000000002|付款公司|D', 'bcm.row'],
    ['a stray bar in 附言', '货款 P', '货款|P', 'bcm.row'],
    ['a stray bar behind everything', '户名不符退汇', '户名|不符退汇', 'bcm.row'],
    ['a row more than it counts', '<record_num>2<', '<record_num>1<', 'bcm.row'],
    ['two rows under one number', '20260228|090102|转账|LS0002|1|', '20260227|090102|转账|LS0001|1|', 'bcm.row'],
    ['another count', '<record_num>2<', '<record_num>3<', 'bcm.row'],
    ['no count', '<record_num>2<', '<record_num><', 'bcm.row'],
    ['another number of columns', '<field_num>24<', '<field_num>25<', 'bcm.row'],
    ['a file instead of rows', '<file_flag>0<', '<file_flag>1<', 'bcm.file'],
    ['the name of a file', '<filename><', '<filename>a.txt<', 'bcm.file'],
  ])('an answer with %s is refused by name', async (_, from, to, code) => {
    // Both rows are of one side, so that twins differ in nothing.
    const same = (text: string): string =>
      code === 'bcm.row' && from.includes('LS0002') ? text.replace('|C|', '|D|') : text
    const gateway = await gatewayOn(() => goldenReply('310301', text => same(text.replace(from, to))))
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code })
  })

  test('a last bar, no field_num and no titles without rows are all a table', async () => {
    const changes: readonly ((text: string) => string)[] = [
      text => text.replace('户名不符退汇', '户名不符退汇|'),
      text => text.replace('<field_num>24</field_num>', ''),
    ]
    for (const change of changes) {
      const gateway = await gatewayOn(() => goldenReply('310301', change))
      expect((await gateway.statement(PAYER, RANGE, null, NEVER)).items.length).toBe(2)
    }
    const empty = await gatewayOn(answering('<serial_record></serial_record><record_num>0</record_num>'))
    expect(await empty.statement(PAYER, RANGE, null, NEVER)).toEqual({ items: [], next: null })
  })

  test('rows outside the days that were asked for belong to another question', async () => {
    const gateway = await gatewayOn(() => goldenReply('310301', text => text))
    const { items } = await gateway.statement(PAYER, { from: '2026-02-28', to: '2026-02-28' }, null, NEVER)
    expect(items.map(({ bankSerial }) => bankSerial)).toEqual(['LS0002'])
  })

  test('today is asked alone, history in parts of at most 31 days that do not hold it', async () => {
    const parts: string[] = []
    const gateway = await gatewayOn((bytes, count) => {
      const of = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(bytes.toString('latin1'))?.[1] ?? ''
      parts.push(`${functionOf(bytes)} ${of('start_date')} ${of('end_date')}`)
      return answering('<record_num>0</record_num>')(bytes, count)
    })
    let next: string | null = null
    for (let page = 0; page < 10; page += 1) {
      const answer = await gateway.statement(PAYER, { from: '2026-01-05', to: '2026-03-09' }, next, NEVER)
      next = answer.next
      if (next === null) break
    }
    expect(parts).toEqual(['310301 20260105 20260204', '310301 20260205 20260228', '310201  '])
  })

  test('a payer’s words on our credit line are no reference of ours', async () => {
    const gateway = await gatewayOn(() => goldenReply('310301', text => text.replace('户名不符退汇', '')))
    const { items } = await gateway.statement(PAYER, RANGE, null, NEVER)
    expect(items.map(({ reference, isReversal }) => [reference, isReversal])).toEqual([
      ['P2026010200000001', false],
      ['', false],
    ])
  })

  test.each(['x', '2026-02-26', '2026-03-01', '2026-02-30'])('the cursor %s is not of this range', async cursor => {
    const gateway = await gatewayOn(byFunction)
    await expect(gateway.statement(PAYER, RANGE, cursor, NEVER)).rejects.toMatchObject({ code: 'bcm.cursor' })
    expect(frontEnd?.seen).toEqual([])
  })

  test.each([
    ['a row that failed', '||0<', '|销户|1<', 'bcm.row'],
    ['another account', '|310066000000000000001|CNY', '|310066000000000000002|CNY', 'bcm.wrong_item'],
    ['another currency', '|CNY|', '|USD|', 'bcm.row'],
    ['no balance', '|1000.10|', '||', 'bcm.row'],
    ['no row', '<record_num>1<', '<record_num>0<', 'bcm.row'],
  ])('a balance with %s is refused by name', async (_, from, to, code) => {
    const gateway = await gatewayOn(() => goldenReply('310101', text => text.replace(from, to)))
    await expect(gateway.balance(PAYER, NEVER)).rejects.toMatchObject({ code })
  })
})

describe('what may leave', () => {
  const code = (instruction: Instruction, by = config): string | undefined => instructionProblem(instruction, by)?.code
  const payrollConfig = bcmConfig.parse(settings({ payment: PAYROLL }))

  test('an amount leaves exact, with two decimals, or not at all', () => {
    assert(
      property(bigInt({ min: 1n, max: 99_999_999_999_999n }), minor => {
        const amount = { minor, currency: 'CNY' }
        expect(instructionProblem({ ...outside, amount }, config)).toBeNull()
        const single = /<amt>(\d{1,12}\.\d\d)</.exec(singleBody({ ...outside, amount }, config).join(''))?.[1] ?? ''
        expect(BigInt(single.replace('.', ''))).toBe(minor)
        if (payrollConfig.payment.function !== '330002') throw new Error('not a payroll')
        const lines = [worker, other].map(one => ({ ...one, amount }))
        const batch = payrollBody(lines, payrollConfig.payment, payrollConfig, MORNING_MS).join('')
        expect(BigInt(/<sum_amt>([\d.]+)</.exec(batch)?.[1]?.replace('.', '') ?? '')).toBe(minor * 2n)
      }),
    )
    for (const minor of [0n, -1n, 100_000_000_000_000n])
      expect(code({ ...outside, amount: { minor, currency: 'CNY' } })).toBe('bcm.amount')
    expect(code({ ...outside, amount: { minor: 1n, currency: 'USD' } })).toBe('bcm.currency')
  })

  test('names and accounts leave whole within their bytes, or not at all', () => {
    expect(code(withPayee({ name: '名'.repeat(30) }))).toBeUndefined()
    expect(code(withPayee({ name: `${'名'.repeat(30)}a` }))).toBe('bcm.payee_name')
    expect(code(withPayee({ name: ' ' }))).toBe('bcm.payee_name')
    expect(code({ ...outside, payer: { ...outside.payer, name: '名'.repeat(31) } })).toBe('bcm.payer_name')
    for (const name of ['A&B公司', '甲<乙', '甲|乙', '名\u0001', '名𠮷'])
      expect([name, code(withPayee({ name }))]).toEqual([name, 'bcm.text'])
    expect(instructionProblem(withPayee({ name: '名𠮷' }), config)?.reason).toContain('「𠮷」')
    expect(code({ ...outside, purpose: '货款😀' })).toBe('bcm.text')
    for (const account of ['1'.repeat(33), '', '62 22', '６２', '62.2'])
      expect(code(withPayee({ account }))).toBe('bcm.payee_account')
    expect(code({ ...outside, reference: 'P'.repeat(21) })).toBe('bcm.reference')
    expect(code({ ...outside, reference: 'P-1' })).toBe('bcm.reference')
    expect(code({ ...outside, payer: { ...outside.payer, account: '310066000000000000003' } })).toBe(
      'bcm.unknown_account',
    )
  })

  test('another bank needs code and name; persons at BCM go by 330002, and only they', () => {
    expect(code(withPayee({ bankName: '' }))).toBe('bcm.payee_bank')
    expect(code(withPayee({ bankCode: '' }))).toBe('bcm.payee_bank')
    expect(code(withPayee({ bankCode: '1021' }))).toBe('bcm.payee_bank')
    expect(code(withPayee({ kind: 'P' }))).toBeUndefined()
    expect(code(worker)).toBe('bcm.own_person')
    const allowed = { payment: { function: '210201', ownPersons: 'by-210201' } }
    expect(code(worker, bcmConfig.parse(settings(allowed)))).toBeUndefined()
    expect(code(worker, payrollConfig)).toBeUndefined()
    expect(code(outside, payrollConfig)).toBe('bcm.payroll_payee')
    expect(code(inside, payrollConfig)).toBe('bcm.payroll_payee')
    expect(code({ ...worker, payee: { ...worker.payee, account: '6'.repeat(22) } }, payrollConfig)).toBe(
      'bcm.payee_account',
    )
  })

  test('a batch has one number, one payer, its limit and no line twice, or nothing of it is sent', async () => {
    const stranger = { ...other, batch: { reference: 'B9', line: 2 } }
    const sameLine = { ...other, batch: worker.batch }
    for (const [lines, wanted, over] of [
      [[worker, stranger], 'bcm.batch_reference', {}],
      [[worker, other], 'bcm.batch_reference', { batchMax: 1 }],
      [[worker, sameLine], 'bcm.duplicate_reference', {}],
      [[worker, { ...other, reference: worker.reference }], 'bcm.duplicate_reference', {}],
    ] as const) {
      const gateway = await gatewayOn(byFunction, { payment: PAYROLL, ...over })
      const outcomes = await gateway.send(lines, NEVER)
      expect(outcomes).toMatchObject([
        { kind: 'unsent', code: wanted },
        { kind: 'unsent', code: wanted },
      ])
      expect(frontEnd?.seen).toEqual([])
    }
  })

  test('the summary leaves within 60 bytes as a beginning of what was asked, our reference whole behind it', () => {
    const words = string({ unit: constantFrom('货', 'A', ' ', '\n', '&', '<', '|', '\u0000'), maxLength: 90 })
    assert(
      property(words, words, (purpose, postscript) => {
        const body = singleBody({ ...outside, purpose, postscript }, config).join('')
        const sent = /<summary>([^<]*)</.exec(body)?.[1] ?? ''
        expect(iconv.encode(sent, 'gbk').length).toBeLessThanOrEqual(60)
        expect(sent).not.toMatch(/[|&]/)
        expect(referenceIn(sent)).toBe(outside.reference)
      }),
    )
    const bare = bcmConfig.parse(settings({ referenceInSummary: false }))
    expect(singleBody(outside, bare).join('')).toContain('<summary>货款</summary>')
  })
})

test.each([
  ['no payment', { payment: undefined }],
  ['no direction', { direction: undefined }],
  ['one flag for both directions', { direction: { out: '0', in: '0' } }],
  ['a password in the URL', { transport: { kind: 'http', endpoint: 'http://a:b@127.0.0.1/' } }],
  ['a corp_no of 11', { corpNo: '00000123456' }],
  ['a payroll without its contract', { payment: { function: '330002' } }],
  ['more than 31 days', { statementDays: 32 }],
  ['an account in another currency', { accounts: { [PAYER]: { currency: 'USD' } } }],
])('a configuration with %s is refused', (_, over) => {
  expect(bcmConfig.safeParse(settings(over)).success).toBe(false)
})
