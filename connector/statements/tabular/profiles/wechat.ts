// WeChat Pay (微信支付): personal bills, where 收/支 is a stroke for what is neither.

import type { Profile } from '../profile'

export const WECHAT: Profile = {
  code: 'WECHAT',
  names: ['微信支付'],
  signatures: [['支付方式', '当前状态', '交易单号', '商户单号']],
  columns: {
    date: ['交易时间'],
    text: ['商品', '备注'],
    type: ['交易类型'],
    bankReference: ['交易单号'],
    reference: ['商户单号'],
  },
  currency: 'CNY',
  kind: 'wallet',
}
