// The simulated CMBC: one port, two protocols, over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import { FAULT_KINDS } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import type { Cmbc } from './operation'
import { proxy } from './proxy'
import type { CmbcOptions } from './settings'

/** No answer about a payment holds its amount or its payee: CMBC cannot lie about them. */
const FAULTS = FAULT_KINDS.filter(kind => kind !== 'lie-amount' && kind !== 'lie-payee')

export const cmbc: BankProgram<CmbcOptions> = {
  bank: 'cmbc',
  zh: '中国民生银行',
  en: 'CMBC',
  cnapsPrefix: '305',
  listeners: ['proxy'],
  faults: FAULTS,
  answersContinue: true,
  open(context: BankContext, { protocol, customers }: CmbcOptions) {
    const program: Cmbc = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { proxy: proxy(program, customers) }
  },
}
