// CITIC, paying one by one and in rows.

import { textOfPdf } from './pdf'
import type { BankSetup, Protocol } from './setup'

export const CITIC: readonly BankSetup[] = [
  {
    ...citic('DLOUTTRN, one payment a message', { action: 'DLOUTTRN', ordinary: '03', urgent: '02' }, {}),
    sendEchoes: { amount: true, payeeAccount: true },
    sendsOneByOne: true,
    cannotShow: { send: ['wrong-serial'], ...noSerial() },
  },
  {
    ...citic(
      'DLINTTRN, rows; newest first',
      { action: 'DLINTTRN' },
      {
        statementOrder: 'descending',
        receiptSerialName: 'bresqNo',
        emptyList: 'code',
      },
    ),
    cannotShow: noSerial(),
  },
]

/** No answer but DLINTTRN's and DLBALQRY's says whose it is. */
function noSerial() {
  return { inquire: ['wrong-serial'], statement: ['wrong-serial'], receipt: ['wrong-serial'] } as const
}

type Payment = { readonly action: string; readonly ordinary?: string; readonly urgent?: string }

function citic(reading: string, payment: Payment, protocol: Protocol<'citic'>): BankSetup {
  const userName = 'demo01'
  return {
    kind: 'citic',
    reading,
    cnaps: '302100011000',
    bankName: '中信银行',
    payerAccount: '8110000000000000001',
    ownPayeeAccount: '8110000000000000002',
    secrets: [],
    banks: () => ({ citic: { customers: [{ userName }], protocol: { ...protocol, pageMax: 4 } } }),
    config: (simulator, waits) => ({
      endpoint: `${simulator.url('citic', 'frontEnd')}/`,
      userName,
      accounts: { '8110000000000000001': { currency: 'CNY' } },
      payment,
      batchMax: 5,
      receipts: {},
      codes: [{ code: 'SM00017', level: 'list', outcome: 'empty', meaning: '无明细' }],
      ...waits,
    }),
    codes: {
      send: payment.action,
      inquire: 'DLCIDSTT',
      balance: 'DLBALQRY',
      statement: 'DLTRNALL',
      receipt: 'DLEDDRSQ',
    },
    preparation: null,
    keyOf: ({ reference }) => reference,
    echoes: { amount: false, payeeAccount: false },
    inquiryTellsOnlyState: true,
    asksOneByOne: true,
    // The codes of the bank's refusals are not known: only the inquiry tells.
    refusalOnSend: 'uncertain',
    refusesRepeats: true,
    receiptMark: 1,
    tellsTwinsApart: true,
    receiptText: ({ bytes }) => textOfPdf(Buffer.from(bytes)),
    receiptAmount: minor => `CNY ${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`,
  }
}
