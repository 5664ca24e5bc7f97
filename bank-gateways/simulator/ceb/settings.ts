// The settings of the simulated CEB. Every value that the reference marks unverified or does not know is a setting here with a
// neutral default; invented codes begin with SM, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) =>
  z
    .string()
    .regex(/^[0-9A-Z]{1,12}$/)
    .default(value)
    .describe(text)

const flags = (value: string, text: string) =>
  z
    .string()
    .regex(/^[0-9A-Z]{2}\/[0-9A-Z]{2}$/)
    .default(value)
    .describe(text)

const codesSchema = z
  .strictObject({
    // Confirmed by banks/ceb §1, §5.
    ok: code('0000', 'Success (confirmed). 成功(已证实)。'),
    communication: code('B2E000010', 'Communication error (confirmed). 通讯异常(已证实)。'),
    'no-record': code('SM0020', 'b2e004003 about an unknown payment (code not known). 查无此笔。'),
    declined: code('SM0001', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': code('SM0002', 'Payer account unknown. 付款账号不存在或无权操作。'),
    'payer-name': code('SM0003', 'Payer name does not match (no such field today). 付款户名不符。'),
    'payer-is-payee': code('SM0004', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SM0005', 'Payee account at CEB unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': code('SM0006', 'Payee name at CEB does not match. 行内收款户名不符。'),
    insufficient: code('SM0007', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('SM0008', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('SM0009', 'Approval was refused. 审核拒绝。'),
    duplicate: code('SM0016', 'Repeated BatchID (numeric code not known). 批次号重复。'),
    'too-long': code('SM0010', 'A field is too long. 字段超长。'),
    'invalid-field': code('SM0011', 'A field is missing or malformed. 字段不合法。'),
    'too-many': code('SM0012', 'More than one item. 记录条数超过上限。'),
    'not-simulated': code('SM0013', 'A transaction the simulator does not have. 模拟银行不支持的交易。'),
    identity: code('SM0014', 'usrID, password, CifNo or UserID wrong. 用户或口令不符。'),
    'empty-list': code('SM0017', 'Nothing to list, where `emptyList` is `code`. 无回单。'),
    maintenance: code('SM0099', 'Ordered maintenance or message-level error. 系统维护。'),
    'bad-message': code('SM0098', 'The message cannot be read. 报文不可读。'),
    unlisted: code('SMZZZZ', 'What "unknown status" shows at submission. 提交时不在表内的返回码。'),
  })
  .prefault({})

const flagsSchema = z
  .strictObject({
    success: flags('00/00', 'NowFlag/TransferFlag of success (confirmed). 成功(已证实)。'),
    scheduled: flags('91/91', 'Scheduled (not known). 预约。'),
    accepted: flags('91/92', 'Taken (not known). 已受理。'),
    processing: flags('91/93', 'In process (not known). 处理中。'),
    awaiting: flags('91/94', 'Awaiting audit (not known). 待审核。'),
    failed: flags('00/02', 'Failed (02 in one public simulator). 失败。'),
    rejected: flags('91/95', 'Audit refused (not known). 审核拒绝。'),
    unlisted: flags('99/99', 'What "unknown status" shows. 不在表内的状态。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    flags: flagsSchema,
    repeated: z
      .enum(['refuse', 'communication'])
      .default('refuse')
      .describe('A repeated BatchID: 交易流水号重复, or B2E000010 (both occur). 重复批次号的应答。'),
    repeatedItem: z
      .enum(['refuse', 'take'])
      .default('refuse')
      .describe('A repeated ClientPatchID under a new BatchID (not stated). 仅客户交易号重复:拒绝,或受理。'),
    echoesHead: z
      .boolean()
      .default(true)
      .describe('Whether an answer repeats TransHead (not stated). 应答是否带回 TransHead。'),
    echoesPayment: z
      .boolean()
      .default(false)
      .describe('Whether b2e004003 repeats serial, amount and payee account (not known). 查询应答是否带回要素。'),
    rowHoldsCode: z
      .boolean()
      .default(false)
      .describe('ReturnCode of b2e004003 stands in RespData (as in one public simulator) or above it. 返回码的位置。'),
    notFoundFlags: z
      .string()
      .regex(/^([0-9A-Z]{2}\/[0-9A-Z]{2})?$/)
      .default('')
      .describe('NowFlag/TransferFlag for an unknown payment; empty: the code no-record (not known). 查无此笔的状态。'),
    nameMax: z.number().int().min(1).default(120).describe('Bytes of GBK of a name (not known). 户名字节上限。'),
    noteMax: z.number().int().min(1).default(120).describe('Bytes of GBK of a note (not known). 附言字节上限。'),
    emptyList: z
      .enum(['ok', 'code'])
      .default('ok')
      .describe('b2e005023 without rows: 0000, or a code of its own (not known). 无回单时的应答。'),
    fileNameElement: z
      .string()
      .regex(/^[A-Za-z]\w{0,30}$/)
      .default('FileName')
      .describe('Where the answer to OperationType 1 names the file (not known). 回单文件名要素。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const cebOptions = z.strictObject({
  ports: z.strictObject({ proxy: port }).prefault({}),
  customers: z
    .array(
      z.strictObject({
        cifNo: z.string().regex(/^\d{1,10}$/),
        userId: z.string().regex(/^[\x21-\x7e]{1,30}$/),
        userPassword: z.string().min(1),
      }),
    )
    .default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type CebOptions = z.output<typeof cebOptions>
export type CebProtocol = CebOptions['protocol']
