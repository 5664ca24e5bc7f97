// What every operation of the simulated front-end has at hand, and how it words an answer.

import { formatAmount } from '../../../connector/core/money'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import type { PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import type { Answer } from './message'
import type { CmbFrontendProtocol } from './settings'

export type FrontEnd = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: CmbFrontendProtocol
  readonly inquiries: Inquiries
}

export function ok(...blocks: readonly string[]): Answer {
  return { retcod: '0', errmsg: '', blocks: blocks.join('') }
}

/** RETCOD of banks/cmb-frontend §2: -2 执行失败, -3 数据格式错误, -9 其它错误. */
export function failed({ context }: FrontEnd, retcod: '-2' | '-3' | '-4' | '-5' | '-9', text: string): Answer {
  context.log(`cmb-frontend refuses: ${retcod} ${text}`)
  return { retcod, errmsg: text, blocks: '' }
}

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

/** REQSTS and RTNFLG of a payment (banks/cmb-frontend §5). */
export function flagsOf(
  { codes, states }: CmbFrontendProtocol,
  state: Shown['state'],
): { REQSTS: string; RTNFLG: string } {
  const final: Readonly<Record<string, string>> = { success: 'S', failed: 'F', rejected: 'R', returned: 'B' }
  if (state === 'unlisted') return { REQSTS: codes.unlisted, RTNFLG: '' }
  const flag = final[state]
  if (flag !== undefined) return { REQSTS: 'FIN', RTNFLG: flag }
  const waiting = state === 'scheduled' || state === 'accepted' || state === 'processing' || state === 'awaiting'
  return { REQSTS: waiting ? states[state] : codes.unlisted, RTNFLG: '' }
}

export function reasonText(reason: Reason | null, detail: string): string {
  if (reason === null) return ''
  return detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`
}

/** 流程实例号, 10 digits. */
export function reqnbrOf(no: number): string {
  return String(2_000_000_000 + no)
}
