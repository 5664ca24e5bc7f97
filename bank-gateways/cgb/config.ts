// What a site says about its CGB connection: the local client (前置), or the bank itself (去前置). Nothing here names an account, moves
// money or holds a default that does either; what the reference does not know is a setting without a default, or with the safe one.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { readPublicKey } from '../shared/gm-keys'
import { CODE_OUTCOMES, isListed } from './codes'

const ASCII = /^[\x21-\x7e]+$/
const elementName = z.string().regex(/^[A-Za-z][\w.-]{0,49}$/, '须为要素名 / must be the name of an element')
const bytes = z.int().min(1).max(500)

const ownAccount = z.strictObject({
  /** ISO currency of the account. CGB's own currency codes are not known: no message carries one. */
  currency: z.string().regex(/^[A-Z]{3}$/, '须为三位币种 / must be an ISO currency'),
})

/**
 * One site-confirmed code: what the bank's own manual for this customer says about it, at one level. **Of hostStatus and bankstatus no
 * value is published**: without entries here no question ever settles or refuses a payment. The code of a repeated entSeqNo is never
 * `refused` or `notExecuted`: exactly then the first payment may have been made.
 */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9]{1,20}$/),
    level: z.enum(['submit', 'inquiry', 'hostStatus', 'bankstatus', 'list']),
    outcome: z.string(),
    meaning: z.string().min(1),
  })
  .superRefine((extra, context) => {
    const allowed: readonly string[] = CODE_OUTCOMES[extra.level]
    const report = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (!allowed.includes(extra.outcome)) report('outcome', `可用值 / one of: ${allowed.join(', ')}`)
    if (isListed(extra.code, extra.level)) report('code', '内置返回码不可改 / a built-in code cannot be changed')
  })

/** 去前置 (banks/cgb §2): E102 carries the messages of the old protocol; the keys are RSA. */
const direct = z.strictObject({
  kind: z.literal('direct'),
  /** `{gw}` of `{gw}/{tradeCode}/{version}`. */
  url: z.url({ protocol: /^https?$/ }).refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  version: z
    .string()
    .regex(/^[\w.]{1,20}$/)
    .default('2.0.0'),
  appId: z.string().max(60).regex(ASCII),
  /** entCstNo of the JSON header. */
  entCstNo: z.string().max(30).regex(ASCII),
  macAddr: z.string().max(40).default(''),
  /** Our RSA private key, PEM (PKCS#8 or PKCS#1), from an environment variable or a file. */
  privateKey: z.string().transform((text, context) => read(() => rsaPrivate(text), context)),
  /** The bank's certificate or public key, PEM. */
  bankCertificate: z.string().transform((text, context) => read(() => rsaPublic(text), context)),
  /** Both digests of the signature are of this kind; what comes may be SHA-1 all the same (banks/cgb §2). */
  digest: z.enum(['sha1', 'sha256']).default('sha1'),
  /** The bank's SM2 key, where it wants the password encrypted; null: it travels as it is. */
  passwordPublicKey: z
    .string()
    .transform((text, context) => read(() => readPublicKey(text), context))
    .nullable()
    .default(null),
})

const transport = z.discriminatedUnion('kind', [
  /** The local client (banks/cgb §1): `http://<host>:9528/CGBClient/BankAction`. */
  z.strictObject({
    kind: z.literal('client'),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
  }),
  direct,
])

/** How payments travel. The contract with the bank decides; there is no default. */
const payment = z.discriminatedUnion('function', [
  /** One message a payment: 0011 inside CGB; to other banks 0012 跨行 or 0021 行外不落地. */
  z.strictObject({ function: z.literal('single'), crossBank: z.enum(['0012', '0021']) }),
  /** 0033, asked about by 0034. */
  z.strictObject({ function: z.literal('0033') }),
])

/** Names of 0001's elements, which are not published. */
const balance = z.strictObject({
  current: elementName,
  available: elementName.nullable().default(null),
  frozen: elementName.nullable().default(null),
})

/** The statement: its number and its answer's elements are not published, the question's are (banks/cgb §1). */
const statement = z.strictObject({
  tranCode: z.string().regex(/^\d{4}$/),
  /** queryType for today, and for the days before. */
  queryType: z.strictObject({ today: z.string().max(10), history: z.string().max(10) }),
  row: elementName,
  /** The first three are what the next page is asked for behind: beginRecTranDate, beginRecTranCode, beginRecTranSeq. */
  fields: z.strictObject({
    date: elementName,
    code: elementName,
    seq: elementName,
    amount: elementName,
    side: elementName,
    time: elementName.nullable().default(null),
    balance: elementName.nullable().default(null),
    counterAccount: elementName.nullable().default(null),
    counterName: elementName.nullable().default(null),
    counterBank: elementName.nullable().default(null),
    purpose: elementName.nullable().default(null),
    text: elementName.nullable().default(null),
    /** Where our traceNo comes back. */
    reference: elementName.nullable().default(null),
    reversal: elementName.nullable().default(null),
  }),
  /** Values of the side; any other is a fault. */
  sides: z.strictObject({ debit: z.string().min(1), credit: z.string().min(1) }),
  /** Value of `reversal` that marks a line as taking back an earlier one. */
  reversalMark: z.string().default(''),
  /** queryNumber: rows wanted a page. At least 2: a page that begins with the row before it must hold another. */
  queryNumber: z.int().min(2).max(1000).default(20),
  /** Most days of one question. */
  days: z.int().min(1).max(92).default(31),
})

const fields = z.strictObject({
  transport,
  /** 企业客户号. */
  cifMaster: z.string().regex(/^\d{1,20}$/),
  entUserId: z.string().max(30).regex(ASCII),
  /** Already resolved: the site keeps it in an environment variable or a file. */
  userPassword: z
    .string()
    .max(64)
    .regex(ASCII)
    .refine(text => !text.includes(']]>'), 'CDATA'),
  accounts: z.record(z.string().regex(/^\d{1,32}$/), ownAccount),
  payment,
  /** Most payments of one call; of 0033: of one message. Its limit is not known. */
  batchMax: z.int().min(1).max(500).default(1),
  /** Widest values in bytes of GBK. None is published: these are the narrowest in use at other banks. */
  widths: z
    .strictObject({
      name: bytes.default(60),
      account: bytes.default(32),
      bank: bytes.default(60),
      remark: bytes.default(60),
      comment: bytes.default(60),
    })
    .prefault({}),
  balance: balance.nullable().default(null),
  statement: statement.nullable().default(null),
  /** entSeqNo is unique for a day: a payment is asked for on the day it was first sent and so many days behind it. */
  inquiryDays: z.int().min(0).max(31).default(3),
  connectTimeoutMs: z.int().positive().default(10_000),
  /** Too short is safe: the payment is then asked about. */
  answerTimeoutMs: z.int().positive().default(30_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
  /** What a repeated entSeqNo gets is not known (banks/cgb §3), and it is unique for a day only. */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  codes: z.array(extraCode).default([]),
})

export const cgbConfig = fields.superRefine((config, context) => {
  if ((config.statement === null) !== (config.balance === null))
    context.addIssue({
      code: 'custom',
      path: [config.balance === null ? 'balance' : 'statement'],
      message: 'balance 与 statement 须一并填写 / balance and statement are entered together',
    })
})

export type CgbConfig = z.output<typeof cgbConfig>
export type DirectConfig = z.output<typeof direct>
export type StatementConfig = NonNullable<CgbConfig['statement']>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: CgbConfig, account: string): CgbConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function rsaPrivate(text: string): KeyObject {
  const key = createPrivateKey(text)
  if (key.asymmetricKeyType !== 'rsa') throw new RangeError('not RSA')
  return key
}

function rsaPublic(text: string): KeyObject {
  const key = createPublicKey(text)
  if (key.asymmetricKeyType !== 'rsa') throw new RangeError('not RSA')
  return key
}

/** Nothing of a key's text, nor of the library's words about it, may stand in a message. */
function read<T>(reader: () => T, context: z.RefinementCtx): T {
  try {
    return reader()
  } catch {
    context.addIssue({ code: 'custom', message: '读不出密钥，须为 PEM / the key cannot be read, it must be PEM' })
    return z.NEVER
  }
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
