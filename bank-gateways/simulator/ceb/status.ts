// b2e004003 of the simulated CEB: what became of a payment, in two flags (banks/ceb §3).

import type { Payment } from '../engine/book'
import type { Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { box, leaf, leaves, textOf } from '../engine/xml'
import { statusElements, type Message } from './message'
import { flagsOf, ok, refused, yuan, type Answer, type Ceb } from './operation'

export function planStatus(ceb: Ceb, message: Message): Pick<Call, 'payees' | 'pays'> {
  const payment = findPayment(ceb, message)
  return { payees: payment ? [payment.record.payee.account] : [], pays: null }
}

function findPayment({ context }: Ceb, { items, cifNo }: Message): Payment | null {
  const [item] = items
  const [payment] = item ? context.book.withKey(context.bank, cifNo, textOf(item, 'ClientBchID')) : []
  return payment && item && payment.record.item === textOf(item, 'ClientPchID') ? payment : null
}

export function queryStatus(ceb: Ceb, message: Message, disturbance: Disturbance): Answer {
  const { protocol } = ceb
  const [item] = message.items
  const names = ['ClientPatchID', 'ClientBchID', 'ClientPchID']
  const missing = names.find(name => !item || textOf(item, name) === '')
  if (!item || missing !== undefined) return refused(ceb, 'invalid-field', missing ?? 'ReqData')
  const payment = findPayment(ceb, message)
  const kinds = new Set(disturbance.kinds)
  const isLeftOut = kinds.delete('missing-line')
  const [shown] = payment ? ceb.inquiries.found([payment], { ...disturbance, kinds }) : []
  if (!shown) {
    const { notFoundFlags } = protocol
    return notFoundFlags === '' ? refused(ceb, 'no-record', '无此交易') : answered(ceb, notFoundFlags, {})
  }
  if (isLeftOut) return statusElements(ok(ceb))
  return answered(
    ceb,
    flagsOf(protocol, shown.state),
    protocol.echoesPayment
      ? {
          ClientBchID: textOf(item, 'ClientBchID'),
          ClientPchID: textOf(item, 'ClientPchID'),
          amount: yuan(shown.amount),
          toAccountNo: shown.payeeAccount,
        }
      : {},
  )
}

function answered(ceb: Ceb, flags: string, echo: Readonly<Record<string, string>>): Answer {
  const [now = '', transfer = ''] = flags.split('/')
  const inside = leaf('NowFlag', now) + leaf('TransferFlag', transfer) + leaves(echo)
  const code = statusElements(ok(ceb))
  return ceb.protocol.rowHoldsCode ? box('RespData', inside, code) : code + box('RespData', inside)
}
