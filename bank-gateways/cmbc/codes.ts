// Every code the gateway knows, of NS-BDES (header code, statusCode) and of the open platform (resp_code, trans_status), with what
// they decide, and our own. A code that is not here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** Of the header code or resp_code in the answer to a payment. `ok`: taken. */
export type SubmitClass = 'ok' | 'refused' | 'unsent' | 'uncertain'
/** Of the same in the answer to a question about a payment. `ok`: the status speaks. */
export type InquiryClass = 'ok' | 'accepted' | 'absent' | 'refused' | 'unavailable'
export type StatusClass = 'settled' | 'accepted' | 'refused' | 'unknown'

/** What a site may say of a code that the reference does not list, or lists without an outcome at that level. */
export const CODE_OUTCOMES = {
  /** `unsent`: nothing was executed. Never the code of a repeated insId or req_seq: the first may be paid. */
  submit: ['refused', 'unsent'],
  inquiry: ['absent', 'refused'],
  /** Of a question for rows. */
  statement: ['empty'],
  status: ['settled', 'accepted', 'refused'],
} as const

export type CodeLevel = keyof typeof CODE_OUTCOMES
export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Meaning = { readonly zh: string; readonly en: string }
/** Null: open until the site's manual says more, and uncertain or unavailable until then. */
type Listed = Meaning & { readonly submit: SubmitClass | null; readonly inquiry: InquiryClass | null }

/** NS-BDES (banks/cmbc §2). W6191 "may be sent again" is one client's word: after it the payment is asked about (banks/README §5.2). */
export const HEADER_CODES: Readonly<Record<string, Listed>> = {
  '0': { submit: 'ok', inquiry: 'ok', zh: '成功', en: 'ok' },
  WYHL01: { submit: 'ok', inquiry: 'accepted', zh: '已受理，到账未确认', en: 'taken, arrival not yet confirmed' },
  W6191: { submit: null, inquiry: null, zh: '失败', en: 'failed' },
  W3317: {
    submit: 'uncertain',
    inquiry: 'unavailable',
    zh: '客户不存在，状态不明',
    en: 'no such customer, state unknown',
  },
  E1602: { submit: 'uncertain', inquiry: 'absent', zh: '查无此交易', en: 'no such transaction found' },
}

/** resp_code of the open platform, beside resp_status S (banks/cmbc §3). */
export const RESP_CODES: Readonly<Record<string, Listed>> = {
  AAAAAAA: { submit: 'ok', inquiry: 'ok', zh: '受理成功', en: 'taken' },
}

type Statuses = Readonly<Record<string, Meaning & { readonly outcome: StatusClass }>>

/** statusCode of qryXfer (banks/cmbc §2). Any other single digit is "in process". */
export const STATUS_CODES: Statuses = {
  '0': { outcome: 'settled', zh: '成功', en: 'paid' },
  '2': { outcome: 'refused', zh: '失败', en: 'failed' },
  '3': { outcome: 'unknown', zh: '网络异常，状态不明', en: 'network failure, state unknown' },
}
const IN_PROCESS = { outcome: 'accepted', zh: '处理中', en: 'in process' } as const

/** trans_status of the open platform (banks/cmbc §3). */
export const TRANS_STATUSES: Statuses = {
  '1': { outcome: 'accepted', zh: '审批中', en: 'awaiting approval' },
  '2': { outcome: 'refused', zh: '审批拒绝或失败', en: 'approval refused, or failed' },
  '3': { outcome: 'settled', zh: '成功（跨行为已送清算）', en: 'paid; to another bank: handed to clearing' },
  '4': { outcome: 'accepted', zh: '支付中', en: 'being paid' },
  '5': { outcome: 'refused', zh: '失败', en: 'failed' },
}

export type Protocol = 'ns-bdes' | 'open'
export type Status = Meaning & { readonly outcome: StatusClass }

/** Null: in no table. */
export function statusOf(code: string, protocol: Protocol, extras: readonly ExtraCode[]): Status | null {
  const table = protocol === 'open' ? TRANS_STATUSES : STATUS_CODES
  if (Object.hasOwn(table, code)) return table[code] ?? null
  const extra = extras.find(entry => entry.level === 'status' && entry.code === code)
  const outcome = extraOutcomeOf(CODE_OUTCOMES, code, 'status', extras)
  if (extra && outcome) return { outcome, zh: extra.meaning, en: extra.meaning }
  return protocol === 'ns-bdes' && /^\d$/.test(code) ? IN_PROCESS : null
}

/** Whether a code has an outcome of its own at that level, in either protocol. */
export function isListed(code: string, level: CodeLevel): boolean {
  if (level === 'status') return Object.hasOwn(STATUS_CODES, code) || Object.hasOwn(TRANS_STATUSES, code)
  const listed = headerCode(code, 'ns-bdes') ?? headerCode(code, 'open')
  return listed !== null && (level === 'statement' || listed[level] !== null)
}

export function submitClassOf(code: string, protocol: Protocol, extras: readonly ExtraCode[]): SubmitClass {
  const listed = headerCode(code, protocol)?.submit
  return listed ?? extraOutcomeOf(CODE_OUTCOMES, code, 'submit', extras) ?? 'uncertain'
}

export function inquiryClassOf(code: string, protocol: Protocol, extras: readonly ExtraCode[]): InquiryClass {
  const listed = headerCode(code, protocol)?.inquiry
  return listed ?? extraOutcomeOf(CODE_OUTCOMES, code, 'inquiry', extras) ?? 'unavailable'
}

export function isEmptyList(code: string, extras: readonly ExtraCode[]): boolean {
  return extraOutcomeOf(CODE_OUTCOMES, code, 'statement', extras) === 'empty'
}

/** Chinese and English meaning of a code with what the bank said, for the trail. */
export function describeCode(code: string, protocol: Protocol, text: string, extras: readonly ExtraCode[]): string {
  return describe(headerCode(code, protocol), extras.find(entry => entry.code === code)?.meaning, text)
}

function headerCode(code: string, protocol: Protocol): Listed | null {
  const table = protocol === 'open' ? RESP_CODES : HEADER_CODES
  return Object.hasOwn(table, code) ? (table[code] ?? null) : null
}

const PROBLEMS = {
  'cmbc.unreachable': ['连不上代理或网关，报文未发出', 'proxy or gateway unreachable, nothing was sent'],
  'cmbc.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'cmbc.halted': ['线路在前一笔中断，本笔未发出', 'the line broke at an earlier message, this one was not sent'],
  'cmbc.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'cmbc.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'cmbc.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'cmbc.unexpected': ['意外错误', 'unexpected error'],
  'cmbc.wrong_serial': ['应答不是本报文的', 'the answer is not to this message'],
  'cmbc.wrong_item': ['应答说的不是这一笔或这个账号', 'the answer is about another payment or account'],
  'cmbc.missing_item': ['应答中没有业务内容', 'the answer has no content'],
  'cmbc.status': ['状态不在表内', 'a status that is in no table'],
  'cmbc.row': ['应答缺少必需内容', 'the answer lacks what it must have'],
  'cmbc.not_configured': [
    '应答要素名未公开，须按银行手册配置 (balance、detail)',
    "the names of the answer's elements are not public: set them from your manual (balance, detail)",
  ],
  'cmbc.reference': ['编号须为字母数字且不超长', 'the reference must be letters and digits within its width'],
  'cmbc.duplicate_reference': ['同一批中编号重复', 'the reference occurs twice in one batch'],
  'cmbc.unknown_account': ['未配置该账号', 'this account is not configured'],
  'cmbc.currency': ['只支持人民币', 'only CNY can be paid'],
  'cmbc.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'cmbc.text': ['含银行字符集以外或控制字符', "holds characters outside the bank's charset, or controls"],
  'cmbc.payer_name': ['付款户名为空或过长(见 fieldBytes)', 'payer name empty or too long (fieldBytes)'],
  'cmbc.payee_name': ['收款户名为空或过长(见 fieldBytes)', 'payee name empty or too long (fieldBytes)'],
  'cmbc.payee_account': [
    '收款账号须为字母、数字或 -，且不超长(见 fieldBytes)',
    'payee account must be letters, digits or hyphens within its width (fieldBytes)',
  ],
  'cmbc.payee_bank': ['跨行须给 12 位联行号和开户行名', 'another bank needs a 12-digit bank code and a bank name'],
  'cmbc.route': [
    '网银互联(5)至多 50000 元，且未配置 routes.large',
    'route 5 takes at most 50 000, and routes.large is not set',
  ],
  'cmbc.range': ['日期范围无效', 'the range is not valid'],
  'cmbc.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'cmbc.paging': ['明细翻页不连贯', 'the pages do not fit together'],
  'cmbc.receipt': ['回单不是完整的 PDF 或 OFD', 'the receipt is not a whole PDF or OFD'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

export type ProblemCode = keyof typeof PROBLEMS

/** The one spelling of our own problems; `detail` must hold no secret and no whole account. */
export const problem = problemsOf(PROBLEMS)
