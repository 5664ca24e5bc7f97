// The settings of the simulated CMB CDC. Every value that the reference marks unverified or does not know is a setting here with a
// neutral default; invented codes begin with SIM, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) => z.string().min(1).default(value).describe(text)

const codesSchema = z
  .strictObject({
    ok: code('SUC0000', 'Received (confirmed). 已接收(已证实)。'),
    'bad-content': code('DCPG008', 'Content wrong or function not provided (confirmed). 内容有误(已证实)。'),
    declined: code('SIM0001', 'errCod: refused without further reason. 银行拒绝。'),
    'payer-unknown': code('SIM0002', 'errCod: payer account unknown. 付款账号不存在。'),
    'payer-name': code('SIM0003', 'errCod: payer name does not match (CDC sends none). 付款户名不符。'),
    'payer-is-payee': code('SIM0004', 'errCod: payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SIM0005', 'errCod: payee account at CMB unknown or closed. 行内收款账号不存在。'),
    'payee-name': code('SIM0006', 'errCod: payee name at CMB does not match (rcvChk). 行内收款户名不符。'),
    insufficient: code('SIM0007', 'errCod: insufficient balance. 余额不足。'),
    'after-cut-off': code('SIM0008', 'errCod: after the cut-off. 已过截止时间。'),
    'approval-rejected': code('SIM0009', 'errCod: approval was refused. 被拒绝授权。'),
    duplicate: code('SIM0016', 'errCod: repeated yurRef or bthNbr (code not known). 重复的业务参考号。'),
    'too-long': code('SIM0017', 'errCod: a field is too long. 字段超长。'),
    'invalid-field': code('SIM0018', 'errCod: a field is missing or malformed. 字段不合法。'),
    'not-simulated': code('SIM0019', 'A function the simulator does not have. 模拟银行不支持的功能。'),
    'rate-limit': code('SIM0020', 'Asked again too soon. 查询过于频繁。'),
    maintenance: code('SIM0021', 'Message-level error ordered as a fault. 故障注入的报文级错误。'),
    unlisted: code('SIM', 'reqSts that "unknown status" shows. 状态码不在表内时的值。'),
  })
  .prefault({})

const statesSchema = z
  .strictObject({
    scheduled: code('NTE', 'Scheduled. 预约。'),
    accepted: code('OPR', 'Being received. 数据接收中。'),
    processing: code('BNK', 'Processing. 银行处理中。'),
    awaiting: code('AUT', 'Awaiting approval. 等待审批。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    states: statesSchema,
    duplicateYurRef: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated yurRef is refused, or accepted and booked again. 重复业务参考号:拒绝,或再次受理并记账。'),
    duplicateShape: z
      .enum(['item', 'message'])
      .default('item')
      .describe('It is refused by the item (FIN/F and errCod) or by resultcode. 以明细或报文级拒绝。'),
    payqrFindsBatchItems: z
      .boolean()
      .default(true)
      .describe('Whether BB1PAYQR finds what came by BB1PAYBH (not known). BB1PAYQR 能否查到批量明细。'),
    rateLimitMs: z
      .number()
      .int()
      .min(0)
      .default(10_000)
      .describe(
        'Least time between two queries of one account by one function, continuations exempt (confirmed). 查询最小间隔。',
      ),
    pageMax: z
      .number()
      .int()
      .min(1)
      .max(200)
      .default(200)
      .describe('Statement rows a page (confirmed: 200). 明细每页行数。'),
    detailPageMax: z
      .number()
      .int()
      .min(1)
      .default(100)
      .describe('BB1QRYBD rows a page (not known). 批量明细每页行数。'),
    maxNameCharacters: z.number().int().min(1).default(100).describe('crtNam (confirmed: 100 汉字). 收款户名长度。'),
    maxPurposeBytes: z
      .number()
      .int()
      .min(1)
      .default(62)
      .describe('nusAge in GBK bytes (from the front-end). 用途长度。'),
    blockSpelling: z
      .enum(['upper', 'camel'])
      .default('upper')
      .describe('TRANSQUERYBYBREAKPOINT_Z1 or TransQueryByBreakPoint_Z1. 明细块名拼法。'),
    trailingSpaces: z.boolean().default(false).describe('Values come with trailing blanks. 字段带尾部空格。'),
    isSorted: z
      .boolean()
      .default(true)
      .describe('Replies are signed with sorted keys, or in the order they stand in. 应答按键名排序后签名。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const cmbOptions = z.strictObject({
  ports: z.strictObject({ cdc: port }).prefault({}),
  customers: z
    .array(
      z.strictObject({
        uid: z.string().regex(/^[0-9A-Za-z]{1,30}$/),
        /** 16 characters. */
        symmetricKey: z.string().length(16),
        /** Base64 of 04‖X‖Y: against it the customer's signatures are checked. */
        publicKey: z.base64(),
      }),
    )
    .default([]),
  /** Base64 of 32 bytes: signs the replies. Null: made at the start, and its public key is logged. */
  bankPrivateKey: z.base64().nullable().default(null),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type CmbOptions = z.output<typeof cmbOptions>
export type CmbProtocol = CmbOptions['protocol']
