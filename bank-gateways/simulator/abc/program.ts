// The simulated ABC: its 银企通 front-end over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import type { FaultKind } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import { frontEnd } from './front-end'
import { wireOf } from './message'
import type { Abc } from './operation'
import type { AbcOptions } from './settings'

/** ABC documents no rate limit, and no answer about a payment that holds its amount. */
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
  'lie-payee',
]

export const abc: BankProgram<AbcOptions> = {
  bank: 'abc',
  zh: '中国农业银行',
  en: 'ABC',
  cnapsPrefix: '103',
  listeners: ['icc'],
  faults: FAULTS,
  answersContinue: true,
  tcp: ({ protocol }: AbcOptions) => ({ icc: wireOf(protocol) }),
  open(context: BankContext, { protocol, corpNo }: AbcOptions) {
    const program: Abc = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { icc: frontEnd(program, corpNo) }
  },
}
