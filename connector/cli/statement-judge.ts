// A statement file is read whole before anything is stored: whose statements it holds, whether their balances prove them, and
// whether every line can be stored. What speaks against an import is gathered, not thrown.

import type { StatementSource } from '../statements/charset'
import type { Problem } from '../statements/model'
import { parseStatementEvents } from '../statements/parse-file'
import { isAccount, lineOf, mayBeAccount } from '../statements/to-line'
import type { AccountSettings, Deps } from '../steps/deps'
import { startSpans, type Spans } from './statement-spans'

export type ImportFlags = {
  readonly account?: string
  readonly encoding?: string
  readonly dryRun?: boolean
  readonly acceptGap?: boolean
  /** Who imports it: the name of the system's user where nobody says. */
  readonly as?: string
  /** The file corrects days that the store has from an earlier one: what it gives no more is withdrawn. */
  readonly replace?: boolean
  /** Why, where lines are replaced. */
  readonly reason?: string
}

export type Judged = {
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
export const MAX_REASONS = 50

/** Reads the whole file: which accounts it is of, whether its balances are proven, whether every line can be stored. */
export async function judge(deps: Deps, source: StatementSource, flags: ImportFlags): Promise<Judged> {
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
