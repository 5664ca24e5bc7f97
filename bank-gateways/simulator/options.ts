// The simulator's options, checked once at the start; every problem is reported with its path. No default names an account,
// holds money or opens a port that anybody else can reach.

import { z } from 'zod'
import type { Clock } from '../../connector/ports'
import { isDay } from './engine/bank-time'
import { BANK_NAMES, banksSchema } from './registry'

const day = z.string().refine(isDay, 'a day, yyyy-MM-dd')
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'HH:mm[:ss]')
/** 元 with at most two decimals. */
export const amountSchema = z.string().regex(/^\d{1,15}(\.\d{1,2})?$/, 'yuan with at most two decimals')
export const positiveAmountSchema = amountSchema.refine(text => /[1-9]/.test(text), 'an amount above zero')

export const historyRowSchema = z.strictObject({
  date: day,
  time: time.default('10:00:00'),
  type: z.enum(['deposit', 'payment', 'fee', 'interest']),
  amount: positiveAmountSchema,
  counterAccount: z.string().default(''),
  counterName: z.string().default(''),
  counterBank: z.string().default(''),
  counterCnaps: z.string().default(''),
  text: z.string().default(''),
})
export type HistoryRow = z.output<typeof historyRowSchema>

export const accountOptionSchema = z.strictObject({
  bank: z.enum(BANK_NAMES),
  account: z.string().regex(/^\d{1,34}$/),
  name: z.string().min(1),
  /** CNAPS 联行号. */
  cnaps: z
    .string()
    .regex(/^\d{0,12}$/)
    .default(''),
  bankName: z.string().default(''),
  /** Whose it is (ICBC: CIS, BOC: custid, CITIC: userName, CIB: CID, Ping An: MrchCode, SPDB: masterID, CEB: CifNo, CGB: cifMaster); empty = every customer of the bank may use it. */
  customer: z.string().default(''),
  /** Before the first row of `history`. */
  openingBalance: amountSchema.default('0'),
  frozen: amountSchema.default('0'),
  isClosed: z.boolean().default(false),
  history: z.array(historyRowSchema).default([]),
})
export type AccountOption = z.output<typeof accountOptionSchema>

function isClock(value: unknown): value is Clock {
  return typeof value === 'object' && value !== null && 'now' in value && 'sleep' in value
}

const port = z.number().int().min(0).max(65_535)

export const optionsSchema = z.strictObject({
  /** The journal; null = in memory, forgotten at the end. */
  stateFile: z.string().min(1).nullable().default(null),
  clock: z.custom<Clock>(isClock, 'a Clock').optional(),
  /** The banks' clock minus ours, until POST /clock moves it. */
  clockOffsetMs: z.number().int().default(0),
  host: z.string().min(1).default('127.0.0.1'),
  adminPort: port.default(0),
  /** How late a "late" answer is: longer than the client's patience. */
  lateAnswerMs: z.number().int().min(0).default(60_000),
  accounts: z.array(accountOptionSchema).default([]),
  banks: banksSchema.prefault({}),
  /** Told why something was refused where the bank's answer does not say, and what went wrong inside. */
  log: z.custom<(line: string) => void>(value => typeof value === 'function', 'a function').optional(),
})
export type SimulatorOptions = z.input<typeof optionsSchema>
export type CheckedOptions = z.output<typeof optionsSchema>

export function checkOptions(options: unknown): CheckedOptions {
  const checked = optionsSchema.safeParse(options)
  if (checked.success) return checked.data
  const problems = checked.error.issues.map(issue => `${issue.path.join('.') || '(options)'}: ${issue.message}`)
  throw new Error(`bank simulator options 模拟银行配置有误:\n  ${problems.join('\n  ')}`)
}
