// The settings of the simulated CGB. Every value that the reference does not know is a setting here with a neutral default; invented
// codes begin with S, so that nobody takes them for the bank's. The elements of balance and statement are invented: see message names.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) =>
  z
    .string()
    .regex(/^[0-9A-Z]{1,8}$/)
    .default(value)
    .describe(text)

const codesSchema = z
  .strictObject({
    // Confirmed by banks/cgb §1.
    ok: code('000', 'Accepted (confirmed). 受理(已证实)。'),
    'no-record': code('S20', '0004, 0034 about an unknown payment (not known). 查无此笔。'),
    declined: code('S01', 'Refused without further reason. 银行拒绝。'),
    'payer-unknown': code('S02', 'Payer account unknown. 付款账号不存在或无权操作。'),
    'payer-name': code('S03', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': code('S04', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('S05', 'Payee account at CGB unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': code('S06', 'Payee name at CGB does not match. 行内收款户名不符。'),
    insufficient: code('S07', 'Insufficient balance. 余额不足。'),
    'after-cut-off': code('S08', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('S09', 'Approval was refused. 审核拒绝。'),
    duplicate: code('S16', 'entSeqNo repeated on one day (not known). 当日流水号重复。'),
    'too-long': code('S10', 'A field is too long. 字段超长。'),
    'invalid-field': code('S11', 'A field is missing or malformed. 字段不合法。'),
    'not-simulated': code('S13', 'A transaction the simulator does not have. 模拟银行不支持的交易。'),
    identity: code('S14', 'cifMaster, entUserId or password wrong. 用户或口令不符。'),
    'empty-list': code('S17', 'Nothing to list, where `emptyList` is `code`. 无明细。'),
    maintenance: code('S99', 'Ordered maintenance or message-level error. 系统维护。'),
    'bad-message': code('S98', 'The message cannot be read. 报文不可读。'),
    unlisted: code('SZZ', 'What "unknown status" shows at submission. 提交时不在表内的返回码。'),
  })
  .prefault({})

const statesSchema = z
  .strictObject({
    scheduled: code('H1', 'hostStatus and bankstatus: scheduled (not known). 预约。'),
    accepted: code('H2', 'Taken (not known). 已受理。'),
    processing: code('H3', 'In process (not known). 处理中。'),
    awaiting: code('H4', 'Awaiting approval (not known). 待审核。'),
    success: code('H0', 'Success (not known). 成功。'),
    failed: code('H8', 'Failed (not known). 失败。'),
    rejected: code('H9', 'Approval refused (not known). 审核拒绝。'),
    unlisted: code('ZZ', 'What "unknown status" shows. 不在表内的状态。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    transport: z
      .enum(['client', 'direct'])
      .default('client')
      .describe('The local client (前置), or the bank itself (去前置, E102). 前置或去前置。'),
    codes: codesSchema,
    states: statesSchema,
    duplicate: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe(
        'An entSeqNo repeated on one day is refused, or booked again (not known). 当日重复流水号:拒绝,或再次记账。',
      ),
    echoesPayment: z
      .boolean()
      .default(false)
      .describe('Whether answers repeat amount and payee account (not known). 应答是否带回金额与收款账号。'),
    statementCode: z
      .string()
      .regex(/^\d{4}$/)
      .default('9001')
      .describe('tranCode of the statement (not known; invented). 明细交易码(未公开,虚构)。'),
    beginsWith: z
      .enum(['named', 'next'])
      .default('named')
      .describe('A page begins with the row that beginRec… names, or behind it (not known). 翻页是否重复上一页末行。'),
    pageMax: z.number().int().min(2).default(50).describe('Never more rows than this. 每页最多行数。'),
    emptyList: z
      .enum(['ok', 'code'])
      .default('ok')
      .describe('A statement without rows: 000, or a code of its own (not known). 无明细时的应答。'),
    nameMax: z.number().int().min(1).default(120).describe('Bytes of GBK of a name (not known). 户名字节上限。'),
    noteMax: z
      .number()
      .int()
      .min(1)
      .default(120)
      .describe('Bytes of GBK of remark and comment (not known). 附言字节上限。'),
    recordsMax: z.number().int().min(1).default(100).describe('Most records of 0033 (not known). 0033 最多笔数。'),
    digest: z
      .enum(['sha1', 'sha256'])
      .default('sha1')
      .describe('Digest of the signatures of answers in 去前置. 去前置应答签名的摘要算法。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const cgbOptions = z.strictObject({
  ports: z.strictObject({ bank: port }).prefault({}),
  customers: z
    .array(
      z.strictObject({
        cifMaster: z.string().regex(/^\d{1,20}$/),
        entUserId: z.string().regex(/^[\x21-\x7e]{1,30}$/),
        userPassword: z.string().min(1),
        /** 去前置 alone: appId, entCstNo, and the customer's RSA public key or certificate in PEM. */
        appId: z.string().default(''),
        entCstNo: z.string().default(''),
        publicKey: z.string().default(''),
        /** The SM2 key (hex) that opens an encrypted password; empty: the password comes as it is. */
        passwordKey: z.string().default(''),
      }),
    )
    .default([]),
  /** 去前置 alone: the bank's RSA key in PEM; null = made at the start, and its public half is logged. */
  bankPrivateKey: z.string().nullable().default(null),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type CgbOptions = z.output<typeof cgbOptions>
export type CgbProtocol = CgbOptions['protocol']
export type CgbCustomer = CgbOptions['customers'][number]
