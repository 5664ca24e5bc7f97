// The Ping An gateway against packets composed by hand from the reference: what leaves, byte for byte, over TCP and HTTP, what
// the answers are taken to say at every level, and what a broken line is taken for.

import { assert, bigInt, constantFrom, property, string } from 'fast-check'
import iconv from 'iconv-lite'
import { RESULT_WORDS, RETURN_CODES } from '../../bank-gateways/pab/codes'
import { batchFields, instructionProblem, singleFields, useOf } from '../../bank-gateways/pab/codec-payment'
import { pabConfig } from '../../bank-gateways/pab/config'
import { createPabGateway } from '../../bank-gateways/pab/gateway'
import { readPacket, requestPacket } from '../../bank-gateways/pab/packet'
import type { BankGateway, Instruction, Party } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import {
  clockAt,
  deadPort,
  golden,
  MORNING_MS,
  NEVER,
  payment,
  startHttp,
  startTcp,
  type FrontEnd,
  type Respond,
  type Response,
} from './byte-front-end'

const PAYER = '11000000000001'
const settings = (over: object = {}): object => ({
  endpoint: 'tcp://127.0.0.1:7072',
  mrchCode: '00901079900001234500',
  accounts: { [PAYER]: { city: '北京' } },
  payment: '4004',
  batchMax: 500,
  answerTimeoutMs: 5000,
  ...over,
})
const config = pabConfig.parse(settings())

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

/** The packet number of a gateway's first message is the goldens': 20260301 and twelve digits, from 1. */
async function gatewayOn(respond: Respond, over: object = {}, start = startTcp): Promise<BankGateway> {
  frontEnd = await start(respond)
  return gatewayAt(frontEnd.url, over)
}

function gatewayAt(endpoint: string, over: object = {}): BankGateway {
  let number = 0
  const sequence = (): string => String((number += 1))
  return createPabGateway(pabConfig.parse(settings({ endpoint, ...over })), {
    clock: clockAt(MORNING_MS),
    name: 'pab',
    sequence,
  })
}

const codeOf = (bytes: Buffer): string => bytes.toString('latin1', 40, 46).trim()

/** Answers each code with its golden reply, under the request's own serial. */
const byCode: Respond = bytes => reply(bytes, golden('pab', `${codeOf(bytes)}.reply.bin`))

function reply(request: Buffer, answer: Buffer): Buffer {
  const bytes = Buffer.from(answer)
  request.copy(bytes, 67, 67, 87)
  return bytes
}

/** A reply to `request` with this return code and inside of `<Result>`; null: without a body. */
function say(request: Buffer, code: string, inner: string | null, text = ':x'): Buffer {
  const body = inner === null ? '' : `<?xml version="1.0" encoding="GBK"?><Result>${inner}</Result>`
  const bytes = iconv.encode(body, 'gbk')
  const head = Buffer.from(request.subarray(0, 222))
  head.write(String(bytes.length).padStart(10, '0'), 30, 'latin1')
  head.write('02', 51, 'latin1')
  head.write(code, 87, 'latin1')
  const region = Buffer.alloc(100, ' ')
  iconv.encode(text, 'gbk').copy(region, 0, 0, 100)
  region.copy(head, 93)
  return Buffer.concat([head, bytes])
}

const outside = payment(PAYER, {
  reference: '20260102030405000001',
  batch: { reference: '20260102030405000009', line: 1 },
  payee: { ...payment(PAYER).payee, bankName: '工商银行' },
})
const inside: Instruction = {
  ...outside,
  reference: '20260102030405000002',
  batch: { reference: '20260102030405000009', line: 2 },
  payee: {
    ...outside.payee,
    account: '11000000000009',
    name: '丙 & 丁公司',
    bankName: '平安银行上海分行',
    bankCode: '307584007998',
    city: '上海',
  },
  amount: { minor: 200n, currency: 'CNY' },
  purpose: '',
  isUrgent: true,
}
const withPayee = (over: Partial<Party>): Instruction => ({ ...outside, payee: { ...outside.payee, ...over } })

function expectSent(index: number, name: string): void {
  const bytes = frontEnd?.seen[index]?.bytes ?? Buffer.alloc(0)
  const expected = golden('pab', `${name}.request.bin`)
  expect(iconv.decode(bytes, 'gbk')).toBe(iconv.decode(expected, 'gbk'))
  expect(bytes.equals(expected)).toBe(true)
}

describe('the packet', () => {
  test('the reference’s own heartbeat comes out byte for byte', () => {
    const header = {
      encoding: 'gbk',
      protocol: 'tcp',
      mrchCode: '00901000000000000000',
      tranCode: 'S001',
      operator: '00000',
      day: '20260102',
      time: '030405',
      serial: 'T2026010203040500001',
    } as const
    const body = Buffer.from('<?xml version="1.0" encoding="GBK"?><Result></Result>')
    expect(requestPacket(header, body).toString('latin1')).toBe(golden('pab', 's001.request.bin').toString('latin1'))
    for (const wrong of [
      { mrchCode: '1' },
      { tranCode: '4004004' },
      { serial: '1'.repeat(21) },
      { operator: '操作员' },
    ])
      expect(() => requestPacket({ ...header, ...wrong }, body)).toThrow(RangeError)
  })

  test('a return text that ends inside a character is read up to it, without its colon', () => {
    const request = golden('pab', '4005.request.bin')
    const packet = readPacket(say(request, 'GW3002', null, `:${'银行内部通讯超时'.repeat(10)}`))
    expect(packet.returnText).toBe('银行内部通讯超时'.repeat(10).slice(0, 49))
    expect(packet).toMatchObject({ tranCode: '4005', returnCode: 'GW3002', encoding: 'gbk', hasMore: false })
  })

  test('what is not one whole packet is refused', () => {
    const good = golden('pab', '4004.reply.bin')
    const changed = (offset: number, text: string): Buffer => {
      const bytes = Buffer.from(good)
      bytes.write(text, offset, 'latin1')
      return bytes
    }
    expect(readPacket(good).body.length).toBe(good.length - 222)
    const broken = [
      good.subarray(0, 221),
      good.subarray(0, good.length - 1),
      Buffer.concat([good, Buffer.from(' ')]),
      changed(0, '0005'),
      changed(30, '         5'),
      changed(30, '00000000-1'),
    ]
    for (const bytes of broken) expect(() => readPacket(bytes)).toThrow(RangeError)
    // Behind the body a signature may follow, when the header says so.
    expect(readPacket(Buffer.concat([changed(211, '0000000006'), Buffer.from('001988')])).tranCode).toBe('4004')
  })
})

describe('messages', () => {
  test.each([
    ['TCP', startTcp],
    ['HTTP', startHttp],
  ])(
    'over %s 4004 leaves byte for byte but for the protocol, and its answer echoes what was sent',
    async (name, start) => {
      const gateway = await gatewayOn(byCode, {}, start)
      const [outcome] = await gateway.send([outside], NEVER)
      const sent = Buffer.from(frontEnd?.seen[0]?.bytes ?? [])
      expect(sent.toString('latin1', 8, 10)).toBe(name === 'TCP' ? '01' : '02')
      sent.write('01', 8, 'latin1')
      expect(sent.equals(golden('pab', '4004.request.bin'))).toBe(true)
      if (name === 'HTTP') expect(frontEnd?.seen[0]?.contentType).toBe('text/xml; charset=GBK')
      expect(outcome).toEqual({
        kind: 'accepted',
        echo: {
          reference: '20260102030405000001',
          amount: { minor: 105n, currency: 'CNY' },
          payeeAccount: '6222000000000001',
          bankSerial: '58260301000001',
          code: '000000',
          text: '成功 / ok: 交易受理成功',
        },
      })
    },
  )

  test('4005 leaves byte for byte; only Stt decides, whatever Yhcljg says', async () => {
    const gateway = await gatewayOn(byCode)
    const [outcome] = await gateway.inquire([outside], NEVER)
    expectSent(0, '4005')
    expect(outcome).toMatchObject({
      kind: 'settled',
      echo: { reference: '20260102030405000001', bankSerial: '1234567890', code: '20' },
    })
  })

  test('MA0103 without a body, of both ways of paying, is absent', async () => {
    const gateway = await gatewayOn(bytes => {
      const answer = reply(bytes, golden('pab', '4005-absent.reply.bin'))
      bytes.copy(answer, 40, 40, 46)
      return answer
    })
    expect(await gateway.inquire([outside], NEVER)).toEqual([{ kind: 'absent', code: 'MA0103' }])
  })

  test('4018 and 4015 leave byte for byte; items are read by SThirdVoucher in whatever order', async () => {
    const gateway = await gatewayOn(byCode, { payment: '4018' })
    const sent = await gateway.send([outside, inside], NEVER)
    expectSent(0, '4018')
    expect(sent.map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
    const asked = await gatewayAt(frontEnd?.url ?? '', { payment: '4018' }).inquire([outside, inside], NEVER)
    expectSent(1, '4015')
    expect(asked).toMatchObject([
      { kind: 'refused', refusal: { code: 'CD5102', text: expect.stringContaining('账户已销户') } },
      { kind: 'returned', echo: { reference: '20260102030405000002', bankSerial: '1234567892' } },
    ])
    expect(gateway.traits).toMatchObject({ referenceScope: 'batch', batchMax: 500 })
  })

  test('4001 leaves byte for byte: TotalAmount is the balance, Balance what may be used', async () => {
    const gateway = await gatewayOn(byCode)
    expect(await gateway.balance(PAYER, NEVER)).toEqual({
      account: PAYER,
      asOf: '2026-03-01',
      current: { minor: 100_010n, currency: 'CNY' },
      available: { minor: 90_000n, currency: 'CNY' },
      frozen: { minor: 10_010n, currency: 'CNY' },
      previousDay: { minor: 100_115n, currency: 'CNY' },
    })
    expectSent(0, '4001')
  })

  test('a balance of another account or in another currency is a Fault; one that names neither is what was asked', async () => {
    for (const [inner, code] of [
      ['<TotalAmount>1.00</TotalAmount>', null],
      ['<Account>11000000000003</Account><TotalAmount>1.00</TotalAmount>', 'pab.wrong_item'],
      ['<CcyCode>USD</CcyCode><TotalAmount>1.00</TotalAmount>', 'pab.row'],
      ['<TotalAmount></TotalAmount>', 'pab.row'],
      ['<TotalAmount>1.00</TotalAmount><Balance>x</Balance>', 'pab.row'],
    ] as const) {
      const gateway = await gatewayOn(bytes => say(bytes, '000000', inner))
      const answer = gateway.balance(PAYER, NEVER)
      if (code === null) expect((await answer).current).toEqual({ minor: 100n, currency: 'CNY' })
      else await expect(answer).rejects.toMatchObject({ code })
      await frontEnd?.close()
    }
  })

  test('4013 leaves byte for byte; a reference is read on our debit and on its return, not in a stranger’s words', async () => {
    const gateway = await gatewayOn(byCode)
    const page = await gateway.statement(PAYER, { from: '2026-02-27', to: '2026-02-28' }, null, NEVER)
    expectSent(0, '4013')
    expect(page.next).toBeNull()
    const facts = page.items.map(
      ({ bankId, amount, reference, isReversal, bankSerial, counterAccount, bookedTime }) => [
        bankId,
        amount.minor,
        reference,
        isReversal,
        bankSerial,
        counterAccount,
        bookedTime,
      ],
    )
    const other = '6222000000000001'
    expect(facts).toEqual([
      ['20260227-1234567890-1', -105n, '20260102030405000001', false, '1234567890', other, '10:15:00'],
      ['20260228-1234567891-1', 105n, '20260102030405000001', true, '1234567891', other, '09:01:02'],
      ['20260228-1234567892-1', 500n, '', false, '1234567892', other, '11:00:00'],
    ])
    expect(page.items[0]).toMatchObject({
      bookedOn: '2026-02-27',
      counterName: '收款公司',
      counterBank: '工商银行',
      purpose: '货款 20260102030405000001',
      text: '转账',
      type: 'TRS',
      balanceAfter: { minor: 99_895n, currency: 'CNY' },
    })
  })
})

describe('what an answer to a payment says', () => {
  const voucher = '<ThirdVoucher>20260102030405000001</ThirdVoucher>'

  test('every listed return code: taken, or nothing; never paid and never refused', async () => {
    expect(Object.keys(RETURN_CODES).length).toBe(8)
    for (const code of [...Object.keys(RETURN_CODES), 'MA9112', 'CD5102', '999999', '      ']) {
      const gateway = await gatewayOn(bytes => say(bytes, code, voucher))
      expect([code, (await gateway.send([outside], NEVER))[0]?.kind]).toEqual([
        code,
        code === '000000' ? 'accepted' : 'uncertain',
      ])
      await frontEnd?.close()
    }
  })

  test('000000 about another voucher, or about none, takes nothing of ours', async () => {
    for (const inner of ['', null, '<ThirdVoucher>20260102030405000007</ThirdVoucher>']) {
      const gateway = await gatewayOn(bytes => say(bytes, '000000', inner))
      expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code: 'pab.wrong_item' })
      await frontEnd?.close()
    }
  })

  test('a site says what a code of its manual means, but never that it means paid, and cannot change a built-in one', async () => {
    const codes = [
      { code: 'CD0001', level: 'submit', outcome: 'refused', meaning: '余额不足' },
      { code: 'CD0002', level: 'submit', outcome: 'notExecuted', meaning: '系统未开放' },
    ]
    for (const by of ['4004', '4018'])
      for (const [code, kind] of [
        ['CD0001', 'refused'],
        ['CD0002', 'unsent'],
        ['CD0003', 'uncertain'],
      ] as const) {
        const gateway = await gatewayOn(bytes => say(bytes, code, null), { codes, payment: by })
        expect((await gateway.send([outside], NEVER))[0]?.kind).toBe(kind)
        await frontEnd?.close()
      }
    for (const wrong of [
      { code: 'MA0103', level: 'submit', outcome: 'refused', meaning: 'x' },
      { code: 'CD0001', level: 'submit', outcome: 'accepted', meaning: 'x' },
      { code: 'CD0001', level: 'inquiry', outcome: 'settled', meaning: 'x' },
    ])
      expect(pabConfig.safeParse(settings({ codes: [wrong] })).success).toBe(false)
  })

  test('4018 travels once and whole: another package, another payer or too many are not sent at all', async () => {
    const gateway = await gatewayOn(byCode, {
      payment: '4018',
      batchMax: 2,
      accounts: { [PAYER]: {}, '11000000000003': {} },
    })
    const elsewhere = { ...inside, batch: { reference: '20260102030405000008', line: 1 } }
    const otherPayer = { ...inside, payer: { ...inside.payer, account: '11000000000003' } }
    const third = { ...inside, reference: '20260102030405000003' }
    for (const batch of [
      [outside, elsewhere],
      [outside, otherPayer],
      [outside, inside, third],
    ])
      expect(new Set((await gateway.send(batch, NEVER)).map(({ kind }) => kind))).toEqual(new Set(['unsent']))
    expect(frontEnd?.seen).toEqual([])
  })
})

describe('what an answer to a status query says', () => {
  const state = (stt: string, more = ''): string =>
    `<OrigThirdVoucher>20260102030405000001</OrigThirdVoucher><Stt>${stt}</Stt>${more}`
  const asked = async (inner: string | null, code = '000000'): Promise<unknown> => {
    const gateway = await gatewayOn(bytes => say(bytes, code, inner))
    const [outcome] = await gateway.inquire([outside], NEVER)
    await frontEnd?.close()
    return outcome
  }

  test('20 is paid, 30 is not, 99 is not known, any other two digits are in process, all else teaches nothing', async () => {
    const kinds = {
      '20': 'settled',
      '30': 'refused',
      '99': 'unavailable',
      '10': 'accepted',
      '00': 'accepted',
      '40': 'accepted',
      '': 'unavailable',
      '2': 'unavailable',
      '200': 'unavailable',
      X7: 'unavailable',
      成功: 'unavailable',
    }
    for (const [stt, kind] of Object.entries(kinds))
      expect([stt, await asked(state(stt))]).toMatchObject([stt, { kind }])
  })

  test('IsBack turns a success into a return, and nothing else into anything', async () => {
    for (const [stt, isBack, kind] of [
      ['20', '0', 'settled'],
      ['20', '', 'settled'],
      ['20', '1', 'returned'],
      ['20', '2', 'unavailable'],
      ['30', '1', 'refused'],
      ['10', '1', 'accepted'],
    ])
      expect([stt, isBack, await asked(state(stt ?? '', `<IsBack>${isBack}</IsBack>`))]).toMatchObject([
        stt,
        isBack,
        { kind },
      ])
  })

  test('Yhcljg and BackRem are words, with their meaning, and decide nothing', async () => {
    for (const [code, { zh, en }] of Object.entries(RESULT_WORDS)) {
      const outcome = await asked(state('20', `<Yhcljg>${code}:x</Yhcljg>`))
      expect(outcome).toMatchObject({ kind: 'settled', echo: { text: expect.stringContaining(`${zh} / ${en}`) } })
    }
  })

  test('a header other than 000000 is the question’s: the payment stays as it is', async () => {
    for (const code of [...Object.keys(RETURN_CODES), 'CD5102'].filter(one => one !== '000000' && one !== 'MA0103'))
      expect([code, await asked(state('30'), code)]).toMatchObject([code, { kind: 'unavailable', code }])
    // "No matching record" with a body is a contradiction.
    expect(await asked(state('20'), 'MA0103')).toMatchObject({ kind: 'unavailable' })
  })

  test('the state of another payment, or of nobody’s, is not ours', async () => {
    expect(await asked('<Stt>20</Stt>')).toMatchObject({ kind: 'unavailable', code: 'pab.wrong_item' })
    const other = '<OrigThirdVoucher>20260102030405000007</OrigThirdVoucher><Stt>20</Stt>'
    expect(await asked(other)).toMatchObject({ kind: 'unavailable', code: 'pab.wrong_item' })
    expect(await asked(state('30', '<TranAmount>1.06</TranAmount>'))).toMatchObject({ code: 'pab.wrong_item' })
    expect(await asked(state('30', '<InAcctNo>6222000000000002</InAcctNo>'))).toMatchObject({ code: 'pab.wrong_item' })
    expect(await asked(state('20', '<TranAmount>1,05</TranAmount>'))).toMatchObject({ code: 'pab.undecodable' })
  })

  test('what is said of another package is not of ours', async () => {
    const other = '<ThirdVoucher>20260102030405000007</ThirdVoucher>'
    const sending = await gatewayOn(bytes => say(bytes, '000000', other), { payment: '4018' })
    expect((await sending.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code: 'pab.wrong_item' })
    await frontEnd?.close()
    const item = `<list><SThirdVoucher>${outside.reference}</SThirdVoucher><Stt>20</Stt></list>`
    const inner = `<OrigThirdVoucher>20260102030405000007</OrigThirdVoucher>${item}`
    const asking = await gatewayOn(bytes => say(bytes, '000000', inner), { payment: '4018' })
    expect((await asking.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable', code: 'pab.wrong_item' })
  })

  test('4015: an item that is missing or twice is not known, the other is judged; MA0103 is absent for all', async () => {
    const item = (reference: string, stt: string): string =>
      `<list><SThirdVoucher>${reference}</SThirdVoucher><Stt>${stt}</Stt></list>`
    const first = item(outside.reference, '20')
    for (const [rows, second] of [
      [first, 'pab.missing_item'],
      [first + item(inside.reference, '20').repeat(2), 'pab.ambiguous_item'],
    ]) {
      const gateway = await gatewayOn(bytes => say(bytes, '000000', rows ?? ''), { payment: '4018' })
      const outcomes = await gateway.inquire([outside, inside], NEVER)
      expect(outcomes).toMatchObject([{ kind: 'settled' }, { kind: 'unavailable', code: second }])
      await frontEnd?.close()
    }
    const gateway = await gatewayOn(bytes => say(bytes, 'MA0103', null), { payment: '4018' })
    expect((await gateway.inquire([outside, inside], NEVER)).map(({ kind }) => kind)).toEqual(['absent', 'absent'])
  })

  test('what one way of paying does not know is asked of the other, so that a changed setting makes nothing absent', async () => {
    const respond: Respond = bytes => {
      if (codeOf(bytes) === '4005') return say(bytes, 'MA0103', null)
      return say(bytes, '000000', `<list><SThirdVoucher>${outside.reference}</SThirdVoucher><Stt>20</Stt></list>`)
    }
    expect((await (await gatewayOn(respond)).inquire([outside], NEVER))[0]?.kind).toBe('settled')
    expect(frontEnd?.seen.map(({ bytes }) => codeOf(bytes))).toEqual(['4005', '4015'])
    await frontEnd?.close()
    const swapped: Respond = bytes =>
      codeOf(bytes) === '4015' ? say(bytes, 'MA0103', null) : say(bytes, '000000', state('30'))
    const gateway = await gatewayOn(swapped, { payment: '4018' })
    expect((await gateway.inquire([outside], NEVER))[0]?.kind).toBe('refused')
    await frontEnd?.close()
    const unclear: Respond = bytes =>
      codeOf(bytes) === '4015' ? say(bytes, 'GW3002', null) : say(bytes, 'MA0103', null)
    expect((await (await gatewayOn(unclear)).inquire([outside], NEVER))[0]?.kind).toBe('unavailable')
  })

  test('absence can be made final by the site, but never before thirty minutes', () => {
    expect(config.absentFinalAfterMs).toBeNull()
    expect(pabConfig.safeParse(settings({ absentFinalAfterMs: 29 * 60_000 })).success).toBe(false)
    expect(pabConfig.safeParse(settings({ absentFinalAfterMs: 30 * 60_000 })).success).toBe(true)
  })
})

describe('the line', () => {
  const good = (bytes: Buffer): Buffer => byCode(bytes, 0) as Buffer
  const spoiled = (bytes: Buffer, offset: number, text: string): Buffer => {
    const answer = Buffer.from(good(bytes))
    answer.write(text, offset, 'latin1')
    return answer
  }
  const lines: readonly (readonly [string, (bytes: Buffer) => Response, string])[] = [
    ['closed without an answer', () => 'close', 'pab.no_answer'],
    ['a header that was cut', bytes => ({ cut: good(bytes).subarray(0, 100) }), 'pab.no_answer'],
    ['a body that was cut', bytes => ({ cut: good(bytes).subarray(0, 300) }), 'pab.no_answer'],
    ['an answer under another serial', bytes => spoiled(bytes, 67, '20260301000000009999'), 'pab.wrong_serial'],
    ['an answer to another code', bytes => spoiled(bytes, 40, '4099  '), 'pab.wrong_function'],
    ['an answer that continues', bytes => spoiled(bytes, 193, '1'), 'pab.more_packets'],
    ['an answer without a return code', bytes => spoiled(bytes, 87, '      '), 'pab.undecodable'],
    ['a body that is no XML', bytes => spoiled(bytes, 222, '<<'), 'pab.undecodable'],
    ['a body in the wrong charset', bytes => spoiled(bytes, 6, '02'), 'pab.undecodable'],
  ]

  test.each(lines)('%s: a payment is uncertain, a question teaches nothing', async (_, respond, code) => {
    for (const start of [startTcp, startHttp]) {
      const gateway = await gatewayOn(bytes => respond(bytes), {}, start)
      expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code })
      expect((await gateway.inquire([outside], NEVER))[0]).toMatchObject({ kind: 'unavailable', code })
      await expect(gateway.balance(PAYER, NEVER)).rejects.toBeInstanceOf(Fault)
      const range = { from: '2026-02-27', to: '2026-02-28' }
      await expect(gateway.statement(PAYER, range, null, NEVER)).rejects.toBeInstanceOf(Fault)
      await frontEnd?.close()
    }
  })

  test('the old header of six digits, and an HTTP error, are no answer', async () => {
    const old = Buffer.from(`000053${'<Result></Result>'.padEnd(300)}`)
    const overTcp = await gatewayOn(() => old)
    expect((await overTcp.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code: 'pab.no_answer' })
    await frontEnd?.close()
    const overHttp = await gatewayOn(() => old, {}, startHttp)
    expect((await overHttp.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code: 'pab.undecodable' })
    await frontEnd?.close()
    const failing = await gatewayOn(() => ({ status: 503 }), {}, startHttp)
    expect((await failing.send([outside], NEVER))[0]).toMatchObject({ kind: 'uncertain', code: 'pab.http_status' })
  })

  test('a front-end that does not repeat the serial is believed only where the site says that it is one', async () => {
    const respond: Respond = bytes => spoiled(bytes, 67, ' '.repeat(20))
    expect((await (await gatewayOn(respond)).send([outside], NEVER))[0]?.kind).toBe('uncertain')
    await frontEnd?.close()
    const gateway = await gatewayOn(respond, { checksReplySerial: false })
    expect((await gateway.send([outside], NEVER))[0]?.kind).toBe('accepted')
  })

  test('where nobody listens nothing was sent', async () => {
    const port = await deadPort()
    for (const endpoint of [`tcp://127.0.0.1:${port}`, `http://127.0.0.1:${port}/`]) {
      const gateway = gatewayAt(endpoint)
      expect((await gateway.send([outside], NEVER))[0]).toMatchObject({ kind: 'unsent', code: 'pab.unreachable' })
      expect((await gateway.inquire([outside], NEVER))[0]?.kind).toBe('unavailable')
    }
  })

  test('behind a packet that got no answer nothing more is sent or asked; behind a bad answer it goes on', async () => {
    const silent = await gatewayOn(() => 'close')
    expect(await silent.send([outside, inside], NEVER)).toMatchObject([
      { kind: 'uncertain', code: 'pab.no_answer' },
      { kind: 'unsent', code: 'pab.halted' },
    ])
    expect(frontEnd?.seen.length).toBe(1)
    expect(await silent.inquire([outside, inside], NEVER)).toMatchObject([
      { kind: 'unavailable', code: 'pab.no_answer' },
      { kind: 'unavailable', code: 'pab.halted' },
    ])
    expect(frontEnd?.seen.length).toBe(2)
  })

  test('an abort ends the packet under way as uncertain and those behind it unsent, at once', async () => {
    const controller = new AbortController()
    const gateway = await gatewayOn(() => {
      setImmediate(() => controller.abort())
      return 'silent'
    })
    const sent = await gateway.send([outside, inside], controller.signal)
    expect(sent).toMatchObject([{ kind: 'uncertain' }, { kind: 'unsent', code: 'pab.halted' }])
    expect(frontEnd?.seen.length).toBe(1)
  })

  test('an account number in the bank’s words is not repeated whole', async () => {
    const gateway = await gatewayOn(bytes => say(bytes, 'CD5102', null, ':账号6222000000000001不存在'))
    expect(JSON.stringify(await gateway.send([outside], NEVER))).not.toContain('6222000000000001')
  })
})

describe('statement', () => {
  const RANGE = { from: '2026-02-27', to: '2026-03-01' }
  const of = (bytes: Buffer, name: string): string =>
    new RegExp(`<${name}>([^<]*)<`).exec(bytes.toString('latin1'))?.[1] ?? ''

  test('history and today are asked for apart, page by page under one size, and an empty list is an end', async () => {
    const asked: string[] = []
    const gateway = await gatewayOn(
      bytes => {
        asked.push(['BeginDate', 'EndDate', 'PageNo', 'PageSize'].map(name => of(bytes, name)).join(' '))
        if (of(bytes, 'BeginDate') === '20260301') return say(bytes, 'ES0200', null)
        const end = of(bytes, 'PageNo') === '2' ? 'Y' : 'N'
        return say(bytes, '000000', `<EndFlag>${end}</EndFlag>${row(`${of(bytes, 'PageNo')}`)}`)
      },
      { statementPageSize: 7 },
    )
    const lines = []
    let next: string | null = null
    for (let page = 0; page < 10; page += 1) {
      // The size of a walk stays that of its beginning, whoever goes on with it.
      const reader = page === 0 ? gateway : gatewayAt(frontEnd?.url ?? '', { statementPageSize: 9 })
      const answer = await reader.statement(PAYER, RANGE, next, NEVER)
      lines.push(...answer.items)
      next = answer.next
      if (next === null) break
    }
    expect(next).toBeNull()
    expect(asked).toEqual(['20260227 20260228 1 7', '20260227 20260228 2 7', '20260301 20260301 1 7'])
    expect(lines.map(({ bankId }) => bankId)).toEqual(['20260228-1-1', '20260228-2-1'])
  })

  test('when midnight has passed between two pages the day is read again as history', async () => {
    const asked: string[] = []
    const gateway = await gatewayOn(bytes => {
      asked.push(['BeginDate', 'EndDate', 'PageNo'].map(name => of(bytes, name)).join(' '))
      return say(bytes, 'ES0200', null)
    })
    await gateway.statement(PAYER, RANGE, 'today:2026-02-28:2026-02-28:3:100', NEVER)
    expect(asked).toEqual(['20260228 20260228 1'])
  })

  test.each([
    ['no amount', '<TranAmount></TranAmount>', 'pab.row'],
    ['a negative amount', '<TranAmount>-1.00</TranAmount>', 'pab.row'],
    ['no side', '<DcFlag></DcFlag>', 'pab.row'],
    ['no currency', '<CcyCode></CcyCode>', 'pab.row'],
    ['no day', '<AcctDate>20260231</AcctDate>', 'pab.row'],
  ])('a row with %s is refused by name', async (_, element, code) => {
    const name = /^<(\w+)>/.exec(element)?.[1] ?? ''
    const changed = row('1').replace(new RegExp(`<${name}>[^<]*</${name}>`), element)
    const gateway = await gatewayOn(bytes => say(bytes, '000000', `<EndFlag>Y</EndFlag>${changed}`))
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code })
  })

  test.each([
    ['no EndFlag', row('1')],
    ['another account', `<AcctNo>11000000000003</AcctNo><EndFlag>Y</EndFlag>`],
    ['another page', `<EndFlag>Y</EndFlag><PageNo>2</PageNo>${row('1')}`],
    ['a count that is not that of its rows', `<EndFlag>Y</EndFlag><PageRecCount>2</PageRecCount>${row('1')}`],
    ['no rows though there are more', `<EndFlag>N</EndFlag>`],
  ])('a page with %s is a Fault', async (_, inner) => {
    const gateway = await gatewayOn(bytes => say(bytes, '000000', inner))
    await expect(gateway.statement(PAYER, RANGE, null, NEVER)).rejects.toMatchObject({ code: 'pab.paging' })
  })

  test.each([
    ['货款 260301001000001', '260301001000001'],
    ['YQ260301001000001', 'YQ260301001000001'],
    ['货款260301001000001', ''],
    ['货款 INV2026000123', ''],
    ['260301001000001 货款', ''],
    ['货款', ''],
    ['', ''],
  ])('of the purpose 「%s」 on money going out the reference is 「%s」', async (purpose, reference) => {
    const rows = row('1').replace('</list>', `<Purpose>${purpose}</Purpose></list>`)
    const gateway = await gatewayOn(bytes => say(bytes, '000000', `<EndFlag>Y</EndFlag>${rows}`))
    const page = await gateway.statement(PAYER, RANGE, null, NEVER)
    expect(page.items.map(line => [line.purpose, line.reference])).toEqual([[purpose, reference]])
    const without = gatewayAt(frontEnd?.url ?? '', { referenceInPurpose: false })
    expect((await without.statement(PAYER, RANGE, null, NEVER)).items[0]?.reference).toBe('')
  })

  test('a row without a detail number has no id of its own, and rows of the day before stay out of today', async () => {
    const rows = row('1').replace(/<DetailSerialNo>1</, '<DetailSerialNo><') + row('2')
    const gateway = await gatewayOn(bytes => say(bytes, '000000', `<EndFlag>Y</EndFlag>${rows}`))
    const page = await gateway.statement(PAYER, RANGE, null, NEVER)
    expect(page.items.map(({ bankId }) => bankId)).toEqual([null, '20260228-2-1'])
    const today = await gateway.statement(PAYER, { from: '2026-03-01', to: '2026-03-01' }, null, NEVER)
    expect(today.items).toEqual([])
  })

  test.each([
    'x',
    'today:2026-03-01:2026-03-02:1:100',
    'history:2026-02-26:2026-02-28:1:100',
    'history:2026-02-27:2026-02-28:0:100',
  ])('the cursor %s is not of this range', async cursor => {
    const gateway = await gatewayOn(byCode)
    await expect(gateway.statement(PAYER, RANGE, cursor, NEVER)).rejects.toMatchObject({ code: 'pab.cursor' })
    expect(frontEnd?.seen).toEqual([])
  })

  function row(trace: string): string {
    return `<list><AcctDate>20260228</AcctDate><TxTime>101500</TxTime><HostTrace>${trace}</HostTrace><DetailSerialNo>1</DetailSerialNo><CcyCode>RMB</CcyCode><TranAmount>1.00</TranAmount><DcFlag>D</DcFlag></list>`
  }
})

describe('what may leave', () => {
  const code = (instruction: Instruction, by = config): string | undefined => instructionProblem(instruction, by)?.code

  test('an amount leaves exact, with two decimals, or not at all; a package’s total is the sum', () => {
    assert(
      property(bigInt({ min: 1n, max: 9_999_999_999_999n }), bigInt({ min: 1n, max: 9_999_999_999_999n }), (a, b) => {
        const [one, two] = [
          { ...outside, amount: { minor: a, currency: 'CNY' } },
          { ...inside, amount: { minor: b, currency: 'CNY' } },
        ]
        const minorIn = (fields: readonly string[], name: string): bigint =>
          BigInt((new RegExp(`<${name}>(\\d+\\.\\d\\d)<`).exec(fields.join(''))?.[1] ?? '').replace('.', ''))
        expect(instructionProblem(one, config)).toBeNull()
        expect(minorIn(singleFields(one, config), 'TranAmount')).toBe(a)
        expect(minorIn(batchFields([one, two], config), 'totalAmt')).toBe(a + b)
      }),
    )
    for (const minor of [0n, -1n, 10_000_000_000_000n])
      expect(code({ ...outside, amount: { minor, currency: 'CNY' } })).toBe('pab.amount')
    expect(code({ ...outside, amount: { minor: 1n, currency: 'USD' } })).toBe('pab.currency')
  })

  test('names and accounts leave whole within their bytes of GBK or UTF-8, or not at all', () => {
    const utf8 = pabConfig.parse(settings({ encoding: 'utf-8' }))
    expect(code(withPayee({ name: '名'.repeat(30) }))).toBeUndefined()
    expect(code(withPayee({ name: '名'.repeat(30) }), utf8)).toBe('pab.payee_name')
    expect(code(withPayee({ name: '名'.repeat(20) }), utf8)).toBeUndefined()
    expect(code(withPayee({ name: '名'.repeat(31) }))).toBe('pab.payee_name')
    expect(code(withPayee({ name: '' }))).toBe('pab.payee_name')
    expect(code({ ...outside, payer: { ...outside.payer, name: '名'.repeat(31) } })).toBe('pab.payer_name')
    expect(code(withPayee({ name: '名\u0001' }))).toBe('pab.text')
    expect(code(withPayee({ name: '名𠮷' }))).toBe('pab.text')
    expect(code(withPayee({ name: '名𠮷' }), utf8)).toBeUndefined()
    expect(instructionProblem(withPayee({ name: '名𠮷' }), config)?.reason).toContain('「𠮷」')
    for (const account of ['1'.repeat(33), '', '62 22', '６２'])
      expect(code(withPayee({ account }))).toBe('pab.payee_account')
    for (const reference of ['123456789', '1'.repeat(21), '2026-0102-0001'])
      expect(code({ ...outside, reference })).toBe('pab.reference')
    expect(code({ ...outside, payer: { ...outside.payer, account: '11000000000003' } })).toBe('pab.unknown_account')
  })

  test('another bank is paid by its number, or by its name where the site allows it', () => {
    const named = pabConfig.parse(settings({ requiresBankCode: false }))
    expect(code(withPayee({ bankCode: '' }))).toBe('pab.payee_bank_needed')
    expect(code(withPayee({ bankCode: '123' }))).toBe('pab.payee_bank_code')
    expect(code(withPayee({ bankCode: '', bankName: '某银行' }), named)).toBeUndefined()
    expect(code(withPayee({ bankCode: '', bankName: '' }), named)).toBe('pab.payee_bank_name')
    expect(code(withPayee({ bankCode: '', bankName: '平安银行深圳分行' }))).toBeUndefined()
  })

  test('UseEx leaves within 30 bytes with our reference whole behind it, or as a beginning of what was asked', () => {
    const words = string({ unit: constantFrom('货', '款', 'A', ' ', '\n', '&'), maxLength: 40, size: 'max' })
    const without = pabConfig.parse(settings({ referenceInPurpose: false }))
    assert(
      property(words, words, (purpose, postscript) => {
        const one = { ...outside, purpose, postscript }
        const use = useOf(one, config)
        expect(iconv.encode(use, 'gbk').length).toBeLessThanOrEqual(30)
        expect(use.endsWith(one.reference)).toBe(true)
        const plain = (text: string): string => text.replace(/\s+/g, ' ').trim()
        const asked = [...new Set([plain(purpose), plain(postscript)])].filter(Boolean).join(' ')
        expect(asked.startsWith(use.slice(0, -one.reference.length).trimEnd())).toBe(true)
        expect(asked.startsWith(useOf(one, without))).toBe(true)
        expect(iconv.encode(useOf(one, without), 'gbk').length).toBeLessThanOrEqual(30)
      }),
    )
  })

  test('the same reference twice in a call is not sent at all', async () => {
    const gateway = await gatewayOn(byCode)
    expect((await gateway.send([outside, outside], NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
    expect(frontEnd?.seen).toEqual([])
  })
})
