// SPDB, paying one by one and in packages.

import { textOfPdf } from './pdf'
import type { BankSetup, Protocol } from './setup'

export const SPDB: readonly BankSetup[] = [
  { ...spdb('8801, one payment a message', '8801', {}), sendsOneByOne: true },
  {
    ...spdb('8800, packages; body first, refusals in the body, newest first', '8800', {
      packetOrder: 'body-first',
      refusalPlace: 'body',
      statementOrder: 'descending',
      lengthCounts: 'packet',
      emptyList: 'code',
    }),
    // The answer is the package's: of no item does it say anything.
    cannotShow: { send: ['missing-line'] },
  },
]

function spdb(reading: string, payment: '8801' | '8800', protocol: Protocol<'spdb'>): BankSetup {
  const masterId = '2000000001'
  return {
    kind: 'spdb',
    reading,
    cnaps: '310290000013',
    bankName: '浦发银行',
    payerAccount: '97990078801300000001',
    ownPayeeAccount: '97990078801300000002',
    secrets: [],
    banks: () => ({ spdb: { customers: [{ masterId }], protocol: { ...protocol, pageMax: 4, receiptDelayMs: 1000 } } }),
    config: (simulator, waits) => ({
      signUrl: `${simulator.url('spdb', 'sign')}/`,
      gatewayUrl: `${simulator.url('spdb', 'gateway')}/`,
      masterId,
      accounts: { '97990078801300000001': { currency: 'CNY' } },
      payment,
      batchMax: 5,
      debitFlag: { out: '0', in: '1' },
      receipts: { applyCode: 'SIMA', downloadCode: 'SIMF', fileUrl: `${simulator.url('spdb', 'file')}/`, waitMs: 1000 },
      codes: [{ code: 'SIM0017', level: 'list', outcome: 'empty', meaning: '无明细' }],
      ...waits,
    }),
    codes: { send: payment, inquire: '8804', balance: '4402', statement: '8924', receipt: 'SIMA' },
    preparation: {
      at: { listener: 'sign', code: 'SIGN' },
      precedes: ['send', 'inquire', 'balance', 'statement', 'receipt'],
    },
    keyOf: ({ reference }) => reference,
    echoes: { amount: true, payeeAccount: true },
    sendEchoes: { amount: false, payeeAccount: false },
    asksOneByOne: true,
    // The codes of the bank's refusals are not known to be final: only the inquiry tells.
    refusalOnSend: 'uncertain',
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: true,
    receiptText: ({ bytes }) => textOfPdf(Buffer.from(bytes)),
    receiptAmount: minor => `CNY ${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`,
  }
}
