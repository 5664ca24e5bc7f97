// What an asking of the ERP is: new, a repeat of what we know, or a change of what is already on its way.

import type { PaymentRequest, RowStatus } from '../ports'
import { isPayableAgain } from './lifecycle'

export type Known = {
  readonly revision: number
  readonly digest: string
  readonly approval: string
  readonly status: RowStatus
  /** Every asking of the document, this one too. */
  readonly askings: readonly {
    readonly revision: number
    readonly digest: string
    readonly approval: string
    readonly status: RowStatus
  }[]
}

export type IntakeDecision =
  | { readonly kind: 'take'; readonly revision: number }
  /** Known already, word for word: nothing new is asked. */
  | { readonly kind: 'repeat'; readonly revision: number }
  /** The document says something else than what was taken, and what was taken may be on its way. */
  | { readonly kind: 'changed'; readonly revision: number }
  /** A revision that may not be paid (yet): answered as invalid under its own number. */
  | {
      readonly kind: 'refuse'
      readonly revision: number
      readonly code: string
      readonly zh: string
      readonly en: string
    }

export function decideIntake(request: PaymentRequest, known: Known | null): IntakeDecision {
  const asked = request.key.revision
  if (known === null) return { kind: 'take', revision: asked ?? 1 }
  if (asked === null) return decideUnnumbered(request, known)
  const same = known.askings.find(asking => asking.revision === asked)
  if (same) return { kind: saysTheSame(request, same) ? 'repeat' : 'changed', revision: asked }
  if (asked < known.revision) {
    return refuse(
      asked,
      'REVISION_OLD',
      `该单据已有更新的修订 ${known.revision}`,
      `the document has a later revision ${known.revision}`,
    )
  }
  const blocking = blockingRevision(known)
  if (blocking === null) return { kind: 'take', revision: asked }
  return refuse(
    asked,
    'REVISION_TOO_EARLY',
    `修订 ${blocking} 尚未以失败、退票或取消结束，不能再次付款`,
    `revision ${blocking} has not ended unpaid; it cannot be asked again`,
  )
}

/** U8 does not number its askings: a new approval or new content after an unpaid end is the next revision. */
function decideUnnumbered(request: PaymentRequest, known: Known): IntakeDecision {
  // Also an old one, shown to a daemon that stood still meanwhile: it was answered then and is not asked anew.
  const same = known.askings.find(asking => saysTheSame(request, asking) && asking.approval === request.approval)
  if (same) return { kind: 'repeat', revision: same.revision }
  if (blockingRevision(known) === null) return { kind: 'take', revision: known.revision + 1 }
  const isSame = saysTheSame(request, known)
  return { kind: isSame ? 'repeat' : 'changed', revision: known.revision }
}

/** A revision that is paid or may be: none may be paid beside it, however many were refused or withdrawn since (I1). */
function blockingRevision({ askings }: Known): number | null {
  return askings.find(asking => !isPayableAgain(asking.status))?.revision ?? null
}

/** A document that was taken back from what the ERP shows of it (I10) has no digest to compare: it counts as the same. */
function saysTheSame(request: PaymentRequest, known: { readonly digest: string }): boolean {
  return known.digest === '' || request.digest === known.digest
}

function refuse(revision: number, code: string, zh: string, en: string): IntakeDecision {
  return { kind: 'refuse', revision, code, zh, en }
}
