// `yinqi statement import`: a file's booked lines into the store, once. The whole file is read and judged first; a gap,
// an unknown account or a day known from elsewhere stops it before anything is stored.

import { userInfo } from 'node:os'
import path from 'node:path'
import type { StatementSpan } from '../store/store'
import type { AccountSettings, Deps } from '../steps/deps'
import {
  importFile,
  isContested,
  isOneDay,
  absentLines,
  lookThrough,
  newLines,
  silentDays,
  type DayReport,
  type FileLine,
  type FileLines,
  type FilePart,
} from '../steps/import-file'
import { groupBy } from '../core/group'
import { claimDays, releaseDays } from '../steps/coverage'
import { requireKeyRules } from '../steps/import-statements'
import { keepBytes, recordFile } from '../steps/keep-file'
import type { StatementSource } from '../statements/charset'
import { StatementFileError } from '../statements/model'
import { parseStatementEvents } from '../statements/parse-file'
import { lineOf } from '../statements/to-line'
import { EXIT, table, type Output } from './output'
import { correctionOf, reasonsOf, tellCorrection, withdrawAbsent, type Correction } from './statement-correction'
import { judge, MAX_REASONS, type ImportFlags, type Judged } from './statement-judge'
import { describe, fileSource, isFileFault, problemOf, unreadable } from './statement'

export type { ImportFlags } from './statement-judge'

export async function importStatementFile(
  deps: Deps,
  file: string,
  flags: ImportFlags,
  output: Output,
): Promise<number> {
  const source = fileSource(file)
  try {
    const judged = await judge(deps, source, flags)
    if (judged.refusals.length > 0) return await refuse(deps, source, judged.refusals, judged, flags, output)
    for (const account of judged.accounts.values()) await requireKeyRules(deps, account.account)
    const lines = linesOf(source, flags, judged.accounts)
    const part = { format: judged.format, spans: judged.spans.of(judged.digest, deps.clock.now()) }
    const found = await lookThrough(deps, lines)
    const days = flags.replace === true ? [...found, ...(await silentDays(deps, found, part))] : found
    const contested = await contestedDays(deps, days, part, flags)
    const correction = contested.length === 0 ? null : await correctionOf(deps, lines, contested, part)
    if (correction !== null && (flags.replace !== true || correction.objections.length > 0))
      return await refuse(deps, source, reasonsOf(correction, MAX_REASONS), judged, flags, output)
    if (correction !== null && flags.dryRun !== true && !isNamed(flags)) return unnamed(output)
    if (flags.dryRun !== true) {
      const lost = await lostDays(deps, days)
      if (lost.length > 0) {
        const reasons = reasonsOf(await correctionOf(deps, lines, lost, part), MAX_REASONS)
        return await refuse(deps, source, reasons, judged, flags, output)
      }
    }
    if (correction !== null) tellCorrection(correction, output)
    const count = flags.dryRun === true ? 0 : await keepAndImport(deps, source, judged, lines, correction, flags)
    tell(judged, days, count, correction, flags, output)
    return EXIT.ok
  } catch (error) {
    const problem =
      error instanceof StatementFileError ? problemOf(error) : isFileFault(error) ? unreadable(file, error) : null
    if (problem === null) throw error
    process.stderr.write(`${describe(file, problem)}\n`)
    output.json({ ok: false, reasons: [problem] })
    return EXIT.no
  }
}

/**
 * Days that two sources tell of, unless the balances say that both are parts of one day. A file that replaces is asked about
 * whatever it does not give.
 */
async function contestedDays(
  deps: Deps,
  days: readonly DayReport[],
  part: FilePart,
  { replace = false }: ImportFlags,
): Promise<readonly DayReport[]> {
  if (replace) return days.filter(day => isContested(day) || absentLines(day) > 0)
  const contested: DayReport[] = []
  for (const day of days) if (isContested(day) && !(await isOneDay(deps, day, part))) contested.push(day)
  return contested
}

/**
 * The bytes first, so that no line is without its file; then the days are claimed, so that nobody else fills them; what the
 * file covers last, so that no day counts too early. Cut off in between, it goes on with the next run.
 */
async function keepAndImport(
  deps: Deps,
  source: StatementSource,
  judged: Judged,
  lines: FileLines,
  correction: Correction | null,
  flags: ImportFlags,
): Promise<number> {
  const file = await keepBytes(deps, named(source), factsOf(judged, flags))
  await recordFile(deps, file, [])
  if (correction !== null)
    await withdrawAbsent(deps, correction, { person: flags.as ?? '', reason: flags.reason ?? '' })
  const count = await importFile(deps, lines)
  // Also where all that it takes away was withdrawn before it was cut off.
  const renewed = flags.replace === true && isNamed(flags) ? { isRenewed: true as const } : {}
  await recordFile(deps, { ...file, ...renewed, status: 'imported' }, judged.spans.of(judged.digest, file.importedAt))
  return count
}

/** Days that the bank's interface began to fill since they were looked at. Then none is claimed. */
async function lostDays(deps: Deps, days: readonly DayReport[]): Promise<readonly DayReport[]> {
  const lost: DayReport[] = []
  const accounts = groupBy(days, day => day.account)
  for (const [account, own] of accounts) {
    const claimed = await claimDays(
      deps,
      account,
      own.map(day => day.day),
      'file',
    )
    lost.push(...own.filter(day => !claimed.has(day.day) && newLines(day) > 0))
  }
  if (lost.length === 0) return []
  for (const [account, own] of accounts) {
    const empty = own.filter(day => day.stored === 0).map(day => day.day)
    await releaseDays(deps, account, empty, 'file')
  }
  return lost
}

function named(source: StatementSource): StatementSource {
  return { name: path.basename(source.name), open: () => source.open() }
}

function factsOf({ digest, encoding, format }: Judged, flags: ImportFlags) {
  return { digest, encoding, format, importedBy: flags.as ?? userInfo().username }
}

/** The lines to be stored, read anew each time. */
function linesOf(
  source: StatementSource,
  flags: ImportFlags,
  accounts: ReadonlyMap<string, AccountSettings>,
): FileLines {
  return async function* () {
    let settings: AccountSettings | null = null
    for await (const events of parseStatementEvents(source, { encoding: flags.encoding ?? null })) {
      const lines: FileLine[] = []
      for (const event of events) {
        if (event.kind === 'statement') settings = accounts.get(event.statement.account ?? '') ?? null
        else if (event.kind === 'entry' && settings && event.entry.status === 'booked') {
          const line = lineOf(event.entry, settings.currency)
          if (typeof line !== 'string') lines.push({ settings, line })
        }
      }
      yield lines
    }
  }
}

function isNamed({ as = '', reason = '' }: ImportFlags): boolean {
  return as.trim() !== '' && reason.trim() !== ''
}

/** Lines are withdrawn by a person, never by whoever happens to be logged in. */
function unnamed(output: Output): number {
  const [zh, en] = [
    '替代已有流水须以 --as 写明姓名、以 --reason 写明原因',
    'name who replaces lines with --as, and why with --reason',
  ]
  output.say(zh, en)
  output.json({ ok: false, reasons: [`${zh} / ${en}`] })
  return EXIT.no
}

/** What was refused is kept all the same where it is of a known account: it says what the bank said. */
async function refuse(
  deps: Deps,
  source: StatementSource,
  reasons: readonly string[],
  judged: Judged,
  flags: ImportFlags,
  output: Output,
): Promise<number> {
  const spans: readonly StatementSpan[] = judged.spans.of(judged.digest, deps.clock.now())
  if (flags.dryRun !== true && spans.length > 0) {
    const file = await keepBytes(deps, named(source), factsOf(judged, flags))
    await recordFile(deps, { ...file, status: 'refused', reason: reasons.join('\n').slice(0, 2000) }, spans)
  }
  output.say('未导入任何流水：', 'nothing was imported:')
  for (const reason of reasons) output.say(`✗ ${reason}`, `✗ ${reason}`)
  output.json({ ok: false, reasons, problems: judged.problems, sha256: judged.digest })
  return EXIT.no
}

function tell(
  judged: Judged,
  days: readonly DayReport[],
  count: number,
  correction: Correction | null,
  flags: ImportFlags,
  output: Output,
): void {
  const accounts = [...new Set(days.map(day => day.account))].map(account => {
    const own = days.filter(day => day.account === account)
    const dates = own.map(day => day.day).toSorted()
    const lines = own.reduce((sum, day) => sum + day.lines, 0)
    const known = own.reduce((sum, day) => sum + day.known, 0)
    return { account, from: dates[0] ?? '', to: dates.at(-1) ?? '', lines, known, new: lines - known }
  })
  const { proven, gaps, undecided } = judged.proofs
  const { skipped, digest: sha256, problems } = judged
  const absent = correction === null ? days.reduce((sum, day) => sum + absentLines(day), 0) : 0
  output.json({
    ...{ ok: true, dryRun: flags.dryRun === true, sha256, accounts, imported: count, skipped, absent },
    ...{ statements: { proven, gaps, undecided }, withdrawn: correction?.withdrawals ?? [], problems },
  })
  if (absent > 0)
    output.say(
      `库中这些日子另有 ${absent} 笔本文件没有的流水；如系银行更正，用 --replace --dry-run 查看`,
      `the store has ${absent} lines of these days that the file does not have; if the bank has corrected them, look with --replace --dry-run`,
    )
  const rows = accounts.map(one => [
    one.account,
    `${one.from} – ${one.to}`,
    `${one.lines}`,
    `${one.known}`,
    `${one.new}`,
  ])
  output.say(
    table([['账号', '日期', '笔数', '已有', '新增'], ...rows]),
    table([['account', 'days', 'lines', 'known', 'new'], ...rows]),
  )
  output.say(
    `余额已证明 ${proven} 份，有缺口 ${gaps} 份，无法判断 ${undecided} 份；未入账 ${skipped} 笔不导入；${flags.dryRun === true ? '试运行，未写入' : `已导入 ${count} 笔`}`,
    `${proven} statements proven by balances, ${gaps} with a gap, ${undecided} undecided; ${skipped} entries not booked are left out; ${flags.dryRun === true ? 'dry run, nothing was stored' : `${count} lines imported`}`,
  )
}
