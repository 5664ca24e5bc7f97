// One line against several whose amounts add up to it. Only among lines that share evidence (a reference, a counterparty on
// one day), and only where exactly one combination fits; the search is bounded, and giving up leaves the lines open.

import { grouped } from './pairs'
import { documentTokens, nameOf, referenceOf, type BankSide, type LedgerSide } from './sides'

export type Line = { readonly id: string; readonly minor: bigint }

export type SumPass = {
  readonly name: string
  readonly reason: string
  readonly bankKeys: (line: BankSide) => readonly string[]
  readonly ledgerKeys: (line: LedgerSide) => readonly string[]
  /** `whole`: all lines of the key together, or none. `subset`: some of them. */
  readonly search: 'whole' | 'subset'
}

export const SUM_PASSES: readonly SumPass[] = [
  {
    name: 'sum-reference',
    reason: '同一编号下的各笔合计相等 (all lines of one reference add up)',
    bankKeys: line => line.references.map(referenceOf).filter(Boolean),
    ledgerKeys: line => [referenceOf(line.reference)].filter(Boolean),
    search: 'whole',
  },
  {
    name: 'sum-document',
    reason: '摘要中各单据号的金额合计相等 (the lines of the document numbers in the text add up)',
    bankKeys: line => [...line.references.map(referenceOf).filter(Boolean), ...documentTokens(line.text)],
    ledgerKeys: line => [referenceOf(line.reference), ...documentTokens(line.text)].filter(Boolean),
    search: 'whole',
  },
  {
    name: 'sum-day-counterparty',
    reason:
      '同日同一对方的若干笔合计相等，且只有一种组合 (some lines of this counterparty on this day add up, in one way only)',
    bankKeys: line => namesOf(line).map(name => `${line.date}|${name}`),
    ledgerKeys: line => [nameOf(line.counterparty)].filter(Boolean).map(name => `${line.date}|${name}`),
    search: 'subset',
  },
]

function namesOf(line: BankSide): readonly string[] {
  return [nameOf(line.counterparty), nameOf(line.counterAccount)].filter(Boolean)
}

export type Sums = {
  readonly matches: readonly { readonly bank: readonly BankSide[]; readonly ledger: readonly LedgerSide[] }[]
  readonly ambiguous: readonly { readonly bank: readonly BankSide[]; readonly ledger: readonly LedgerSide[] }[]
}

export function sumUp(
  bank: readonly BankSide[],
  ledger: readonly LedgerSide[],
  pass: SumPass,
  candidatesMax: number,
): Sums {
  const oneToMany = search(bank, ledger, pass.bankKeys, pass.ledgerKeys, pass.search, candidatesMax)
  const taken = new Set<Line>(oneToMany.matches.flatMap(({ one, many }) => [one, ...many]))
  const manyToOne = search(
    ledger.filter(line => !taken.has(line)),
    bank.filter(line => !taken.has(line)),
    pass.ledgerKeys,
    pass.bankKeys,
    pass.search,
    candidatesMax,
  )
  return {
    matches: [
      ...oneToMany.matches.map(({ one, many }) => ({ bank: [one], ledger: many })),
      ...manyToOne.matches.map(({ one, many }) => ({ bank: many, ledger: [one] })),
    ],
    ambiguous: [
      ...oneToMany.ambiguous.map(({ one, many }) => ({ bank: [one], ledger: many })),
      ...manyToOne.ambiguous.map(({ one, many }) => ({ bank: many, ledger: [one] })),
    ],
  }
}

type Candidate<One, Many> = { readonly one: One; readonly many: readonly Many[] }

/** Finds for each `one` the combination of `many`; combinations that claim the same line are told as ambiguous. */
function search<One extends Line, Many extends Line>(
  ones: readonly One[],
  manys: readonly Many[],
  oneKeys: (line: One) => readonly string[],
  manyKeys: (line: Many) => readonly string[],
  kind: SumPass['search'],
  candidatesMax: number,
): { readonly matches: readonly Candidate<One, Many>[]; readonly ambiguous: readonly Candidate<One, Many>[] } {
  const right = grouped(manys, manyKeys)
  const found: Candidate<One, Many>[] = []
  const ambiguous: Candidate<One, Many>[] = []
  for (const one of ones) {
    const pool = [...new Set(oneKeys(one).flatMap(key => right.get(key) ?? []))]
    if (pool.length < 2) continue
    const combinations = kind === 'whole' ? wholeOf(pool, one.minor) : subsetsOf(pool, one.minor, candidatesMax)
    const [only, second] = combinations
    if (only !== undefined && second === undefined) found.push({ one, many: only })
    else if (only !== undefined) ambiguous.push({ one, many: [...new Set(combinations.flat())] })
  }
  const claims = new Map<string, number>()
  for (const { many } of found) for (const line of many) claims.set(line.id, (claims.get(line.id) ?? 0) + 1)
  const isSole = ({ many }: Candidate<One, Many>): boolean => many.every(line => claims.get(line.id) === 1)
  return { matches: found.filter(isSole), ambiguous: [...ambiguous, ...found.filter(each => !isSole(each))] }
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
