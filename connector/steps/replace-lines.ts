// A file that corrects another one: which lines the store has that the file does not give any more, and whether the file may
// speak for the whole day. It withdraws nothing itself; a named person does, who has seen the list.

import { addDays, bankDay } from '../core/bank-time'
import { sameMoney } from '../core/money'
import type { StatementLine } from '../ports'
import type { StatementSpan, StoredLine } from '../store/store'
import { isInterim } from './coverage'
import type { Deps } from './deps'
import { eachBatch, type DayReport, type FileLines, type FilePart } from './import-file'

/** More lines than these are no correction but another file. */
const LINES_MAX = 50_000

export type Difference = {
  /** The store has them, the file does not. */
  readonly absent: readonly StoredLine[]
  /** The file has them, the store does not. */
  readonly fresh: readonly { readonly account: string; readonly line: StatementLine }[]
  /** The file has them, and a person has withdrawn them. */
  readonly withdrawn: readonly string[]
}

/** Line by line, for these days. Null: more than a person could look at. */
export async function differenceOf(
  deps: Deps,
  lines: FileLines,
  days: readonly DayReport[],
): Promise<Difference | null> {
  if (days.reduce((sum, day) => sum + day.lines + day.stored, 0) > LINES_MAX) return null
  const wanted = new Set(days.map(({ account, day }) => `${account} ${day}`))
  const given = new Set<string>()
  const withdrawn: string[] = []
  const fresh: Difference['fresh'][number][] = []
  await eachBatch(lines, async ({ account }, batch, keys) => {
    const known = await deps.store.statements.known(account, keys)
    for (const [index, line] of batch.entries()) {
      if (!wanted.has(`${account} ${line.bookedOn}`)) continue
      const found = known.get(keys[index] ?? '')
      if (found === undefined) fresh.push({ account, line })
      else if (found.isWithdrawn) withdrawn.push(found.lineId)
      else given.add(found.lineId)
    }
  })
  const absent: StoredLine[] = []
  for (const { account, day } of days) {
    const stored = await deps.store.statements.list(account, { from: day, to: day })
    absent.push(...stored.filter(line => !given.has(line.id)))
  }
  return { absent, fresh, withdrawn }
}

/** The bank gives another line in its place: of the same payment and amount. */
export function isReplaced(stored: StoredLine, { fresh }: Pick<Difference, 'fresh'>): boolean {
  const { reference, amount } = stored.line
  return fresh.some(
    ({ account, line }) =>
      account === stored.account &&
      reference !== '' &&
      line.reference === reference &&
      sameMoney(line.amount, amount) &&
      line.isReversal === stored.line.isReversal,
  )
}

export type Objection = { readonly zh: string; readonly en: string }

/** Why the file may not speak for this day as a whole, or null. What it says must be proven, and must reach over the day. */
export async function objectionTo(deps: Deps, report: DayReport, file: FilePart): Promise<Objection | null> {
  const { account, day, withdrawn } = report
  const range = { from: day, to: day }
  if (withdrawn > 0)
    return {
      zh: '文件含有已被撤回的流水：可能是更正之前的旧文件；确应恢复的，请先 yinqi statement restore',
      en: 'the file has lines that were withdrawn: it may be the one before the correction; restore them first if it is right',
    }
  const [row] = await deps.store.coverage.rows(account, range)
  if (row?.source !== 'file')
    return {
      zh: '该日流水来自银行接口，文件不能替代；请逐笔 yinqi statement withdraw，接口会带回更正后的流水',
      en: 'the bank’s interface filled that day and a file does not replace it: withdraw line by line, the interface brings the corrected ones',
    }
  const kept = (await deps.store.files.spans(account, range)).filter(({ file: one }) => one.status === 'imported')
  if (kept.some(({ file: one }) => one.format !== file.format))
    return {
      zh: '该日原由另一种格式的文件导入：同一笔流水在两种格式中写法不同，不能整体替代',
      en: 'the day was imported from a file of another format: the same entries read differently there',
    }
  const spans = file.spans.filter(span => span.account === account && span.from <= day && day <= span.to)
  if (isInterim(file.format) || spans.length === 0 || spans.some(span => span.proven !== 'yes'))
    return {
      zh: '文件不能以余额证明该日完整：请取得有期初、期末余额的对账单，或逐笔 yinqi statement withdraw',
      en: 'the file does not prove that day by its balances: get a statement with opening and closing balance, or withdraw line by line',
    }
  if (day >= bankDay(deps.clock.now())) return { zh: '当日尚未结束', en: 'the day is not over' }
  return await openingObjection(deps, account, day, spans)
}

/** A statement that begins on the day must begin with what the day before ended with: otherwise it may be a part of the day. */
async function openingObjection(
  deps: Deps,
  account: string,
  day: string,
  spans: readonly StatementSpan[],
): Promise<Objection | null> {
  if (spans.some(span => span.from < day)) return null
  const before = await deps.store.coverage.anchorBefore(account, day)
  const isEve = before !== null && addDays(before.day, 1) === day
  if (!isEve || before.closing === null) return null
  const { minor } = before.closing
  if (spans.some(span => span.opening?.minor === minor)) return null
  return {
    zh: '文件的期初与前一日期末不符，可能只含当日的一部分',
    en: 'the file does not open with the closing balance of the day before: it may hold a part of the day only',
  }
}
