// BCM (交通银行): corporate details with 借方发生额（支出）, or 发生额 with 借贷标志; personal details in two languages; card bills.

import type { Profile } from '../profile'

export const BCM: Profile = {
  code: 'BCM',
  names: ['交通银行'],
  signatures: [
    ['借方发生额(支出)', '贷方发生额(收入)', '账户余额'],
    ['交易类型', '借贷', '交易金额', '对方账号', '对方户名', '交易地点'],
  ],
  columns: { date: ['交易时间', '交易日期'], text: ['摘要', '附言', '用途', '备注'] },
  currency: null,
  kind: 'account',
}

/** A bill of a credit card: currency and amount in one cell, no sign; the text begins with 消费, 退货 or 信用卡还款. */
export const BCM_CARD: Profile = {
  code: 'BCM',
  names: ['交通银行信用卡'],
  signatures: [['交易币种/金额', '入账币种/金额']],
  columns: { amount: ['入账币种/金额'] },
  currency: null,
  kind: 'card',
}
