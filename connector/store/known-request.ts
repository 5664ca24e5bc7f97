// What the store knows of a document that was asked before, as the steps see it.

import type { RequestKey, RowStatus } from '../ports'
import type { Payment } from './store'

/** The newest asking of a document: what was asked, and what became of it. */
export type KnownRequest = {
  readonly key: RequestKey
  readonly revision: number
  readonly digest: string
  readonly approval: string
  readonly status: RowStatus
  readonly payment: Payment | null
  /** Every asking of the document and what became of it, oldest revision first. */
  readonly askings: readonly Asking[]
}

export type Asking = {
  readonly revision: number
  readonly digest: string
  readonly approval: string
  readonly status: RowStatus
  readonly paymentId: string | null
}
