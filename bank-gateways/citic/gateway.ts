// The CITIC gateway: 银企直联 through the local front-end, `<stream>` XML. See README.md for the protocol in a page and for what
// of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import { Fault, type BankGateway, type BankTraits, type Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { balanceFields, readBalance } from './codec'
import { OWN, WIDTH } from './codec-payment'
import { problem } from './codes'
import { accountOf, type CiticConfig } from './config'
import { createExchange, faultOf, query } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { fetchReceipt } from './receipts'
import { statementPage } from './statement'

export type CiticDeps = { readonly clock: Clock; readonly name: string }

/**
 * `config` is parsed by `citicConfig`. `send` and `inquire` return outcomes; `balance`, `statement` and `receipt` throw Fault
 * with the bank's status or one of our `citic.…` codes. `receipt` is there when the site has configured it.
 */
export function createCiticGateway(config: CiticConfig, { clock, name }: CiticDeps): BankGateway {
  const exchange = createExchange(config)
  const shared = { config, clock, exchange }
  const gateway: BankGateway = {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(shared, batch, signal),
    inquire: (batch, signal) => inquirePayments(shared, batch, signal),
    statement: (account, range, after, signal) => statementPage(shared, account, range, after, signal),
    async balance(account, signal) {
      const known = accountOf(config, account)
      if (!known) throw faultOf(problem('citic.unknown_account', maskedAccount(account)))
      const reply = await query(exchange, 'DLBALQRY', balanceFields(account), config, signal)
      const balance = readBalance(reply, account, known.currency, clock.now())
      if ('reason' in balance) throw new Fault(balance.code, balance.reason)
      return balance
    },
  }
  const { receipts } = config
  if (receipts === null) return gateway
  return {
    ...gateway,
    receipt: (account, line, signal) => fetchReceipt({ ...shared, receipts }, account, line, signal),
  }
}

function traitsOf(config: CiticConfig): BankTraits {
  return {
    dedupesReference: config.dedupesReference,
    // Both ways of paying carry a clientID for every payment (banks/citic §3, §4).
    referenceScope: 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    reference: { maxBytes: 20, alphabet: 'alphanumeric' },
    encoding: 'gbk',
    currencies: ['CNY'],
    // The payer's name does not travel; purpose, postscript and, beside a code, the bank's name are shortened.
    maxBytes: { payeeName: WIDTH.name, payeeAccount: WIDTH.account },
    own: OWN,
    crossBankRequires: config.requiresBankCode ? ['bankCode'] : [],
  }
}
