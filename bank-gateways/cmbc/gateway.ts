// The CMBC gateway: NS-BDES through the bank's local proxy, or the open platform through the site's signing service. See README.md for
// both protocols in a page and for what of them is confirmed. It never resends: only the core may, and only on what it is told here.

import type { BankGateway, BankTraits, Clock } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import type { Channel } from './channel'
import { OWN } from './codec-payment'
import { problem } from './codes'
import { accountOf, encodingOf, type CmbcConfig } from './config'
import { faultOf } from './exchange'
import { nsBdesChannel } from './ns-bdes'
import { openChannel } from './open'
import { inquirePayments, sendPayments } from './payments'
import { statementPage } from './statement'

/** `sequence`: a trnId, 1 to 12 digits that were never used before at this bank. */
export type CmbcDeps = { readonly clock: Clock; readonly name: string; readonly sequence: () => string }

/**
 * `config` is parsed by `cmbcConfig`. `send` and `inquire` return outcomes; `balance`, `statement` and `receipt` throw Fault with the
 * bank's code or one of our `cmbc.…` codes. `receipt` is there with the open platform alone: NS-BDES has none that is known.
 */
export function createCmbcGateway(config: CmbcConfig, { clock, name, sequence }: CmbcDeps): BankGateway {
  const channel = channelOf(config, clock, sequence)
  const requireOwn = (account: string): void => {
    if (!accountOf(config.protocol, account)) throw faultOf(problem('cmbc.unknown_account', maskedAccount(account)))
  }
  const fetch = channel.receipt
  return {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(channel, config, batch, signal),
    inquire: (batch, signal) => inquirePayments(channel, batch, signal),
    statement: (account, range, after, signal) => statementPage(channel, config, clock, account, range, after, signal),
    async balance(account, signal) {
      requireOwn(account)
      return channel.balance(account, signal)
    },
    ...(fetch
      ? {
          async receipt(account, line, signal) {
            requireOwn(account)
            return fetch(account, line, signal)
          },
        }
      : {}),
  }
}

function channelOf(config: CmbcConfig, clock: Clock, sequence: () => string): Channel {
  const { protocol } = config
  return protocol.kind === 'open'
    ? openChannel(protocol, config, clock)
    : nsBdesChannel(protocol, config, clock, sequence)
}

function traitsOf(config: CmbcConfig): BankTraits {
  const { fieldBytes } = config.protocol
  const sendsPayer = config.protocol.kind === 'ns-bdes' && config.protocol.payerName === 'sent'
  return {
    // What a repeated insId or req_seq gets is not known (banks/cmbc §4).
    dedupesReference: config.dedupesReference,
    referenceScope: 'item',
    absentFinalAfterMs: config.absentFinalAfterMs,
    // batchXfer is not used: the format of its fileContent is not public (banks/cmbc §4).
    batchMax: 1,
    // The width of insId and req_seq is not known.
    reference: { maxBytes: fieldBytes.reference, alphabet: 'alphanumeric' },
    encoding: encodingOf(config),
    currencies: ['CNY'],
    // Explain, usage and the bank's name are shortened, so they have no limit here.
    maxBytes: {
      ...(sendsPayer ? { payerName: fieldBytes.name } : {}),
      payeeName: fieldBytes.name,
      payeeAccount: fieldBytes.account,
    },
    own: OWN,
    // bankCode and bankName of a payment to another bank (banks/cmbc §1, §3).
    crossBankRequires: ['bankCode', 'bankName'],
  }
}
