// Every code the gateway knows: the bank's ReturnCodes and its pair of flags with their outcome, and our own. A code that is not
// here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** Of the answer to a payment. Never `settled`: only b2e004003 says paid (banks/README §3.1). */
export type SubmitClass = 'accepted' | 'refused' | 'notExecuted' | 'uncertain'
/** Of the ReturnCode of a question. `ok`: its flags speak. */
export type InquiryClass = 'ok' | 'absent' | 'unavailable'
export type FlagsClass = 'settled' | 'accepted' | 'refused' | 'returned' | 'absent' | 'unknown'

/** What a site may say of a code that the reference does not list. */
export const CODE_OUTCOMES = {
  submit: ['accepted', 'refused', 'notExecuted', 'uncertain'],
  inquiry: ['absent', 'unavailable'],
  /** `NowFlag/TransferFlag`: the real failure values are not published. Paid is 00/00 and nothing else. */
  flags: ['accepted', 'refused', 'returned', 'absent'],
  /** Of b2e005023: what it says where there is nothing to list is not known. */
  list: ['empty'],
} as const

export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Listed = {
  readonly zh: string
  readonly en: string
  readonly submit: SubmitClass
  readonly inquiry: InquiryClass
}

/** banks/ceb §5. */
export const RETURN_CODES: Readonly<Record<string, Listed>> = {
  '0000': { zh: '成功', en: 'ok', submit: 'accepted', inquiry: 'ok' },
  B2E000010: {
    zh: '通讯异常，请查证',
    en: 'communication error, to be looked up',
    submit: 'uncertain',
    inquiry: 'unavailable',
  },
}

/** banks/ceb §3: the only pair with a published meaning. Every other one is unknown. */
export const PAID = '00/00'

/** banks/ceb §5: the words of a repeated BatchID, whose code is not known. Under whatever code, they never refuse. */
const REPEATED = /流水号重复/

export function isRepeated(text: string): boolean {
  return REPEATED.test(text)
}

export function isListed(code: string): boolean {
  return Object.hasOwn(RETURN_CODES, code) || code === PAID
}

export function submitClassOf(code: string, extras: readonly ExtraCode[]): SubmitClass {
  return listed(code)?.submit ?? extraOutcomeOf(CODE_OUTCOMES, code, 'submit', extras) ?? 'uncertain'
}

export function inquiryClassOf(code: string, extras: readonly ExtraCode[]): InquiryClass {
  return listed(code)?.inquiry ?? extraOutcomeOf(CODE_OUTCOMES, code, 'inquiry', extras) ?? 'unavailable'
}

/** Of `NowFlag/TransferFlag`. */
export function flagsClassOf(flags: string, extras: readonly ExtraCode[]): FlagsClass {
  return flags === PAID ? 'settled' : (extraOutcomeOf(CODE_OUTCOMES, flags, 'flags', extras) ?? 'unknown')
}

/** True for a code that the site knows to mean "nothing to list". */
export function isEmptyList(code: string, extras: readonly ExtraCode[]): boolean {
  return extraOutcomeOf(CODE_OUTCOMES, code, 'list', extras) === 'empty'
}

/** Chinese and English meaning of a code with what the bank said, for the trail. */
export function describeCode(code: string, text: string, extras: readonly ExtraCode[]): string {
  const known = code === PAID ? { zh: '转账成功', en: 'paid' } : listed(code)
  return describe(known, extras.find(entry => entry.code === code)?.meaning, text)
}

function listed(code: string): Listed | null {
  return Object.hasOwn(RETURN_CODES, code) ? (RETURN_CODES[code] ?? null) : null
}

const PROBLEMS = {
  'ceb.unreachable': ['连不上银企通代理，报文未发出', 'csiiproxy unreachable, nothing was sent'],
  'ceb.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'ceb.halted': ['前一个报文没有应答，本笔未发出', 'the message before it got no answer, nothing was sent'],
  'ceb.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'ceb.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'ceb.http_status': ['代理返回非 200 状态', 'the proxy answered with an HTTP status other than 200'],
  'ceb.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'ceb.unexpected': ['意外错误', 'unexpected error'],
  'ceb.wrong_serial': ['应答的批次号或交易码不是这个报文的', 'the answer carries another BatchID or TransCode'],
  'ceb.wrong_item': ['应答说的不是这一笔', 'the answer is about another payment'],
  'ceb.missing_item': ['应答中没有这一笔的状态', 'the answer does not hold the state of this payment'],
  'ceb.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this payment more than once'],
  'ceb.flags': ['NowFlag/TransferFlag 不在表内', 'NowFlag/TransferFlag is in no table'],
  'ceb.repeated': [
    '银行答交易流水号重复：前一次可能已付，须查询',
    'the bank says that the serial was used: the first may have been paid, it is asked about',
  ],
  'ceb.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'ceb.reference': ['编号须为 1–28 位数字', 'the reference must be 1–28 digits'],
  'ceb.duplicate_reference': ['同一批中编号重复', 'the reference occurs twice in one call'],
  'ceb.unknown_account': ['未配置该账号', 'this account is not configured'],
  'ceb.currency': ['只支持人民币', 'only CNY can be paid'],
  'ceb.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'ceb.text': ['含 < &、GBK 无法表示的字符或控制字符', 'holds < &, controls, or characters that GBK cannot carry'],
  'ceb.payee_name': ['收款户名为空或超过字节上限 (GBK)', 'payee name is empty or longer than its bytes of GBK'],
  'ceb.payee_account': ['收款账号不合要求或超长', 'payee account is malformed or too long'],
  'ceb.payee_bank_code': ['跨行须给 12 位联行号', 'a payment to another bank needs the bank code of 12 digits'],
  'ceb.note_needed': ['用途不能为空', 'a purpose is needed'],
  'ceb.no_balance': [
    '光大余额接口未公开，本网关不能查余额：请用 `yinqi statement import` 导入对账单',
    "CEB's balance interface is not public, this gateway cannot ask: import statement files with `yinqi statement import`",
  ],
  'ceb.no_statement': [
    '光大明细接口未公开，本网关不能查明细：请用 `yinqi statement import` 导入对账单',
    "CEB's statement interface is not public, this gateway cannot ask: import statement files with `yinqi statement import`",
  ],
  'ceb.paging': ['回单翻页不连贯', 'the pages of receipts do not fit together'],
  'ceb.receipt_file': ['回单文件无法读取', 'the receipt file cannot be read'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret and no whole account. */
export const problem = problemsOf(PROBLEMS)
