// Bank of Communications: over HTTP with titles before an ascending table, and over TCP behind the 7-byte header.

import type { BankSetup, Protocol } from './setup'

export const BCM: readonly BankSetup[] = [
  bcm('HTTP', {}, {}),
  bcm(
    'TCP, newest first, another ans_code and a bar behind the last value',
    {
      transport: 'tcp',
      statementOrder: 'descending',
      ansCodeOfRefusal: '9',
      trailingBar: true,
      historyHoldsToday: true,
    },
    { signElement: 'empty' },
  ),
]

/** The simulated particular_codes that the site was told are a plain no; the one of a repeated cert_no is not among them. */
export const BCM_REFUSALS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B'].map(letter => ({
  code: `SIM${letter}`,
  level: 'submit',
  outcome: 'refused',
  meaning: '模拟银行拒绝',
}))

function bcm(reading: string, protocol: Protocol<'bcm'>, more: object): BankSetup {
  const [corpNo, userNo] = ['0000012345', '00001']
  return {
    kind: 'bcm',
    reading,
    cnaps: '301290000007',
    bankName: '交通银行',
    payerAccount: '310066000000000000001',
    ownPayeeAccount: '310066000000000000002',
    secrets: [],
    banks: () => ({ bcm: { customers: [{ corpNo, userNo }], protocol: { outFlag: 'D', inFlag: 'C', ...protocol } } }),
    config: (simulator, waits) => {
      const url = new URL(simulator.url('bcm', 'frontEnd'))
      return {
        transport:
          protocol.transport === 'tcp'
            ? { kind: 'tcp', host: url.hostname, port: Number(url.port) }
            : { kind: 'http', endpoint: url.href },
        corpNo,
        userNo,
        payment: { function: '210201' },
        accounts: { '310066000000000000001': { currency: 'CNY', city: '上海市' } },
        direction: { out: 'D', in: 'C' },
        // A week an answer: the bank itself gives no pages.
        statementDays: 7,
        codes: BCM_REFUSALS,
        ...more,
        ...waits,
      }
    },
    codes: { send: '210201', inquire: '310204', balance: '310101', statement: '310201', receipt: null },
    preparation: null,
    sendsOneByOne: true,
    asksOneByOne: true,
    keyOf: ({ reference }) => reference,
    echoes: { amount: true, payeeAccount: true },
    // 210201 is answered by its head alone.
    sendEchoes: { amount: false, payeeAccount: false },
    givesNoSerial: true,
    cannotShow: { send: ['missing-line'] },
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: false,
    receiptText: () => '',
    receiptAmount: () => '',
  }
}
