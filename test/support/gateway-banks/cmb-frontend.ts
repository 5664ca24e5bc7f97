// CMB front-end (前置机), in two readings of its reference.

import iconv from 'iconv-lite'
import type { BankSetup, Protocol } from './setup'

export const CMB_FRONTEND: readonly BankSetup[] = [
  cmbFrontend('raw body, GBK', {}),
  cmbFrontend('socket, UTF-8, silent empty days', {
    mode: 'socket',
    encoding: 'utf-8',
    summaryOfEmptyDay: false,
    printFlag: '2',
  }),
]

/** The simulated ERRCODs that the site was told are a plain no; the one of a repeated YURREF is not among them. */
const REFUSALS = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '17', '18'].map(number => ({
  code: `SIM00${number}`,
  meaning: '模拟拒绝',
}))

function cmbFrontend(reading: string, protocol: Protocol<'cmb-frontend'>): BankSetup {
  const loginName = '银企直连专用'
  const { mode = 'raw', encoding = 'gbk' } = protocol
  return {
    kind: 'cmb-frontend',
    reading,
    cnaps: '308584000013',
    bankName: '招商银行',
    payerAccount: '755000000020001',
    ownPayeeAccount: '755000000020002',
    secrets: [],
    banks: () => ({ 'cmb-frontend': { customers: [{ loginName }], protocol: { ...protocol, pageMax: 4 } } }),
    config: (simulator, waits) => ({
      endpoint: simulator.url('cmb-frontend', 'fbsdk'),
      mode,
      encoding,
      loginName,
      accounts: { '755000000020001': { branch: '75', currency: 'CNY' } },
      refusalCodes: REFUSALS,
      ...waits,
    }),
    codes: {
      send: 'DCPAYMNT',
      inquire: 'NTQRYSTY',
      balance: 'GetAccInfo',
      statement: 'GetTransInfoEX',
      receipt: 'SDKCSFDFBRT',
    },
    preparation: null,
    saysAbsentBySilence: true,
    asksOneByOne: true,
    keyOf: ({ reference }) => reference,
    echoes: { amount: true, payeeAccount: true },
    sendEchoes: { amount: false, payeeAccount: false },
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: true,
    receiptText: ({ bytes }) => iconv.decode(Buffer.from(bytes), encoding),
    receiptAmount: minor => `<TRSAMT>${minor / 100n}.${String(minor % 100n).padStart(2, '0')}</TRSAMT>`,
  }
}
