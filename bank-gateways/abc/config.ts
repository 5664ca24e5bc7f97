// What a site says about its ABC 银企通 front-end. Nothing here names an account, moves money or holds a default that does
// either; a value the reference does not confirm is a setting whose default is the safe side. There is no secret but that of
// the file transfer: the front-end holds operator and key.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

const milliseconds = z.int().min(1).max(3_600_000)
const ASCII = /^[\x21-\x7e]*$/

const ownAccount = z.strictObject({
  /** 2-digit ABC province code (banks/abc §4). */
  province: z.string().regex(/^\d{2}$/),
  /** The 15 digits without the province; needed where the account's key is neither those nor province + those. */
  number: z
    .string()
    .regex(/^\d{15}$/)
    .optional(),
  /** ISO currency; only CNY (`01`) is confirmed. */
  currency: z.literal('CNY'),
})

const directory = z.strictObject({
  kind: z.literal('directory'),
  /** The front-end's `detail` directory as this process sees it. */
  path: z.string().min(1),
})

const sftp = z.strictObject({
  kind: z.literal('sftp'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(22),
  username: z.string().min(1),
  password: z.string().min(1).optional(),
  /** PEM or OpenSSH text. */
  privateKey: z.string().min(1).optional(),
  /** SHA-256 of the server's host key, Base64 as `ssh-keygen -lf` prints it behind `SHA256:`. Another key is refused. */
  hostKeySha256: z.string().regex(/^[A-Za-z0-9+/]{43}=?$/),
  path: z.string().min(1),
})

/** One site-confirmed code: what the bank's own manual for this customer says about it, at one level. */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9]{1,12}$/),
    level: z.enum(['submit', 'inquiry', 'result', 'detail']),
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

/**
 * The reference knows no length but those of accounts and bank numbers (banks/abc §8). Names have the narrowest width of the
 * other banks; too narrow only means that a payment is not sent and says so.
 */
const fieldBytes = z.strictObject({
  name: z.int().min(1).max(200).default(60),
  bankName: z.int().min(1).max(200).default(60),
  whyUse: z.int().min(1).max(200).default(40),
  postscript: z.int().min(1).max(200).default(40),
})

export const abcConfig = z
  .strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(15_999),
    /** First byte of the header: 0 plain, 1 encrypted, by comments; the local front-end takes both (banks/abc §1). */
    flag: z.enum(['0', '1']).default('0'),
    /** The reply's header says how long it is; clients that are known ignore it and read to the end of the stream. */
    replyLength: z.enum(['header', 'end-of-stream']).default('header'),
    /** ReqSeqNo of the answer must be ours; a front-end that leaves it out needs `when-present`. */
    replySerial: z.enum(['required', 'when-present']).default('required'),
    /** May be empty: the front-end fills them in (banks/abc §2). */
    corpNo: z.string().max(40).regex(ASCII).default(''),
    opNo: z.string().max(40).regex(ASCII).default(''),
    authNo: z.string().max(40).regex(ASCII).default(''),
    /** Our accounts by the number that the ERP has. */
    accounts: z.record(z.string().regex(/^\d{1,34}$/), ownAccount),
    /** 0000 with WaitFlag 0 is "paid" in one client only; `accepted` lets CQRT04 or the statement say so. */
    submitSuccess: z.enum(['accepted', 'settled']).default('accepted'),
    /** CQRA61 about payments in manual handling: its key field is odd, verify it in the bank's manual (banks/abc §6). */
    manualQuery: z.enum(['off', 'CQRA61']).default('off'),
    /** A payee account of 17 digits at ABC is sent as province and 15 digits, or whole with an empty CrProv. */
    payeeAccount: z.enum(['split', 'whole']).default('split'),
    /** UrgencyFlag is 0/1 in two clients and N/Y in a third (banks/abc §4). */
    urgencyFlag: z.enum(['0/1', 'N/Y']).default('0/1'),
    /** ConFlag. */
    payeeName: z.enum(['checked', 'unchecked']).default('checked'),
    fieldBytes: fieldBytes.prefault({}),
    connectTimeoutMs: milliseconds.default(10_000),
    /** banks/abc §1. A shorter answer wait makes more payments `unknown`. */
    answerTimeoutMs: milliseconds.default(120_000),
    maxAnswerBytes: z.int().min(1024).max(67_108_864).default(1_048_576),
    /** Where the files of CQRA10 are; null: statements are not read. */
    detail: z.discriminatedUnion('kind', [directory, sftp]).nullable().default(null),
    /** How long a named file may take to appear whole, and how large it may be. */
    detailWaitMs: z.int().min(0).max(600_000).default(10_000),
    maxDetailBytes: z.int().min(1024).max(268_435_456).default(67_108_864),
    /** Days a CQRA10 asks for. One, unless the bank says that journal numbers are unique over days: paging goes by them. */
    statementDays: z.int().min(1).max(31).default(1),
    /** How money in and out are told apart: by the balances before and behind, or by the sign of Amt (one client). */
    direction: z.enum(['balances', 'amount-sign']).default('balances'),
    /** That the bank refuses a second ReqSeqNo is not known: false until the site has seen it. */
    dedupesReference: z.boolean().default(false),
    absentFinalAfterMs: z.int().positive().nullable().default(null),
    /** Words that mark incoming money as an own payment coming back: the reference has no marker. */
    reversalWords: z.array(z.string().min(1)).default(['退汇', '退票', '冲正']),
    codes: z.array(extraCode).default([]),
  })
  .superRefine((config, context) => {
    for (const [key, { province, number }] of Object.entries(config.accounts))
      if (numberOf(key, province, number) === null)
        context.addIssue({
          code: 'custom',
          path: ['accounts', key, 'number'],
          message: '须给去掉省市代码的 15 位账号 / give the 15 digits without the province',
        })
    const { detail } = config
    if (detail?.kind === 'sftp' && detail.password === undefined && detail.privateKey === undefined)
      context.addIssue({
        code: 'custom',
        path: ['detail', 'password'],
        message: '须给口令或私钥 / give a password or a private key',
      })
  })

export type AbcConfig = z.output<typeof abcConfig>

export type OwnAccount = { readonly province: string; readonly number: string; readonly currency: 'CNY' }

/** One of our accounts as ABC numbers it, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: AbcConfig, account: string): OwnAccount | null {
  const own = Object.hasOwn(config.accounts, account) ? config.accounts[account] : undefined
  const number = own ? numberOf(account, own.province, own.number) : null
  return own && number !== null ? { province: own.province, number, currency: own.currency } : null
}

function numberOf(key: string, province: string, number: string | undefined): string | null {
  if (number !== undefined) return number
  if (key.length === 15) return key
  return key.length === 17 && key.startsWith(province) ? key.slice(2) : null
}
