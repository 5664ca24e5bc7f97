// The simulated BOC: the B2E front-end's one servlet over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import type { FaultKind } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import type { Boc } from './operation'
import { servlet } from './servlet'
import { Sessions } from './session'
import type { BocOptions } from './settings'

/** BOC documents no rate limit, and its answers about payments echo neither amount nor payee: it cannot lie about them. */
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
]

export const boc: BankProgram<BocOptions> = {
  bank: 'boc',
  zh: '中国银行',
  en: 'BOC',
  cnapsPrefix: '104',
  listeners: ['b2e'],
  faults: FAULTS,
  answersContinue: true,
  open(context: BankContext, { protocol, customers }: BocOptions) {
    const program: Boc = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { b2e: servlet(program, new Sessions(program, customers)) }
  },
}
