// What a site may say about matching. A pass can be switched off and a search narrowed; nothing here makes a pass accept
// more than its evidence, except a tolerance that bears a name.

import { createHash } from 'node:crypto'
import { MATCH_RULES } from './match'
import { PAIR_PASSES } from './pairs'
import { REVERSAL_PASS } from './reversals'
import { SUM_PASSES } from './sums'
import type { ToleranceRule } from './tolerance'

export type MatchSettings = {
  readonly rules: readonly ToleranceRule[]
  /** Names of passes that are not run. */
  readonly without: readonly string[]
  /** Largest number of lines among which a combination is searched. */
  readonly sumCandidates: number
}

/** Larger pools have a combination for almost any amount, so that finding one proves nothing. */
export const SUM_CANDIDATES = 16

export const PASS_NAMES: readonly string[] = [REVERSAL_PASS, ...PAIR_PASSES, ...SUM_PASSES].map(pass => pass.name)

/** Our own entries are told by their key and set aside behind it: these two cannot be switched off. */
export const OPTIONAL_PASSES: readonly string[] = PASS_NAMES.filter(name => name !== 'entry' && name !== 'reference')

export function everyPass(rules: readonly ToleranceRule[]): MatchSettings {
  return { rules, without: [], sumCandidates: SUM_CANDIDATES }
}

/** Stands with every match: the program's rules, and a digest of the site's own where it has any. */
export function ruleVersionOf({ rules, without, sumCandidates }: MatchSettings): string {
  if (rules.length === 0 && without.length === 0 && sumCandidates === SUM_CANDIDATES) return MATCH_RULES
  const said = JSON.stringify([
    rules.map(({ name, requires, days, minor }) => [name, requires, days, minor.toString()]),
    without.toSorted(),
    sumCandidates,
  ])
  return `${MATCH_RULES}+${createHash('sha256').update(said).digest('hex').slice(0, 8)}`
}
