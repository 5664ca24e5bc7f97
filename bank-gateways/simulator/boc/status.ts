// b2e0007: what became of up to a hundred instructions, by insid or by the bank's obssid (banks/boc §6).

import type { Payment } from '../engine/book'
import { otherSerial, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { box, childrenOf, leaf, textOf, type XmlElement } from '../engine/xml'
import { statusElement, type Message } from './message'
import { itemStatus, obssidOf, okStatus, refused, type Answer, type Boc } from './operation'

const ITEMS_MAX = 100

export function planStatusQuery(boc: Boc, message: Message): Pick<Call, 'payees' | 'pays'> {
  const payments = askedItems(message).map(item => findPayment(boc, message, item))
  return { payees: payments.flatMap(payment => payment?.record.payee.account ?? []), pays: null }
}

function askedItems({ body }: Message): readonly XmlElement[] {
  return childrenOf(body, 'b2e0007-rq')
}

/** With a bank that books a repeated insid again, the insid finds the first; the obssid tells them apart. */
function findPayment({ context }: Boc, { head }: Message, item: XmlElement): Payment | null {
  const [insid, obssid] = [textOf(item, 'insid'), textOf(item, 'obssid')]
  if (insid !== '') return context.book.withKey(context.bank, head.custid, insid)[0] ?? null
  const number = /^\d{10,19}$/.test(obssid) ? BigInt(obssid) - 9_000_000_000n : 0n
  const payment = context.book.payments.get(`${context.bank}-${number}`)
  return payment?.record.customer === head.custid ? payment : null
}

export function queryStatus(boc: Boc, message: Message, disturbance: Disturbance): Answer {
  const items = askedItems(message)
  if (items.length === 0 || items.length > ITEMS_MAX) return refused(boc, 'invalid-field', `1–${ITEMS_MAX} 笔`)
  const rows = items.map(item => statusRow(boc, message, item, disturbance))
  const shown = disturbance.kinds.has('missing-line') ? rows.slice(0, -1) : rows
  return statusElement(okStatus(boc)) + shown.join('')
}

function statusRow(boc: Boc, message: Message, item: XmlElement, disturbance: Disturbance): string {
  const { inquiries, protocol } = boc
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const payment = findPayment(boc, message, item)
  const [shown] = payment ? inquiries.found([payment], { ...disturbance, kinds }) : []
  if (!shown) {
    const status = { rspcod: protocol.codes['no-record'], rspmsg: '零记录' }
    return box(
      'b2e0007-rs',
      statusElement(status),
      leaf('insid', textOf(item, 'insid')),
      leaf('obssid', textOf(item, 'obssid')),
    )
  }
  const insid = shown.payment.record.key
  return box(
    'b2e0007-rs',
    statusElement(itemStatus(protocol, shown)),
    leaf('insid', kinds.has('wrong-serial') ? otherSerial(insid) : insid),
    leaf('obssid', obssidOf(shown)),
    leaf('hostseqno', shown.payment.timesBooked > 0 ? String(shown.payment.record.no).padStart(9, '0') : ''),
  )
}
