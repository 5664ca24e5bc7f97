// The simulated BCM: its 银企直联 front-end over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import { FAULT_KINDS } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import { frontEnd } from './front-end'
import { wireOf } from './message'
import type { Bcm } from './operation'
import type { BcmOptions } from './settings'

/** Everything can go wrong here: a req_no can be another's, and 310204 repeats amount and payee. */
export const bcm: BankProgram<BcmOptions> = {
  bank: 'bcm',
  zh: '交通银行',
  en: 'BCM',
  cnapsPrefix: '301',
  listeners: ['frontEnd'],
  faults: FAULT_KINDS,
  answersContinue: true,
  tcp: ({ protocol }: BcmOptions) => (protocol.transport === 'tcp' ? { frontEnd: wireOf(protocol) } : {}),
  open(context: BankContext, { protocol, customers }: BcmOptions) {
    const program: Bcm = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { frontEnd: frontEnd(program, customers) }
  },
}
