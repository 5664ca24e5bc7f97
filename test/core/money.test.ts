import fc from 'fast-check'
import { amountOf, formatAmount, parseAmount, sumOf } from '../../connector/core/money'

test('an amount is exact in its currency or refused', () => {
  expect(parseAmount('123.4500', 'CNY')).toEqual({ minor: 12345n, currency: 'CNY' })
  expect(parseAmount('123.4501', 'CNY')).toBe('too-many-decimals')
  expect(parseAmount('999999999999999.9900', 'CNY')).toEqual({ minor: 99999999999999999n, currency: 'CNY' })
  expect(parseAmount('100', 'JPY')).toEqual({ minor: 100n, currency: 'JPY' })
  expect(parseAmount('100.5', 'JPY')).toBe('too-many-decimals')
  expect(parseAmount('1.234', 'KWD')).toEqual({ minor: 1234n, currency: 'KWD' })
  expect(parseAmount('1', 'RMB')).toBe('unknown-currency')
})

test.each(['', ' 1', '1e3', '1,000.00', '+1', '.5', '5.', '0x10', 'NaN', '１２', '--1', '1.2.3'])(
  '%j is not a number',
  text => {
    expect(parseAmount(text, 'CNY')).toBe('not-a-number')
  },
)

test('text out is text in, for every amount', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
      fc.constantFrom('CNY', 'JPY', 'KWD'),
      (minor, currency) => {
        expect(amountOf(formatAmount({ minor, currency }), currency)).toEqual({ minor, currency })
      },
    ),
  )
})

test('a total across currencies is refused', () => {
  expect(() => sumOf([{ minor: 1n, currency: 'USD' }], 'CNY')).toThrow(/USD/)
  expect(
    sumOf(
      [
        { minor: 1n, currency: 'CNY' },
        { minor: -3n, currency: 'CNY' },
      ],
      'CNY',
    ),
  ).toEqual({ minor: -2n, currency: 'CNY' })
})
