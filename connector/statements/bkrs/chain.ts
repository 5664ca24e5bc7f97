// The balance chain of a bkrs statement: each line's balance is the one before it plus the line. It settles a direction
// that the code leaves open, contradicts one that is wrong, and gives the opening balance that the format does not have.

import type { Row } from './rows'

export type Chained = {
  /** One a row, in the file's order; null where neither code nor chain says. */
  readonly isOut: readonly (boolean | null)[]
  /** Rows whose balance is not the one before plus the row. */
  readonly breaks: readonly { readonly row: Row; readonly expected: bigint }[]
  /** Rows whose direction only the chain told. */
  readonly assumed: readonly Row[]
  readonly opening: bigint | null
}

/** The file's order is first to last, or last to first: the one whose chain holds. */
export function chainOf(rows: readonly Row[]): Chained {
  const forward = walk(rows)
  if (forward.breaks.length === 0 && !forward.isOut.includes(null)) return forward
  const backward = walk(rows.toReversed())
  const isBetter = backward.breaks.length === 0 && !backward.isOut.includes(null) && backward.opening !== null
  return isBetter ? { ...backward, isOut: backward.isOut.toReversed() } : forward
}

function walk(rows: readonly Row[]): Chained {
  const isOut: (boolean | null)[] = []
  const breaks: { row: Row; expected: bigint }[] = []
  const assumed: Row[] = []
  let opening: bigint | null = null
  /** The balance before the row, where it is known. */
  let before: bigint | null = null
  /** Sum of the rows since the start, until the first balance tells what the start was. */
  let since: bigint | null = 0n
  for (const row of rows) {
    let direction = row.isOut
    if (direction === null && before !== null && row.balance !== null) {
      const delta: bigint = row.balance - before
      if (delta === row.quantity.units || delta === -row.quantity.units) {
        direction = delta < 0n
        assumed.push(row)
      }
    }
    isOut.push(direction)
    const signed: bigint | null = direction === null ? null : direction ? -row.quantity.units : row.quantity.units
    since = since === null || signed === null ? null : since + signed
    const expected: bigint | null = before === null || signed === null ? null : before + signed
    if (row.balance === null) {
      before = expected
      continue
    }
    if (expected !== null && expected !== row.balance) breaks.push({ row, expected })
    if (opening === null && before === null && since !== null) opening = row.balance - since
    before = row.balance
  }
  return { isOut, breaks, assumed, opening }
}
