// What a site says about its CCB 外联客户端. Nothing here names an account, moves money or holds a default that does either;
// a value the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

/** Printable ASCII without blanks. */
const ASCII = /^[\x21-\x7e]+$/
const milliseconds = z.int().min(1).max(3_600_000)

const tcp = z.strictObject({
  kind: z.literal('tcp'),
  host: z.string().min(1),
  /** 12345, 8888, 18888, 6666 have been seen; each installation has its own (banks/ccb §1). */
  port: z.int().min(1).max(65_535),
  /** Both are in use (banks/ccb §1). */
  requestEnd: z.enum(['half-close', 'keep-open']).default('half-close'),
})

const http = z.strictObject({
  kind: z.literal('http'),
  endpoint: z.url({ protocol: /^https?$/ }).refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  /** `requestXml=` behind which the XML is percent-encoded as a form's value, or stands as it is. Inferred: a form. */
  body: z.enum(['form', 'raw']).default('form'),
})

const ownAccount = z.strictObject({
  /** ISO currency of the account: balances are answered without one. */
  currency: z.string().regex(/^[A-Z]{3}$/),
})

/** One site-confirmed code: what the bank's own manual for this customer says about it, at one level. */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9]{1,12}$/),
    level: z.enum(['submit', 'dealType', 'inquiry', 'dealResult', 'statement']),
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

export const ccbConfig = z.strictObject({
  transport: z.discriminatedUnion('kind', [tcp, http]),
  /** CUST_ID, `GD…#02`. */
  custId: z.string().max(21).regex(ASCII),
  userId: z.string().max(6).regex(ASCII),
  /** The operator's password, already resolved. It travels in every message. */
  operatorPassword: z.string().min(1).max(32).regex(ASCII, '含不可用字符 / holds characters that cannot be sent'),
  /** 6W9101 before the first message of the process and again after a failed line or an unlisted code; null = never (banks/ccb §9: not known). */
  connect: z
    .strictObject({ rem1: z.string().max(32), rem2: z.string().max(32) })
    .nullable()
    .default(null),
  /** Bytes of a request under its GB2312 prolog. Answers are always read as GB18030. */
  encoding: z.enum(['gbk', 'gb18030']).default('gbk'),
  /** SIGN_INFO and SIGNCERT, which CCB's client fills in: sent empty, or left out. */
  signElements: z.enum(['empty', 'omitted']).default('empty'),
  /** CST_PAY_NO carries our reference once more; older versions do not know it. */
  customerSerial: z.enum(['sent', 'omitted']).default('sent'),
  /** CHK_RECVNAME of payments inside CCB. */
  payeeName: z.enum(['checked', 'unchecked']).default('checked'),
  /** RECV_OPENACC_DEPT: 60, in older versions 41. */
  bankNameBytes: z.union([z.literal(60), z.literal(41)]).default(60),
  /** Our accounts by number. */
  accounts: z.record(z.string().max(32).regex(ASCII), ownAccount),
  /** The waits of the clients that are known (banks/ccb §1). Too short is safe: the payment is then asked about. */
  connectTimeoutMs: milliseconds.default(8000),
  answerTimeoutMs: milliseconds.default(30_000),
  /** One implementation caps an answer at 64 KiB; pages of 200 rows are longer. */
  maxAnswerBytes: z.int().min(1024).max(67_108_864).default(4_194_304),
  /** 6W0300 and 6W0400, or the newer 6WY101 for both. */
  detail: z.enum(['6W0300', '6WY101']).default('6W0300'),
  /** TOTAL_RECORD of 6WY101; the pages of the others have the bank's size. */
  statementPageSize: z.int().min(1).max(200).default(100),
  /** That the bank refuses a second REQUEST_SN is not known (banks/ccb §8): false until the site has seen it. */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  /** Words that mark incoming money as an own payment coming back: the reference has no marker. */
  reversalWords: z.array(z.string().min(1)).default(['退汇', '退票', '冲正']),
  codes: z.array(extraCode).default([]),
})

export type CcbConfig = z.output<typeof ccbConfig>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: CcbConfig, account: string): CcbConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
