// Finds the heading row of a table and what each column is. A table without a day and an amount is no statement, and
// neither is the ledger that `yinqi reconcile` reads.

import { headingOf } from './cells'
import { sideOf, USUAL_NAMES, USUAL_PATTERNS, type Field } from './fields'
import { chooseProfile, USUAL, type Profile } from './profile'
import { PROFILES } from './profiles/registry'

export type Layout = {
  readonly profile: Profile
  readonly headings: readonly string[]
  /** The columns that may hold a field, the most trusted first. */
  readonly columns: ReadonlyMap<Field, readonly number[]>
  /** Only the title or the card's digits call it a card's; no profile does. */
  readonly isCardByLooks: boolean
  /** Rows that the headings take: two where sides stand under a common heading. */
  readonly rows: 1 | 2
}

/** A bank's export has some twenty columns, the widest known forty. */
export const MAX_COLUMNS = 256

/** What a table must have, as a person reads it when nothing was found. */
export const NEEDED =
  '交易日期/记账日期/日期 + 借方发生额/贷方发生额、收入/支出 或 交易金额 + 余额/摘要/对方户名/流水号/借贷标志'

/** The layout that these headings have, or null. `next` is the row below; `title` is what stands above. */
export function layoutOf(cells: readonly string[], next: readonly string[] | null, title: string): Layout | null {
  if (cells.length < 3) return null
  const single = cells.slice(0, MAX_COLUMNS).map(headingOf)
  const double = next === null ? null : joined(single, next.slice(0, MAX_COLUMNS).map(headingOf))
  if (double !== null) {
    const layout = assigned(double, title, 2)
    if (layout !== null) return layout
  }
  return assigned(single, title, 1)
}

/** `发生额` above `借方` and `贷方`; null where the next row is no heading. */
function joined(upper: readonly string[], lower: readonly string[]): readonly string[] | null {
  const words = lower.filter(word => word !== '')
  if (words.length < 2 || words.some(word => /\d/.test(word)) || !words.some(word => sideOf(word) !== null)) return null
  if (upper.some(heading => sideOf(heading) !== null)) return null
  if (!columnsOf(upper, USUAL).has('date') || columnsOf(lower, USUAL).has('date')) return null
  let above = ''
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, index) => {
    above = upper[index] || above
    const below = lower[index] ?? ''
    return below === '' ? (upper[index] ?? '') : `${above}(${below})`
  })
}

function assigned(headings: readonly string[], title: string, rows: 1 | 2): Layout | null {
  const known = new Set(headings.filter(heading => heading !== ''))
  if (known.size < 3) return null
  const profile = chooseProfile(PROFILES, known, title)
  const columns = columnsOf(headings, profile)
  const has = (...fields: readonly Field[]): boolean => fields.some(field => columns.has(field))
  if (!has('date') || !has('in', 'out', 'amount') || isLedger(known, columns)) return null
  const isExplained = has('balance', 'text', 'direction', 'counterName', 'counterAccount', 'bankReference', 'type')
  if (!isExplained) return null
  const kind = kindOf(profile, known, columns, title)
  const isCardByLooks = kind === 'card' && profile.kind !== 'card'
  return { profile: { ...profile, kind }, headings, columns, isCardByLooks, rows }
}

/** Cards and wallets that have no profile show in the title and in 收/支 beside a status or a means of payment. */
function kindOf(
  profile: Profile,
  headings: ReadonlySet<string>,
  columns: ReadonlyMap<Field, readonly number[]>,
  title: string,
): Profile['kind'] {
  const isOneAmount = !(['in', 'out', 'direction'] as const).some(field => columns.has(field))
  // A card's bill has one amount, and what was spent is positive. Without a title it shows in the card's last digits, or
  // in the currency of the purchase beside that of the bill.
  const isBill = title.includes('信用卡') || (!columns.has('balance') && hasCardColumns(headings))
  if (profile.kind === 'account' && isOneAmount && isBill) return 'card'
  const isWallet = headings.has('收/支') && (columns.has('status') || columns.has('method'))
  return profile.code === null && isWallet ? 'wallet' : profile.kind
}

function hasCardColumns(headings: ReadonlySet<string>): boolean {
  const known = [...headings]
  const isTwoCurrencies = known.some(one => /^交易(?:币种|货币)$/.test(one))
  return (
    known.some(one => /^卡号?(?:末|后)四位$/.test(one)) ||
    (isTwoCurrencies && known.some(one => /^(?:入账|结算)(?:币种|货币)$/.test(one)))
  )
}

/** Columns that vouchers and ledgers of a company have, and no bank. */
const BOOK_HEADINGS = ['会计科目', '科目', '科目名称', '科目编码', '科目代码', '凭证字', '凭证字号']

/**
 * The journal of `yinqi reconcile`: an identifier, a day and one amount, and nothing that only a bank has; and a company's
 * own books.
 */
function isLedger(headings: ReadonlySet<string>, columns: ReadonlyMap<Field, readonly number[]>): boolean {
  const has = (...names: readonly string[]): boolean => names.some(name => headings.has(name))
  const isBanks = (['in', 'out', 'balance', 'direction', 'counterAccount', 'bankReference'] as const).some(field =>
    columns.has(field),
  )
  return has(...BOOK_HEADINGS) || (has('id', '编号', '序号', '行号') && has('amount', '金额') && !isBanks)
}

function columnsOf(headings: readonly string[], profile: Profile): ReadonlyMap<Field, readonly number[]> {
  const columns = new Map<Field, number[]>()
  const taken = new Set<number>()
  const take = (field: Field, index: number): void => {
    if (taken.has(index)) return
    taken.add(index)
    columns.set(field, [...(columns.get(field) ?? []), index])
  }
  for (const names of [profile.columns, USUAL_NAMES])
    for (const [field, wanted] of Object.entries(names) as [Field, readonly string[]][])
      for (const name of wanted) headings.forEach((heading, index) => heading === name && take(field, index))
  headings.forEach((heading, index) => {
    const side = sideOf(heading)
    if (side !== null) take(side, index)
  })
  for (const { field, like, other } of USUAL_PATTERNS)
    headings.forEach((heading, index) => like.test(heading) && other?.test(heading) !== true && take(field, index))
  // `收入/支出` holds the amounts, with a sign, where no other column does.
  const words = columns.get('direction') ?? []
  if (!(['in', 'out', 'amount'] as const).some(field => columns.has(field)) && words.length === 1) {
    columns.delete('direction')
    columns.set('amount', words)
  }
  // What was booked, not what came in, where nothing goes out.
  const booked = columns.get('in') ?? []
  if (!columns.has('out') && booked.length > 0 && booked.every(index => headings[index]?.includes('入账'))) {
    columns.delete('in')
    columns.set('amount', [...booked, ...(columns.get('amount') ?? [])])
  }
  return columns
}
