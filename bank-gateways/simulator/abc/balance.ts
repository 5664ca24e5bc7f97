// CQRA06: the balance of one account, as a line of text in Cmp/RespPrvData1, as the element Acc, or both (banks/abc §7).

import { formatAmount } from '../../../connector/core/money'
import { leaves } from '../engine/xml'
import type { Message, Returned } from './message'
import { debitSide, inGroup, ok, ownAccount, refusedFor, type Abc } from './operation'

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function queryBalance(abc: Abc, message: Message): Returned {
  const account = ownAccount(abc, message)
  if (!account) return refusedFor(abc, 'payer-unknown', '')
  const { balanceShape } = abc.protocol
  const [balance, available] = [yuan(account.balance), yuan(abc.context.book.availableOf(account))]
  const debit = ['DbProv', 'DbAccNo', 'DbCur'].map(name => inGroup(message, 'Cmp', name))
  const text = [...debit, account.record.name, balance, available, '1', '0000', ''].join('|')
  const elements = { Bal: balance, AvailBal: available, FrzAmt: yuan(account.frozen), AccSts: '0', AccType: '1' }
  return ok(abc, {
    ...(balanceShape === 'text' ? {} : { Acc: leaves(elements) }),
    Corp: leaves({ DbAccName: account.record.name }),
    Cmp: leaves({ ...debitSide(message), ...(balanceShape === 'elements' ? {} : { RespPrvData1: text }) }),
  })
}
