// The simulated ICBC: NetSafe Client's two ports over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import type { FaultKind } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import type { Icbc } from './operation'
import { newSeal } from '../engine/seal'
import type { IcbcOptions } from './settings'
import { signPort } from './sign-port'
import { tunnelPort } from './tunnel'

/** ICBC documents no rate limit, and everything else can go wrong here. */
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

export const icbc: BankProgram<IcbcOptions> = {
  bank: 'icbc',
  zh: '中国工商银行',
  en: 'ICBC',
  cnapsPrefix: '102',
  listeners: ['tunnel', 'sign'],
  faults: FAULTS,
  answersContinue: false,
  open(context: BankContext, options: IcbcOptions) {
    const { protocol, customers } = options
    const seal = newSeal()
    const turns = { '0.0.0.1': 0, '0.0.1.0': 0 }
    const program: Icbc = {
      context,
      desk: context.desk,
      protocol,
      inquiries: new Inquiries(),
      nextPageSize(version) {
        const sizes = version === '0.0.0.1' ? protocol.pageSizesOld : protocol.pageSizesNew
        turns[version] += 1
        return sizes[(turns[version] - 1) % sizes.length] ?? 1
      },
    }
    return { tunnel: tunnelPort(program, customers, seal), sign: signPort(context, protocol, seal) }
  },
}
