// Between the steps and a bank's gateway: no call outside the bank's hours or while it is known to be down, no more calls at
// once or a minute than the site allows. It never changes an answer; what it holds back has provably not left.

import { afterCall, CLOSED, type Breaker, type BreakerSettings } from './core/breaker'
import { isWithin, type Window } from './core/bank-hours'
import { Fault, type BankGateway, type Clock, type SendOutcome } from './ports'

export type GuardSettings = {
  readonly breaker: BreakerSettings
  readonly maintenance: readonly Window[]
  /** Empty: payments may be sent at any hour. */
  readonly sendHours: readonly Window[]
  readonly concurrentCalls: number
  /** Null: as many as come. */
  readonly callsPerMinute: number | null
}

/** Why a bank is not called now. The words of metrics, status and logs. */
export type Closed = 'maintenance' | 'send-hours' | 'breaker'

export type Health = { readonly closed: Closed | null; readonly openUntil: number; readonly failures: number }

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

export function guarded(gateway: BankGateway, settings: GuardSettings, clock: Clock, news: BreakerNews): Guard {
  let breaker: Breaker = CLOSED
  const turns = createTurns(settings, clock)
  const closed = (call: 'send' | 'read'): Closed | null => {
    const now = clock.now()
    if (isWithin(settings.maintenance, now)) return 'maintenance'
    // Questions are always allowed: it is they that tell what became of payments, and that the bank is back.
    if (call === 'read') return null
    if (settings.sendHours.length > 0 && !isWithin(settings.sendHours, now)) return 'send-hours'
    return now < breaker.openUntil ? 'breaker' : null
  }
  const learn = (isFailure: boolean): void => {
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
      return result
    } finally {
      done()
    }
  }
  const always = (): boolean => true
  const receipt = gateway.receipt?.bind(gateway)
  const doctor = gateway.doctor?.bind(gateway)
  return {
    closed,
    health: () => ({ closed: closed('send'), openUntil: breaker.openUntil, failures: breaker.failures }),
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
            outcomes.length > 0 && outcomes.every(outcome => outcome.kind === 'unsent' || outcome.kind === 'uncertain'),
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
          outcomes => outcomes.some(outcome => outcome.kind !== 'unavailable'),
          signal,
        ),
      balance: (account, signal) => read(() => gateway.balance(account, signal), always, signal),
      statement: (account, range, after, signal) =>
        read(() => gateway.statement(account, range, after, signal), always, signal),
      ...(receipt
        ? { receipt: (account, line, signal) => read(() => receipt(account, line, signal), always, signal) }
        : {}),
      // It asks nothing of the bank, so that there is nothing to hold back.
      ...(doctor ? { doctor } : {}),
    },
  }
}

const WORDS: Readonly<Record<Closed, string>> = {
  maintenance: '银行维护时段，暂不调用 (maintenance window)',
  'send-hours': '不在付款时段，稍后发送 (outside the hours for payments)',
  breaker: '银行连续无应答，暂停调用 (the bank did not answer repeatedly; left alone for a while)',
}

function unsent(code: string, reason: string): SendOutcome {
  return { kind: 'unsent', code, reason }
}

type Turns = { take(signal: AbortSignal): Promise<() => void> }

/** Turns in the order of asking: at most so many at once, and so far apart. */
function createTurns(settings: GuardSettings, clock: Clock): Turns {
  const apartMs = settings.callsPerMinute === null ? 0 : Math.ceil(60_000 / settings.callsPerMinute)
  const waiting: (() => void)[] = []
  let running = 0
  let nextAt = 0
  const release = (): void => {
    running--
    waiting.shift()?.()
  }
  return {
    async take(signal) {
      while (running >= settings.concurrentCalls) {
        await new Promise<void>(resolve => {
          const go = (): void => {
            signal.removeEventListener('abort', go)
            resolve()
          }
          waiting.push(go)
          signal.addEventListener('abort', go, { once: true })
        })
        if (signal.aborted) throw new Fault('BANK_BUSY', '等待通道超时 (no turn came in time)')
      }
      running++
      const startAt = Math.max(clock.now(), nextAt)
      nextAt = startAt + apartMs
      if (startAt > clock.now()) await clock.sleep(startAt - clock.now(), signal)
      if (signal.aborted) {
        release()
        throw new Fault('BANK_BUSY', '等待通道超时 (no turn came in time)')
      }
      return release
    },
  }
}
