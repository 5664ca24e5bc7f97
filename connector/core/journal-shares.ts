// How the lines of an entry share the bank line's amount: what is named is exact, the rest is what is left, and what
// cannot be told leaves the line to a person. Nothing is rounded or divided.

import type { JournalLine, Money } from '../ports'
import type { Bookable } from './journal'
import { parseAmount } from './money'

/** `rest`: what the others leave. `payment`: the amount of our own payment. `after`: the amount that stands behind a word. */
export type Share = 'rest' | 'payment' | { readonly fixed: string } | { readonly after: string }

export type LineTemplate = {
  readonly account: string
  /** Absent: the side against the bank's. A fee that the bank kept from money in is a debit beside the bank's. */
  readonly side?: JournalLine['side'] | undefined
  readonly amount: Share
  readonly summary?: string | undefined
  readonly auxiliaries: Readonly<Record<string, string>>
}

/** One positive amount a template, in order, or words why it cannot be said. */
export function sharesOf(
  templates: readonly LineTemplate[],
  item: Bookable,
  usual: JournalLine['side'],
): readonly Money[] | string {
  const { currency } = item.line.amount
  const whole = item.line.amount.minor < 0n ? -item.line.amount.minor : item.line.amount.minor
  const named = templates.map(template => (template.amount === 'rest' ? null : namedShare(template.amount, item)))
  let left = whole
  for (const [index, share] of named.entries()) {
    if (typeof share === 'string') return share
    if (share === null) continue
    if (share <= 0n) return '分摊金额不大于零 (a share is not greater than zero)'
    left += (templates[index]?.side ?? usual) === usual ? -share : share
  }
  const rests = templates.filter(template => template.amount === 'rest')
  if (rests.length > 1) return '「rest」只能有一行 (only one line may be the rest)'
  if (rests.length === 0 && left !== 0n) return '各行金额之和不等于流水金额 (the lines do not add up to the bank line)'
  const restSide = rests[0]?.side ?? usual
  const rest = restSide === usual ? left : -left
  if (rests.length === 1 && rest <= 0n) return '其余金额不大于零 (nothing is left for the rest)'
  return named.map(share => ({ minor: typeof share === 'bigint' ? share : rest, currency }))
}

function namedShare(share: Exclude<Share, 'rest'>, item: Bookable): bigint | string {
  const { currency } = item.line.amount
  if (share === 'payment') {
    const paid = item.request === null ? 'not-a-number' : parseAmount(item.request.amount, item.request.currency)
    return typeof paid === 'object' && paid.currency === currency
      ? paid.minor
      : '不是本系统的付款 (not one of our own payments)'
  }
  const text = 'fixed' in share ? share.fixed : amountAfter(share.after, item)
  if (text === null) {
    const word = 'after' in share ? share.after : ''
    return `摘要中「${word}」之后没有唯一的金额 (no single amount stands behind "${word}")`
  }
  const money = parseAmount(text, currency)
  return typeof money === 'object' ? money.minor : `金额 ${text} 无法读取 (the amount cannot be read)`
}

/** The decimal number right behind the word, with nothing but a colon, a currency sign or blanks between; null unless there is one. */
function amountAfter(word: string, item: Bookable): string | null {
  const text = `${item.line.text}\n${item.line.purpose}`.normalize('NFKC')
  const wanted = word.normalize('NFKC')
  const found = new Set<string>()
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
    const behind = text.slice(at + wanted.length, at + wanted.length + 40)
    const [, whole, fraction] =
      /^[ :=]{0,3}(?:¥|CNY|RMB|人民币)?[ ]{0,3}(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,4})?(?![\d,.])/.exec(behind) ?? []
    if (whole !== undefined) found.add(whole.replaceAll(',', '') + (fraction ?? ''))
  }
  const [only] = found
  return found.size === 1 && only !== undefined ? only : null
}
