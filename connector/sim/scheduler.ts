// Who runs next. Every step of every daemon is an actor; it runs alone until its next port call, where it is parked until
// the simulation wakes it, freezes it, or kills it: a killed actor is never woken, as after kill -9.

export type Actor = { readonly daemon: string; readonly step: string }
export type Parked = { readonly actor: Actor; readonly label: string; readonly wake: () => void }

export class Scheduler {
  readonly #parked: Parked[] = []
  readonly #busy = new Set<string>()
  #current: Actor | null = null
  #turnOver: (() => void) | null = null

  /** Runs an actor until it parks or ends. `ended` hears of its end, whenever that is. */
  start(actor: Actor, work: () => Promise<unknown>, ended: (error: unknown) => void): Promise<void> {
    this.#busy.add(nameOf(actor))
    return this.#turn(actor, () => {
      void work().then(
        () => this.#end(actor, ended, null),
        (error: unknown) => this.#end(actor, ended, error ?? new Error('thrown without a reason')),
      )
    })
  }

  /** Parks the actor that is running; resolves when it is woken. */
  park(label: string): Promise<void> {
    const actor = this.#current
    if (!actor) return Promise.resolve()
    return new Promise(wake => {
      this.#parked.push({ actor, label, wake })
      this.#endTurn()
    })
  }

  /** Those whose daemon is not among the frozen ones. */
  parked(frozen: ReadonlySet<string>): readonly Parked[] {
    return frozen.size === 0 ? this.#parked : this.#parked.filter(({ actor }) => !frozen.has(actor.daemon))
  }

  resume(parked: Parked): Promise<void> {
    this.#parked.splice(this.#parked.indexOf(parked), 1)
    return this.#turn(parked.actor, parked.wake)
  }

  isBusy(actor: Actor): boolean {
    return this.#busy.has(nameOf(actor))
  }

  /** The daemon is gone: nothing of it is ever woken again. */
  kill(daemon: string): readonly Parked[] {
    const gone = this.#parked.filter(({ actor }) => actor.daemon === daemon)
    for (const parked of gone) {
      this.#parked.splice(this.#parked.indexOf(parked), 1)
      this.#busy.delete(nameOf(parked.actor))
    }
    return gone
  }

  get current(): Actor | null {
    return this.#current
  }

  #turn(actor: Actor, run: () => void): Promise<void> {
    return new Promise(resolve => {
      this.#current = actor
      this.#turnOver = resolve
      run()
    })
  }

  #end(actor: Actor, ended: (error: unknown) => void, error: unknown): void {
    this.#busy.delete(nameOf(actor))
    ended(error)
    this.#endTurn()
  }

  #endTurn(): void {
    const over = this.#turnOver
    this.#current = null
    this.#turnOver = null
    over?.()
  }
}

function nameOf({ daemon, step }: Actor): string {
  return `${daemon} ${step}`
}
