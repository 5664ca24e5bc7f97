// 6W0100: the balance of one account, in 元 (banks/ccb §6).

import { formatAmount } from '../../../connector/core/money'
import { leaves, textOf } from '../engine/xml'
import type { Message, Returned } from './message'
import { ok, ownAccount, refusedFor, type Ccb } from './operation'

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

export function queryBalance(ccb: Ccb, message: Message): Returned {
  const account = ownAccount(ccb, message, textOf(message.info, 'ACC_NO'))
  if (!account) return refusedFor(ccb, 'payer-unknown', '')
  return ok(
    ccb,
    leaves({
      BALANCE: yuan(account.balance),
      BALANCE1: yuan(ccb.context.book.availableOf(account)),
      INTEREST: '0.00',
      INTEREST_RATE: '0.2000',
      ACC_STATUS: account.record.isClosed ? '销户' : '正常',
      RESV_NAME1: '',
      RESV1: '',
      RESV_NAME2: '',
      RESV2: '',
      REM1: '',
      REM2: '',
    }),
  )
}
