// BOC (中国银行): corporate details name payer and payee, and sign 交易金额 (往账 negative); headings are in two languages.

import type { Profile } from '../profile'

export const BOC: Profile = {
  code: 'BOC',
  names: ['中国银行'],
  signatures: [
    ['交易后余额', '付款人账号', '收款人账号'],
    ['交易后余额', '记录标识号'],
    ['记账时间', '币别', '交易名称', '对方账户名'],
  ],
  columns: {
    text: ['摘要', '用途', '交易附言', '附言', '备注'],
    bankReference: ['交易流水号'],
    reference: ['客户业务编号', '客户申请号', '凭证号码'],
    counterAccount: ['对方卡号/账号'],
  },
  currency: null,
  kind: 'account',
  signsAmounts: true,
}
