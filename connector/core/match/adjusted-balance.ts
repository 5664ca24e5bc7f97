// 银行存款余额调节表: both balances adjusted by the open items of the other side. Equal, or the difference is shown; it is
// never explained away.

export type OpenItem = {
  readonly id: string
  readonly date: string
  /** From the account's view: money out is negative. */
  readonly minor: bigint
  readonly reference: string
  readonly counterparty: string
  readonly text: string
}

export type AdjustedBalance = {
  readonly account: string
  readonly currency: string
  /** The day at whose end the balances are taken, `yyyy-MM-dd`. */
  readonly asOf: string
  readonly ledger: Side
  readonly bank: Side
  /** Adjusted ledger minus adjusted bank; zero when the account reconciles. Null where a balance is not known. */
  readonly differenceMinor: bigint | null
}

export type Side = {
  /** Null where nobody gave it. */
  readonly balanceMinor: bigint | null
  /** What the other side has received, resp. paid, and this one has not. */
  readonly add: Items
  readonly subtract: Items
  readonly adjustedMinor: bigint | null
}

/** `totalMinor` is a magnitude: never negative. */
export type Items = { readonly items: readonly OpenItem[]; readonly totalMinor: bigint }

export type Open = { readonly bank: readonly OpenItem[]; readonly ledger: readonly OpenItem[] }
export type Balances = { readonly bankMinor: bigint | null; readonly ledgerMinor: bigint | null }

export function adjustBalances(
  account: { readonly account: string; readonly currency: string; readonly asOf: string },
  balances: Balances,
  open: Open,
): AdjustedBalance {
  const ledger = sideOf(balances.ledgerMinor, open.bank)
  const bank = sideOf(balances.bankMinor, open.ledger)
  const isKnown = ledger.adjustedMinor !== null && bank.adjustedMinor !== null
  return {
    ...account,
    ledger,
    bank,
    differenceMinor: isKnown ? (ledger.adjustedMinor ?? 0n) - (bank.adjustedMinor ?? 0n) : null,
  }
}

function sideOf(balanceMinor: bigint | null, others: readonly OpenItem[]): Side {
  const add = totalOf(others.filter(item => item.minor > 0n))
  const subtract = totalOf(others.filter(item => item.minor < 0n))
  const adjustedMinor = balanceMinor === null ? null : balanceMinor + add.totalMinor - subtract.totalMinor
  return { balanceMinor, add, subtract, adjustedMinor }
}

function totalOf(items: readonly OpenItem[]): Items {
  const sum = items.reduce((total, item) => total + item.minor, 0n)
  return { items, totalMinor: sum < 0n ? -sum : sum }
}

/** Its name says the direction: amounts are magnitudes. */
export type OpenClass = {
  readonly zh: string
  readonly en: string
  readonly items: readonly OpenItem[]
  readonly totalMinor: bigint
}

/** The four classes of open items (未达账项), the two that adjust the ledger first. */
export function classesOf({ ledger, bank }: AdjustedBalance): readonly OpenClass[] {
  return [
    { zh: '银行已收企业未收', en: 'received by the bank, not booked', ...magnitudes(ledger.add) },
    { zh: '银行已付企业未付', en: 'paid by the bank, not booked', ...magnitudes(ledger.subtract) },
    { zh: '企业已收银行未收', en: 'booked as received, not at the bank', ...magnitudes(bank.add) },
    { zh: '企业已付银行未付', en: 'booked as paid, not at the bank', ...magnitudes(bank.subtract) },
  ]
}

function magnitudes({ items, totalMinor }: Items): Items {
  return { items: items.map(item => ({ ...item, minor: item.minor < 0n ? -item.minor : item.minor })), totalMinor }
}
