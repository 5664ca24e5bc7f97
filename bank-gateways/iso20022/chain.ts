// Whether an account's statements fit together: each begins where the one before it ended. Days without a statement between two
// that do so had no line; a file that is missing shows as a gap. Pure.

import { parseAmount } from '../../connector/core/money'
import { Fault, type DateRange } from '../../connector/ports'
import type { StatementBalance } from '../../connector/statements/model'
import type { CamtStatement } from './codec-camt'
import { problem } from './codes'

/** A statement that came again counts once; under one id another content is a contradiction. */
export function withoutRepeats(statements: readonly CamtStatement[]): readonly CamtStatement[] {
  const byId = new Map<string, string>()
  return statements.filter(statement => {
    const content = JSON.stringify([statement.opening, statement.closing, statement.entries])
    const { reference, number, closing } = statement
    const id = reference === null ? content : JSON.stringify([reference, number, closing?.on ?? null])
    const before = byId.get(id)
    if (before === undefined) {
      byId.set(id, content)
      return true
    }
    if (before !== content) throw fault('iso20022.two_statements', closing?.on ?? '')
    return false
  })
}

/** @throws Fault when a statement that touches the range does not add up, or does not begin where the one before it ended. */
export function requireChain(statements: readonly CamtStatement[], currency: string, range: DateRange): void {
  let before: StatementBalance | null = null
  for (const statement of inOrder(statements, currency)) {
    const { opening, closing, proven } = statement
    if (touches(statement, range)) {
      if (proven === false) throw fault('iso20022.gap', closing?.on ?? '')
      if (before && opening && !isSame(before, opening, currency)) throw fault('iso20022.gap', opening.on ?? '')
    }
    before = closing ?? before
  }
}

/** By day; within a day each behind the one that ends where it begins, whatever order the files came in. */
function inOrder(statements: readonly CamtStatement[], currency: string): readonly CamtStatement[] {
  const ordered: CamtStatement[] = []
  for (const day of [...new Set(statements.map(dayOf))].sort()) {
    const waiting = statements.filter(statement => dayOf(statement) === day)
    while (waiting.length > 0) {
      const closing = ordered.at(-1)?.closing ?? null
      const fitting = waiting.findIndex(one => isSame(closing, one.opening, currency))
      // Where none goes on from before, the day begins with the one that none of its own leads to.
      const first = waiting.findIndex(one => !waiting.some(other => isSame(other.closing, one.opening, currency)))
      ordered.push(...waiting.splice(Math.max(fitting < 0 ? first : fitting, 0), 1))
    }
  }
  return ordered
}

function dayOf({ closing, entries }: CamtStatement): string {
  return closing?.on ?? entries.at(-1)?.bookedOn ?? ''
}

function touches(statement: CamtStatement, { from, to }: DateRange): boolean {
  const days = [statement.closing?.on ?? null, ...statement.entries.map(({ bookedOn }) => bookedOn)]
  return days.some(day => day !== null && day >= from && day <= to)
}

function isSame(a: StatementBalance | null, b: StatementBalance | null, currency: string): boolean {
  if (!a || !b) return false
  const [one, other] = [parseAmount(a.amount, currency), parseAmount(b.amount, currency)]
  return typeof one !== 'string' && typeof other !== 'string' && one.minor === other.minor
}

function fault(code: 'iso20022.gap' | 'iso20022.two_statements', detail: string): Fault {
  const { reason } = problem(code, detail)
  return new Fault(code, reason)
}
