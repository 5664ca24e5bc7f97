// What a site says about its CEB proxy (csiiproxy 银企通代理软件). Nothing here names an account, moves money or holds a default that
// does either; what the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

/** Printable ASCII without blanks and without what CEB forbids in values (banks/ceb §1). */
const ASCII = /^[\x21-\x25\x27-\x3b\x3d-\x7e]+$/
const TEXT = /^[^<&\p{Cc}]*$/u
const headField = z.string().max(60).regex(TEXT).default('')
const bytes = z.int().min(1).max(500)

const ownAccount = z.strictObject({
  /** ISO currency of the account. CEB's own currency codes are not known: no message carries one. */
  currency: z.string().regex(/^[A-Z]{3}$/, '须为三位币种 / must be an ISO currency'),
})

/**
 * One site-confirmed code: what the bank's own manual for this customer says about it, at one level. At `flags` the code is
 * `NowFlag/TransferFlag`, for example `00/02`. The code of a repeated BatchID is never `refused` or `notExecuted`: exactly then
 * the first payment may have been made.
 */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9/]{1,20}$/),
    level: z.enum(['submit', 'inquiry', 'flags', 'list']),
    outcome: z.string(),
    meaning: z.string().min(1),
  })
  .superRefine((extra, context) => {
    const allowed: readonly string[] = CODE_OUTCOMES[extra.level]
    const report = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (!allowed.includes(extra.outcome)) report('outcome', `可用值 / one of: ${allowed.join(', ')}`)
    if (isListed(extra.code)) report('code', '内置返回码不可改 / a built-in code cannot be changed')
    if ((extra.level === 'flags') !== extra.code.includes('/'))
      report(
        'code',
        'flags 级写作 NowFlag/TransferFlag，其余级为返回码 / at flags NowFlag/TransferFlag, elsewhere a ReturnCode',
      )
  })

/** 2120 对外 or 2124 跨行互联 for payments to other banks: the contract with the bank decides, there is no default. */
const channel = z.enum(['2120', '2124'])

export const cebConfig = z.strictObject({
  /** The local csiiproxy: `http://127.0.0.1:8000/`. */
  endpoint: z.url({ protocol: /^https?$/ }).refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  /** 企业客户号 CifNo; BatchIDs begin with it (banks/ceb §1: ten digits). */
  cifNo: z.string().regex(/^\d{1,10}$/, '须为最多 10 位数字 / at most 10 digits'),
  /** usrID and UserID. */
  userId: z.string().max(30).regex(ASCII),
  /** userPassword, which travels in the URL of every message; already resolved from an environment variable or a file. */
  userPassword: z
    .string()
    .max(64)
    .regex(/^[\x21-\x7e]+$/),
  accounts: z.record(z.string().regex(/^\d{1,32}$/), ownAccount),
  crossBank: z.strictObject({ ordinary: channel, urgent: channel }),
  /** IsAudit: `1` has the bank audit the payment (落地审核). */
  isAudit: z.enum(['', '0', '1']).default('0'),
  /** Payments to persons: the agreed type that `note` must then be, by the ERP's business type (payroll, expense …). */
  personalNotes: z.record(z.string(), z.string().min(1).regex(TEXT)).default({}),
  /** The fields of SystemHead whose values are not published; the bank's manual says what this customer sends. */
  systemHead: z
    .strictObject({
      encodeing: headField,
      version: headField,
      serviceName: headField,
      syMacFlag: headField,
      mac: headField,
      syPinFlag: headField,
      pinSeed: headField,
      licenseId: headField,
      flag: headField,
      note: headField,
    })
    .prefault({}),
  /** Widest values in bytes of GBK. None is published: these are the narrowest in use at other banks. */
  widths: z
    .strictObject({
      payeeName: bytes.default(60),
      payeeAccount: bytes.default(32),
      payeeBank: bytes.default(60),
      note: bytes.default(60),
      noteOther: bytes.default(60),
    })
    .prefault({}),
  /** Most payments of one call; each travels in a message of its own. */
  batchMax: z.int().min(1).max(100).default(1),
  connectTimeoutMs: z.int().positive().default(5_000),
  /** Too short is safe: the payment is then asked about. */
  answerTimeoutMs: z.int().positive().default(60_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  codes: z.array(extraCode).default([]),
  /**
   * Receipts by b2e005023; null: not fetched. `fileNameElement`: where the answer to "generate" gives the file's name, which is
   * not published.
   */
  receipts: z
    .strictObject({ fileNameElement: z.string().regex(/^[A-Za-z][\w.-]{0,49}$/) })
    .nullable()
    .default(null),
})

export type CebConfig = z.infer<typeof cebConfig>
export type ReceiptConfig = NonNullable<CebConfig['receipts']>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: CebConfig, account: string): CebConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
