// The CCB gateway: 外联平台 through the bank's 外联客户端, `<TX>` XML over raw TCP or HTTP. See README.md for the protocol in a
// page and for what of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import { Fault, type BankGateway, type BankTraits, type Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { balanceInfo, readBalance } from './codec'
import { OWN, WIDTH } from './codec-payment'
import { describeCode, problem } from './codes'
import { accountOf, type CcbConfig } from './config'
import { createFront } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { faultOf, statementPage } from './statement'

export type CcbDeps = {
  readonly clock: Clock
  readonly name: string
  /** A REQUEST_SN for a question: 1 to 12 digits, not used before, never one of a payment. */
  readonly sequence: () => string
}

/**
 * `config` is parsed by `ccbConfig`. `send` and `inquire` return outcomes; `balance` and `statement` throw Fault with the bank's
 * RETURN_CODE or one of our `ccb.…` codes. There is no `receipt`: CCB's code for one is not known.
 */
export function createCcbGateway(config: CcbConfig, deps: CcbDeps): BankGateway {
  const { clock, name, sequence } = deps
  const front = createFront(config, clock, sequence)
  return {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(front, batch, signal),
    inquire: (batch, signal) => inquirePayments(front, batch, signal),
    statement: (account, range, after, signal) => statementPage(front, account, range, after, signal),
    async balance(account, signal) {
      const own = accountOf(config, account)
      if (!own) throw faultOf(problem('ccb.unknown_account', maskedAccount(account)))
      const answer = await front.ask('6W0100', null, balanceInfo(account), signal)
      if (answer.kind !== 'answer') throw faultOf(answer.problem)
      const { code, text } = answer.reply
      if (code !== '000000') throw new Fault(code, describeCode(code, 'inquiry', text, config.codes))
      const balance = readBalance(answer.reply, account, own.currency, clock.now())
      if ('reason' in balance) throw faultOf(balance)
      return balance
    },
  }
}

function traitsOf(config: CcbConfig): BankTraits {
  return {
    dedupesReference: config.dedupesReference,
    referenceScope: 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    // One message is one payment: 6W0600 asks by the number of the message (banks/ccb §4).
    batchMax: 1,
    // REQUEST_SN varChar(16), digits only (banks/ccb §2).
    reference: { maxBytes: 16, alphabet: 'digits' },
    encoding: config.encoding,
    currencies: ['CNY'],
    // Use and bank name are shortened, so they have no limit here; the payer's name is not sent.
    maxBytes: { payeeName: WIDTH.name, payeeAccount: WIDTH.account },
    own: OWN,
    // 6W8060 requires both when TRAN_TYPE is 0 (banks/ccb §3).
    crossBankRequires: ['bankCode', 'bankName'],
  }
}
