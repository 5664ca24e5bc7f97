// CMB CDC, message by message: the reference's own vector, every request byte for byte, every answer as it must be understood.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { canonicalRequest, formBody } from '../../bank-gateways/cmb/codec'
import { instructionProblem, paymentBody } from '../../bank-gateways/cmb/codec-payment'
import { cmbConfig } from '../../bank-gateways/cmb/config'
import { createCmbGateway } from '../../bank-gateways/cmb/gateway'
import { jsonText, object, parseJson } from '../../bank-gateways/shared/json-text'
import { sm2Verify, sm4CbcEncrypt } from '../../bank-gateways/shared/gm'
import { readPrivateKey } from '../../bank-gateways/shared/gm-keys'
import type { BankGateway } from '../../connector/ports'
import {
  clock,
  counting,
  golden,
  instruction,
  never,
  ours,
  SM4_KEY,
  startCdc,
  theirs,
  UID,
  type Fake,
} from './cmb-bank'

const PAYER = '755000000010001'
const INSIDE = { account: '755000000010002', name: '乙公司', bankCode: '308584000013', bankName: '招商银行' }

function configFor(url: string, more: object = {}) {
  return cmbConfig.parse({
    url,
    uid: UID,
    privateKey: ours.privateKey,
    bankPublicKey: theirs.publicKey,
    symmetricSecret: SM4_KEY,
    businessMode: 'S1014',
    accounts: { [PAYER]: { branch: '75' } },
    ...more,
  })
}

/** gm-crypto §3: a throw-away key that is used by no bank. */
describe('the vector of the reference', () => {
  const d = '9346ae1f310282c59f56aec98b84bd6504f70f77f562788bb61e67a6fafd38be'
  const canon =
    '{"request":{"body":{"bb1payqrx1":[{"busCod":"N02030","yurRef":"测试-0001"}]},"head":{"funcode":"BB1PAYQR","reqid":"20260102030405678000001","userid":"U000000001"}},"signature":{"sigdat":"__signature_sigdat__","sigtim":"20260102030405"}}'
  const sigdat = '/CcigDz9QQhGvgP1NunpmXmgZ+E7vL9jzqLtIlJqlNe2LQtgrh0+u70VdTarIJ9ZfGpbaUc+qJg9OZRiJdXugQ=='
  const data =
    'p2nFGPoqYx4E2H4h3R2gLn/gashLhH6YON0+yk34BLEZtrf5NvC+7wAWdxCEFCYC2CPz9nlnR0N6ZT5VGCR7ekkp5BMjCLv6W+62AdXfPWaVRZrcrSCWpgoXy5OHHZjxD3Tf0wxSOFA6u56nxuNs4alOun4Rf8iDPkihD2wHGGP1WOAsG0Bgx+Z83gxRAZboif30ED21JxxvCXjiA+R6F43dPg8qTLmLJ8jAhzgiMN4pqdkK9cDUFOiskIydRntrFiPAwWJG7C3zWBtIfwd6mKqlPlo4hOxWeNrIh5CIioOMd1Y5BztMnC47YJvLlV9TBfQ5ozo1H8FmVhKURxsHbzDY7e0eB0Q9NAJZhSi9VUJynH90CPxpFTho0GKoBlofOcXFdhDktFa5EZ17/wqtjss4MTXueDYsNlifcF7cV/M='
  const config = configFor('http://127.0.0.1:1/', { privateKey: d, bankPublicKey: theirs.publicKey })
  const head = { funcode: 'BB1PAYQR', reqid: '20260102030405678000001' }
  const body = object({ bb1payqrx1: [object({ yurRef: '测试-0001', busCod: 'N02030' })] })
  const message = Buffer.from(canon, 'utf8')
  const { publicKey } = readPrivateKey(d)

  test('the canonical text and its key are the vector’s', () => {
    expect(canonicalRequest(config, head, body, '20260102030405', '__signature_sigdat__')).toBe(canon)
    expect(message.length).toBe(238)
    expect(publicKey.point.toString('base64')).toBe(
      'BCWbW9q2xnA3DexTz9X0f2rF3s4Fbt9BuiELMuP0Vli1QkWpcXguL3oP6EDLvML1cPWGgEt4HDIjeP4g3dSCq1g=',
    )
    expect(createHash('sm3').update(message).digest('hex')).toBe(
      'e82d12819ebdb771a87b5db3cfab125ea267dd84c52fa44e64dba76f98d22440',
    )
  })

  test('its signature holds under the padded UID only, and not as s‖r', () => {
    const raw = Buffer.from(sigdat, 'base64')
    expect(sm2Verify(message, raw, publicKey, 'U000000001000000')).toBe(true)
    expect(sm2Verify(message, raw, publicKey, '1234567812345678')).toBe(false)
    expect(
      sm2Verify(message, Buffer.concat([raw.subarray(32), raw.subarray(0, 32)]), publicKey, 'U000000001000000'),
    ).toBe(false)
  })

  test('the signed text encrypts to its DATA', () => {
    const plain = canonicalRequest(config, head, body, '20260102030405', sigdat)
    const cipher = sm4CbcEncrypt(Buffer.from(plain, 'utf8'), Buffer.from(SM4_KEY), Buffer.from('U000000001000000'))
    expect(cipher.toString('base64')).toBe(data)
    const form = new URLSearchParams(formBody(config, head, body, Date.parse('2026-01-02T03:04:05+08:00')).toString())
    expect([form.get('UID'), form.get('FUNCODE'), form.get('ALG')]).toEqual(['U000000001', 'BB1PAYQR', 'SM'])
    expect(form.get('DATA')?.length).toBe(data.length)
  })
})

describe('messages', () => {
  let bank: Fake
  beforeEach(async () => {
    bank = await startCdc()
  })
  afterEach(() => bank.close())
  const open = (more: object = {}): BankGateway =>
    createCmbGateway(configFor(bank.url, more), { clock, name: 'cmb', sequence: counting() })
  const answerOnly = (...names: readonly string[]): void =>
    bank.answer((_, count) => {
      const text = golden('cmb', `${names[Math.min(count, names.length) - 1]}.reply.json`).toString('utf8')
      return text.replace('202603021000000000000001', `20260302100000000${String(count).padStart(7, '0')}`)
    })
  const expectAsked = (...names: readonly string[]): void =>
    expect(bank.asked).toEqual(names.map(name => golden('cmb', `${name}.request.json`).toString('utf8')))

  const single = instruction(PAYER)
  const inside = instruction(PAYER, {
    reference: 'PAY202601020002',
    batch: { reference: 'B1', line: 2 },
    payee: INSIDE,
    amount: { minor: 12345678901_00n, currency: 'CNY' },
    isUrgent: false,
    postscript: '',
  })

  test('BB1PAYOP to another bank', async () => {
    answerOnly('bb1payop')
    const [outcome] = await open().send([single], never)
    expectAsked('bb1payop')
    expect(outcome).toEqual({
      kind: 'accepted',
      echo: {
        reference: null,
        amount: null,
        payeeAccount: null,
        bankSerial: '1000000001',
        code: 'AUT/',
        text: '等待审批 / awaiting approval',
      },
    })
  })

  test('BB1PAYOP inside the bank, with its name checked there', async () => {
    answerOnly('bb1payop')
    await open().send([inside], never)
    expectAsked('bb1payop-own')
  })

  test('BB1PAYBH of two, and its answer is about both', async () => {
    answerOnly('bb1paybh')
    const outcomes = await open({ batchFunction: 'BB1PAYBH' }).send([single, inside], never)
    expectAsked('bb1paybh')
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
  })

  test('BB1PAYQR, with amount and payee echoed and blanks trimmed', async () => {
    answerOnly('bb1payqr')
    const [outcome] = await open().inquire([single], never)
    expectAsked('bb1payqr')
    expect(outcome).toEqual({
      kind: 'settled',
      echo: {
        reference: 'PAY202601020001',
        amount: { minor: 105n, currency: 'CNY' },
        payeeAccount: '6222000000000001',
        bankSerial: '1000000001',
        code: 'FIN/S',
        text: '成功 / paid',
      },
    })
  })

  test('a batch that BB1PAYQR does not find is asked for by BB1QRYBD', async () => {
    const empty = golden('cmb', 'bb1payqr.reply.json')
      .toString('utf8')
      .replace(/"bb1payqrz1":\[.*?\]/, '"bb1payqrz1":[]')
    const detail = golden('cmb', 'bb1payqr.reply.json')
      .toString('utf8')
      .replace('"bb1payqrz1":', '"bb1qrybdy1":[{"bthNbr":"B1","ctnKey":""}],"bb1qrybdz1":')
      .replace('"BB1PAYQR"', '"BB1QRYBD"')
      .replace('202603021000000000000001', '202603021000000000000002')
    bank.answer((_, count) => (count === 1 ? empty : detail))
    const [outcome] = await open({ batchFunction: 'BB1PAYBH' }).inquire([single], never)
    expectAsked('bb1payqr', 'bb1qrybd')
    expect(outcome).toMatchObject({ kind: 'settled', echo: { reference: 'PAY202601020001' } })
  })

  test('NTQACINF, stamped with the bank’s clock', async () => {
    answerOnly('ntqacinf')
    const balance = await open().balance(PAYER, never)
    expectAsked('ntqacinf')
    expect(balance).toEqual({
      account: PAYER,
      asOf: '2026-03-02T10:00:01',
      current: { minor: 1000_10n, currency: 'CNY' },
      available: { minor: 990_10n, currency: 'CNY' },
      frozen: { minor: 10_00n, currency: 'CNY' },
      previousDay: null,
    })
  })

  test('trsQryByBreakPoint, its rows, and the way on in another process', async () => {
    answerOnly('trsqrybybreakpoint', 'trsqrybybreakpoint-last')
    const range = { from: '2026-03-01', to: '2026-03-02' }
    const sequence = counting()
    const process = (): BankGateway => createCmbGateway(configFor(bank.url), { clock, name: 'cmb', sequence })
    const first = await process().statement(PAYER, range, null, never)
    const last = await process().statement(PAYER, range, first.next, never)
    expectAsked('trsqrybybreakpoint', 'trsqrybybreakpoint-next')
    expect(last).toEqual({ items: [], next: null })
    expect(first.items).toEqual([
      {
        bankId: '20260301-S00000000000001',
        bookedOn: '2026-03-01',
        bookedTime: '09:30:15',
        valueOn: '2026-03-01',
        amount: { minor: -105n, currency: 'CNY' },
        balanceAfter: { minor: 998_95n, currency: 'CNY' },
        counterAccount: '6222000000000001',
        counterName: '示例有限公司',
        counterBank: '中国工商银行',
        purpose: '货款',
        text: 'INV-1',
        reference: 'PAY202601020001',
        bankSerial: '1000000001',
        isReversal: false,
        type: 'CPPZ',
        receiptKey: 'S00000000000001',
      },
      {
        bankId: '20260302-S00000000000002',
        bookedOn: '2026-03-02',
        bookedTime: '',
        valueOn: null,
        amount: { minor: 105n, currency: 'CNY' },
        balanceAfter: { minor: 1000_00n, currency: 'CNY' },
        counterAccount: '6222000000000001',
        counterName: '示例有限公司',
        counterBank: '中国工商银行',
        purpose: '户名不符',
        text: '',
        reference: '',
        bankSerial: 'S00000000000002',
        isReversal: true,
        type: 'CPPZ',
        receiptKey: 'S00000000000002',
      },
    ])
  })

  /** The golden with fields changed: the flag in its summary, everything else in its first row. */
  const row = (changes: Readonly<Record<string, string>>): void =>
    bank.answer(() => {
      const [head = '', rows = ''] = golden('cmb', 'trsqrybybreakpoint.reply.json').toString('utf8').split('_Z2":')
      const change = (text: string): string =>
        Object.entries(changes).reduce(
          (changed, [name, value]) => changed.replace(new RegExp(`"${name}":"[^"]*"`), `"${name}":"${value}"`),
          text,
        )
      return 'ctnFlag' in changes ? `${change(head)}_Z2":${rows}` : `${head}_Z2":${change(rows)}`
    })

  test.each([
    ['an amount that is missing', { transAmount: '' }, /transAmount/],
    ['an amount with three decimals', { transAmount: '-1.055' }, /too-many-decimals/],
    ['a debit with the other sign', { transAmount: '1.05' }, /loanCode D with transAmount/],
    ['a side in no table', { loanCode: 'X' }, /loanCode/],
    ['a day that is none', { transDate: '20260230' }, /transDate/],
    ['a currency that is not known', { currencyNbr: '99' }, /currencyNbr/],
    ['a continuation flag in no table', { ctnFlag: 'P' }, /ctnFlag/],
  ])('a statement row with %s is a fault, never a guess', async (_, changes, words) => {
    row(changes)
    const asked = open().statement(PAYER, { from: '2026-03-01', to: '2026-03-02' }, null, never)
    await expect(asked).rejects.toMatchObject({ name: 'Fault', code: 'cmb.row', message: expect.stringMatching(words) })
  })

  test('debits that are positive are taken where the site has seen that they are', async () => {
    row({ transAmount: '1.05' })
    const page = await open({ debitSign: 'positive' }).statement(
      PAYER,
      { from: '2026-03-01', to: '2026-03-02' },
      null,
      never,
    )
    expect(page.items.map(({ amount }) => amount.minor)).toEqual([-105n, 105n])
  })

  test('DCSIGREC: only a whole PDF is a receipt, and none yet is none', async () => {
    const line = { bookedOn: '2026-03-01', receiptKey: 'S00000000000001' } as never
    const reply = (fildat: string): string =>
      `{"response":{"body":{"checod":"C","fildat":"${fildat}","istnbr":"R1"},"head":{"funcode":"DCSIGREC","reqid":"202603021000000000000001","resultcode":"SUC0000"}},"signature":{"sigdat":"__signature_sigdat__","sigtim":"20260302100001"}}`
    const pdf = Buffer.from('%PDF-1.4\nx\n%%EOF\n')
    bank.answer(() => reply(pdf.toString('base64')))
    expect(await open().receipt?.(PAYER, line, never)).toEqual({
      receiptNo: 'R1',
      mediaType: 'application/pdf',
      bytes: pdf,
    })
    expectAsked('dcsigrec')
    bank.answer(() => reply(''))
    expect(await open().receipt?.(PAYER, line, never)).toBeNull()
    bank.answer(() => reply(pdf.subarray(0, 10).toString('base64')))
    await expect(open().receipt?.(PAYER, line, never)).rejects.toMatchObject({ code: 'cmb.receipt' })
  })

  test('two questions of one account by one function keep the bank’s ten seconds', async () => {
    answerOnly('ntqacinf')
    const slept: number[] = []
    const waiting = { ...clock, sleep: async (ms: number) => void slept.push(ms) }
    const gateway = createCmbGateway(configFor(bank.url), { clock: waiting, name: 'cmb', sequence: counting() })
    await gateway.balance(PAYER, never)
    await gateway.balance(PAYER, never)
    expect(slept).toEqual([10_000])
  })
})

test('JSON keeps every number as it was written and every text as it is', () => {
  const text =
    '{"b":[1.10,-0,1e400,12345678901234567890],"a":{"中":"\\u4e2d\\"/","":null},"c":[],"d":{},"e":[true,false]}'
  expect(jsonText(parseJson(text), 'received')).toBe(text.replace('\\u4e2d', '中'))
  expect(jsonText(parseJson('{"b":1.10,"A":{"y":1,"x":2}}'), 'sorted')).toBe('{"A":{"x":2,"y":1},"b":1.10}')
  fc.assert(
    fc.property(fc.json(), json => {
      const printed = JSON.stringify(JSON.parse(json))
      fc.pre(!/"__proto__"|e[+-]?\d/.test(printed))
      expect(jsonText(parseJson(json), 'received').replace(/-0(?![.\d])/g, '0')).toBe(
        printed.replace(/-0(?![.\d])/g, '0'),
      )
    }),
    { numRuns: 200 },
  )
})

test.each([
  '',
  '{',
  '{"a":1,}',
  '[1,]',
  '{"a":1 "b":2}',
  '01',
  '1.',
  '"a',
  '"\u0001"',
  '{"a":1,"a":2}',
  'nul',
  '[]x',
  '['.repeat(40) + ']'.repeat(40),
])('what is not strict JSON is refused: %j', text => expect(() => parseJson(text)).toThrow(RangeError))

test('every amount that can be paid stands in the message with two decimals, exactly', () => {
  const config = configFor('http://127.0.0.1:1/')
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 999_999_999_999_999n }), minor => {
      const paid = instruction(PAYER, { amount: { minor, currency: 'CNY' } })
      expect(instructionProblem(paid, config)).toBeNull()
      const [, text = ''] =
        /"trsAmt":"((?:0|[1-9]\d{0,12})\.\d{2})"/.exec(jsonText(paymentBody(paid, config), 'sorted')) ?? []
      expect(BigInt(text.replace('.', ''))).toBe(minor)
    }),
  )
})
