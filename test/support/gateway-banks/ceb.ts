// CEB, in two readings of its reference. It has neither balance nor statement.

import type { BankSetup, Protocol } from './setup'

export const CEB: readonly BankSetup[] = [
  {
    ...ceb('heads are repeated, flags below a code', {}),
    inquiryTellsOnlyState: true,
  },
  {
    ...ceb('no heads, code inside RespData, elements repeated; a repeat is B2E000010', {
      echoesHead: false,
      echoesPayment: true,
      rowHoldsCode: true,
      repeated: 'communication',
      notFoundFlags: '02/02',
    }),
    echoes: { amount: true, payeeAccount: true },
    givesNoSerial: true,
    cannotShow: { send: ['wrong-serial'], inquire: ['wrong-serial'] },
  },
]

/** What a site would have from its manual: the simulated codes that are a plain no, and the states. */
const CODES = [
  ...['01', '02', '03', '04', '05', '06', '07', '08', '09'].map(number => ({
    code: `SM00${number}`,
    level: 'submit',
    outcome: 'refused',
    meaning: '模拟拒绝',
  })),
  { code: 'SM0020', level: 'inquiry', outcome: 'absent', meaning: '查无此笔' },
  { code: '02/02', level: 'flags', outcome: 'absent', meaning: '查无此笔' },
  { code: '00/02', level: 'flags', outcome: 'refused', meaning: '失败' },
  { code: '91/95', level: 'flags', outcome: 'refused', meaning: '审核拒绝' },
  ...['91/91', '91/92', '91/93', '91/94'].map(code => ({
    code,
    level: 'flags',
    outcome: 'accepted',
    meaning: '处理中',
  })),
]

function ceb(reading: string, protocol: Protocol<'ceb'>): BankSetup {
  const customer = { cifNo: '1000000001', userId: 'demo01', userPassword: 'Pass&of=the+demo' }
  return {
    kind: 'ceb',
    reading,
    cnaps: '303100000006',
    bankName: '中国光大银行',
    payerAccount: '35000000000000001',
    ownPayeeAccount: '35000000000000002',
    secrets: [customer.userPassword, encodeURIComponent(customer.userPassword)],
    banks: () => ({ ceb: { customers: [customer], protocol } }),
    config: (simulator, waits) => ({
      endpoint: `${simulator.url('ceb', 'proxy')}/`,
      ...customer,
      accounts: { '35000000000000001': { currency: 'CNY' } },
      crossBank: { ordinary: '2120', urgent: '2124' },
      batchMax: 5,
      codes: CODES,
      ...waits,
    }),
    codes: { send: 'b2e004001', inquire: 'b2e004003', balance: null, statement: null, receipt: null },
    preparation: null,
    keyOf: ({ reference }) => `${customer.cifNo}${reference}`,
    echoes: { amount: false, payeeAccount: false },
    sendEchoes: { amount: false, payeeAccount: false },
    sendsOneByOne: true,
    asksOneByOne: true,
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: false,
    receiptText: () => '',
    receiptAmount: () => '',
  }
}
