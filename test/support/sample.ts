// Invented values that tests start from.

import type { BankTraits, Echo, Instruction, PaymentRequest, StatementLine } from '../../connector/ports'

export function sampleRequest(change: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    kind: 'pay',
    key: { sourceSystem: 'T', accountSet: '001', docType: 'AP49', docNo: 'FK0001', docLine: 1, revision: 1 },
    digest: 'd1',
    approval: 'r1',
    companyCode: '001',
    payerAccount: '0200000109000000001',
    payerName: '甲公司',
    payeeAccount: '1100000000000000',
    payeeName: '乙公司',
    payeeBankName: '某银行上海分行',
    payeeBankCode: '308290003000',
    payeeKind: 'C',
    payeeProvince: '上海',
    payeeCity: '上海',
    amount: '123.4500',
    currency: 'CNY',
    purpose: '货款',
    postscript: 'INV-1',
    businessType: 'supplier',
    requestedOn: '2026-03-01',
    urgency: 'normal',
    batchNo: '',
    maker: '张',
    checker: '李',
    partner: 'G0007',
    isBooked: false,
    ...change,
  }
}

export const SAMPLE_TRAITS: BankTraits = {
  dedupesReference: true,
  referenceScope: 'item',
  absentFinalAfterMs: null,
  batchMax: 5,
  reference: { maxBytes: 32, alphabet: 'alphanumeric' },
  encoding: 'gbk',
  currencies: ['CNY'],
  maxBytes: { payerName: 60, payeeName: 60, payeeBankName: 60, purpose: 20 },
  own: { cnapsPrefix: '102', names: ['工商银行'] },
  crossBankRequires: ['bankCode', 'bankName', 'city'],
}

export function sampleInstruction(change: Partial<Instruction> = {}): Instruction {
  return {
    reference: '260301001000001',
    batch: { reference: '260301001000001', line: 1 },
    payer: {
      account: '0200000109000000001',
      name: '甲公司',
      bankName: '工行',
      bankCode: '',
      kind: 'C',
      province: '',
      city: '',
    },
    payee: {
      account: '1100000000000000',
      name: '乙公司',
      bankName: '某银行上海分行',
      bankCode: '308290003000',
      kind: 'C',
      province: '上海',
      city: '上海',
    },
    amount: { minor: 12345n, currency: 'CNY' },
    purpose: '货款',
    postscript: 'INV-1',
    isUrgent: false,
    businessType: 'supplier',
    sentOn: null,
    ...change,
  }
}

export function sampleEcho(change: Partial<Echo> = {}): Echo {
  return { reference: null, amount: null, payeeAccount: null, bankSerial: 'S1', code: '7', text: '处理成功', ...change }
}

export function sampleLine(change: Partial<StatementLine> = {}): StatementLine {
  return {
    bankId: 'L1',
    bookedOn: '2026-03-01',
    bookedTime: '09:30:00',
    valueOn: null,
    amount: { minor: -12345n, currency: 'CNY' },
    balanceAfter: null,
    counterAccount: '1100000000000000',
    counterName: '乙公司',
    counterBank: '',
    purpose: '货款',
    text: '',
    reference: '260301001000001',
    bankSerial: 'S1',
    isReversal: false,
    type: '',
    receiptKey: '',
    ...change,
  }
}
