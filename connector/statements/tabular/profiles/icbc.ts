// ICBC (工商银行): personal details (记账金额 beside 交易金额 in another currency) and corporate details (借方发生额, 贷方发生额).

import type { Profile } from '../profile'

export const ICBC: Profile = {
  code: 'ICBC',
  names: ['中国工商银行', '工商银行', '明细查询文件下载'],
  signatures: [
    ['交易场所', '交易国家或地区简称'],
    ['本方账号', '借/贷', '对方单位名称', '个性化信息'],
    ['本方账号', '借/贷', '对方单位名称', '回单个性化信息'],
    ['凭证种类', '凭证号', '对方户名', '交易类型', '日期'],
  ],
  columns: { counterBank: ['对方行名'], text: ['摘要', '用途', '交易详情', '交易场所', '附言', '备注', '个性化信息'] },
  currency: null,
  kind: 'account',
}
