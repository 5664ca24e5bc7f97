// The settings of the simulated SPDB. Every value that the reference marks unverified or does not know is a setting here with a
// neutral default; invented codes begin with SIM, so that nobody takes them for the bank's.

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
    // Confirmed by banks/spdb §7.
    insufficient: code('EGG0042', 'Insufficient balance, wrapped (confirmed). 余额不足(已证实)。'),
    'payee-name': code('EGG0346', 'Payee name does not match (confirmed). 户名不符(已证实)。'),
    'bad-signature': code('EYY9994', 'Signature not accepted (confirmed). 验签错(已证实)。'),
    declined: code('SIM0001', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': code('SIM0002', 'Payer account unknown. 付款账号不存在。'),
    'payer-name': code('SIM0003', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': code('SIM0004', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SIM0005', 'Payee account at SPDB unknown or closed. 行内收款账号不存在或已销户。'),
    'after-cut-off': code('SIM0006', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('SIM0007', 'Approval was refused. 授权拒绝。'),
    'too-long': code('SIM0008', 'A field is too long. 字段超长。'),
    'invalid-field': code('SIM0009', 'A field is missing or malformed. 字段不合法。'),
    'not-simulated': code('SIM0010', 'A function the simulator does not have. 模拟银行不支持的交易。'),
    identity: code('SIM0011', 'masterID unknown. 客户号不存在。'),
    'repeated-packet': code('SIM0012', 'packetID already used today. 当日报文号重复。'),
    duplicate: code('SIM0016', 'Repeated elecChequeNo (code not known). 重复的电子凭证号。'),
    'empty-list': code('SIM0017', 'Nothing to list, where `emptyList` is `code`. 无明细。'),
    maintenance: code('SIM0099', 'Ordered maintenance or message-level error. 系统维护。'),
    'bad-message': code('SIM0098', 'The packet cannot be read. 报文不可读。'),
    unlisted: code('SIM0097', 'What "unknown status" shows in an answer to 8800. 8800 应答不在表内的返回码。'),
  })
  .prefault({})

const flag = (value: string, text: string) => z.string().min(1).max(2).default(value).describe(text)
/** Narrow enough to be met in a test; the real lengths are not known (banks/spdb §3). */
const width = (bytes: number, text: string) => z.number().int().min(1).default(bytes).describe(text)

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    refusalPlace: z
      .enum(['head', 'body'])
      .default('head')
      .describe('Where an unsigned refusal stands (both occur). 未签名错误所在位置。'),
    packetOrder: z
      .enum(['head-first', 'body-first'])
      .default('head-first')
      .describe('Order inside <packet> (both occur). packet 内的顺序。'),
    lengthCounts: z
      .enum(['itself', 'packet'])
      .default('itself')
      .describe('What the length of a reply counts (not known). 应答长度的含义。'),
    signLineLength: z
      .number()
      .int()
      .min(0)
      .default(76)
      .describe('Characters a line inside <sign>, CRLF between; 0 = one line (CRLF confirmed). sign 内每行字符数。'),
    duplicate: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated elecChequeNo is refused, or booked a second time (not known). 重复电子凭证号。'),
    statementCode: code('8924', 'Number of the statement function (unverified). 明细查询交易码(未证实)。'),
    receiptApplyCode: code('SIMA', 'Number of the receipt application (not known). 回单申请交易码(未知)。'),
    receiptFileCode: code('SIMF', 'Number of the receipt download (not known). 回单下载交易码(未知)。'),
    receiptDelayMs: z
      .number()
      .int()
      .min(0)
      .default(60_000)
      .describe('From the application to the file (about a minute). 申请至可下载的时间。'),
    flagOut: flag('0', 'debitFlag of money out (not known). 支出的 debitFlag。'),
    flagIn: flag('1', 'debitFlag of money in (not known). 收入的 debitFlag。'),
    statementOrder: z
      .enum(['ascending', 'descending'])
      .default('ascending')
      .describe('Order of rows (not known). 明细顺序。'),
    emptyList: z
      .enum(['ok', 'code'])
      .default('ok')
      .describe('A statement without rows: none, or a code of its own (not known). 无明细时的应答。'),
    pageMax: z.number().int().min(1).default(100).describe('Never more rows than this (not known). 每页最多行数。'),
    nameMax: width(120, 'Bytes of a name (not known). 户名最长字节数。'),
    noteMax: width(120, 'Bytes of note and payPurpose (not known). 附言、用途最长字节数。'),
    referenceMax: width(20, 'Bytes of elecChequeNo (not known). 电子凭证号最长字节数。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const spdbOptions = z.strictObject({
  ports: z.strictObject({ gateway: port, sign: port, file: port }).prefault({}),
  customers: z.array(z.strictObject({ masterId: z.string().regex(/^[\x21-\x7e]{1,30}$/) })).default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type SpdbOptions = z.output<typeof spdbOptions>
export type SpdbProtocol = SpdbOptions['protocol']
