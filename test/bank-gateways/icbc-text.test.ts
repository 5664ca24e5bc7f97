import * as fc from 'fast-check'
import { fenOf, stampOf } from '../../bank-gateways/icbc/codec'
import { isOwnBank, paymentBody, problemOf } from '../../bank-gateways/icbc/codec-payment'
import { accountCurrency, icbcConfig } from '../../bank-gateways/icbc/config'
import { createIcbcGateway } from '../../bank-gateways/icbc/gateway'
import type { Instruction } from '../../connector/ports'
import { configFor, instruction, world } from './icbc-fake-nc'

const nowhere = { signUrl: 'http://127.0.0.1:449', tunnelUrl: 'http://127.0.0.1:448' }
const config = configFor(nowhere)
const written = (...instructions: readonly Instruction[]): string =>
  paymentBody(config, instructions, '20260301093000123').body.join('')
const valuesOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(match => match[1] ?? '')

describe('amounts', () => {
  const fen = fc.bigInt({ min: 1n, max: 99_999_999_999_999_999n })

  test('of every value the field can hold are written exactly, and their sum', () => {
    fc.assert(
      fc.property(fc.array(fen, { minLength: 1, maxLength: 20 }), amounts => {
        const xml = written(...amounts.map(minor => instruction({ amount: { minor, currency: 'CNY' } })))
        expect(valuesOf(xml, 'PayAmt')).toEqual(amounts.map(String))
        expect(valuesOf(xml, 'TotalAmt')).toEqual([String(amounts.reduce((sum, each) => sum + each, 0n))])
      }),
    )
  })

  test.each([1n, 9n, 99_999_999_999_999_999n])('%s 分 is accepted', minor => {
    expect(problemOf(config, instruction({ amount: { minor, currency: 'CNY' } }))).toBeNull()
  })

  test.each([0n, -1n, 100_000_000_000_000_000n])('%s 分 is refused before anything is sent', minor => {
    expect(problemOf(config, instruction({ amount: { minor, currency: 'CNY' } }))).toMatchObject({
      code: 'icbc.amount',
    })
  })

  test('a currency that is not configured is refused', () => {
    expect(problemOf(config, instruction({ amount: { minor: 1n, currency: 'USD' } }))).toMatchObject({
      code: 'icbc.currency',
    })
  })

  test('in answers are read exactly, with leading zeros and sign, and nothing else is an amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat(4), (minor, zeros) => {
        const digits = '0'.repeat(zeros) + String(minor < 0n ? -minor : minor)
        expect(fenOf(minor < 0n ? `-${digits}` : digits, 'CNY')).toEqual({ minor, currency: 'CNY' })
      }),
    )
    expect(fenOf('', 'CNY')).toBeNull()
    for (const text of ['1.00', '1,000', '1e3', '0x10', ' ', '--1', '１'])
      expect(() => fenOf(text, 'CNY')).toThrow('应答无法解析')
  })
})

describe('text', () => {
  /** One byte, two bytes, and full-width: the width is known here without asking a codec. */
  const character = fc.constantFrom(...Array.from('aZ0-(中国银行镕喆堃（），。Ａ１'))
  const text = fc.array(character, { maxLength: 90 }).map(each => each.join(''))
  const gbkBytes = (value: string): number =>
    Array.from(value).reduce((sum, each) => sum + (each.charCodeAt(0) < 0x80 ? 1 : 2), 0)

  test('of a postscript is the longest beginning within 60 bytes, cut between characters', () => {
    fc.assert(
      fc.property(text, postscript => {
        const [kept = ''] = valuesOf(written(instruction({ postscript })), 'PostScript')
        expect(postscript.startsWith(kept)).toBe(true)
        expect(gbkBytes(kept)).toBeLessThanOrEqual(60)
        const following = postscript.slice(kept.length, kept.length + 1)
        if (following) expect(gbkBytes(kept + following)).toBeGreaterThan(60)
      }),
    )
  })

  test('of a purpose is at most 10 characters: one more makes a cross-bank payment fall to manual handling', () => {
    fc.assert(
      fc.property(text, purpose => {
        const [kept = ''] = valuesOf(written(instruction({ purpose })), 'UseCN')
        expect(kept).toBe(purpose.slice(0, 10))
      }),
    )
  })

  test('of names passes whole or is refused, at 60 bytes exactly', () => {
    fc.assert(
      fc.property(text, name => {
        fc.pre(name !== '')
        const subject = instruction({ payee: { name } })
        const problem = problemOf(config, subject)
        if (gbkBytes(name) > 60) expect(problem).toMatchObject({ code: 'icbc.too-long' })
        else expect(problem).toBeNull()
        if (problem) return
        const [cn, en] = [valuesOf(written(subject), 'RecAccNameCN')[0], valuesOf(written(subject), 'RecAccNameEN')[0]]
        expect([`${cn}${en}`, cn === '' || en === '']).toEqual([name, true])
      }),
    )
  })

  test.each([
    ['payer.name', { payer: { name: '龘'.repeat(31) } }, 'icbc.too-long'],
    ['payee.bankName', { payee: { bankName: '行'.repeat(31) } }, 'icbc.too-long'],
    ['payee.name', { payee: { name: '𠮷' } }, 'icbc.text'],
    ['payee.name', { payee: { name: '乙\n公司' } }, 'icbc.text'],
    ['payee.city', { payee: { city: '🏙' } }, 'icbc.text'],
    ['purpose', { purpose: '货款💰' }, 'icbc.text'],
    ['postscript', { postscript: 'ไทย' }, 'icbc.text'],
    ['payee.account', { payee: { account: '' } }, 'icbc.account'],
    ['payee.account', { payee: { account: '6222 0000' } }, 'icbc.account'],
    ['payee.name', { payee: { name: ' ' } }, 'icbc.missing'],
    ['bank code', { payee: { bankCode: '30829000300' } }, 'icbc.missing'],
    ['city', { payee: { city: '' } }, 'icbc.missing'],
    ['name and city', { payee: { bankName: '' } }, 'icbc.missing'],
    ['purpose', { payee: { kind: 'P' as const }, purpose: ' ' }, 'icbc.missing'],
    ['reference', { reference: 'P-0001' }, 'icbc.reference'],
    ['line', { batch: { reference: 'B1', line: 0 } }, 'icbc.line'],
  ])(
    'that does not fit (%s of %j) is refused in Chinese and English, never cut or replaced',
    (field, changes, code) => {
      const problem = problemOf(config, instruction(changes))
      expect(problem).toMatchObject({ code, reason: expect.stringMatching(/^\p{Script=Han}.* \/ .*[a-z]/u) })
      expect(problem?.reason).toContain(field)
    },
  )

  test('with line breaks and tabs becomes one line; < > & are escaped', () => {
    const xml = written(instruction({ postscript: ' a\r\n\tb<c>&d ', payee: { name: 'A&B "甲"' } }))
    expect(xml).toContain('<PostScript>a b&lt;c&gt;&amp;d</PostScript>')
    expect(xml).toContain('<RecAccNameCN>A&amp;B &quot;甲&quot;</RecAccNameCN>')
  })
})

describe('系统内 and 系统外', () => {
  test.each([
    ['102100099996', '', true],
    ['102100099996', '中国建设银行', true],
    ['308290003000', '中国工商银行', false],
    ['', '中国工商银行股份有限公司上海市分行', true],
    ['', '工行漕河泾支行', true],
    ['', 'icbc shanghai', true],
    ['', '招商银行上海分行', false],
    ['', '', false],
  ])('code 「%s」, name 「%s」: ICBC is %s', (bankCode, bankName, isOwn) => {
    expect(isOwnBank(instruction({ payee: { bankCode, bankName } }))).toBe(isOwn)
  })

  test('inside ICBC no bank number travels and no city is required', () => {
    const subject = instruction({ payee: { bankCode: '102100099996', bankName: '', city: '' }, isUrgent: false })
    expect(problemOf(config, subject)).toBeNull()
    const xml = written(subject)
    expect([valuesOf(xml, 'SysIOFlg'), valuesOf(xml, 'RecBankNo'), valuesOf(xml, 'PayType')]).toEqual([
      ['1'],
      [''],
      ['2'],
    ])
  })

  test.each([
    ['上海', '上海市', '1'],
    ['上海', '上海', '1'],
    ['北京', '上海', '2'],
    ['', '上海', '2'],
  ])('payer in 「%s」 and payee in 「%s」 is IsSameCity %s', (from, to, flag) => {
    const xml = written(instruction({ payer: { city: from }, payee: { city: to } }))
    expect(valuesOf(xml, 'IsSameCity')).toEqual([flag])
  })

  test('a person is Prop 1, a company Prop 0', () => {
    expect(valuesOf(written(instruction({ payee: { kind: 'P' } }), instruction()), 'Prop')).toEqual(['1', '0'])
  })
})

test.each([
  ['20260301093000', '2026-03-01', '09:30:00'],
  ['20260301093000123456', '2026-03-01', '09:30:00'],
  ['2026-03-01-09.30.00.123456', '2026-03-01', '09:30:00'],
  ['2026-03-01', '2026-03-01', ''],
  ['20260301', '2026-03-01', ''],
])('the bank stamp %s is %s %s', (text, day, time) => {
  expect(stampOf(text)).toEqual({ day, time })
})

test.each(['', '20260230', '093000', '2026-3-1', '00000000'])('「%s」 is no stamp', text => {
  expect(stampOf(text)).toBeNull()
})

test('the traits are what the reference states, and where it is silent the safe side', () => {
  const { traits } = createIcbcGateway(icbcConfig.parse({ ...minimal }), world().deps)
  expect(traits).toEqual({
    dedupesReference: true,
    referenceScope: 'batch',
    absentFinalAfterMs: null,
    batchMax: 1,
    reference: { maxBytes: 35, alphabet: 'alphanumeric' },
    encoding: 'gbk',
    currencies: ['CNY'],
    maxBytes: { payerName: 60, payeeName: 60, payeeBankName: 60, purpose: 20, postscript: 60 },
    own: { cnapsPrefix: '102', names: ['工商银行', '工行', 'ICBC'] },
    crossBankRequires: ['bankCode', 'bankName', 'city'],
  })
})

const minimal = { ...nowhere, cis: '020090000012345', certificateId: 'demo01.y.0200', version: '0.0.1.0' }

test.each([
  ['tunnelUrl', { tunnelUrl: 'ftp://nc' }],
  ['version', { version: '0.0.2.0' }],
  ['extraResults.7', { extraResults: { '7': { outcome: 'refused', meaning: 'x' } } }],
  ['notExecutedCodes.B0016', { notExecutedCodes: { B0016: 'x' } }],
  ['notExecutedCodes.0', { notExecutedCodes: { '0': 'x' } }],
  ['currencies.JPY', { currencies: { JPY: '027' } }],
  ['accountCurrencies.1', { accountCurrencies: { '1': 'USD' } }],
  ['', { pasword: 'x' }],
])('the configuration refuses a bad 「%s」 and names it', (where, changes) => {
  const result = icbcConfig.safeParse({ ...minimal, ...changes })
  expect(result.error?.issues.map(issue => issue.path.join('.'))).toEqual([where])
})

test('with two currencies an account that is in neither list has none', () => {
  const two = icbcConfig.parse({ ...minimal, currencies: { CNY: '001', USD: '014' }, accountCurrencies: { A: 'USD' } })
  expect([accountCurrency(two, 'A'), accountCurrency(two, 'B'), accountCurrency(config, 'B')]).toEqual([
    'USD',
    null,
    'CNY',
  ])
})
