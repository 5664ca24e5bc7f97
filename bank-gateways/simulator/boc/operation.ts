// What every operation of the simulated BOC has at hand, and how it words a status.

import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import type { PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import { statusElement, type Status } from './message'
import type { BocProtocol } from './settings'

export type Boc = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: BocProtocol
  readonly inquiries: Inquiries
}

/** The inside of a `trn-…-rs`. */
export type Answer = string

export function refused({ context, protocol }: Boc, code: keyof BocProtocol['codes'], text: string): Answer {
  context.log(`boc refuses: ${text}`)
  return statusElement({ rspcod: protocol.codes[code], rspmsg: text })
}

export function okStatus({ protocol }: Boc): Status {
  return { rspcod: protocol.codes.ok, rspmsg: 'ok' }
}

/** What the front-end finds itself has a code of its own; what the host says comes wrapped in B999 (banks/boc §3). */
const FRONT_END_REASONS: ReadonlySet<Reason> = new Set(['duplicate', 'too-long', 'invalid-field', 'not-simulated'])

export function reasonStatus({ codes }: BocProtocol, reason: Reason, detail: string): Status {
  const text = detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`
  if (FRONT_END_REASONS.has(reason)) return { rspcod: codes[reason], rspmsg: text }
  return { rspcod: codes.wrapper, rspmsg: `(${codes[reason]})${text}` }
}

/** The status of an item of b2e0007. */
export function itemStatus(protocol: BocProtocol, { state, reason, payment }: Shown): Status {
  if (state === 'unlisted') return { rspcod: protocol.codes.unlisted, rspmsg: '' }
  if (state === 'failed' || state === 'rejected') {
    return reasonStatus(protocol, reason ?? 'declined', payment.record.detail)
  }
  return { rspcod: protocol.states[state], rspmsg: state }
}

/** The bank's own number of an instruction, at most 19 digits. */
export function obssidOf(shown: Shown): string {
  return String(9_000_000_000 + shown.payment.record.no)
}
