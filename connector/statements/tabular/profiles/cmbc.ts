// CMBC (民生银行): corporate details; what the customer wrote is 客户附言.

import type { Profile } from '../profile'

export const CMBC: Profile = {
  code: 'CMBC',
  names: ['中国民生银行', '民生银行'],
  signatures: [['客户附言', '对方账号名称']],
  columns: { text: ['客户附言', '摘要', '用途', '备注'] },
  currency: null,
  kind: 'account',
}
