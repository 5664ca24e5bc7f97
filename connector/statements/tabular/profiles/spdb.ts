// SPDB (浦发银行): corporate details with 借方金额, 贷方金额.

import type { Profile } from '../profile'

export const SPDB: Profile = {
  code: 'SPDB',
  names: ['上海浦东发展银行', '浦东发展银行', '浦发银行'],
  signatures: [
    ['传票序号', '记录状态'],
    ['传票序号', '申请日期'],
  ],
  columns: { text: ['摘要', '交易附言', '备注'], reference: ['凭证号', '传票序号'] },
  currency: null,
  kind: 'account',
}
