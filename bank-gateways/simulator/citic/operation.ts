// What every action of the simulated CITIC has at hand, and how it words a status.

import { formatAmount } from '../../../connector/core/money'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import type { PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import { statusElements, type Status } from './message'
import type { CiticProtocol } from './settings'

export type Citic = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: CiticProtocol
  readonly inquiries: Inquiries
}

/** The inside of a `<stream>`. */
export type Answer = string

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function refused({ context, protocol }: Citic, code: keyof CiticProtocol['codes'], statusText: string): Answer {
  context.log(`citic refuses: ${statusText}`)
  return statusElements({ status: protocol.codes[code], statusText })
}

export function ok({ protocol }: Citic): Status {
  return { status: protocol.codes.ok, statusText: '交易处理成功' }
}

export function reasonStatus({ codes }: CiticProtocol, reason: Reason, detail: string): Status {
  return { status: codes[reason], statusText: detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}` }
}

/** The `status` of a payment, at submission and in a row of DLCIDSTT. */
export function paymentStatus({ protocol }: Citic, { state, reason, payment }: Shown): Status {
  if (state === 'unlisted') return { status: protocol.codes.unlisted, statusText: '' }
  if (state === 'failed' || state === 'rejected')
    return reasonStatus(protocol, reason ?? 'declined', payment.record.detail)
  // A returned payment stays a success for the status query: only the statement shows e3rtFlag 0 (banks/citic §5, §6).
  const shown = state === 'returned' ? 'success' : state
  return { status: protocol.states[shown], statusText: state }
}

/** C14, of a payment that has not failed. */
export function tranNoOf(shown: Shown): string {
  return shown.state === 'failed' ? '' : `P${String(shown.payment.record.no).padStart(13, '0')}`
}
