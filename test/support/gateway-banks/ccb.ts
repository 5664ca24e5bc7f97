// China Construction Bank: raw TCP with the classic detail queries, and HTTP with 6W9101 and the newer one.

import type { BankSetup, Protocol } from './setup'

export const CCB: readonly BankSetup[] = [
  ccb('raw TCP, 6W0300', { pageRows: 4 }),
  ccb('HTTP, 6W9101, 6WY101, newest first', {
    transport: 'http',
    requiresConnect: true,
    statementOrder: 'descending',
    validateCodeName: 'VALID_CODE',
    dealResult: { success: '2' },
  }),
]

function ccb(reading: string, protocol: Protocol<'ccb'>): BankSetup {
  const [custId, userId, password] = ['GD44000009010101#02', 'OPR001', 'Zq7-invented']
  const isHttp = protocol.transport === 'http'
  return {
    kind: 'ccb',
    reading,
    cnaps: '105100000017',
    bankName: '中国建设银行',
    payerAccount: '11001000000000000001',
    ownPayeeAccount: '11001000000000000002',
    secrets: [password],
    banks: () => ({ ccb: { customers: [{ custId, userId, password }], protocol } }),
    config: (simulator, waits) => {
      const url = new URL(simulator.url('ccb', 'ebs'))
      return {
        transport: isHttp
          ? { kind: 'http', endpoint: url.href }
          : { kind: 'tcp', host: url.hostname, port: Number(url.port) },
        custId,
        userId,
        operatorPassword: password,
        accounts: { '11001000000000000001': { currency: 'CNY' } },
        ...(isHttp ? { connect: { rem1: '', rem2: '' }, detail: '6WY101', statementPageSize: 4 } : {}),
        // The reference lists no refusal and no "not found": a site adds them from its manual, here the simulator's.
        codes: [
          ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '21', '22'].map(number => ({
            code: `SIM${number.padStart(9, '0')}`,
            level: 'submit',
            outcome: 'refused',
            meaning: '模拟银行拒绝',
          })),
          { code: 'SIM000000404', level: 'inquiry', outcome: 'absent', meaning: '查无此流水' },
        ],
        ...waits,
      }
    },
    codes: {
      send: '6W8060',
      inquire: '6W0600',
      balance: '6W0100',
      statement: isHttp ? '6WY101' : '6W0400',
      receipt: null,
    },
    preparation: isHttp
      ? { at: { listener: 'ebs', code: '6W9101' }, precedes: ['send', 'inquire', 'balance', 'statement'] }
      : null,
    sendsOneByOne: true,
    asksOneByOne: true,
    keyOf: ({ reference }) => reference,
    echoes: { amount: false, payeeAccount: false },
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: false,
    receiptText: () => '',
    receiptAmount: () => '',
  }
}
