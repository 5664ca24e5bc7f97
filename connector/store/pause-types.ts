// Banks that a person has paused, as the steps see them. Every method is one transaction; nothing here decides.

/** `sends`: no payment starts, questions and statements go on. `all`: the bank is not called at all. */
export type PauseScope = 'sends' | 'all'

export type BankPause = {
  readonly bank: string
  readonly scope: PauseScope
  readonly person: string
  readonly reason: string
  readonly at: number
}

export interface PauseStore {
  /** Those that are paused now, by name. */
  list(): Promise<readonly BankPause[]>
  /** In the place of an earlier pause of the bank; told to the audit trail. False where it is paused so already. */
  pause(pause: BankPause): Promise<boolean>
  /** Told to the audit trail. False where it was not paused. */
  resume(resumed: Omit<BankPause, 'scope'>): Promise<boolean>
}
