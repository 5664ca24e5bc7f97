// What every function of the simulated CIB has at hand, and how it words a result.

import { formatAmount } from '../../../connector/core/money'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import { box, leaf } from '../engine/xml'
import { statusElement, type Answer, type Message, type Status } from './message'
import type { CibProtocol } from './settings'

export type Cib = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: CibProtocol
  readonly inquiries: Inquiries
}

export type Perform = (cib: Cib, message: Message, disturbance: Disturbance) => Answer

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

const SIGNED_ON: Status = { code: '0', text: '' }

/** An answer of the function: its status, then what it has to say. */
export function answer(message: Message, status: Status, inner: string, disturbance: Disturbance): Answer {
  const trnuid = disturbance.kinds.has('wrong-serial') ? otherSerial(message.trnuid) : message.trnuid
  return {
    signOn: SIGNED_ON,
    function: box(`${message.name}RS`, leaf('TRNUID', trnuid), statusElement(status), inner),
  }
}

export function ok({ protocol }: Cib): Status {
  return { code: protocol.codes.ok, text: '' }
}

export function status({ context, protocol }: Cib, code: keyof CibProtocol['codes'], text: string): Status {
  context.log(`cib refuses: ${code} ${text}`)
  return { code: protocol.codes[code], text }
}

const SHANGHAI_MS = 8 * 3_600_000

/** XFERPRCSTS of a payment. After a return it stays a success: only the statement shows the 冲正 (banks/cib §4). */
export function stateElement(cib: Cib, shown: Shown): string {
  const reached = new Date(shown.payment.reachedMs + SHANGHAI_MS).toISOString().slice(0, 19)
  return box(
    'XFERPRCSTS',
    leaf('XFERPRCCODE', stateCode(cib.protocol, shown)),
    leaf('DTXFERPRC', reached),
    leaf('MESSAGE', messageOf(shown)),
  )
}

export function stateCode({ states }: CibProtocol, { state }: Shown): string {
  return states[state === 'returned' ? 'success' : state]
}

export function messageOf({ state, reason, payment }: Shown): string {
  if (state !== 'failed' && state !== 'rejected') return ''
  const { detail } = payment.record
  return `${REASON_TEXT[reason ?? 'declined']}${detail === '' ? '' : ` ${detail}`}`
}

/** The bank's tracking number, of a payment that was worked on. */
export function serialOf({ payment }: Shown): string {
  return `S${String(payment.record.no).padStart(11, '0')}`
}

/** A list whose MORE stands as the setting says. */
export function listWithMore({ protocol }: Cib, name: string, more: 'Y' | 'N', inner: string): string {
  return protocol.moreAs === 'attribute'
    ? `<${name} MORE="${more}">${inner}</${name}>`
    : box(name, leaf('MORE', more), inner)
}
