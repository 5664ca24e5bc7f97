// What a site says about its BOC front-end (前置机). Nothing here names an account, moves money or holds a default that
// does either; a value the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

/** Printable ASCII without blanks: what an account or an operator number may be made of. */
const ASCII = /^[\x21-\x7e]+$/
const WORDS = z.array(z.string().min(1))

const ownAccount = z.strictObject({
  /** 联行号 of the account's province, 5 digits, e.g. 40142 Beijing (banks/boc §9). */
  ibknum: z.string().regex(/^\d{5}$/, '须为 5 位省行联行号 / must be the 5-digit province code'),
  /** ISO currency of the account, used only for rows that the bank sends without one. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
})

/** One site-confirmed code: what the bank's own manual for this customer says about it, at one level. */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9._-]{1,30}$/),
    level: z.enum(['message', 'submit', 'inquiry', 'signIn']),
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

const signIn = z.strictObject({
  /**
   * Pause after the bank refused a sign-in; null = until the process is started anew. The refusal's code is not known, so
   * every refusal counts as a wrong password: five a day lock the operator (banks/boc §2). Six hours allow at most four.
   */
  pauseMs: z
    .int()
    .positive()
    .nullable()
    .default(6 * 3_600_000),
  /** Failed sign-ins in any 24 h that may have carried a wrong password. Under the bank's five. */
  maxFailuresPerDay: z.int().min(1).max(4).default(4),
  /** Refused sign-ins without a success between them; then none until the process is started anew. Far under the fifteen that lock for good. */
  maxRefusals: z.int().min(1).max(12).default(6),
})

const receipts = z.strictObject({
  /** Where the front-end puts the zips of b2e0500, as this process sees it. */
  directory: z.string().min(1),
  /** Part of an entry's name that proves whose receipt it is: `{transid}`, `{vchnum}` or `{insid}` stand for the line's. Null: not known. */
  entryPattern: z
    .string()
    .regex(/\{(transid|vchnum|insid)\}/, '须含 / must hold {transid}, {vchnum} or {insid}')
    .nullable()
    .default(null),
  /** A line without our reference is asked for only this many days after it was booked, when its twins have receipts too. */
  minAgeDaysWithoutReference: z.int().min(0).default(1),
  /** A zip that has not appeared by then is requested again. */
  requestAgainAfterMs: z.int().positive().default(3_600_000),
  /** Larger files are refused unread. A receipt is some tens of kilobytes. */
  maxZipBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
})

const fields = z.strictObject({
  /** `http://<front-end>:<port>/B2EC/E2BServlet`. */
  endpoint: z.url({ protocol: /^https?$/ }).refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  /** `E` and the front-end's IP, each octet padded to three digits; or give `ip`. */
  termid: z
    .string()
    .regex(/^E\d{12}$/)
    .optional(),
  ip: z.ipv4().optional(),
  custid: z.string().regex(/^\d{1,10}$/),
  cusopr: z.string().max(20).regex(ASCII),
  /** The operator's password, already resolved: the site keeps it in an environment variable or a file, never in the document. */
  operatorPassword: z
    .string()
    .min(1)
    .max(128)
    .refine(isPlainText, '含不可用字符 / holds characters that cannot be sent'),
  version: z.enum(['100', '110', '120']).default('120'),
  locale: z
    .string()
    .regex(/^[A-Za-z_]{2,10}$/)
    .default('zh_CN'),
  encoding: z.enum(['utf-8', 'gb18030']).default('utf-8'),
  /** Our accounts by number (BOC's have 12 to 18 digits). */
  accounts: z.record(z.string().max(35).regex(ASCII), ownAccount),
  connectTimeoutMs: z.int().positive().default(10_000),
  /** Clients use 25 s and 600 s. Too short is safe: the payment is then asked about. */
  answerTimeoutMs: z.int().positive().default(60_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(4 * 1024 * 1024),
  batchMax: z.int().min(1).max(1000).default(20),
  inquiryMax: z.int().min(1).max(100).default(100),
  statementPageSize: z.int().min(1).max(50).default(50),
  /** Which element of a statement answer holds the total of rows. Unknown: neither ends the paging (banks/boc §8). */
  statementTotal: z.enum(['unknown', 'totalnum', 'notenum']).default('unknown'),
  /** The reference gives lengths without a unit: bytes of the encoding never exceed them. `characters`: names by character, remarks by GBK width. */
  fieldLengths: z.enum(['bytes', 'characters']).default('bytes'),
  /** Card or book of a personal payee: 119 debit card, 101, 188, 103 (banks/boc §5). */
  personalAccountType: z.enum(['119', '101', '188', '103']).default('119'),
  /** That the bank refuses a second insid is implied, not confirmed (banks/boc §10): false until the site has seen it. */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  /** Words that mark a line as taking back an earlier one: the reference has no marker. */
  reversalWords: WORDS.default(['退汇', '退票', '冲正']),
  /** Words in a host error (B999) that say its outcome is not known: such an item is never taken as refused. */
  doubtWords: WORDS.default(['超时', '通讯', '通信', '不明', '未知', 'timeout', 'timed out', 'unknown']),
  codes: z.array(extraCode).default([]),
  signIn: signIn.prefault({}),
  /** Null: receipts are not fetched. */
  receipts: receipts.nullable().default(null),
})

/** Parses a site's settings; every problem at once. `termid` is derived from `ip` when that is given instead. */
export const bocConfig = fields.transform(({ ip, termid, ...rest }, context) => {
  const derived = ip === undefined ? undefined : `E${ip.split('.').map(padded).join('')}`
  const chosen = termid ?? derived
  if (chosen === undefined || (derived !== undefined && chosen !== derived)) {
    context.addIssue({
      code: 'custom',
      path: ['termid'],
      message: '须给 termid 或 ip，且一致 / give termid or ip, agreeing',
    })
    return z.NEVER
  }
  return { ...rest, termid: chosen }
})

export type BocConfig = z.infer<typeof bocConfig>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: BocConfig, account: string): BocConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

export type ReceiptConfig = NonNullable<BocConfig['receipts']>

function padded(octet: string): string {
  return octet.padStart(3, '0')
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}

function isPlainText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text)
}
