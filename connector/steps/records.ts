// What the ERP is told about a payment, built from what was just decided. One record a change, keyed by its seq (I6).

import { STATE_WORDS } from '../core/lifecycle'
import type { PaymentRequest, PaymentStatusRecord, RequestKey, RowStatus } from '../ports'

export type StatusFacts = {
  readonly erp: string
  readonly request: PaymentRequest
  readonly revision: number
  readonly seq: number
  readonly status: RowStatus
  readonly text: string
  readonly cause: string
  readonly errorCode: string
  readonly bankReference: string
  readonly bankSerial: string
  readonly settledAt: number | null
  readonly receiptNo: string
  readonly at: number
}

export function statusRecord(facts: StatusFacts): PaymentStatusRecord {
  const { erp: _erp, text, ...rest } = facts
  const words = STATE_WORDS[facts.status].zh
  return {
    ...rest,
    kind: 'payment.status',
    key: `${documentKey(facts.request.key)}|${facts.revision}|${facts.seq}`,
    statusText: text === '' ? words : `${words}：${text}`,
  }
}

/** The document without its revision, as one text. */
export function documentKey(key: RequestKey): string {
  return [key.sourceSystem, key.accountSet, key.docType, key.docNo, String(key.docLine)]
    .map(encodeURIComponent)
    .join('/')
}
