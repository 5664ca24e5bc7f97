// What a site says about its CITIC front-end (前置). Nothing here names an account, moves money or holds a default that does
// either; what the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

/** Printable ASCII without blanks. */
const ASCII = /^[\x21-\x7e]+$/

const ownAccount = z.strictObject({
  /** ISO currency of the account. CITIC's own currency codes are not known, and statement rows carry none. */
  currency: z.string().regex(/^[A-Z]{3}$/, '须为三位币种 / must be an ISO currency'),
  /** City of the account: a payee with the same city is 同城 (cityFlag 0), any other 异地 (1). */
  city: z.string().default(''),
})

/**
 * One site-confirmed code: what the bank's own manual for this customer says about it, at one level. The code of a repeated
 * clientID is never `refused` or `notExecuted`: exactly then the first payment may have been made.
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

/** How payments travel (banks/citic §3, §4). The contract with the bank decides; there is no default. */
const payment = z.discriminatedUnion('action', [
  /** 对外支付: one message a payment, to every bank. */
  z.strictObject({
    action: z.literal('DLOUTTRN'),
    /** 02 大额 (working days 9:00–17:00), 03 小额 (its upper limit is the central bank's). */
    ordinary: z.enum(['02', '03']),
    urgent: z.enum(['02', '03']),
  }),
  /** 现金管理 支付转账: many payments a message, each with a clientID of its own. */
  z.strictObject({ action: z.literal('DLINTTRN') }),
])

const receipts = z.strictObject({
  /** `bankId` of DLEDCDTD: its meaning is not known, the bank's manual says what this customer sends. */
  bankId: z.string().max(20).default(''),
  /** `fileType` of V6; left out when null. */
  fileType: z.enum(['0', '1', '2']).nullable().default(null),
})

export const citicConfig = z.strictObject({
  /** The local front-end, V6: `http://127.0.0.1:6788/`. */
  endpoint: z.url({ protocol: /^https?$/ }).refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  /** 银企直联登录名, C30. */
  userName: z.string().max(30).regex(ASCII),
  /** Our accounts by number (C19). */
  accounts: z.record(z.string().max(19).regex(/^\d+$/), ownAccount),
  payment,
  /** Most payments of one call; DLINTTRN: of one message. The bank's limit of rows is not known. */
  batchMax: z.int().min(1).max(100).default(1),
  /** An empty bank code and a mistyped bank name make a payment fall to manual handling (banks/citic §4). */
  requiresBankCode: z.boolean().default(true),
  connectTimeoutMs: z.int().positive().default(10_000),
  /** Too short is safe: the payment is then asked about. */
  answerTimeoutMs: z.int().positive().default(60_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
  /** Rows wanted a page; the bank gives at most 20. */
  statementPageSize: z.int().min(1).max(20).default(20),
  /** That clientID is the idempotency key is confirmed, what a repeat gets is not (banks/citic §8). */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  codes: z.array(extraCode).default([]),
  /** Null: receipts are not fetched. */
  receipts: receipts.nullable().default(null),
})

export type CiticConfig = z.infer<typeof citicConfig>
export type ReceiptConfig = NonNullable<CiticConfig['receipts']>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: CiticConfig, account: string): CiticConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
