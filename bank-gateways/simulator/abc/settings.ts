// The settings of the simulated ABC. Every value that the reference marks unverified or does not know is a setting here with
// a neutral default; invented codes begin with S, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

/** RespCode has four characters. */
const code = (value: string, text: string) => z.string().length(4).default(value).describe(text)

const codesSchema = z
  .strictObject({
    ok: code('0000', 'Success (confirmed). 成功(已证实)。'),
    landed: code('0001', 'Fell to manual handling 落地 (confirmed). 落地(已证实)。'),
    maintenance: code('9999', 'Communication error of the front-end (confirmed). 前置通讯错误(已证实)。'),
    'payer-unknown': code('2003', 'Account does not exist (from a sample). 账号不存在(样例)。'),
    'payee-unknown': code('2003', 'Account does not exist (from a sample). 账号不存在(样例)。'),
    'no-payment': code('S404', 'CQRT04 of a serial nobody knows (code not known). 查无此流水。'),
    'no-rows': code('S003', 'No detail, where there is a code for it. 无明细。'),
    'manual-failed': code('S361', 'CQRA61 of one that was refused by hand. 落地被拒。'),
    declined: code('S001', 'Refused without further reason. 银行拒绝。'),
    'payer-name': code('S103', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': code('S104', 'Payer = payee. 收付款账号相同。'),
    'payee-name': code('S106', 'Payee name at ABC does not match. 行内收款户名不符。'),
    insufficient: code('S107', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('S108', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('S109', 'Approval was refused. 被拒绝授权。'),
    duplicate: code('S116', 'Repeated ReqSeqNo (code not known). 重复的 ReqSeqNo。'),
    'too-long': code('S121', 'A field is too long. 字段超长。'),
    'invalid-field': code('S122', 'A field is missing or malformed. 字段不合法。'),
    'not-simulated': code('S123', 'A function the simulator does not have. 模拟银行不支持的功能。'),
    'bad-message': code('S900', 'The message cannot be read. 报文不可读。'),
    unlisted: code('S777', 'What "unknown status" shows. 状态码不在表内时的值。'),
  })
  .prefault({})

const queryCodesSchema = z
  .strictObject({
    success: code('0000', 'CQRT04 success (confirmed). 成功(已证实)。'),
    pending: code('0388', 'CQRT04 in process (confirmed). 处理中(已证实)。'),
    failed: code('0389', 'CQRT04 failed (confirmed). 失败(已证实)。'),
  })
  .prefault({})

const bytes = (value: number, text: string) => z.number().int().min(1).default(value).describe(text)

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    query: queryCodesSchema,
    pendingShape: z
      .enum(['wait-flag', '0001'])
      .default('wait-flag')
      .describe('One in process: 0000 with WaitFlag 1, or 0001 (both confirmed). 处理中的应答形式。'),
    prvDataLead: z
      .enum(['serial', 'blank'])
      .default('serial')
      .describe('The first 18 characters of RespPrvData (not known). RespPrvData 前 18 位。'),
    bothResultFields: z
      .boolean()
      .default(true)
      .describe('Both result fields of RespPrvData are filled, or only the second. 两个结果字段是否都填。'),
    echoesPayee: z
      .boolean()
      .default(true)
      .describe('Cmp/CrProv and CrAccNo stand in answers about payments. 应答是否带收款账号。'),
    replyCodeName: z
      .enum(['CCTransCode', 'TransCode'])
      .default('CCTransCode')
      .describe('Element of the transaction code in replies (two sources). 应答交易码元素名。'),
    replyFlag: z.enum(['0', '1']).default('1').describe('First byte of replies. 应答首字节。'),
    duplicateSeq: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated ReqSeqNo is refused, or booked a second time (not known). 重复 ReqSeqNo。'),
    balanceShape: z
      .enum(['both', 'text', 'elements'])
      .default('both')
      .describe('CQRA06: RespPrvData1, the Acc element, or both (confirmed). 余额应答形式。'),
    detailDirectory: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('Where CQRA10 puts its files; null = refused. 明细文件目录。'),
    detailDelayMs: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('The file appears this long after the answer. 文件延迟。'),
    pageRows: z.number().int().min(1).default(100).describe('Rows of one detail file (not known). 每个明细文件行数。'),
    emptyDetail: z
      .enum(['no-file', 'code'])
      .default('no-file')
      .describe('No rows: RecordNum 0 without a file, or a code (not known). 无明细时的应答。'),
    amountSign: z
      .enum(['signed', 'unsigned'])
      .default('signed')
      .describe('Amt of money that left: negative, or without a sign (one client reads a sign). 支出金额是否为负。'),
    returnWord: z.string().default('退汇').describe('Abs of a returned payment (marker not known). 退汇标志。'),
    lengths: z
      .strictObject({
        name: bytes(120, 'Bytes of DbAccName and CrAccName (not known). 户名字节数。'),
        bankName: bytes(120, 'Bytes of CrBankName (not known). 行名字节数。'),
        whyUse: bytes(60, 'Bytes of WhyUse (not known). 用途字节数。'),
        postscript: bytes(60, 'Bytes of Postscript (not known). 附言字节数。'),
        reqSeqNo: bytes(30, 'Characters of ReqSeqNo (not known; 25 has been seen). 流水号长度。'),
      })
      .prefault({}),
  })
  .prefault({})

export const abcOptions = z.strictObject({
  ports: z.strictObject({ icc: z.number().int().min(0).max(65_535).default(0) }).prefault({}),
  /** CorpNo the front-end fills in where a message leaves it empty. */
  corpNo: z.string().max(40).default('SIM103000001'),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type AbcOptions = z.output<typeof abcOptions>
export type AbcProtocol = AbcOptions['protocol']
