// The BCM gateway: 银企直联 through the bank's front-end, `<ap>` XML over HTTP or raw TCP. See README.md for the protocol in a page and
// for what of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import { Fault, type BankGateway, type BankTraits, type Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element } from '../shared/xml'
import { readBalance } from './codec'
import { OWN, WIDTH } from './codec-payment'
import { describeCode, problem } from './codes'
import { accountOf, type BcmConfig } from './config'
import { createFront, faultOf } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { statementPage } from './statement'

/** `sequence`: a req_no, 1 to 12 digits that were never used before at this bank. */
export type BcmDeps = { readonly clock: Clock; readonly name: string; readonly sequence: () => string }

/**
 * `config` is parsed by `bcmConfig`. `send` and `inquire` return outcomes; `balance` and `statement` throw Fault with the bank's
 * particular_code or one of our `bcm.…` codes. There is no `receipt`: BCM's code for one is not known.
 */
export function createBcmGateway(config: BcmConfig, { clock, name, sequence }: BcmDeps): BankGateway {
  const front = createFront(config, clock, sequence)
  return {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(front, batch, signal),
    inquire: (batch, signal) => inquirePayments(front, batch, signal),
    statement: (account, range, after, signal) => statementPage(front, account, range, after, signal),
    async balance(account, signal) {
      if (!accountOf(config, account)) throw faultOf(problem('bcm.unknown_account', maskedAccount(account)))
      const answer = await front.ask('310101', () => [element('acno', account)], signal)
      if (answer.kind !== 'answer') throw faultOf(answer.problem)
      const { code, text, isOk } = answer.reply
      if (!isOk) throw new Fault(code, describeCode(code, 'inquiry', text, config.codes))
      const balance = readBalance(answer.reply, account, config, clock.now())
      if ('reason' in balance) throw faultOf(balance)
      return balance
    },
  }
}

function traitsOf(config: BcmConfig): BankTraits {
  const isPayroll = config.payment.function === '330002'
  const { name, account } = config.fieldBytes
  return {
    // cert_no "must not repeat within an enterprise", but what a repeat gets is not known (banks/bcm §3, §6).
    dedupesReference: config.dedupesReference,
    referenceScope: isPayroll ? 'batch' : 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    // 210201 carries one payment (atom_tr_count 1).
    batchMax: isPayroll ? config.batchMax : 1,
    // cert_no C20 (banks/bcm §3).
    reference: { maxBytes: WIDTH.certNo, alphabet: 'alphanumeric' },
    encoding: 'gbk',
    currencies: ['CNY'],
    // Summary and bank name are shortened, so they have no limit here.
    maxBytes: { payerName: name, payeeName: name, payeeAccount: isPayroll ? WIDTH.payrollAccount : account },
    own: OWN,
    // rcv_bank_name and the 12-digit rcv_bank_no (banks/bcm §3).
    crossBankRequires: ['bankCode', 'bankName'],
  }
}
