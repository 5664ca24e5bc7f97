// The SPDB gateway: 银企直连 through the sign server and NC_HTTP. See README.md for the protocol in a page and for what of it is
// confirmed. It never resends: only the core may, and only on what this file's parts report.

import { Fault, type BankGateway, type BankTraits, type Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { balanceFields, readBalance } from './codec'
import { OWN } from './codec-payment'
import { problem } from './codes'
import { accountOf, type SpdbConfig } from './config'
import { createExchange, faultOf, queryBody } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { createReceipts } from './receipts'
import { statementPage } from './statement'

/** `sequence`: a number of 1 to 12 digits that was never used before at this bank. */
export type SpdbDeps = { readonly clock: Clock; readonly name: string; readonly sequence: () => string }

/**
 * `config` is parsed by `spdbConfig`. `send` and `inquire` return outcomes; `balance` and `statement` throw Fault with the bank's
 * returnCode or one of our `spdb.…` codes; so does `receipt`, which is there only where the site says the numbers of its functions.
 */
export function createSpdbGateway(config: SpdbConfig, { clock, name, sequence }: SpdbDeps): BankGateway {
  const exchange = createExchange(config, clock, sequence)
  const shared = { config, clock, exchange }
  const gateway: BankGateway = {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(shared, batch, signal),
    inquire: (batch, signal) => inquirePayments(shared, batch, signal),
    statement: (account, range, after, signal) => statementPage(shared, account, range, after, signal),
    async balance(account, signal) {
      const known = accountOf(config, account)
      if (!known) throw faultOf(problem('spdb.unknown_account', maskedAccount(account)))
      const body = await queryBody(exchange, '4402', () => balanceFields(account), config, signal)
      if (body === null) throw faultOf(problem('spdb.missing_item', maskedAccount(account)))
      const balance = readBalance(body, account, known.currency, clock.now())
      if ('reason' in balance) throw new Fault(balance.code, balance.reason)
      return balance
    },
  }
  const { receipts } = config
  return receipts === null ? gateway : { ...gateway, receipt: createReceipts({ ...shared, receipts, sequence }) }
}

function traitsOf(config: SpdbConfig): BankTraits {
  const { widths } = config
  return {
    dedupesReference: config.dedupesReference,
    // An item of a package has an elecChequeNo of its own; that a packageNo may not be repeated is likely, so it stays whole.
    referenceScope: config.payment === '8801' ? 'item' : 'batch',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    reference: { maxBytes: widths.reference, alphabet: 'alphanumeric' },
    encoding: 'gbk',
    currencies: ['CNY'],
    maxBytes: { payerName: widths.name, payeeName: widths.name, payeeAccount: widths.account },
    own: OWN,
    crossBankRequires: config.requiresBankCode ? ['bankCode', 'bankName'] : ['bankName'],
  }
}
