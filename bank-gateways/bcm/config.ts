// What a site says about its BCM 银企直联 front-end. Nothing here names an account, moves money or holds a default that does either;
// a value the reference does not confirm is a setting whose default is the safe side. There is no secret: the UKey is the front-end's.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

const milliseconds = z.int().min(1).max(3_600_000)
/** Printable ASCII without blanks and without what would end a value. */
const ASCII = /^[\x21-\x25\x27-\x3b\x3d\x3f-\x7b\x7d\x7e]+$/
const width = z.int().min(1).max(200)

const tcp = z.strictObject({
  kind: z.literal('tcp'),
  host: z.string().min(1),
  /** 30010 and 7777 have been seen (banks/bcm §1). */
  port: z.int().min(1).max(65_535),
  /** Not known; the header says how long the request is. */
  requestEnd: z.enum(['half-close', 'keep-open']).default('keep-open'),
})

const http = z.strictObject({
  kind: z.literal('http'),
  /** `http://<front-end>:8899/`; any path (banks/bcm §1). */
  endpoint: z.url({ protocol: /^https?$/ }).refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL'),
})

const ownAccount = z.strictObject({
  /** ISO currency; only CNY is confirmed. */
  currency: z.literal('CNY'),
  /** City of the account: a payee of the same city is 同城 (area_flag 0), every other 异地 (1). */
  city: z.string().max(20).default(''),
})

/** 超级网银 (210224): which payments to other banks go by it, and the partyid of each bank by the first 3 digits of its CNAPS number. */
const superPay = z.strictObject({
  for: z.enum(['urgent', 'all']),
  /** What partyid holds is not public: a bank that is not here goes by 210201. */
  partyIds: z.record(z.string().regex(/^\d{3}$/), z.string().max(20).regex(ASCII)),
  /** Above it a payment goes by 210201. BCM's limit is not public; other banks' is 50 000. */
  maxAmount: z
    .string()
    .regex(/^\d{1,12}\.\d{2}$/)
    .default('50000.00'),
  /** tranStatus 21 is paid; `accepted` lets 310204 or the statement say so. */
  success: z.enum(['accepted', 'settled']).default('accepted'),
})

/** How payments travel. The contract with the bank decides; there is no default. */
const payment = z.discriminatedUnion('function', [
  z.strictObject({
    function: z.literal('210201'),
    superPay: superPay.nullable().default(null),
    /** 210201 is for companies, and for persons at other banks (banks/bcm §3). */
    ownPersons: z.enum(['unsent', 'by-210201']).default('unsent'),
  }),
  /** 代发 to persons at BCM, one message a batch. What type and busi_no hold is in the payroll contract. */
  z.strictObject({
    function: z.literal('330002'),
    type: z.string().length(1).regex(ASCII),
    busiNo: z.string().max(10).regex(ASCII),
    /** card_flag: 0 card, 1 passbook. */
    cardFlag: z.enum(['0', '1']),
    mail: z.enum(['Y', 'N']).default('N'),
    /** sucFlg F is success; `accepted` lets 310204 or the statement say so. */
    lineSuccess: z.enum(['accepted', 'settled']).default('accepted'),
    /** Whether 310204's stat of a batch is that of each line, which only your manual can say. */
    batchState: z.enum(['of-batch', 'of-every-line']).default('of-batch'),
  }),
])

/** One site-confirmed code: what the bank's own manual for this customer says about it, at one level. */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9]{1,12}$/),
    level: z.enum(['submit', 'inquiry', 'statement', 'stat', 'tranStatus']),
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

/** 户名 and 开户行 are C60 and 账号 C32 in the balance table (banks/bcm §5); of a payment their widths are not known. */
const fieldBytes = z.strictObject({
  name: width.default(60),
  account: width.default(32),
  bankName: width.default(60),
})

/** 收支标志 of a row. Its values are not public (banks/README §5.4): there is no default. */
const direction = z
  .strictObject({ out: z.string().min(1).max(10), in: z.string().min(1).max(10) })
  .refine(flags => flags.out !== flags.in, '收与支须不同 / in and out must differ')

export const bcmConfig = z.strictObject({
  transport: z.discriminatedUnion('kind', [http, tcp]),
  /** corp_no, at most 10, and user_no, at most 5. */
  corpNo: z.string().max(10).regex(ASCII),
  userNo: z.string().max(5).regex(ASCII),
  payment,
  /** Our accounts by number. */
  accounts: z.record(z.string().max(32).regex(/^\d+$/), ownAccount),
  direction,
  /** The element `sign` of the head, which some versions have. */
  signElement: z.enum(['omitted', 'empty']).default('omitted'),
  /** Most payments of one 330002; the bank's own limit is not known. 210201 carries one. */
  batchMax: z.int().min(1).max(1000).default(1),
  fieldBytes: fieldBytes.prefault({}),
  /** Whether our reference ends the summary: no column of the statement is known to bring cert_no back. */
  referenceInSummary: z.boolean().default(true),
  /** Days a 310301 asks for: 31 natural days are in use (banks/bcm §5). */
  statementDays: z.int().min(1).max(31).default(31),
  /** 币种 of a row that mean CNY. */
  currencyWords: z.array(z.string().min(1)).min(1).default(['CNY']),
  /** Words in 附言 or 备注 that mark incoming money as an own payment coming back: the reference has no marker. */
  reversalWords: z.array(z.string().min(1)).default(['退汇', '退票', '冲正']),
  connectTimeoutMs: milliseconds.default(10_000),
  /** Too short is safe: the payment is then asked about. */
  answerTimeoutMs: milliseconds.default(60_000),
  maxAnswerBytes: z.int().min(1024).max(67_108_864).default(16_777_216),
  /** cert_no "must not repeat"; what a repeat gets is not known: false until the site has seen it refused. */
  dedupesReference: z.boolean().default(false),
  absentFinalAfterMs: z.int().positive().nullable().default(null),
  codes: z.array(extraCode).default([]),
})

export type BcmConfig = z.output<typeof bcmConfig>
export type Payroll = Extract<BcmConfig['payment'], { readonly function: '330002' }>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: BcmConfig, account: string): BcmConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}
