// Every code the gateway knows: the bank's STATUS codes and XFERPRCCODE values with their outcome, and our own. A code that is
// not here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** Of STATUS/CODE in the answer to a payment. `ok`: XFERPRCCODE speaks. */
export type SubmitClass = 'ok' | 'refused' | 'notExecuted' | 'uncertain'
/** Of STATUS/CODE in the answer to a question about a payment. */
export type InquiryClass = 'ok' | 'absent' | 'unavailable'
/** Of STATUS/CODE in the answer to a question for a list. */
export type ListClass = 'ok' | 'empty' | 'fault'
export type StateClass = 'paid' | 'failed' | 'taken' | 'unknown'

/** What a site may say of a code that the reference does not list, or lists without an outcome at that level. */
export const CODE_OUTCOMES = {
  submit: ['refused', 'notExecuted', 'uncertain'],
  inquiry: ['absent', 'unavailable'],
  list: ['empty'],
} as const

export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Listed = {
  readonly zh: string
  readonly en: string
  /** Null: "failed or unknown" (banks/cib §2), so uncertain until the site's manual says more. */
  readonly submit: SubmitClass | null
  readonly inquiry: InquiryClass | null
  readonly list: ListClass | null
}

const OPEN = { submit: null, inquiry: null, list: null } as const
const TELLS_NOTHING = { submit: 'uncertain', inquiry: 'unavailable', list: 'fault' } as const
const NO_ROWS = { submit: 'uncertain', inquiry: 'unavailable', list: 'empty' } as const

/** banks/cib §5. */
export const STATUSES: Readonly<Record<string, Listed>> = {
  '0': { zh: '成功', en: 'ok', submit: 'ok', inquiry: 'ok', list: 'ok' },
  // That nothing was executed is inferred (banks/README §5.2): uncertain until the inquiry, or the site, says so.
  '15500': { zh: '登录失败（用户名或密码）', en: 'login failed (user name or password)', ...OPEN },
  '1740': { zh: '查询超时，请再查', en: 'query timeout, ask again', ...TELLS_NOTHING },
  // Two meanings in one code: it decides nothing.
  '2000': { zh: '操作员不存在或查无记录', en: 'no such operator, or no record', ...OPEN },
  '2001': { zh: '查询无数据', en: 'no data', ...NO_ROWS },
  '2002': { zh: '校验不通过：无此账号或记录', en: 'validation: account not found, no record', ...OPEN },
  '2005': { zh: '无权限', en: 'no permission', ...OPEN },
  '50006': { zh: '无权限', en: 'no permission', ...OPEN },
  '2020': { zh: '指令不存在', en: 'no such instruction', submit: 'uncertain', inquiry: 'absent', list: 'fault' },
  '6421': { zh: '无明细', en: 'no rows', ...NO_ROWS },
  '20203': { zh: '无明细', en: 'no rows', ...NO_ROWS },
  '75320': { zh: '可用资金不足', en: 'insufficient available funds', ...OPEN },
  // A refused repeat: exactly then the first may have been paid.
  '12345': { zh: 'TRNUID 已被使用', en: 'TRNUID already used', ...TELLS_NOTHING },
}

type State = { readonly zh: string; readonly en: string; readonly outcome: StateClass }

/** banks/cib §2, XFERPRCCODE of a payment and 处理状态 of a batch line. PART_PAYOUT says of a batch, never of one payment. */
export const STATES: Readonly<Record<string, State>> = {
  PAYOUT: { zh: '交易成功', en: 'paid', outcome: 'paid' },
  FAIL: { zh: '交易失败', en: 'failed', outcome: 'failed' },
  CANCEL: { zh: '指令已撤销', en: 'withdrawn', outcome: 'failed' },
  EXPIRED: { zh: '指令过期', en: 'expired', outcome: 'failed' },
  PART_PAYOUT: { zh: '部分支付成功', en: 'partly paid', outcome: 'unknown' },
  AUDITING: { zh: '指令审核中', en: 'awaiting approval in the net bank', outcome: 'taken' },
  AUDITED: { zh: '指令已审核', en: 'approved, waiting for its day', outcome: 'taken' },
  WAIT_FOR_AUDIT: { zh: '等待银行端审核', en: 'awaiting approval at the bank', outcome: 'taken' },
  PROCESSING: { zh: '后台处理中', en: 'in process', outcome: 'taken' },
  SEND_BACK: { zh: '退回经办', en: 'sent back to its maker', outcome: 'taken' },
  SUBMIT_SUCC: { zh: '已提交成功', en: 'submitted', outcome: 'taken' },
  PENDING: { zh: '指令状态未知，15 分钟后再查', en: 'state unknown, ask again after 15 minutes', outcome: 'unknown' },
}

/** Whether a code has an outcome of its own at that level. */
export function isListed(code: string, level: keyof typeof CODE_OUTCOMES): boolean {
  return (listed(code)?.[level] ?? null) !== null
}

export function submitClassOf(code: string, extras: readonly ExtraCode[]): SubmitClass {
  return listed(code)?.submit ?? extraOutcomeOf(CODE_OUTCOMES, code, 'submit', extras) ?? 'uncertain'
}

export function inquiryClassOf(code: string, extras: readonly ExtraCode[]): InquiryClass {
  return listed(code)?.inquiry ?? extraOutcomeOf(CODE_OUTCOMES, code, 'inquiry', extras) ?? 'unavailable'
}

export function listClassOf(code: string, extras: readonly ExtraCode[]): ListClass {
  return listed(code)?.list ?? extraOutcomeOf(CODE_OUTCOMES, code, 'list', extras) ?? 'fault'
}

export function stateOf(code: string): State | null {
  return Object.hasOwn(STATES, code) ? (STATES[code] ?? null) : null
}

/** Chinese and English meaning of a code with what the bank said, for the trail. */
export function describeCode(code: string, text: string, extras: readonly ExtraCode[]): string {
  return describe(listed(code), extras.find(entry => entry.code === code)?.meaning, text)
}

export function describeState(code: string, text: string): string {
  const known = stateOf(code)
  const meaning = known ? `${known.zh} / ${known.en}` : '未列出的处理状态 / a state that is in no table'
  return text === '' ? meaning : `${meaning}: ${text}`
}

function listed(code: string): Listed | null {
  return Object.hasOwn(STATUSES, code) ? (STATUSES[code] ?? null) : null
}

const PROBLEMS = {
  'cib.unreachable': ['连不上代理服务，报文未发出', 'proxy unreachable, nothing was sent'],
  'cib.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'cib.halted': ['前一个报文没有应答，本笔未发出', 'the message before it got no answer, nothing was sent'],
  'cib.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'cib.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'cib.http_status': ['代理服务返回非 200 状态', 'the proxy answered with an HTTP status other than 200'],
  'cib.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'cib.unexpected': ['意外错误', 'unexpected error'],
  'cib.wrong_serial': ['应答的 TRNUID 不是所问的', 'the answer carries another TRNUID'],
  'cib.wrong_item': ['应答说的不是这一笔', 'the answer is about another payment'],
  'cib.missing_item': ['应答中没有这一笔', 'the answer does not hold this item'],
  'cib.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this item more than once'],
  'cib.state': ['处理状态不在表内', 'a state that is in no table'],
  'cib.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'cib.reference': ['编号须为 1–30 位字母数字', 'the reference must be 1–30 letters and digits'],
  'cib.duplicate_reference': ['同一批中编号或行号重复', 'the reference or line number occurs twice in one batch'],
  'cib.batch_reference': [
    '同一批的批次号、付款账号须相同且不超过上限',
    'a batch has one reference, one payer and a limit',
  ],
  'cib.unknown_account': ['未配置该账号', 'this account is not configured'],
  'cib.currency': ['只支持人民币', 'only CNY can be paid'],
  'cib.amount': ['金额须大于 0 且不超过 15 位整数', 'the amount must be above 0 with at most 15 whole digits'],
  'cib.text': ['含 GBK 无法表示或银行不允许的字符', 'holds characters that GBK cannot carry or the bank forbids'],
  'cib.payer_name': ['付款户名须为 1–50 字节 (GBK)', 'payer name must be 1–50 bytes of GBK'],
  'cib.payee_name': ['收款户名须为 1–50 字节 (GBK)', 'payee name must be 1–50 bytes of GBK'],
  'cib.payee_account': ['收款账号须为 1–32 位数字、字母或 -', 'payee account must be 1–32 digits, letters or hyphens'],
  'cib.payee_bank_code': ['收款行联行号须为 12 位数字', 'payee bank code must be 12 digits'],
  'cib.payee_bank_name': ['跨行须给收款行名称，1–50 字节', 'a payment to another bank needs its name, 1–50 bytes'],
  'cib.payee_bank_own': ['跨行的收款行名称不得含“兴业银行”', "another bank's name must not contain 兴业银行"],
  'cib.payee_city': ['异地付款须给收款城市，1–30 字节', 'a payment to another city needs the city, 1–30 bytes'],
  'cib.purpose': ['用途不得为空', 'the purpose must not be blank'],
  'cib.range': ['日期范围无效', 'the range is not valid'],
  'cib.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'cib.paging': ['明细翻页不连贯', 'the pages do not fit together'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret and no whole account. */
export const problem = problemsOf(PROBLEMS)
