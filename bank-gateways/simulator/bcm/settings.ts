// The settings of the simulated BCM. Every value that the reference marks unverified or does not know is a setting here with a
// neutral default; invented codes begin with SIM, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

/** particular_code has 4 characters (banks/bcm §3). */
const code = (value: string, text: string) => z.string().length(4).default(value).describe(text)
const word = (value: string, max: number, text: string) => z.string().min(1).max(max).default(value).describe(text)

const codesSchema = z
  .strictObject({
    ok: code('0000', 'Success (confirmed). 成功(已证实)。'),
    declined: code('SIM1', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': code('SIM2', 'Account unknown or not usable. 账号不存在或无权操作。'),
    'payer-name': code('SIM3', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': code('SIM4', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SIM5', 'Payee at BCM unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': code('SIM6', 'Payee name at BCM does not match. 行内收款户名不符。'),
    insufficient: code('SIM7', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('SIM8', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('SIM9', 'Approval was refused. 被拒绝授权。'),
    'too-long': code('SIMA', 'A field is too long. 字段超长。'),
    'invalid-field': code('SIMB', 'A field is missing or malformed. 字段不合法。'),
    duplicate: code('SIMD', 'Repeated cert_no (code not known). 企业凭证号重复。'),
    'not-simulated': code('SIMN', 'A function the simulator does not have. 模拟银行不支持的功能。'),
    identity: code('SIMI', 'Wrong corp_no or user_no. 企业代码或用户号错误。'),
    'bad-message': code('SIMX', 'The message cannot be read. 报文不可读。'),
    maintenance: code('SIMM', 'The bank cannot be reached. 银行维护。'),
    unlisted: code('SIMU', 'What "unknown status" shows. 表外状态。'),
  })
  .prefault({})

const statsSchema = z
  .strictObject({
    returned: word('1', 1, 'stat after a return: stays success (not known). 退票后仍为成功(未知)。'),
    mixed: word('3', 1, 'stat of a batch of which only a part was paid (not known). 部分成功的批次。'),
    unlisted: word('9', 1, 'stat in no table. 表外 stat。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    stats: statsSchema,
    transport: z
      .enum(['http', 'tcp'])
      .default('http')
      .describe('What the port speaks: HTTP, or TCP with the 7-byte header. 端口协议。'),
    replyHeader: z
      .enum(['length', 'none'])
      .default('length')
      .describe('What stands before a TCP answer (the client cuts it off unread). TCP 应答的报文头。'),
    ansCodeOfRefusal: word(
      '0',
      8,
      'ans_code beside another particular_code than 0000 (not known). 拒绝时的 ans_code。',
    ),
    duplicateCertNo: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated cert_no is refused, or booked a second time (not known). 重复企业凭证号。'),
    outFlag: word('0', 10, '收支标志 of money out (not known). 支出标志。'),
    inFlag: word('1', 10, '收支标志 of money in (not known). 收入标志。'),
    fileAboveRows: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('More rows than this become a file; null = never. 超过多少行改为文件,null 为无。'),
    statementOrder: z
      .enum(['ascending', 'descending'])
      .default('ascending')
      .describe('Order of detail rows (not known). 明细排列顺序。'),
    historyHoldsToday: z
      .boolean()
      .default(false)
      .describe("Whether 310301 includes today's rows (not known). 历史明细是否含当日。"),
    historyDaysMax: z.number().int().min(1).default(31).describe('Most days of one 310301 (in use). 310301 最多天数。'),
    returnWord: z.string().default('退汇').describe('备注 of a returned payment (marker not known). 退汇标志。'),
    trailingBar: z.boolean().default(false).describe('A bar behind the last value of a table. 表末是否另有竖线。'),
    payeeNameBytes: z.number().int().min(1).default(60).describe('Width of names (not known). 户名长度。'),
  })
  .prefault({})

export const bcmOptions = z.strictObject({
  ports: z.strictObject({ frontEnd: z.number().int().min(0).max(65_535).default(0) }).prefault({}),
  customers: z
    .array(z.strictObject({ corpNo: z.string().min(1).max(10), userNo: z.string().min(1).max(5) }))
    .default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type BcmOptions = z.output<typeof bcmOptions>
export type BcmProtocol = BcmOptions['protocol']
