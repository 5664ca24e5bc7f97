// CIB, paying one by one and in asynchronous batches.

import type { BankSetup, Protocol } from './setup'

export const CIB: readonly BankSetup[] = [
  {
    ...cib('XFERTRNRQ; a repeated TRNUID gets the earlier result', { function: 'XFERTRNRQ', superFor: 'urgent' }, {}),
    sendsOneByOne: true,
    asksOneByOne: true,
    // STATUS/CODE of a refusal is "failed or unknown": only the inquiry tells.
    refusalOnSend: 'uncertain',
    replaysRepeats: true,
    keyOf: ({ reference }) => reference,
  },
  {
    ...cib(
      'ASYNBATCHTRSFRTRNRQ; 12345 for a repeated TRNUID; newest first, MORE as an element',
      { function: 'ASYNBATCHTRSFRTRNRQ', size: 'bytes' },
      { repeat: 'refuse', statementOrder: 'descending', moreAs: 'element', emptyList: 'ok', currencyWord: '01' },
    ),
    givesNoSerial: true,
    keyOf: ({ batch }) => `${batch.reference}/${batch.line}`,
  },
]

type Payment = {
  readonly function: 'XFERTRNRQ' | 'ASYNBATCHTRSFRTRNRQ'
  readonly superFor?: string
  readonly size?: string
}

function cib(reading: string, payment: Payment, protocol: Protocol<'cib'>): Omit<BankSetup, 'keyOf'> {
  const customer = { cid: '1100000001', userId: 'demo01', userPassword: 'Pass-of-the-demo' }
  return {
    kind: 'cib',
    reading,
    cnaps: '309391000011',
    bankName: '兴业银行',
    payerAccount: '117000000000000001',
    ownPayeeAccount: '117000000000000002',
    secrets: [customer.userPassword],
    banks: () => ({ cib: { customers: [customer], protocol: { ...protocol, pageSize: 4 } } }),
    config: (simulator, waits) => ({
      endpoint: `${simulator.url('cib', 'csp')}/`,
      ...customer,
      accounts: { '117000000000000001': { currency: 'CNY', city: '福州市' } },
      payment,
      batchMax: 5,
      ...waits,
    }),
    codes: {
      send: payment.function,
      inquire: payment.function === 'XFERTRNRQ' ? 'XFERINQTRNRQ' : payment.function,
      balance: 'SCUSTSTMTTRNRQ',
      statement: 'SCUSTSTMTTRNRQ',
      receipt: null,
    },
    preparation: null,
    echoes: { amount: true, payeeAccount: true },
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: false,
    receiptText: () => '',
    receiptAmount: () => '',
  }
}
