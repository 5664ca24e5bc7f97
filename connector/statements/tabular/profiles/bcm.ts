// BCM (交通银行): corporate details with 借方发生额（支出）, or 发生额 with 借贷标志; personal details in two languages.

import type { Profile } from '../profile'

export const BCM: Profile = {
  code: 'BCM',
  names: ['交通银行'],
  signatures: [['借方发生额(支出)', '贷方发生额(收入)', '账户余额']],
  columns: { date: ['交易时间', '交易日期'], text: ['摘要', '附言', '用途', '备注'] },
  currency: null,
  kind: 'account',
}
