// Gateways as the steps get them: timed, counted and logged, so that no adapter contains any of it.

import type { BankGateway, Clock } from '../ports'
import type { Log } from './logger'
import type { Metrics } from './metrics'

export function observed(gateway: BankGateway, metrics: Metrics, log: Log, clock: Clock): BankGateway {
  const timed = async <T>(call: string, work: () => Promise<T>, outcomeOf: (result: T) => string): Promise<T> => {
    const startedAt = clock.now()
    const end = (outcome: string): void => {
      const seconds = (clock.now() - startedAt) / 1000
      metrics.bankCall(gateway.name, call, outcome, seconds)
      log.debug('bank call', { bank: gateway.name, call, outcome, seconds })
    }
    try {
      const result = await work()
      end(outcomeOf(result))
      return result
    } catch (error) {
      end('fault')
      log.warn('bank call failed', { bank: gateway.name, call, error })
      throw error
    }
  }
  const kinds = (outcomes: readonly { readonly kind: string }[]): string =>
    [...new Set(outcomes.map(outcome => outcome.kind))].sort().join('+')
  const receipt = gateway.receipt?.bind(gateway)
  const doctor = gateway.doctor?.bind(gateway)
  return {
    name: gateway.name,
    traits: gateway.traits,
    send: (batch, signal) => timed('send', () => gateway.send(batch, signal), kinds),
    inquire: (batch, signal) => timed('inquire', () => gateway.inquire(batch, signal), kinds),
    balance: (account, signal) =>
      timed(
        'balance',
        () => gateway.balance(account, signal),
        () => 'ok',
      ),
    statement: (account, range, after, signal) =>
      timed(
        'statement',
        () => gateway.statement(account, range, after, signal),
        () => 'ok',
      ),
    ...(receipt
      ? {
          receipt: (account, line, signal) =>
            timed(
              'receipt',
              () => receipt(account, line, signal),
              found => (found ? 'ok' : 'absent'),
            ),
        }
      : {}),
    ...(doctor ? { doctor } : {}),
  }
}
