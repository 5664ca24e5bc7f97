// PSBC (邮储银行): corporate details with 支出金额, 收入金额.

import type { Profile } from '../profile'

export const PSBC: Profile = {
  code: 'PSBC',
  names: ['中国邮政储蓄银行', '邮政储蓄银行', '邮储银行'],
  signatures: [],
  columns: { text: ['摘要', '用途', '附言', '备注'] },
  currency: null,
  kind: 'account',
}
