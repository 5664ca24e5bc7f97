// ABC (农业银行): corporate details (收入金额, 支出金额) and personal details (signed 交易金额, name and number together in 对手信息).

import type { Profile } from '../profile'

export const ABC: Profile = {
  code: 'ABC',
  names: ['中国农业银行', '农业银行'],
  signatures: [
    ['交易时间戳', '本次余额'],
    ['交易摘要', '本次余额', '对手信息'],
    ['交易用途', '本次余额', '交易行'],
    ['交易行名', '对方省市', '收入金额'],
  ],
  columns: {
    bankReference: ['日志号'],
    text: ['交易摘要', '摘要', '交易用途', '交易说明', '交易附言'],
    type: ['交易类别', '交易方式', '交易渠道'],
  },
  currency: null,
  kind: 'account',
  signsAmounts: true,
}
