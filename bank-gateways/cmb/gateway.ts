// The CMB CDC (免前置) gateway: JSON, signed and encrypted by us, straight to the bank. See README.md for the protocol in a page
// and for what of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import type { BankGateway, BankTraits, Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { OWN, WIDTH } from './codec-payment'
import { balanceBody, readBalance } from './codec-statement'
import { problem } from './codes'
import { accountOf, type CmbConfig } from './config'
import { createSession, faultOf } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { fetchReceipt } from './receipts'
import { statementPage } from './statement'

export type CmbDeps = {
  readonly clock: Clock
  readonly name: string
  /** 1 to 12 digits, not used before. */
  readonly sequence: () => string
}

/**
 * `config` is parsed by `cmbConfig`. `send` and `inquire` return outcomes; `balance`, `statement` and `receipt` throw Fault with
 * the bank's resultcode or one of our `cmb.…` codes.
 */
export function createCmbGateway(config: CmbConfig, deps: CmbDeps): BankGateway {
  const session = createSession(config, deps)
  return {
    name: deps.name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(session, batch, signal),
    inquire: (batch, signal) => inquirePayments(session, batch, signal),
    statement: (account, range, after, signal) => statementPage(session, account, range, after, signal),
    receipt: (account, line, signal) => fetchReceipt(session, account, line, signal),
    async balance(account, signal) {
      const known = accountOf(config, account)
      if (!known) throw faultOf(problem('cmb.unknown_account', maskedAccount(account)))
      const reply = await session.query('NTQACINF', balanceBody(account, known.branch), account, signal)
      return readBalance(reply, account, deps.clock.now())
    },
  }
}

function traitsOf(config: CmbConfig): BankTraits {
  return {
    dedupesReference: config.dedupesReference,
    // yurRef is the bank's key against repeats, item by item (banks/cmb-cdc §6); reqid is only unique per request.
    referenceScope: 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    // yurRef C30, as the statement brings it back (banks/cmb-cdc §8).
    reference: { maxBytes: WIDTH.reference, alphabet: 'alphanumeric' },
    encoding: 'utf-8',
    currencies: ['CNY'],
    // 100 characters are 300 bytes of 汉字; shorter characters are counted by the gateway itself. Texts that inform are shortened.
    maxBytes: { payeeName: WIDTH.name * 3, payeeAccount: 35 },
    own: OWN,
    // Name or number, either will do (banks/cmb-cdc §6): no single field is needed.
    crossBankRequires: [],
  }
}
