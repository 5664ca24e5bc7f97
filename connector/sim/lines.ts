// The bank's lines of an account as the simulated people and the oracles look at them.

import { bankDay } from '../core/bank-time'
import type { DateRange, StatementLine } from '../ports'
import type { BankLedger, BookedLine } from './bank-ledger'
import { textOf } from './oracles'
import type { Site } from './site'
import { START_MS, type World } from './world'

export function wholeRange(world: World): DateRange {
  return { from: bankDay(START_MS), to: bankDay(world.now) }
}

export function bankOf(site: Site, account: string): BankLedger | undefined {
  return site.banks.get(site.accounts.find(each => each.account === account)?.bank ?? '')
}

export function linesAt(site: Site, account: string): readonly BookedLine[] {
  return bankOf(site, account)?.lines.filter(line => line.account === account) ?? []
}

export function textOfLine({ line }: { readonly line: StatementLine }): string {
  return textOf(Object.entries(line).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
