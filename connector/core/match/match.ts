// Bank lines against the ledger's bank-deposit journal, pass by pass, the strongest evidence first. What a pass has matched
// no later pass sees; what has two candidates goes to a person, with the candidates.

import { numbersDiffer, type Differ } from './numbers'
import { PAIR_PASSES, pairUp } from './pairs'
import { cancelOut, REVERSAL_PASS } from './reversals'
import type { BankSide, LedgerSide } from './sides'
import type { MatchSettings } from './settings'
import { SUM_PASSES, sumUp, type SumPass } from './sums'
import { pairWithin, type ToleranceRule } from './tolerance'

export type MatchDraft = {
  readonly lineIds: readonly string[]
  readonly ledgerIds: readonly string[]
  readonly pass: string
  readonly reason: string
}

export type Reconciliation = {
  readonly matches: readonly MatchDraft[]
  /** Open lines that have several candidates, under the strongest pass that saw them; each line stands in one group. */
  readonly ambiguous: readonly MatchDraft[]
  /** Neither matched nor ambiguous. */
  readonly left: { readonly lineIds: readonly string[]; readonly ledgerIds: readonly string[] }
}

/** Bump when a pass changes what it accepts. */
export const MATCH_RULES = '4'

export function matchLines(
  bank: readonly BankSide[],
  ledger: readonly LedgerSide[],
  { rules, without, sumCandidates }: MatchSettings,
): Reconciliation {
  const open = new Open(bank, ledger)
  const isOn = ({ name }: { readonly name: string }): boolean => !without.includes(name)
  let differ: Differ = () => false
  const sum = (search: SumPass['search']): void => {
    for (const pass of SUM_PASSES.filter(each => each.search === search && isOn(each))) {
      const { matches, ambiguous } = sumUp(open.bank, open.ledger, pass, sumCandidates, differ)
      open.close(pass, matches, ambiguous)
    }
  }
  for (const pass of PAIR_PASSES) {
    if (isOn(pass)) {
      const { pairs, ambiguous } = pairUp(open.bank, open.ledger, pass, differ)
      open.close(
        pass,
        pairs.map(([line, entry]) => ({ bank: [line], ledger: [entry] })),
        ambiguous,
      )
    }
    if (pass.name === 'entry') {
      if (isOn(REVERSAL_PASS)) open.closeReversals()
      open.setAsideOurEntries()
    }
    if (pass.name === 'document') {
      open.setAsideOurLines()
      // What one number says of several lines goes before a day and an amount.
      sum('whole')
      // What numbers could say, they have said; from here on they speak against.
      differ = numbersDiffer(open.bank, open.ledger)
    }
  }
  for (const rule of rules) {
    const { pairs, ambiguous } = pairWithin(open.bank, open.ledger, rule, differ)
    const pass = { name: `rule:${rule.name}`, reason: reasonOf(rule) }
    open.close(
      pass,
      pairs.map(([line, entry]) => ({ bank: [line], ledger: [entry] })),
      ambiguous,
    )
  }
  sum('subset')
  return open.result()
}

function reasonOf({ name, requires, days, minor }: ToleranceRule): string {
  const same = { reference: '编号一致', counterparty: '对方一致', amount: '金额一致' }[requires]
  return `规则「${name}」：${same}，相差不超过 ${days} 天、${minor} 最小货币单位 (rule: within ${days} days and ${minor} minor units)`
}

type Side = BankSide | LedgerSide
type Group = { readonly bank: readonly BankSide[]; readonly ledger: readonly LedgerSide[] }

class Open {
  bank: readonly BankSide[]
  ledger: readonly LedgerSide[]
  #aside: Group = { bank: [], ledger: [] }
  readonly #matches: MatchDraft[] = []
  readonly #doubts: MatchDraft[] = []
  readonly #told: MatchDraft[] = []
  /** Of lines in doubt, under the first pass that saw them. */
  readonly #candidates = new Map<Side, { readonly pass: string; readonly sets: ReadonlySet<Side>[] }>()

  constructor(bank: readonly BankSide[], ledger: readonly LedgerSide[]) {
    this.bank = bank
    this.ledger = ledger
  }

  close(
    pass: { readonly name: string; readonly reason: string },
    found: readonly Group[],
    doubts: readonly Group[],
  ): void {
    const kept = this.#candidates.size === 0 ? found : found.filter(group => this.#isAmongCandidates(group))
    for (const group of doubts) {
      this.#doubts.push(draftOf(pass, group))
      // Two that are in doubt although nobody else is a candidate are a person's: weaker evidence adds nothing.
      const isPair = group.bank.length === 1 && group.ledger.length === 1
      this.#remember(pass.name, group.bank, new Set(isPair ? [] : group.ledger))
      this.#remember(pass.name, group.ledger, new Set(isPair ? [] : group.bank))
    }
    if (kept.length === 0) return
    const lines = new Set<BankSide>()
    const entries = new Set<LedgerSide>()
    for (const group of kept) {
      this.#matches.push(draftOf(pass, group))
      for (const line of group.bank) lines.add(line)
      for (const entry of group.ledger) entries.add(entry)
    }
    this.bank = this.bank.filter(line => !lines.has(line))
    this.ledger = this.ledger.filter(line => !entries.has(line))
  }

  #remember(pass: string, lines: readonly Side[], candidates: ReadonlySet<Side>): void {
    for (const line of lines) {
      const known = this.#candidates.get(line)
      if (known === undefined) this.#candidates.set(line, { pass, sets: [candidates] })
      else if (known.pass === pass) known.sets.push(candidates)
    }
  }

  /** Weaker evidence may choose among the candidates of a line in doubt, and never gives it to somebody else. */
  #isAmongCandidates({ bank, ledger }: Group): boolean {
    const isFree = (line: Side, other: Side): boolean =>
      this.#candidates.get(line)?.sets.some(candidates => candidates.has(other)) ?? true
    return bank.every(line => ledger.every(entry => isFree(line, entry) && isFree(entry, line)))
  }

  closeReversals(): void {
    const { matches, ambiguous } = cancelOut(this.ledger)
    const alone = (ledger: readonly LedgerSide[]): Group => ({ bank: [], ledger })
    this.close(REVERSAL_PASS, matches.map(alone), [])
    // Nobody else may have them: they are told at once, and no later pass sees them.
    for (const ledger of ambiguous) this.#told.push(draftOf(REVERSAL_PASS, alone(ledger)))
    const told = new Set(ambiguous.flat())
    this.ledger = this.ledger.filter(line => !told.has(line))
  }

  /** An entry of ours belongs to the very line that it was made of: a twin, whose own entry is on its way, must not take it. */
  setAsideOurEntries(): void {
    this.#aside = { ...this.#aside, ledger: this.ledger.filter(line => line.entryKey !== null) }
    this.ledger = this.ledger.filter(line => line.entryKey === null)
  }

  /**
   * A line that we booked waits for its own entry. The ERP may have booked that under a key of its own (U8's payment module);
   * then a reference or a document number tells, but never day and amount.
   */
  setAsideOurLines(): void {
    this.#aside = { ...this.#aside, bank: this.bank.filter(line => line.entryKey !== null) }
    this.bank = this.bank.filter(line => line.entryKey === null)
  }

  /** Doubts shrink to what is still open; one that has nobody left on a side was none. */
  result(): Reconciliation {
    const lineIds = new Set(this.bank.map(line => line.id))
    const ledgerIds = new Set(this.ledger.map(line => line.id))
    const ambiguous: MatchDraft[] = [...this.#told]
    for (const doubt of this.#doubts) {
      const rest = {
        ...doubt,
        lineIds: doubt.lineIds.filter(id => lineIds.has(id)),
        ledgerIds: doubt.ledgerIds.filter(id => ledgerIds.has(id)),
      }
      if (rest.lineIds.length === 0 || rest.ledgerIds.length === 0) continue
      for (const id of rest.lineIds) lineIds.delete(id)
      for (const id of rest.ledgerIds) ledgerIds.delete(id)
      ambiguous.push(rest)
    }
    for (const line of this.#aside.bank) lineIds.add(line.id)
    for (const line of this.#aside.ledger) ledgerIds.add(line.id)
    return { matches: this.#matches, ambiguous, left: { lineIds: [...lineIds], ledgerIds: [...ledgerIds] } }
  }
}

function draftOf(
  { name, reason }: { readonly name: string; readonly reason: string },
  { bank, ledger }: Group,
): MatchDraft {
  return { lineIds: bank.map(line => line.id), ledgerIds: ledger.map(line => line.id), pass: name, reason }
}
