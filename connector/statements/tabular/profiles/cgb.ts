// CGB (广发银行): corporate and personal details by the usual headings; card bills.

import type { Profile } from '../profile'

export const CGB: Profile = {
  code: 'CGB',
  names: ['广东发展银行', '广发银行'],
  signatures: [],
  columns: { text: ['摘要', '交易说明', '用途', '附言', '备注'] },
  currency: null,
  kind: 'account',
}

/** A bill of a credit card: what was spent is positive. */
export const CGB_CARD: Profile = {
  code: 'CGB',
  names: ['广发银行信用卡'],
  signatures: [['交易摘要', '交易货币', '入账金额', '入账货币']],
  columns: { amount: ['入账金额'], currency: ['入账货币'] },
  currency: null,
  kind: 'card',
}
