// The BOC gateway: 银企对接 (B2E) through the bank's front-end, bocb2e XML. See README.md for the protocol in a page and for
// what of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import { Fault, type BankGateway, type BankTraits, type Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { balanceBody, readBalance } from './codec'
import { OWN, WIDTH } from './codec-payment'
import { problem } from './codes'
import { accountOf, type BocConfig } from './config'
import { createExchange } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { BocReceipts } from './receipts'
import { BocSession, faultOf } from './session'
import { statementPage } from './statement'

export type BocDeps = {
  readonly clock: Clock
  readonly name: string
  /** A message number (trnid): 1 to 12 digits, not used before. */
  readonly sequence: () => string
}

/**
 * `config` is parsed by `bocConfig`. `send` and `inquire` return outcomes; `balance`, `statement` and `receipt` throw Fault
 * with the bank's rspcod or one of our `boc.…` codes. `receipt` is there when the site has named a directory.
 */
export function createBocGateway(config: BocConfig, deps: BocDeps): BankGateway {
  const { clock, name } = deps
  const session = new BocSession(config, clock, createExchange(config, deps.sequence))
  const shared = { config, clock, session }
  const gateway: BankGateway = {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(shared, batch, signal),
    inquire: (batch, signal) => inquirePayments(shared, batch, signal),
    statement: (account, range, after, signal) => statementPage(shared, account, range, after, signal),
    async balance(account, signal) {
      const known = accountOf(config, account)
      if (!known) throw faultOf(problem('boc.unknown_account', maskedAccount(account)))
      const reply = await session.query('b2e0005', balanceBody(account, known.ibknum), signal)
      const balance = readBalance(reply, account, clock.now())
      if ('reason' in balance) throw new Fault(balance.code, balance.reason)
      return balance
    },
  }
  if (config.receipts === null) return gateway
  const receipts = new BocReceipts(config, config.receipts, clock, session)
  return { ...gateway, receipt: (account, line, signal) => receipts.fetch(account, line, signal) }
}

function traitsOf(config: BocConfig): BankTraits {
  return {
    dedupesReference: config.dedupesReference,
    // insid is unique per customer, item by item (banks/boc §4); messages have no number the bank would refuse twice.
    referenceScope: 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    reference: { maxBytes: 32, alphabet: 'alphanumeric' },
    encoding: config.encoding,
    currencies: ['CNY'],
    // Remarks and, beside a bank code, the bank's name are shortened, so they have no limit here.
    maxBytes:
      config.fieldLengths === 'bytes'
        ? { payerName: WIDTH.name, payeeName: WIDTH.name, payeeAccount: WIDTH.account }
        : { payeeAccount: WIDTH.account },
    own: OWN,
    // b2e0009 needs toibkn, b2e0061 takes the bank's name instead (banks/boc §5): no single field is needed by both.
    crossBankRequires: [],
  }
}
