// What needs a person, in one list: every kind with what it means and what to do next. Nothing here is stored: an exception
// is there as long as what it says is the case.

import type { Money } from '../ports'
import { startOfDay } from './coverage'

export type ExceptionType =
  | 'gap'
  | 'unproven'
  | 'changed'
  | 'late'
  | 'unmatched'
  | 'ambiguous'
  | 'unbookable'
  | 'receipt'
  | 'contradiction'
  | 'source'

export type Words = { readonly zh: string; readonly en: string }

export type ExceptionItem = {
  /** The same for the same thing as long as it lasts: `gap:<account>:<day>`. */
  readonly id: string
  readonly type: ExceptionType
  /** Empty where it is of no one account. */
  readonly account: string
  /** The bank day it is about, or empty. */
  readonly day: string
  readonly amount: Money | null
  /** Since when it is so, epoch milliseconds. */
  readonly since: number
  readonly what: Words
  readonly next: Words
}

export type OwnedException = ExceptionItem & { readonly owner: string; readonly note: string; readonly ageMs: number }

export const EXCEPTION_WORDS: Readonly<Record<ExceptionType, Words>> = {
  gap: { zh: '余额缺口', en: 'balance gap' },
  unproven: { zh: '未证明', en: 'unproven' },
  changed: { zh: '银行改动', en: 'changed by the bank' },
  late: { zh: '流水迟到', en: 'statement late' },
  unmatched: { zh: '未勾对', en: 'unmatched' },
  ambiguous: { zh: '多个候选', en: 'ambiguous' },
  unbookable: { zh: '未入账', en: 'not booked' },
  receipt: { zh: '缺回单', en: 'receipt missing' },
  contradiction: { zh: '矛盾', en: 'contradiction' },
  source: { zh: '未能检查', en: 'not checked' },
}

export const NEXT_STEPS: Readonly<Record<ExceptionType, Words>> = {
  gap: {
    zh: '系统会继续重取；仍有缺口时向银行索取该日完整对账单并导入（更正原文件的加 --replace）',
    en: 'it is asked for again by itself; if the gap stays, get that day’s whole statement from the bank and import it (with --replace where it corrects a file)',
  },
  unproven: {
    zh: '取得有期初、期末余额的对账单并导入，或请银行开通余额查询',
    en: 'import a statement with opening and closing balances, or have the bank answer balance inquiries',
  },
  changed: {
    zh: '向银行核实；属实则 yinqi statement withdraw 撤回原流水（先 --dry-run），更正后的流水随即导入；误撤回的用 yinqi statement restore',
    en: 'ask the bank; if it is so, yinqi statement withdraw the old line (look with --dry-run), and the new one comes in; yinqi statement restore brings back what was withdrawn wrongly',
  },
  late: {
    zh: '运行 yinqi doctor，检查银行连接与取数计划',
    en: 'run yinqi doctor: look at the bank’s connection and the schedules',
  },
  unmatched: {
    zh: '核对对方是否漏记：银行有账面无则补记，账面有银行无则查明',
    en: 'find out which side lacks it: book what the ledger lacks, ask after what the bank lacks',
  },
  ambiguous: { zh: '在候选中人工勾对', en: 'choose among the candidates' },
  unbookable: {
    zh: '在 ERP 中手工制单，或补充入账规则；ERP 拒收的凭证按原因处理后运行 yinqi outbox retry',
    en: 'book it in the ERP by hand, or add a rule; of a refused entry mend the cause and run yinqi outbox retry',
  },
  receipt: { zh: '系统每天再取一次；或向银行索取回单', en: 'it is asked for daily; or get the receipt from the bank' },
  contradiction: {
    zh: '按手册查明后运行 yinqi contradiction resolve',
    en: 'look into it as the runbook says, then yinqi contradiction resolve',
  },
  source: { zh: '排除故障后重新运行', en: 'mend it and run again' },
}

/** By type in the order above, the oldest first within it. */
export function ordered<T extends ExceptionItem>(items: readonly T[]): readonly T[] {
  const order = Object.keys(EXCEPTION_WORDS)
  return items.toSorted(
    (a, b) => order.indexOf(a.type) - order.indexOf(b.type) || a.since - b.since || (a.id < b.id ? -1 : 1),
  )
}

export function isExceptionType(text: string): text is ExceptionType {
  return Object.hasOwn(EXCEPTION_WORDS, text)
}

/** An exception of a day. */
export function dayException(
  type: ExceptionType,
  of: { readonly account: string; readonly day: string; readonly subject: string; readonly amount: Money | null },
  what: Words,
  since: number = startOfDay(of.day),
): ExceptionItem {
  const { account, day, subject, amount } = of
  return { id: `${type}:${account}:${subject}`, type, account, day, amount, since, what, next: NEXT_STEPS[type] }
}
