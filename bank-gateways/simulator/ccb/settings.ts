// The settings of the simulated CCB. Every value that the reference marks unverified or does not know is a setting here with
// a neutral default; invented codes begin with SIM, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

/** RETURN_CODE is varChar(12). */
const code = (value: string, text: string) => z.string().min(1).max(12).default(value).describe(text)
const letter = (value: string, text: string) => z.string().length(1).default(value).describe(text)

const codesSchema = z
  .strictObject({
    ok: code('000000', 'Success (confirmed). 成功(已证实)。'),
    'no-rows': code('8350ZX100000', 'No detail (confirmed, with its text). 无满足条件的明细(已证实)。'),
    maintenance: code('8350ZXXNAFJZ', 'Cannot be handled for now (confirmed). 暂时未能处理(已证实)。'),
    'no-payment': code('SIM000000404', '6W0600 of a serial nobody knows (code not known). 查无此流水。'),
    declined: code('SIM000000001', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': code('SIM000000002', 'Account unknown or not usable. 账号不存在或无权操作。'),
    'payer-name': code('SIM000000003', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': code('SIM000000004', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SIM000000005', 'Payee at CCB unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': code('SIM000000006', 'Payee name at CCB does not match. 行内收款户名不符。'),
    insufficient: code('SIM000000007', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('SIM000000008', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('SIM000000009', 'Approval was refused. 被拒绝授权。'),
    duplicate: code('SIM000000016', 'Repeated REQUEST_SN (code not known). 重复的 REQUEST_SN。'),
    'too-long': code('SIM000000021', 'A field is too long. 字段超长。'),
    'invalid-field': code('SIM000000022', 'A field is missing or malformed. 字段不合法。'),
    'not-simulated': code('SIM000000023', 'A function the simulator does not have. 模拟银行不支持的功能。'),
    'bad-operator': code('SIM000000101', 'Wrong CUST_ID, USER_ID or PASSWORD. 客户号、操作员或密码错误。'),
    'not-connected': code('SIM000000102', '6W9101 is required first. 须先做 6W9101。'),
    'bad-message': code('SIM000000900', 'The message cannot be read. 报文不可读。'),
  })
  .prefault({})

const submissionSchema = z
  .strictObject({
    pending: letter('9', 'DEAL_TYPE while it is processed: ask 6W0600. 处理中的 DEAL_TYPE。'),
    success: letter('2', 'DEAL_TYPE of one that is booked (from a good sample). 已入账的 DEAL_TYPE。'),
    unlisted: letter('Z', 'What "unknown status" shows, also as DEAL_RESULT. 表外状态。'),
  })
  .prefault({})

const resultSchema = z
  .strictObject({
    pending: letter('9', 'DEAL_RESULT in process (confirmed). 处理中(已证实)。'),
    success: letter('4', 'DEAL_RESULT of success: 2, 3 or 4 (confirmed, the difference is not known). 成功。'),
    returned: letter('4', 'DEAL_RESULT after a return: stays success (not known). 退票后仍为成功(未知)。'),
    failed: letter('5', 'DEAL_RESULT failed (confirmed). 失败(已证实)。'),
    rejected: letter('A', 'DEAL_RESULT failed, one source. 失败(一个来源)。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    dealType: submissionSchema,
    dealResult: resultSchema,
    transport: z
      .enum(['tcp', 'http'])
      .default('tcp')
      .describe('What the port speaks: raw TCP, or HTTP with requestXml=. 端口协议。'),
    duplicateSn: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated REQUEST_SN is refused, or booked a second time (not known). 重复 REQUEST_SN。'),
    requiresConnect: z
      .boolean()
      .default(false)
      .describe('Whether 6W9101 must come first (one integration sends it). 是否须先做 6W9101。'),
    echoesCustomerSerial: z
      .boolean()
      .default(true)
      .describe('CST_PAY_NO is echoed (newer versions). 是否回显 CST_PAY_NO。'),
    validateCodeName: z
      .enum(['VALIDATE_CODE', 'VALID_CODE'])
      .default('VALIDATE_CODE')
      .describe('Name of the verification code (two sources). 验证码元素名。'),
    pageRows: z.number().int().min(1).max(200).default(10).describe('Rows of a page of 6W0300 and 6W0400. 每页行数。'),
    statementOrder: z
      .enum(['ascending', 'descending'])
      .default('ascending')
      .describe('Order of detail rows (not known). 明细排列顺序。'),
    historyHoldsToday: z
      .boolean()
      .default(false)
      .describe("Whether 6W0300 includes today's rows (not known). 历史明细是否含当日。"),
    returnWord: z.string().default('退汇').describe('ABSTRACT of a returned payment (marker not known). 退汇标志。'),
  })
  .prefault({})

export const ccbOptions = z.strictObject({
  ports: z.strictObject({ ebs: z.number().int().min(0).max(65_535).default(0) }).prefault({}),
  customers: z
    .array(
      z.strictObject({
        custId: z.string().min(1).max(21),
        userId: z.string().min(1).max(6),
        password: z.string().min(1).max(32),
      }),
    )
    .default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type CcbOptions = z.output<typeof ccbOptions>
export type CcbProtocol = CcbOptions['protocol']
