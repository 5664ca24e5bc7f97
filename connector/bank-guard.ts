// Between the steps and a bank's gateway: no call outside the bank's hours, while it is known to be down or a person has
// paused it, no more calls at once or a minute than the site allows. It never changes an answer; what it holds back has
// provably not left.

import { afterCall, CLOSED, type Breaker, type BreakerSettings } from './core/breaker'
import { isWithin, nextOpening, type Window } from './core/bank-hours'
import { clockDifference } from './core/bank-time'
import { createTurns, type TurnSettings } from './bank-turns'
import { Fault, type BankGateway, type Clock, type SendOutcome } from './ports'
import { isPaused } from './steps/pauses'
import type { BankPause } from './store/store'

export type GuardSettings = TurnSettings & {
  readonly breaker: BreakerSettings
  readonly maintenance: readonly Window[]
  /** Empty: payments may be sent at any hour. */
  readonly sendHours: readonly Window[]
}

/** Why a bank is not called now. The words of metrics, status and logs. */
export type Closed = 'paused' | 'maintenance' | 'send-hours' | 'breaker'

/** What a person needs to know of a bank's connection, as this process sees it. Instants are epoch milliseconds. */
export type Health = {
  /** Why no payment is sent now, or null. */
  readonly closed: Closed | null
  /** When a payment may be sent again; null: now, when a person resumes it, or never by the hours of the configuration. */
  readonly opensAt: number | null
  readonly pause: BankPause | null
  /** `open`: left alone until `openUntil`; `trying`: the next send decides; `closed`: it answers. */
  readonly breaker: {
    readonly state: 'closed' | 'open' | 'trying'
    readonly failures: number
    readonly openUntil: number
  }
  readonly inFlight: number
  readonly waiting: number
  readonly callsLastMinute: number
  readonly callsPerMinute: number | null
  readonly isMaintenance: boolean
  readonly isSendHours: boolean
  /** The last call that the bank answered, of any kind; null: none since this process started. */
  readonly lastAnswerAt: number | null
  readonly lastFaultAt: number | null
  /** The bank's clock minus ours, by its last balance that gives a time of day. */
  readonly clockDifferenceMs: number | null
}

/** The breaker opened or closed. */
export type BreakerNews = (health: {
  readonly isOpen: boolean
  readonly untilMs: number
  readonly failures: number
}) => void

export type Guard = {
  readonly gateway: BankGateway
  /** Null: it may be called. Asked before anything is claimed, so that nothing is moved for nothing. */
  closed(call: 'send' | 'read'): Closed | null
  health(): Health
}

export function guarded(
  gateway: BankGateway,
  settings: GuardSettings,
  clock: Clock,
  news: BreakerNews,
  pauseOf: (bank: string) => BankPause | null,
): Guard {
  let breaker: Breaker = CLOSED
  let lastAnswerAt: number | null = null
  let lastFaultAt: number | null = null
  let clockDifferenceMs: number | null = null
  const turns = createTurns(settings, clock)
  const closed = (call: 'send' | 'read'): Closed | null => {
    const now = clock.now()
    if (isPaused(pauseOf(gateway.name), call)) return 'paused'
    if (isWithin(settings.maintenance, now)) return 'maintenance'
    // Questions are always allowed: it is they that tell what became of payments, and that the bank is back.
    if (call === 'read') return null
    if (settings.sendHours.length > 0 && !isWithin(settings.sendHours, now)) return 'send-hours'
    return now < breaker.openUntil ? 'breaker' : null
  }
  const hear = (isFailure: boolean): void => {
    if (isFailure) lastFaultAt = clock.now()
    else lastAnswerAt = clock.now()
  }
  const learn = (isFailure: boolean): void => {
    hear(isFailure)
    const before = breaker
    breaker = afterCall(breaker, isFailure, clock.now(), settings.breaker)
    const isOpen = breaker.rounds > 0
    if (breaker.rounds !== before.rounds) news({ isOpen, untilMs: breaker.openUntil, failures: breaker.failures })
  }
  /** What fails may be this account's rights or this function's: it says nothing about payments. What succeeds does. */
  const read = async <T>(work: () => Promise<T>, isAnswer: (result: T) => boolean, signal: AbortSignal): Promise<T> => {
    const why = closed('read')
    if (why !== null) throw new Fault('BANK_CLOSED', `${gateway.name}: ${WORDS[why]}`)
    const done = await turns.take(signal)
    try {
      const result = await work()
      if (isAnswer(result)) learn(false)
      else hear(true)
      return result
    } catch (error) {
      hear(true)
      throw error
    } finally {
      done()
    }
  }
  const always = (): boolean => true
  const receipt = gateway.receipt?.bind(gateway)
  const doctor = gateway.doctor?.bind(gateway)
  return {
    closed,
    health() {
      const now = clock.now()
      const { maintenance, sendHours, callsPerMinute } = settings
      const { failures, rounds, openUntil } = breaker
      const { inFlight, waiting, lastMinute } = turns.count()
      const why = closed('send')
      const pause = pauseOf(gateway.name)
      return {
        closed: why,
        opensAt: why === null || pause !== null ? null : nextOpening(maintenance, sendHours, Math.max(now, openUntil)),
        pause,
        breaker: { state: rounds === 0 ? 'closed' : now < openUntil ? 'open' : 'trying', failures, openUntil },
        inFlight,
        waiting,
        callsLastMinute: lastMinute,
        callsPerMinute,
        isMaintenance: isWithin(maintenance, now),
        isSendHours: sendHours.length === 0 || isWithin(sendHours, now),
        lastAnswerAt,
        lastFaultAt,
        clockDifferenceMs,
      }
    },
    gateway: {
      name: gateway.name,
      traits: gateway.traits,
      async send(batch, signal) {
        const why = closed('send')
        if (why !== null) return batch.map(() => unsent('BANK_CLOSED', WORDS[why]))
        const done = await turns.take(signal).catch(() => null)
        if (done === null)
          return batch.map(() => unsent('BANK_BUSY', '等待通道超时，未发送 (no turn came in time; nothing left)'))
        try {
          const outcomes = await gateway.send(batch, signal)
          learn(
            outcomes.length > 0 &&
              outcomes.every(
                outcome => outcome.kind === 'unsent' || (outcome.kind === 'uncertain' && outcome.isLineUp !== true),
              ),
          )
          return outcomes
        } catch (error) {
          learn(true)
          throw error
        } finally {
          done()
        }
      },
      inquire: (batch, signal) =>
        read(
          () => gateway.inquire(batch, signal),
          outcomes => outcomes.some(outcome => outcome.kind !== 'unavailable' || outcome.isLineUp === true),
          signal,
        ),
      async balance(account, signal) {
        const askedAt = clock.now()
        const balance = await read(() => gateway.balance(account, signal), always, signal)
        clockDifferenceMs = clockDifference(balance.asOf, (askedAt + clock.now()) / 2) ?? clockDifferenceMs
        return balance
      },
      statement: (account, range, after, signal) =>
        read(() => gateway.statement(account, range, after, signal), always, signal),
      ...(receipt
        ? { receipt: (account, line, signal) => read(() => receipt(account, line, signal), always, signal) }
        : {}),
      ...(doctor ? { doctor } : {}),
    },
  }
}

const WORDS: Readonly<Record<Closed, string>> = {
  paused: '银行已由人工暂停 (a person has paused the bank)',
  maintenance: '银行维护时段，暂不调用 (maintenance window)',
  'send-hours': '不在付款时段，稍后发送 (outside the hours for payments)',
  breaker: '银行连续无应答，暂停调用 (the bank did not answer repeatedly; left alone for a while)',
}

function unsent(code: string, reason: string): SendOutcome {
  return { kind: 'unsent', code, reason }
}
