// Every code the gateway knows: RETURN_CODE, DEAL_TYPE and DEAL_RESULT with what they decide, and our own. A code that is
// not here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** What a site may say of a code that the reference does not list, by where it stands. */
export const CODE_OUTCOMES = {
  /** RETURN_CODE of a payment. `unsent`: nothing was executed. Never the code of a repeated REQUEST_SN: the first may be paid. */
  submit: ['refused', 'unsent'],
  dealType: ['accepted'],
  /** RETURN_CODE of 6W0600. */
  inquiry: ['absent'],
  dealResult: ['settled', 'accepted', 'refused'],
  /** RETURN_CODE of a detail query. */
  statement: ['empty'],
} as const

export type CodeLevel = keyof typeof CODE_OUTCOMES
export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Meaning = { readonly zh: string; readonly en: string }

/** banks/ccb §8. Only 000000 lets the rest of an answer speak; 8350ZX100000 needs its text (`NO_ROWS_TEXT`). */
export const RETURN_CODES: Readonly<Record<string, Meaning>> = {
  '000000': { zh: '成功', en: 'ok' },
  '8350ZX100000': { zh: '无满足条件的明细, 或公共预处理失败', en: 'no matching rows, or a common pre-check failed' },
  '8350ZXXNAFJZ': { zh: '暂时未能处理您的请求', en: 'cannot be handled for now' },
  '8350ZXXCMFJZ': { zh: '暂时未能处理您的请求', en: 'cannot be handled for now' },
}

/** What the text of 8350ZX100000 must hold to mean "no rows": it is also sent for failures (banks/ccb §8). */
export const NO_ROWS_TEXT = '无满足条件的明细'

export type DealType = 'accepted' | 'uncertain'

/**
 * DEAL_TYPE of 6W8010 and 6W8060 (banks/ccb §3): its table is not known. 2 stands in a good sample and 9 says "ask 6W0600":
 * neither says paid. The other letters of DEAL_RESULT are inferred at most, so 6W0600 is asked about them.
 */
export const DEAL_TYPES: Readonly<Record<string, Meaning & { readonly outcome: DealType }>> = {
  '2': { outcome: 'accepted', zh: '已提交', en: 'taken' },
  '3': { outcome: 'uncertain', zh: '含义未公开', en: 'meaning not published' },
  '4': { outcome: 'uncertain', zh: '含义未公开', en: 'meaning not published' },
  '5': { outcome: 'uncertain', zh: '可能失败(推断)', en: 'perhaps failed (inferred)' },
  '9': { outcome: 'accepted', zh: '处理中, 须用 6W0600 查询', en: 'in process, ask 6W0600' },
  A: { outcome: 'uncertain', zh: '可能失败(推断)', en: 'perhaps failed (inferred)' },
}

export type DealResult = 'settled' | 'accepted' | 'refused'

/** DEAL_RESULT of 6W0600 (banks/ccb §4). 6W0500 has other codes, 3 means failure there, and is never asked. */
export const DEAL_RESULTS: Readonly<Record<string, Meaning & { readonly outcome: DealResult }>> = {
  '2': { outcome: 'settled', zh: '成功', en: 'paid' },
  '3': { outcome: 'settled', zh: '成功', en: 'paid' },
  '4': { outcome: 'settled', zh: '成功', en: 'paid' },
  '5': { outcome: 'refused', zh: '失败', en: 'failed' },
  '9': { outcome: 'accepted', zh: '处理中', en: 'in process' },
  A: { outcome: 'refused', zh: '失败', en: 'failed' },
}

export function isListed(code: string, level: CodeLevel): boolean {
  if (level === 'dealType') return Object.hasOwn(DEAL_TYPES, code)
  if (level === 'dealResult') return Object.hasOwn(DEAL_RESULTS, code)
  return Object.hasOwn(RETURN_CODES, code)
}

export function dealTypeOf(code: string, extras: readonly ExtraCode[]): DealType {
  const listed = Object.hasOwn(DEAL_TYPES, code) ? DEAL_TYPES[code] : undefined
  return listed?.outcome ?? extraOutcome(code, 'dealType', extras) ?? 'uncertain'
}

/** Null: in no table. */
export function dealResultOf(code: string, extras: readonly ExtraCode[]): DealResult | null {
  const listed = Object.hasOwn(DEAL_RESULTS, code) ? DEAL_RESULTS[code] : undefined
  return listed?.outcome ?? extraOutcome(code, 'dealResult', extras) ?? null
}

/** What the site's manual says about a code at a level, or undefined. A built-in code is never looked up here. */
export function extraOutcome<L extends CodeLevel>(
  code: string,
  level: L,
  extras: readonly ExtraCode[],
): (typeof CODE_OUTCOMES)[L][number] | undefined {
  return isListed(code, level) ? undefined : extraOutcomeOf(CODE_OUTCOMES, code, level, extras)
}

/** Chinese and English meaning of a code with what the bank said, for the trail. */
export function describeCode(code: string, level: CodeLevel, text: string, extras: readonly ExtraCode[]): string {
  const table = level === 'dealType' ? DEAL_TYPES : level === 'dealResult' ? DEAL_RESULTS : RETURN_CODES
  const listed = Object.hasOwn(table, code) ? table[code] : undefined
  const extra = extras.find(entry => entry.code === code && entry.level === level)?.meaning
  return describe(listed, extra, text)
}

const PROBLEMS = {
  'ccb.unreachable': ['连不上外联客户端，报文未发出', '外联客户端 unreachable, nothing was sent'],
  'ccb.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'ccb.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'ccb.wrong_serial': ['应答不是本报文的', 'the answer is not to this message'],
  'ccb.wrong_function': ['应答交易码不符', 'the answer is of another function'],
  'ccb.missing_item': ['应答中没有业务内容', 'the answer has no content'],
  'ccb.wrong_item': ['应答中的企业流水号不是这一笔的', 'the answer carries another customer serial'],
  'ccb.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'ccb.halted': ['线路在前一笔中断，本笔未发出', 'the line broke at an earlier instruction, this one was not sent'],
  'ccb.connect_failed': ['客户端连接 6W9101 未成功', '6W9101 did not succeed'],
  'ccb.reference': ['流水号须为 1–16 位数字', 'the reference must be 1–16 digits'],
  'ccb.duplicate_reference': ['同一批中流水号重复', 'the reference occurs twice in one batch'],
  'ccb.unknown_account': ['未配置该账号', 'this account is not configured'],
  'ccb.currency': ['只支持人民币', 'only CNY can be paid'],
  'ccb.amount': ['金额须大于 0 且不超过 14 位整数', 'the amount must be above 0 with at most 14 whole digits'],
  'ccb.payee_name': [
    '收款户名须为 1–60 字节且不含控制字符',
    'payee name must be 1–60 bytes without control characters',
  ],
  'ccb.payee_account': ['收款账号须为 1–32 位，不含汉字和空格', 'payee account must be 1–32 ASCII without blanks'],
  'ccb.payee_bank': ['跨行须给 12 位联行号和开户行名', 'another bank needs a 12-digit bank code and a bank name'],
  'ccb.unmappable': ['含银行字符集以外的字', 'holds characters that the bank cannot carry'],
  'ccb.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'ccb.unexpected': ['意外错误', 'unexpected error'],
  'ccb.range': ['日期范围无效', 'the range is not valid'],
  'ccb.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'ccb.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'ccb.paging': ['明细翻页不收敛', 'paging does not come to an end'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret. */
export const problem = problemsOf(PROBLEMS)
