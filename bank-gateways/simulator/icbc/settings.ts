// The settings of the simulated ICBC. Every value that the reference marks unverified or does not know is a setting here with
// a neutral default; invented codes begin with S, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) => z.string().min(1).default(value).describe(text)

const codesSchema = z
  .strictObject({
    // Confirmed by banks/icbc §12.
    'payer-name': code('B0043', 'Payer name does not match (confirmed). 付款户名不符(已证实)。'),
    'payer-is-payee': code('B0052', 'Payer = payee (confirmed). 收付款账号相同(已证实)。'),
    'no-record': code('B0116', 'Nothing matches the query (confirmed). 没有符合条件的记录(已证实)。'),
    'payee-name': code('B0043', "Payee name at ICBC does not match; the payer's code. 行内收款户名不符。"),
    duplicate: code('B0016', 'Repeated fSeqno (reference: B0016-like, unverified). 重复的 fSeqno。'),
    declined: code('S0001', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': code('S0002', 'Payer account unknown. 付款账号不存在。'),
    'payee-unknown': code('S0003', 'Payee account at ICBC unknown or closed. 行内收款账号不存在或已销户。'),
    insufficient: code('S0004', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('S0005', 'After the cut-off. 已过截止时间。'),
    'too-long': code('S0006', 'A field is too long. 字段超长。'),
    'invalid-field': code('S0007', 'A field is missing or malformed. 字段不合法。'),
    'approval-rejected': code('S0008', 'Approval was refused. 被拒绝授权。'),
    'not-simulated': code('S0009', 'A function the simulator does not have. 模拟银行不支持的功能。'),
    'sign-time': code('S0010', "SignTime's date is not the bank's date. SignTime 日期不等于银行日期。"),
    identity: code('S0011', 'CIS or certificate ID unknown. CIS 或证书 ID 不存在。'),
    maintenance: code('S0012', 'Message-level error ordered as a fault. 故障注入的报文级错误。'),
  })
  .prefault({})

const limit = (max: number, unit: 'bytes' | 'characters', text: string) =>
  z
    .strictObject({ max: z.number().int().min(1), unit: z.enum(['bytes', 'characters']) })
    .default({ max, unit })
    .describe(text)

const limitsSchema = z
  .strictObject({
    fSeqno: limit(35, 'bytes', 'GBK bytes (unverified). fSeqno 长度。'),
    PayAccNameCN: limit(60, 'bytes', 'GBK bytes. 付款户名长度。'),
    RecAccNameCN: limit(60, 'bytes', 'GBK bytes, as the payer name. 收款户名长度。'),
    RecBankName: limit(60, 'bytes', 'GBK bytes, cross-bank. 收款行名长度。'),
    PostScript: limit(60, 'characters', 'Characters, cross-bank. 附言长度(字符,跨行)。'),
  })
  .prefault({})

const resultsSchema = z
  .strictObject({
    scheduled: code('10', 'Scheduled. 预约指令。'),
    accepted: code('0', 'Accepted. 提交成功,等待银行处理。'),
    processing: code('9', 'Processing. 银行正在处理。'),
    awaiting: code('2', 'Awaiting approval. 等待授权。'),
    success: code('7', 'Success. 处理成功。'),
    failed: code('6', 'Refused by the bank. 被银行拒绝。'),
    rejected: code('8', 'Approval refused. 指令被拒绝授权。'),
    returned: code('7', 'QPAYENT after a return: stays 7 (not known). 退汇后查询仍为 7(未知)。'),
    unlisted: code('95', 'What "unknown status" shows. 状态码不在表内时的值。'),
  })
  .prefault({})

const pageSizes = z.array(z.number().int().min(1)).min(1)

const protocolSchema = z
  .strictObject({
    replyPrefix: z
      .string()
      .default('reqData=')
      .describe(
        'The 8 characters before the Base64 of a reply: read as `reqData=` itself. 应答 Base64 前的 8 个字符。',
      ),
    replyLineLength: z
      .number()
      .int()
      .min(4)
      .nullable()
      .default(76)
      .describe('Base64 of a reply is wrapped after this many characters; null = one line. 应答 Base64 折行长度。'),
    replyContentType: z
      .string()
      .default('text/html;charset=GBK')
      .describe('Content type of replies (not known). 应答的 Content-Type。'),
    signLineLength: z
      .number()
      .int()
      .min(4)
      .nullable()
      .default(64)
      .describe('The same for `<sign>`. `<sign>` 的折行长度。'),
    ncErrorCode: z
      .string()
      .default('40418')
      .describe('errorCode= of every failure at NC level (table not known). NC 级失败的 errorCode。'),
    codes: codesSchema,
    limits: limitsSchema,
    results: resultsSchema,
    overLong: z
      .enum(['item', 'package'])
      .default('item')
      .describe('An over-long field refuses its item or the whole package. 超长字段拒绝明细或整包。'),
    maxItems: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Most rd in a package; null = no limit (not known). 每包最多笔数。'),
    duplicatesOf: z
      .enum(['signed', 'all'])
      .default('signed')
      .describe('Whose fSeqno must be new: signed packages, or queries too. fSeqno 唯一性检查范围。'),
    pageSizesOld: pageSizes
      .default([10, 9])
      .describe('Rows a page of QPD/QHISD in 0.0.0.1, used in turn. 0.0.0.1 每页行数,轮流使用。'),
    pageSizesNew: pageSizes.default([57, 31]).describe('The same in 0.0.1.0. 0.0.1.0 每页行数。'),
    emptyDetail: z
      .enum(['ok', 'no-record'])
      .default('ok')
      .describe('QPD/QHISD without rows: RetCode 0 and none, or B0116. 无明细时的应答。'),
    todayHoldsYesterdayUntil: z
      .string()
      .regex(/^\d\d:\d\d$/)
      .nullable()
      .default(null)
      .describe('Before this time QPD still shows the rows of the day before. 此时间前 QPD 仍含前一日明细。'),
    returnMark: z
      .string()
      .default('1')
      .describe('UpDtranf of a returned payment (only "other than 0" is known). 退汇标志。'),
    manualHandlingMs: z
      .number()
      .int()
      .min(0)
      .default(600_000)
      .describe('Extra time when UseCN is longer than 10 characters cross-bank (落地). 落地处理的额外时间。'),
    receiptPendingMs: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('BATEBILL answers "pending" this long; QEBILL has the data after it. 回单生成等待时间。'),
    zipReply: z
      .boolean()
      .default(false)
      .describe('Answer a zipFlag=1 request with a zipped rd area (not known). 应答是否压缩 rd。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const icbcOptions = z.strictObject({
  ports: z.strictObject({ tunnel: port, sign: port }).prefault({}),
  customers: z.array(z.strictObject({ cis: z.string().min(1), certId: z.string().min(1) })).default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type IcbcOptions = z.output<typeof icbcOptions>
export type IcbcProtocol = IcbcOptions['protocol']
