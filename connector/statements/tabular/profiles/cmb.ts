// CMB (招商银行): corporate details with 借方金额, 贷方金额 and 收(付)方; personal details with a signed 交易金额; credit card bills.

import type { Profile } from '../profile'

export const CMB: Profile = {
  code: 'CMB',
  names: ['招商银行'],
  signatures: [
    ['联机余额', '交易摘要'],
    ['流程实例号', '业务参考号'],
    ['收(付)方名称', '收(付)方账号', '余额'],
    ['支出', '存入', '交易备注'],
  ],
  columns: {
    bankReference: ['流水号', '交易流水号'],
    reference: ['业务参考号', '流程实例号', '票据号'],
    type: ['交易类型', '业务名称', '业务类型'],
    text: ['摘要', '交易摘要', '业务摘要', '用途', '其它摘要', '扩展摘要', '客户摘要', '交易备注'],
  },
  currency: null,
  kind: 'account',
  signsAmounts: true,
}

/** A bill of a credit card: what was spent is positive, what was paid back negative; days without a year. */
export const CMB_CARD: Profile = {
  code: 'CMB',
  names: ['招商银行信用卡'],
  signatures: [['交易日', '记账日', '人民币金额', '卡号末四位']],
  columns: { amount: ['人民币金额'], text: ['交易摘要'] },
  currency: 'CNY',
  kind: 'card',
}
