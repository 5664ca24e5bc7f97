// One line against several whose amounts add up to it. Only among lines that share evidence (a reference, a counterparty on
// one day), and only where exactly one combination fits; the search is bounded, and giving up leaves the lines open.

import { bankNumbers, ledgerNumbers, looseOf, referenceOf, type Differ } from './numbers'
import { BANK_MARKS, grouped, LEDGER_MARKS, numberKeys } from './pairs'
import { baseNames, nameOf, type BankSide, type LedgerSide } from './sides'

export type Line = { readonly id: string; readonly minor: bigint }

export type SumPass = {
  readonly name: string
  readonly reason: string
  readonly bankKeys: (line: BankSide) => readonly string[]
  readonly ledgerKeys: (line: LedgerSide) => readonly string[]
  /** `whole`: all lines of the key together, or none. `subset`: some of them. */
  readonly search: 'whole' | 'subset'
  /** Lines whose numbers speak against each other are a person's although only one combination fits. */
  readonly weighsNumbers?: true
}

export const SUM_PASSES: readonly SumPass[] = [
  {
    name: 'sum-reference',
    reason: '同一编号下的各笔合计相等 (all lines of one reference add up)',
    bankKeys: line => line.references.map(each => looseOf(referenceOf(each))).filter(Boolean),
    ledgerKeys: line => [looseOf(referenceOf(line.reference))].filter(Boolean),
    search: 'whole',
  },
  {
    name: 'sum-document',
    reason: '摘要中各单据号的金额合计相等 (the lines of the document numbers in the text add up)',
    bankKeys: line => numberKeys(bankNumbers(line), BANK_MARKS),
    ledgerKeys: line => numberKeys(ledgerNumbers(line), LEDGER_MARKS),
    search: 'whole',
  },
  {
    name: 'sum-day-counterparty',
    reason:
      '同日同一对方的若干笔合计相等，且只有一种组合 (some lines of this counterparty on this day add up, in one way only)',
    bankKeys: line => baseNames(line).map(name => `${line.date}|${name}`),
    ledgerKeys: line => [nameOf(line.counterparty).base].filter(Boolean).map(name => `${line.date}|${name}`),
    search: 'subset',
    weighsNumbers: true,
  },
]

type Sum = { readonly bank: readonly BankSide[]; readonly ledger: readonly LedgerSide[] }
export type Sums = { readonly matches: readonly Sum[]; readonly ambiguous: readonly Sum[] }

export function sumUp(
  bank: readonly BankSide[],
  ledger: readonly LedgerSide[],
  pass: SumPass,
  candidatesMax: number,
  differ: Differ,
): Sums {
  const { bankKeys, ledgerKeys } = pass
  const oneToMany = search(bank, ledger, bankKeys, ledgerKeys, pass.search, candidatesMax)
  const manyToOne = search(ledger, bank, ledgerKeys, bankKeys, pass.search, candidatesMax)
  const found: Sum[] = [
    ...oneToMany.found.map(({ one, many }) => ({ bank: [one], ledger: many })),
    ...manyToOne.found.map(({ one, many }) => ({ bank: many, ledger: [one] })),
  ]
  const several: Sum[] = [
    ...oneToMany.several.map(({ one, many }) => ({ bank: [one], ledger: many })),
    ...manyToOne.several.map(({ one, many }) => ({ bank: many, ledger: [one] })),
  ]
  // Combinations that claim the same line, in whichever direction, are nobody's; so is what a person is to look at.
  const claims = new Map<Line, number>()
  for (const sum of [...found, ...several])
    for (const line of [...sum.bank, ...sum.ledger]) claims.set(line, (claims.get(line) ?? 0) + 1)
  const isSole = (sum: Sum): boolean => [...sum.bank, ...sum.ledger].every(line => claims.get(line) === 1)
  const isDoubted = (sum: Sum): boolean =>
    pass.weighsNumbers === true && sum.bank.some(line => sum.ledger.some(entry => differ(line, entry)))
  const isMatch = (sum: Sum): boolean => isSole(sum) && !isDoubted(sum)
  return { matches: found.filter(isMatch), ambiguous: [...several, ...found.filter(sum => !isMatch(sum))] }
}

type Candidate<One, Many> = { readonly one: One; readonly many: readonly Many[] }

/** Finds for each `one` the combination of `many`; several that fit are told together. */
function search<One extends Line, Many extends Line>(
  ones: readonly One[],
  manys: readonly Many[],
  oneKeys: (line: One) => readonly string[],
  manyKeys: (line: Many) => readonly string[],
  kind: SumPass['search'],
  candidatesMax: number,
): { readonly found: readonly Candidate<One, Many>[]; readonly several: readonly Candidate<One, Many>[] } {
  const right = grouped(manys, manyKeys)
  const found: Candidate<One, Many>[] = []
  const several: Candidate<One, Many>[] = []
  for (const one of ones) {
    const pool = [...new Set(oneKeys(one).flatMap(key => right.get(key) ?? []))]
    if (pool.length < 2) continue
    const combinations = kind === 'whole' ? wholeOf(pool, one.minor) : subsetsOf(pool, one.minor, candidatesMax)
    const [only, second] = combinations
    if (only !== undefined && second === undefined) found.push({ one, many: only })
    else if (only !== undefined) several.push({ one, many: [...new Set(combinations.flat())] })
  }
  return { found, several }
}

const POOL_MAX = 1000

function wholeOf<T extends Line>(pool: readonly T[], wanted: bigint): readonly (readonly T[])[] {
  if (pool.length > POOL_MAX) return []
  return pool.reduce((sum, line) => sum + line.minor, 0n) === wanted ? [pool] : []
}

const STEPS_MAX = 20_000

/** Up to two combinations of at least two lines of the amount's own sign; none when the search would be too long. */
function subsetsOf<T extends Line>(
  pool: readonly T[],
  wanted: bigint,
  candidatesMax: number,
): readonly (readonly T[])[] {
  const lines = pool.filter(line => line.minor !== 0n && line.minor > 0n === wanted > 0n)
  if (lines.length < 2 || lines.length > candidatesMax) return []
  const sorted = lines.toSorted((a, b) => (magnitude(b.minor) > magnitude(a.minor) ? 1 : -1))
  const found: T[][] = []
  let steps = 0
  const walk = (from: number, rest: bigint, chosen: readonly T[]): void => {
    steps++
    if (steps > STEPS_MAX || found.length > 1) return
    if (rest === 0n) {
      if (chosen.length > 1) found.push(pool.filter(line => chosen.includes(line)))
      return
    }
    for (let index = from; index < sorted.length; index++) {
      const line = sorted[index]
      if (line && magnitude(line.minor) <= magnitude(rest)) walk(index + 1, rest - line.minor, [...chosen, line])
    }
  }
  walk(0, wanted, [])
  return steps > STEPS_MAX ? [] : found
}

function magnitude(minor: bigint): bigint {
  return minor < 0n ? -minor : minor
}
