// What a site says about its SPDB sign server and gateway. Nothing here names an account, moves money or holds a default that
// does either; what the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

const address = z
  .url({ protocol: /^https?$/ })
  .refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL')
/** Printable ASCII without blanks and markup. */
const ASCII = /^[\x21-\x25\x27-\x3b\x3d\x3f-\x7e]+$/

/**
 * One site-confirmed code: what the bank's own manual for this customer says about it, at one level. The code of a repeated
 * elecChequeNo is never `refused` or `notExecuted`: exactly then the first payment may have been made.
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
    if (isListed(extra.code))
      context.addIssue({
        code: 'custom',
        path: ['code'],
        message: '内置返回码不可改 / a built-in code cannot be changed',
      })
  })

const code = z.string().regex(/^[0-9A-Z]{4}$/)

/** Which numbers the two receipt functions have is not known (banks/spdb §6): the bank's manual says. */
const receipts = z.strictObject({
  applyCode: code,
  downloadCode: code,
  /** The file host: another address than the gateway's. */
  fileUrl: address,
  /** "Wait about 1 minute" between the application and the file. */
  waitMs: z.int().min(0).max(3_600_000).default(60_000),
})

const width = (bytes: number) => z.int().min(1).max(500).default(bytes)

export const spdbConfig = z.strictObject({
  /** The INFOSEC sign server (5666 or 449 in use). */
  signUrl: address,
  /** NC_HTTP (5777 in use). */
  gatewayUrl: address,
  /** 企业客户号. */
  masterId: z.string().max(30).regex(ASCII),
  /** 指定授权客户号 authMasterID, or empty. */
  authMasterId: z
    .string()
    .max(30)
    .regex(/^[\x21-\x25\x27-\x3b\x3d\x3f-\x7e]*$/)
    .default(''),
  accounts: z.record(
    z.string().max(32).regex(/^\d+$/),
    z.strictObject({
      /** ISO currency: SPDB's own currency codes are not known. */
      currency: z.string().regex(/^[A-Z]{3}$/, '须为三位币种 / must be an ISO currency'),
      /** A payee of the same city at SPDB is 同城 (remitLocation 0), every other 异地 (1). */
      city: z.string().default(''),
    }),
  ),
  /** 8801 one by one, 8800 in packages of at most 20 (banks/spdb §2). The contract with the bank decides; no default. */
  payment: z.enum(['8801', '8800']),
  batchMax: z.int().min(1).max(20).default(1),
  /** Without the number a payment to another bank is not straight-through (banks/spdb §3). */
  requiresBankCode: z.boolean().default(true),
  /** No length is known (banks/spdb §3): bytes of GBK, narrow. A name or an account beyond it is not sent. */
  widths: z
    .strictObject({
      reference: z.int().min(15).max(30).default(20),
      name: width(60),
      account: width(32),
      bankName: width(60),
      note: width(60),
      purpose: width(60),
    })
    .prefault({}),
  /** The number of the statement function is unverified (banks/spdb §5). A question under a wrong one moves nothing. */
  statementCode: code.default('8924'),
  /** What `debitFlag` says of money out and in: not known (banks/README §5.4), so there is no default. */
  debitFlag: z
    .strictObject({ out: z.string().min(1).max(4), in: z.string().min(1).max(4) })
    .refine(flags => flags.out !== flags.in, '两个方向不得相同 / both sides are the same'),
  statementRows: z.int().min(1).max(100).default(20),
  statementDays: z.int().min(1).max(92).default(31),
  /** How far back 8804 looks for a payment whose day is not known. */
  inquiryDays: z.int().min(1).max(92).default(30),
  /** Words in `note` that make transStatus 8 a return (人行退票) and not a plain refusal. */
  returnWords: z.array(z.string().min(1)).default(['退票', '退汇']),
  connectTimeoutMs: z.int().positive().default(10_000),
  /** Too short is safe: the payment is then asked about. */
  answerTimeoutMs: z.int().positive().default(60_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
  /** That elecChequeNo is the key is confirmed, what a repeat gets is not (banks/spdb §8). */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  codes: z.array(extraCode).default([]),
  /** Null: receipts are not fetched. */
  receipts: receipts.nullable().default(null),
})

export type SpdbConfig = z.infer<typeof spdbConfig>
export type ReceiptConfig = NonNullable<SpdbConfig['receipts']>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: SpdbConfig, account: string): SpdbConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
