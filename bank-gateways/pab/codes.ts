// Every code the gateway knows: the header's return codes and the `Stt` values with their outcome, and our own. A code that is
// not here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** Of the header that answers a payment. Never `settled`: only Stt says paid (banks/pab §4). */
export type SubmitClass = 'accepted' | 'refused' | 'notExecuted' | 'uncertain'
/** Of the header that answers a question. `ok`: its body speaks. */
export type InquiryClass = 'ok' | 'absent' | 'empty' | 'unavailable'
export type SttClass = 'settled' | 'refused' | 'accepted' | 'unavailable'

/** What a site may say of a header code that the reference does not list. */
export const CODE_OUTCOMES = {
  submit: ['refused', 'notExecuted', 'uncertain'],
  inquiry: ['absent', 'unavailable'],
} as const

export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Listed = {
  readonly zh: string
  readonly en: string
  readonly submit: SubmitClass
  readonly inquiry: InquiryClass
}

const TELLS_NOTHING = { submit: 'uncertain', inquiry: 'unavailable' } as const

/** banks/pab §4. */
export const RETURN_CODES: Readonly<Record<string, Listed>> = {
  // To another bank "accepted only", inside the bank "done in real time": both are asked about.
  '000000': { zh: '成功', en: 'ok', submit: 'accepted', inquiry: 'ok' },
  MA0103: { zh: '无符合条件的记录', en: 'no matching record', submit: 'uncertain', inquiry: 'absent' },
  ES0200: { zh: '无明细', en: 'empty list', submit: 'uncertain', inquiry: 'empty' },
  GW3002: { zh: '银行内部通讯超时', en: 'bank-internal communication timeout', ...TELLS_NOTHING },
  EBLN00: { zh: '默认错误码', en: 'default error code', ...TELLS_NOTHING },
  YQ9999: { zh: '平台异常', en: 'platform fault', ...TELLS_NOTHING },
  AFE004: { zh: '含义未公开', en: 'meaning not published', ...TELLS_NOTHING },
  E00008: { zh: '含义未公开', en: 'meaning not published', ...TELLS_NOTHING },
}

/** Codes inside Yhcljg and BackRem: words for the trail, never a verdict ("only Stt decides"). */
export const RESULT_WORDS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  MA9111: { zh: '交易正在受理中', en: 'in process' },
  MA9112: { zh: '转账失败', en: 'transfer failed' },
  RJ01: { zh: '对方返回：账号不存在', en: 'payee account does not exist' },
  RJ02: { zh: '对方返回：账号、户名不符', en: 'payee account and name do not match' },
}

/**
 * banks/pab §4. "Other" is accepted by the bank's own word, which two digits show to be such a value; blank or anything else is
 * not an answer. 99 is abnormal: the bank reconciles it overnight.
 */
export function sttClassOf(stt: string): SttClass {
  if (stt === '20') return 'settled'
  if (stt === '30') return 'refused'
  return stt !== '99' && /^\d{2}$/.test(stt) ? 'accepted' : 'unavailable'
}

export function isListed(code: string): boolean {
  return Object.hasOwn(RETURN_CODES, code)
}

export function submitClassOf(code: string, extras: readonly ExtraCode[]): SubmitClass {
  return listed(code)?.submit ?? extraOutcomeOf(CODE_OUTCOMES, code, 'submit', extras) ?? 'uncertain'
}

export function inquiryClassOf(code: string, extras: readonly ExtraCode[]): InquiryClass {
  return listed(code)?.inquiry ?? extraOutcomeOf(CODE_OUTCOMES, code, 'inquiry', extras) ?? 'unavailable'
}

/** Chinese and English meaning of a header code with what the bank said, for the trail. */
export function describeCode(code: string, text: string, extras: readonly ExtraCode[]): string {
  return describe(listed(code), extras.find(entry => entry.code === code)?.meaning, text)
}

/** Yhcljg or BackRem with the meaning of the code it begins with, or as it is. */
export function describeResult(text: string): string {
  const code = Object.keys(RESULT_WORDS).find(known => text.startsWith(known))
  const words = code === undefined ? undefined : RESULT_WORDS[code]
  return words ? `${text} (${words.zh} / ${words.en})` : text
}

function listed(code: string): Listed | null {
  return isListed(code) ? (RETURN_CODES[code] ?? null) : null
}

const PROBLEMS = {
  'pab.unreachable': ['连不上前置机，报文未发出', 'front-end unreachable, nothing was sent'],
  'pab.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'pab.halted': ['前一个报文没有应答，本笔未发出', 'the packet before it got no answer, nothing was sent'],
  'pab.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'pab.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'pab.http_status': ['前置机返回非 200 状态', 'the front-end answered with an HTTP status other than 200'],
  'pab.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'pab.wrong_serial': ['应答不是本报文的', 'the answer is not to this message'],
  'pab.wrong_function': ['应答交易码不符', 'the answer is of another transaction code'],
  'pab.more_packets': ['应答还有后续包', 'the answer continues in further packets'],
  'pab.unexpected': ['意外错误', 'unexpected error'],
  'pab.wrong_item': ['应答说的不是这一笔', 'the answer is about another payment'],
  'pab.missing_item': ['应答中没有这一笔', 'the answer does not hold this item'],
  'pab.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this item more than once'],
  'pab.stt': ['交易状态未知', 'the state is not known'],
  'pab.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'pab.reference': ['凭证号须为 10–20 位字母数字', 'the reference must be 10–20 letters and digits'],
  'pab.duplicate_reference': ['同一批中凭证号重复', 'the reference occurs twice in one batch'],
  'pab.batch_reference': ['批次凭证号须为 10–20 位字母数字', 'the batch reference must be 10–20 letters and digits'],
  'pab.unknown_account': ['未配置该账号', 'this account is not configured'],
  'pab.currency': ['只支持人民币', 'only CNY can be paid'],
  'pab.amount': ['金额须大于 0 且不超过 11 位整数', 'the amount must be above 0 with at most 11 whole digits'],
  'pab.text': ['含编码无法表示的字符或控制字符', 'holds characters that the encoding cannot carry, or controls'],
  'pab.payer_name': ['付款户名超过 60 字节', 'payer name longer than 60 bytes'],
  'pab.payee_name': ['收款户名须为 1–60 字节', 'payee name must be 1–60 bytes'],
  'pab.payee_account': ['收款账号须为 1–32 位，不含汉字和空格', 'payee account must be 1–32 ASCII without blanks'],
  'pab.payee_bank_code': ['收款行号须为 4–12 位数字', 'payee bank number must be 4–12 digits'],
  'pab.payee_bank_needed': ['跨行须给收款行行号', 'a payment to another bank needs the bank number'],
  'pab.payee_bank_name': ['收款行名称须为 1–60 字节', 'payee bank name must be 1–60 bytes'],
  'pab.range': ['日期范围无效', 'the range is not valid'],
  'pab.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'pab.paging': ['明细翻页不连贯', 'the pages do not fit together'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret and no whole account. */
export const problem = problemsOf(PROBLEMS)
