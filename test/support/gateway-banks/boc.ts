// Bank of China, in three readings of its reference.

import { textOfPdf } from './pdf'
import type { BankSetup, Protocol } from './setup'

export const BOC: readonly BankSetup[] = [
  boc('flat token', null, {}),
  boc('nested token, b2eerror, newest first', '{transid}', {
    tokenShape: 'nested',
    notSignedInShape: 'b2eerror',
    totalnumMeans: 'total',
    statementOrder: 'descending',
    historyHoldsToday: true,
    avlbalName: 'avlnal',
  }),
  boc('books a repeated insid again', null, { duplicateInsid: 'book-again' }),
]

function boc(reading: string, entryPattern: string | null, protocol: Protocol<'boc'>): BankSetup {
  const [custid, cusopr, password] = ['12345678', '87654321', 'Zq7-invented']
  return {
    kind: 'boc',
    reading,
    cnaps: '104100000004',
    bankName: '中国银行',
    payerAccount: '300000000001',
    ownPayeeAccount: '300000000002',
    secrets: [password],
    banks: receiptsDirectory => ({
      boc: { customers: [{ custid, cusopr, password }], protocol: { ...protocol, pageMax: 4, receiptsDirectory } },
    }),
    config: (simulator, waits, directory) => ({
      endpoint: `${simulator.url('boc', 'b2e')}/B2EC/E2BServlet`,
      ip: '192.168.1.10',
      custid,
      cusopr,
      operatorPassword: password,
      accounts: { '300000000001': { ibknum: '40142' } },
      receipts: { directory, entryPattern },
      ...waits,
    }),
    codes: { send: 'b2e0009', inquire: 'b2e0007', balance: 'b2e0005', statement: 'b2e0035', receipt: 'b2e0500' },
    preparation: {
      at: { listener: 'b2e', code: 'b2e0001' },
      precedes: ['send', 'inquire', 'balance', 'statement', 'receipt'],
    },
    keyOf: ({ reference }) => reference,
    echoes: { amount: false, payeeAccount: false },
    refusesRepeats: protocol.duplicateInsid !== 'book-again',
    receiptMark: 0,
    tellsTwinsApart: entryPattern !== null,
    receiptText: ({ bytes }) => textOfPdf(Buffer.from(bytes)),
    receiptAmount: minor => `CNY ${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`,
  }
}
