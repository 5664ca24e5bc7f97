// A statement file that disagrees with the store about a day: what differs, line by line with what hangs on each, and, where
// the file may speak for the whole day, its replacement by a named person.

import { Fault } from '../ports'
import type { Deps } from '../steps/deps'
import { newLines, type DayReport, type FileLines, type FilePart } from '../steps/import-file'
import { differenceOf, isReplaced, objectionTo, type Difference } from '../steps/replace-lines'
import { planWithdrawal, withdrawUnproven, type Said, type WithdrawalPlan } from '../steps/withdraw-line'
import { lineCells, shownLine, shownStored, type ShownLine } from './line-text'
import { table, type Output } from './output'

/** More is not shown one by one; the JSON document has all. */
const SHOWN = 30

export type Effects = {
  readonly payment: string | null
  /** The entry that is taken back, with its voucher number where the ERP gave one. */
  readonly entry: string | null
  readonly voucherNo: string | null
  readonly isEntryByHand: boolean
  readonly match: string | null
  readonly collection: string | null
}

export type Correction = {
  readonly days: readonly DayReport[]
  /** Null: too many lines to be told one by one. */
  readonly difference: Difference | null
  readonly withdrawals: readonly (ShownLine & Effects)[]
  /** Why the file may not replace these days; empty: it may. */
  readonly objections: readonly string[]
}

export async function correctionOf(
  deps: Deps,
  lines: FileLines,
  days: readonly DayReport[],
  file: FilePart,
): Promise<Correction> {
  const objections: string[] = []
  for (const day of days) {
    const found = await objectionTo(deps, day, file)
    if (found !== null) objections.push(`${day.account} ${day.day}: ${found.zh} / ${found.en}`)
  }
  const difference = await differenceOf(deps, lines, days)
  if (difference === null)
    objections.push('差异过多，不像更正 / too many lines differ: this is no correction but another file')
  const withdrawals: (ShownLine & Effects)[] = []
  for (const stored of difference?.absent ?? []) {
    const plan = await planWithdrawal(deps, stored.id, { isEntryByHand: false })
    if ('kind' in plan) objections.push(`${plan.code}: ${plan.zh} / ${plan.en}`)
    else withdrawals.push({ ...shownStored(stored), ...effectsOf(plan) })
  }
  return { days, difference, withdrawals, objections }
}

export function effectsOf({ at, entry, collections, isEntryByHand, payment }: WithdrawalPlan): Effects {
  return {
    payment: payment?.request.key.docNo ?? null,
    entry: entry?.entry.key ?? null,
    voucherNo: entry?.voucherNo ?? null,
    isEntryByHand,
    match: at.matchId,
    collection: collections.find(({ line }) => line.id === at.line.id)?.key ?? null,
  }
}

/** What goes with the line, in words; empty when nothing does. */
export function effectsText(effects: Effects, lang: 'zh' | 'en'): string {
  const { payment, entry, voucherNo, match, collection, isEntryByHand } = effects
  const words = (zh: string, en: string): string => (lang === 'zh' ? zh : en)
  return [
    entry === null ? '' : words(`冲销凭证 ${voucherNo || entry}`, `reverses entry ${voucherNo || entry}`),
    isEntryByHand ? words('凭证由人处理', 'its entry is left to a person') : '',
    match === null ? '' : words(`撤销勾对 ${match}`, `undoes match ${match}`),
    collection === null ? '' : words('撤回到款', 'withdraws its collection'),
    payment === null ? '' : words(`涉及付款 ${payment}`, `concerns payment ${payment}`),
  ]
    .filter(text => text !== '')
    .join(words('；', '; '))
}

const REPLACE =
  '如系银行更正后的对账单：先以 --replace --dry-run 查看，再加 --as、--reason 执行 / if the bank has corrected its statement: look with --replace --dry-run, then give --as and --reason'

const IRREPLACEABLE = '不能以 --replace 替代 / --replace does not apply'

/** Why the file was refused: the days, the lines that differ, and what to do. */
export function reasonsOf({ days, difference, objections }: Correction, limit: number): readonly string[] {
  const reasons = days.slice(0, limit).map(dayText)
  if (difference !== null) {
    const shown = (lines: readonly ShownLine[], zh: string, en: string): string =>
      `${zh} / ${en}:\n${table(lines.slice(0, SHOWN).map(line => ['   ', ...lineCells(line)]))}${lines.length > SHOWN ? `\n    … ${lines.length}` : ''}`
    const { absent, fresh, withdrawn } = difference
    if (withdrawn.length > 0) reasons.push(`已被撤回 / withdrawn: ${withdrawn.slice(0, SHOWN).join(' ')}`)
    if (absent.length > 0)
      reasons.push(shown(absent.map(shownStored), '库中有、文件没有', 'in the store and not in the file'))
    if (fresh.length > 0)
      reasons.push(shown(freshOf(difference), '文件有、库中没有', 'in the file and not in the store'))
  }
  if (objections.length === 0) reasons.push(REPLACE)
  else reasons.push(...objections.slice(0, limit).map(text => `${IRREPLACEABLE}: ${text}`))
  return reasons
}

export function freshOf({ fresh }: Difference): readonly ShownLine[] {
  return fresh.map(({ account, line }) => shownLine('', account, line))
}

export function tellCorrection({ difference, withdrawals }: Correction, output: Output): void {
  const rowsOf = (lang: 'zh' | 'en') =>
    table(withdrawals.slice(0, SHOWN).map(line => ['−', ...lineCells(line), effectsText(line, lang)]))
  const added = table(
    (difference === null ? [] : freshOf(difference)).slice(0, SHOWN).map(line => ['+', ...lineCells(line)]),
  )
  const [gone, come] = [withdrawals.length, difference?.fresh.length ?? 0]
  output.say(
    [`撤回 ${gone} 笔，新增 ${come} 笔：`, rowsOf('zh'), added].filter(text => text !== '').join('\n'),
    [`${gone} lines withdrawn, ${come} added:`, rowsOf('en'), added].filter(text => text !== '').join('\n'),
  )
}

/** Their days are proven with the file. @throws Fault when a line was changed by somebody else meanwhile: what is done stays, and the same command goes on */
export async function withdrawAbsent(deps: Deps, { difference }: Correction, said: Said): Promise<void> {
  if (difference === null) return
  for (const stored of difference.absent) {
    const how = { isEntryByHand: false, isReplaced: isReplaced(stored, difference) }
    const handled = await withdrawUnproven(deps, stored.id, { ...said, ...how })
    if (handled.kind === 'refused')
      throw new Fault(handled.code, `${handled.zh}；请重新执行同一命令 (${handled.en}: run the same command again)`)
  }
}

function dayText(day: DayReport): string {
  const { account, day: on, stored, known, withdrawn } = day
  if (withdrawn > 0)
    return `${account} ${on}: 本文件含 ${withdrawn} 笔已被撤回的流水 / the file has ${withdrawn} lines that were withdrawn`
  return `${account} ${on}: 库中已有 ${stored - known} 笔本文件没有的流水，本文件另有 ${newLines(day)} 笔新流水；同一天的流水不能来自两个来源 / the store has ${stored - known} lines of that day that the file does not have, and the file ${newLines(day)} new ones: a day's lines must come from one source`
}
