// Exceptions of coverage: gaps, days and statements that nothing proves, accounts without news, contradictions.

import { bankDay, addDays } from '../core/bank-time'
import { ageOf, daysOf, rangesOf, startOfDay } from '../core/coverage'
import { dayException, NEXT_STEPS, type ExceptionItem } from '../core/exceptions'
import { formatAmount } from '../core/money'
import type { CoverageRow } from '../store/store'
import type { Deps } from './deps'
import type { Scope } from './exceptions'

/** More than a person looks at in a day. */
const LIMIT = 1000

/** Proof of a day may come with the next day's balance; only then is it missed. */
const PROOF_DAYS = 2

export async function gapsOpen(deps: Deps, { accounts }: Scope): Promise<readonly ExceptionItem[]> {
  const rows = await deps.store.coverage.gaps(LIMIT)
  return rows
    .filter(row => accounts.includes(row.account))
    .map(row => {
      const { account, day, gap, gapFrom } = row
      const amount = gap === null ? '?' : `${formatAmount(gap)} ${gap.currency}`
      const days = gapFrom < day ? `${gapFrom} – ${day}` : day
      const what = {
        zh: `${days} 流水与余额相差 ${amount}${retryText(row, 'zh')}`,
        en: `${days}: lines and balances differ by ${amount}${retryText(row, 'en')}`,
      }
      return dayException('gap', { account, day, subject: day, amount: gap }, what, row.gapSince ?? row.openedAt)
    })
}

function retryText({ attempts, dueAt }: CoverageRow, lang: 'zh' | 'en'): string {
  if (dueAt === null) return ''
  const at = new Date(dueAt).toISOString()
  return lang === 'zh' ? `，已重取 ${attempts} 次，下次 ${at}` : `; asked ${attempts} times, next at ${at}`
}

/** Days that were received and that no balance proves, and statements of files whose own balances do not hold. */
export async function unprovenDays(deps: Deps, scope: Scope): Promise<readonly ExceptionItem[]> {
  const found: ExceptionItem[] = []
  const until = addDays(bankDay(deps.clock.now()), -PROOF_DAYS)
  for (const account of scope.accounts) {
    const rows = await deps.store.coverage.rows(account, scope.range)
    const byDay = new Map(rows.map(row => [row.day, row]))
    const days = rows.filter(
      row =>
        row.proof === 'unproven' &&
        row.day <= until &&
        row.receivedAt !== null &&
        !isFirst(row) &&
        !isUnderGap(row.day, rows),
    )
    for (const { from, to } of rangesOf(
      days.map(row => row.day),
      LIMIT,
    )) {
      const what = { zh: `${from} – ${to} 没有余额可证明`, en: `${from} – ${to}: no balance proves the lines` }
      found.push(dayException('unproven', { account, day: from, subject: from, amount: null }, what))
    }
    for (const { span, file } of await deps.store.files.spans(account, scope.range)) {
      if (span.proven !== 'no' && file.status !== 'refused') continue
      // Another statement, or the bank itself, has proven its days since.
      if (daysOf(span, LIMIT).every(day => byDay.get(day)?.proof === 'proven')) continue
      const difference = span.difference === null ? '' : ` ${formatAmount(span.difference)} ${span.difference.currency}`
      const what = {
        zh: `对账单 ${file.name} ${span.number}（${span.from} – ${span.to}）${difference === '' ? '被拒绝' : `期初加明细与期末相差${difference}`}${file.status === 'refused' ? '，未导入' : ''}`,
        en: `statement ${file.name} ${span.number} (${span.from} – ${span.to}) ${difference === '' ? 'was refused' : `does not add up by${difference}`}${file.status === 'refused' ? ', not imported' : ''}`,
      }
      const subject = `${span.digest.slice(0, 16)}-${span.position}`
      found.push(
        dayException('unproven', { account, day: span.to, subject, amount: span.difference }, what, file.importedAt),
      )
    }
  }
  return found
}

/** The record begins with this balance: nothing is known from before that could prove the day, and nobody could add it. */
function isFirst({ opening, closing }: CoverageRow): boolean {
  return opening === null && closing !== null
}

/** Part of a longer stretch that a gap is told of already. */
function isUnderGap(day: string, rows: readonly CoverageRow[]): boolean {
  return rows.some(row => row.proof === 'gap' && row.gapFrom <= day && day <= row.day)
}

/** Accounts whose newest statement is too old, and older days of which nothing came although later ones did. */
export async function lateAccounts(deps: Deps, scope: Scope): Promise<readonly ExceptionItem[]> {
  const now = deps.clock.now()
  const fresh = await deps.store.coverage.freshness()
  const found: ExceptionItem[] = []
  for (const { account, freshnessMs } of deps.accounts) {
    const known = fresh.find(item => item.account === account)
    if (known === undefined || !scope.accounts.includes(account)) continue
    const { ageMs, isLate } = ageOf(known, now, freshnessMs)
    if (isLate) {
      const hours = Math.floor(ageMs / 3_600_000)
      const what = { zh: `最新流水已是 ${hours} 小时前的`, en: `the newest statement is ${hours} hours old` }
      const base = { id: `late:${account}`, type: 'late', account, day: known.newest?.day ?? '', amount: null } as const
      found.push({ ...base, since: now - ageMs + freshnessMs, what, next: NEXT_STEPS.late })
    }
    const newest = known.newest?.day ?? ''
    const holes = (await deps.store.coverage.rows(account, scope.range)).filter(
      row => row.receivedAt === null && row.day < newest && now - startOfDay(addDays(row.day, 1)) > freshnessMs,
    )
    for (const { from, to } of rangesOf(
      holes.map(row => row.day),
      LIMIT,
    )) {
      const error = holes.find(row => row.day === from)?.error ?? ''
      const what = { zh: `${from} – ${to} 没有收到流水 ${error}`, en: `${from} – ${to}: nothing was received ${error}` }
      found.push(dayException('late', { account, day: from, subject: from, amount: null }, what))
    }
  }
  return found
}

/** Of payments, not of accounts: shown when every account is. */
export async function contradictionsOpen(deps: Deps, scope: Scope): Promise<readonly ExceptionItem[]> {
  if (scope.accounts.length < deps.accounts.length) return []
  const open = await deps.store.contradictions.open(LIMIT)
  return open.map(({ id, at, code, cause, paymentId }) => {
    const text = `${code} ${cause} ${paymentId ?? ''}`.trim()
    const base = { id: `contradiction:${id}`, type: 'contradiction', account: '', day: '', amount: null } as const
    return { ...base, since: at, what: { zh: text, en: text }, next: NEXT_STEPS.contradiction }
  })
}
