// A camt statement, report or notification: whose account, and which of its balances open and close it.

import { readQuantity } from '../amount'
import { openLedger, type Balance, type Ledger, type ParserContext } from '../ledger'
import type { StatementHead } from '../model'
import { dateOfIso } from '../dates'
import { cleaned, quoted, tooLong } from '../text'
import type { Fields } from './shape'

export type StatementUnderWay = {
  readonly ledger: Ledger
  /** The account's own identification, to tell which party of a transaction is the other. */
  account(): string | null
  /** The currency of the first entry stands in where neither the account nor a balance has one. */
  sawCurrency(currency: string): void
  balance(fields: Fields): void
  end(): void
}

/** Several a day over a year, in several currencies. */
const MAX_BALANCES = 10_000

type Typed = Balance & { readonly type: string; readonly includesCredit: boolean }
type Place = () => { readonly line: number; readonly element: string }

export function startStatement(context: ParserContext, fields: Fields, place: Place): StatementUnderWay {
  const { emit, warn } = context
  const balances: Typed[] = []
  let entryCurrency: string | null = null
  const account = (): string | null => fields['accountIban'] ?? fields['accountNumber'] ?? null
  const head = (): Omit<StatementHead, 'opening'> => ({
    account: account(),
    bank: fields['servicerBic'] ?? fields['servicerCode'] ?? fields['servicerBankName'] ?? null,
    currency: cleaned(fields['currency']) ?? balances[0]?.currency ?? entryCurrency,
    number: fields['number'] ?? fields['legalNumber'] ?? null,
    reference: fields['reference'] ?? null,
  })
  const pick = (): Picked => pickBalances(balances, head().currency)
  const ledger = openLedger(emit, warn, () => {
    const { opening } = pick()
    return { ...head(), opening: opening && { on: opening.on, amount: shown(opening) } }
  })
  return {
    ledger,
    account,
    sawCurrency: currency => void (entryCurrency ??= currency),
    balance(found) {
      if (balances.length >= MAX_BALANCES) throw tooLong(place().line, place().element)
      const read = readBalance(found)
      if (read !== null) {
        balances.push(read)
        const { type, currency, includesCredit } = read
        context.sawBalance?.({ type, at: found['on'] ?? null, amount: shown(read), currency, includesCredit })
      } else
        warn(
          'error',
          'BALANCE_UNREADABLE',
          place().line,
          `余额 ${found['type'] ?? '?'} 不可读：${quoted(found['amount'] ?? '')} / balance ${found['type'] ?? '?'} cannot be read`,
        )
    },
    end() {
      if (account() === null)
        warn('warning', 'FIELD_MISSING', place().line, '对账单没有账号 / the statement names no account')
      const { opening, closing } = pick()
      ledger.end(head(), opening, closing, place().line)
    },
  }
}

function readBalance(fields: Fields): Typed | null {
  const currency = cleaned(fields['amountCcy'])
  const quantity = readQuantity(fields['amount'] ?? '', '.', currency)
  const indicator = fields['indicator']
  // Some banks leave the indicator out, which the definition has not foreseen; a balance without a sign is no balance.
  if (quantity === null || (indicator !== 'CRDT' && indicator !== 'DBIT')) return null
  return {
    type: (fields['type'] ?? '').toUpperCase(),
    includesCredit: isTrue(fields['includesCredit']),
    on: fields['on'] === undefined ? null : dateOfIso(fields['on']),
    quantity,
    isDebit: indicator === 'DBIT',
    currency,
  }
}

type Picked = { readonly opening: Balance | null; readonly closing: Balance | null }

/**
 * Opening: OPBD, else PRCD (the closing balance before this statement). Closing: CLBD. A page of a statement, and an
 * account report, has interim balances (ITBD) where the others are missing: the first opens, the last closes.
 * Balances that count a credit line in, or are in another currency than the account, come last.
 */
function pickBalances(all: readonly Typed[], currency: string | null): Picked {
  const own = preferring(
    preferring(all, one => one.currency === currency),
    one => !one.includesCredit,
  )
  const pool = own.length > 0 ? own : all
  const find = (...types: readonly string[]): Typed[] => {
    for (const type of types) {
      const found = pool.filter(one => one.type === type)
      const others = found.length > 0 ? found : all.filter(one => one.type === type)
      if (others.length > 0) return others
    }
    return []
  }
  const interim = find('ITBD', 'INTM')
  const openings = find('OPBD', 'PRCD')
  const closings = find('CLBD')
  const isSpare = (needed: number): boolean => interim.length >= needed
  const opening = earliest(openings) ?? (isSpare(closings.length > 0 ? 1 : 2) ? (interim[0] ?? null) : null)
  const closing = latest(closings) ?? interim.at(-1) ?? null
  return { opening, closing }
}

function preferring(all: readonly Typed[], isWanted: (one: Typed) => boolean): readonly Typed[] {
  const wanted = all.filter(isWanted)
  return wanted.length > 0 ? wanted : all
}

/** A file over several days may carry each day's balances: the first of the first day, the last of the last. */
function earliest(balances: readonly Typed[]): Typed | null {
  return balances.reduce<Typed | null>(
    (best, one) => (best === null || (one.on ?? '') < (best.on ?? '') ? one : best),
    null,
  )
}

function latest(balances: readonly Typed[]): Typed | null {
  return balances.reduce<Typed | null>(
    (best, one) => (best === null || (one.on ?? '') >= (best.on ?? '') ? one : best),
    null,
  )
}

function shown(balance: Balance): string {
  return balance.isDebit && balance.quantity.units !== 0n ? `-${balance.quantity.text}` : balance.quantity.text
}

export function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1'
}
