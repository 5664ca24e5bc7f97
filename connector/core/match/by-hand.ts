// When a person may put lines together that no pass would: the sums agree, or the difference has an account and a reason.

import { formatAmount } from '../money'

export type HandItem = {
  readonly id: string
  readonly account: string
  readonly minor: bigint
  readonly isTaken: boolean
}

export type HandMatch = {
  readonly currency: string
  /** As they were named, and as they were found. */
  readonly lineIds: readonly string[]
  readonly ledgerIds: readonly string[]
  readonly lines: readonly HandItem[]
  readonly ledger: readonly HandItem[]
  /** The account that takes the difference, or empty. */
  readonly differenceAccount: string
}

export type HandRefusal = { readonly code: string; readonly zh: string; readonly en: string }

/** Null: it may be made. */
export function refuseByHand(match: HandMatch): HandRefusal | null {
  return wrongItems(match) ?? wrongSums(match)
}

function wrongItems({ lineIds, ledgerIds, lines, ledger }: HandMatch): HandRefusal | null {
  if (lineIds.length + ledgerIds.length < 2)
    return no('MATCH_TOO_FEW', '至少须有两项', 'at least two items make a match')
  const twiceOf = (ids: readonly string[]): string | undefined => ids.find((id, index) => ids.indexOf(id) !== index)
  const twice = twiceOf(lineIds) ?? twiceOf(ledgerIds)
  if (twice !== undefined) return no('MATCH_TWICE', `重复列出 ${twice}`, `${twice} is named twice`)
  const unknown = (ids: readonly string[], found: readonly HandItem[]): string | undefined =>
    ids.find(id => !found.some(item => item.id === id))
  const line = unknown(lineIds, lines)
  if (line !== undefined) return no('MATCH_UNKNOWN', `没有银行流水 ${line}`, `there is no bank line ${line}`)
  const entry = unknown(ledgerIds, ledger)
  if (entry !== undefined)
    return no(
      'MATCH_UNKNOWN',
      `没有日记账行 ${entry}，可先运行 yinqi reconcile 读取账面`,
      `there is no ledger line ${entry}; yinqi reconcile reads the ledger`,
    )
  const taken = [...lines, ...ledger].find(item => item.isTaken)
  if (taken !== undefined) return no('MATCH_TAKEN', `${taken.id} 已勾对`, `${taken.id} is matched already`)
  const accounts = [...new Set([...lines, ...ledger].map(item => item.account))]
  if (accounts.length > 1)
    return no(
      'MATCH_OTHER_ACCOUNT',
      `分属账户 ${accounts.join('、')}`,
      `they belong to accounts ${accounts.join(', ')}`,
    )
  return null
}

function wrongSums(match: HandMatch): HandRefusal | null {
  const { currency, differenceAccount } = match
  const difference = differenceOf(match)
  const amount = formatAmount({ minor: difference, currency })
  if (difference !== 0n && differenceAccount === '')
    return no(
      'MATCH_SUMS_DIFFER',
      `银行合计减账面合计为 ${amount}；确有差额的，用 --difference 写明科目`,
      `bank minus ledger is ${amount}; name the account of the difference with --difference`,
    )
  if (difference === 0n && differenceAccount !== '')
    return no('MATCH_NO_DIFFERENCE', '双方合计一致，没有差额', 'both sides agree: there is no difference')
  return null
}

/** Bank minus ledger. */
export function differenceOf({ lines, ledger }: Pick<HandMatch, 'lines' | 'ledger'>): bigint {
  const sum = (items: readonly HandItem[]): bigint => items.reduce((total, item) => total + item.minor, 0n)
  return sum(lines) - sum(ledger)
}

function no(code: string, zh: string, en: string): HandRefusal {
  return { code, zh, en }
}
