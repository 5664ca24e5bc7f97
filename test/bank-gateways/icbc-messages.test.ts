import { gunzipSync } from 'node:zlib'
import { createIcbcGateway } from '../../bank-gateways/icbc/gateway'
import type { BankGateway, StatementLine } from '../../connector/ports'
import {
  ACCOUNT,
  AT,
  type FakeNc,
  configFor,
  envelope,
  fakeNc,
  goldenBytes,
  instruction,
  item,
  never,
  packed,
  reply,
  world,
} from './icbc-fake-nc'

let nc: FakeNc
let now: ReturnType<typeof world>
beforeEach(async () => {
  nc = await fakeNc()
  now = world()
})
afterEach(() => nc.close())

/** A gateway that knows the bank's date, at 09:30:00.123 of the bank, and whose next package number is Q0001. */
async function primed(changes: Record<string, unknown> = {}): Promise<BankGateway> {
  let count = -1
  const sequence = (): string => `Q${String(++count).padStart(4, '0')}`
  const gateway = createIcbcGateway(configFor(nc, changes), { ...now.deps, sequence })
  await gateway.balance(ACCOUNT, never)
  nc.sent.length = 0
  now.at += 123
  return gateway
}

const answerWith = (name: string) => reply(() => goldenBytes(name))
const sentXml = (index = 0): string => nc.sent[index]?.xml ?? ''
const goldenText = (name: string): string => new TextDecoder('gbk').decode(goldenBytes(name))
const cny = (minor: bigint) => ({ minor, currency: 'CNY' })

describe('a payment', () => {
  const three = [
    instruction(),
    instruction({
      reference: 'P0002',
      batch: { reference: '20260301093000001', line: 2 },
      payee: { account: '1100000000000001', name: '丙&丁公司' },
      amount: cny(1n),
    }),
    instruction({
      reference: 'P0003',
      batch: { reference: '20260301093000001', line: 3 },
      payee: { account: '1100000000000002' },
      amount: cny(2n),
    }),
  ]

  test('is handed to the sign port as the very bytes of the example in the reference', async () => {
    const gateway = await primed()
    nc.on('PAYENT', answerWith('payent.reply.xml'))
    await gateway.send([instruction()], never)
    expect(nc.signed[0]?.body).toEqual(goldenBytes('payent.request.xml'))
    expect(nc.signed[0]?.headers['content-type']).toBe('INFOSEC_SIGN/1.0')
    expect(nc.signed[0]?.headers['content-length']).toBe('1500')
  })

  test('has the element set of the old interface when that is configured', async () => {
    const gateway = await primed({ version: '0.0.0.1' })
    nc.on('PAYENT', answerWith('payent.reply.xml'))
    await gateway.send([instruction()], never)
    expect(nc.signed[0]?.body).toEqual(goldenBytes('payent-old.request.xml'))
  })

  test('goes to the tunnel port as a percent-encoded form around the signed text without its line breaks', async () => {
    const gateway = await primed()
    nc.on('sign', (_, response) => response.end('<sign>MIIGa+bc\r\n/9==\n</sign>'))
    nc.on('PAYENT', answerWith('payent.reply.xml'))
    await gateway.send([instruction()], never)
    expect(nc.sent[0]?.body.toString('latin1')).toBe(goldenBytes('payent.form.txt').toString('latin1'))
    expect(nc.sent[0]?.url).toBe(
      '/servlet/ICBCCMPAPIReqServlet?userID=demo01.y.0200&PackageID=20260301093000001&SendTime=20260301093000123',
    )
    expect(nc.sent[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded;charset=gbk')
    expect(nc.sent[0]?.headers).not.toHaveProperty('expect')
  })

  test('of three lines is one package whose answer is read item by item', async () => {
    const gateway = await primed()
    nc.on('PAYENT', answerWith('payent.reply.xml'))
    expect(await gateway.send(three, never)).toEqual([
      {
        kind: 'settled',
        echo: {
          reference: 'P0001',
          amount: cny(12345n),
          payeeAccount: '1100000000000000',
          bankSerial: 'CMM0012345678-1',
          code: '7',
          text: 'Result=7 处理成功',
        },
      },
      { kind: 'refused', refusal: { code: 'B0043', text: '账号中文户名不符', bankSerial: 'CMM0012345678-2' } },
      {
        kind: 'accepted',
        echo: {
          reference: 'P0003',
          amount: cny(2n),
          payeeAccount: '1100000000000002',
          bankSerial: 'CMM0012345678-3',
          code: '9',
          text: 'Result=9 银行正在处理',
        },
      },
    ])
    expect(nc.signed).toHaveLength(1)
    expect(nc.signed[0]?.xml).toContain('<TotalNum>3</TotalNum><TotalAmt>12348</TotalAmt>')
    expect(nc.signed[0]?.xml).toContain('<RecAccNameCN>丙&amp;丁公司</RecAccNameCN>')
  })

  test('of many lines travels zipped when that is configured, and says so in the URL and in the form', async () => {
    const gateway = await primed({ zipFromItems: 2 })
    nc.on('PAYENT', answerWith('payent.reply.xml'))
    await gateway.send([three[0] ?? instruction()], never)
    await gateway.send(three, never)
    const [plain, zipped] = nc.signed
    expect(plain?.body).toEqual(goldenBytes('payent.request.xml'))
    const zip = /<zip>([^<]*)<\/zip>/.exec(zipped?.xml ?? '')?.[1] ?? ''
    const rows = new TextDecoder('gbk').decode(gunzipSync(Buffer.from(zip, 'base64')))
    const example = /<rd>.*<\/rd>/.exec(goldenText('payent.request.xml'))?.[0] ?? 'missing'
    expect(rows.startsWith(example)).toBe(true)
    expect(rows.match(/<rd>/g)).toHaveLength(3)
    expect(nc.sent[1]?.url).toMatch(/&zipFlag=1$/)
    expect(nc.sent[1]?.body.toString('latin1')).toMatch(/&zipFlag=1$/)
  })

  test("bears the bank's date in SignTime, not the local one, and asks for it again after a while", async () => {
    nc.on(
      'QACCBAL',
      reply(({ fSeqno }) => envelopeOfBalance(fSeqno, '20260228235959')),
    )
    nc.on(
      'PAYENT',
      reply(({ fSeqno }) => envelope('PAYENT', fSeqno, item())),
    )
    const gateway = createIcbcGateway(configFor(nc), now.deps)
    await gateway.send([instruction()], never)
    await gateway.send([instruction()], never)
    expect(nc.signed.map(signed => /<SignTime>(\d+)</.exec(signed.xml)?.[1])).toEqual([
      '20260228235959000',
      '20260228235959000',
    ])
    expect(nc.sent.map(codeOf)).toEqual(['QACCBAL', 'PAYENT', 'PAYENT'])
    now.at += 1000
    await gateway.send([instruction()], never)
    expect(nc.sent.map(codeOf).slice(3)).toEqual(['QACCBAL', 'PAYENT'])
  })

  test("asks for the bank's date again once it is five minutes old", async () => {
    const gateway = await primed()
    nc.on('PAYENT', accepting)
    now.at = AT + 299_999
    await gateway.send([instruction()], never)
    now.at = AT + 300_000
    await gateway.send([instruction()], never)
    expect(nc.sent.map(codeOf)).toEqual(['PAYENT', 'QACCBAL', 'PAYENT'])
  })

  test("asks for the bank's date again when our own clock passes midnight", async () => {
    now.at = Date.parse('2026-03-01T23:59:59+08:00')
    const gateway = await primed()
    nc.on('PAYENT', accepting)
    await gateway.send([instruction()], never)
    now.at += 1000
    await gateway.send([instruction()], never)
    expect(nc.sent.map(codeOf)).toEqual(['PAYENT', 'QACCBAL', 'PAYENT'])
  })

  test("asks for the bank's date again once a package was not accepted", async () => {
    const gateway = await primed()
    nc.on(
      'PAYENT',
      reply(({ fSeqno }) => envelope('PAYENT', fSeqno, '', 'E0001')),
    )
    await gateway.send([instruction()], never)
    await gateway.send([instruction()], never)
    expect(nc.sent.map(codeOf)).toEqual(['PAYENT', 'QACCBAL', 'PAYENT'])
  })
})

const accepting = reply(({ fSeqno }) => envelope('PAYENT', fSeqno, item()))
const codeOf = ({ xml }: { xml: string }): string => /<TransCode>(\w+)</.exec(xml)?.[1] ?? ''

function envelopeOfBalance(fSeqno: string, queryTime: string): string {
  return goldenText('qaccbal.reply.xml')
    .replace('<fSeqno>Q0001<', `<fSeqno>${fSeqno}<`)
    .replace('<QueryTime>20260301093000<', `<QueryTime>${queryTime}<`)
}

describe('a query', () => {
  test('QPAYENT travels in clear, GBK, percent-encoded, under a number of its own', async () => {
    const gateway = await primed()
    nc.on('QPAYENT', answerWith('qpayent.reply.xml'))
    const outcomes = await gateway.inquire(
      [1, 2, 3].map(line => instruction({ reference: `P000${line}`, batch: { reference: '20260301093000001', line } })),
      never,
    )
    expect(nc.sent[0]?.body.toString('latin1')).toBe(goldenBytes('qpayent.form.txt').toString('latin1'))
    expect(nc.signed).toEqual([])
    // Row 2 was refused to another payee than this test's, so the gateway does not believe it for ours.
    expect(outcomes.map(outcome => outcome.kind)).toEqual(['settled', 'unavailable', 'unavailable'])
  })

  test('QPAYENT is answered row by row: settled, refused with the code of the instruction, unavailable', async () => {
    const gateway = await primed()
    nc.on('QPAYENT', answerWith('qpayent.reply.xml'))
    const outcomes = await gateway.inquire(
      [
        instruction(),
        instruction({
          reference: 'P0002',
          batch: { reference: '20260301093000001', line: 2 },
          payee: { account: '1100000000000001' },
          amount: cny(1n),
        }),
        instruction({ reference: 'P0003', batch: { reference: '20260301093000001', line: 3 } }),
      ],
      never,
    )
    expect(outcomes).toEqual([
      {
        kind: 'settled',
        echo: {
          reference: 'P0001',
          amount: cny(12345n),
          payeeAccount: '1100000000000000',
          bankSerial: 'CMM0012345678-1',
          code: '7',
          text: 'Result=7 处理成功',
        },
      },
      { kind: 'refused', refusal: { code: 'B0052', text: '行内收付款账号相同', bankSerial: 'CMM0012345678-2' } },
      { kind: 'unavailable', code: 'D0098', reason: '查询未成功 D0098 系统忙 / the inquiry did not succeed' },
    ])
  })

  test.each([
    ['0.0.1.0', 'qaccbal.request.xml'],
    ['0.0.0.1', 'qaccbal-old.request.xml'],
  ])('QACCBAL of interface %s is %s, and its answer exact beyond what a double can hold', async (version, golden) => {
    const gateway = await primed({ version })
    nc.on('QACCBAL', answerWith('qaccbal.reply.xml'))
    expect(await gateway.balance(ACCOUNT, never)).toEqual({
      account: ACCOUNT,
      asOf: '2026-03-01T09:30:00',
      current: cny(123456789n),
      available: cny(123000000n),
      frozen: cny(456789n),
      previousDay: cny(900719925474099301n),
    })
    expect(sentXml()).toBe(goldenText(golden))
  })

  const common = {
    counterAccount: '1100000000000000',
    counterName: '乙公司',
    purpose: '货款',
    text: '转账 INV-1',
    reference: 'P0001',
    isReversal: false,
  }

  test('QPD of the old interface: RMB, no OnlySequence, and a NextTag that is asked for next, word for word', async () => {
    const gateway = await primed()
    nc.on('QPD', answerWith('qpd-old.reply.xml'))
    const range = { from: '2026-03-01', to: '2026-03-01' }
    const page = await gateway.statement(ACCOUNT, range, null, never)
    expect(sentXml()).toBe(goldenText('qpd.request.xml'))
    expect(page.items).toEqual([
      {
        ...common,
        bankId: '2026-03-01-09.12.33.123456',
        bookedOn: '2026-03-01',
        bookedTime: '09:12:33',
        valueOn: null,
        amount: cny(-12345n),
        balanceAfter: null,
        counterBank: '308290003000',
        bankSerial: '',
        type: '0',
        receiptKey: '0200|00109|20001|000124|20260301',
      },
      {
        bankId: '2026-03-01-08.15.02.000007',
        bookedOn: '2026-03-01',
        bookedTime: '08:15:02',
        valueOn: null,
        amount: cny(5n),
        balanceAfter: null,
        counterAccount: '',
        counterName: '',
        counterBank: '',
        purpose: '',
        text: '结息',
        reference: '',
        bankSerial: '',
        isReversal: false,
        type: '0',
        receiptKey: '',
      },
    ] satisfies StatementLine[])
    await gateway.statement(ACCOUNT, range, page.next, never).catch(() => {})
    expect(sentXml(1)).toBe(goldenText('qpd-next.request.xml'))
  })

  test('QPD of the new interface: 001, OnlySequence, and the instruction number out of broken ReceiptInfo', async () => {
    const gateway = await primed()
    nc.on('QPD', answerWith('qpd.reply.xml'))
    const page = await gateway.statement(ACCOUNT, { from: '2026-03-01', to: '2026-03-01' }, null, never)
    expect(page).toEqual({
      items: [
        {
          ...common,
          bankId: '20260301000000000042',
          bookedOn: '2026-03-01',
          bookedTime: '09:12:33',
          valueOn: '2026-03-01',
          amount: cny(-12345n),
          balanceAfter: null,
          counterBank: '某银行上海分行',
          bankSerial: 'CMM0012345678-1',
          type: '52093',
          receiptKey: '0200|00109|20001|000124|20260301',
        },
      ],
      next: null,
    })
  })

  test.each(['qhisd.reply.xml', 'qhisd-zip.reply.xml'])(
    'QHISD, plain or zipped (%s): two amount columns, balances, and a 退汇 that is a reversal',
    async name => {
      const gateway = await primed()
      nc.on('QHISD', answerWith(name))
      const page = await gateway.statement(ACCOUNT, { from: '2026-02-10', to: '2026-02-20' }, null, never)
      expect(sentXml()).toBe(goldenText('qhisd.request.xml'))
      expect(page).toEqual({
        items: [
          {
            ...common,
            bankId: '20260211000000000001',
            bookedOn: '2026-02-11',
            bookedTime: '10:00:01',
            valueOn: '2026-02-11',
            amount: cny(-12345n),
            balanceAfter: cny(987655n),
            counterBank: '某银行上海分行',
            bankSerial: 'CMM0012345678-1',
            type: '52093',
            receiptKey: '0200|00109|20001|000123|20260211',
          },
          {
            ...common,
            bankId: '20260212000000000009',
            bookedOn: '2026-02-12',
            bookedTime: '08:30:00',
            valueOn: '2026-02-12',
            amount: cny(12345n),
            balanceAfter: cny(1000000n),
            counterBank: '308290003000',
            purpose: '',
            text: '退汇 账号户名不符',
            bankSerial: '',
            isReversal: true,
            type: '52094',
            receiptKey: '',
          },
        ],
        next: null,
      })
    },
  )
})

describe('a receipt', () => {
  const line: StatementLine = {
    bankId: '1',
    bookedOn: '2026-02-27',
    bookedTime: '',
    valueOn: null,
    amount: cny(-12345n),
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
    receiptKey: '0200|00109|20001|000123|20260227',
  }
  const receiptOf = (gateway: BankGateway, of = line) => gateway.receipt?.(ACCOUNT, of, never)

  test('is ordered under a signature and kept as the bytes the bank gave', async () => {
    const gateway = await primed()
    nc.on('BATEBILL', answerWith('batebill.reply.xml'))
    expect(await receiptOf(gateway)).toEqual({
      receiptNo: '00010002000300040005',
      mediaType: 'application/xml',
      bytes: goldenBytes('batebill.reply.xml'),
    })
    expect(nc.signed[0]?.body).toEqual(goldenBytes('batebill.request.xml'))
  })

  test('that is not ready is null, and its order is asked about instead of ordered again', async () => {
    const gateway = await primed()
    const pending = goldenText('batebill.reply.xml').replace('<Result>7<', '<Result>0<')
    nc.on(
      'BATEBILL',
      reply(() => pending),
    )
    expect(await receiptOf(gateway)).toBeNull()
    nc.on(
      'QEBILL',
      reply(() => pending.replace('BATEBILL', 'QEBILL').replace('<fSeqno>Q0001<', '<fSeqno>Q0002<')),
    )
    expect(await receiptOf(gateway)).toBeNull()
    expect(sentXml(1)).toBe(goldenText('qebill.request.xml'))
    const ready = goldenText('batebill.reply.xml')
      .replace('BATEBILL', 'QEBILL')
      .replace('<fSeqno>Q0001<', '<fSeqno>Q0003<')
    nc.on(
      'QEBILL',
      reply(() => ready),
    )
    expect((await receiptOf(gateway))?.receiptNo).toBe('00010002000300040005')
    expect(nc.sent.map(codeOf)).toEqual(['BATEBILL', 'QEBILL', 'QEBILL'])
  })

  test('whose order was lost on the way is asked about, and ordered again once the bank knows nothing of it', async () => {
    const gateway = await primed()
    nc.on('BATEBILL', (_, response) => void response.destroy())
    await expect(receiptOf(gateway)).rejects.toMatchObject({ name: 'Fault', code: 'icbc.no-answer' })
    nc.on(
      'QEBILL',
      reply(({ fSeqno }) => envelope('QEBILL', fSeqno, '', 'B0116')),
    )
    expect(await receiptOf(gateway)).toBeNull()
    nc.on(
      'BATEBILL',
      reply(({ fSeqno }) => goldenText('batebill.reply.xml').replace('<fSeqno>Q0001<', `<fSeqno>${fSeqno}<`)),
    )
    expect((await receiptOf(gateway))?.receiptNo).toBe('00010002000300040005')
    expect(nc.sent.map(codeOf)).toEqual(['BATEBILL', 'QEBILL', 'BATEBILL'])
  })

  test.each([
    ['another amount', '<PayAmt>12345<', '<PayAmt>12346<'],
    ['another serial', '<TranSerialNo>000123<', '<TranSerialNo>000124<'],
  ])('of %s is never taken for ours', async (_, from, to) => {
    const gateway = await primed()
    nc.on(
      'BATEBILL',
      reply(() => goldenText('batebill.reply.xml').replace(from, to)),
    )
    await expect(receiptOf(gateway)).rejects.toMatchObject({ name: 'Fault', code: 'icbc.wrong-receipt' })
  })

  test('of a line without a receipt id is null and asks nobody', async () => {
    const gateway = await primed()
    expect(await receiptOf(gateway, { ...line, receiptKey: '' })).toBeNull()
    expect(nc.sent).toEqual([])
  })
})

test('an answer that arrives byte by byte, cut inside characters, is read like any other', async () => {
  const gateway = await primed()
  nc.on('QACCBAL', (_, response) => {
    for (const byte of Buffer.from(packed(goldenBytes('qaccbal.reply.xml')), 'latin1')) response.write(Buffer.of(byte))
    response.end()
  })
  expect((await gateway.balance(ACCOUNT, never)).current).toEqual(cny(123456789n))
})
