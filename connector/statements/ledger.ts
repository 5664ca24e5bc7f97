// One statement under construction: passes entries on, adds the booked ones up, and says at the end whether opening
// plus entries is closing (I9). It must never call a statement proven that it could not add up.

import { formatUnits, signed, type Quantity } from './amount'
import type { Emit, Entry, Problem, StatementFormat, StatementHead } from './model'

/** What a parser is given: the format that was detected, and where its events and problems go. */
export type ParserContext = {
  readonly format: StatementFormat
  readonly emit: Emit
  readonly warn: Warn
  /** Told of every balance of a camt file, the available ones too: the events only name those that open and close it. */
  readonly sawBalance?: (balance: WrittenBalance) => void
}

/** `amount` is signed decimal text; `at` is a day or an instant, as the bank wrote it. */
export type WrittenBalance = {
  readonly type: string
  readonly at: string | null
  readonly amount: string
  readonly currency: string | null
  readonly includesCredit: boolean
}

/** A balance as the bank wrote it. */
export type Balance = {
  readonly on: string | null
  readonly quantity: Quantity
  readonly isDebit: boolean
  readonly currency: string | null
}

export type Ledger = {
  entry(entry: Entry, units: bigint, line: number): void
  /** Ends the statement. `line` is where its closing balance, or its end, stands. */
  end(head: Omit<StatementHead, 'opening'>, opening: Balance | null, closing: Balance | null, line: number): void
}

/** `head` is asked once, when the first entry comes. */
export function openLedger(emit: Emit, warn: Warn, head: () => StatementHead): Ledger {
  let total = 0n
  let isOpen = false
  const currencies = new Set<string>()
  let lastCurrency: string | null = null
  return {
    entry(entry, units, line) {
      if (!isOpen) emit({ kind: 'statement', statement: head() })
      isOpen = true
      if (entry.status === 'booked') {
        total += units
        if (entry.currency !== null && entry.currency !== lastCurrency && currencies.size < 10)
          currencies.add(entry.currency)
        lastCurrency = entry.currency
      }
      emit({ kind: 'entry', entry, line })
    },
    end(known, opening, closing, line) {
      const statement = { ...known, opening: shown(opening) }
      if (!isOpen) emit({ kind: 'statement', statement })
      const proven = prove(opening, closing, total, currencies, known, line, warn)
      emit({ kind: 'end', statement: { ...statement, closing: shown(closing), proven } })
    },
  }
}

/** More problems than a person reads are counted, not listed: a hostile file could name one a byte. */
const MAX_PROBLEMS = 500

export type Warn = ((
  severity: Problem['severity'],
  code: Problem['code'],
  line: number | null,
  text: string,
) => void) & {
  /** Says how many were not listed. */
  readonly finish: () => void
}

export function createWarn(emit: Emit): Warn {
  let [gaps, others] = [0, 0]
  const warn = (severity: Problem['severity'], code: Problem['code'], line: number | null, text: string): void => {
    // A gap in the balances is what a person must see: other problems do not crowd it out.
    const isListed = code === 'BALANCE_GAP' ? gaps++ < MAX_PROBLEMS : others++ < MAX_PROBLEMS
    if (isListed) emit({ kind: 'problem', problem: { severity, line, code, text } })
  }
  return Object.assign(warn, {
    finish: () => {
      const more = Math.max(gaps - MAX_PROBLEMS, 0) + Math.max(others - MAX_PROBLEMS, 0)
      if (more === 0) return
      const text = `另有 ${more} 个问题未列出 / ${more} more problems are not listed`
      emit({ kind: 'problem', problem: { severity: 'warning', line: null, code: 'PROBLEMS_OMITTED', text } })
    },
  })
}

function prove(
  opening: Balance | null,
  closing: Balance | null,
  total: bigint,
  currencies: ReadonlySet<string>,
  known: Omit<StatementHead, 'opening'>,
  line: number,
  warn: Warn,
): boolean | null {
  if (opening === null || closing === null) return null
  const all = new Set(currencies)
  for (const balance of [opening, closing]) if (balance.currency !== null) all.add(balance.currency)
  if (all.size > 1) {
    const names = [...all].toSorted().join(', ')
    warn(
      'error',
      'CURRENCY_MIXED',
      line,
      `账户 ${known.account ?? '?'} 的余额与明细币种不一致（${names}），无法核对 / balances and entries of account ${known.account ?? '?'} are in several currencies (${names}): not proven`,
    )
    return false
  }
  const gap = unitsOf(closing) - unitsOf(opening) - total
  if (gap === 0n) return true
  const currency = opening.currency
  const [from, sum, to, rest] = [unitsOf(opening), total, unitsOf(closing), gap].map(units =>
    formatUnits(units, currency),
  )
  warn(
    'error',
    'BALANCE_GAP',
    line,
    `账户 ${known.account ?? '?'}：期初 ${from} + 明细 ${sum} ≠ 期末 ${to}，差 ${rest} / account ${known.account ?? '?'}: opening ${from} + entries ${sum} is not closing ${to}; ${rest} is missing`,
  )
  return false
}

function unitsOf(balance: Balance): bigint {
  return balance.isDebit ? -balance.quantity.units : balance.quantity.units
}

function shown(balance: Balance | null): { on: string | null; amount: string } | null {
  return balance && { on: balance.on, amount: signed(balance.quantity, balance.isDebit) }
}
