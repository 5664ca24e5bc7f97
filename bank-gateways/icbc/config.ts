// What a site states about its ICBC connection. There is no secret here: the NetSafe Client (NC) holds the key and the
// bank's certificate; CIS and certificate ID only say who speaks.

import { z } from 'zod'
import { decimalsOf } from '../../connector/core/money'
import { RESULTS, RETURN_CODES } from './codes'

const code = z.string().regex(/^[0-9A-Za-z]{1,20}$/)
const httpUrl = z.url({ protocol: /^https?$/ })
const milliseconds = z.int().min(1).max(3_600_000)

export const icbcConfig = z
  .strictObject({
    /** The NC's sign port, 449 in every demo (banks/icbc §1). */
    signUrl: httpUrl,
    /** The NC's tunnel port, 448. A URL without a path gets the servlet's. */
    tunnelUrl: httpUrl,
    /** 集团客户号. */
    cis: z.string().regex(/^[0-9A-Za-z]{1,60}$/),
    /** 证书 ID, `xxx.y.NNNN`. */
    certificateId: z.string().regex(/^[\x21-\x7e]{1,40}$/),
    /** 0.0.0.1 is the old interface, 0.0.1.0 the new one: their field sets differ. */
    version: z.enum(['0.0.0.1', '0.0.1.0']),
    /** The waits that clients of this bank use (banks/icbc §1). A shorter answer wait makes more payments `unknown`. */
    connectTimeoutMs: milliseconds.default(120_000),
    answerTimeoutMs: milliseconds.default(600_000),
    /** A whole answer as received, and a `<zip>` area once inflated. Too small fails an answer, never half-reads it. */
    maxAnswerBytes: z.int().min(1024).max(1_073_741_824).default(33_554_432),
    maxInflatedBytes: z.int().min(1024).max(1_073_741_824).default(67_108_864),
    /** Instructions in one package. The bank's own limit is not known (banks/icbc §4), hence one. */
    batchMax: z.int().min(1).max(5000).default(1),
    /** Packages of at least this many items travel as `<zip>` with zipFlag=1; null never. */
    zipFromItems: z.int().min(1).nullable().default(null),
    /** After how long B0116 is the truth. Only a written statement of the bank justifies a number. */
    absentFinalAfterMs: z.int().min(0).nullable().default(null),
    /** ISO currency to the bank's CurrType. Only CNY is confirmed; others come from the customer's manual. */
    currencies: z.record(z.string().regex(/^[A-Z]{3}$/), z.string().regex(/^\d{3}$/)).default({ CNY: '001' }),
    /** Currency of accounts, needed only where more than one currency is configured. */
    accountCurrencies: z.record(z.string(), z.string().regex(/^[A-Z]{3}$/)).default({}),
    /** PayType of an urgent and of an ordinary payment: 1 加急, 2 普通, 3 跨行快汇. */
    payType: z
      .strictObject({ urgent: z.enum(['1', '2', '3']), ordinary: z.enum(['1', '2', '3']) })
      .default({ urgent: '1', ordinary: '2' }),
    /** 0 逐笔记账, 2 并笔记账. */
    settleMode: z.enum(['0', '2']).default('0'),
    /** Elements that carry our reference; the bank brings Ref and Oref back in its detail. */
    referenceIn: z
      .array(z.enum(['Ref', 'Oref', 'ERPSqn']))
      .min(1)
      .default(['Ref', 'ERPSqn']),
    /** UseCN beyond 10 characters makes a cross-bank payment fall to manual handling 落地 (banks/icbc §4). */
    useCNMaxCharacters: z.int().min(1).max(30).default(10),
    /** AreaCode of QPD: the account's first 4 digits in one client, or nothing; single accounts by name. */
    areaCode: z.enum(['account-prefix', 'empty']).default('account-prefix'),
    areaCodes: z.record(z.string(), z.string().regex(/^\d{4}$/)).default({}),
    /** RecICBCCode of a payee inside ICBC. Card numbers do not begin with their area, hence empty. */
    payeeAreaCode: z.enum(['account-prefix', 'empty']).default('empty'),
    /** Result values that the site's own manual adds to banks/icbc §6. */
    extraResults: z
      .record(code, z.strictObject({ outcome: z.enum(['accepted', 'settled', 'refused']), meaning: z.string().min(1) }))
      .default({}),
    /** Package RetCodes by which, in the bank's written word, nothing was executed. Never the one for a repeated fSeqno. */
    notExecutedCodes: z.record(code, z.string().min(1)).default({}),
  })
  .superRefine((config, context) => {
    const report = (path: readonly string[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message })
    for (const result of Object.keys(config.extraResults))
      if (Object.hasOwn(RESULTS, result))
        report(['extraResults', result], '该取值已有固定含义 / this value has a fixed meaning')
    for (const listed of Object.keys(config.notExecutedCodes))
      if (Object.hasOwn(RETURN_CODES, listed))
        report(['notExecutedCodes', listed], '该返回码已有固定含义 / this code has a fixed meaning')
    for (const currency of Object.keys(config.currencies))
      if (decimalsOf(currency) !== 2)
        report(['currencies', currency], '仅支持两位小数的币种 / only currencies of two decimals')
    if (Object.keys(config.currencies).length === 0) report(['currencies'], '至少一个币种 / at least one currency')
    for (const [account, currency] of Object.entries(config.accountCurrencies))
      if (!Object.hasOwn(config.currencies, currency))
        report(['accountCurrencies', account], '该币种未配置 CurrType / no CurrType configured for this currency')
  })

export type IcbcConfig = z.output<typeof icbcConfig>

/** The currency an account is kept in, or null when the configuration does not say. */
export function accountCurrency(config: IcbcConfig, account: string): string | null {
  const named = Object.hasOwn(config.accountCurrencies, account) ? config.accountCurrencies[account] : undefined
  const [only, ...others] = Object.keys(config.currencies)
  return named ?? (others.length === 0 ? (only ?? null) : null)
}

/** The ISO currency of a CurrType, or null. The old interface answers `RMB` for CNY (banks/icbc §9). */
export function currencyOfType(config: IcbcConfig, currType: string): string | null {
  if (currType === 'RMB') return 'CNY'
  return Object.entries(config.currencies).find(([, type]) => type === currType)?.[0] ?? null
}
