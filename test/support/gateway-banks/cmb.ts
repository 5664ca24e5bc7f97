// CMB CDC (免前置), in two readings of its reference. The keys are made at run time.

import { sm2 } from 'sm-crypto-v2'
import { textOfPdf } from './pdf'
import type { BankSetup, Protocol } from './setup'

export const CMB: readonly BankSetup[] = [
  cmb('sorted replies', {}),
  cmb('received order, other spellings, repeats refused by message', {
    isSorted: false,
    blockSpelling: 'camel',
    trailingSpaces: true,
    duplicateShape: 'message',
  }),
]

/** The simulated errCods that the site was told are a plain no; the one of a repeated yurRef is not among them. */
const REFUSALS = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '17', '18'].map(number => ({
  code: `SIM00${number}`,
  level: 'item',
  outcome: 'refused',
  meaning: '模拟拒绝',
}))

export function cmb(reading: string, protocol: Protocol<'cmb'>, more: object = {}): BankSetup {
  const [ours, theirs] = [newKeys(), newKeys()]
  const [uid, symmetricKey] = ['U000000001', 'Zq7invented+key9']
  return {
    kind: 'cmb',
    reading,
    cnaps: '308584000013',
    bankName: '招商银行',
    payerAccount: '755000000010001',
    ownPayeeAccount: '755000000010002',
    secrets: [symmetricKey, ours.privateKey, theirs.privateKey],
    banks: () => ({
      cmb: {
        customers: [{ uid, symmetricKey, publicKey: ours.publicKey }],
        bankPrivateKey: theirs.privateKey,
        protocol: { rateLimitMs: 0, pageMax: 4, ...protocol },
      },
    }),
    config: (simulator, waits) => ({
      url: `${simulator.url('cmb', 'cdc')}/cdcserver/api/v2`,
      uid,
      privateKey: ours.privateKey,
      bankPublicKey: theirs.publicKey,
      symmetricSecret: symmetricKey,
      businessMode: 'S1014',
      accounts: { '755000000010001': { branch: '75' } },
      // The clock of the tests stands still, and so would a wait.
      queryIntervalMs: 0,
      codes: REFUSALS,
      ...more,
      ...waits,
    }),
    codes: {
      send: 'BB1PAYOP',
      inquire: 'BB1PAYQR',
      balance: 'NTQACINF',
      statement: 'trsQryByBreakPoint',
      receipt: 'DCSIGREC',
    },
    preparation: null,
    sendsOneByOne: true,
    asksOneByOne: true,
    keyOf: ({ reference }) => reference,
    echoes: { amount: true, payeeAccount: true },
    sendEchoes: { amount: false, payeeAccount: false },
    refusesRepeats: protocol.duplicateYurRef !== 'book-again',
    receiptMark: 0,
    tellsTwinsApart: true,
    receiptText: ({ bytes }) => textOfPdf(Buffer.from(bytes)),
    receiptAmount: minor => `CNY ${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`,
  }
}

/** Base64 of d and of 04‖X‖Y, as CMB hands keys out. */
export function newKeys(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = sm2.generateKeyPairHex()
  const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
  return { privateKey: base64(privateKey.padStart(64, '0')), publicKey: base64(publicKey) }
}
