// 6W0300 and 6W0400 rows, and those of 6WY101, to statement lines (banks/ccb §7). Pure. A row that lacks its day, amount or
// direction is a problem that names it; nothing is completed.

import { isoDay } from '../../connector/core/bank-time'
import type { Money, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { at, childrenOf, textAt, type XmlNode } from '../shared/xml'
import { field, money, type Reply } from './codec'
import { problem, type Problem } from './codes'
import type { CcbConfig } from './config'

export type DetailQuery = '6W0300' | '6W0400' | '6WY101'

export type DetailAsk = {
  readonly query: DetailQuery
  readonly account: string
  /** `yyyy-MM-dd`. */
  readonly from: string
  readonly to: string
  readonly page: number
  /** POSTSTR of the page before, word for word; empty on the first. */
  readonly post: string
  /** TOTAL_RECORD of 6WY101: must not change between pages. */
  readonly size: number
}

export type DetailPage = {
  readonly lines: readonly StatementLine[]
  readonly page: number
  readonly pages: number
  readonly post: string
}

export function detailInfo({ query, account, from, to, page, post, size }: DetailAsk): readonly string[] {
  const [first, last] = [from.replaceAll('-', ''), to.replaceAll('-', '')]
  if (query === '6W0400') {
    return [
      field('ACC_NO', account),
      field('STARTPAGE', String(page)),
      field('POSTSTR', post),
      field('REM1', ''),
      field('REM2', ''),
    ]
  }
  if (query === '6W0300') {
    return [
      field('ACC_NO', account),
      field('START_DATE', first),
      field('END_DATE', last),
      field('START_PAGE', String(page)),
      field('POSTSTR', post),
      field('CONDITION1', ''),
      field('CONDITION2', ''),
    ]
  }
  const open = ['BARGAIN_FLAG', 'CHECK_ACC_NO', 'CHECK_ACC_NAME', 'REMARK', 'LOW_AMT', 'HIGH_AMT']
  return [
    field('ACCNO1', account),
    field('STARTDATE', first),
    field('ENDDATE', last),
    ...open.map(name => field(name, '')),
    field('PAGE', String(page)),
    field('POSTSTR', post),
    field('TOTAL_RECORD', String(size)),
    field('DET_NO', ''),
  ]
}

/** One page, or what it lacks. */
export function readDetail(reply: Reply, ask: DetailAsk, config: CcbConfig): DetailPage | Problem {
  const names = ask.query === '6WY101' ? NEWER : CLASSIC
  const info = reply.info
  if (info === null) return problem('ccb.missing_item', '')
  if (textAt(info, names.account) !== ask.account) return problem('ccb.row', names.account)
  const currency = currencyOf(textAt(info, names.currency))
  if (currency === null) return problem('ccb.row', `${names.currency} ${textAt(info, names.currency).slice(0, 12)}`)
  const [page, pages] = [textAt(info, names.page), textAt(info, names.pages)]
  if (page !== String(ask.page) || !/^\d{1,7}$/.test(pages)) return problem('ccb.row', `${names.page}, ${names.pages}`)
  const rows = names.list === null ? childrenOf(info, names.row) : childrenOf(at(info, names.list) ?? info, names.row)
  const lines: StatementLine[] = []
  for (const [index, row] of rows.entries()) {
    const line = readRow(row, names, currency, config)
    if ('reason' in line) return problem('ccb.row', `${maskedAccount(ask.account)} #${index + 1}: ${line.reason}`)
    lines.push(line)
  }
  // An account's page count fits a number by the pattern above.
  return { lines, page: ask.page, pages: Number.parseInt(pages, 10), post: textAt(info, 'POSTSTR') }
}

/** Only CNY is confirmed (banks/ccb §3). */
function currencyOf(code: string): string | null {
  return code === '01' ? 'CNY' : null
}

type Names = typeof CLASSIC | typeof NEWER

const CLASSIC = {
  account: 'ACC_NO',
  currency: 'CUR_TYPE',
  page: 'CUR_PAGE',
  pages: 'PAGE_COUNT',
  list: null,
  row: 'DETAIL',
  day: 'TRAN_DATE',
  time: 'TRAN_TIME',
  voucher: 'CREDIT_NO',
  serial: 'CREDIT_NO',
  type: 'CREDIT_TYPE',
  word: 'ABSTRACT',
  amount: 'AMOUNT',
  balance: 'BALANCE',
  side: 'dORc',
  otherAccount: 'ACC_NO1',
  otherName: 'ACC_NAME1',
  texts: ['INDIVIDUAL1', 'INDIVIDUAL2', 'REM_CTX1', 'REM_CTX2'],
  reference: 'PAY_SEQ_NUM',
} as const

const NEWER = {
  account: 'ACCNO1',
  currency: 'CURR_COD',
  page: 'PAGE',
  pages: 'TOTAL_PAGE',
  list: 'DETAILLIST',
  row: 'DETAILINFO',
  day: 'TRANDATE',
  time: 'TRANTIME',
  voucher: 'CRE_NO',
  serial: 'TRAN_FLOW',
  type: 'CRE_TYP',
  word: 'MESSAGE',
  amount: 'AMT',
  balance: 'AMT1',
  side: 'FLAG1',
  otherAccount: 'ACCNO2',
  otherName: 'ACC_NAME1',
  texts: ['DET'],
  reference: 'BFLOW',
} as const

function readRow(row: XmlNode, names: Names, currency: string, config: CcbConfig): StatementLine | Problem {
  const get = (name: string): string => textAt(row, name)
  const bookedOn = dayOf(get(names.day))
  const size = money(get(names.amount), currency)
  const balance = money(get(names.balance), currency)
  const side = get(names.side)
  if (bookedOn === null) return problem('ccb.row', names.day)
  // Amounts are unsigned beside a direction (banks/README §5.5): a sign would have a meaning that nobody has published.
  if (size === null || typeof size === 'string' || size.minor < 0n) return problem('ccb.row', names.amount)
  if (typeof balance === 'string') return problem('ccb.row', names.balance)
  if (side !== '0' && side !== '1') return problem('ccb.row', names.side)
  const amount = { minor: side === '0' ? -size.minor : size.minor, currency }
  const texts = names.texts.map(get).filter(text => text !== '')
  const words = [get(names.word), ...texts]
  return {
    bankId: bankIdOf(`${get(names.day)}${get(names.time)}`, get(names.voucher), amount, balance),
    bookedOn,
    bookedTime: clockOf(get(names.time)),
    valueOn: null,
    amount,
    balanceAfter: balance,
    counterAccount: get(names.otherAccount),
    counterName: get(names.otherName),
    counterBank: '',
    purpose: get(names.word),
    text: [...new Set(texts)].join(' '),
    reference: get(names.reference),
    bankSerial: get(names.serial) || get(names.voucher),
    // Free text is written by whoever paid: on money that left, it is our own.
    isReversal: side === '1' && config.reversalWords.some(word => words.some(text => text.includes(word))),
    type: get(names.type),
    receiptKey: '',
  }
}

/**
 * CREDIT_NO with the day is the natural key at most by inference (banks/README §5.6), and one voucher may book a payment and
 * its fee. With the instant, the amount and the balance behind it, two rows cannot share an id; null without a balance.
 */
function bankIdOf(instant: string, voucher: string, amount: Money, balance: Money | null): string | null {
  if (balance === null) return null
  return `${instant.replace(/\D/g, '')}-${voucher}-${amount.minor}-${balance.minor}`
}

/** `YYYY/MM/DD`, as the answers have it, or without separators. */
function dayOf(text: string): string | null {
  const digits = /^(\d{4})([/-]?)(\d{2})\2(\d{2})$/.exec(text)
  if (!digits) return null
  try {
    return isoDay(`${digits[1]}${digits[3]}${digits[4]}`)
  } catch {
    return null
  }
}

function clockOf(text: string): string {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)$/.exec(text) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}
