// The CGB gateway against messages composed by hand from the reference: what leaves, byte for byte, what the answers are taken to
// say at every level, and what a broken line is taken for.

import { assert, bigInt, property } from 'fast-check'
import iconv from 'iconv-lite'
import { batchFields, instructionProblem, singleFields } from '../../bank-gateways/cgb/codec-payment'
import { RET_CODES } from '../../bank-gateways/cgb/codes'
import { cgbConfig } from '../../bank-gateways/cgb/config'
import { createCgbGateway } from '../../bank-gateways/cgb/gateway'
import type { BankGateway, Instruction, Party } from '../../connector/ports'
import { STATEMENT } from '../support/gateway-banks/cgb'
import { clockAt, deadPort, golden, MORNING_MS, NEVER, payment, startHttp } from './byte-front-end'
import type { FrontEnd, Respond, Response } from './byte-front-end'

const PAYER = '9550000000000000001'
const STATES = (['hostStatus', 'bankstatus'] as const).flatMap(level => [
  { code: 'H0', level, outcome: 'settled', meaning: '成功' },
  { code: 'H8', level, outcome: 'refused', meaning: '失败' },
  { code: 'H2', level, outcome: 'accepted', meaning: '处理中' },
])
const settings = (over: object = {}): object => ({
  transport: { kind: 'client', endpoint: 'http://127.0.0.1:9528/CGBClient/BankAction' },
  cifMaster: '1000000001',
  entUserId: '100001',
  userPassword: 'Se<cr&t',
  accounts: { [PAYER]: { currency: 'CNY' } },
  payment: { function: 'single', crossBank: '0012' },
  balance: { current: 'balance', available: 'usableBalance' },
  statement: { ...STATEMENT, queryNumber: 20 },
  batchMax: 20,
  answerTimeoutMs: 5000,
  codes: STATES,
  ...over,
})
const config = cgbConfig.parse(settings())
const BATCH = { payment: { function: '0033' } }

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

function gatewayAt(endpoint: string, over: object = {}): BankGateway {
  const parsed = cgbConfig.parse(settings({ transport: { kind: 'client', endpoint }, ...over }))
  return createCgbGateway(parsed, { clock: clockAt(MORNING_MS), name: 'cgb', sequence: () => '7' })
}

async function gatewayOn(respond: Respond, over: object = {}): Promise<BankGateway> {
  frontEnd = await startHttp(respond)
  return gatewayAt(frontEnd.url, over)
}

/** What a form field's percent-encoding hides. */
function bedcOf(body: Buffer): Buffer {
  const [, value = ''] = /^cgb_data=([0-9A-Za-z*._%-]*)$/.exec(body.toString('latin1')) ?? []
  return Buffer.from(
    value.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  )
}

const field = (body: Buffer, name: string): string =>
  new RegExp(`<${name}>([^<]*)<`).exec(bedcOf(body).toString('latin1'))?.[1] ?? ''
/** The head of the question, and what the test says. */
const answering =
  (inner: string, retCode = '000', over: Readonly<Record<string, string>> = {}): Respond =>
  body => {
    const head = { tranCode: field(body, 'tranCode'), entSeqNo: field(body, 'entSeqNo'), retCode, ...over }
    const leaves = Object.entries(head).map(([name, value]) => `<${name}>${value}</${name}>`)
    return iconv.encode(
      `<BEDC><Message><commHead>${leaves.join('')}</commHead><Body>${inner}</Body></Message></BEDC>`,
      'gbk',
    )
  }

const base = payment(PAYER, { reference: '260301000000001', batch: { reference: '260301000000009', line: 1 } })
const outside: Instruction = {
  ...base,
  payee: { ...base.payee, bankName: '中国工商银行上海分行', province: '上海', city: '上海' },
}
const inside: Instruction = {
  ...outside,
  reference: '260301000000002',
  batch: { reference: '260301000000009', line: 2 },
  payee: {
    ...outside.payee,
    account: '9550000000000000009',
    name: '丙 & 丁 <上海> 公司',
    bankName: '广发银行',
    bankCode: '',
    province: '广东',
    city: '广州',
  },
  amount: { minor: 999_999_999_999_999n, currency: 'CNY' },
  purpose: '服务费',
  postscript: '第 2 期',
}
const withPayee = (over: Partial<Party>): Instruction => ({ ...outside, payee: { ...outside.payee, ...over } })

function expectSent(index: number, name: string): void {
  const bytes = bedcOf(frontEnd?.seen[index]?.bytes ?? Buffer.alloc(0))
  expect(iconv.decode(bytes, 'gbk')).toBe(iconv.decode(golden('cgb', `${name}.request.xml`), 'gbk'))
  expect(bytes.equals(golden('cgb', `${name}.request.xml`))).toBe(true)
}
const replying =
  (name: string): Respond =>
  () =>
    golden('cgb', `${name}.reply.xml`)

describe('messages', () => {
  test('0012, 0021 and 0011 leave byte for byte in the form field, and the answer’s echo is that of its serial', async () => {
    const gateway = await gatewayOn(replying('0012'))
    expect(await gateway.send([outside], NEVER)).toEqual([
      {
        kind: 'accepted',
        echo: {
          reference: outside.reference,
          amount: null,
          payeeAccount: null,
          bankSerial: '',
          code: '000',
          text: '受理成功 / accepted',
        },
      },
    ])
    expectSent(0, '0012')
    expect(frontEnd?.seen[0]).toMatchObject({
      method: 'POST',
      contentType: 'application/x-www-form-urlencoded; charset=GBK',
    })
    await frontEnd?.close()
    const byNumber = await gatewayOn(answering(''), { payment: { function: 'single', crossBank: '0021' } })
    await byNumber.send([outside, inside], NEVER)
    expectSent(0, '0021')
    expectSent(1, '0011')
  })

  test('0033 leaves byte for byte, and its answer speaks of the package alone', async () => {
    const gateway = await gatewayOn(replying('0033'), BATCH)
    const sent = await gateway.send([outside, inside], NEVER)
    expectSent(0, '0033')
    expect(sent).toMatchObject([
      { kind: 'accepted', echo: { reference: null } },
      { kind: 'accepted', echo: { reference: null } },
    ])
  })

  test('0004 leaves byte for byte, for the day of the first send, and a status that the site knows is believed', async () => {
    const gateway = await gatewayOn(replying('0004'))
    const [asked] = await gateway.inquire([{ ...outside, sentOn: '2026-02-27' }], NEVER)
    expectSent(0, '0004')
    expect(asked).toMatchObject({ kind: 'settled', echo: { reference: outside.reference, code: 'H0' } })
  })

  test('0034 leaves byte for byte, and its records are read by number in whatever order', async () => {
    const gateway = await gatewayOn(replying('0034'), BATCH)
    expect(await gateway.inquire([outside, inside], NEVER)).toMatchObject([
      { kind: 'settled', echo: { reference: outside.reference } },
      { kind: 'refused', refusal: { code: 'H8', text: 'bankstatus H8: 失败' } },
    ])
    expectSent(0, '0034')
    expect(frontEnd?.seen.length).toBe(1)
  })

  test('0001 leaves byte for byte, and the elements that the site names are read', async () => {
    const gateway = await gatewayOn(replying('0001'))
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01',
      current: { minor: 100_010n, currency: 'CNY' },
      available: { minor: 90_000n, currency: 'CNY' },
      frozen: null,
      previousDay: null,
    })
    expectSent(0, '0001')
  })

  test('without the names of its elements a balance or a statement is a Fault that says so, and nothing leaves', async () => {
    const gateway = await gatewayOn(answering(''), { balance: null, statement: null })
    await expect(gateway.balance(PAYER, NEVER)).rejects.toMatchObject({ code: 'cgb.no_balance' })
    const asked = gateway.statement(PAYER, { from: '2026-02-27', to: '2026-02-28' }, null, NEVER)
    await expect(asked).rejects.toMatchObject({ code: 'cgb.no_statement' })
    expect(frontEnd?.seen).toEqual([])
  })
})

describe('statement', () => {
  const RANGE = { from: '2026-02-27', to: '2026-02-28' }

  test('leaves byte for byte; sides, our reference and a return are read; the next page begins with the last row', async () => {
    const gateway = await gatewayOn(replying('statement'))
    const page = await gateway.statement(PAYER, RANGE, null, NEVER)
    expectSent(0, 'statement')
    expect(page.next).toBe('2026-02-27:2026-02-28:20260228:6009:T12')
    const common = {
      valueOn: null,
      counterAccount: '6222000000000001',
      counterName: '收款公司',
      counterBank: '中国工商银行',
      text: '转账',
      reference: '260301000000001',
      receiptKey: '',
    }
    expect(page.items).toEqual([
      {
        ...common,
        bankId: '20260227-6001-T11-D',
        bookedOn: '2026-02-27',
        bookedTime: '10:15:00',
        amount: { minor: -105n, currency: 'CNY' },
        balanceAfter: { minor: 99_895n, currency: 'CNY' },
        purpose: '货款',
        bankSerial: 'T11',
        isReversal: false,
        type: '6001',
      },
      {
        ...common,
        bankId: '20260228-6009-T12-C',
        bookedOn: '2026-02-28',
        bookedTime: '09:01:02',
        amount: { minor: 105n, currency: 'CNY' },
        balanceAfter: { minor: 100_000n, currency: 'CNY' },
        purpose: '退汇',
        bankSerial: 'T12',
        isReversal: true,
        type: '6009',
      },
    ])
  })

  test.each([
    ['the named row alone', /.*<record>/s, '<records><record>'],
    ['nothing', /<records>.*<\/records>/s, '<records></records>'],
  ])('a page that holds %s ends the days', async (_, cut) => {
    const gateway = await gatewayOn(() => {
      const text = iconv.decode(golden('cgb', 'statement.reply.xml'), 'gbk')
      const rows = cut.source.startsWith('.*')
        ? text.replace(/<records><record>.*?<\/record>/s, '<records>')
        : text.replace(cut, '')
      return iconv.encode(rows, 'gbk')
    })
    const page = await gateway.statement(PAYER, RANGE, '2026-02-27:2026-02-28:20260228:6009:T12', NEVER)
    expectSent(0, 'statement-next')
    expect(page).toEqual({ items: [], next: null })
  })

  test.each([
    ['no amount', '<amount>1.05<', '<amount><', 'cgb.row'],
    ['a negative amount', '<amount>1.05<', '<amount>-1.05<', 'cgb.row'],
    ['an amount of three decimals', '<amount>1.05<', '<amount>1.055<', 'cgb.row'],
    ['an unknown side', '<dcFlag>D<', '<dcFlag>X<', 'cgb.row'],
    ['no day', '<tranDate>20260227<', '<tranDate>20260231<', 'cgb.row'],
    ['a day that was not asked for', '<tranDate>20260227<', '<tranDate>20260226<', 'cgb.row'],
    ['a row without a number', '<tranSeq>T11<', '<tranSeq><', 'cgb.row'],
    [
      'one row twice',
      /<tranDate>20260228.*?T12</s,
      '<tranDate>20260227</tranDate><tranCode>6001</tranCode><tranSeq>T11<',
      'cgb.paging',
    ],
  ])('a page with %s is refused by name', async (_, from, to, code) => {
    const gateway = await gatewayOn(() =>
      iconv.encode(iconv.decode(golden('cgb', 'statement.reply.xml'), 'gbk').replace(from, to), 'gbk'),
    )
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code })
  })

  test('a page that goes back behind the named row is a Fault: a bank that pages otherwise would double lines', async () => {
    const gateway = await gatewayOn(replying('statement'))
    const asked = gateway.statement(PAYER, RANGE, '2026-02-27:2026-02-28:20260228:6009:T12', NEVER)
    await expect(asked).rejects.toMatchObject({ code: 'cgb.paging' })
  })

  test('today is asked for by itself, and no day after it', async () => {
    const asked: string[] = []
    const gateway = await gatewayOn(body => {
      asked.push(['beginDate', 'endDate', 'queryType'].map(name => field(body, name)).join(' '))
      return answering('')(body, 0)
    })
    let next: string | null = null
    do next = (await gateway.statement(PAYER, { from: '2026-01-20', to: '2026-03-09' }, next, NEVER)).next
    while (next !== null && asked.length < 10)
    expect(asked).toEqual(['20260120 20260219 1', '20260220 20260228 1', '20260301 20260301 0'])
  })

  test.each([
    'x',
    '2026-02-27:2026-02-28:20260228',
    '2026-02-26:2026-02-28',
    '2026-02-27:2026-03-01',
    '2026-02-30:2026-02-28',
  ])('the cursor %s is not of this range', async cursor => {
    const gateway = await gatewayOn(answering(''))
    await expect(gateway.statement(PAYER, RANGE, cursor, NEVER)).rejects.toMatchObject({ code: 'cgb.cursor' })
    expect(frontEnd?.seen).toEqual([])
  })
})

describe('what an answer says', () => {
  const sent = async (respond: Respond, over: object = {}): Promise<unknown> => {
    const gateway = await gatewayOn(respond, over)
    const [outcome] = await gateway.send([outside], NEVER)
    await frontEnd?.close()
    return outcome
  }
  const asked = async (respond: Respond, over: object = {}): Promise<unknown> => {
    const gateway = await gatewayOn(respond, { inquiryDays: 0, ...over })
    const [outcome] = await gateway.inquire([outside], NEVER)
    await frontEnd?.close()
    return outcome
  }

  test('to a payment: 000 is taken, every other code decides nothing; none is ever "paid"', async () => {
    expect(Object.keys(RET_CODES)).toEqual(['000'])
    for (const payment of [{ function: 'single', crossBank: '0012' }, { function: '0033' }])
      for (const code of ['000', '001', '999', '00', '0000', 'E00'])
        expect([code, await sent(answering('', code), { payment })]).toMatchObject([
          code,
          { kind: code === '000' ? 'accepted' : 'uncertain' },
        ])
    const codes = [
      { code: '101', level: 'submit', outcome: 'refused', meaning: '余额不足' },
      { code: '102', level: 'submit', outcome: 'notExecuted', meaning: '系统未开放' },
    ]
    expect(await sent(answering('', '101'), { codes })).toMatchObject({ kind: 'refused', refusal: { code: '101' } })
    expect(await sent(answering('', '102'), { codes })).toMatchObject({ kind: 'unsent' })
    for (const other of ['<amount>1.06</amount>', '<inAcc>6222000000000002</inAcc>'])
      expect(await sent(answering(other, '101'), { codes })).toMatchObject({
        kind: 'uncertain',
        code: 'cgb.wrong_item',
      })
  })

  test('to a question: without entries of the site no status means anything, whatever it looks like', async () => {
    for (const level of ['hostStatus', 'bankstatus'])
      for (const status of ['0', '1', '00', '000', 'S', 'SUCCESS', '成功', 'F', '2']) {
        const payment = level === 'hostStatus' ? { function: 'single', crossBank: '0012' } : { function: '0033' }
        const inner = `<record><customerSalarySeq>${outside.reference}</customerSalarySeq><${level}>${status}</${level}></record>`
        expect(await asked(answering(inner), { codes: [], payment })).toMatchObject({
          kind: 'unavailable',
          code: 'cgb.status',
        })
      }
  })

  test('to a question: what the site has entered decides, at its own level alone', async () => {
    const codes = (['settled', 'accepted', 'refused', 'returned', 'absent'] as const).map((outcome, index) => ({
      code: `A${index}`,
      level: 'hostStatus',
      outcome,
      meaning: outcome,
    }))
    for (const { code, outcome } of codes)
      expect(await asked(answering(`<hostStatus>${code}</hostStatus>`), { codes })).toMatchObject({ kind: outcome })
    const batch = answering(
      `<record><customerSalarySeq>${outside.reference}</customerSalarySeq><bankstatus>A0</bankstatus></record>`,
    )
    expect(await asked(batch, { codes, ...BATCH })).toMatchObject({ kind: 'unavailable' })
    const none = [{ code: '105', level: 'inquiry', outcome: 'absent', meaning: '查无' }]
    expect(await asked(answering('', '105'), { codes: none })).toEqual({ kind: 'absent', code: '105' })
    expect(await asked(answering('', '106'), { codes: none })).toMatchObject({ kind: 'unavailable', code: '106' })
    for (const wrong of [
      { code: '000', level: 'submit', outcome: 'refused', meaning: 'x' },
      { code: '1', level: 'hostStatus', outcome: 'uncertain', meaning: 'x' },
      { code: '1', level: 'submit', outcome: 'settled', meaning: 'x' },
    ])
      expect(cgbConfig.safeParse(settings({ codes: [wrong] })).success).toBe(false)
  })

  test('to a question: an answer about another payment, a missing or a double record teaches nothing', async () => {
    const other = '<origEntseqno>260301000000009</origEntseqno><hostStatus>H0</hostStatus>'
    expect(await asked(answering(other))).toMatchObject({ kind: 'unavailable', code: 'cgb.wrong_item' })
    expect(await asked(answering(''))).toMatchObject({ kind: 'unavailable', code: 'cgb.missing_item' })
    const refused = '<hostStatus>H8</hostStatus><amount>1.06</amount>'
    expect(await asked(answering(refused))).toMatchObject({ kind: 'unavailable', code: 'cgb.wrong_item' })
    const record = `<record><customerSalarySeq>${outside.reference}</customerSalarySeq><bankstatus>H0</bankstatus></record>`
    expect(await asked(answering(''), BATCH)).toMatchObject({ kind: 'unavailable', code: 'cgb.missing_item' })
    expect(await asked(answering(record + record), BATCH)).toMatchObject({
      kind: 'unavailable',
      code: 'cgb.ambiguous_item',
    })
    const batchNo = `<customerBatchNo>260301000000008</customerBatchNo>${record}`
    expect(await asked(answering(batchNo), BATCH)).toMatchObject({ kind: 'unavailable', code: 'cgb.wrong_item' })
  })

  test('entSeqNo is compared before anything is trusted', async () => {
    for (const over of [{ entSeqNo: '260301000000009' }, { entSeqNo: '' }, { tranCode: '0011' }]) {
      expect(await sent(answering('', '000', over))).toMatchObject({ kind: 'uncertain', code: 'cgb.wrong_serial' })
      expect(await asked(answering('<hostStatus>H0</hostStatus>', '000', over))).toMatchObject({ kind: 'unavailable' })
    }
  })

  test('a payment that was first tried on an earlier day is asked for on each day since, until it is found', async () => {
    const days: string[] = []
    const respond: Respond = body => {
      days.push(field(body, 'origEntdate'))
      return answering(days.length === 3 ? '<hostStatus>H0</hostStatus>' : '', days.length === 3 ? '000' : '105')(
        body,
        0,
      )
    }
    const codes = [...STATES, { code: '105', level: 'inquiry', outcome: 'absent', meaning: '查无' }]
    const gateway = await gatewayOn(respond, { codes })
    expect(await gateway.inquire([{ ...outside, sentOn: '2026-02-27' }], NEVER)).toMatchObject([{ kind: 'settled' }])
    expect(days).toEqual(['20260227', '20260228', '20260301'])
  })
})

describe('the line', () => {
  const BROKEN: readonly (readonly [string, Response, string])[] = [
    ['closed', 'close', 'cgb.no_answer'],
    ['HTTP 500', { status: 500 }, 'cgb.http_status'],
    ['cut', { cut: Buffer.from('<BEDC>') }, 'cgb.no_answer'],
    ['no XML', Buffer.from('hello'), 'cgb.undecodable'],
    ['no GBK', Buffer.from([0xff, 0xfe, 0x80]), 'cgb.undecodable'],
    ['nothing', Buffer.alloc(0), 'cgb.undecodable'],
    ['another root', Buffer.from('<html/>'), 'cgb.undecodable'],
  ]
  test.each(BROKEN)('%s: a payment is uncertain, a question unavailable', async (_, response, code) => {
    for (const over of [{}, BATCH]) {
      const gateway = await gatewayOn(() => response, over)
      expect(await gateway.send([outside], NEVER)).toMatchObject([{ kind: 'uncertain', code }])
      expect(await gateway.inquire([outside], NEVER)).toMatchObject([{ kind: 'unavailable', code }])
      await frontEnd?.close()
    }
  })

  test('where nobody listens nothing was sent', async () => {
    const gateway = gatewayAt(`http://127.0.0.1:${await deadPort()}/`)
    expect(await gateway.send([outside, inside], NEVER)).toMatchObject([
      { kind: 'unsent', code: 'cgb.unreachable' },
      { kind: 'unsent', code: 'cgb.halted' },
    ])
    expect(await gateway.inquire([outside], NEVER)).toMatchObject([{ kind: 'unavailable', code: 'cgb.unreachable' }])
  })
})

describe('what may leave', () => {
  const problemOf = (instruction: Instruction, by = config): string | undefined =>
    instructionProblem(instruction, by)?.code
  const byNumber = cgbConfig.parse(settings({ payment: { function: 'single', crossBank: '0021' } }))
  const inBatch = cgbConfig.parse(settings(BATCH))

  test('an amount leaves exact, with two decimals, or not at all, and the total of a batch is its sum', () => {
    const amount = bigInt({ min: 1n, max: 999_999_999_999_999n })
    assert(
      property(amount, amount, (one, two) => {
        const [first, second] = [one, two].map(minor => ({ ...outside, amount: { minor, currency: 'CNY' } }))
        if (!first || !second) throw new Error('no instruction')
        expect(problemOf(first)).toBeUndefined()
        const digits = (text: string, name: string): bigint =>
          BigInt((new RegExp(`<${name}>(\\d{1,14}\\.\\d\\d)<`).exec(text)?.[1] ?? '').replace('.', ''))
        expect(digits(singleFields(first, config, '20260301').join(''), 'amount')).toBe(one)
        expect(digits(batchFields([first, second], inBatch).join(''), 'allSalary')).toBe(one + two)
      }),
    )
    for (const minor of [0n, -1n, 1_000_000_000_000_000n])
      expect(problemOf({ ...outside, amount: { minor, currency: 'CNY' } })).toBe('cgb.amount')
    expect(problemOf({ ...outside, amount: { minor: 1n, currency: 'USD' } })).toBe('cgb.currency')
  })

  test('names and accounts leave whole within their bytes, or not at all', () => {
    expect(problemOf(withPayee({ name: '名'.repeat(30) }))).toBeUndefined()
    expect(problemOf(withPayee({ name: '名'.repeat(30) + 'a' }))).toBe('cgb.payee_name')
    expect(problemOf(withPayee({ name: ' ' }))).toBe('cgb.payee_name')
    for (const name of ['名\u0001', '名𠮷']) expect(problemOf(withPayee({ name }))).toBe('cgb.text')
    expect(instructionProblem(withPayee({ name: '名𠮷' }), config)?.reason).toContain('「𠮷」')
    const long = { ...outside, payer: { ...outside.payer, name: '名'.repeat(31) } }
    expect([problemOf(long), problemOf(long, inBatch)]).toEqual(['cgb.payer_name', undefined])
    for (const account of ['1'.repeat(33), '', '62 22', '６２'])
      expect(problemOf(withPayee({ account }))).toBe('cgb.payee_account')
    for (const reference of ['1'.repeat(18), 'A1', ''])
      expect(problemOf({ ...outside, reference })).toBe('cgb.reference')
    expect(problemOf({ ...outside, payer: { ...outside.payer, account: '9550000000000000003' } })).toBe(
      'cgb.unknown_account',
    )
  })

  test('0012 goes by the bank’s name, 0021 by its number, a record of 0033 by either', () => {
    const nameless = withPayee({ bankName: '' })
    const numberless = withPayee({ bankCode: '' })
    const longName = withPayee({ bankName: '行'.repeat(31) })
    expect([nameless, numberless, longName].map(one => problemOf(one))).toEqual([
      'cgb.payee_bank_name',
      undefined,
      'cgb.payee_bank_name',
    ])
    expect([nameless, numberless, longName].map(one => problemOf(one, byNumber))).toEqual([
      undefined,
      'cgb.payee_bank_code',
      undefined,
    ])
    expect([nameless, numberless, longName].map(one => problemOf(one, inBatch))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(problemOf(withPayee({ bankCode: '', bankName: '行'.repeat(31) }), inBatch)).toBe('cgb.payee_bank_name')
    expect(problemOf(withPayee({ bankCode: '1021' }))).toBe('cgb.payee_bank_code')
  })

  test('the same reference twice, or two batches in one call, are not sent', async () => {
    const gateway = await gatewayOn(answering(''), BATCH)
    expect((await gateway.send([outside, outside], NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
    expect(frontEnd?.seen).toEqual([])
    const apart = { ...inside, batch: { reference: '260301000000008', line: 1 } }
    expect(await gateway.send([outside, apart], NEVER)).toMatchObject([
      { kind: 'accepted' },
      { kind: 'unsent', code: 'cgb.batch_reference' },
    ])
  })
})
