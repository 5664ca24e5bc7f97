// The audit trail and the rotation of keys, as the rest of the connector sees them. Part of the store's interface.

import type { Evidence, Payment } from './store'

/** Something that auditors must be able to find again: who did what to what. `content` is flat text. */
export type AuditEvent = {
  /** history · clearance · confirmation · contradiction · contradiction.resolved · start · … */
  readonly kind: string
  readonly paymentId: string | null
  /** What it is about within its kind, at most 200 characters: the number of a history row, of a contradiction … */
  readonly subject: string
  readonly content: Evidence
}
export type AuditEntry = AuditEvent & { readonly no: number; readonly at: number }

/** The head of the trail, kept outside the database: proof that nothing before it was cut off or written anew. */
export type Anchor = { readonly count: number; readonly link: string; readonly at: number; readonly mac: string }

export type AuditVerdict =
  /** `explained`: payments whose break a named person has looked into (a resolved SEAL_BROKEN). */
  | { readonly kind: 'whole'; readonly entries: number; readonly payments: number; readonly explained: number }
  /** The first break: which row, and what differs. */
  | { readonly kind: 'broken'; readonly row: string; readonly detail: string }

export interface AuditStore {
  /** Entries of their own transaction; whatever moves a payment or names a person is told by the store itself. */
  append(events: readonly AuditEvent[], at: number): Promise<void>
  /** Entries behind number `after` (0: from the first), oldest first. */
  entries(after: number, limit: number): Promise<readonly AuditEntry[]>
  /** Reads the whole trail, and every payment against it. */
  check(anchor: Anchor | null): Promise<AuditVerdict>
  anchor(at: number): Promise<Anchor>
}

/** What `reencrypt` did of one batch; `isDone` when nothing was left. */
export type Reencrypted = { readonly rows: number; readonly isDone: boolean }

/** A payment read afresh, and what is wrong with its seal, its history or its clearances; null: nothing is. */
export type SealCheck = {
  readonly payment: Payment | null
  readonly broken: { readonly row: string; readonly detail: string } | null
}
