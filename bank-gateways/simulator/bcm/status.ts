// 310204: what became of a payment (query_flag 1) or of a batch (3), by the enterprise's number (banks/bcm §4). The e-bank's own
// serials (2, 4) are not simulated.

import type { Payment } from '../engine/book'
import type { Call, Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { REASON_TEXT } from '../engine/reasons'
import { leaves, textOf } from '../engine/xml'
import type { Message, Returned } from './message'
import { ok, refused, yuan, type Bcm } from './operation'

export function planStatusQuery(bcm: Bcm, message: Message): Pick<Call, 'payees' | 'pays'> {
  return { payees: asked(bcm, message).map(payment => payment.record.payee.account), pays: null }
}

function asked({ context }: Bcm, { head, body }: Message): readonly Payment[] {
  const { book, bank } = context
  const number = textOf(body, 'ogl_serial_no')
  const known =
    textOf(body, 'query_flag') === '3' ? book.batch(bank, head.corpNo, number) : book.withKey(bank, head.corpNo, number)
  const isBatch = textOf(body, 'query_flag') === '3'
  return known.filter(({ record }) => (record.code === '330002') === isBatch)
}

export function queryStatus(bcm: Bcm, message: Message, disturbance: Disturbance): Returned {
  const get = (name: string): string => textOf(message.body, name)
  if (!['1', '3'].includes(get('query_flag'))) return refused(bcm, 'invalid-field', 'query_flag')
  if (!/^[0-9A-Za-z]{1,20}$/.test(get('ogl_serial_no'))) return refused(bcm, 'invalid-field', 'ogl_serial_no')
  const kinds = new Set(disturbance.kinds)
  // What is left out of the answer is its body (see message.ts).
  kinds.delete('missing-line')
  const shown = bcm.inquiries.found(asked(bcm, message), { ...disturbance, kinds })
  const [first] = shown
  if (!first) return ok(bcm, leaves({ ogl_serial_no: get('ogl_serial_no'), stat: '4', err_msg: '记录不存在' }))
  const { record } = first.payment
  const isBatch = get('query_flag') === '3'
  return ok(
    bcm,
    leaves({
      ogl_serial_no: get('ogl_serial_no'),
      stat: isBatch ? statOfBatch(bcm, shown) : statOf(bcm, first),
      err_msg: first.reason === null ? '' : REASON_TEXT[first.reason],
      pay_acno: record.payer.account,
      pay_bank_no: record.payer.cnaps,
      rcv_acno: isBatch ? '' : first.payeeAccount,
      rcv_bank_no: isBatch ? '' : record.payee.cnaps,
      amt: yuan(shown.reduce((sum, { amount }) => sum + amount, 0n)),
      cert_no: get('ogl_serial_no'),
    }),
  )
}

function statOf({ protocol }: Bcm, { state }: Shown): string {
  if (state === 'unlisted') return protocol.stats.unlisted
  if (state === 'returned') return protocol.stats.returned
  if (state === 'success') return '1'
  return state === 'failed' || state === 'rejected' ? '2' : '0'
}

function statOfBatch(bcm: Bcm, shown: readonly Shown[]): string {
  const stats = new Set(shown.map(one => statOf(bcm, one)))
  const [only] = stats
  if (stats.size === 1 && only !== undefined) return only
  return stats.has('0') ? '0' : bcm.protocol.stats.mixed
}
