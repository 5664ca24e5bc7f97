// A bank that takes ISO 20022 files over SFTP.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import type { BankSetup, Protocol } from './setup'

export const HOST_KEY = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
export const HOST_KEY_SHA256 = createHash('sha256')
  .update(Buffer.from(HOST_KEY.public.split(' ')[1] ?? '', 'base64'))
  .digest('base64')
  .replace(/=+$/, '')

const LOGIN = { username: 'demo01', password: 'Pass-of-the-demo' }
const PAYER = '940300010000000001'

export const ISO20022: readonly BankSetup[] = [
  // One reading: the other generation of the messages is proven, faster, in test/bank-gateways/simulator-iso20022.test.ts.
  iso20022('pain.001.09, pain.002.10, camt.02', 'pain.001.001.09', { reportVersion: 'pain.002.001.10' }),
]

function iso20022(reading: string, version: string, protocol: Protocol<'iso20022'>): BankSetup {
  return {
    kind: 'iso20022',
    reading,
    cnaps: '403100000004',
    bankName: '中国邮政储蓄银行',
    payerAccount: PAYER,
    ownPayeeAccount: '940300010000000002',
    secrets: [LOGIN.password],
    banks: () => ({ iso20022: { customers: [LOGIN], hostPrivateKey: HOST_KEY.private, protocol } }),
    config: (simulator, waits, directory) => {
      const url = new URL(simulator.url('iso20022', 'sftp').replace('sftp:', 'http:'))
      return {
        transport: {
          kind: 'sftp',
          host: url.hostname,
          port: Number(url.port),
          ...LOGIN,
          hostKeySha256: HOST_KEY_SHA256,
        },
        paths: { send: '/in', status: '/status', statements: '/statements' },
        archive: join(directory, 'archive'),
        afterFetch: 'delete',
        version,
        profile: 'china',
        initiator: { name: '甲公司', id: 'DEMO01' },
        agent: { cnaps: '403100000004', name: '中国邮政储蓄银行' },
        accounts: { [PAYER]: { currency: 'CNY' } },
        lineIdentity: 'servicer-reference',
        intraday: true,
        pageLines: 4,
        ...waits,
      }
    },
    codes: { send: 'pain.001', inquire: 'pain.002', balance: 'camt', statement: 'camt', receipt: null },
    preparation: null,
    keyOf: ({ reference }) => reference,
    echoes: { amount: true, payeeAccount: true },
    neverSaysAbsent: true,
    givesNoTime: true,
    givesNoRunningBalance: true,
    cannotShow: {
      // A connection that ends before the login has carried nothing: provably unsent.
      send: ['drop-before'],
      // A file says whose it is; there is no number of a question in it, and no answer of a message's own.
      balance: ['wrong-serial'],
      statement: ['wrong-serial'],
    },
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: false,
    receiptText: () => '',
    receiptAmount: () => '',
  }
}
