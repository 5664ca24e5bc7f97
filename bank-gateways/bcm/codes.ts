// Every code the gateway knows: particular_code, stat, tranStatus and sucFlg with what they decide, and our own. A code that is not
// here, and not configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** What a site may say of a code that the reference does not list, by where it stands. */
export const CODE_OUTCOMES = {
  /** particular_code of a payment. `unsent`: nothing was executed. Never the code of a repeated cert_no: the first may be paid. */
  submit: ['refused', 'unsent'],
  /** particular_code of 310204. */
  inquiry: ['absent'],
  /** particular_code of 310201 and 310301. */
  statement: ['empty'],
  stat: ['settled', 'accepted', 'refused'],
  tranStatus: ['accepted', 'refused'],
} as const

export type CodeLevel = keyof typeof CODE_OUTCOMES
export type ExtraCode = ExtraCodeOf<typeof CODE_OUTCOMES>

type Meaning = { readonly zh: string; readonly en: string }
type Table<Outcome> = Readonly<Record<string, Meaning & { readonly outcome: Outcome }>>

/** The one particular_code that is public (banks/bcm §2, §6); with ans_code 0 it lets the rest of an answer speak. */
export const OK_CODE = '0000'
export const PARTICULAR_CODES: Readonly<Record<string, Meaning>> = {
  [OK_CODE]: { zh: '交易成功', en: 'ok: taken, not necessarily paid' },
}

export type Stat = 'settled' | 'accepted' | 'refused' | 'unknown' | 'absent'

/** stat of 310204 (banks/bcm §4). */
export const STATS: Table<Stat> = {
  '0': { outcome: 'accepted', zh: '处理中', en: 'in process' },
  '1': { outcome: 'settled', zh: '成功', en: 'paid' },
  '2': { outcome: 'refused', zh: '失败', en: 'failed' },
  '3': { outcome: 'unknown', zh: '可疑', en: 'suspicious: the bank itself does not know' },
  '4': { outcome: 'absent', zh: '记录不存在', en: 'no such record now' },
}

export type TranStatus = 'done' | 'accepted' | 'refused' | 'uncertain'

/** tranStatus of 210224 (banks/bcm §3). */
export const TRAN_STATUSES: Table<TranStatus> = {
  '20': { outcome: 'uncertain', zh: '可疑', en: 'suspicious: the bank itself does not know' },
  '21': { outcome: 'done', zh: '成功', en: 'paid' },
  '22': { outcome: 'refused', zh: '失败', en: 'failed' },
  '34': { outcome: 'accepted', zh: '已受理', en: 'taken' },
}

/** sucFlg of a line of 330002 (banks/bcm §3): F is success here. */
export const LINE_FLAGS: Table<'done' | 'refused' | 'uncertain'> = {
  F: { outcome: 'done', zh: '成功', en: 'succeeded' },
  E: { outcome: 'refused', zh: '失败', en: 'failed' },
  '3': { outcome: 'uncertain', zh: '可疑', en: 'suspicious: the bank itself does not know' },
}

const TABLES: Readonly<Record<CodeLevel, Readonly<Record<string, Meaning>>>> = {
  submit: PARTICULAR_CODES,
  inquiry: PARTICULAR_CODES,
  statement: PARTICULAR_CODES,
  stat: STATS,
  tranStatus: TRAN_STATUSES,
}

export function isListed(code: string, level: CodeLevel): boolean {
  return Object.hasOwn(TABLES[level], code)
}

/** Null: in no table. */
export function statOf(code: string, extras: readonly ExtraCode[]): Stat | null {
  const listed = Object.hasOwn(STATS, code) ? STATS[code] : undefined
  return listed?.outcome ?? extraOutcome(code, 'stat', extras) ?? null
}

export function tranStatusOf(code: string, extras: readonly ExtraCode[]): TranStatus {
  const listed = Object.hasOwn(TRAN_STATUSES, code) ? TRAN_STATUSES[code] : undefined
  return listed?.outcome ?? extraOutcome(code, 'tranStatus', extras) ?? 'uncertain'
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
  const listed = isListed(code, level) ? TABLES[level][code] : undefined
  const extra = extras.find(entry => entry.code === code && entry.level === level)?.meaning
  return describe(listed, extra, text)
}

const PROBLEMS = {
  'bcm.unreachable': ['连不上银企直联前置机，报文未发出', 'front-end unreachable, nothing was sent'],
  'bcm.no_answer': ['报文可能已到银行，未收到完整应答', 'the bank may have received it; no complete answer came'],
  'bcm.undecodable': ['应答无法解析', 'the answer cannot be read'],
  'bcm.wrong_serial': ['应答不是本报文的', 'the answer is not to this message'],
  'bcm.wrong_function': ['应答交易码不符', 'the answer is of another function'],
  'bcm.missing_item': ['应答中没有这一笔', 'the answer does not hold this item'],
  'bcm.ambiguous_item': ['应答中这一笔出现多次', 'the answer holds this item more than once'],
  'bcm.wrong_item': ['应答说的不是这一笔', 'the answer is about another payment or account'],
  'bcm.batch_state': [
    '只知整批状态，不能推断每一笔 (batchState)',
    'only the state of the batch is known, not of each line (batchState)',
  ],
  'bcm.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'bcm.halted': ['线路在前一笔中断，本笔未发出', 'the line broke at an earlier message, this one was not sent'],
  'bcm.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'bcm.unexpected': ['意外错误', 'unexpected error'],
  'bcm.reference': ['企业凭证编号须为 1–20 位字母数字', 'cert_no must be 1–20 letters and digits'],
  'bcm.duplicate_reference': ['同一批中编号或行号重复', 'the reference or line number occurs twice in one batch'],
  'bcm.batch_reference': [
    '同一批的批次号、付款账号须相同且不超过上限',
    'a batch has one reference, one payer and a limit',
  ],
  'bcm.unknown_account': ['未配置该账号', 'this account is not configured'],
  'bcm.currency': ['只支持人民币', 'only CNY can be paid'],
  'bcm.amount': ['金额须大于 0 且不超过 12 位整数', 'the amount must be above 0 with at most 12 whole digits'],
  'bcm.text': ['含 GBK 无法表示或银行不允许的字符', 'holds characters that GBK cannot carry or the bank forbids'],
  'bcm.payer_name': ['付款户名为空或过长(见 fieldBytes)', 'payer name empty or too long (fieldBytes)'],
  'bcm.payee_name': ['收款户名为空或过长(见 fieldBytes)', 'payee name empty or too long (fieldBytes)'],
  'bcm.payee_account': [
    '收款账号须为字母、数字或 -，且不超长(见 fieldBytes)',
    'payee account must be letters, digits or hyphens within its width (fieldBytes)',
  ],
  'bcm.payee_bank': ['跨行须给 12 位联行号和开户行名', 'another bank needs a 12-digit bank code and a bank name'],
  'bcm.own_person': [
    '210201 不付交行个人：用 330002，或核对手册后设 ownPersons',
    '210201 does not pay persons at BCM: use 330002, or set ownPersons after a look at your manual',
  ],
  'bcm.payroll_payee': ['330002 只付交行个人', '330002 pays persons at BCM only'],
  'bcm.range': ['日期范围无效', 'the range is not valid'],
  'bcm.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'bcm.row': ['应答明细缺少必需内容', 'a row of the answer lacks what it must have'],
  'bcm.file': [
    '结果过大，银行写成了文件，其格式未公开：减小 statementDays',
    'the result became a file whose layout is not public: lower statementDays',
  ],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

export type ProblemCode = keyof typeof PROBLEMS

/** The one spelling of our own problems; `detail` must hold no secret and no whole account. */
export const problem = problemsOf(PROBLEMS)
