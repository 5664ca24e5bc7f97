// CEB (光大银行): corporate and personal details by the usual headings.

import type { Profile } from '../profile'

export const CEB: Profile = {
  code: 'CEB',
  names: ['中国光大银行', '光大银行'],
  signatures: [],
  columns: { text: ['摘要', '交易附言', '用途', '备注'] },
  currency: null,
  kind: 'account',
}
