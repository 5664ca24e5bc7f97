// b2e0005: book and available balance, frozen amount, in 元 (banks/boc §7).

import { formatAmount } from '../../../connector/core/money'
import { compactDayOf } from '../engine/bank-time'
import { isUsableBy } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import { box, descendantsOf, leaves, textOf, type XmlElement } from '../engine/xml'
import { statusElement, type Message } from './message'
import { okStatus, refused, type Answer, type Boc } from './operation'

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function queryBalances(boc: Boc, message: Message): Answer {
  const asked = descendantsOf(message.body, 'account')
  if (asked.length === 0) return refused(boc, 'invalid-field', 'account')
  return statusElement(okStatus(boc)) + asked.map(account => balanceOf(boc, message, account)).join('')
}

function balanceOf({ context, protocol, desk }: Boc, { head }: Message, asked: XmlElement): string {
  const [ibknum, actacn] = [textOf(asked, 'ibknum'), textOf(asked, 'actacn')]
  const account = context.book.account(context.bank, actacn)
  if (!account || !isUsableBy(account, head.custid)) {
    const rspmsg = `(${protocol.codes['payer-unknown']})${REASON_TEXT['payer-unknown']}`
    const status = statusElement({ rspcod: protocol.codes.wrapper, rspmsg })
    return box('b2e0005-rs', status, box('account', leaves({ ibknum, actacn, curcde: '', actname: '' })))
  }
  const amounts = {
    bokbal: yuan(account.balance),
    avabal: yuan(desk.book.availableOf(account)),
    stpamt: yuan(account.frozen),
    ovramt: yuan(0n),
  }
  return box(
    'b2e0005-rs',
    statusElement({ rspcod: protocol.codes.ok, rspmsg: 'ok' }),
    box('account', leaves({ ibknum, actacn, curcde: '001', actname: account.record.name })),
    box('balance', leaves(amounts)),
    leaves({ baldat: compactDayOf(context.clock.now()) }),
  )
}
