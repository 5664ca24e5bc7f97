// One simulated world: its time, its chance, what was seen and what went wrong. The bank, the ERP and the daemons share
// it. Nothing in it reads a real clock.

import type { FenceRecord } from '../ports'
import type { Random } from './prng'
import type { Fault, Swarm } from './faults'
import { Scheduler } from './scheduler'

export type Violation = { readonly seed: number; readonly invariant: string; readonly text: string }
export type Moment = { readonly at: number; readonly who: string; readonly what: string }

/** 2031-03-03 09:00 in Shanghai, a Monday: far from any real day. */
export const START_MS = Date.UTC(2031, 2, 3, 1)

type Timer = { readonly at: number; readonly no: number; readonly owner: string; readonly run: () => void }

export class World {
  readonly seed: number
  readonly random: Random
  readonly scheduler = new Scheduler()
  readonly faults = new Map<Fault, number>()
  readonly violations: Violation[] = []
  readonly trace: Moment[] = []
  readonly #isTraced: boolean
  readonly #timers: Timer[] = []
  #timerNo = 0
  now = START_MS
  /** Counts what happened: two things of one moment have an order all the same. */
  event = 0
  /** What each host keeps of its binding to the store. */
  readonly hosts = new Map<string, FenceRecord>()
  /** The event at which each actor began what it is doing. */
  readonly begun = new Map<string, number>()
  /** Faults are off: the liveness phase. */
  isCalm = false
  swarm: Swarm

  constructor(seed: number, random: Random, swarm: Swarm, isTraced: boolean) {
    this.seed = seed
    this.random = random
    this.swarm = swarm
    this.#isTraced = isTraced
  }

  /** True when this fault happens now; counted when it does. */
  strikes(fault: Fault): boolean {
    if (this.isCalm || !this.random.chance(this.swarm.strength[fault])) return false
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
    this.note('fault', fault)
    return true
  }

  /** As `strikes`, for what is drawn only when trouble of some kind is due: on or off, mostly. */
  strikesHard(fault: Fault): boolean {
    if (this.isCalm || this.swarm.strength[fault] === 0 || !this.random.chance(500)) return false
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
    this.note('fault', fault)
    return true
  }

  /** A line of the history that a person reads in a replay. Costs nothing otherwise. */
  note(who: string, what: string | (() => string)): void {
    if (!this.#isTraced) return
    this.trace.push({ at: this.now, who, what: typeof what === 'string' ? what : what() })
  }

  violate(invariant: string, text: string): void {
    // The first few tell what happened; a broken world repeats itself without end.
    if (this.violations.length < 5) this.violations.push({ seed: this.seed, invariant, text })
    this.note('ORACLE', `${invariant}: ${text}`)
  }

  /**
   * Calls `run` when the time has come, unless what it returns was called before. `owner` names whose timers may be
   * dropped together, e.g. a killed daemon's.
   */
  at(instant: number, owner: string, run: () => void): () => void {
    const timer: Timer = { at: instant, no: this.#timerNo++, owner, run }
    this.#timers.push(timer)
    return () => {
      const index = this.#timers.indexOf(timer)
      if (index >= 0) this.#timers.splice(index, 1)
    }
  }

  dropTimers(owner: string): void {
    const kept = this.#timers.filter(timer => timer.owner !== owner)
    this.#timers.splice(0, this.#timers.length, ...kept)
  }

  hasTimers(owner: string): boolean {
    return this.#timers.some(timer => timer.owner === owner)
  }

  /** Moves time on and runs what falls due, in order. */
  advance(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const due = this.#timers.filter(timer => timer.at <= until).toSorted((a, b) => a.at - b.at || a.no - b.no)[0]
      if (!due) break
      this.#timers.splice(this.#timers.indexOf(due), 1)
      this.now = Math.max(this.now, due.at)
      due.run()
    }
    this.now = until
  }
}
