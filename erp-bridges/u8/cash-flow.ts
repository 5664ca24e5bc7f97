// Which lines of a voucher carry a cash-flow item (现金流量), and with which: pure.

import type { JournalEntry } from '../../connector/ports'
import type { U8Config } from './config'
import { gate, type AccountFacts, type Gate } from './gates'

/** `line` counts from 1, as inid does. */
export type CashRow = { readonly line: number; readonly item: string }

/**
 * Only a voucher with a bank-or-cash line has any (an account that is flagged both ways does not count, `u8 §6`), and a
 * transfer between own accounts has none. An item that the entry names stays on its line; else the site's defaults.
 */
export function cashRowsOf(
  entry: JournalEntry,
  accounts: ReadonlyMap<string, AccountFacts>,
  config: U8Config['voucher']['cashFlow'],
): readonly CashRow[] | Gate {
  const isCash = entry.lines.map(line => {
    const account = accounts.get(line.account)
    return account !== undefined && account.isBank !== account.isCash
  })
  const named = entry.lines.flatMap((line, index) =>
    line.auxiliaries.cashFlowItem ? [{ line: index + 1, item: line.auxiliaries.cashFlowItem }] : [],
  )
  if (named.length > 0) return named
  if (!isCash.includes(true) || !isCash.includes(false)) return []
  const rows = entry.lines.flatMap((line, index) => {
    if (isCash[index] !== (config.line === 'bank')) return []
    const found = config.defaults.find(
      candidate => candidate.side === line.side && line.account.startsWith(candidate.account),
    )
    return [{ line: index + 1, item: found?.item ?? '' }]
  })
  const missing = rows.find(row => row.item === '')
  if (missing && config.isRequired) {
    const account = entry.lines[missing.line - 1]?.account ?? ''
    return gate(
      'CASH_FLOW',
      `科目 ${account} 的分录缺少现金流量项目`,
      `the line of account ${account} needs a cash-flow item`,
    )
  }
  return rows.filter(row => row.item !== '')
}

export function cashItemGate(rows: readonly CashRow[], open: ReadonlySet<string>): Gate | null {
  const bad = rows.find(row => !open.has(row.item))
  return bad
    ? gate(
        'CASH_FLOW_ITEM',
        `现金流量项目 ${bad.item} 不存在或已结束`,
        `cash-flow item ${bad.item} does not exist or is closed`,
      )
    : null
}
