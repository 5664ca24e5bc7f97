// Every code of banks/icbc §6 and §12 with its meaning and what it decides. A code that is neither here nor in the
// site's configuration decides nothing: the payment stays uncertain, the inquiry unavailable.

import type { IcbcConfig } from './config'

export type ResultOutcome = 'accepted' | 'settled' | 'refused'

export type Meaning = { readonly zh: string; readonly en: string }

/** `Result` of one item (banks/icbc §6). 7 is not immune to a later 退汇: that arrives as a statement line. */
export const RESULTS: Readonly<Record<string, Meaning & { readonly outcome: ResultOutcome }>> = {
  '0': { outcome: 'accepted', zh: '提交成功, 等待银行处理', en: 'submitted, waiting for the bank' },
  '1': { outcome: 'accepted', zh: '授权成功, 等待银行处理', en: 'authorised, waiting for the bank' },
  '2': { outcome: 'accepted', zh: '等待授权', en: 'waiting for authorisation' },
  '3': { outcome: 'accepted', zh: '等待二次授权', en: 'waiting for the second authorisation' },
  '4': { outcome: 'accepted', zh: '等待银行答复', en: "waiting for the bank's answer" },
  '5': { outcome: 'accepted', zh: '主机返回待处理', en: 'pending at the host' },
  '6': { outcome: 'refused', zh: '被银行拒绝', en: 'refused by the bank' },
  '7': { outcome: 'settled', zh: '处理成功', en: 'paid' },
  '8': { outcome: 'refused', zh: '指令被拒绝授权', en: 'authorisation refused' },
  '9': { outcome: 'accepted', zh: '银行正在处理', en: 'the bank is processing' },
  '10': { outcome: 'accepted', zh: '预约指令', en: 'scheduled' },
  '11': { outcome: 'refused', zh: '预约取消', en: 'schedule cancelled' },
}

/** What a package's `RetCode` decides about its instructions. `see-items`: each item's own Result speaks. */
export type PackageOutcome = 'see-items' | 'absent' | 'not-executed' | 'uncertain'

/**
 * RetCode, iRetCode and the NC's errorCode (banks/icbc §12). At package level only 0 and, as the answer to QPAYENT,
 * B0116 decide anything. B0016 is the number that is remembered, unverified, for a repeated fSeqno: exactly then the
 * first package may have been paid, so it can never be configured as "not executed".
 */
export const RETURN_CODES: Readonly<Record<string, Meaning & { readonly outcome: PackageOutcome }>> = {
  '0': { outcome: 'see-items', zh: '成功', en: 'ok' },
  B0016: { outcome: 'uncertain', zh: '包序列号重复(未经证实)', en: 'package number repeated (unverified)' },
  B0043: { outcome: 'uncertain', zh: '账号中文户名不符', en: "the account's Chinese name does not match" },
  B0052: { outcome: 'uncertain', zh: '行内收付款账号相同', en: 'payer and payee are the same account' },
  B0116: { outcome: 'absent', zh: '没有符合条件的记录', en: 'no matching record' },
  D0098: {
    outcome: 'uncertain',
    zh: '含义未公开(余额查询中见过)',
    en: 'meaning not published (seen on a balance query)',
  },
  '40418': { outcome: 'uncertain', zh: 'NetSafe Client 或网关故障', en: 'failure at the NetSafe Client or gateway' },
}

/** Null: the value is in no table, or blank. */
export function resultOf(config: IcbcConfig, result: string): (Meaning & { outcome: ResultOutcome }) | null {
  if (Object.hasOwn(RESULTS, result)) return RESULTS[result] ?? null
  if (!Object.hasOwn(config.extraResults, result)) return null
  const extra = config.extraResults[result]
  return extra ? { outcome: extra.outcome, zh: extra.meaning, en: extra.meaning } : null
}

export function packageOutcome(config: IcbcConfig, retCode: string): PackageOutcome {
  if (Object.hasOwn(RETURN_CODES, retCode)) return RETURN_CODES[retCode]?.outcome ?? 'uncertain'
  return Object.hasOwn(config.notExecutedCodes, retCode) ? 'not-executed' : 'uncertain'
}

/** The bank's own words, or ours where it sent none. */
export function wordsOf(code: string, text: string): string {
  if (text) return text
  const meaning = Object.hasOwn(RETURN_CODES, code) ? RETURN_CODES[code] : undefined
  return meaning ? `${meaning.zh} / ${meaning.en}` : ''
}
