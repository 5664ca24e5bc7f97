// What a site says about its CIB proxy (CSP 银企直联代理服务). Nothing here names an account, moves money or holds a default that
// does either; what the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

/** Printable ASCII without what CIB forbids in values (banks/cib §1). */
const ASCII = /^[\x21-\x25\x27-\x3b\x3d\x3f-\x7e]+$/
const TEXT = /^[^<>&\p{Cc}]*$/u

const ownAccount = z.strictObject({
  /** ISO currency of the account: what an answer says of it must agree. */
  currency: z.string().regex(/^[A-Z]{3}$/, '须为三位币种 / must be an ISO currency'),
  /** City of the account (ACCTFROM/CITY): a payee of the same city is 同城 (LOCAL Y), every other 异地 (N). */
  city: z.string().min(1).max(15).regex(TEXT),
  /** BANKDESC of the account. */
  bankName: z.string().min(1).max(25).regex(TEXT).default('兴业银行'),
})

/**
 * One site-confirmed code: what the bank's own manual for this customer says about it, at one level. 12345 (TRNUID already used) is
 * built in and uncertain: exactly then the first payment may have been made.
 */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9]{1,20}$/),
    level: z.enum(['submit', 'inquiry', 'list']),
    outcome: z.string(),
    meaning: z.string().min(1),
  })
  .superRefine((extra, context) => {
    const allowed: readonly string[] = CODE_OUTCOMES[extra.level]
    if (!allowed.includes(extra.outcome))
      context.addIssue({ code: 'custom', path: ['outcome'], message: `可用值 / one of: ${allowed.join(', ')}` })
    if (isListed(extra.code, extra.level))
      context.addIssue({
        code: 'custom',
        path: ['code'],
        message: '内置返回码不可改 / a built-in code cannot be changed',
      })
  })

/** How payments travel (banks/cib §3). The contract with the bank decides; there is no default. */
const payment = z.discriminatedUnion('function', [
  /** 转账汇款: one message a payment. `superFor`: which of those that may go by 超网 (≤50 000, bank code known) do so. */
  z.strictObject({ function: z.literal('XFERTRNRQ'), superFor: z.enum(['none', 'urgent', 'all']) }),
  /** 异步批量: up to 100 payments a message. `size`: what the SIZE of XFERINFOTEXT counts, which the reference does not say. */
  z.strictObject({ function: z.literal('ASYNBATCHTRSFRTRNRQ'), size: z.enum(['lines', 'bytes']) }),
])

export const cibConfig = z.strictObject({
  /** The local CSP proxy: `http://127.0.0.1:8007/`. */
  endpoint: z.url({ protocol: /^https?$/ }).refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  /** 企业客户号 CID. */
  cid: z.string().max(20).regex(ASCII),
  userId: z.string().max(30).regex(ASCII),
  /** USERPASS, already resolved: the site keeps it in an environment variable or a file, never in the document. */
  userPassword: z.string().max(64).regex(ASCII),
  accounts: z.record(z.string().regex(/^\d{18}$/, '须为 18 位账号 / must be 18 digits'), ownAccount),
  payment,
  /** Most payments of one call; ASYNBATCHTRSFRTRNRQ: of one message, whose limit is 100. */
  batchMax: z.int().min(1).max(100).default(1),
  /** PURPOSE is ≤60, but the bank's FAQ attributes 附言非法 to more than 30 (banks/cib §3): the narrower, in bytes. */
  purposeMaxBytes: z.int().min(20).max(60).default(30),
  /** Whether our reference ends the purpose: nothing else brings it into the statement (MEMO `摘要简称|用途`). */
  referenceInPurpose: z.boolean().default(true),
  /** VERSION of SCUSTSTMTRQ: 2.0 adds the marks of corrections. */
  statementVersion: z.enum(['', '2.0']).default('2.0'),
  /** Most days of one statement question; the bank's own limit is not known. */
  statementDays: z.int().min(1).max(92).default(31),
  connectTimeoutMs: z.int().positive().default(10_000),
  /** Too short is safe: the payment is then asked about. */
  answerTimeoutMs: z.int().positive().default(60_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  codes: z.array(extraCode).default([]),
})

export type CibConfig = z.infer<typeof cibConfig>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: CibConfig, account: string): CibConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
