// What every transaction of the simulated CGB has at hand, and how it words an answer.

import { formatAmount } from '../../../connector/core/money'
import type { Account } from '../engine/book'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import { isUsableBy, type PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import { leaves } from '../engine/xml'
import type { Answer } from './message'
import type { CgbProtocol } from './settings'

export type Cgb = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: CgbProtocol
  readonly inquiries: Inquiries
}

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function ok({ protocol }: Cgb, inner: string): Answer {
  return { code: protocol.codes.ok, text: '受理成功', inner }
}

export function refused({ context, protocol }: Cgb, code: keyof CgbProtocol['codes'], text: string): Answer {
  context.log(`cgb refuses: ${text}`)
  return { code: protocol.codes[code], text, inner: '' }
}

export function reasonAnswer({ protocol }: Cgb, reason: Reason, detail: string): Answer {
  const text = detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`
  return { code: protocol.codes[reason], text, inner: '' }
}

/** hostStatus or bankstatus of a payment. A returned one stays a success: only the statement tells. */
export function stateOf({ protocol }: Cgb, { state }: Shown): string {
  return protocol.states[state === 'returned' ? 'success' : state]
}

/** What an answer repeats of a payment, where it does. */
export function echoOf({ protocol }: Cgb, shown: Shown, amount: string, account: string): string {
  return protocol.echoesPayment ? leaves({ [amount]: yuan(shown.amount), [account]: shown.payeeAccount }) : ''
}

export function accountOf({ context }: Cgb, number: string, customer: string): Account | null {
  const account = context.book.account(context.bank, number)
  return account && isUsableBy(account, customer) ? account : null
}
