// The ISO 20022 gateway: pain.001 out, pain.002 and camt in, as files over SFTP or in a folder. See README.md for the protocol in a
// page and for what of it is confirmed. It never resends: only the core may, and only on what this file's parts report.

import type { BankGateway, BankTraits, Check, Clock } from '../../connector/ports'
import { profileOf, type Iso20022Config } from './config'
import { createExchange, type Exchange } from './exchange'
import { inquirePayments, sendPayments } from './payments'
import { newestBalance, statementPage } from './statement'
import { errorText } from './transport'

export type Iso20022Deps = {
  readonly clock: Clock
  readonly name: string
  /** A number not used before: of a file while it is being written. */
  readonly sequence: () => string
}

/**
 * `config` is parsed by `iso20022Config`. `send` and `inquire` return outcomes; `balance` and `statement` throw Fault with one of our
 * `iso20022.…` codes. There is no `receipt`: the standard has no message for one.
 */
export function createIso20022Gateway(config: Iso20022Config, { clock, name, sequence }: Iso20022Deps): BankGateway {
  const exchange = createExchange(config, clock)
  return {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(exchange, sequence, batch, signal),
    inquire: (batch, signal) => inquirePayments(exchange, batch, signal),
    balance: (account, signal) => newestBalance(exchange, account, signal),
    statement: (account, range, after, signal) => statementPage(exchange, account, range, after, signal),
    doctor: () => examine(exchange),
  }
}

function traitsOf(config: Iso20022Config): BankTraits {
  const profile = profileOf(config)
  const isLatin = profile.characters === 'latin'
  return {
    // A bank that checks for duplicates says so in its agreement, not in the standard; and yinqi never counts on it here.
    dedupesReference: false,
    // MsgId names the file: under the same one only the same file may go again.
    referenceScope: 'batch',
    // A bank that has not written a report has said nothing, for ever.
    absentFinalAfterMs: null,
    batchMax: config.batchMax,
    reference: { maxBytes: config.referenceMaxBytes, alphabet: 'alphanumeric' },
    encoding: 'utf-8',
    currencies: profile.currencies,
    // The standard counts characters. Only where each is one byte can the core count them.
    maxBytes: isLatin ? { payerName: profile.names, payeeName: profile.names, payeeAccount: 34 } : { payeeAccount: 34 },
    // No number of ours: no payee is known to be at our own bank.
    own: {
      cnapsPrefix: config.agent.cnaps?.slice(0, 3) ?? 'none',
      names: config.agent.name ? [config.agent.name] : [],
    },
    crossBankRequires: profile.payeeAgent === 'none' ? [] : ['bankCode'],
  }
}

const DAY_MS = 86_400_000

async function examine({ archive, envelope, config, clock }: Exchange): Promise<readonly Check[]> {
  const check = (name: string, ok: boolean, zh: string, en: string): Check => ({
    name,
    ok,
    zh,
    en,
    latencyMs: null,
    clockDifferenceMs: null,
  })
  const checks: Check[] = []
  try {
    const unusable = (await archive.received()).filter(file => file.problem !== null)
    const names = unusable
      .slice(-3)
      .map(file => file.name)
      .join(', ')
    checks.push(
      unusable.length === 0
        ? check(
            'archive',
            true,
            '归档可读，没有无法使用的文件',
            'the archive can be read, every file in it could be used',
          )
        : check(
            'archive',
            false,
            `${unusable.length} 个文件无法读取或签名不符，已留存：${names}；请银行重发`,
            `${unusable.length} files could not be read or were not signed by the bank and are kept: ${names}; ask the bank to send them again`,
          ),
    )
  } catch (error) {
    checks.push(
      check('archive', false, `归档不可读：${errorText(error)}`, `the archive cannot be read: ${errorText(error)}`),
    )
  }
  if (config.pgp === null) return checks
  try {
    const { expiresAt } = await envelope.check()
    const days = expiresAt === null ? null : Math.floor((expiresAt - clock.now()) / DAY_MS)
    const isSoon = days !== null && days < 30
    checks.push(
      check(
        'pgp',
        !isSoon,
        days === null ? 'PGP 密钥可用，无有效期' : `PGP 密钥 ${days} 天后到期`,
        days === null ? 'the PGP keys can be used and do not expire' : `a PGP key expires in ${days} days`,
      ),
    )
  } catch (error) {
    checks.push(
      check('pgp', false, `PGP 密钥不可用：${errorText(error)}`, `the PGP keys cannot be used: ${errorText(error)}`),
    )
  }
  return checks
}
