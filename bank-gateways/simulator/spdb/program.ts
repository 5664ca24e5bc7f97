// The simulated SPDB: NC_HTTP, the sign server and the file host over the common ledger.

import { Inquiries, type BankContext } from '../engine/exchange'
import { FAULT_KINDS } from '../engine/faults'
import type { BankProgram } from '../engine/program'
import { newSeal } from '../engine/seal'
import type { Spdb } from './operation'
import { filePort, gatewayPort, signPort } from './ports'
import type { SpdbOptions } from './settings'

/** Everything can go wrong here; the answers to 8801 and 8800 repeat nothing of a payment that could be a lie. */
export const spdb: BankProgram<SpdbOptions> = {
  bank: 'spdb',
  zh: '浦发银行',
  en: 'SPDB',
  cnapsPrefix: '310',
  listeners: ['gateway', 'sign', 'file'],
  faults: FAULT_KINDS,
  answersContinue: true,
  open(context: BankContext, { protocol, customers }: SpdbOptions) {
    const program: Spdb = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    const seal = newSeal()
    return {
      gateway: gatewayPort(program, customers, seal),
      sign: signPort(program, seal),
      file: filePort(program, customers, seal),
    }
  },
}
