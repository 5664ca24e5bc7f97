// What every call shares: the two ports, package numbers, and the bank's own clock. Holds no payment and retries nothing.

import { type Balance, type Clock, Fault } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { bankStamp } from '../../connector/core/bank-time'
import { createBankClock } from './bank-clock'
import { type Message, type Reply, type TransCode, requestXml } from './codec'
import { PACKAGE_NUMBER } from './codec-payment'
import { balanceBody, readBalance } from './codec-statement'
import { type IcbcConfig, accountCurrency } from './config'
import { type Transport, createTransport } from './transport'

export type IcbcDeps = {
  readonly clock: Clock
  readonly name: string
  /** A package number never used before in this group, 1–35 letters and digits, for queries and receipt orders. */
  readonly sequence: () => string
}

export type Session = Transport & {
  readonly config: IcbcConfig
  sequence(): string
  /** A query travels in clear under a number of its own. @throws Unsent | Uncertain | BadAnswer */
  query(transCode: TransCode, body: readonly string[], signal: AbortSignal): Promise<Reply>
  balance(account: string, signal: AbortSignal): Promise<Balance>
  /** Now by the bank, `yyyyMMddHHmmssSSS`: clients take its date from a balance reply (banks/icbc §4). */
  bankNow(account: string, signal: AbortSignal): Promise<string>
  /** The bank disagreed about something: its date is asked again before the next signature. */
  forgetBankDate(): void
  currencyOf(account: string): string
}

export function createSession(config: IcbcConfig, deps: IcbcDeps): Session {
  const transport = createTransport(config)
  const bankClock = createBankClock(deps.clock)
  const session: Session = {
    ...transport,
    config,
    sequence: deps.sequence,
    async query(transCode, body, signal) {
      const stamp = bankClock.stamp() ?? bankStamp(deps.clock.now())
      const message = messageOf(transCode, deps.sequence(), stamp, body)
      return transport.exchange(message, requestXml(config, message), signal)
    },
    async balance(account, signal) {
      const currency = session.currencyOf(account)
      const reply = await session.query('QACCBAL', balanceBody(config, account, currency), signal)
      const balance = readBalance(config, reply, account, currency)
      bankClock.learn(balance.asOf)
      return balance
    },
    async bankNow(account, signal) {
      const known = bankClock.stamp()
      if (known !== null) return known
      const { asOf } = await session.balance(account, signal)
      return bankClock.stamp() ?? `${asOf.replace(/\D/g, '')}000`
    },
    forgetBankDate: () => bankClock.forget(),
    currencyOf(account) {
      const currency = accountCurrency(config, account)
      if (currency !== null) return currency
      throw new Fault(
        'icbc.currency',
        `账号 ${maskedAccount(account)} 的币种未配置 / no currency is configured for account ${maskedAccount(account)}`,
      )
    },
  }
  return session
}

/** @throws RangeError when the number is none: it stands unescaped in the URL */
export function messageOf(
  transCode: TransCode,
  fSeqno: string,
  stamp: string,
  body: readonly string[],
  traits: { readonly isZipped: boolean } = { isZipped: false },
): Message {
  if (!PACKAGE_NUMBER.test(fSeqno)) throw new RangeError(`not a package number: ${fSeqno}`)
  return { transCode, fSeqno, stamp, body, isZipped: traits.isZipped }
}
