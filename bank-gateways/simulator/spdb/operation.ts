// What every function of the simulated SPDB has at hand, and how it words a result.

import { formatAmount } from '../../../connector/core/money'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { XmlElement } from '../engine/xml'
import type { Answer, Packet } from './message'
import type { SpdbProtocol } from './settings'

export type Spdb = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: SpdbProtocol
  readonly inquiries: Inquiries
}

export type Request = { readonly packet: Packet; readonly body: XmlElement }
export type Perform = (spdb: Spdb, request: Request, disturbance: Disturbance) => Answer

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function refused({ context, protocol }: Spdb, code: keyof SpdbProtocol['codes'], text: string): Answer {
  context.log(`spdb refuses: ${code} ${text}`)
  return { code: protocol.codes[code], text }
}

/** banks/spdb §4. A return (人行退票) shows as 8, as a refusal does. */
export function transStatus({ state }: Shown): string {
  switch (state) {
    case 'success':
      return '4'
    case 'returned':
    case 'failed':
      return '8'
    case 'rejected':
      return '9'
    case 'awaiting':
      return '3'
    case 'scheduled':
      return '0'
    case 'accepted':
    case 'processing':
      return '1'
    case 'unlisted':
      return 'X'
  }
}

/** "note (holds the error text)" (banks/spdb §4). */
export function noteOf({ state, reason, payment }: Shown): string {
  if (state === 'returned') return '人行退票'
  const { detail, postscript } = payment.record
  return state === 'failed' || state === 'rejected'
    ? `${REASON_TEXT[reason ?? 'declined']} ${detail}`.trim()
    : postscript
}

export function acceptNoOf({ payment }: Shown): string {
  return `P${String(payment.record.no).padStart(11, '0')}`
}
