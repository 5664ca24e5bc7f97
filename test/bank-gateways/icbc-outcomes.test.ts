import type http from 'node:http'
import iconv from 'iconv-lite'
import { createIcbcGateway } from '../../bank-gateways/icbc/gateway'
import type { BankGateway, InquiryOutcome, SendOutcome } from '../../connector/ports'
import {
  ACCOUNT,
  type Captured,
  type FakeNc,
  balanceReply,
  configFor,
  envelope,
  fakeNc,
  inquiryReply,
  instruction,
  item,
  never,
  packed,
  queried,
  reply,
  signPage,
  world,
} from './icbc-fake-nc'

let nc: FakeNc
let gateway: BankGateway
beforeEach(async () => {
  nc = await fakeNc()
  await setUp()
})
afterEach(() => nc.close())

/** A gateway that has learned the bank's date, so that a payment is one call to each port. */
async function setUp(changes: Record<string, unknown> = {}): Promise<void> {
  gateway = createIcbcGateway(configFor(nc, changes), world().deps)
  await gateway.balance(ACCOUNT, never)
  nc.sent.length = 0
}

const sendOne = async (): Promise<SendOutcome | undefined> => (await gateway.send([instruction()], never))[0]
const inquireOne = async (): Promise<InquiryOutcome | undefined> => (await gateway.inquire([instruction()], never))[0]
const packages = (): number => nc.sent.filter(({ xml }) => xml.includes('<TransCode>PAYENT<')).length

const payentAnswers = (rows: string, retCode = '0'): void =>
  nc.on(
    'PAYENT',
    reply(({ fSeqno }) => envelope('PAYENT', fSeqno, rows, retCode, 'CMM0012345678')),
  )
const inquiryAnswers = (rows: string): void =>
  nc.on(
    'QPAYENT',
    reply(({ fSeqno }) => inquiryReply(fSeqno, rows)),
  )

const RESULTS = [
  ['0', 'accepted', 'accepted'],
  ['1', 'accepted', 'accepted'],
  ['2', 'accepted', 'accepted'],
  ['3', 'accepted', 'accepted'],
  ['4', 'accepted', 'accepted'],
  ['5', 'accepted', 'accepted'],
  ['6', 'refused', 'refused'],
  ['7', 'settled', 'settled'],
  ['8', 'refused', 'refused'],
  ['9', 'accepted', 'accepted'],
  ['10', 'accepted', 'accepted'],
  ['11', 'refused', 'refused'],
  ['', 'uncertain', 'unavailable'],
  ['12', 'uncertain', 'unavailable'],
  ['86', 'uncertain', 'unavailable'],
  ['95', 'uncertain', 'unavailable'],
  ['98', 'uncertain', 'unavailable'],
  ['07', 'uncertain', 'unavailable'],
  ['toString', 'uncertain', 'unavailable'],
] as const

test.each(RESULTS)('Result 「%s」 is %s as the answer to a send, %s to an inquiry', async (result, sent, asked) => {
  payentAnswers(item({ Result: result }))
  inquiryAnswers(queried({ Result: result }))
  expect(await sendOne()).toMatchObject({ kind: sent })
  expect(await inquireOne()).toMatchObject({ kind: asked })
})

test("a Result that the site's manual adds decides what the site configured", async () => {
  await setUp({ extraResults: { '86': { outcome: 'accepted', meaning: '等待电话核实' } } })
  payentAnswers(item({ Result: '86' }))
  expect(await sendOne()).toMatchObject({ kind: 'accepted', echo: { code: '86', text: 'Result=86 等待电话核实' } })
})

test('a refusal carries iRetCode and iRetMsg at the send, instrRetCode and instrRetMsg at the inquiry', async () => {
  payentAnswers(item({ Result: '6', iRetCode: 'B0043', iRetMsg: '账号中文户名不符' }))
  inquiryAnswers(queried({ Result: '6', instrRetCode: 'B0052', instrRetMsg: '收付款账号相同' }))
  expect(await sendOne()).toEqual({
    kind: 'refused',
    refusal: { code: 'B0043', text: '账号中文户名不符', bankSerial: 'CMM0012345678-1' },
  })
  expect(await inquireOne()).toEqual({
    kind: 'refused',
    refusal: { code: 'B0052', text: '收付款账号相同', bankSerial: 'CMM0012345678-1' },
  })
})

test('a refusal without a code of its own is named by its Result', async () => {
  payentAnswers(item({ Result: '8', iRetCode: '' }))
  expect(await sendOne()).toMatchObject({ kind: 'refused', refusal: { code: 'Result8', text: '指令被拒绝授权' } })
})

describe('provably nothing left: unsent', () => {
  afterEach(() => expect(packages()).toBe(0))

  test('connection refused at the sign port', async () => {
    await nc.stop('sign')
    expect(await sendOne()).toMatchObject({ kind: 'unsent', code: 'icbc.not-prepared' })
  })

  test('connection refused at the tunnel port', async () => {
    await nc.stop('tunnel')
    expect(await sendOne()).toMatchObject({ kind: 'unsent', code: 'icbc.unreachable' })
    expect(nc.signed).toHaveLength(1)
  })

  test.each<[string, (response: http.ServerResponse, captured: Captured) => void]>([
    ['HTTP 500', response => void response.writeHead(500).end()],
    ['a page without <sign>', response => void response.end('<html><body>no key</body></html>')],
    ['an empty <sign>', response => void response.end('<sign>\r\n</sign>')],
    ['a <sign> that is no Base64', response => void response.end('<sign>not signed</sign>')],
    ['result 1 beside a <sign>', (response, { body }) => void response.end(signPage(body, '1'))],
    ['a closed connection', response => void response.destroy()],
  ])('the sign port answers with %s', async (_, answer) => {
    nc.on('sign', (captured, response) => answer(response, captured))
    expect(await sendOne()).toMatchObject({ kind: 'unsent' })
  })

  test('the sign port is silent', async () => {
    await setUp({ answerTimeoutMs: 150 })
    nc.on('sign', () => {})
    expect(await sendOne()).toMatchObject({ kind: 'unsent', code: 'icbc.not-prepared' })
  })

  test("the bank's date cannot be learned", async () => {
    gateway = createIcbcGateway(configFor(nc), world().deps)
    nc.on('QACCBAL', (_, response) => void response.end('errorCode=40418'))
    expect(await sendOne()).toMatchObject({ kind: 'unsent', code: '40418' })
    expect(nc.signed).toEqual([])
  })

  test('the call was aborted before it began', async () => {
    const [outcome] = await gateway.send([instruction()], AbortSignal.abort())
    expect(outcome).toMatchObject({ kind: 'unsent' })
  })

  test('the call is aborted while the sign port keeps it waiting', async () => {
    const abort = new AbortController()
    nc.on('sign', () => abort.abort())
    expect((await gateway.send([instruction()], abort.signal))[0]).toMatchObject({ kind: 'unsent' })
  })
})

type Spoiled = readonly [string, string, (captured: Captured, response: http.ServerResponse) => void]

const good = (captured: Captured): string =>
  captured.xml.includes('<TransCode>PAYENT<')
    ? envelope('PAYENT', captured.fSeqno, item(), '0', 'CMM0012345678')
    : inquiryReply(captured.fSeqno, queried())
const answering =
  (spoil: (captured: Captured) => string | Buffer) =>
  (captured: Captured, response: http.ServerResponse): void =>
    void response.end(spoil(captured))

const SPOILED: readonly Spoiled[] = [
  ['a closed connection', 'icbc.no-answer', (_, response) => void response.destroy()],
  [
    'a body cut off before its announced length',
    'icbc.no-answer',
    (captured, response) => {
      const whole = packed(good(captured))
      response.writeHead(200, { 'Content-Length': String(whole.length) })
      response.write(whole.slice(0, -100), () => response.destroy())
    },
  ],
  [
    'HTTP 500 around a good reply',
    'icbc.http-status',
    (captured, response) => void response.writeHead(500).end(packed(good(captured))),
  ],
  ['a redirect', 'icbc.http-status', (_, response) => void response.writeHead(302, { Location: '/' }).end()],
  ['errorCode=40418', '40418', answering(() => 'errorCode=40418')],
  ['an errorCode of no table', '99999', answering(() => 'errorCode=99999\r\n')],
  ['nothing', 'icbc.undecodable', answering(() => '')],
  ['garbage', 'icbc.undecodable', answering(() => Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x81]))],
  ['an HTML page', 'icbc.undecodable', answering(() => '<html><body>Service Unavailable</body></html>')],
  ['bare XML without reqData=', 'icbc.undecodable', answering(captured => good(captured))],
  ['Base64 cut between quartets', 'icbc.undecodable', answering(captured => packed(good(captured)).slice(0, -80))],
  ['Base64 cut within a quartet', 'icbc.undecodable', answering(captured => packed(good(captured)).slice(0, -3))],
  ['Base64 of no XML', 'icbc.undecodable', answering(() => packed('RetCode=0'))],
  ['XML that does not close', 'icbc.undecodable', answering(captured => packed(good(captured).slice(0, -6)))],
  ['XML of another root', 'icbc.undecodable', answering(captured => packed(good(captured).replaceAll('CMS', 'SMC')))],
  [
    'bytes that are no GBK',
    'icbc.undecodable',
    answering(captured => packed(Buffer.concat([Buffer.from(good(captured)), Buffer.of(0xff, 0xff)]))),
  ],
  [
    'UTF-8 in place of GBK',
    'icbc.undecodable',
    answering(captured => packed(Buffer.from(good(captured).replace('<RetMsg>', '<RetMsg>成功'), 'utf8'))),
  ],
  [
    'UTF-16 in place of GBK',
    'icbc.undecodable',
    answering(captured => packed(iconv.encode(good(captured), 'utf16le'))),
  ],
  [
    "another package's number",
    'icbc.wrong-serial',
    answering(captured => packed(good(captured).replace(`<fSeqno>${captured.fSeqno}<`, '<fSeqno>OTHER1<'))),
  ],
  [
    'no package number',
    'icbc.wrong-serial',
    answering(captured => packed(good(captured).replace(`<fSeqno>${captured.fSeqno}</fSeqno>`, ''))),
  ],
  [
    'the reply to another transaction',
    'icbc.wrong-serial',
    answering(captured => packed(good(captured).replace(/<TransCode>\w+</, '<TransCode>QPD<'))),
  ],
  ['no item', 'icbc.row-missing', answering(captured => packed(good(captured).replace(/<rd>.*<\/rd>/, '')))],
  [
    'an item of another line',
    'icbc.row-missing',
    answering(captured => packed(good(captured).replace(/<(Qryi|i)Seqno>1</g, '<$1Seqno>2<'))),
  ],
  ['our item twice', 'icbc.row-twice', answering(captured => packed(good(captured).replace(/<rd>.*<\/rd>/, '$&$&')))],
  [
    'our line with another reference',
    'icbc.wrong-item',
    answering(captured => packed(good(captured).replace('<Ref>P0001<', '<Ref>P0002<'))),
  ],
  [
    'our item in another currency',
    'icbc.wrong-currency',
    answering(captured => packed(good(captured).replace('<CurrType>001<', '<CurrType>014<'))),
  ],
  [
    'an amount that is no number of 分',
    'icbc.undecodable',
    answering(captured => packed(good(captured).replace('<PayAmt>12345<', '<PayAmt>123.45<'))),
  ],
  [
    'a package code of no table',
    'B9999',
    answering(captured => packed(good(captured).replace('<RetCode>0<', '<RetCode>B9999<'))),
  ],
  [
    'the code remembered for a repeat',
    'B0016',
    answering(captured => packed(good(captured).replace('<RetCode>0<', '<RetCode>B0016<'))),
  ],
  [
    'a blank package code',
    'icbc.no-code',
    answering(captured => packed(good(captured).replace('<RetCode>0<', '<RetCode><'))),
  ],
]

describe('anything after the first byte to the tunnel port proves nothing', () => {
  test('the answers below differ from a good one only as they say', async () => {
    nc.on(
      'PAYENT',
      answering(captured => packed(good(captured))),
    )
    nc.on(
      'QPAYENT',
      answering(captured => packed(good(captured))),
    )
    expect(await sendOne()).toMatchObject({ kind: 'settled' })
    expect(await inquireOne()).toMatchObject({ kind: 'settled' })
  })

  test.each(SPOILED)(
    '%s: a payment is uncertain and sent once, an inquiry unavailable (%s)',
    async (_, code, answer) => {
      nc.on('PAYENT', answer)
      nc.on('QPAYENT', answer)
      expect(await sendOne()).toMatchObject({ kind: 'uncertain', code })
      expect(packages()).toBe(1)
      expect(await inquireOne()).toMatchObject({ kind: 'unavailable', code })
    },
  )

  test('silence', async () => {
    await setUp({ answerTimeoutMs: 150 })
    nc.on('PAYENT', () => {})
    nc.on('QPAYENT', () => {})
    expect(await sendOne()).toMatchObject({ kind: 'uncertain', code: 'icbc.no-answer' })
    expect(await inquireOne()).toMatchObject({ kind: 'unavailable', code: 'icbc.no-answer' })
  })

  test('an answer longer than is allowed', async () => {
    await setUp({ maxAnswerBytes: 8192 })
    const long: Spoiled[2] = (captured, response) => void response.end(packed(good(captured)) + ' '.repeat(8192))
    nc.on('PAYENT', long)
    nc.on('QPAYENT', long)
    expect(await sendOne()).toMatchObject({ kind: 'uncertain', code: 'icbc.no-answer' })
    expect(await inquireOne()).toMatchObject({ kind: 'unavailable', code: 'icbc.no-answer' })
  })

  test('an abort, at once', async () => {
    const abort = new AbortController()
    nc.on('PAYENT', () => abort.abort())
    expect((await gateway.send([instruction()], abort.signal))[0]).toMatchObject({ kind: 'uncertain' })
    const again = new AbortController()
    nc.on('QPAYENT', () => again.abort())
    expect((await gateway.inquire([instruction()], again.signal))[0]).toMatchObject({ kind: 'unavailable' })
  })
})

test('B0116 is absent as the answer to an inquiry, and nothing at all as the answer to a payment', async () => {
  payentAnswers('', 'B0116')
  nc.on(
    'QPAYENT',
    reply(({ fSeqno }) => envelope('QPAYENT', fSeqno, '', 'B0116')),
  )
  expect(await sendOne()).toMatchObject({ kind: 'uncertain', code: 'B0116' })
  expect(await inquireOne()).toEqual({ kind: 'absent', code: 'B0116' })
})

test('B0116 beside rows contradicts itself and teaches nothing', async () => {
  nc.on(
    'QPAYENT',
    reply(({ fSeqno }) => inquiryReply(fSeqno, queried()).replace('<RetCode>0<', '<RetCode>B0116<')),
  )
  expect(await inquireOne()).toMatchObject({ kind: 'unavailable', code: 'B0116' })
})

test('an answer about another package teaches nothing', async () => {
  nc.on(
    'QPAYENT',
    reply(({ fSeqno }) => inquiryReply(fSeqno, queried(), '20260301093000002')),
  )
  expect(await inquireOne()).toMatchObject({ kind: 'unavailable', code: 'icbc.wrong-serial' })
})

test('a code configured as "not executed" makes the whole package unsent', async () => {
  await setUp({ notExecutedCodes: { B7777: '签名日期与银行日期不符' } })
  payentAnswers('', 'B7777')
  expect(await sendOne()).toMatchObject({ kind: 'unsent', code: 'B7777' })
})

test.each([
  [{ Result: '7', iRetCode: 'B0043' }, 'B0043'],
  [{ Result: '6', iRetCode: 'B0043', PayAmt: '12344' }, 'icbc.wrong-item'],
  [{ Result: '6', iRetCode: 'B0043', RecAccNo: '1100000000000009' }, 'icbc.wrong-item'],
])('an item that contradicts itself or us, %j, is uncertain', async (fields, code) => {
  payentAnswers(item(fields))
  expect(await sendOne()).toMatchObject({ kind: 'uncertain', code })
})

test.each([
  [{ Result: '7', instrRetCode: 'B0043' }, 'B0043'],
  [{ Result: '7', iRetCode: 'D0098' }, 'D0098'],
  [{ Result: '6', iRetCode: 'B0116' }, 'B0116'],
])('a row whose codes contradict its Result, %j, is unavailable', async (fields, code) => {
  inquiryAnswers(queried(fields))
  expect(await inquireOne()).toMatchObject({ kind: 'unavailable', code })
})

test('a success with another amount is handed on as the bank said it, for the core to contradict', async () => {
  payentAnswers(item({ PayAmt: '12344' }))
  expect(await sendOne()).toMatchObject({ kind: 'settled', echo: { amount: { minor: 12344n, currency: 'CNY' } } })
})

test('what an answer leaves out is null in the echo, not assumed', async () => {
  payentAnswers('<rd><iSeqno>1</iSeqno><Result>4</Result></rd>')
  expect(await sendOne()).toMatchObject({
    kind: 'accepted',
    echo: { reference: null, amount: null, payeeAccount: null, bankSerial: 'CMM0012345678' },
  })
})

test('a package answered without one of its items leaves exactly that line uncertain', async () => {
  payentAnswers(
    item() + item({ iSeqno: '3', OrderNo: '3', Ref: 'P0003', ERPSqn: 'P0003', Result: '6', iRetCode: 'B0052' }),
  )
  const batch = [1, 2, 3].map(line =>
    instruction({ reference: `P000${line}`, batch: { reference: '20260301093000001', line } }),
  )
  const outcomes = await gateway.send(batch, never)
  expect(outcomes.map(outcome => outcome.kind)).toEqual(['settled', 'uncertain', 'refused'])
})

test('a line that cannot be written is unsent with a reason; the others go without it', async () => {
  payentAnswers(item() + item({ iSeqno: '3', Ref: 'P0003', ERPSqn: 'P0003' }))
  const batch = [1, 2, 3].map(line =>
    instruction({
      reference: `P000${line}`,
      batch: { reference: '20260301093000001', line },
      ...(line === 2 ? { payee: { name: '𠮷田公司' } } : {}),
    }),
  )
  const outcomes = await gateway.send(batch, never)
  expect(outcomes.map(outcome => outcome.kind)).toEqual(['settled', 'unsent', 'settled'])
  expect(outcomes[1]).toEqual({
    kind: 'unsent',
    code: 'icbc.text',
    reason: '收款户名含 GBK 无法表示的字符𠮷 / payee.name has characters beyond GBK',
  })
  expect(nc.signed[0]?.xml).toContain('<TotalNum>2</TotalNum><TotalAmt>24690</TotalAmt>')
})

test.each([
  ['more than batchMax', { batchMax: 1 }, ['20260301093000001', '20260301093000001'], [1, 2]],
  ['two packages', {}, ['20260301093000001', '20260301093000002'], [1, 2]],
  ['one line twice', {}, ['20260301093000001', '20260301093000001'], [1, 1]],
  ['a package number with a dot', {}, ['20260301.093000', '20260301.093000'], [1, 2]],
])('a call of %s is unsent as a whole', async (_, changes, references, lines) => {
  await setUp(changes)
  const batch = references.map((reference, index) => instruction({ batch: { reference, line: lines[index] ?? 0 } }))
  const outcomes = await gateway.send(batch, never)
  expect(outcomes.map(outcome => outcome.kind)).toEqual(['unsent', 'unsent'])
  expect(nc.signed).toEqual([])
})

test('instructions of several packages are asked about package by package and answered in order', async () => {
  nc.on(
    'QPAYENT',
    reply(({ fSeqno, xml }) => {
      const asked = /<QryfSeqno>(\w+)</.exec(xml)?.[1] ?? ''
      return asked === 'B1'
        ? inquiryReply(fSeqno, queried() + queried({ QryiSeqno: '2', Ref: 'P2', ERPSqn: 'P2', Result: '6' }), 'B1')
        : envelope('QPAYENT', fSeqno, '', 'B0116')
    }),
  )
  const outcomes = await gateway.inquire(
    [
      instruction({ batch: { reference: 'B1', line: 1 } }),
      instruction({ batch: { reference: 'B2', line: 1 } }),
      instruction({ reference: 'P2', batch: { reference: 'B1', line: 2 } }),
    ],
    never,
  )
  expect(outcomes.map(outcome => outcome.kind)).toEqual(['settled', 'absent', 'refused'])
  expect(nc.sent).toHaveLength(2)
})

test('an empty call asks nobody', async () => {
  expect(await gateway.send([], never)).toEqual([])
  expect(await gateway.inquire([], never)).toEqual([])
  expect(nc.sent).toEqual([])
})

test.each([
  ['iRetCode', (text: string) => text.replace('<iRetCode>0<', '<iRetCode>D0098<'), 'D0098'],
  ['RetCode', (text: string) => text.replace('<RetCode>0<', '<RetCode>D0098<'), 'D0098'],
  ['another account', (text: string) => text.replace(ACCOUNT, '0200000109000000002'), 'icbc.row-missing'],
  ['no balance', (text: string) => text.replace('<Balance>2<', '<Balance><'), 'icbc.undecodable'],
  ['no time', (text: string) => text.replace('<QueryTime>20260301093000<', '<QueryTime>20260301<'), 'icbc.undecodable'],
  [
    'no day',
    (text: string) => text.replace('<QueryTime>20260301093000<', '<QueryTime>20260231093000<'),
    'icbc.undecodable',
  ],
])('a balance with a bad %s is a fault with its code, not a number', async (_, spoil, code) => {
  nc.on(
    'QACCBAL',
    reply(({ fSeqno }) => spoil(balanceReply(fSeqno, '20260301093000'))),
  )
  await expect(gateway.balance(ACCOUNT, never)).rejects.toMatchObject({ name: 'Fault', code })
})
