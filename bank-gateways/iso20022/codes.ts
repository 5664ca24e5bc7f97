// Every status and reason of ISO 20022 that decides something here (ExternalPaymentGroupStatus1Code,
// ExternalPaymentTransactionStatus1Code, ExternalStatusReason1Code), and our own problems. A code that is not here, and not
// configured by the site, never means paid and never means refused.

import { type ExtraCodeOf, describe, extraOutcomeOf, problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

/** What a site may say of a code that the tables do not decide, by where it stands. */
export const ISO_OUTCOMES = {
  status: ['accepted', 'settled', 'refused'],
  /** `duplicate`: the bank has had this file or payment before, so a rejection says nothing about the first. */
  reason: ['refused', 'duplicate'],
} as const

export type CodeLevel = keyof typeof ISO_OUTCOMES
export type ExtraCode = ExtraCodeOf<typeof ISO_OUTCOMES>

type Meaning = { readonly zh: string; readonly en: string }

/** `partly`: see the level below. */
export type StatusOutcome = 'accepted' | 'settled' | 'refused' | 'partly'

/** Only ACSC and ACCC say that money moved. CANC, BLCK and the rest are in no table: nobody asked for them here. */
export const STATUSES: Readonly<Record<string, Meaning & { readonly outcome: StatusOutcome }>> = {
  RCVD: { outcome: 'accepted', zh: '已收到', en: 'received' },
  ACTC: { outcome: 'accepted', zh: '技术校验通过', en: 'accepted, technical checks' },
  ACCP: { outcome: 'accepted', zh: '客户校验通过', en: 'accepted, customer profile' },
  ACFC: { outcome: 'accepted', zh: '余额校验通过', en: 'accepted, funds checked' },
  ACSP: { outcome: 'accepted', zh: '已受理，处理中', en: 'accepted, settlement in process' },
  ACWC: { outcome: 'accepted', zh: '已受理，有更改', en: 'accepted with a change' },
  ACWP: { outcome: 'accepted', zh: '已受理，收款行未入账', en: 'accepted, not posted to the creditor' },
  PATC: { outcome: 'accepted', zh: '待其他授权', en: 'waits for further authorisation' },
  PDNG: { outcome: 'accepted', zh: '待处理', en: 'pending' },
  ACSC: { outcome: 'settled', zh: '付款方已扣款', en: 'settled on the debtor’s account' },
  ACCC: { outcome: 'settled', zh: '收款方已入账', en: 'settled on the creditor’s account' },
  PART: { outcome: 'partly', zh: '部分受理', en: 'partially accepted' },
  RJCT: { outcome: 'refused', zh: '拒绝', en: 'rejected' },
}

/**
 * Reasons of a rejection. `duplicate` never refuses: what came first may be paid. NARR, MS02 and MS03 (no reason given) are left
 * out on purpose: a bank may hide a repeated file behind them; a site that knows better enters them in `codes`.
 */
export const REASONS: Readonly<Record<string, Meaning & { readonly outcome: 'refused' | 'duplicate' }>> = {
  ...listed('duplicate', {
    AM05: ['重复', 'duplication'],
    DUPL: ['重复付款', 'duplicate payment'],
    DU01: ['报文号重复', 'duplicate message id'],
    DU02: ['批次号重复', 'duplicate payment information id'],
    DU03: ['交易重复', 'duplicate transaction'],
    DU04: ['端到端编号重复', 'duplicate end-to-end id'],
    DU05: ['指令号重复', 'duplicate instruction id'],
  }),
  ...listed('refused', {
    AC01: ['账号不正确', 'incorrect account number'],
    AC02: ['付款账号无效', 'invalid debtor account'],
    AC03: ['收款账号无效', 'invalid creditor account'],
    AC04: ['账户已销户', 'closed account'],
    AC05: ['付款账户已销户', 'closed debtor account'],
    AC06: ['账户冻结', 'blocked account'],
    AC07: ['收款账户已销户', 'closed creditor account'],
    AC14: ['收款账户类型无效', 'invalid creditor account type'],
    AG01: ['该账户不允许此交易', 'transaction forbidden on this account'],
    AG02: ['交易代码无效', 'invalid bank operation code'],
    AG03: ['不支持的交易', 'transaction not supported'],
    AM01: ['金额为零', 'zero amount'],
    AM02: ['金额不允许', 'amount not allowed'],
    AM03: ['币种不允许', 'currency not allowed'],
    AM04: ['余额不足', 'insufficient funds'],
    AM06: ['金额低于最低限额', 'amount too low'],
    AM07: ['金额冻结', 'blocked amount'],
    AM09: ['金额不正确', 'wrong amount'],
    AM10: ['控制总额不符', 'invalid control sum'],
    AM11: ['交易币种无效', 'invalid transaction currency'],
    AM12: ['金额无效', 'invalid amount'],
    AM14: ['超过约定限额', 'amount exceeds the agreed limit'],
    AM18: ['笔数不符', 'invalid number of transactions'],
    BE01: ['户名账号不符', 'party inconsistent with the account'],
    BE04: ['收款人地址缺失', 'missing creditor address'],
    BE05: ['发起方不认识', 'unrecognised initiating party'],
    BE06: ['收款人不认识', 'unknown end customer'],
    BE07: ['付款人地址缺失', 'missing debtor address'],
    BE08: ['付款人名称缺失', 'missing debtor name'],
    CUST: ['应客户要求', 'by the customer’s decision'],
    DS02: ['授权方取消', 'cancelled by an authorised signatory'],
    DS04: ['授权方拒绝', 'rejected by an authorised signatory'],
    DT01: ['日期无效', 'invalid date'],
    ED05: ['清算失败', 'settlement failed'],
    FF01: ['文件格式无效', 'invalid file format'],
    FF03: ['支付类型信息无效', 'invalid payment type information'],
    FF05: ['支付工具代码无效', 'invalid local instrument code'],
    RC01: ['行号错误', 'incorrect bank identifier'],
    RC03: ['付款行行号无效', 'invalid debtor bank identifier'],
    RC04: ['收款行行号无效', 'invalid creditor bank identifier'],
    RR03: ['缺收款人名称或地址', 'missing creditor name or address'],
    RR04: ['监管原因', 'regulatory reason'],
    TM01: ['超过截止时间', 'after the cut-off time'],
  }),
}

function listed<Outcome extends 'refused' | 'duplicate'>(
  outcome: Outcome,
  words: Readonly<Record<string, readonly [zh: string, en: string]>>,
) {
  return Object.fromEntries(Object.entries(words).map(([code, [zh, en]]) => [code, { outcome, zh, en }]))
}

export function isListed(code: string, level: CodeLevel): boolean {
  return Object.hasOwn(level === 'status' ? STATUSES : REASONS, code)
}

/** Null: in no table. */
export function statusOutcome(code: string, extras: readonly ExtraCode[]): StatusOutcome | null {
  const known = Object.hasOwn(STATUSES, code) ? STATUSES[code]?.outcome : undefined
  return known ?? extraOutcomeOf(ISO_OUTCOMES, code, 'status', extras) ?? null
}

/** Null: in no table. */
export function reasonOutcome(code: string, extras: readonly ExtraCode[]): 'refused' | 'duplicate' | null {
  const known = Object.hasOwn(REASONS, code) ? REASONS[code]?.outcome : undefined
  return known ?? extraOutcomeOf(ISO_OUTCOMES, code, 'reason', extras) ?? null
}

/** A reason's own words can say what its code hides. */
export const DUPLICATE_WORDS = /duplic|already (?:been )?(?:received|processed)|重复|重覆/i

/** Chinese and English meaning of a code with what the bank said, for the trail. */
export function describeCode(code: string, level: CodeLevel, text: string, extras: readonly ExtraCode[]): string {
  const table: Readonly<Record<string, Meaning>> = level === 'status' ? STATUSES : REASONS
  const extra = extras.find(entry => entry.code === code && entry.level === level)?.meaning
  return describe(Object.hasOwn(table, code) ? table[code] : undefined, extra, text)
}

const PROBLEMS = {
  'iso20022.unreachable': [
    '连不上银行文件服务器，文件未发出',
    'the bank’s file server is unreachable, nothing was sent',
  ],
  'iso20022.host_key': [
    '服务器主机密钥与配置不符，拒绝连接',
    'the server’s host key is not the configured one: refused',
  ],
  'iso20022.not_written': ['服务器拒绝新建文件，文件未发出', 'the server refused the new file, nothing was sent'],
  'iso20022.no_answer': ['文件可能已到银行，未得到确认', 'the bank may have the file; its arrival was not confirmed'],
  'iso20022.delivered': ['文件已送达，等待银行状态报告 pain.002', 'the file was delivered, no pain.002 has come yet'],
  'iso20022.exists': ['银行侧已有同名文件，不覆盖', 'a file of this name is there already and is not overwritten'],
  'iso20022.aborted': ['已中止，未发出', 'aborted, nothing was sent'],
  'iso20022.no_status': ['尚无这一笔的状态报告', 'no status report about this payment has come yet'],
  'iso20022.status': ['状态不在表内', 'the status is in no table'],
  'iso20022.reason': [
    '拒绝原因缺失或不在表内，不能断定未付',
    'rejected for no or an unlisted reason: not proof of not paid',
  ],
  'iso20022.duplicate': ['银行称文件或交易重复：第一次的可能已付', 'rejected as a duplicate: the first may be paid'],
  'iso20022.contradictory': ['银行的各状态报告互相矛盾', 'the bank’s status reports contradict each other'],
  'iso20022.other_file': [
    '报告的笔数、总额或编号与我方文件不符',
    'number, sum or ids in the report are not those of our file',
  ],
  'iso20022.not_in_file': [
    '文件级拒绝，但无法证明这一笔在该文件内',
    'the file was rejected, but this payment is not provably in it',
  ],
  'iso20022.foreign': ['收到不认识的文件的状态报告', 'a status report about a file that is not ours'],
  'iso20022.undecodable': ['收到的文件无法读取，已留存', 'a file that came cannot be read; it is kept'],
  'iso20022.signature': [
    '收到的文件未签名或签名不是银行的，已留存，不采用',
    'a file that came is not signed by the bank; it is kept and not used',
  ],
  'iso20022.pgp': ['加密或解密失败，请检查密钥', 'encryption or decryption failed; check the keys'],
  'iso20022.fetch': ['取回银行文件失败', 'the bank’s files could not be fetched'],
  'iso20022.archive': ['本地归档不可写或被改动', 'the archive cannot be written, or was altered'],
  'iso20022.unbuildable': ['报文无法组成，未发出', 'the message cannot be built, nothing was sent'],
  'iso20022.batch': [
    '同一文件须同一付款账号、同一批次号、编号不重复且不超过 batchMax',
    'one file has one payer, one batch reference, distinct references and at most batchMax',
  ],
  'iso20022.reference': ['编号须为 1–35 位字母数字', 'references must be 1–35 letters and digits'],
  'iso20022.unknown_account': ['未配置该账号', 'this account is not configured'],
  'iso20022.currency': ['该账户或样式不支持此币种', 'not a currency of this account or profile'],
  'iso20022.amount': ['金额须大于 0 且不超过 18 位', 'the amount must be above 0 with at most 18 digits'],
  'iso20022.payer_name': [
    '付款户名为空、过长或含不支持的字符',
    'payer name empty, too long or with characters the profile does not take',
  ],
  'iso20022.payee_name': [
    '收款户名为空、过长或含不支持的字符',
    'payee name empty, too long or with characters the profile does not take',
  ],
  'iso20022.payee_account': ['收款账号不符合样式要求', 'payee account is not what the profile takes'],
  'iso20022.payee_bank': ['收款行行号不符合样式要求', 'payee bank code is not what the profile takes'],
  'iso20022.urgent': ['该样式没有加急', 'this profile has no urgent payments'],
  'iso20022.range': ['日期范围无效', 'the range is not valid'],
  'iso20022.cursor': ['续查标记无效', 'the cursor is not of this account and range'],
  'iso20022.no_balance': ['尚未收到该账户带余额的文件', 'no file with a balance of this account has come yet'],
  'iso20022.line': ['对账单中有不可读的明细', 'a line of the statement cannot be taken'],
  'iso20022.identity': [
    '明细缺少 AcctSvcrRef 或其重复，请改用 lineIdentity: content',
    'AcctSvcrRef is missing or not unique; use lineIdentity: content',
  ],
  'iso20022.gap': [
    '对账单余额不连贯，可能缺文件',
    'balances of the statements do not fit together, one may be missing',
  ],
  'iso20022.intraday': ['日间明细与日终对账单不一致', 'intraday lines are not in the day’s statement'],
  'iso20022.two_statements': ['同一编号的对账单内容不同', 'two statements under one id differ'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no secret. */
export const problem = problemsOf(PROBLEMS)
