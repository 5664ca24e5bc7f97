// The settings of the simulated BOC. Every value that the reference marks unverified or does not know is a setting here with
// a neutral default; invented codes begin with S, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) => z.string().min(1).default(value).describe(text)
/** A host error travels inside the wrapper B999, its own code in the text (banks/boc §3). */
const host = (value: string, text: string) => z.string().min(1).default(value).describe(`Inside B999: ${text}`)

const codesSchema = z
  .strictObject({
    // Confirmed by banks/boc §3.
    ok: code('B001', 'Success (confirmed). 成功(已证实)。'),
    more: code('B002', 'Success, more pages (confirmed). 成功,未完(已证实)。'),
    'no-record': code('B003', 'Zero records (confirmed). 零记录(已证实)。'),
    'no-permission': code('B077', 'Operator has no permission (confirmed). 无权限(已证实)。'),
    'not-signed-in': code('B107', 'Not signed in or token expired; B107 or 1033 (both confirmed). 未签到(已证实)。'),
    wrapper: code('B999', 'Wrapper for a host error (confirmed). 主机错误包装码(已证实)。'),
    declined: host('SIM.E001', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': host('SIM.E002', 'Payer account unknown. 付款账号不存在。'),
    'payer-name': host('SIM.E003', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': host('SIM.E004', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': host('SIM.E005', 'Payee account at BOC unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': host('SIM.E006', 'Payee name at BOC does not match. 行内收款户名不符。'),
    insufficient: host('SIM.E007', 'Insufficient balance. 余额不足。'),
    'after-cut-off': host('SIM.E008', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': host('SIM.E009', 'Approval was refused. 被拒绝授权。'),
    duplicate: code('S016', 'Repeated insid (code not known). 重复的 insid。'),
    'too-long': code('S006', 'A field is too long. 字段超长。'),
    'invalid-field': code('S007', 'A field is missing or malformed. 字段不合法。'),
    'not-simulated': code('S009', 'A function the simulator does not have. 模拟银行不支持的功能。'),
    'wrong-password': code('S101', 'Wrong custid, cusopr or password. 客户号、操作员或密码错误。'),
    locked: code('S102', 'The operator is locked. 操作员已锁定。'),
    maintenance: code('S999', 'b2eerror of an ordered maintenance. 系统维护。'),
    'bad-message': code('S900', 'b2eerror of a message that cannot be read. 报文不可读。'),
    unlisted: code('S777', 'What "unknown status" shows. 状态码不在表内时的值。'),
  })
  .prefault({})

const statesSchema = z
  .strictObject({
    scheduled: code('B059', 'Scheduled. 预约。'),
    accepted: code('B054', 'Accepted, handling. 已受理。'),
    processing: code('B266', 'Processing. 处理中。'),
    awaiting: code('B059', 'Submitted, awaiting approval. 已提交,等待授权。'),
    success: code('B001', 'Success. 成功。'),
    returned: code('B001', 'b2e0007 after a return: stays B001 (not known). 退票后查询仍为 B001(未知)。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    states: statesSchema,
    duplicateInsid: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe(
        'A repeated insid is refused, or accepted and booked a second time. 重复 insid:拒绝,或再次受理并记账。',
      ),
    lengthUnit: z
      .enum(['characters', 'gbk-bytes'])
      .default('characters')
      .describe('Unit of the field lengths (not known). 字段长度单位。'),
    tokenShape: z
      .enum(['flat', 'nested'])
      .default('flat')
      .describe('serverdt/token directly in trn-b2e0001-rs, or in b2e0001-rs. 令牌所在层级。'),
    tokenLifeMs: z.number().int().min(1).default(1_800_000).describe('Life of a token (not known). 令牌有效期。'),
    secondSignInInvalidates: z
      .boolean()
      .default(true)
      .describe('A second sign-in ends the first token (unverified). 再次签到使前一令牌失效。'),
    notSignedInShape: z
      .enum(['status', 'b2eerror'])
      .default('status')
      .describe('B107 in the message status of the reply, or as b2eerror. B107 的报文形式。'),
    totalnumMeans: z
      .enum(['rows-in-reply', 'total'])
      .default('rows-in-reply')
      .describe('totalnum is this, notenum the other (unverified). totalnum 的含义,notenum 相反。'),
    statementOrder: z
      .enum(['ascending', 'descending'])
      .default('ascending')
      .describe('Order of b2e0035 rows (not known). 明细排列顺序。'),
    pageMax: z
      .number()
      .int()
      .min(1)
      .max(50)
      .default(50)
      .describe('Never more rows than this, whatever recnum asks. 每页最多行数。'),
    historyHoldsToday: z
      .boolean()
      .default(false)
      .describe("Whether type 2002 includes today's rows (not known). 历史明细是否含当日。"),
    returnWord: z.string().default('退汇').describe('transtype of a returned payment (marker not known). 退汇标志。'),
    oneSampleLacksTxnamt: z
      .boolean()
      .default(false)
      .describe('b2e0035 rows without txnamt, as in one sample. 明细缺 txnamt。'),
    avlbalName: z
      .enum(['avlbal', 'avlnal'])
      .default('avlbal')
      .describe('Spelling of the available balance in rows (one sample: avlnal). avlbal 的拼写。'),
    receiptsDirectory: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('Where b2e0500 puts its zip files; null = the operator has no permission (B077). 回单 zip 目录。'),
    receiptsDelayMs: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('The zip appears this long after the answer. zip 在应答后多久出现。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const bocOptions = z.strictObject({
  ports: z.strictObject({ b2e: port }).prefault({}),
  customers: z
    .array(
      z.strictObject({
        custid: z.string().regex(/^\d{1,10}$/),
        cusopr: z.string().regex(/^[0-9A-Za-z]{1,20}$/),
        password: z.string().min(1),
      }),
    )
    .default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type BocOptions = z.output<typeof bocOptions>
export type BocProtocol = BocOptions['protocol']
