// Exceptions of lines: what is matched with nothing, or with several, what is in no journal, what has no receipt.

import { addDays } from '../core/bank-time'
import { isPosted } from '../core/coverage'
import { dayException, type ExceptionItem } from '../core/exceptions'
import type { MatchDraft } from '../core/match/match'
import { formatAmount } from '../core/money'
import type { DateRange, Money } from '../ports'
import type { DoubtKind, LineFact } from '../store/store'
import { accountOf, type AccountSettings, type Deps } from './deps'
import type { Scope } from './exceptions'
import { ALL_DAYS } from './open-items'

/** More of one kind of one account are not told one by one. */
const LIMIT = 200

/** Bank lines and ledger lines that nothing fits, once they are older than the way from one side to the other takes. */
export async function unmatchedLines(deps: Deps, scope: Scope): Promise<readonly ExceptionItem[]> {
  const last = addDays(scope.range.to, 1 - scope.graceDays)
  return await eachBooked(deps, scope, async ({ account }) => {
    const run = await scope.look(account)
    if (run === null) return []
    const { currency, sides } = run
    const groups = [...run.matches, ...run.ambiguous]
    const told = {
      bank: new Set(groups.flatMap(group => group.lineIds)),
      ledger: new Set(groups.flatMap(group => group.ledgerIds)),
    }
    const open = (side: 'bank' | 'ledger'): readonly ExceptionItem[] =>
      sides[side]
        .filter(({ id, date }) => !told[side].has(id) && date <= last)
        .slice(0, LIMIT)
        .map(line => {
          const amount = { minor: line.minor, currency }
          const of = { account, day: line.date, subject: `${side}-${line.id}`, amount }
          const voucher = 'voucherNo' in line ? line.voucherNo : ''
          return dayException('unmatched', of, UNMATCHED[side](`${amountText(amount)} ${voucher}`.trim()))
        })
    return [...open('bank'), ...open('ledger')]
  })
}

const UNMATCHED = {
  bank: (text: string) => ({
    zh: `银行流水 ${text} 在账面没有对应`,
    en: `bank line ${text} has no counterpart in the ledger`,
  }),
  ledger: (text: string) => ({
    zh: `账面记录 ${text} 在银行没有对应`,
    en: `ledger line ${text} has no counterpart at the bank`,
  }),
}

/** What waits for a person's choice, as the rules of reconciliation see it now. */
export async function ambiguousGroups(deps: Deps, scope: Scope): Promise<readonly ExceptionItem[]> {
  return await eachBooked(deps, scope, async ({ account }) => {
    const run = await scope.look(account)
    const groups = (run?.ambiguous ?? []).slice(0, LIMIT)
    if (run === null || groups.length === 0) return []
    const lines = new Map((await deps.store.coverage.lines(account, ALL_DAYS)).map(line => [line.id, line]))
    const entries = new Map(run.sides.ledger.map(line => [line.id, line]))
    return groups.map(group => {
      const entry = entries.get(group.ledgerIds[0] ?? '')
      if (group.lineIds.length === 0) return amongEntries(account, group, entry?.date ?? scope.range.to)
      const first = lines.get(group.lineIds[0] ?? '')
      const what = {
        zh: `流水 ${group.lineIds.join('、')} 有候选 ${group.ledgerIds.join('、')}：${group.reason}`,
        en: `lines ${group.lineIds.join(', ')} have the candidates ${group.ledgerIds.join(', ')}: ${group.reason}`,
      }
      const subject = group.lineIds.join('-').slice(0, 100)
      const of = { account, day: first?.bookedOn ?? scope.range.to, subject, amount: first?.amount ?? null }
      return dayException('ambiguous', of, what)
    })
  })
}

/** Entries and red entries of which it cannot be told which cancel out: no bank line is among them. */
function amongEntries(account: string, { ledgerIds, reason }: MatchDraft, day: string): ExceptionItem {
  const what = {
    zh: `账面 ${ledgerIds.join('、')} 互为候选：${reason}`,
    en: `ledger lines ${ledgerIds.join(', ')} are each other’s candidates: ${reason}`,
  }
  const subject = `ledger-${ledgerIds.join('-')}`.slice(0, 100)
  return dayException('ambiguous', { account, day, subject, amount: null }, what)
}

/** Left to a person and matched with nothing, or made and refused by the ERP. */
export async function unbookableLines(deps: Deps, scope: Scope): Promise<readonly ExceptionItem[]> {
  return await eachBooked(deps, scope, async ({ account, bookFrom }) => {
    const matched = await matchedOf(deps, account, scope.range)
    const lines = await deps.store.coverage.lines(account, scope.range)
    return lines
      .filter(line => !matched.lines.has(line.id) && !isPosted(line) && isStuck(line) && line.bookedOn >= bookFrom)
      .slice(0, LIMIT)
      .map(line => {
        const text = amountText(line.amount)
        const what =
          line.journal === 'left'
            ? {
                zh: `流水 ${text} 没有入账规则，留给人工`,
                en: `line ${text}: no rule books it, it is left to a person`,
              }
            : {
                zh: `流水 ${text} 的凭证被 ERP 拒收：${line.refusal}`,
                en: `line ${text}: the ERP refuses its entry: ${line.refusal}`,
              }
        const of = { account, day: line.bookedOn, subject: line.id, amount: line.amount }
        return dayException('unbookable', of, what, line.importedAt)
      })
  })
}

function isStuck(line: LineFact): boolean {
  return line.journal === 'left' || line.entry === 'refused'
}

/** The bank says something else of a line than it did; it says so in every answer since. */
export async function changedLines(deps: Deps, { accounts }: Scope): Promise<readonly ExceptionItem[]> {
  const found: ExceptionItem[] = []
  for (const account of accounts) {
    for (const { line, kind, was, now, since } of (await deps.store.doubts.of(account)).slice(0, LIMIT)) {
      const { bookedOn, amount } = line.line
      const what = CHANGED[kind](line.id, was, now)
      found.push(dayException('changed', { account, day: bookedOn, subject: line.id, amount }, what, since))
    }
  }
  return found
}

const CHANGED: Readonly<Record<DoubtKind, (id: string, was: string, now: string) => ExceptionItem['what']>> = {
  changed: (id, was, now) => ({
    zh: `流水 ${id}（${was}）银行现给出 ${now}；新的一笔暂不导入`,
    en: `line ${id} (${was}): the bank now gives ${now}, which is kept back`,
  }),
  gone: (id, was) => ({
    zh: `流水 ${id}（${was}）银行不再给出`,
    en: `line ${id} (${was}): the bank gives it no more`,
  }),
  again: (id, was, now) => ({
    zh: `流水 ${id}（${was}）已由 ${now} 撤回，银行仍在给出`,
    en: `line ${id} (${was}) was withdrawn by ${now}, and the bank still gives it`,
  }),
}

export async function missingReceipts(deps: Deps, scope: Scope): Promise<readonly ExceptionItem[]> {
  const found: ExceptionItem[] = []
  for (const account of scope.accounts) {
    const lines = await deps.store.coverage.lines(account, scope.range)
    for (const line of lines.filter(({ receipt }) => receipt === 'missing').slice(0, LIMIT)) {
      const text = amountText(line.amount)
      const what = { zh: `流水 ${text} 至今没有回单`, en: `line ${text} has no receipt yet` }
      const of = { account, day: line.bookedOn, subject: line.id, amount: line.amount }
      found.push(dayException('receipt', of, what, line.importedAt))
    }
  }
  return found
}

async function eachBooked(
  deps: Deps,
  { accounts }: Scope,
  find: (settings: AccountSettings) => Promise<readonly ExceptionItem[]>,
): Promise<readonly ExceptionItem[]> {
  const found: ExceptionItem[] = []
  for (const account of accounts) {
    const settings = accountOf(deps, account)
    if (settings !== null && settings.ledgerAccount !== '') found.push(...(await find(settings)))
  }
  return found
}

type Matched = { readonly lines: ReadonlySet<string>; readonly ledger: ReadonlySet<string> }

/** What is matched over some days: the one place that knows how the store tells. */
export async function matchedOf(deps: Deps, account: string, range: DateRange): Promise<Matched> {
  const matches = await deps.store.matches.of(account, range)
  return {
    lines: new Set(matches.flatMap(match => match.lineIds)),
    ledger: new Set(matches.flatMap(match => match.ledgerIds)),
  }
}

function amountText(amount: Money): string {
  return `${formatAmount(amount)} ${amount.currency}`
}
