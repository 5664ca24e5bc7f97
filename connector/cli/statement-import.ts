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
  lookThrough,
  type DayReport,
  type FileLine,
  type FileLines,
} from '../steps/import-file'
import { groupBy } from '../core/group'
import { claimDays, releaseDays } from '../steps/coverage'
import { requireKeyRules } from '../steps/import-statements'
import { keepBytes, recordFile } from '../steps/keep-file'
import type { StatementSource } from '../statements/charset'
import { StatementFileError, type Problem } from '../statements/model'
import { parseStatementEvents } from '../statements/parse-file'
import { isAccount, lineOf, mayBeAccount } from '../statements/to-line'
import { EXIT, table, type Output } from './output'
import { describe, fileSource, isFileFault, problemOf, unreadable } from './statement'
import { startSpans, type Spans } from './statement-spans'

export type ImportFlags = {
  readonly account?: string
  readonly encoding?: string
  readonly dryRun?: boolean
  readonly acceptGap?: boolean
  /** Who imports it: the name of the system's user where nobody says. */
  readonly as?: string
}

type Judged = {
  readonly proofs: { proven: number; gaps: number; undecided: number }
  readonly accounts: Map<string, AccountSettings>
  readonly refusals: string[]
  readonly problems: Problem[]
  readonly spans: Spans
  skipped: number
  digest: string
  encoding: string
  format: string
}

/** More reasons than a person reads are not gathered. */
const MAX_REASONS = 50

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
    const days = await lookThrough(deps, lines)
    const contested = await contestedDays(deps, days, judged)
    if (contested.length > 0) return await refuseDays(deps, source, contested, judged, flags, output)
    if (flags.dryRun !== true) {
      const lost = await lostDays(deps, days)
      if (lost.length > 0) return await refuseDays(deps, source, lost, judged, flags, output)
    }
    const count = flags.dryRun === true ? 0 : await keepAndImport(deps, source, judged, lines, flags)
    tell(judged, days, count, flags, output)
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

/** Days that two sources tell of, unless the balances say that both are parts of one day. */
async function contestedDays(deps: Deps, days: readonly DayReport[], judged: Judged): Promise<readonly DayReport[]> {
  const part = { format: judged.format, spans: judged.spans.of(judged.digest, deps.clock.now()) }
  const contested: DayReport[] = []
  for (const day of days) if (isContested(day) && !(await isOneDay(deps, day, part))) contested.push(day)
  return contested
}

/**
 * The bytes first, so that no line is without its file; then the days are claimed, so that nobody else fills them; what the
 * file covers last, so that no day counts too early.
 */
async function keepAndImport(
  deps: Deps,
  source: StatementSource,
  judged: Judged,
  lines: FileLines,
  flags: ImportFlags,
): Promise<number> {
  const file = await keepBytes(deps, named(source), factsOf(judged, flags))
  await recordFile(deps, file, [])
  const count = await importFile(deps, lines)
  await recordFile(deps, { ...file, status: 'imported' }, judged.spans.of(judged.digest, file.importedAt))
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
    lost.push(...own.filter(day => !claimed.has(day.day) && day.lines > day.known))
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

/** Reads the whole file: which accounts it is of, whether its balances are proven, whether every line can be stored. */
async function judge(deps: Deps, source: StatementSource, flags: ImportFlags): Promise<Judged> {
  const judged: Judged = {
    proofs: { proven: 0, gaps: 0, undecided: 0 },
    accounts: new Map(),
    refusals: [],
    problems: [],
    spans: startSpans(),
    skipped: 0,
    digest: '',
    encoding: '',
    format: '',
  }
  const seen = new Set<string>()
  let settings: AccountSettings | null = null
  const reason = (text: string): void => void (judged.refusals.length < MAX_REASONS && judged.refusals.push(text))
  for await (const events of parseStatementEvents(source, { encoding: flags.encoding ?? null })) {
    for (const event of events) {
      if (event.kind === 'problem') judged.problems.push(event.problem)
      else if (event.kind === 'digest') judged.digest = event.sha256
      else if (event.kind === 'file') {
        judged.encoding = event.encoding
        judged.format = event.format
      } else if (event.kind === 'statement') {
        const account = event.statement.account ?? ''
        seen.add(account)
        settings = accountFor(deps, account, flags)
        judged.spans.begin(settings)
        if (settings) judged.accounts.set(account, settings)
        else if (flags.account === undefined) reason(account === '' ? NAMELESS : `${account}: ${UNKNOWN_ACCOUNT}`)
      } else if (event.kind === 'entry' && settings) {
        const line = event.entry.status === 'booked' ? lineOf(event.entry, settings.currency) : null
        if (line === null) judged.skipped++
        else if (typeof line === 'string') reason(`${source.name}:${event.line}: ${LINE_REASONS[line]}`)
        else judged.spans.line(line)
      } else if (event.kind === 'end' && settings) {
        const { proven } = event.statement
        judged.spans.end(event.statement)
        judged.proofs[proven === null ? 'undecided' : proven ? 'proven' : 'gaps']++
        if (proven === false && flags.acceptGap !== true)
          reason(`${event.statement.account ?? '?'} ${event.statement.number ?? ''}: ${GAP}`)
      }
    }
  }
  if (flags.account !== undefined) byAccountFlag(deps, flags.account, seen, judged, reason)
  return judged
}

/** An account named on the command line must be configured, and the file must hold a statement of it. */
function byAccountFlag(
  deps: Deps,
  wanted: string,
  seen: ReadonlySet<string>,
  judged: Judged,
  reason: (text: string) => void,
): void {
  if (!deps.accounts.some(one => one.account === wanted)) reason(`${wanted}: ${UNKNOWN_ACCOUNT}`)
  else if (judged.accounts.size === 0)
    reason(
      `${[...seen].slice(0, 5).join(', ')}: 文件不是账户 ${wanted} 的对账单 / the file holds no statement of ${wanted}`,
    )
}

const UNKNOWN_ACCOUNT = '账号未登记 / the account is not configured'

const NAMELESS = '文件没有写明账号，请用 --account 指定 / the file does not name its account: name it with --account'

const GAP =
  '期初 + 明细 ≠ 期末（或币种不一致），见 statement parse；确认后可用 --accept-gap / opening plus entries is not closing, see statement parse; --accept-gap imports it all the same'

const LINE_REASONS = {
  ENTRY_DATE_MISSING: '分录没有记账日，也没有起息日 / the entry has neither a booking nor a value date',
  ENTRY_CURRENCY_OTHER: '分录币种与账户登记的币种不同 / the entry is not in the account’s configured currency',
  ENTRY_AMOUNT_NOT_EXACT: '金额的小数位多于币种允许 / the amount has more decimals than its currency',
} as const

function accountFor(deps: Deps, written: string, flags: ImportFlags): AccountSettings | null {
  const wanted = deps.accounts.filter(one => flags.account === undefined || one.account === flags.account)
  const found = wanted.filter(
    one => isAccount(written, one.account) || (flags.account !== undefined && mayBeAccount(written, one.account)),
  )
  return found.length === 1 ? (found[0] ?? null) : null
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

async function refuseDays(
  deps: Deps,
  source: StatementSource,
  days: readonly DayReport[],
  judged: Judged,
  flags: ImportFlags,
  output: Output,
): Promise<number> {
  return await refuse(deps, source, days.slice(0, MAX_REASONS).map(contestText), judged, flags, output)
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

function contestText(day: DayReport): string {
  return `${day.account} ${day.day}: 库中已有 ${day.stored - day.known} 笔本文件没有的流水，本文件另有 ${day.lines - day.known} 笔新流水；同一天的流水不能来自两个来源 / the store has ${day.stored - day.known} lines of that day that the file does not have, and the file ${day.lines - day.known} new ones: a day's lines must come from one source`
}

function tell(judged: Judged, days: readonly DayReport[], count: number, flags: ImportFlags, output: Output): void {
  const accounts = [...new Set(days.map(day => day.account))].map(account => {
    const own = days.filter(day => day.account === account)
    const dates = own.map(day => day.day).toSorted()
    const lines = own.reduce((sum, day) => sum + day.lines, 0)
    const known = own.reduce((sum, day) => sum + day.known, 0)
    return { account, from: dates[0] ?? '', to: dates.at(-1) ?? '', lines, known, new: lines - known }
  })
  const { proven, gaps, undecided } = judged.proofs
  const { skipped, digest: sha256, problems } = judged
  output.json({
    ...{ ok: true, dryRun: flags.dryRun === true, sha256, accounts, imported: count, skipped },
    ...{ statements: { proven, gaps, undecided }, problems },
  })
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
