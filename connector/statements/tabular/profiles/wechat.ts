// WeChat Pay (微信支付): personal bills, where 收/支 is a stroke for what is neither; the merchant's funds bill (资金账单),
// which is a ledger with balances; the merchant's trade bill (交易账单), where an order comes in whole and a refund goes
// out, before fees.

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

export const WECHAT_FUNDS: Profile = {
  code: 'WECHAT',
  names: ['微信支付'],
  signatures: [['微信支付业务单号', '资金流水单号']],
  columns: {
    direction: ['收支类型'],
    amount: ['收支金额'],
    balance: ['账户结余'],
    type: ['业务类型'],
    text: ['业务名称', '备注'],
    bankReference: ['资金流水单号', '微信支付业务单号'],
    reference: ['业务凭证号'],
  },
  currency: 'CNY',
  kind: 'account',
}

export const WECHAT_TRADES: Profile = {
  code: 'WECHAT',
  names: ['微信支付'],
  signatures: [['商户号', '微信订单号', '商户订单号', '交易状态']],
  columns: {
    account: ['商户号'],
    in: ['应结订单金额', '总金额'],
    out: ['退款金额'],
    type: ['交易状态'],
    text: ['商品名称', '商户数据包'],
    bankReference: ['微信退款单号', '微信订单号'],
    reference: ['商户订单号'],
  },
  currency: 'CNY',
  kind: 'account',
}
