// The 余额调节表 of an account at the end of a month, from the store: what one side has and the other has not at that day, by
// the days of both sides and not by when somebody matched them. It reads; it writes nothing.

import { adjustBalances, type AdjustedBalance, type OpenItem } from '../core/match/adjusted-balance'
import { closingOf } from '../core/match/closing-balance'
import { addDays } from '../core/bank-time'
import { parseAmount } from '../core/money'
import type { StoredLine, StoredLedgerLine, StoredMatch } from '../store/store'
import { accountOf, type AccountSettings, type Deps } from './deps'
import { ALL_DAYS, allOf } from './open-items'

export type GivenBalances = { readonly bankMinor: bigint | null; readonly ledgerMinor: bigint | null }

const PAGE = 2_000

/** Null where no such account is configured. A balance that is neither given nor known stays unknown. */
export async function adjustedAt(
  deps: Deps,
  account: string,
  asOf: string,
  given: GivenBalances,
): Promise<AdjustedBalance | null> {
  const settings = accountOf(deps, account)
  if (settings === null) return null
  const late = await deps.store.matches.late(account, asOf)
  const open = {
    bank: [...(await openLines(deps, settings, asOf, late)), ...(await differences(deps, settings, asOf))],
    ledger: await openLedger(deps, settings, asOf, late),
  }
  const balances = {
    bankMinor: given.bankMinor ?? (await bankBalance(deps, account, asOf)),
    ledgerMinor: given.ledgerMinor ?? (await ledgerBalance(deps, settings, asOf)),
  }
  return adjustBalances({ account, currency: settings.currency, asOf }, balances, {
    bank: open.bank.toSorted(byDay),
    ledger: open.ledger.toSorted(byDay),
  })
}

function byDay(a: OpenItem, b: OpenItem): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : 0
}

function daysOf({ reconcileFrom }: AccountSettings, asOf: string): { readonly from: string; readonly to: string } {
  return { from: reconcileFrom ?? ALL_DAYS.from, to: asOf }
}

/** Lines without a match, and those whose match was completed only later. */
async function openLines(
  deps: Deps,
  settings: AccountSettings,
  asOf: string,
  late: readonly StoredMatch[],
): Promise<readonly OpenItem[]> {
  const { open } = deps.store
  const days = daysOf(settings, asOf)
  const unmatched = await allOf(after => open.lines(settings.account, days, after, PAGE))
  const later = await open.linesByIds(late.flatMap(match => match.lineIds))
  return [...unmatched, ...later.filter(({ line }) => line.bookedOn >= days.from && line.bookedOn <= asOf)].map(
    lineItem,
  )
}

async function openLedger(
  deps: Deps,
  settings: AccountSettings,
  asOf: string,
  late: readonly StoredMatch[],
): Promise<readonly OpenItem[]> {
  const { open } = deps.store
  const days = daysOf(settings, asOf)
  const unmatched = await allOf(after => open.ledger(settings.account, days, after, PAGE))
  const ids = late.flatMap(match => match.ledgerIds)
  const later = (await open.ledgerByIds(settings.account, ids)).filter(
    line => !line.isGone && line.date >= days.from && line.date <= asOf,
  )
  return [...unmatched, ...later].map(ledgerItem)
}

/** What the bank has and the ledger has not within a match: a tolerance, a fee that a person named, a line that the ERP changed. */
async function differences(deps: Deps, { account, reconcileFrom }: AccountSettings, asOf: string) {
  const matches = await deps.store.matches.differing(account, asOf)
  return matches
    .filter(match => reconcileFrom === undefined || match.closesOn >= reconcileFrom)
    .map((match): OpenItem => ({
      ...{ id: `#${match.id}`, date: match.closesOn, minor: match.differenceMinor },
      ...{ reference: match.differenceAccount, counterparty: '' },
      text: `勾对 ${match.id} 的差额：${match.reason} (difference within match ${match.id})`,
    }))
}

export function lineItem({ id, line }: StoredLine): OpenItem {
  const { bookedOn: date, amount, counterName, purpose, text } = line
  const reference = line.reference || line.bankSerial || (line.bankId ?? '')
  return { id, date, minor: amount.minor, reference, counterparty: counterName, text: `${purpose} ${text}`.trim() }
}

export function ledgerItem({ id, date, amount, reference, counterparty, text, voucherNo }: StoredLedgerLine): OpenItem {
  return { id, date, minor: amount.minor, reference: voucherNo || reference, counterparty, text }
}

/** How far back the last line may lie: few days of a busy account, long ones of a quiet one. */
const LOOK_BACK_DAYS = [7, 31, 366] as const
/** A day that ends where it began leaves the answer to the day before. */
const DAYS_TRIED = 31

/** What the bank said of the day's end, as its proof has it; else what stands behind the last lines. Null: nobody said. */
async function bankBalance(deps: Deps, account: string, asOf: string): Promise<bigint | null> {
  return (await provenBalance(deps, account, asOf)) ?? (await balanceByLines(deps, account, asOf))
}

/** A day that shares the proof of a later one has no closing balance of its own, but what it began with and its lines. */
async function provenBalance(deps: Deps, account: string, asOf: string): Promise<bigint | null> {
  const day = { from: asOf, to: asOf }
  const [row] = await deps.store.coverage.rows(account, day)
  if (row === undefined) return null
  if (row.closing !== null) return row.closing.minor
  if (row.proof !== 'proven' || row.opening === null) return null
  const lines = await deps.store.statements.list(account, day)
  return lines.reduce((total, { line }) => total + line.amount.minor, row.opening.minor)
}

/** By the balances that stand behind the lines of the last day that has any; null where they do not say. */
async function balanceByLines(deps: Deps, account: string, asOf: string): Promise<bigint | null> {
  let day = asOf
  for (let tried = 0; tried < DAYS_TRIED; tried++) {
    const lines = await lastDayOf(deps, account, day)
    const [first] = lines
    if (first === undefined) return null
    const closing = closingOf(
      lines.map(({ line }) => ({ minor: line.amount.minor, balanceAfterMinor: line.balanceAfter?.minor ?? null })),
    )
    if (closing.kind === 'known') return closing.minor
    if (closing.kind === 'unknown') return null
    day = addDays(first.line.bookedOn, -1)
  }
  return null
}

async function lastDayOf(deps: Deps, account: string, to: string): Promise<readonly StoredLine[]> {
  for (const days of LOOK_BACK_DAYS) {
    const lines = await deps.store.statements.list(account, { from: addDays(to, -days), to })
    const last = lines.at(-1)
    if (last !== undefined) return lines.filter(({ line }) => line.bookedOn === last.line.bookedOn)
  }
  return []
}

/** The opening of the configuration and what the ledger booked since; null where no opening is configured. */
async function ledgerBalance(deps: Deps, settings: AccountSettings, asOf: string): Promise<bigint | null> {
  const { account, currency, ledgerOpening, reconcileFrom } = settings
  if (ledgerOpening === undefined || reconcileFrom === undefined) return null
  const opening = parseAmount(ledgerOpening, currency)
  if (typeof opening === 'string') return null
  return opening.minor + (await deps.store.open.ledgerTotal(account, { from: reconcileFrom, to: asOf }))
}
