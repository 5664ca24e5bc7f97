// The ABC gateway: 银企通 through the bank's front-end, `<ap>` XML behind a 7-byte header. See README.md for the protocol in a page
// and for what of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import { Fault, type BankGateway, type BankTraits, type Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { balanceContent, readBalance } from './codec'
import { OWN, REFERENCE_DIGITS } from './codec-payment'
import { describeCode, problem } from './codes'
import { accountOf, type AbcConfig } from './config'
import { fromDirectory, fromSftp, type FetchDetail } from './detail-file'
import { createFront } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { faultOf, statementPage } from './statement'

export type AbcDeps = {
  readonly clock: Clock
  readonly name: string
  /** A ReqSeqNo for a question: 1 to 12 digits, not used before, never one of a payment. */
  readonly sequence: () => string
}

/**
 * `config` is parsed by `abcConfig`. `send` and `inquire` return outcomes; `balance` and `statement` throw Fault with the bank's
 * RespCode or one of our `abc.…` codes. There is no `receipt`: ABC's code for one is not known.
 */
export function createAbcGateway(config: AbcConfig, deps: AbcDeps): BankGateway {
  const { clock, name, sequence } = deps
  const front = createFront(config, clock, sequence)
  const shared = { front, fetch: fetchOf(config) }
  return {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(front, batch, signal),
    inquire: (batch, signal) => inquirePayments(front, batch, signal),
    statement: (account, range, after, signal) => statementPage(shared, account, range, after, signal),
    async balance(account, signal) {
      const own = accountOf(config, account)
      if (!own) throw faultOf(problem('abc.unknown_account', maskedAccount(account)))
      const answer = await front.ask('CQRA06', null, balanceContent(own), signal)
      if (answer.kind !== 'answer') throw faultOf(answer.problem)
      const { code, text } = answer.reply
      if (code !== '0000') throw new Fault(code, describeCode(code, 'inquiry', text, config.codes))
      const balance = readBalance(answer.reply, account, own, clock.now())
      if ('reason' in balance) throw faultOf(balance)
      return balance
    },
  }
}

function fetchOf({ detail, connectTimeoutMs }: AbcConfig): FetchDetail | null {
  if (detail === null) return null
  return detail.kind === 'directory' ? fromDirectory(detail.path) : fromSftp(detail, connectTimeoutMs)
}

function traitsOf(config: AbcConfig): BankTraits {
  return {
    dedupesReference: config.dedupesReference,
    referenceScope: 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    // One message is one payment: a batch code is not known (banks/abc §8).
    batchMax: 1,
    // ReqSeqNo, unique within a year (banks/abc §2); its length is not known, the example has 17 digits.
    reference: { maxBytes: REFERENCE_DIGITS, alphabet: 'digits' },
    encoding: 'gbk',
    currencies: ['CNY'],
    // Use, postscript and bank name are shortened, so they have no limit here.
    maxBytes: { payerName: config.fieldBytes.name, payeeName: config.fieldBytes.name, payeeAccount: 34 },
    own: OWN,
    // OthBankFlag 1 wants the bank's number and name (banks/abc §4).
    crossBankRequires: ['bankCode', 'bankName'],
  }
}
