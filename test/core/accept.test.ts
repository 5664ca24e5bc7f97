import { byteLength, unmappable } from '../../bank-gateways/shared/charset'
import { accept, type AcceptContext } from '../../connector/core/accept'
import type { PaymentRequest } from '../../connector/ports'
import { SAMPLE_TRAITS, sampleRequest } from '../support/sample'

const context: AcceptContext = {
  payer: {
    account: '0200000109000000001',
    name: '甲公司',
    currency: 'CNY',
    bank: 'icbc',
    bankName: '工行',
    bankCode: '',
  },
  traits: SAMPLE_TRAITS,
  measure: (text, encoding) => ({ bytes: byteLength(text, encoding), unmappable: unmappable(text, encoding) }),
}

test('a complete request becomes an instruction word for word', () => {
  const accepted = accept(sampleRequest(), context)
  expect(accepted).toMatchObject({
    kind: 'accepted',
    draft: {
      amount: { minor: 12345n, currency: 'CNY' },
      payee: { account: '1100000000000000', name: '乙公司', city: '上海' },
      isUrgent: false,
    },
  })
})

test.each<[string, Partial<PaymentRequest>]>([
  ['AMOUNT_MALFORMED', { amount: 'abc' }],
  ['AMOUNT_NOT_EXACT', { amount: '1.001' }],
  ['AMOUNT_NOT_POSITIVE', { amount: '0.00' }],
  ['AMOUNT_NOT_POSITIVE', { amount: '-5.00' }],
  ['CURRENCY_UNKNOWN', { currency: 'RMB' }],
  ['CURRENCY_MISMATCH', { currency: 'USD' }],
  ['PAYEE_ACCOUNT_MISSING', { payeeAccount: '' }],
  ['PAYEE_ACCOUNT_MALFORMED', { payeeAccount: '12 34' }],
  ['PAYEE_ACCOUNT_MALFORMED', { payeeAccount: '１２３４５６７' }],
  ['PAYEE_IS_PAYER', { payeeAccount: '0200000109000000001' }],
  ['PAYEE_NAME_MISSING', { payeeName: '  ' }],
  ['PAYEE_KIND_UNKNOWN', { payeeKind: '' }],
  ['PAYEE_BANK_CODE_MALFORMED', { payeeBankCode: '3082' }],
  ['PAYEE_BANK_MISSING', { payeeBankCode: '', payeeBankName: '' }],
  ['CROSS_BANK_FIELD_MISSING', { payeeCity: '' }],
  ['CROSS_BANK_FIELD_MISSING', { payeeBankCode: '' }],
  ['PAYER_NAME_MISMATCH', { payerName: '丙公司' }],
  ['TEXT_UNMAPPABLE', { payeeName: '乙𠮷公司' }],
  ['TEXT_TOO_LONG', { payeeName: '长'.repeat(31) }],
  ['TEXT_CONTROL_CHARACTER', { purpose: '货\n款' }],
  ['URGENCY_UNKNOWN', { urgency: 'asap' }],
])('%s answers %j', (code, change) => {
  const refused = accept(sampleRequest(change), context)
  expect(refused.kind).toBe('refused')
  if (refused.kind !== 'refused') return
  expect(refused.problems.map(problem => problem.code)).toContain(code)
  for (const problem of refused.problems) expect(problem.zh).toMatch(/\p{Script=Han}/u)
})

test('an unknown payer is said so', () => {
  expect(accept(sampleRequest(), { ...context, payer: null, traits: null })).toMatchObject({
    kind: 'refused',
    problems: [{ code: 'PAYER_UNKNOWN' }],
  })
})

test('every problem of a row is answered at once', () => {
  const refused = accept(sampleRequest({ amount: 'x', payeeAccount: '', payeeKind: 'X' }), context)
  expect(refused).toMatchObject({
    kind: 'refused',
    problems: [{ code: 'AMOUNT_MALFORMED' }, { code: 'PAYEE_ACCOUNT_MISSING' }, { code: 'PAYEE_KIND_UNKNOWN' }],
  })
})

test('a long purpose is accepted: it informs, the gateway shortens it', () => {
  expect(accept(sampleRequest({ purpose: '用'.repeat(200) }), context).kind).toBe('accepted')
})

test('a payee at the own bank needs no CNAPS code or city', () => {
  expect(
    accept(sampleRequest({ payeeBankCode: '', payeeBankName: '中国工商银行上海分行', payeeCity: '' }), context).kind,
  ).toBe('accepted')
})
