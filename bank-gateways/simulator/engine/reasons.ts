// The words that go with a refusal. The codes are each bank's own; the words are ours where the bank's are not known.

import type { Reason } from './records'

export const REASON_TEXT: Readonly<Record<Reason, string>> = {
  declined: '银行拒绝',
  'payer-unknown': '付款账号不存在或无权操作',
  'payer-name': '账号中文户名不符',
  'payer-is-payee': '收付款账号相同',
  'payee-unknown': '收款账号不存在或已销户',
  'payee-name': '账号中文户名不符',
  insufficient: '余额不足',
  'after-cut-off': '已过当日截止时间',
  duplicate: '重复的指令序号',
  'too-long': '字段超长',
  'invalid-field': '字段不合法',
  'approval-rejected': '指令被拒绝授权',
  'not-simulated': '模拟银行不支持',
}
