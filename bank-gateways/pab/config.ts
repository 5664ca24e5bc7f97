// What a site says about its Ping An front-end (B2BiC 前置). Nothing here names an account, moves money or holds a default that
// does either; what the reference does not confirm is a setting whose default is the safe side.

import { z } from 'zod'
import { CODE_OUTCOMES, isListed } from './codes'

const ownAccount = z.strictObject({
  /** C 钞 or R 汇, sent with a balance query; CNY accounts are C. */
  cashType: z.enum(['C', 'R']).default('C'),
  /** City of the account: a payee with the same city is 同城 (AddrFlag 1), one of another 异地 (2); 1 when not known. */
  city: z.string().default(''),
})

/**
 * One site-confirmed header code: what the bank's own manual for this customer says about it, at one level. The code of a
 * repeated ThirdVoucher is never `refused` or `notExecuted`: exactly then the first payment may have been made.
 */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9]{1,6}$/),
    level: z.enum(['submit', 'inquiry']),
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

export const pabConfig = z.strictObject({
  /** The local B2BiC: `tcp://127.0.0.1:7072`, or `http://127.0.0.1:7072/` where it is set to HTTP. */
  endpoint: z
    .url({ protocol: /^(tcp|https?)$/ })
    .refine(isWithoutCredentials, '地址不得含口令 / no credentials in the URL')
    .refine(hasPort, 'tcp 地址须写端口 / a tcp address needs its port'),
  /** Whether our side of a TCP connection is shut behind the request; the reference is silent, the length needs no shutting. */
  tcpRequestEnd: z.enum(['keep-open', 'half-close']).default('keep-open'),
  /** 企业银企直联代码 MrchCode: 20 characters. */
  mrchCode: z.string().regex(/^[0-9A-Za-z]{20}$/, '须为 20 位 / must be 20 characters'),
  /** 操作员 of the header: free. */
  operator: z
    .string()
    .regex(/^[0-9A-Za-z]{1,5}$/)
    .default('00000'),
  /** Character set of the packets, field 编码 of the header. */
  encoding: z.enum(['gbk', 'utf-8']).default('gbk'),
  /** That a reply repeats 请求方系统流水号 is inferred. False only for a front-end that is known not to. */
  checksReplySerial: z.boolean().default(true),
  /** Our accounts by number (C14 to C20). */
  accounts: z.record(z.string().regex(/^\d{1,20}$/), ownAccount),
  /** 4004: one message a payment. 4018: up to 500 a message, worked on by the bank within ten minutes. No default. */
  payment: z.enum(['4004', '4018']),
  /** Most payments of one call; 4018: of one message. */
  batchMax: z.int().min(1).max(500).default(1),
  /** A payment to another bank without its number may fall to manual handling (落单). */
  requiresBankCode: z.boolean().default(true),
  /**
   * UseEx carries our reference behind the purpose, so that a statement row can be told by it: 4013 has no element for it.
   * The purpose then keeps 14 of the 30 bytes.
   */
  referenceInPurpose: z.boolean().default(true),
  connectTimeoutMs: z.int().positive().default(10_000),
  /** Clients use 60 s and 120 s. Too short is safe: the payment is then asked about. */
  answerTimeoutMs: z.int().positive().default(60_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024),
  /** Rows a page; today's detail gives at most 100, and a walk keeps the size it began with. */
  statementPageSize: z.int().min(1).max(100).default(100),
  /** OrderMode of 4013: its meaning there is inferred from the receipts' (002 oldest first); left out when null. */
  orderMode: z.enum(['001', '002']).nullable().default('002'),
  /** Words in the bank's own summary that mark a line as taking back an earlier one: the reference has no marker. */
  reversalWords: z.array(z.string().min(1)).default(['退汇', '退票', '冲正']),
  /** That ThirdVoucher is the idempotency key is confirmed, what a repeat gets is not (banks/pab §7). */
  dedupesReference: z.boolean().default(false),
  /** MA0103 "may be treated as not received after 30 min" (banks/pab §4): a site may say so, never sooner. */
  absentFinalAfterMs: z
    .int()
    .min(30 * 60_000)
    .nullable()
    .default(null),
  codes: z.array(extraCode).default([]),
})

export type PabConfig = z.infer<typeof pabConfig>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: PabConfig, account: string): PabConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}

function isWithoutCredentials(text: string): boolean {
  return URL.canParse(text) && new URL(text).username === '' && new URL(text).password === ''
}

function hasPort(text: string): boolean {
  return URL.canParse(text) && (new URL(text).protocol !== 'tcp:' || new URL(text).port !== '')
}
