// The settings of the simulated Ping An. Every value that the reference marks unverified or does not know is a setting here
// with a neutral default; invented codes begin with SM, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) =>
  z
    .string()
    .regex(/^[0-9A-Z]{6}$/)
    .default(value)
    .describe(text)

const stt = (value: string, text: string) =>
  z
    .string()
    .regex(/^[0-9A-Z]{2}$/)
    .default(value)
    .describe(text)

const codesSchema = z
  .strictObject({
    // Confirmed by banks/pab §4.
    ok: code('000000', 'Success (confirmed). 成功(已证实)。'),
    'no-record': code('MA0103', 'No matching record, no body (confirmed). 无记录(已证实)。'),
    'empty-list': code('ES0200', 'No detail (confirmed). 无明细(已证实)。'),
    declined: code('SM0001', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': code('SM0002', 'Payer account unknown. 付款账号不存在或无权操作。'),
    'payer-name': code('SM0003', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': code('SM0004', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SM0005', 'Payee account at Ping An unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': code('SM0006', 'Payee name at Ping An does not match. 行内收款户名不符。'),
    insufficient: code('SM0007', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('SM0008', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('SM0009', 'Approval was refused. 审批拒绝。'),
    duplicate: code('SM0016', 'Repeated ThirdVoucher (code not known). 重复的 ThirdVoucher。'),
    'too-long': code('SM0010', 'A field is too long. 字段超长。'),
    'invalid-field': code('SM0011', 'A field is missing or malformed. 字段不合法。'),
    'not-simulated': code('SM0012', 'A code the simulator does not have. 模拟银行不支持的交易码。'),
    identity: code('SM0013', 'MrchCode unknown. 企业代码不存在。'),
    'serial-repeated': code('SM0014', 'The packet serial was used today. 请求流水号重复。'),
    maintenance: code('SM0099', 'Ordered maintenance or message-level error. 系统维护。'),
    'bad-message': code('SM0098', 'The packet cannot be read. 报文不可读。'),
    unlisted: code('ZZZZZZ', 'What "unknown status" shows in the header of 4004. 4004 报文头不在表内的码。'),
  })
  .prefault({})

/** Only 20, 30 and 99 are known; any other means "accepted" (banks/pab §4). */
const statesSchema = z
  .strictObject({
    scheduled: stt('10', 'Stt: scheduled (value not known). 预约。'),
    accepted: stt('11', 'Stt: accepted (value not known). 已受理。'),
    processing: stt('12', 'Stt: processing (value not known); 99 shows an abnormal one. 处理中,99 为异常。'),
    awaiting: stt('13', 'Stt: awaiting approval (value not known). 等待审批。'),
    success: stt('20', 'Stt: success (confirmed); a returned one too, with IsBack 1. 成功,退票另有 IsBack=1。'),
    failed: stt('30', 'Stt: failed (confirmed). 失败。'),
    unlisted: stt('X7', 'Stt that "unknown status" shows. 不在表内的 Stt。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    states: statesSchema,
    transport: z.enum(['tcp', 'http']).default('tcp').describe('What the port speaks (both confirmed). 端口协议。'),
    duplicateVoucher: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated ThirdVoucher is refused, or booked a second time. 重复 ThirdVoucher:拒绝,或再次记账。'),
    batchDelayMs: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('4018 is worked on after this long; up to 10 minutes at the bank. 4018 开始处理前的等待。'),
    yhcljg: z
      .enum(['truthful', 'contradicting'])
      .default('truthful')
      .describe('Whether Yhcljg agrees with Stt, which alone decides (confirmed). Yhcljg 是否与 Stt 一致。'),
    defaultOrder: z
      .enum(['ascending', 'descending'])
      .default('descending')
      .describe('Order of 4013 without OrderMode (not known). 未送 OrderMode 时的明细顺序。'),
    returnWord: z
      .string()
      .default('退汇')
      .describe('AbstractStr_Desc of a returned payment (marker not known). 退汇摘要。'),
    rowsHaveDetailSerial: z
      .boolean()
      .default(true)
      .describe('Whether 4013 rows have DetailSerialNo (some do not). 明细是否有 DetailSerialNo。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const pabOptions = z.strictObject({
  ports: z.strictObject({ b2bic: port }).prefault({}),
  customers: z.array(z.strictObject({ mrchCode: z.string().regex(/^[0-9A-Za-z]{20}$/) })).default([]),
  // Inside the bank a payment is final at once (banks/pab §3).
  processing: processingSchema.prefault({ ownBank: [{ state: 'accepted' }, { state: 'success' }] }),
  protocol: protocolSchema,
})
export type PabOptions = z.output<typeof pabOptions>
export type PabProtocol = PabOptions['protocol']
