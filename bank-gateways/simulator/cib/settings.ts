// The settings of the simulated CIB. Every value that the reference marks unverified or does not know is a setting here with a
// neutral default; invented codes lie from 99000 on, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .default(value)
    .describe(text)

const codesSchema = z
  .strictObject({
    // Confirmed by banks/cib §5.
    ok: code('0', 'Success (confirmed). 成功(已证实)。'),
    identity: code('15500', 'Login failed (confirmed). 登录失败(已证实)。'),
    'no-record': code('2020', 'No such instruction (confirmed). 指令不存在(已证实)。'),
    insufficient: code('75320', 'Insufficient available funds (confirmed). 可用资金不足(已证实)。'),
    duplicate: code('12345', 'TRNUID already used (confirmed, of some functions). TRNUID 已被使用(已证实)。'),
    'no-rows': code('6421', 'No rows, where `emptyList` is `code` (confirmed). 无明细(已证实)。'),
    'payer-unknown': code('2002', 'Account not found (confirmed). 账号不存在(已证实)。'),
    declined: code('99001', 'Refused without further reason. 银行拒绝。'),
    'payer-name': code('99002', 'Payer name does not match. 付款户名不符。'),
    'payer-is-payee': code('99003', 'Payer = payee. 收付款账号相同。'),
    'payee-unknown': code('99004', 'Payee account at CIB unknown or closed. 行内收款账号不存在或已销户。'),
    'payee-name': code('99005', 'Payee name at CIB does not match. 行内收款户名不符。'),
    'after-cut-off': code('99006', 'After the cut-off. 已过截止时间。'),
    'approval-rejected': code('99007', 'Approval was refused. 审核拒绝。'),
    'too-long': code('99008', 'A field is too long. 字段超长。'),
    'invalid-field': code('99009', 'A field is missing or malformed. 字段不合法。'),
    'not-simulated': code('99010', 'A function the simulator does not have. 模拟银行不支持的交易。'),
    maintenance: code('99099', 'Ordered maintenance or message-level error. 系统维护。'),
    'bad-message': code(
      '99098',
      'The message cannot be read, or its nodes are not in order. 报文不可读或节点顺序不符。',
    ),
  })
  .prefault({})

const state = (value: string, text: string) =>
  z
    .string()
    .regex(/^[A-Z_]{1,16}$/)
    .default(value)
    .describe(text)

/** banks/cib §2. */
const statesSchema = z
  .strictObject({
    scheduled: state('AUDITED', 'Approved, its day is in the future (confirmed). 指令已审核。'),
    accepted: state('PROCESSING', 'Taken (confirmed). 后台处理中。'),
    processing: state('PROCESSING', 'In process (confirmed). 后台处理中。'),
    awaiting: state('AUDITING', 'Awaiting approval in the net bank (confirmed). 指令审核中。'),
    success: state('PAYOUT', 'Paid (confirmed); a returned payment keeps it. 交易成功;退汇后不变。'),
    failed: state('FAIL', 'Failed (confirmed). 交易失败。'),
    rejected: state('CANCEL', 'Approval was refused: withdrawn (confirmed as a state). 审核拒绝后撤销。'),
    submitted: state('SUBMIT_SUCC', 'A batch line that was taken (confirmed). 异步批量已提交。'),
    unlisted: state('ZZZZ', 'What "unknown status" shows. 不在表内的处理状态。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    states: statesSchema,
    enableSign: z
      .enum(['YES', 'NO'])
      .default('YES')
      .describe(
        'EnableSign of CIBOnline.ini: YES = the proxy signs; NO = every payment awaits a person in the net bank (confirmed). 代理是否自动签名。',
      ),
    repeat: z
      .enum(['replay', 'refuse'])
      .default('replay')
      .describe(
        'A repeated TRNUID gets the earlier result, or 12345 (both confirmed; which functions do which is not known). 重复 TRNUID:返回原结果或 12345。',
      ),
    refusal: z
      .enum(['status', 'fail'])
      .default('status')
      .describe(
        'A refused single payment shows as STATUS/CODE, or as CODE 0 with XFERPRCCODE FAIL (not known). 单笔被拒的应答形式。',
      ),
    moreAs: z
      .enum(['attribute', 'element'])
      .default('attribute')
      .describe('How MORE of XFERLIST and TRANLIST is written (not known). MORE 的写法。'),
    notFound: z
      .enum(['code', 'list'])
      .default('code')
      .describe('XFERINQTRNRQ about an unknown CLIENTREF: 2020, or an XFERLIST with MORE N. 查无指令的应答。'),
    emptyList: z
      .enum(['ok', 'code'])
      .default('code')
      .describe('A statement without rows: 6421, or a TRANLIST without rows. 无明细时的应答。'),
    statementOrder: z
      .enum(['ascending', 'descending'])
      .default('ascending')
      .describe('Order of the rows (not known). 明细排列顺序。'),
    pageSize: z.number().int().min(1).max(100).default(100).describe('Rows a page; 100 at the bank. 每页行数。'),
    historyDaysMax: z
      .number()
      .int()
      .min(1)
      .default(366)
      .describe('Most days of one statement question (not known). 一次查询最多天数。'),
    currencyWord: z
      .enum(['RMB', '01'])
      .default('RMB')
      .describe('CURDEF and CURRENCY of CNY in replies (both occur). 应答中的人民币代码。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)
const word = z.string().regex(/^[\x21-\x7e]{1,64}$/)

export const cibOptions = z.strictObject({
  ports: z.strictObject({ csp: port }).prefault({}),
  customers: z.array(z.strictObject({ cid: word, userId: word, userPassword: word })).default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type CibOptions = z.output<typeof cibOptions>
export type CibProtocol = CibOptions['protocol']
