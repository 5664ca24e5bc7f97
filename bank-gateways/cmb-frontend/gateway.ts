// The CMB front-end gateway: 招商银行 前置机 (FBSdk), CMBSDKPGK XML. See README.md for the protocol in a page and for what of it is
// confirmed. It never resends: only the core may, and only on what this file's parts report.

import type { BankGateway, BankTraits, Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { OWN, WIDTH } from './codec-payment'
import { balanceBlocks, readBalance } from './codec-statement'
import { problem } from './codes'
import { accountOf, type CmbFrontendConfig } from './config'
import { createSession, faultOf } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { fetchReceipt } from './receipts'
import { statementPage } from './statement'

export type CmbFrontendDeps = {
  readonly clock: Clock
  readonly name: string
  /** A message number: 1 to 12 digits, not used before. */
  readonly sequence: () => string
}

/**
 * `config` is parsed by `cmbFrontendConfig`. `send` and `inquire` return outcomes; `balance`, `statement` and `receipt` throw Fault
 * with the front-end's RETCOD or one of our `cmb-frontend.…` codes.
 */
export function createCmbFrontendGateway(config: CmbFrontendConfig, deps: CmbFrontendDeps): BankGateway {
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
      if (!known) throw faultOf(problem('cmb-frontend.unknown_account', maskedAccount(account)))
      const reply = await session.query('GetAccInfo', balanceBlocks(account, known.branch), signal)
      return readBalance(reply, account, deps.clock.now())
    },
  }
}

function traitsOf(config: CmbFrontendConfig): BankTraits {
  return {
    dedupesReference: config.dedupesReference,
    // Unique is 企业银行编号 + 业务类型 + YURREF, item by item (banks/cmb-frontend §4); messages have no number.
    referenceScope: 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    reference: { maxBytes: WIDTH.reference, alphabet: 'alphanumeric' },
    encoding: config.encoding,
    currencies: ['CNY'],
    // A name beyond Z62 goes as LRVEAN. Texts that inform are shortened.
    maxBytes: { payeeName: WIDTH.longName, payeeAccount: WIDTH.account },
    own: OWN,
    // CRTBNK and CRTADR, required when BNKFLG is N (banks/cmb-frontend §4).
    crossBankRequires: ['bankName', 'city'],
  }
}
