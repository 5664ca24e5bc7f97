// The simulated CCB: its 外联客户端 over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import type { FaultKind } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import { frontEnd, wire } from './front-end'
import type { Ccb } from './operation'
import type { CcbOptions } from './settings'

/** CCB documents no rate limit, and its answers about payments echo neither amount nor payee: it cannot lie about them. */
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

export const ccb: BankProgram<CcbOptions> = {
  bank: 'ccb',
  zh: '中国建设银行',
  en: 'CCB',
  cnapsPrefix: '105',
  listeners: ['ebs'],
  faults: FAULTS,
  answersContinue: true,
  tcp: ({ protocol }: CcbOptions) => (protocol.transport === 'tcp' ? { ebs: wire } : {}),
  open(context: BankContext, { protocol, customers }: CcbOptions) {
    const program: Ccb = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { ebs: frontEnd(program, customers) }
  },
}
