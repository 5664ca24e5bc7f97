// What a site says about its CMB front-end (FBSdk 前置机). There is no secret here: the USB key and its password stay with the
// front-end. A value that the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { RETURN_CODES } from './codes'

const ASCII = /^[\x21-\x7e]+$/
const milliseconds = z.int().min(1).max(3_600_000)

const ownAccount = z.strictObject({
  /** 分行号 BBKNBR, e.g. 75. */
  branch: z.string().regex(/^[0-9A-Z]{2}$/, '须为 2 位分行号 / must be the 2-character branch code'),
  /** ISO currency of the account: the statement's rows do not say it. */
  currency: z.enum(['CNY', 'HKD', 'AUD', 'USD', 'EUR', 'CAD', 'GBP', 'JPY']),
})

const unexecuted = Object.entries(RETURN_CODES).flatMap(([code, { mayBeUnexecuted }]) =>
  mayBeUnexecuted ? [code] : [],
)

const fields = z.strictObject({
  /** `http://127.0.0.1:8080`, or `tcp://…` in socket mode; plain: keep it on this machine or a private, filtered network. */
  endpoint: z
    .url({ protocol: /^(https?|tcp)$/ })
    .refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  /** `raw`: the XML is the body. `form`: it is the field REQDATA (HTTP WEB). `socket`: 8 bytes of length before it. As the front-end is set. */
  mode: z.enum(['raw', 'form', 'socket']).default('raw'),
  /** 登录名 LGNNAM. */
  loginName: z
    .string()
    .min(1)
    .max(30)
    .refine(text => !/\p{Cc}/u.test(text), '含控制字符 / control characters'),
  encoding: z.enum(['gbk', 'gb18030', 'utf-8']).default('gbk'),
  /**
   * Whether our message number travels as CST001 of INFO and must come back: "extra INFO elements are echoed". With false nothing
   * but the connection ties an answer to its question.
   */
  echoesSerial: z.boolean().default(true),
  /** BUSMOD of direct payments: 00001 unless ListMode says otherwise (banks/cmb-frontend §7). */
  businessMode: z
    .string()
    .regex(/^[0-9A-Za-z]{1,5}$/)
    .default('00001'),
  /** Our accounts by number. */
  accounts: z.record(z.string().max(35).regex(ASCII), ownAccount),
  connectTimeoutMs: milliseconds.default(10_000),
  /** The front-end itself waits up to 5 s between calls (banks/cmb-frontend §1). */
  answerTimeoutMs: milliseconds.default(120_000),
  maxAnswerBytes: z
    .int()
    .min(1024)
    .max(1_073_741_824)
    .default(16 * 1024 * 1024),
  /** DCOPDPAYX in one message: beyond 30 the front-end answers about none of them (banks/cmb-frontend §3). */
  batchMax: z.int().min(1).max(30).default(20),
  /** RETCODs by which, in the bank's written word, nothing was executed: inferred for these four, hence none. */
  notExecutedCodes: z.array(z.enum(unexecuted)).default([]),
  /** ERRCODs that are a plain no. Never the one of a repeated YURREF: exactly then the first may have been paid. */
  refusalCodes: z
    .array(z.strictObject({ code: z.string().regex(/^[A-Za-z0-9._-]{1,30}$/), meaning: z.string().min(1) }))
    .default([]),
  /** Whether the bank refuses a second YURREF: uniqueness is confirmed, the refusal is not. False until the site has seen it. */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  /** Words that mark money coming in as taking back an earlier payment, beside RSVFLG `*`. */
  reversalWords: z.array(z.string().min(1)).default(['退汇', '退票', '冲正']),
})

export const cmbFrontendConfig = fields.superRefine(({ endpoint, mode }, context) => {
  const { protocol, port } = new URL(endpoint)
  if ((mode === 'socket') !== (protocol === 'tcp:') || (protocol === 'tcp:' && port === ''))
    context.addIssue({
      code: 'custom',
      path: ['endpoint'],
      message: 'socket 方式用 tcp://主机:端口，其余用 http / tcp://host:port with mode socket, http otherwise',
    })
})

export type CmbFrontendConfig = z.output<typeof cmbFrontendConfig>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: CmbFrontendConfig, account: string): CmbFrontendConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
