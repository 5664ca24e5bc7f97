// The settings of the simulated bank that takes ISO 20022 files. How a bank fills the standard is its own affair: what differs between
// banks is a setting here.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const reason = (value: string, text: string) =>
  z
    .string()
    .regex(/^[A-Z0-9]{4}$/)
    .default(value)
    .describe(text)

const reasonsSchema = z
  .strictObject({
    declined: reason('AG01', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': reason('AC02', 'Debtor account unknown, closed or not the customer’s. 付款账号无效。'),
    'payer-name': reason('BE01', 'Debtor name does not match. 付款户名不符。'),
    'payer-is-payee': reason('AG01', 'Debtor = creditor. 收付款账号相同。'),
    'payee-unknown': reason('AC03', 'Creditor account at this bank unknown or closed. 行内收款账号无效。'),
    'payee-name': reason('BE01', 'Creditor name at this bank does not match. 行内收款户名不符。'),
    insufficient: reason('AM04', 'Insufficient funds. 余额不足。'),
    'after-cut-off': reason('TM01', 'After the cut-off. 已过截止时间。'),
    duplicate: reason('AM05', 'MsgId or EndToEndId was there before. 编号重复。'),
    'too-long': reason('FF01', 'A field is too long. 字段超长。'),
    'invalid-field': reason('FF01', 'A field is missing or malformed. 字段不合法。'),
    'approval-rejected': reason('DS04', 'Approval was refused. 授权方拒绝。'),
    'not-simulated': reason('AG03', 'Something the simulator does not have. 模拟银行不支持。'),
    count: reason('AM18', 'NbOfTxs is wrong. 笔数不符。'),
    sum: reason('AM10', 'CtrlSum is wrong. 控制总额不符。'),
    unreadable: reason('FF01', 'The file cannot be read. 文件不可读。'),
  })
  .prefault({})

const status = (value: string, text: string) =>
  z
    .string()
    .regex(/^[A-Z]{4}$/)
    .default(value)
    .describe(text)

const statusesSchema = z
  .strictObject({
    scheduled: status('ACCP', 'Its day is in the future. 预约。'),
    accepted: status('ACCP', 'Taken. 已受理。'),
    processing: status('ACSP', 'In process. 处理中。'),
    awaiting: status('PDNG', 'Awaiting approval at the bank. 待授权。'),
    success: status('ACSC', 'Debited; a returned payment keeps it. 已扣款;退汇后不变。'),
    failed: status('RJCT', 'Failed. 失败。'),
    rejected: status('RJCT', 'Approval was refused. 授权被拒。'),
    unlisted: status('ZZZZ', 'What "unknown status" shows. 不在表内的状态。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    reasons: reasonsSchema,
    statuses: statusesSchema,
    reportVersion: z
      .enum(['pain.002.001.03', 'pain.002.001.10'])
      .default('pain.002.001.03')
      .describe('Version of the status reports. 状态报告版本。'),
    camtVersion: z.enum(['02', '08']).default('02').describe('Version of camt.052 and camt.053. camt 版本。'),
    reportLevel: z
      .enum(['payment', 'file'])
      .default('payment')
      .describe(
        'Every payment is reported, or the file alone where all of it has one status. 逐笔报告,或整份文件同一状态时只报文件级。',
      ),
    repeatedFile: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A file under a MsgId that was there before. 重复的 MsgId。'),
    showsPayment: z
      .boolean()
      .default(true)
      .describe('Reports repeat amount and creditor account (OrgnlTxRef). 报告是否带金额与收款账号。'),
    takesAway: z
      .boolean()
      .default(true)
      .describe('A delivered file leaves the directory at once. 文件送达后是否立即取走。'),
  })
  .prefault({})

const customerSchema = z.strictObject({
  /** Of the SFTP login; accounts name it as their `customer`. */
  username: z.string().min(1),
  password: z.string().min(1).optional(),
  /** `ssh-ed25519 AAAA…`, as in authorized_keys. */
  publicKey: z.string().min(1).optional(),
})

export const iso20022Options = z.strictObject({
  ports: z.strictObject({ sftp: z.number().int().min(0).max(65_535).default(0) }).prefault({}),
  customers: z.array(customerSchema).default([]),
  /** The server's key in PEM or OpenSSH text; null: a new one at every start. */
  hostPrivateKey: z.string().min(1).nullable().default(null),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type Iso20022Options = z.output<typeof iso20022Options>
export type Iso20022Protocol = Iso20022Options['protocol']
