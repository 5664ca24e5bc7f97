// The closing balance of a day from the balances that stand behind its lines, in whatever order the bank gave them. The
// chain decides: every balance but the last is the one before another line. A chain with a hole says nothing.

export type BalancedLine = { readonly minor: bigint; readonly balanceAfterMinor: bigint | null }

export type DayClosing =
  | { readonly kind: 'known'; readonly minor: bigint }
  /** The day ends where it began: the day before knows. */
  | { readonly kind: 'as-before' }
  | { readonly kind: 'unknown' }

export function closingOf(lines: readonly BalancedLine[]): DayClosing {
  const counts = new Map<bigint, number>()
  const count = (balance: bigint, by: number): void => void counts.set(balance, (counts.get(balance) ?? 0) + by)
  for (const { minor, balanceAfterMinor } of lines) {
    if (balanceAfterMinor === null) return { kind: 'unknown' }
    count(balanceAfterMinor, 1)
    count(balanceAfterMinor - minor, -1)
  }
  const left = [...counts].filter(([, times]) => times !== 0)
  if (left.length === 0) return { kind: 'as-before' }
  const ends = left.filter(([, times]) => times > 0)
  const [end] = ends
  return left.length === 2 && end?.[1] === 1 ? { kind: 'known', minor: end[0] } : { kind: 'unknown' }
}
