// What every transaction of the simulated CEB has at hand, and how it words a status.

import { formatAmount } from '../../../connector/core/money'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import type { PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import { statusElements, type Status } from './message'
import type { CebProtocol } from './settings'

export type Ceb = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: CebProtocol
  readonly inquiries: Inquiries
}

/** The inside of TransContent. */
export type Answer = string

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function ok({ protocol }: Ceb): Status {
  return { code: protocol.codes.ok, text: '交易成功' }
}

export function refused({ context, protocol }: Ceb, code: keyof CebProtocol['codes'], text: string): Answer {
  context.log(`ceb refuses: ${text}`)
  return statusElements({ code: protocol.codes[code], text })
}

export function reasonStatus({ codes }: CebProtocol, reason: Reason, detail: string): Status {
  return { code: codes[reason], text: detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}` }
}

/** `NowFlag/TransferFlag` of a payment. A returned one stays a success: only the statement would tell. */
export function flagsOf({ flags }: CebProtocol, state: Shown['state']): string {
  return flags[state === 'returned' ? 'success' : state]
}
