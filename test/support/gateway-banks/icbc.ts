// ICBC, old and new interface.

import iconv from 'iconv-lite'
import type { BankSetup, Protocol } from './setup'

export const ICBC: readonly BankSetup[] = [
  icbc('0.0.1.0', 'new interface', {}),
  icbc('0.0.0.1', 'old interface, other settings', {
    zipReply: true,
    emptyDetail: 'no-record',
    receiptPendingMs: 1000,
  }),
]

function icbc(version: '0.0.0.1' | '0.0.1.0', reading: string, protocol: Protocol<'icbc'>): BankSetup {
  const [cis, certId] = ['020090000012345', 'demo01.y.0200']
  return {
    kind: 'icbc',
    reading: `${version}, ${reading}`,
    cnaps: '102100099996',
    bankName: '中国工商银行',
    payerAccount: '0200000109000000001',
    ownPayeeAccount: '0200000109000000002',
    secrets: [],
    banks: () => ({
      // Small and uneven pages: "never assume a page size" (banks/icbc §9).
      icbc: { customers: [{ cis, certId }], protocol: { ...protocol, pageSizesNew: [5, 3], pageSizesOld: [4, 7] } },
    }),
    config: (simulator, waits) => ({
      signUrl: simulator.url('icbc', 'sign'),
      tunnelUrl: simulator.url('icbc', 'tunnel'),
      cis,
      certificateId: certId,
      version,
      batchMax: 5,
      ...(protocol.zipReply ? { zipFromItems: 2 } : {}),
      ...waits,
    }),
    codes: { send: 'PAYENT', inquire: 'QPAYENT', balance: 'QACCBAL', statement: 'QPD', receipt: 'BATEBILL' },
    preparation: { at: { listener: 'sign' }, precedes: ['send', 'receipt'] },
    keyOf: ({ batch }) => `${batch.reference}/${batch.line}`,
    echoes: { amount: true, payeeAccount: true },
    refusesRepeats: true,
    receiptMark: 3,
    tellsTwinsApart: true,
    receiptText: ({ bytes }) => iconv.decode(Buffer.from(bytes), 'gbk'),
    receiptAmount: minor => `<PayAmt>${minor}</PayAmt>`,
  }
}
