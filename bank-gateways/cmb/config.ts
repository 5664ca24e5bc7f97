// What a site says about its CMB CDC (免前置) connection. Nothing here names an account, moves money or holds a default that
// does either; a value that the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { readPublicKey } from '../shared/gm-keys'
import { openPrivateKey as keyOf } from '../shared/key-file'
import { CODE_OUTCOMES, REQUEST_STATES, RESULT_CODES } from './codes'

const ASCII = /^[\x21-\x7e]+$/
const milliseconds = z.int().min(1).max(3_600_000)

const ownAccount = z.strictObject({
  /** 分行号 bbknbr of the account, e.g. 75 (banks/cmb-cdc §4). */
  branch: z.string().regex(/^[0-9A-Z]{2}$/, '须为 2 位分行号 / must be the 2-character branch code'),
})

const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9._-]{1,30}$/),
    level: z.enum(['message', 'item']),
    outcome: z.string(),
    meaning: z.string().min(1),
  })
  .superRefine((extra, context) => {
    const allowed: readonly string[] = CODE_OUTCOMES[extra.level]
    const report = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (!allowed.includes(extra.outcome)) report('outcome', `可用值 / one of: ${allowed.join(', ')}`)
    if (Object.hasOwn(RESULT_CODES, extra.code) || Object.hasOwn(REQUEST_STATES, extra.code))
      report('code', '内置返回码不可改 / a built-in code cannot be changed')
  })

const fields = z.strictObject({
  /** `https://cdc.cmbchina.com/cdcserver/api/v2`; the bank's test environment is plain HTTP (banks/cmb-cdc §1). */
  url: z.url({ protocol: /^https?$/ }).refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  /** 企业网银用户号 UID. */
  uid: z.string().regex(/^[0-9A-Za-z]{1,30}$/),
  /**
   * Our SM2 private key: Base64 of 32 bytes as the bank gives it, hex, PEM, or Base64 of a PKCS#12. From an environment variable or
   * a file.
   */
  privateKey: z.string().min(1),
  /** Of an encrypted PEM or a PKCS#12. */
  privateKeyPassword: z.string().min(1).nullable().default(null),
  /** The bank's SM2 public key: Base64 of 65 bytes as the bank gives it, hex, or PEM. */
  bankPublicKey: z.string().transform((text, context) => read(() => readPublicKey(text), context)),
  /** The SM4 key: 16 characters, taken as they are (banks/cmb-cdc §2). From an environment variable or a file. */
  symmetricSecret: z.string().regex(/^[\x20-\x7e]{16}$/, '须为 16 个字符 / must be 16 ASCII characters'),
  /** Our certificate as a file, where the bank issued one: the daemon watches how long it lasts. */
  certificateFile: z.string().min(1).nullable().default(null),
  /** 业务模式 for payments, as DCLISMOD lists it, e.g. S1014: it decides who approves at the bank. */
  businessMode: z.string().regex(/^[0-9A-Za-z]{1,10}$/),
  /** Our accounts by number. */
  accounts: z.record(z.string().max(35).regex(ASCII), ownAccount),
  /** The waits that clients of this bank use (banks/cmb-cdc §1). A shorter answer wait makes more payments `unknown`. */
  connectTimeoutMs: milliseconds.default(15_000),
  answerTimeoutMs: milliseconds.default(60_000),
  maxAnswerBytes: z
    .int()
    .min(1024)
    .max(1_073_741_824)
    .default(16 * 1024 * 1024),
  /** 账务查询 of one account by one function come at least this far apart, continuations excepted (banks/cmb-cdc §4). */
  queryIntervalMs: z.int().min(0).max(600_000).default(10_000),
  /** Instructions of one call. */
  batchMax: z.int().min(1).max(1000).default(20),
  /** `single`: one BB1PAYOP each. `BB1PAYBH`: two and more travel as one message, whose answer says nothing of each. */
  batchFunction: z.enum(['single', 'BB1PAYBH']).default('single'),
  /** stlChn: G 普通, Q 快速, R 实时超网, I 智能路由. */
  channel: z
    .strictObject({ urgent: z.enum(['G', 'Q', 'R', 'I']), ordinary: z.enum(['G', 'Q', 'R', 'I']) })
    .default({ urgent: 'Q', ordinary: 'G' }),
  /** Bytes of GBK that nusAge and busNar keep. Not published for CDC; these are the front-end's Z62 and Z200. */
  purposeMaxBytes: z.int().min(1).max(200).default(62),
  noteMaxBytes: z.int().min(1).max(200).default(200),
  /** Sign of transAmount on a debit: negative in every sample, not stated. The other sign is refused, never guessed. */
  debitSign: z.enum(['negative', 'positive']).default('negative'),
  /** That the bank refuses a second yurRef is said (重发时请保证业务参考号相同), its code is not: false until the site has seen it. */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  /** Words that mark money coming in as taking back an earlier payment, beside reversalFlag `*`. */
  reversalWords: z.array(z.string().min(1)).default(['退汇', '退票', '冲正']),
  codes: z.array(extraCode).default([]),
})

export const cmbConfig = fields.transform(({ privateKeyPassword, ...rest }, context) => {
  try {
    return { ...rest, privateKey: keyOf(rest.privateKey, privateKeyPassword) }
  } catch (error) {
    const message = error instanceof RangeError ? error.message : '读不出密钥 / the key cannot be read'
    context.addIssue({ code: 'custom', path: ['privateKey'], message })
    return z.NEVER
  }
})

export type CmbConfig = z.output<typeof cmbConfig>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: CmbConfig, account: string): CmbConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

/** SM2 user id and SM4 iv: the first 16 characters of UID + zeros (banks/cmb-cdc §2). */
export function paddedUid(uid: string): string {
  return `${uid}${'0'.repeat(16)}`.slice(0, 16)
}

function read<T>(reader: () => T, context: z.RefinementCtx): T {
  try {
    return reader()
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not a key' })
    return z.NEVER
  }
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
