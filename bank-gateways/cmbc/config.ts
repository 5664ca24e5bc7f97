// What a site says about its CMBC connection: the NS-BDES proxy, or the open platform through the site's own signing service.
// Nothing here names an account, moves money or holds a default that does either; what the reference does not know has no default.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

/** Printable ASCII without blanks. */
const ASCII = /^[\x21-\x7e]+$/
const milliseconds = z.int().min(1).max(3_600_000)
const width = z.int().min(1).max(400)
/** The name of an element or of a key. */
const name = z.string().regex(/^[A-Za-z_][\w.-]{0,63}$/, '须为要素名 / must be the name of an element')
const optionalName = z.union([z.literal(''), name]).default('')
const endpoint = z
  .url({ protocol: /^https?$/ })
  .refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL')

const account = z.strictObject({
  /** ISO currency; only CNY is confirmed. */
  currency: z.literal('CNY'),
  /** City of the account: a payee inside CMBC of the same city is 本地 (localFlag 0), every other 异地 (1). */
  city: z.string().max(20).default(''),
})

/** 汇路 of payments to other banks: 2 小额, 3 大额, 4 上海同城, 5 网银互联, at most 50 000 (banks/cmbc §1). */
const route = z.enum(['2', '3', '4', '5'])

/** A width is not known for any field (banks/cmbc §4); counted in bytes of `encoding`, UTF-8 for the open platform. */
const widths = (nameBytes: number) =>
  z
    .strictObject({
      name: width.default(nameBytes),
      account: width.default(32),
      bankName: width.default(nameBytes),
      text: width.default(nameBytes),
      reference: z.int().min(15).max(32).default(20),
    })
    .prefault({})

const nsBdes = z.strictObject({
  kind: z.literal('ns-bdes'),
  /** The local proxy, or `http://<ip>/eweb/b2e/connect.do`. */
  endpoint,
  clientId: z.string().max(40).regex(ASCII),
  userId: z.string().max(40).regex(ASCII),
  /** userPswd, already resolved. It travels in every message. */
  userPassword: z.string().min(1).max(64).regex(ASCII),
  /** Of requests, and what their prolog says; with UTF-8 the content type says so too. */
  encoding: z.enum(['gbk', 'utf-8']).default('gbk'),
  /** Of answers: one client reads GBK whatever it sends. */
  replyEncoding: z.enum(['gbk', 'utf-8']).default('gbk'),
  /** trnId and insId of an answer must be ours; that they are repeated is not known. */
  replySerial: z.enum(['when-present', 'required']).default('when-present'),
  /** acntName: empty in the reference's example. */
  payerName: z.enum(['omitted', 'sent']).default('omitted'),
  /** `large`: instead of 5 above its limit. */
  routes: z.strictObject({ ordinary: route, urgent: route, large: z.enum(['2', '3', '4']).nullable().default(null) }),
  accounts: z.record(z.string().max(32).regex(/^\d+$/), account),
  fieldBytes: widths(60),
  /** Elements of qryBal's answer: `row` holds one account, or is empty where the body itself does. Not public: null = not asked. */
  balance: z
    .strictObject({ row: optionalName, account: name, current: name, available: optionalName })
    .nullable()
    .default(null),
  /** typeCode and the elements of a dtlInfo of qryDtl. Not public: null = statements are not read. */
  detail: z
    .strictObject({
      typeCode: z.string().max(10),
      serial: name,
      date: name,
      time: optionalName,
      amount: name,
      /** The element that says whether money left, and its two values. */
      side: name,
      out: z.string().min(1).max(10),
      in: z.string().min(1).max(10),
      balance: optionalName,
      counterAccount: optionalName,
      counterName: optionalName,
      counterBank: optionalName,
      purpose: optionalName,
      text: optionalName,
    })
    .refine(detail => detail.out !== detail.in, '收与支须不同 / in and out must differ')
    .nullable()
    .default(null),
})

const method = (defaultMethod: string, version: string) =>
  z.strictObject({ method: name.default(defaultMethod), version: z.string().max(10).default(version) }).prefault({})

const open = z.strictObject({
  kind: z.literal('open'),
  /** The site's service that signs and calls the platform: how the platform itself is called is not public (banks/cmbc §3). */
  endpoint,
  /** return_code of success: that of the site's service. */
  okReturnCode: z.string().min(1).max(20),
  accounts: z.record(
    z.string().max(32).regex(/^\d+$/),
    // open_id is the authorisation for the account, already resolved.
    account.extend({ openId: z.string().min(1).max(200).regex(ASCII) }),
  ),
  /** bank_route. Its values are not public. */
  routes: z.strictObject({ own: z.string().max(4), ordinary: z.string().max(4), urgent: z.string().max(4) }),
  /** fast_auth_flag, where the contract asks for one. */
  fastAuthFlag: z.string().max(4).default(''),
  /** Persons are paid by the method for private payees, or as companies are. */
  persons: z.enum(['private-method', 'corporate-method']).default('private-method'),
  methods: z
    .strictObject({
      pay: method('settlement.transfer.ent_single_order', 'V1.0'),
      query: method('settlement.transfer.ent_single_order_qry', 'V1.0'),
      payPerson: method('settlement.reimburse.single', 'V1.0'),
      queryPerson: method('settlement.reimburse.single_query', 'V1.0'),
      detail: method('account.transinfo.detail_query', 'V1.1'),
      receipt: method('account.transinfo.electnote_download_new', 'V1.0'),
    })
    .prefault({}),
  fieldBytes: widths(90),
  /** The method that tells a balance and the keys of its answer. Not public: null = not asked. */
  balance: z
    .strictObject({ method: name, version: z.string().max(10), current: name, available: optionalName })
    .nullable()
    .default(null),
})

/** One site-confirmed code: what the bank's own manual for this customer says about it, at one level. */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9]{1,20}$/),
    level: z.enum(['submit', 'inquiry', 'statement', 'status']),
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

export const cmbcConfig = z.strictObject({
  protocol: z.discriminatedUnion('kind', [nsBdes, open]),
  /** Whether our reference ends the explain or usage: nothing else is known to bring it into the statement. */
  referenceInText: z.boolean().default(true),
  /** Rows asked for at once, and days: the bank's own limits are not known. */
  statementRows: z.int().min(1).max(500).default(50),
  statementDays: z.int().min(1).max(92).default(31),
  /** Words that mark incoming money as an own payment coming back: the reference has no marker. */
  reversalWords: z.array(z.string().min(1)).default(['退汇', '退票', '冲正']),
  connectTimeoutMs: milliseconds.default(10_000),
  /** 20 s in one client. Too short is safe: the payment is then asked about. */
  answerTimeoutMs: milliseconds.default(20_000),
  maxAnswerBytes: z.int().min(1024).max(67_108_864).default(16_777_216),
  /** What a repeated insId or req_seq gets is not known: false until the site has seen it refused. */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  codes: z.array(extraCode).default([]),
})

export type CmbcConfig = z.output<typeof cmbcConfig>
export type NsBdes = Extract<CmbcConfig['protocol'], { readonly kind: 'ns-bdes' }>
export type Open = Extract<CmbcConfig['protocol'], { readonly kind: 'open' }>
export type DetailNames = NonNullable<NsBdes['detail']>

/** One of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf<Account>({ accounts }: Accounts<Account>, number: string): Account | null {
  return Object.hasOwn(accounts, number) ? (accounts[number] ?? null) : null
}

type Accounts<Account> = { readonly accounts: Readonly<Record<string, Account>> }

/** The bytes in which widths are counted. */
export function encodingOf({ protocol }: CmbcConfig): 'gbk' | 'utf-8' {
  return protocol.kind === 'open' ? 'utf-8' : protocol.encoding
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
