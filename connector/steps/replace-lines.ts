// A file that corrects another one: which lines the store has that the file does not give any more, and whether the file may
// speak for the whole day. It withdraws nothing itself; a named person does, who has seen the list.

import { addDays, bankDay } from '../core/bank-time'
import type { Money, StatementLine } from '../ports'
import type { StatementSpan, StoredLine } from '../store/store'
import { isInterim } from './coverage'
import type { Deps } from './deps'
import { eachBatch, newLines, type DayReport, type FileLines, type FilePart } from './import-file'

/** More lines than these are no correction but another file. */
const LINES_MAX = 50_000

export type Difference = {
  /** The store has them, the file does not. */
  readonly absent: readonly StoredLine[]
  /** The file has them, the store does not; of other days those that say of a payment what a line of these days said. */
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
  const absent = new Map<string, StoredLine>()
  for (const { account, day } of days)
    for (const line of await deps.store.statements.list(account, { from: day, to: day })) absent.set(line.id, line)
  const told = new Set([...absent.values()].flatMap(({ account, line }) => saidOf(account, line)))
  const withdrawn: string[] = []
  const fresh: Difference['fresh'][number][] = []
  await eachBatch(lines, async ({ account }, batch, keys) => {
    const known = await deps.store.statements.known(account, keys)
    for (const [index, line] of batch.entries()) {
      const found = known.get(keys[index] ?? '')
      const isWanted = wanted.has(`${account} ${line.bookedOn}`)
      if (found === undefined) {
        const isSaid = fresh.length < LINES_MAX && saidOf(account, line).some(said => told.has(said))
        if (isWanted || isSaid) fresh.push({ account, line })
      } else if (!found.isWithdrawn) absent.delete(found.lineId)
      else if (isWanted) withdrawn.push(found.lineId)
    }
  })
  return { absent: [...absent.values()], fresh, withdrawn }
}

/** The bank gives another line in its place, on whatever day: of the same payment and amount. */
export function isReplaced({ account, line }: StoredLine, { fresh }: Pick<Difference, 'fresh'>): boolean {
  const said = saidOf(account, line)
  return fresh.some(other => saidOf(other.account, other.line).some(one => said.includes(one)))
}

/** What a line says of a payment, if anything. */
function saidOf(account: string, { reference, amount, isReversal }: StatementLine): readonly string[] {
  if (reference === '') return []
  return [JSON.stringify([account, reference, amount.minor.toString(), amount.currency, isReversal])]
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
  const around = { from: addDays(day, -1), to: addDays(day, 1) }
  const kept = (await deps.store.files.spans(account, around)).filter(({ file: one }) => one.status === 'imported')
  if (kept.some(({ file: one, span }) => span.from <= day && span.to >= day && one.format !== file.format))
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
  if (day >= bankDay(deps.clock.now()))
    return {
      zh: '当日尚未结束：请待次日，或取得只到前一日的对账单',
      en: 'the day is not over: wait for the next one, or get a statement that ends before it',
    }
  const known = kept.map(({ span }) => span)
  return (await openingObjection(deps, report, spans, known)) ?? (await closingObjection(deps, report, spans, known))
}

type Spans = readonly StatementSpan[]

/**
 * A statement that begins on the day must begin with what the day before ended with, or with what a statement of that day,
 * itself corrected perhaps, ended with: otherwise it may be a part of the day.
 */
async function openingObjection(
  deps: Deps,
  { account, day }: DayReport,
  spans: Spans,
  known: Spans,
): Promise<Objection | null> {
  if (spans.some(span => span.from < day)) return null
  const eve = addDays(day, -1)
  const before = await deps.store.coverage.anchorBefore(account, day)
  const closing = before?.day === eve ? before.closing : null
  const ends = minorsOf([closing, ...known.flatMap(span => (span.to === eve ? [span.closing] : []))])
  if (ends.size === 0 || spans.some(({ opening }) => opening !== null && ends.has(opening.minor))) return null
  return {
    zh: '文件的期初与前一日期末不符，可能只含当日的一部分',
    en: 'the file does not open with the closing balance of the day before: it may hold a part of the day only',
  }
}

/**
 * A statement that ends with the day and not with what the next day begins with may have been made before the day was over,
 * or be one of the parts that the day came in. A correction that changes how the day ends changes its lines.
 */
async function closingObjection(deps: Deps, report: DayReport, spans: Spans, known: Spans): Promise<Objection | null> {
  const { account, day } = report
  if (spans.some(span => span.to > day)) return null
  const next = addDays(day, 1)
  const [after] = await deps.store.coverage.rows(account, { from: next, to: next })
  const opening = after?.proof === 'proven' ? after.opening : null
  const begins = minorsOf([opening, ...known.flatMap(span => (span.from === next ? [span.opening] : []))])
  if (spans.some(({ closing }) => closing !== null && begins.has(closing.minor))) return null
  const partsOf = (all: Spans): number => minorsOf(all.flatMap(span => (span.from === day ? [span.opening] : []))).size
  if (partsOf(known) > Math.max(1, partsOf(spans)))
    return {
      zh: '该日由几份文件分段导入，本文件可能只是其中一段；请逐笔 yinqi statement withdraw',
      en: 'the day came in parts, and the file may be one of them: withdraw line by line',
    }
  if (begins.size === 0 || newLines(report) > 0) return null
  return {
    zh: '文件只比库中少流水，期末又与次日期初不符，可能是当日结束之前的文件；确系银行撤销的，请逐笔 yinqi statement withdraw',
    en: 'the file only lacks lines and does not end with what the next day begins with: it may have been made before the day was over; if the bank took lines back, withdraw them one by one',
  }
}

function minorsOf(balances: readonly (Money | null)[]): ReadonlySet<bigint> {
  return new Set(balances.flatMap(balance => balance?.minor ?? []))
}
