// Every code that the gateway knows: CMB's resultcode, reqSts and rtnFlg with what each decides, and our own problems. A
// code that is not here, and not configured by the site, never means paid and never means refused.

import { bankWords } from '../shared/account'
import { type ExtraCodeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

export type Meaning = { readonly zh: string; readonly en: string }

/** What `resultcode` says of a whole message. `itemsSpeak`: received by the bank, no more (banks/cmb-cdc §3). */
export type MessageClass = 'itemsSpeak' | 'notExecuted' | 'noRecord' | 'uncertain'

export const RESULT_CODES: Readonly<Record<string, Meaning & { readonly outcome: MessageClass }>> = {
  SUC0000: { outcome: 'itemsSpeak', zh: '银行已接收', en: 'received by the bank' },
  DCPG008: {
    outcome: 'uncertain',
    zh: '报文内容有误或未开通该功能',
    en: 'content wrong or function not provided',
  },
  DCASY12: {
    outcome: 'uncertain',
    zh: '日期转换错误，或无数据',
    en: 'date conversion, also seen for "no data"',
  },
}

/** `waiting`: the bank has it. `doubt`: the bank itself does not know. `final`: rtnFlg speaks. */
export type StatusClass = 'waiting' | 'doubt' | 'final'

/** reqSts (banks/cmb-cdc §7). WRF has two readings, 银行处理中 and 可疑; the careful one is taken. */
export const REQUEST_STATES: Readonly<Record<string, Meaning & { readonly outcome: StatusClass }>> = {
  OPR: { outcome: 'waiting', zh: '数据接收中', en: 'being received' },
  AUT: { outcome: 'waiting', zh: '等待审批', en: 'awaiting approval' },
  NTE: { outcome: 'waiting', zh: '终审完毕', en: 'finally approved' },
  APW: { outcome: 'waiting', zh: '银行人工审批', en: 'approval by the bank' },
  BNK: { outcome: 'waiting', zh: '银行处理中', en: 'the bank is processing' },
  ACK: { outcome: 'waiting', zh: '等待确认', en: 'awaiting confirmation' },
  WRF: { outcome: 'doubt', zh: '可疑，需人工介入', en: 'suspect, needs a person' },
  FIN: { outcome: 'final', zh: '完成', en: 'finished' },
}

/** What rtnFlg says under FIN. `doubt`: 挂账, not failed. */
export type ReturnClass = 'settled' | 'refused' | 'returned' | 'doubt'

/** rtnFlg, meaningful only when reqSts is FIN (banks/cmb-cdc §7). */
export const RETURN_FLAGS: Readonly<Record<string, Meaning & { readonly outcome: ReturnClass }>> = {
  S: { outcome: 'settled', zh: '成功', en: 'paid' },
  F: { outcome: 'refused', zh: '失败', en: 'failed' },
  B: { outcome: 'returned', zh: '退票', en: 'returned' },
  R: { outcome: 'refused', zh: '否决', en: 'rejected by the enterprise' },
  D: { outcome: 'refused', zh: '过期', en: 'expired without approval' },
  C: { outcome: 'refused', zh: '撤消', en: 'withdrawn' },
  U: { outcome: 'doubt', zh: '银行挂账', en: 'held in suspense at the bank' },
}

/** What a site may say of a code that the reference does not list, from the bank's own manual for this customer. */
export const CODE_OUTCOMES = {
  message: ['notExecuted', 'noRecord'],
  item: ['refused'],
} as const

export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

export function messageClassOf(code: string, extras: readonly ExtraCode[]): MessageClass {
  const listed = own(RESULT_CODES, code)
  if (listed) return listed.outcome
  const extra = extras.find(entry => entry.code === code && entry.level === 'message')?.outcome
  return CODE_OUTCOMES.message.find(outcome => outcome === extra) ?? 'uncertain'
}

/**
 * Whether an item's errCod is, in the bank's written word to this site, a plain no. The reference has no table of errCod,
 * and the one of a repeated yurRef is not known: unlisted, it decides nothing, because the first payment may have been made.
 */
export function isRefusal(errCod: string, extras: readonly ExtraCode[]): boolean {
  return extras.some(entry => entry.code === errCod && entry.level === 'item' && entry.outcome === 'refused')
}

/** True where an item's errCod says nothing is wrong. */
export function isFine(errCod: string): boolean {
  return errCod === '' || errCod === 'SUC0000'
}

/** What reqSts, rtnFlg and errCod say of a payment together; `unlisted`: a value in no table, or values that contradict. */
export type ItemClass = 'accepted' | ReturnClass | 'unlisted'

export function itemClassOf(reqSts: string, rtnFlg: string): ItemClass {
  const status = own(REQUEST_STATES, reqSts)
  if (!status) return 'unlisted'
  if (status.outcome !== 'final') return status.outcome === 'waiting' ? 'accepted' : 'doubt'
  return own(RETURN_FLAGS, rtnFlg)?.outcome ?? 'unlisted'
}

export function describeMessage(code: string, text: string, extras: readonly ExtraCode[]): string {
  return described(own(RESULT_CODES, code) ?? extraMeaning(code, extras), code, text)
}

export function describeItem(reqSts: string, rtnFlg: string, text: string): string {
  const status = own(REQUEST_STATES, reqSts)
  const isFinal = status?.outcome === 'final'
  return described(isFinal ? (own(RETURN_FLAGS, rtnFlg) ?? null) : (status ?? null), `${reqSts}/${rtnFlg}`, text)
}

function described(meaning: Meaning | null, code: string, text: string): string {
  const words = meaning ? `${meaning.zh} / ${meaning.en}` : `未列出的返回码 ${code} / a code not in the tables`
  return text === '' ? words : `${words}: ${bankWords(text)}`
}

function extraMeaning(code: string, extras: readonly ExtraCode[]): Meaning | null {
  const meaning = extras.find(entry => entry.code === code)?.meaning
  return meaning === undefined ? null : { zh: meaning, en: meaning }
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

const PROBLEMS = {
  'cmb.unreachable': ['连不上银行，报文未发出', 'the bank is unreachable, nothing was sent'],
  'cmb.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'cmb.http_status': ['银行返回非 200 状态', 'the bank answered with an HTTP status other than 200'],
  'cmb.plain_error': ['银行以明文报错', 'the bank answered with an error in plain text'],
  'cmb.undecodable': ['应答无法解密或解析', 'the answer cannot be decrypted or read'],
  'cmb.bad_signature': ['应答验签失败', "the answer's signature is not the bank's"],
  'cmb.wrong_serial': ['应答不是本报文的', 'the answer is not to this message'],
  'cmb.missing_item': ['应答中没有这一笔', 'the answer does not hold this item'],
  'cmb.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this item more than once'],
  'cmb.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'cmb.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'cmb.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'cmb.not_tried': ['前一笔通讯失败，本笔未发出', 'the exchange before it failed, this one was not sent'],
  'cmb.batch': ['批量报文不成立', 'the batch cannot be sent as one message'],
  'cmb.reference': ['业务参考号须为 1–30 位字母数字', 'the reference must be 1–30 letters and digits'],
  'cmb.duplicate_reference': ['同一批中业务参考号重复', 'the reference occurs twice in one batch'],
  'cmb.unknown_account': ['未配置该账号', 'this account is not configured'],
  'cmb.currency': ['只支持人民币', 'only CNY can be paid'],
  'cmb.amount': ['金额须大于 0 且不超过 13 位整数', 'the amount must be above 0 with at most 13 whole digits'],
  'cmb.payee_name': [
    '收款户名须为 1–100 字且不含控制字符',
    'the payee name must be 1–100 characters, no control characters',
  ],
  'cmb.payee_account': ['收款账号须为 1–35 位，不含汉字和空格', 'the payee account must be 1–35 ASCII without blanks'],
  'cmb.payee_bank_code': ['收款行联行号须为 12 位数字', 'the payee bank code must be 12 digits'],
  'cmb.payee_bank_needed': ['跨行须给收款行联行号或行名', 'another bank needs its code or its name'],
  'cmb.payee_bank_name': ['收款行名称过长或含控制字符', 'the payee bank name is too long or holds control characters'],
  'cmb.range': ['日期范围无效或早于 13 个月', 'the range is not valid, or older than 13 months'],
  'cmb.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'cmb.paging': ['明细翻页不收敛', 'paging does not come to an end'],
  'cmb.receipt': ['回单内容不是完整的 PDF', 'the receipt is not a whole PDF'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret. */
export const problem = problemsOf(PROBLEMS)
