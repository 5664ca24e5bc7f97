// What every operation of the simulated BCM has at hand, and how it words an answer.

import { formatAmount } from '../../../connector/core/money'
import type { Account } from '../engine/book'
import type { BankContext, Inquiries } from '../engine/exchange'
import { isUsableBy, type PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import { leaves } from '../engine/xml'
import type { Message, Returned } from './message'
import type { BcmProtocol } from './settings'

export type Bcm = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: BcmProtocol
  readonly inquiries: Inquiries
}

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function ok({ protocol }: Bcm, body: string): Returned {
  return { ans: '0', code: protocol.codes.ok, text: '交易成功', body }
}

export function refused({ context, protocol }: Bcm, code: keyof BcmProtocol['codes'], text: string): Returned {
  context.log(`bcm refuses: ${text}`)
  return { ans: protocol.ansCodeOfRefusal, code: protocol.codes[code], text, body: '' }
}

export function refusedFor(bcm: Bcm, reason: Reason, detail: string): Returned {
  return refused(bcm, reason, detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`)
}

/** An account that the asking enterprise may use, or null. */
export function ownAccount({ context }: Bcm, { head }: Message, number: string): Account | null {
  const account = context.book.account(context.bank, number)
  return account && isUsableBy(account, head.corpNo) ? account : null
}

/** Titles, then values, all joined by bars (banks/bcm §5); a bar inside a value is let through. */
export function table({ protocol }: Bcm, titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const isFile = protocol.fileAboveRows !== null && rows.length > protocol.fileAboveRows
  const record = [titles, ...rows].flat().join('|') + (protocol.trailingBar ? '|' : '')
  return leaves({
    serial_record: isFile ? '' : record,
    field_num: String(titles.length),
    record_num: String(rows.length),
    file_flag: isFile ? '1' : '0',
    filename: isFile ? 'detail.txt' : '',
  })
}
