// `yinqi coverage`: for every account and day, was the statement requested, received, proven by balances, complete in
// receipts, posted, reconciled? One screen, JSON, or a CSV file.

import { writeFileSync } from 'node:fs'
import { addDays, bankDay } from '../core/bank-time'
import { formatAmount } from '../core/money'
import type { Share } from '../core/coverage'
import type { Proof } from '../core/proof'
import { cover, type CoveredDay } from '../steps/cover'
import type { Deps } from '../steps/deps'
import { EXIT, table, type Lang, type Output } from './output'

export type CoverageFlags = {
  readonly account?: string
  readonly from?: string
  readonly to?: string
  readonly csv?: string
}

const SHOWN_DAYS = 14

const HEADINGS: Readonly<Record<Lang, readonly string[]>> = {
  zh: ['账号', '日期', '笔数', '已请求', '已收到', '余额证明', '回单', '入账', '对账', '说明'],
  en: ['account', 'day', 'lines', 'requested', 'received', 'proven', 'receipts', 'posted', 'reconciled', 'note'],
}

const PROOF_WORDS: Readonly<Record<Proof, Readonly<Record<Lang, string>>>> = {
  open: { zh: '未到期', en: 'open' },
  proven: { zh: '已证明', en: 'proven' },
  gap: { zh: '有缺口', en: 'gap' },
  unproven: { zh: '无法证明', en: 'unproven' },
}

const RECEIVED_WORDS: Readonly<Record<CoveredDay['received'], Readonly<Record<Lang, string>>>> = {
  no: { zh: '否', en: 'no' },
  part: { zh: '部分', en: 'part' },
  yes: { zh: '是', en: 'yes' },
}

export async function showCoverage(deps: Deps, flags: CoverageFlags, output: Output): Promise<number> {
  const today = bankDay(deps.clock.now())
  const range = { from: flags.from ?? addDays(flags.to ?? today, 1 - SHOWN_DAYS), to: flags.to ?? today }
  if (![range.from, range.to].every(isDay) || range.from > range.to)
    return answer(
      output,
      '日期应如 2026-03-01，且 --from 不晚于 --to',
      'days are like 2026-03-01, --from not after --to',
    )
  if (flags.account !== undefined && !deps.accounts.some(one => one.account === flags.account))
    return answer(output, `账号未登记：${flags.account}`, `not configured: ${flags.account}`)
  const days = await cover(deps, flags.account ?? null, range)
  output.json({ ...range, days: days.map(jsonOf) })
  const rows = (lang: Lang) => days.map(day => cellsOf(day, lang))
  if (flags.csv !== undefined) {
    // A byte order mark: without it spreadsheets take Chinese for something else.
    writeFileSync(flags.csv, `\uFEFF${[HEADINGS[output.lang], ...rows(output.lang)].map(csvLine).join('\r\n')}\r\n`)
    output.say(`已写入 ${flags.csv}，${days.length} 行`, `${flags.csv}: ${days.length} rows`)
    return EXIT.ok
  }
  output.say(table([HEADINGS.zh, ...rows('zh')]), table([HEADINGS.en, ...rows('en')]))
  return EXIT.ok
}

function cellsOf(day: CoveredDay, lang: Lang): readonly string[] {
  const yes = lang === 'zh' ? '是' : 'yes'
  const no = lang === 'zh' ? '否' : 'no'
  return [
    day.account,
    day.day,
    `${day.lines}`,
    day.requested ? yes : no,
    RECEIVED_WORDS[day.received][lang],
    // Nobody ever asked for this day: there is nothing to prove.
    day.row === null ? '–' : PROOF_WORDS[day.proof][lang],
    shareText(day.receipts),
    shareText(day.posted),
    shareText(day.reconciled),
    noteOf(day, lang),
  ]
}

/** `–` where the account has no such thing, nothing where the day has no line. */
function shareText(share: Share): string {
  if (share === null) return '–'
  return share.of === 0 ? '' : `${share.done}/${share.of}`
}

function noteOf({ row }: CoveredDay, lang: Lang): string {
  if (row === null) return ''
  const gap =
    row.gap === null ? '' : `${lang === 'zh' ? '差' : 'short by'} ${formatAmount(row.gap)} ${row.gap.currency}`
  const retry = row.dueAt === null || (row.gap === null && row.error === '') ? '' : new Date(row.dueAt).toISOString()
  const again = retry === '' ? '' : `${lang === 'zh' ? '下次' : 'again at'} ${retry}`
  return [gap, row.error, again].filter(part => part !== '').join('; ')
}

function jsonOf({ row, ...day }: CoveredDay): unknown {
  const money = (amount: { readonly minor: bigint; readonly currency: string } | null | undefined) =>
    amount ? { amount: formatAmount(amount), currency: amount.currency } : null
  return {
    ...day,
    ...{ opening: money(row?.opening), closing: money(row?.closing), gap: money(row?.gap), provenBy: row?.by ?? '' },
    ...{ requestedAt: row?.requestedAt ?? null, receivedAt: row?.receivedAt ?? null, source: row?.source ?? '' },
    ...{ attempts: row?.attempts ?? 0, dueAt: row?.dueAt ?? null, error: row?.error ?? '' },
  }
}

function csvLine(cells: readonly string[]): string {
  return cells.map(cell => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
}

function answer(output: Output, zh: string, en: string): number {
  output.say(zh, en)
  output.json({ ok: false, zh, en })
  return EXIT.usage
}
