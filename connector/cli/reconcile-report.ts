// How a reconciliation is told: every match with its pass, fields and reason; what waits for a person, with the candidates;
// what is left on either side.

import type { AdjustedBalance, OpenItem, Side } from '../core/match/adjusted-balance'
import { fieldsOf } from '../core/match/fields'
import type { MatchDraft, Reconciliation } from '../core/match/match'
import type { BankSide, LedgerSide } from '../core/match/sides'
import { formatAmount } from '../core/money'
import { table, type Output } from './output'

export type Reported = {
  readonly bank: readonly BankSide[]
  readonly ledger: readonly LedgerSide[]
  readonly currency: string
  readonly found: Reconciliation
}

export function groupOf(match: MatchDraft): Readonly<Record<string, unknown>> {
  const { lineIds, ledgerIds, pass, reason } = match
  return { statementIds: lineIds, ledgerIds, pass, fields: fieldsOf(pass), reason }
}

export function itemOf(line: BankSide | LedgerSide, currency: string): Readonly<Record<string, string>> {
  const { id, date, minor, counterparty, text } = line
  const reference = 'references' in line ? line.references.filter(Boolean).join(' ') : line.reference
  return { id, date, amount: formatAmount({ minor, currency }), reference, counterparty, text }
}

/** Figures and the items behind them, amounts as decimal text. */
export function balanceOf(adjusted: AdjustedBalance): Readonly<Record<string, unknown>> {
  const { currency } = adjusted
  const amount = (minor: bigint | null): string | null => (minor === null ? null : formatAmount({ minor, currency }))
  const side = ({ balanceMinor, add, subtract, adjustedMinor }: Side): Readonly<Record<string, unknown>> => ({
    balance: amount(balanceMinor),
    add: { total: amount(add.totalMinor), ids: add.items.map(item => item.id) },
    subtract: { total: amount(subtract.totalMinor), ids: subtract.items.map(item => item.id) },
    adjusted: amount(adjustedMinor),
  })
  return {
    asOf: adjusted.asOf === '' ? null : adjusted.asOf,
    ledger: side(adjusted.ledger),
    bank: side(adjusted.bank),
    difference: amount(adjusted.differenceMinor),
  }
}

/**
 * Open items of a side: what no match holds, and what the bank has and the ledger has not within a match (a tolerance).
 */
export function openItems({ bank, ledger, found }: Omit<Reported, 'currency'>): {
  readonly bank: readonly OpenItem[]
  readonly ledger: readonly OpenItem[]
} {
  const lines = new Map(bank.map(line => [line.id, line]))
  const entries = new Map(ledger.map(line => [line.id, line]))
  const differences: OpenItem[] = []
  for (const { lineIds, ledgerIds, reason } of found.matches) {
    let minor = 0n
    for (const id of lineIds) minor += lines.get(id)?.minor ?? 0n
    for (const id of ledgerIds) minor -= entries.get(id)?.minor ?? 0n
    const date = lines.get(lineIds[0] ?? '')?.date ?? ''
    if (minor !== 0n)
      differences.push({ id: `#${lineIds.join('+')}`, date, minor, reference: '', counterparty: '', text: reason })
    for (const id of lineIds) lines.delete(id)
    for (const id of ledgerIds) entries.delete(id)
  }
  return {
    bank: [...[...lines.values()].map(line => ({ ...line, reference: line.references[0] ?? '' })), ...differences],
    ledger: [...entries.values()],
  }
}

/** For people: counts by pass, what is ambiguous and what is left, at most so many lines of each. */
const SHOWN = 50

export function sayReconciliation({ bank, ledger, currency, found }: Reported, output: Output): void {
  if (output.isJson) return
  const { matches, ambiguous, left } = found
  const lines = new Map(bank.map(line => [line.id, line]))
  const entries = new Map(ledger.map(line => [line.id, line]))
  const brief = (line: BankSide | LedgerSide | undefined): string =>
    line
      ? `${line.date} ${formatAmount({ minor: line.minor, currency })} ${line.counterparty} ${line.text}`.trimEnd()
      : ''
  output.say(
    `对账单 ${bank.length} 笔，账面 ${ledger.length} 笔，匹配 ${matches.length} 组，待人工 ${ambiguous.length} 组，未达：银行 ${left.lineIds.length}、企业 ${left.ledgerIds.length}`,
    `${bank.length} bank lines, ${ledger.length} ledger lines: ${matches.length} matches, ${ambiguous.length} groups for a person, left: bank ${left.lineIds.length}, ledger ${left.ledgerIds.length}`,
  )
  const counts = new Map<string, { reason: string; count: number }>()
  for (const { pass, reason } of matches) counts.set(pass, { reason, count: (counts.get(pass)?.count ?? 0) + 1 })
  both(output, table([...counts].map(([pass, { reason, count }]) => ['', String(count), pass, reason])))
  for (const group of ambiguous.slice(0, SHOWN)) {
    both(output, `? ${group.pass}: ${group.reason}`)
    for (const id of group.lineIds.slice(0, SHOWN))
      output.say(`    银行 ${id} ${brief(lines.get(id))}`, `    bank ${id} ${brief(lines.get(id))}`)
    for (const id of group.ledgerIds.slice(0, SHOWN))
      output.say(`    账面 ${id} ${brief(entries.get(id))}`, `    ledger ${id} ${brief(entries.get(id))}`)
  }
  for (const id of left.lineIds.slice(0, SHOWN))
    output.say(`银行有企业无 ${id} ${brief(lines.get(id))}`, `bank only ${id} ${brief(lines.get(id))}`)
  for (const id of left.ledgerIds.slice(0, SHOWN))
    output.say(`企业有银行无 ${id} ${brief(entries.get(id))}`, `ledger only ${id} ${brief(entries.get(id))}`)
}

export function both(output: Output, text: string): void {
  if (text !== '') output.say(text, text)
}
