// What every transaction code of the simulated Ping An has at hand, and how it words its answers.

import { formatAmount } from '../../../connector/core/money'
import { gbkBytesOf } from '../engine/charset'
import type { Payment } from '../engine/book'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import type { PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import type { Answer, Message } from './message'
import type { PabProtocol } from './settings'

export type Pab = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: PabProtocol
  readonly inquiries: Inquiries
}

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function ok({ protocol }: Pab, inner: string): Answer {
  return { code: protocol.codes.ok, text: '交易受理成功', inner }
}

/** An error has no body. */
export function refused({ context, protocol }: Pab, code: keyof PabProtocol['codes'], text: string): Answer {
  context.log(`pab refuses: ${text}`)
  return { code: protocol.codes[code], text, inner: null }
}

export function reasonText(reason: Reason, detail: string): string {
  return detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`
}

/** Bytes of a value in the packet's encoding. */
export function bytesOf({ head }: Message, text: string): number {
  return head.encoding === '02' ? Buffer.byteLength(text, 'utf8') : gbkBytesOf(text)
}

/** C14: the front-end's own number of a payment. */
export function frontLogNoOf({ payment }: Shown): string {
  return `58${String(payment.record.no).padStart(12, '0')}`
}

/** C10: the host's number of a booking, which the statement row carries as HostTrace. */
export function hostFlowNoOf({ context }: Pab, payment: Payment): string {
  if (payment.timesBooked === 0) return ''
  const posting = context.book.postings.find(({ payment: id, type }) => id === payment.record.id && type === 'payment')
  return posting ? hostTraceOf(posting.id) : ''
}

export function hostTraceOf(postingId: number): string {
  return `H${String(postingId).padStart(9, '0')}`
}
