// Alipay (支付宝): personal bills (收/支 with 不计收支), the older web export (资金状态), the merchant's ledger
// (收入金额, 支出金额), and the merchant's trade bill (业务明细), where 商家实收 is negative for what was given back, before fees.

import type { Profile } from '../profile'

export const ALIPAY: Profile = {
  code: 'ALIPAY',
  names: ['支付宝'],
  signatures: [
    ['收/付款方式', '交易对方', '商品说明'],
    ['交易号', '交易对方', '资金状态'],
    ['账务流水号', '业务流水号', '商户订单号'],
  ],
  columns: {
    date: ['交易时间', '付款时间', '交易创建时间', '发生时间', '入账时间'],
    text: ['商品说明', '商品名称', '备注'],
    type: ['交易分类', '业务类型', '类型', '交易来源地'],
    bankReference: ['交易订单号', '交易号', '账务流水号'],
    reference: ['商家订单号', '商户订单号', '业务流水号'],
    direction: ['收/支', '资金状态'],
  },
  currency: 'CNY',
  kind: 'wallet',
}

export const ALIPAY_TRADES: Profile = {
  code: 'ALIPAY',
  names: ['支付宝', '支付宝业务明细'],
  signatures: [['支付宝交易号', '商户订单号', '商家实收']],
  columns: {
    date: ['完成时间', '创建时间'],
    amount: ['商家实收'],
    counterAccount: ['对方账户'],
    type: ['业务类型'],
    text: ['商品名称', '备注'],
    bankReference: ['支付宝交易号'],
    reference: ['商户订单号'],
  },
  currency: 'CNY',
  kind: 'account',
  signsAmounts: true,
}
