// Pages of one reading become lines. A bank's list may grow while it is read, so that the next page begins with the line
// that the page before ended with: such a line is not a twin. What cannot be told apart is said, never guessed.

import type { StatementLine } from '../ports'

export type JoinPages = {
  /** False: the whole page came before, and some of its lines have no id that would tell them from twins. */
  add(page: readonly StatementLine[]): boolean
  readonly lines: readonly StatementLine[]
}

export function startPages(): JoinPages {
  const lines: StatementLine[] = []
  const seen = new Set<string>()
  return {
    lines,
    add(page) {
      const text = page.map(textOf).join('\n')
      const hasNameless = page.some(line => line.bankId === null)
      if (hasNameless && seen.has(text)) return false
      seen.add(text)
      const [first] = page
      const last = lines.at(-1)
      const repeats = first !== undefined && last !== undefined && isSameLine(first, last)
      lines.push(...(repeats ? page.slice(1) : page))
      return true
    },
  }
}

/**
 * Two lines in a row with the same balance behind them are one line: any amount but nothing would have changed it. Lines
 * with an id need no such proof, their key tells.
 */
function isSameLine(a: StatementLine, b: StatementLine): boolean {
  return a.bankId === null && a.balanceAfter !== null && a.amount.minor !== 0n && textOf(a) === textOf(b)
}

function textOf(line: StatementLine): string {
  return JSON.stringify(line, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part))
}
