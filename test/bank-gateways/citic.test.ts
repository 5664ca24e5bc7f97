// The CITIC gateway against messages composed by hand from the reference: what leaves, byte for byte, what the answers are taken
// to say at every level, and what a broken line is taken for.

import { assert, bigInt, constantFrom, property, string } from 'fast-check'
import { zipSync } from 'fflate'
import iconv from 'iconv-lite'
import { isListed, STATUSES, STTS } from '../../bank-gateways/citic/codes'
import { instructionProblem, outwardFields, rowFields } from '../../bank-gateways/citic/codec-payment'
import { citicConfig } from '../../bank-gateways/citic/config'
import { createCiticGateway } from '../../bank-gateways/citic/gateway'
import type { BankGateway, Instruction, Party, StatementLine } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import { clockAt, deadPort, golden, MORNING_MS, NEVER, payment, startHttp, type FrontEnd } from './byte-front-end'
import type { Respond, Response } from './byte-front-end'

const PAYER = '8110000000000000001'
const OUTWARD = { action: 'DLOUTTRN', ordinary: '02', urgent: '02' }
const ROWS = { action: 'DLINTTRN' }
const settings = (over: object = {}): object => ({
  endpoint: 'http://127.0.0.1:6788/',
  userName: 'user01',
  accounts: { [PAYER]: { currency: 'CNY', city: '上海' } },
  payment: OUTWARD,
  batchMax: 20,
  receipts: {},
  answerTimeoutMs: 5000,
  ...over,
})
const config = citicConfig.parse(settings())

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

async function gatewayOn(respond: Respond, over: object = {}): Promise<BankGateway> {
  frontEnd = await startHttp(respond)
  const parsed = citicConfig.parse(settings({ endpoint: frontEnd.url, ...over }))
  return createCiticGateway(parsed, { clock: clockAt(MORNING_MS), name: 'citic' })
}

/** Answers each action with its golden reply. */
const byAction: Respond = bytes => golden('citic', `${actionOf(bytes)}.reply.xml`)

function actionOf(bytes: Buffer): string {
  return (/<action>(\w+)</.exec(bytes.toString('latin1'))?.[1] ?? '').toLowerCase()
}

function stream(inner: string): Buffer {
  return iconv.encode(`<?xml version="1.0" encoding="GBK"?><stream>${inner}</stream>`, 'gbk')
}

const outside = payment(PAYER)
const inside = payment(PAYER, {
  reference: 'P2026010200000002',
  payee: {
    ...outside.payee,
    account: '8110000000000000009',
    name: '丙 & 丁 <上海> 公司',
    bankName: '中信银行上海分行',
    bankCode: '302290031000',
    city: '上海',
  },
  amount: { minor: 999_999_999_999_999n, currency: 'CNY' },
  purpose: '服务费',
  postscript: '第 2 期',
  isUrgent: true,
})
const withPayee = (over: Partial<Party>): Instruction => ({ ...outside, payee: { ...outside.payee, ...over } })

function expectSent(index: number, name: string): void {
  const bytes = frontEnd?.seen[index]?.bytes ?? Buffer.alloc(0)
  expect(iconv.decode(bytes, 'gbk')).toBe(iconv.decode(golden('citic', `${name}.request.xml`), 'gbk'))
  expect(bytes.equals(golden('citic', `${name}.request.xml`))).toBe(true)
}

describe('messages', () => {
  test('DLOUTTRN leaves byte for byte, to another bank and inside CITIC, and its answer echoes amount and payee', async () => {
    const gateway = await gatewayOn(byAction)
    const [first, second] = await gateway.send([outside, inside], NEVER)
    expectSent(0, 'dlouttrn')
    expectSent(1, 'dlouttrn-own')
    expect(frontEnd?.seen[0]).toMatchObject({ method: 'POST', contentType: 'text/xml; charset=GBK' })
    const echo = {
      reference: null,
      amount: { minor: 105n, currency: 'CNY' },
      payeeAccount: '6222000000000001',
      bankSerial: '12345678901234',
      code: 'AAAAAAE',
      text: '已提交银行处理 / submitted to the bank: 已提交银行处理',
    }
    expect(first).toEqual({ kind: 'accepted', echo })
    // The core finds that the second answer is about another payment: what the bank echoed is passed on as it is.
    expect(second).toEqual({ kind: 'accepted', echo })
  })

  test('DLINTTRN leaves byte for byte, and its rows are read by clientID in whatever order', async () => {
    const gateway = await gatewayOn(byAction, { payment: ROWS })
    const [first, second] = await gateway.send([outside, inside], NEVER)
    expectSent(0, 'dlinttrn')
    expect(first).toMatchObject({ kind: 'accepted', echo: { reference: outside.reference, code: 'AAAAAAB' } })
    expect(second).toEqual({
      kind: 'uncertain',
      code: 'ED01234',
      reason: '未列出的返回码 / a code not in the tables: 余额不足',
    })
  })

  test('DLCIDSTT leaves byte for byte, and stt 0 is paid', async () => {
    const gateway = await gatewayOn(byAction)
    expect(await gateway.inquire([outside], NEVER)).toMatchObject([
      { kind: 'settled', echo: { reference: null, amount: null, payeeAccount: null, bankSerial: '', code: '0' } },
    ])
    expectSent(0, 'dlcidstt')
  })

  test('DLBALQRY leaves byte for byte, and every amount of the answer is read', async () => {
    const gateway = await gatewayOn(byAction)
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01',
      current: { minor: 100_010n, currency: 'CNY' },
      available: { minor: 90_000n, currency: 'CNY' },
      frozen: { minor: 10_010n, currency: 'CNY' },
      previousDay: null,
    })
    expectSent(0, 'dlbalqry')
  })

  test('DLTRNALL leaves byte for byte; sides, our reference and a return are read', async () => {
    const gateway = await gatewayOn(byAction)
    const page = await gateway.statement(PAYER, { from: '2026-02-27', to: '2026-03-01' }, null, NEVER)
    expectSent(0, 'dltrnall')
    const common = {
      counterAccount: '6222000000000001',
      counterName: '收款公司',
      counterBank: '中国工商银行',
      reference: 'P2026010200000001',
    }
    expect(page).toEqual({
      next: null,
      items: [
        {
          ...common,
          bankId: '20260227-00000000000011-0000000000021-D',
          bookedOn: '2026-02-27',
          bookedTime: '10:15:00',
          valueOn: '2026-02-27',
          amount: { minor: -105n, currency: 'CNY' },
          balanceAfter: { minor: 99_895n, currency: 'CNY' },
          purpose: '货款',
          text: '转账',
          bankSerial: '00000000000011',
          isReversal: false,
          type: '6001',
          receiptKey: '20260227|00000000000011',
        },
        {
          ...common,
          bankId: '20260301-00000000000012-0000000000022-C',
          bookedOn: '2026-03-01',
          bookedTime: '09:01:02',
          valueOn: '2026-03-01',
          amount: { minor: 105n, currency: 'CNY' },
          balanceAfter: { minor: 100_000n, currency: 'CNY' },
          purpose: '退汇 货款',
          text: '退汇',
          bankSerial: '00000000000012',
          isReversal: true,
          type: '6009',
          receiptKey: '20260301|00000000000012',
        },
      ],
    })
  })

  test('a receipt is asked for by its line, taken by its serial, and is the PDF that the answer names', async () => {
    const pdf = Buffer.from('%PDF-1.4 of this line\n%%EOF\n')
    const gateway = await gatewayOn(bytes =>
      actionOf(bytes) === 'dledcdtd'
        ? download({ 'a.pdf': Buffer.from('%PDF-other'), 'b.pdf': pdf }, 'b.pdf')
        : byAction(bytes, 0),
    )
    const document = await gateway.receipt?.(PAYER, line(), NEVER)
    expectSent(0, 'dleddrsq')
    expectSent(1, 'dledcdtd')
    expect(document).toMatchObject({ receiptNo: '2026022700000000000000000011', mediaType: 'application/pdf' })
    expect(Buffer.from(document?.bytes ?? []).equals(pdf)).toBe(true)
  })
})

describe('receipts', () => {
  test.each([
    ['a serial that is not this line’s', line({ receiptKey: '20260227|00000000000055' })],
    ['another amount', line({ amount: { minor: -106n, currency: 'CNY' } })],
    ['another day', line({ bookedOn: '2026-02-26' })],
    ['a line without a serial', line({ receiptKey: '' })],
  ])('%s: there is none', async (_, other) => {
    const gateway = await gatewayOn(byAction)
    expect(await gateway.receipt?.(PAYER, other, NEVER)).toBeNull()
  })

  test('a key that is not of this gateway, and a stranger’s account, are a Fault before anything leaves', async () => {
    const gateway = await gatewayOn(byAction)
    await expect(gateway.receipt?.(PAYER, line({ receiptKey: 'x' }), NEVER)).rejects.toMatchObject({
      code: 'citic.receipt_key',
    })
    const stranger = '8110000000000000003'
    const asked = gateway.receipt?.(stranger, line(), NEVER)
    await expect(asked).rejects.toMatchObject({ code: 'citic.unknown_account' })
    await expect(asked).rejects.not.toThrow(stranger)
    expect(frontEnd?.seen).toEqual([])
  })

  test.each([
    ['no zip', { fileConTent: 'AAAA' }],
    ['no content', { fileConTent: '' }],
  ])('%s is a Fault', async (_, { fileConTent }) => {
    const gateway = await gatewayOn(bytes =>
      actionOf(bytes) === 'dledcdtd'
        ? stream(`<status>AAAAAAA</status><fileConTent>${fileConTent}</fileConTent>`)
        : byAction(bytes, 0),
    )
    await expect(gateway.receipt?.(PAYER, line(), NEVER)).rejects.toMatchObject({ code: 'citic.receipt_file' })
  })

  test.each([
    ['two PDFs and no name', { 'a.pdf': Buffer.from('%PDF-1\n%%EOF'), 'b.pdf': Buffer.from('%PDF-2\n%%EOF') }],
    ['a PDF that was cut', { 'a.pdf': Buffer.from('%PDF-1.4 half') }],
  ])('%s is a Fault', async (_, files) => {
    const gateway = await gatewayOn(bytes =>
      actionOf(bytes) === 'dledcdtd' ? download(files, '') : byAction(bytes, 0),
    )
    await expect(gateway.receipt?.(PAYER, line(), NEVER)).rejects.toMatchObject({ code: 'citic.receipt_file' })
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
    bankSerial: '',
    isReversal: false,
    type: '',
    receiptKey: '20260227|00000000000011',
    ...over,
  }
}

function download(files: Readonly<Record<string, Uint8Array>>, pdfName: string): Buffer {
  const zip = Buffer.from(zipSync(files)).toString('base64')
  const row = `<row><brSeqNo>2026022700000000000000000011</brSeqNo><billType>200000</billType><pdfName>${pdfName}</pdfName></row>`
  return stream(
    `<status>AAAAAAA</status><fileConTent>${zip.replace(/(.{60})/g, '$1\n')}</fileConTent><list name="userDataList">${row}</list>`,
  )
}

describe('what an answer to a payment says', () => {
  const TAKEN = ['AAAAAAA', 'AAAAAAB', 'AAAAAAC', 'AAAAAAE', 'AAAAAAF', 'CCCCCCC']

  test('every listed status: taken, or nothing; never paid and never refused', async () => {
    expect(Object.keys(STATUSES).length).toBeGreaterThan(20)
    for (const code of [...Object.keys(STATUSES), 'ED00001', 'CP99999', 'BACKEND', '0000000']) {
      const gateway = await gatewayOn(() => stream(`<status>${code}</status><statusText/>`))
      const [outcome] = await gateway.send([outside], NEVER)
      expect([code, outcome?.kind]).toEqual([code, TAKEN.includes(code) ? 'accepted' : 'uncertain'])
      await frontEnd?.close()
    }
  })

  test('a site says what a code of its manual means, but cannot change a built-in one', async () => {
    const codes = [
      { code: 'ED00001', level: 'submit', outcome: 'refused', meaning: '余额不足' },
      { code: 'ED00002', level: 'submit', outcome: 'notExecuted', meaning: '系统未开放' },
    ]
    for (const [code, kind] of [
      ['ED00001', 'refused'],
      ['ED00002', 'unsent'],
      ['ED00003', 'uncertain'],
    ]) {
      const gateway = await gatewayOn(() => stream(`<status>${code}</status><statusText>x</statusText>`), { codes })
      expect((await gateway.send([outside], NEVER))[0]?.kind).toBe(kind)
      await frontEnd?.close()
    }
    expect(isListed('EEEEEEE')).toBe(true)
    const changed = [{ code: 'EEEEEEE', level: 'submit', outcome: 'refused', meaning: '失败' }]
    expect(citicConfig.safeParse(settings({ codes: changed })).success).toBe(false)
    const wrong = [{ code: 'ED00001', level: 'inquiry', outcome: 'refused', meaning: '失败' }]
    expect(citicConfig.safeParse(settings({ codes: wrong })).success).toBe(false)
  })

  test('a refusal that echoes another payment refuses nothing', async () => {
    const codes = [{ code: 'ED00001', level: 'submit', outcome: 'refused', meaning: '余额不足' }]
    for (const other of ['<tranAmount>1.06</tranAmount>', '<recAccountNo>6222000000000002</recAccountNo>']) {
      const gateway = await gatewayOn(() => stream(`<status>ED00001</status>${other}`), { codes })
      expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code: 'citic.wrong_item' })
      await frontEnd?.close()
    }
  })

  test.each([
    [
      'a row is missing',
      '<row><clientID>P2026010200000001</clientID><status>AAAAAAA</status></row>',
      'citic.missing_item',
    ],
    [
      'a row comes twice',
      '<row><clientID>P2026010200000001</clientID><status>AAAAAAA</status></row>' +
        '<row><clientID>P2026010200000002</clientID><status>AAAAAAA</status></row>'.repeat(2),
      'citic.ambiguous_item',
    ],
  ])('DLINTTRN: %s, its payment is uncertain and the other judged', async (_, rows, code) => {
    const gateway = await gatewayOn(() => stream(`<status>AAAAAAA</status><list name="userDataList">${rows}</list>`), {
      payment: ROWS,
    })
    const [first, second] = await gateway.send([outside, inside], NEVER)
    expect(first?.kind).toBe('accepted')
    expect(second).toMatchObject({ kind: 'uncertain', code })
  })

  test('DLINTTRN under an outer status that is not good says nothing of its rows', async () => {
    const row = '<row><clientID>P2026010200000001</clientID><status>AAAAAAA</status></row>'
    for (const outer of ['EEEEEEE', 'UNKNOWN', 'ED00001', 'AAAAAAD']) {
      const gateway = await gatewayOn(
        () => stream(`<status>${outer}</status><list name="userDataList">${row}</list>`),
        { payment: ROWS },
      )
      expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code: outer })
      await frontEnd?.close()
    }
  })
})

describe('what an answer to a status query says', () => {
  const asked = async (inner: string): Promise<unknown> => {
    const gateway = await gatewayOn(() => stream(inner))
    const [outcome] = await gateway.inquire([outside], NEVER)
    await frontEnd?.close()
    return outcome
  }
  const row = (stt: string, status = '', more = ''): string =>
    `<status>AAAAAAA</status><list name="userDataList"><row><stt>${stt}</stt><status>${status}</status><statusText/>${more}</row></list>`

  test('every stt, and what is no stt', async () => {
    const kinds = { '0': 'settled', '1': 'refused', '2': 'unavailable', '3': 'refused', '4': 'refused' }
    expect(Object.keys(STTS)).toEqual(Object.keys(kinds))
    for (const [stt, kind] of Object.entries({ ...kinds, '': 'unavailable', '5': 'unavailable', '00': 'unavailable' }))
      expect([stt, await asked(row(stt))]).toMatchObject([stt, { kind }])
  })

  test('stt 2 is in process when the row’s status says that the bank has it, else nothing is learned', async () => {
    for (const [status, kind] of [
      ['AAAAAAB', 'accepted'],
      ['AAAAAAC', 'accepted'],
      ['AAAAAAE', 'accepted'],
      ['AAAAAAF', 'accepted'],
      ['CCCCCCC', 'accepted'],
      ['AAAAAAA', 'unavailable'],
      ['EEEEEEE', 'unavailable'],
      ['UNKNOWN', 'unavailable'],
      ['ED00001', 'unavailable'],
    ])
      expect([status, await asked(row('2', status))]).toMatchObject([status, { kind }])
  })

  test('an outer status other than AAAAAAA is the question’s: the payment stays as it is', async () => {
    for (const code of Object.keys(STATUSES).filter(status => status !== 'AAAAAAA' && status !== 'EEEEEEE'))
      expect([code, await asked(`<status>${code}</status>`)]).toMatchObject([code, { kind: 'unavailable' }])
    for (const code of ['ED00001', 'CP99999', 'BACKEND', 'AAAAAA', 'aaaaaaa'])
      expect([code, await asked(`<status>${code}</status>`)]).toMatchObject([code, { kind: 'unavailable', code }])
    expect(await asked('<status>EEEEEEE</status>')).toEqual({ kind: 'absent', code: 'EEEEEEE' })
    // "None" with a row is a contradiction.
    expect(await asked(row('1').replace('AAAAAAA', 'EEEEEEE'))).toMatchObject({ kind: 'unavailable' })
  })

  test('no row, two rows, or a row of another clientID teach nothing', async () => {
    expect(await asked('<status>AAAAAAA</status>')).toMatchObject({ kind: 'unavailable', code: 'citic.missing_item' })
    const one = '<row><stt>0</stt></row>'
    expect(await asked(`<status>AAAAAAA</status><list>${one}${one}</list>`)).toMatchObject({
      kind: 'unavailable',
      code: 'citic.ambiguous_item',
    })
    const other = row('0', '', '<clientID>P2026010200000009</clientID>')
    expect(await asked(other)).toMatchObject({ kind: 'unavailable', code: 'citic.wrong_item' })
    expect(await asked(row('1', '', '<tranAmount>9.99</tranAmount>'))).toMatchObject({ kind: 'unavailable' })
  })
})

describe('the line', () => {
  const GOOD = golden('citic', 'dlouttrn.reply.xml')
  const lines: readonly (readonly [string, Response, string])[] = [
    ['closed without an answer', 'close', 'citic.no_answer'],
    ['HTTP 500', { status: 500 }, 'citic.http_status'],
    ['HTTP 204', { status: 204 }, 'citic.http_status'],
    ['an answer that was cut', { cut: GOOD.subarray(0, 80) }, 'citic.no_answer'],
    ['half of an answer', GOOD.subarray(0, 200), 'citic.undecodable'],
    ['nothing', Buffer.alloc(0), 'citic.undecodable'],
    ['an answer in UTF-16', Buffer.from(iconv.decode(GOOD, 'gbk'), 'utf16le'), 'citic.undecodable'],
    [
      'an answer in UTF-8',
      Buffer.from(iconv.decode(GOOD, 'gbk').slice(0, -9) + '名</stream>', 'utf8'),
      'citic.undecodable',
    ],
    ['another document', Buffer.from('<ap><status>AAAAAAA</status></ap>'), 'citic.undecodable'],
    ['no status', Buffer.from('<stream><statusText/></stream>'), 'citic.undecodable'],
    ['a DOCTYPE', Buffer.from('<!DOCTYPE a><stream><status>AAAAAAA</status></stream>'), 'citic.undecodable'],
  ]

  test.each(lines)('%s: a payment is uncertain, a question teaches nothing', async (_, response, code) => {
    const gateway = await gatewayOn(() => response)
    expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code })
    expect((await gateway.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable', code })
    await expect(gateway.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
    await expect(
      gateway.statement(PAYER, { from: '2026-02-27', to: '2026-03-01' }, null, NEVER),
    ).rejects.toBeInstanceOf(Fault)
  })

  test('where nobody listens nothing was sent', async () => {
    const parsed = citicConfig.parse(settings({ endpoint: `http://127.0.0.1:${await deadPort()}/` }))
    const gateway = createCiticGateway(parsed, { clock: clockAt(MORNING_MS), name: 'citic' })
    expect((await gateway.send([outside, inside], NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
    expect((await gateway.inquire([outside], NEVER))[0]).toMatchObject({
      kind: 'unavailable',
      code: 'citic.unreachable',
    })
  })

  test('behind a message that got no answer nothing more is sent or asked; behind a bad answer it goes on', async () => {
    const silent = await gatewayOn(() => 'close')
    expect(await silent.send([outside, inside], NEVER)).toMatchObject([
      { kind: 'uncertain', code: 'citic.no_answer' },
      { kind: 'unsent', code: 'citic.halted' },
    ])
    expect(frontEnd?.seen.length).toBe(1)
    expect(await silent.inquire([outside, inside], NEVER)).toMatchObject([
      { kind: 'unavailable', code: 'citic.no_answer' },
      { kind: 'unavailable', code: 'citic.halted' },
    ])
    expect(frontEnd?.seen.length).toBe(2)
  })

  test('an abort ends the message under way as uncertain and those behind it unsent, at once', async () => {
    const controller = new AbortController()
    const gateway = await gatewayOn(() => {
      setImmediate(() => controller.abort())
      return 'silent'
    })
    const sent = await gateway.send([outside, inside], controller.signal)
    expect(sent).toMatchObject([{ kind: 'uncertain' }, { kind: 'unsent', code: 'citic.halted' }])
    expect(frontEnd?.seen.length).toBe(1)
  })

  test('an account number in the bank’s words is not repeated whole', async () => {
    const gateway = await gatewayOn(() =>
      stream('<status>ED00001</status><statusText>账号6222000000000001不存在</statusText>'),
    )
    expect(JSON.stringify(await gateway.send([outside], NEVER))).not.toContain('6222000000000001')
  })
})

describe('statement', () => {
  const RANGE = { from: '2026-02-27', to: '2026-03-01' }
  const goldenReply = (change: (text: string) => string): Buffer =>
    iconv.encode(change(iconv.decode(golden('citic', 'dltrnall.reply.xml'), 'gbk')), 'gbk')

  test.each([
    ['no amount', '<tranAmount>1.05<', '<tranAmount><', 'citic.row'],
    ['a negative amount', '<tranAmount>1.05<', '<tranAmount>-1.05<', 'citic.row'],
    ['an amount of three decimals', '<tranAmount>1.05<', '<tranAmount>1.055<', 'citic.row'],
    ['no side', '<creditDebitFlag>D<', '<creditDebitFlag><', 'citic.row'],
    ['no day', '<tranDate>20260227<', '<tranDate>20260231<', 'citic.row'],
    ['a day that was not asked for', '<tranDate>20260227<', '<tranDate>20260226<', 'citic.row'],
    ['a count that is not that of the rows', '<returnRecords>2<', '<returnRecords>3<', 'citic.paging'],
    ['no total', '<totalRecords>2<', '<totalRecords><', 'citic.paging'],
  ])('a row or page with %s is refused by name', async (_, from, to, code) => {
    const gateway = await gatewayOn(() => goldenReply(text => text.replace(from, to)))
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code })
  })

  test('a code is an empty list only where the site says so, and never behind a page that promised more', async () => {
    const codes = [{ code: 'ED00009', level: 'list', outcome: 'empty', meaning: '无明细' }]
    const gateway = await gatewayOn(() => stream('<status>ED00009</status>'), { codes })
    expect(await gateway.statement(PAYER, RANGE, null, NEVER)).toEqual({ items: [], next: null })
    expect(await gateway.receipt?.(PAYER, line(), NEVER)).toBeNull()
    await expect(gateway.statement(PAYER, RANGE, '2026-02-27:2026-03-01:21', NEVER)).rejects.toMatchObject({
      code: 'citic.paging',
    })
    await expect(gateway.balance(PAYER, NEVER)).rejects.toMatchObject({ code: 'ED00009' })
    await frontEnd?.close()
    const unaware = await gatewayOn(() => stream('<status>ED00009</status>'))
    await expect(unaware.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code: 'ED00009' })
  })

  test('rows that stop while the total says that there are more are a Fault, never an end', async () => {
    const empty = '<status>AAAAAAA</status><totalRecords>25</totalRecords><returnRecords>0</returnRecords>'
    const gateway = await gatewayOn(() => stream(empty))
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code: 'citic.paging' })
  })

  test('more than 92 days are asked for in parts, and more rows than startRecord counts by halves of the days', async () => {
    const asked: string[] = []
    const gateway = await gatewayOn(bytes => {
      const text = bytes.toString('latin1')
      const of = (name: string): string => new RegExp(`<${name}>(\\d*)<`).exec(text)?.[1] ?? ''
      asked.push(`${of('startDate')}-${of('endDate')}`)
      const total = of('startDate') === '20251101' && of('endDate') === '20260131' ? 12_000 : 0
      return stream(`<status>AAAAAAA</status><totalRecords>${total}</totalRecords><returnRecords>0</returnRecords>`)
    })
    const range = { from: '2025-11-01', to: '2026-03-09' }
    let next: string | null = null
    for (let page = 0; page < 10; page += 1) {
      const answer = await gateway.statement(PAYER, range, next, NEVER)
      expect(answer.items).toEqual([])
      next = answer.next
      if (next === null) break
    }
    expect(next).toBeNull()
    // Ended by today, 2026-03-01; every day asked for, none twice but those of the half that was too many.
    expect(asked).toEqual(['20251101-20260131', '20251101-20251216', '20251217-20260301'])
  })

  test.each([
    'x',
    '2026-02-27:2026-03-01:0',
    '2026-02-26:2026-03-01:1',
    '2026-02-27:2026-03-02:1',
    '2026-02-30:2026-03-01:1',
  ])('the cursor %s is not of this range', async cursor => {
    const gateway = await gatewayOn(byAction)
    await expect(gateway.statement(PAYER, RANGE, cursor, NEVER)).rejects.toMatchObject({ code: 'citic.cursor' })
    expect(frontEnd?.seen).toEqual([])
  })
})

describe('what may leave', () => {
  const code = (instruction: Instruction, by = config): string | undefined => instructionProblem(instruction, by)?.code

  test('an amount leaves exact, with two decimals, or not at all', () => {
    assert(
      property(bigInt({ min: 1n, max: 999_999_999_999_999n }), minor => {
        const one = { ...outside, amount: { minor, currency: 'CNY' } }
        expect(instructionProblem(one, config)).toBeNull()
        for (const fields of [outwardFields(one, config), rowFields(one)]) {
          const text = /<tranAmount>(\d{1,13}\.\d\d)</.exec(fields.join(''))?.[1] ?? ''
          expect(BigInt(text.replace('.', ''))).toBe(minor)
        }
      }),
    )
    for (const minor of [0n, -1n, 1_000_000_000_000_000n])
      expect(code({ ...outside, amount: { minor, currency: 'CNY' } })).toBe('citic.amount')
    expect(code({ ...outside, amount: { minor: 1n, currency: 'USD' } })).toBe('citic.currency')
  })

  test('names and accounts leave whole within their bytes, or not at all', () => {
    expect(code(withPayee({ name: '名'.repeat(61) }))).toBeUndefined()
    expect(code(withPayee({ name: '名'.repeat(61) + 'a' }))).toBe('citic.payee_name')
    expect(code(withPayee({ name: ' ' }))).toBe('citic.payee_name')
    expect(code(withPayee({ name: '名\u0001' }))).toBe('citic.text')
    expect(code(withPayee({ name: '名𠮷' }))).toBe('citic.text')
    expect(instructionProblem(withPayee({ name: '名𠮷' }), config)?.reason).toContain('「𠮷」')
    expect(code({ ...outside, purpose: '货款😀' })).toBe('citic.text')
    expect(code(withPayee({ account: '1'.repeat(32) }))).toBeUndefined()
    for (const account of ['1'.repeat(33), '', '62 22', '６２'])
      expect(code(withPayee({ account }))).toBe('citic.payee_account')
    expect(code({ ...outside, reference: 'P'.repeat(21) })).toBe('citic.reference')
    expect(code({ ...outside, payer: { ...outside.payer, account: '8110000000000000003' } })).toBe(
      'citic.unknown_account',
    )
    expect(code(withPayee({ account: '6222 0000 0000 0001' }))).toBe('citic.payee_account')
  })

  test('another bank is paid by its number, or by its name where the site allows it', () => {
    const named = citicConfig.parse(settings({ requiresBankCode: false }))
    expect(code(withPayee({ bankCode: '' }))).toBe('citic.payee_bank_needed')
    expect(code(withPayee({ bankCode: '10210009' }))).toBe('citic.payee_bank_code')
    expect(code(withPayee({ bankCode: '', bankName: '某银行' }), named)).toBeUndefined()
    expect(code(withPayee({ bankCode: '' }), named)).toBe('citic.payee_bank_name')
    expect(code(withPayee({ bankCode: '', bankName: '行'.repeat(62) }), named)).toBe('citic.payee_bank_name')
    const personal = { ...inside, purpose: '', payee: { ...inside.payee, kind: 'P' as const } }
    expect(code(personal)).toBe('citic.abstract_needed')
    expect(code({ ...personal, purpose: '报销' })).toBeUndefined()
  })

  test('abstract and memo leave within 102 and 60 bytes, as a beginning of what was asked', () => {
    const words = string({ unit: constantFrom('货', 'A', ' ', '\n', '&', '<', '\u0000'), maxLength: 150, size: 'max' })
    assert(
      property(words, words, (purpose, postscript) => {
        const body = outwardFields({ ...outside, purpose, postscript }, config).join('')
        for (const [name, width, asked] of [
          ['abstract', 102, purpose],
          ['memo', 60, postscript],
        ] as const) {
          const text = (new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1] ?? '').replace('&lt;', '<')
          const plain = text.replaceAll('&lt;', '<').replaceAll('&amp;', '&')
          expect(iconv.encode(plain, 'gbk').length).toBeLessThanOrEqual(width)
          expect(asked.replaceAll('\u0000', ' ').replace(/\s+/g, ' ').trim().startsWith(plain)).toBe(true)
        }
      }),
    )
  })

  test('the same reference twice in a call is not sent at all', async () => {
    const gateway = await gatewayOn(byAction)
    expect((await gateway.send([outside, outside], NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
    expect(frontEnd?.seen).toEqual([])
  })
})
