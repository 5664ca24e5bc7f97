// Every code the gateway knows: the bank's retCode with its outcome, and our own. Of hostStatus and bankstatus no value is published: a
// code that is not here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** Of the answer to a payment. Never `settled`: 000 is "accepted" (banks/cgb §1). */
export type SubmitClass = 'accepted' | 'refused' | 'notExecuted' | 'uncertain'
/** Of the retCode of a question. `ok`: its status speaks. */
export type InquiryClass = 'ok' | 'absent' | 'unavailable'
export type StatusClass = 'settled' | 'accepted' | 'refused' | 'returned' | 'absent' | 'unknown'

const STATUS = ['settled', 'accepted', 'refused', 'returned', 'absent'] as const

/** What a site may say of a code that the reference does not list. */
export const CODE_OUTCOMES = {
  submit: ['accepted', 'refused', 'notExecuted', 'uncertain'],
  inquiry: ['absent', 'unavailable'],
  /** Of 0004. */
  hostStatus: STATUS,
  /** Of a record of 0034. */
  bankstatus: STATUS,
  /** Of the statement: what it says where there is nothing to list is not known. */
  list: ['empty'],
} as const

export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Listed = {
  readonly zh: string
  readonly en: string
  readonly submit: SubmitClass
  readonly inquiry: InquiryClass
}

/** banks/cgb §1: the only code that is published. */
export const RET_CODES: Readonly<Record<string, Listed>> = {
  '000': { zh: '受理成功', en: 'accepted', submit: 'accepted', inquiry: 'ok' },
}

/** hostStatus and bankstatus have no listed value. */
export function isListed(code: string, level: keyof typeof CODE_OUTCOMES): boolean {
  return level !== 'hostStatus' && level !== 'bankstatus' && Object.hasOwn(RET_CODES, code)
}

export function submitClassOf(code: string, extras: readonly ExtraCode[]): SubmitClass {
  return listed(code)?.submit ?? extraOutcomeOf(CODE_OUTCOMES, code, 'submit', extras) ?? 'uncertain'
}

export function inquiryClassOf(code: string, extras: readonly ExtraCode[]): InquiryClass {
  return listed(code)?.inquiry ?? extraOutcomeOf(CODE_OUTCOMES, code, 'inquiry', extras) ?? 'unavailable'
}

export function statusClassOf(
  status: string,
  level: 'hostStatus' | 'bankstatus',
  extras: readonly ExtraCode[],
): StatusClass {
  return extraOutcomeOf(CODE_OUTCOMES, status, level, extras) ?? 'unknown'
}

/** True for a code that the site knows to mean "nothing to list". */
export function isEmptyList(code: string, extras: readonly ExtraCode[]): boolean {
  return extraOutcomeOf(CODE_OUTCOMES, code, 'list', extras) === 'empty'
}

/** Chinese and English meaning of a retCode with what the bank said, for the trail. */
export function describeCode(code: string, text: string, extras: readonly ExtraCode[]): string {
  return describe(listed(code), extras.find(entry => entry.code === code)?.meaning, text)
}

/** The same of a status, whose numbers are not those of retCode. */
export function describeStatus(
  status: string,
  level: 'hostStatus' | 'bankstatus',
  extras: readonly ExtraCode[],
): string {
  const meaning = extras.find(entry => entry.code === status && entry.level === level)?.meaning
  return `${level} ${status}: ${describe(null, meaning, '')}`
}

function listed(code: string): Listed | null {
  return Object.hasOwn(RET_CODES, code) ? (RET_CODES[code] ?? null) : null
}

const PROBLEMS = {
  'cgb.unreachable': ['连不上广发客户端或网关，报文未发出', 'client or gateway unreachable, nothing was sent'],
  'cgb.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'cgb.halted': ['前一个报文没有应答，本笔未发出', 'the message before it got no answer, nothing was sent'],
  'cgb.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'cgb.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'cgb.http_status': ['返回非 200 状态', 'an HTTP status other than 200'],
  'cgb.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'cgb.not_opened': ['应答无法解密（密钥须为 16 字节）', 'the answer cannot be decrypted (its key must be 16 bytes)'],
  'cgb.not_verified': ['应答验签失败，不采用', 'the signature of the answer is not good, it is not used'],
  'cgb.unexpected': ['意外错误', 'unexpected error'],
  'cgb.wrong_serial': ['应答的 entSeqNo 或交易码不是这个报文的', 'the answer carries another entSeqNo or tranCode'],
  'cgb.wrong_item': ['应答说的不是这一笔', 'the answer is about another payment'],
  'cgb.missing_item': ['应答中没有这一笔的状态', 'the answer does not hold the state of this payment'],
  'cgb.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this payment more than once'],
  'cgb.status': [
    '状态值未在 codes 中登记（银行未公开其取值）',
    'a status that `codes` does not hold (the bank publishes no values)',
  ],
  'cgb.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'cgb.reference': ['编号须为 1–17 位数字', 'the reference must be 1–17 digits'],
  'cgb.duplicate_reference': ['同一次调用中编号重复', 'the reference occurs twice in one call'],
  'cgb.batch_reference': ['同一次调用须属于同一批次', 'the payments of a call must share one batch'],
  'cgb.unknown_account': ['未配置该账号', 'this account is not configured'],
  'cgb.currency': ['只支持人民币', 'only CNY can be paid'],
  'cgb.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'cgb.text': ['含 GBK 无法表示的字符或控制字符', 'holds characters that GBK cannot carry, or controls'],
  'cgb.payer_name': ['付款户名为空或超过字节上限 (GBK)', 'payer name is empty or longer than its bytes of GBK'],
  'cgb.payee_name': ['收款户名为空或超过字节上限 (GBK)', 'payee name is empty or longer than its bytes of GBK'],
  'cgb.payee_account': ['收款账号不合要求或超长', 'payee account is malformed or too long'],
  'cgb.payee_bank_code': ['收款行联行号须为 12 位数字', 'payee bank code must be 12 digits'],
  'cgb.payee_bank_name': ['跨行须给收款行名称且不超长', 'a payment to another bank needs its name, within its bytes'],
  'cgb.no_balance': [
    '未配置 balance：余额应答要素未公开，请按银行手册填写，或用 `yinqi statement import` 导入对账单',
    '`balance` is not configured: its elements are not public; enter your manual’s, or import statement files with `yinqi statement import`',
  ],
  'cgb.no_statement': [
    '未配置 statement：明细交易码与要素未公开，请按银行手册填写，或用 `yinqi statement import` 导入对账单',
    '`statement` is not configured: its number and elements are not public; enter your manual’s, or import statement files with `yinqi statement import`',
  ],
  'cgb.range': ['日期范围无效', 'the range is not valid'],
  'cgb.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'cgb.paging': ['明细翻页不连贯', 'the pages do not fit together'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret and no whole account. */
export const problem = problemsOf(PROBLEMS)
