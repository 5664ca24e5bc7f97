// The settings of the simulated CITIC. Every value that the reference marks unverified or does not know is a setting here with
// a neutral default; invented codes begin with SM, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) =>
  z
    .string()
    .regex(/^[0-9A-Z]{1,7}$/)
    .default(value)
    .describe(text)

const codesSchema = z
  .strictObject({
    // Confirmed by banks/citic §2.
    ok: code('AAAAAAA', 'Success (confirmed). 交易处理成功(已证实)。'),
    partly: code('BBBBBBB', 'Rows of a message differ (confirmed for batches). 部分成功(已证实)。'),
    'no-record': code('EEEEEEE', 'DLCIDSTT about an unknown clientID (code not known). 查无此流水号。'),
    declined: code('SM00001', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': code('SM00002', 'Payer account unknown. 付款账号不存在或无权操作。'),
    'payer-name': code('SM00003', 'Payer name does not match (no such field today). 付款户名不符。'),
    'payer-is-payee': code('SM00004', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SM00005', 'Payee account at CITIC unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': code('SM00006', 'Payee name at CITIC does not match. 行内收款户名不符。'),
    insufficient: code('SM00007', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('SM00008', 'After the cut-off, or 大额 outside its hours. 已过截止时间或大额业务时间外。'),
    'approval-rejected': code('SM00009', 'Approval was refused. 审核拒绝。'),
    duplicate: code('SM00016', 'Repeated clientID (code not known). 重复的 clientID。'),
    'too-long': code('SM00010', 'A field is too long. 字段超长。'),
    'invalid-field': code('SM00011', 'A field is missing or malformed. 字段不合法。'),
    'not-simulated': code('SM00012', 'An action the simulator does not have. 模拟银行不支持的交易。'),
    identity: code('SM00013', 'userName unknown. 登录名不存在。'),
    'logged-off': code('SM00014', 'Logged off after idling; this request logs in again. 空闲签退,本次请求重新登录。'),
    'empty-list': code('SM00017', 'Nothing to list, where `emptyList` is `code`. 无明细。'),
    'too-many': code('SM00015', 'Over the hourly limit. 超过每小时笔数。'),
    maintenance: code('SM00099', 'Ordered maintenance or message-level error. 系统维护。'),
    'bad-message': code('SM00098', 'The message cannot be read. 报文不可读。'),
    unlisted: code('ZZZZZZZ', 'What "unknown status" shows at submission. 提交时不在表内的状态。'),
  })
  .prefault({})

const statesSchema = z
  .strictObject({
    scheduled: code('AAAAAAC', 'Scheduled (confirmed). 预约支付成功。'),
    accepted: code('AAAAAAE', 'Submitted to the bank (confirmed). 已提交银行处理。'),
    processing: code('CCCCCCC', 'In process (confirmed). 交易处理中。'),
    awaiting: code('AAAAAAB', 'Awaiting approval (confirmed). 经办成功待审核。'),
    success: code('AAAAAAA', 'Success; in the answer to a submission too. 成功,提交应答中亦然。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    states: statesSchema,
    unlistedStt: z.string().max(1).default('9').describe('stt that "unknown status" shows. 不在表内的 stt。'),
    duplicateClientId: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated clientID is refused, or booked a second time. 重复 clientID:拒绝,或再次记账。'),
    rowsMax: z.number().int().min(1).default(100).describe('Most rows of DLINTTRN (not known). DLINTTRN 最多行数。'),
    largeValueHours: z
      .enum(['refuse', 'ignore'])
      .default('refuse')
      .describe('payType 02 outside 9:00–17:00: refused or taken (confirmed as a rule). 大额业务时间外:拒绝或受理。'),
    statementOrder: z
      .enum(['ascending', 'descending'])
      .default('ascending')
      .describe('Order of DLTRNALL rows (not known). 明细排列顺序。'),
    emptyList: z
      .enum(['ok', 'code'])
      .default('ok')
      .describe('A list without rows: AAAAAAA and none, or a code of its own (not known). 无明细时的应答。'),
    pageMax: z
      .number()
      .int()
      .min(1)
      .max(20)
      .default(20)
      .describe('Never more rows than this, whatever pageNumber asks. 每页最多行数。'),
    receiptSerialName: z
      .enum(['brseqNo', 'bresqNo'])
      .default('brseqNo')
      .describe('Spelling of the serial in DLEDDRSQ rows (both occur). 回单编号的拼写。'),
    currencyId: z
      .string()
      .max(2)
      .default('01')
      .describe('currencyID of CNY in DLBALQRY (value not known). 人民币代码。'),
    paymentsPerHour: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Payment messages an hour; 200 in the bank’s test environment; null = no limit. 每小时付款笔数。'),
    queriesPerHour: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Queries an hour; 400 in the bank’s test environment; null = no limit. 每小时查询笔数。'),
    idleLogoffMs: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'Idle time after which the front-end is logged off; 30 minutes at the bank; null = never. 空闲签退时间。',
      ),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const citicOptions = z.strictObject({
  ports: z.strictObject({ frontEnd: port }).prefault({}),
  customers: z.array(z.strictObject({ userName: z.string().regex(/^[\x21-\x7e]{1,30}$/) })).default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type CiticOptions = z.output<typeof citicOptions>
export type CiticProtocol = CiticOptions['protocol']
