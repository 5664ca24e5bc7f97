// `yinqi receipt list | show | export | request`: which lines have their receipt, which have not and why.

import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { formatAmount } from '../core/money'
import type { Deps } from '../steps/deps'
import { examine } from '../steps/keep-receipt'
import { EXIT, table, type Lang, type Output } from './output'
import { factsOf, fileNameOf, linkedLines, rangeOf, refuse, type Linked, type RangeFlags } from './receipt-links'
import { documentText, seenOf } from './receipt-parse'
import { wordOf } from './receipt-words'

export type ListFlags = RangeFlags & { readonly missing?: boolean }

export async function listReceipts(deps: Deps, flags: ListFlags, output: Output): Promise<number> {
  const asked = rangeOf(deps, flags, output)
  if (asked === null) return EXIT.no
  const all = await linkedLines(deps, flags.account, asked.range)
  const shown = flags.missing === true ? all.filter(isOpen) : all
  const receipts = []
  for (const linked of shown) receipts.push(await factsOf(deps, linked))
  const days = daysOf(all)
  output.json({ ok: true, account: flags.account, ...asked.range, days, receipts })
  const rows = shown.map(linked => [
    linked.stored.id,
    linked.stored.line.bookedOn,
    formatAmount(linked.stored.line.amount),
    linked.stored.line.counterName,
    STATES[linked.stored.receipt][output.lang],
    linked.receipt?.receiptNo ?? '',
    linked.entry?.voucherNo ?? '',
    linked.waiting?.reason ?? '',
  ])
  output.say(
    table([['流水', '日期', '金额', '对方', '回单', '回单号', '凭证号', '原因'], ...rows]),
    table([['line', 'day', 'amount', 'counterparty', 'receipt', 'number', 'voucher', 'reason'], ...rows]),
  )
  const counts = days.map(({ day, lines, expected, stored, wanted, missing }) =>
    [day, lines, expected, stored, wanted, missing].map(String).concat(stored === expected ? '✓' : '✗'),
  )
  output.say(
    `\n${table([['日期', '流水', '应有', '已有', '待取', '缺', ''], ...counts])}`,
    `\n${table([['day', 'lines', 'expected', 'stored', 'wanted', 'missing', ''], ...counts])}`,
  )
  return EXIT.ok
}

const STATES = {
  stored: { zh: '已有', en: 'stored' },
  wanted: { zh: '待取', en: 'wanted' },
  missing: { zh: '缺', en: 'missing' },
  none: { zh: '银行不提供', en: 'not given' },
} as const

function isOpen(linked: Linked): boolean {
  return linked.stored.receipt === 'wanted' || linked.stored.receipt === 'missing'
}

type Day = { day: string; lines: number; expected: number; stored: number; wanted: number; missing: number }

/** Completeness: of each day, how many lines should have a receipt, and how many have. */
function daysOf(all: readonly Linked[]): readonly Day[] {
  const days = new Map<string, Day>()
  for (const { stored } of all) {
    const day = stored.line.bookedOn
    const count = days.get(day) ?? { day, lines: 0, expected: 0, stored: 0, wanted: 0, missing: 0 }
    days.set(day, count)
    count.lines++
    if (stored.receipt === 'none') continue
    count.expected++
    count[stored.receipt]++
  }
  return [...days.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1))
}

/** Everything about one line's receipt; what its file says now, and whether it still has its digest. */
export async function showReceipt(deps: Deps, id: string, output: Output): Promise<number> {
  const linked = await findLine(deps, id)
  if (linked === null) return refuse(output, `没有流水 ${id}`, `there is no line ${id}`)
  const facts = await factsOf(deps, linked)
  const bytes = linked.receipt && (await deps.store.receipts.bytes(linked.receipt.digest))
  const seen = bytes === null ? null : seenOf(examine(bytes))
  output.json({ ok: true, receipt: facts, content: seen })
  const textIn = (lang: Lang): string => {
    const rows = Object.entries(facts).filter(([, value]) => value !== '')
    const text = table(rows.map(([name, value]) => [wordOf(name, lang), value]))
    return seen === null ? text : `${text}\n${documentText(seen, lang)}`
  }
  output.say(textIn('zh'), textIn('en'))
  return EXIT.ok
}

/** The line of a number, with what hangs on it. */
export async function findLine(deps: Deps, id: string): Promise<Linked | null> {
  if (!/^\d{1,15}$/.test(id)) return null
  const stored = await deps.store.statements.get(id)
  if (stored === null) return null
  const day = stored.line.bookedOn
  return (await linkedLines(deps, stored.account, { from: day, to: day })).find(one => one.stored.id === id) ?? null
}

export type ExportFlags = RangeFlags & { readonly out: string }

/** The originals, byte for byte, each under a name of its own, and a list of them. */
export async function exportReceipts(deps: Deps, flags: ExportFlags, output: Output): Promise<number> {
  const asked = rangeOf(deps, flags, output)
  if (asked === null) return EXIT.no
  await mkdir(flags.out, { recursive: true })
  const files: Readonly<Record<string, string>>[] = []
  for (const linked of await linkedLines(deps, flags.account, asked.range)) {
    const bytes = linked.receipt && (await deps.store.receipts.bytes(linked.receipt.digest))
    if (bytes === null) continue
    const file = fileNameOf(linked)
    await writeFile(path.join(flags.out, file), bytes)
    files.push({ file, ...(await factsOf(deps, linked)) })
  }
  const list = { account: flags.account, ...asked.range, files }
  await writeFile(path.join(flags.out, 'receipts.json'), `${JSON.stringify(list, null, 2)}\n`)
  output.json({ ok: true, out: flags.out, ...list })
  output.say(`已导出 ${files.length} 份回单到 ${flags.out}`, `${files.length} receipts written to ${flags.out}`)
  return EXIT.ok
}

/** Every receipt that is not there is asked for in the next round, instead of when its time comes. */
export async function requestReceipts(deps: Deps, flags: RangeFlags, output: Output): Promise<number> {
  const asked = rangeOf(deps, flags, output)
  if (asked === null) return EXIT.no
  const open = (await linkedLines(deps, flags.account, asked.range)).filter(isOpen)
  const now = deps.clock.now()
  for (const { stored, waiting } of open)
    await deps.store.statements.postponeReceipt(stored.id, now, stored.receipt === 'missing', waiting?.reason ?? '')
  output.json({ ok: true, account: flags.account, ...asked.range, requested: open.length })
  output.say(`${open.length} 份回单将在下一轮重新向银行请求`, `${open.length} receipts are asked for in the next round`)
  return EXIT.ok
}
