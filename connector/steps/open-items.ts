// What is open on both sides of an account, as the passes see it, and what they say of it. Reads the store, writes nothing.

import { keepApart } from '../core/match/apart'
import { matchLines, type Reconciliation } from '../core/match/match'
import { ruleVersionOf, type MatchSettings } from '../core/match/settings'
import type { BankSide, LedgerSide } from '../core/match/sides'
import type { ToleranceRule } from '../core/match/tolerance'
import { parseAmount } from '../core/money'
import type { ErpBridge, LedgerLine } from '../ports'
import type { After, OpenPage, StoredLine } from '../store/store'
import { accountOf, type AccountSettings, type Deps } from './deps'

/** Items of one page. */
const PAGE = 2_000
/** Before any day and behind every day of a bank. */
export const ALL_DAYS = { from: '0001-01-01', to: '9999-12-31' }

export type Reconciled = {
  readonly settings: AccountSettings
  readonly ledger: NonNullable<ErpBridge['ledger']>
}

/** Null where the account has no ledger account, or its ERP shows no ledger. */
export function reconciledAccount(deps: Deps, account: string): Reconciled | null {
  const settings = accountOf(deps, account)
  const bridge = settings ? deps.erps.get(settings.erp) : undefined
  if (!settings || settings.ledgerAccount === '' || bridge?.ledger === undefined) return null
  return { settings, ledger: bridge.ledger.bind(bridge) }
}

/** The site's settings as they apply to one account. */
export function matchSettingsOf(deps: Deps, { account, currency }: AccountSettings): MatchSettings {
  const { rules, without, sumCandidates } = deps.settings.reconciliation
  const own = rules.filter(rule => rule.accounts.length === 0 || rule.accounts.includes(account))
  return {
    without,
    sumCandidates,
    rules: own.flatMap(({ name, requires, days, amount }): readonly ToleranceRule[] => {
      const tolerated = parseAmount(amount, currency)
      // The configuration refuses such an amount; a rule that cannot be read tolerates nothing.
      return typeof tolerated === 'string' ? [] : [{ name, requires, days, minor: tolerated.minor }]
    }),
  }
}

/** As the passes see it, and what a person finds it by. */
export type OpenLedgerLine = LedgerSide & Pick<LedgerLine, 'voucherNo'>
export type Sides = { readonly bank: readonly BankSide[]; readonly ledger: readonly OpenLedgerLine[] }

/** What the store knows to be open, of days from the account's start on. */
export async function openSides(deps: Deps, settings: AccountSettings): Promise<Sides> {
  const days = { from: settings.reconcileFrom ?? ALL_DAYS.from, to: ALL_DAYS.to }
  const { open } = deps.store
  const bank = await allOf(after => open.lines(settings.account, days, after, PAGE))
  const ledger = await allOf(after => open.ledger(settings.account, days, after, PAGE))
  // By what the store has, not by what a line would make: it may have been booked anew, or together with others.
  const keys = await deps.store.journals.keysOf(bank.map(line => line.id))
  return { bank: bank.map(line => bankSideOf(line, keys.get(line.id) ?? null)), ledger: ledger.map(ledgerSideOf) }
}

export async function allOf<T>(pageAfter: (after: After) => Promise<OpenPage<T>>): Promise<readonly T[]> {
  const items: T[] = []
  let after: After = null
  do {
    const page: OpenPage<T> = await pageAfter(after)
    for (const item of page.items) items.push(item)
    after = page.next
  } while (after !== null)
  return items
}

export type Judged = Reconciliation & { readonly ruleVersion: string }

/** The passes over these sides, but for what a person took apart. */
export async function judge(deps: Deps, settings: AccountSettings, sides: Sides): Promise<Judged> {
  const matching = matchSettingsOf(deps, settings)
  const { bank, ledger } = await withReversals(deps, sides)
  const found = matchLines(bank, ledger, matching)
  const undone = await deps.store.matches.undone(settings.account)
  return { ...keepApart(found, undone), ruleVersion: ruleVersionOf(matching) }
}

/** What a person took back belongs to its bank line no more, but to the red entry that takes it back. */
async function withReversals(deps: Deps, { bank, ledger }: Sides): Promise<Sides> {
  const keys = new Set([...bank, ...ledger].flatMap(line => line.entryKey ?? []))
  const redOf = await deps.store.journals.takenBack([...keys])
  if (redOf.size === 0) return { bank, ledger }
  const originalOf = new Map([...redOf].map(([original, red]) => [red, original]))
  return {
    bank: bank.map(line => (redOf.has(line.entryKey ?? '') ? { ...line, entryKey: null } : line)),
    ledger: ledger.map(line => {
      const reverses = originalOf.get(line.entryKey ?? '')
      return reverses === undefined ? line : { ...line, reverses }
    }),
  }
}

export function bankSideOf(stored: StoredLine, entryKey: string | null): BankSide {
  const { line } = stored
  return {
    id: stored.id,
    date: line.bookedOn,
    minor: line.amount.minor,
    references: [line.reference, line.bankSerial, line.bankId ?? ''],
    counterparty: line.counterName,
    counterAccount: line.counterAccount,
    text: `${line.purpose} ${line.text}`,
    entryKey,
  }
}

export function ledgerSideOf(line: LedgerLine): OpenLedgerLine {
  const { id, date, amount, reference, counterparty, text, entryKey, voucherNo } = line
  return { id, date, minor: amount.minor, reference, counterparty, text, entryKey, voucherNo }
}
