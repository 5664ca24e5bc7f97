// Every code that the gateway knows: the front-end's RETCOD, CMB's REQSTS and RTNFLG with what each decides, and our own problems.
// A code that is not here, and not configured by the site, never means paid and never means refused.

import { bankWords } from '../shared/account'
import { problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

export type Meaning = { readonly zh: string; readonly en: string }

/** RETCOD of INFO (banks/cmb-frontend §2). Only 0 lets the items speak. `mayBeUnexecuted`: a site may say that it proves that. */
export const RETURN_CODES: Readonly<Record<string, Meaning & { readonly mayBeUnexecuted: boolean }>> = {
  '0': { mayBeUnexecuted: false, zh: '成功', en: 'success' },
  '-1': { mayBeUnexecuted: false, zh: '提交主机失败', en: 'could not be handed to the host' },
  '-2': { mayBeUnexecuted: false, zh: '执行失败', en: 'execution failed' },
  '-3': { mayBeUnexecuted: false, zh: '数据格式错误', en: 'data format wrong' },
  '-4': { mayBeUnexecuted: true, zh: '尚未登录系统', en: 'not logged in' },
  '-5': { mayBeUnexecuted: true, zh: '请求太频繁', en: 'too many requests' },
  '-6': { mayBeUnexecuted: true, zh: '不是证书卡用户', en: 'not a user with a certificate' },
  '-7': { mayBeUnexecuted: true, zh: '用户取消操作', en: 'cancelled by the user' },
  '-9': { mayBeUnexecuted: false, zh: '其它错误', en: 'other error' },
}

/** `waiting`: the bank has it. `final`: RTNFLG speaks. */
export type StatusClass = 'waiting' | 'final'

/** REQSTS (banks/cmb-frontend §5). */
export const REQUEST_STATES: Readonly<Record<string, Meaning & { readonly outcome: StatusClass }>> = {
  OPR: { outcome: 'waiting', zh: '数据接收中', en: 'being received' },
  AUT: { outcome: 'waiting', zh: '等待审批', en: 'awaiting approval' },
  NTE: { outcome: 'waiting', zh: '终审完毕', en: 'finally approved' },
  WCF: { outcome: 'waiting', zh: '订单待确认', en: 'order to be confirmed' },
  BNK: { outcome: 'waiting', zh: '银行处理中', en: 'the bank is processing' },
  ACK: { outcome: 'waiting', zh: '等待确认', en: 'awaiting confirmation' },
  APD: { outcome: 'waiting', zh: '待银行确认', en: 'to be confirmed by the bank' },
  FIN: { outcome: 'final', zh: '完成', en: 'finished' },
}

/** What RTNFLG says under FIN. `doubt`: 挂账, not failed. */
export type ReturnClass = 'settled' | 'refused' | 'returned' | 'doubt'

/** RTNFLG, meaningful only when REQSTS is FIN (banks/cmb-frontend §5). */
export const RETURN_FLAGS: Readonly<Record<string, Meaning & { readonly outcome: ReturnClass }>> = {
  S: { outcome: 'settled', zh: '成功', en: 'paid' },
  F: { outcome: 'refused', zh: '失败', en: 'failed' },
  B: { outcome: 'returned', zh: '退票', en: 'returned' },
  T: { outcome: 'returned', zh: '退款', en: 'refunded' },
  R: { outcome: 'refused', zh: '否决', en: 'rejected by the enterprise' },
  D: { outcome: 'refused', zh: '过期', en: 'expired without approval' },
  C: { outcome: 'refused', zh: '撤消', en: 'withdrawn' },
  M: { outcome: 'refused', zh: '商户撤销订单', en: 'order withdrawn by the merchant' },
  V: { outcome: 'refused', zh: '拒绝', en: 'declined' },
  U: { outcome: 'doubt', zh: '挂账', en: 'held in suspense at the bank' },
}

/** An ERRCOD that is, in the bank's written word to this site, a plain no. */
export type RefusalCode = { readonly code: string; readonly meaning: string }

/**
 * The reference has no table of ERRCOD, and the one of a repeated YURREF is not known: unlisted, it decides nothing, because
 * the first payment may have been made.
 */
export function isRefusal(errcod: string, refusals: readonly RefusalCode[]): boolean {
  return refusals.some(({ code }) => code === errcod)
}

/** True where an item's ERRCOD says nothing is wrong: CDC's SUC0000, or none. */
export function isFine(errcod: string): boolean {
  return errcod === '' || errcod === 'SUC0000'
}

export type ItemClass = 'accepted' | ReturnClass | 'unlisted'

export function itemClassOf(reqsts: string, rtnflg: string): ItemClass {
  const status = own(REQUEST_STATES, reqsts)
  if (!status) return 'unlisted'
  return status.outcome === 'waiting' ? 'accepted' : (own(RETURN_FLAGS, rtnflg)?.outcome ?? 'unlisted')
}

export function describeMessage(retcod: string, text: string): string {
  return described(own(RETURN_CODES, retcod), retcod, text)
}

export function describeItem(reqsts: string, rtnflg: string, text: string): string {
  const status = own(REQUEST_STATES, reqsts)
  return described(status?.outcome === 'final' ? own(RETURN_FLAGS, rtnflg) : status, `${reqsts}/${rtnflg}`, text)
}

function described(meaning: Meaning | undefined, code: string, text: string): string {
  const words = meaning ? `${meaning.zh} / ${meaning.en}` : `未列出的返回码 ${code} / a code not in the tables`
  return text === '' ? words : `${words}: ${bankWords(text)}`
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

const PROBLEMS = {
  'cmb-frontend.unreachable': ['连不上前置机，报文未发出', 'front-end unreachable, nothing was sent'],
  'cmb-frontend.no_answer': [
    '报文可能已到银行，未收到完整应答',
    'the bank may have received it; no complete answer came',
  ],
  'cmb-frontend.http_status': ['前置机返回非 200 状态', 'the front-end answered with an HTTP status other than 200'],
  'cmb-frontend.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'cmb-frontend.wrong_serial': ['应答不是本报文的', 'the answer is not to this message'],
  'cmb-frontend.wrong_function': ['应答交易名不符', 'the answer is of another function'],
  'cmb-frontend.missing_item': ['应答中没有这一笔', 'the answer does not hold this item'],
  'cmb-frontend.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this item more than once'],
  'cmb-frontend.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'cmb-frontend.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'cmb-frontend.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'cmb-frontend.too_old': ['超过可查询的 90 天', 'older than the 90 days that can be asked about'],
  'cmb-frontend.reference': ['业务参考号须为 1–30 位字母数字', 'the reference must be 1–30 letters and digits'],
  'cmb-frontend.duplicate_reference': ['同一批中业务参考号重复', 'the reference occurs twice in one batch'],
  'cmb-frontend.unknown_account': ['未配置该账号', 'this account is not configured'],
  'cmb-frontend.currency': ['只支持人民币', 'only CNY can be paid'],
  'cmb-frontend.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'cmb-frontend.payee_name': [
    '收款户名须为 1–200 字节且不含控制字符',
    'the payee name must be 1–200 bytes without control characters',
  ],
  'cmb-frontend.payee_account': [
    '收款账号须为 1–35 位，不含汉字和空格',
    'the payee account must be 1–35 ASCII without blanks',
  ],
  'cmb-frontend.payee_bank_code': ['收款行联行号须为 12 位数字', 'the payee bank code must be 12 digits'],
  'cmb-frontend.payee_bank_needed': ['跨行须给收款行名称', "another bank needs the bank's name"],
  'cmb-frontend.payee_place_needed': ['跨行须给收款行所在地', "another bank needs the payee's place"],
  'cmb-frontend.text': ['银行字符集无法表示', "the bank's character set cannot carry the text"],
  'cmb-frontend.range': ['日期范围无效或过长', 'the range is not valid, or too long'],
  'cmb-frontend.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'cmb-frontend.paging': ['明细翻页不收敛', 'paging does not come to an end'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret. */
export const problem = problemsOf(PROBLEMS)
