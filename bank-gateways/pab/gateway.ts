// The Ping An gateway: 银企直联 through the local B2BiC, packets of a 222-byte header and XML. See README.md for the protocol in a
// page and for what of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import type { BankGateway, BankTraits, Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { balanceFields, readBalance } from './codec'
import { OWN, WIDTH } from './codec-payment'
import { problem } from './codes'
import { accountOf, type PabConfig } from './config'
import { createExchange, faultOf, query } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { statementPage } from './statement'

export type PabDeps = {
  readonly clock: Clock
  readonly name: string
  /** A packet number: 1 to 12 digits, not used before. */
  readonly sequence: () => string
}

/**
 * `config` is parsed by `pabConfig`. `send` and `inquire` return outcomes; `balance` and `statement` throw Fault with the
 * header's return code or one of our `pab.…` codes. There are no receipts: their layouts are not public (banks/pab §7).
 */
export function createPabGateway(config: PabConfig, { clock, name, sequence }: PabDeps): BankGateway {
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
      if (!known) throw faultOf(problem('pab.unknown_account', maskedAccount(account)))
      const reply = await query(exchange, '4001', balanceFields(account, known.cashType), config, signal)
      if (reply === null) throw faultOf(problem('pab.missing_item', maskedAccount(account)))
      const balance = readBalance(reply, account, clock.now())
      if ('reason' in balance) throw faultOf(balance)
      return balance
    },
  }
}

function traitsOf(config: PabConfig): BankTraits {
  return {
    dedupesReference: config.dedupesReference,
    // ThirdVoucher is a payment's in 4004, the package's in 4018 (banks/pab §2, §3).
    referenceScope: config.payment === '4004' ? 'item' : 'batch',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    reference: { maxBytes: 20, alphabet: 'alphanumeric' },
    encoding: config.encoding,
    currencies: ['CNY'],
    // UseEx and, beside a bank number, the bank's name are shortened, so they have no limit here.
    maxBytes: { payerName: WIDTH.name, payeeName: WIDTH.name, payeeAccount: WIDTH.account },
    own: OWN,
    crossBankRequires: config.requiresBankCode ? ['bankCode'] : [],
  }
}
