// Passes that pair one bank line with one ledger line. A pair is made only where each is the other's sole candidate; what
// has two candidates is told as ambiguous, never chosen.

import {
  bankNumbers,
  isWeak,
  ledgerNumbers,
  looseOf,
  referenceOf,
  shareNumber,
  type Differ,
  type Numbers,
} from './numbers'
import { baseNames, contradict, nameOf, type BankSide, type LedgerSide } from './sides'

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
  /** Where a key is looser than the evidence that it stands for. */
  readonly verifies?: (bank: BankSide, ledger: LedgerSide) => boolean
  /** What is no candidate although a key is shared. */
  readonly refuses?: (bank: BankSide, ledger: LedgerSide) => boolean
  /** Two whose numbers speak against each other are a person's although nobody else is a candidate. */
  readonly weighsNumbers?: true
}

const byDay = { bank: (line: BankSide) => line.date, ledger: (line: LedgerSide) => line.date }
const byName = {
  bank: (line: BankSide) => nameOf(line.counterparty).base,
  ledger: (line: LedgerSide) => nameOf(line.counterparty).base,
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
    bankKeys: line => withAmount(line.references.map(looseReference), line.minor),
    ledgerKeys: line => withAmount([looseReference(line.reference)], line.minor),
    finer: [byDay, byName],
    groupMax: WORD_MAX,
    verifies: shareSome,
  },
  {
    name: 'document',
    reason: '摘要中的单据号与金额一致 (a document number in the text, and the same amount)',
    bankKeys: line => withAmount(numberKeys(bankNumbers(line), BANK_MARKS), line.minor),
    ledgerKeys: line => withAmount(numberKeys(ledgerNumbers(line), LEDGER_MARKS), line.minor),
    finer: [byDay, byName],
    groupMax: WORD_MAX,
    verifies: shareSome,
  },
  {
    name: 'day-amount-counterparty',
    reason: '日期、金额、对方一致 (same day, amount and counterparty)',
    bankKeys: line => withAmount(baseNames(line), line.minor).map(key => `${line.date}|${key}`),
    ledgerKeys: line => withAmount([nameOf(line.counterparty).base], line.minor).map(key => `${line.date}|${key}`),
    finer: [],
    groupMax: Infinity,
    refuses: contradict,
    weighsNumbers: true,
  },
  {
    name: 'day-amount',
    reason:
      '当日该金额双方各仅一笔且户名未见矛盾，或户名相符的仅此一笔 (the only one of this amount on this day on both sides and no name contradicts, or the only one whose name fits)',
    bankKeys: line => [`${line.date}|${line.minor}`],
    ledgerKeys: line => [`${line.date}|${line.minor}`],
    finer: [],
    groupMax: Infinity,
    refuses: contradict,
    weighsNumbers: true,
  },
]

function withAmount(words: readonly string[], minor: bigint): readonly string[] {
  const keys: string[] = []
  for (const word of words) if (word !== '') keys.push(`${word}|${minor}`)
  return keys
}

function looseReference(text: string): string {
  return looseOf(referenceOf(text))
}

/** Short numbers in a text meet the other side's references alone, by a mark that its texts do not bear. */
type Marks = { readonly reference: string; readonly weak: string }
export const BANK_MARKS: Marks = { reference: '<', weak: '>' }
export const LEDGER_MARKS: Marks = { reference: '>', weak: '<' }

export function numberKeys({ references, documents, weak }: Numbers, marks: Marks): readonly string[] {
  return [
    ...[...references, ...documents].map(looseOf),
    ...references.filter(isWeak).map(each => marks.reference + each),
    ...weak.map(each => marks.weak + each),
  ]
}

function shareSome(bank: BankSide, ledger: LedgerSide): boolean {
  // Nearly always the very words.
  if (ledger.reference !== '' && bank.references.includes(ledger.reference)) return true
  return shareNumber(bankNumbers(bank), ledgerNumbers(ledger))
}

export function pairUp(
  bank: readonly BankSide[],
  ledger: readonly LedgerSide[],
  pass: PairPass,
  differ: Differ,
): Found {
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
    for (const group of refine(left, right, pass.finer, edges))
      groups.push(...withoutRefused(group.bank, group.ledger, pass, edges))
  }
  const { pairs, conflicts } = edges.sole()
  const { verifies, refuses, weighsNumbers } = pass
  const kept = pairs.filter(([line, entry]) => verifies?.(line, entry) !== false && refuses?.(line, entry) !== true)
  const isDoubted = ([line, entry]: Found['pairs'][number]): boolean => weighsNumbers === true && differ(line, entry)
  const doubted = kept.filter(isDoubted).map(([line, entry]) => ({ bank: [line], ledger: [entry] }))
  return { pairs: kept.filter(pair => !isDoubted(pair)), ambiguous: [...conflicts, ...groups, ...doubted] }
}

/** Comparing everybody with everybody is for the small groups that a person can look at. */
const COMPARED_MAX = 1_000

/** A group without those whom everybody on the other side contradicts; two whose names fit nobody else are told to `edges`. */
function withoutRefused(
  lines: readonly BankSide[],
  entries: readonly LedgerSide[],
  { refuses }: PairPass,
  edges: Edges,
): Found['ambiguous'] {
  if (refuses === undefined || lines.length * entries.length > COMPARED_MAX) return [{ bank: lines, ledger: entries }]
  const ofBank = new Map(lines.map(line => [line, entries.filter(entry => !refuses(line, entry))]))
  const ofLedger = new Map(entries.map(entry => [entry, lines.filter(line => !refuses(line, entry))]))
  const isTold = (line: BankSide, entry: LedgerSide): boolean =>
    ofBank.get(line)?.length === 1 &&
    ofLedger.get(entry)?.length === 1 &&
    line.counterparty !== '' &&
    entry.counterparty !== ''
  const told = lines.flatMap(line =>
    (ofBank.get(line) ?? []).flatMap(entry => (isTold(line, entry) ? [[line, entry] as const] : [])),
  )
  for (const [line, entry] of told) edges.add(line, entry)
  const gone = new Set<BankSide | LedgerSide>(told.flat())
  const bank = lines.filter(line => !gone.has(line) && (ofBank.get(line)?.length ?? 0) > 0)
  const ledger = entries.filter(entry => !gone.has(entry) && (ofLedger.get(entry)?.length ?? 0) > 0)
  return bank.length === 0 ? [] : [{ bank, ledger }]
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

/**
 * Tells a larger group apart by day, then by name. Who is left on both sides is not put together for being left: what comes
 * twice may come a third time. Returns what stays in doubt.
 */
function refine(
  lines: readonly BankSide[],
  entries: readonly LedgerSide[],
  [finer, ...finest]: PairPass['finer'],
  edges: Edges,
): Found['ambiguous'] {
  if (finer === undefined) return [{ bank: lines, ledger: entries }]
  const right = grouped(entries, entry => [finer.ledger(entry)])
  const doubts: Found['ambiguous'][number][] = []
  const done = new Set<BankSide | LedgerSide>()
  for (const [key, members] of grouped(lines, line => [finer.bank(line)])) {
    const others = right.get(key)
    const [[line], [entry]] = [members, others ?? []]
    if (key === '' || others === undefined || line === undefined || entry === undefined) continue
    for (const each of [...members, ...others]) done.add(each)
    if (members.length === 1 && others.length === 1) edges.add(line, entry)
    else doubts.push(...refine(members, others, finest, edges))
  }
  const [bank, ledger] = [lines.filter(line => !done.has(line)), entries.filter(entry => !done.has(entry))]
  if (done.size === 0) return refine(lines, entries, finest, edges)
  return bank.length > 0 && ledger.length > 0 ? [...doubts, { bank, ledger }] : doubts
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
