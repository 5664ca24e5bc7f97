// PAB (平安银行): corporate details with 借方(支出)金额, 贷方(收入)金额.

import type { Profile } from '../profile'

export const PAB: Profile = {
  code: 'PAB',
  names: ['平安银行'],
  signatures: [['借方(支出)金额', '贷方(收入)金额', '明细来源']],
  columns: {
    bankReference: ['银行流水号', '交易流水号'],
    text: ['摘要', '用途', '付款单备注', '备注'],
    out: ['借方(支出)金额'],
    in: ['贷方(收入)金额'],
  },
  currency: null,
  kind: 'account',
}
