// CGB (广发银行): corporate and personal details by the usual headings.

import type { Profile } from '../profile'

export const CGB: Profile = {
  code: 'CGB',
  names: ['广东发展银行', '广发银行'],
  signatures: [],
  columns: { text: ['摘要', '交易说明', '用途', '附言', '备注'] },
  currency: null,
  kind: 'account',
}
