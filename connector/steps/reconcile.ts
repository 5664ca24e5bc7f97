// Matches an account's bank lines with the ledger's bank-deposit journal over some days, and says why for every match.

import { MATCH_RULES, matchLines } from '../core/match/match'
import type { BankSide, LedgerSide } from '../core/match/sides'
import type { DateRange } from '../ports'
import { accountOf, type Deps } from './deps'

/** Returns the number of new matches. */
export async function reconcile(deps: Deps, account: string, range: DateRange): Promise<number> {
  const settings = accountOf(deps, account)
  const bridge = settings ? deps.erps.get(settings.erp) : undefined
  if (!settings || settings.ledgerAccount === '' || !bridge?.ledger) return 0
  const lines = await deps.store.statements.list(account, range)
  const matched = await deps.store.matches.of(account, range)
  const matchedLines = new Set(matched.flatMap(match => match.lineIds))
  const matchedLedger = new Set(matched.flatMap(match => match.ledgerIds))
  const open = lines.filter(line => !matchedLines.has(line.id))
  // By what the store has, not by what a line would make: it may have been booked anew, or together with others.
  const keys = await deps.store.journals.keysOf(open.map(line => line.id))
  const bank = open.map((stored): BankSide => ({
    id: stored.id,
    date: stored.line.bookedOn,
    minor: stored.line.amount.minor,
    references: [stored.line.reference, stored.line.bankSerial, stored.line.bankId ?? ''],
    counterparty: stored.line.counterName,
    counterAccount: stored.line.counterAccount,
    text: `${stored.line.purpose} ${stored.line.text}`,
    entryKey: keys.get(stored.id) ?? null,
  }))
  if (bank.length === 0) return 0
  const ledger: LedgerSide[] = []
  for await (const line of bridge.ledger(settings.ledgerAccount, range))
    if (!matchedLedger.has(line.id)) ledger.push({ ...line, minor: line.amount.minor })
  const found = matchLines(bank, ledger, []).matches
  const count = await deps.store.matches.save(
    found.map(match => ({ ...match, account, ruleVersion: MATCH_RULES })),
    deps.clock.now(),
  )
  if (count > 0) deps.tell({ kind: 'matched', account, count })
  return count
}
