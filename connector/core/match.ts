// Bank lines against the ledger's bank-deposit journal. Evidence first; an amount alone never matches when there are
// two candidates: what is ambiguous stays open for a person.

import type { LedgerLine } from '../ports'

export type BankSide = {
  readonly id: string
  readonly date: string
  readonly minor: bigint
  readonly references: readonly string[]
  readonly counterparty: string
  /** Key of the journal entry that we made of it, or null. */
  readonly entryKey: string | null
}

export type MatchDraft = {
  readonly lineIds: readonly string[]
  readonly ledgerIds: readonly string[]
  readonly pass: string
  readonly reason: string
}

/** Bump when a pass changes what it accepts. */
export const MATCH_RULES = '1'

export function matchLines(bank: readonly BankSide[], ledger: readonly LedgerLine[]): readonly MatchDraft[] {
  const matches: MatchDraft[] = []
  let lines = bank
  let entries = ledger
  for (const pass of PASSES) {
    const found = pair(lines, entries, pass)
    matches.push(...found)
    const lineIds = new Set(found.flatMap(match => match.lineIds))
    const ledgerIds = new Set(found.flatMap(match => match.ledgerIds))
    lines = lines.filter(line => !lineIds.has(line.id))
    entries = entries.filter(entry => !ledgerIds.has(entry.id))
  }
  return matches
}

type Pass = {
  readonly name: string
  readonly reason: string
  readonly bankKeys: (line: BankSide) => readonly string[]
  readonly ledgerKeys: (entry: LedgerLine) => readonly string[]
}

const PASSES: readonly Pass[] = [
  {
    name: 'entry',
    reason: '本系统生成的凭证 (our own journal entry of this line)',
    bankKeys: line => (line.entryKey === null ? [] : [`${line.entryKey}|${line.minor}`]),
    ledgerKeys: entry => (entry.entryKey === null ? [] : [`${entry.entryKey}|${entry.amount.minor}`]),
  },
  {
    name: 'reference',
    reason: '编号与金额一致 (same reference and amount)',
    bankKeys: line => line.references.filter(Boolean).map(reference => `${reference}|${line.minor}`),
    ledgerKeys: entry => (entry.reference === '' ? [] : [`${entry.reference}|${entry.amount.minor}`]),
  },
  {
    name: 'day-amount-counterparty',
    reason: '日期、金额、对方户名一致 (same day, amount and counterparty)',
    bankKeys: line => (line.counterparty === '' ? [] : [`${line.date}|${line.minor}|${line.counterparty}`]),
    ledgerKeys: entry =>
      entry.counterparty === '' ? [] : [`${entry.date}|${entry.amount.minor}|${entry.counterparty}`],
  },
]

/** Pairs keys that stand exactly once on each side. */
function pair(bank: readonly BankSide[], ledger: readonly LedgerLine[], pass: Pass): readonly MatchDraft[] {
  const left = byKey(bank, pass.bankKeys)
  const right = byKey(ledger, pass.ledgerKeys)
  const used = new Set<string>()
  const matches: MatchDraft[] = []
  for (const [key, lines] of left) {
    const entries = right.get(key) ?? []
    const [line] = lines
    const [entry] = entries
    if (!line || !entry || lines.length > 1 || entries.length > 1 || used.has(line.id) || used.has(entry.id)) continue
    used.add(line.id).add(entry.id)
    matches.push({ lineIds: [line.id], ledgerIds: [entry.id], pass: pass.name, reason: pass.reason })
  }
  return matches
}

function byKey<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>()
  for (const item of items) for (const key of new Set(keysOf(item))) map.set(key, [...(map.get(key) ?? []), item])
  return map
}
