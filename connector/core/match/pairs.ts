// Passes that pair one bank line with one ledger line. A pair is made only where each is the other's sole candidate; what
// has two candidates is told as ambiguous, never chosen.

import { contradict, documentTokens, nameOf, referenceOf, type BankSide, type LedgerSide } from './sides'

export type Found = {
  readonly pairs: readonly (readonly [bank: BankSide, ledger: LedgerSide])[]
  readonly ambiguous: readonly { readonly bank: readonly BankSide[]; readonly ledger: readonly LedgerSide[] }[]
}

export type PairPass = {
  readonly name: string
  readonly reason: string
  readonly bankKeys: (line: BankSide) => readonly string[]
  readonly ledgerKeys: (line: LedgerSide) => readonly string[]
  /** What may tell the members of a larger group apart, strongest first. */
  readonly finer: readonly {
    readonly bank: (line: BankSide) => string
    readonly ledger: (line: LedgerSide) => string
  }[]
  readonly groupMax: number
  readonly refuses?: (bank: BankSide, ledger: LedgerSide) => boolean
}

const byDay = { bank: (line: BankSide) => line.date, ledger: (line: LedgerSide) => line.date }
const byName = {
  bank: (line: BankSide) => nameOf(line.counterparty),
  ledger: (line: LedgerSide) => nameOf(line.counterparty),
}

/** A word that more lines share than this tells nothing (a constant text): the other passes see them. */
const WORD_MAX = 200

export const PAIR_PASSES: readonly PairPass[] = [
  {
    name: 'entry',
    reason: '本系统为该笔流水生成的凭证 (our own journal entry of this line)',
    bankKeys: line => (line.entryKey === null ? [] : [`${line.entryKey}|${line.minor}`]),
    ledgerKeys: line => (line.entryKey === null ? [] : [`${line.entryKey}|${line.minor}`]),
    finer: [],
    groupMax: Infinity,
  },
  {
    name: 'reference',
    reason: '编号与金额一致 (same reference and amount)',
    bankKeys: line => withAmount(line.references.map(referenceOf), line.minor),
    ledgerKeys: line => withAmount([referenceOf(line.reference)], line.minor),
    finer: [byDay, byName],
    groupMax: WORD_MAX,
  },
  {
    name: 'document',
    reason: '摘要中的单据号与金额一致 (a document number in the text, and the same amount)',
    bankKeys: line => withAmount(tokensOf(line.references, line.text), line.minor),
    ledgerKeys: line => withAmount(tokensOf([line.reference], line.text), line.minor),
    finer: [byDay, byName],
    groupMax: WORD_MAX,
  },
  {
    name: 'day-amount-counterparty',
    reason: '日期、金额、对方一致 (same day, amount and counterparty)',
    bankKeys: line =>
      withAmount([nameOf(line.counterparty), nameOf(line.counterAccount)], line.minor).map(
        key => `${line.date}|${key}`,
      ),
    ledgerKeys: line => withAmount([nameOf(line.counterparty)], line.minor).map(key => `${line.date}|${key}`),
    finer: [],
    groupMax: Infinity,
  },
  {
    name: 'day-amount',
    reason:
      '当日该金额双方各仅一笔，对方户名未见矛盾 (the only one of this amount on this day on both sides; no name contradicts)',
    bankKeys: line => [`${line.date}|${line.minor}`],
    ledgerKeys: line => [`${line.date}|${line.minor}`],
    finer: [],
    groupMax: Infinity,
    refuses: contradict,
  },
]

function withAmount(words: readonly string[], minor: bigint): readonly string[] {
  return words.filter(word => word !== '').map(word => `${word}|${minor}`)
}

function tokensOf(references: readonly string[], text: string): readonly string[] {
  return [...references.map(referenceOf), ...documentTokens(text)]
}

export function pairUp(bank: readonly BankSide[], ledger: readonly LedgerSide[], pass: PairPass): Found {
  const right = grouped(ledger, pass.ledgerKeys)
  const left = grouped(bank, line => pass.bankKeys(line).filter(key => right.has(key)))
  const edges = new Edges()
  const groups: Found['ambiguous'][number][] = []
  for (const [key, lines] of left) {
    const entries = right.get(key) ?? []
    if (lines.length > pass.groupMax || entries.length > pass.groupMax) continue
    const [line] = lines
    const [entry] = entries
    if (lines.length === 1 && entries.length === 1 && line && entry) edges.add(line, entry)
    else if (!refine(lines, entries, pass, edges)) groups.push({ bank: lines, ledger: entries })
  }
  const { pairs, conflicts } = edges.sole()
  const kept = pairs.filter(([line, entry]) => pass.refuses?.(line, entry) !== true)
  return { pairs: kept, ambiguous: [...conflicts, ...groups] }
}

/** Tells a larger group apart by day or name; true when every member found its sole partner or has none. */
function refine(lines: readonly BankSide[], entries: readonly LedgerSide[], pass: PairPass, edges: Edges): boolean {
  for (const finer of pass.finer) {
    const right = grouped(entries, entry => [finer.ledger(entry)])
    const left = grouped(lines, line => [finer.bank(line)])
    const shared = [...left].flatMap(([key, members]) => {
      const others = right.get(key)
      return key === '' || others === undefined ? [] : [{ members, others }]
    })
    if (shared.length === 0 || shared.some(({ members, others }) => members.length > 1 || others.length > 1)) continue
    for (const { members, others } of shared) {
      const [line] = members
      const [entry] = others
      if (line && entry) edges.add(line, entry)
    }
    return true
  }
  return false
}

/** Who may belong to whom within one pass. */
class Edges {
  readonly #ofBank = new Map<BankSide, Set<LedgerSide>>()
  readonly #ofLedger = new Map<LedgerSide, Set<BankSide>>()

  add(bank: BankSide, ledger: LedgerSide): void {
    put(this.#ofBank, bank, ledger)
    put(this.#ofLedger, ledger, bank)
  }

  sole(): { readonly pairs: Found['pairs']; readonly conflicts: Found['ambiguous'] } {
    const pairs: (readonly [BankSide, LedgerSide])[] = []
    const conflicts: Found['ambiguous'][number][] = []
    for (const [bank, candidates] of this.#ofBank) {
      const [ledger] = candidates
      if (candidates.size === 1 && ledger !== undefined && this.#ofLedger.get(ledger)?.size === 1)
        pairs.push([bank, ledger])
      else if (candidates.size > 1) conflicts.push({ bank: [bank], ledger: [...candidates] })
    }
    for (const [ledger, candidates] of this.#ofLedger)
      if (candidates.size > 1) conflicts.push({ bank: [...candidates], ledger: [ledger] })
    return { pairs, conflicts }
  }
}

function put<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const there = map.get(key)
  if (there) there.add(value)
  else map.set(key, new Set([value]))
}

export function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const map = new Map<string, T[]>()
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const there = map.get(key)
      if (there) there.push(item)
      else map.set(key, [item])
    }
  }
  return map
}
