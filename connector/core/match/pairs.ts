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
  const keys: string[] = []
  for (const word of words) if (word !== '') keys.push(`${word}|${minor}`)
  return keys
}

function tokensOf(references: readonly string[], text: string): readonly string[] {
  return [...references.map(referenceOf), ...documentTokens(text)]
}

export function pairUp(bank: readonly BankSide[], ledger: readonly LedgerSide[], pass: PairPass): Found {
  const meetings = new Map<string, Meeting>()
  for (const entry of ledger) for (const key of pass.ledgerKeys(entry)) meetingAt(meetings, key).addLedger(entry)
  for (const line of bank) for (const key of pass.bankKeys(line)) meetings.get(key)?.addBank(line)
  const edges = new Edges()
  const groups: Found['ambiguous'][number][] = []
  for (const { line, lines, entry, entries } of meetings.values()) {
    if (line === null || entry === null) continue
    if (lines === null && entries === null) {
      edges.add(line, entry)
      continue
    }
    const [left, right] = [lines ?? [line], entries ?? [entry]]
    if (left.length > pass.groupMax || right.length > pass.groupMax) continue
    if (!refine(left, right, pass, edges)) groups.push({ bank: left, ledger: right })
  }
  const { pairs, conflicts } = edges.sole()
  const kept = pairs.filter(([line, entry]) => pass.refuses?.(line, entry) !== true)
  return { pairs: kept, ambiguous: [...conflicts, ...groups] }
}

function meetingAt(meetings: Map<string, Meeting>, key: string): Meeting {
  const there = meetings.get(key)
  if (there !== undefined) return there
  const meeting = new Meeting()
  meetings.set(key, meeting)
  return meeting
}

/** All lines of one key. Nearly every key has one line on each side, so that the first ones stand without an array. */
class Meeting {
  line: BankSide | null = null
  lines: BankSide[] | null = null
  entry: LedgerSide | null = null
  entries: LedgerSide[] | null = null

  addBank(line: BankSide): void {
    if (this.line === null) this.line = line
    // A line may name a key twice; it then comes twice in a row.
    else if ((this.lines?.at(-1) ?? this.line) !== line) (this.lines ??= [this.line]).push(line)
  }

  addLedger(entry: LedgerSide): void {
    if (this.entry === null) this.entry = entry
    else if ((this.entries?.at(-1) ?? this.entry) !== entry) (this.entries ??= [this.entry]).push(entry)
  }
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
  readonly #ofBank = new Candidates<BankSide, LedgerSide>()
  readonly #ofLedger = new Candidates<LedgerSide, BankSide>()

  add(bank: BankSide, ledger: LedgerSide): void {
    this.#ofBank.add(bank, ledger)
    this.#ofLedger.add(ledger, bank)
  }

  sole(): { readonly pairs: Found['pairs']; readonly conflicts: Found['ambiguous'] } {
    const pairs: (readonly [BankSide, LedgerSide])[] = []
    for (const [bank, ledger] of this.#ofBank.first)
      if (!this.#ofBank.all.has(bank) && !this.#ofLedger.all.has(ledger)) pairs.push([bank, ledger])
    const conflicts = [
      ...[...this.#ofBank.all].map(([bank, candidates]) => ({ bank: [bank], ledger: [...candidates] })),
      ...[...this.#ofLedger.all].map(([ledger, candidates]) => ({ bank: [...candidates], ledger: [ledger] })),
    ]
    return { pairs, conflicts }
  }
}

/** The candidates of each line: the first one, and all of them where there are several. */
class Candidates<One, Other> {
  readonly first = new Map<One, Other>()
  readonly all = new Map<One, Set<Other>>()

  add(one: One, other: Other): void {
    const first = this.first.get(one)
    if (first === undefined) this.first.set(one, other)
    else if (first !== other) {
      const all = this.all.get(one)
      if (all) all.add(other)
      else this.all.set(one, new Set([first, other]))
    }
  }
}

export function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const map = new Map<string, T[]>()
  for (const item of items) {
    for (const key of keysOf(item)) {
      const there = map.get(key)
      if (there === undefined) map.set(key, [item])
      // A line may name a key twice; it then comes twice in a row.
      else if (there.at(-1) !== item) there.push(item)
    }
  }
  return map
}
