// What every operation of the simulated CCB has at hand, and how it words an answer.

import type { Account } from '../engine/book'
import type { BankContext, Inquiries } from '../engine/exchange'
import { isUsableBy, type PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import type { Message, Returned } from './message'
import type { CcbProtocol } from './settings'

export type Ccb = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: CcbProtocol
  readonly inquiries: Inquiries
}

export function ok({ protocol }: Ccb, info: string): Returned {
  return { code: protocol.codes.ok, text: '', info }
}

export function refused({ context, protocol }: Ccb, code: keyof CcbProtocol['codes'], text: string): Returned {
  context.log(`ccb refuses: ${text}`)
  return { code: protocol.codes[code], text, info: '' }
}

export function refusedFor(ccb: Ccb, reason: Reason, detail: string): Returned {
  return refused(ccb, reason, detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`)
}

/** An account that the asking customer may use, or null. */
export function ownAccount({ context }: Ccb, { head }: Message, number: string): Account | null {
  const account = context.book.account(context.bank, number)
  return account && isUsableBy(account, head.custId) ? account : null
}
