// What leaves towards BOC is exact: amounts to the 分, names and accounts whole or not at all, remarks within their width.

import { assert, bigInt, boolean, constantFrom, oneof, property, string } from 'fast-check'
import iconv from 'iconv-lite'
import type { Instruction, Party } from '../../connector/ports'
import { bocConfig } from '../../bank-gateways/boc/config'
import { instructionProblem, paymentBody } from '../../bank-gateways/boc/codec-payment'
import { createBocGateway } from '../../bank-gateways/boc/gateway'
import {
  afterSignIn,
  allItems,
  clockAt,
  gatewayOf,
  instruction,
  MORNING_MS,
  NEVER,
  SETTINGS,
  settings,
  startFrontEnd,
} from './boc-front-end'

const ENDPOINT = 'http://127.0.0.1:8080/B2EC/E2BServlet'
const config = bocConfig.parse({ endpoint: ENDPOINT, ...SETTINGS })
const inCharacters = bocConfig.parse({ endpoint: ENDPOINT, ...SETTINGS, fieldLengths: 'characters' })
const inGb18030 = bocConfig.parse({ endpoint: ENDPOINT, ...SETTINGS, encoding: 'gb18030' })

function payee(over: Partial<Party>): { readonly payee: Party } {
  return { payee: { ...instruction('R1').payee, ...over } }
}

/** The text of an element in a body, read by pattern and without the gateway's own reader. */
function field(body: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]
  if (text === undefined) throw new Error(`no ${name}`)
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

function bodyOf(one: Instruction, by = config): string {
  return paymentBody(one.payee.kind === 'P' ? 'b2e0061' : 'b2e0009', [one], '20260301', by)
}

test('every amount from 0.01 to thirteen whole digits leaves as 元 with two decimals, to the 分', () => {
  assert(
    property(bigInt({ min: 1n, max: 999_999_999_999_999n }), minor => {
      const one = instruction('R1', { amount: { minor, currency: 'CNY' } })
      expect(instructionProblem(one, config)).toBeNull()
      const text = field(bodyOf(one), 'trnamt')
      expect(text).toMatch(/^(0|[1-9]\d{0,12})\.\d\d$/)
      expect(BigInt(text.replace('.', ''))).toBe(minor)
    }),
  )
})

test.each([[0n], [-1n], [1_000_000_000_000_000n]])('the amount %p does not leave', minor => {
  expect(instructionProblem(instruction('R1', { amount: { minor, currency: 'CNY' } }), config)?.code).toBe('boc.amount')
})

test('no amount of nothing, less than nothing or more than fits leaves', () => {
  assert(
    property(oneof(bigInt({ max: 0n }), bigInt({ min: 1_000_000_000_000_000n })), minor => {
      const one = instruction('R1', { amount: { minor, currency: 'CNY' } })
      expect(instructionProblem(one, config)?.code).toBe('boc.amount')
    }),
  )
})

test('any remark leaves within 80 bytes for companies and 200 for persons, as a beginning of what was asked and without |', () => {
  const words = string({
    unit: constantFrom('货', '款', '𠮷', 'é', 'A', ' ', '|', '\n', '\u0000', '\ud800', '&', '<'),
    maxLength: 120,
    size: 'max',
  })
  assert(
    property(words, words, boolean(), (purpose, postscript, isPersonal) => {
      const over = isPersonal ? payee({ kind: 'P' }) : {}
      const text = field(bodyOf(instruction('R1', { purpose, postscript, ...over })), 'furinfo')
      expect(Buffer.byteLength(text, 'utf8')).toBeLessThanOrEqual(isPersonal ? 200 : 80)
      // eslint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[|\n\u0000\ud800-\udfff]/u)
      const cleaned = (part: string): string =>
        part
          // eslint-disable-next-line no-control-regex
          .replace(/[|\u0000\n]|\p{Cs}/gu, ' ')
          .split(' ')
          .filter(word => word !== '')
          .join(' ')
      const [first, second] = [cleaned(purpose), cleaned(postscript)]
      const whole = first === second ? first : [first, second].filter(part => part !== '').join(' ')
      expect(whole.startsWith(text)).toBe(true)
      expect(text).toBe(text.trim())
      if (Buffer.byteLength(whole) <= (isPersonal ? 200 : 80)) expect(text).toBe(whole)
    }),
  )
})

test('a name leaves whole or not at all', () => {
  const name = string({
    unit: constantFrom('公', '司', '𠮷', 'A', '·', '(', '&'),
    minLength: 1,
    maxLength: 90,
    size: 'max',
  })
  assert(
    property(name, text => {
      const one = instruction('R1', payee({ name: text }))
      const found = instructionProblem(one, config)
      if (Buffer.byteLength(text) > 70) expect(found?.code).toBe('boc.payee_name')
      else {
        expect(found).toBeNull()
        expect(field(bodyOf(one), 'toname')).toBe(text)
      }
    }),
  )
})

test('the unit of widths is bytes of the encoding, or characters with remarks in GBK width where the site says so', () => {
  const name = (count: number): Instruction => instruction('R1', payee({ name: '公'.repeat(count) }))
  const remark = instruction('R1', { purpose: '货'.repeat(100), postscript: '' })
  const longest = (by: typeof config): readonly number[] => [
    Array.from({ length: 100 }, (_, index) => index + 1).findLast(count => !instructionProblem(name(count), by)) ?? 0,
    field(bodyOf(remark, by), 'furinfo').length,
    field(bodyOf({ ...remark, ...payee({ kind: 'P' }) }, by), 'furinfo').length,
  ]
  expect(longest(config)).toEqual([23, 26, 66])
  expect(longest(inCharacters)).toEqual([70, 40, 100])
  expect(longest(inGb18030)).toEqual([35, 40, 100])
})

test.each<[string, Partial<Instruction>, string]>([
  ['a reference of 33', { reference: 'R'.repeat(33) }, 'boc.reference'],
  ['a reference with a hyphen', { reference: 'R-1' }, 'boc.reference'],
  ['no reference', { reference: '' }, 'boc.reference'],
  ['a payer that is not configured', { payer: { ...instruction('R').payer, account: '1' } }, 'boc.unknown_account'],
  [
    'a payer named like a property',
    { payer: { ...instruction('R').payer, account: 'toString' } },
    'boc.unknown_account',
  ],
  ['dollars', { amount: { minor: 1n, currency: 'USD' } }, 'boc.currency'],
  ['a payer name too long', { payer: { ...instruction('R').payer, name: '公'.repeat(24) } }, 'boc.payer_name'],
  ['no payee name', payee({ name: ' ' }), 'boc.payee_name'],
  ['a control character in the payee name', payee({ name: '甲\n' }), 'boc.payee_name'],
  ['half a character in the payee name', payee({ name: '甲\ud800' }), 'boc.payee_name'],
  ['no payee account', payee({ account: '' }), 'boc.payee_account'],
  ['汉字 in the payee account', payee({ account: '123甲' }), 'boc.payee_account'],
  ['a payee account of 36', payee({ account: '1'.repeat(36) }), 'boc.payee_account'],
  ['a bank code of 11 digits', payee({ bankCode: '30829000300' }), 'boc.payee_bank_code'],
  ['a company without a bank code', payee({ bankCode: '' }), 'boc.payee_bank_needed'],
  [
    'a person with neither bank code nor name',
    payee({ kind: 'P', bankCode: '', bankName: '' }),
    'boc.payee_bank_or_name_needed',
  ],
  [
    'a person with a bank name too long',
    payee({ kind: 'P', bankCode: '', bankName: '行'.repeat(24) }),
    'boc.payee_bank_or_name_needed',
  ],
  [
    'a person with an 18-digit BOC account and no code',
    payee({ kind: 'P', bankCode: '', bankName: '中国银行北京分行', account: '1'.repeat(18) }),
    'boc.payee_bank_or_name_needed',
  ],
  ['a control character in the bank name', payee({ bankName: '某\t行' }), 'boc.payee_bank_name'],
])('%s stays unsent, with the reason in both languages', async (_, over, code) => {
  const gateway = createBocGateway(config, {
    clock: clockAt(MORNING_MS),
    name: 'boc',
    sequence: () => {
      throw new Error('nothing may be sent')
    },
  })
  const [outcome] = await gateway.send([instruction('R1', over)], NEVER)
  expect(outcome).toMatchObject({ kind: 'unsent', code, reason: expect.stringMatching(/[\u4e00-\u9fff].* \/ .*[a-z]/) })
})

test('an instruction that cannot be sent does not stop the others, and a doubled reference stops only itself', async () => {
  const frontEnd = await startFrontEnd(afterSignIn(seen => allItems(seen, 'B001')))
  try {
    const outcomes = await gatewayOf(settings(frontEnd.url)).send(
      [instruction('R1'), instruction('R-2'), instruction('R3'), instruction('R3'), instruction('R4')],
      NEVER,
    )
    expect(outcomes).toMatchObject([
      { kind: 'accepted', echo: { reference: 'R1' } },
      { kind: 'unsent', code: 'boc.reference' },
      { kind: 'unsent', code: 'boc.duplicate_reference' },
      { kind: 'unsent', code: 'boc.duplicate_reference' },
      { kind: 'accepted', echo: { reference: 'R4' } },
    ])
    expect(frontEnd.seen.map(seen => seen.insids)).toEqual([[], ['R1', 'R4']])
  } finally {
    await frontEnd.close()
  }
})

test("beside a bank code the bank's name is shortened, for it only informs", () => {
  const one = instruction('R1', payee({ bankName: '行'.repeat(40) }))
  expect(instructionProblem(one, config)).toBeNull()
  expect(field(bodyOf(one), 'tobknm')).toBe('行'.repeat(23))
  expect(field(bodyOf(one, inCharacters), 'tobknm')).toBe('行'.repeat(40))
})

test.each([
  [{ bankCode: '104100000004', bankName: '' }, '1'],
  [{ bankCode: '40142', bankName: '' }, '1'],
  [{ bankCode: '', bankName: '中国银行上海市分行' }, '1'],
  [{ bankCode: '', bankName: '中国农业银行上海市分行' }, '0'],
  [{ bankCode: '308290003000', bankName: '中国银行' }, '0'],
])('a personal payee with %p has bocflag %s', (bank, flag) => {
  expect(field(bodyOf(instruction('R1', payee({ kind: 'P', ...bank }))), 'bocflag')).toBe(flag)
})

test('the transfer day is the bank’s, whatever zone the server is in', async () => {
  const frontEnd = await startFrontEnd(afterSignIn(seen => allItems(seen, 'B001')))
  try {
    // 23:59:59 and 00:00:00 in Shanghai.
    for (const at of ['2026-03-01T15:59:59Z', '2026-03-01T16:00:00Z'])
      await gatewayOf(settings(frontEnd.url), clockAt(Date.parse(at))).send([instruction('R1')], NEVER)
    const days = frontEnd.seen.filter(seen => seen.trncod === 'b2e0009').map(seen => field(seen.text, 'trfdate'))
    expect(days).toEqual(['20260301', '20260302'])
  } finally {
    await frontEnd.close()
  }
})

test('a batch above the limit of a message travels in several', async () => {
  const frontEnd = await startFrontEnd(afterSignIn(seen => allItems(seen, 'B001')))
  try {
    const batch = ['R1', 'R2', 'R3'].map(reference => instruction(reference))
    await gatewayOf(settings(frontEnd.url, { batchMax: 2 })).send(batch, NEVER)
    expect(frontEnd.seen.map(seen => seen.insids)).toEqual([[], ['R1', 'R2'], ['R3']])
  } finally {
    await frontEnd.close()
  }
})

test('a message number that is not 1 to 12 digits is never sent', async () => {
  const frontEnd = await startFrontEnd(afterSignIn(seen => allItems(seen, 'B001')))
  try {
    for (const number of ['', '1234567890123', '12a', '-1']) {
      const deps = { clock: clockAt(MORNING_MS), name: 'boc', sequence: () => number }
      const outcomes = await createBocGateway(settings(frontEnd.url), deps).send([instruction('R1')], NEVER)
      expect(outcomes).toMatchObject([{ kind: 'unsent', code: 'boc.unbuildable' }])
    }
    expect(frontEnd.seen).toEqual([])
  } finally {
    await frontEnd.close()
  }
})

test('GB18030 front-ends are written to and read in GB18030', async () => {
  const frontEnd = await startFrontEnd(
    afterSignIn(seen => iconv.encode(allItems({ ...seen, insids: ['R1'] }, 'B054', '处理中𠮷'), 'gb18030')),
  )
  try {
    const gateway = gatewayOf(settings(frontEnd.url, { encoding: 'gb18030' }))
    expect(await gateway.send([instruction('R1')], NEVER)).toMatchObject([
      { kind: 'accepted', echo: { text: '处理中 / handling: 处理中𠮷' } },
    ])
    const text = iconv.decode(frontEnd.seen[1]?.bytes ?? Buffer.alloc(0), 'gb18030')
    expect(text).toContain('<?xml version="1.0" encoding="GB18030"?>')
    expect(text).toContain('<toname>乙公司</toname>')
    expect(gateway.traits.encoding).toBe('gb18030')
  } finally {
    await frontEnd.close()
  }
})
