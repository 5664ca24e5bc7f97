// The CEB gateway: 银企直联 through the local csiiproxy, `<Transaction>` XML. See README.md for the protocol in a page and for what of
// it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import type { BankGateway, BankTraits, Clock } from '../../connector/ports'
import { OWN, REFERENCE_MAX } from './codec-payment'
import { problem } from './codes'
import type { CebConfig } from './config'
import { createExchange, faultOf } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { fetchReceipt } from './receipts'

/** `sequence`: a number of 1 to 12 digits that was never used before at this bank. */
export type CebDeps = { readonly clock: Clock; readonly name: string; readonly sequence: () => string }

/**
 * `config` is parsed by `cebConfig`. `send` and `inquire` return outcomes. `balance` and `statement` always throw a Fault: the bank's
 * interfaces for them are not public, and nothing is invented. `receipt` is there when the site has configured it.
 */
export function createCebGateway(config: CebConfig, { clock, name, sequence }: CebDeps): BankGateway {
  const exchange = createExchange(config, clock, sequence)
  const shared = { config, exchange }
  const gateway: BankGateway = {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(shared, batch, signal),
    inquire: (batch, signal) => inquirePayments(shared, batch, signal),
    balance: () => Promise.reject(faultOf(problem('ceb.no_balance', ''))),
    statement: () => Promise.reject(faultOf(problem('ceb.no_statement', ''))),
  }
  const { receipts } = config
  if (receipts === null) return gateway
  return {
    ...gateway,
    receipt: (account, line, signal) => fetchReceipt({ ...shared, receipts }, account, line, signal),
  }
}

function traitsOf(config: CebConfig): BankTraits {
  return {
    // "BatchID ≤50 globally unique": a repeat is rejected with 交易流水号重复 (banks/ceb §5). Ours is made of the reference alone.
    dedupesReference: true,
    referenceScope: 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    reference: { maxBytes: REFERENCE_MAX, alphabet: 'digits' },
    encoding: 'gbk',
    currencies: ['CNY'],
    // The payer's name does not travel; the notes and, beside its number, the bank's name are shortened.
    maxBytes: { payeeName: config.widths.payeeName, payeeAccount: config.widths.payeeAccount },
    own: OWN,
    // bankNo is required for 2120 and 2124 (banks/ceb §2).
    crossBankRequires: ['bankCode'],
    statementsByFile: true,
  }
}
