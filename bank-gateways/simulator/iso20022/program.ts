// The simulated bank that takes ISO 20022 files over SFTP, over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import type { FaultKind } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import type { SftpWire } from '../engine/sftp-listener'
import type { FileBank } from './operation'
import { CNAPS_PREFIX } from './payments'
import { fileServer } from './server'
import type { Iso20022Options } from './settings'

/** A file that was taken has no answer of its own; the codes are `pain.001`, `pain.002` and `camt`. */
const FAULTS: readonly FaultKind[] = [
  'refuse-connections',
  'drop-before',
  'drop-after-read',
  'silent',
  'drop-after-booking',
  'delay',
  'truncate',
  'truncate-with-length',
  'split',
  'garbage',
  'wrong-charset',
  'http-error',
  'http-error-after-booking',
  'maintenance',
  'header-failed',
  'item-failed',
  'wrong-serial',
  'unknown-code',
  'not-found',
  'missing-line',
  'lie-amount',
  'lie-payee',
]

export const iso20022: BankProgram<Iso20022Options> = {
  bank: 'iso20022',
  zh: 'ISO 20022 文件银行',
  en: 'ISO 20022 file bank',
  cnapsPrefix: CNAPS_PREFIX,
  listeners: ['sftp'],
  faults: FAULTS,
  answersContinue: true,
  sftp: ({ customers, hostPrivateKey }: Iso20022Options): Readonly<Record<string, SftpWire>> => ({
    sftp: {
      hostKey: hostPrivateKey,
      accepts: ({ username, password, key }) =>
        customers.some(customer => {
          if (customer.username !== username) return false
          if (password !== undefined) return customer.password === password
          return key !== undefined && customer.publicKey?.split(' ').slice(0, 2).join(' ') === key
        }),
    },
  }),
  open(context: BankContext, { protocol }: Iso20022Options) {
    const bank: FileBank = {
      context,
      desk: context.desk,
      protocol,
      inquiries: new Inquiries(),
      spoiltReads: new Map(),
    }
    return { sftp: fileServer(bank) }
  },
}
