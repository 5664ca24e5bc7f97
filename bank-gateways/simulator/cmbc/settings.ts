// The settings of the simulated CMBC, NS-BDES and open platform. Every value that the reference marks unverified or does not know is a
// setting here with a neutral default; invented codes and names begin with SIM or sim, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) => z.string().min(1).max(20).default(value).describe(text)
const name = (value: string, text: string) => z.string().min(1).max(40).default(value).describe(text)

/** Header codes of NS-BDES; the open platform answers the same as resp_code, but for the two that have a name of their own there. */
const codesSchema = z
  .strictObject({
    taken: code('0', 'Header code of a payment that was taken: 0 or WYHL01 (both confirmed). 受理。'),
    declined: code('W6191', 'NS-BDES: failed (confirmed). 失败(已证实)。'),
    'open-declined': code('SIM0001', 'Open platform: refused without further reason. 银行拒绝。'),
    identity: code('W3317', 'No such customer (confirmed), also a wrong password. 客户不存在(已证实)。'),
    'no-payment': code('E1602', 'NS-BDES: no such transaction (confirmed). 查无此交易(已证实)。'),
    'open-no-payment': code('SIM0404', 'Open platform: no such transaction (code not known). 查无此交易。'),
    'no-rows': code('SIM0405', 'No rows, where emptyList is code. 无明细。'),
    'payer-unknown': code('SIM0002', 'Account unknown or not usable. 账号不存在或无权操作。'),
    'payer-name': code('SIM0003', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': code('SIM0004', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SIM0005', 'Payee at CMBC unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': code('SIM0006', 'Payee name at CMBC does not match. 行内收款户名不符。'),
    insufficient: code('SIM0007', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('SIM0008', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('SIM0009', 'Approval was refused. 被拒绝授权。'),
    'too-long': code('SIM0021', 'A field is too long. 字段超长。'),
    'invalid-field': code('SIM0022', 'A field is missing or malformed. 字段不合法。'),
    duplicate: code('SIM0016', 'Repeated insId or req_seq (code not known). 重复的 insId 或 req_seq。'),
    'not-simulated': code('SIM0023', 'A function the simulator does not have. 模拟银行不支持的功能。'),
    'bad-message': code('SIM0900', 'The message cannot be read. 报文不可读。'),
    maintenance: code('SIM0999', 'The bank cannot be reached. 银行维护。'),
  })
  .prefault({})

const statusCodesSchema = z
  .strictObject({
    pending: code('1', 'statusCode in process: any but 0, 2, 3 (confirmed). 处理中。'),
    returned: code('0', 'statusCode after a return: stays success (not known). 退票后仍为成功(未知)。'),
    unlisted: code('SIM', 'What "unknown status" shows. 表外状态。'),
  })
  .prefault({})

const transStatusesSchema = z
  .strictObject({
    returned: code('3', 'trans_status after a return: stays success. 退票后仍为成功。'),
    unlisted: code('9', 'trans_status in no table. 表外状态。'),
  })
  .prefault({})

const balanceNamesSchema = z
  .strictObject({
    row: name('simAccount', 'Element of one account. 账户。'),
    current: name('simBalance', 'Balance. 余额。'),
    available: name('simAvailable', 'Available balance. 可用余额。'),
  })
  .prefault({})

const detailNamesSchema = z
  .strictObject({
    serial: name('simSerial', 'Serial. 流水号。'),
    date: name('simDate', 'Day. 日期。'),
    time: name('simTime', 'Time. 时间。'),
    amount: name('simAmount', 'Amount. 金额。'),
    side: name('simSide', 'In or out. 收付标志。'),
    balance: name('simBalance', 'Balance behind it. 余额。'),
    counterAccount: name('simOtherAccount', 'The other account. 对方账号。'),
    counterName: name('simOtherName', 'Its holder. 对方户名。'),
    counterBank: name('simOtherBank', 'Its bank. 对方行名。'),
    purpose: name('simExplain', 'The explain of the payment. 用途。'),
    text: name('simNote', 'A note of the bank. 备注。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    statusCodes: statusCodesSchema,
    transStatuses: transStatusesSchema,
    balanceNames: balanceNamesSchema,
    detailNames: detailNamesSchema,
    openBalance: z
      .strictObject({
        method: name('sim.account.balance', 'Method of a balance. 余额方法名。'),
        current: name('sim_balance', 'Balance. 余额。'),
        available: name('sim_available', 'Available balance. 可用余额。'),
      })
      .prefault({}),
    okReturnCode: code('0000', 'return_code of success (not known). 成功的 return_code。'),
    badReturnCode: code('SIM9999', 'return_code of a message-level error. 报文级错误的 return_code。'),
    outFlag: code('D', 'NS-BDES: value of money out (not known). 付标志。'),
    inFlag: code('C', 'NS-BDES: value of money in (not known). 收标志。'),
    replyEncoding: z
      .enum(['gbk', 'utf-8'])
      .default('gbk')
      .describe('Charset of NS-BDES answers, whatever the request says (one client reads GBK). 应答字符集。'),
    echoesSerials: z
      .boolean()
      .default(true)
      .describe('Whether trnId, insId and svrId, or req_seq, are repeated (not known). 是否回显流水号。'),
    duplicate: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated insId or req_seq is refused, or booked again (not known). 重复编号。'),
    pageMax: z.number().int().min(1).default(100).describe('Most rows of an answer (not known). 每次最多行数。'),
    firstIndex: z
      .union([z.literal(0), z.literal(1)])
      .default(1)
      .describe('Number of the first row in start_index (not known). start_index 起始值。'),
    emptyList: z
      .enum(['ok', 'code'])
      .default('ok')
      .describe('No rows: an answer without any, or a code (not known). 无明细时的应答。'),
    statementOrder: z
      .enum(['ascending', 'descending'])
      .default('ascending')
      .describe('Order of detail rows (not known). 明细排列顺序。'),
    busiAs: z
      .enum(['object', 'text'])
      .default('object')
      .describe('response_busi as an object or as text (not known). response_busi 形式。'),
    returnWord: z.string().default('退汇').describe('Word of a returned payment (marker not known). 退汇标志。'),
    nameBytes: z.number().int().min(1).default(60).describe('Width of names in GBK bytes (not known). 户名长度。'),
    textBytes: z.number().int().min(1).default(60).describe('Width of explain and usage (not known). 用途长度。'),
  })
  .prefault({})

export const cmbcOptions = z.strictObject({
  ports: z.strictObject({ proxy: z.number().int().min(0).max(65_535).default(0) }).prefault({}),
  customers: z
    .array(
      z.strictObject({
        clientId: z.string().min(1),
        userId: z.string().min(1),
        userPassword: z.string().min(1),
        openId: z.string().min(1),
      }),
    )
    .default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type CmbcOptions = z.output<typeof cmbcOptions>
export type CmbcProtocol = CmbcOptions['protocol']
export type Customer = CmbcOptions['customers'][number]
