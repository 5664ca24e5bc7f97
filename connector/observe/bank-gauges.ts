// How every bank's connection is, as gauges. What is not known has no value: an alert on an invented one would be wrong.

import { Gauge, type Registry } from 'prom-client'
import type { Health } from '../bank-guard'

export type BankGauges = { set(bank: string, health: Health, now: number): void; reset(): void }

export function createBankGauges(registers: Registry[]): BankGauges {
  const paused = new Gauge({
    name: 'yinqi_bank_paused',
    help: '1 while a person has paused the bank',
    labelNames: ['bank', 'scope'],
    registers,
  })
  const breaker = new Gauge({
    name: 'yinqi_bank_breaker',
    help: '0 in use, 1 the next send decides, 2 left alone',
    labelNames: ['bank'],
    registers,
  })
  const opensIn = new Gauge({
    name: 'yinqi_bank_opens_in_seconds',
    help: 'Seconds until payments may be sent again; absent when they may now or nobody can say',
    labelNames: ['bank'],
    registers,
  })
  const inFlight = new Gauge({
    name: 'yinqi_bank_calls_in_flight',
    help: 'Calls under way',
    labelNames: ['bank'],
    registers,
  })
  const waiting = new Gauge({
    name: 'yinqi_bank_calls_waiting',
    help: 'Calls that wait for a turn',
    labelNames: ['bank'],
    registers,
  })
  const lastMinute = new Gauge({
    name: 'yinqi_bank_calls_last_minute',
    help: 'Calls begun in the last minute',
    labelNames: ['bank'],
    registers,
  })
  const perMinute = new Gauge({
    name: 'yinqi_bank_calls_per_minute_max',
    help: 'Calls a minute that the configuration allows; absent when it sets no limit',
    labelNames: ['bank'],
    registers,
  })
  const answerAge = new Gauge({
    name: 'yinqi_bank_last_answer_seconds',
    help: 'Age of the last answer of the bank; absent before the first',
    labelNames: ['bank'],
    registers,
  })
  const clockDifference = new Gauge({
    name: 'yinqi_bank_clock_difference_seconds',
    help: 'The bank’s clock minus ours; absent where the bank gives no time of day',
    labelNames: ['bank'],
    registers,
  })
  const all = [paused, breaker, opensIn, inFlight, waiting, lastMinute, perMinute, answerAge, clockDifference]
  return {
    reset() {
      for (const gauge of all) gauge.reset()
    },
    set(bank, health, now) {
      if (health.pause !== null) paused.set({ bank, scope: health.pause.scope }, 1)
      breaker.set({ bank }, { closed: 0, trying: 1, open: 2 }[health.breaker.state])
      if (health.opensAt !== null) opensIn.set({ bank }, (health.opensAt - now) / 1000)
      inFlight.set({ bank }, health.inFlight)
      waiting.set({ bank }, health.waiting)
      lastMinute.set({ bank }, health.callsLastMinute)
      if (health.callsPerMinute !== null) perMinute.set({ bank }, health.callsPerMinute)
      if (health.lastAnswerAt !== null) answerAge.set({ bank }, (now - health.lastAnswerAt) / 1000)
      if (health.clockDifferenceMs !== null) clockDifference.set({ bank }, health.clockDifferenceMs / 1000)
    },
  }
}
