// The CGB gateway: 银企直联 through the local client (`<BEDC>` XML), or straight to the bank (去前置: E102, RSA and SM4). See README.md for
// the protocol in a page and for what of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import { Fault, type BankGateway, type BankTraits, type Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element } from '../shared/xml'
import { readBalance } from './codec'
import { crossBankRequires, OWN, REFERENCE_MAX } from './codec-payment'
import { problem } from './codes'
import { accountOf, type CgbConfig } from './config'
import { createExchange, faultOf, replyOf } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { statementPage } from './statement'

/** `sequence`: a number of 1 to 12 digits that was never used before at this bank. */
export type CgbDeps = { readonly clock: Clock; readonly name: string; readonly sequence: () => string }

/**
 * `config` is parsed by `cgbConfig`. `send` and `inquire` return outcomes; `balance` and `statement` throw Fault with the bank's retCode
 * or one of our `cgb.…` codes, `cgb.no_balance` and `cgb.no_statement` where the site has not named their elements. There is no
 * `receipt`: nothing about receipts is public.
 */
export function createCgbGateway(config: CgbConfig, { clock, name, sequence }: CgbDeps): BankGateway {
  const exchange = createExchange(config, clock, sequence)
  const shared = { config, clock, exchange }
  return {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(shared, batch, signal),
    inquire: (batch, signal) => inquirePayments(shared, batch, signal),
    async statement(account, range, after, signal) {
      const { statement: settings } = config
      if (settings === null) throw faultOf(problem('cgb.no_statement', ''))
      return statementPage({ ...shared, settings }, account, range, after, signal)
    },
    async balance(account, signal) {
      if (config.balance === null) throw faultOf(problem('cgb.no_balance', ''))
      const known = accountOf(config, account)
      if (!known) throw faultOf(problem('cgb.unknown_account', maskedAccount(account)))
      const answer = await exchange.ask('0001', [element('account', account)], signal)
      const balance = readBalance(replyOf(answer, config), account, known.currency, config.balance, clock.now())
      if ('reason' in balance) throw new Fault(balance.code, balance.reason)
      return balance
    },
  }
}

function traitsOf(config: CgbConfig): BankTraits {
  const isSingle = config.payment.function === 'single'
  return {
    dedupesReference: config.dedupesReference,
    // 0033's entSeqNo and customerBatchNo are the package's (banks/cgb §1).
    referenceScope: isSingle ? 'item' : 'batch',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    reference: { maxBytes: REFERENCE_MAX, alphabet: 'digits' },
    encoding: 'gbk',
    currencies: ['CNY'],
    // Remark, comment and, beside its number, the bank's name are shortened.
    maxBytes: {
      ...(isSingle ? { payerName: config.widths.name } : {}),
      payeeName: config.widths.name,
      payeeAccount: config.widths.account,
    },
    own: OWN,
    crossBankRequires: crossBankRequires(config),
    ...(config.statement === null ? { statementsByFile: true } : {}),
  }
}
