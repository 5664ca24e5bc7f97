// The simulated CITIC: the local front-end's one port over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import { FAULT_KINDS } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import { frontEnd } from './front-end'
import type { Citic } from './operation'
import type { CiticOptions } from './settings'

/**
 * Everything can go wrong here. A message has no serial: only DLINTTRN's rows and DLBALQRY's accounts can be another's; and only
 * DLOUTTRN repeats amount and payee, so only it can lie about them.
 */
export const citic: BankProgram<CiticOptions> = {
  bank: 'citic',
  zh: '中信银行',
  en: 'CITIC',
  cnapsPrefix: '302',
  listeners: ['frontEnd'],
  faults: FAULT_KINDS,
  answersContinue: true,
  open(context: BankContext, { protocol, customers }: CiticOptions) {
    const program: Citic = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { frontEnd: frontEnd(program, customers) }
  },
}
