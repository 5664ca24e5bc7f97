// CCB (建设银行): corporate details with sides in brackets, 借方发生额/元(支取), or in a second heading row; personal details.

import type { Profile } from '../profile'

export const CCB: Profile = {
  code: 'CCB',
  names: ['中国建设银行', '建设银行'],
  signatures: [
    ['账户明细编号-交易流水号'],
    ['钞汇标识', '企业流水号'],
    ['交易地点/附言', '对方账号与户名'],
    ['记账日', '支出', '收入', '账户余额', '交易地点'],
  ],
  columns: {
    account: ['本方账号'],
    bankReference: ['账户明细编号-交易流水号', '交易流水号'],
    reference: ['企业流水号', '凭证号'],
    type: ['凭证种类', '凭证类型'],
    text: ['摘要', '备注', '交易地点/附言', '用途'],
  },
  currency: null,
  kind: 'account',
  signsAmounts: true,
}
