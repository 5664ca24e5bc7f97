// 大写金额: an amount of money in the words of the cheque rules (支付结算办法, 附一). Numbers that those rules allow to be
// written with or without 零 are written one way, always the same.

import type { Money } from '../ports'

const DIGITS = '零壹贰叁肆伍陆柒捌玖'
const PLACES = ['', '拾', '佰', '仟']
/** 万亿 is the widest that is written without a doubt. */
const WAN = 10_000n
const YI = 100_000_000n
const MAX_YUAN = WAN * YI * 10_000n

/** Null for another currency than CNY, and beyond what has a name. */
export function amountInWords(money: Money): string | null {
  if (money.currency !== 'CNY') return null
  const minor = money.minor < 0n ? -money.minor : money.minor
  const [yuan, jiao, fen] = [minor / 100n, Number((minor / 10n) % 10n), Number(minor % 10n)]
  if (yuan >= MAX_YUAN) return null
  const whole = yuan === 0n ? '' : `${wordsOf(yuan)}元`
  const sign = money.minor < 0n ? '负' : ''
  if (jiao === 0 && fen === 0) return `${sign}${whole === '' ? '零元' : whole}整`
  // 零 stands for a zero between digits: of the last yuan before the jiao, or of the jiao before the fen.
  const gap = yuan > 0n && (jiao === 0 || yuan % 10n === 0n) ? '零' : ''
  const parts = [jiao === 0 ? '' : `${digit(jiao)}角`, fen === 0 ? '整' : `${digit(fen)}分`]
  return `${sign}${whole}${gap}${parts.join('')}`
}

function wordsOf(number: bigint): string {
  if (number >= YI) return joined(number / YI, '亿', number % YI, YI)
  if (number >= WAN) return joined(number / WAN, '万', number % WAN, WAN)
  let words = ''
  let isGap = false
  for (const [index, character] of [...number.toString()].entries()) {
    const place = number.toString().length - 1 - index
    if (character === '0') isGap = true
    else {
      words += `${isGap ? '零' : ''}${digit(Number(character))}${PLACES[place] ?? ''}`
      isGap = false
    }
  }
  return words
}

function joined(high: bigint, unit: string, low: bigint, scale: bigint): string {
  const rest = low === 0n ? '' : `${low < scale / 10n ? '零' : ''}${wordsOf(low)}`
  return `${wordsOf(high)}${unit}${rest}`
}

function digit(value: number): string {
  return DIGITS[value] ?? ''
}
