// The store's half of the fence, as the steps see it (I10). Every method is one transaction; nothing here decides.

import type { FenceReason, StoreFacts } from '../core/fence'
import type { HoldDraft, StoredLine } from './store'

/** A bank line under a reference of ours that no payment of this store has. */
export type FenceFinding = {
  readonly id: string
  readonly bank: string
  readonly reference: string
  readonly line: StoredLine
  readonly foundAt: number
}

/** What happened to the fence, for people to read; never changed. */
export type FenceEvent = {
  readonly at: number
  readonly kind: 'bound' | 'closed' | 'confirmed'
  readonly instance: string
  readonly person: string
  readonly evidence: string
  readonly content: string
}

export type FenceConfirmation = {
  readonly instance: string
  readonly token: string
  readonly person: string
  readonly evidence: string
  /** What disagreed, as it was shown to the person: JSON. */
  readonly content: string
  readonly epoch: string
  /** Three digits that new references carry from now on; null leaves them (a host joins a living store). */
  readonly incarnation: string | null
  /** Sends that any half of the binding knows of: the store counts on from there. */
  readonly sends: number
  readonly database: string
  readonly probationUntil: number
  readonly at: number
}

export type FenceClosing = {
  readonly whose: 'store' | 'host'
  readonly reasons: readonly FenceReason[]
  readonly instance: string
  readonly at: number
}

export interface FenceStore {
  facts(): Promise<StoreFacts>
  /** Every three digits that references of this store ever carried. */
  incarnations(): Promise<readonly string[]>
  /** Requests that come before this instant wait for a person; 0 when none. */
  probationUntil(): Promise<number>
  /** This host may send from now on. The database's identity is kept with the first binding. */
  bind(host: { readonly instance: string; readonly token: string }, database: string, at: number): Promise<void>
  seen(instance: string, at: number): Promise<void>
  /**
   * Takes the number of the next send for a bound host of an open store, in one transaction; null when the store is
   * closed or this host is not bound (any more).
   */
  advance(host: { readonly instance: string; readonly token: string }): Promise<number | null>
  /** `store`: for every host, until a person confirms. `host`: this one does not send, which is only written down. */
  close(closing: FenceClosing): Promise<void>
  /** Opens the store, binds the host, and counts on past everything that was seen: one transaction. */
  confirm(confirmation: FenceConfirmation): Promise<void>
  events(limit: number): Promise<readonly FenceEvent[]>
  /** A line is found once. */
  found(line: StoredLine, at: number): Promise<void>
  findings(): Promise<readonly FenceFinding[]>
  resolve(findingId: string, person: string, resolution: string, at: number): Promise<boolean>
  /** A payment waits for a person, besides whatever else it waits for; one open hold of a kind at most. */
  hold(paymentId: string, draft: HoldDraft, at: number): Promise<void>
  /** When the newest history row had been written as the fence closed, or null without any: what came later may be lost. */
  knewUntil(): Promise<number | null>
}
