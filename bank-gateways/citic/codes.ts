// Every code the gateway knows: the bank's `status` and `stt` values with their outcome, and our own. A code that is not here,
// and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** Of the answer to a payment, message or row. Never `settled`: only DLCIDSTT says paid (banks/README §3.1). */
export type SubmitClass = 'accepted' | 'refused' | 'notExecuted' | 'uncertain'
/** Of the outer status of a question. `ok`: its row speaks. */
export type InquiryClass = 'ok' | 'absent' | 'unavailable'
export type SttClass = 'settled' | 'refused' | 'unknown'

/** What a site may say of a code that the reference does not list. */
export const CODE_OUTCOMES = {
  submit: ['accepted', 'refused', 'notExecuted', 'uncertain'],
  inquiry: ['absent', 'unavailable'],
  /** Of DLTRNALL and DLEDDRSQ: what they say where there is nothing to list is not known. */
  list: ['empty'],
} as const

export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Listed = {
  readonly zh: string
  readonly en: string
  readonly submit: SubmitClass
  readonly inquiry: InquiryClass
}

const TAKEN = { submit: 'accepted', inquiry: 'unavailable' } as const
const TELLS_NOTHING = { submit: 'uncertain', inquiry: 'unavailable' } as const

/** banks/citic §2, and of §6 the states of a batch: those say of a batch, never of one payment, so they decide nothing here. */
export const STATUSES: Readonly<Record<string, Listed>> = {
  AAAAAAA: { zh: '交易处理成功', en: 'processed', submit: 'accepted', inquiry: 'ok' },
  AAAAAAB: { zh: '经办成功待审核', en: 'entered, awaiting approval', ...TAKEN },
  AAAAAAC: { zh: '预约支付成功', en: 'scheduled', ...TAKEN },
  // Only of 现金管理代理收款信息查询: about no payment of ours.
  AAAAAAD: { zh: '扣款方审核通过，扣款成功', en: 'approved and collected', ...TELLS_NOTHING },
  AAAAAAE: { zh: '已提交银行处理', en: 'submitted to the bank', ...TAKEN },
  AAAAAAF: { zh: '批次导入提交成功', en: 'batch submitted', ...TAKEN },
  BBBBBBB: { zh: '批次处理部分成功', en: 'batch partly processed', ...TELLS_NOTHING },
  CCCCCCC: { zh: '交易处理中', en: 'in process', ...TAKEN },
  // "Confirm by the summary query; not a failure by itself": of a question about one clientID it is "none now" [inferred].
  EEEEEEE: { zh: '交易未产生', en: 'no transaction was made', submit: 'uncertain', inquiry: 'absent' },
  UNKNOWN: { zh: '交易状态未知', en: 'state unknown', ...TELLS_NOTHING },
  ETSK004: { zh: 'SDK 须重新初始化', en: 'the SDK must be initialised again', ...TELLS_NOTHING },
  CP07815: { zh: '查不出此批', en: 'no such batch', ...TELLS_NOTHING },
  CP07816: { zh: '制单状态为空', en: 'no entry state', ...TELLS_NOTHING },
  CP07817: { zh: '审核拒绝', en: 'approval refused', ...TELLS_NOTHING },
  CP07818: { zh: '审核中', en: 'awaiting approval', ...TELLS_NOTHING },
  CP07819: { zh: '审核完成等待发送主机', en: 'approved, waiting for the host', ...TELLS_NOTHING },
  CP07820: { zh: '预约被取消', en: 'schedule cancelled', ...TELLS_NOTHING },
  CP07821: { zh: '处理失败', en: 'failed', ...TELLS_NOTHING },
  CP07822: { zh: '撤销', en: 'withdrawn', ...TELLS_NOTHING },
  CP07823: { zh: '线程处理中', en: 'being worked on', ...TELLS_NOTHING },
  CP07824: { zh: '撤销状态未知', en: 'withdrawal unknown', ...TELLS_NOTHING },
  CP07825: { zh: '全部处理失败', en: 'all failed', ...TELLS_NOTHING },
}

/** banks/citic §6. `unknown` with a row status that says "taken" is accepted, else nothing was learned. */
export const STTS: Readonly<Record<string, { readonly zh: string; readonly en: string; readonly outcome: SttClass }>> =
  {
    '0': { zh: '成功', en: 'success', outcome: 'settled' },
    '1': { zh: '失败', en: 'failed', outcome: 'refused' },
    '2': { zh: '未知', en: 'unknown', outcome: 'unknown' },
    '3': { zh: '审核拒绝', en: 'approval refused', outcome: 'refused' },
    '4': { zh: '用户撤销', en: 'withdrawn by the user', outcome: 'refused' },
  }

export function isListed(code: string): boolean {
  return Object.hasOwn(STATUSES, code)
}

export function submitClassOf(code: string, extras: readonly ExtraCode[]): SubmitClass {
  return listed(code)?.submit ?? extraOutcomeOf(CODE_OUTCOMES, code, 'submit', extras) ?? 'uncertain'
}

export function inquiryClassOf(code: string, extras: readonly ExtraCode[]): InquiryClass {
  return listed(code)?.inquiry ?? extraOutcomeOf(CODE_OUTCOMES, code, 'inquiry', extras) ?? 'unavailable'
}

/** True for a code that the site knows to mean "nothing to list". */
export function isEmptyList(code: string, extras: readonly ExtraCode[]): boolean {
  return extraOutcomeOf(CODE_OUTCOMES, code, 'list', extras) === 'empty'
}

export function sttOf(stt: string): (typeof STTS)[string] | null {
  return Object.hasOwn(STTS, stt) ? (STTS[stt] ?? null) : null
}

/** Chinese and English meaning of a code with what the bank said, for the trail. */
export function describeCode(code: string, text: string, extras: readonly ExtraCode[]): string {
  return describe(listed(code), extras.find(entry => entry.code === code)?.meaning, text)
}

function listed(code: string): Listed | null {
  return isListed(code) ? (STATUSES[code] ?? null) : null
}

const PROBLEMS = {
  'citic.unreachable': ['连不上前置机，报文未发出', 'front-end unreachable, nothing was sent'],
  'citic.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'citic.halted': ['前一个报文没有应答，本笔未发出', 'the message before it got no answer, nothing was sent'],
  'citic.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'citic.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'citic.http_status': ['前置机返回非 200 状态', 'the front-end answered with an HTTP status other than 200'],
  'citic.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'citic.unexpected': ['意外错误', 'unexpected error'],
  'citic.wrong_item': ['应答说的不是这一笔', 'the answer is about another payment'],
  'citic.missing_item': ['应答中没有这一笔', 'the answer does not hold this item'],
  'citic.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this item more than once'],
  'citic.stt': ['状态标志不在表内', 'a state that is in no table'],
  'citic.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'citic.reference': ['客户流水号须为 1–20 位字母数字', 'the reference must be 1–20 letters and digits'],
  'citic.duplicate_reference': ['同一批中客户流水号重复', 'the reference occurs twice in one batch'],
  'citic.unknown_account': ['未配置该账号', 'this account is not configured'],
  'citic.currency': ['只支持人民币', 'only CNY can be paid'],
  'citic.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'citic.text': ['含 GBK 无法表示的字符或控制字符', 'holds characters that GBK cannot carry, or controls'],
  'citic.payee_name': ['收款户名须为 1–122 字节 (GBK)', 'payee name must be 1–122 bytes of GBK'],
  'citic.payee_account': ['收款账号须为 1–32 位，不含汉字和空格', 'payee account must be 1–32 ASCII without blanks'],
  'citic.payee_bank_code': ['收款行联行号须为 12 位数字', 'payee bank code must be 12 digits'],
  'citic.payee_bank_needed': ['跨行须给收款行联行号', 'a payment to another bank needs the bank code'],
  'citic.payee_bank_name': [
    '无联行号时收款行名称须为 1–122 字节',
    'without a bank code the bank name must be 1–122 bytes',
  ],
  'citic.abstract_needed': ['付中信个人账户须有摘要', 'a payment to a personal CITIC account needs a purpose'],
  'citic.range': ['日期范围无效', 'the range is not valid'],
  'citic.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'citic.paging': ['明细翻页不连贯', 'the pages do not fit together'],
  'citic.receipt_key': ['明细没有回单所需的流水号', 'the line has no serial to ask a receipt by'],
  'citic.receipt_file': ['回单文件无法读取', 'the receipt file cannot be read'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret and no whole account. */
export const problem = problemsOf(PROBLEMS)
