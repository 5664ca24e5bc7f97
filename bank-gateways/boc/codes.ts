// Every code the gateway knows: the bank's `rspcod` values with their outcome at each level, and our own. A code that is
// not here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** What a message's own status says. `ok`: its items speak. `empty`: no records. */
export type MessageClass = 'ok' | 'empty' | 'notSignedIn' | 'notExecuted' | 'uncertain'
export type SubmitClass = 'accepted' | 'refused' | 'uncertain'
export type InquiryClass = 'settled' | 'accepted' | 'refused' | 'returned' | 'absent' | 'notSignedIn' | 'unavailable'

/** What a site may say of a code that the reference does not list. `signIn`/`temporary`: not about the password. */
export const CODE_OUTCOMES = {
  message: ['notExecuted', 'notSignedIn'],
  submit: ['accepted', 'refused', 'uncertain'],
  inquiry: ['settled', 'accepted', 'refused', 'returned', 'absent', 'unavailable'],
  signIn: ['temporary'],
} as const

export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Listed = {
  readonly zh: string
  readonly en: string
  readonly message: MessageClass
  readonly submit: SubmitClass
  readonly inquiry: InquiryClass
}

const PROCESSING = { message: 'ok', submit: 'accepted', inquiry: 'accepted' } as const
const NOT_SIGNED_IN = { message: 'notSignedIn', submit: 'uncertain', inquiry: 'notSignedIn' } as const

/**
 * banks/boc §3. `refused` for B999 holds only where the item itself carries it with a host code (`hostCodeOf`).
 * No code is `settled` at submit: BOC answers B001 for "received", and only b2e0007 says paid.
 */
export const RSPCODS: Readonly<Record<string, Listed>> = {
  B001: { zh: '成功', en: 'success', message: 'ok', submit: 'accepted', inquiry: 'settled' },
  B002: { zh: '成功，未完', en: 'success, incomplete', ...PROCESSING },
  B003: { zh: '无记录', en: 'no records', message: 'empty', submit: 'uncertain', inquiry: 'absent' },
  B054: { zh: '处理中', en: 'handling', ...PROCESSING },
  B059: { zh: '已提交', en: 'submitted', ...PROCESSING },
  B266: { zh: '处理中', en: 'processing', ...PROCESSING },
  B149: { zh: '请求已受理（含义未公开）', en: 'request accepted (meaning not published)', ...PROCESSING },
  B150: { zh: '请求已受理（含义未公开）', en: 'request accepted (meaning not published)', ...PROCESSING },
  B077: {
    zh: '操作员无此功能权限',
    en: 'operator has no permission for this function',
    message: 'notExecuted',
    submit: 'uncertain',
    inquiry: 'unavailable',
  },
  B107: { zh: '未签到或令牌失效', en: 'not signed in, or token expired', ...NOT_SIGNED_IN },
  '1033': { zh: '未签到', en: 'not signed in', ...NOT_SIGNED_IN },
  B999: { zh: '主机返回错误', en: 'error of the host', message: 'uncertain', submit: 'refused', inquiry: 'refused' },
}

export function isListed(code: string): boolean {
  return Object.hasOwn(RSPCODS, code)
}

export function messageClassOf(code: string, extras: readonly ExtraCode[]): MessageClass {
  return listed(code)?.message ?? extraOutcomeOf(CODE_OUTCOMES, code, 'message', extras) ?? 'uncertain'
}

export function submitClassOf(code: string, extras: readonly ExtraCode[]): SubmitClass {
  return listed(code)?.submit ?? extraOutcomeOf(CODE_OUTCOMES, code, 'submit', extras) ?? 'uncertain'
}

export function inquiryClassOf(code: string, extras: readonly ExtraCode[]): InquiryClass {
  return listed(code)?.inquiry ?? extraOutcomeOf(CODE_OUTCOMES, code, 'inquiry', extras) ?? 'unavailable'
}

/** True when the site knows this answer to a sign-in as one that says nothing about the password. */
export function isTemporarySignIn(code: string, extras: readonly ExtraCode[]): boolean {
  return extraOutcomeOf(CODE_OUTCOMES, code, 'signIn', extras) !== undefined
}

/** The host's own code inside a B999 text, e.g. `GCMS.E065` of `(GCMS.E065)账户未开通…`, or null. */
export function hostCodeOf(text: string): string | null {
  const code = /[(（]\s*([A-Z][A-Z0-9._-]{2,29})\s*[)）]/.exec(text)?.[1] ?? ''
  return /\d/.test(code) ? code : null
}

/** Chinese and English meaning of a code with what the bank said, for the trail. */
export function describeCode(code: string, text: string, extras: readonly ExtraCode[]): string {
  return describe(listed(code), extras.find(entry => entry.code === code)?.meaning, text)
}

function listed(code: string): Listed | null {
  return isListed(code) ? (RSPCODS[code] ?? null) : null
}

const PROBLEMS = {
  'boc.unreachable': ['连不上前置机，报文未发出', 'front-end unreachable, nothing was sent'],
  'boc.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'boc.http_status': ['前置机返回非 200 状态', 'the front-end answered with an HTTP status other than 200'],
  'boc.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'boc.wrong_serial': ['应答不是本报文的', 'the answer is not to this message'],
  'boc.wrong_function': ['应答交易码不符', 'the answer is of another function'],
  'boc.missing_item': ['应答中没有这一笔', 'the answer does not hold this item'],
  'boc.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this item more than once'],
  'boc.contradictory': ['报文级与明细级状态矛盾', 'message and item status contradict each other'],
  'boc.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'boc.unexpected': ['意外错误', 'unexpected error'],
  'boc.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'boc.sign_in_refused': ['签到被拒绝，已停止签到', 'sign-in was refused; signing in has stopped'],
  'boc.sign_in_unanswered': ['签到没有得到有效应答', 'sign-in got no valid answer'],
  'boc.sign_in_paused': ['签到暂停中，以免锁死操作员', 'signing in is paused so that the operator is not locked'],
  'boc.reference': ['指令ID须为 1–32 位字母数字', 'the reference must be 1–32 letters and digits'],
  'boc.duplicate_reference': ['同一批中指令ID重复', 'the reference occurs twice in one batch'],
  'boc.unknown_account': ['未配置该账号', 'this account is not configured'],
  'boc.currency': ['只支持人民币', 'only CNY can be paid'],
  'boc.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'boc.payer_name': ['付款人名称超过 70 或含控制字符', 'payer name longer than 70 or with control characters'],
  'boc.payee_name': ['收款人名称须为 1–70 且不含控制字符', 'payee name must be 1–70 without control characters'],
  'boc.payee_account': ['收款账号须为 1–35 位，不含汉字和空格', 'payee account must be 1–35 ASCII without blanks'],
  'boc.payee_bank_code': ['收款行联行号须为 5 位或 12 位数字', 'payee bank code must be 5 or 12 digits'],
  'boc.payee_bank_needed': ['对公须给收款行联行号', 'a corporate payee needs a bank code'],
  'boc.payee_bank_or_name_needed': [
    '对私须给收款行联行号或不超过 70 的行名；18 位中行账号须给联行号',
    'a personal payee needs a bank code or a bank name up to 70; an 18-digit BOC account needs the code',
  ],
  'boc.payee_bank_name': ['收款行名称含控制字符', 'payee bank name holds control characters'],
  'boc.range': ['日期范围无效或早于一年', 'the range is not valid, or older than one year'],
  'boc.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'boc.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'boc.paging': ['明细翻页不收敛', 'paging does not come to an end'],
  'boc.receipt_name': ['回单文件名不安全', 'the receipt file name is not safe'],
  'boc.receipt_file': ['回单文件无法读取', 'the receipt file cannot be read'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret. */
export const problem = problemsOf(PROBLEMS)
