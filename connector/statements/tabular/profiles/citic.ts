// CITIC (中信银行): corporate details.

import type { Profile } from '../profile'

export const CITIC: Profile = {
  code: 'CITIC',
  names: ['中信银行'],
  signatures: [['对方账号开户网点名称', '柜员交易号']],
  columns: {
    account: ['交易账号'],
    bankReference: ['柜员交易号'],
    reference: ['发起方流水号', '对账编号', '凭证号码'],
    text: ['摘要', '附言', '用途', '备注'],
  },
  currency: null,
  kind: 'account',
}
