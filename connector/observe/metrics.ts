// Prometheus metrics, fed by what happened and read from the store when asked. Labels are the words of the database.

import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Health } from '../bank-guard'
import { stateOf, type Certificate } from '../core/certificates'
import { ageOf } from '../core/coverage'
import type { Clock } from '../ports'
import type { Happening } from '../steps/deps'
import type { Store } from '../store/store'
import { createBankGauges } from './bank-gauges'
import { maskText } from './logger'

export type Metrics = {
  count(happening: Happening): void
  step(step: string, outcome: 'ok' | 'fault', seconds: number): void
  bankCall(bank: string, call: string, outcome: string, seconds: number): void
  /** As they were last read; days are counted when asked. */
  certificates(states: readonly Certificate[]): void
  render(): Promise<string>
}

/** What is known of every bank's connection. */
export type BankStates = ReadonlyMap<string, { health(): Health }>

/** More than a person can look at in a day: beyond it the number says no more. */
const OPEN_MAX = 1000

/** How old an account's newest statement may be. */
export type Targets = readonly { readonly account: string; readonly freshnessMs: number }[]

export function createMetrics(store: Store, banks: BankStates, clock: Clock, targets: Targets = []): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const moves = new Counter({
    name: 'yinqi_payment_moves_total',
    help: 'State changes of payments',
    labelNames: ['bank', 'cause', 'to'],
    registers,
  })
  const refused = new Counter({
    name: 'yinqi_requests_refused_total',
    help: 'Requests answered as invalid',
    labelNames: ['erp', 'code'],
    registers,
  })
  const contradictions = new Counter({
    name: 'yinqi_contradictions_total',
    help: 'Evidence that the lifecycle forbids',
    labelNames: ['code'],
    registers,
  })
  const open = new Gauge({
    name: 'yinqi_contradictions_open',
    help: 'Contradictions that nobody has resolved',
    labelNames: ['code'],
    registers,
  })
  const lines = new Counter({
    name: 'yinqi_statement_lines_total',
    help: 'Bank lines imported',
    labelNames: ['bank'],
    registers,
  })
  const steps = new Histogram({
    name: 'yinqi_step_seconds',
    help: 'Duration of a step',
    labelNames: ['step', 'outcome'],
    registers,
  })
  const calls = new Histogram({
    name: 'yinqi_bank_call_seconds',
    help: 'Duration of a bank call',
    labelNames: ['bank', 'call', 'outcome'],
    registers,
  })
  const fence = new Gauge({
    name: 'yinqi_fence_closed',
    help: '1 while this daemon must not send, by reason',
    labelNames: ['code'],
    registers,
  })
  const states = new Gauge({ name: 'yinqi_payments', help: 'Payments by state', labelNames: ['state'], registers })
  const pending = new Gauge({
    name: 'yinqi_outbox_pending',
    help: 'Records the ERP has not been told yet',
    labelNames: ['erp'],
    registers,
  })
  const refusals = new Gauge({
    name: 'yinqi_outbox_refused',
    help: 'Records the ERP refused',
    labelNames: ['erp'],
    registers,
  })
  const oldest = new Gauge({
    name: 'yinqi_outbox_oldest_seconds',
    help: 'Age of the oldest undelivered record',
    labelNames: ['erp'],
    registers,
  })
  const age = new Gauge({
    name: 'yinqi_statement_age_seconds',
    help: 'Age of the newest statement of an account',
    labelNames: ['account'],
    registers,
  })
  const late = new Gauge({
    name: 'yinqi_statement_late',
    help: '1 where that is older than the account may be',
    labelNames: ['account'],
    registers,
  })
  const gaps = new Gauge({
    name: 'yinqi_statement_gaps',
    help: 'Days whose lines do not fit the balances',
    labelNames: ['account'],
    registers,
  })
  const changed = new Gauge({
    name: 'yinqi_statement_changed',
    help: 'Lines of which the bank says something else than it did',
    labelNames: ['account'],
    registers,
  })
  const closed = new Gauge({
    name: 'yinqi_bank_closed',
    help: 'Banks that are not sent payments now, and why',
    labelNames: ['bank', 'reason'],
    registers,
  })
  const bankHealth = createBankGauges(registers)
  const daysLeft = new Gauge({
    name: 'yinqi_certificate_days_left',
    help: 'Whole days until a certificate ends, negative afterwards',
    labelNames: ['name'],
    registers,
  })
  const unreadable = new Gauge({
    name: 'yinqi_certificate_unreadable',
    help: '1 while a configured certificate cannot be read',
    labelNames: ['name'],
    registers,
  })
  let certificates: readonly Certificate[] = []
  return {
    count(happening) {
      if (happening.kind === 'payment.moved')
        moves.inc({ bank: happening.bank, cause: happening.cause, to: happening.to })
      if (happening.kind === 'request.refused') refused.inc({ erp: happening.erp, code: happening.code })
      if (happening.kind === 'contradiction') contradictions.inc({ code: happening.code })
      if (happening.kind === 'fence.opened') fence.reset()
      if (happening.kind === 'fence.closed') fence.set({ code: happening.code }, 1)
      if (happening.kind === 'lines.imported') lines.inc({ bank: happening.bank }, happening.count)
    },
    step: (step, outcome, seconds) => steps.observe({ step, outcome }, seconds),
    bankCall: (bank, call, outcome, seconds) => calls.observe({ bank, call, outcome }, seconds),
    certificates: states => void (certificates = states),
    async render() {
      // What is no longer there must not stay at its last value: an alert on it would never end.
      const momentary = [
        states,
        open,
        pending,
        refusals,
        oldest,
        closed,
        daysLeft,
        unreadable,
        age,
        late,
        gaps,
        changed,
      ]
      for (const gauge of momentary) gauge.reset()
      bankHealth.reset()
      for (const [state, count] of Object.entries(await store.payments.countByState())) states.set({ state }, count)
      for (const { code } of await store.contradictions.open(OPEN_MAX)) open.inc({ code })
      for (const item of await store.outbox.counts(clock.now())) {
        pending.set({ erp: item.erp }, item.pending)
        refusals.set({ erp: item.erp }, item.refused)
        oldest.set({ erp: item.erp }, item.oldestAt === null ? 0 : (clock.now() - item.oldestAt) / 1000)
      }
      for (const fresh of await store.coverage.freshness()) {
        const target = targets.find(({ account }) => account === fresh.account)
        if (!target) continue
        const { ageMs, isLate } = ageOf(fresh, clock.now(), target.freshnessMs)
        age.set({ account: maskText(fresh.account) }, ageMs / 1000)
        late.set({ account: maskText(fresh.account) }, isLate ? 1 : 0)
      }
      for (const { account } of await store.coverage.gaps(OPEN_MAX)) gaps.inc({ account: maskText(account) })
      for (const { account } of targets) {
        const count = await store.doubts.count(account)
        if (count > 0) changed.set({ account: maskText(account) }, count)
      }
      for (const [bank, guard] of banks) {
        const health = guard.health()
        if (health.closed !== null) closed.set({ bank, reason: health.closed }, 1)
        bankHealth.set(bank, health, clock.now())
      }
      for (const certificate of certificates) {
        const { name, daysLeft: days } = stateOf(certificate, [], clock.now())
        if (days === null) unreadable.set({ name }, 1)
        else daysLeft.set({ name }, days)
      }
      return registry.metrics()
    },
  }
}
