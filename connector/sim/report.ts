// What many seeds add up to, as numbers and as words.

import { FAULTS, type Fault } from './faults'
import type { SeedResult } from './run'
import type { Moment, Violation } from './world'

export type Totals = {
  readonly runs: number
  readonly payments: number
  readonly sends: number
  readonly crashes: number
  readonly faults: Readonly<Partial<Record<Fault, number>>>
  readonly simulatedMs: number
  readonly worstConvergenceMs: number
  readonly violations: readonly Violation[]
}

/** A broken build breaks most seeds: these are enough to begin with. */
const VIOLATIONS_KEPT = 100

export const NOTHING: Totals = {
  runs: 0,
  payments: 0,
  sends: 0,
  crashes: 0,
  faults: {},
  simulatedMs: 0,
  worstConvergenceMs: 0,
  violations: [],
}

export function totalsOf(result: SeedResult): Totals {
  const { payments, sends, crashes, faults, simulatedMs, violations } = result
  return {
    runs: 1,
    payments,
    sends,
    crashes,
    faults,
    simulatedMs,
    worstConvergenceMs: result.convergenceMs,
    violations,
  }
}

export function added(a: Totals, b: Totals): Totals {
  const faults = Object.fromEntries(
    FAULTS.map(fault => [fault, (a.faults[fault] ?? 0) + (b.faults[fault] ?? 0)]).filter(([, count]) => count !== 0),
  ) as Partial<Record<Fault, number>>
  return {
    runs: a.runs + b.runs,
    payments: a.payments + b.payments,
    sends: a.sends + b.sends,
    crashes: a.crashes + b.crashes,
    faults,
    simulatedMs: a.simulatedMs + b.simulatedMs,
    worstConvergenceMs: Math.max(a.worstConvergenceMs, b.worstConvergenceMs),
    violations: [...a.violations, ...b.violations].toSorted((x, y) => x.seed - y.seed).slice(0, VIOLATIONS_KEPT),
  }
}

/** A history for a person: when, who, what. Times are UTC. */
export function historyOf(trace: readonly Moment[]): string {
  return trace.map(({ at, who, what }) => `${new Date(at).toISOString()}  ${who.padEnd(9)}  ${what}`).join('\n')
}

export function violationsOf(violations: readonly Violation[]): string {
  return violations.map(({ seed, invariant, text }) => `seed ${seed}  ${invariant}  ${text}`).join('\n')
}

export function faultsOf(totals: Totals): number {
  return Object.values(totals.faults).reduce((sum, count) => sum + count, 0)
}

/** Simulated time in years of 365 days, to one decimal, without floating point deciding anything. */
export function yearsOf(ms: number): string {
  return (Math.floor((ms * 10) / (365 * 86_400_000)) / 10).toFixed(1)
}
