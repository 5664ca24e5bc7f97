// What every operation of the simulated CMB CDC has at hand, and how it words an answer.

import { formatAmount } from '../../../connector/core/money'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import type { PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import type { Answer, Fields } from './message'
import type { CmbProtocol } from './settings'

export type Cmb = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: CmbProtocol
  readonly inquiries: Inquiries
  /** When an account was last asked by a function, by `funcode account`. */
  readonly askedAt: Map<string, number>
}

export function ok({ protocol }: Cmb, body: Fields): Answer {
  return { code: protocol.codes.ok, text: '', body }
}

export function refused({ context, protocol }: Cmb, code: keyof CmbProtocol['codes'], text: string): Answer {
  context.log(`cmb refuses: ${text}`)
  return { code: protocol.codes[code], text, body: {} }
}

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

/** reqSts and rtnFlg of a payment (banks/cmb-cdc §7). */
export function flagsOf({ codes, states }: CmbProtocol, state: Shown['state']): { reqSts: string; rtnFlg: string } {
  switch (state) {
    case 'unlisted':
      return { reqSts: codes.unlisted, rtnFlg: '' }
    case 'success':
      return { reqSts: 'FIN', rtnFlg: 'S' }
    case 'failed':
      return { reqSts: 'FIN', rtnFlg: 'F' }
    case 'rejected':
      return { reqSts: 'FIN', rtnFlg: 'R' }
    case 'returned':
      return { reqSts: 'FIN', rtnFlg: 'B' }
    case 'scheduled':
    case 'accepted':
    case 'processing':
    case 'awaiting':
      return { reqSts: states[state], rtnFlg: '' }
  }
}

export function reasonText(reason: Reason | null, detail: string): string {
  if (reason === null) return ''
  return detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`
}

/** 流程实例号, 10 digits. */
export function reqNbrOf(no: number): string {
  return String(1_000_000_000 + no)
}

/** True, and noted, when this account may be asked by this function again. */
export function mayAsk({ context, protocol, askedAt }: Cmb, funcode: string, account: string): boolean {
  const [key, nowMs] = [`${funcode} ${account}`, context.clock.now()]
  const before = askedAt.get(key)
  if (before !== undefined && nowMs - before < protocol.rateLimitMs) return false
  askedAt.set(key, nowMs)
  return true
}
