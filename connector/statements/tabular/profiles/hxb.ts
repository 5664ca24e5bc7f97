// HXB (华夏银行): corporate details with 支出金额, 收入金额.

import type { Profile } from '../profile'

export const HXB: Profile = {
  code: 'HXB',
  names: ['华夏银行'],
  signatures: [
    ['核心流水号', '明细标注'],
    ['核心流水号', '交易描述'],
  ],
  columns: { bankReference: ['核心流水号'], text: ['摘要', '交易描述', '用途', '附言', '备注'] },
  currency: null,
  kind: 'account',
}
