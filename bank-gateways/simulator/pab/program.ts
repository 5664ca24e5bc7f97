// The simulated Ping An: the B2BiC's one port, over TCP or HTTP, and the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import { FAULT_KINDS } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import { frontEnd } from './front-end'
import { wire } from './message'
import type { Pab } from './operation'
import type { PabOptions } from './settings'

/** Everything can go wrong here. 4018 answers about a package and no item: there no line is missing and nothing is repeated. */
export const pab: BankProgram<PabOptions> = {
  bank: 'pab',
  zh: '平安银行',
  en: 'Ping An',
  cnapsPrefix: '307',
  listeners: ['b2bic'],
  faults: FAULT_KINDS,
  answersContinue: true,
  tcp: ({ protocol }) => (protocol.transport === 'tcp' ? { b2bic: wire } : {}),
  open(context: BankContext, { protocol, customers }: PabOptions) {
    const program: Pab = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { b2bic: frontEnd(program, customers) }
  },
}
