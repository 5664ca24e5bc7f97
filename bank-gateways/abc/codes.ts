// Every code the gateway knows: RespCode, WaitFlag, UseState and the result codes of CQRT04 with what they decide, and our own.
// A code that is not here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** What a site may say of a code that the reference does not list, by where it stands. */
export const CODE_OUTCOMES = {
  /** RespCode of a payment. `unsent`: nothing was executed. Never the code of a repeated ReqSeqNo: the first may be paid. */
  submit: ['refused', 'unsent'],
  /** RespCode of CQRT04. */
  inquiry: ['absent'],
  /** A result field of CQRT04. */
  result: ['settled', 'accepted', 'refused'],
  /** RespCode of CQRA10. */
  detail: ['empty'],
} as const

export type CodeLevel = keyof typeof CODE_OUTCOMES
export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Meaning = { readonly zh: string; readonly en: string }

/**
 * RespCode (banks/abc §5). `see-flags`: WaitFlag speaks. 2003 refuses only with RespSource 3, as in the sample it comes from.
 * Everything but 0000 says nothing in the answer to a question.
 */
export const RESP_CODES: Readonly<
  Record<string, Meaning & { readonly send: 'see-flags' | 'accepted' | 'refused' | 'uncertain' }>
> = {
  '0000': { send: 'see-flags', zh: '成功', en: 'ok' },
  '0001': { send: 'accepted', zh: '落地处理', en: 'fell to manual handling' },
  '2003': { send: 'refused', zh: '账号不存在', en: 'the account does not exist' },
  '9999': { send: 'uncertain', zh: '前置通讯错误', en: 'communication error of the front-end' },
  CICS: { send: 'uncertain', zh: '前置通讯错误', en: 'communication error of the front-end' },
}

/** Corp/WaitFlag (banks/abc §5). */
export const WAIT_FLAGS: Readonly<Record<string, Meaning & { readonly outcome: 'done' | 'accepted' }>> = {
  '0': { outcome: 'done', zh: '成功', en: 'done' },
  '1': { outcome: 'accepted', zh: '落地处理', en: 'fell to manual handling' },
}

export type Result = 'settled' | 'accepted' | 'refused'

/** SzRespCode and SzAbisRespCode of CQRT04 (banks/abc §6). */
export const RESULT_CODES: Readonly<Record<string, Meaning & { readonly outcome: Result }>> = {
  '0000': { outcome: 'settled', zh: '成功', en: 'paid' },
  '0388': { outcome: 'accepted', zh: '处理中', en: 'in process' },
  '0389': { outcome: 'refused', zh: '失败', en: 'failed' },
}

/** Corp/UseState of CQRA61 (banks/abc §6): 0 is "in process" or "failed", so it never ends the wait. */
export const USE_STATES: Readonly<Record<string, Meaning & { readonly outcome: 'settled' | 'accepted' }>> = {
  '0': { outcome: 'accepted', zh: '处理中或失败', en: 'in process, or failed' },
  '1': { outcome: 'settled', zh: '成功', en: 'paid' },
}

export function isListed(code: string, level: CodeLevel): boolean {
  return Object.hasOwn(level === 'result' ? RESULT_CODES : RESP_CODES, code)
}

/** Null: in no table. */
export function resultOf(code: string, extras: readonly ExtraCode[]): Result | null {
  const listed = Object.hasOwn(RESULT_CODES, code) ? RESULT_CODES[code] : undefined
  return listed?.outcome ?? extraOutcome(code, 'result', extras) ?? null
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
  const table: Readonly<Record<string, Meaning>> = level === 'result' ? RESULT_CODES : RESP_CODES
  const listed = Object.hasOwn(table, code) ? table[code] : undefined
  const extra = extras.find(entry => entry.code === code && entry.level === level)?.meaning
  return describe(listed, extra, text)
}

const PROBLEMS = {
  'abc.unreachable': ['连不上银企通前置，报文未发出', 'front-end unreachable, nothing was sent'],
  'abc.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'abc.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'abc.wrong_serial': ['应答不是本报文的', 'the answer is not to this message'],
  'abc.wrong_function': ['应答交易码不符', 'the answer is of another function'],
  'abc.missing_item': ['应答中没有业务内容', 'the answer has no content'],
  'abc.wrong_item': ['应答中的流水号或账号不是这一笔的', 'the answer is about another serial or account'],
  'abc.contradictory': ['应答内各状态互相矛盾', 'the statuses in the answer contradict each other'],
  'abc.wait_flag': ['WaitFlag 不在表内', 'WaitFlag is in no table'],
  'abc.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'abc.halted': ['线路在前一笔中断，本笔未发出', 'the line broke at an earlier instruction, this one was not sent'],
  'abc.reference': ['流水号须为 1–17 位数字', 'the reference must be 1–17 digits'],
  'abc.duplicate_reference': ['同一批中流水号重复', 'the reference occurs twice in one batch'],
  'abc.unknown_account': ['未配置该账号', 'this account is not configured'],
  'abc.currency': ['只支持人民币', 'only CNY can be paid'],
  'abc.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'abc.payer_name': [
    '付款户名过长(见 fieldBytes)或含控制字符',
    'payer name too long (fieldBytes) or with control characters',
  ],
  'abc.payee_name': [
    '收款户名为空、过长(见 fieldBytes)或含控制字符',
    'payee name empty, too long (fieldBytes) or with control characters',
  ],
  'abc.payee_account': ['收款账号须为 1–34 位，不含汉字和空格', 'payee account must be 1–34 ASCII without blanks'],
  'abc.payee_bank': ['跨行须给 12 位联行号和开户行名', 'another bank needs a 12-digit bank code and a bank name'],
  'abc.unmappable': ['含银行字符集以外的字', 'holds characters that the bank cannot carry'],
  'abc.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'abc.unexpected': ['意外错误', 'unexpected error'],
  'abc.range': ['日期范围无效', 'the range is not valid'],
  'abc.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'abc.row': ['应答或明细缺少必需内容', 'the answer or a row of the detail lacks what it must have'],
  'abc.direction': [
    '上笔余额与余额之差不等于金额，无法判断收付；核对后可设 direction',
    'the balances do not differ by the amount, in and out cannot be told apart; see the setting direction',
  ],
  'abc.paging': ['明细翻页不收敛', 'paging does not come to an end'],
  'abc.detail_not_configured': ['未配置明细文件目录 detail', 'the setting detail names no place for detail files'],
  'abc.detail_name': ['明细文件名不安全', 'the name of the detail file is not safe'],
  'abc.detail_file': ['明细文件取不到或不完整', 'the detail file is not there or not whole'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret. */
export const problem = problemsOf(PROBLEMS)
