// The CIB gateway against messages composed by hand from the reference: what leaves, byte for byte, what the answers are taken to
// say at every level, and what a broken line is taken for.

import { assert, bigInt, constantFrom, property, string } from 'fast-check'
import iconv from 'iconv-lite'
import { isListed, STATES, STATUSES } from '../../bank-gateways/cib/codes'
import { batchFields, instructionProblem, referenceIn, singleFields } from '../../bank-gateways/cib/codec-payment'
import { cibConfig } from '../../bank-gateways/cib/config'
import { createCibGateway } from '../../bank-gateways/cib/gateway'
import type { BankGateway, Instruction, Party } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import { clockAt, deadPort, golden, MORNING_MS, NEVER, payment, startHttp, type FrontEnd } from './byte-front-end'
import type { Respond, Response } from './byte-front-end'

const PAYER = '117000000000000001'
const PASSWORD = 'Zx-0secret'
const BATCH = { function: 'ASYNBATCHTRSFRTRNRQ', size: 'lines' }
const settings = (over: object = {}): object => ({
  endpoint: 'http://127.0.0.1:8007/',
  cid: '1100000001',
  userId: 'u1',
  userPassword: PASSWORD,
  accounts: { [PAYER]: { currency: 'CNY', city: '福州市' } },
  payment: { function: 'XFERTRNRQ', superFor: 'none' },
  batchMax: 20,
  answerTimeoutMs: 5000,
  ...over,
})
const config = cibConfig.parse(settings())
const batchConfig = cibConfig.parse(settings({ payment: BATCH }))

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

async function gatewayOn(respond: Respond, over: object = {}): Promise<BankGateway> {
  await frontEnd?.close()
  frontEnd = await startHttp(respond)
  const parsed = cibConfig.parse(settings({ endpoint: frontEnd.url, ...over }))
  return createCibGateway(parsed, { clock: clockAt(MORNING_MS), name: 'cib', sequence: () => '000000000007' })
}

/** Answers each function with its golden reply. */
const byFunction: Respond = bytes => golden('cib', `${functionOf(bytes).toLowerCase()}.reply.xml`)

function functionOf(bytes: Buffer): string {
  return /<SECURITIES_MSGSRQV1><(\w+)>/.exec(bytes.toString('latin1'))?.[1] ?? ''
}

function goldenReply(name: string, change: (text: string) => string): Buffer {
  return iconv.encode(change(iconv.decode(golden('cib', `${name}.reply.xml`), 'gbk')), 'gbk')
}

const ok = '<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>'
const status = (code: string): string => `<STATUS><CODE>${code}</CODE><SEVERITY>ERROR</SEVERITY></STATUS>`

/** An answer to whatever was asked, with its TRNUID. */
function answering(inner: string): Respond {
  return bytes => {
    const trnuid = /<TRNUID>(\w+)</.exec(bytes.toString('latin1'))?.[1] ?? ''
    const name = `${functionOf(bytes).slice(0, -2)}RS`
    const body = `<${name}><TRNUID>${trnuid}</TRNUID>${inner}</${name}>`
    return iconv.encode(
      `<FOX><SIGNONMSGSRSV1><SONRS>${ok}</SONRS></SIGNONMSGSRSV1><SECURITIES_MSGSRSV1>${body}</SECURITIES_MSGSRSV1></FOX>`,
      'gbk',
    )
  }
}

const outside = payment(PAYER, {
  payee: { ...payment(PAYER).payee, bankName: '工商银行', city: '北京市' },
})
const inside = payment(PAYER, {
  reference: 'P2026010200000002',
  batch: { reference: 'B2026010200000001', line: 2 },
  payee: {
    ...outside.payee,
    account: '117000000000000009',
    name: '丙公司',
    bankName: '兴业银行福州分行',
    bankCode: '309391000011',
    city: '福州',
  },
  amount: { minor: 9_999_999_999_999_999n, currency: 'CNY' },
  purpose: '服务费',
  postscript: '第 2 期 A&B',
})
const withPayee = (over: Partial<Party>): Instruction => ({ ...outside, payee: { ...outside.payee, ...over } })

function expectSent(index: number, name: string): void {
  const bytes = frontEnd?.seen[index]?.bytes ?? Buffer.alloc(0)
  expect(iconv.decode(bytes, 'gbk')).toBe(iconv.decode(golden('cib', `${name}.request.xml`), 'gbk'))
  expect(bytes.equals(golden('cib', `${name}.request.xml`))).toBe(true)
}

const ECHO = {
  reference: 'P2026010200000001',
  amount: { minor: 105n, currency: 'CNY' },
  payeeAccount: '6222000000000001',
}

describe('messages', () => {
  test('XFERTRNRQ leaves byte for byte, to another bank (INTERBANK N) and inside CIB (INTERBANK Y)', async () => {
    const gateway = await gatewayOn(byFunction)
    const [first, second] = await gateway.send([outside, inside], NEVER)
    expectSent(0, 'xfertrnrq')
    expectSent(1, 'xfertrnrq-own')
    expect(frontEnd?.seen[0]).toMatchObject({ method: 'POST', contentType: 'application/x-fox' })
    const text = '后台处理中 / in process'
    expect(first).toEqual({ kind: 'accepted', echo: { ...ECHO, bankSerial: '123456789', code: 'PROCESSING', text } })
    // The answer to the second carries the first's TRNUID.
    expect(second).toMatchObject({ kind: 'uncertain', code: 'cib.wrong_serial' })
  })

  test('超网 is chosen only where it may be', async () => {
    const over = { payment: { function: 'XFERTRNRQ', superFor: 'urgent' } }
    const gateway = await gatewayOn(byFunction, over)
    await gateway.send([{ ...outside, isUrgent: true }], NEVER)
    expectSent(0, 'xfertrnrq-super')
    const parsed = cibConfig.parse(settings(over))
    const goesSuper = (instruction: Instruction): boolean =>
      singleFields({ ...instruction, isUrgent: true }, parsed)
        .join('')
        .includes('<PMTMODE>SUPER<')
    expect(goesSuper({ ...outside, amount: { minor: 5_000_000n, currency: 'CNY' } })).toBe(true)
    expect(goesSuper({ ...outside, amount: { minor: 5_000_001n, currency: 'CNY' } })).toBe(false)
    expect(goesSuper(withPayee({ bankCode: '' }))).toBe(false)
    expect(goesSuper(inside)).toBe(false)
    expect(singleFields(outside, parsed).join('')).not.toContain('PMTMODE')
  })

  test('XFERINQTRNRQ leaves byte for byte under a TRNUID of its own, and PAYOUT is paid', async () => {
    const gateway = await gatewayOn(byFunction)
    expect(await gateway.inquire([outside], NEVER)).toEqual([
      { kind: 'settled', echo: { ...ECHO, bankSerial: '123456789', code: 'PAYOUT', text: '交易成功 / paid' } },
    ])
    expectSent(0, 'xferinqtrnrq')
  })

  test('a batch leaves byte for byte with eleven bars a line; its answer is read by line number, in any order', async () => {
    const gateway = await gatewayOn(byFunction, { payment: BATCH })
    const [first, second] = await gateway.send([outside, inside], NEVER)
    expectSent(0, 'asynbatchtrsfrtrnrq')
    expect(frontEnd?.seen.length).toBe(1)
    expect(first).toMatchObject({ kind: 'accepted', echo: { ...ECHO, bankSerial: '', code: 'SUBMIT_SUCC' } })
    expect(second).toEqual({
      kind: 'refused',
      refusal: { code: 'FAIL', text: '交易失败 / failed: 户名不符', bankSerial: '' },
    })
  })

  test('a batch is asked about once, with its TRNUID alone', async () => {
    const gateway = await gatewayOn(byFunction, { payment: BATCH })
    const asked = await gateway.inquire([outside, inside], NEVER)
    expect(asked.map(({ kind }) => kind)).toEqual(['accepted', 'refused'])
    expectSent(0, 'asynbatchtrsfrtrnrq-inquiry')
    expect(frontEnd?.seen.length).toBe(1)
  })

  test('SCUSTSTMTTRNRQ without INCTRAN is the balance', async () => {
    const gateway = await gatewayOn(byFunction)
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01T09:29:58',
      current: { minor: 100_010n, currency: 'CNY' },
      available: { minor: 90_000n, currency: 'CNY' },
      frozen: null,
      previousDay: null,
    })
    expectSent(0, 'scuststmttrnrq-balance')
  })

  test('a statement leaves byte for byte; a negative debit is money that came back', async () => {
    const gateway = await gatewayOn(byFunction)
    const page = await gateway.statement(PAYER, { from: '2026-02-27', to: '2026-02-28' }, null, NEVER)
    expectSent(0, 'scuststmttrnrq')
    const common = {
      valueOn: null,
      counterAccount: '6222000000000001',
      counterName: '收款公司',
      counterBank: '工商银行',
      purpose: '货款 P2026010200000001',
      text: '汇款汇出',
      reference: 'P2026010200000001',
      type: '6001',
      receiptKey: '',
    }
    expect(page).toEqual({
      next: null,
      items: [
        {
          ...common,
          bankId: '20260227000000001-D',
          bookedOn: '2026-02-27',
          bookedTime: '10:15:00',
          amount: { minor: -105n, currency: 'CNY' },
          balanceAfter: { minor: 99_895n, currency: 'CNY' },
          bankSerial: 'TL01',
          isReversal: false,
        },
        {
          ...common,
          bankId: '20260228000000001-DR',
          bookedOn: '2026-02-28',
          bookedTime: '09:01:02',
          amount: { minor: 105n, currency: 'CNY' },
          balanceAfter: { minor: 100_000n, currency: 'CNY' },
          bankSerial: 'TL02',
          isReversal: true,
        },
      ],
    })
  })
})

const STATE_KINDS: Readonly<Record<string, readonly [send: string, inquiry: string]>> = {
  PAYOUT: ['accepted', 'settled'],
  FAIL: ['refused', 'refused'],
  CANCEL: ['refused', 'refused'],
  EXPIRED: ['refused', 'refused'],
  PART_PAYOUT: ['uncertain', 'unavailable'],
  AUDITING: ['accepted', 'accepted'],
  AUDITED: ['accepted', 'accepted'],
  WAIT_FOR_AUDIT: ['accepted', 'accepted'],
  PROCESSING: ['accepted', 'accepted'],
  SEND_BACK: ['accepted', 'accepted'],
  SUBMIT_SUCC: ['accepted', 'accepted'],
  PENDING: ['uncertain', 'unavailable'],
}
const UNLISTED = ['', 'PAYOUT1', 'payout', 'SUCCESS', '0']

describe('what an answer says of a payment', () => {
  const one = (code: string, more = ''): string =>
    `${ok}<XFERRS><SRVRID>9</SRVRID>${more}<XFERPRCSTS><XFERPRCCODE>${code}</XFERPRCCODE></XFERPRCSTS></XFERRS>`
  const record = (code: string, more = ''): string =>
    `<XFER><SRVRTID>9</SRVRTID>${more}<XFERPRCSTS><XFERPRCCODE>${code}</XFERPRCCODE></XFERPRCSTS></XFER>`
  const listed = (inner: string, more = 'Y'): string =>
    `${ok}<XFERINQRS><XFERLIST MORE="${more}"><FROM>1</FROM><TO>1</TO>${inner}</XFERLIST></XFERINQRS>`
  const lines = (...codes: readonly string[]): string =>
    `${ok}<RSBODY><XFERINFOTEXT><![CDATA[${codes.map((code, i) => `${i + 1}|||||||||||${code}||\n`).join('')}]]></XFERINFOTEXT></RSBODY>`
  const sentKind = async (inner: string, over: object = {}): Promise<unknown> =>
    (await (await gatewayOn(answering(inner), over)).send([outside], NEVER))[0]
  const askedKind = async (inner: string, over: object = {}): Promise<unknown> =>
    (await (await gatewayOn(answering(inner), over)).inquire([outside], NEVER))[0]

  test('every state of the reference, and what is none, of a single payment and of a batch line', async () => {
    expect(Object.keys(STATES)).toEqual(Object.keys(STATE_KINDS))
    const all = [...Object.entries(STATE_KINDS), ...UNLISTED.map(code => [code, ['uncertain', 'unavailable']] as const)]
    for (const [code, [send, inquiry]] of all) {
      expect([code, await sentKind(one(code))]).toMatchObject([code, { kind: send }])
      expect([code, await askedKind(listed(record(code)))]).toMatchObject([code, { kind: inquiry }])
      expect([code, await sentKind(lines(code), { payment: BATCH })]).toMatchObject([code, { kind: send }])
      expect([code, await askedKind(lines(code), { payment: BATCH })]).toMatchObject([code, { kind: inquiry }])
    }
  })

  test('every STATUS code but 0 is uncertain on a payment, and none is a proof against it', async () => {
    for (const code of [...Object.keys(STATUSES).filter(known => known !== '0'), '99999', '1', '00', '-1']) {
      expect([code, await sentKind(status(code))]).toMatchObject([code, { kind: 'uncertain', code }])
      expect([code, await sentKind(status(code), { payment: BATCH })]).toMatchObject([
        code,
        { kind: 'uncertain', code },
      ])
      const kind = code === '2020' ? 'absent' : 'unavailable'
      expect([code, await askedKind(status(code))]).toMatchObject([code, { kind, code }])
      expect([code, await askedKind(status(code), { payment: BATCH })]).toMatchObject([code, { kind, code }])
    }
  })

  test('a site says what a code of its manual means, but cannot make a refused repeat a refusal', async () => {
    const codes = [
      { code: '75320', level: 'submit', outcome: 'refused', meaning: '可用资金不足' },
      { code: '15500', level: 'submit', outcome: 'notExecuted', meaning: '登录失败' },
      { code: '40404', level: 'inquiry', outcome: 'absent', meaning: '无此指令' },
    ]
    expect(await sentKind(status('75320'), { codes })).toMatchObject({ kind: 'refused' })
    expect(await sentKind(status('15500'), { codes })).toMatchObject({ kind: 'unsent' })
    expect(await askedKind(status('40404'), { codes })).toMatchObject({ kind: 'absent' })
    expect(isListed('12345', 'submit')).toBe(true)
    for (const code of ['12345', '0', '2020']) {
      const changed = [{ code, level: 'submit', outcome: 'refused', meaning: '失败' }]
      expect(cibConfig.safeParse(settings({ codes: changed })).success).toBe(false)
    }
    const wrong = [{ code: '99999', level: 'inquiry', outcome: 'refused', meaning: '失败' }]
    expect(cibConfig.safeParse(settings({ codes: wrong })).success).toBe(false)
  })

  test('a failed sign-on teaches nothing, also with the code of a missing instruction', async () => {
    const reply = (code: string): Buffer =>
      Buffer.from(`<FOX><SIGNONMSGSRSV1><SONRS>${status(code)}</SONRS></SIGNONMSGSRSV1></FOX>`)
    for (const code of ['15500', '2020', '6421', '2001']) {
      const gateway = await gatewayOn(() => reply(code))
      expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code })
      expect((await gateway.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable', code })
      const range = { from: '2026-02-27', to: '2026-02-28' }
      await expect(gateway.statement(PAYER, range, null, NEVER)).rejects.toMatchObject({ code })
    }
  })

  test('a refusal that echoes another payment refuses nothing', async () => {
    const others = [
      '<XFERINFO><TRNAMT>1.06</TRNAMT></XFERINFO>',
      '<XFERINFO><ACCTTO><ACCTID>6222000000000002</ACCTID></ACCTTO></XFERINFO>',
      '<XFERINFO><PURPOSE>货款 P2026010200000009</PURPOSE></XFERINFO>',
    ]
    for (const other of others) {
      expect(await sentKind(one('FAIL', other))).toMatchObject({ kind: 'uncertain', code: 'cib.wrong_item' })
      expect(await askedKind(listed(record('FAIL', other)))).toMatchObject({
        kind: 'unavailable',
        code: 'cib.wrong_item',
      })
    }
  })

  test('MORE of XFERLIST is about a record: N without one is absent, anything crooked teaches nothing', async () => {
    const askedAs = async (inner: string): Promise<unknown> => {
      const noBatch = answering(status('2020'))
      const single = answering(inner)
      const gateway = await gatewayOn((bytes, count) =>
        (functionOf(bytes) === 'XFERINQTRNRQ' ? single : noBatch)(bytes, count),
      )
      return (await gateway.inquire([outside], NEVER))[0]
    }
    expect(await askedAs(listed('', 'N'))).toMatchObject({ kind: 'absent' })
    const asElement = `${ok}<XFERINQRS><XFERLIST><MORE>N</MORE></XFERLIST></XFERINQRS>`
    expect(await askedAs(asElement)).toMatchObject({ kind: 'absent' })
    for (const crooked of [listed('', 'Y'), listed('', ''), ok, listed(record('PAYOUT').repeat(2))])
      expect(await askedAs(crooked)).toMatchObject({ kind: 'unavailable' })
  })

  test('batch lines: missing, twice, with a bar too many or without a number teach nothing of their payment', async () => {
    const over = { payment: BATCH }
    const text = (inner: string): string => `${ok}<RSBODY><XFERINFOTEXT>${inner}</XFERINFOTEXT></RSBODY>`
    for (const [inner, code] of [
      [text(''), 'cib.missing_item'],
      [text('2|||||||||||PAYOUT||'), 'cib.missing_item'],
      [text('1|||||||||||PAYOUT||\n1|||||||||||FAIL||'), 'cib.ambiguous_item'],
      [text('1||||||||||||PAYOUT||'), 'cib.row'],
      [text('1|||||||||||PAYOUT|'), 'cib.row'],
      [text('1||||||||1,05|||PAYOUT||'), 'cib.undecodable'],
      [ok, 'cib.missing_item'],
    ] as const) {
      expect([inner, await sentKind(inner, over)]).toMatchObject([inner, { kind: 'uncertain', code }])
      expect([inner, await askedKind(inner, over)]).toMatchObject([inner, { kind: 'unavailable', code }])
    }
  })

  test('an answer without lines is "taken" for the whole batch only when its own state says so', async () => {
    for (const [code, kind] of Object.entries({ SUBMIT_SUCC: 'accepted', FAIL: 'uncertain', PAYOUT: 'uncertain' })) {
      const body = `${ok}<RSBODY><XFERPRCSTS><XFERPRCCODE>${code}</XFERPRCCODE></XFERPRCSTS></RSBODY>`
      expect([code, await sentKind(body, { payment: BATCH })]).toMatchObject([code, { kind }])
    }
  })

  test('where one way of paying finds nothing the other is asked before a payment is absent', async () => {
    const gateway = await gatewayOn(bytes =>
      functionOf(bytes) === 'XFERINQTRNRQ' ? answering(status('2020'))(bytes, 0) : byFunction(bytes, 0),
    )
    expect(await gateway.inquire([outside], NEVER)).toMatchObject([{ kind: 'accepted', echo: { code: 'SUBMIT_SUCC' } }])
    expect(frontEnd?.seen.map(({ bytes }) => functionOf(bytes))).toEqual(['XFERINQTRNRQ', 'ASYNBATCHTRSFRTRNRQ'])
  })
})

describe('the line', () => {
  const GOOD = golden('cib', 'xfertrnrq.reply.xml')
  const lines: readonly (readonly [string, Response, string])[] = [
    ['closed without an answer', 'close', 'cib.no_answer'],
    ['HTTP 500', { status: 500 }, 'cib.http_status'],
    ['an answer that was cut', { cut: GOOD.subarray(0, 80) }, 'cib.no_answer'],
    ['half of an answer', GOOD.subarray(0, 300), 'cib.undecodable'],
    ['nothing', Buffer.alloc(0), 'cib.undecodable'],
    ['an answer in UTF-16', Buffer.from(iconv.decode(GOOD, 'gbk'), 'utf16le'), 'cib.undecodable'],
    ['another document', Buffer.from('<ap/>'), 'cib.undecodable'],
    ['no sign-on', Buffer.from('<FOX/>'), 'cib.undecodable'],
    ['a DOCTYPE', Buffer.from('<!DOCTYPE a><FOX/>'), 'cib.undecodable'],
    ['another TRNUID', goldenReply('xfertrnrq', text => text.replace('00001<', '00009<')), 'cib.wrong_serial'],
  ]
  test.each(lines)('%s: a payment is uncertain, a question teaches nothing', async (_, response, code) => {
    const gateway = await gatewayOn(() => response)
    expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code })
    expect((await gateway.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable' })
    await expect(gateway.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
  })

  test('where nobody listens nothing was sent, and no word of it holds the password', async () => {
    const parsed = cibConfig.parse(settings({ endpoint: `http://127.0.0.1:${await deadPort()}/` }))
    const gateway = createCibGateway(parsed, { clock: clockAt(MORNING_MS), name: 'cib', sequence: () => '1' })
    const sent = await gateway.send([outside, inside], NEVER)
    expect(sent.map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
    expect(JSON.stringify(sent, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(PASSWORD)
  })

  test('behind a message that got no answer nothing more is sent or asked', async () => {
    const gateway = await gatewayOn(() => 'close')
    expect(await gateway.send([outside, inside], NEVER)).toMatchObject([
      { kind: 'uncertain', code: 'cib.no_answer' },
      { kind: 'unsent', code: 'cib.halted' },
    ])
    expect(frontEnd?.seen.length).toBe(1)
    expect(await gateway.inquire([outside, inside], NEVER)).toMatchObject([
      { kind: 'unavailable', code: 'cib.no_answer' },
      { kind: 'unavailable', code: 'cib.halted' },
    ])
  })

  test('an account number in the bank’s words is not repeated whole', async () => {
    const words = '<STATUS><CODE>2002</CODE><MESSAGE>账号6222000000000001不存在</MESSAGE></STATUS>'
    const gateway = await gatewayOn(answering(words))
    expect(JSON.stringify(await gateway.send([outside], NEVER))).not.toContain('6222000000000001')
  })
})

describe('statement', () => {
  const RANGE = { from: '2026-02-27', to: '2026-02-28' }
  test.each([
    ['no amount', '<TRNAMT>1.05<', '<TRNAMT><', 'cib.row'],
    ['an amount of three decimals', '<TRNAMT>1.05<', '<TRNAMT>1.055<', 'cib.row'],
    ['no side', '<TRNTYPE>DEBIT<', '<TRNTYPE><', 'cib.row'],
    ['no day', '<DTACCT>2026-02-27T', '<DTACCT>2026-02-31T', 'cib.row'],
    ['a day that was not asked for', '<DTACCT>2026-02-27T', '<DTACCT>2026-02-26T', 'cib.row'],
    ['no id', '<ATTACHINFO>20260227000000001<', '<ATTACHINFO><', 'cib.row'],
    ['another currency', '<CURRENCY>01<', '<CURRENCY>14<', 'cib.row'],
    ['no MORE', 'TRANLIST MORE="N"', 'TRANLIST', 'cib.paging'],
    ['another account', '<ACCTID>117000000000000001<', '<ACCTID>117000000000000002<', 'cib.wrong_item'],
  ])('a row or page with %s is refused by name', async (_, from, to, code) => {
    const gateway = await gatewayOn(() => goldenReply('scuststmttrnrq', text => text.replace(from, to)))
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code })
  })

  test('no rows is an empty page, never behind a page that promised more, and more without rows is a Fault', async () => {
    for (const code of ['6421', '20203', '2001']) {
      const gateway = await gatewayOn(answering(status(code)))
      expect(await gateway.statement(PAYER, RANGE, null, NEVER)).toEqual({ items: [], next: null })
      await expect(gateway.statement(PAYER, RANGE, '2026-02-27:2026-02-28:2', NEVER)).rejects.toMatchObject({
        code: 'cib.paging',
      })
      await expect(gateway.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
    }
    const endless = await gatewayOn(() =>
      goldenReply('scuststmttrnrq', text => text.replace('"N"', '"Y"').replace(/<STMTTRN>.*<\/STMTTRN>/, '')),
    )
    await expect(endless.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code: 'cib.paging' })
  })

  test('today is asked alone, history in parts that do not hold it', async () => {
    const asked: string[] = []
    const gateway = await gatewayOn((bytes, count) => {
      const of = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(bytes.toString('latin1'))?.[1] ?? ''
      asked.push(`${of('DTSTART')}..${of('DTEND')}`)
      return answering(status('6421'))(bytes, count)
    })
    let next: string | null = null
    for (let page = 0; page < 10; page += 1) {
      const answer = await gateway.statement(PAYER, { from: '2026-01-05', to: '2026-03-09' }, next, NEVER)
      next = answer.next
      if (next === null) break
    }
    expect(asked).toEqual(['2026-01-05..2026-02-04', '2026-02-05..2026-02-28', '2026-03-01..2026-03-01'])
  })

  test('a payer’s words on our credit line are no reference of ours', async () => {
    const gateway = await gatewayOn(() =>
      goldenReply('scuststmttrnrq', text => text.replaceAll('DEBIT', 'CREDIT').replace('-1.05', '1.05')),
    )
    const { items } = await gateway.statement(PAYER, RANGE, null, NEVER)
    expect(items.map(({ reference, amount }) => [reference, amount.minor])).toEqual([
      ['', 105n],
      ['', 105n],
    ])
  })

  test('a debit that corrects a credit is a reversal, and no payment of ours', async () => {
    const gateway = await gatewayOn(() => goldenReply('scuststmttrnrq', text => text.replace('<CBBZ>0<', '<CBBZ>1<')))
    const { items } = await gateway.statement(PAYER, RANGE, null, NEVER)
    expect(items[0]).toMatchObject({ isReversal: true, reference: '', amount: { minor: -105n } })
  })

  test.each(['x', '2026-02-27:2026-02-28:0', '2026-02-26:2026-02-28:1', '2026-02-30:2026-02-28:1'])(
    'the cursor %s is not of this range',
    async cursor => {
      const gateway = await gatewayOn(byFunction)
      await expect(gateway.statement(PAYER, RANGE, cursor, NEVER)).rejects.toMatchObject({ code: 'cib.cursor' })
      expect(frontEnd?.seen).toEqual([])
    },
  )
})

describe('what may leave', () => {
  const code = (instruction: Instruction, by = config): string | undefined => instructionProblem(instruction, by)?.code

  test('an amount leaves exact, with two decimals, or not at all', () => {
    assert(
      property(bigInt({ min: 1n, max: 99_999_999_999_999_999n }), minor => {
        const one = { ...outside, amount: { minor, currency: 'CNY' } }
        expect(instructionProblem(one, config)).toBeNull()
        const single = /<TRNAMT>(\d{1,15}\.\d\d)</.exec(singleFields(one, config).join(''))?.[1] ?? ''
        const line = batchFields([one, one], batchConfig).join('')
        expect(BigInt(single.replace('.', ''))).toBe(minor)
        expect(line).toContain(`|${single}|`)
        const total = /<TOTALAMOUNT>(\d+\.\d\d)</.exec(line)?.[1] ?? ''
        expect(BigInt(total.replace('.', ''))).toBe(minor * 2n)
      }),
    )
    for (const minor of [0n, -1n, 100_000_000_000_000_000n])
      expect(code({ ...outside, amount: { minor, currency: 'CNY' } })).toBe('cib.amount')
    expect(code({ ...outside, amount: { minor: 1n, currency: 'USD' } })).toBe('cib.currency')
  })

  test('names and accounts leave whole within their bytes, or not at all', () => {
    expect(code(withPayee({ name: '名'.repeat(25) }))).toBeUndefined()
    expect(code(withPayee({ name: `${'名'.repeat(25)}a` }))).toBe('cib.payee_name')
    expect(code({ ...outside, payer: { ...outside.payer, name: '名'.repeat(26) } })).toBe('cib.payer_name')
    for (const name of ['A&B公司', '甲<乙', '甲|乙', '名\u0001', '名𠮷'])
      expect([name, code(withPayee({ name }))]).toEqual([name, 'cib.text'])
    expect(instructionProblem(withPayee({ name: '名𠮷' }), config)?.reason).toContain('「𠮷」')
    expect(code({ ...outside, purpose: '货款😀' })).toBe('cib.text')
    expect(code(withPayee({ account: `${'1'.repeat(30)}-A` }))).toBeUndefined()
    for (const account of ['1'.repeat(33), '', '62 22', '６２', '62.2'])
      expect(code(withPayee({ account }))).toBe('cib.payee_account')
    expect(code({ ...outside, reference: 'P'.repeat(26) })).toBe('cib.reference')
    expect(code({ ...outside, reference: 'P-1' })).toBe('cib.reference')
    expect(code({ ...outside, payer: { ...outside.payer, account: '117000000000000003' } })).toBe('cib.unknown_account')
  })

  test('another bank needs its name, which is not CIB’s, and another city its name', () => {
    expect(code(withPayee({ bankName: '' }))).toBe('cib.payee_bank_name')
    expect(code(withPayee({ bankName: '行'.repeat(26), bankCode: '' }))).toBe('cib.payee_bank_name')
    expect(code(withPayee({ bankName: '行'.repeat(26) }))).toBeUndefined()
    expect(code(withPayee({ bankName: '兴业银行' }))).toBe('cib.payee_bank_own')
    expect(code(withPayee({ bankCode: '1021' }))).toBe('cib.payee_bank_code')
    expect(code(withPayee({ city: '' }))).toBe('cib.payee_city')
    expect(code({ ...inside, payee: { ...inside.payee, city: '' } })).toBe('cib.payee_city')
    expect(code(withPayee({ city: '市'.repeat(16) }))).toBe('cib.payee_city')
    const bare = cibConfig.parse(settings({ referenceInPurpose: false }))
    expect(code({ ...outside, purpose: ' & ' }, bare)).toBe('cib.purpose')
    expect(code({ ...outside, purpose: ' & ' })).toBeUndefined()
  })

  test('purpose and memo leave within 30 and 50 bytes as a beginning of what was asked, our reference whole behind it', () => {
    const words = string({ unit: constantFrom('货', 'A', ' ', '\n', '&', '<', '|', '\u0000'), maxLength: 90 })
    assert(
      property(words, words, (purpose, postscript) => {
        const body = singleFields({ ...outside, purpose, postscript }, config).join('')
        const sent = /<PURPOSE>([^<]*)</.exec(body)?.[1] ?? ''
        expect(iconv.encode(sent, 'gbk').length).toBeLessThanOrEqual(30)
        expect(referenceIn(sent)).toBe(outside.reference)
        const memo = /<MEMO>([^<]*)</.exec(body)?.[1] ?? ''
        expect(iconv.encode(memo, 'gbk').length).toBeLessThanOrEqual(50)
        // oxlint-disable-next-line no-control-regex -- a control that an ERP may hold
        const plain = (text: string): string => text.replace(/[&<|\u0000\s]+/g, ' ').trim()
        expect(plain(purpose).startsWith(sent.slice(0, -outside.reference.length).trim())).toBe(true)
        expect(plain(postscript).startsWith(memo)).toBe(true)
      }),
    )
  })

  test('the same reference or line twice, two batches in one, and more than the site allows are not sent at all', async () => {
    const gateway = await gatewayOn(byFunction)
    expect((await gateway.send([outside, { ...outside }], NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
    expect(frontEnd?.seen).toEqual([])
    const other = { ...inside, batch: { ...inside.batch, line: 1 } }
    const twoBatches = { ...inside, batch: { reference: 'B2026010200000009', line: 2 } }
    for (const [batch, over] of [
      [[outside, other], { payment: BATCH }],
      [[outside, twoBatches], { payment: BATCH }],
      [[outside, inside], { payment: BATCH, batchMax: 1 }],
    ] as const) {
      const packing = await gatewayOn(byFunction, over)
      expect((await packing.send(batch, NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
      expect(frontEnd?.seen).toEqual([])
    }
  })
})
