// 大写金额 against the examples of the cheque rules (支付结算办法 附一, 正确填写票据和结算凭证的基本规定), and every amount
// against a reader of such words that knows nothing of how they were written.

import fc from 'fast-check'
import { amountInWords } from '../../connector/core/amount-in-words'

const words = (text: string): string | null => amountInWords({ minor: BigInt(text.replace('.', '')), currency: 'CNY' })

test.each([
  // Where the rules allow a zero to be written or not, the first of their two ways.
  ['1409.50', '壹仟肆佰零玖元伍角整'],
  ['6007.14', '陆仟零柒元壹角肆分'],
  ['1680.32', '壹仟陆佰捌拾元零叁角贰分'],
  ['107000.53', '壹拾万柒仟元零伍角叁分'],
  ['16409.02', '壹万陆仟肆佰零玖元零贰分'],
  ['325.04', '叁佰贰拾伍元零肆分'],
])('%s is %s, as the rules have it', (amount, expected) => expect(words(amount)).toBe(expected))

test.each([
  ['0.00', '零元整'],
  ['0.05', '伍分'],
  ['0.50', '伍角整'],
  ['1.00', '壹元整'],
  ['10.00', '壹拾元整'],
  ['100000.00', '壹拾万元整'],
  ['100001000.00', '壹亿零壹仟元整'],
  ['1000000000000.00', '壹万亿元整'],
  ['-12.30', '负壹拾贰元叁角整'],
  ['9999999999999999.99', '玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分'],
])('%s is %s', (amount, expected) => expect(words(amount)).toBe(expected))

test('another currency, and what has no name, are not written', () => {
  expect(amountInWords({ minor: 100n, currency: 'USD' })).toBeNull()
  expect(words('10000000000000000.00')).toBeNull()
})

const cents = fc.oneof(
  fc.bigInt(0n, 999_999_999_999_999_999n),
  // Amounts full of zeros, where the rules are.
  fc
    .array(fc.constantFrom('0', '0', '0', '1', '9'), { minLength: 1, maxLength: 18 })
    .map(digits => BigInt(digits.join(''))),
)

test('every amount reads back as itself', () => {
  fc.assert(
    fc.property(cents, minor => expect(readWords(amountInWords({ minor, currency: 'CNY' }) ?? '')).toBe(minor)),
    { numRuns: 20_000 },
  )
})

test('整 ends what has no fen and nothing else; zeros are never doubled and never last; no two amounts read alike', () => {
  const seen = new Map<string, bigint>()
  fc.assert(
    fc.property(cents, minor => {
      const text = amountInWords({ minor, currency: 'CNY' }) ?? ''
      expect(text.endsWith('整')).toBe(minor % 10n === 0n)
      expect(text).toMatch(/^[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+$/)
      if (minor >= 100n) expect(text).not.toMatch(/零零|零[拾佰仟万亿元角分整]|^零/)
      expect(seen.get(text) ?? minor).toBe(minor)
      seen.set(text, minor)
    }),
    { numRuns: 20_000 },
  )
})

/** Reads the words as a clerk does: digits times places, sections times 万 and 亿. In fen. */
function readWords(text: string): bigint {
  const match = /^(?:(.+)元)?零?(?:(.)角)?(?:(.)分)?整?$/.exec(text)
  const [, yuan = '', jiao = '零', fen = '零'] = match ?? []
  return readWhole(yuan) * 100n + digit(jiao) * 10n + digit(fen)
}

function readWhole(text: string): bigint {
  const yi = text.lastIndexOf('亿')
  if (yi >= 0) return readWhole(text.slice(0, yi)) * 100_000_000n + readWhole(text.slice(yi + 1))
  const wan = text.lastIndexOf('万')
  if (wan >= 0) return readWhole(text.slice(0, wan)) * 10_000n + readWhole(text.slice(wan + 1))
  let [sum, last] = [0n, 0n]
  for (const character of text) {
    const place = { 拾: 10n, 佰: 100n, 仟: 1000n }[character]
    if (place === undefined) last = digit(character)
    else {
      sum += last * place
      last = 0n
    }
  }
  return sum + last
}

function digit(character: string): bigint {
  return BigInt('零壹贰叁肆伍陆柒捌玖'.indexOf(character))
}
