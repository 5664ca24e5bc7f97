// A history row and back, and what the audit trail says about it.

import { historyDigest } from '../core/seal'
import { decodeEvidence, encode, integer, storable, text, textOrNull, word } from './codec'
import type { Row } from './database'
import type { Keys } from './keys'
import type { Insertable } from './statements'
import type { AuditEvent } from './audit'
import type { HistoryRow } from './store'

export function historyRowOf(keys: Keys, row: Row): HistoryRow {
  const paymentId = text(row, 'payment_id')
  const seq = integer(row, 'seq')
  return {
    paymentId,
    seq,
    at: integer(row, 'at'),
    from: textOrNull(row, 'from_state') === null ? null : word(row, 'from_state'),
    cause: text(row, 'cause'),
    to: word(row, 'to_state'),
    actor: text(row, 'actor'),
    evidence: decodeEvidence(keys.show(placeOf(paymentId, seq), text(row, 'evidence'))),
  }
}

export function rowOfHistory(keys: Keys, row: HistoryRow): Insertable {
  const { paymentId, seq, at, from, cause, to, actor, evidence } = row
  return {
    payment_id: paymentId,
    seq,
    at,
    from_state: from,
    cause,
    to_state: to,
    actor: storable(actor),
    evidence: keys.hide(placeOf(paymentId, seq), encode(evidence)),
  }
}

/** `seal`: the payment's, as it stands after this row. */
export function historyEvent(row: HistoryRow, seal: string): AuditEvent {
  const { paymentId, seq, from, cause, to } = row
  const actor = storable(row.actor)
  const digest = historyDigest({ ...row, actor })
  return {
    kind: 'history',
    paymentId,
    subject: String(seq),
    content: { from: from ?? '', cause, to, actor, digest, seal },
  }
}

function placeOf(paymentId: string, seq: number): { readonly column: string; readonly row: string } {
  return { column: 'yinqi_payment_history.evidence', row: `${paymentId} ${seq}` }
}
