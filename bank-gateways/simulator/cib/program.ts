// The simulated CIB: the CSP proxy's one port over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import { FAULT_KINDS } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import type { Cib } from './operation'
import { proxy } from './proxy'
import type { CibOptions } from './settings'

/** Everything can go wrong here: a TRNUID can be another's, and every answer about a payment repeats amount and payee. */
export const cib: BankProgram<CibOptions> = {
  bank: 'cib',
  zh: '兴业银行',
  en: 'CIB',
  cnapsPrefix: '309',
  listeners: ['csp'],
  faults: FAULT_KINDS,
  answersContinue: true,
  open(context: BankContext, { protocol, customers }: CibOptions) {
    const program: Cib = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { csp: proxy(program, customers) }
  },
}
