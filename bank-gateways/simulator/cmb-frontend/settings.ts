// The settings of the simulated CMB front-end. Every value that the reference marks unverified or does not know is a setting here with
// a neutral default; invented codes begin with SIM, so that nobody takes them for the bank's.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const code = (value: string, text: string) => z.string().min(1).default(value).describe(text)

const codesSchema = z
  .strictObject({
    declined: code('SIM0001', 'ERRCOD: refused without further reason. 银行拒绝。'),
    'payer-unknown': code('SIM0002', 'ERRCOD: payer account unknown. 付款账号不存在。'),
    'payer-name': code('SIM0003', 'ERRCOD: payer name does not match (none is sent). 付款户名不符。'),
    'payer-is-payee': code('SIM0004', 'ERRCOD: payer = payee. 收付款账号相同。'),
    'payee-unknown': code('SIM0005', 'ERRCOD: payee account at CMB unknown or closed. 行内收款账号不存在。'),
    'payee-name': code('SIM0006', 'ERRCOD: payee name at CMB does not match (RCVCHK). 行内收款户名不符。'),
    insufficient: code('SIM0007', 'ERRCOD: insufficient balance. 余额不足。'),
    'after-cut-off': code('SIM0008', 'ERRCOD: after the cut-off. 已过截止时间。'),
    'approval-rejected': code('SIM0009', 'ERRCOD: approval was refused. 被拒绝授权。'),
    duplicate: code('SIM0016', 'ERRCOD: repeated YURREF (code not known). 重复的业务参考号。'),
    'too-long': code('SIM0017', 'ERRCOD: a field is too long. 字段超长。'),
    'invalid-field': code('SIM0018', 'ERRCOD: a field is missing or malformed. 字段不合法。'),
    'not-simulated': code('SIM0019', 'A function the simulator does not have. 模拟银行不支持的功能。'),
    unlisted: code('SIM', 'REQSTS that "unknown status" shows. 状态码不在表内时的值。'),
  })
  .prefault({})

const statesSchema = z
  .strictObject({
    scheduled: code('NTE', 'Scheduled. 预约。'),
    accepted: code('NTE', 'Accepted. 终审完毕。'),
    processing: code('BNK', 'Processing. 银行处理中。'),
    awaiting: code('AUT', 'Awaiting approval. 等待审批。'),
  })
  .prefault({})

const protocolSchema = z
  .strictObject({
    codes: codesSchema,
    states: statesSchema,
    duplicateYurRef: z
      .enum(['refuse', 'book-again'])
      .default('refuse')
      .describe('A repeated YURREF is refused, or accepted and booked again. 重复业务参考号:拒绝,或再次受理并记账。'),
    mode: z
      .enum(['raw', 'form', 'socket'])
      .default('raw')
      .describe('HTTP body, its field REQDATA, or TCP under 8 bytes of length (all confirmed). 请求报文的承载方式。'),
    encoding: z.enum(['gbk', 'utf-8']).default('gbk').describe('Encoding both ways (GBK confirmed). 双向编码。'),
    minIntervalMs: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('RETCOD -5 for calls closer together; the real front-end sleeps instead. 过于频繁时报 -5。'),
    isLoggedIn: z.boolean().default(true).describe('False: every call is answered RETCOD -4. 是否已登录。'),
    pageMax: z.number().int().min(1).default(100).describe('GetTransInfoEX rows a page (not known). 明细每页行数。'),
    summaryOfEmptyDay: z
      .boolean()
      .default(true)
      .describe('NTRBPTRSZ1 also for a day without rows (not known). 无明细之日是否返回 NTRBPTRSZ1。'),
    printFlag: z.enum(['1', '2']).default('1').describe('RRCFLG under which receipts are found. 回单打印标志。'),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const cmbFrontendOptions = z.strictObject({
  ports: z.strictObject({ fbsdk: port }).prefault({}),
  /** Who may log in: LGNNAM. */
  customers: z.array(z.strictObject({ loginName: z.string().min(1) })).default([]),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type CmbFrontendOptions = z.output<typeof cmbFrontendOptions>
export type CmbFrontendProtocol = CmbFrontendOptions['protocol']
