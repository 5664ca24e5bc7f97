// Every code the gateway knows: the bank's returnCode and transStatus values with their outcome, and our own. A code that is not
// here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

export type SubmitClass = 'ok' | 'refused' | 'notExecuted' | 'uncertain'
export type InquiryClass = 'ok' | 'absent' | 'unavailable'
export type StatusClass = 'paid' | 'refused' | 'taken'

/** What a site may say of a code that the reference does not list. */
export const CODE_OUTCOMES = {
  submit: ['refused', 'notExecuted', 'uncertain'],
  inquiry: ['absent', 'unavailable'],
  list: ['empty'],
} as const

export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Words = { readonly zh: string; readonly en: string }

/** banks/spdb §1, §7. Whether a refusal leaves the payment known to 8804 is not said: all but AAAAAAA are open to the site. */
export const CODES: Readonly<Record<string, Words>> = {
  AAAAAAA: { zh: '成功', en: 'ok' },
  EGG0042: { zh: '主机返回错误（含余额不足 EGG0044）', en: 'refused by the host (wraps EGG0044)' },
  EGG0044: { zh: '余额不足', en: 'insufficient balance' },
  EGG0346: { zh: '户名不符', en: 'name does not match' },
  EGG0050: { zh: '主机错误（含义未公开）', en: 'host error, meaning not public' },
  B2E0005: { zh: '授权设置不匹配', en: 'authorisation settings do not match' },
  EYY9994: { zh: '验签错', en: 'signature not accepted' },
  EYY8995: { zh: '批量文件错', en: 'batch file error' },
}

/** banks/spdb §4, of 8801 and 8804. 8 can follow 4: the money is put back. */
export const STATUSES: Readonly<Record<string, Words & { readonly outcome: StatusClass }>> = {
  '0': { zh: '待补录', en: 'to be completed', outcome: 'taken' },
  '1': { zh: '待记账', en: 'to be booked', outcome: 'taken' },
  '2': { zh: '待复核', en: 'to be checked', outcome: 'taken' },
  '3': { zh: '待授权', en: 'to be authorised in the net bank', outcome: 'taken' },
  '4': { zh: '完成', en: 'completed', outcome: 'paid' },
  '8': { zh: '拒绝', en: 'refused, or returned', outcome: 'refused' },
  '9': { zh: '撤销', en: 'withdrawn', outcome: 'refused' },
}

/** Only success has an outcome that a site cannot change. */
export function isListed(code: string): boolean {
  return code === 'AAAAAAA'
}

export function submitClassOf(code: string, extras: readonly ExtraCode[]): SubmitClass {
  return isListed(code) ? 'ok' : (extraOutcomeOf(CODE_OUTCOMES, code, 'submit', extras) ?? 'uncertain')
}

export function inquiryClassOf(code: string, extras: readonly ExtraCode[]): InquiryClass {
  return isListed(code) ? 'ok' : (extraOutcomeOf(CODE_OUTCOMES, code, 'inquiry', extras) ?? 'unavailable')
}

export function isEmptyList(code: string, extras: readonly ExtraCode[]): boolean {
  return extraOutcomeOf(CODE_OUTCOMES, code, 'list', extras) === 'empty'
}

export function statusOf(status: string): (typeof STATUSES)[string] | null {
  return Object.hasOwn(STATUSES, status) ? (STATUSES[status] ?? null) : null
}

/** Chinese and English meaning of a code with what the bank said, for the trail. */
export function describeCode(code: string, text: string, extras: readonly ExtraCode[]): string {
  const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined
  return describe(known, extras.find(entry => entry.code === code)?.meaning, text)
}

const PROBLEMS = {
  'spdb.unreachable': ['连不上网关，报文未发出', 'gateway unreachable, nothing was sent'],
  'spdb.not_signed': ['签名服务未签名，报文未发出', 'the sign server did not sign, nothing was sent'],
  'spdb.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'spdb.halted': ['前一个报文没有应答，本笔未发出', 'the message before it got no answer, nothing was sent'],
  'spdb.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'spdb.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'spdb.http_status': ['网关返回非 200 状态', 'the gateway answered with an HTTP status other than 200'],
  'spdb.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'spdb.not_verified': ['应答的签名未能验证', "the answer's signature was not verified"],
  'spdb.unexpected': ['意外错误', 'unexpected error'],
  'spdb.wrong_serial': ['应答的报文号或交易码不是所问的', 'the answer carries another packetID or transCode'],
  'spdb.wrong_item': ['应答说的不是这一笔', 'the answer is about another payment'],
  'spdb.missing_item': ['应答中没有这一笔', 'the answer does not hold this item'],
  'spdb.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this item more than once'],
  'spdb.partly': ['批量中有未成功的笔数，逐笔查询', 'some of the package were not taken, each is asked about'],
  'spdb.status': ['交易状态不在表内', 'a status that is in no table'],
  'spdb.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'spdb.reference': ['电子凭证号须为字母数字且不超长', 'the reference must be letters and digits within its length'],
  'spdb.duplicate_reference': ['同一批中电子凭证号重复', 'the reference occurs twice in one batch'],
  'spdb.batch_reference': [
    '同一批的批次号、付款账号须相同且不超过上限',
    'a batch has one reference, one payer and a limit',
  ],
  'spdb.unknown_account': ['未配置该账号', 'this account is not configured'],
  'spdb.currency': ['只支持人民币', 'only CNY can be paid'],
  'spdb.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'spdb.text': ['含 GBK 无法表示的字符或控制字符', 'holds characters that GBK cannot carry, or controls'],
  'spdb.payer_name': ['付款户名为空或超长', 'the payer name is empty or too long'],
  'spdb.payee_name': ['收款户名为空或超长', 'the payee name is empty or too long'],
  'spdb.payee_account': [
    '收款账号须为不含空格的字母数字且不超长',
    'the payee account must be letters, digits or hyphens',
  ],
  'spdb.payee_bank_code': ['跨行须给 12 位收款行联行号', 'a payment to another bank needs a bank code of 12 digits'],
  'spdb.payee_bank_name': ['跨行须给收款行名称且不超长', 'a payment to another bank needs its name'],
  'spdb.purpose': ['付给个人须有用途', 'a payment to a person needs a purpose'],
  'spdb.receipt_key': ['回单所需的柜员流水号无效', 'the journal number that a receipt needs is not valid'],
  'spdb.receipt_file': ['回单文件不完整或不是 PDF', 'the receipt file is not a whole PDF'],
  'spdb.range': ['日期范围无效', 'the range is not valid'],
  'spdb.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'spdb.paging': ['明细翻页不连贯', 'the pages do not fit together'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret and no whole account. */
export type ProblemCode = keyof typeof PROBLEMS

export const problem = problemsOf(PROBLEMS)
