// Ping An: single payments over TCP, packages over HTTP.

import type { BankSetup, Protocol } from './setup'

export const PAB: readonly BankSetup[] = [
  {
    ...pab('4004 over TCP', '4004', { transport: 'tcp' }),
    sendsOneByOne: true,
    asksOneByOne: true,
    // The codes of the bank's refusals are not known: only the inquiry tells.
    refusalOnSend: 'uncertain',
    keyOf: ({ reference }) => reference,
  },
  {
    ...pab('4018 over HTTP; Yhcljg contradicts Stt', '4018', { transport: 'http', yhcljg: 'contradicting' }),
    // The answer is the package's: of no item does it say anything.
    sendEchoes: { amount: false, payeeAccount: false },
    cannotShow: { send: ['missing-line'] },
    refusalOnSend: 'accepted',
    keyOf: ({ batch, reference }) => `${batch.reference}/${reference}`,
  },
]

function pab(reading: string, payment: '4004' | '4018', protocol: Protocol<'pab'>): Omit<BankSetup, 'keyOf'> {
  const mrchCode = '00101079900001234000'
  return {
    kind: 'pab',
    reading,
    cnaps: '307584007998',
    bankName: '平安银行',
    payerAccount: '11000000000001',
    ownPayeeAccount: '11000000000002',
    secrets: [],
    banks: () => ({ pab: { customers: [{ mrchCode }], protocol } }),
    config: (simulator, waits) => ({
      endpoint: simulator.url('pab', 'b2bic'),
      mrchCode,
      accounts: { '11000000000001': {} },
      payment,
      batchMax: 5,
      statementPageSize: 4,
      ...waits,
    }),
    codes: {
      send: payment,
      inquire: payment === '4004' ? '4005' : '4015',
      balance: '4001',
      statement: '4013',
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
