// The two sides of a reconciliation for the benchmark, as real ones look: our own entries, serials, document numbers in
// texts, a few customers with many payments, round amounts that repeat, collective payments, twins, and what stays open.

import { addDays } from '../core/bank-time'
import type { BankSide, LedgerSide } from '../core/match/sides'

export type Sides = { readonly bank: readonly BankSide[]; readonly ledger: readonly LedgerSide[] }

/** Lines a day: a busy account's million is a year and a half. */
const PER_DAY = 2_000
const FIRST_DAY = '2024-01-02'
/** Lines that share the names of the day: one customer pays several times. */
const CUSTOMERS = 4_000

/** About `count` lines on each side, in no helpful order; the same for the same number. */
export function reconcileSides(count: number): Sides {
  const random = generator(count)
  const bank: BankSide[] = []
  const ledger: LedgerSide[] = []
  for (let index = 0; Math.max(bank.length, ledger.length) < count; index++) add(bank, ledger, index, random)
  return { bank: shuffled(bank.slice(0, count), random), ledger: shuffled(ledger.slice(0, count), random) }
}

function add(bank: BankSide[], ledger: LedgerSide[], index: number, random: (below: number) => number): void {
  const date = addDays(FIRST_DAY, Math.floor(index / PER_DAY))
  const customer = `${CITIES[index % CITIES.length]}第${random(CUSTOMERS)}贸易有限公司`
  const minor = amountOf(random)
  const line = (change: Partial<BankSide>, to = minor): void =>
    void bank.push({
      ...{ id: `${bank.length + 1}`, date, minor: to, references: ['', `SER${index}`], counterparty: customer },
      ...{
        counterAccount: `6222${String(random(CUSTOMERS)).padStart(12, '0')}`,
        text: '网银转账 货款',
        entryKey: null,
      },
      ...change,
    })
  const entry = (change: Partial<LedgerSide>, to = minor): void =>
    void ledger.push({
      ...{ id: `L${ledger.length + 1}`, date, minor: to, reference: '', counterparty: customer, text: '收付款' },
      ...{ entryKey: null },
      ...change,
    })
  const kind = random(100)
  if (kind < 30) {
    const entryKey = `YQ${index.toString(16).padStart(32, '0')}`
    line({ entryKey })
    entry({ entryKey, reference: `SER${index}` })
  } else if (kind < 60) {
    line({})
    entry({ reference: `ser${index} `, date: addDays(date, random(3)) })
  } else if (kind < 72) {
    line({ text: `付货款 合同HT-${index}尾款 INV${index}A` })
    entry({ text: `付 HT-${index} 货款`, date: addDays(date, random(20)) })
  } else if (kind < 84) {
    line({})
    entry({ counterparty: customer.replace('（', '(') })
  } else if (kind < 88) {
    const odd = minor + BigInt(random(99_999))
    line({ counterparty: '', counterAccount: '' }, odd)
    entry({}, odd)
  } else if (kind < 90) {
    // One collective debit, booked part by part.
    line({ references: [`BATCH-${index}`] }, minor * 3n)
    for (let part = 0; part < 3; part++) entry({ reference: `BATCH-${index}` })
  } else if (kind < 92) {
    // One entry for several credits of one customer on one day.
    line({}, minor)
    line({}, minor + 7n)
    entry({}, 2n * minor + 7n)
  } else if (kind < 95) {
    // Twins on one day: nobody can tell them apart.
    for (let twin = 0; twin < 2; twin++) {
      line({ references: [] })
      entry({})
    }
  } else if (kind < 98) line({})
  else entry({})
}

const CITIES = ['上海', '北京', '深圳', '苏州', '宁波', '成都', '武汉', '西安', '青岛'] as const

/** Half of them round, so that the same amount stands on a day many times over. */
function amountOf(random: (below: number) => number): bigint {
  const sign = random(2) === 0 ? 1n : -1n
  const minor = random(2) === 0 ? BigInt(1 + random(500)) * 10_000n : BigInt(1 + random(90_000_000))
  return sign * minor
}

function shuffled<T>(items: T[], random: (below: number) => number): readonly T[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = random(at + 1)
    const [a, b] = [items[at], items[other]]
    if (a !== undefined && b !== undefined) [items[at], items[other]] = [b, a]
  }
  return items
}

/** Park and Miller's: the same numbers everywhere, and no claim to chance. */
function generator(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return below => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}
