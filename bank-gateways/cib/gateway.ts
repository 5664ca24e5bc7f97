// The CIB gateway: 银企直联 through the local CSP proxy, FOX. See README.md for the protocol in a page and for what of it is
// confirmed. It never resends: only the core may, and only on what this file's parts report.

import { Fault, type BankGateway, type BankTraits, type Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { readBalance } from './codec'
import { OWN, referenceMaxBytes, WIDTH } from './codec-payment'
import { balanceFields } from './codec-statement'
import { problem } from './codes'
import { accountOf, type CibConfig } from './config'
import { createExchange, faultOf, queryList } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { statementPage } from './statement'

/** `sequence`: a number of 1 to 12 digits that was never used before at this bank. */
export type CibDeps = { readonly clock: Clock; readonly name: string; readonly sequence: () => string }

/**
 * `config` is parsed by `cibConfig`. `send` and `inquire` return outcomes; `balance` and `statement` throw Fault with the bank's
 * STATUS code or one of our `cib.…` codes. There is no `receipt`: how a file is fetched by its FILE_ID is not known.
 */
export function createCibGateway(config: CibConfig, { clock, name, sequence }: CibDeps): BankGateway {
  const exchange = createExchange(config, clock, sequence)
  const shared = { config, clock, exchange }
  return {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(shared, batch, signal),
    inquire: (batch, signal) => inquirePayments(shared, batch, signal),
    statement: (account, range, after, signal) => statementPage(shared, account, range, after, signal),
    async balance(account, signal) {
      const known = accountOf(config, account)
      if (!known) throw faultOf(problem('cib.unknown_account', maskedAccount(account)))
      const reply = await queryList(exchange, () => balanceFields(account, config), config, signal)
      if (reply === null) throw faultOf(problem('cib.missing_item', maskedAccount(account)))
      const balance = readBalance(reply, account, known.currency)
      if ('reason' in balance) throw new Fault(balance.code, balance.reason)
      return balance
    },
  }
}

function traitsOf(config: CibConfig): BankTraits {
  const isSingle = config.payment.function === 'XFERTRNRQ'
  return {
    // "Resubmitting the same TRNUID returns the earlier result, never re-executes", or is answered 12345 (banks/cib §2).
    dedupesReference: true,
    referenceScope: isSingle ? 'item' : 'batch',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    reference: { maxBytes: referenceMaxBytes(config), alphabet: 'alphanumeric' },
    encoding: 'gbk',
    currencies: ['CNY'],
    // Purpose, postscript and, beside a code, the bank's name are shortened.
    maxBytes: { payerName: WIDTH.name, payeeName: WIDTH.name, payeeAccount: WIDTH.account },
    own: OWN,
    crossBankRequires: ['bankName', 'city'],
  }
}
