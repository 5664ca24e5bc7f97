// Agricultural Bank of China, in two readings of its reference.

import type { BankSetup, Protocol } from './setup'

export const ABC: readonly BankSetup[] = [
  abc('days together, paid at submit', { pageRows: 5 }, { submitSuccess: 'settled', statementDays: 31 }),
  abc(
    'unsigned amounts, other shapes',
    {
      pageRows: 7,
      pendingShape: '0001',
      prvDataLead: 'blank',
      bothResultFields: false,
      replyCodeName: 'TransCode',
      replyFlag: '0',
      balanceShape: 'text',
      emptyDetail: 'code',
      amountSign: 'unsigned',
    },
    { flag: '1', manualQuery: 'CQRA61', statementDays: 31, replyLength: 'end-of-stream' },
  ),
]

function abc(reading: string, protocol: Protocol<'abc'>, settings: object): BankSetup {
  return {
    kind: 'abc',
    reading,
    cnaps: '103100000026',
    bankName: '中国农业银行',
    payerAccount: '11040101040000001',
    ownPayeeAccount: '11040101040000002',
    secrets: [],
    banks: directory => ({ abc: { protocol: { ...protocol, detailDirectory: directory } } }),
    config: (simulator, waits, directory) => {
      const url = new URL(simulator.url('abc', 'icc'))
      return {
        host: url.hostname,
        port: Number(url.port),
        accounts: { '11040101040000001': { province: '11', currency: 'CNY' } },
        detail: { kind: 'directory', path: directory },
        // The reference lists one refusal and no "not found": a site adds them from its manual, here the simulator's.
        codes: [
          ...['S001', 'S103', 'S104', 'S106', 'S107', 'S108', 'S109', 'S121', 'S122'].map(code => ({
            code,
            level: 'submit',
            outcome: 'refused',
            meaning: '模拟银行拒绝',
          })),
          { code: 'S404', level: 'inquiry', outcome: 'absent', meaning: '查无此流水' },
          { code: 'S003', level: 'detail', outcome: 'empty', meaning: '无明细' },
        ],
        ...settings,
        ...waits,
      }
    },
    codes: { send: 'CFRT02', inquire: 'CQRT04', balance: 'CQRA06', statement: 'CQRA10', receipt: null },
    preparation: null,
    sendsOneByOne: true,
    asksOneByOne: true,
    keyOf: ({ reference }) => reference,
    echoes: { amount: false, payeeAccount: true },
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: false,
    receiptText: () => '',
    receiptAmount: () => '',
  }
}
