// The statements of a table: one for each account and currency its rows name. The first is passed on as it is read;
// rows of others are held until it ends, within a stated bound.

import { formatUnits, type Quantity } from '../amount'
import { openLedger, type Balance, type Ledger, type ParserContext } from '../ledger'
import { StatementFileError, type Emit, type Entry, type StatementHead } from '../model'
import { createChain, type Chain, type ChainResult } from './chain'
import type { ReadMoney } from './cells'
import type { Preamble } from './preamble'
import type { Profile } from './profile'

export type Groups = {
  /** Begins a table's statements; those of the table before are ended. */
  open(preamble: Preamble, profile: Profile): void
  add(account: string | null, entry: Entry, units: bigint, line: number): void
  end(): Proof
}

/** What the balance columns of all tables say of their rows: all fit; or all would, had money gone the other way. */
export type Proof = { readonly isWhole: boolean; readonly isMirrored: boolean }

type Held = { readonly entry: Entry; readonly units: bigint; readonly line: number }

type Group = {
  readonly account: string | null
  readonly currency: string | null
  readonly ledger: Ledger
  readonly chain: Chain
  readonly held: Held[]
  readonly proof: { hasGap: boolean }
  lastLine: number
}

type Section = { readonly preamble: Preamble; readonly profile: Profile; readonly groups: Map<string, Group> }

/** Some hundred megabytes; a file of several accounts in one table is a person's download, not an archive. */
export const MAX_HELD_ENTRIES = 100_000

export function openGroups(context: ParserContext): Groups {
  let section: Section | null = null
  let held = 0
  let proof: Proof = { isWhole: true, isMirrored: false }
  const close = (): void => {
    if (section === null) return
    if (section.groups.size === 0) groupOf(context, section, section.preamble.account, emptyCurrency(section))
    for (const group of section.groups.values()) {
      const one = endGroup(context, section, group)
      proof = { isWhole: proof.isWhole && one.isWhole, isMirrored: proof.isMirrored || one.isMirrored }
    }
    held = 0
  }
  return {
    open(preamble, profile) {
      close()
      section = { preamble, profile, groups: new Map() }
    },
    add(account, entry, units, line) {
      if (section === null) return
      const group = groupOf(context, section, account, entry.currency)
      if (entry.status === 'booked') group.chain.add(units, unitsOfText(entry), { on: entry.bookedOn, line })
      group.lastLine = line
      if (section.groups.values().next().value === group) return group.ledger.entry(entry, units, line)
      group.held.push({ entry, units, line })
      if (++held > MAX_HELD_ENTRIES) throw tooMany(line)
    },
    end() {
      close()
      return proof
    },
  }
}

function emptyCurrency({ preamble, profile }: Section): string | null {
  return preamble.currency ?? profile.currency
}

function groupOf(
  { emit, warn }: ParserContext,
  section: Section,
  account: string | null,
  currency: string | null,
): Group {
  const key = `${account ?? ''}|${currency ?? ''}`
  const found = section.groups.get(key)
  if (found) return found
  const proof = { hasGap: false }
  // A break in the balance column leaves nothing proven, also where the ends happen to agree.
  const judged: Emit = event =>
    emit(event.kind === 'end' && proof.hasGap ? { ...event, statement: { ...event.statement, proven: false } } : event)
  const group: Group = {
    account,
    currency,
    ledger: openLedger(judged, warn, () => ({ ...headOf(section, account, currency), opening: null })),
    chain: createChain(),
    held: [],
    proof,
    lastLine: 1,
  }
  section.groups.set(key, group)
  return group
}

function headOf({ profile }: Section, account: string | null, currency: string | null): Omit<StatementHead, 'opening'> {
  return { account, bank: profile.code, currency, number: null, reference: null }
}

function endGroup(context: ParserContext, section: Section, group: Group): Proof {
  for (const { entry, units, line } of group.held) group.ledger.entry(entry, units, line)
  const result = group.chain.finish()
  tellGaps(context, group, result)
  group.proof.hasGap = result.gapCount > 0
  // Balances beside the table are one account's: with several accounts it is not said whose.
  const stated = section.groups.size === 1 ? section.preamble : null
  const { currency } = group
  const opening = balanceOf(stated?.opening ?? null, stated?.from ?? result.opening?.on ?? null, currency)
  const closing = balanceOf(stated?.closing ?? null, stated?.to ?? result.closing?.on ?? null, currency)
  group.ledger.end(
    headOf(section, group.account, currency),
    opening ?? derived(result.opening, currency),
    closing ?? derived(result.closing, currency),
    group.lastLine,
  )
  const isWhole = result.opening !== null && result.closing !== null && result.gapCount === 0
  return { isWhole, isMirrored: result.isMirrored }
}

function balanceOf(money: ReadMoney | null, on: string | null, currency: string | null): Balance | null {
  return money && { on, quantity: money.quantity, isDebit: money.isNegative, currency }
}

function derived(end: ChainResult['opening'], currency: string | null): Balance | null {
  if (end === null) return null
  const units = end.units < 0n ? -end.units : end.units
  const quantity: Quantity = { units, text: formatUnits(units, currency) }
  return { on: end.on, quantity, isDebit: end.units < 0n, currency }
}

function tellGaps({ warn }: ParserContext, group: Group, { gaps, gapCount }: ChainResult): void {
  for (const { line, expected, found } of gaps) {
    const [wanted, shown] = [formatUnits(expected, group.currency), formatUnits(found, group.currency)]
    warn(
      'error',
      'BALANCE_GAP',
      line,
      `余额栏在此断开：应为 ${wanted}，实为 ${shown} / the balance column breaks here: ${wanted} was to be expected, ${shown} stands there`,
    )
  }
  const more = gapCount - gaps.length
  if (more > 0)
    warn('error', 'BALANCE_GAP', null, `余额栏另有 ${more} 处断开 / the balance column breaks in ${more} more places`)
}

/** The balance behind an entry, in the units of amounts. */
function unitsOfText({ balanceAfter }: Entry): bigint | null {
  if (balanceAfter === null) return null
  const isNegative = balanceAfter.startsWith('-')
  const [whole = '0', fraction = ''] = balanceAfter.replace('-', '').split('.')
  const units = BigInt(whole + fraction.padEnd(5, '0'))
  return isNegative ? -units : units
}

function tooMany(line: number): StatementFileError {
  return new StatementFileError(
    'STATEMENT_TOO_LARGE',
    `一张表里有多个账户或币种时，第一个之外最多 ${MAX_HELD_ENTRIES} 笔；请按账户分别导出 / where one table holds several accounts or currencies, at most ${MAX_HELD_ENTRIES} entries besides the first one's: export each account on its own`,
    { line },
  )
}
