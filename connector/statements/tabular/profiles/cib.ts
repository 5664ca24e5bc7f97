// CIB (兴业银行): corporate details with 借方金额(支出), 贷方金额(收入).

import type { Profile } from '../profile'

export const CIB: Profile = {
  code: 'CIB',
  names: ['兴业银行'],
  signatures: [
    ['唯一流水编号', '凭证代号'],
    ['凭证代号', '现/转', '对方银行'],
  ],
  columns: { bankReference: ['银行流水号', '唯一流水编号'], reference: ['凭证代号'], type: ['现/转'] },
  currency: null,
  kind: 'account',
}
